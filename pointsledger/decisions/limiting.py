"""Limiting: what the limits of a rule book let through of one deed, and which of them cut it.

Each limit lets through what it has room for, and the least counts. They are asked in one order (the deed alone, then
the spans of time, then the ceilings), and what each of them took off stands in the record, so that a clerk can tell
why.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pointsledger.decisions.drafts import shown
from pointsledger.decisions.state import State
from pointsledger.errors import LimitReached, ResidentRequired
from pointsledger.rules import caps
from pointsledger.rules.activities import Activity
from pointsledger.rules.caps import Cut, Used
from pointsledger.rules.limits import CATEGORY, PER_DEED, Limit, scope_in_words
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.records import Record
from pointsledger.values.rows import Usage


class Limited(NamedTuple):
    """What is left of a deed: what is granted, what it would be but for the spans, and what each limit took off."""

    granted: int
    at_once: int
    cuts: tuple[Cut, ...]


def limited(
    state: State,
    book: RuleBook,
    activity: Activity,
    deed: caps.CountedDeed,
    requested: int,
    *,
    times: int,
    usage: Used | None = None,
) -> Limited:
    """Return how much of ``requested`` every limit on a deed lets through, asked for ``times`` times at once (S-24).

    ``usage`` tells what was used, if that is to be other than what the book has: for a correction, or a rehearsal.

    Raises:
        ResidentRequired: if a limit is by resident and the deed names none.
        LimitReached: if one of mode ``reject`` has no room for all of it.

    """
    limits = book.limits_on(activity.code, activity.category)
    if not limits:
        return Limited(requested, requested, ())
    check_resident(book, activity, deed.account, named=bool(deed.resident))
    if usage is None:
        counted = state.counters(deed.activity, deed.level, deed.category)
        state.hold_all(Usage, {caps.usage_key(one, deed, state.calendar) for one in counted})
    granted = at_once = requested
    cuts = []
    for limit in limits:
        used = _used(state, limit, deed, usage)
        let_through = min(granted, caps.granted(limit, used, at_once, times))
        if let_through < granted and limit.mode == "reject":
            raise _reached(state, book, activity, limit, used)
        if let_through < granted:
            cuts.append(Cut(limit, granted - let_through))
        granted = let_through
        at_once = granted if limit.per == PER_DEED else at_once
    return Limited(granted, at_once, tuple(cuts))


def check_resident(book: RuleBook, activity: Activity, account: str, *, named: bool) -> None:
    """See that a member is ``named`` where a limit on an activity goes by resident.

    Raises:
        ResidentRequired: if none is.

    """
    if not named and any(limit.by == "resident" for limit in book.limits_on(activity.code, activity.category)):
        raise ResidentRequired(activity=activity.code, activity_name=activity.name, account=account)


def counted_deed(said: Any, on: str, category: str) -> caps.CountedDeed:  # noqa: ANN401 - a body's said
    """Return what limits need to know of a deed."""
    level, resident = said.get("level", ""), said.get("resident", "")
    return caps.CountedDeed(said["activity"], level, said["account"], resident, on, category)


def counts_of(record: Record) -> caps.Grant:
    """Return what an award or a base takes of the limits: a base is points, and no time that something is done."""
    said, decided = record.said, record.decided
    if "base" in said:
        return caps.Grant(caps.base_deed(said["account"], record.on), decided["granted"], 0)
    deed = counted_deed(said, record.on, decided["category"])
    return caps.Grant(deed, decided["granted"], decided.get("times", 1))


def counted(state: State, grant: caps.Grant) -> list[Usage]:
    """Return the usage rows after a grant, or after it was taken back, of all that any rule book counts of it."""
    counters = state.counters(grant.deed.activity, grant.deed.level, grant.deed.category)
    used: Used = lambda key: state.get(Usage, key)  # noqa: E731 - its type is its docstring
    return list(caps.add(counters, grant, village=state.village, calendar=state.calendar, used=used))


def _used(state: State, limit: Limit, deed: caps.CountedDeed, usage: Used | None) -> Usage | None:
    if limit.per == PER_DEED:
        return None
    key = caps.usage_key(caps.counter(limit, deed.activity, deed.level), deed, state.calendar)
    return state.get(Usage, key) if usage is None else usage(key)


def _reached(state: State, book: RuleBook, activity: Activity, limit: Limit, used: Usage | None) -> LimitReached:
    in_points = limit.points is not None
    most = shown(state, limit.points or 0) if in_points else limit.times
    told = {
        "activity": activity.code,
        "activity_name": activity.name,
        "limit": most,
        "unit": ("point" if in_points else "time") + ("" if most == 1 else "s"),
        "used": shown(state, used.points if used else 0) if in_points else (used.times if used else 0),
        "per": limit.per,
    }
    if limit.of:
        category = limit.of.removeprefix(CATEGORY)
        scope = scope_in_words(limit.of, dict(book.categories).get(category, category), with_base=limit.with_base)
        told |= {"scope": scope.en, "scope_zh": scope.zh}
    return LimitReached(**told)
