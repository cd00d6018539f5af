"""Hours: how much of a service is paid, where an activity counts hours.

A service is kept as the minutes that it took. How many of them are paid is a policy of the activity (S-30):

* without one, each minute is paid as it is;
* ``floor``: whole hours only; ``nearest``: the nearest whole hour, half an hour being one;
* ``up_to_quarter``: quarters of an hour that have begun: 52 minutes are 1.00 h, 70 are 1.25 h;
* ``at_least_one``: an hour at least, and each minute beyond: 40 minutes are 1 h, 95 are 95 minutes.

A quantity in hours may have two decimals, so that amounts are kept here in hundredths of a minute.
"""

from __future__ import annotations

from typing import Final

ROUNDINGS = ("floor", "nearest", "up_to_quarter", "at_least_one")

HOUR = 6_000
"""An hour in hundredths of a minute; hundredths of an hour are 60 of them each."""

MOST_MINUTES = 100_000
"""Minutes that one service may take at most, nearly seventy days."""

MINUTE_DECIMALS = 2
_MINUTE: Final[int] = 10**MINUTE_DECIMALS
_QUARTER = HOUR // 4
_OF_A_HUNDREDTH = HOUR // 100


def of_minutes(minutes: int) -> int:
    """Return so many minutes in hundredths of one."""
    return minutes * _MINUTE


def of_hundredths(hundredths: int) -> int:
    """Return hundredths of an hour in hundredths of a minute."""
    return hundredths * _OF_A_HUNDREDTH


def paid(served: int, rounding: str | None) -> int:
    """Return how much of what was served is paid, both in hundredths of a minute."""
    if rounding == "floor":
        return served // HOUR * HOUR
    if rounding == "nearest":
        return (served + HOUR // 2) // HOUR * HOUR
    if rounding == "up_to_quarter":
        return -(-served // _QUARTER) * _QUARTER
    return max(served, HOUR) if rounding == "at_least_one" else served
