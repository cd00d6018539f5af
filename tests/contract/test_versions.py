"""Versions: what an act brings with it is decided and recorded as its kind is by now, not as the act's own was."""

from __future__ import annotations

import pytest

from pointsledger import Ledger
from pointsledger.decisions import kinds
from pointsledger.testing.contract.exchanges import two_lots
from tests.contract.conftest import Clock

__all__ = ["two_lots"]


def test_what_an_act_brings_with_it_is_of_its_own_version(
    monkeypatch: pytest.MonkeyPatch, two_lots: Ledger, clock: Clock
) -> None:
    """Once kinds have another version, lapses, ends of reservations and operators are recorded as of it."""
    # The patch stands first, so that it is undone last: the book is audited when the test is over.
    two_lots.reserve("1", {"rice": 1}, by="shop:1")
    newer = {("award", 2), ("lapse", 3), ("operator", 4), ("release", 5)}
    for kind, version in newer:
        monkeypatch.setitem(kinds.KINDS, (kind, version), kinds.KINDS[kind, 1])
        monkeypatch.setitem(kinds.CURRENT, kind, version)
    before = two_lots.head().size
    clock.noon("2027-01-01")
    two_lots.award("1", "deed", quantity=1, by="clerk:9")
    assert newer == {(record.kind, record.version) for record in two_lots.records(after=before)}
    assert two_lots.audit().whole
