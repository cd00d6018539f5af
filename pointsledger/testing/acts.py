"""Strategies for what happens in a village: deeds, breaches, redemptions, intakes, and villages as a whole."""

from __future__ import annotations

from datetime import date
from typing import NotRequired, TypedDict

from hypothesis import strategies as st

from pointsledger.rules.activities import Activity
from pointsledger.rules.chart import MAIN
from pointsledger.rules.named import Named, lookup_key
from pointsledger.rules.shop import Shop
from pointsledger.testing.documents import pricelists, rulebooks
from pointsledger.testing.figures import FIRST_DAY, LAST_DAY, amounts, days, operators, remarks
from pointsledger.testing.people import households
from pointsledger.testing.village import SMALL_VILLAGE, Enrolment, Village
from pointsledger.values.calendar import Calendar, Day
from pointsledger.values.points import QUANTITY_DECIMALS, Amount

_WHOLE = 10**QUANTITY_DECIMALS
_MOST_DONE = 20


class Deed(TypedDict):
    """What ``award`` and ``deduct`` are told."""

    household: str
    activity: str
    quantity: NotRequired[Amount]
    level: NotRequired[str]
    member: NotRequired[str]
    on: Day
    remark: NotRequired[str]
    approved_by: NotRequired[list[str]]


class Redemption(TypedDict):
    """What ``redeem`` is told."""

    household: str
    items: dict[str, Amount]
    shop: NotRequired[str]
    on: NotRequired[Day]
    remark: NotRequired[str]


class Intake(TypedDict):
    """What ``stock_in`` is told."""

    item: str
    pieces: Amount
    shop: NotRequired[str]
    unit_cost_fen: int
    source: str
    on: NotRequired[Day]


def deeds(village: Village = SMALL_VILLAGE, *, until: str = LAST_DAY) -> st.SearchStrategy[Deed]:
    """Draw deeds of a village, each as the arguments of ``award``: ``ledger.award(**deed, by="clerk:1")``.

    Each is one that its rule book knows, from the first day on that the rules are in force to ``until``, written in any
    of the ways that are taken. Only a limit can refuse one. A village whose book awards nothing has none to draw.
    """
    return _deeds(village, "plus", until)


def breaches(village: Village = SMALL_VILLAGE, *, until: str = LAST_DAY) -> st.SearchStrategy[Deed]:
    """Draw breaches, each as the arguments of ``deduct``; otherwise as ``deeds``."""
    return _deeds(village, "minus", until)


def _deeds(village: Village, sign: str, until: str) -> st.SearchStrategy[Deed]:
    fitting = [activity for activity in village.rulebook.activities.values() if activity.sign in {sign, "both"}]
    if not fitting or village.first_day > until:
        return st.nothing()
    return _deeds_of(village, fitting, until)


@st.composite
def _deeds_of(draw: st.DrawFn, village: Village, activities: list[Activity], until: str) -> Deed:
    activity = draw(st.sampled_from(activities))
    enrolment = draw(st.sampled_from(village.households))
    deed: Deed = {
        "household": enrolment["household"],
        "activity": draw(_written(activity)),
        "on": draw(_days_written(village.first_day, until)),
    }
    if activity.levels:
        deed["level"] = draw(st.sampled_from(activity.levels).flatmap(_written))
    elif draw(st.booleans()):
        deed["quantity"] = draw(_quantities(activity))
    if draw(st.booleans()) or (any(limit.by == "resident" for limit in activity.limits)):
        deed["member"] = draw(members(enrolment))
    if draw(st.booleans()):
        deed["remark"] = draw(remarks())
    if approvers := draw(st.lists(operators(), max_size=2)):
        deed["approved_by"] = approvers
    return deed


def _written(thing: Named) -> st.SearchStrategy[str]:
    """Draw ways to write a code or name: as it is, in capitals, with spaces around it."""
    return st.sampled_from([thing.code, thing.name, thing.code.upper(), f" {thing.name}　"])


