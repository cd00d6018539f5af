"""A host on PostgreSQL whose transactions are SERIALIZABLE: what it is told where two meet; repeating helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from pointsledger import Ledger
from pointsledger.errors import LedgerBusy
from tests.database.many_villages import FIRST, StillClock, settle
from tests.server import Server


@pytest.fixture
def engine(server: Server) -> Iterator[Engine]:
    """Make a host's engine on a database with a book, and a table of the host's own."""
    with server.lent() as name:
        settle(server.url(name), 1)
        engine = create_engine(server.url(name), isolation_level="SERIALIZABLE")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE task (title text)"))
        yield engine
        engine.dispose()


def award(connection: Connection, day: str) -> None:
    """Post an award in the host's transaction."""
    Ledger.bind(connection, village=FIRST, by="site", clock=StillClock()).award("000", "yard-clean", on=day)


def deeds(engine: Engine) -> int:
    """Return how many deeds the month has; the book has to be whole."""
    place = engine.url.render_as_string(hide_password=False)
    with Ledger.open(place, village=FIRST) as ledger:
        assert ledger.audit().whole
        return ledger.tally("2025-10").total.deeds


def again(engine: Engine, work: Callable[[Connection], None]) -> None:
    """Do a whole transaction once more."""
    with engine.begin() as connection:
        work(connection)


def test_an_act_on_what_was_read_too_early_may_be_tried_again(engine: Engine) -> None:
    """An act in a transaction that saw the book before another one posted is told to come again, and then stands."""
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM task"))
        again(engine, lambda other: award(other, "2025-10-04"))
        with pytest.raises(LedgerBusy) as refused:
            award(connection, "2025-10-05")
        assert refused.value.retryable
        connection.rollback()
    again(engine, lambda connection: award(connection, "2025-10-05"))
    assert 5 == deeds(engine)


def test_a_commit_that_fails_is_the_host_s_to_repeat(engine: Engine) -> None:
    """Where the host's commit itself is refused, SQLAlchemy says so with 40001, nothing stands, and repeating helps."""

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT count(*) FROM task"))
        award(connection, "2025-10-04")

    first, second = engine.connect(), engine.connect()
    with first, second:
        assert 15 == Ledger.bind(first, village=FIRST).tally("2025-10").total.earned
        work(second)
        first.execute(text("INSERT INTO task VALUES ('村口清扫')"))
        first.commit()
        with pytest.raises(DBAPIError) as refused:
            second.commit()
        assert "40001" == getattr(refused.value.orig, "sqlstate", None)
    assert 3 == deeds(engine)
    again(engine, work)
    assert 4 == deeds(engine)
