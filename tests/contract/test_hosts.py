"""The contract in a host's transactions: one for the whole test, and one for each act, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from pointsledger import Ledger, prepare
from pointsledger.findings import BROKEN
from pointsledger.testing.contract import *  # noqa: F403 - that is how the contract is run
from pointsledger.testing.contract.book import Create
from pointsledger.testing.hosted import HostedLedger
from tests.server import Server

# Those on PostgreSQL make a database for each test, and run with the tests marked slow; test_bind.py is on both.
WAYS = [
    "one-sqlite",
    "each-sqlite",
    pytest.param("one-postgresql", marks=pytest.mark.slow),
    pytest.param("each-postgresql", marks=pytest.mark.slow),
]


@pytest.fixture(params=WAYS)
def points_create(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Create]:
    """Begin books in a database of a host's and join its transactions; see that what was committed is whole."""
    how, _, database = request.param.partition("-")
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'host.db'}"
        if database == "postgresql":
            server: Server = request.getfixturevalue("server")
            url = server.url(stack.enter_context(server.lent()))
        engine = create_engine(url)
        stack.callback(engine.dispose)
        prepare(engine)
        session = stack.enter_context(Session(engine))
        villages = set()

        def create(**settings: Any) -> object:  # noqa: ANN401 - what create takes
            session.commit()  # so that the new book finds no writer in its way
            Ledger.create(url, **settings).close()
            villages.add(settings["village"])
            joined = {"village": settings["village"], "clock": settings["clock"]}
            if how == "one":
                return Ledger.bind(session, **joined)
            return HostedLedger(sessionmaker(engine, class_=Session).begin, **joined)

        yield create
        session.commit()
        for village in villages:
            found = Ledger.audit_at(url, village=village)
            assert [] == [finding.say() for finding in found if finding.grade == BROKEN]
