"""The tables against the rows they hold, against a host's metadata, and against the planner."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Dialect, Engine, UniqueConstraint, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from pointsledger import Ledger
from pointsledger.storage import schema
from pointsledger.storage.dialect import made_by
from pointsledger.storage.places import DIALECTS
from pointsledger.storage.registry import METADATA
from pointsledger.storage.statements import RECORD
from pointsledger.storage.tables import TABLE_OF, Journal, SchemaVersion, table_name
from pointsledger.values import rows
from tests.database.lived_in import plain

# The one table that belongs to the file and not to a village.
OF_THE_FILE = "points_schema"
LONG = frozenset({"points_entry", "points_lot", "points_journal", "points_period_total", "points_allocation"})
# What a CHECK may say beside columns and figures: SQLite and PostgreSQL mean the same by it.
SHARED_WORDS = frozenset({"AND", "BETWEEN", "IN", "IS", "LIKE", "NOT", "NULL", "OR", "length"})
KINDS = pytest.mark.parametrize("kind", rows.KEY_COLUMNS, ids=lambda kind: kind.__name__)
TABLES = pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)


@KINDS
def test_rows_and_tables_have_the_same_columns(kind: Any) -> None:  # noqa: ANN401 - a named tuple's class
    """A row and its table have the same columns in the same order."""
    table: Any = TABLE_OF[kind]
    assert list(kind._fields) == table.__table__.columns.keys()


@KINDS
def test_rows_and_tables_have_the_same_key(kind: Any) -> None:  # noqa: ANN401 - as above
    """The leading columns of a row that are said to be its key are the table's primary key."""
    table: Any = TABLE_OF[kind]
    assert list(kind._fields[: rows.KEY_COLUMNS[kind]]) == table.__table__.primary_key.columns.keys()


@KINDS
def test_rows_and_tables_hold_the_same_types(kind: Any) -> None:  # noqa: ANN401 - as above
    """The type a row says for a column is the one its table stores, and None is allowed in both or neither."""
    table: Any = TABLE_OF[kind]
    said = [str(getattr(one, "__forward_arg__", one)) for one in kind.__annotations__.values()]
    stored = [
        column.type.python_type.__name__ + (" | None" if column.nullable else "") for column in table.__table__.columns
    ]
    assert stored == said


def test_every_table_has_its_row() -> None:
    """Every table but the journal's and the schema's stands for one kind of row."""
    named = {table_name(kind) for kind in rows.KEY_COLUMNS}
    assert {str(Journal.__tablename__), str(SchemaVersion.__tablename__)} == set(METADATA.tables) - named
    assert len(named) == len(rows.KEY_COLUMNS)


def test_the_journal_is_written_column_by_column() -> None:
    """The statement that appends a record names the columns of the journal in their order."""
    table: Any = Journal
    assert list(RECORD) == table.__table__.columns.keys()


@pytest.mark.parametrize("name", DIALECTS)
def test_the_statements_are_those_of_the_classes(name: str) -> None:
    """The text that makes a schema says, word for word, what the classes say; guards are in the text alone."""
    # A named mark for parameters: under its own, SQLAlchemy doubles every % of a PostgreSQL statement.
    dialects: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect(paramstyle="named")}  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this one untyped
    dialect = dialects[name]
    wanted = {table.name: str(CreateTable(table).compile(dialect=dialect)) for table in METADATA.sorted_tables}
    for table in METADATA.sorted_tables:
        wanted |= {str(one.name): str(CreateIndex(one).compile(dialect=dialect)) for one in table.indexes}
    script = [one for one in DIALECTS[name].script(schema.VERSION) if one.startswith(("CREATE TABLE", "CREATE INDEX"))]
    written = {made_by(one): " ".join(one.split()) for one in script}
    assert {name: " ".join(made.split()) for name, made in wanted.items()} == written


