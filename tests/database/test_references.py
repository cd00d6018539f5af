"""References: whose record is about another's, over a book with every kind of act in it."""

from __future__ import annotations

from pathlib import Path

from pointsledger import Ledger
from pointsledger.decisions.erasing import named_in
from pointsledger.decisions.references import REFERENCES
from pointsledger.rules import chart
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.storage import personal_queries
from pointsledger.values.records import Record
from tests.database.lived_in import StepClock


def corrected(book: Path) -> Ledger:
    """Open the book and correct an award and a deduction to another household."""
    clock = StepClock()
    clock.step(days=60)
    ledger = Ledger.open(book, clock=clock)
    for act in (ledger.award, ledger.deduct):
        wrong = act("03-018", "tidy", by="clerk:1", remark="门口").seq
        ledger.correct(wrong, household="03-017", reason="记错户", by="clerk:1")
    reward = ledger.reward("03-018", ground="title", goods={"soap": 1}, by="clerk:1", request="w-9")
    ledger.reverse(reward.seq, reason="不要", by="clerk:1")
    return ledger


def own_ids(record: Record) -> set[str]:
    """Return the ids of households and members in a record itself."""
    said = " ".join(str(part) for part in (record.said, record.decided, record.entries))
    return {one for one in ID_IN_TEXT.findall(said) if not one.startswith(chart.OPERATOR_MARK)}


def concerned(ledger: Ledger) -> dict[int, tuple[Record, set[str]]]:
    """Return each record with whom it concerns."""
    with ledger._store.reading(ledger.village) as transaction:
        state = transaction.state
        records = [state.record(seq) for seq in range(1, state.size + 1)]
        return {record.seq: (record, named_in(state, record)) for record in records}


def test_whoever_a_record_is_about_is_found(book: Path) -> None:
    """A record that concerns more people than it names is of a listed kind, and each of them is found by its id."""
    with corrected(book) as ledger:
        found = concerned(ledger)
        wider = {record.kind for record, people in found.values() if people - own_ids(record)}
        assert {"award", "deduct", "cancel", "release", "reverse"} == wider
        assert set(REFERENCES) <= {record.kind for record, _ in found.values()}
        everybody = sorted(set().union(*(people for _, people in found.values())))
        with ledger._store.reading(ledger.village) as transaction:
            for one in everybody:
                looked_at = {seq for seq, _ in personal_queries.bodies_naming(transaction.connection, "nanyu", [one])}
                assert set() == {seq for seq, (_, people) in found.items() if one in people} - looked_at