def _days_written(first: str, last: str) -> st.SearchStrategy[Day]:
    """Draw days as texts, as dates, and as instants of that day in the village."""
    noon = Calendar().instant
    return days(first, last).flatmap(lambda day: st.sampled_from([day, date.fromisoformat(day), noon(f"{day}T12:00")]))


def _quantities(activity: Activity) -> st.SearchStrategy[Amount]:
    """Draw how often a deed was done; a part of an hour is worth a point at least."""
    if activity.per != "hour":
        return amounts(most=_MOST_DONE)
    return amounts(least=-(-_WHOLE // (activity.points or 1)), most=_MOST_DONE * _WHOLE, decimals=QUANTITY_DECIMALS)


def members(enrolment: Enrolment) -> st.SearchStrategy[str]:
    """Draw who of a household it was, by code, or by name where only one bears it."""
    everybody = [enrolment["head"], *enrolment.get("members", [])]
    keys = [lookup_key(name) for name in everybody]
    codes = [f"{enrolment['household']}/{number}" for number in range(1, len(everybody) + 1)]
    return st.sampled_from([*codes, *(name for name in everybody if keys.count(lookup_key(name)) == 1)])


@st.composite
def _redemptions(draw: st.DrawFn, village: Village, until: str) -> Redemption:
    shop = draw(st.sampled_from(village.prices.shops))
    there = [item for item in village.prices.items.values() if shop.gives(item.code)]
    chosen = draw(st.lists(st.sampled_from(there), min_size=1, max_size=3, unique=True))
    drawn: Redemption = {
        "household": draw(st.sampled_from(village.households))["household"],
        "items": {draw(_written(item)): draw(amounts(most=3)) for item in chosen},
    }
    if shop.code != MAIN:
        drawn["shop"] = draw(_written(shop))
    if draw(st.booleans()):
        drawn["on"] = draw(_days_written(village.first_day, until))
    if draw(st.booleans()):
        drawn["remark"] = draw(remarks())
    return drawn


def redemptions(village: Village = SMALL_VILLAGE, *, until: str = LAST_DAY) -> st.SearchStrategy[Redemption]:
    """Draw redemptions, each as the arguments of ``redeem``; points, stock and rules may refuse one."""
    return _redemptions(village, until)


@st.composite
def _intakes(draw: st.DrawFn, items: list[str], shops: list[Shop]) -> Intake:
    drawn: Intake = {
        "item": draw(st.sampled_from(items)),
        "pieces": draw(amounts(most=50)),
        "unit_cost_fen": draw(st.integers(0, 10_000)),
        "source": draw(st.sampled_from(["bought", "donated"])),
    }
    shop = draw(st.sampled_from(shops))
    if shop.code != MAIN:
        drawn["shop"] = draw(_written(shop))
    return drawn


def intakes(village: Village = SMALL_VILLAGE) -> st.SearchStrategy[Intake]:
    """Draw intakes, each as the arguments of ``stock_in``; a village that has services alone has none to draw."""
    items = [item.code for item in village.prices.items.values() if item.stocked]
    return _intakes(items, [*village.prices.shops]) if items else st.nothing()


@st.composite
def villages(draw: st.DrawFn, code: str = "liuwan") -> Village:
    """Draw villages: any rules and prices, zero to two decimal places, civil months or a cut-off day.

    ``village.begin()`` makes the book of one; ``temporary_ledger(village)`` does it for a block.
    """
    decimals, cut_off_day = draw(st.integers(0, 2)), draw(st.just(0) | st.integers(1, 28))
    rules = draw(rulebooks(decimals))
    enrolments = draw(st.lists(households(), min_size=1, max_size=4, unique_by=lambda each: each["household"]))
    earliest = draw(st.sampled_from([FIRST_DAY, rules.first_day, LAST_DAY]))
    return Village(
        code=code,
        rulebook=rules,
        prices=draw(pricelists(decimals)),
        households=tuple(enrolments),
        first_period=Calendar(cut_off_day=cut_off_day).month_of(earliest),
        decimals=decimals,
        cut_off_day=cut_off_day,
    )
