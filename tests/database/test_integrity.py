"""The audit of the journal alone: what it finds, what it leaves to the whole audit, and many villages at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import FileUnreadable, InvalidCode, NotAList
from pointsledger.rules import merkle
from tests.database.lived_in import SIZE, Body, begin, codes, forge, plain, record_of

DAMAGE = {
    "UPDATE points_journal SET body = replace(body, '庭院', '院庭') WHERE seq = 3": "leaf-mismatch",
    "UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 14": "leaf-mismatch",
    "UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 13": "node-mismatch",
    "UPDATE points_journal SET nodes = zeroblob(32) WHERE seq = 2": "node-mismatch",
    "UPDATE points_journal SET kind = 'deduct' WHERE seq = 14": "column-mismatch",
    "UPDATE points_journal SET kind = 'ward' WHERE seq = 14": "column-mismatch",
    "UPDATE points_journal SET period = '2026-09' WHERE seq = 14": "column-mismatch",
    "UPDATE points_journal SET request_id = 'x' WHERE seq = 14": "column-mismatch",
    "UPDATE points_journal SET recorded_at = '2026-03-05T01:00:00.000001Z' WHERE seq = 14": "column-mismatch",
    "DELETE FROM points_journal WHERE seq = 14": "journal-gap",
    "DELETE FROM points_journal WHERE seq = (SELECT max(seq) FROM points_journal)": "head-mismatch",
    "UPDATE points_village SET root = zeroblob(32)": "head-mismatch",
    "UPDATE points_village SET size = size + 1": "head-mismatch",
    "UPDATE points_village SET frontier = zeroblob(32)": "head-mismatch",
    "UPDATE points_village SET recorded_at = '2026-03-05T01:00:00.000001Z'": "head-mismatch",
    "UPDATE points_checkpoint SET size = size - 1 WHERE number = 1": "checkpoint-changed",
    "DROP TRIGGER points_journal_no_update": "schema-differs",
    "DROP TABLE points_checkpoint": "table-unreadable",
}


def test_a_sound_journal_is_whole(book: Path) -> None:
    """A book that nobody touched is whole, and the sentence says that the records alone were looked at."""
    report = Ledger.audit_at(book, integrity=True)
    assert ({"recovered"}, SIZE, Ledger.audit_at(book).root) == (
        {found.code for found in report},
        report.size,
        report.root,
    )
    assert "no figure was derived again" in report.say()
    assert "未重算" in report.say("zh")


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_the_journal_is_found(book: Path, damage: str) -> None:
    """What is wrong with the journal, its tree, its head or its guards is found without deciding anything again."""
    with plain(book, guarded=damage.startswith("DROP")) as connection:
        assert connection.execute(damage).rowcount
    report = Ledger.audit_at(book, integrity=True)
    assert DAMAGE[damage] in codes(report), [found.say() for found in report]


def test_a_record_of_another_village_is_found(book: Path) -> None:
    """A text that says another village, with every hash recomputed, contradicts the place where it stands."""
    with plain(book, guarded=False) as connection:
        body, seq = connection.execute("SELECT body, seq FROM points_journal WHERE request_id = 'a-4'").fetchone()
        text = body.replace('"village":"nanyu"', '"village":"aokou"')
        leaf = merkle.leaf_hash(text.encode())
        connection.execute("UPDATE points_journal SET body = ?, leaf = ? WHERE seq = ?", (text, leaf, seq))
    assert {"column-mismatch", "node-mismatch", "head-mismatch"} <= codes(Ledger.audit_at(book, integrity=True))


def test_an_instant_that_was_set_back_is_found(book: Path) -> None:
    """With every hash made anew, a record that was recorded before the one it follows is found."""

    def set_back(found: list[Body]) -> list[Body]:
        found[8]["recorded_at"] = f"2020{found[8]['recorded_at'][4:]}"
        return found

    forge(book, set_back)
    report = Ledger.audit_at(book, integrity=True)
    assert [(9,)] == [finding.seqs for finding in report if finding.code == "time-reversed"]


def test_a_record_that_says_another_number_is_found(book: Path) -> None:
    """With every hash made anew, a text with another number than the one under which it stands is found."""

    def renumbered(found: list[Body]) -> list[Body]:
        found[8]["seq"] = 999
        return found

    forge(book, renumbered)
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET seq = 9 WHERE seq = 999")
    report = Ledger.audit_at(book, integrity=True)
    assert [(9,)] == [finding.seqs for finding in report if finding.code == "column-mismatch"]


def test_figures_are_left_to_the_whole_audit(book: Path) -> None:
    """A balance that is not what the records say shows in the whole audit alone."""
    with plain(book) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1")
    assert Ledger.audit_at(book, integrity=True).whole
    assert not Ledger.audit_at(book).whole


def test_a_rewritten_journal_shows_against_what_was_kept(book: Path) -> None:
    """With everything recomputed the journal is whole by itself, and not the one that others hold."""
    with Ledger.open(book) as ledger:
        head = ledger.head(SIZE - 1)

    def renamed(found: list[dict[str, object]]) -> list[dict[str, object]]:
        record_of(found, "a-8")["request"] = "b-8"
        return found

    forge(book, renamed)
    line = f"{SIZE - 1} {head.root.hex()}"
    assert "evidence-differs" in codes(Ledger.audit_at(book, integrity=True, against=[line]))


# --- many villages -------------------------------------------------------------------------------------

VILLAGES = ["aokou", "beixin", "nanyu", "xinan"]


@pytest.fixture
def many(book: Path) -> Path:
    """Return a file with four books, one of them damaged."""
    for village in VILLAGES:
        if village != "nanyu":
            begin(book, village=village).close()
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET leaf = zeroblob(32) WHERE village = 'beixin' AND seq = 2")
    return book


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("integrity", [False, True])
def test_every_village_is_audited(many: Path, processes: int, *, integrity: bool) -> None:
    """In one process or several, each village has its report, in the order of their codes; a damaged one stops none."""
    reports = list(Ledger.audits(many, processes=processes, integrity=integrity))
    assert VILLAGES == [report.village for report in reports]
    assert [True, False, True, True] == [report.whole for report in reports]


def test_some_villages_are_audited(many: Path) -> None:
    """Those that are named, or those behind one; what there cannot be is refused before anything is opened."""
    assert ["nanyu"] == [one.village for one in Ledger.audits(many, villages=["nanyu"], processes=1)]
    assert ["xinan"] == [one.village for one in Ledger.audits(many, after="nanyu", processes=1)]
    with pytest.raises(NotAList):
        Ledger.audits(many, villages="nanyu")
    with pytest.raises(InvalidCode):
        Ledger.audits(many, villages=["南屿"])
    with pytest.raises(FileUnreadable):
        Ledger.audits(many, against=[many.with_name("nowhere")])


def test_each_village_is_held_against_its_own(many: Path, tmp_path: Path) -> None:
    """Of a folder with what several villages gave out, each book is held against what is of it."""
    folder = tmp_path / "kept"
    folder.mkdir()
    for village in ("aokou", "nanyu"):
        with Ledger.open(many, village=village) as ledger:
            (folder / village).write_text(ledger.growth(1).note, encoding="utf-8")
    shutil.copy(folder / "nanyu", folder / "other")
    found = {one.village: (one.anchored, len(one.findings)) for one in Ledger.audits(many, against=[folder])}
    assert (SIZE, 1) == found["nanyu"], "and the backup that it says was put back"
    assert 4 == found["aokou"][0]
    assert (0, 0) == found["xinan"]
