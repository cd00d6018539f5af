"""Attacks on the journal and its texts: what the audit says to each; for all tables see ``test_attack_suite``."""

from __future__ import annotations

import json
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
from tests.database.attacks import rows_of
from tests.database.lived_in import (
    SIZE,
    Body,
    audited,
    bindable,
    bodies,
    codes,
    plain,
    record_of,
    rewrite,
)

# --- the journal ---------------------------------------------------------------------------------------


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


def lost_elsewhere(found: list[Body]) -> list[Body]:
    """Let a book say that it went on from another head than its own."""
    record_of(found, "lost-1")["decided"]["root"] = "00" * 32
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
    lost_elsewhere: "decision-differs",
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
    lost_elsewhere: "lost-1",
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


def test_another_version_of_the_schema_is_refused(book: Path) -> None:
    """Before any audit, opening the file refuses a number of the schema that this release does not know."""
    with plain(book) as connection:
        connection.execute("UPDATE points_schema SET version = version + 1")
    with pytest.raises(LedgerNewer) as refused:
        Ledger.open(book)
    assert schema.VERSION + 1 == refused.value.data["found"]
