"""Stores: goods that are moved between shops, written off and counted, and what of them is promised to somebody."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadySpent,
    CountBelowReserved,
    InvalidSetting,
    InvalidText,
    InvoiceUsed,
    NegativeCount,
    NotAList,
    NothingCounted,
    NotPositive,
    NotStocked,
    OptionsConflict,
    OutOfStock,
    ReasonRequired,
    RequestConflict,
    UnknownItem,
    UnknownShop,
)
from pointsledger.testing.contract.book import NANYU_PRICES

if TYPE_CHECKING:
    from pointsledger.receipts import Receipt
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused


@pytest.fixture
def store(nanyu: Ledger) -> Ledger:
    """Put 10 soaps on the shelf: 4 at 3.00 yuan that spoil first, and 6 at 2.50; household 03-017 has 100 points."""
    nanyu.award("03-017", "tidy", quantity=50, by="clerk:1")
    nanyu.stock_in("soap", 6, unit_cost_fen=250, best_before="2027-06-30", by="shop:1", on="2025-10-01")
    nanyu.stock_in("soap", 4, unit_cost_fen=300, best_before="2026-06-30", by="shop:1", on="2025-10-02")
    return nanyu


def shelves(ledger: Ledger) -> dict[tuple[str, str], tuple[int, int]]:
    """Return pieces and cost by shop and item."""
    return {(line.shop, line.item): (line.pieces, line.cost_fen) for line in ledger.stock()}


def test_goods_go_to_a_shop(nanyu: Ledger) -> None:
    """An intake may be for another shop's shelf, and a redemption there takes from it."""
    nanyu.award("03-017", "tidy", quantity=50, by="clerk:1")
    taken_in = nanyu.stock_in("soap", 3, unit_cost_fen=200, shop="east", by="shop:1")
    nanyu.stock_in("soap", 2, unit_cost_fen=100, shop="main", by="shop:1", request="m-1")
    assert nanyu.stock_in("soap", 2, unit_cost_fen=100, by="shop:1", request="m-1").repeated
    assert Decimal(3) == taken_in.balance
    nanyu.redeem("03-017", {"soap": 1}, shop="east", by="shop:1")
    assert {("east", "soap"): (2, 400), ("main", "soap"): (2, 200)} == shelves(nanyu)


def test_the_paper_book_s_goods_lie_in_a_shop(nanyu: Ledger, refused: Refused) -> None:
    """What the paper book held is brought onto the shelf of a shop that there is, the main one unless it is said."""
    nanyu.bring_forward_stock("soap", 5, shop="东庄超市", unit_cost_fen=200, by="shop:1")
    nanyu.bring_forward_stock("soap", 3, by="shop:1")
    assert {("main", "soap"): (3, 0), ("east", "soap"): (5, 1_000)} == shelves(nanyu)
    with refused(nanyu, UnknownShop, "unknown-shop"):
        nanyu.bring_forward_stock("soap", 5, shop="west", by="shop:1")


def test_no_goods_lie_in_a_shop_that_there_is_not(begin: Begin, refused: Refused) -> None:
    """Where the price list names its shops, and none is the main one, goods that name no shop are refused."""
    prices = NANYU_PRICES.split("[[shop]]")[0] + '[[shop]]\ncode = "east"\nname = "东庄超市"\n'
    ledger = begin(prices=prices)
    for take in (ledger.bring_forward_stock, ledger.stock_in):
        with refused(ledger, UnknownShop, "unknown-shop"):
            take("soap", 5, by="shop:1")


def test_stock_is_told_by_shop_and_in_all(store: Ledger) -> None:
    """The reading says what is on each shelf, reserved and free, its worth, what spoils first, and the totals."""
    store.transfer_stock("soap", 5, from_shop="main", to_shop="east", by="shop:1")
    store.reserve("03-017", {"soap": 2}, shop="east", by="shop:1")
    told = [(line.shop, line.pieces, line.held, line.free, line.cost_fen, line.best_before) for line in store.stock()]
    assert [("east", 5, 2, 3, 1450, "2026-06-30"), ("main", 5, 0, 5, 1250, "2027-06-30")] == told
    assert told[:1] == [
        (line.shop, line.pieces, line.held, line.free, line.cost_fen, line.best_before) for line in store.stock("east")
    ]
    (total,) = store.stock().totals
    assert ("", 10, 2, 2700, "2026-06-30") == (
        total.shop,
        total.pieces,
        total.held,
        total.cost_fen,
        total.best_before,
    )
    assert 2700 == store.stock().cost_fen


