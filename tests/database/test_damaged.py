"""Damaged beyond opening: what an audit still says, and what a rebuild mends and names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import LedgerDamaged, NotALedger, UnknownVillage
from tests.database.lived_in import audited, dump, plain

BEYOND_OPENING = {
    "no village": "DELETE FROM points_village",
    "another village": "UPDATE points_village SET village = 'beiyu'",
    "no table of villages": "DROP TABLE points_village",
    "no version": "DELETE FROM points_schema",
    "no table of versions": "DROP TABLE points_schema",
    "a version to come": "UPDATE points_schema SET version = 99",
}


@pytest.mark.parametrize("damage", BEYOND_OPENING)
def test_a_book_that_cannot_be_opened_is_audited(book: Path, damage: str) -> None:
    """What stands around the journal may be gone: the audit takes the village from the records and names the rest."""
    whole = audited(book)
    with plain(book) as connection:
        connection.execute(BEYOND_OPENING[damage])
    report = Ledger.audit_at(book)
    assert ("nanyu", whole.size, whole.root) == (report.village, report.size, report.root)
    assert not report.whole
    assert {finding.code for finding in report} <= {"schema-differs", "head-mismatch", "table-unreadable"}


def test_a_file_without_a_journal_is_no_ledger(book: Path, tmp_path: Path) -> None:
    """Where there is no journal there is nothing to audit, and the sentence says so."""
    with plain(book) as connection:
        connection.execute("DROP TABLE points_journal")
    for place in (book, tmp_path / "nowhere.db"):
        with pytest.raises(NotALedger):
            Ledger.audit_at(place)


def test_a_village_that_is_not_there_is_not_audited(book: Path) -> None:
    """An audit is of the village that was asked for, or of none."""
    with pytest.raises(UnknownVillage, match="nanyu"):
        Ledger.audit_at(book, village="beiyu")


def test_a_file_of_which_nothing_can_be_read_is_a_finding(book: Path) -> None:
    """A file whose list of tables is torn is reported as damaged, not raised."""
    torn = bytearray(book.read_bytes())
    torn[100:1000] = bytes(900)
    book.write_bytes(torn)
    report = Ledger.audit_at(book, village="nanyu")
    assert (["file-damaged"], 0, False) == ([finding.code for finding in report], report.size, report.whole)


def test_a_finding_names_people_by_their_code(book: Path) -> None:
    """A finding about a household says the code on its door beside the journal's id, in both languages."""
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1 WHERE unit = 'points'")
    said = [finding.say(lang) for finding in audited(book) for lang in ("en", "zh")]
    assert said
    assert [] == [text for text in said if "03-01" not in text or "(h-" not in text]


def test_a_rebuild_names_what_it_mended(book: Path) -> None:
    """Guards that somebody took away are made again, and named: somebody may have used the gap."""
    before = dump(book)
    assert ((), ()) == (Ledger.rebuild(book).mended, Ledger.rebuild(book).left)
    with plain(book) as connection:
        connection.execute("DROP TRIGGER points_journal_no_update")
        connection.execute("DROP INDEX ix_points_lot_open")
        connection.execute("DELETE FROM points_schema")
    with pytest.raises(LedgerDamaged, match="rebuild writes it again"):
        Ledger.open(book)
    rebuilt = Ledger.rebuild(book)
    assert ("ix_points_lot_open", "points_journal_no_update", "points_schema") == rebuilt.mended
    assert () == rebuilt.left
    assert before == dump(book)


def test_a_rebuild_names_what_it_cannot_mend(book: Path) -> None:
    """A column put into the journal stays, since a rebuild never touches it; the clerk is told."""
    with plain(book) as connection:
        connection.execute("ALTER TABLE points_journal ADD COLUMN note TEXT")
    rebuilt = Ledger.rebuild(book)
    assert ((), ("points_journal",)) == (rebuilt.mended, rebuilt.left)


def test_a_lost_head_is_told_with_its_cure(book: Path) -> None:
    """Without a kept head a rebuild asks for a root from elsewhere, and says by which option it goes on."""
    with plain(book) as connection:
        connection.execute("DELETE FROM points_village")
    for lang in ("en", "zh"):
        with pytest.raises(LedgerDamaged) as refused:
            Ledger.rebuild(book)
        assert "--trust-journal" in refused.value.say(lang)
    assert 42 == Ledger.rebuild(book, trust_journal=True).heads["nanyu"].size
