"""Redemptions listed: what became of each, who collected it, and what those that somebody asks for come to."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.decisions.due import Due
from pointsledger.errors import (
    InvalidDate,
    InvalidNumber,
    InvalidSetting,
    InvalidText,
    PointsLedgerError,
    UnknownAccount,
    UnknownItem,
    UnknownOperator,
    UnknownShop,
)
from pointsledger.reports.readings import ItemTotal, RedeemedItem
from pointsledger.testing.contract.exchanges import PRICES
from pointsledger.values.calendar import day_after

if TYPE_CHECKING:
    from pointsledger.reports.readings import RedemptionMade
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Document, Refused


@pytest.fixture
def lived_shop(two_lots: Ledger, clock: FixedClock) -> Ledger:
    """Let two shops live: handed over, refunded in part, reversed, cancelled, reserved, and typed from paper."""
    two_lots.enrol("2", head="李四", members=["李小四"], by="clerk:1")
    two_lots.award("2", "deed", quantity=100, by="clerk:1")
    soft = two_lots.redeem("1", {"bean": 20, "cut": 1}, collector="张小三", cash_fen=250, by="shop:1")
    two_lots.refund(soft.seq, {"bean": 5}, by="shop:1")
    undone = two_lots.redeem("2", {"bean": 1}, by="shop:1")
    two_lots.reverse(undone.seq, reason="记错", by="shop:1")
    cancelled = two_lots.reserve("2", {"bean": 2}, by="shop:1")
    two_lots.cancel(cancelled.seq, by="shop:2")
    kept = two_lots.reserve("2", {"bean": 3}, by="shop:1")
    two_lots.hand_over(kept.seq, collector="王五", by="shop:2")
    two_lots.reserve("1", {"rice": 1}, by="shop:2")
    clock.noon("2026-02-01")
    two_lots.redeem("2", {"bean": 200}, handed_over=True, shop="east", on="2026-01-31", by="shop:1")
    return two_lots


def told(made: tuple[RedemptionMade, ...]) -> list[tuple[str, str, int]]:
    """Return of each redemption whose it is, what became of it, and its points."""
    return [(one.household, one.state, int(one.points)) for one in made]


def test_each_redemption_says_what_became_of_it(lived_shop: Ledger) -> None:
    """A redemption has its state, its collector, its cash, what was refunded of it and the record that ended it."""
    made = lived_shop.redemptions()
    assert [
        ("1", "handed-over", 30),
        ("2", "reversed", 1),
        ("2", "cancelled", 2),
        ("2", "handed-over", 3),
        ("1", "reserved", 80),
        ("2", "handed-over", 200),
    ] == told(made)
    first, undone, cancelled, kept, reserved, paper = made
    member = ("1/2", "张小三", 250, Decimal(5))
    assert member == (first.collector, first.collector_name, first.cash_fen, first.refunded)
    assert RedeemedItem("bean", "绿豆", 20, Decimal(1), 5, 5) == first.items[0]
    assert ("", "王五", "shop:2") == (kept.collector, kept.collector_name, kept.by)
    assert ("hand-over", "cancel") == (
        lived_shop.record(kept.ended_by).kind,
        lived_shop.record(cancelled.ended_by).kind,
    )
    assert ("reverse", 0) == (lived_shop.record(undone.reversed_by).kind, undone.ended_by)
    assert ("2026-02-09", 0) == (reserved.last_day, reserved.ended_by)
    assert ("east", True, "main", False) == (paper.shop, paper.irregular, first.shop, first.irregular)


def test_redemptions_are_found_by_what_they_have(lived_shop: Ledger) -> None:
    """Each filter keeps to its own, two of them to what both have, and what nobody has is an empty list."""
    assert [("1", "reserved", 80)] == told(lived_shop.redemptions(item="大米"))
    assert [("2", "handed-over", 200)] == told(lived_shop.redemptions(shop="east"))
    assert [("2", "handed-over", 3), ("1", "reserved", 80)] == told(lived_shop.redemptions(by="shop:2"))
    for collector in ("张小三", "1/2"):
        assert [("1", "handed-over", 30)] == told(lived_shop.redemptions(collector=collector))
    assert [("2", "handed-over", 3)] == told(lived_shop.redemptions(collector="王五"))
    assert [("2", "reversed", 1)] == told(lived_shop.redemptions(state="reversed", household="2"))
    assert () == lived_shop.redemptions("2026-02", state="handed-over") == lived_shop.redemptions(collector="赵六")
    assert () == lived_shop.redemptions("2025-11")


def test_a_shop_is_found_by_code_or_name(
    lived_shop: Ledger, clock: FixedClock, document: Document, refused: Refused
) -> None:
    """Questions take a shop as acts do, also one that the price list had once, and refuse one that there never was."""
    lived_shop.stock_in("bean", 7, shop="east", by="shop:1")
    closed = PRICES.split("[[shop]]")[0] + '[[shop]]\ncode = "main"\nname = "积分超市"\n'
    clock.noon("2026-02-02")
    lived_shop.adopt_prices(document(closed, first_day="2026-02-02", decided_on="2026-02-01"), by="clerk:1")
    for shop in ("east", "东庄超市", "EAST", " 东庄 超市"):
        assert [("2", "handed-over", 200)] == told(lived_shop.redemptions(shop=shop))
        assert 1 == lived_shop.redemption_totals(shop=shop).count
        assert [("east", "bean", 7)] == [(line.shop, line.item, line.pieces) for line in lived_shop.stock(shop)]
    assert lived_shop.stock("村部超市") == lived_shop.stock("main")
    for ask in (lived_shop.stock, lambda shop: lived_shop.redemptions(shop=shop)):
        with refused(lived_shop, UnknownShop, "unknown-shop") as caught:
            ask("西庄超市")
        assert "east (东庄超市)" in caught.value.say()
        with refused(lived_shop, InvalidText, "invalid-text"):
            ask(5)  # type: ignore[arg-type]  # the wrong type is the point


def test_what_happened_at_the_shop_on_a_day(two_lots: Ledger, clock: FixedClock) -> None:
    """A day's list has what was handed over on it, and what was reserved on it and not handed over, each once."""
    day = clock.today
    two_lots.redeem("1", {"bean": 1}, by="shop:1")
    kept = two_lots.reserve("1", {"bean": 2}, by="shop:1")
    left = two_lots.reserve("1", {"bean": 3}, by="shop:1")
    clock.noon(later := day_after(day))
    two_lots.hand_over(kept.seq, by="shop:1")
    two_lots.cancel(left.seq, by="shop:1")
    two_lots.redeem("1", {"bean": 4}, by="shop:1")
    assert [1, 3] == [int(one.points) for one in two_lots.redemptions(on=day)]
    assert [2, 4] == [int(one.points) for one in two_lots.redemptions(on=later)]
    assert (2, 6) == (two_lots.redemption_totals(on=later).count, int(two_lots.redemption_totals(on=later).points))
    assert () == two_lots.redemptions(on=day_after(later))