@TABLES
def test_constraints_are_in_words_that_postgresql_knows(table: Any) -> None:  # noqa: ANN401 - a table
    """No CHECK uses what SQLite alone has, so that a book can move to PostgreSQL with its rules."""
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this one untyped
    checks = [str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)]
    words = {word for check in checks for word in re.findall(r"[\w\"]+", re.sub("'.*?'", "", check))}
    columns = {dialect.identifier_preparer.quote(column.name) for column in table.columns}
    assert [] == sorted(word for word in words - columns - SHARED_WORDS if not word.isdigit())


@TABLES
def test_tables_are_strict(book: Path, table: Any) -> None:  # noqa: ANN401 - a table
    """Every table is STRICT: text in a column of numbers is refused, not kept."""
    with plain(book) as connection:
        strict = {name: bool(flag) for _, name, _, _, _, flag in connection.execute("PRAGMA table_list")}
    assert strict[table.name]


def test_only_the_journal_and_its_like_have_rowids(book: Path) -> None:
    """Tables with long rows keep their rowid, all others are stored by their key."""
    with plain(book) as connection:
        found = connection.execute("PRAGMA table_list").fetchall()
    with_rowid = {name for _, name, _, _, wr, _ in found if name in METADATA.tables and not wr}
    assert {f"points_{one}" for one in ("edition", "journal", "profile", "remark", "schema", "secret")} == with_rowid


@TABLES
def test_every_key_begins_with_the_village(book: Path, table: Any) -> None:  # noqa: ANN401 - as above
    """Every primary key, unique constraint and index begins with the village, in the classes and in the file."""
    if table.name == OF_THE_FILE:
        assert "village" not in table.columns
        return
    keys = [table.primary_key, *table.indexes]
    keys += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    assert {"village"} == {key.columns.keys()[0] for key in keys}
    with plain(book) as connection:
        for _, index, *_ in connection.execute(f"PRAGMA index_list({table.name})").fetchall():
            first = connection.execute(f"PRAGMA index_info({index})").fetchone()
            assert "village" == first[2], index


@TABLES
def test_names_are_given(table: Any) -> None:  # noqa: ANN401 - as above
    """Every constraint has a name, by which a driver's error is told apart."""
    assert [] == [one for one in table.constraints if one.name is None]
    assert table.name.startswith("points_")


def test_a_host_keeps_its_metadata() -> None:
    """A program that makes, fills and reads a ledger finds nothing in SQLModel's own metadata and registry."""
    program = (
        "import warnings; warnings.simplefilter('error')\n"
        "from sqlmodel import SQLModel\n"
        "from pointsledger import Ledger\n"
        "ledger = Ledger.create('sqlite://', village='a', by='clerk:1')\n"
        "ledger.enrol('1', head='x', by='clerk:1'); ledger.tally(ledger.record(1).period); ledger.balances()\n"
        "print(sorted(SQLModel.metadata.tables), len(list(SQLModel._sa_registry.mappers)))\n"
    )
    printed = subprocess.run([sys.executable, "-P", "-c", program], check=True, capture_output=True, text=True).stdout
    assert "[] 0\n" == printed


# --- the planner ---------------------------------------------------------------------------------------


def plans(ledger: Ledger, ask: Callable[[Ledger], object]) -> list[str]:
    """Return the plan of every SELECT that a question or an act sends to the database, from both of its ways there."""
    asked: list[tuple[str, Any]] = []
    engine: Engine = ledger._store.engine

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event
        asked.append((statement, values))

    def traced(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(lambda statement: asked.append((statement, ())))

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "connect", traced)
    connections = ledger._store._connections
    connections.let_go()  # so that every connection is a new one, and traced
    connections.go_on()
    ask(ledger)
    found: list[str] = []
    with plain(Path(ledger._store.place)) as connection:
        for statement, values in asked:
            # The trace has the same statements with their values filled in; those with marks are given theirs.
            if statement.lstrip().upper().startswith("SELECT"):
                marks = statement.count("?")
                if marks and len(values) != marks:
                    continue
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
                found += [f"{detail} <- {statement}" for *_, detail in plan]
    return found


