"""The book that the contract is held against: how it is begun, and the village of Nanyu that lives in it.

Whoever runs the contract hands over ``points_create``, a fixture that gives a function: it takes what ``Ledger.create``
takes but for the place, begins the book there, and returns it as their program holds it. What a test asks for beyond
the acts and questions that every book has, it names with ``needs``; on a book that lacks it the test is skipped.

The tests say ``Ledger``, the widest face there is; on a host's transaction it is a ``BoundLedger``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pointsledger.bound import BoundLedger
from pointsledger.errors import PointsLedgerError
from pointsledger.findings import BROKEN
from pointsledger.ledger import Ledger
from pointsledger.testing.clock import FixedClock

HEADING = """\
format = 1
name = "{name}"
first_day = {first_day}
retroactive = {retroactive}
[mandate]
decided_on = {decided_on}
present = 46
votes_for = 44
"""

NANYU_RULES = """\
[[category]]
code = "cleanup"
name = "环境整治"
[[category]]
code = "volunteering"
name = "志愿服务"
[[category]]
code = "model-household"
name = "文明户"
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
limit = { points = 30, per = "month" }
[[activity]]
code = "tidy"
name = "门前卫生"
category = "cleanup"
points = 2
per = "time"
sign = "both"
[[activity]]
code = "litter"
name = "乱倒垃圾"
category = "cleanup"
points = 5
per = "time"
sign = "minus"
[[activity]]
code = "sanitation"
name = "集中清扫"
category = "cleanup"
points = 5
per = "head"
[[activity]]
code = "patrol"
name = "义务巡逻"
category = "volunteering"
points = 4
per = "hour"
[[activity]]
code = "trees"
name = "植树"
category = "volunteering"
points = 3
per = "piece"
[[activity]]
code = "meeting"
name = "参加村民会议"
category = "volunteering"
points = 10
per = "time"
limit = { times = 1, per = "week", by = "resident" }
[[activity]]
code = "lecture"
name = "政策宣讲"
category = "volunteering"
points = 10
per = "time"
limit = { points = 25, per = "quarter", mode = "reject" }
[[activity]]
code = "honour"
name = "表彰"
category = "model-household"
per = "level"
limit = { times = 1, per = "ever" }
[[activity.level]]
code = "county"
name = "县级"
points = 15
[[activity.level]]
code = "village"
name = "村级"
points = 5
"""

NANYU_PRICES = """\
[[item]]
code = "soap"
name = "肥皂"
unit = "块"
points = 10
[[item]]
code = "towel"
name = "毛巾"
unit = "条"
points = 5
[[item]]
code = "rice"
name = "大米"
unit = "袋"
points = 80
[[item]]
code = "haircut"
name = "理发"
points = 10
stocked = false
[[shop]]
code = "main"
name = "村部超市"
[[shop]]
code = "east"
name = "东庄超市"
"""

Text = str | Path | None
"""The blocks of a document, or the file of one that is written already, or none."""

Create = Callable[..., Any]
"""Begins a book as ``Ledger.create`` does, at a place of its own choice; see the fixture ``points_create``."""

Begin = Callable[..., Ledger]
"""Begins a book; see the fixture ``begin``."""

Document = Callable[..., Path]
"""Writes a rule book or a price list; see the fixture ``document``."""

Sheet = Callable[..., Path]
"""Writes a sheet; see the fixture ``sheet``."""

Refused = Callable[
    [Ledger, type[PointsLedgerError], str], AbstractContextManager[pytest.ExceptionInfo[PointsLedgerError]]
]
"""Holds a block to one refusal; see the fixture ``refused``."""

THREADS = "threads"
"""What a test needs that uses one book in several threads at once; the transaction of a host belongs to one."""

STREAM = "stream"
"""What a test needs that posts and then reads the stream of records; a transaction that has posted may not."""

SHEETS = "import_deeds"
"""What a test needs that takes a whole sheet: every test with the fixture ``sheet``."""

Test = TypeVar("Test", bound=Callable[..., None])


def needs(what: str) -> Callable[[Test], Test]:
    """Say what a test asks of a book beyond acts and questions: a method, ``THREADS`` or ``STREAM``."""

    def mark(test: Test) -> Test:
        _NEEDS[test] = what
        return test

    return mark


_NEEDS: dict[object, str] = {}


def needed(test: object, fixtures: list[str]) -> list[str]:
    """Return what a test, that has these fixtures, needs beyond acts and questions."""
    return [what for what in (_NEEDS.get(test), SHEETS if "sheet" in fixtures else None) if what]


def offers(book: object, what: str) -> bool:
    """Tell whether a book offers what a test needs."""
    if what in {THREADS, STREAM}:
        return not isinstance(book, BoundLedger)
    return hasattr(book, what)


@pytest.fixture
def clock() -> FixedClock:
    """Stand at noon of 3 November 2025 in the village."""
    return FixedClock("2025-11-03T12:00")


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Write a document of the blocks given under the heading of a village that has decided it."""
    written = 0

    def write(
        blocks: str,
        *,
        name: str = "南峪村",
        first_day: str = "2025-09-01",
        decided_on: str = "2025-08-20",
        retroactive: bool = False,
        arrears: str = "",
    ) -> Path:
        nonlocal written
        written += 1
        heading = HEADING.format(
            name=name, first_day=first_day, decided_on=decided_on, retroactive=str(retroactive).lower()
        )
        if arrears:
            heading = f'arrears = "{arrears}"\n{heading}'
        path = tmp_path / f"document-{written}.toml"
        path.write_text(heading + blocks, encoding="utf-8")
        return path

    return write


