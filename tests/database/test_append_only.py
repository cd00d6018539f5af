"""What the file itself refuses, to any program that opens it, and that each guard is needed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointsledger.findings import NOTE
from pointsledger.storage import schema
from pointsledger.storage.dialect import made_by
from pointsledger.storage.sqlite import Sqlite
from pointsledger.storage.tables import table_name
from pointsledger.values import rows
from tests.database.lived_in import SIZE, audited, begin, dump, plain

TRIGGERS = sorted(made_by(made) for made in Sqlite().script(schema.VERSION) if made.startswith("CREATE TRIGGER"))
APPEND_ONLY = ["points_journal", *sorted(table_name(kind) for kind in rows.APPEND_ONLY)]
COLUMNS = "village, seq, kind, recorded_at, period, request_id, body, leaf, nodes"
_OTHER_SIZE = 4
NUMBERS = {"points_bridge": "account", "points_checkpoint": "number"}
"""The column by which a row is found in the tables whose rows are of no record alone."""
_INSTANT = "2026-05-02T01:00:00.000000Z"

# Each stands for what the columns would hold: village, seq, request id, and the rowid where one is given.
JOURNAL_ROWS = {
    "the same record again": ("nanyu", "5", "'e-1'", None),
    "an earlier number, a new request": ("nanyu", "5", "'new'", None),
    "a number beyond the next": ("nanyu", f"{SIZE + 2}", "'new'", None),
    "number zero": ("nanyu", "0", "'new'", None),
    "a negative number": ("nanyu", "-1", "'new'", None),
    "the next number, a request used before": ("nanyu", f"{SIZE + 1}", "'e-1'", None),
    "the next number, a rowid in use": ("nanyu", f"{SIZE + 1}", "'new'", "5"),
    "the next number, the last rowid": ("nanyu", f"{SIZE + 1}", "'new'", f"{SIZE}"),
    "the next number, a rowid of another village": ("nanyu", f"{SIZE + 1}", "'new'", f"{SIZE + 1}"),
    "the next number, a negative rowid": ("nanyu", f"{SIZE + 1}", "'new'", "-7"),
    "the next number, rowid zero": ("nanyu", f"{SIZE + 1}", "'new'", "0"),
    "another village, not its next": ("aokou", "2", "'new'", None),
    "another village, its next, a rowid of ours": ("aokou", f"{_OTHER_SIZE + 1}", "'new'", "5"),
    "a village unknown, not its first": ("xinan", "2", "'new'", None),
    "a village unknown, a rowid of ours": ("xinan", "1", "'new'", "1"),
}
FORMS = {
    "INSERT": "INSERT INTO {into} SELECT {what}",
    "INSERT OR REPLACE": "INSERT OR REPLACE INTO {into} SELECT {what}",
    "REPLACE": "REPLACE INTO {into} SELECT {what}",
    "INSERT OR IGNORE": "INSERT OR IGNORE INTO {into} SELECT {what}",
    "INSERT OR FAIL": "INSERT OR FAIL INTO {into} SELECT {what}",
    "INSERT OR ROLLBACK": "INSERT OR ROLLBACK INTO {into} SELECT {what}",
    "UPSERT on the key": (
        "INSERT INTO {into} SELECT {what} WHERE true ON CONFLICT (village, seq) DO UPDATE SET body = 'x'"
    ),
    "UPSERT on the request": (
        "INSERT INTO {into} SELECT {what} WHERE true ON CONFLICT (village, request_id) DO UPDATE SET body = 'x'"
    ),
    "UPSERT of everything": "INSERT INTO {into} SELECT {what} WHERE true ON CONFLICT DO UPDATE SET body = 'x'",
    "UPSERT that does nothing": "INSERT INTO {into} SELECT {what} WHERE true ON CONFLICT DO NOTHING",
}


@pytest.fixture
def two(book: Path) -> Path:
    """Return a file with the books of two villages."""
    begin(book, village="aokou").close()
    return book


def statement(form: str, row: tuple[str, str, str, str | None]) -> str:
    """Return one way of writing one row into the journal."""
    village, seq, request, rowid = row
    into, what = (
        f"points_journal ({COLUMNS})",
        f"'{village}', {seq}, 'award', '{_INSTANT}', '2026-05', {request}, '{{}}', zeroblob(32), x''",
    )
    if rowid is not None:
        into, what = into.replace("(", "(rowid, ", 1), f"{rowid}, {what}"
    return FORMS[form].format(into=into, what=what)


def refused(connection: sqlite3.Connection, attack: str) -> bool:
    """Tell whether the database refuses a statement for one of its rules."""
    try:
        connection.execute(attack)
    except sqlite3.IntegrityError:
        return True
    return False


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_the_journal_takes_nothing_but_the_next_record(two: Path, recursive: str) -> None:
    """No form of INSERT, REPLACE or UPSERT puts anything but the next record under a free id into the journal."""
    before = dump(two)
    assert [SIZE, _OTHER_SIZE] == [
        len([row for row in before["points_journal"] if row[0] == one]) for one in ("nanyu", "aokou")
    ]
    for form in FORMS:
        for name, row in JOURNAL_ROWS.items():
            with plain(two) as connection:
                connection.execute(f"PRAGMA recursive_triggers = {recursive}")
                assert refused(connection, statement(form, row)), f"{form}: {name}"
    assert before == dump(two)


@pytest.mark.parametrize("form", FORMS)
def test_the_journal_takes_the_next_record(two: Path, form: str) -> None:
    """The next record of a village goes in by every form of INSERT: what is refused above is refused for its reason."""
    with plain(two) as connection:
        connection.execute(statement(form, ("nanyu", f"{SIZE + 1}", "'new'", None)))
        connection.execute(statement(form, ("aokou", f"{_OTHER_SIZE + 1}", "'e-1'", "9000")))
        count = connection.execute("SELECT count(*) FROM points_journal").fetchone()[0]
    assert SIZE + _OTHER_SIZE + 2 == count


@pytest.mark.parametrize("month", ["2025-12", "2026-01", "2026-03"])
def test_the_journal_takes_nothing_into_a_closed_month(book: Path, month: str) -> None:
    """S-37: no form of INSERT puts the next record into a month that is closed, or into one before it."""
    before = dump(book)
    with plain(book) as connection:
        for form in FORMS:
            attack = statement(form, ("nanyu", f"{SIZE + 1}", "'new'", None)).replace("'2026-05'", f"'{month}'")
            assert refused(connection, attack), form
    assert before == dump(book)


@pytest.mark.parametrize("conflict", ["", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ROLLBACK"])
@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_the_journal_is_never_updated(two: Path, conflict: str, recursive: str) -> None:
    """No column of a record, nor its rowid, can be updated, and no record be replaced by moving another onto it."""
    before = dump(two)
    with plain(two) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        for column in (*COLUMNS.split(", "), "rowid"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(f"UPDATE {conflict} points_journal SET {column} = {column} WHERE seq = 5")  # noqa: S608 - a column of ours
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(f"UPDATE {conflict} points_journal SET seq = 4 WHERE seq = 5 AND village = 'nanyu'")  # noqa: S608 - a constant
    assert before == dump(two)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_tables_refuse_update_and_delete(book: Path, table: str) -> None:
    """Nothing in an append-only table can be updated or deleted, row by row or all at once."""
    before = dump(book)
    assert before[table]
    with plain(book) as connection:
        key = NUMBERS.get(table, "seq")
        for attack in (
            f"UPDATE {table} SET village = village",  # noqa: S608 - a table of ours
            f"UPDATE OR REPLACE {table} SET {key} = {key} || 1",  # noqa: S608 - as above
            f"DELETE FROM {table}",  # noqa: S608 - as above
            f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})",  # noqa: S608 - as above
        ):
            with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
                connection.execute(attack)
    assert before == dump(book)


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_tables_refuse_to_replace(book: Path, table: str, recursive: str) -> None:
    """No form of INSERT puts another row in the place of one, by its key or by its rowid, nor passes over it."""
    before = dump(book)
    with plain(book) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        for form in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL", "INSERT OR ROLLBACK"):
            for attack in replacing(connection, table, form):
                with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
                    connection.execute(attack)
    assert before == dump(book)


def replacing(connection: sqlite3.Connection, table: str, form: str) -> Iterator[str]:
    """Yield the statements that put a row, another row under its key, or one under its rowid in its place."""
    described = connection.execute(f"PRAGMA table_info({table})").fetchall()
    names = [str(name) for _, name, *_ in described]
    keys = [str(name) for _, name, *_, key in described if key]
    other = {name: f"{name} || 'x'" for _, name, kind, *_ in described if name not in keys and kind == "TEXT"}
    last = f"FROM {table} ORDER BY {', '.join(keys)} DESC LIMIT 1"
    yield f"{form} INTO {table} SELECT * {last}"
    yield f"{form} INTO {table} SELECT {', '.join(other.get(name, name) for name in names)} {last}"
    if table in ("points_journal", "points_edition"):  # the others have no rowid
        moved = ", ".join(f"{name} + 1000" if name in {"seq", "version"} else name for name in names)
        yield f"{form} INTO {table} (rowid, {', '.join(names)}) SELECT rowid, {moved} {last}"


# --- each guard is needed ------------------------------------------------------------------------------

_LAST = "(SELECT max(seq) FROM points_journal WHERE village = 'nanyu')"


_ON_WHAT_ENTERS = {
    "points_journal_next": statement("INSERT OR REPLACE", ("nanyu", "5", "'e-1'", None)),
    "points_checkpoint_next": "INSERT OR REPLACE INTO points_checkpoint SELECT * FROM points_checkpoint",
    "points_journal_closed": statement("INSERT", ("nanyu", f"{SIZE + 1}", "'new'", None)).replace("-05'", "-03'"),
    "points_journal_rowid": statement("INSERT", ("nanyu", f"{SIZE + 1}", "'new'", "-7")),
}


def attack_on(trigger: str) -> str:
    """Return what a trigger alone stands in the way of."""
    if trigger in _ON_WHAT_ENTERS:
        return _ON_WHAT_ENTERS[trigger]
    table, act = re.fullmatch(r"(\w+)_no_(update|delete|replace)", trigger).groups()  # type: ignore[union-attr]  # it matches
    if act == "delete":
        key = NUMBERS.get(table, "seq")
        return f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})"  # noqa: S608 - a table of ours
    if act == "replace":
        return f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608 - as above
    return f"UPDATE {table} SET village = village"  # noqa: S608 - as above


def test_every_append_only_table_has_its_triggers() -> None:
    """There are three triggers for each append-only table; of the journal, two more for what enters it."""
    expected = [f"{table}_no_{act}" for table in APPEND_ONLY for act in ("update", "delete")]
    numbered = ("points_journal", "points_checkpoint")
    expected += [f"{table}_no_replace" for table in APPEND_ONLY if table not in numbered]
    expected += [f"{table}_next" for table in numbered]
    assert sorted([*expected, "points_journal_closed", "points_journal_rowid"]) == TRIGGERS


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_each_trigger_alone_stops_something(book: Path, trigger: str) -> None:
    """What a trigger refuses goes through once that one trigger is dropped, and the audit misses the trigger."""
    with plain(book) as connection:
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|the period is closed"):
            connection.execute(attack_on(trigger))
        connection.execute(f"DROP TRIGGER {trigger}")
        assert 1 <= connection.execute(attack_on(trigger)).rowcount
    assert f"{trigger} missing" in [found.what for found in audited(book) if found.code == "schema-differs"]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_trigger_that_is_dropped_is_found(book: Path, trigger: str) -> None:
    """A trigger that is gone is a finding, although nothing was done with it yet."""
    with plain(book) as connection:
        connection.execute(f"DROP TRIGGER {trigger}")
    report = audited(book)
    assert [("schema-differs", f"{trigger} missing")] == [
        (found.code, found.what) for found in report if found.grade != NOTE
    ]
    assert not report.whole


def test_a_trigger_made_toothless_is_found(book: Path) -> None:
    """A trigger of the right name that does nothing is a finding."""
    with plain(book) as connection:
        connection.execute("DROP TRIGGER points_journal_no_delete")
        connection.execute(
            "CREATE TRIGGER points_journal_no_delete BEFORE DELETE ON points_journal BEGIN SELECT 1; END"
        )
    assert ["points_journal_no_delete changed"] == [found.what for found in audited(book) if found.grade != NOTE]


def test_a_trigger_that_does_not_belong_is_found(book: Path) -> None:
    """A trigger that somebody added to our tables is a finding, under whatever name."""
    with plain(book) as connection:
        connection.execute(
            "CREATE TRIGGER harmless AFTER INSERT ON points_journal "
            "BEGIN UPDATE points_balance SET balance = balance + 1; END"
        )
    assert ["harmless not part of the schema"] == [found.what for found in audited(book) if found.grade != NOTE]
