"""The commands that carry a book out, copy it, and say what a restored backup lost."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from tests.hledger import complaints

if TYPE_CHECKING:
    from tests.faces.conftest import Run, Start

ROOT = "c7" * 32


def head_of(book: str = "book.db") -> tuple[int, str]:
    """Return size and root of a book."""
    with Ledger.open(book) as ledger:
        head = ledger.head()
    return head.size, head.root.hex()


@pytest.mark.usefixtures("clerk")
def test_the_bodies_go_to_the_screen_and_the_head_beside_them(run: Run) -> None:
    """What a script reads are the lines alone; size and root are told on the standard error."""
    ended = run("export")
    size, root = head_of()
    assert (0, size, f"{size} records, root {root}\n") == (ended.status, len(ended.lines), ended.err)
    assert list(range(1, size + 1)) == [json.loads(line)["seq"] for line in ended.lines]
    assert ended.lines[3:] == run("export", "--after", "3").lines


def test_a_pipe_gets_the_very_bytes(clerk: Path, start: Start) -> None:
    """In a process of its own the lines are the bodies as they stand in the database, in UTF-8."""
    out, err = start("export").communicate()
    with closing(sqlite3.connect(clerk / "book.db")) as connection:
        leaves = [leaf for (leaf,) in connection.execute("SELECT leaf FROM points_journal ORDER BY seq")]
    assert leaves == [hashlib.sha256(b"\0" + line.encode()).digest() for line in out.split("\n")[:-1]]
    assert head_of()[1] in err


@pytest.mark.parametrize(("lang", "told"), [("en", "out: {} records, root {}"), ("zh", "out：{} 笔记录，校验根 {}")])
@pytest.mark.parametrize("form", ["bodies", "hledger", "csv"])
def test_a_file_is_made_and_its_head_told(clerk: Path, run: Run, lang: str, told: str, form: str) -> None:
    """With --output a new file or folder is made, and what stands in it is told in the language spoken."""
    ended = run("--lang", lang, "export", "--format", form, "-o", "out")
    assert (0, "", told.format(*head_of())) == (ended.status, ended.err, ended.lines[0])
    assert (form == "csv") == (clerk / "out").is_dir()
    left_out = {
        "en": "Names and free text are left out (--with-names).",
        "zh": "未含姓名与备注（需要时加 --with-names）。",
    }
    assert [left_out[lang]][: form == "csv"] == ended.lines[1:]


def test_hledger_takes_what_stands_on_the_screen(clerk: Path, run: Run) -> None:
    """The accounts may be written to the screen as well, and hledger finds nothing wrong with them."""
    (clerk / "book.journal").write_text(run("export", "--format", "hledger").out, encoding="utf-8")
    assert "" == complaints(clerk / "book.journal", "--strict")


def test_names_are_written_only_when_asked_for(clerk: Path, run: Run) -> None:
    """The tables that name people are made with --with-names, and then nothing is said to be left out."""
    ended = run("export", "--format", "csv", "--with-names", "-o", "out")
    assert (0, 1) == (ended.status, len(ended.lines))
    assert "张三" in (clerk / "out" / "points_profile.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("export --format pdf", "invalid-setting"),
        ("export --format csv", "option-required"),
        ("export --format hledger --after 3", "options-conflict"),
        ("export --with-names", "options-conflict"),
        ("export --after 1000", "unknown-record"),
        ("export --after -1", "invalid-number"),
        ("export -o book.db", "file-exists"),
        ("export -o nowhere/out", "file-unwritable"),
        ("export --db text.db", "not-a-ledger"),
        ("backup book.db", "file-exists"),
        ("backup nowhere/copy.db", "file-unwritable"),
        ("backup copy.db --db text.db", "not-a-ledger"),
        ("recovered 1 --reason 换盘 --last-on 2025-10-01", "invalid-setting"),
        ("recovered 5 --reason 换盘", "option-required"),
        ("recovered 5 --reason 换盘 --last-on 2999-01-01", "invalid-setting"),
        ("recovered 5 --reason 换盘 --head 6", "invalid-setting"),
        ("recovered 5 --reason 换盘 --head 6:c7", "invalid-setting"),
        ("recovered 5 --reason 换盘 --head six:" + ROOT, "invalid-setting"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_mistake_is_one_sentence(clerk: Path, run: Run, lang: str, words: str, code: str) -> None:
    """Each mistake ends with its code, changes nothing and leaves no file."""
    before = {path.name for path in clerk.iterdir()}
    head = head_of()
    ended = run("--lang", lang, *words.split())
    assert ended.status
    assert ("", 1, f"({code})") == (ended.out, len(ended.err.splitlines()), ended.err.split()[-1])
    assert (before, head) == ({path.name for path in clerk.iterdir()} - {"book.db-wal", "book.db-shm"}, head_of())


@pytest.mark.parametrize(("lang", "told"), [("en", "copied, and the copy audited."), ("zh", "已备份，副本审计无误。")])
def test_a_backup_is_made_and_told(clerk: Path, run: Run, lang: str, told: str) -> None:
    """The file that was made is named, and every village's size and root is told."""
    (clerk / "copies").mkdir()
    size, root = head_of()
    ended = run("--lang", lang, "backup", "copies")
    (made,) = (clerk / "copies").iterdir()
    assert (0, "") == (ended.status, ended.err)
    assert (True, True) == (ended.lines[0].endswith(told), made.name in ended.lines[0])
    assert root in ended.lines[1]
    assert (size, root) == head_of(str(made))


