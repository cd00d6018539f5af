"""Calling back, as the audit decides it once more: a draw that nobody could do again is refused, whoever wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from pointsledger.decisions import kinds
from pointsledger.errors import BeforeFirstPeriod, OptionRequired, UnknownRecord
from pointsledger.testing import FixedClock
from pointsledger.testing.village import SMALL_VILLAGE, temporary_ledger
from pointsledger.values.records import Command

DRAW: dict[str, Any] = {"draw_size": 1, "draw_number": "7", "draw_count": 2}


@pytest.mark.parametrize(
    ("draw", "error"),
    [
        ({"draw_size": 1, "draw_number": "7"}, OptionRequired),
        ({"draw_period": "2025"}, OptionRequired),
        (DRAW | {"draw_size": 10**6}, UnknownRecord),
        (DRAW | {"draw_size": 0}, ValueError),
        (DRAW | {"draw_count": 0}, ValueError),
        (DRAW | {"draw_count": 1_001}, ValueError),
        (DRAW | {"draw_number": " 7"}, ValueError),
        (DRAW | {"draw_period": "October"}, ValueError),
        (DRAW | {"draw_period": "1999"}, BeforeFirstPeriod),
    ],
)
def test_a_draw_that_nobody_could_do_again_is_refused(draw: dict[str, Any], error: type[Exception]) -> None:
    """Part of a draw, more records than there are, a count or number that no face lets through, and a time before."""
    with temporary_ledger(SMALL_VILLAGE, clock=FixedClock()) as ledger:
        (home,) = [one.id for one in ledger.personal_data("01-001").people if one.role == "household"]
        with ledger._store.reading(ledger.village) as transaction:
            state = transaction.state
            told = {"account": home, "answer": "confirmed"}

            def decided(said: dict[str, Any]) -> dict[str, Any]:
                command = Command("call-back", 1, state.record(1).by, "x", state.recorded_at, told | said)
                return dict(kinds.decide(state, command).said)

            assert DRAW.items() < decided(DRAW).items()
            with pytest.raises(error):
                decided(draw)
