"""Books: points, each good and each fund on one page, which foots for any period."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import BeforeFirstPeriod, InvalidPeriod
from pointsledger.testing.contract.book import NANYU_RULES
from pointsledger.testing.contract.money import FUNDS, funded

if TYPE_CHECKING:
    from pointsledger.reports.books import BookLine
    from pointsledger.testing.contract.book import Begin, Refused

__all__ = ["funded"]

Told = dict[tuple[str, str, str], tuple[Decimal, dict[str, Decimal], Decimal]]


def told(lines: list[BookLine]) -> Told:
    """Return opening, movements and closing by book, code and shop."""
    return {(line.book, line.code, line.shop): (line.opening, dict(line.movements), line.closing) for line in lines}


def numbers(opening: str, closing: str, **moved: str) -> tuple[Decimal, dict[str, Decimal], Decimal]:
    """Return the figures of a line; a hyphen in a heading is an underscore."""
    headings = {heading.replace("_", "-"): Decimal(amount) for heading, amount in moved.items()}
    return Decimal(opening), headings, Decimal(closing)


def test_the_three_books_of_a_purchase_foot(funded: Ledger) -> None:
    """S-38: 100 soaps bought from a fund, 3 handed over and 2 written off at the count: each book foots."""
    funded.award("03-017", "tidy", quantity=20, by="clerk:1", on="2025-10-09")
    funded.stock_in("soap", 100, unit_cost_fen=250, fund="shop", by="shop:1", on="2025-10-09")
    reserved = funded.reserve("03-017", {"soap": 1}, by="shop:1")
    funded.cancel(reserved.seq, by="shop:1")
    funded.redeem("03-017", {"soap": 3}, by="shop:1", on="2025-10-10")
    assert [(97, 24250)] == [(line.pieces, line.cost_fen) for line in funded.stock()]
    funded.stocktake({"soap": 95}, reason="年终盘点", by="shop:1")
    october, november, quarter = (funded.books(period) for period in ("2025-10", "2025-11", "2025Q4"))
    assert {
        ("points", "", ""): numbers("0", "10", earned="40", redeemed="-30"),
        ("goods", "soap", "main"): numbers("0", "97", supplied="100", handed_over="-3"),
        ("worth", "soap", "main"): numbers("0", "242.50", supplied="250", handed_over="-7.50"),
        ("fund", "shop", ""): numbers("0", "750", granted="1000", supplied="-250"),
    } == told(list(october))
    assert {
        ("points", "", ""): numbers("10", "10"),
        ("goods", "soap", "main"): numbers("97", "95", written_off="-2"),
        ("worth", "soap", "main"): numbers("242.50", "237.50", written_off="-5"),
        ("fund", "shop", ""): numbers("750", "750"),
    } == told(list(november))
    assert (
        numbers("0", "237.50", supplied="250", handed_over="-7.50", written_off="-5")
        == (told(list(quarter))["worth", "soap", "main"])
    )
    assert [True] * 3 == [page.foots for page in (october, november, quarter)]
    assert [line.closing for line in october] == [line.opening for line in november]


def test_what_was_reserved_moves_once(funded: Ledger) -> None:
    """Pieces that were reserved and then collected leave the shelf, and its worth, with the hand-over alone."""
    funded.award("03-017", "tidy", quantity=20, by="clerk:1")
    funded.stock_in("soap", 10, unit_cost_fen=250, by="shop:1")
    reserved = funded.reserve("03-017", {"soap": 3}, by="shop:1")
    assert numbers("0", "25", supplied="25") == told(list(funded.books("2025-11")))["worth", "soap", "main"]
    funded.hand_over(reserved.seq, by="shop:1")
    lines = told(list(funded.books("2025-11")))
    assert numbers("0", "7", supplied="10", handed_over="-3") == lines["goods", "soap", "main"]
    assert numbers("0", "17.50", supplied="25", handed_over="-7.50") == lines["worth", "soap", "main"]


def test_a_good_of_several_shops_adds_up(funded: Ledger) -> None:
    """What one shop sends another gets; over both nothing moved, and pieces and worth stay."""
    funded.stock_in("soap", 10, unit_cost_fen=250, by="shop:1", on="2025-10-09")
    funded.transfer_stock("soap", 4, from_shop="main", to_shop="east", by="shop:1", on="2025-10-10")
    lines = told(list(funded.books("2025-10")))
    assert numbers("0", "6", supplied="10", moved="-4") == lines["goods", "soap", "main"]
    assert numbers("0", "4", moved="4") == lines["goods", "soap", "east"]
    assert numbers("0", "10", supplied="10") == lines["goods", "soap", ""]
    assert numbers("0", "10", moved="10") == lines["worth", "soap", "east"]
    assert numbers("0", "25", supplied="25") == lines["worth", "soap", ""]


@pytest.mark.parametrize("period", ["2025-09", "2025-10", "2025-11", "2025Q3", "2025Q4", "2025H2", "2025"])
def test_every_book_of_any_period_foots(funded: Ledger, period: str) -> None:
    """Whatever was done and undone, for any period opening and movements lead to what is there."""
    funded.bring_forward("03-017", 60, by="clerk:1")
    funded.bring_forward_stock("towel", 9, unit_cost_fen=400, by="shop:1")
    funded.award("03-018", "tidy", quantity=30, by="clerk:1", on="2025-09-20")
    wrong = funded.stock_in("soap", 10, unit_cost_fen=300, fund="shop", by="shop:1", on="2025-09-21")
    funded.reverse(wrong.seq, reason="录错", by="clerk:1")
    funded.stock_in("soap", 10, unit_cost_fen=250, fund="shop", by="shop:1", on="2025-10-09")
    moved = funded.transfer_stock("soap", 4, from_shop="main", to_shop="east", by="shop:1", on="2025-10-10")
    redeemed = funded.redeem("03-017", {"soap": 2, "towel": 3}, by="shop:1", on="2025-10-11")
    funded.refund(redeemed.seq, {"towel": 2}, by="shop:1", on="2025-10-12")
    funded.reserve("03-018", {"soap": 1}, by="shop:1")
    funded.reward("三组", role="group", ground="rank", goods={"towel": 1}, amount=5, fund="shop", by="clerk:1")
    funded.reverse(moved.seq, reason="录错", by="clerk:1")
    funded.stocktake({"soap": 7, "towel": 8}, reason="年终盘点", by="shop:1")
    page = funded.books(period)
    assert [] == [line for line in page if not line.foots]
    assert page.foots
    assert page.closed is False


def test_lapses_by_date_are_in_the_books(begin: Begin) -> None:
    """Points that are over by today stand in the books as expired, though nobody recorded it."""
    ledger = begin(NANYU_RULES + FUNDS + '[expiry]\npolicy = "days"\ndays = 10\n')
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-20")
    (line,) = ledger.books("2025-10")
    assert (numbers("0", "0", earned="10", expired="-10"), True) == (told([line])["points", "", ""], line.foots)


def test_books_are_of_a_period_of_the_book(nanyu: Ledger, refused: Refused) -> None:
    """What is no period, and one before the book, is refused."""
    with refused(nanyu, InvalidPeriod, "invalid-period"):
        nanyu.books("2025-13")
    with refused(nanyu, BeforeFirstPeriod, "before-first-period"):
        nanyu.books("2025-08")