def test_what_was_not_collected_is_free(store: Ledger, clock: FixedClock) -> None:
    """A reservation that is over holds nothing, though nobody recorded its end; a transfer takes the pieces."""
    store.reserve("03-017", {"soap": 10}, by="shop:1")
    clock.advance(days=31)
    assert [0] == [line.held for line in store.stock()]
    store.transfer_stock("soap", 10, from_shop="main", to_shop="east", by="shop:1")
    assert {("east", "soap"): (10, 2700), ("main", "soap"): (0, 0)} == shelves(store)


def test_a_count_goes_by_what_is_still_promised(store: Ledger, clock: FixedClock) -> None:
    """Pieces of a reservation that is over may be counted away, though nobody recorded its end."""
    store.reserve("03-017", {"soap": 10}, by="shop:1")
    clock.advance(days=31)
    store.stocktake({"soap": 4}, reason="年终盘点", by="shop:1")
    assert [(4, 0)] == [(line.pieces, line.held) for line in store.stock()]


def test_a_transfer_keeps_cost_and_date(store: Ledger) -> None:
    """Pieces go to the other shop soonest best-before first, and are issued there as they would have been here."""
    receipt = store.transfer_stock("肥皂", 5, from_shop="main", to_shop="east", by="shop:1", remark="换季")
    assert (Decimal(5), Decimal(5)) == (receipt.points, receipt.balance)
    assert {("east", "soap"): (5, 1450), ("main", "soap"): (5, 1250)} == shelves(store)
    store.redeem("03-017", {"soap": 4}, shop="east", by="shop:1")
    assert (1, 250) == shelves(store)["east", "soap"]


def test_what_is_reserved_stays(store: Ledger, refused: Refused) -> None:
    """Neither a transfer nor a write-off takes what is promised to somebody."""
    store.reserve("03-017", {"soap": 7}, by="shop:1")
    with refused(store, OutOfStock, "out-of-stock") as caught:
        store.transfer_stock("soap", 4, from_shop="main", to_shop="east", by="shop:1")
    assert {"item": "soap", "available": 3, "required": 4} == caught.value.data
    with refused(store, OutOfStock, "out-of-stock"):
        store.write_off("soap", 4, reason="受潮", by="shop:1")
    store.write_off("soap", 3, reason="受潮", by="shop:1")
    assert {("main", "soap"): (7, 4 * 300 + 3 * 250)} == shelves(store)


def test_a_write_off_has_a_reason(store: Ledger, refused: Refused) -> None:
    """What is written off leaves the shelf soonest best-before first; without a reason nothing does."""
    receipt = store.write_off("soap", 5, reason="受潮", by="shop:1")
    assert (Decimal(5), Decimal(5)) == (receipt.points, receipt.balance)
    assert {("main", "soap"): (5, 1250)} == shelves(store)
    assert {"reason": "受潮"} == store.remarks(receipt.seq)
    trial = {line.account: line.balance for line in store.trial_balance() if line.unit == "item:soap"}
    assert Decimal(5) == trial["written-off"]
    for reason in ("", " ", None):
        with refused(store, InvalidText, "invalid-text"):
            store.write_off("soap", 1, reason=reason, by="shop:1")  # type: ignore[arg-type]  # what callers pass


def test_a_stocktake_brings_the_book_to_what_is_there(store: Ledger) -> None:
    """Less than the book says is written off, more was found at no cost, and what agrees stays; all of it is kept."""
    store.stock_in("towel", 3, unit_cost_fen=500, by="shop:1")
    store.stock_in("rice", 2, unit_cost_fen=9000, by="shop:1")
    receipt = store.stocktake({"soap": 9, "毛巾": 4, "rice": "2"}, reason="年终盘点", by="shop:1")
    assert {("main", "soap"): (9, 2400), ("main", "towel"): (4, 1500), ("main", "rice"): (2, 18000)} == shelves(store)
    record = store.record(receipt.seq)
    assert [["rice", 2], ["soap", 10], ["towel", 3]] == record.decided["booked"]
    assert [("shelf:main", "written-off", "item:soap", 1), ("found", "shelf:main", "item:towel", 1)] == [
        tuple(entry) for entry in record.entries
    ]
    assert {"reason": "年终盘点"} == store.remarks(receipt.seq)


def test_a_count_that_agrees_is_on_record(store: Ledger) -> None:
    """A stocktake that finds what the book says needs no reason, moves nothing, and shows that somebody counted."""
    receipt = store.stocktake({"soap": 10}, by="shop:1")
    assert (None, ()) == (receipt.points, store.record(receipt.seq).entries)
    assert [["soap", 10]] == store.record(receipt.seq).decided["booked"]


