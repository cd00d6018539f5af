"""The schema of a database: made, checked, and thrown away and made again for a rebuild.

The file itself refuses to change a record, whatever program opens it: no UPDATE, no DELETE, and no INSERT but
of the next position under a request id and rowid that are free. That last guard is what stops ``INSERT OR
REPLACE``, which removes the row in its way without firing a DELETE trigger. Whoever holds the file can drop
a trigger; so the audit compares what is there with what belongs there.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, create_engine, inspect, select
from sqlalchemy.schema import CreateIndex, CreateTable

from pointsledger import rows
from pointsledger.storage.tables import METADATA, PREFIX, TABLE_OF, Journal, SchemaVersion

VERSION = 1
"""Raised whenever a table, an index or a trigger changes."""

_JOURNAL = PREFIX + "journal"


def table_name(kind: type) -> str:
    """Return the name of the table of a row's class."""
    return str(TABLE_OF[kind].__tablename__)


def create(connection: Connection) -> None:
    """Make every table, index and trigger, and note the version."""
    for statement in _tables_and_indexes(METADATA.sorted_tables):
        connection.exec_driver_sql(statement)
    for statement in _triggers():
        connection.exec_driver_sql(statement)
    connection.execute(SchemaVersion.__table__.insert().values(only=1, version=VERSION))  # type: ignore[attr-defined]  # SQLModel adds it


def recreate_projections(connection: Connection) -> None:
    """Drop every projection and every trigger and make them again, empty; journal and profiles stay as they are."""
    for (name,) in connection.exec_driver_sql(
        f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE '{PREFIX}%'"  # noqa: S608 - a constant
    ).all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    projections = [METADATA.tables[table_name(kind)] for kind in rows.PROJECTIONS]
    for table in projections:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}")
    for statement in _tables_and_indexes(projections):
        connection.exec_driver_sql(statement)
    for statement in _triggers():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"UPDATE {PREFIX}schema SET version = {VERSION}")  # noqa: S608 - constants


def version(connection: Connection) -> int | None:
    """Return the schema's version in this database, or None if it holds no ledger."""
    if not inspect(connection).has_table(str(SchemaVersion.__tablename__)):
        return None
    found: int | None = connection.execute(select(SchemaVersion.version)).scalar()  # type: ignore[call-overload]  # a column
    return found


def differences(connection: Connection) -> list[tuple[str, str]]:
    """Return each object that is missing, extra or not as it belongs, with what is the matter with it."""
    expected, found = _expected_objects(), _objects(connection)
    wrong = [(name, "missing") for name in expected if name not in found]
    wrong += [(name, "not part of the schema") for name in found if name not in expected]
    wrong += [(name, "changed") for name, made in expected.items() if found.get(name, made) != made]
    return sorted(wrong)


def _expected_objects() -> dict[str, str]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        create(connection)
        objects = _objects(connection)
    engine.dispose()
    return objects


def _objects(connection: Connection) -> dict[str, str]:
    found = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND (name LIKE ? OR tbl_name LIKE ?)",
        (PREFIX + "%", PREFIX + "%"),
    )
    return {name: " ".join(str(made).split()) for name, made in found}


def _tables_and_indexes(tables: Iterable[object]) -> Iterable[str]:
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - the dialect is chosen here

    dialect = sqlite.dialect()
    for table in tables:
        yield str(CreateTable(table).compile(dialect=dialect))  # type: ignore[arg-type]  # tables of METADATA
        for index in sorted(table.indexes, key=lambda index: str(index.name)):  # type: ignore[attr-defined]  # as above
            yield str(CreateIndex(index).compile(dialect=dialect))


def _triggers() -> Iterable[str]:
    append_only = [str(Journal.__tablename__), *sorted(table_name(kind) for kind in rows.APPEND_ONLY)]
    for table in append_only:
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: no {act}'); END"
            )
    yield (
        f"CREATE TRIGGER {_JOURNAL}_next BEFORE INSERT ON {_JOURNAL} "  # noqa: S608 - constants
        f"WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM {_JOURNAL} WHERE village = NEW.village) "
        f"OR EXISTS (SELECT 1 FROM {_JOURNAL} WHERE village = NEW.village AND request_id = NEW.request_id) "
        f"OR EXISTS (SELECT 1 FROM {_JOURNAL} WHERE rowid = NEW.rowid) "
        f"BEGIN SELECT RAISE(ABORT, '{_JOURNAL} is append-only: not the next record'); END"
    )
    yield (
        f"CREATE TRIGGER {_JOURNAL}_rowid AFTER INSERT ON {_JOURNAL} WHEN NEW.rowid <= 0 "
        f"BEGIN SELECT RAISE(ABORT, '{_JOURNAL} is append-only: rowid not positive'); END"
    )