def test_a_page_goes_on_behind_the_last(lived_shop: Ledger) -> None:
    """Pages of two, one behind another, are the whole list, filters included."""
    pages = []
    last = 0
    while page := lived_shop.redemptions(household="2", after=last, limit=2):
        pages.append(page)
        last = page[-1].seq
    assert [2, 2] == [len(page) for page in pages]
    assert lived_shop.redemptions(household="2") == tuple(one for page in pages for one in page)


def test_redemptions_add_up(lived_shop: Ledger) -> None:
    """Points, refunds and cash are of what was handed over and stands; pieces are told by item."""
    totals = lived_shop.redemption_totals()
    sums = (totals.count, totals.points, totals.refunded, totals.reserved, totals.forfeited, totals.cash_fen)
    expected: object = (6, 233, 5, 80, 0, 250)
    assert expected == sums
    assert (
        ItemTotal("bean", "绿豆", 223, Decimal(223), 5, 5, 0),
        ItemTotal("cut", "理发", 1, Decimal(10), 0, 0, 0),
        ItemTotal("rice", "大米", 0, Decimal(0), 0, 0, 1),
    ) == tuple(totals)
    of_one = lived_shop.redemption_totals(household="1", item="bean")
    assert (1, 30, 5) == (of_one.count, int(of_one.points), int(of_one.refunded))
    nothing = lived_shop.redemption_totals("2025-11")
    assert (0, 0, ()) == (nothing.count, int(nothing.points), nothing.items)


