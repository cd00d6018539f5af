"""Stock: goods that come onto the shelf, what they cost, and which of them go first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger import Ledger
from pointsledger.errors import FutureDate, InvalidDate, InvalidSetting, NotPositive, NotStocked, UnknownItem

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Refused


def worth(ledger: Ledger) -> list[tuple[str, int, int]]:
    """Return item, pieces and cost of each line of the shelf."""
    return [(line.item, line.pieces, line.cost_fen) for line in ledger.stock()]


def test_an_intake_lies_on_the_shelf(nanyu: Ledger) -> None:
    """Intakes of one item add up, by code or name, and the receipt says what the shelf holds."""
    first = nanyu.stock_in("soap", 5, unit_cost_fen=250, by="shop:1", on="2025-10-01")
    second = nanyu.stock_in("肥皂", "3", unit_cost_fen=300, source="donated", by="shop:1")
    assert [Decimal(5), Decimal(8)] == [first.balance, second.balance]
    assert [Decimal(5), Decimal(3)] == [first.points, second.points]
    assert [("soap", 8, 2150)] == worth(nanyu)


def test_the_book_of_goods_says_where_they_came_from(nanyu: Ledger) -> None:
    """What was bought came from the supplier, what was given from the donor."""
    nanyu.stock_in("soap", 5, by="shop:1")
    nanyu.stock_in("soap", 3, source="donated", by="shop:1")
    lines = {line.account: line.balance for line in nanyu.trial_balance() if line.unit == "item:soap"}
    assert {"donor": Decimal(-3), "shelf:main": Decimal(8), "supplier": Decimal(-5)} == lines


def test_the_soonest_best_before_goes_first(nanyu: Ledger) -> None:
    """The shelf issues what spoils first, then what came first, and keeps the cost of what is left."""
    nanyu.award("03-017", "tidy", quantity=50, by="clerk:1")
    nanyu.stock_in("soap", 2, unit_cost_fen=100, by="shop:1", on="2025-10-01")
    nanyu.stock_in("soap", 2, unit_cost_fen=200, best_before="2027-01-01", by="shop:1", on="2025-10-02")
    nanyu.stock_in("soap", 2, unit_cost_fen=400, best_before="2026-01-01", by="shop:1", on="2025-10-03")
    left = []
    for pieces in (3, 2, 1):
        nanyu.redeem("03-017", {"soap": pieces}, by="shop:1")
        left += worth(nanyu)
    assert [("soap", 3, 400), ("soap", 1, 100), ("soap", 0, 0)] == left


def test_only_goods_are_taken_in(nanyu: Ledger, refused: Refused) -> None:
    """A service, an unknown item, and nothing at all are refused."""
    with refused(nanyu, NotStocked, "not-stocked"):
        nanyu.stock_in("理发", 1, by="shop:1")
    with refused(nanyu, UnknownItem, "unknown-item"):
        nanyu.stock_in("gold", 1, by="shop:1")
    with refused(nanyu, NotPositive, "not-positive"):
        nanyu.stock_in("soap", 0, by="shop:1")


def test_an_intake_says_how_and_when(nanyu: Ledger, refused: Refused) -> None:
    """Another source, a day to come and a best-before date that does not exist are refused."""
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.stock_in("soap", 1, source="found", by="shop:1")
    with refused(nanyu, FutureDate, "future-date"):
        nanyu.stock_in("soap", 1, by="shop:1", on="2025-11-04")
    with refused(nanyu, InvalidDate, "invalid-date"):
        nanyu.stock_in("soap", 1, best_before="2026-02-30", by="shop:1")


def test_repeating_an_intake_is_harmless(nanyu: Ledger) -> None:
    """The same intake under the same request id comes onto the shelf once."""
    first = nanyu.stock_in("soap", 5, by="shop:1", request="van-1")
    nanyu.stock_in("soap", 1, by="shop:1")
    assert first == nanyu.stock_in("soap", 5, by="shop:1", request="van-1")
    assert [("soap", 6, 0)] == worth(nanyu)
