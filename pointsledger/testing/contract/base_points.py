"""Base points: granted without a deed to every account, to be spent or as a floor, once in each span."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import (
    AlreadyReversed,
    BaseTooEarly,
    BaseTooLate,
    BeforeFirstPeriod,
    InsufficientPoints,
    LimitReached,
    NotAMonth,
    RuleSilent,
)
from pointsledger.testing.contract.book import needs

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

RUN = "grant_base"
"""What a test needs that grants base points: a run is no act of an open batch."""

TIDY = """\
[[activity]]
code = "tidy"
name = "整洁"
category = "cleanup"
points = 10
per = "time"
[[activity]]
code = "litter"
name = "乱倒垃圾"
category = "cleanup"
points = 5
per = "time"
sign = "minus"
"""
FLOOR = '[[base]]\ncode = "floor"\nname = "保底分"\npoints = 100\nper = "ever"\nfloor = true\n'
BASE = '[[base]]\ncode = "base"\nname = "基础分"\npoints = {points}\nper = "{per}"\n'
GOODS = """\
[[item]]
code = "haircut"
name = "理发"
points = 5
stocked = false
"""


def village(begin: Begin, rules: str, *households: str, **settings: object) -> Ledger:
    """Begin a book under such rules, with these households."""
    ledger = begin(TIDY + rules, GOODS, **settings)
    for household in households or ("03-017",):
        ledger.enrol(household, head="张三", by="clerk:1")
    return ledger


def held(ledger: Ledger, household: str = "03-017") -> tuple[int, int, int]:
    """Return balance, floor and available."""
    found = ledger.balance(household)
    return int(found.balance), int(found.floor or 0), int(found.available or 0)


@needs(RUN)
def test_a_floor_is_not_spent(begin: Begin, refused: Refused) -> None:
    """S-16: with a base of 100 as a floor and 10 for a tidy yard 10 can be redeemed, not 110."""
    ledger = village(begin, FLOOR)
    ledger.grant_base("2025-11", by="clerk:1")
    assert (100, 100, 0) == held(ledger)
    earned = ledger.award("03-017", "tidy", by="clerk:1", on="2025-11-02")
    assert (110, 100, 10) == held(ledger)
    with refused(ledger, InsufficientPoints, "insufficient-points") as caught:
        ledger.redeem("03-017", {"haircut": 3}, by="shop:1")
    assert (Decimal(10), Decimal(15)) == (caught.value.data["available"], caught.value.data["required"])
    redeemed = ledger.redeem("03-017", {"haircut": 2}, by="shop:1")
    assert [[1, earned.seq, 1, 10]] == ledger.record(redeemed.seq).decided["lots"]
    assert (100, 100, 0) == held(ledger)
    assert [Decimal(0)] == [row.available for row in ledger.balances()]


@needs(RUN)
def test_a_deduction_takes_a_floor_last(begin: Begin) -> None:
    """What may be spent is taken first, then what keeps the floor; what is left of that can never be spent."""
    ledger = village(begin, FLOOR)
    ledger.grant_base("2025-11", by="clerk:1")
    ledger.deduct("03-017", "litter", quantity=6, by="clerk:1")
    assert (70, 70, 0) == held(ledger)
    ledger.award("03-017", "tidy", quantity=4, by="clerk:1")
    assert (110, 70, 40) == held(ledger)
    ledger.deduct("03-017", "litter", quantity=6, by="clerk:1")
    assert (80, 70, 10) == held(ledger)


@needs(RUN)
def test_a_base_can_be_spent(begin: Begin) -> None:
    """A base that is no floor is spent like other points."""
    ledger = village(begin, BASE.format(points=20, per="ever"))
    ledger.grant_base("2025-11", by="clerk:1")
    ledger.redeem("03-017", {"haircut": 3}, by="shop:1")
    assert (5, 0, 5) == held(ledger)


@needs(RUN)
def test_a_run_is_made_once(begin: Begin) -> None:
    """A run that is repeated grants nothing more, and one for later households only what is missing."""
    ledger = village(begin, BASE.format(points=20, per="month"), "03-017", "03-018")
    report = ledger.grant_base("2025-11", by="clerk:1")
    assert (2, 0, 0, Decimal(40)) == (report.posted, report.unchanged, report.absent, report.points)
    before = ledger.head()
    again = ledger.grant_base("2025-11", by="clerk:1")
    assert (0, 2, Decimal(0), before) == (again.posted, again.unchanged, again.points, ledger.head())
    ledger.enrol("03-019", head="新户", by="clerk:1")
    later = ledger.grant_base("2025-11", by="clerk:1")
    assert (1, 2) == (later.posted, later.unchanged)


@needs(RUN)
@pytest.mark.parametrize(
    ("per", "runs"),
    [
        ("month", {"2025-11": 1, "2025-12": 1, "2026-01": 1, "2026-02": 1}),
        ("quarter", {"2025-11": 1, "2025-12": 0, "2026-01": 1, "2026-02": 0}),
        ("half", {"2025-11": 1, "2025-12": 0, "2026-01": 1, "2026-02": 0}),
        ("year", {"2025-11": 1, "2025-12": 0, "2026-01": 1, "2026-02": 0}),
        ("ever", {"2025-11": 1, "2025-12": 0, "2026-01": 0, "2026-02": 0}),
    ],
)
def test_a_base_comes_with_its_span(begin: Begin, clock: FixedClock, per: str, runs: dict[str, int]) -> None:
    """A base is granted once in each of its spans, in whichever of its months the run is made first."""
    ledger = village(begin, BASE.format(points=20, per=per))
    clock.noon("2026-02-10")
    assert runs == {month: ledger.grant_base(month, by="clerk:1").posted for month in runs}
    lines = [(line.on, line.heading, line.activity_name) for line in ledger.statement("03-017")]
    assert [(f"{month}-01", "base", "基础分") for month, posted in runs.items() if posted] == lines


@needs(RUN)
def test_who_comes_later_has_the_next_one(begin: Begin, clock: FixedClock) -> None:
    """Once a span has begun newcomers have no base of it; who is enrolled in the book's own month was there already."""
    ledger = village(begin, BASE.format(points=20, per="quarter") + FLOOR)
    clock.noon("2025-12-03")
    ledger.enrol("03-018", head="新户", by="clerk:1")
    report = ledger.grant_base("2025-12", by="clerk:1")
    assert (2, 2) == (report.posted, report.absent)
    assert [(120, 100, 20), (0, 0, 0)] == [held(ledger, one) for one in ("03-017", "03-018")]
    clock.noon("2026-01-03")
    assert 3 == ledger.grant_base("2026-01", by="clerk:1").posted
    assert (120, 100, 20) == held(ledger, "03-018")


