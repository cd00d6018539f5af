"""Permitting: what a shop may give, to whom and on which day, asked of a book that stands still."""

from __future__ import annotations

from typing import Any

import pytest

from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.permitting import (
    check_collecting,
    check_permitted,
    counted_redemption,
    counting_day,
    pieces_of,
    rules_on,
)
from pointsledger.decisions.state import State
from pointsledger.errors import (
    BelowMinimum,
    CollectorNotAllowed,
    ItemLimit,
    NotAtThisShop,
    NotRedemptionDay,
    PointsLedgerError,
    RedemptionLimit,
    ShopPaused,
)
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.redemption import UNRESTRICTED
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values import rows
from pointsledger.values.canonical import canonical
from pointsledger.values.records import Record

HEADING = """\
format = 1
name = "南峪村"
first_day = 2026-01-01
mandate = { decided_on = 2025-12-20, present = 46, votes_for = 44 }
"""
GOODS = """\
[[item]]
code = "bag"
name = "垃圾袋"
points = 1
limit = { pieces = 3, per = "quarter" }
[[item]]
code = "oil"
name = "食用油"
points = 50
[[shop]]
code = "main"
name = "村部超市"
[[shop]]
code = "east"
name = "东庄超市"
items = ["bag"]
"""
HOUSEHOLD, OTHER = "h-000000000001", "h-000000000002"
WIFE, NEIGHBOUR = "r-000000000001", "r-000000000002"
DAY = "2026-02-10"


class Nothing:
    """A source that has nothing beyond what was put into the working set."""

    def fetch(self, _kind: type, _key: tuple[Any, ...]) -> None:
        """Return nothing."""

    def family(self, _kind: type, _key: object) -> list[Any]:
        """Return nothing."""
        return []


def book(redemption: str = "", *, cut_off_day: int = 0, balance: int = 100) -> State:
    """Return a book under such a table ``[redemption]``, with a household of two and some points."""
    source: Any = Nothing()
    state = State("v", source)
    state.put(rows.Village("v", "Asia/Shanghai", 0, cut_off_day, "2026-01", 9, b"", b"", ""))
    rules = RuleBook.from_toml(f"{HEADING}[redemption]\n{redemption}\n", file="rules", decimals=0)
    prices = PriceList.from_toml(HEADING + GOODS, file="prices", decimals=0)
    for document, value in ((RULEBOOK, rules), (PRICES, prices)):
        said = canonical(value.to_said()).decode()
        state.put(rows.Edition("v", document, 1, "2026-01-01", 2, "", said))
    state.put(rows.Balance("v", HOUSEHOLD, "points", balance, 0, 0, 0))
    state.put(rows.Resident("v", WIFE, HOUSEHOLD, ""))
    state.put(rows.Resident("v", NEIGHBOUR, OTHER, ""))
    return state


def asked(state: State, day: str = DAY, **asked_for: Any) -> None:  # noqa: ANN401 - what check_permitted takes
    """Ask for a bag at the main shop, or for what is said otherwise."""
    wanted: dict[str, Any] = {"shop": "main", "items": {"bag": 1}, "points": 1, "day": day} | asked_for
    check_permitted(state, HOUSEHOLD, **wanted)


def used(state: State, day: str, pieces: int, points: int = 0, *, sign: int = 1, times: int = 1) -> None:
    """Count a redemption of so many bags on a day."""
    for row in counted_redemption(state, HOUSEHOLD, {"bag": pieces}, points or pieces, day, sign=sign, times=times):
        state.put(row)


