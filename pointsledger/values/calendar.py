"""Civil days and the village's periods: which day it was there, and which month a day counts in.

Days travel as ISO texts (``"2026-10-03"``) and instants as UTC texts of one width, so that the order of the
texts is the order in time and a record needs no conversion. A period is always explicit: a month
``2026-10``, a quarter ``2026Q4``, a half-year ``2026H2``, a year ``2026``; never "the last 30 days".

A village that settles on the 25th has its period 2026-10 run from 2026-09-26 to 2026-10-25, and quarters and
years are made of such months.

This is the only module that imports ``dateutil`` and ``zoneinfo``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from pointsledger.errors import InvalidDate, InvalidPeriod, InvalidSetting, InvalidTime, NotAMonth, ZoneMissing
from pointsledger.values.widths import narrow

LATEST_CUT_OFF_DAY = 28
"""A cut-off day exists in every month."""

WINDOWS = ("day", "week", "month", "quarter", "half", "year", "ever")
"""The spans a limit may count over."""

Day = str | date
"""What the public face takes for a day: an ISO text, a date, or an aware datetime (its day in the village)."""

_PERIOD = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12]))?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WRITTEN_DAY = re.compile(r"([0-9]{4})[年/.-]([0-9]{1,2})[月/.-]([0-9]{1,2})日?(?: 0?0:00(?::00)?)?", re.ASCII)
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1900, 9998  # so that a day has a neighbour, and a month a next one

# The parts that a recurrence may have: it names days, for ever, so there is no hour, no count and no last day in it.
_RECURRENCE_PARTS = {
    "FREQ": re.compile(r"DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9][0-9]?", re.ASCII),
    "BYDAY": re.compile(r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU))*"),
    "BYMONTHDAY": re.compile(r"-?(?:[12][0-9]|3[01]|[1-9])(?:,-?(?:[12][0-9]|3[01]|[1-9]))*", re.ASCII),
    "BYMONTH": re.compile(r"(?:1[0-2]|[1-9])(?:,(?:1[0-2]|[1-9]))*", re.ASCII),
    "BYSETPOS": re.compile(r"-?[1-9][0-9]?(?:,-?[1-9][0-9]?)*", re.ASCII),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
}
_LONGEST_RECURRENCE = 200
_CYCLE_YEARS = 400  # after which the calendar repeats itself, days of the week and leap years alike
_SOUGHT_YEARS = 4  # among which there is a leap year


class Clock(Protocol):
    """Where the present comes from; a test passes one that stands still."""

    def now(self) -> datetime:
        """Return the present instant, with its zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


def instant_text(instant: datetime) -> str:
    """Return ``instant`` in UTC to the microsecond, always of one width: ``2026-10-03T01:02:03.000004Z``."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def seconds_of(instant: str) -> int:
    """Return an instant in whole seconds since 1970."""
    return int(datetime.fromisoformat(instant).timestamp())


def seconds_behind(earlier: str, later: str) -> float:
    """Return the seconds from one instant text to another."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def minutes_between(start: str, end: str) -> int:
    """Return the minutes from one local time to another, both as ``Calendar.minute`` writes them."""
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()) // 60


def months_after(day: str, months: int) -> str:
    """Return ``day`` plus ``months``, always counted from ``day`` itself; a shorter month ends it (S-02)."""
    return (date.fromisoformat(day) + relativedelta(months=months)).isoformat()


def month_after(month: str, months: int = 1) -> str:
    """Return the month so many months after ``month``."""
    return months_after(f"{month}-01", months)[:7]


def parse_period(value: str) -> str:
    """Return ``value`` if it names a month, quarter, half-year or year.

    Raises:
        InvalidPeriod: if it does not.

    """
    if _is_period(value):
        return value
    raise InvalidPeriod(value=value)


def parse_month(value: str) -> str:
    """Return ``value`` if it names a month, the period in which acts count.

    Raises:
        NotAMonth: if it does not, or names a longer period.

    """
    if _is_period(value) and len(value) == len("2026-10"):
        return value
    raise NotAMonth(value=value)


def _is_period(value: object) -> bool:
    return (
        isinstance(value, str) and _PERIOD.fullmatch(value) is not None and _FIRST_YEAR <= int(value[:4]) <= _LAST_YEAR
    )


def parse_cut_off_day(value: object) -> int:
    """Return ``value`` if every month has that day, or if it is 0.

    Raises:
        InvalidSetting: if it is anything else.

    """
    if type(value) is int and 0 <= value <= LATEST_CUT_OFF_DAY:
        return value
    raise InvalidSetting(
        name="cut_off_day", value=value, allowed="0 (civil months) or 1 to 28", allowed_zh="0（自然月）或 1 至 28"
    )


