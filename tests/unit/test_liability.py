"""Liability: what points cost, rounded half up once, and when that is too much."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.errors import RuleBookInvalid
from pointsledger.rules.liability import Liability, half_up
from pointsledger.rules.rulebook import RuleBook
from tests.unit.test_funds import HEADING


def read(text: str) -> Liability | None:
    """Return what a rule book says of what a point costs."""
    return RuleBook.from_toml(f"{HEADING}[liability]\n{text}", file="rules.toml", decimals=0).liability


@pytest.mark.parametrize(
    ("cost", "points", "decimals", "fen"),
    [("0.015", 999, 0, 1499), ("0.84", 1070, 0, 89880), ("0.015", 333, 0, 500), ("0.5", 15, 1, 75), ("1", 5, 2, 5)],
)
def test_money_is_rounded_once(cost: str, points: int, decimals: int, fen: int) -> None:
    """S-36: 999 points at 0.015 are 14.99, 1,070 at 0.84 are 898.80, and decimals of a point count."""
    found = read(f'yuan_per_point = "{cost}"')
    assert found is not None
    assert fen == found.fen(points, decimals)


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_half_is_rounded_up(amount: int, unit: int) -> None:
    """Rounding is that of the decimal library, half up."""
    assert int((Decimal(amount) / unit).quantize(Decimal(1), ROUND_HALF_UP)) == half_up(amount, unit)


@pytest.mark.parametrize(
    ("percent", "cost", "there", "exceeds"), [(100, 100, 100, 0), (100, 101, 100, 1), (80, 80, 100, 0)]
)
def test_it_warns_above_the_percentage(percent: int, cost: int, there: int, exceeds: int) -> None:
    """A cost of just the percentage is honoured; anything more is not, and with nothing there any cost is more."""
    assert bool(exceeds) is Liability(1, percent).exceeds(cost, there)
    assert Liability(1, percent).exceeds(1, 0)
    assert not Liability(1, percent).exceeds(0, 0)


@pytest.mark.parametrize(
    "text",
    ["", "yuan_per_point = 0.84", 'yuan_per_point = "0.00001"', "yuan_per_point = 0", "yuan_per_point = 1\nfen = 2"],
)
def test_what_a_point_costs_is_exact(text: str) -> None:
    """Nothing, a float, more than four decimals, no cost and another key are refused."""
    with pytest.raises(RuleBookInvalid):
        read(text)


@pytest.mark.parametrize("percent", ["0", "1001", '"80"'])
def test_a_warning_is_a_percentage(percent: str) -> None:
    """A share of nothing, of more than ten times, or in quotes is refused."""
    with pytest.raises(RuleBookInvalid):
        read(f"yuan_per_point = 1\nwarn_above_percent = {percent}")
