"""Redemption: points for goods and services, wholly or not at all."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import AmountTooLarge, InsufficientPoints, NothingChosen, OutOfStock, UnknownItem
from pointsledger.reports.readings import RedeemedItem
from pointsledger.testing.contract.book import NANYU_PRICES, THREADS, needs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused


@pytest.fixture
def shop(nanyu: Ledger) -> Ledger:
    """Give household 03-017 a hundred points, and the shelf 20 soaps and 20 towels."""
    nanyu.award("03-017", "tidy", quantity=50, by="clerk:1")
    nanyu.stock_in("soap", 20, by="shop:1")
    nanyu.stock_in("towel", 20, by="shop:1")
    return nanyu


def pieces(ledger: Ledger) -> dict[str, int]:
    """Return what lies on the shelf."""
    return {line.item: line.pieces for line in ledger.stock()}


def test_points_and_goods_change_hands_together(shop: Ledger) -> None:
    """A redemption takes the points and the pieces in one record."""
    receipt = shop.redeem("03-017", {"soap": 2}, by="shop:1")
    assert (Decimal(20), Decimal(80)) == (receipt.points, receipt.balance)
    assert {"soap": 18, "towel": 20} == pieces(shop)


def test_several_items_are_one_redemption(shop: Ledger) -> None:
    """Several items, goods and services, are paid and handed over together."""
    receipt = shop.redeem("03-017", {"soap": 2, "towel": 3, "haircut": 1}, by="shop:1")
    assert (Decimal(45), Decimal(55)) == (receipt.points, receipt.balance)
    assert {"soap": 18, "towel": 17} == pieces(shop)
    (made,) = shop.redemptions()
    expected = (
        RedeemedItem("haircut", "理发", 1, Decimal(10)),
        RedeemedItem("soap", "肥皂", 2, Decimal(10)),
        RedeemedItem("towel", "毛巾", 3, Decimal(5)),
    )
    assert expected == made.items


def test_items_may_be_named(shop: Ledger) -> None:
    """An item is found by its name as by its code, and both together add up."""
    shop.redeem("03-017", {"肥皂": 1, "soap": "2"}, by="shop:1")
    assert {"soap": 17, "towel": 20} == pieces(shop)


def test_a_service_needs_no_stock(shop: Ledger) -> None:
    """What is not stocked can be had as often as the points last."""
    shop.redeem("03-017", {"理发": 10}, by="shop:1")
    assert Decimal(0) == shop.balance("03-017").balance
    assert {"soap": 20, "towel": 20} == pieces(shop)


def test_the_last_point_can_be_spent(shop: Ledger) -> None:
    """A household may spend down to nothing, and not below."""
    shop.redeem("03-017", {"soap": 10}, by="shop:1")
    assert Decimal(0) == shop.balance("03-017").available


def test_who_cannot_pay_is_refused(shop: Ledger, refused: Refused) -> None:
    """What costs more than is available is refused with both figures, and nothing leaves the shelf."""
    with refused(shop, InsufficientPoints, "insufficient-points") as caught:
        shop.redeem("03-017", {"soap": 10, "towel": 1}, by="shop:1")
    assert {"account": "03-017", "available": Decimal(100), "required": Decimal(105)} == caught.value.data
    assert {"soap": 20, "towel": 20} == pieces(shop)


def test_what_is_not_on_the_shelf_is_refused(shop: Ledger, refused: Refused) -> None:
    """A piece that is not there refuses the whole redemption, and no point is taken."""
    with refused(shop, OutOfStock, "out-of-stock") as caught:
        shop.redeem("03-017", {"towel": 1, "rice": 1}, by="shop:1")
    assert {"item": "rice", "available": 0, "required": 1} == caught.value.data
    assert Decimal(100) == shop.balance("03-017").available
    assert {"soap": 20, "towel": 20} == pieces(shop)


def test_who_owes_can_spend_nothing(shop: Ledger, refused: Refused) -> None:
    """A household in arrears is refused even the cheapest thing."""
    shop.deduct("03-018", "tidy", by="clerk:1")
    with refused(shop, InsufficientPoints, "insufficient-points") as caught:
        shop.redeem("03-018", {"towel": 1}, by="shop:1")
    assert Decimal(0) == caught.value.data["available"]


@pytest.mark.parametrize(
    ("items", "error", "code"),
    [({}, NothingChosen, "nothing-chosen"), ({"gold": 1}, UnknownItem, "unknown-item")],
)
def test_a_choice_that_is_none_is_refused(
    shop: Ledger,
    refused: Refused,
    *,
    items: Mapping[str, int],
    error: type[NothingChosen | UnknownItem],
    code: str,
) -> None:
    """A redemption names at least one item, and only items of the price list."""
    with refused(shop, error, code):
        shop.redeem("03-017", items, by="shop:1")


def test_the_oldest_points_go_first(nanyu: Ledger) -> None:
    """Points earned on an earlier day are spent before those of a later day, whenever they were recorded."""
    late = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-20")
    early = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03")
    spent = nanyu.redeem("03-017", {"haircut": 1}, by="shop:1")
    assert [[1, early.seq, 1, 10]] == nanyu.record(spent.seq).decided["lots"]
    spent = nanyu.redeem("03-017", {"haircut": 1}, by="shop:1")
    assert [[1, late.seq, 1, 10]] == nanyu.record(spent.seq).decided["lots"]


def test_repeating_a_redemption_hands_over_once(shop: Ledger) -> None:
    """The same redemption under the same request id takes points and pieces once."""
    first = shop.redeem("03-017", {"soap": 2}, by="shop:1", request="till-1")
    shop.redeem("03-017", {"soap": 8}, by="shop:1")
    assert first == shop.redeem("03-017", {"肥皂": 2}, by="shop:1", request="till-1")
    assert {"soap": 10, "towel": 20} == pieces(shop)


@needs(THREADS)
def test_threads_share_one_household(nanyu: Ledger) -> None:
    """Eight threads that redeem the same 100 points spend exactly 100, and all others are refused."""
    nanyu.award("03-017", "tidy", quantity=50, by="clerk:1")

    def shop_around(_: int) -> list[str]:
        outcomes = []
        for _ in range(3):
            try:
                outcomes.append(nanyu.redeem("03-017", {"haircut": 1}, by="shop:1").kind)
            except InsufficientPoints as error:
                outcomes.append(error.code)
        return outcomes

    with ThreadPoolExecutor(8) as threads:
        outcomes = [outcome for each in threads.map(shop_around, range(8)) for outcome in each]
    assert {"redeem": 10, "insufficient-points": 14} == Counter(outcomes)
    assert Decimal(0) == nanyu.balance("03-017").balance
    assert Decimal(-100) == nanyu.tally("2025-11").total.redeemed


@needs(THREADS)
def test_threads_share_the_last_piece(nanyu: Ledger) -> None:
    """Of eight threads that want the last soap one gets it, and every other is told that the shelf is empty."""
    nanyu.award("03-017", "tidy", quantity=50, by="clerk:1")
    nanyu.stock_in("soap", 1, by="shop:1")

    def want(_: int) -> str:
        try:
            return nanyu.redeem("03-017", {"soap": 1}, by="shop:1").kind
        except OutOfStock as error:
            return error.code

    with ThreadPoolExecutor(8) as threads:
        assert {"redeem": 1, "out-of-stock": 7} == Counter(threads.map(want, range(8)))
    assert Decimal(90) == nanyu.balance("03-017").balance


@pytest.mark.parametrize("how", ["asked", "reserved", "on paper"])
def test_no_act_moves_more_points_than_one_may(begin: Begin, refused: Refused, how: str) -> None:
    """What is worth more than a thousand million points is a slip of the finger, however many items it is."""
    item = '[[item]]\ncode = "{0}"\nname = "{0}"\npoints = 1_000_000\nstocked = false\n'
    ledger = begin(prices=item.format("a") + item.format("b"))
    ledger.enrol("1", head="张三", by="clerk:1")
    wanted = {"a": 501, "b": 500}
    with refused(ledger, AmountTooLarge, "amount-too-large") as caught:
        if how == "reserved":
            ledger.reserve("1", wanted, by="shop:1")
        else:
            ledger.redeem("1", wanted, handed_over=how == "on paper", by="shop:1")
    assert (Decimal(1_001_000_000), Decimal(10**9)) == (caught.value.data["value"], caught.value.data["limit"])
    ledger.redeem("1", {"a": 500, "b": 500}, handed_over=True, by="shop:1")
    assert -Decimal(10**9) == ledger.balance("1").balance


def test_a_refund_names_things_as_they_were_called_then(shop: Ledger, clock: FixedClock, document: Document) -> None:
    """A name that has gone to another item since still means what was redeemed under it, and so does its new name."""
    redeemed = shop.redeem("03-017", {"肥皂": 3}, by="shop:1")
    renamed = NANYU_PRICES.replace("肥皂", "香皂").replace("毛巾", "肥皂")
    clock.advance(days=1)
    shop.adopt_prices(document(renamed, first_day="2025-11-04", decided_on="2025-11-01"), by="clerk:1")
    shop.refund(redeemed.seq, {"肥皂": 1}, by="shop:1", request="back")
    shop.refund(redeemed.seq, {"香皂": 1}, by="shop:1")
    assert shop.refund(redeemed.seq, {"肥皂": 1}, by="shop:1", request="back").repeated
    assert {"soap": 19, "towel": 20} == {code: left for code, left in pieces(shop).items() if left}
    made = shop.redemptions()[0]
    assert [("soap", 2)] == [(item.item, item.refunded) for item in made.items]
