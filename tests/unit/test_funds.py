"""Funds in the rule book: what a block says, what is refused of it, and what goes beyond a budget."""

from __future__ import annotations

import pytest

from pointsledger.errors import RuleBookInvalid
from pointsledger.rules.funds import USES, Fund
from pointsledger.rules.rulebook import RuleBook

HEADING = """\
format = 1
name = "南峪村积分细则"
first_day = 2025-09-01
mandate = { decided_on = 2025-08-20, present = 46, votes_for = 44 }
"""
SHOP = """\
[[fund]]
code = "shop"
name = "积分兑换基金"
purpose = "采购积分超市商品"
"""


def read(text: str) -> RuleBook:
    """Return the rule book of a text."""
    return RuleBook.from_toml(HEADING + text, file="rules.toml", decimals=0)


def faults(text: str) -> list[str]:
    """Return the keys of a text that are at fault."""
    with pytest.raises(RuleBookInvalid) as caught:
        read(text)
    return [fault.key for fault in caught.value.data["faults"]]


def test_a_fund_may_be_spent_on_anything_unless_it_says_so() -> None:
    """Without uses and budget a fund is for everything and without end."""
    assert (Fund("shop", "积分兑换基金", "采购积分超市商品"),) == read(SHOP).funds
    assert USES == read(SHOP).funds[0].uses


@pytest.mark.parametrize(
    ("written", "fen"),
    [('budget = "12000.00"', 1_200_000), ("budget = 12000", 1_200_000), ("budget_fen = 5", 5), ('budget = "0.01"', 1)],
)
def test_a_budget_is_yuan_or_fen(written: str, fen: int) -> None:
    """A budget is written in yuan with two decimals, or in fen."""
    (fund,) = read(f'{SHOP}uses = ["rewards", "purchases"]\n{written}\nper = "year"\n').funds
    assert (("purchases", "rewards"), fen, "year") == (fund.uses, fund.budget_fen, fund.per)


def test_a_fund_is_read_back_from_the_journal() -> None:
    """What a rule book says of funds and of what a point costs comes back as it was."""
    text = f'{SHOP}uses = ["payments"]\nbudget = "0.50"\nper = "quarter"\n[liability]\nyuan_per_point = "0.8400"\n'
    book = read(text)
    assert book == RuleBook.from_said(book.to_said())
    assert {"yuan_per_point": "0.84"} == book.to_said()["liability"]
    assert "funds" not in read("").to_said()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ('budget = "12.005"\nper = "year"', "fund[1].budget"),
        ("budget = 1.5\nper = 'year'", "fund[1].budget"),
        ("budget = 0\nper = 'year'", "fund[1].budget"),
        ("budget = 5", "fund[1].per"),
        ("budget = 5\nper = 'month'", "fund[1].per"),
        ("per = 'year'", "fund[1].per"),
        ("budget = 5\nbudget_fen = 5\nper = 'year'", "fund[1].budget_fen"),
        ("uses = []", "fund[1].uses"),
        ("uses = ['food']", "fund[1].uses"),
        ("uses = ['rewards', 'rewards']", "fund[1].uses"),
        ("uses = 'rewards'", "fund[1].uses"),
        ("uses = [1]", "fund[1].uses"),
        ("owner = 'me'", "fund[1].owner"),
    ],
)
def test_what_a_fund_cannot_say(written: str, key: str) -> None:
    """Each slip in a block is a fault of its own key, in both languages."""
    assert [key] == faults(f"{SHOP}{written}\n")


def test_two_funds_have_two_names() -> None:
    """A code or a name that finds two funds is refused."""
    assert ["fund[2].code", "fund[2].name"] == faults(SHOP + SHOP)


@pytest.mark.parametrize(
    ("before", "fen", "beyond"),
    [(0, 100, 0), (0, 101, 1), (90, 10, 0), (90, 15, 5), (100, 7, 7), (250, 7, 7)],
)
def test_what_goes_beyond_a_budget(before: int, fen: int, beyond: int) -> None:
    """Of what is spent only that part is beyond the budget which no earlier record was."""
    assert beyond == Fund("shop", "基金", "采购", budget_fen=100, per="year").beyond(before, fen)


def test_without_a_budget_nothing_goes_beyond() -> None:
    """A fund without a budget has no end but its money."""
    assert 0 == Fund("shop", "基金", "采购").beyond(10**9, 10**9)
