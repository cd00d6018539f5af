"""The audit at the command line: one village or all, whole or the journal alone, as a table, JSON, CSV or a page."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faces.conftest import Run


@pytest.fixture
def two(clerk: Path, run: Run) -> Path:
    """Return the folder of a database with two books, the second of which has a balance that nobody recorded."""
    place = clerk / "book.db"
    Ledger.create(place, village="aokou", by="clerk:1").close()
    assert 0 == run("audit", "--village", "nanyu").status
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1 WHERE unit = 'points'")
    return clerk


@pytest.mark.usefixtures("two")
def test_every_village_is_audited(run: Run) -> None:
    """Each village has its sentence and its root, each finding its village; a broken book makes the status 1."""
    told = run("audit", "--all-villages", "--jobs", "1")
    assert 1 == told.status
    assert any(line.startswith("aokou: 2 records, whole") for line in told.lines)
    assert any(line.startswith("nanyu: ") and "broken" in line for line in told.lines)
    found = json.loads(run("audit", "--all-villages", "--jobs", "1", "--json").out)
    assert {"nanyu"} == {one["village"] for one in found}
    assert {"grade", "code", "seqs", "what", "finding", "village"} == set(found[0])
    rows = list(csv.DictReader(io.StringIO(run("audit", "--all-villages", "--jobs", "2", "--csv").out)))
    assert len(found) == len(rows)


@pytest.mark.usefixtures("two")
def test_the_journal_alone_is_audited(run: Run) -> None:
    """With --integrity no figure is derived, so a wrong balance is left to the whole audit."""
    told = run("audit", "--village", "nanyu", "--integrity")
    assert (0, True) == (told.status, "no figure was derived again" in told.out)
    assert 1 == run("audit", "--village", "nanyu").status
    assert 0 == run("audit", "--all-villages", "--integrity", "--jobs", "1").status


def test_an_audit_is_printed_as_a_page(two: Path, run: Run) -> None:
    """The page has the sentence, the root and every finding, in the language spoken, and loads nothing."""
    ended = run("--lang", "zh", "audit", "--all-villages", "--jobs", "1", "--page", "audit.html")
    assert 1 == ended.status
    page = (two / "audit.html").read_text(encoding="utf-8")
    assert "<h1>积分账本审计报告</h1>" in page
    assert "村 aokou" in page
    assert "projection-differs" in page
    assert "src=" not in page
    assert 2 == run("audit", "--village", "nanyu", "--page", "audit.html").status
    assert 1 == run("audit", "--village", "nanyu", "--page", "one.html").status
    assert "Nothing was found." not in (two / "one.html").read_text(encoding="utf-8")
    assert 0 == run("audit", "--village", "aokou", "--page", "two.html").status
    assert "Nothing was found." in (two / "two.html").read_text(encoding="utf-8")
    run("checkpoint", "issue", "--village", "aokou", "-o", "aokou.checkpoint")
    held = ("--against", "aokou.checkpoint")
    assert 0 == run("--lang", "zh", "audit", "--village", "aokou", *held, "--page", "held.html").status
    page = (two / "held.html").read_text(encoding="utf-8")
    assert re.search(r"审计时间：20\d\d-\d\d-\d\d \d\d:\d\d（北京时间）；比对的账外留存：aokou.checkpoint。", page)
    assert "审计人：" in page


@pytest.mark.usefixtures("two")
def test_options_that_exclude_each_other_are_told(run: Run) -> None:
    """All villages and one village, or several processes for one, are wrong use."""
    for words in (("--all-villages", "--village", "nanyu"), ("--village", "nanyu", "--jobs", "2")):
        ended = run("audit", *words)
        assert (2, True) == (ended.status, "(options-conflict)" in ended.err), words


LIE = "\x1b[2J\n\x9b8m\u202e87 records, whole"


def forge(book: Path, forged: str) -> None:
    """Change a book behind its guards, with ``LIE`` in it."""
    connection = sqlite3.connect(book)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(forged.format(lie=LIE), (LIE,) if "?1" in forged else ())
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE points_profile SET code = ?1 WHERE code = '03-017'",
        "UPDATE points_village SET village = ?1",
        "UPDATE points_balance SET account = ?1 WHERE account = (SELECT max(account) FROM points_balance)",
        'CREATE INDEX "{lie}" ON points_remark (text)',
    ],
)
def test_what_a_database_holds_cannot_move_the_screen(clerk: Path, run: Run, forged: str) -> None:
    """Signs that a terminal obeys, and line feeds, are shown as what they are, in text, CSV and JSON."""
    forge(clerk / "book.db", forged)
    for form in ("", "--csv", "--json"):
        told = run("audit", "--all-villages", "--jobs", "1", *form.split())
        assert (1, True) == (told.status, "\\u001b[2J" in told.out), form
        assert all(sign.isprintable() or sign == "\n" for sign in told.out + told.err), form
        assert not any(line.strip().startswith(("87", "\\u009b")) for line in told.lines), form


@pytest.mark.parametrize("words", ["personal export 03-017", "explain 03-017 2025-10", "trace 7"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_name_brings_a_line_of_its_own_to_a_sheet(clerk: Path, run: Run, words: str, lang: str) -> None:
    """A sheet to be read out keeps its lines, whatever stands for a name in the register."""
    forge(clerk / "book.db", "UPDATE points_profile SET name = ?1")
    told = run("--lang", lang, *words.split())
    assert (0, True) == (told.status, "\\u001b[2J\\n\\u009b8m\\u202e87" in told.out)
    assert all(sign.isprintable() or sign == "\n" for sign in told.out)
