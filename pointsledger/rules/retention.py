"""Retention: how long a village keeps personal data, whatever somebody asks for meanwhile.

A rule book says it in ``[retention]`` as ``keep_months``: so many whole months after the one in which something was
last recorded. With 36, what was last recorded in October 2026 may be erased from 1 November 2029 on, and never by way
of a shorter month. Without the table a rule book keeps nothing from being erased; what another kept
stays kept, which is decided in ``decisions.retaining``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pointsledger.values.calendar import Calendar, month_after
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

MOST_MONTHS = 1_200


@dataclass(frozen=True, slots=True)
class Retention:
    """How many whole months personal data is kept after the month of the last record that concerns it."""

    keep_months: int

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read the table ``[retention]``."""
        table.only("keep_months")
        return cls(table.whole("keep_months", least=1, most=MOST_MONTHS))

    def to_said(self) -> dict[str, Any]:
        """Return the rule as JSON values under the keys of the rule book."""
        return {"keep_months": self.keep_months}

    def last_day(self, last_month: str, calendar: Calendar) -> str:
        """Return the last day on which data must be kept whose last record counts in ``last_month``."""
        return calendar.bounds(month_after(last_month, self.keep_months))[1]

    def in_words(self) -> Words:
        """Return the rule as a sentence."""
        return Words(
            f"personal data is kept for {self.keep_months} months after the month of the last record",
            f"个人信息自最后一笔记录所在月份起保存 {self.keep_months} 个月",
        )
