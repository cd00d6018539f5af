"""Closing a month whose lots somebody has edited: what lapses with it is posted for good, so it is looked at before."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import PeriodBroken, PointsLedgerError
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.testing import FixedClock
from tests.database.lived_in import PRICES, RULES, audited, plain

_ENDING = '[expiry]\npolicy = "days"\ndays = 30\n'
_CLEARED = '[expiry]\npolicy = "clear_at_close"\nperiod = "quarter"\n'


def made(path: Path, clock: FixedClock, expiry: str) -> Ledger:
    """Begin a book in February 2026, in which two households have three lots each; the first two are spent in part."""
    clock.set("2026-02-25T09:00")
    heading, yard = RULES.split("[[activity]]", 1)
    rules = RuleBook.from_toml(f"{heading}{expiry}[[activity]]{yard}", file="rules.toml", decimals=0)
    prices = PriceList.from_toml(PRICES, file="prices.toml", decimals=0)
    ledger = Ledger.create(path, village="nanyu", rulebook=rules, prices=prices, by="clerk:1", clock=clock)
    for code in ("03-017", "03-018"):
        ledger.enrol(code, head="张三", by="clerk:1")
        ledger.award(code, "yard", on="2026-02-24", by="clerk:1", request=f"second-{code}")
        ledger.redeem(code, {"cut": 1}, by="shop:1")
        ledger.award(code, "yard", on="2026-02-23", by="clerk:1", request=f"first-{code}")
        ledger.redeem(code, {"cut": 1}, by="shop:1")
    clock.set("2026-03-20T09:00")
    for code in ("03-017", "03-018"):
        ledger.award(code, "yard", by="clerk:1", request=f"third-{code}")
    ledger.close("2026-01", by="clerk:1")
    ledger.close("2026-02", by="clerk:1")
    clock.set("2026-04-02T09:00")
    return ledger


# The lots by the requests that made them: the first two of a household end in March, the third does not.
LOTS = {":first": "first-03-017", ":second": "second-03-017", ":third": "third-03-017", ":other": "first-03-018"}
_LOT = "UPDATE points_lot SET "

# Each column of a lot, and what else a lapse rests on, with the finding.
DAMAGES: dict[str, tuple[str, ...]] = {
    "more is left": ("balance-differs", _LOT + "remaining = remaining + 1 WHERE :first"),
    "less is left": ("balance-differs", _LOT + "remaining = remaining - 1 WHERE :first"),
    "nothing is left": ("balance-differs", _LOT + "remaining = 0 WHERE :first"),
    "more was granted": ("projection-differs", _LOT + "granted = granted + 1 WHERE :first"),
    "some was settled": ("projection-differs", _LOT + "settled = 1 WHERE :first"),
    "a later last day": ("projection-differs", _LOT + "expires_on = '2026-04-30' WHERE :first"),
    "another last day in the month": ("projection-differs", _LOT + "expires_on = '2026-03-05' WHERE :first"),
    "an earlier last day": ("projection-differs", _LOT + "expires_on = '2026-01-05' WHERE :first"),
    "no last day": ("projection-differs", _LOT + "expires_on = NULL WHERE :first"),
    "a last day too soon": ("projection-differs", _LOT + "expires_on = '2026-03-20' WHERE :third"),
    "cleared with this close": ("projection-differs", _LOT + "clears_with = '2026-03' WHERE :first"),
    "cleared with a later close": ("projection-differs", _LOT + "clears_with = '2026-06' WHERE :first"),
    "a floor": ("projection-differs", _LOT + "floor = 1 WHERE :first"),
    "another's": ("balance-differs", _LOT + "account = (SELECT account FROM points_lot WHERE :other) WHERE :first"),  # noqa: S608 - constants
    "nobody's": ("balance-differs", _LOT + "account = 'h-x' WHERE :first"),
    "of something else": ("balance-differs", _LOT + "unit = 'item:soap' WHERE :first"),
    "another day": ("projection-differs", _LOT + "earned_on = '2026-02-22' WHERE :first"),
    "another first day": ("projection-differs", _LOT + "available_from = NULL WHERE :first"),
    "a cost": ("projection-differs", _LOT + "unit_cost_fen = 1 WHERE :first"),
    "a record that is none": ("projection-differs", _LOT + "seq = seq + 1000 WHERE :first"),
    "another line": ("projection-differs", _LOT + "line = 2 WHERE :first"),
    "gone": ("balance-differs", "DELETE FROM points_lot WHERE :first"),
    "a lot too many": (
        "balance-differs",
        "CREATE TEMP TABLE more AS SELECT * FROM points_lot WHERE :first",
        "UPDATE more SET line = 2",
        "INSERT INTO points_lot SELECT * FROM more",
    ),
    "arrears": ("balance-differs", "UPDATE points_balance SET arrears = 1 WHERE unit = 'points'"),
    "two exchanged": (
        "projection-differs",
        "CREATE TEMP TABLE swapped AS SELECT seq, account FROM points_lot WHERE :first OR :other",
        _LOT + "account = (SELECT account FROM swapped WHERE swapped.seq <> points_lot.seq) WHERE :first OR :other",  # noqa: S608 - constants
    ),
    "what one has in another": (
        "projection-differs",
        _LOT + "remaining = remaining + 1 WHERE :first",
        _LOT + "remaining = remaining - 1 WHERE :third",
    ),
    "what lapses hidden in what does not": (
        "projection-differs",
        _LOT + "remaining = 8, granted = 16, expires_on = '2026-04-30' WHERE :second",
        _LOT + "remaining = 0 WHERE :first",
    ),
    "with what it says was taken": (
        "projection-differs",
        _LOT + "remaining = remaining + 1 WHERE :first",
        "UPDATE points_allocation SET amount = amount - 1 WHERE lot_:first",
        _LOT + "remaining = remaining - 1 WHERE :second",
        "UPDATE points_allocation SET amount = amount + 1 WHERE lot_:second",
    ),
    "with the text of its record": (
        "leaf-mismatch",
        "UPDATE points_journal SET body = replace(body, '2026-03-25', '2026-03-26') WHERE :first",
        _LOT + "expires_on = '2026-03-26' WHERE :first",
    ),
}
CLEARING: dict[str, tuple[str, ...]] = {
    "not cleared": ("projection-differs", _LOT + "clears_with = NULL WHERE :first"),
    "cleared later": ("projection-differs", _LOT + "clears_with = '2026-06' WHERE :first"),
    "cleared later, on its day": (
        "projection-differs",
        _LOT + "clears_with = '2026-06', expires_on = '2026-06-30' WHERE :first",
    ),
    "more cleared": ("balance-differs", _LOT + "remaining = remaining + 1 WHERE :first"),
}
BOTH = [(_ENDING, damage) for damage in DAMAGES.values()] + [(_CLEARED, damage) for damage in CLEARING.values()]
NAMES = [*DAMAGES, *CLEARING]


def attack(path: Path, statements: Iterable[str]) -> None:
    """Run each statement on the file, past its guards; each finds something."""
    with plain(path, guarded=False) as connection:
        for statement in statements:
            for mark, request in LOTS.items():
                made_by = f"seq = (SELECT seq FROM points_journal WHERE request_id = '{request}')"  # noqa: S608 - constants
                statement = statement.replace(mark, made_by)  # noqa: PLW2901 - mark by mark
            assert connection.execute(statement).rowcount


@pytest.mark.parametrize("expiry", [_ENDING, _CLEARED], ids=["ending", "cleared"])
def test_lots_that_nobody_edited_lapse_with_the_close(tmp_path: Path, expiry: str) -> None:
    """A month whose lots are as the records left them is closed, the lapses before it, and the book is whole."""
    with made(tmp_path / "book.db", clock := FixedClock("2026-02-25T09:00"), expiry) as ledger:
        size = ledger.head().size
        ledger.close("2026-03", by="clerk:1")
        lapses = [record.decided["lots"] for record in ledger.records(after=size) if record.kind == "lapse"]
        assert (4 if expiry == _ENDING else 2) == len(lapses)
        assert ledger.audit().whole
        assert "2026-04-02" == clock.today


@pytest.mark.parametrize(("expiry", "damage"), BOTH, ids=NAMES)
def test_edited_lots_keep_their_month_open(tmp_path: Path, expiry: str, damage: tuple[str, ...]) -> None:
    """Whatever was edited of a lot, its month is not closed, nothing lapses, and the finding is said."""
    path = tmp_path / "book.db"
    with made(path, FixedClock("2026-02-25T09:00"), expiry) as ledger:
        head = ledger.head()
        code, *statements = damage
        attack(path, statements)
        with pytest.raises(PeriodBroken) as caught:
            ledger.close("2026-03", by="clerk:1")
        assert code == caught.value.data["finding_code"]
        assert head == ledger.head()
    assert not audited(path).whole


@pytest.mark.parametrize("run", [True, False], ids=["run", "act"])
@pytest.mark.parametrize(("expiry", "damage"), BOTH, ids=NAMES)
def test_edited_lots_that_lapse_without_a_close_are_found(
    tmp_path: Path, expiry: str, damage: tuple[str, ...], *, run: bool
) -> None:
    """A run, or an act on the household, trusts the lots of one account; what it made of them the audit finds."""
    path = tmp_path / "book.db"
    with made(path, FixedClock("2026-02-25T09:00"), expiry) as ledger:
        attack(path, damage[1:])
        with suppress(PointsLedgerError):
            if run:
                ledger.expire(by="clerk:1")
            else:
                ledger.award("03-017", "tidy", by="clerk:1")
    assert not audited(path).whole