def test_nothing_may_be_there(store: Ledger) -> None:
    """A count of nothing empties the shelf."""
    store.stocktake({"soap": 0}, reason="被盗", by="shop:1")
    assert {("main", "soap"): (0, 0)} == shelves(store)


def test_a_count_is_a_count(store: Ledger, refused: Refused) -> None:
    """A difference without a reason, less than nothing, half a piece, no count at all and no such item are refused."""
    with refused(store, ReasonRequired, "reason-required") as caught:
        store.stocktake({"soap": 9}, by="shop:1")
    assert {"item": "soap", "booked": 10, "counted": 9} == caught.value.data
    with refused(store, NegativeCount, "negative-count"):
        store.stocktake({"soap": -1}, reason="年终盘点", by="shop:1")
    with refused(store, NothingCounted, "nothing-counted"):
        store.stocktake({}, reason="年终盘点", by="shop:1")
    with refused(store, NotAList, "not-a-list"):
        store.stocktake(["soap"], reason="年终盘点", by="shop:1")  # type: ignore[arg-type]  # what callers pass
    with refused(store, UnknownItem, "unknown-item"):
        store.stocktake({"gold": 1}, reason="年终盘点", by="shop:1")
    with refused(store, NotStocked, "not-stocked"):
        store.stocktake({"haircut": 1}, reason="年终盘点", by="shop:1")


def test_a_count_below_what_is_reserved_names_the_reservations(store: Ledger, refused: Refused) -> None:
    """Fewer than are promised cannot be handed out to all, so that some of the reservations have to go first."""
    store.stock_in("soap", 1, shop="east", by="shop:1")
    store.reserve("03-017", {"soap": 1}, shop="east", by="shop:1")
    first = store.reserve("03-017", {"soap": 3}, by="shop:1")
    second = store.reserve("03-017", {"soap": 4}, by="shop:1")
    with refused(store, CountBelowReserved, "count-below-reserved") as caught:
        store.stocktake({"soap": 6}, reason="年终盘点", by="shop:1")
    expected = {"item": "soap", "counted": 6, "reserved": 7, "redemptions": f"{first.seq}, {second.seq}"}
    assert expected == caught.value.data
    store.cancel(first.seq, cause="shop", by="shop:1")
    store.stocktake({"soap": 6}, reason="年终盘点", by="shop:1")
    store.hand_over(second.seq, by="shop:1")
    assert [2] == [line.pieces for line in store.stock("main")]


def test_an_item_that_left_the_list_is_still_there(store: Ledger, document: Document) -> None:
    """What no price list gives any more can be moved, counted and written off, by the name that it had."""
    without = NANYU_PRICES.replace('code = "soap"\nname = "肥皂"', 'code = "gel"\nname = "洗手液"')
    store.adopt_prices(document(without, first_day="2025-11-01", decided_on="2025-10-20"), by="clerk:1")
    store.transfer_stock("肥皂", 5, from_shop="main", to_shop="east", by="shop:1", request="t-1")
    store.write_off("soap", 1, reason="受潮", by="shop:1")
    store.stocktake({"肥皂": 3}, reason="年终盘点", by="shop:1")
    assert {("east", "soap"): (5, 1450), ("main", "soap"): (3, 750)} == shelves(store)
    assert store.transfer_stock("肥皂", 5, from_shop="main", to_shop="east", by="shop:1", request="t-1").repeated


def test_a_transfer_goes_somewhere_else(store: Ledger, refused: Refused) -> None:
    """A transfer to the same shop, of nothing, or of more than is there is refused."""
    with refused(store, InvalidSetting, "invalid-setting"):
        store.transfer_stock("soap", 1, from_shop="main", to_shop="main", by="shop:1")
    with refused(store, NotPositive, "not-positive"):
        store.transfer_stock("soap", 0, from_shop="main", to_shop="east", by="shop:1")
    with refused(store, OutOfStock, "out-of-stock"):
        store.transfer_stock("soap", 11, from_shop="main", to_shop="east", by="shop:1")


UNDONE: dict[str, Callable[[Ledger], Receipt]] = {
    "transfer": lambda book: book.transfer_stock("soap", 5, from_shop="main", to_shop="east", by="shop:1"),
    "write-off": lambda book: book.write_off("soap", 5, reason="受潮", by="shop:1"),
    "stocktake": lambda book: book.stocktake({"soap": 8, "towel": 2}, reason="年终盘点", by="shop:1"),
}


@pytest.mark.parametrize("kind", UNDONE)
def test_what_was_done_to_a_shelf_can_be_undone(store: Ledger, kind: str) -> None:
    """The reversal puts every piece back into the lot that it came from, at its cost and date."""
    before = [line for line in store.stock() if line.pieces]
    act = UNDONE[kind](store)
    assert before != [line for line in store.stock() if line.pieces]
    store.reverse(act.seq, reason="录错", by="clerk:1")
    assert before == [line for line in store.stock() if line.pieces]


