"""Attacks on the file: what somebody who holds it can change, and what the audit says to it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Table

from pointsledger import Ledger
from pointsledger.decisions import kinds
from pointsledger.errors import LedgerNewer
from pointsledger.rules import merkle
from pointsledger.storage import schema
from pointsledger.storage.registry import METADATA
from pointsledger.values.canonical import canonical
from tests.database.lived_in import SIZE, Body, audited, bindable, bodies, codes, plain, record_of, rewrite

COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in METADATA.sorted_tables
    for column in table.columns
    # The version of the schema is not of any book: opening the file refuses it, as a test below says.
    if (table.name, column.name) != ("points_schema", "version")
]
_SWAPPED = {"spend": "settle", "settle": "spend", "household": "resident", "resident": "household"}


def others(value: object) -> list[object]:
    """Return values unlike ``value``, the first of which that the constraints let through will do."""
    match value:
        case None:
            return ["2026-01-01"]
        case int():
            return [one for one in (value + 1, value - 1, -value) if one != value]
        case bytes():
            return [bytes([value[0] ^ 1]) + value[1:] if value else bytes(32)]
        case str():
            # A period and an instant keep their form: their last figure is another one.
            given = [_SWAPPED.get(value, value + "x"), value + "x", re.sub(r"\d(?=\D*$)", _other_figure, value)]
            return [one for one in given if one != value]
    message = f"{value!r} is of no type that a table holds"
    raise TypeError(message)


def _other_figure(figure: re.Match[str]) -> str:
    return "2" if figure[0] == "1" else "1"


def rows_of(path: Path, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table, by column."""
    with plain(path) as connection:
        found = connection.execute(f"SELECT * FROM {table.name}").fetchall()  # noqa: S608 - a table of ours
    return [dict(zip(table.columns.keys(), row, strict=True)) for row in found]


def changed(path: Path, table: Table, column: Column[Any]) -> dict[str, Any]:
    """Change one value of a column, against a CHECK only if nothing else is left; return the row it was in."""
    found = rows_of(path, table)
    for checked in (True, False):
        for row in found:
            where, values = bindable(row)
            for value in others(row[column.name]):
                try:
                    with plain(path, guarded=False, checked=checked) as connection:
                        connection.execute("BEGIN")
                        connection.execute(
                            f'UPDATE {table.name} SET "{column.name}" = ? WHERE {where}',  # noqa: S608 - a table of ours
                            (value, *values),
                        )
                        connection.execute("COMMIT")
                except sqlite3.IntegrityError:  # another row's key, or no value of this column: the next one
                    continue
                return row
    message = f"{table.name}.{column.name} cannot be changed at all"
    raise AssertionError(message)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_changed_value_is_found(book: Path, table: Table, column: Column[Any]) -> None:
    """A changed value in any column of any table is a finding, which names the record where the row has one."""
    row = changed(book, table, column)
    report = audited(book)
    assert "schema-differs" not in codes(report), "the triggers are back as they were: only the data differs"
    # SQLite's own check knows the constraints; what is of a book must be found without it.
    assert codes(report) - (set() if table.name == "points_schema" else {"file-damaged"})
    if "seq" in row and column.name not in {"seq", "village"}:
        assert row["seq"] in {seq for finding in report for seq in finding.seqs}


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_a_deleted_row_is_found(book: Path, table: Table) -> None:
    """A row that is gone is found missing, whatever table it stood in."""
    with plain(book, guarded=False) as connection:
        newest = f"SELECT max(rowid) FROM {table.name}"  # noqa: S608 - a table of ours
        keyed = "WITHOUT ROWID" in str(
            connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table.name,)).fetchone()[0]
        )
        if keyed:
            where, values = bindable(rows_of(book, table)[-1])
            connection.execute(f"DELETE FROM {table.name} WHERE {where}", values)  # noqa: S608 - a table of ours
        elif table.name != "points_schema":
            connection.execute(f"DELETE FROM {table.name} WHERE rowid = ({newest})")  # noqa: S608 - a table of ours
        else:
            connection.execute("DROP TABLE points_schema")
    assert not audited(book).whole


@pytest.mark.parametrize(
    "table",
    [
        table
        for table in METADATA.sorted_tables
        if table.name not in {"points_journal", "points_schema", "points_village"}
    ],
    ids=lambda table: table.name,
)
def test_an_invented_row_is_found(book: Path, table: Table) -> None:
    """A row that no record made is found, whatever table it stands in."""
    row = rows_of(book, table)[0]
    whole = ("seq", "line", "lot_seq", "lot_line", "version", "by_seq")
    invented = {
        name: value + 1_000
        if name in whole
        else f"{value}x"
        if name in table.primary_key.columns and name not in {"village", "document", "cause"}
        else value
        for name, value in row.items()
    }
    if "code" in invented:
        invented["code"] += "x"
    if table.name == "points_close":
        invented["period"] = "2026-09"  # the table takes nothing but a month
    if table.name == "points_pause":
        invented["resumed_by"] = 0  # the record that resumed it came later than the pause
    if table.name == "points_lapse":
        invented["last_day"] = "2026-09-30"  # and this one nothing but a day
    with plain(book) as connection:
        marks = ", ".join("?" * len(invented))
        connection.execute(f"INSERT INTO {table.name} VALUES ({marks})", tuple(invented.values()))  # noqa: S608 - as above
    assert not audited(book).whole


