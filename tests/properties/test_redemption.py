"""Redemption rules hold for every table: said and read again they are the same, and each next day is one of theirs."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger import testing
from pointsledger.rules.allowance import SPANS, Allowance
from pointsledger.rules.redemption import COLLECTING, ENDINGS, RedemptionRules, smallest
from pointsledger.rules.rulebook import RuleBook
from pointsledger.testing import SMALL_VILLAGE
from pointsledger.values.calendar import day_after, day_before, days_after, months_after

days = testing.days("2025-09-01", "2040-12-31")
day_lists = st.lists(st.integers(1, 31), max_size=4, unique=True).map(lambda drawn: tuple(sorted(drawn)))
rules = st.sampled_from(
    [
        "FREQ=MONTHLY;BYDAY=1SA",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=DAILY;INTERVAL=5",
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> RedemptionRules:
    """Draw tables that a village could adopt, with days, a rule or neither."""
    own_days = draw(day_lists)
    allowances = st.none() | st.builds(Allowance, st.integers(1, 500), st.sampled_from(SPANS), st.just("times"))
    points = draw(st.none() | st.builds(Allowance, st.integers(50, 500), st.sampled_from(SPANS), st.just("points")))
    return RedemptionRules(
        minimum_balance=draw(st.none() | st.integers(1, 100)),
        multiple_of=draw(st.none() | st.integers(1, 50)),
        times_per=draw(allowances),
        points_per=points,
        days=own_days,
        rule=None if own_days else draw(st.none() | rules),
        collect=draw(st.sampled_from(COLLECTING)),
        reservation_days=draw(st.integers(1, 366)),
        at_end=draw(st.sampled_from(ENDINGS)),
        grace_days=draw(st.integers(1, 366)),
    )


@given(tables())
def test_rules_survive_the_journal(drawn: RedemptionRules) -> None:
    """A rule book with any such table is the same when it comes back from its record."""
    event("nothing is said" if drawn == RedemptionRules() else "something is said")
    book = replace(SMALL_VILLAGE.rulebook, redemption=drawn)
    assert book == RuleBook.from_said(book.to_said())


@given(tables(), days)
def test_the_next_day_is_the_first_of_its_own(drawn: RedemptionRules, day: str) -> None:
    """The next day is one itself, no day between is, and there is one within two months."""
    first_day = "2025-09-01"
    found = drawn.next_day(day, first_day)
    event("today" if found == day else "later")
    assert found == drawn.next_day(found, first_day)
    assert day <= found <= months_after(day, 2)
    if found > day:
        assert found == drawn.next_day(day_after(day), first_day)
        assert found == drawn.next_day(day_before(found), first_day)


@given(day_lists.filter(bool), days)
def test_days_of_the_month_are_kept(own: tuple[int, ...], day: str) -> None:
    """A day is one for redeeming if its number is named, or if it ends a month that is too short for one named."""
    last = days_after(months_after(f"{day[:7]}-01", 1), -1)
    named = int(day[8:]) in own or (day == last and max(own) > int(day[8:]))
    event("a day for redeeming" if named else "another")
    assert named == (RedemptionRules(days=own).next_day(day, day) == day)


@given(st.integers(1, 500), st.none() | st.integers(1, 100), st.integers(0, 500))
def test_no_redemption_is_smaller_than_the_smallest(cheapest: int, multiple: int | None, more: int) -> None:
    """What costs at least as much as the cheapest item, and is a multiple, is no less than the least there is."""
    step = multiple or 1
    points = next(some for some in range(cheapest, cheapest + step) if some % step == 0) + more * step
    event("the least there is" if not more else "more")
    assert smallest(RedemptionRules(multiple_of=multiple), cheapest) <= points
