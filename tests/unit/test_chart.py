"""The chart of accounts: who keeps a balance, what a movement counts as, which unit is which item."""

from __future__ import annotations

import pytest

from pointsledger.rules import chart


@pytest.mark.parametrize(
    ("account", "points", "kept"),
    [
        (chart.HOUSEHOLD_MARK + "0a1b2c3d4e5f", True, True),
        (chart.SHELF, False, True),
        (chart.shelf("second"), False, True),
        (chart.fund("shop"), False, True),
        (chart.GRANT + "government", False, False),
        (chart.REDEEMED, False, False),
        (chart.OPENING, False, False),
        (chart.SUPPLIER, False, False),
        (chart.DONOR, False, False),
        (chart.HANDED_OVER, False, False),
        (chart.ISSUED + "cleanup", False, False),
        (chart.DEDUCTED + "cleanup", False, False),
        (chart.RESIDENT_MARK + "0a1b2c3d4e5f", False, False),
        (chart.OPERATOR_MARK + "0a1b2c3d4e5f", False, False),
    ],
)
def test_only_what_may_run_out_is_kept(account: str, *, points: bool, kept: bool) -> None:
    """Households and shelves keep a balance, and of these households alone hold points."""
    assert (points, kept) == (chart.holds_points(account), chart.is_kept(account))


@pytest.mark.parametrize(
    ("counterpart", "expected"),
    [
        (chart.ISSUED + "cleanup", ("earned", "cleanup")),
        (chart.DEDUCTED + "cleanup", ("deducted", "cleanup")),
        (chart.ISSUED + "a:b", ("earned", "a:b")),
        (chart.REDEEMED, ("redeemed", "")),
        (chart.OPENING, ("opening", "")),
        (chart.SUPPLIER, ("supplied", "")),
        (chart.DONOR, ("donated", "")),
        (chart.HANDED_OVER, ("handed-over", "")),
        (chart.SHELF, ("moved", "")),
        (chart.fund("shop"), ("moved", "")),
        (chart.REFUNDED, ("refunded", "")),
        (chart.FORFEITED, ("forfeited", "")),
        (chart.RETURNED, ("returned", "")),
        (chart.WRITTEN_OFF, ("written-off", "")),
        (chart.FOUND, ("found", "")),
        (chart.UNEXPLAINED, ("unexplained", "")),
        (chart.REWARDED, ("rewarded", "")),
        (chart.GRANT + "government", ("granted", "government")),
        (chart.DONATION + "society", ("donated", "society")),
        (chart.PAID + "printing", ("paid", "printing")),
        (chart.HOUSEHOLD_MARK + "0a1b2c3d4e5f", ("moved", "")),
    ],
)
def test_a_movement_counts_as_what_its_counterpart_says(counterpart: str, expected: tuple[str, str]) -> None:
    """Where value comes from or goes to says what it counts as, and its category if there is one."""
    assert expected == chart.heading_and_category(counterpart)


@pytest.mark.parametrize("account", [chart.RESIDENT_MARK + "1", chart.OPERATOR_MARK + "1", "nowhere", ""])
def test_no_movement_comes_from_an_unknown_account(account: str) -> None:
    """An account that the chart does not know, such as a person, is no counterpart that has a heading."""
    with pytest.raises(KeyError):
        chart.heading_and_category(account)


def test_an_item_has_a_unit_of_its_own() -> None:
    """The unit of an item leads back to it, and points are the pieces of none."""
    assert ("item:soap", "soap", "") == (chart.item_unit("soap"), chart.item_of("item:soap"), chart.item_of("points"))


@pytest.mark.parametrize(
    ("account", "shop", "fund"),
    [(chart.SHELF, "main", ""), (chart.shelf("east"), "east", ""), (chart.fund("shop"), "", "shop"), ("donor", "", "")],
)
def test_a_shelf_leads_back_to_its_shop_and_a_fund_to_its_code(account: str, shop: str, fund: str) -> None:
    """An account says which shop's shelf or which fund it is, or neither."""
    assert (shop, fund) == (chart.shop_of(account), chart.fund_of(account))


def test_the_marks_tell_people_apart() -> None:
    """No mark of an id begins with another one, nor with the name of an account."""
    marks = [chart.HOUSEHOLD_MARK, chart.RESIDENT_MARK, chart.OPERATOR_MARK]
    names = [chart.REDEEMED, chart.OPENING, chart.SUPPLIER, chart.DONOR, chart.HANDED_OVER, chart.SHELF, chart.ISSUED]
    assert [] == [(one, other) for one in marks for other in [*marks, *names] if one != other and other.startswith(one)]
