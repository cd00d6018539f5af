"""Dates in the reference ledger: days and months as ISO texts; a month is the civil one, or ends on a cut-off day."""

from __future__ import annotations

from datetime import date, timedelta


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

    def span_of(self, day: str, per: str) -> str:
        """Return a name for the span of time around a day."""
        month = self.month_of(day)
        if per == "week":
            monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
            return monday.isoformat()
        number = int(month[5:]) - 1
        quarter, half = f"{month[:4]}/{number // 3}", f"{month[:4]}/{number // 6}"
        return {"day": day, "month": month, "quarter": quarter, "half": half, "year": month[:4], "ever": ""}[per]