@lru_cache(maxsize=4096)
def parse_day_text(value: str) -> str:
    """Return an ISO day that exists.

    Raises:
        InvalidDate: if it does not.

    """
    try:
        if _DAY.fullmatch(value) and _FIRST_YEAR <= date.fromisoformat(value).year <= _LAST_YEAR:
            return value
    except ValueError as error:
        raise InvalidDate(value=value) from error
    raise InvalidDate(value=value)


def parse_written_day(text: str) -> str:
    """Return a day in ISO form, from any of the ways people and spreadsheets write one.

    That is 2026-10-03, 2026/10/3, 2026.10.3 and 2026年10月3日, each in full width too, and with the midnight that a
    spreadsheet adds.

    Raises:
        InvalidDate: with the text as it was written, if it is no such day or the day does not exist.

    """
    found = _WRITTEN_DAY.fullmatch(narrow(text).strip())
    if found is None:
        raise InvalidDate(value=text)
    year, month, day = found.groups()
    try:
        return parse_day_text(f"{year}-{month:0>2}-{day:0>2}")
    except InvalidDate:  # which shows the ISO form, that nobody wrote
        raise InvalidDate(value=text) from None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A village's calendar: its ``zone`` and the ``cut_off_day`` of its months, 0 for ordinary civil months."""

    zone: str = "Asia/Shanghai"
    cut_off_day: int = 0

    def __post_init__(self) -> None:
        """Refuse a zone that is not in the time-zone database and a cut-off day that not every month has."""
        try:
            _zone(self.zone)
        except (LookupError, ValueError, OSError, TypeError) as error:
            raise InvalidSetting(
                name="zone",
                value=self.zone,
                allowed="an IANA name such as Asia/Shanghai",
                allowed_zh="时区的标准名称，如 Asia/Shanghai",
            ) from error
        parse_cut_off_day(self.cut_off_day)

    def day(self, value: Day) -> str:
        """Return the civil day of ``value`` as an ISO text; an aware datetime gives its day in this zone (S-01).

        Raises:
            ZoneMissing: for a datetime without a zone.
            InvalidDate: for anything else.

        """
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ZoneMissing(value=value)
            try:
                value = value.astimezone(_zone(self.zone)).date()
            except OverflowError as error:
                raise InvalidDate(value=value) from error
        if isinstance(value, date):
            return parse_day_text(value.isoformat())
        if isinstance(value, str):
            return parse_day_text(value.strip())
        raise InvalidDate(value=value)

    def minute(self, value: str | datetime) -> str:
        """Return a start or end of service as local text ``2026-10-03T08:30``; an aware datetime is brought here.

        Raises:
            InvalidTime: for anything else.

        """
        if isinstance(value, datetime):
            local = value.astimezone(_zone(self.zone)) if value.tzinfo else value
            return local.replace(tzinfo=None).isoformat(timespec="minutes")
        try:
            if isinstance(value, str) and _MINUTE.fullmatch(value.strip()):
                return datetime.fromisoformat(value.strip()).isoformat(timespec="minutes")
        except ValueError as error:
            raise InvalidTime(value=value) from error
        raise InvalidTime(value=value)

    def instant(self, value: str | datetime) -> datetime:
        """Return the instant of a local time ``2026-10-03T08:30`` in this zone; an aware datetime is one already.

        Raises:
            InvalidTime: for anything else.

        """
        if isinstance(value, datetime) and value.tzinfo:
            return value
        return datetime.fromisoformat(self.minute(value)).replace(tzinfo=_zone(self.zone))

    def day_of_instant(self, instant: str) -> str:
        """Return the civil day in this zone of an instant text."""
        return _day_of_minute(instant[:16], self.zone)

    def minute_of_instant(self, instant: str) -> str:
        """Return the local minute in this zone of an instant text, as ``minute`` does."""
        return self.minute(datetime.fromisoformat(instant))

    def month_of(self, day: str) -> str:
        """Return the month that ``day`` counts in (S-39)."""
        if int(day[8:]) <= (self.cut_off_day or 31):
            return day[:7]
        return months_after(day[:7] + "-01", 1)[:7]

    def window(self, day: str, per: str) -> str:
        """Return the name of the span of kind ``per`` (see ``WINDOWS``) around ``day``; weeks are ISO weeks."""
        if per == "day":
            return day
        if per == "ever":
            return "ever"
        if per == "week":
            year, week, _ = date.fromisoformat(day).isocalendar()
            return f"{year:04}-W{week:02}"
        year_text, month = self.month_of(day).split("-")
        number = int(month)
        parts = {"month": f"-{month}", "quarter": f"Q{(number + 2) // 3}", "half": f"H{(number + 5) // 6}", "year": ""}
        return year_text + parts[per]

    def begin_of(self, per: str, day: str) -> str:
        """Return the first day of the span of kind ``per`` around ``day``; before every day for what is for ever."""
        if per == "ever":
            return ""
        if per == "day":
            return day
        if per == "week":
            return days_after(day, -date.fromisoformat(day).weekday())
        return self.bounds(self.window(day, per))[0]

    def bounds(self, period: str) -> tuple[str, str]:
        """Return the first and last day of ``period``."""
        first_month, last_month = months_in(period)[0], months_in(period)[-1]
        first, last = first_month + "-01", last_month + "-01"
        if not self.cut_off_day:
            return first, day_before(months_after(last, 1))
        before = months_after(first, -1)
        return day_after(f"{before[:7]}-{self.cut_off_day:02}"), f"{last_month}-{self.cut_off_day:02}"


