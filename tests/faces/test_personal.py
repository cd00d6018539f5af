"""Personal data at the command line: handed out, amended and erased, in both languages, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.storage import sqlite
from tests.faces.conftest import HEADING, RULES

if TYPE_CHECKING:
    from tests.faces.conftest import Run


def test_a_household_is_handed_out_in_each_form(clerk: Path, run: Run) -> None:
    """As text on the screen, and as a new file of text, JSON or HTML by its ending; nothing is written over."""
    told = run("--lang", "zh", "personal", "export", "03-017")
    assert (0, True) == (told.status, "个人信息" in told.lines[0])
    printed = json.loads(run("personal", "export", "03-017", "--json").out)
    for name in ("one.txt", "one.json", "one.html"):
        assert 0 == run("personal", "export", "03-017", "--output", name).status
    assert printed == json.loads((clerk / "one.json").read_text(encoding="utf-8"))
    assert "03-017" == printed["household"]
    assert (clerk / "one.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (clerk / "one.txt").read_text(encoding="utf-8").startswith("Personal data of 03-017")
    assert 2 == run("personal", "export", "03-017", "--output", "one.txt").status
    assert 2 == run("personal", "export", "99-999").status


@pytest.mark.parametrize(
    ("lang", "amended", "erased", "name"),
    [
        ("en", "Amended, record ", "Erased: ", "(erased)"),
        ("zh", "已更正，第 ", "已删除：", "（已删除）"),
    ],
)
@pytest.mark.usefixtures("clerk")
def test_a_household_is_amended_and_erased(run: Run, lang: str, amended: str, erased: str, name: str) -> None:
    """Each says what it did and under which record; lists say who was erased, and to scripts only the id."""
    assert 0 == run("personal", "amend", "03-018", "--name", "汪五").status
    assert run("--lang", lang, "personal", "amend", "03-018", "--code", "03-118").lines[0].startswith(amended)
    erase = ("--lang", lang, "personal", "erase", "03-118", "--ground", "request", "--request", "x-1")
    done = run(*erase)
    assert (0, True) == (done.status, done.lines[0].startswith(erased))
    assert done.lines == run(*erase).lines
    shown = run("--lang", lang, "balance").out
    assert name in shown
    assert name not in run("balance", "--csv").out
    assert "03-118" not in shown
    assert 0 == run("audit").status


@pytest.mark.usefixtures("clerk")
def test_a_text_and_an_operator_are_erased(run: Run) -> None:
    """A record's text by its number, one field of it by its name, and an operator by code."""
    assert 0 == run("award", "03-017", "门前卫生", "--by", "clerk:9", "--remark", "腿脚不便").status
    seq = next(row["seq"] for row in json.loads(run("statement", "03-017", "--json").out) if row["remark"])
    assert 2 == run("personal", "erase", "--field", "remark", "--ground", "request").status
    both = run("--lang", "en", "personal", "erase", "03-017", "--record", str(seq), "--ground", "request")
    assert (2, "(options-conflict)") == (both.status, both.err.strip()[-18:])
    told = run("--lang", "en", "personal", "erase", "--record", str(seq), "--field", "remark", "--ground", "request")
    assert told.lines[0].startswith("Erased: 0 in the register, 1 of free text; record ")
    assert 0 == run("personal", "erase", "--operator", "clerk:9", "--ground", "order", "--by", "clerk:1").status
    assert 2 == run("personal", "erase", "--ground", "request").status
    assert 2 == run("personal", "erase", "03-017", "--ground", "because").status


def test_an_erasure_names_the_records_that_hold_on_to_a_name(clerk: Path, run: Run) -> None:
    """What was typed into a record's body is told by its number, in both languages, and nothing where there is none."""
    assert 0 == run("award", "03-017", "门前卫生", "--by", "clerk:9", "--request", "clerk:9/王五").status
    with Ledger.open(clerk / "book.db") as ledger:
        seq = ledger.head().size
    erase = ("personal", "erase", "--ground", "request", "--by", "clerk:2")
    told = run("--lang", "en", *erase, "03-018")
    assert [f"such as a request id, a purpose or a document: record {seq}."] == [
        line.rpartition("cannot be removed, ")[2] for line in told.lines if "typed into" in line
    ]
    told = run("--lang", "zh", *erase, "--operator", "clerk:9")
    assert [f"第 {seq} 号记录。"] == [line.rpartition("：")[2] for line in told.lines if "录入在" in line]
    assert [] == [line for line in run("--lang", "en", *erase, "--operator", "shop:1").lines if "typed into" in line]


def test_a_reader_makes_a_purge_due(clerk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program reads, erasing warns and says what to run; purge ends with 1, and with 0 behind it."""
    monkeypatch.setattr(sqlite, "PURGE_MILLISECONDS", 50)
    book = clerk / "book.db"
    with closing(sqlite3.connect(book, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM points_profile").fetchone()
        done = run("--lang", "en", "personal", "erase", "03-018", "--ground", "request")
        assert (0, True) == (done.status, "pointsledger personal purge" in done.err)
        held = run("--lang", "zh", "personal", "purge")
        assert (1, True) == (held.status, "旧内容" in held.err)
        reader.execute("COMMIT")
    gone = run("--lang", "zh", "personal", "purge")
    assert (0, ["文件中已无删除内容的残留。"]) == (gone.status, gone.lines)


def test_a_check_says_how_long_data_is_kept(clerk: Path, run: Run) -> None:
    """The retention of a rule book is said by its check, and a refusal names the day until which it runs."""
    (clerk / "kept.toml").write_text(HEADING + RULES + "[retention]\nkeep_months = 36\n", encoding="utf-8")
    assert "  个人信息自最后一笔记录所在月份起保存 36 个月" in run("--lang", "zh", "rules", "check", "kept.toml").lines
    assert any("36 months" in line for line in run("--lang", "en", "rules", "check", "kept.toml").lines)
    assert 0 == run("rules", "adopt", "kept.toml").status
    refused = run("--lang", "zh", "personal", "erase", "03-018", "--ground", "order")
    assert (1, "(retention-running)") == (refused.status, refused.err.strip()[-19:])
