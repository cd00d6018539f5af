"""Limits: what is counted for a deed, under which key, and how much a limit lets through."""

from __future__ import annotations

import pytest

from pointsledger.rules.activities import Activity
from pointsledger.rules.caps import (
    CountedDeed,
    Counter,
    Grant,
    activity_and_level,
    add,
    counter,
    counters,
    deeds_of,
    entry_activity,
    granted,
    names_of,
    room,
    usage_key,
)
from pointsledger.rules.documents import Mandate
from pointsledger.rules.limits import Limit
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar
from pointsledger.values.rows import EntryRow, Usage

SETTLES_ON_25TH = Calendar(cut_off_day=25)


def points_limit(points: int, *, per: str = "month", by: str = "household", mode: str = "partial") -> Limit:
    """Return a limit of points."""
    return Limit(points, None, per, by, mode)


def times_limit(times: int, *, per: str = "ever", by: str = "household") -> Limit:
    """Return a limit of times."""
    return Limit(None, times, per, by, "partial")


def used(points: int, times: int) -> Usage:
    """Return what was used."""
    return Usage("v", "tidy", "household:h-1", "2026-10", points, times)


def book(*activities: Activity) -> RuleBook:
    """Return a rule book of these activities."""
    known = {activity.code: activity for activity in activities}
    mandate = Mandate("2026-01-01", 46, 44)
    return RuleBook(
        "rules", "2026-01-01", retroactive=False, mandate=mandate, arrears="allow", categories=(), activities=known
    )


def tidy(limit: Limit | None) -> Activity:
    """Return an activity with a limit."""
    return Activity("tidy", "庭院整洁", "cleanup", 2, "time", limits=(limit,) if limit else ())


def entry(seq: int, activity: str, source: str, target: str, amount: int) -> EntryRow:
    """Return an entry of October."""
    on = "2026-10-03"
    return EntryRow("v", seq, 1, source, target, "points", amount, on, on, "2026-10", "", activity, "r-1")


def test_a_limit_lets_through_what_it_has_room_for() -> None:
    """S-24: Cap 30 a month, claims of 12: 12, 12, 6, 0, and after the first is reversed there is room for 12."""
    limit, usage, given = points_limit(30), used(0, 0), []
    for _ in range(4):
        given.append(granted(limit, usage, 12, 1))
        usage = used(usage.points + given[-1], usage.times + 1)
    usage = used(usage.points - given[0], usage.times - 1)
    assert ([12, 12, 6, 0], 12) == (given, room(limit, usage))


@pytest.mark.parametrize(
    ("limit", "usage", "expected"),
    [
        (points_limit(30), None, 30),
        (points_limit(30), used(0, 99), 30),
        (points_limit(30), used(29, 1), 1),
        (points_limit(30), used(30, 1), 0),
        (points_limit(20), used(30, 1), 0),
        (times_limit(3), None, 3),
        (times_limit(3), used(999, 2), 1),
        (times_limit(3), used(0, 3), 0),
        (times_limit(1), used(0, 3), 0),
    ],
)
def test_room_is_counted_in_the_measure_of_the_limit(limit: Limit, usage: Usage | None, expected: int) -> None:
    """A limit of points looks at points and one of times at times, and a later, tighter limit leaves no less than 0."""
    assert expected == room(limit, usage)


@pytest.mark.parametrize(
    ("limit", "usage", "requested", "times", "expected"),
    [
        (points_limit(30), None, 12, 1, 12),
        (points_limit(30), used(24, 2), 12, 1, 6),
        (points_limit(30), used(30, 3), 12, 1, 0),
        (points_limit(10), None, 50, 1, 10),
        (points_limit(30), used(25, 1), 12, 6, 5),
        (times_limit(1), None, 50, 1, 50),
        (times_limit(2), used(50, 1), 50, 1, 50),
        (times_limit(1), used(50, 1), 50, 1, 0),
        (times_limit(3), used(4, 2), 6, 3, 2),
        (times_limit(3), None, 6, 3, 6),
        (times_limit(3), used(6, 3), 6, 3, 0),
    ],
)
def test_a_limit_of_points_cuts_and_one_of_times_does_not(
    limit: Limit, usage: Usage | None, requested: int, times: int, expected: int
) -> None:
    """Of times there is room for, each is worth the whole of it, while points are granted as far as they go."""
    assert expected == granted(limit, usage, requested, times)


def test_usage_is_counted_up_and_back() -> None:
    """A grant adds its points and one time, and taking it back leaves what there was, under the same key."""
    grant = Grant(CountedDeed("tidy", "", "h-1", "", "2026-10-03"), 12, 1)
    month = Counter("tidy", "household", "month")
    rows = {row[1:4]: row for row in (used(5, 1),)}
    for counted, left in ((grant, used(17, 2)), (grant.taken_back(), used(5, 1))):
        found = list(add([month], counted, village="v", calendar=Calendar(), used=rows.get))
        assert [left] == found
        rows = {row[1:4]: row for row in found}