# --- the journal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seq", [2, 5, 14, SIZE - 1, SIZE])
def test_a_record_cut_out_is_found(book: Path, seq: int) -> None:
    """A record taken out of the journal leaves a gap, or a head that is not its own."""
    with plain(book, guarded=False) as connection:
        connection.execute("DELETE FROM points_journal WHERE seq = ?", (seq,))
    assert {"journal-gap", "head-mismatch"} & codes(audited(book))


def test_a_record_cut_out_and_the_rest_renumbered_is_found(book: Path) -> None:
    """Closing the gap by renumbering does not help: the texts, leaves and nodes behind it are not their own."""
    with plain(book, guarded=False) as connection:
        connection.execute("DELETE FROM points_journal WHERE seq = 14")
        connection.execute("UPDATE points_journal SET seq = -seq + 1 WHERE seq > 14 AND seq < 0")
        for seq in range(15, 43):
            connection.execute("UPDATE points_journal SET seq = ? WHERE seq = ?", (seq - 1, seq))
    report = audited(book)
    assert {"column-mismatch", "node-mismatch", "head-mismatch"} <= codes(report)
    assert any(14 in finding.seqs for finding in report)


def test_two_records_swapped_are_found(book: Path) -> None:
    """Two records that changed places contradict their own numbers."""
    with plain(book, guarded=False) as connection:
        for old, new in ((14, 9_000), (15, 14), (9_000, 15)):
            connection.execute("UPDATE points_journal SET seq = ? WHERE seq = ?", (new, old))
    report = audited(book)
    assert {14, 15} <= {seq for finding in report if finding.code == "column-mismatch" for seq in finding.seqs}


def test_two_texts_swapped_are_found(book: Path) -> None:
    """Two records whose texts and leaves changed places contradict their columns, and the nodes over them."""
    with plain(book, guarded=False) as connection:
        found = dict(connection.execute("SELECT seq, body FROM points_journal WHERE seq IN (14, 15)"))
        leaves = dict(connection.execute("SELECT seq, leaf FROM points_journal WHERE seq IN (14, 15)"))
        for to, of in ((14, 15), (15, 14)):
            connection.execute(
                "UPDATE points_journal SET body = ?, leaf = ? WHERE seq = ?", (found[of], leaves[of], to)
            )
    report = audited(book)
    assert {14, 15} <= {seq for finding in report if finding.code == "column-mismatch" for seq in finding.seqs}
    assert {"node-mismatch", "head-mismatch"} <= codes(report)