@pytest.mark.parametrize(
    ("collect", "collector", "allowed"),
    [
        ("proxy", "", True),
        ("proxy", WIFE, True),
        ("proxy", NEIGHBOUR, True),
        ("proxy", "a" * 64, True),
        ("household", "", True),
        ("household", WIFE, True),
        ("household", NEIGHBOUR, False),
        ("household", "a" * 64, False),
        ("self", "", True),
        ("self", WIFE, False),
        ("self", "a" * 64, False),
    ],
)
def test_who_may_collect(collect: str, collector: str, *, allowed: bool) -> None:
    """A proxy may be anybody, a household's own are its members, and nobody but the head is the head."""
    state = book(f'collect = "{collect}"')
    if allowed:
        asked(state, collector=collector)
        return
    with pytest.raises(CollectorNotAllowed) as caught:
        asked(state, collector=collector)
    assert HOUSEHOLD == caught.value.data["account"]
    with pytest.raises(CollectorNotAllowed):
        check_collecting(state, HOUSEHOLD, shop="main", day=DAY, collector=collector)


def test_a_reservation_can_be_made_on_any_day() -> None:
    """What is only reserved leaves the shop later: the day and who comes are judged then, the rest at once."""
    state = book('days = [15]\ncollect = "self"\nminimum_balance = 10')
    asked(state, handing_over=False, collector=NEIGHBOUR)
    with pytest.raises(NotRedemptionDay) as caught:
        check_collecting(state, HOUSEHOLD, shop="main", day=DAY)
    assert {"on": DAY, "next_day": "2026-02-15"} == caught.value.data
    check_collecting(state, HOUSEHOLD, shop="main", day="2026-02-15")
    with pytest.raises(BelowMinimum):
        asked(book("minimum_balance = 10", balance=9), handing_over=False)


def test_a_shop_gives_what_is_its_own() -> None:
    """An item that another shop gives is refused with the shops that do."""
    state = book()
    asked(state, shop="east")
    with pytest.raises(NotAtThisShop) as caught:
        asked(state, shop="east", items={"bag": 1, "oil": 1})
    assert {"item": "oil", "shop": "east", "shops": "main"} == caught.value.data


@pytest.mark.parametrize(
    ("last_day", "resumed_by", "day", "open_again"),
    [
        ("", 0, "2027-01-01", False),
        ("", 12, DAY, True),
        (DAY, 0, DAY, False),
        (DAY, 0, "2026-02-11", True),
        (DAY, 12, DAY, True),
    ],
)
def test_a_pause_holds_for_its_own_shop(last_day: str, resumed_by: int, day: str, *, open_again: bool) -> None:
    """A paused shop neither takes reservations nor hands over, until its day is over or it is resumed."""
    state = book()
    state.put(rows.Pause("v", "main", 11, last_day, resumed_by))
    asked(state, day, shop="east")
    for handing_over in (True, False):
        if open_again:
            asked(state, day, handing_over=handing_over)
            continue
        with pytest.raises(ShopPaused) as caught:
            asked(state, day, handing_over=handing_over)
        assert {"shop": "main", "seq": 11, "until": last_day} == caught.value.data
    if not open_again:
        with pytest.raises(ShopPaused):
            check_collecting(state, HOUSEHOLD, shop="main", day=day)


@pytest.mark.parametrize(
    ("per", "counts", "free_again"),
    [
        ("month", False, "2026-03-01"),
        ("quarter", True, "2026-04-01"),
        ("half", True, "2026-07-01"),
        ("year", True, "2027-01-01"),
    ],
)
def test_a_span_is_the_sum_of_its_months(per: str, free_again: str, *, counts: bool) -> None:
    """What was redeemed in an earlier month counts in the quarter, half-year and year that it lies in."""
    state = book(f'times_per = {{ times = 2, per = "{per}" }}')
    used(state, "2026-01-31", 1)
    used(state, "2025-12-31", 1)
    used(state, "2026-02-01", 1)
    if not counts:
        asked(state)
        used(state, DAY, 1)
    with pytest.raises(RedemptionLimit) as caught:
        asked(state)
    assert (2, free_again) == (caught.value.data["used"], caught.value.data["next_day"])


