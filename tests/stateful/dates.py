"""Dates in the reference ledger: days and months as ISO texts; a month is the civil one, or ends on a cut-off day."""

from __future__ import annotations

from datetime import date, timedelta

from tests.stateful.values import FOREVER, Ending

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FEWEST_DAYS = 30
"""What points that end on a day of the year live at least, by these rules."""


class Dates:
    """The village's calendar, and how far its months are closed."""

    cut_off: int
    first_month: str
    closed: str

    def month_of(self, day: str) -> str:
        """Return the village's month of a day."""
        year, month, number = (int(part) for part in day.split("-"))
        if self.cut_off and number > self.cut_off:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return f"{year:04}-{month:02}"

    @property
    def first_open(self) -> str:
        """The earliest month that is not closed."""
        return self.month_after(self.closed) if self.closed else self.first_month

    @staticmethod
    def month_after(month: str) -> str:
        """Return the month after another."""
        year, number = (int(part) for part in month.split("-"))
        return f"{year:04}-{number + 1:02}" if number < 12 else f"{year + 1:04}-01"

    def last_of(self, month: str) -> str:
        """Return the last day of the village's month."""
        return (date.fromisoformat(self.first_of(self.month_after(month))) - timedelta(days=1)).isoformat()

    def first_of(self, month: str) -> str:
        """Return the first day of the village's month."""
        day = date.fromisoformat(f"{month}-01")
        if self.cut_off:
            day = (day - timedelta(days=1)).replace(day=self.cut_off) + timedelta(days=1)
        return day.isoformat()

    def last_day(self, ending: Ending, on: str) -> tuple[str, str]:
        """Return the last day of points of a deed, and the month whose close ends them where no day does."""
        if ending.policy == "days":
            return (date.fromisoformat(on) + timedelta(days=ending.count)).isoformat(), ""
        if ending.policy == "months":
            last = self.months_later(on, ending.count)
            return (self.last_of(self._last_month(last, ending.span)) if ending.span else last), ""
        if ending.policy == "fixed":
            earliest = (date.fromisoformat(on) + timedelta(days=FEWEST_DAYS)).isoformat()
            year = int(earliest[:4]) + (ending.day < earliest[5:])
            return f"{year:04}-{ending.day}", ""
        if ending.policy == "end_of":
            return self.last_of(self._last_month(on, ending.span, ending.count)), ""
        if ending.policy == "clear_at_close":
            month = self._last_month(on, ending.span)
            return self.last_of(month), month
        return FOREVER, ""

    @staticmethod
    def months_later(day: str, months: int) -> str:
        """Return the day so many months later; where that month is too short, its last (S-02)."""
        year, month = divmod(int(day[:4]) * 12 + int(day[5:7]) - 1 + months, 12)
        following = date(year + month // 11, (month + 1) % 12 + 1, 1)
        last = following - timedelta(days=1)
        return last.replace(day=min(int(day[8:]), last.day)).isoformat()

    def _last_month(self, day: str, span: str, later: int = 0) -> str:
        """Return the last month of the span around a day, or of one that comes so many spans later."""
        month, months = self.month_of(day), MONTHS[span]
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        number += months - 1 - number % months + later * months
        return f"{number // 12:04}-{number % 12 + 1:02}"

    def span_of(self, day: str, per: str) -> str:
        """Return a name for the span of time around a day."""
        month = self.month_of(day)
        if per == "week":
            monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
            return monday.isoformat()
        number = int(month[5:]) - 1
        quarter, half = f"{month[:4]}/{number // 3}", f"{month[:4]}/{number // 6}"
        return {"day": day, "month": month, "quarter": quarter, "half": half, "year": month[:4], "ever": ""}[per]
