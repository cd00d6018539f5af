"""Periods hold for every day and every cut-off day: months tile the calendar, and longer periods are made of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import event, example, given
from hypothesis import strategies as st

from pointsledger import testing
from pointsledger.values.calendar import (
    LATEST_CUT_OFF_DAY,
    WINDOWS,
    Calendar,
    day_after,
    day_before,
    instant_text,
    months_after,
    months_in,
    parse_period,
    seconds_behind,
)

cut_offs = st.integers(0, LATEST_CUT_OFF_DAY) | st.sampled_from([0, 1, 25, LATEST_CUT_OFF_DAY])
days = testing.days("1901-01-01", "9990-12-31")
years = st.integers(1901, 9990).map("{:04}".format)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis sets the zone


@given(days, cut_offs)
@example("2024-02-29", 28)
@example("2026-12-26", 25)
def test_each_day_lies_within_its_month(day: str, cut_off_day: int) -> None:
    """The month of a day has bounds that hold the day."""
    calendar = Calendar(cut_off_day=cut_off_day)
    month = calendar.month_of(day)
    event("civil months" if not cut_off_day else "a cut-off day")
    event("the day counts in the next month" if month > day[:7] else "the day counts in its own month")
    if month[:4] > day[:4]:
        event("the day counts in the next year")
    first, last = calendar.bounds(month)
    assert first <= day <= last


def test_every_day_of_leap_and_common_years_lies_within_its_month() -> None:
    """For all cut-off days and all days of 2023 to 2025 the month of the day holds it, and no other does."""
    for cut_off_day in range(LATEST_CUT_OFF_DAY + 1):
        calendar = Calendar(cut_off_day=cut_off_day)
        owner = {}
        for month in (f"{year}-{number:02}" for year in (2022, 2023, 2024, 2025, 2026) for number in range(1, 13)):
            day, last = calendar.bounds(month)
            while day <= last:
                assert day not in owner, f"{day} lies in two months with cut-off day {cut_off_day}"
                owner[day] = month
                day = day_after(day)
        expected = [(date(2023, 1, 1) + timedelta(days=place)).isoformat() for place in range(3 * 365 + 1)]
        assert [owner[day] for day in expected] == [calendar.month_of(day) for day in expected]


@given(days, cut_offs)
def test_months_tile_the_calendar(day: str, cut_off_day: int) -> None:
    """The next month begins the day after a month's last, and the one before ends the day before its first."""
    calendar = Calendar(cut_off_day=cut_off_day)
    month = calendar.month_of(day)
    first, last = calendar.bounds(month)
    event("a cut-off day" if cut_off_day else "civil months")
    event(f"a month of {(date.fromisoformat(last) - date.fromisoformat(first)).days + 1} days")
    after, before = months_after(f"{month}-01", 1)[:7], months_after(f"{month}-01", -1)[:7]
    assert (after, calendar.bounds(after)[0]) == (calendar.month_of(day_after(last)), day_after(last))
    assert (before, calendar.bounds(before)[1]) == (calendar.month_of(day_before(first)), day_before(first))


@given(years, cut_offs, st.sampled_from(["Q1", "Q2", "Q3", "Q4", "H1", "H2", ""]))
def test_longer_periods_run_from_their_first_month_to_their_last(year: str, cut_off_day: int, part: str) -> None:
    """A quarter, half-year or year has the months it is made of, one behind the other, and their outer bounds."""
    calendar, period = Calendar(cut_off_day=cut_off_day), parse_period(year + part)
    months = [calendar.bounds(month) for month in months_in(period)]
    event(f"{len(months)} months")
    assert {"Q": 3, "H": 6}.get(part[:1], 12) == len(months)
    assert [day_after(last) for _, last in months[:-1]] == [first for first, _ in months[1:]]
    assert (months[0][0], months[-1][1]) == calendar.bounds(period)


@given(days, cut_offs, st.sampled_from(["month", "quarter", "half", "year"]))
def test_a_window_is_the_period_that_holds_the_day(day: str, cut_off_day: int, per: str) -> None:
    """The name of a month, quarter, half or year around a day is a period whose bounds hold the day."""
    calendar = Calendar(cut_off_day=cut_off_day)
    window = calendar.window(day, per)
    event(per)
    event("another year than the day's" if window[:4] != day[:4] else "the day's own year")
    first, last = calendar.bounds(window)
    assert first <= day <= last
    assert calendar.month_of(day) in months_in(window)


@given(days, st.integers(0, 400), cut_offs)
def test_windows_never_go_back(day: str, later: int, cut_off_day: int) -> None:
    """Of two days the later one never lies in an earlier window, and days of one narrow window share the wide ones."""
    calendar = Calendar(cut_off_day=cut_off_day)
    other = (date.fromisoformat(day) + timedelta(days=later)).isoformat()
    for per in WINDOWS:
        assert calendar.window(day, per) <= calendar.window(other, per)
    same = [calendar.window(day, per) == calendar.window(other, per) for per in ("month", "quarter", "half", "year")]
    event(f"{sum(same)} of four windows shared")
    assert all(wide or not narrow for narrow, wide in pairwise(same))


@given(days)
@example("2024-12-30")
@example("2021-01-03")
def test_a_week_begins_on_monday(day: str) -> None:
    """All seven days from Monday on are one week, and the days around it are others."""
    calendar = Calendar()
    at = date.fromisoformat(day)
    monday = at - timedelta(days=at.weekday())
    week = [(monday + timedelta(days=place)).isoformat() for place in range(-1, 8)]
    windows = [calendar.window(each, "week") for each in week]
    event("a week in two years" if week[1][:4] != week[7][:4] else "a week in one year")
    assert {calendar.window(day, "week")} == set(windows[1:8])
    assert windows[0] < windows[1] < windows[8]


@given(days, st.integers(-40, 40))
def test_months_after_a_day_end_no_later_in_the_month(day: str, months: int) -> None:
    """S-02: Months are counted on the calendar, and only a shorter month changes the day, to its last."""
    found = months_after(day, months)
    year, month = divmod(int(day[:4]) * 12 + int(day[5:7]) - 1 + months, 12)
    assert f"{year:04}-{month + 1:02}" == found[:7]
    if found[8:] != day[8:]:
        event("a shorter month")
        assert "01" == day_after(found)[8:]
        assert found[8:] < day[8:]
    else:
        event("the same day of the month")


@given(instants, instants)
def test_instant_texts_sort_as_time_runs(one: datetime, other: datetime) -> None:
    """Texts of instants have one width, sort as the instants do, and lie as many seconds apart."""
    event("with microseconds" if one.microsecond else "on the second")
    texts = instant_text(one), instant_text(other)
    assert {27} == set(map(len, texts))
    assert (one < other) == (texts[0] < texts[1])
    assert (other - one).total_seconds() == seconds_behind(*texts)


@given(instants, st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Pacific/Kiritimati", "UTC"]))
def test_a_day_is_the_same_by_text_and_by_datetime(instant: datetime, zone: str) -> None:
    """An instant's day in a zone is one, read from its text or from the datetime, and at most a day from UTC's."""
    calendar = Calendar(zone)
    day = calendar.day(instant)
    event("another day than in UTC" if day != instant.date().isoformat() else "the same day as in UTC")
    assert day == calendar.day_of_instant(instant_text(instant))
    assert abs((date.fromisoformat(day) - instant.date()).days) <= 1
