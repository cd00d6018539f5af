"""The schema of a database: made, checked, and thrown away and made again for a rebuild."""

from __future__ import annotations

from contextlib import nullcontext
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, inspect
from sqlalchemy.exc import DatabaseError

from pointsledger import rows
from pointsledger.errors import LedgerDamaged, LedgerNewer, LedgerOlder
from pointsledger.storage.dialect import Dialect, made_by
from pointsledger.storage.tables import METADATA, Journal, SchemaVersion, table_name
from pointsledger.words import Words

# The next village after each one found: the first row behind it in the table's own key.
_STEPS = """
WITH RECURSIVE step(village) AS (
  SELECT min(village) FROM {table}
  UNION ALL
  SELECT (SELECT min(t.village) FROM {table} t WHERE t.village > step.village) FROM step WHERE step.village IS NOT NULL
)
SELECT village FROM step WHERE village IS NOT NULL
"""

VERSION = 1
"""Raised whenever a table, an index or a trigger changes, or other rows come of the same record."""


def create(connection: Connection, dialect: Dialect) -> None:
    """Make every table, index and trigger, and note the version."""
    for statement in dialect.script(VERSION):
        dialect.run(connection, statement)
    connection.execute(insert(SchemaVersion).values(only=1, version=VERSION))


def recreate_projections(connection: Connection, dialect: Dialect) -> None:
    """Drop every projection and every guard and make them again, empty; journal and profiles stay as they are."""
    projections = {table_name(kind) for kind in rows.PROJECTIONS}
    for one in dialect.standing(connection):
        if one.what == "trigger" and one.table not in projections:
            dialect.drop_guard(connection, one)
    for table in sorted(projections):
        dialect.drop_projection(connection, table)
    standing = {one.name for one in dialect.standing(connection)}
    for statement in dialect.script(VERSION):
        if made_by(statement) not in standing:
            dialect.run(connection, statement)
    connection.execute(delete(SchemaVersion))
    connection.execute(insert(SchemaVersion).values(only=1, version=VERSION))


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
        raise LedgerOlder(place=place, found=found, known=VERSION)


def release(connection: Connection, dialect: Dialect) -> int | None:
    """Return the version that the tables are of: the one they say, but for tables that are this release's own.

    A number is changed more easily than tables are; a book that says another one is not to escape the audit by it.
    """
    says = version(connection, dialect)
    if says == VERSION or {name for name, _ in dialect.differences(connection, VERSION)} & set(METADATA.tables):
        return says
    return VERSION


def holds_ours(connection: Connection) -> bool:
    """Tell whether this database has any of our tables, whatever became of the others."""
    return bool(set(METADATA.tables) & set(inspect(connection).get_table_names()))


def holds_journal(connection: Connection) -> bool:
    """Tell whether this database has a journal, whatever became of the tables around it."""
    return bool(inspect(connection).has_table(str(Journal.__tablename__)))


def villages(connection: Connection, dialect: Dialect, table: str) -> list[str]:
    """Return the villages of which a table has rows: a step down its key for each, however many rows there are."""
    found = _tried(connection, dialect, _STEPS.format(table=table))
    return [village for (village,) in found or () if village is not None]


def _tried(connection: Connection, dialect: Dialect, statement: str) -> list[Any] | None:
    """Return the rows of a statement, or None where a table or column that it names is not there."""
    asked = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    alone = asked or getattr(connection.connection.dbapi_connection, "autocommit", -1) is True  # nothing to go back to
    try:
        with nullcontext() if alone else connection.begin_nested():
            return list(connection.exec_driver_sql(statement))
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


def contents(connection: Connection, dialect: Dialect, village: str) -> dict[str, str]:
    """Return a digest of what each table holds of a village, but the journal and those that cannot be read."""
    digests = {}
    for kind in rows.KEY_COLUMNS:
        digest = sha256()
        try:
            for row in dialect.stream(connection, dialect.sql.every[kind], (village,)):
                digest.update(repr(tuple(row)).encode("utf-8", "surrogateescape"))
        except dialect.faults:
            continue
        digests[table_name(kind)] = digest.hexdigest()
    return digests


def differences(connection: Connection, dialect: Dialect) -> list[tuple[str, Words]]:
    """Return each object that is missing, extra or not as it belongs, with what is the matter with it."""
    wrong = dialect.differences(connection, VERSION)
    says = version(connection, dialect)
    if says != VERSION:
        table = str(SchemaVersion.__tablename__)
        wrong.append((table, Words(f"says version {says}, not {VERSION}", f"写的版本是 {says}，应为 {VERSION}")))
    return sorted(wrong)
