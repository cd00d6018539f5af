"""The invariants that the machine checks are not empty words: each is seen failing on a book that breaks it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.decisions import awarding, refunding, reserving
from pointsledger.decisions.awarding import Judged
from tests.stateful import comparing_machine
from tests.stateful.commands import FLOOR, Command
from tests.stateful.invariants import Invariants, check
from tests.stateful.sheet_machine import FileMachine
from tests.stateful.values import Ending, Terms

ONE_FOR_ANOTHER = """points_balance SET balance = balance + CASE WHEN account =
    (SELECT min(account) FROM points_balance WHERE unit = 'points') THEN 1 ELSE -1 END
    WHERE unit = 'points' AND account IN (SELECT min(account) FROM points_balance WHERE unit = 'points' UNION
        SELECT max(account) FROM points_balance WHERE unit = 'points' AND balance > held)"""

BROKEN_ROWS = {
    "points_balance SET balance = balance + 1 WHERE unit = 'points'": "check_books",
    "points_balance SET balance = balance + 1 WHERE unit = 'item:soap'": "check_books",
    "points_balance SET balance = balance + 1 WHERE unit = 'fen'": "check_books",
    ONE_FOR_ANOTHER: "check_balances",
    "points_balance SET arrears = arrears + 1 WHERE arrears > 0": "check_balances",
    "points_balance SET floor = floor + 1 WHERE balance > 0 AND unit = 'points'": "check_available",
    "points_balance SET held = balance WHERE balance > 0 AND unit = 'points'": "check_promises",
    "points_balance SET held = held - 1 WHERE held > 0 AND unit = 'item:soap'": "check_promises",
    "points_lot SET held = held + 1 WHERE remaining > held": "check_lots",
    "points_lot SET unit_cost_fen = unit_cost_fen + 1 WHERE account = 'shelf:east'": "check_lots",
    "points_redemption SET state = 'cancelled' WHERE state = 'reserved'": "check_promises",
    "points_redemption SET last_day = '2027-12-31' WHERE state = 'reserved'": "check_promises",
    "points_redemption SET refunded = points WHERE reversed_by = 0 AND state = 'handed-over'": "check_refunds",
    "points_redemption_line SET pieces = pieces + 1": "check_prices",
    "points_invoice SET reversed_by = seq + 1 WHERE reversed_by = 0": "check_refunds",
    "points_lot SET remaining = remaining - 1 WHERE remaining > held": "check_lots",
    "points_lot SET expires_on = '2027-01-01' WHERE expires_on IS NOT NULL": "check_lots",
    "points_lot SET clears_with = '2027-01' WHERE clears_with IS NOT NULL": "check_lots",
    "points_period_total SET amount = amount + 1": "check_totals",
    "points_period_total SET deeds = deeds + 1": "check_totals",
    "points_redemption SET reversed_by = seq + 999 WHERE state = 'handed-over' AND refunded = 0": "check_prices",
    "points_village SET closed_through = '2025-12'": "check_closes",
    "points_village SET size = size - 1": "check_journal",
}


@pytest.fixture(scope="module")
def lived() -> Iterator[FileMachine]:
    """Live through everything that the machine does on purpose, and leave a debt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing_machine, "event", lambda _: None)  # there is no run of Hypothesis to tell it to
        book = FileMachine()
        programme = {"caps": (), "multipliers": (("category:volunteering", "1.5"),), "bases": (FLOOR,)}
        book.begin(expiry=Ending("days", 20), programme=programme, purposes=[])
        debtor = book.newcomer()
        book.done(Command("deduct", {"household": debtor, "activity": "tidy", "quantity": "9"}))
        for thing in book.on_purpose(3):
            thing()
        keeper = book.served(Terms(), Ending("days", 20))
        assert book.asked("reserve", keeper, soap=2)
        book.expire("clerk:1", 0)
        yield book
        book.teardown()


def two_lots(ledger: Ledger) -> int:
    """Redeem with the points of two lots, in the name of somebody new; return the redemption."""
    household = f"90-{ledger.head().size}"
    ledger.enrol(household, head="新户", by="clerk:1")
    for _ in range(2):
        ledger.award(household, "tidy", quantity=2, by="clerk:1")
    redemption = ledger.redeem(household, {"cut": 2}, by="clerk:1").seq
    ledger.deduct(household, "tidy", by="clerk:1")
    return redemption


