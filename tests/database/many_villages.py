"""Many villages in one database, made quickly: one real book, copied row by row under other codes.

The copies answer questions as the first one does. Their bodies still name the first village, so only the first one is
a book that an audit finds whole.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from pointsledger import Ledger
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.registry import METADATA
from pointsledger.storage.store import Store
from pointsledger.storage.tables import SchemaVersion

FIRST = "v0000"
EARNED = 15
RULES = """
format = 1
name = "一镇"
first_day = 2025-10-01
[mandate]
decided_on = 2025-09-20
present = 3
votes_for = 3
[[activity]]
code = "yard-clean"
name = "庭院整洁"
category = "cleanup"
points = 5
per = "time"
"""
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)",
    "postgresql": "WITH numbers AS (SELECT generate_series(1, :count) AS n)",
}
_CODE = {"sqlite": "printf('v%04d', n)", "postgresql": "'v' || lpad(n::text, 4, '0')"}


class StillClock:
    """A clock that stands in November 2025."""

    def now(self) -> datetime:
        """Return noon of 3 November in Shanghai."""
        return datetime(2025, 11, 3, 4, tzinfo=UTC)


def settle(place: str, villages: int, *, households: int = 3) -> None:
    """Begin ``v0000`` at ``place`` with an award for each household, and copy it until there are so many villages."""
    rules = RuleBook.from_toml(RULES, file="rules", decimals=0)
    with (
        Ledger.create(place, village=FIRST, rulebook=rules, by="clerk:1", clock=StillClock()) as ledger,
        ledger.batch(by="clerk:1") as batch,
    ):
        for number in range(households):
            batch.enrol(f"{number:03}", head="张三", group=f"{number % 4}组")
            batch.award(f"{number:03}", "yard-clean", on="2025-10-03")
    store = Store(place)
    with store.connected(writes=True) as connection:
        copy(connection, store.dialect.name, villages - 1)
    if store.dialect.name == "postgresql":  # as the server does by itself, some time after so many rows
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    store.close()


def copy(connection: Connection, dialect: str, count: int) -> None:
    """Copy every row of the first village under ``count`` other codes."""
    for table in METADATA.sorted_tables:
        if table.name == SchemaVersion.__tablename__:
            continue
        columns = [column.name for column in table.columns if column.name != "village"]
        keys = ", ".join(["n", *(["seq"] if "seq" in columns else [])])
        connection.execute(
            text(
                f"INSERT INTO {table.name} (village, {', '.join(columns)}) {_NUMBERS[dialect]} "  # noqa: S608 - constants
                f"SELECT {_CODE[dialect]}, {', '.join(columns)} FROM {table.name} CROSS JOIN numbers "
                f"WHERE village = '{FIRST}' ORDER BY {keys}"
            ),
            {"count": count},
        )