@pytest.fixture
def begin(
    request: pytest.FixtureRequest, points_create: Create, clock: FixedClock, document: Document
) -> Iterator[Begin]:
    """Begin books as whoever runs this does, with rules and prices; when the test ends, see that they are whole."""
    begun: list[Ledger] = []

    def start(rules: Text = NANYU_RULES, prices: Text = NANYU_PRICES, **settings: object) -> Ledger:
        given: dict[str, object] = {
            "village": "nanyu",
            "rulebook": document(rules) if isinstance(rules, str) else rules,
            "prices": document(prices) if isinstance(prices, str) else prices,
            "by": "clerk:1",
            "clock": clock,
        }
        book: Ledger = points_create(**(given | settings))
        begun.append(book)
        for what in needed(request.function, request.fixturenames):
            if not offers(book, what):
                pytest.skip(f"{type(book).__name__} offers no {what}")
        return book

    yield start
    for book in begun:
        assert book.trial_balance().foots
        if hasattr(book, "audit"):
            assert [] == [finding.say() for finding in book.audit() if finding.grade == BROKEN]
        if isinstance(book, Ledger):  # any other stands on what its host closes
            book.close()


@pytest.fixture
def nanyu(begin: Begin) -> Ledger:
    """Begin the book of Nanyu with three households in two groups."""
    return _settled(begin())


@pytest.fixture
def strict(begin: Begin, document: Document) -> Ledger:
    """Begin the same book under rules that let nobody owe."""
    return _settled(begin(document(NANYU_RULES, arrears="block")))


def _settled(ledger: Ledger) -> Ledger:
    ledger.enrol("03-017", head="张三", group="三组", members=["李四"], by="clerk:1")
    ledger.enrol("03-018", head="王五", group="三组", by="clerk:1")
    ledger.enrol("04-001", head="赵六", group="四组", by="clerk:1")
    return ledger


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Write the lines of a sheet to a file, in the encoding given."""

    def write(*lines: str, name: str = "sheet.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return path

    return write


@pytest.fixture
def refused() -> Refused:
    """Expect a block to raise exactly one class of error, with its stable code, and to leave the book as it was."""

    @contextmanager
    def expect(
        ledger: Ledger, error: type[PointsLedgerError], code: str
    ) -> Iterator[pytest.ExceptionInfo[PointsLedgerError]]:
        before = ledger.head()
        with pytest.raises(error) as caught:
            yield caught
        assert error is type(caught.value)
        assert code == caught.value.code
        assert before == ledger.head()

    return expect
