"""The schema of a database: made, checked, and thrown away and made again for a rebuild."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, inspect
from sqlmodel import col, select

from pointsledger import rows
from pointsledger.storage.dialect import Dialect, made_by
from pointsledger.storage.tables import Journal, SchemaVersion, table_name
from pointsledger.words import Words

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
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    standing = {one.name for one in dialect.standing(connection)}
    for statement in dialect.script(VERSION):
        if made_by(statement) not in standing:
            dialect.run(connection, statement)
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


def differences(connection: Connection, dialect: Dialect) -> list[tuple[str, Words]]:
    """Return each object that is missing, extra or not as it belongs, with what is the matter with it."""
    wrong = dialect.differences(connection, VERSION)
    says = version(connection)
    if says != VERSION:
        table = str(SchemaVersion.__tablename__)
        wrong.append((table, Words(f"says version {says}, not {VERSION}", f"写的版本是 {says}，应为 {VERSION}")))
    return sorted(wrong)
