"""What is read once and not again and again: the statements that an act or a question sends, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pointsledger import Ledger, runs
from pointsledger.rules import bridge
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.transaction import Transaction
from pointsledger.testing import FixedClock
from tests.database.lived_in import RULES

ENDING = RULES.replace("[[activity]]", '[expiry]\npolicy = "days"\ndays = 20\n[[activity]]', 1)
MANY = 30


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the questions that transactions send, by the first table that each reads."""
    counted = Counter[str]()

    def spied(name: str) -> Callable[..., object]:
        asked = getattr(Transaction, name)

        def spy(transaction: Transaction, statement: str, *values: object) -> object:
            counted[statement.split(" FROM ")[1].split(maxsplit=1)[0]] += 1
            return asked(transaction, statement, *values)

        return spy

    for name in ("_one", "_all"):
        monkeypatch.setattr(Transaction, name, spied(name))
    return counted


@pytest.fixture
def ledger() -> Ledger:
    """Begin a book in memory with a household that has many lots, each of a day of its own."""
    clock = FixedClock("2026-03-02T09:00")
    rules = RuleBook.from_toml(ENDING, file="rules.toml", decimals=0)
    ledger = Ledger.create(
        "sqlite://", first_period="2026-03", village="nanyu", rulebook=rules, by="clerk:1", clock=clock
    )
    for code in ("03-017", "03-018"):
        ledger.enrol(code, head="张三", by="clerk:1")
    first = date(2026, 3, 3)
    with ledger.batch(by="clerk:1") as batch:
        for number in range(MANY):
            clock.noon(str(first + timedelta(days=number)))
            batch.award("03-017", "tidy", remark="门口")
    return ledger


def clock_of(ledger: Ledger) -> FixedClock:
    """Return the clock of a book."""
    clock = ledger._clock
    assert isinstance(clock, FixedClock)
    return clock


def test_a_statement_is_read_by_sets(ledger: Ledger, sent: Counter[str]) -> None:
    """The records of a statement's lines, what undid them and their remarks are read at once, however many."""
    undone = ledger.award("03-017", "tidy", by="clerk:1")
    ledger.reverse(undone.seq, reason="重复", by="clerk:1")
    sent.clear()
    lines = ledger.statement("03-017").lines
    assert MANY < len(lines)
    assert undone.seq in {line.reverses for line in lines}
    assert {"points_journal": 1, "points_reversal": 1, "points_remark": 1} == {
        table: sent[table] for table in ("points_journal", "points_reversal", "points_remark")
    }


def test_an_explanation_reads_nothing_again(ledger: Ledger, sent: Counter[str]) -> None:
    """What the statement has read of its records is not read again for their reasons."""
    ledger.statement("03-017", "2026-03")
    before = sent["points_journal"]
    sent.clear()
    assert ledger.explain("03-017", "2026-03").lines
    assert before == sent["points_journal"]


def noted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, which: int) -> list[str]:  # noqa: ANN401 - a module or class
    """Return the list in which one argument of each call of a function is noted."""
    calls: list[str] = []
    called = getattr(owner, name)

    def note(*given: Any) -> Any:  # noqa: ANN401 - the function's
        calls.append(given[which])
        return called(*given)

    monkeypatch.setattr(owner, name, note)
    return calls


def test_a_close_reads_what_lapses_with_it_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check before a close and the close itself read the lots that end once, and work the bridges out once."""
    clock_of(ledger).noon("2026-05-04")
    ledger.expire(by="clerk:1")
    asked = noted(monkeypatch, Transaction, "lots_ending", 1)
    worked_out = noted(monkeypatch, bridge, "of_month", 1)
    for month in ("2026-03", "2026-04"):
        ledger.close(month, by="clerk:1")
    assert ["2026-03-31", "2026-04-30"] == asked
    assert ["2026-03", "2026-04"] == worked_out


def test_a_close_that_lapses_something_reads_it_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """With lapses before it the lots that end are read once all the same, and the bridges anew, which they change."""
    clock_of(ledger).noon("2026-05-04")
    ledger.close("2026-03", by="clerk:1")
    size = ledger.head().size
    asked = noted(monkeypatch, Transaction, "lots_ending", 1)
    worked_out = noted(monkeypatch, bridge, "of_month", 1)
    assert size + 1 < ledger.close("2026-04", by="clerk:1").seq
    assert (["2026-04-30"], ["2026-04", "2026-04"]) == (asked, worked_out)


def test_a_run_asks_once_what_is_due(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many portions a run has, it lists what is due once."""
    ledger.award("03-018", "tidy", by="clerk:1")
    monkeypatch.setattr(runs, "ACCOUNTS_AT_ONCE", 1)
    clock_of(ledger).noon("2026-05-04")
    asked = noted(monkeypatch, Transaction, "due_lots", 1)
    assert 2 == ledger.expire(by="clerk:1").households
    assert ["2026-05-04"] == asked


def test_limits_that_are_not_new_read_no_deed(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version reads the deeds of what it begins to count, and of nothing else."""
    asked = noted(monkeypatch, Transaction, "entries_of", 1)
    capped = f'{ENDING}[[cap]]\nof = "category:volunteering"\npoints = 90\nper = "month"\n'
    for text in (capped, capped.replace("points = 90", "points = 80")):
        ledger.adopt_rules(RuleBook.from_toml(text, file="rules.toml", decimals=0), by="clerk:1")
    assert ["class"] == asked


def test_a_page_of_balances_reads_the_lots_of_the_page(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has ended of households that are not on the page is not gathered for it."""
    clock_of(ledger).noon("2026-05-04")
    asked = noted(monkeypatch, Transaction, "due_lots_among", 2)
    found = ledger.balances(after="03-017", limit=1)
    assert (["03-018"], [1]) == ([one.household for one in found], [len(accounts) for accounts in asked])
    assert 0 == ledger.balances(limit=1)[0].balance
