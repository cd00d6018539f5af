"""Expiry: the last day on which points can be spent, worked out once when they are granted, and then frozen.

A village says in its rule book how long points live. Six policies cover what was found in published rules:

* ``never``;
* ``days``: so many days after the day of the deed;
* ``months``: so many months after it, counted from the day itself (S-02), rounded up to the end of the month, quarter,
  half-year or year if the rule book says so (S-06);
* ``fixed``: the next time that a day of the year comes round, at least ``min_life_days`` away (S-07);
* ``end_of``: the end of the period that the deed lies in, or of a later one;
* ``clear_at_close``: no day at all; what is left when a quarter, half-year or year is closed is cleared with it (S-17).

Worked example: ``fixed`` on 12-31 with 30 days. A deed of 2025-11-30 lives 31 days and lapses after 2025-12-31; one of
2025-12-02 would live 29, so it lapses after 2026-12-31.

Rejected: asking the policy whenever a balance is asked for. A village that changes its policy would then re-date points
that its people hold already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from pointsledger.errors import InvalidDate
from pointsledger.rules.documents import with_present
from pointsledger.values.calendar import Calendar, days_after, month_after, months_after, months_in, parse_day_text
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

POLICIES = ("never", "days", "months", "fixed", "end_of", "clear_at_close")
PERIODS = ("month", "quarter", "half", "year")
MIN_LIFE_DAYS = 30
"""Days that points which had to wait can be spent at least, unless the rule book says otherwise (semantics, 3)."""

LONGEST_DAYS = 36_500
LONGEST_MONTHS = 1_200
MOST_PERIODS = 100
_LEAP_YEAR = 2024  # has every day of the year

_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "never": (),
        "days": ("days", "min_life_days"),
        "months": ("months", "round_to", "min_life_days"),
        "fixed": ("month", "day", "min_life_days"),
        "end_of": ("period", "plus", "min_life_days"),
        "clear_at_close": ("period",),
    }
)


@dataclass(frozen=True, slots=True)
class Expiry:
    """One policy: ``count`` is its days, months or later periods, ``span`` its period, or what it rounds up to."""

    policy: str = "never"
    count: int = 0
    span: str = ""
    month_day: str = ""
    min_life_days: int = MIN_LIFE_DAYS

    def last_day(self, on: str, calendar: Calendar) -> str | None:
        """Return the last day on which points of a deed of day ``on`` can be spent; None if no day ends them."""
        if self.policy == "days":
            return days_after(on, self.count)
        if self.policy == "months":
            last = months_after(on, self.count)
            return calendar.bounds(calendar.window(last, self.span))[1] if self.span else last
        if self.policy == "fixed":
            return self._next(days_after(on, self.min_life_days))
        if self.policy == "end_of":
            months = months_in(calendar.window(on, self.span))
            return calendar.bounds(month_after(months[-1], self.count * len(months)))[1]
        return None

    def end(self, on: str, calendar: Calendar) -> dict[str, str | None]:
        """Return how points of a deed of day ``on`` end, as records write it.

        That is ``expires_on``, their last day; and ``clears_with``, the month whose close clears them, where no day
        but a close ends them (the day is then that month's last, S-17). It goes by the day of the deed, whenever it is
        recorded: a deed of a quarter that is cleared already brings points that are cleared at once.
        """
        if self.policy != "clear_at_close":
            return {"expires_on": self.last_day(on, calendar)}
        last_month = months_in(calendar.window(on, self.span))[-1]
        return {"expires_on": calendar.bounds(last_month)[1], "clears_with": last_month}

    def _next(self, earliest: str) -> str:
        this_year = f"{earliest[:4]}-{self.month_day}"
        return this_year if this_year >= earliest else f"{int(earliest[:4]) + 1:04}-{self.month_day}"

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read the table ``[expiry]``; what its policy does not know is a fault."""
        policy = table.choice("policy", POLICIES)
        table.only("policy", *_KEYS.get(policy, tuple(sorted({key for keys in _KEYS.values() for key in keys}))))
        if policy not in _KEYS:
            return cls("")
        given = set(_KEYS[policy])
        least = table.whole("min_life_days", least=1, most=LONGEST_DAYS) if "min_life_days" in table.values else None
        expiry = cls(policy, *_read_span(table, policy), min_life_days=least if least is not None else MIN_LIFE_DAYS)
        if "min_life_days" in given:
            _refuse_short(table, expiry, given=least is not None)
        return expiry

    def to_said(self) -> dict[str, Any]:
        """Return the policy as JSON values, under the keys of the rule book."""
        said: dict[str, Any] = {"policy": self.policy}
        if self.min_life_days != MIN_LIFE_DAYS:
            said["min_life_days"] = self.min_life_days
        if self.policy == "fixed":
            said |= {"month": int(self.month_day[:2]), "day": int(self.month_day[3:])}
        named = {"days": "days", "months": "months", "end_of": "plus"}.get(self.policy)
        if named:
            said[named] = self.count
        span = "round_to" if self.policy == "months" else "period"
        return with_present(said, **{span: self.span or None})


NEVER = Expiry()
"""What holds where the rule book says nothing."""

AT_FAULT = Expiry("")
"""What stands for an expiry that cannot be read: no policy, so that nothing else is held against it."""


def _read_span(table: Table, policy: str) -> tuple[int, str, str]:
    """Return count, span and day of the year, as the policy has them."""
    if policy == "days":
        return table.whole("days", least=1, most=LONGEST_DAYS), "", ""
    if policy == "months":
        rounded = table.choice("round_to", ("none", *PERIODS), "none")
        return table.whole("months", least=1, most=LONGEST_MONTHS), "" if rounded == "none" else rounded, ""
    if policy == "fixed":
        return 0, "", _month_day(table)
    if policy == "end_of":
        plus = table.whole("plus", least=0, most=MOST_PERIODS) if "plus" in table.values else 0
        return plus, table.choice("period", PERIODS), ""
    if policy == "clear_at_close":
        return 0, table.choice("period", PERIODS[1:]), ""
    return 0, "", ""


def _month_day(table: Table) -> str:
    month, day = table.whole("month", least=1, most=12), table.whole("day", least=1, most=31)
    found = f"{month:02}-{day:02}"
    try:
        parse_day_text(f"{_LEAP_YEAR}-{found}")
    except InvalidDate:
        if month and day:
            table.fault("day", *_no_such_day(table, month, day))
        return "12-31"
    if found == "02-29":
        table.fault("day", *_no_such_day(table, month, day))
    return found


def _no_such_day(table: Table, month: int, day: int) -> tuple[Words, Words]:
    other = table.where("month")
    wrong = Words(
        f"{day} is no day of every year beside {other} = {month}", f"{other} = {month} 时，并非每年都有 {day} 日"
    )
    return wrong, Words("a day that every year has", "每年都有的日子")


_LONGEST: Final = {"month": 31, "quarter": 92, "half": 184, "year": 366}
_OF_A_YEAR = 365  # that every year has: by a day of the year no points need live longer


def _refuse_short(table: Table, expiry: Expiry, *, given: bool) -> None:
    """Refuse points that would be meant to live longer than they can: they would end before that life does."""
    least, (most, key) = expiry.min_life_days, _longest_life(expiry)
    if given and most and least > most:
        other = table.where(key)
        wrong = Words(f"{least} is more than {other} lets points live", f"{least} 多于 {other} 允许的天数")
        table.fault("min_life_days", wrong, Words(f"1 to {most}", f"1 至 {most}"))


def _longest_life(expiry: Expiry) -> tuple[int, str]:
    """Return how many days points can live at most by a policy, and the key that says so; 0 where that is at fault."""
    if expiry.policy == "days":
        return expiry.count, "days"
    if expiry.policy == "months":
        return expiry.count and expiry.count * _LONGEST["month"] + _LONGEST.get(expiry.span, 0), "months"
    if expiry.policy == "end_of":
        return (expiry.count + 1) * _LONGEST.get(expiry.span, 0), "period"
    return _OF_A_YEAR, "day"
