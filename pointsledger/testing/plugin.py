"""Fixtures for a host's own tests; name this module in ``pytest_plugins``.

It is named and not found by an entry point: an entry point is loaded into every run of every project that shares the
environment, before its coverage is measured, whether or not a book is tested there.

Every fixture begins with ``points_``, so that none takes the name of a host's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pointsledger.ledger import Ledger
from pointsledger.testing.clock import FixedClock
from pointsledger.testing.village import SMALL_VILLAGE, Village, temporary_ledger

Ledgers = Callable[..., Ledger]
"""Begins temporary books; see the fixture ``points_ledgers``."""


@pytest.fixture
def points_clock() -> FixedClock:
    """Stand at noon of 3 November 2025 in the village; the test may move it."""
    return FixedClock()


@pytest.fixture
def points_place(tmp_path: Path) -> str:
    """Name the database of the temporary book, as a URL for it and for your engine: a new file.

    Define a fixture of this name to have the book in a database of yours.
    """
    return f"sqlite:///{tmp_path / 'points.db'}"


@pytest.fixture
def points_ledgers(points_clock: FixedClock, points_place: str) -> Iterator[Ledgers]:
    """Begin temporary books on the clock: ``points_ledgers(village)``, at the place or at another one.

    A second village stands in the same database, unless ``place`` says otherwise. When the test has ended, each is seen
    to be whole and closed.
    """
    with ExitStack() as stack:

        def begin(village: Village = SMALL_VILLAGE, place: str | Path | None = None) -> Ledger:
            return stack.enter_context(temporary_ledger(village, place or points_place, clock=points_clock))

        yield begin


@pytest.fixture
def points_ledger(points_ledgers: Ledgers) -> Ledger:
    """Begin the book of ``SMALL_VILLAGE`` at the place: rules and prices in force, three households enrolled."""
    return points_ledgers()
