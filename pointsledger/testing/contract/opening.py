"""Openings: what a paper book held when this one began, points and goods."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger import Ledger
from pointsledger.errors import NotStocked, OpeningExists, UnknownAccount, UnknownItem

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Refused


def test_an_opening_counts_in_the_first_month(nanyu: Ledger) -> None:
    """Points brought forward are of the first day of the book, whenever they are typed in."""
    receipt = nanyu.bring_forward("03-017", "50", by="clerk:1")
    assert ("2025-09-01", "2025-09", Decimal(50)) == (receipt.on, receipt.period, receipt.balance)
    assert Decimal(50) == nanyu.balance("03-017", on="2025-09-01").balance
    assert Decimal(0) == nanyu.balance("03-017", on="2025-08-31").balance


def test_an_opening_is_never_earned(nanyu: Ledger) -> None:
    """S-48 (without base): 50 from paper and 30 earned are a balance of 80, ranked with 30."""
    nanyu.bring_forward("03-017", 50, by="clerk:1")
    nanyu.award("03-017", "tidy", quantity=15, by="clerk:1", on="2025-09-03")
    assert Decimal(80) == nanyu.balance("03-017").balance
    assert Decimal(30) == nanyu.ranking("2025-09")[0].points
    row = nanyu.tally("2025-09").rows[0]
    assert (Decimal(50), Decimal(30), Decimal(80)) == (row.opening, row.earned, row.closing)


def test_an_opening_comes_once(nanyu: Ledger, refused: Refused) -> None:
    """A second opening is refused with the record of the first, until that is reversed."""
    first = nanyu.bring_forward("03-017", 50, by="clerk:1")
    with refused(nanyu, OpeningExists, "opening-exists") as caught:
        nanyu.bring_forward("03-017", 60, by="clerk:1")
    assert {"account": "03-017", "seq": first.seq} == caught.value.data
    nanyu.reverse(first.seq, reason="抄错了", by="clerk:1")
    assert Decimal(60) == nanyu.bring_forward("03-017", 60, by="clerk:1").balance


def test_an_opening_settles_arrears(nanyu: Ledger) -> None:
    """What a household owes already is paid from its opening."""
    nanyu.deduct("03-017", "litter", by="clerk:1")
    nanyu.bring_forward("03-017", 50, by="clerk:1")
    held = nanyu.balance("03-017")
    assert (Decimal(45), Decimal(0), Decimal(45)) == (held.balance, held.arrears, held.available)


def test_an_opening_needs_a_household(nanyu: Ledger, refused: Refused) -> None:
    """Nobody unknown has an opening."""
    with refused(nanyu, UnknownAccount, "unknown-account"):
        nanyu.bring_forward("09-999", 50, by="clerk:1")


def test_stock_is_brought_forward(nanyu: Ledger) -> None:
    """Goods from the paper book lie on the shelf from the first day, at their cost."""
    receipt = nanyu.bring_forward_stock("肥皂", 7, unit_cost_fen=250, best_before="2027-01-01", by="shop:1")
    assert ("2025-09-01", Decimal(7), Decimal(7)) == (receipt.on, receipt.points, receipt.balance)
    assert [("soap", "肥皂", 7, 1750)] == [(line.item, line.name, line.pieces, line.cost_fen) for line in nanyu.stock()]


def test_stock_that_is_none_is_not_brought_forward(nanyu: Ledger, refused: Refused) -> None:
    """A service has no stock, and neither has what is not on the price list."""
    with refused(nanyu, NotStocked, "not-stocked"):
        nanyu.bring_forward_stock("haircut", 1, by="shop:1")
    with refused(nanyu, UnknownItem, "unknown-item"):
        nanyu.bring_forward_stock("gold", 1, by="shop:1")
