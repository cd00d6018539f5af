"""The table in a file: what people see, as a spreadsheet opens it by a double click."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import FileExists, FileUnwritable

if TYPE_CHECKING:
    from tests.faces.conftest import Run

READINGS = (
    "balance",
    "balance 03-017 --on 2025-10-02",
    "tally 2025-10",
    "tally 2025-10 --level category",
    "rank 2025-10",
    "redemptions",
    "stock show",
    "fund show",
    "books 2025-10",
    "liability",
    "trial-balance",
    "head",
)


def rows_in(path: Path) -> list[list[str]]:
    """Return the rows of a file that begins as a spreadsheet wants it."""
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(data.decode("utf-8-sig").splitlines(), strict=True))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_file_holds_the_table_that_people_see(clerk: Path, run: Run, lang: str) -> None:
    """Every reading goes to a file with the headings, the words and the figures of the table on the screen."""
    for number, words in enumerate(READINGS):
        seen = run("--lang", lang, *words.split()).lines
        ended = run("--lang", lang, *words.split(), ("--output", "-o")[number % 2], f"{number}.csv")
        assert (0, "") == (ended.status, ended.err), words
        rows = rows_in(clerk / f"{number}.csv")
        shown = [line for line in seen if "  " in line]  # a verdict below a table is a sentence
        assert ["".join(line.split()) for line in shown] == ["".join("".join(row).split()) for row in rows], words
        count = len(rows) - 1
        assert {"en": f"{count} row{'s' * (count != 1)} written", "zh": f"{count} 行"}[lang] in ended.lines[0]
    assert not [path.name for path in clerk.iterdir() if path.name.endswith(".new")]


def test_a_statement_in_a_file_has_its_opening_and_closing(clerk: Path, run: Run) -> None:
    """What stands above and below a statement is its first and last row in the file."""
    run("--lang", "zh", "statement", "03-017", "--period", "2025-10", "-o", "s.csv")
    _, first, *_, last = rows_in(clerk / "s.csv")
    assert (["03-017 张三：期初", "10"], ["期末", "20"]) == ([first[2], first[7]], [last[2], last[7]])


def test_an_audit_goes_to_a_file(clerk: Path, run: Run) -> None:
    """The findings of an audit go to a file, and the status still says that something is broken."""
    ended = run("--lang", "zh", "audit", "-o", "whole.csv")
    assert (0, [["等级", "编号", "记录号", "发现"]]) == (ended.status, rows_in(clerk / "whole.csv"))
    book = clerk / "book.db"
    book.write_bytes(book.read_bytes().replace(b'"granted":12,', b'"granted":92,', 1))
    assert 1 == run("--lang", "zh", "audit", "-o", "broken.csv").status
    assert ["不符", "leaf-mismatch", "12"] == rows_in(clerk / "broken.csv")[1][:3]


def test_a_file_is_safe_for_a_spreadsheet(clerk: Path, run: Run) -> None:
    """In the file, too, a text that a spreadsheet would run has a quote before it, and a figure has none."""
    with Ledger.open(clerk / "book.db") as ledger:
        ledger.enrol("06-001", head="=1+1", group="@组", by="clerk:1")
        ledger.deduct("06-001", "tidy", on="2025-10-07", by="clerk:1")
    run("balance", "06-001", "-o", "b.csv")
    assert ["06-001", "'=1+1", "'@组", "-2"] == rows_in(clerk / "b.csv")[1][:4]


def test_no_file_is_overwritten(clerk: Path, run: Run) -> None:
    """A name that something has already is refused in one sentence, be it the book itself, and nothing is written."""
    before = (clerk / "book.db").read_bytes()
    for lang, word in (("en", "nothing is overwritten"), ("zh", "已存在，不会覆盖")):
        ended = run("--lang", lang, "rank", "2025-10", "-o", "book.db")
        assert (2, "") == (ended.status, ended.out)
        assert word in ended.err
        assert ended.err.endswith(f"({FileExists.code})\n")
    assert before == (clerk / "book.db").read_bytes()


def test_a_name_taken_meanwhile_stays_taken(clerk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that appears while the table is worked out is not overwritten either, with hard links or without."""

    def refuse(*_: object) -> None:
        raise PermissionError

    (clerk / "rank.csv").write_text("kept", encoding="utf-8")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    for number in range(2):
        ended = run("rank", "2025-10", "-o", "rank.csv")
        assert (2, True) == (ended.status, ended.err.endswith(f"({FileExists.code})\n"))
        assert 0 == run("rank", "2025-10", "-o", f"new-{number}.csv").status
        monkeypatch.setattr(os, "link", refuse)
    assert "kept" == (clerk / "rank.csv").read_text(encoding="utf-8")
    assert rows_in(clerk / "new-0.csv") == rows_in(clerk / "new-1.csv")


def test_a_place_that_cannot_be_written_is_told(clerk: Path, run: Run) -> None:
    """A folder that is not there ends with 1 and a sentence, in Chinese to the last word."""
    assert clerk == Path.cwd()
    ended = run("--lang", "zh", "rank", "2025-10", "-o", "missing/rank.csv")
    assert (1, "") == (ended.status, ended.out)
    sentence, _, code = ended.err.partition(" (")
    assert "无法写入 missing/rank.csv（没有这个文件或文件夹）；请检查文件夹、权限和磁盘空间。" == sentence
    assert f"{FileUnwritable.code})\n" == code


@pytest.mark.usefixtures("clerk")
def test_a_file_is_not_for_scripts(run: Run) -> None:
    """--output beside --json or --csv is refused, whichever stands first."""
    for form in ("--json", "--csv"):
        for words in ((form, "-o", "x.csv"), ("-o", "x.csv", form)):
            ended = run("--lang", "en", "rank", "2025-10", *words)
            assert 2 == ended.status
            assert f"{form} and --output do not go together; leave one of them out. (options-conflict)\n" == ended.err
    assert not Path("x.csv").exists()
