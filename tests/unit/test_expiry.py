"""Expiry: the last day on which points can be spent, and which policies are refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.errors import RuleBookInvalid
from pointsledger.rules.expiry import PERIODS, Expiry
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar, months_after
from tests.unit.test_rulebook import RULES

CIVIL = Calendar()
ON_THE_25TH = Calendar(cut_off_day=25)
YEARS = st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(date.isoformat)


@pytest.mark.parametrize(
    ("on", "last"), [("2024-02-29", "2025-02-28"), ("2024-03-31", "2025-03-31"), ("2023-02-28", "2024-02-28")]
)
def test_months_count_from_the_day_itself(on: str, last: str) -> None:
    """S-06: twelve months later is the same day, or the last one of a shorter month."""
    assert last == Expiry("months", 12).last_day(on, CIVIL)


def test_half_a_year_ends_a_shorter_month() -> None:
    """S-06: six months after 31 March are over on 30 September."""
    assert "2024-09-30" == Expiry("months", 6).last_day("2024-03-31", CIVIL)


def test_months_are_rounded_up_to_the_end_of_a_span() -> None:
    """S-06: rounded to the month, 28 February 2023 lasts until 29 February 2024; to longer spans, until their end."""
    ends = {span: Expiry("months", 12, span).last_day("2023-02-28", CIVIL) for span in PERIODS}
    assert {"month": "2024-02-29", "quarter": "2024-03-31", "half": "2024-06-30", "year": "2024-12-31"} == ends
    assert "2024-03-25" == Expiry("months", 12, "month").last_day("2023-02-28", ON_THE_25TH)


@pytest.mark.parametrize(("on", "last"), [("2025-11-30", "2025-12-31"), ("2025-12-02", "2026-12-31")])
def test_a_fixed_day_leaves_a_life_of_some_days(on: str, last: str) -> None:
    """S-07: the fixed day is the next one that leaves thirty days."""
    assert last == Expiry("fixed", month_day="12-31", min_life_days=30).last_day(on, CIVIL)


def test_the_end_of_a_period() -> None:
    """Points last to the end of the deed's period, or of a later one, as the village counts its months."""
    assert "2026-12-31" == Expiry("end_of", 0, "quarter").last_day("2026-10-26", CIVIL)
    assert "2027-12-31" == Expiry("end_of", 1, "year").last_day("2026-10-26", CIVIL)
    assert "2026-11-25" == Expiry("end_of", 0, "month").last_day("2026-10-26", ON_THE_25TH)
    assert "2027-02-28" == Expiry("end_of", 3, "month").last_day("2026-11-30", CIVIL)


def test_what_no_day_ends() -> None:
    """Without a policy, and where a close clears, no day ends points; the close of a span's last month does (S-17)."""
    assert [None, None] == [
        one.last_day("2026-10-26", CIVIL) for one in (Expiry(), Expiry("clear_at_close", 0, "half"))
    ]
    assert {"expires_on": None} == Expiry().end("2026-03-28", CIVIL)
    assert {"expires_on": "2026-03-31"} == Expiry("end_of", 0, "month").end("2026-03-28", CIVIL)


@pytest.mark.parametrize(
    ("span", "calendar", "end"),
    [
        ("quarter", CIVIL, {"expires_on": "2026-03-31", "clears_with": "2026-03"}),
        ("half", CIVIL, {"expires_on": "2026-06-30", "clears_with": "2026-06"}),
        ("year", CIVIL, {"expires_on": "2026-12-31", "clears_with": "2026-12"}),
        ("quarter", ON_THE_25TH, {"expires_on": "2026-06-25", "clears_with": "2026-06"}),
    ],
)
def test_a_close_clears_the_span_in_which_a_deed_lies(span: str, calendar: Calendar, end: dict[str, str]) -> None:
    """A deed is cleared with the close of the span of its own day, whenever it is recorded (S-17)."""
    assert end == Expiry("clear_at_close", 0, span).end("2026-03-28", calendar)


@given(YEARS, st.integers(1, 1_200), st.sampled_from(["", *PERIODS]), st.sampled_from([CIVIL, ON_THE_25TH]))
def test_rounding_never_shortens(on: str, months: int, span: str, calendar: Calendar) -> None:
    """Rounded up, points live as long as without, and to the end of a span."""
    last = Expiry("months", months, span).last_day(on, calendar) or ""
    assert last >= months_after(on, months)
    if span:
        assert calendar.window(last, span) != calendar.window(
            (date.fromisoformat(last) + timedelta(1)).isoformat(), span
        )


@given(YEARS, st.integers(1, 365), st.dates(date(2023, 1, 1), date(2023, 12, 31)))
def test_a_fixed_day_is_the_next_one(on: str, least: int, day: date) -> None:
    """The fixed day comes round at least so many days later, and the one a year before would be too early."""
    month_day = day.isoformat()[5:]
    last = Expiry("fixed", month_day=month_day, min_life_days=least).last_day(on, CIVIL) or ""
    earliest = (date.fromisoformat(on) + timedelta(least)).isoformat()
    assert month_day == last[5:]
    assert f"{int(last[:4]) - 1}-{month_day}" < earliest <= last


