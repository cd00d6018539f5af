"""What the contract tests share: the fixtures of the public contract, and the places a book may be kept in here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pointsledger import BoundLedger, Ledger
from pointsledger.testing.clock import FixedClock as Clock
from pointsledger.testing.contract.book import (
    NANYU_PRICES,
    NANYU_RULES,
    STREAM,
    THREADS,
    Begin,
    Create,
    Document,
    Refused,
    Sheet,
    begin,
    clock,
    document,
    nanyu,
    needed,
    refused,
    sheet,
)
from tests.server import Server

__all__ = [
    "NANYU_PRICES",
    "NANYU_RULES",
    "Begin",
    "Clock",
    "Document",
    "Refused",
    "Sheet",
    "begin",
    "clock",
    "document",
    "nanyu",
    "refused",
    "sheet",
]

IN_MEMORY = "sqlite://"

OWN = {STREAM, THREADS}
"""What depends on how the host holds its transaction."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what a host's transaction does not offer before a database is made for it; the contract does so later."""
    for item in items:
        if isinstance(item, pytest.Function) and item.path.name == "test_hosts.py":
            lacking = [
                what
                for what in needed(item.function, item.fixturenames)
                if what not in OWN and not hasattr(BoundLedger, what)
            ]
            for what in lacking:
                item.add_marker(pytest.mark.skip(f"BoundLedger offers no {what}"))


@pytest.fixture(params=["memory", "file", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a database of each sort; what is in memory lives as long as the ledger that began it."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        with server.lent() as name:
            yield server.url(name)
    else:
        yield IN_MEMORY if request.param == "memory" else str(tmp_path / "book.db")


@pytest.fixture
def points_create(place: str) -> Create:
    """Begin books at the place under test, in transactions of their own."""

    def create(**settings: object) -> Ledger:
        return Ledger.create(place, **settings)  # type: ignore[arg-type]  # each test passes what create takes

    return create
