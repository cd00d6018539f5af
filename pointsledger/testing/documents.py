"""Strategies for the two documents of a village: rule books and price lists, each one that the library takes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TypeVar

from hypothesis import strategies as st

from pointsledger.rules.activities import SIGNS, UNITS, Activity, Level
from pointsledger.rules.base_grants import BASE_SPANS, BaseGrant
from pointsledger.rules.catalog import Item, PriceList
from pointsledger.rules.documents import Mandate
from pointsledger.rules.limits import ALL, CATEGORY, CEILING, LIMIT_MODES, LIMIT_SCOPES, LIMIT_SPANS, Limit
from pointsledger.rules.multipliers import FACTOR_DECIMALS, Multiplier
from pointsledger.rules.named import Named, lookup_key
from pointsledger.rules.rulebook import RuleBook
from pointsledger.testing.figures import LAST_DAY, days
from pointsledger.testing.shops import allowances, funds, liabilities, redemption_rules, shops
from pointsledger.values.points import scaled

N = TypeVar("N", bound=Named)

_CATEGORIES = (("cleanup", "环境整治"), ("volunteering", "志愿服务"), ("model-household", "文明户"))
_DEEDS = ("庭院整洁", "义务巡逻", "植树（棵）", "参加村民会议", "孝老爱亲", "Ｎo．1 清扫", "垃圾分类", "政策宣讲")
_GOODS = ("肥皂", "毛巾", "大米（5 kg）", "食用油", "理发", "洗衣粉", "Soap bar")
_RUNGS = ("国家级", "省级", "市级", "县级", "乡镇级", "村级")
_LARGEST_REWARD = 10_000
_LARGEST_BASE = 100
_MOST_PIECES = 6
_codes = st.sampled_from(["yard-clean", "tidy", "a", "a.b", "a_b", "0", "z" * 64]) | st.builds(
    "{}{}".format, st.sampled_from("abz09"), st.text("abz09._-", max_size=3)
)


def rulebooks(
    decimals: int = 0, *, first_day: st.SearchStrategy[str] | None = None, most: int = 4
) -> st.SearchStrategy[RuleBook]:
    """Draw rule books of up to ``most`` activities, as ``Ledger.create`` and ``adopt_rules`` take them.

    All units, signs, limits and ladders come, and rules of redeeming; so do codes and names that differ in little.
    ``decimals`` are the village's places; ``first_day`` draws the day from which the book governs.
    """
    return _rulebooks(decimals, first_day or days(), most)


@st.composite
def _rulebooks(draw: st.DrawFn, decimals: int, first_days: st.SearchStrategy[str], most: int) -> RuleBook:
    activities = draw(_different(_activities(decimals), most))
    declared, bases = draw(st.booleans()), draw(_bases(decimals))
    first_day, retroactive, mandate = draw(_headings(first_days))
    return RuleBook(
        name=draw(st.sampled_from(["柳湾村积分细则", "Rules 2025"])),
        first_day=first_day,
        retroactive=retroactive,
        mandate=mandate,
        arrears="allow",
        categories=_CATEGORIES if declared else (),
        activities=MappingProxyType({activity.code: activity for activity in activities}),
        caps=draw(_caps(activities)),
        ceilings=draw(_ceilings(activities)),
        multipliers=draw(_multipliers(activities)),
        bases=bases,
        redemption=draw(redemption_rules(bases, 10**decimals, _LARGEST_REWARD)),
        funds=draw(funds()),
        liability=draw(liabilities()),
    )


def pricelists(
    decimals: int = 0, *, first_day: st.SearchStrategy[str] | None = None, most: int = 4
) -> st.SearchStrategy[PriceList]:
    """Draw price lists of up to ``most`` goods and services, and of shops; the arguments are those of ``rulebooks``."""
    return _pricelists(decimals, first_day or days(), most)


@st.composite
def _pricelists(draw: st.DrawFn, decimals: int, first_days: st.SearchStrategy[str], most: int) -> PriceList:
    items = draw(_different(_items(decimals), most))
    first_day, retroactive, mandate = draw(_headings(first_days))
    return PriceList(
        name=draw(st.sampled_from(["柳湾村价目表", "Prices 2025"])),
        first_day=first_day,
        retroactive=retroactive,
        mandate=mandate,
        items=MappingProxyType({item.code: item for item in items}),
        named_shops=draw(shops([item.code for item in items])),
    )


def _different(things: st.SearchStrategy[N], most: int) -> st.SearchStrategy[list[N]]:
    """Draw one thing or more of which no code or name finds two."""

    def alone(drawn: list[N]) -> list[N]:
        taken: set[str] = set()
        kept = []
        for thing in drawn:
            keys = {lookup_key(thing.code), lookup_key(thing.name)}
            if not keys & taken:
                kept.append(thing)
                taken |= keys
        return kept

    return st.lists(things, min_size=1, max_size=most).map(alone)


@st.composite
def _headings(draw: st.DrawFn, first_days: st.SearchStrategy[str]) -> tuple[str, bool, Mandate]:
    """Draw a first day, whether the document reaches back behind its decision, and the decision."""
    first_day = draw(first_days)
    retroactive = draw(st.booleans())
    decided_on = draw(days(first_day, max(first_day, LAST_DAY)) if retroactive else days("2025-07-01", first_day))
    present = draw(st.integers(1, 400))
    filing_number = draw(st.none() | st.just("柳政备〔2025〕7 号"))
    return first_day, retroactive, Mandate(decided_on, present, draw(st.integers(0, present)), filing_number)


def _rewards(decimals: int) -> st.SearchStrategy[int]:
    """Draw what one deed is worth in the smallest unit: seldom much, and with decimals seldom whole points."""
    return st.integers(1, 30) | st.sampled_from([10**decimals, 10 * 10**decimals, _LARGEST_REWARD])


@st.composite
def _activities(draw: st.DrawFn, decimals: int) -> Activity:
    per = draw(st.sampled_from(UNITS))
    levels = draw(_ladders(decimals)) if per == "level" else ()
    points = None if levels else draw(_rewards(decimals))
    return Activity(
        code=draw(_codes),
        name=draw(st.sampled_from(_DEEDS)),
        category=draw(st.sampled_from([code for code, _ in _CATEGORIES])),
        points=points,
        per=per,
        sign=draw(st.sampled_from(SIGNS)),
        text=draw(st.none() | st.just("每月由村民小组检查一次。\n当天公示。")),
        source=draw(st.none() | st.just("县积分制实施办法")),
        limits=draw(_several(points or max(level.points for level in levels))),
        levels=levels,
    )


def _ladders(decimals: int) -> st.SearchStrategy[tuple[Level, ...]]:
    rung = st.builds(Level, _codes, st.sampled_from(_RUNGS), _rewards(decimals))
    return _different(rung, 4).map(tuple)


def _several(one: int) -> st.SearchStrategy[tuple[Limit, ...]]:
    """Draw no limit, one, or two that do not count the same, each of which lets through what ``one`` deed is worth."""

    def apart(limits: list[Limit]) -> tuple[Limit, ...]:
        counted = {(limit.times is None, limit.per, limit.by): limit for limit in limits}
        return tuple(counted.values())

    return (
        st.sampled_from([0, 1, 1, 2])
        .flatmap(lambda size: st.lists(_limits(one), min_size=size, max_size=size))
        .map(apart)
    )


def _most(activities: list[Activity]) -> int:
    """Return what the dearest deed is worth that can be awarded."""
    worth = [one.points or max(level.points for level in one.levels) for one in activities if one.sign != "minus"]
    return max(worth, default=1)


def _caps(activities: list[Activity]) -> st.SearchStrategy[tuple[Limit, ...]]:
    """Draw limits on everything or on a category; none by resident, which would ask a member of every deed."""
    categories = sorted({activity.category for activity in activities})
    most = _most(activities)
    cap = st.builds(
        Limit,
        points=st.integers(most, 8 * most),
        times=st.none(),
        per=st.sampled_from(LIMIT_SPANS),
        by=st.sampled_from(["household", "village"]),
        mode=st.sampled_from(LIMIT_MODES),
        of=st.sampled_from([ALL, *(CATEGORY + category for category in categories)]),
    )
    return st.none().map(lambda _: ()) | cap.map(lambda one: (one,))


def _ceilings(activities: list[Activity]) -> st.SearchStrategy[tuple[Limit, ...]]:
    """Draw what the whole programme may grant, base points included or not; much more than any base."""
    most = max(_most(activities), 100 * _LARGEST_BASE)
    ceiling = st.builds(
        Limit,
        points=st.integers(most, 8 * most),
        times=st.none(),
        per=st.sampled_from(["month", "year"]),
        by=st.sampled_from(["household", "village"]),
        mode=st.just("partial"),
        of=st.just(CEILING),
        with_base=st.booleans(),
    )
    return st.none().map(lambda _: ()) | ceiling.map(lambda one: (one,))


def _multipliers(activities: list[Activity]) -> st.SearchStrategy[tuple[Multiplier, ...]]:
    """Draw a multiplier or none; it never makes nothing of a deed."""
    scopes = [ALL, *sorted({CATEGORY + activity.category for activity in activities})]
    factors = st.sampled_from(["1.5", "2", "1.0001"]).map(lambda factor: scaled(factor, FACTOR_DECIMALS))
    one = st.builds(Multiplier, st.sampled_from(scopes), factors)
    return st.none().map(lambda _: ()) | one.map(lambda drawn: (drawn,))


def _bases(decimals: int) -> st.SearchStrategy[tuple[BaseGrant, ...]]:
    """Draw a base or none; a floor comes once, since no points of these books ever lapse."""
    points = st.integers(1, _LARGEST_BASE) | st.just(10**decimals)
    floor = st.builds(BaseGrant, st.just("floor"), st.just("保底分"), points, st.just("ever"), st.just(True))  # noqa: FBT003 - a field
    base = st.builds(BaseGrant, st.just("base"), st.just("基础分"), points, st.sampled_from(BASE_SPANS))
    return st.none().map(lambda _: ()) | (floor | base).map(lambda drawn: (drawn,))


@st.composite
def _limits(draw: st.DrawFn, one: int) -> Limit:
    """Draw limits that let through at least what ``one`` deed is worth."""
    points = draw(st.none() | st.just(one) | st.integers(one, 4 * one))
    return Limit(
        points=points,
        times=draw(st.integers(1, 4)) if points is None else None,
        per=draw(st.sampled_from(LIMIT_SPANS)),
        by=draw(st.sampled_from(LIMIT_SCOPES)),
        mode=draw(st.sampled_from(LIMIT_MODES)),
    )


@st.composite
def _items(draw: st.DrawFn, decimals: int) -> Item:
    return Item(
        code=draw(_codes),
        name=draw(st.sampled_from(_GOODS)),
        unit=draw(st.none() | st.sampled_from(["块", "袋", "次"])),
        points=draw(_rewards(decimals)),
        stocked=draw(st.booleans()),
        source=draw(st.none() | st.just("县积分制实施办法")),
        limit=draw(allowances("pieces", 1, _MOST_PIECES)),
    )
