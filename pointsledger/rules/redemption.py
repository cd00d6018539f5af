"""Redemption rules: when, how often and how much a household may redeem, who may collect, how long a reservation lives.

A rule book says it in its table ``[redemption]``; what is not there is not a rule. They judge what is asked of the shop
on the day on which it is asked. What was handed over already is recorded as it happened, whatever they say.

Worked example (S-16): with ``minimum_balance = 70`` a household of 69 may not redeem and one of 70 may, all of it.

Days past the end of a month fall on its last day: ``days = [31]`` is the 28th or 29th of February. An iCalendar rule
leaves such months out, as its standard says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pointsledger.rules.allowance import Allowance, read_allowance
from pointsledger.rules.documents import with_present
from pointsledger.values.calendar import days_after, month_after, next_recurrence, parse_recurrence, recurs
from pointsledger.values.points import number_text
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.base_grants import BaseGrant
    from pointsledger.rules.documents import Table

COLLECTING = ("self", "household", "proxy")
"""Who may collect: the head of the household, any member of it, or anybody whom it sends."""

ENDINGS = ("release", "forfeit")
"""What becomes of the points of a reservation that nobody came for."""

RESERVATION_DAYS = 30
GRACE_DAYS = 30
LONGEST_DAYS = 366
_LAST_OF_MONTH = 31
_RULE_LIMIT = 200
_KEYS = (
    "minimum_balance",
    "multiple_of",
    "times_per",
    "points_per",
    "days",
    "rule",
    "collect",
    "reservation_days",
    "at_end",
    "grace_days",
)


@dataclass(frozen=True, slots=True)
class RedemptionRules:
    """What a rule book says of redeeming, points in the smallest unit; what it does not limit is None or empty."""

    minimum_balance: int | None = None
    multiple_of: int | None = None
    times_per: Allowance | None = None
    points_per: Allowance | None = None
    days: tuple[int, ...] = ()
    rule: str | None = None
    collect: str = "proxy"
    reservation_days: int = RESERVATION_DAYS
    at_end: str = "release"
    grace_days: int = GRACE_DAYS

    def next_day(self, day: str, first_day: str) -> str:
        """Return the first day from ``day`` on that is one for redeeming; the rules are in force from ``first_day``."""
        if self.rule is not None:
            return next_recurrence(self.rule, first_day, day)
        if not self.days:
            return day
        last = days_after(f"{month_after(day[:7])}-01", -1)
        named = (f"{day[:7]}-{min(own, int(last[8:])):02}" for own in self.days)
        return next((own for own in named if own >= day), None) or self.next_day(days_after(last, 1), first_day)

    @classmethod
    def read(cls, table: Table, decimals: int, bases: Sequence[BaseGrant], first_day: str) -> Self:
        """Read the table ``[redemption]``, and refuse what cannot be beside the ``bases``, or beside each other."""
        table.only(*_KEYS)

        def points(key: str) -> int | None:
            return table.points(key, decimals) if key in table.values else None

        def days(key: str, default: int) -> int:
            return table.whole(key, least=1, most=LONGEST_DAYS) if key in table.values else default

        read = cls(
            minimum_balance=points("minimum_balance"),
            multiple_of=points("multiple_of"),
            times_per=read_allowance(table, "times_per", "times"),
            points_per=read_allowance(table, "points_per", "points", decimals),
            days=table.wholes("days", least=1, most=_LAST_OF_MONTH),
            rule=_read_rule(table, first_day),
            collect=table.choice("collect", COLLECTING, "proxy"),
            reservation_days=days("reservation_days", RESERVATION_DAYS),
            at_end=table.choice("at_end", ENDINGS, "release"),
            grace_days=days("grace_days", GRACE_DAYS),
        )
        _refuse_floor(table, read, bases, decimals)
        _refuse_multiple(table, read, decimals)
        return read

    def to_said(self) -> dict[str, Any]:
        """Return the rules as JSON values under the keys of the rule book; what holds without being said is absent."""
        said = {
            key: getattr(self, key)
            for key in ("collect", "reservation_days", "at_end", "grace_days")
            if getattr(self, key) != getattr(UNRESTRICTED, key)
        }
        for key, allowance in (("times_per", self.times_per), ("points_per", self.points_per)):
            if allowance is not None:
                said[key] = allowance.to_said()
        return with_present(
            said,
            minimum_balance=self.minimum_balance,
            multiple_of=self.multiple_of,
            days=list(self.days),
            rule=self.rule,
        )


UNRESTRICTED = RedemptionRules()
"""What holds where the rule book says nothing."""


def smallest(rules: RedemptionRules, cheapest: int) -> int:
    """Return the least that a redemption can come to, if the cheapest item costs so much."""
    multiple = rules.multiple_of or 1
    return -(-cheapest // multiple) * multiple


def _read_rule(table: Table, first_day: str) -> str | None:
    """Read an iCalendar rule, beside which there are no ``days``."""
    written = table.optional_text("rule", _RULE_LIMIT)
    if not written:
        return None
    if "days" in table.values:
        other = table.where("days")
        wrong = Words(f"stands beside {other}", f"与 {other} 并列")
        table.fault("rule", wrong, Words("one of the two", "二者只写一个"))
    rule = parse_recurrence(written)
    example = "FREQ=MONTHLY;BYDAY=1SA"
    if rule is None:
        wrong = Words(f'is "{written}"', f"写的是“{written}”")
        table.fault(
            "rule",
            wrong,
            Words(
                f"an iCalendar rule such as {example}: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, with BYDAY or "
                "BYMONTHDAY, and INTERVAL, BYMONTH, BYSETPOS, WKST",
                f"iCalendar 规则，如 {example}：FREQ=DAILY、WEEKLY、MONTHLY 或 YEARLY，配 BYDAY 或 BYMONTHDAY，"
                "可加 INTERVAL、BYMONTH、BYSETPOS、WKST",
            ),
        )
    elif first_day and not recurs(rule, first_day):
        wrong = Words(f'"{rule}" names no day within four years', f"“{rule}”四年内没有一天符合")
        table.fault("rule", wrong, Words("a rule that names days", "有日子符合的规则"))
    return rule


def _refuse_floor(table: Table, rules: RedemptionRules, bases: Sequence[BaseGrant], decimals: int) -> None:
    """Refuse floors above the balance that one must have: every household has them, and they can never be redeemed."""
    so_far = 0
    for number, base in enumerate(bases, start=1):
        so_far += base.points if base.floor else 0
        if base.floor and rules.minimum_balance and base.points and so_far > rules.minimum_balance:
            shown, floor = number_text(rules.minimum_balance, decimals), number_text(so_far, decimals)
            other = f"base[{number}].points"
            wrong = Words(
                f"{shown} is less than the floor of {floor} ({other}), which every household has",
                f"{shown} 小于各户都有的保底分 {floor}（{other}）",
            )
            table.fault("minimum_balance", wrong, Words(f"{floor} or more", f"不小于 {floor}"))
            return


def _refuse_multiple(table: Table, rules: RedemptionRules, decimals: int) -> None:
    """Refuse a multiple that is more than a household may redeem."""
    most = rules.points_per
    if rules.multiple_of and most is not None and 0 < most.most < rules.multiple_of:
        shown, other = number_text(rules.multiple_of, decimals), table.where("points_per") + ".points"
        least = number_text(most.most, decimals)
        wrong = Words(f"{shown} is more than {other} {least}", f"{shown} 大于 {other} {least}")
        table.fault("multiple_of", wrong, Words(f"up to {least}", f"不大于 {least}"))
