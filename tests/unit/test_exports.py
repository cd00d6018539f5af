"""Exports: how names, amounts and cells are written for programs that have signs of their own."""

from __future__ import annotations

import errno
import os
from decimal import Decimal
from pathlib import Path

import pytest

from pointsledger.errors import FileExists, FileUnwritable
from pointsledger.exports.hledger import account_name, commodity, escaped, household_names
from pointsledger.exports.table_files import csv_line
from pointsledger.values.new_files import give_name, new_file, new_folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03-017", "03-017"),
        ("三组_7.a+b", "三组_7.a+b"),
        ("运费 四月", "运费 四月"),
        ("运费  四月", "运费%20%20四月"),
        (" a ", "%20a%20"),
        ("a;b", "a%3Bb"),
        ("(a)", "%28a%29"),
        ("[a]", "%5Ba%5D"),
        ("a:b", "a%3Ab"),
        ("100%", "100%25"),
        ("%20", "%2520"),
        ("a\tb", "a%09b"),
        ("a\u3000b", "a%E3%80%80b"),
        ("（甲）、乙", "（甲）、乙"),
        ("=1", "%3D1"),
    ],
)
def test_a_name_has_no_sign_that_hledger_would_take_for_its_own(text: str, expected: str) -> None:
    """Brackets, semicolons, colons, and spaces in a row or at an end are written as figures, readable text as it is."""
    assert expected == escaped(text)


def test_accounts_keep_their_parts() -> None:
    """The colons of the chart stay, so that reports can sum up; a household unknown to the register has its id."""
    assert "issued:base:monthly" == account_name("issued:base:monthly")
    assert "paid:运费%3B" == account_name("paid:运费;")
    assert "issued:%" == account_name("issued:")
    assert "households:h-0123456789ab" == account_name("h-0123456789ab")


def test_no_two_households_get_one_name() -> None:
    """A code that is another household's id gives way to the household's own id."""
    one, other = "h-000000000001", "h-000000000002"
    assert {one: f"households:{one}", other: "households:03-017"} == household_names({one: other, other: "03-017"})


def test_units_are_named_as_hledger_reads_them() -> None:
    """A plain word stands bare, and one with other signs in quotation marks."""
    assert ["points", "yuan", '"item:soap.2"'] == [commodity(unit) for unit in ("points", "fen", "item:soap.2")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", '""'),
        ("a", '"a"'),
        ('say "a", b', '"say ""a"", b"'),
        ("第一\n第二", '"第一\n第二"'),
        (-5, "-5"),
        (Decimal("1.50"), "1.50"),
        (b"\x00\xff", "00ff"),
        (memoryview(b"\x01"), "01"),
        ("=HYPERLINK(1)", '"\'=HYPERLINK(1)"'),
        ("-1", '"-1"'),
        ("-1+A1", '"\'-1+A1"'),
    ],
)
def test_a_cell_tells_nothing_from_an_empty_text(value: object, expected: str) -> None:
    """Texts stand in quotation marks, figures and bytes do not, and what is absent is absent."""
    assert f"{expected},7\r\n" == csv_line((value, 7))


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """While it is written nothing has the name; then it is there, and what was written beside it is gone."""
    path = tmp_path / "a.jsonl"
    with new_file(path) as file:
        file.write(b"1")
        assert not path.exists()
    assert (b"1", ["a.jsonl"]) == (path.read_bytes(), [one.name for one in tmp_path.iterdir()])


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    """A block that raises leaves neither a file nor a folder, under no name."""
    for made in (new_file, new_folder):
        with pytest.raises(KeyError), made(tmp_path / "a"):
            raise KeyError
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("made", [new_file, new_folder])
def test_nothing_is_overwritten(tmp_path: Path, made: type) -> None:
    """What is there stays, whether it was there before or came meanwhile."""
    (tmp_path / "a").write_text("old", encoding="utf-8")
    with pytest.raises(FileExists), made(tmp_path / "a"):
        pass
    with pytest.raises(FileExists), made(tmp_path / "b"):
        (tmp_path / "b").write_text("new", encoding="utf-8")
    assert {"a": "old", "b": "new"} == {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["nowhere/a", "a\0b", "n" * 300])
def test_what_cannot_be_written_is_said_of_the_name_that_was_given(tmp_path: Path, name: str) -> None:
    """A folder that is missing and a name that no file can have are told of what was asked for."""
    for made in (new_file, new_folder):
        with pytest.raises(FileUnwritable) as refused, made(tmp_path / name):
            pass
        assert str(tmp_path / name) == refused.value.data["file"]


def test_where_there_are_no_hard_links_a_name_is_given_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A memory stick often has none: the file is renamed, and still nothing is overwritten."""

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    for name in ("made", "other"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert give_name(tmp_path / "made", tmp_path / "final")
    assert not give_name(tmp_path / "other", tmp_path / "final")
    assert "made" == (tmp_path / "final").read_text(encoding="utf-8")
