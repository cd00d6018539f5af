"""Rehearsals: a past period decided once more by the rules of now, or by a draft, without a trace in the book."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    BeforeFirstPeriod,
    FileUnreadable,
    InvalidPeriod,
    LimitReached,
    PointsLedgerError,
    ResidentRequired,
    RuleBookInvalid,
    RuleSilent,
    UnknownActivity,
    UnknownLevel,
    WorthNothing,
    WrongSign,
)
from pointsledger.testing.contract.book import NANYU_RULES, needs

if TYPE_CHECKING:
    from pointsledger.reports.rehearsal import Rehearsal
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

WRONG = "记错了"
YARD = "limit = { points = 30, per = "


@pytest.fixture
def rehearsed(nanyu: Ledger, clock: FixedClock) -> Ledger:
    """Give Nanyu an October with deeds of every kind, some of them cut, and a deed of September before it."""
    nanyu.award("03-017", "yard", quantity=2, by="clerk:1", on="2025-09-20")
    for day in (1, 2, 3, 4):
        nanyu.award("03-017", "yard", by="clerk:1", on=f"2025-10-0{day}")
    nanyu.award("03-018", "patrol", quantity="1.5", by="clerk:1", on="2025-10-05")
    nanyu.award("03-018", "honour", level="county", by="clerk:1", on="2025-10-06")
    nanyu.award("04-001", "meeting", member="赵六", by="clerk:1", on="2025-10-07")
    nanyu.deduct("04-001", "litter", by="clerk:1", on="2025-10-08")
    clock.noon("2025-12-01")
    return nanyu


def differences(rehearsal: Rehearsal) -> dict[tuple[str, str], tuple[int, int]]:
    """Return what deeds brought and would have brought, by their day and activity."""
    return {(deed.on[5:], deed.activity): (int(deed.granted), int(deed.rehearsed)) for deed in rehearsal}


def test_where_nothing_changed_nothing_differs(rehearsed: Ledger) -> None:
    """A replay under the rules that decided every deed comes to what was granted, for each household and in all."""
    found = rehearsed.replay("2025-10")
    assert () == found.deeds
    totals = [(one.household, one.deeds, int(one.granted), int(one.rehearsed)) for one in found.households]
    assert [("03-017", 4, 30, 30), ("03-018", 2, 21, 21), ("04-001", 2, 5, 5)] == totals
    total = found.total
    assert (8, 0, Decimal(56), Decimal(56), Decimal(0)) == (
        total.deeds,
        total.refused,
        total.granted,
        total.rehearsed,
        total.difference,
    )


def test_nothing_is_posted(rehearsed: Ledger, document: Document) -> None:
    """Neither a replay nor a draft that is tried leaves anything in the book."""
    before = rehearsed.head(), rehearsed.balances(), rehearsed.tally("2025")
    rehearsed.replay("2025")
    rehearsed.what_if(document(NANYU_RULES.replace("points = 12", "points = 1")), "2025")
    assert before == (rehearsed.head(), rehearsed.balances(), rehearsed.tally("2025"))


def test_a_draft_counts_its_limits_anew(rehearsed: Ledger, document: Document) -> None:
    """12, 12, 6 and 0 under 30 a month are 12, 8, 0 and 0 under 20: the draft decides each deed after the others."""
    found = rehearsed.what_if(document(NANYU_RULES.replace(YARD, YARD.replace("30", "20"))), "2025-10")
    assert {("10-02", "yard"): (12, 8), ("10-03", "yard"): (6, 0)} == differences(found)
    assert ("03-017", Decimal(-10)) == (found.households[0].household, found.households[0].difference)
    assert (Decimal(-10), "南峪村") == (found.total.difference, found.rulebook)


def test_a_wider_limit_gives_what_was_cut(rehearsed: Ledger, document: Document) -> None:
    """A deed of which a limit left nothing comes to life under a draft that leaves it room."""
    found = rehearsed.what_if(document(NANYU_RULES.replace(YARD, YARD.replace("30", "100"))), "2025-10")
    assert {("10-03", "yard"): (6, 12), ("10-04", "yard"): (0, 12)} == differences(found)


LEFT = {"quarter": 40, "half": 16, "year": 16, "ever": 16}
"""What 40 in a span leave for October: the quarter begins with it, the others have the 24 of September in them."""


@pytest.mark.parametrize("per", LEFT)
def test_a_span_that_began_before_starts_from_what_was_granted(rehearsed: Ledger, document: Document, per: str) -> None:
    """Where the span of a limit reaches back before the period, what was granted then is used up."""
    limit = f'limit = {{ points = 40, per = "{per}" }}'
    found = rehearsed.what_if(document(NANYU_RULES.replace('limit = { points = 30, per = "month" }', limit)), "2025-10")
    assert Decimal(LEFT[per]) == found.households[0].rehearsed


def test_a_week_that_began_before_counts(nanyu: Ledger, document: Document) -> None:
    """A week of which a part lies before the month is counted as a whole."""
    nanyu.award("04-001", "meeting", member="赵六", by="clerk:1", on="2025-09-30")
    assert 0 == nanyu.award("04-001", "meeting", member="赵六", by="clerk:1", on="2025-10-05").points
    assert () == nanyu.replay("2025-10").deeds
    draft = NANYU_RULES.replace('limit = { times = 1, per = "week"', 'limit = { times = 2, per = "week"')
    assert {("10-05", "meeting"): (0, 10)} == differences(nanyu.what_if(document(draft), "2025-10"))


def test_a_deed_that_was_cut_counts_once(begin: Begin, clock: FixedClock) -> None:
    """A deed that one limit cut is done once for another that counts times, in a replay as when it was recorded."""
    several = '[[activity.limit]]\npoints = 18\nper = "month"\n[[activity.limit]]\ntimes = 2\nper = "quarter"\n'
    ledger = begin(NANYU_RULES.replace('limit = { points = 30, per = "month" }', several, 1))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    clock.noon("2025-12-01")
    days = ("2025-10-01", "2025-10-02", "2025-11-01")
    granted = [ledger.award("03-017", "yard", by="clerk:1", on=day).points for day in days]
    assert [Decimal(12), Decimal(6), Decimal(0)] == granted
    assert () == ledger.replay("2025Q4").deeds
    assert () == ledger.replay("2025-11").deeds


def test_ceilings_and_categories_count_from_before(rehearsed: Ledger, document: Document) -> None:
    """A ceiling of the year has used up what was granted of any activity before the month."""
    ceiling = '[[ceiling]]\npoints = 44\nper = "year"\n'
    found = rehearsed.what_if(document(NANYU_RULES + ceiling), "2025-10")
    assert {("10-02", "yard"): (12, 8), ("10-03", "yard"): (6, 0)} == differences(found)


def test_a_retroactive_version_shows_what_it_would_have_given(rehearsed: Ledger, document: Document) -> None:
    """A version that reaches back changes nothing granted; the replay says what it would have come to."""
    later = NANYU_RULES.replace("points = 4\n", "points = 6\n").replace(
        'points = 5\nper = "time"', 'points = 7\nper = "time"'
    )
    path = document(later, first_day="2025-10-01", decided_on="2025-11-20", retroactive=True)
    rehearsed.adopt_rules(path, by="clerk:1")
    found = rehearsed.replay("2025-10")
    assert {("10-05", "patrol"): (6, 9), ("10-08", "litter"): (-5, -7)} == differences(found)
    assert [1, 1] == [deed.rulebook for deed in found]
    assert ("", Decimal(1)) == (found.rulebook, found.total.difference)
    assert () == rehearsed.replay("2025-09").deeds


REFUSED: tuple[tuple[tuple[str, str], str, type[PointsLedgerError]], ...] = (
    (('code = "patrol"', 'code = "watch"'), "patrol", UnknownActivity),
    (('code = "county"', 'code = "town"'), "honour/county", UnknownLevel),
    (('sign = "minus"', 'sign = "plus"'), "litter", WrongSign),
    (('points = 4\nper = "hour"', 'points = 1\nper = "hour"\nrounding = "floor"'), "patrol", WorthNothing),
)
"""What a draft says in the place of what, the activity that it refuses then, and why."""


@pytest.mark.parametrize(("words", "activity", "error"), REFUSED)
def test_what_a_draft_refuses_is_told(
    rehearsed: Ledger, document: Document, words: tuple[str, str], activity: str, error: type[PointsLedgerError]
) -> None:
    """A deed of which the draft says nothing, or that it refuses, brings nothing and says why."""
    rehearsed.award("03-018", "patrol", quantity="0.25", by="clerk:1", on="2025-09-09")
    period = "2025-09" if error is WorthNothing else "2025-10"
    (deed,) = rehearsed.what_if(document(NANYU_RULES.replace(*words)), period).refused
    assert (activity, error, Decimal(0)) == (deed.activity, type(deed.refusal), deed.rehearsed)
    assert (error in {UnknownActivity, UnknownLevel}) == deed.silent
    assert deed.say("en") == ("the rules say nothing of it" if deed.silent else str(deed.refusal))
    assert deed.say("zh")


def test_a_limit_that_refuses_is_told(rehearsed: Ledger, document: Document) -> None:
    """Of a limit that refuses what exceeds it, each deed that it would have refused is listed; the others count."""
    draft = NANYU_RULES.replace(
        'limit = { points = 30, per = "month" }', 'limit = { points = 30, per = "month", mode = "reject" }'
    )
    found = rehearsed.what_if(document(draft), "2025-10")
    assert [(Decimal(6), LimitReached), (Decimal(0), LimitReached)] == [
        (deed.granted, type(deed.refusal)) for deed in found.refused
    ]
    assert (2, Decimal(24)) == (found.households[0].refused, found.households[0].rehearsed)
    assert [False, False] == ["posted" in deed.say("en") for deed in found.refused]
    assert "allowed 30 points per month, 24 are used" in found.refused[0].say("en")


def test_who_is_missing_is_told_by_code(rehearsed: Ledger, document: Document) -> None:
    """A deed that would have to name a member is refused with the code of its household, not the id in the journal."""
    draft = NANYU_RULES.replace(YARD, YARD.replace("per", 'by = "resident", per'))
    found = rehearsed.what_if(document(draft), "2025-10")
    refusals = [deed.refusal for deed in found.refused]
    assert [ResidentRequired] * 4 == [type(refusal) for refusal in refusals]
    assert {"03-017"} == {refusal.data["account"] for refusal in refusals if refusal is not None}


def test_a_deduction_counts_with_what_it_moved(begin: Begin, document: Document) -> None:
    """S-49: of 10 deducted 6 were written off: 4 moved, by the same rules 4, where debts are allowed 10, by half 2."""
    rules = document(NANYU_RULES, arrears="write_off")
    ledger = begin(rules)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", quantity=2, by="clerk:1")
    ledger.deduct("03-017", "litter", quantity=2, by="clerk:1")
    again = ledger.replay("2025-11")
    assert ((), Decimal(0), Decimal(0)) == (again.deeds, again.total.granted, again.total.rehearsed)
    cheap = NANYU_RULES.replace('points = 5\nper = "time"', 'points = 1\nper = "time"')
    for draft, taken in (
        (document(NANYU_RULES, arrears="allow"), -10),
        (document(cheap, arrears="write_off"), -2),
    ):
        (deed,) = (deed for deed in ledger.what_if(draft, "2025-11") if deed.kind == "deduct")
        assert (Decimal(-4), Decimal(taken)) == (deed.granted, deed.rehearsed)


def test_what_was_reversed_is_left_out(rehearsed: Ledger) -> None:
    """Deeds that were reversed since count on neither side and in no limit; of a pair the right one counts."""
    first, second = (line.seq for line in rehearsed.statement("03-017", "2025-10").lines[:2])
    rehearsed.reverse(first, reason=WRONG, by="clerk:1")
    rehearsed.correct(second, reason=WRONG, on="2025-10-09", by="clerk:1")
    found = rehearsed.replay("2025-10")
    assert 2 == found.left_out
    # 6 and 0 were cut by what is gone, and have the room now.
    assert {("10-03", "yard"): (6, 12), ("10-04", "yard"): (0, 12), ("10-09", "yard"): (12, 6)} == differences(found)


def test_a_deed_belongs_to_its_day(rehearsed: Ledger, document: Document) -> None:
    """A deed of October that was recorded in December is rehearsed with October."""
    rehearsed.award("03-018", "tidy", by="clerk:1", on="2025-10-31")
    draft = document(NANYU_RULES.replace("points = 2\n", "points = 3\n"))
    assert {("10-31", "tidy"): (2, 3)} == differences(rehearsed.what_if(draft, "2025Q4"))
    assert {} == differences(rehearsed.what_if(draft, "2025-11"))


BASE = """\
[[base]]
code = "start"
name = "基础分"
points = {points}
per = "year"
[[ceiling]]
points = {ceiling}
per = "year"
with_base = true
"""


@needs("grant_base")
def test_base_points_are_rehearsed(begin: Begin, document: Document, clock: FixedClock) -> None:
    """A draft with another base shows it, its ceiling counts it, and one without a base says nothing of it."""
    ledger = begin(NANYU_RULES + BASE.format(points=100, ceiling=120), first_period="2025-09")
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.grant_base("2025-09", by="clerk:1")
    before = ledger.replay("2025-09").total
    assert (1, 0) == (before.bases, before.deeds), "a base is no deed"
    for month in ("09", "10"):
        ledger.award("03-017", "yard", by="clerk:1", on=f"2025-{month}-20")
    clock.noon("2025-12-01")
    draft = document(NANYU_RULES + BASE.format(points=110, ceiling=120))
    base = ("09-01", "start"), (100, 110)
    assert dict([base, (("09-20", "yard"), (12, 10))]) == differences(ledger.what_if(draft, "2025-09"))
    assert {} == differences(ledger.what_if(draft, "2025-10"))  # what was granted before it stays as it was
    assert () == ledger.replay("2025").deeds
    (silent,) = ledger.what_if(document(NANYU_RULES), "2025-09").refused
    assert ("start", RuleSilent, True) == (silent.activity, type(silent.refusal), silent.silent)


def test_progress_is_told(rehearsed: Ledger) -> None:
    """Whoever waits is told how far it is."""
    told: list[tuple[int, int]] = []
    rehearsed.replay("2025-10", progress=lambda done, count: told.append((done, count)))
    assert told
    assert {rehearsed.head().size} == {count for _, count in told}
    assert all(0 < done <= count for done, count in told)


def test_only_what_there_is_can_be_rehearsed(
    rehearsed: Ledger, refused: Refused, document: Document, tmp_path: Path
) -> None:
    """No period, one before the book, a file that is none and a draft with faults are each refused."""
    draft = document(NANYU_RULES)
    for period in ("2025-13", "", "October"):
        with refused(rehearsed, InvalidPeriod, "invalid-period"):
            rehearsed.replay(period)
        with refused(rehearsed, InvalidPeriod, "invalid-period"):
            rehearsed.what_if(draft, period)
    with refused(rehearsed, BeforeFirstPeriod, "before-first-period"):
        rehearsed.replay("2024")
    with refused(rehearsed, FileUnreadable, "file-unreadable"):
        rehearsed.what_if(tmp_path / "nowhere.toml", "2025-10")
    with refused(rehearsed, RuleBookInvalid, "rulebook-invalid"):
        rehearsed.what_if(document(NANYU_RULES.replace("points = 12", "points = -1")), "2025-10")