def test_a_reservation_that_is_over_is_released_by_the_date(lived_shop: Ledger, clock: FixedClock) -> None:
    """The day after its last a reservation is listed as released, before any record says so and afterwards."""
    clock.noon("2026-02-10")
    before = lived_shop.redemptions(state="released")
    assert [("1", "released", 80)] == told(before)
    assert (0, ()) == (before[0].ended_by, lived_shop.redemptions(state="reserved"))
    assert 0 == lived_shop.redemption_totals().reserved
    lived_shop.award("1", "deed", by="clerk:1")
    (after,) = lived_shop.redemptions(state="released")
    assert "release" == lived_shop.record(after.ended_by).kind


@pytest.mark.parametrize(
    ("expected", "code", "filters"),
    [
        (UnknownAccount, "unknown-account", {"household": "9"}),
        (UnknownItem, "unknown-item", {"item": "beans"}),
        (UnknownOperator, "unknown-operator", {"by": "nobody"}),
        (InvalidSetting, "invalid-setting", {"state": "gone"}),
        (InvalidSetting, "invalid-setting", {"limit": 0}),
        (InvalidNumber, "invalid-number", {"after": -1}),
        (InvalidDate, "invalid-date", {"on": "2026-02-30"}),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    lived_shop: Ledger, refused: Refused, expected: type[PointsLedgerError], code: str, filters: dict[str, object]
) -> None:
    """A household, item or operator that the book does not know, and a page that there cannot be, are refused."""
    with refused(lived_shop, expected, code):
        lived_shop.redemptions(**filters)  # type: ignore[arg-type]  # what the case says


def test_a_statement_shows_pairs_as_pairs(two_lots: Ledger) -> None:
    """A hand-over names its reservation, a refund its redemption, which says what was refunded of it, and why."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    two_lots.hand_over(reserved.seq, by="shop:1")
    back = two_lots.refund(reserved.seq, points=30, reason="受潮", by="shop:1")
    handed, refunded = two_lots.statement("1").lines[-2:]
    assert ("redeemed", reserved.seq, 0, 30) == (
        handed.heading,
        handed.reservation,
        handed.refunds,
        int(handed.refunded or 0),
    )
    assert ("refunded", 0, reserved.seq, "受潮") == (
        refunded.heading,
        refunded.reservation,
        refunded.refunds,
        refunded.reason,
    )
    assert back.seq == refunded.seq


def test_what_lapses_as_it_comes_back_is_explained(two_lots: Ledger, clock: FixedClock) -> None:
    """Both lines of a late refund have their reasons: the goods on one, the lots that lapsed on the other."""
    spent = two_lots.redeem("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    two_lots.refund(spent.seq, by="shop:1")
    back, gone = two_lots.explain("1", "2026-02").lines
    assert [("rice", 1, ())] == [(item.item, item.pieces, back.lapsed) for item in back.items]
    assert [(70, "2026-01-31", ())] == [(int(lot.points), lot.last_day, gone.items) for lot in gone.lapsed]
    chinese = two_lots.explain("1", "2026-02").say("zh")
    assert f"    退第 {spent.seq} 号兑换\n" in chinese
    assert "    退：大米 1 x 80 = 80\n" in chinese
    assert chinese.endswith("期初 40 + 退分 80 - 到期清零 70 = 期末 50")


def test_what_nobody_collected_is_due(two_lots: Ledger, clock: FixedClock) -> None:
    """The day after its last a reservation is due to end, whatever is recorded of it, and none that was collected."""
    kept = two_lots.reserve("1", {"bean": 3}, by="shop:1")
    first = two_lots.reserve("1", {"bean": 2}, by="shop:1")
    second = two_lots.reserve("1", {"bean": 1}, by="shop:1")
    two_lots.hand_over(kept.seq, by="shop:1")
    account = str(two_lots.record(kept.seq).said["account"])

    def ends() -> list[Due]:
        return [due for due in two_lots.due("2026-02-09", until="2026-02-11") if due.kind == "reservation-ends"]

    expected = [
        Due("reservation-ends", "2026-02-10", seq=seq, account=account, points=Decimal(points), state="released")
        for seq, points in ((first.seq, 2), (second.seq, 1))
    ]
    assert expected == ends()
    assert 2 == len({due.key for due in ends()})
    clock.noon("2026-02-10")
    assert expected == ends()
    two_lots.expire(by="clerk:1")
    clock.noon("2026-03-10")
    assert expected == ends()
