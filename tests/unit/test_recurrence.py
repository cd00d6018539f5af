"""Recurrences: iCalendar rules that name days, read strictly, and searched for a day within bounds."""

from __future__ import annotations

import time

import pytest

from pointsledger.values.calendar import next_recurrence, parse_recurrence, recurs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1SA", "FREQ=MONTHLY;BYDAY=1SA"),
        ("rrule:freq=weekly; byday=sa,su;", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("FREQ=DAILY;INTERVAL=5", "FREQ=DAILY;INTERVAL=5"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=15", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=15"),
    ],
)
def test_a_rule_is_kept_in_one_way_of_writing(text: str, expected: str) -> None:
    """Capitals, spaces, the word RRULE and a last semicolon make no difference."""
    assert expected == parse_recurrence(text)
    assert expected == parse_recurrence(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on Saturdays",
        "FREQ=SECONDLY",
        "FREQ=HOURLY;BYDAY=SA",
        "FREQ=WEEKLY;BYDAY=SA;COUNT=3",
        "FREQ=WEEKLY;BYDAY=SA;UNTIL=20261231",
        "FREQ=WEEKLY;BYDAY=SA;BYHOUR=9",
        "FREQ=WEEKLY;BYDAY=SA;BYDAY=SU",
        "FREQ=WEEKLY;BYDAY=2SA",
        "FREQ=WEEKLY;BYMONTHDAY=15",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=6SA",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=１５",
        "FREQ=YEARLY;BYMONTH=13;BYDAY=SA",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=100",
        "BYDAY=SA",
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["15"] * 70),
        "DTSTART:20260101\nRRULE:FREQ=DAILY",
    ],
)
def test_what_is_no_rule_of_days_is_refused(text: str) -> None:
    """Hours, counts, ends, parts said twice or not at all, and days that no month has, make no rule."""
    assert parse_recurrence(text) is None


@pytest.mark.parametrize(
    ("rule", "first_day", "expected"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", True),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", True),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2024-02-29", True),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=5", "2026-01-01", False),
        ("FREQ=MONTHLY;INTERVAL=60;BYMONTHDAY=1", "2026-01-02", False),
    ],
)
def test_a_rule_names_a_day_before_long(rule: str, first_day: str, *, expected: bool) -> None:
    """A rule of which no day comes in four years is known, and the 29th of February is not one."""
    assert expected is recurs(rule, first_day)


def test_a_rule_without_a_day_is_not_searched_for_ever() -> None:
    """A rule for the 30th of February, asked of every day, is answered within the time of a few centuries of days."""
    begun = time.process_time()
    assert not recurs("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01")
    short = time.process_time() - begun
    begun = time.process_time()
    assert not recurs("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "1900-01-01")
    assert short < 3
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1SA", "2026-01-03", "2026-01-03"),
        ("FREQ=MONTHLY;BYDAY=1SA", "2026-01-04", "2026-02-07"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-02-01", "2026-02-27"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-02-01", "2026-03-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-02-01", "2026-02-28"),
        ("FREQ=DAILY;INTERVAL=5", "2026-01-02", "2026-01-06"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2026-01-05", "2026-01-18"),
    ],
)
def test_the_next_day_of_a_rule(rule: str, day: str, expected: str) -> None:
    """The next day is the day itself if it is one; every second week is counted from the rule's first day."""
    assert expected == next_recurrence(rule, "2026-01-01", day)
