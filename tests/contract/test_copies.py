"""Copies: what is written of a book for other tools is the same from every database, and enough to check it by."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    FileExists,
    FileUnwritable,
    InvalidNumber,
    InvalidSetting,
    OptionsConflict,
    UnknownRecord,
)
from pointsledger.storage.registry import METADATA
from pointsledger.storage.transaction import Head
from pointsledger.testing.contract.requests import AWARD
from tests.hledger import complaints, expected, reported


def root_of(lines: list[bytes]) -> bytes:
    """Return the root over some lines as RFC 6962 has it, with nothing but the standard library."""
    if not lines:
        return sha256(b"").digest()
    if len(lines) == 1:
        return sha256(b"\x00" + lines[0]).digest()
    left = 1 << ((len(lines) - 1).bit_length() - 1)
    return sha256(b"\x01" + root_of(lines[:left]) + root_of(lines[left:])).digest()


def test_a_stranger_comes_to_the_same_root(nanyu: Ledger, tmp_path: Path) -> None:
    """The lines are the bodies, byte for byte, each with its end, and hash to the head that the book has."""
    nanyu.award(**AWARD)
    head = nanyu.export(tmp_path / "book.jsonl")
    data = (tmp_path / "book.jsonl").read_bytes()
    lines = data.split(b"\n")
    assert b"" == lines.pop()
    assert head == nanyu.head() == Head(len(lines), root_of(lines))
    assert [record.body() for record in nanyu.records()] == lines
    assert list(range(1, head.size + 1)) == [json.loads(line)["seq"] for line in lines]


def test_a_range_is_the_end_of_the_whole(nanyu: Ledger, tmp_path: Path) -> None:
    """Behind a record come the lines that the whole has there, none behind the last one; the head is the book's."""
    size = nanyu.head().size
    nanyu.export(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes().splitlines(keepends=True)
    for after in (0, 1, 3, size - 1, size):
        sink = io.BytesIO()
        assert nanyu.head() == nanyu.export(sink, after=after)
        assert b"".join(whole[after:]) == sink.getvalue()


def test_a_book_is_exported_for_hledger(nanyu: Ledger, tmp_path: Path) -> None:
    """From every database hledger gets accounts that it finds in order, with the balances of the book."""
    nanyu.award(**AWARD)
    told = expected(nanyu)
    assert nanyu.head() == nanyu.export(tmp_path / "book.journal", form="hledger")
    assert ("", told) == (complaints(tmp_path / "book.journal", "--strict"), reported(tmp_path / "book.journal"))


def rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a file as a program for spreadsheets reads it."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_every_table_has_its_file(nanyu: Ledger, tmp_path: Path) -> None:
    """A file a table but the village's secret, with its columns and every row of it; bytes are hexadecimal."""
    nanyu.award(**AWARD)
    nanyu.export(tmp_path / "all", form="csv", with_names=True)
    shown = {name: table for name, table in METADATA.tables.items() if name != "points_secret"}
    assert {f"{name}.csv" for name in shown} == {path.name for path in (tmp_path / "all").iterdir()}
    for name, table in shown.items():
        columns, *rows = rows_of(tmp_path / "all" / f"{name}.csv")
        assert [column.name for column in table.columns] == columns
        with nanyu._store.connected(writes=False) as connection:
            stored = connection.exec_driver_sql(f"SELECT * FROM {name}").all()  # noqa: S608 - the schema's names
        assert sorted(
            ["" if value is None else bytes(value).hex() if isinstance(value, bytes) else str(value) for value in row]
            for row in stored
        ) == sorted(rows)


def test_names_and_free_text_are_left_out_unless_asked_for(nanyu: Ledger, tmp_path: Path) -> None:
    """Without being asked for, neither the register nor what people wrote is in any of the files."""
    nanyu.award(**AWARD)
    nanyu.export(tmp_path / "some", form="csv")
    nanyu.export(tmp_path / "all", form="csv", with_names=True)
    some, everything = ({path.name for path in (tmp_path / name).iterdir()} for name in ("some", "all"))
    assert {"points_profile.csv", "points_remark.csv"} == everything - some
    written = "".join(path.read_text(encoding="utf-8-sig") for path in (tmp_path / "some").iterdir())
    assert [] == [word for word in ("张三", "李四", "03-017", AWARD["remark"]) if word in written]
    assert "张三" in (tmp_path / "all" / "points_profile.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"form": "pdf"}, InvalidSetting),
        ({"after": -1}, InvalidNumber),
        ({"after": True}, InvalidNumber),
        ({"after": 10_000}, UnknownRecord),
        ({"after": 1, "form": "hledger"}, OptionsConflict),
        ({"after": 1, "form": "csv"}, OptionsConflict),
        ({"with_names": True}, OptionsConflict),
        ({"with_names": True, "form": "hledger"}, OptionsConflict),
    ],
)
def test_what_cannot_be_exported_is_refused(
    nanyu: Ledger, tmp_path: Path, asked: dict[str, object], error: type[Exception]
) -> None:
    """Another form, a range that is none, and what does not go together are refused, and nothing is written."""
    with pytest.raises(error):
        nanyu.export(tmp_path / "out", **asked)  # type: ignore[arg-type]  # on purpose
    assert not (tmp_path / "out").exists()


def test_tables_need_a_folder(nanyu: Ledger) -> None:
    """Many files cannot go to one stream."""
    with pytest.raises(InvalidSetting):
        nanyu.export(io.BytesIO(), form="csv")


@pytest.mark.parametrize("form", ["bodies", "hledger", "csv"])
def test_no_export_overwrites_anything(nanyu: Ledger, tmp_path: Path, form: str) -> None:
    """What is there stays; and where nothing can be written that is said of the name that was given."""
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(FileExists):
        nanyu.export(tmp_path / "out", form=form)
    with pytest.raises(FileUnwritable):
        nanyu.export(tmp_path / "nowhere" / "out", form=form)
    assert b"old" == (tmp_path / "out").read_bytes()


def test_a_book_in_memory_cannot_be_found_for_a_backup(nanyu: Ledger, tmp_path: Path) -> None:
    """A backup opens the book by its place, and what is in memory has none."""
    if nanyu._store.dialect.shared or nanyu._store.place != "the database in memory":
        pytest.skip("this one has a place")
    with pytest.raises(ValueError, match="is no points ledger"):
        Ledger.backup("sqlite://", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
