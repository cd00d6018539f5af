"""Civil days and periods: the numbered examples, the spans of limits, and what names no day or period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import cast

import pytest

from pointsledger.errors import InvalidDate, InvalidPeriod, InvalidSetting, InvalidTime
from pointsledger.values.calendar import (
    WINDOWS,
    Calendar,
    Day,
    SystemClock,
    day_after,
    day_before,
    instant_text,
    months_after,
    months_in,
    parse_day_text,
    parse_month,
    parse_period,
    seconds_behind,
)

SHANGHAI = Calendar()
SETTLES_ON_25TH = Calendar(cut_off_day=25)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2025-03-31T17:30:00.000000Z", "2025-04-01"),
        ("2025-03-31T15:59:59.999999Z", "2025-03-31"),
        ("2025-03-31T16:00:00.000000Z", "2025-04-01"),
    ],
)
def test_an_instant_has_its_day_in_the_village(instant: str, expected: str) -> None:
    """S-01: A deed at 2025-03-31T17:30Z is 2025-04-01 in Shanghai, whose day turns at 16:00Z, and counts in April."""
    day = SHANGHAI.day_of_instant(instant)
    assert (expected, expected[:7]) == (day, SHANGHAI.month_of(day))
    assert expected == SHANGHAI.day(datetime.fromisoformat(instant))


def test_another_zone_has_another_day() -> None:
    """S-01: The same instant is the day before in a village that lies west of Shanghai."""
    assert "2025-03-31" == Calendar("Asia/Karachi").day_of_instant("2025-03-31T17:30:00.000000Z")


def test_a_zone_of_the_caller_makes_no_difference() -> None:
    """S-01: The instant counts, in whatever zone the caller writes it."""
    written = datetime(2025, 3, 31, 12, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert "2025-04-01" == SHANGHAI.day(written)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-01-31", 2, "2024-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-03-31", 6, "2024-09-30"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-12-15", 0, "2024-12-15"),
    ],
)
def test_months_are_counted_from_the_original_day(day: str, months: int, expected: str) -> None:
    """S-02: 2024-01-31 plus two months is 2024-03-31, never by way of 29 February."""
    assert expected == months_after(day, months)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-25", "2026-10"),
        ("2026-10-26", "2026-11"),
        ("2026-09-26", "2026-10"),
        ("2026-12-26", "2027-01"),
        ("2026-02-28", "2026-03"),
    ],
)
def test_a_cut_off_day_ends_the_month(day: str, expected: str) -> None:
    """S-39: With cut-off day 25 a deed of 2026-10-25 counts in 2026-10 and one of 2026-10-26 in 2026-11."""
    assert expected == SETTLES_ON_25TH.month_of(day)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2026-10", ("2026-09-26", "2026-10-25")),
        ("2026Q4", ("2026-09-26", "2026-12-25")),
        ("2026Q1", ("2025-12-26", "2026-03-25")),
        ("2026H1", ("2025-12-26", "2026-06-25")),
        ("2026H2", ("2026-06-26", "2026-12-25")),
        ("2026", ("2025-12-26", "2026-12-25")),
        ("2024-03", ("2024-02-26", "2024-03-25")),
    ],
)
def test_longer_periods_are_made_of_such_months(period: str, expected: tuple[str, str]) -> None:
    """S-39: With cut-off day 25, 2026Q4 runs from 09-26 to 12-25, and halves and years likewise."""
    assert expected == SETTLES_ON_25TH.bounds(period)


def test_a_cut_off_day_that_ends_february_begins_march_after_it() -> None:
    """Cut-off day 28 ends February 2024 on the 28th, and its 29th is the first day of March."""
    calendar = Calendar(cut_off_day=28)
    assert (("2024-02-29", "2024-03-28"), "2024-03") == (calendar.bounds("2024-03"), calendar.month_of("2024-02-29"))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2026-10", ("2026-10-01", "2026-10-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2026-02", ("2026-02-01", "2026-02-28")),
        ("2026Q4", ("2026-10-01", "2026-12-31")),
        ("2026H1", ("2026-01-01", "2026-06-30")),
        ("2026", ("2026-01-01", "2026-12-31")),
    ],
)
def test_civil_periods_are_the_default(period: str, expected: tuple[str, str]) -> None:
    """Without a cut-off day a period is the civil month, quarter, half-year or year."""
    assert expected == SHANGHAI.bounds(period)


@pytest.mark.parametrize(
    ("per", "civil", "cut_off"),
    [
        ("day", "2026-12-26", "2026-12-26"),
        ("week", "2026-W52", "2026-W52"),
        ("month", "2026-12", "2027-01"),
        ("quarter", "2026Q4", "2027Q1"),
        ("half", "2026H2", "2027H1"),
        ("year", "2026", "2027"),
        ("ever", "ever", "ever"),
    ],
)
def test_a_window_goes_by_the_village_months(per: str, civil: str, cut_off: str) -> None:
    """A span of a limit is named after the village's own periods, but for the day, the week and ever."""
    assert (civil, cut_off) == (SHANGHAI.window("2026-12-26", per), SETTLES_ON_25TH.window("2026-12-26", per))


