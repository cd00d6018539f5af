"""How long personal data is kept, held against an oracle that looks at every record and every version of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pointsledger import Ledger, RuleBook
from pointsledger.decisions.editions import RULEBOOK
from pointsledger.decisions.enrolling import HOUSEHOLD, brought_in
from pointsledger.decisions.erasing import what_keeps
from pointsledger.decisions.state import State
from pointsledger.decisions.stored import rulebook_of
from pointsledger.errors import PointsLedgerError
from pointsledger.testing import FixedClock
from pointsledger.values.calendar import month_after
from pointsledger.values.records import Record
from tests.database.lived_in import RULES

START = date(2026, 1, 3)
BY = "clerk:1"
Act = tuple[int, str, int, int]
"""Days since the act before, what, a household or a retention, and how many days ago or ahead."""

acts: st.SearchStrategy[list[Act]] = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 9, 20, 35)),
        st.sampled_from(("award", "award", "award", "deduct", "close", "adopt")),
        st.integers(0, 3),
        st.sampled_from((0, 0, 5, 20, 40)),
    ),
    min_size=8,
    max_size=20,
)


def rules(first: date, keep: int, number: int) -> RuleBook:
    """Return a version of the rules that keeps personal data for so many months, or says nothing."""
    text = RULES.replace("2026-01-01", first.isoformat()).replace("积分细则", f"细则{number}")
    text += f"\n[retention]\nkeep_months = {keep}\n" if keep else ""
    return RuleBook.from_toml(text, file="rules", decimals=0)


def lived(first: int, drawn: list[Act]) -> Iterator[tuple[Ledger, str]]:
    """Live through the acts; yield the book after each, with the day."""
    clock, day, closed = FixedClock(f"{START}T09:00"), START, "2025-12"
    book = rules(date(2026, 1, 1), first, 0)
    with Ledger.create("sqlite://", village="nanyu", rulebook=book, by=BY, clock=clock) as ledger:
        for household in ("00", "01"):
            ledger.enrol(household, head="张三", by=BY)
        for number, (passed, what, which, days) in enumerate(drawn, start=1):
            day += timedelta(days=passed)
            clock.set(f"{day}T09:00")
            with suppress(PointsLedgerError):  # a month that is not over, a day that is closed
                if what in {"award", "deduct"}:
                    getattr(ledger, what)(f"0{which % 2}", "tidy", by=BY, on=day - timedelta(days=days))
                elif what == "close":
                    ledger.close(month_after(closed, 1), by=BY)
                    closed = month_after(closed, 1)
                else:
                    ledger.adopt_rules(rules(day + timedelta(days=days), which, number), by=BY)
            yield ledger, day.isoformat()


def of_account(record: Record, account: str) -> bool:
    """Tell whether a record moves something on an account, or opens it."""
    sides = {side for entry in record.entries for side in (entry.source, entry.target)}
    return account in sides or (HOUSEHOLD, account) in brought_in(record)


def kept_until(state: State, records: list[Record], account: str, today: str) -> str | None:
    """Return the last day on which some version keeps what was recorded of an account, as the reference says it."""
    editions, calendar = state.editions(RULEBOOK), state.calendar
    adopted = [calendar.day_of_instant(state.record(one.seq).recorded_at) for one in editions]
    began = [
        (one.first_on, 0) if on < one.first_on else (on, one.seq) for one, on in zip(editions, adopted, strict=True)
    ]
    found = []
    for record in (one for one in records if of_account(one, account)):
        month = max(record.period, calendar.month_of(calendar.day_of_instant(record.recorded_at)))
        for place, edition in enumerate(editions):
            retention, ended = rulebook_of(edition).retention, min(began[place + 1 :], default=("~", 0))
            reigned = began[place][0] <= today and began[place] < ended and ended > (f"{month}-01", 0)
            if retention is not None and reigned:
                found.append(retention.last_day(month, calendar))
    return max((until for until in found if until >= today), default=None)


@settings(max_examples=40)
@given(st.integers(0, 3), acts)
def test_data_is_kept_as_long_as_any_version_since_says(first: int, drawn: list[Act]) -> None:
    """Whatever is adopted, closed and entered late, a household is kept for as long as its records each by itself."""
    for ledger, day in lived(first, drawn):
        with ledger._reading() as transaction:
            state, records = transaction.state, list(transaction.records())
            today = max(day, state.calendar.day_of_instant(state.recorded_at))
            for account in {one for record in records for role, one in brought_in(record) if role == HOUSEHOLD}:
                expected, found = kept_until(state, records, account, today), what_keeps(state, today, [account])
                assert expected == (found.until if found is not None else None)
                event("kept" if expected else "kept by nothing")