def refunded_twice(ledger: Ledger) -> None:
    """Refund a redemption of two lots in two parts."""
    redemption = two_lots(ledger)
    for _ in range(2):
        ledger.refund(redemption, points=2, by="clerk:1")


@pytest.fixture
def copied(lived: FileMachine, tmp_path: Path) -> Iterator[tuple[Path, Ledger]]:
    """Give a copy of the book, whose figures go by the same day."""
    place = tmp_path / "copy.db"
    with closing(sqlite3.connect(lived.place())) as source, closing(sqlite3.connect(place)) as target:
        source.backup(target)
    with Ledger.open(place, clock=lived) as ledger:
        yield place, ledger


@pytest.mark.parametrize("change", BROKEN_ROWS)
def test_a_changed_row_breaks_an_invariant(copied: tuple[Path, Ledger], lived: FileMachine, change: str) -> None:
    """Whichever figure is changed behind the library's back, the function that holds it says so."""
    place, ledger = copied
    check(ledger, lived.today)
    with closing(sqlite3.connect(place)) as connection:
        changed = connection.execute(f"UPDATE {change}").rowcount
        connection.commit()
    assert changed > 0, "the book has nothing to be changed so"
    with pytest.raises(AssertionError) as broken:
        Invariants(ledger).follow(lived.today)
    assert BROKEN_ROWS[change] == broken.traceback[-1].name


def one_more(judge: Callable[..., Judged]) -> Callable[..., Judged]:
    """Return a judgement that gives one point more than the rule book."""

    def judged(*given: Any, **also: Any) -> Judged:  # noqa: ANN401 - whatever it is given
        found = judge(*given, **also)
        return found._replace(requested=found.requested + 1, granted=found.granted + 1)

    return judged


def all_of_it(judge: Callable[..., Judged]) -> Callable[..., Judged]:
    """Return a judgement that no limit cuts."""

    def judged(*given: Any, **also: Any) -> Judged:  # noqa: ANN401 - as above
        found = judge(*given, **also)
        return found._replace(granted=found.requested, cuts=())

    return judged


def _who_has(ledger: Ledger, points: int) -> str:
    """Return a household that may spend so much."""
    return next(row.household for row in ledger.balances() if (row.available or 0) >= points)


BROKEN_DECISIONS: dict[str, tuple[object, str, Callable[[Any], Any], Callable[[Ledger], object]]] = {
    "an award of more than the rule book says": (
        awarding,
        "judge_award",
        one_more,
        lambda ledger: ledger.award("01-001", "tidy", by="clerk:1"),
    ),
    "an award beyond its limit": (
        awarding,
        "judge_award",
        all_of_it,
        lambda ledger: [ledger.award("01-001", "yard", by="clerk:1") for _ in range(4)],
    ),
    "a refund that gives back to one lot twice": (
        refunding,
        "_in_reverse",
        lambda in_reverse: lambda spent, _, points: in_reverse(spent, 0, points),
        refunded_twice,
    ),
    "a cancellation that lets nothing go": (
        reserving,
        "_let_go",
        lambda _: lambda _: [],
        lambda ledger: ledger.cancel(ledger.redemptions(state="reserved")[-1].seq, by="clerk:1"),
    ),
    "a reservation that holds too little": (
        reserving,
        "points_for",
        lambda points_for: lambda state, account, points, day: points_for(state, account, points - 1, day),
        lambda ledger: ledger.reserve(_who_has(ledger, 5), {"cut": 1}, by="clerk:1"),
    ),
    "a deduction that is not what it took": (
        awarding,
        "owed",
        lambda owed: lambda *given: (owed(*given)[0] + 1, 0),
        lambda ledger: ledger.deduct("01-001", "tidy", by="clerk:1"),
    ),
}


@pytest.mark.parametrize("name", BROKEN_DECISIONS)
def test_a_wrong_decision_breaks_an_invariant(
    copied: tuple[Path, Ledger], lived: FileMachine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A decision that goes wrong, and would go wrong in the audit as well, breaks an invariant in the same step."""
    _, ledger = copied
    watched = Invariants(ledger)
    watched.follow(lived.today)
    where, what, wrong, act = BROKEN_DECISIONS[name]
    monkeypatch.setattr(where, what, wrong(getattr(where, what)))
    act(ledger)
    with pytest.raises(AssertionError):
        watched.follow(lived.today)
