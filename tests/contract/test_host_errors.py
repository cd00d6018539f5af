"""Errors of the host's own database: what fails beside a book, within a batch of it, comes out as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from pointsledger import Ledger
from pointsledger.decisions.state import State


def no_such_table() -> None:
    """Ask a database of the host's own for a table that it lacks, through the driver that this library uses too."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("SELECT * FROM guests")


def a_key_twice() -> None:
    """Break a rule of a database of the host's own, through SQLAlchemy."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE guests (name TEXT PRIMARY KEY)"))
            connection.execute(text("INSERT INTO guests VALUES ('张三'), ('张三')"))
    finally:
        engine.dispose()


def locked() -> None:
    """Say that a database is locked, in the driver's own words and by nobody's fault of ours."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    raise error


@pytest.mark.parametrize(
    ("fail", "error"),
    [(no_such_table, sqlite3.OperationalError), (a_key_twice, IntegrityError), (locked, sqlite3.OperationalError)],
)
def test_a_host_gets_its_own_database_error(nanyu: Ledger, fail: Callable[[], None], error: type[Exception]) -> None:
    """An error of the host's own database, raised within a batch, comes out as it was, and nothing is kept."""
    before = nanyu.head(), nanyu.balances()
    raised: list[Exception] = []

    def failing() -> None:
        with nanyu.batch(by="clerk:1") as batch:
            batch.award("03-017", "tidy", approved_by=["panel:9"])
            try:
                fail()
            except error as own:
                raised.append(own)
                raise

    with pytest.raises(error) as caught:
        failing()
    assert [caught.value] == raised
    assert type(caught.value) is error
    assert before == (nanyu.head(), nanyu.balances())
    assert Decimal(2) == nanyu.award("03-017", "tidy", by="clerk:1", approved_by=["panel:9"]).points


def test_a_time_limit_that_strikes_within_an_act_ends_the_batch(nanyu: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stops an act between its record and its balance leaves nothing to go on with, though the host catches it."""

    class TimeIsUpError(Exception):
        """What a queue of tasks raises in the middle of anything."""

    def strike(*_: object) -> None:
        raise TimeIsUpError

    before = nanyu.head()

    def go_on() -> None:
        with nanyu.batch(by="clerk:1") as batch:
            batch.award("03-017", "tidy", approved_by=["panel:9"])
            with monkeypatch.context() as stopped, suppress(TimeIsUpError):
                stopped.setattr(State, "advance", strike)
                batch.award("03-018", "tidy", approved_by=["panel:9"])

    with pytest.raises(TimeIsUpError):
        go_on()
    assert before == nanyu.head()
    nanyu.award("03-018", "tidy", by="clerk:1", approved_by=["panel:9"])
    assert nanyu.audit().whole