QUESTIONS: dict[str, Callable[[Ledger], object]] = {
    "balance": lambda ledger: ledger.balance("03-017"),
    "balance on a day": lambda ledger: ledger.balance("03-017", on="2026-03-31"),
    "balances": lambda ledger: ledger.balances(limit=2, after="03-017"),
    "balances of a group": lambda ledger: ledger.balances(group="三组"),
    "statement": lambda ledger: ledger.statement("03-017"),
    "statement of a month": lambda ledger: ledger.statement("03-017", "2026-03"),
    "tally": lambda ledger: ledger.tally("2026-03"),
    "redemptions": lambda ledger: ledger.redemptions("2026-03"),
    "redemption totals": lambda ledger: ledger.redemption_totals("2026-03", item="soap", state="handed-over"),
    "redemptions of a collector": lambda ledger: ledger.redemptions(household="03-017", collector="王五"),
    "stock": lambda ledger: ledger.stock(),
    "inclusion path": lambda ledger: ledger.inclusion_path(7),
    "request look-up": lambda ledger: ledger.award(
        "03-018", "honour", level="county", on="2026-03-03", by="clerk:1", remark="县里评", request="a-4"
    ),
    "award": lambda ledger: ledger.award("03-017", "tidy", on="2026-04-01", by="clerk:1"),
    "deduct": lambda ledger: ledger.deduct("03-017", "tidy", on="2026-04-01", by="clerk:1"),
    "redeem": lambda ledger: ledger.redeem("03-017", {"soap": 1}, on="2026-04-01", by="shop:1"),
    "reverse": lambda ledger: ledger.reverse(30, reason="x", by="clerk:1"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_reading_walks_through_a_history(book: Path, question: str) -> None:
    """A question or an act searches the long tables by an index, and never scans one."""
    with Ledger.open(book) as ledger:
        found = plans(ledger, QUESTIONS[question])
    assert found, "the plans were seen"
    scanned = [plan for plan in found for table in LONG if plan.startswith(f"SCAN {table}")]
    assert [] == scanned
    villages = [
        plan for plan in found for table in LONG if plan.startswith(f"SEARCH {table}") and "village=?" not in plan
    ]
    assert [] == villages


@pytest.mark.parametrize(
    "question",
    ["balance", "balance on a day", "statement", "statement of a month", "award", "redeem", "request look-up"],
)
def test_no_reading_of_an_account_walks_through_a_village(book: Path, question: str) -> None:
    """A question about one account, or one request, searches by more than the village."""
    with Ledger.open(book) as ledger:
        found = plans(ledger, QUESTIONS[question])
    narrow = re.compile(r"\b(account|target|source|seq|request_id)\W*[,=<>]")
    wide = [plan for plan in found for table in LONG if plan.startswith(f"SEARCH {table}") and not told(narrow, plan)]
    assert [] == wide


@pytest.mark.parametrize(
    "asked",
    [
        "points_view_statement_lines WHERE village = 'nanyu' AND account = 'h-1'",
        "points_view_period_totals WHERE village = 'nanyu' AND period = '2026-03'",
        "points_view_tallies WHERE village = 'nanyu' AND period = '2026-03'",
    ],
)
def test_a_view_walks_through_no_more_than_it_shows(book: Path, asked: str) -> None:
    """A view of one household or month searches the entries and totals by it."""
    with plain(book) as connection:
        plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {asked}")]  # noqa: S608 - as above
    assert [] == [line for line in plan if re.match(r"SCAN points_(?!view)", line)]
    # t and o are the totals in the text of the views.
    searched = [line for line in plan if re.match(r"SEARCH (points_entry|points_period_total|t|o) ", line)]
    assert searched
    assert [] == [line for line in searched if line.endswith("(village=?)")]


def told(what: re.Pattern[str], plan: str) -> bool:
    """Tell whether a plan, before the statement that it is for, names one of the columns."""
    return what.search(plan.partition(" <- ")[0]) is not None