def test_every_window_is_tested() -> None:
    """The spans a limit may count over are these seven."""
    assert ("day", "week", "month", "quarter", "half", "year", "ever") == WINDOWS


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-12-29", "2024-W52"),
        ("2024-12-30", "2025-W01"),
        ("2025-01-01", "2025-W01"),
        ("2020-12-31", "2020-W53"),
        ("2021-01-03", "2020-W53"),
        ("2021-01-04", "2021-W01"),
        ("2026-12-31", "2026-W53"),
        ("2027-01-03", "2026-W53"),
    ],
)
def test_a_week_around_new_year_is_the_iso_week(day: str, expected: str) -> None:
    """A week that lies in two years belongs to the one that holds its Thursday, whatever the cut-off day."""
    assert (expected, expected) == (SHANGHAI.window(day, "week"), SETTLES_ON_25TH.window(day, "week"))


@pytest.mark.parametrize("value", ["2026-10", "2026Q1", "2026Q4", "2026H1", "2026H2", "2026", "1900", "9998-12"])
def test_a_period_is_a_month_quarter_half_or_year(value: str) -> None:
    """Each of the four ways to name a period is taken as it is."""
    assert value == parse_period(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026Q0",
        "2026Q5",
        "2026H3",
        "2026q4",
        "2026 Q4",
        " 2026",
        "2026\n",
        "26",
        "1899",
        "0000",
        "20261",
        "2026-10-03",
        "２０２６",
        "last month",
        None,
        2026,
        date(2026, 10, 3),
    ],
)
def test_what_names_no_period_is_refused(value: object) -> None:
    """A text that names no period, or no text at all, is refused by every reader of periods."""
    for reader in (parse_period, parse_month, months_in, SHANGHAI.bounds):
        with pytest.raises(InvalidPeriod):
            reader(cast("str", value))


@pytest.mark.parametrize("value", ["2026Q4", "2026H2", "2026"])
def test_acts_count_in_months_alone(value: str) -> None:
    """A longer period is no month, and a month is taken as it is."""
    assert "2026-10" == parse_month("2026-10")
    with pytest.raises(InvalidPeriod):
        parse_month(value)


@pytest.mark.parametrize(
    ("period", "first", "count"),
    [
        ("2026-10", "2026-10", 1),
        ("2026Q1", "2026-01", 3),
        ("2026Q4", "2026-10", 3),
        ("2026H1", "2026-01", 6),
        ("2026H2", "2026-07", 6),
        ("2026", "2026-01", 12),
    ],
)
def test_a_period_knows_its_months(period: str, first: str, count: int) -> None:
    """The months of a period stand in order, from its first on."""
    expected = [months_after(f"{first}-01", place)[:7] for place in range(count)]
    assert expected == list(months_in(period))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-10-03", "2026-10-03"),
        (" 2026-10-03 ", "2026-10-03"),
        ("2024-02-29", "2024-02-29"),
        (date(2026, 10, 3), "2026-10-03"),
        (datetime(2026, 10, 3, 20, 0, tzinfo=UTC), "2026-10-04"),
    ],
)
def test_a_day_is_taken_as_text_date_or_aware_datetime(value: Day, expected: str) -> None:
    """Each way to give a day becomes its ISO text in the village's zone."""
    assert expected == SHANGHAI.day(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-10-32",
        "2026-1-3",
        "2026/10/03",
        "20261003",
        "2026-W40-6",
        "2026-10-03T08:00",
        "1899-12-31",
        "0001-01-01",
        "２０２６-10-03",
        "10月3日",
        None,
        20261003,
        1.5,
        True,
    ],
)
def test_what_is_no_day_is_refused(value: object) -> None:
    """A text that is no date, or a date that does not exist, is refused."""
    with pytest.raises(InvalidDate) as caught:
        SHANGHAI.day(cast("Day", value))
    assert value == caught.value.data["value"]