def expiries() -> st.SearchStrategy[Expiry]:
    """Return a policy of every sort."""
    least = st.integers(1, 28)
    return st.one_of(
        st.just(Expiry()),
        st.builds(Expiry, st.just("days"), st.integers(28, 400), min_life_days=least),
        st.builds(Expiry, st.just("months"), st.integers(1, 60), st.sampled_from(["", *PERIODS]), min_life_days=least),
        st.builds(
            Expiry, st.just("fixed"), month_day=st.sampled_from(["01-01", "06-30", "12-31"]), min_life_days=least
        ),
        st.builds(Expiry, st.just("end_of"), st.integers(0, 4), st.sampled_from(PERIODS), min_life_days=least),
        st.builds(Expiry, st.just("clear_at_close"), st.just(0), st.sampled_from(PERIODS[1:])),
    )


# --- as the rule book has it -----------------------------------------------------------------------------


def book(expiry: str) -> RuleBook:
    """Read a rule book with these lines under [expiry]."""
    text = RULES.replace("[[category]]", f"[expiry]\n{expiry}\n[[category]]", 1)
    return RuleBook.from_toml(text, file="rulebook.toml", decimals=0)


@pytest.mark.parametrize(
    ("lines", "expiry"),
    [
        ('policy = "never"', Expiry()),
        ('policy = "days"\ndays = 90', Expiry("days", 90)),
        ('policy = "months"\nmonths = 12', Expiry("months", 12)),
        ('policy = "months"\nmonths = 12\nround_to = "quarter"', Expiry("months", 12, "quarter")),
        ('policy = "fixed"\nmonth = 12\nday = 31\nmin_life_days = 60', Expiry("fixed", 0, "", "12-31", 60)),
        ('policy = "end_of"\nperiod = "half"', Expiry("end_of", 0, "half")),
        ('policy = "end_of"\nperiod = "year"\nplus = 1', Expiry("end_of", 1, "year")),
        ('policy = "clear_at_close"\nperiod = "quarter"', Expiry("clear_at_close", 0, "quarter")),
    ],
)
def test_every_policy_is_read(lines: str, expiry: Expiry) -> None:
    """Each policy is read with its keys, and comes back from the journal."""
    read = book(lines)
    assert expiry == read.expiry
    assert expiry == RuleBook.from_said(read.to_said()).expiry


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ("", {"expiry.policy"}),
        ('policy = "soon"', {"expiry.policy"}),
        ('policy = "days"', {"expiry.days"}),
        ('policy = "days"\ndays = 0', {"expiry.days"}),
        ('policy = "days"\ndays = 10\nmin_life_days = 30', {"expiry.min_life_days"}),
        ('policy = "days"\ndays = 10\nmonths = 1', {"expiry.months"}),
        ('policy = "months"\nmonths = 12\nround_to = "week"', {"expiry.round_to"}),
        ('policy = "fixed"\nmonth = 2\nday = 30', {"expiry.day"}),
        ('policy = "fixed"\nmonth = 2\nday = 29', {"expiry.day"}),
        ('policy = "fixed"\nmonth = 13', {"expiry.month", "expiry.day"}),
        ('policy = "fixed"\nmonth = 12\nday = 31\nmin_life_days = 366', {"expiry.min_life_days"}),
        ('policy = "end_of"\nplus = -1', {"expiry.period", "expiry.plus"}),
        ('policy = "clear_at_close"\nperiod = "month"', {"expiry.period"}),
        ('policy = "never"\nmin_life_days = 30', {"expiry.min_life_days"}),
    ],
)
def test_what_is_no_policy_is_refused(lines: str, keys: set[str]) -> None:
    """A policy that is not known, lacks a key, has one of another, or contradicts itself is refused by its key."""
    with pytest.raises(RuleBookInvalid) as refused:
        book(lines)
    assert keys == {fault.key for fault in refused.value.data["faults"]}


@pytest.mark.parametrize(
    ("lines", "other"),
    [
        ('policy = "days"\ndays = 10\nmin_life_days = 30', "expiry.days"),
        ('policy = "fixed"\nmonth = 2\nday = 29', "expiry.month"),
    ],
)
def test_a_contradiction_names_both_keys(lines: str, other: str) -> None:
    """Where two keys contradict each other, the sentence names the other one as well."""
    with pytest.raises(RuleBookInvalid) as refused:
        book(lines)
    assert other in str(refused.value)


def test_a_short_life_comes_back_from_the_journal() -> None:
    """Points may live for fewer days than those which had to wait get at least; the journal reads that again."""
    read = book('policy = "days"\ndays = 20')
    assert Expiry("days", 20) == read.expiry == RuleBook.from_said(read.to_said()).expiry
