"""The fixed clock: it stands, goes on as it is told, and goes back only where that is meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pointsledger.errors import InvalidDate, InvalidTime
from pointsledger.testing import FixedClock

NOON = datetime(2025, 11, 3, 4, tzinfo=UTC)


def test_it_stands_where_it_was_set() -> None:
    """A local time is that of the village, an instant is itself, and asking moves nothing."""
    for clock in (FixedClock(), FixedClock("2025-11-03 12:00"), FixedClock(NOON)):
        assert [NOON, NOON] == [clock.now(), clock.now()]
        assert timedelta(0) == clock.now().utcoffset()
    assert NOON == FixedClock("2025-11-03T04:00", zone="UTC").now()


def test_it_goes_on() -> None:
    """It advances by days, hours, minutes and seconds, is set to a time, and to noon of a day."""
    clock = FixedClock()
    clock.advance(days=1, hours=1, minutes=1, seconds=1)
    assert NOON + timedelta(days=1, seconds=3_661) == clock.now()
    clock.set("2025-12-01T08:30")
    assert datetime(2025, 12, 1, 0, 30, tzinfo=UTC) == clock.now()
    clock.noon("2025-12-02")
    assert datetime(2025, 12, 2, 4, tzinfo=UTC) == clock.now()
    clock.noon("2025-12-02")
    assert datetime(2025, 12, 2, 4, tzinfo=UTC) == clock.now()


def test_its_day_is_that_of_the_village() -> None:
    """Just before midnight in the village it is one day and just after it the next, whatever UTC says."""
    clock = FixedClock("2025-11-03T23:59")
    assert "2025-11-03" == clock.today
    clock.advance(minutes=1)
    assert "2025-11-04" == clock.today
    assert "2025-11-03" == FixedClock("2025-11-03T23:59", zone="America/New_York").today


def test_it_goes_back_only_if_that_is_meant() -> None:
    """Every way to go back is refused, with what to pass, and taken where that is passed."""
    clock = FixedClock()
    ways: tuple[Callable[[bool], None], ...] = (
        lambda back: clock.set(NOON - timedelta(microseconds=1), back=back),
        lambda back: clock.noon("2025-11-02", back=back),
        lambda back: clock.advance(seconds=-1, back=back),
    )
    for go in ways:
        clock.set(NOON)
        with pytest.raises(ValueError, match="back=True"):
            go(False)  # noqa: FBT003 - whether it is meant
        assert NOON == clock.now()
        go(True)  # noqa: FBT003 - as above
        assert NOON > clock.now()


def test_what_is_no_time_is_refused() -> None:
    """A day where a time is due, and a time that there is not, are refused as in an act."""
    clock = FixedClock()
    for wrong in ("2025-11-04", "2025-11-04T25:00", "noon", ""):
        with pytest.raises(InvalidTime):
            clock.set(wrong)
    with pytest.raises(InvalidDate):
        clock.noon("2025-11-31")
    assert NOON == clock.now()


def test_it_says_where_it_stands() -> None:
    """Its text names the instant."""
    assert "FixedClock('2025-11-03T04:00:00+00:00')" == repr(FixedClock())
