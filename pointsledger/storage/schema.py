"""The schema of a database: made, checked, and thrown away and made again for a rebuild."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, inspect, text
from sqlalchemy.exc import DatabaseError

from pointsledger.errors import LedgerDamaged, LedgerNewer, LedgerOlder
from pointsledger.storage.dialect import SCRIPTS, Dialect, made_by, stands_on
from pointsledger.storage.registry import METADATA
from pointsledger.storage.tables import Journal, SchemaVersion, table_name
from pointsledger.storage.views import VIEWS
from pointsledger.values import rows
from pointsledger.values.words import Words

# The next village after each one found: the first row behind it in the table's own key.
_STEPS = """
WITH RECURSIVE step(village) AS (
  SELECT min(village) FROM {table}{behind}
  UNION ALL
  SELECT (SELECT min(t.village) FROM {table} t WHERE t.village > step.village) FROM step WHERE step.village IS NOT NULL
)
SELECT village FROM step WHERE village IS NOT NULL{limit}
"""

_COLUMN = re.compile(r"^    (?!CONSTRAINT )\"?(\w+)", re.MULTILINE)

VERSION = max(SCRIPTS)
"""Raised whenever a table, a view, an index or a trigger changes, or other rows come of the same record."""

NEWS: dict[int, Words] = {
    2: Words("adds views for those who write SQL", "增加供编写 SQL 的人使用的视图"),
    3: Words(
        "lets points lapse, months be closed and shops be paused, and keeps the checkpoints that were issued and the "
        "secret of closing slips",
        "支持积分到期清零、按月结账和超市暂停兑换，并保存已发出的校验码和结存告知单的密值",
    ),
}
"""What each version but the first brings, for those who are asked to upgrade to it."""


# Rows that come of a record since a version, in a table which had others before: not to be taken for a change.
_NEWER_ROWS: dict[str, tuple[int, Callable[[Sequence[object]], bool]]] = {
    # What households redeem; the first column is the village, the second what is counted.
    "points_usage": (3, lambda row: str(row[1]).startswith("~")),
}


def create(connection: Connection, dialect: Dialect) -> None:
    """Make every table, view, index and trigger, and note the version."""
    for statement in dialect.script(VERSION):
        dialect.run(connection, statement)
    connection.execute(insert(SchemaVersion).values(only=1, version=VERSION))


def recreate_projections(connection: Connection, dialect: Dialect) -> None:
    """Empty every projection, and make anew those that are not as they belong; journal and profiles stay.

    What is as it belongs is emptied and not dropped: others may have been given rights to it, or built views on it.

    Raises:
        OthersDepend: if something of others rests on what has to be dropped, or would be emptied with it.

    """
    dialect.see_unreferenced(connection, [table_name(kind) for kind in rows.PROJECTIONS])
    unsound = _unsound(connection, dialect)
    for one in dialect.standing(connection):
        if one.what == "trigger":
            dialect.drop_guard(connection, one)
    rights: list[str] = []
    for name in (*reversed(VIEWS), *sorted(table_name(kind) for kind in rows.PROJECTIONS)):
        if name in unsound:
            rights += dialect.privileges(connection, name)
            dialect.drop_projection(connection, name)
        elif name not in VIEWS:
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - a table of ours
    standing = {one.name for one in dialect.standing(connection)}
    for statement in (*(one for one in dialect.script(VERSION) if made_by(one) not in standing), *rights):
        dialect.run(connection, statement)
    connection.execute(delete(SchemaVersion))
    connection.execute(insert(SchemaVersion).values(only=1, version=VERSION))


def _unsound(connection: Connection, dialect: Dialect) -> set[str]:
    """Return the tables and views that are not as they belong, whatever becomes of their guards.

    With a table all views are among them, since they rest on tables.
    """
    standing = dialect.standing(connection)
    on = {made_by(statement): stands_on(statement) for statement in dialect.script(VERSION)}
    on |= {one.name: "" if one.what == "trigger" else one.table.lower() for one in standing}
    found = {on.get(name, name) for name, _ in dialect.differences(connection, VERSION)}
    return found | set(VIEWS) if found & set(METADATA.tables) else found


def version(connection: Connection, dialect: Dialect) -> int | None:
    """Return the schema's version in this database, or None if it holds no ledger."""
    found = _tried(connection, dialect, f"SELECT version FROM {SchemaVersion.__tablename__}")  # noqa: S608 - a constant
    return found[0][0] if found and isinstance(found[0][0], int) else None


def known(found: int, place: str) -> None:
    """See that a version is the one that this release knows.

    Raises:
        LedgerNewer, LedgerOlder: if it is not.

    """
    if found > VERSION:
        raise LedgerNewer(place=place, found=found, known=VERSION)
    if found < VERSION:
        news = [words for number, words in NEWS.items() if number > found]
        told = {"news": "; ".join(one.en for one in news), "news_zh": "；".join(one.zh for one in news)}
        raise LedgerOlder(place=place, found=found, known=VERSION, **told)


