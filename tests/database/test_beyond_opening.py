"""Damaged beyond opening: what an audit still says, and what a rebuild mends and names."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import LedgerDamaged, LedgerNewer, NotALedger, ReadOnlyLedger, UnknownVillage
from pointsledger.findings import NOTE
from tests.database.lived_in import SIZE, audited, codes, dump, plain

BEYOND_OPENING = {
    "no village": "DELETE FROM points_village",
    "another village": "UPDATE points_village SET village = 'beiyu'",
    "no table of villages": "DROP TABLE points_village",
    "no version": "DELETE FROM points_schema",
    "no table of versions": "DROP TABLE points_schema",
    "a version to come": "UPDATE points_schema SET version = 99",
    "another version and no guard": "UPDATE points_schema SET version = 9; DROP TRIGGER points_journal_no_update",
    "an old version and no guard": "UPDATE points_schema SET version = 0; DROP TRIGGER points_journal_no_update",
    "a column renamed": "ALTER TABLE points_schema RENAME COLUMN version TO release",
    "a village's column renamed": "ALTER TABLE points_village RENAME COLUMN root TO crown",
}
HIDDEN = (
    "CREATE TRIGGER x AFTER INSERT ON POINTS_JOURNAL BEGIN UPDATE points_balance SET balance = balance + 100; END",
    "CREATE INDEX x ON Points_Balance (balance)",
    "CREATE TRIGGER x BEFORE INSERT ON PoInTs_EnTrY BEGIN SELECT RAISE(IGNORE); END",
)
_HELD = "account, unit, balance + 900, held, pending, arrears, floor"
_SETTINGS = "zone, decimals, cut_off_day, first_period, size, root, frontier, recorded_at, closed_through"
GHOST = (
    f"INSERT INTO points_village SELECT 'ghost', {_SETTINGS} FROM points_village",  # noqa: S608 - the test's own
    "INSERT INTO points_profile SELECT 'ghost', id, role, household, code, name, salt FROM points_profile",
    f"INSERT INTO points_balance SELECT 'ghost', {_HELD} FROM points_balance",  # noqa: S608 - as above
)


@pytest.mark.parametrize("damage", BEYOND_OPENING)
def test_a_book_that_cannot_be_opened_is_audited(book: Path, damage: str) -> None:
    """What stands around the journal may be gone: the audit takes the village from the records and names the rest."""
    whole = audited(book)
    with plain(book) as connection:
        connection.executescript(BEYOND_OPENING[damage])
    report = Ledger.audit_at(book)
    assert ("nanyu", whole.size, whole.root) == (report.village, report.size, report.root)
    assert not report.whole
    assert codes(report) <= {
        "schema-differs",
        "head-mismatch",
        "table-unreadable",
        "village-unknown",
    }


def test_a_file_without_our_tables_is_no_ledger(tmp_path: Path) -> None:
    """Where there is no book there is nothing to audit, and the sentence says so."""
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE task (id INTEGER)")
    other.close()
    for place in (tmp_path / "other.db", tmp_path / "nowhere.db"):
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
    said = [found.say(lang) for found in audited(book) if found.grade != NOTE for lang in ("en", "zh")]
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
    assert SIZE == Ledger.rebuild(book, trust_journal=True).heads["nanyu"].size


@pytest.mark.parametrize("made", HIDDEN)
def test_a_guest_on_our_tables_is_found_however_it_spells_them(book: Path, made: str) -> None:
    """SQLite takes every spelling of a table's name; so does the audit, and a rebuild takes the guest away."""
    before = dump(book)
    with plain(book) as connection:
        connection.execute(made)
    assert ["schema-differs"] == [finding.code for finding in audited(book) if finding.grade != NOTE]
    assert ("x",) == Ledger.rebuild(book).mended
    assert before == dump(book)