def parse_recurrence(text: str) -> str | None:
    """Return an iCalendar rule (RFC 5545) that names days again and again, in one way of writing; None for any other.

    It says on which days of the week or the month; but for ``DAILY`` nothing is taken from the day it starts on.
    """
    rule = "".join(text.upper().split()).removeprefix("RRULE:").rstrip(";")
    named = [part.partition("=") for part in rule.split(";")]
    parts = {name: value for name, _, value in named}
    if len(rule) > _LONGEST_RECURRENCE or len(parts) != len(named) or "FREQ" not in parts:
        return None
    if any(name not in _RECURRENCE_PARTS or not _RECURRENCE_PARTS[name].fullmatch(parts[name]) for name in parts):
        return None
    if parts["FREQ"] != "DAILY" and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        return None
    if parts["FREQ"] in {"DAILY", "WEEKLY"} and any(sign.isdigit() for sign in parts.get("BYDAY", "")):
        return None  # a week has no second Saturday
    if parts["FREQ"] == "WEEKLY" and "BYMONTHDAY" in parts:
        return None  # which RFC 5545 forbids
    return rule


def recurs(rule: str, first_day: str) -> bool:
    """Tell whether a recurrence that starts on a day names one within four years from it, which not every one does.

    A rule that names no day, such as 30 February, is searched for one up to the year 9999. So the same question is
    asked of the last years before that, which are the same days of the week: the search ends soon.
    """
    year = int(first_day[:4])
    cycles = (_LAST_YEAR - _SOUGHT_YEARS - year) // _CYCLE_YEARS
    start = datetime.fromisoformat(f"{year + _CYCLE_YEARS * cycles:04}{first_day[4:]}")
    found = rrulestr(rule, dtstart=start).after(start, inc=True)
    return found is not None and found <= start + relativedelta(years=_SOUGHT_YEARS)


@lru_cache(maxsize=4096)
def next_recurrence(rule: str, first_day: str, day: str) -> str:
    """Return the first day from ``day`` on that a recurrence names which starts on ``first_day``."""
    found = rrulestr(rule, dtstart=datetime.fromisoformat(first_day)).after(datetime.fromisoformat(day), inc=True)
    return found.date().isoformat() if found is not None else ""


def days_after(day: str, days: int) -> str:
    """Return ``day`` plus ``days``."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def day_before(day: str) -> str:
    """Return the day before ``day``."""
    return days_after(day, -1)


def day_after(day: str) -> str:
    """Return the day after ``day``."""
    return days_after(day, 1)


def months_in(period: str) -> tuple[str, ...]:
    """Return the months of ``period``, in order.

    Raises:
        InvalidPeriod: if it names no period.

    """
    found = _PERIOD.fullmatch(parse_period(period))
    parts = found.groupdict() if found else {}
    year = parts["year"]
    if parts["month"]:
        return (period,)
    if parts["quarter"]:
        first, count = int(parts["quarter"]) * 3 - 2, 3
    elif parts["half"]:
        first, count = int(parts["half"]) * 6 - 5, 6
    else:
        first, count = 1, 12
    return tuple(f"{year}-{month:02}" for month in range(first, first + count))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1024)
def _day_of_minute(minute: str, zone: str) -> str:
    return datetime.fromisoformat(minute).replace(tzinfo=UTC).astimezone(_zone(zone)).date().isoformat()