def test_a_naive_datetime_is_refused() -> None:
    """A datetime without a zone could be two days, so it is no day."""
    naive = datetime(2026, 10, 3, 8, 0)  # noqa: DTZ001 - that it is naive is the point
    with pytest.raises(InvalidDate):
        SHANGHAI.day(naive)


def test_a_text_with_space_around_is_no_iso_day() -> None:
    """The strict reader, for what comes out of the journal, forgives nothing."""
    with pytest.raises(InvalidDate):
        parse_day_text("2026-10-03 ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-10-03T08:30", "2026-10-03T08:30"),
        ("2026-10-03 08:30", "2026-10-03T08:30"),
        (" 2026-10-03 08:30\n", "2026-10-03T08:30"),
        (datetime(2026, 10, 3, 8, 30, 59), "2026-10-03T08:30"),  # noqa: DTZ001 - local times have no zone
    ],
)
def test_a_time_of_service_is_kept_to_the_minute(value: str | datetime, expected: str) -> None:
    """A local time, as text or datetime, becomes its text to the minute."""
    assert expected == SHANGHAI.minute(value)


def test_a_time_of_service_from_elsewhere_is_brought_here() -> None:
    """S-01: A service that ended at 2025-03-31T17:30Z ended at half past one on 2025-04-01 in Shanghai."""
    assert "2025-04-01T01:30" == SHANGHAI.minute(datetime(2025, 3, 31, 17, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "value",
    ["", "08:30", "2026-10-03", "2026-10-03T8:30", "2026-10-03T08:60", "2026-02-29T08:30", "2026-10-03T08:30:00", None],
)
def test_what_is_no_time_of_service_is_refused(value: object) -> None:
    """A text that is no date and minute is refused."""
    with pytest.raises(InvalidTime):
        SHANGHAI.minute(cast("str", value))


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Asia", "../etc/passwd", "Asia/Shanghai\0", None, 8, []])
def test_a_zone_that_is_not_in_the_database_is_refused(zone: object) -> None:
    """A zone must be a name of the time-zone database."""
    with pytest.raises(InvalidSetting, match="Asia/Shanghai"):
        Calendar(cast("str", zone))


@pytest.mark.parametrize("cut_off_day", [-1, 29, 31, True, 25.0, "25", None])
def test_a_cut_off_day_that_not_every_month_has_is_refused(cut_off_day: object) -> None:
    """A cut-off day is 1 to 28, or 0 for none."""
    with pytest.raises(InvalidSetting, match="1 to 28"):
        Calendar(cut_off_day=cast("int", cut_off_day))


def test_instants_have_one_width() -> None:
    """An instant is written in UTC to the microsecond, also where it has none."""
    east = timezone(timedelta(hours=8))
    assert "2026-10-03T01:02:03.000004Z" == instant_text(datetime(2026, 10, 3, 9, 2, 3, 4, tzinfo=east))
    assert "2026-10-03T01:02:03.000000Z" == instant_text(datetime(2026, 10, 3, 1, 2, 3, tzinfo=UTC))


def test_seconds_between_instants_have_a_sign() -> None:
    """The seconds from one instant to a later one are positive, and the other way round negative."""
    earlier, later = "2026-10-03T01:02:03.000000Z", "2026-10-03T01:02:08.500000Z"
    assert (5.5, -5.5) == (seconds_behind(earlier, later), seconds_behind(later, earlier))


def test_the_machine_clock_knows_its_zone() -> None:
    """The present instant comes with its zone, UTC."""
    assert timedelta(0) == SystemClock().now().utcoffset()


def test_neighbouring_days_cross_months_and_years() -> None:
    """The day before and the day after know leap years and new year."""
    assert ("2024-02-29", "2025-12-31") == (day_before("2024-03-01"), day_before("2026-01-01"))
    assert ("2024-02-29", "2026-01-01") == (day_after("2024-02-28"), day_after("2025-12-31"))


def test_an_instant_is_that_of_a_local_time() -> None:
    """A local time is an instant of its zone, an aware datetime is one already, and a naive one is a local time."""
    noon = datetime(2025, 11, 3, 4, tzinfo=UTC)
    for written in ("2025-11-03T12:00", " 2025-11-03 12:00 ", noon, datetime(2025, 11, 3, 12)):  # noqa: DTZ001 - local
        assert noon == Calendar().instant(written)
    with pytest.raises(InvalidTime):
        Calendar().instant("2025-11-03")