def test_what_was_found_and_given_cannot_be_lost_again(store: Ledger, refused: Refused) -> None:
    """A transfer or a stocktake whose pieces are gone or promised cannot be reversed."""
    moved = store.transfer_stock("soap", 5, from_shop="main", to_shop="east", by="shop:1")
    store.reserve("03-017", {"soap": 1}, shop="east", by="shop:1")
    with refused(store, AlreadySpent, "already-spent"):
        store.reverse(moved.seq, reason="录错", by="clerk:1")
    found = store.stocktake({"towel": 1}, reason="盘盈", by="shop:1")
    store.redeem("03-017", {"towel": 1}, by="shop:1")
    with refused(store, AlreadySpent, "already-spent"):
        store.reverse(found.seq, reason="录错", by="clerk:1")


def test_an_invoice_brings_an_item_once(nanyu: Ledger, refused: Refused) -> None:
    """The same number is refused for the same item however it is typed, and free again once that was reversed."""
    first = nanyu.stock_in("soap", 5, invoice="no 0042a", by="shop:1")
    nanyu.stock_in("towel", 5, invoice="NO0042A", by="shop:1")
    with refused(nanyu, InvoiceUsed, "invoice-used") as caught:
        nanyu.stock_in("soap", 1, invoice="ＮＯ0042A", by="shop:1")
    assert {"item": "soap", "invoice": "NO0042A", "seq": first.seq} == caught.value.data
    nanyu.reverse(first.seq, reason="录错", by="clerk:1")
    again = nanyu.stock_in("soap", 4, invoice="NO0042A", by="shop:1")
    with refused(nanyu, InvoiceUsed, "invoice-used") as caught:
        nanyu.stock_in("soap", 1, invoice="NO0042A", by="shop:1")
    assert again.seq == caught.value.data["seq"]


def test_who_gave_goods_and_what_for_is_beside_the_journal(nanyu: Ledger, refused: Refused) -> None:
    """A donor and a wish go with goods that were given; their words are in no record, and a retry compares them."""
    receipt = nanyu.stock_in("soap", 5, source="donated", donor="柳湾小学", wish="给低保户", by="shop:1", request="g-1")
    assert {"donor": "柳湾小学", "wish": "给低保户"} == nanyu.remarks(receipt.seq)
    assert "柳湾小学" not in nanyu.record(receipt.seq).body().decode()
    with refused(nanyu, RequestConflict, "request-conflict") as caught:
        nanyu.stock_in("soap", 5, source="donated", donor="柳湾小学", wish="给五保户", by="shop:1", request="g-1")
    assert "wish" == caught.value.data["field"]
    with refused(nanyu, OptionsConflict, "options-conflict"):
        nanyu.stock_in("soap", 5, donor="柳湾小学", by="shop:1")
    with refused(nanyu, OptionsConflict, "options-conflict"):
        nanyu.stock_in("soap", 5, wish="给低保户", by="shop:1")


def test_goods_lie_in_shops_that_there_are(store: Ledger, refused: Refused) -> None:
    """Goods come in, go to and are found only where the price list of the day has a shop, by its code or name."""
    acts: list[Callable[[], Receipt]] = [
        lambda: store.stock_in("soap", 1, shop="west", by="shop:1"),
        lambda: store.transfer_stock("soap", 1, from_shop="main", to_shop="west", by="shop:1"),
        lambda: store.stocktake({"soap": 1}, shop="west", reason="盘盈", by="shop:1"),
    ]
    for act in acts:
        with refused(store, UnknownShop, "unknown-shop"):
            act()
    with refused(store, OutOfStock, "out-of-stock"):
        store.write_off("soap", 1, shop="west", reason="受潮", by="shop:1")


def test_repeating_what_is_done_to_a_shelf_is_harmless(store: Ledger) -> None:
    """A transfer, a write-off and a stocktake under the request id they had are the same ones."""
    acts: list[Callable[[], Receipt]] = [
        lambda: store.transfer_stock("soap", 1, from_shop="main", to_shop="east", by="shop:1", request="t-1"),
        lambda: store.write_off("soap", 1, reason="受潮", by="shop:1", request="w-1"),
        lambda: store.stocktake({"soap": 7}, reason="年终盘点", by="shop:1", request="c-1"),
    ]
    first = [act() for act in acts]
    assert first == [act() for act in acts]
    assert {("east", "soap"): (1, 300), ("main", "soap"): (7, 300 + 6 * 250)} == shelves(store)
