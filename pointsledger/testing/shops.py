"""Strategies for what the documents say of the shop: rules of redeeming, shops, funds, and the cost of a point."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from pointsledger.rules.allowance import SPANS, Allowance
from pointsledger.rules.base_grants import BaseGrant
from pointsledger.rules.funds import BUDGET_SPANS, USES, Fund
from pointsledger.rules.liability import Liability
from pointsledger.rules.redemption import COLLECTING, ENDINGS, LONGEST_DAYS, UNRESTRICTED, RedemptionRules, smallest
from pointsledger.rules.shop import Shop

_MOST_TIMES = 4
_SHOPS = (("main", "村部超市"), ("east", "东庄超市"))
_DAYS = ((), (), (15,), (1, 15, 31))


def shops(items: Sequence[str]) -> st.SearchStrategy[tuple[Shop, ...]]:
    """Draw the shops that a price list names, of these items: none, one, or two of which one gives a part of them."""
    main, east = (Shop(*named) for named in _SHOPS)
    part = st.sampled_from(items).map(lambda item: Shop(east.code, east.name, (item,)))
    return st.sampled_from([(), (main,), (main, east)]) | part.map(lambda small: (main, small))


def allowances(measure: str, least: int, most: int) -> st.SearchStrategy[Allowance | None]:
    """Draw at most so much of a ``measure`` in a span, or no such limit."""
    return st.none() | st.builds(Allowance, st.integers(least, most), st.sampled_from(SPANS), st.just(measure))


@st.composite
def redemption_rules(draw: st.DrawFn, bases: Sequence[BaseGrant], one: int, dearest: int) -> RedemptionRules:
    """Draw a table ``[redemption]`` that fits the base points, and any price list in which an item costs ``dearest``.

    ``one`` is a point in the smallest unit.
    """
    if draw(st.booleans()):
        return UNRESTRICTED
    floor = sum(base.points for base in bases if base.floor)
    multiple = draw(st.none() | st.sampled_from([one, 5 * one]))
    least = smallest(RedemptionRules(multiple_of=multiple), dearest)
    return RedemptionRules(
        minimum_balance=draw(st.none() | st.integers(max(floor, 1), floor + 100 * one)),
        multiple_of=multiple,
        times_per=draw(allowances("times", 1, _MOST_TIMES)),
        points_per=draw(allowances("points", least, 8 * least)),
        days=draw(st.sampled_from(_DAYS)),
        collect=draw(st.sampled_from(COLLECTING)),
        reservation_days=draw(st.integers(1, LONGEST_DAYS)),
        at_end=draw(st.sampled_from(ENDINGS)),
        grace_days=draw(st.integers(1, LONGEST_DAYS)),
    )


def funds() -> st.SearchStrategy[tuple[Fund, ...]]:
    """Draw no fund, one that may be spent on anything, or one with a budget for a part of that."""
    said = (st.just("village-fund"), st.just("积分制专项资金"), st.just("购买兑换物品"))
    budgeted = st.builds(
        Fund,
        *said,
        uses=st.integers(1, len(USES)).map(lambda many: USES[:many]),
        budget_fen=st.integers(1, 10_000_000),
        per=st.sampled_from(BUDGET_SPANS),
    )
    return st.just(()) | (st.builds(Fund, *said) | budgeted).map(lambda fund: (fund,))


def liabilities() -> st.SearchStrategy[Liability | None]:
    """Draw what a point costs, from a tenth of a fen on, and when to warn; or nothing of it."""
    return st.none() | st.builds(Liability, st.integers(1, 100_000), st.integers(1, 200))
