"""Granting a base (基础分): points that an account has without a deed, once in each span of time.

The rule book of the span's first day says how many, and what becomes of them. A ceiling that counts base points cuts
them like an award, so that the two together never pass it, whichever came first (S-29).

Who is there on a span's first day has it. The register of a new book is typed in over days: whoever is enrolled in the
month in which the book itself is begun counts as there from the book's first day on.

Worked example (S-16): a base of 100 that is a floor makes a balance of 100 of which nothing can be redeemed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pointsledger.decisions.drafts import brought, check_day, draft, settlement, today
from pointsledger.decisions.limiting import counted, counts_of
from pointsledger.decisions.state import State
from pointsledger.errors import BaseTooEarly, BaseTooLate, RuleSilent
from pointsledger.rules import caps, chart
from pointsledger.rules.base_grants import BASE_SPANS, BaseGrant
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Account, Usage

BASE = "base"


class BaseDue(NamedTuple):
    """A base that a month's run grants: for which span, and by which version of the rule book."""

    base: BaseGrant
    span: str
    begins_on: str
    version: int
    book: RuleBook


def decide_base(state: State, command: Command) -> Record:
    """Grant the base ``said["base"]`` of the month of ``said["on"]`` to an account.

    Raises:
        UnknownAccount: if there is no such account.
        RuleSilent, BaseTooEarly, BeforeFirstPeriod, BaseTooLate: about the day.
        ValueError: if it is not due: for that span, on that day, to that account, or no more.

    """
    said: Any = command.said
    account, on = state.account(said["account"]), said["on"]
    month = state.calendar.month_of(on)
    check_month(state, month, today(state, command))
    if on != state.calendar.bounds(month)[0]:
        message = f"a base of {month} is not of {on}"
        raise ValueError(message)
    found = next((due for due in due_in(state, on) if (due.base.code, due.span) == (said["base"], said["span"])), None)
    key = caps.base_key(said["base"], account.account, said["span"])
    if found is None or not was_there(state, account, found.begins_on) or state.get(Usage, key) is not None:
        message = f"no base {said['base']} of {said['span']} is due to {account.account} on {on}"
        raise ValueError(message)
    base, book = found.base, found.book
    granted = within_ceilings(state, book, account.account, on, base.points)
    source = chart.RANKED_BASE if base.ranked else chart.BASE
    decided: dict[str, Any] = {
        "rulebook": found.version,
        "requested": base.points,
        "granted": granted,
        "capped": base.points - granted or None,
        "floor": 1 if base.floor else None,
        "group": state.grouping(account.account, on),
        "settled": settlement(state, account.account, 1, granted),
        **(book.expiry.end(on, state.calendar) if granted else {}),
    }
    decided["balance"] = brought(state, command, account.account, granted, decided)
    entries = [Entry(source + base.code, account.account, POINTS, granted)] if granted else []
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_base(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note that the account has its base of the span, for ever, and count it for the ceilings."""
    said, points = record.said, record.decided["granted"]
    key = caps.base_key(said["base"], said["account"], said["span"])
    return [Usage(state.village, *key, points, 1), *counted(state, counts_of(record))]


def first_day_of(state: State, span: str, on: str) -> str:
    """Return the first day of the span of a base granted on ``on``, never before the book's; of ``ever`` that day."""
    if span == "ever":
        return on
    return max(state.calendar.bounds(span)[0], state.calendar.bounds(state.settings.first_period)[0])


def due_in(state: State, on: str) -> list[BaseDue]:
    """Return the bases of each span that the day ``on`` lies in, by the rule book of the span's first day.

    Raises:
        RuleSilent: if no rule book is in force on the first day of the month.

    """
    state.rulebook(on)
    found = []
    for per in BASE_SPANS:
        span = state.calendar.window(on, per)
        begins_on = first_day_of(state, span, on)
        try:
            version, book = state.rulebook(begins_on)
        except RuleSilent:  # the rules begin within the span, and say nothing of its first day
            continue
        found += [BaseDue(base, span, begins_on, version, book) for base in book.bases if base.per == per]
    return found


def was_there(state: State, account: Account, day: str) -> bool:
    """Tell whether an account was open on ``day``."""
    return account.opened_on <= opened_by(state, day)


def opened_by(state: State, day: str) -> str:
    """Return the last day on which an account may have been opened that counts as open on ``day``."""
    begun_in = state.calendar.month_of(state.calendar.day_of_instant(state.record(1).recorded_at))
    return max(day, state.calendar.bounds(begun_in)[1])


def check_month(state: State, month: str, day: str) -> None:
    """See that bases of ``month`` can be granted on ``day``.

    Raises:
        BaseTooEarly, BeforeFirstPeriod: if it has not begun, or lies before the book.
        BaseTooLate: if it is closed.

    """
    begins_on = state.calendar.bounds(month)[0]
    if begins_on > day:
        raise BaseTooEarly(period=month, on=begins_on, today=day)
    check_day(state, begins_on, day)
    if month < state.first_open:
        raise BaseTooLate(period=month)


def within_ceilings(
    state: State, book: RuleBook, account: str, on: str, requested: int, *, usage: caps.Used | None = None
) -> int:
    """Return how much of a base the ceilings that count it let through; ``usage`` as for ``limiting.limited``."""
    granted = requested
    used = usage or (lambda key: state.get(Usage, key))
    deed = caps.base_deed(account, on)
    for ceiling in book.limits_on_bases():
        key = caps.usage_key(caps.counter(ceiling, "", ""), deed, state.calendar)
        granted = min(granted, caps.granted(ceiling, used(key), requested, 1))
    return granted