def test_of_a_broken_book_no_backup_is_kept(clerk: Path, run: Run) -> None:
    """The finding of the audit is told, in the language spoken, and nothing is left."""
    with closing(sqlite3.connect(clerk / "book.db", isolation_level=None)) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1 WHERE unit = 'points'")
    for lang, word in (("en", "run audit"), ("zh", "请运行 audit")):
        ended = run("--lang", lang, "backup", "copy.db")
        assert (1, "") == (ended.status, ended.out)
        assert word in ended.err
        assert "(backup-broken)" in ended.err
    assert not (clerk / "copy.db").exists()


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_lost_is_declared_and_shown(run: Run, lang: str) -> None:
    """A declaration is told with its number, listed for people and scripts, and noted by every audit."""
    size, root = head_of()
    words = (
        "recovered",
        str(size + 1),
        "--reason",
        "换盘",
        "--head",
        f"50：{ROOT[:32]}",
        "--head",
        f"55: {ROOT}",
    )
    ended = run("--lang", lang, *words)
    assert {
        "en": [f"Declared in record {size + 1}: records were lost, {size + 1} to 55 (2 heads known)."],
        "zh": [f"已由第 {size + 1} 号记录声明：记录丢失，第 {size + 1} 至 55 号（已知校验根 2 个）。"],
    }[lang] == ended.lines
    (row,) = json.loads(run("recoveries", "--json").out)
    assert [{"size": 50, "root": ROOT[:32]}, {"size": 55, "root": ROOT}] == row["heads"]
    assert (size, root, "clerk:1", "换盘") == (row["size"], row["root"], row["by"], row["reason"])
    assert f"50:{ROOT[:32]};55:{ROOT}" in run("recoveries", "--csv").lines[1]
    assert "换盘" in run("--lang", lang, "recoveries").out
    issued = run("--lang", lang, "checkpoint", "issue", "--page", "wall.html", "-o", "wall.checkpoint")
    page = Path("wall.html").read_text(encoding="utf-8")
    lost = {"en": f"{size + 1} to 55 (2 heads known)", "zh": f"第 {size + 1} 至 55 号（已知校验根 2 个）"}[lang]
    assert [True, True] == [lost in told for told in (issued.lines[-1], page)], "every notice lists it"
    for asked in ((), ("--integrity",)):
        assert lost in run("--lang", lang, "audit", *asked).lines[-2], "the assurance sentence says it"
    audited = run("--lang", lang, "audit")
    assert 0 == audited.status
    assert {"en": f"{size + 1} to 55 (2 heads known)", "zh": f"第 {size + 1} 至 55 号"}[lang] in audited.out


@pytest.mark.usefixtures("clerk")
def test_a_head_that_the_book_has_is_no_loss(run: Run) -> None:
    """Whoever names a slip that the book still answers to is told so."""
    size, root = head_of()
    ended = run("recovered", str(size), "--reason", "换盘", "--head", f"{size}:{root}")
    assert (1, "(nothing-lost)") == (ended.status, ended.err.split()[-1])
