"""The invariants that the machine checks are not empty words: each is seen failing on a book that breaks it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pointsledger import Ledger
from pointsledger.decisions import awarding, granting, refunding, reserving
from pointsledger.decisions.awarding import Judged
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.canonical import canonical
from tests.database.lived_in import plain
from tests.stateful import comparing_machine
from tests.stateful.commands import FLOOR, RULES, Command, rules_toml
from tests.stateful.folds import Body
from tests.stateful.invariants import Invariants, check, tree
from tests.stateful.sheet_machine import FileMachine
from tests.stateful.values import Ending, Terms

NEWCOMER = "09-900"

ONE_FOR_ANOTHER = """points_balance SET balance = balance + CASE WHEN account =
    (SELECT min(account) FROM points_balance WHERE unit = 'points') THEN 1 ELSE -1 END
    WHERE unit = 'points' AND account IN (SELECT min(account) FROM points_balance WHERE unit = 'points' UNION
        SELECT max(account) FROM points_balance WHERE unit = 'points' AND balance > held)"""

BROKEN_ROWS = {
    "points_entry SET for_period = '2025-11'": "check_entries",
    "points_allocation SET amount = amount + 1": "check_entries",
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
    "points_reversal SET by_seq = by_seq + 1": "check_balances",
    "points_village SET closed_through = '2025-12'": "check_closes",
    "points_bridge SET earned = earned + 1": "check_closes",
    "points_village SET size = size - 1": "check_journal",
    "points_journal SET recorded_at = '2025-12-31T00:00:00.000000Z' WHERE seq = 9": "check_journal",
    "points_batch_row SET seq = (SELECT max(seq) FROM points_batch_row WHERE live = 1) WHERE live = 1": "check_sheets",
}
"""Rows that somebody changes, and the check of ``Invariants`` that says so."""


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


@pytest.fixture(scope="module")
def whole(lived: FileMachine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the book, in which a newcomer then has two reversals alike; all of it holds."""
    place = tmp_path_factory.mktemp("whole") / "book.db"
    copy(lived.place(), place)
    with Ledger.open(place, clock=lived) as ledger:
        ledger.enrol(NEWCOMER, head="新户", by="clerk:1")
        twice = [ledger.award(NEWCOMER, "tidy", by="clerk:1").seq for _ in range(2)]
        for seq in twice:
            ledger.reverse(seq, reason="重复", by="clerk:1")
        check(ledger, lived.today)
    return place


@pytest.fixture
def copied(whole: Path, lived: FileMachine, tmp_path: Path) -> Iterator[tuple[Path, Ledger]]:
    """Give a copy of that book, whose figures go by the same day."""
    place = tmp_path / "copy.db"
    copy(whole, place)
    with Ledger.open(place, clock=lived) as ledger:
        yield place, ledger


def copy(source: str | Path, target: Path) -> None:
    """Copy a book as it is."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def hold(watched: Invariants, today: str) -> None:
    """See that everything holds of a book, and of its sheets."""
    watched.follow(today)
    watched.check_sheets()


def checked(watched: Invariants, today: str) -> str:
    """Return the function that says what does not hold of a book."""
    with pytest.raises(AssertionError) as broken:
        hold(watched, today)
    return broken.traceback[-1].frame.code.raw.co_qualname


@pytest.mark.parametrize("change", BROKEN_ROWS)
def test_a_changed_row_breaks_an_invariant(copied: tuple[Path, Ledger], lived: FileMachine, change: str) -> None:
    """Whichever figure is changed behind the library's back, the function that holds it says so."""
    place, ledger = copied
    with plain(place, guarded=False, checked=False) as connection:
        changed = connection.execute(f"UPDATE {change}").rowcount
    assert changed > 0, "the book has nothing to be changed so"
    assert f"Invariants.{BROKEN_ROWS[change]}" == checked(Invariants(ledger), lived.today)


# --- the records themselves ----------------------------------------------------------------------------


def reversed_twice(bodies: list[Body]) -> Body:
    """Let the last reversal be of what the one before it, just like it, has reversed."""
    before, last = [body for body in bodies if body["kind"] == "reverse"][-2:]
    assert before["entries"] == last["entries"]
    last["said"]["seq"] = before["said"]["seq"]
    return last


def reversed_otherwise(bodies: list[Body]) -> Body:
    """Let the last reversal give back to another activity's category than it came from."""
    last = [body for body in bodies if body["kind"] == "reverse"][-1]
    last["entries"][0]["target"] += "-too"
    return last


def counted_in_a_closed_month(bodies: list[Body]) -> Body:
    """Let an act without a movement count in the first month, which was closed before it."""
    last = [body for body in bodies if body["kind"] == "enrol"][-1]
    last["period"] = "2026-01"
    return last


def closed_with_more(bodies: list[Body]) -> Body:
    """Let a close say that a point more was there at its end than its bridges do."""
    last = [body for body in bodies if body["kind"] == "close"][-1]
    last["decided"]["bridge"]["closing"] += 1
    return last


def closed_over_another_tree(bodies: list[Body]) -> Body:
    """Let a close name another root than that of the records before it."""
    last = [body for body in bodies if body["kind"] == "close"][-1]
    last["decided"]["root"] = "0" * 64
    return last


