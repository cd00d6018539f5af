"""Permitting: whether a shop may give a household what it asks for, by the rule book and the price list of the day.

All of it is judged on the civil day of recording, never on the day that an act names; what was handed over already is
not asked for any more, and is not judged at all.

What an allowance has used stands in ``Usage``, month by month of the village, whether a rule book limits it or not: a
later one finds what was redeemed before it. A quarter, half-year or year is the sum of its months. An act counts in the
month it is judged in, so that naming an earlier day finds no room that is used up; what was handed over already counts
in the month of its own day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pointsledger.decisions.drafts import shown
from pointsledger.decisions.shops import pause_on, shop_on
from pointsledger.decisions.state import State
from pointsledger.errors import (
    BelowMinimum,
    CollectorNotAllowed,
    ItemLimit,
    NotAtThisShop,
    NotMultiple,
    NotRedemptionDay,
    RedemptionLimit,
    RuleSilent,
    ShopPaused,
)
from pointsledger.rules.allowance import Allowance
from pointsledger.rules.redemption import UNRESTRICTED, RedemptionRules
from pointsledger.values.calendar import day_after, months_in
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Resident, Usage
from pointsledger.values.words import Words

REDEMPTIONS = "~redeem"
ITEM = "~item:"
"""What redemptions, and the pieces of an item, are counted as in ``Usage``: no activity has such a code."""

_ALLOWED = {
    "self": Words("the head of the household", "户主本人"),
    "household": Words("members of the household", "本户成员"),
}


class _Used(NamedTuple):
    points: int
    times: int


def rules_on(state: State, day: str) -> tuple[RedemptionRules, str]:
    """Return what the rule book in force on a day says of redeeming, and its first day; nothing if there is none."""
    try:
        book = state.rulebook(day)[1]
    except RuleSilent:  # points of a paper book can be redeemed before any rule is adopted
        return UNRESTRICTED, day
    return book.redemption, book.first_day


def check_permitted(
    state: State,
    account: str,
    *,
    shop: str,
    items: Mapping[str, int],
    points: int,
    day: str,
    collector: str = "",
    handing_over: bool = True,
) -> None:
    """See that a household may redeem, or reserve, ``items`` (their pieces by code) for ``points`` in all at a shop.

    ``handing_over`` says that they leave the shop with this act, which ``collector`` takes as in ``check_collecting``;
    a reservation can be made on any day, and by anybody.

    Raises:
        UnknownShop, ShopPaused, NotAtThisShop: about the shop.
        NotRedemptionDay, CollectorNotAllowed: as ``check_collecting``.
        BelowMinimum, NotMultiple, RedemptionLimit, ItemLimit: as the rules say.

    """
    _check_shop(state, shop, items, day)
    if handing_over:
        check_collecting(state, account, shop=shop, day=day, collector=collector)
    rules, _ = rules_on(state, day)
    held = state.balance(account, POINTS)
    balance = held.balance - held.pending
    if rules.minimum_balance is not None and balance < rules.minimum_balance:
        raise BelowMinimum(account=account, balance=shown(state, balance), minimum=shown(state, rules.minimum_balance))
    if rules.multiple_of is not None and points % rules.multiple_of:
        raise NotMultiple(points=shown(state, points), multiple=shown(state, rules.multiple_of))
    _check_allowances(state, account, rules, points, day)
    _check_items(state, account, items, day)


def check_collecting(state: State, account: str, *, shop: str, day: str, collector: str = "") -> None:
    """See that goods may be handed over at a shop on a day, to whoever collects them for a household.

    ``collector`` is nothing where the head of the household came, or where nobody is named; a member's id; or anything
    else for somebody from outside.

    Raises:
        ShopPaused: if the shop is paused.
        NotRedemptionDay: with the next day that is one.
        CollectorNotAllowed: if the rule book does not let that person collect.

    """
    pause = pause_on(state, shop, day)
    if pause is not None:
        raise ShopPaused(shop=shop, seq=pause.seq, until=pause.last_day)
    rules, first_day = rules_on(state, day)
    next_day = rules.next_day(day, first_day)
    if next_day != day:
        raise NotRedemptionDay(on=day, next_day=next_day)
    if collector and rules.collect != "proxy":
        member = state.get(Resident, (collector,))
        if rules.collect == "self" or member is None or member.account != account:
            allowed = _ALLOWED[rules.collect]
            raise CollectorNotAllowed(account=account, allowed=allowed.en, allowed_zh=allowed.zh)


def counted_redemption(
    state: State, account: str, items: Mapping[str, int], points: int, day: str, *, sign: int, times: int = 1
) -> list[Usage]:
    """Return the usage rows once a redemption is counted (``sign`` 1), or what of it came to nothing counted back (-1).

    ``day`` is its ``counting_day``. What is refunded gives back its points and the pieces of ``items``; its one time
    only once nothing of it is left, else ``times`` is 0.
    """
    span = state.calendar.month_of(day)
    counts = [(REDEMPTIONS, points, times), *((ITEM + item, 0, pieces) for item, pieces in items.items())]
    found = []
    for counted, of_points, of_times in counts:
        used = state.get(Usage, (counted, account, span)) or Usage(state.village, counted, account, span, 0, 0)
        found.append(used._replace(points=used.points + sign * of_points, times=used.times + sign * of_times))
    return found


def counting_day(state: State, record: Record) -> str:
    """Return the day on which a redemption or reservation counts for allowances.

    That is the one on which it was recorded and judged, or its own if it was handed over already.
    """
    if "handed_over" in record.said:
        return record.on
    return state.calendar.day_of_instant(record.recorded_at)


def counted_back(state: State, record: Record, account: str) -> list[Usage]:
    """Return the usage rows once all of what a redemption or reservation ``record`` began has come to nothing."""
    points, day = record.decided["points"], counting_day(state, record)
    return counted_redemption(state, account, pieces_of(record), points, day, sign=-1)


def pieces_of(record: Record) -> dict[str, int]:
    """Return the pieces of each item of a redemption or reservation, by its code."""
    return {line["item"]: line["pieces"] for line in record.said["items"]}


def _check_shop(state: State, code: str, items: Mapping[str, int], day: str) -> None:
    shop = shop_on(state, code, day)
    pause = pause_on(state, code, day)
    if pause is not None:
        raise ShopPaused(shop=code, seq=pause.seq, until=pause.last_day)
    for item in items:
        if not shop.gives(item):
            others = [other.code for other in state.price_list(day)[1].shops if other.gives(item)]
            raise NotAtThisShop(item=item, shop=code, shops=", ".join(others))


def _check_allowances(state: State, account: str, rules: RedemptionRules, points: int, day: str) -> None:
    times = rules.times_per
    if times is not None:
        used = _used(state, account, REDEMPTIONS, day, times)
        if used.times >= times.most:
            raise RedemptionLimit(
                account=account,
                measure="times",
                limit=times.most,
                used=used.times,
                required=1,
                per=times.per,
                next_day=_next_span(state, day, times),
            )
    most = rules.points_per
    if most is not None:
        used = _used(state, account, REDEMPTIONS, day, most)
        if used.points + points > most.most:
            raise RedemptionLimit(
                account=account,
                measure="points",
                limit=shown(state, most.most),
                used=shown(state, used.points),
                required=shown(state, points),
                per=most.per,
                next_day=_next_span(state, day, most),
            )


def _check_items(state: State, account: str, items: Mapping[str, int], day: str) -> None:
    listed = state.price_list(day)[1].items
    for code, pieces in items.items():
        limit = listed[code].limit if code in listed else None
        if limit is None:
            continue
        used = _used(state, account, ITEM + code, day, limit).times
        if used + pieces > limit.most:
            raise ItemLimit(
                account=account,
                item=code,
                limit=limit.most,
                used=used,
                required=pieces,
                per=limit.per,
                next_day=_next_span(state, day, limit),
            )


def _used(state: State, account: str, counted: str, day: str, allowance: Allowance) -> _Used:
    months = months_in(state.calendar.window(day, allowance.per))
    found = [used for month in months if (used := state.get(Usage, (counted, account, month))) is not None]
    return _Used(sum(used.points for used in found), sum(used.times for used in found))


def _next_span(state: State, day: str, allowance: Allowance) -> str:
    return day_after(state.calendar.bounds(state.calendar.window(day, allowance.per))[1])
