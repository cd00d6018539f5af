"""Table rows: every table as it stands, for whoever wants to look at all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pointsledger.storage.dialect import Dialect
from pointsledger.storage.registry import METADATA
from pointsledger.storage.tables import table_name
from pointsledger.values import rows

PERSONAL: frozenset[str] = frozenset(table_name(kind) for kind in rows.PERSONAL)
"""Tables that name people."""

SECRET: frozenset[str] = frozenset({"points_secret"})
"""Tables that are handed to nobody: with a village's secret the balances behind its closes can be guessed."""


class TableRows(NamedTuple):
    """A table: its name, its columns, and its rows in the order of its key."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def table_rows(connection: Connection, dialect: Dialect, village: str, *, with_names: bool) -> Iterator[TableRows]:
    """Yield each table with the rows that it has of a village, read as they are taken; none that is secret.

    Those that name people are among them only ``with_names``.
    """
    for name, table in sorted(METADATA.tables.items()):
        if name in SECRET or (name in PERSONAL and not with_names):
            continue
        columns = tuple(f'"{column.name}"' for column in table.columns)
        own = "village" in table.columns
        order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
        where = f" WHERE village = {dialect.sql.mark}" if own else ""
        statement = f"SELECT {', '.join(columns)} FROM {name}{where} ORDER BY {order}"  # noqa: S608 - the names of our tables
        found = dialect.stream(connection, statement, (village,) if own else ())
        yield TableRows(name, tuple(column.strip('"') for column in columns), found)
