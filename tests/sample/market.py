"""The sample's shop: what households brought along from the paper book, and what they fetched on two market days."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from tests.sample.rules import FRONTAGE, ITEMS, MEETING, VOLUNTEERING, YARD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sample.chance import Dice
    from tests.sample.deeds import Deed
    from tests.sample.households import Household
    from tests.sample.rules import Item

MARKET_DAYS = (("2025-10-15", 52), ("2025-10-25", 57))
CAPPED_AT = 20
"""What the yard check gives a household, and volunteering a resident, at most in a month."""
CHEAP = 5


class Redemption(NamedTuple):
    """One line of the market days' list."""

    day: str
    household: str
    item: Item
    pieces: int


def make_openings(households: list[Household], dice: Dice) -> dict[str, int]:
    """Return the points in the old paper book, for about half of the households, by code."""
    return {
        household.code: int(dice.spread(4, 30) + dice.spread(0, 50) * household.keen)
        for household in households
        if dice.chance(0.5)
    }


def points_of(deed: Deed) -> int:
    """Return what a deed is worth before any limit; negative for a deduction."""
    ladder = {name: points for _, name, points in deed.activity.levels}
    each = ladder[deed.level] if ladder else deed.activity.points
    return int(each * float(deed.quantity or 1)) * (-1 if deed.sign == "扣分" else 1)


def earned(deeds: Iterable[Deed]) -> Counter[str]:
    """Return what each household earned by a month's deeds, limits applied and deductions taken off."""
    used, totals = Counter[tuple[str, str]](), Counter[str]()
    for deed in deeds:
        points = points_of(deed)
        if deed.activity in {YARD, VOLUNTEERING}:
            holder = (deed.household.code, deed.name if deed.activity is VOLUNTEERING else "")
            points = min(points, CAPPED_AT - used[holder])
            used[holder] += points
        totals[deed.household.code] += points
    return totals


def budgets(openings: dict[str, int], september: list[Deed], october: list[Deed]) -> dict[str, int]:
    """Return what each household can surely spend in October: nothing that it earns in October itself."""
    spendable = Counter(openings) + earned(september)
    for deed in october:
        if deed.activity in {FRONTAGE, MEETING}:
            spendable[deed.household.code] += min(0, points_of(deed))
    return {code: max(0, points) for code, points in sorted(spendable.items())}


def make_redemptions(spendable: dict[str, int], dice: Dice) -> list[Redemption]:
    """Return the market days' redemptions, in the order of the queue; never more than points or shelf allow."""
    left = dict(spendable)
    shelf = {item.code: item.pieces or len(spendable) for item in ITEMS}
    redemptions = []
    for day, customers in MARKET_DAYS:
        queue = [code for code in dice.some(list(left), len(left)) if left[code] >= CHEAP and dice.chance(0.8)]
        for code in queue[:customers]:
            taken: list[str] = []
            for _ in range(dice.weighed(((13, 1), (6, 2), (1, 3)))):
                choice = [
                    (item.liking, item)
                    for item in ITEMS
                    if item.code not in taken and item.points <= left[code] and shelf[item.code]
                ]
                if choice:
                    item = dice.weighed(choice)
                    pieces = _pieces(item, min(shelf[item.code], left[code] // item.points), dice)
                    taken.append(item.code)
                    shelf[item.code] -= pieces
                    left[code] -= pieces * item.points
                    redemptions.append(Redemption(day, code, item, pieces))
    return redemptions


def _pieces(item: Item, most: int, dice: Dice) -> int:
    wanted = dice.weighed(((6, 1), (3, 2), (1, 3))) if item.points <= 2 * CHEAP and item.pieces else 1
    return min(wanted, most)
