"""Periods that a reading is asked for: of the book, and begun.

A reading of a time before the book, or of one that is still to come, would come out empty and look like one in which
nothing happened. So every reading refuses both, with one rule: a period that lies wholly before the book's first month,
or that begins after today and the month in which acts count. One that merely reaches beyond either end is read as far
as the book goes.
"""

from __future__ import annotations

from pointsledger.decisions.state import State
from pointsledger.errors import BeforeFirstPeriod, FutureDate
from pointsledger.values.calendar import months_in


def months_asked(state: State, period: str, today: str) -> tuple[str, ...]:
    """Return the months of a period that a reading on the day ``today`` is asked for.

    Raises:
        InvalidPeriod: if there is no such period.
        BeforeFirstPeriod: if all of it lies before the book.
        FutureDate: if it has not begun.

    """
    months = months_in(period)
    if months[-1] < state.settings.first_period:
        raise BeforeFirstPeriod(on=period, first_period=state.settings.first_period)
    begins_on = state.calendar.bounds(period)[0]
    # In a book that begins next month what is brought forward counts there already.
    if begins_on > max(today, state.calendar.bounds(state.first_open)[0]):
        raise FutureDate(on=begins_on, today=today, period=period)
    return months
