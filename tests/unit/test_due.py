"""What is due by date alone: which version comes into force on a day, what it changes, and which month begins."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.decisions.due import Adoption, Change, Coming, beginning, changes_between, coming, days_between
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.errors import InvalidSetting
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar, day_after

HEADING = 'format = 1\nname = "南峪村"\nfirst_day = 2025-09-01\n'
MANDATE = "mandate = { decided_on = 2025-08-20, present = 3, votes_for = 3 }\n"


def adopted(*days: tuple[str, str], document: str = RULEBOOK) -> list[Adoption]:
    """Return adoptions of a document, each by the day it was adopted on and its first day."""
    return [
        Adoption(document, version, 10 * version, adopted_on, first_on)
        for version, (adopted_on, first_on) in enumerate(days, 1)
    ]


def versions(adoptions: list[Adoption], day: str, document: str = RULEBOOK) -> tuple[int, int | None] | None:
    """Return the version that comes into force on a day, and the one before it."""
    found = coming(adoptions, document, day)
    return found and (found.adoption.version, found.before)


def test_a_version_comes_into_force_on_its_first_day() -> None:
    """What was adopted before its first day comes into force on it, once, in place of the version before."""
    book = adopted(("2025-09-01", "2025-09-01"), ("2025-10-10", "2025-11-01"))
    assert Coming(book[1], 1) == coming(book, RULEBOOK, "2025-11-01")
    assert [None, None] == [coming(book, RULEBOOK, day) for day in ("2025-10-31", "2025-11-02")]
    assert None is coming(book, PRICES, "2025-11-01")
    assert (1, None) == versions(adopted(("2025-09-01", "2025-10-01")), "2025-10-01")


def test_what_governs_from_its_record_on_is_not_due() -> None:
    """A version adopted on its first day or later, and the first price list, are in force by their record."""
    for day in ("2025-11-01", "2025-11-05"):
        assert None is versions(adopted(("2025-09-01", "2025-09-01"), (day, "2025-11-01")), "2025-11-01")
    prices = adopted(("2025-09-01", "2025-10-01"), ("2025-09-02", "2025-10-01"), document=PRICES)
    assert None is versions(prices[:1], "2025-10-01", PRICES)
    assert (2, 1) == versions(prices, "2025-10-01", PRICES)


def test_of_several_versions_the_one_adopted_last_comes() -> None:
    """Of two with one first day the later comes; one that is overtaken before its day never does."""
    first = ("2025-09-01", "2025-09-01")
    assert (3, 1) == versions(adopted(first, ("2025-10-01", "2025-11-01"), ("2025-10-02", "2025-11-01")), "2025-11-01")
    overtaken = adopted(first, ("2025-10-01", "2025-11-01"), ("2025-10-02", "2025-10-20"))
    assert (3, 1) == versions(overtaken, "2025-10-20")
    assert None is versions(overtaken, "2025-11-01")


days = st.integers(1, 28).map(lambda day: f"2025-11-{day:02}")


@given(st.lists(st.tuples(days, days), max_size=6).map(sorted), days, st.lists(st.tuples(days, days), max_size=3))
def test_what_was_due_stays_so(history: list[tuple[str, str]], day: str, later: list[tuple[str, str]]) -> None:
    """Adoptions on the day itself and after it change nothing in what was due on it."""
    since = sorted((max(adopted_on, day), first_on) for adopted_on, first_on in later)
    before = [one for one in history if one[0] < day]
    event(f"due: {versions(adopted(*before), day) is not None}")
    assert versions(adopted(*before), day) == versions(adopted(*before, *since), day)


@given(st.lists(st.tuples(days, days), min_size=1, max_size=6).map(sorted))
def test_what_is_due_is_what_governs_then(history: list[tuple[str, str]]) -> None:
    """Records and what is due, taken together day by day, always name the version that governs."""
    book = adopted(*history)
    governs: int | None = None
    day = "2025-11-01"
    while day <= "2025-11-28":
        found = coming(book, RULEBOOK, day)
        if found is not None:
            assert found.before == governs
            governs = found.adoption.version
        for one in book:
            if one.adopted_on == day and one.first_on <= day:
                governs = one.version
        known = [one for one in book if one.adopted_on <= day]
        assert next((one.version for one in reversed(known) if one.first_on <= day), None) == governs
        day = day_after(day)


def test_what_changed_between_two_rule_books() -> None:
    """Changed, new and gone entries come with their points; a ladder by its levels, and a limit as equal points."""
    before, after = (
        RuleBook.from_toml(HEADING + MANDATE + blocks, file="rules", decimals=0)
        for blocks in (
            (
                '[[activity]]\ncode = "yard"\nname = "庭院"\ncategory = "c"\npoints = 5\nper = "time"\n'
                '[[activity]]\ncode = "old"\nname = "旧"\ncategory = "c"\npoints = 1\nper = "time"\n'
                '[[activity]]\ncode = "same"\nname = "同"\ncategory = "c"\npoints = 1\nper = "time"\n'
                '[[activity]]\ncode = "cut"\nname = "限"\ncategory = "c"\npoints = 2\nper = "time"\n'
                '[[activity]]\ncode = "honour"\nname = "表彰"\ncategory = "c"\nper = "level"\n'
                'level = [{ code = "a", name = "甲", points = 9 }, { code = "b", name = "乙", points = 4 }]\n'
            ),
            (
                '[[activity]]\ncode = "cut"\nname = "限"\ncategory = "c"\npoints = 2\nper = "time"\n'
                'limit = { times = 1, per = "day" }\n'
                '[[activity]]\ncode = "yard"\nname = "院子"\ncategory = "c"\npoints = 3\nper = "time"\n'
                '[[activity]]\ncode = "new"\nname = "新"\ncategory = "c"\npoints = 7\nper = "time"\n'
                '[[activity]]\ncode = "same"\nname = "同"\ncategory = "c"\npoints = 1\nper = "time"\n'
                '[[activity]]\ncode = "honour"\nname = "表彰"\ncategory = "c"\nper = "level"\n'
                'level = [{ code = "a", name = "甲", points = 8 }, { code = "b", name = "乙", points = 4 }]\n'
            ),
        )
    )
    assert [
        Change("cut", "限", Decimal(2), Decimal(2)),
        Change("yard", "院子", Decimal(5), Decimal(3)),
        Change("new", "新", None, Decimal(7)),
        Change("honour/a", "表彰：甲", Decimal(9), Decimal(8)),
        Change("old", "旧", Decimal(1), None),
    ] == changes_between(before, after, 0)
    assert [] == changes_between(after, after, 0)
    assert len(after.activities) + 1 == len(changes_between(None, after, 0))


def test_what_changed_between_two_price_lists() -> None:
    """Prices are told in the village's decimal places."""
    before, after = (
        PriceList.from_toml(
            f'{HEADING}{MANDATE}[[item]]\ncode = "soap"\nname = "肥皂"\npoints = "{points}"\n',
            file="prices",
            decimals=1,
        )
        for points in (1, 1.5)
    )
    assert [Change("soap", "肥皂", Decimal("1.0"), Decimal("1.5"))] == changes_between(before, after, 1)


def test_a_month_begins_on_its_first_day() -> None:
    """A civil month begins on the first, one with a cut-off day on the day behind it, and none before the book."""
    months = [beginning(Calendar(), "2025-10", day) for day in ("2025-09-01", "2025-10-01", "2025-10-02")]
    assert [None, "2025-10", None] == [due and due.period for due in months]
    cut_off = Calendar(cut_off_day=25)
    months = [beginning(cut_off, "2025-10", day) for day in ("2025-09-25", "2025-09-26", "2025-10-01", "2025-10-26")]
    assert [None, "2025-10", None, "2025-11"] == [due and due.period for due in months]


def test_a_range_of_days_is_bounded() -> None:
    """A range has both of its ends, none where it ends before it begins, and never more than a leap year."""
    assert ["2025-12-31", "2026-01-01"] == list(days_between("2025-12-31", "2026-01-01"))
    assert [] == list(days_between("2025-12-31", "2025-12-30"))
    assert 366 == len(list(days_between("2024-01-01", "2024-12-31")))
    with pytest.raises(InvalidSetting, match="366"):
        list(days_between("2024-01-01", "2025-01-01"))