@needs(RUN)
def test_a_base_ranks_for_nothing(begin: Begin) -> None:
    """S-48: opening 50, base 100 and earned 30 are a balance of 180, ranked with 30."""
    ledger = village(begin, BASE.format(points=100, per="ever"), first_period="2025-11")
    ledger.bring_forward("03-017", 50, by="clerk:1")
    ledger.grant_base("2025-11", by="clerk:1")
    ledger.award("03-017", "tidy", quantity=3, by="clerk:1", on="2025-11-02")
    assert (180, 0, 180) == held(ledger)
    assert [(1, Decimal(30))] == [(row.rank, row.points) for row in ledger.ranking("2025-11")]
    row = ledger.tally("2025-11").rows[0]
    assert (1, Decimal(30), Decimal(180)) == (row.deeds, row.earned, row.closing)


@needs(RUN)
@pytest.mark.parametrize(("ranked", "column"), [("", "base"), ("ranked = true\n", "earned")])
def test_a_base_is_of_no_category(begin: Begin, ranked: str, column: str) -> None:
    """By category base points are a row without a code, so that the rows add up to the total."""
    ledger = village(begin, BASE.format(points=100, per="ever") + ranked)
    ledger.award("03-017", "tidy", by="clerk:1", on="2025-11-02")
    assert ["cleanup"] == [row.code for row in ledger.tally("2025-11", level="category")]
    ledger.grant_base("2025-11", by="clerk:1")
    tally = ledger.tally("2025-11", level="category")
    own = tally.rows[-1]
    assert ("", "", 0, Decimal(100)) == (own.code, own.name, own.deeds, getattr(own, column))
    for name in ("deeds", "base", "earned", "prior", "deducted"):
        assert getattr(tally.total, name) == sum(getattr(row, name) for row in tally)


@needs(RUN)
def test_a_base_may_be_ranked(begin: Begin) -> None:
    """Where the rule book says so a base is part of what is earned, and still no deed."""
    ledger = village(begin, BASE.format(points=100, per="ever") + "ranked = true\n")
    ledger.grant_base("2025-11", by="clerk:1")
    ledger.deduct("03-017", "litter", by="clerk:1", on="2025-11-02")
    assert [Decimal(95)] == [row.points for row in ledger.ranking("2025-11")]
    row = ledger.tally("2025-11").rows[0]
    assert (1, Decimal(100), Decimal(95)) == (row.deeds, row.earned, row.closing)


