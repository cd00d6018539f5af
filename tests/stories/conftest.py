"""What the stories share: a ledger is written in a story's docstring, one act a line, and is run as it stands there.

    2025-10-03 award  03-017 tidy x2      -> 4, balance 4
    2025-10-05 redeem 03-017 soap, towel x2 -> insufficient-points
    2025-10-06 reverse #1                 -> 4, balance 0

Day, act, household, what (``x`` and how many), and behind the arrow either the points that moved with the balance
after them, or the code of the error that refuses it. ``#1`` is the first line of the ledger. Each act is recorded at
noon of the day it is of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import PointsLedgerError
from pointsledger.receipts import Receipt
from pointsledger.testing import FixedClock

HEADING = """\
format = 1
name = "{name}"
first_day = {first_day}
[mandate]
decided_on = {first_day}
present = 46
votes_for = 44
"""

LINE = re.compile(
    r"^\s*(?P<day>\d{4}-\d\d-\d\d) (?P<act>award|deduct|redeem|reverse|opening|stock) +"
    r"(?P<words>.*?) +-> (?P<outcome>.*)$",
    re.MULTILINE,
)
TIMES = re.compile(r"(?P<name>\S+?)(?: x(?P<count>[0-9.]+))?")

Begin = Callable[..., Ledger]
"""Begins a village's book; see the fixture ``begin``."""

Tell = Callable[[Ledger], list[Receipt | None]]
"""Runs the ledger of the story; see the fixture ``tell``."""


@pytest.fixture
def clock() -> FixedClock:
    """Stand at some instant before every story."""
    return FixedClock("2020-01-01T08:00")


@pytest.fixture
def begin(tmp_path: Path, clock: FixedClock) -> Iterator[Begin]:
    """Begin a village's book in a file; when the story ends, see that it is whole."""
    begun: list[Ledger] = []

    def start(
        village: str, rules: str, prices: str = "", *, first_day: str, households: dict[str, str], group: str = "一组"
    ) -> Ledger:
        clock.noon(first_day)
        documents = {}
        for kind, blocks in (("rulebook", rules), ("prices", prices)):
            documents[kind] = tmp_path / f"{kind}.toml"
            documents[kind].write_text(HEADING.format(name=village, first_day=first_day) + blocks, encoding="utf-8")
        ledger = Ledger.create(
            tmp_path / "book.db",
            village=village,
            rulebook=documents["rulebook"],
            prices=documents["prices"],
            by="clerk:1",
            clock=clock,
        )
        begun.append(ledger)
        for code, head in households.items():
            ledger.enrol(code, head=head, group=group, by="clerk:1")
        return ledger

    yield start
    for ledger in begun:
        assert ledger.trial_balance().foots
        assert [] == [finding.say() for finding in ledger.audit()]
        ledger.close()


@pytest.fixture
def tell(request: pytest.FixtureRequest, clock: FixedClock) -> Tell:
    """Run the ledger in the docstring of the story that asks, and hold each line to what it says."""
    lines = list(LINE.finditer(request.function.__doc__ or ""))
    assert lines, "the story has no ledger in its docstring"

    def run(ledger: Ledger) -> list[Receipt | None]:
        receipts: list[Receipt | None] = []
        for line in lines:
            clock.noon(line["day"])
            receipt, outcome = _act(ledger, line["act"], line["words"], receipts)
            receipts.append(receipt)
            assert line["outcome"] == outcome, line[0].strip()
        return receipts

    return run


def _act(ledger: Ledger, act: str, words: str, receipts: list[Receipt | None]) -> tuple[Receipt | None, str]:
    """Do one act; return its receipt, if it has one, and what came of it in the words of the ledger."""
    try:
        receipt = _posted(ledger, act, words, receipts)
    except PointsLedgerError as error:
        return None, error.code
    return receipt, f"{_plain(receipt.points)}, balance {_plain(receipt.balance)}"


def _posted(ledger: Ledger, act: str, words: str, receipts: list[Receipt | None]) -> Receipt:
    if act == "reverse":
        original = receipts[int(words.removeprefix("#")) - 1]
        assert original is not None
        return ledger.reverse(original.seq, reason="记错了", by="clerk:1")
    household, _, what = words.partition(" ")
    if act == "stock":
        (item, pieces), *_ = _counted(words).items()
        return ledger.stock_in(item, pieces, by="shop:1")
    if act == "opening":
        return ledger.bring_forward(household, what.strip(), by="clerk:1")
    if act == "redeem":
        return ledger.redeem(household, _counted(what), by="shop:1")
    (activity, quantity), *_ = _counted(what).items()
    name, _, level = activity.partition(":")
    post = ledger.award if act == "award" else ledger.deduct
    return post(household, name, quantity=None if level else quantity, level=level or None, by="clerk:1")


def _counted(what: str) -> dict[str, str]:
    """Read ``soap x2, towel`` as two soaps and one towel."""
    found = [TIMES.fullmatch(part.strip()) for part in what.split(",")]
    return {match["name"]: match["count"] or "1" for match in found if match}


def _plain(points: Decimal | None) -> str:
    return "none" if points is None else f"{points.normalize():f}"