BROKEN_RECORDS: dict[Callable[[list[Body]], Body], str] = {
    reversed_twice: "Invariants.check_reversals",
    reversed_otherwise: "Invariants.check_reversals",
    counted_in_a_closed_month: "Folded.add",
    closed_with_more: "Invariants.check_closes",
    closed_over_another_tree: "Invariants.check_closes",
}


@pytest.mark.parametrize("change", BROKEN_RECORDS)
def test_a_changed_record_breaks_an_invariant(
    copied: tuple[Path, Ledger], lived: FileMachine, change: Callable[[list[Body]], Body]
) -> None:
    """A record that was rewritten with its leaf, its lines and the head of the tree breaks what holds of records."""
    place, ledger = copied
    with plain(place, guarded=False) as connection:
        found = connection.execute("SELECT body FROM points_journal ORDER BY seq").fetchall()
        body = change([json.loads(text) for (text,) in found])
        text = canonical(body)
        connection.execute(
            "UPDATE points_journal SET body = ?, leaf = ? WHERE seq = ?",
            (text.decode(), sha256(b"\x00" + text).digest(), body["seq"]),
        )
        for line, entry in enumerate(body["entries"], start=1):
            connection.execute(
                "UPDATE points_entry SET target = ? WHERE seq = ? AND line = ?", (entry["target"], body["seq"], line)
            )
        leaves = connection.execute("SELECT leaf FROM points_journal ORDER BY seq").fetchall()
        connection.execute("UPDATE points_village SET root = ?", (tree([leaf for (leaf,) in leaves]),))
    assert BROKEN_RECORDS[change] == checked(Invariants(ledger), lived.today)


# --- what the rules decide -----------------------------------------------------------------------------


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


def who_has(ledger: Ledger, points: int) -> str:
    """Return a household that may spend so much."""
    return next(row.household for row in ledger.balances() if (row.available or 0) >= points)


def granted_floor(ledger: Ledger, month: str) -> None:
    """Adopt rules with a base again, and grant it."""
    rules = rules_toml(replace(RULES, first_day=f"{month}-01", bases=(FLOOR,)))
    ledger.adopt_rules(RuleBook.from_toml(rules, file="rules", decimals=0), by="clerk:1")
    ledger.grant_base(month, by="clerk:1")


class WrongDecision(NamedTuple):
    """A function that decides, what makes it go wrong, an act that asks it, and the check that says so."""

    where: object
    what: str
    wrong: Callable[[Any], Any]
    act: Callable[[Ledger, FileMachine], object]
    check: str


BROKEN_DECISIONS = {
    "an award of more than the rule book says": WrongDecision(
        awarding,
        "judge_award",
        one_more,
        lambda ledger, _: ledger.award("01-001", "tidy", by="clerk:1"),
        "Worth._deed",
    ),
    "an award beyond its limit": WrongDecision(
        awarding,
        "judge_award",
        all_of_it,
        lambda ledger, _: [ledger.award("01-001", "yard", by="clerk:1") for _ in range(4)],
        "Worth._deed",
    ),
    "a refund that gives back to one lot twice": WrongDecision(
        refunding,
        "_in_reverse",
        lambda in_reverse: lambda spent, _, points: in_reverse(spent, 0, points),
        lambda ledger, _: refunded_twice(ledger),
        "Invariants._follow_exchanges",
    ),
    "a cancellation that lets nothing go": WrongDecision(
        reserving,
        "_let_go",
        lambda _: lambda _: [],
        lambda ledger, _: ledger.cancel(ledger.redemptions(state="reserved")[-1].seq, by="clerk:1"),
        "Folded._promise",
    ),
    "a reservation that holds too little": WrongDecision(
        reserving,
        "points_for",
        lambda points_for: lambda state, account, points, day: points_for(state, account, points - 1, day),
        lambda ledger, _: ledger.reserve(who_has(ledger, 5), {"cut": 1}, by="clerk:1"),
        "Invariants.check_promises",
    ),
    "a deduction that is not what it took": WrongDecision(
        awarding,
        "owed",
        lambda owed: lambda *given: (owed(*given)[0] + 1, 0),
        lambda ledger, _: ledger.deduct("01-001", "tidy", by="clerk:1"),
        "Folded._carry",
    ),
    "a base of less than its ceilings leave": WrongDecision(
        granting,
        "within_ceilings",
        lambda within: lambda *given: within(*given) - 1,
        lambda ledger, book: granted_floor(ledger, book.reference.month_of(book.today)),
        "Worth._base",
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
    wrong = BROKEN_DECISIONS[name]
    monkeypatch.setattr(wrong.where, wrong.what, wrong.wrong(getattr(wrong.where, wrong.what)))
    wrong.act(ledger, lived)
    assert wrong.check == checked(watched, lived.today)


def test_every_check_was_seen_failing() -> None:
    """Each check of ``Invariants`` is named by a book that breaks it."""
    seen = {*BROKEN_ROWS.values(), *(name.rpartition(".")[2] for name in BROKEN_RECORDS.values())}
    assert {name for name in vars(Invariants) if name.startswith("check_")} == {
        name for name in seen if name.startswith("check_")
    }
