"""Retention: how long personal data is kept, in whole months that a rule book names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.errors import RuleBookInvalid
from pointsledger.rules.retention import MOST_MONTHS, Retention
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar, day_after, month_after
from tests.unit.test_funds import HEADING


def read(text: str) -> RuleBook:
    """Return a rule book that says something of retention."""
    return RuleBook.from_toml(f"{HEADING}{text}", file="rules.toml", decimals=0)


def test_a_rule_book_says_how_long() -> None:
    """The months stand in the rule book and in its record, and without the table nothing is kept."""
    book = read("[retention]\nkeep_months = 36\n")
    assert Retention(36) == book.retention
    assert {"keep_months": 36} == book.to_said()["retention"]
    assert book == RuleBook.from_said(book.to_said())
    assert read("").retention is None
    assert "retention" not in read("").to_said()


@pytest.mark.parametrize(
    "text", ["", "keep_months = 0", f"keep_months = {MOST_MONTHS + 1}", 'keep_months = "3 years"', "years = 3"]
)
def test_anything_but_whole_months_is_refused(text: str) -> None:
    """Nothing, none, a century and more, words and another key are refused with their place."""
    with pytest.raises(RuleBookInvalid) as caught:
        read(f"[retention]\n{text}\n")
    assert "retention" in str(caught.value)


@pytest.mark.parametrize(
    ("month", "months", "cut_off_day", "until"),
    [
        ("2026-10", 36, 0, "2029-10-31"),
        ("2025-11", 3, 0, "2026-02-28"),
        ("2023-11", 3, 0, "2024-02-29"),
        ("2026-10", 1, 25, "2026-11-25"),
    ],
)
def test_it_ends_with_a_month(month: str, months: int, cut_off_day: int, until: str) -> None:
    """The last day is that of the village's month so many months later, however short it is."""
    assert until == Retention(months).last_day(month, Calendar(cut_off_day=cut_off_day))


@given(st.integers(0, 1_200), st.integers(1, MOST_MONTHS), st.integers(0, 28))
def test_a_month_later_ends_later(start: int, months: int, cut_off_day: int) -> None:
    """What is recorded a month later is kept for one month more, without a day between or twice."""
    calendar = Calendar(cut_off_day=cut_off_day)
    month = month_after("2000-01", start)
    last_day = Retention(months).last_day(month, calendar)
    assert last_day == Retention(months + 1).last_day(month_after(month, -1), calendar)
    assert day_after(last_day) == calendar.bounds(month_after(month, months + 1))[0]