def test_a_village_without_a_journal_is_found(book: Path) -> None:
    """Rows that were put in for a village of nobody's answer no question, and the audit names them."""
    with plain(book) as connection:
        for statement in GHOST:
            connection.execute(statement)
    with Ledger.open(book) as ledger:
        assert "nanyu" == ledger.village
        found = [finding for finding in ledger.audit() if finding.code == "village-unknown"]
    assert {f"ghost in points_{table}" for table in ("village", "profile", "balance")} == {one.what for one in found}


def test_a_rebuild_names_what_was_changed(book: Path) -> None:
    """A table that held something else than the records say is named: whoever rebuilds first still learns of it."""
    with plain(book) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1000")
    assert ("points_balance",) == Ledger.rebuild(book).changed
    assert () == Ledger.rebuild(book).changed


@pytest.mark.parametrize("name", ["points_balance", "Points_Batch"])
def test_a_view_in_the_place_of_a_table_is_cured(book: Path, name: str) -> None:
    """A view that somebody put where a projection was is a finding, and gone after a rebuild."""
    before = dump(book)
    with plain(book) as connection:
        connection.execute(f"DROP TABLE {name}")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM points_lot")  # noqa: S608 - as above
    assert "schema-differs" in {finding.code for finding in audited(book)}
    Ledger.rebuild(book)
    assert before == dump(book)


@pytest.mark.parametrize("column", ["name", "code", "salt"])
def test_a_table_that_lost_a_column_is_told_as_damage(book: Path, column: str) -> None:
    """An act that meets a table without one of its columns is told what is wrong, in a sentence."""
    with plain(book) as connection:
        connection.execute(f"ALTER TABLE points_profile RENAME COLUMN {column} TO other")
    with Ledger.open(book) as ledger, pytest.raises(LedgerDamaged, match=column):
        ledger.award("03-017", "yard", by="clerk:1")


def test_a_journal_that_lost_a_column_is_one_finding(book: Path) -> None:
    """Where the records themselves cannot be read nothing is compared with them, and nothing is rebuilt."""
    with plain(book) as connection:
        connection.execute("ALTER TABLE points_journal RENAME COLUMN nodes TO other")
    report = Ledger.audit_at(book)
    assert {"schema-differs", "table-unreadable"} == codes(report)
    with pytest.raises(LedgerDamaged, match="nodes"):
        Ledger.rebuild(book)


def test_a_journal_that_is_gone_is_a_finding(book: Path) -> None:
    """A book whose journal was taken away is no file of something else: the audit says what is missing."""
    with plain(book) as connection:
        connection.execute("ALTER TABLE points_journal RENAME TO elsewhere")
    report = Ledger.audit_at(book)
    assert ("nanyu", False) == (report.village, report.whole)
    assert {"schema-differs", "table-unreadable", "village-unknown"} == codes(report)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system")
def test_a_book_on_a_disc_is_read(book: Path, tmp_path: Path) -> None:
    """A book that lies where nobody can write, as on an auditor's disc, is read and audited, and takes no act."""
    disc = tmp_path / "disc"
    disc.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4m", "disc", str(disc)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        shutil.copy(book, disc / "book.db")
        subprocess.run(["mount", "-o", "remount,ro", str(disc)], check=True)  # noqa: S607 - as above
        assert Ledger.audit_at(disc / "book.db").whole
        with Ledger.open(disc / "book.db") as ledger:
            assert 4 == len(ledger.balances())
            with pytest.raises(ReadOnlyLedger):
                ledger.award("03-017", "yard", by="clerk:1")
        with pytest.raises(ReadOnlyLedger):
            Ledger.create(disc / "new.db", village="beiyu", by="clerk:1")
    finally:
        subprocess.run(["umount", str(disc)], check=True)  # noqa: S607 - as above


def test_a_number_that_was_changed_is_cured_by_trust(book: Path) -> None:
    """A book that says it is of a later release is rebuilt only by a word of trust, and only if its tables are ours."""
    before = dump(book)
    with plain(book) as connection:
        connection.execute("UPDATE points_schema SET version = version + 1")
    with pytest.raises(LedgerNewer):
        Ledger.rebuild(book)
    assert ("points_schema",) == Ledger.rebuild(book, trust_journal=True).mended
    assert before == dump(book)