def test_a_record_slipped_in_is_found(book: Path) -> None:
    """A record added behind the last one, with its own leaf, is not under the head."""
    with plain(book) as connection:
        last = connection.execute("SELECT * FROM points_journal ORDER BY seq DESC LIMIT 1").fetchone()
        body = json.loads(last[6]) | {"seq": last[1] + 1, "request": "slipped-in"}
        text = canonical(body)
        values = (last[0], last[1] + 1, *last[2:5], "slipped-in", text.decode(), last[7], last[8])
        connection.execute("INSERT INTO points_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    report = audited(book)
    assert {"leaf-mismatch", "head-mismatch"} <= codes(report)
    assert any(SIZE + 1 in finding.seqs for finding in report)


# --- everything recomputed, but against the rules ------------------------------------------------------


def dearer(found: list[Body]) -> list[Body]:
    """Give more points for a deed than the rule book says, in every figure of the record."""
    body = record_of(found, "a-4")
    body["decided"] |= {"requested": 17, "granted": 17, "balance": 17}
    body["entries"][0]["amount"] = 17
    return found


def cheaper(found: list[Body]) -> list[Body]:
    """Hand soap over below its price."""
    body = record_of(found, "r-2")
    items = [item | {"points": 9} for item in body["decided"]["items"]]
    body["decided"] |= {"items": items, "points": 9, "balance": body["decided"]["balance"] + 3}
    body["decided"]["lots"][0][3] = 9
    body["entries"][0]["amount"] = 9
    mirror = record_of(found, "x-1")
    mirror["decided"]["lots"][0][3] = -9
    mirror["entries"][0]["amount"] = 9
    return found


def out_of_order(found: list[Body]) -> list[Body]:
    """Take the points of a redemption from a later lot than the first."""
    lots = record_of(found, "r-1")["decided"]["lots"]
    lots[1][1], lots[2][1] = 15, 14
    lots[1][3], lots[2][3] = lots[2][3], lots[1][3]
    lots[1][3], lots[2][3] = 12, 6
    return found


def over_the_limit(found: list[Body]) -> list[Body]:
    """Let a deed through that the month's limit had cut."""
    body = record_of(found, "a-2")
    del body["decided"]["capped"]
    body["decided"] |= {"granted": 12, "balance": body["decided"]["balance"] + 6}
    body["entries"][0]["amount"] = 12
    return found


def forgiven(found: list[Body]) -> list[Body]:
    """Let a household that owes receive all of an award."""
    body = record_of(found, "a-5")
    del body["decided"]["settled"]
    return found


def half_reversed(found: list[Body]) -> list[Body]:
    """Reverse a redemption for less than it was."""
    body = record_of(found, "x-3")
    body["entries"][0]["amount"] -= 2
    body["decided"]["lots"][0][3] += 2
    body["decided"]["balance"] -= 2
    return found


def earlier(found: list[Body]) -> list[Body]:
    """Date a record before the one it follows."""
    record_of(found, "a-6")["recorded_at"] = "2026-03-02T01:00:00.000000Z"
    return found


def in_another_month(found: list[Body]) -> list[Body]:
    """Let a deed of March count in April."""
    record_of(found, "a-0")["period"] = "2026-04"
    return found


FORGERIES = {
    dearer: "decision-differs",
    cheaper: "decision-differs",
    out_of_order: "decision-differs",
    over_the_limit: "decision-differs",
    forgiven: "decision-differs",
    half_reversed: "decision-differs",
    earlier: "time-reversed",
    in_another_month: "decision-differs",
}
_FORGED = {
    dearer: "a-4",
    cheaper: "r-2",
    out_of_order: "r-1",
    over_the_limit: "a-2",
    forgiven: "a-5",
    half_reversed: "x-3",
    earlier: "a-6",
    in_another_month: "a-0",
}


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
def test_figures_that_the_rules_do_not_give_are_found(book: Path, forgery: Any) -> None:  # noqa: ANN401 - a function
    """A journal with every hash recomputed still shows the record whose figures the rules would not have given."""
    seq = record_of(bodies(book), _FORGED[forgery])["seq"]
    rewrite(book, forgery)
    report = audited(book)
    assert not codes(report) & {"leaf-mismatch", "node-mismatch", "head-mismatch", "column-mismatch"}
    assert seq in {seq for finding in report if finding.code == FORGERIES[forgery] for seq in finding.seqs}


def test_the_forger_leaves_an_untouched_book_whole(book: Path) -> None:
    """Recomputing every hash of a journal that nobody changed gives a book that is whole: the forger forges well."""
    rewrite(book, lambda found: found)
    assert audited(book).whole


def places_in(value: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the place of every value within a body."""
    if place:
        yield place
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in held:
        yield from places_in(inner, (*place, key))


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in kinds.KINDS}))
@given(st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_body_is_found(book: Path, kind: str, data: st.DataObject) -> None:
    """A body with any value exchanged for another of any type, its leaf recomputed, is found and stops nothing."""
    before = next(body for body in bodies(book) if body["kind"] == kind)
    after = json.loads(canonical(before))
    *outer, last = data.draw(st.sampled_from(list(places_in(before))))
    holder = after
    for key in outer:
        holder = holder[key]
    holder[last] = data.draw(st.sampled_from(["x", 7, -1, [], {}, [1]]).filter(lambda value: value != holder[last]))
    text = canonical(after)
    with plain(book, guarded=False) as connection:
        rewritten = (text.decode(), merkle.leaf_hash(text), before["seq"])
        connection.execute("UPDATE points_journal SET body = ?, leaf = ? WHERE seq = ?", rewritten)
    report = audited(book)
    with plain(book, guarded=False) as connection:
        text = canonical(before)
        connection.execute(
            "UPDATE points_journal SET body = ?, leaf = ? WHERE seq = ?",
            (text.decode(), merkle.leaf_hash(text), before["seq"]),
        )
    assert not report.whole
    assert all(finding.say(lang) for finding in report for lang in ("en", "zh"))


# --- what is no text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(table, column, id=f"{table.name}.{column.name}")
        for table in METADATA.sorted_tables
        for column in table.columns
        if str(column.type) == "TEXT" and table.name in {"points_journal", "points_profile", "points_remark"}
    ],
)
def test_text_that_is_no_utf_8_is_found(book: Path, table: Table, column: Column[Any]) -> None:
    """Bytes that are no UTF-8, put where text belongs, are a finding and never an exception."""
    where, values = bindable(rows_of(book, table)[-1])
    with plain(book, guarded=False, checked=False) as connection:
        connection.execute(
            f'UPDATE {table.name} SET "{column.name}" = CAST(? AS TEXT) WHERE {where}',  # noqa: S608 - a table of ours
            (b"\xff\xfe\x80", *values),
        )
    assert codes(audited(book)) - {"file-damaged"}


@pytest.mark.parametrize("table", ["points_entry", "points_balance", "points_edition", "points_period_total"])
def test_a_projection_that_is_no_utf_8_is_found(book: Path, table: str) -> None:
    """Bytes that are no UTF-8 in a projection are a finding and never an exception."""
    column = METADATA.tables[table].columns.keys()[-1 if table == "points_entry" else 1]
    if table == "points_edition":
        column = "content"
    with plain(book, guarded=False) as connection:
        connection.execute(
            f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE (village, {column}) IN "  # noqa: S608 - a table of ours
            f"(SELECT village, {column} FROM {table} LIMIT 1)",
            (b"\xc3\x28",),
        )
    assert "projection-differs" in codes(audited(book))


@pytest.mark.parametrize(("table", "column"), [("points_journal", "body"), ("points_remark", "text")])
def test_a_huge_text_is_found(book: Path, table: str, column: str) -> None:
    """Sixteen megabytes in a column of text are a finding, and stop nothing."""
    with plain(book, guarded=False) as connection:
        connection.execute(
            f"UPDATE {table} SET {column} = CAST(zeroblob(16000000) AS TEXT) WHERE seq = "  # noqa: S608 - a table of ours
            f"(SELECT max(seq) FROM {table})"
        )
    report = audited(book)
    assert not report.whole
    assert all(len(finding.say()) < 2_000 for finding in report)


def test_a_body_nested_beyond_reason_is_found(book: Path) -> None:
    """A body nested a hundred thousand deep is no record, and no crash."""
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET body = ? WHERE seq = 14", ("[" * 100_000,))
    report = audited(book)
    assert 14 in {seq for finding in report if finding.code == "body-unreadable" for seq in finding.seqs}


def test_a_flipped_byte_of_the_file_raises_nothing(book: Path) -> None:
    """Whichever page of the file is overwritten, opening or auditing it says so in this library's own words."""
    from pointsledger.errors import PointsLedgerError  # noqa: PLC0415 - only this test catches everything

    whole = book.read_bytes()
    unseen = []
    for page in range(1, len(whole) // 4096):
        torn = bytearray(whole)
        torn[page * 4096 : page * 4096 + 64] = bytes(range(64))
        book.write_bytes(torn)
        try:
            if audited(book).whole:
                unseen.append(page)
        except PointsLedgerError:
            continue
    assert [] == unseen


# --- what this release does not find -------------------------------------------------------------------


def test_another_version_of_the_schema_is_found_by_opening(book: Path) -> None:
    """The number of the schema is no part of a book: it is opening the file that refuses a strange one."""
    with plain(book) as connection:
        connection.execute("UPDATE points_schema SET version = version + 1")
    with pytest.raises(LedgerNewer) as refused:
        Ledger.open(book)
    assert schema.VERSION + 1 == refused.value.data["found"]


def test_a_tail_cut_off_shows_only_outside(book: Path) -> None:
    """A book cut short with everything recomputed is whole by itself; only the size and root kept elsewhere differ."""
    before = audited(book)
    rewrite(book, lambda found: found[:-3])
    with plain(book) as connection:
        connection.execute("DELETE FROM points_remark WHERE seq > ?", (before.size - 3,))
    after = audited(book)
    assert after.whole
    assert before.size - 3 == after.size
    assert before.root != after.root


def test_a_consistent_rewrite_shows_only_outside(book: Path) -> None:
    """A book rewritten as the rules would have given it is whole by itself; only the root kept elsewhere differs."""

    def more(found: list[Body]) -> list[Body]:
        """Say that another operator recorded the last award; no close lies behind it, whose root it would change."""
        body = record_of(found, "a-8")
        body["by"] = next(one["by"] for one in found if one["request"] == "s-1")
        return found

    before = audited(book)
    rewrite(book, more)
    after = audited(book)
    assert after.whole
    assert before.size == after.size
    assert before.root != after.root


def test_a_clock_set_back_before_writing_shows_only_outside(book: Path) -> None:
    """A record dated wrongly, but after the one before it, is whole by itself; only the root kept elsewhere differs."""

    def later(found: list[Body]) -> list[Body]:
        """Date the last record an hour on, which changes no figure."""
        found[-1]["recorded_at"] = found[-1]["recorded_at"].replace("T01", "T02")
        return found

    before = audited(book)
    rewrite(book, later)
    after = audited(book)
    assert after.whole
    assert before.root != after.root
