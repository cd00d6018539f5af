"""Granting: which months take base points, and who was there in time to have them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pointsledger.decisions.granting import check_month, was_there
from pointsledger.errors import BaseTooEarly, BaseTooLate, BeforeFirstPeriod
from pointsledger.values.calendar import Calendar
from pointsledger.values.rows import Account

MARCH_IS_CLOSED: Any = SimpleNamespace(
    calendar=Calendar(), settings=SimpleNamespace(first_period="2026-01"), first_open="2026-04"
)


def begun_on(instant: str) -> Any:  # noqa: ANN401 - as much of a state as is asked
    """Return a book of which the first record was written at an instant."""
    genesis = SimpleNamespace(recorded_at=instant)
    return SimpleNamespace(calendar=Calendar(), record=lambda _: genesis)


def test_a_closed_month_takes_no_base() -> None:
    """A run for a closed month is refused; one for the open month makes up for it."""
    check_month(MARCH_IS_CLOSED, "2026-04", "2026-04-20")
    with pytest.raises(BaseTooLate) as caught:
        check_month(MARCH_IS_CLOSED, "2026-03", "2026-04-20")
    assert {"period": "2026-03"} == caught.value.data


def test_a_month_has_to_have_begun() -> None:
    """A run is for a month of the book whose first day has come."""
    with pytest.raises(BaseTooEarly):
        check_month(MARCH_IS_CLOSED, "2026-05", "2026-04-30")
    with pytest.raises(BeforeFirstPeriod):
        check_month(MARCH_IS_CLOSED, "2025-12", "2026-04-30")


@pytest.mark.parametrize(
    ("opened_on", "day", "expected"),
    [
        ("2026-02-28", "2026-01-01", True),
        ("2026-03-01", "2026-01-01", False),
        ("2026-03-01", "2026-03-01", True),
        ("2026-03-02", "2026-03-01", False),
    ],
)
def test_who_is_enrolled_while_a_book_begins_was_there(opened_on: str, day: str, *, expected: bool) -> None:
    """In a book begun in February, whoever is enrolled by its end counts as there from the beginning."""
    account = Account("v", "h-1", "household", opened_on, 0, "")
    assert expected is was_there(begun_on("2026-02-10T02:00:00.000000Z"), account, day)
