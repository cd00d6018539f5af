"""Damage that an act or a reading runs into before anybody asked for an audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.decisions.state import State
from pointsledger.errors import BatchStands, LedgerDamaged, UnknownOperator
from pointsledger.storage.transaction import Transaction
from tests.database.lived_in import SIZE, Body, audited, dump, forge, plain, record_of

LABEL = "2026-03 三月积分登记表"


def damage(path: Path, statement: str) -> None:
    """Do something to the file behind the library's back."""
    with plain(path, guarded=False) as connection:
        connection.execute(statement)


def award(ledger: Ledger) -> object:
    """Post something small."""
    return ledger.award("03-017", "tidy", on="2026-04-02", by="clerk:1", request="n-1")


# What was done to the file, what then runs into it, and what the refusal names.
MET: dict[str, tuple[str, Callable[[Ledger], object], str]] = {
    "a record that is no record": (
        "UPDATE points_journal SET body = '{}' WHERE seq = 14",
        lambda ledger: ledger.record(14),
        "record 14 cannot be read",
    ),
    "a repeated request whose record is no record": (
        "UPDATE points_journal SET body = '[' WHERE request_id = 'a-0'",
        lambda ledger: ledger.award("03-017", "yard", on="2026-03-03", by="clerk:1", request="a-0"),
        "record 14 cannot be read",
    ),
    "a record that is gone from under the tree": (
        "DELETE FROM points_journal WHERE seq = 8",
        lambda ledger: ledger.inclusion_path(3),
        "record 8 is missing",
    ),
    "a receipt of a record that was changed": (
        'UPDATE points_journal SET body = replace(body, \'"on":"2026-03-0\', \'"on":"2026-03-1\') WHERE seq = 14',
        lambda ledger: ledger.proof(14),
        "record 14 and the tree do not fit together",
    ),
    "a table that is gone": ("DROP TABLE points_balance", award, "no such table: points_balance"),
    "a table that is gone, read": ("DROP TABLE points_period_total", lambda ledger: ledger.tally("2026-03"), "no such"),
    "an entry where the next record's belongs": (
        f"UPDATE points_entry SET seq = {SIZE + 1} WHERE seq = 55",  # noqa: S608 - a constant
        award,
        "points_entry",
    ),
}


@pytest.mark.parametrize("name", MET)
def test_damage_that_is_met_is_called_so(book: Path, name: str) -> None:
    """An act or a reading that runs into damage says which it is and what to do, and changes nothing."""
    statement, meet, named = MET[name]
    damage(book, statement)
    before = dump(book)
    with Ledger.open(book) as ledger, pytest.raises(LedgerDamaged) as refused:
        meet(ledger)
    assert "ledger-damaged" == refused.value.code
    assert isinstance(refused.value, RuntimeError)
    assert named in str(refused.value)
    assert "run audit" in str(refused.value)
    assert before == dump(book)


TAKE: dict[str, tuple[str, Callable[[Ledger, Path], object]]] = {
    "register": ("户号,户主\n05-001,钱七\n", lambda ledger, file: ledger.enrol_list(file, by="clerk:1")),
    "openings": ("户号,期初积分\n03-018,7\n", lambda ledger, file: ledger.opening_list(file, by="clerk:1")),
    "deeds": (
        "日期,户号,事项\n2026-03-20,03-018,庭院整洁\n2026-03-20,03-018,没有的事项\n",
        lambda ledger, file: ledger.import_deeds(file, period="2026-03", by="clerk:1", skip_bad=True),
    ),
}


@pytest.mark.parametrize("name", TAKE)
def test_a_file_that_breaks_under_a_sheet_is_no_fault_of_its_rows(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What SQLite calls no database any more, in the middle of work, is damage, and no row's fault."""
    text, take = TAKE[name]
    sheet = tmp_path / "sheet-of-the-test.csv"
    sheet.write_text(text, encoding="utf-8")
    failure = sqlite3.DatabaseError("file is not a database")
    failure.sqlite_errorname = "SQLITE_NOTADB"

    def fail(*_: object) -> None:
        raise failure

    before = dump(book)
    with Ledger.open(book) as ledger, monkeypatch.context() as patched:
        patched.setattr(State, "rulebook", fail)
        patched.setattr(Transaction, "append", fail)
        with pytest.raises(LedgerDamaged, match="file is not a database"):
            take(ledger, sheet)
    assert before == dump(book)


def test_an_operator_whom_the_book_forgot_records_nothing(book: Path) -> None:
    """Somebody who stands in the register but not in the book cannot record, until a rebuild finds them again."""
    damage(book, "DELETE FROM points_operator")
    before = dump(book)
    with Ledger.open(book) as ledger, pytest.raises(UnknownOperator) as refused:
        award(ledger)
    assert "unknown-operator" == refused.value.code
    assert isinstance(refused.value, LookupError)
    assert "'clerk:1'" in str(refused.value), "in the code that people know, not the id"
    assert before == dump(book)
    Ledger.rebuild(book)
    with Ledger.open(book) as ledger:
        award(ledger)
        assert ledger.audit().whole


@pytest.mark.parametrize("approvers", [["o-000000000000"], ["clerk:1", "clerk:1"]], ids=["a stranger", "one twice"])
def test_an_approval_by_nobody_is_found(book: Path, approvers: list[str]) -> None:
    """A forged approval, by somebody nobody introduced or by one person twice, is not what the rules give."""

    def approved(found: list[Body]) -> list[Body]:
        body = record_of(found, "a-4")
        body["said"]["approved_by"] = [body["by"] if one == "clerk:1" else one for one in approvers]
        return found

    forge(book, approved)
    found = next(finding for finding in audited(book) if finding.code == "decision-differs")
    assert (18,) == found.seqs
    assert found.what.startswith("UnknownOperator")


def test_a_batch_of_which_a_row_stands_does_not_begin_anew(book: Path) -> None:
    """A sheet whose row the file says to stand, although it was reversed, is not closed a second time."""
    with Ledger.open(book) as ledger:
        ledger.reverse_batch(LABEL, reason="重录", by="clerk:2")
    damage(book, "UPDATE points_batch_row SET live = 1 WHERE row_key = 'no:3'")
    before = dump(book)
    with Ledger.open(book) as ledger, pytest.raises(BatchStands) as refused:
        ledger.reverse_batch(LABEL, reason="重录", by="clerk:2")
    assert "batch-stands" == refused.value.code
    assert LABEL in str(refused.value)
    assert before == dump(book)
