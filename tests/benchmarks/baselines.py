"""What the library is measured against: the raw driver doing the minimum, and a natural SQLModel session."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlmodel import Field, Session, SQLModel, col, func, select

HOUSEHOLDS = 300
BODY = "x" * 700
"""About as long as the body of an award."""


class Posting(SQLModel, table=True):
    """A journal as one would write it without thinking twice."""

    seq: int | None = Field(default=None, primary_key=True)
    request: str = Field(unique=True)
    account: str = Field(index=True)
    points: int
    body: str


class Held(SQLModel, table=True):
    """A running balance."""

    account: str = Field(primary_key=True)
    balance: int


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the raw driver with the durability that the library has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE journal (seq INTEGER PRIMARY KEY, request TEXT UNIQUE, body TEXT)")
        connection.execute("CREATE TABLE held (account TEXT PRIMARY KEY, balance INTEGER) WITHOUT ROWID")
        connection.execute("CREATE TABLE bulk (seq INTEGER, account TEXT, points INTEGER, on_day TEXT)")
        connection.execute("CREATE INDEX by_account ON bulk (account, on_day)")
        connection.execute("CREATE INDEX by_seq ON bulk (seq)")
        yield connection


def raw_postings(connection: sqlite3.Connection, first: int, count: int, at_once: int = 1) -> None:
    """Post: look the request up, read the balance, insert, update the balance, commit."""
    run = connection.execute
    for start in range(first, first + count, at_once):
        run("BEGIN IMMEDIATE")
        for number in range(start, start + at_once):
            account = f"a{number % HOUSEHOLDS}"
            run("SELECT seq FROM journal WHERE request = ?", (f"r{number}",)).fetchone()
            run("SELECT balance FROM held WHERE account = ?", (account,)).fetchone()
            run("INSERT INTO journal (request, body) VALUES (?, ?)", (f"r{number}", BODY))
            run(
                "INSERT INTO held VALUES (?, 5) ON CONFLICT (account) DO UPDATE SET balance = balance + 5",
                (account,),
            )
        run("COMMIT")


def raw_bulk(connection: sqlite3.Connection, count: int) -> None:
    """Insert rows into one table with two indexes."""
    rows = ((number, f"a{number * 7919 % HOUSEHOLDS}", 5, f"2025-10-{number % 28 + 1:02}") for number in range(count))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO bulk VALUES (?, ?, ?, ?)", rows)
    connection.execute("COMMIT")


def session_engine(path: Path) -> Engine:
    """Return an engine for the natural session, with the same durability."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    SQLModel.metadata.create_all(engine)
    return engine


def session_postings(engine: Engine, first: int, count: int) -> None:
    """Post through a session, as a tutorial would."""
    for number in range(first, first + count):
        account = f"a{number % HOUSEHOLDS}"
        with Session(engine) as session:
            known = session.exec(select(Posting).where(Posting.request == f"r{number}")).first()
            held = session.get(Held, account) or Held(account=account, balance=0)
            if known is None:
                session.add(Posting(request=f"r{number}", account=account, points=5, body=BODY))
                held.balance += 5
                session.add(held)
                session.commit()


def session_bulk(engine: Engine, first: int, count: int) -> None:
    """Add many rows through a session."""
    with Session(engine) as session:
        session.add_all(
            Posting(request=f"b{number}", account=f"a{number % HOUSEHOLDS}", points=5, body=BODY)
            for number in range(first, first + count)
        )
        session.commit()


def session_balance(engine: Engine, account: str) -> int:
    """Read a balance the natural way: add the postings up."""
    with Session(engine) as session:
        return session.exec(select(func.sum(Posting.points)).where(col(Posting.account) == account)).one() or 0
