"""The villages of one place."""

from __future__ import annotations

import pytest

from pointsledger import Ledger
from tests.contract.conftest import Begin


def test_the_villages_of_a_database_are_listed(begin: Begin, place: str) -> None:
    """A database says whose books it holds."""
    if place == "sqlite://":
        pytest.skip("a database in memory belongs to the ledger that began it")
    begin(village="nanyu")
    begin(village="beiyu")
    assert ("beiyu", "nanyu") == Ledger.villages(place)
