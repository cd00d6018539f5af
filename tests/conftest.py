"""What every test shares: the Hypothesis profiles, and a line that says which package is under test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

import pointsledger
from pointsledger.storage import schema
from pointsledger.storage.store import Store
from tests.server import Server

# No deadline: a commit to disk takes as long as the disk likes, and a slow machine is no defect of the library.
settings.register_profile("local", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Run a PostgreSQL with a database ``kept`` that has our tables and no book, to be copied."""
    with Server() as started:
        started.run("CREATE DATABASE kept TEMPLATE template0")
        store = Store(started.url("kept"))
        with store.connected(writes=True) as connection:
            schema.create(connection, store.dialect)
        store.close()
        yield started


def pytest_report_header() -> str:
    """Name the file the package was imported from; the gate in .ci reads this line."""
    return f"pointsledger under test: {pointsledger.__file__}"
