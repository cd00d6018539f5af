"""What a deed is worth and what limits let through: exact arithmetic, whatever the figures are."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from pointsledger.rules import caps, hours
from pointsledger.rules.activities import Activity
from pointsledger.rules.limits import LIMIT_MODES, LIMIT_SPANS, Limit
from pointsledger.rules.multipliers import FACTOR_DECIMALS, ONE
from pointsledger.values.rows import Usage

factors = st.integers(1, 1_000 * ONE) | st.sampled_from([ONE, ONE * 3 // 2])
points = st.integers(1, 10_000)


def activity(worth: int, per: str, rounding: str | None = None) -> Activity:
    """Return an activity of one kind of unit."""
    return Activity("a", "事项", "cleanup", worth, per, rounding=rounding)


@given(points, st.integers(1, 50), factors)
def test_a_multiplier_is_rounded_once(worth: int, times: int, factor: int) -> None:
    """S-25: quantity x points x factor is exact until it is cut to the smallest unit, and cut by less than one."""
    exact = Fraction(worth * times * factor, 10**FACTOR_DECIMALS)
    assume(exact <= 1_000_000_000)
    assert int(exact) == activity(worth, "time").value(str(times), factor=factor)


@given(points, st.integers(1, hours.MOST_MINUTES), st.sampled_from([None, *hours.ROUNDINGS]))
def test_minutes_are_paid_by_their_policy(worth: int, minutes: int, rounding: str | None) -> None:
    """S-30: what is paid of minutes is off by less than the policy's step, and never a minute without one."""
    paid = Fraction(hours.paid(hours.of_minutes(minutes), rounding), 100)
    bounds = {
        None: (Fraction(0), Fraction(0)),
        "floor": (Fraction(-59), Fraction(0)),
        "nearest": (Fraction(-29), Fraction(30)),
        "up_to_quarter": (Fraction(0), Fraction(14)),
        "at_least_one": (Fraction(0), Fraction(59)),
    }
    least, most = bounds[rounding]
    assert least <= paid - minutes <= most
    step = {"floor": 60, "nearest": 60, "up_to_quarter": 15}.get(rounding or "", 1)
    assert 0 == paid % step
    assert int(worth * paid / 60) == activity(worth, "hour", rounding).value(minutes=minutes)


@given(points, st.integers(1, 9_999), st.sampled_from([None, *hours.ROUNDINGS]))
def test_hours_and_minutes_are_one_thing(worth: int, quarters: int, rounding: str | None) -> None:
    """So many quarters of an hour are worth the same in hours and in minutes."""
    counted = activity(worth, "hour", rounding)
    assume(worth * quarters <= 4_000_000)
    assume(15 * quarters <= hours.MOST_MINUTES)
    quantity = f"{quarters * 25 // 100}.{quarters * 25 % 100:02}"
    assert counted.value(minutes=15 * quarters) == counted.value(quantity)


@given(
    st.integers(1, 100),
    st.sampled_from(LIMIT_SPANS),
    st.sampled_from(LIMIT_MODES),
    st.lists(st.integers(1, 60), max_size=12),
)
def test_a_limit_is_never_passed(most: int, per: str, mode: str, claims: list[int]) -> None:
    """S-24: whatever is claimed, what is granted comes to the least of the limit and the claims, and no more."""
    limit = Limit(most, None, per, "household", mode)
    used = Usage("v", "a", "household:h", "s", 0, 0)
    for claim in claims:
        used = used._replace(points=used.points + caps.granted(limit, used, claim, 1))
    assert min(most, sum(claims)) == used.points