@needs(RUN)
def test_a_ceiling_may_count_the_base(begin: Begin, clock: FixedClock) -> None:
    """S-29: base 100 a year and at most 700 with it: the award that would pass 700 is cut to reach it."""
    ceiling = '[ceiling]\npoints = 700\nper = "year"\nwith_base = true\n'
    ledger = village(begin, BASE.format(points=100, per="year") + ceiling)
    ledger.grant_base("2025-11", by="clerk:1")
    assert Decimal(590) == ledger.award("03-017", "tidy", quantity=59, by="clerk:1", on="2025-11-02").points
    receipt = ledger.award("03-017", "tidy", quantity=3, by="clerk:1", on="2025-11-03")
    assert (Decimal(10), Decimal(700)) == (receipt.points, receipt.balance)
    cut = ledger.record(receipt.seq).decided["cut_by"]
    assert [("ceiling", 20, 1)] == [(one["of"], one["cut"], one["with_base"]) for one in cut]
    clock.noon("2026-01-02")
    assert Decimal(30) == ledger.award("03-017", "tidy", quantity=3, by="clerk:1").points


@needs(RUN)
def test_a_ceiling_with_the_base_may_refuse(begin: Begin, refused: Refused) -> None:
    """S-29 in mode reject: the award that would pass 700 is refused whole."""
    ceiling = '[ceiling]\npoints = 700\nper = "year"\nwith_base = true\nmode = "reject"\n'
    ledger = village(begin, BASE.format(points=100, per="year") + ceiling)
    ledger.grant_base("2025-11", by="clerk:1")
    ledger.award("03-017", "tidy", quantity=59, by="clerk:1", on="2025-11-02")
    with refused(ledger, LimitReached, "limit-reached") as caught:
        ledger.award("03-017", "tidy", quantity=2, by="clerk:1", on="2025-11-03")
    assert (Decimal(700), Decimal(690)) == (caught.value.data["limit"], caught.value.data["used"])


@needs(RUN)
def test_a_base_that_comes_late_keeps_to_the_ceiling(begin: Begin) -> None:
    """S-29 the other way round: a base run after the awards is cut, so that the two together are 700 at most."""
    ceiling = '[ceiling]\npoints = 700\nper = "year"\nwith_base = true\n'
    ledger = village(begin, BASE.format(points=100, per="year") + ceiling)
    ledger.award("03-017", "tidy", quantity=65, by="clerk:1", on="2025-11-02")
    report = ledger.grant_base("2025-11", by="clerk:1")
    assert (1, Decimal(50), 1) == (report.posted, report.points, report.capped)
    base = ledger.head().size
    assert Decimal(0) == ledger.award("03-017", "tidy", by="clerk:1", on="2025-11-03").points
    ledger.reverse(base, reason="发错了", by="clerk:1")
    assert Decimal(10) == ledger.award("03-017", "tidy", by="clerk:1", on="2025-11-03").points


@needs(RUN)
def test_a_new_ceiling_finds_the_bases(begin: Begin, document: Document) -> None:
    """A ceiling that is adopted later counts the base points that were granted before, reversed ones left out."""
    base = BASE.format(points=100, per="year")
    ledger = village(begin, base, "03-017", "03-018")
    ledger.grant_base("2025-11", by="clerk:1")
    ledger.reverse(ledger.head().size, reason="发错了", by="clerk:1")
    ceiling = '[ceiling]\npoints = 110\nper = "year"\nwith_base = true\n'
    ledger.adopt_rules(document(TIDY + base + ceiling, first_day="2025-11-01"), by="clerk:1")
    granted = {
        one: int(ledger.award(one, "tidy", quantity=2, by="clerk:1").points or 0) for one in ("03-017", "03-018")
    }
    assert [10, 20] == sorted(granted.values())


@needs(RUN)
def test_a_base_is_reversed_like_an_award(begin: Begin, refused: Refused) -> None:
    """The reversal of a floor takes it back, floor and all, once, and a run does not grant it again."""
    ledger = village(begin, FLOOR)
    ledger.grant_base("2025-11", by="clerk:1")
    seq = ledger.head().size
    ledger.award("03-017", "tidy", by="clerk:1")
    ledger.reverse(seq, reason="发错了", by="clerk:1")
    assert (10, 0, 10) == held(ledger)
    with refused(ledger, AlreadyReversed, "already-reversed"):
        ledger.reverse(seq, reason="发错了", by="clerk:1")
    assert (0, 1) == ((report := ledger.grant_base("2025-11", by="clerk:1")).posted, report.unchanged)
    lines = [(line.heading, int(line.points), line.reversed_by > 0) for line in ledger.statement("03-017", "2025-11")]
    assert ("base", 100, True) in lines
    assert ("base", -100, False) in lines


