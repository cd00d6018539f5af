"""The schema of a database: made, checked, and thrown away and made again for a rebuild.

The file itself refuses to change a record, whatever program opens it: no UPDATE, no DELETE, and no INSERT but
of the next position under a request id and rowid that are free. That last guard is what stops ``INSERT OR
REPLACE``, which removes the row in its way without firing a DELETE trigger. Whoever holds the file can drop
a trigger; so the audit compares what is there with what belongs there.

The statements stand as text in ``sqlite_v1.sql``, one file a version: what a book was made with must not
depend on how a later SQLAlchemy writes it. A test holds them against ``tables``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, delete, insert, inspect
from sqlmodel import col, select

from pointsledger import rows
from pointsledger.storage.tables import METADATA, TABLE_OF, Journal, SchemaVersion
from pointsledger.words import Words

VERSION = 1
"""Raised whenever a table, an index or a trigger changes, or other rows come of the same record."""

_MADE = re.compile(r"CREATE (TABLE|INDEX|TRIGGER) (\w+)")


def table_name(kind: type) -> str:
    """Return the name of the table of a row's class."""
    return str(TABLE_OF[kind].__tablename__)


@cache
def statements() -> dict[str, str]:
    """Return the statement that makes each table, index and trigger, by its name, in the order of making."""
    text = Path(__file__).with_name(f"sqlite_v{VERSION}.sql").read_text(encoding="utf-8")
    made = [" ".join(statement.split()) for statement in text.split("\n\n") if statement.strip()]
    return {_parts(statement)[1]: statement for statement in made}


def create(connection: Connection) -> None:
    """Make every table, index and trigger, and note the version."""
    for statement in statements().values():
        connection.exec_driver_sql(statement)
    connection.execute(insert(SchemaVersion).values(only=1, version=VERSION))


def recreate_projections(connection: Connection) -> None:
    """Drop every projection and every guard and make them again, empty; journal and profiles stay as they are."""
    projections = {table_name(kind) for kind in rows.PROJECTIONS}
    for name, table, what, _ in _objects(connection):
        if what == "trigger" and table not in projections:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for table in sorted(projections):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    standing = {name for name, _, _, _ in _objects(connection)}
    for name, statement in statements().items():
        if name not in standing:
            connection.exec_driver_sql(statement)
    connection.execute(delete(SchemaVersion))
    connection.execute(insert(SchemaVersion).values(only=1, version=VERSION))


def version(connection: Connection) -> int | None:
    """Return the schema's version in this database, or None if it holds no ledger."""
    if not inspect(connection).has_table(str(SchemaVersion.__tablename__)):
        return None
    return connection.execute(select(col(SchemaVersion.version))).scalar()


def holds_journal(connection: Connection) -> bool:
    """Tell whether this database has a journal, whatever became of the tables around it."""
    return bool(inspect(connection).has_table(str(Journal.__tablename__)))


def holds_anything(connection: Connection) -> bool:
    """Tell whether this database has any table at all."""
    return bool(inspect(connection).get_table_names())


def heads(connection: Connection) -> dict[str, tuple[int, bytes]]:
    """Return size and root of each book as they were kept, or nothing where that table is gone."""
    village = table_name(rows.Village)
    if not inspect(connection).has_table(village):
        return {}
    kept = connection.exec_driver_sql(f"SELECT village, size, root FROM {village}")  # noqa: S608 - a constant
    return {code: (size, root) for code, size, root in kept}


def differences(connection: Connection) -> list[tuple[str, Words]]:
    """Return each object that is missing, extra or not as it belongs, with what is the matter with it."""
    expected = statements()
    found = {name: " ".join(str(made).split()) for name, _, _, made in _objects(connection)}
    wrong = [(name, Words("missing", "缺失")) for name in expected if name not in found]
    wrong += [(name, Words("not part of the schema", "不属于账本结构")) for name in found if name not in expected]
    wrong += [(name, Words("changed", "已被改动")) for name, made in expected.items() if found.get(name, made) != made]
    table = str(SchemaVersion.__tablename__)
    if table in found and (says := version(connection)) != VERSION:
        wrong.append((table, Words(f"says version {says}, not {VERSION}", f"写的版本是 {says}，应为 {VERSION}")))
    return sorted(wrong)


def _objects(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Return name, table, type and statement of whatever stands on one of our tables, and of nothing else."""
    ours = set(METADATA.tables)
    found = connection.exec_driver_sql("SELECT name, tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return [(name, table, what, made) for name, table, what, made in found.all() if table in ours]


def _parts(statement: str) -> tuple[str, str]:
    found = _MADE.match(statement)
    if found is None:
        message = f"not a statement of the schema: {statement[:60]}"
        raise ValueError(message)
    return found.group(1), found.group(2)