def test_a_month_of_the_village_ends_with_its_cut_off_day() -> None:
    """With a cut-off on the 25th, what was redeemed on the 26th of January counts in February."""
    state = book('times_per = { times = 1, per = "month" }', cut_off_day=25)
    used(state, "2026-01-26", 1)
    asked(state, "2026-01-25")
    with pytest.raises(RedemptionLimit) as caught:
        asked(state, DAY)
    assert "2026-02-26" == caught.value.data["next_day"]


def test_what_is_given_back_makes_room() -> None:
    """A refund gives back its points and pieces, and the one time only when nothing of the redemption is left."""
    state = book('times_per = { times = 1, per = "month" }\npoints_per = { points = 3, per = "month" }')
    used(state, DAY, 3)
    used(state, DAY, 1, sign=-1, times=0)
    with pytest.raises(RedemptionLimit) as caught:
        asked(state)
    assert "times" == caught.value.data["measure"]
    used(state, DAY, 2, sign=-1)
    asked(state, items={"bag": 3}, points=3)
    with pytest.raises(ItemLimit) as limited:
        asked(state, items={"bag": 4}, points=3)
    assert (3, 0, 4, "2026-04-01") == tuple(
        limited.value.data[name] for name in ("limit", "used", "required", "next_day")
    )


def test_points_that_are_pending_reach_no_threshold() -> None:
    """A threshold is of the balance, held points included, less what is not through its procedure yet."""
    state = book("minimum_balance = 70")
    state.put(rows.Balance("v", HOUSEHOLD, "points", 100, 60, 30, 0))
    asked(state)
    state.put(rows.Balance("v", HOUSEHOLD, "points", 100, 60, 31, 0))
    with pytest.raises(BelowMinimum):
        asked(state)


def test_before_any_rule_book_nothing_is_limited() -> None:
    """On a day of which no rule book speaks, points can be redeemed as they always could."""
    state = book("minimum_balance = 500")
    assert (UNRESTRICTED, "2025-12-31") == rules_on(state, "2025-12-31")
    asked(state, "2025-12-31")


@pytest.mark.parametrize(("handed_over", "expected"), [(False, "2026-02-02"), (True, "2026-01-30")])
def test_the_day_that_a_redemption_counts_on(expected: str, *, handed_over: bool) -> None:
    """A redemption counts on the day that it was recorded, or on its own where the goods were gone already."""
    said: dict[str, Any] = {"items": [{"item": "bag", "pieces": 2}, {"item": "oil", "pieces": 1}]}
    record = Record(
        village="v",
        seq=9,
        kind="redeem",
        version=1,
        recorded_at="2026-02-01T16:30:00.000000Z",
        by="o-1",
        on="2026-01-30",
        period="2026-01",
        for_period="",
        request="",
        said=said | ({"handed_over": 1} if handed_over else {}),
        decided={},
        entries=(),
    )
    assert expected == counting_day(book(), record)
    assert {"bag": 2, "oil": 1} == pieces_of(record)


TOLD = {"account": "1", "limit": 1, "used": 1, "required": 1, "per": "half", "next_day": "2026-07-01"}


@pytest.mark.parametrize(
    ("error", "en", "zh"),
    [
        (ShopPaused(shop="main", seq=3, until=""), "until it is resumed", "何时恢复另行通知"),
        (ShopPaused(shop="main", seq=3, until=DAY), "until 2026-02-10; come again after that day", "暂停至 2026-02-10"),
        (RedemptionLimit(measure="times", **TOLD), "1 of the 1 times that the", "每户每半年最多兑换 1 次"),
        (RedemptionLimit(measure="points", **TOLD), "1 of the 1 points that the", "每户每半年最多兑换 1 分"),
    ],
)
def test_a_refusal_says_what_it_is_about(error: PointsLedgerError, en: str, zh: str) -> None:
    """The sentence of a pause has the day or none, that of an allowance times or points, in both languages."""
    assert en in error.say("en")
    assert zh in error.say("zh")