@needs(RUN)
def test_a_base_pays_what_is_owed_first(begin: Begin) -> None:
    """A base that comes to an account in arrears settles them like any other points."""
    ledger = village(begin, FLOOR)
    ledger.deduct("03-017", "litter", quantity=2, by="clerk:1", on="2025-10-01")
    ledger.grant_base("2025-11", by="clerk:1")
    found = ledger.balance("03-017")
    assert (Decimal(90), Decimal(0), Decimal(0)) == (found.balance, found.arrears, found.available)


@needs(RUN)
def test_a_floor_lapses_with_its_points(begin: Begin, clock: FixedClock) -> None:
    """A yearly floor ends with its year, and the next one takes its place: never two at once."""
    yearly = FLOOR.replace('per = "ever"', 'per = "year"')
    ledger = village(begin, yearly + '[expiry]\npolicy = "end_of"\nperiod = "year"\n')
    ledger.grant_base("2025-11", by="clerk:1")
    clock.noon("2026-01-02")
    ledger.award("03-017", "tidy", by="clerk:1")
    assert (10, 0, 10) == held(ledger)
    ledger.grant_base("2026-01", by="clerk:1")
    assert (110, 100, 10) == held(ledger)


@needs(RUN)
def test_a_base_goes_by_the_rules_of_its_first_day(begin: Begin, document: Document, clock: FixedClock) -> None:
    """A rule book that raises the yearly base in February raises that of the next year."""
    ledger = village(begin, BASE.format(points=100, per="year"))
    clock.noon("2026-02-10")
    ledger.adopt_rules(
        document(TIDY + BASE.format(points=120, per="year"), first_day="2026-02-01", decided_on="2026-01-20"),
        by="clerk:1",
    )
    assert Decimal(100) == ledger.grant_base("2026-02", by="clerk:1").points
    clock.noon("2027-01-02")
    assert Decimal(120) == ledger.grant_base("2027-01", by="clerk:1").points


@needs(RUN)
def test_a_close_counts_the_bases_that_nobody_was_given(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """A close says how many grants due in its month were not made; one of the month itself is then refused for good."""
    monthly, yearly = (
        BASE.format(points=20, per=per).replace('"base"', f'"{per}"').replace("基础", per) for per in ("month", "year")
    )
    ledger = village(begin, monthly + yearly, "03-017", "03-018", first_period="2025-11")
    clock.noon("2025-12-03")
    ledger.enrol("03-019", head="新户", by="clerk:1")  # who was not there on the first day is not missing
    closed = ledger.close("2025-11", by="clerk:1", request="close-11")
    assert (4, False) == (closed.bases_missing, closed.repeated)
    with refused(ledger, BaseTooLate, "base-too-late") as caught:
        ledger.grant_base("2025-11", by="clerk:1")
    assert "can no longer be granted" in str(caught.value)
    assert 4 == ledger.grant_base("2025-12", by="clerk:1").posted  # two of the year, and of December two
    again = ledger.close("2025-11", by="clerk:1", request="close-11")
    assert (2, True) == (again.bases_missing, again.repeated)
    clock.noon("2026-01-03")
    assert 0 == ledger.close("2025-12", by="clerk:1").bases_missing


@needs(RUN)
def test_what_no_run_can_be_for(begin: Begin, refused: Refused) -> None:
    """A run is for one month that has begun, of the book, of which the rules say something."""
    ledger = village(begin, BASE.format(points=20, per="month"))
    with refused(ledger, NotAMonth, "not-a-month"):
        ledger.grant_base("2025", by="clerk:1")
    with refused(ledger, BaseTooEarly, "base-too-early") as caught:
        ledger.grant_base("2025-12", by="clerk:1")
    assert "2025-12 begins on 2025-12-01, and today is 2025-11-03" in str(caught.value)
    with refused(ledger, BeforeFirstPeriod, "before-first-period"):
        ledger.grant_base("2025-08", by="clerk:1")
    silent = village(begin, "", village="silent")
    with refused(silent, RuleSilent, "rule-silent") as caught:
        silent.grant_base("2025-11", by="clerk:1")
    assert "a base for 2025-11" == caught.value.data["gap"]