def release(connection: Connection, dialect: Dialect) -> int:
    """Return the version that the tables are of: the one they say, but for tables and views that are this release's.

    A number is changed more easily than tables are; a book that says another one is not to escape the audit by it.
    """
    says = version(connection, dialect)
    ours = {*METADATA.tables, *VIEWS}
    other = says not in {None, VERSION} and ours & {name for name, _ in dialect.differences(connection, VERSION)}
    return says if other and says is not None and (says in SCRIPTS or says > VERSION) else VERSION


def shared_columns(dialect: Dialect, found: int) -> dict[str, tuple[str, ...]]:
    """Return the columns that each table has in this version and in another, by which the two can be compared."""
    here, there = ({made_by(one): _columns_of(one) for one in dialect.script(number)} for number in (VERSION, found))
    return {
        name: tuple(column for column in columns if column in there[name])
        for name, columns in here.items()
        if name in there and columns
    }


def _columns_of(statement: str) -> tuple[str, ...]:
    return tuple(_COLUMN.findall(statement)) if statement.startswith("CREATE TABLE") else ()


def holds_ours(connection: Connection) -> bool:
    """Tell whether this database has any of our tables, whatever became of the others."""
    return bool(set(METADATA.tables) & set(inspect(connection).get_table_names()))


def holds_journal(connection: Connection) -> bool:
    """Tell whether this database has a journal, whatever became of the tables around it."""
    return bool(inspect(connection).has_table(str(Journal.__tablename__)))


def villages(
    connection: Connection, dialect: Dialect, table: str, *, after: str | None = None, limit: int | None = None
) -> list[str]:
    """Return the villages of which a table has rows: a step down its key for each, however many rows there are.

    Those behind ``after``, and at most ``limit`` of them, where these are given.
    """
    behind, most = "" if after is None else " WHERE village > :after", "" if limit is None else " LIMIT :limit"
    asked = {name: value for name, value in (("after", after), ("limit", limit)) if value is not None}
    found = _tried(connection, dialect, _STEPS.format(table=table, behind=behind, limit=most), asked)
    return [village for (village,) in found or () if village is not None]


def has_village(connection: Connection, dialect: Dialect, table: str, village: str) -> bool:
    """Tell whether a table has rows of a village."""
    asked = f"SELECT 1 FROM {table} WHERE village = :village LIMIT 1"  # noqa: S608 - a constant
    return bool(_tried(connection, dialect, asked, {"village": village}))


def _tried(
    connection: Connection, dialect: Dialect, statement: str, asked: Mapping[str, Any] | None = None
) -> list[Any] | None:
    """Return the rows of a statement, or None where a table or column that it names is not there."""
    told = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    alone = told or getattr(connection.connection.dbapi_connection, "autocommit", -1) is True  # nothing to go back to
    try:
        with nullcontext() if alone else connection.begin_nested():
            return list(connection.execute(text(statement), asked))
    except DatabaseError as error:
        if isinstance(dialect.meaning(error.orig, ""), LedgerDamaged):
            return None
        raise


def holds_anything(connection: Connection) -> bool:
    """Tell whether this database has any table at all."""
    return bool(inspect(connection).get_table_names())


def heads(connection: Connection, dialect: Dialect) -> dict[str, tuple[int, bytes]]:
    """Return size and root of each book as they were kept, or nothing where that table is gone."""
    kept = _tried(connection, dialect, f"SELECT village, size, root FROM {table_name(rows.Village)}")  # noqa: S608 - a constant
    return {code: (size, root) for code, size, root in kept or ()}


def contents(
    connection: Connection,
    dialect: Dialect,
    village: str,
    columns: Mapping[str, tuple[str, ...]] | None = None,
    found: int = VERSION,
) -> dict[str, str]:
    """Return a digest of what each table holds of a village, but the journal and those that cannot be read.

    With ``columns`` it is of those tables and columns only, and with the version ``found`` of the rows only that came
    of a record in it as well.
    """
    digests = {}
    for kind in rows.KEY_COLUMNS:
        table = table_name(kind)
        if columns is not None and table not in columns:
            continue
        read = dialect.sql.every[kind] if columns is None else dialect.sql.every_row(kind, columns[table])
        since, is_newer = _NEWER_ROWS.get(table, (0, None))
        digest = sha256()
        try:
            with dialect.escaping(connection):  # or one row that cannot be read would hide what became of the others
                for row in dialect.stream(connection, read, (village,)):
                    if is_newer is not None and found < since and is_newer(row):
                        continue
                    digest.update(repr(tuple(row)).encode("utf-8", "surrogateescape"))
        except dialect.faults:
            continue
        digests[table] = digest.hexdigest()
    return digests


def differences(connection: Connection, dialect: Dialect, number: int = VERSION) -> list[tuple[str, Words]]:
    """Return each object that is missing, extra or not as it belongs in a version, with what is the matter with it."""
    wrong = dialect.differences(connection, number)
    says = version(connection, dialect)
    if says != number:
        table = str(SchemaVersion.__tablename__)
        wrong.append((table, Words(f"says version {says}, not {number}", f"写的版本是 {says}，应为 {number}")))
    return sorted(wrong)