def test_what_was_never_used_is_counted_from_nothing() -> None:
    """The first grant that a limit counts makes its row, for every counter one."""
    grant = Grant(CountedDeed("tidy", "", "h-1", "r-1", "2026-10-03"), 12, 2)
    asked = [Counter("tidy", "household", "year"), Counter("all/", "resident", "ever")]
    expected = [
        Usage("v", "tidy", "household:h-1", "2026", 12, 2),
        Usage("v", "all/", "resident:r-1", "ever", 12, 2),
    ]
    assert expected == list(add(asked, grant, village="v", calendar=Calendar(), used=lambda _: None))


def test_a_ladder_counts_times_for_each_level() -> None:
    """S-27: On an award ladder once is once a level, while points are counted for the whole ladder."""
    assert Counter("honour/county", "household", "ever") == counter(times_limit(1), "honour", "county")
    assert Counter("honour", "household", "month") == counter(points_limit(30), "honour", "county")
    assert Counter("tidy", "household", "ever") == counter(times_limit(1), "tidy", "")


def test_an_entry_names_activity_and_level() -> None:
    """An entry has the code alone, or with the level behind a slash on a ladder."""
    assert ("tidy", "honour/county") == (entry_activity("tidy", ""), entry_activity("honour", "county"))
    assert [("tidy", ""), ("honour", "county")] == [activity_and_level("tidy"), activity_and_level("honour/county")]


def test_the_entries_of_an_activity_are_found_by_their_name() -> None:
    """An entry is of an activity by its own name, or by one between two, whatever its level is called."""
    own, after, before = names_of("honour")
    assert "honour" == own
    assert all(after < entry_activity("honour", level) < before for level in ("0", "county", "~", "县级"))
    others = [entry_activity(other, "county") for other in ("honou", "honour-2", "honour.x", "honour0", "honours")]
    assert [] == [name for name in (*others, "honour-2", "honour0") if after < name < before]


def test_a_deed_is_counted_for_every_book() -> None:
    """What a cap has used carries over, so a deed counts for each limit that any of the books sets on it."""
    books = [book(tidy(points_limit(30))), book(tidy(times_limit(2, by="village"))), book(tidy(None)), book()]
    expected = {Counter("tidy", "household", "month"), Counter("tidy", "village", "ever")}
    assert expected == counters(books, "tidy", "")
    assert set() == counters(books, "honour", "county")


def test_two_books_with_the_same_span_count_once() -> None:
    """A later book that only changes how much is allowed goes on with the same count."""
    books = [book(tidy(points_limit(30))), book(tidy(points_limit(40, mode="reject")))]
    assert {Counter("tidy", "household", "month")} == counters(books, "tidy", "")


@pytest.mark.parametrize(
    ("by", "expected"),
    [("household", "household:h-1"), ("resident", "resident:r-2"), ("village", "village:")],
)
def test_a_count_has_its_holder(by: str, expected: str) -> None:
    """What one household, one resident or the whole village used is counted apart."""
    deed = CountedDeed("tidy", "", "h-1", "r-2", "2026-10-03")
    assert ("tidy", expected, "2026-10") == usage_key(Counter("tidy", by, "month"), deed, Calendar())


@pytest.mark.parametrize(
    ("on", "per", "expected"),
    [
        ("2026-10-25", "month", "2026-10"),
        ("2026-10-26", "month", "2026-11"),
        ("2026-12-26", "quarter", "2027Q1"),
        ("2026-12-26", "year", "2027"),
        ("2026-12-26", "week", "2026-W52"),
        ("2026-12-26", "day", "2026-12-26"),
        ("2026-12-26", "ever", "ever"),
    ],
)
def test_a_count_goes_by_the_village_periods(on: str, per: str, expected: str) -> None:
    """S-47: With cut-off day 25, deeds of 10-25 and 10-26 count in two months, by the day of the deed."""
    deed = CountedDeed("honour", "county", "h-1", "r-2", on)
    expected_key = ("honour/county", "household:h-1", expected)
    assert expected_key == usage_key(Counter("honour/county", "household", per), deed, SETTLES_ON_25TH)


def test_the_deeds_of_an_activity_are_found_in_the_entries() -> None:
    """Awards of the activity on any level are deeds; its deductions, its reversals and other activities are none."""
    entries = [
        entry(1, "honour/county", "issued:model", "h-1", 15),
        entry(2, "honour", "issued:model", "h-2", 5),
        entry(3, "honour/county", "h-1", "issued:model", 15),
        entry(4, "honour/county", "h-1", "deducted:model", 15),
        entry(5, "honours/county", "issued:model", "h-1", 15),
        entry(6, "tidy", "issued:cleanup", "h-1", 2),
        entry(7, "", "opening", "h-1", 50),
    ]
    expected = [
        (1, CountedDeed("honour", "county", "h-1", "r-1", "2026-10-03", "model"), 15),
        (2, CountedDeed("honour", "", "h-2", "r-1", "2026-10-03", "model"), 5),
    ]
    assert expected == list(deeds_of("honour", entries))
