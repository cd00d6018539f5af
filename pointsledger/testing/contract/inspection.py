"""Inspections: what a whole book answers to an inspector's questions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import (
    BeforeFirstPeriod,
    FutureDate,
    InvalidPeriod,
    RecordsProvisional,
)
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.testing.contract.book import NANYU_PRICES, NANYU_RULES, STREAM, needs

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document

NUMBER = "2025-118 03 07 12 21 30 33"


def enrolled(begin: Begin, count: int = 6, rules: str = NANYU_RULES) -> Ledger:
    """Begin a book with some households."""
    ledger = begin(rules)
    for number in range(1, count + 1):
        ledger.enrol(f"03-00{number}", head=f"户主{number}", members=[f"成员{number}"], by="clerk:1")
    return ledger


def found(ledger: Ledger, period: str, check: str) -> list[tuple[int, ...]]:
    """Return the records of each matter of a check."""
    return [matter.seqs for matter in ledger.inspect(period).of(check)]


@needs(STREAM)
def test_a_quiet_book_has_nothing_to_look_into(begin: Begin) -> None:
    """A month of small awards and of households that come themselves raises no question, and says what it looked at."""
    ledger = enrolled(begin)
    ledger.stock_in("soap", 9, unit_cost_fen=250, by="shop:1")
    for number in range(1, 7):
        ledger.award(f"03-00{number}", "yard", by="clerk:1", approved_by=["panel:1"])
        ledger.redeem(f"03-00{number}", {"soap": 1}, by="shop:1")
    inspection = ledger.inspect("2025-11")
    assert [] == [matter.say() for matter in inspection]
    assert {0} == set(inspection.counts.values())
    head = ledger.head()
    assert (head.size, head.root.hex()) == (inspection.size, inspection.root)
    assert ("2025-11", "2025-11-01", "2025-11-30") == (inspection.period, inspection.first_day, inspection.last_day)
    assert (1, 1) == (inspection.rules[0] if inspection.rules else 0, inspection.prices[0] if inspection.prices else 0)


@needs(STREAM)
def test_the_questions_are_answered_from_the_book(begin: Begin, clock: FixedClock) -> None:
    """What inspectors have caught in villages is found in a book in which it happened, with the records' numbers."""
    ledger = enrolled(begin)
    many = [
        ledger.award(f"03-00{n}", "sanitation", quantity=10, by="clerk:1", remark="照片一张").seq for n in range(1, 7)
    ]
    own = ledger.award("03-001", "yard", by="户主1", approved_by=["户主1"]).seq
    spans = [("2025-11-03T08:00", "2025-11-03T10:00"), ("2025-11-03T09:30", "2025-11-03T11:00")]
    served = [
        ledger.award("03-002", "patrol", quantity=2, member="成员2", started_at=start, ended_at=end, by="clerk:1").seq
        for start, end in spans
    ]
    clock.advance(hours=1)
    taken = [ledger.redeem(f"03-00{n}", {"haircut": 1}, collector="老支书", by="shop:1").seq for n in range(3, 6)]
    paper = ledger.redeem("03-006", {"soap": 1}, handed_over=True, by="shop:1").seq
    kept = ledger.refund(taken[0], points=5, by="shop:1").seq
    undone = ledger.reverse(many[2], reason="冒名", by="clerk:1").seq
    assert [tuple(many[:2] + many[3:])] == found(ledger, "2025-11", "same-evidence")
    assert [(own,)] == found(ledger, "2025-11", "own-approval") == found(ledger, "2025-11", "own-household")
    assert [tuple(served)] == found(ledger, "2025-11", "overlapping-times")
    assert [tuple(taken)] == found(ledger, "2025-11", "collectors-for-many")
    assert [tuple(taken)] == found(ledger, "2025-11", "names-not-in-register")
    assert [(paper,)] == found(ledger, "2025-11", "goods-not-taken-in")
    assert [(kept,)] == found(ledger, "2025-11", "refunds-goods-kept")
    assert [(many[2], taken[0], undone)] == found(ledger, "2025-11", "reversed-after-spending")


@needs(STREAM)
def test_what_is_typed_to_look_otherwise_is_found(begin: Begin) -> None:
    """A code in capitals, a remark that says nothing, half of the times and a reward to one's own house are found."""
    ledger = enrolled(begin, 2)
    ledger.stock_in("soap", 9, unit_cost_fen=250, by="shop:1")
    approved = ledger.award("03-002", "yard", by="clerk:1", approved_by=["Clerk:1", "panel:1"]).seq
    empty = ledger.award("03-002", "sanitation", quantity=6, by="clerk:1", remark="无").seq
    half = ledger.award("03-002", "patrol", quantity=4, started_at="2025-11-02T08:00", by="clerk:1").seq
    given = ledger.reward("03-001", ground="title", goods={"soap": 2}, by="户主1").seq
    assert [(approved,)] == found(ledger, "2025-11", "own-approval")
    assert [(empty,)] == found(ledger, "2025-11", "without-evidence")
    assert [(half,)] == found(ledger, "2025-11", "service-without-times")
    assert [(given,)] == found(ledger, "2025-11", "own-household")


@needs(STREAM)
def test_goods_stay_goods_whatever_a_later_list_calls_them(begin: Begin, document: Document) -> None:
    """Goods that a household kept after a refund are found, though a later price list has them as a service."""
    ledger = enrolled(begin, 1)
    ledger.stock_in("soap", 9, unit_cost_fen=250, by="shop:1")
    ledger.award("03-001", "yard", by="clerk:1")
    sold = ledger.redeem("03-001", {"soap": 1}, by="shop:1").seq
    kept = ledger.refund(sold, items={"soap": 1}, returned=False, by="shop:1").seq
    services = NANYU_PRICES.replace('unit = "块"', "stocked = false")
    ledger.adopt_prices(document(services, first_day="2025-11-03", decided_on="2025-10-20"), by="clerk:1")
    assert [(kept,)] == found(ledger, "2025-11", "refunds-goods-kept")


@needs(STREAM)
def test_a_period_has_what_was_recorded_in_it_and_what_counts_in_it(begin: Begin, clock: FixedClock) -> None:
    """A deed typed in the next month is of its own month and of that in which it was typed, and of no other."""
    clock.noon("2025-09-20", back=True)
    ledger = enrolled(begin, 1)
    clock.noon("2025-11-10")
    late = ledger.award("03-001", "yard", on="2025-09-25", by="clerk:1").seq
    assert [(late,)] == found(ledger, "2025-09", "late-entries") == found(ledger, "2025-11", "late-entries")
    assert [] == found(ledger, "2025-10", "late-entries")
    clock.noon("2025-11-11")
    for month in ("2025-09", "2025-10"):
        ledger.close(month, by="clerk:1")
    later = ledger.award("03-001", "yard", on="2025-09-26", by="clerk:1").seq
    assert [(late,)] == found(ledger, "2025-09", "late-entries"), "the closed month has no more than it had"
    assert [(late, later)] == found(ledger, "2025-11", "late-entries") == found(ledger, "2025Q4", "late-entries")


@needs(STREAM)
def test_a_period_has_its_first_and_last_minute(begin: Begin, clock: FixedClock) -> None:
    """What was recorded in the first and in the last minute of a month is of it, whatever month that counts in."""
    ledger = enrolled(begin, 1)
    seqs = []
    for at in ("2025-11-30T23:59", "2025-12-01T00:00", "2025-12-31T23:59", "2026-01-01T00:00"):
        clock.set(at)
        seqs.append(ledger.award("03-001", "yard", on="2025-10-20", by="clerk:1").seq)
    for period, own in (("2025-10", seqs), ("2025-11", seqs[:1]), ("2025-12", seqs[1:3]), ("2026-01", seqs[3:])):
        assert [tuple(own)] == found(ledger, period, "late-entries"), period


@needs(STREAM)
def test_the_first_period_has_what_was_brought_forward_before_it(begin: Begin, clock: FixedClock) -> None:
    """Points of a paper book that were typed in before the book's first month are of that month, and drawn among."""
    clock.noon("2025-08-28", back=True)
    ledger = enrolled(begin, 2)
    seq = ledger.bring_forward("03-001", 50, by="户主1").seq
    clock.noon("2025-09-03")
    ledger.award("03-002", "yard", by="clerk:1")
    size, root = ledger.head()
    for period in ("2025-09", "2025Q3"):
        assert [(seq,)] == found(ledger, period, "own-household")
        drawn = ledger.draw_call_backs(period, size=size, root=root.hex(), number=NUMBER, count=9)
        assert {"03-001", "03-002"} == {one.household for one in drawn}


@needs(STREAM)
def test_goods_that_went_out_before_they_came_in_are_found(begin: Begin, clock: FixedClock) -> None:
    """A redemption dated before the intake of its goods leaves the month below zero, and is found there."""
    clock.noon("2025-10-20", back=True)
    ledger = enrolled(begin, 1)
    ledger.award("03-001", "yard", by="clerk:1")
    clock.noon("2025-11-03")
    ledger.stock_in("soap", 3, unit_cost_fen=250, by="shop:1")
    ledger.redeem("03-001", {"soap": 1}, on="2025-10-25", by="shop:1")
    (matter,) = ledger.inspect("2025Q4").of("months-below-zero")
    assert ("2025-10", Decimal(-1)) == (matter.when, matter.figures["closing"])
    assert [] == found(ledger, "2025-11", "months-below-zero")


@needs(STREAM)
def test_thresholds_change_what_is_found_and_nothing_else(begin: Begin) -> None:
    """With a lower threshold an ordinary award is something to look into, and the book is as it was."""
    ledger = enrolled(begin, 1)
    seq = ledger.award("03-001", "yard", by="clerk:1").seq
    before = ledger.head()
    low = Thresholds.from_toml("format = 1\n[without-evidence]\npoints = 12\n", file="low")
    assert [(seq,)] == [matter.seqs for matter in ledger.inspect("2025-11", thresholds=low).of("without-evidence")]
    assert [] == found(ledger, "2025-11", "without-evidence")
    assert before == ledger.head()


@needs(STREAM)
def test_a_period_that_cannot_be_inspected_is_refused(begin: Begin) -> None:
    """What is no period, lies before the book or has not begun is refused, for questions and draws alike."""
    ledger = enrolled(begin, 1)
    head = ledger.head()
    for period, error in (("2025-13", InvalidPeriod), ("2020", BeforeFirstPeriod), ("2026-01", FutureDate)):
        with pytest.raises(error):
            ledger.inspect(period)
        with pytest.raises(error):
            ledger.call_backs(period)
        with pytest.raises(error):
            ledger.draw_call_backs(period, size=head.size, root=head.root.hex(), number=NUMBER, count=1)


@needs(STREAM)
def test_an_inspection_tells_its_progress(begin: Begin) -> None:
    """Whoever waits for an inspection is told how many records it has read."""
    ledger = enrolled(begin, 2)
    told: list[tuple[int, int]] = []
    ledger.inspect("2025-11", progress=lambda done, whole: told.append((done, whole)))
    assert told
    assert told[-1][0] == told[-1][1]


@needs(STREAM)
def test_what_is_erased_and_amended_is_told(begin: Begin, clock: FixedClock) -> None:
    """Names and remarks that were emptied after the month, before the inspection, stand in what it finds."""
    ledger = enrolled(begin, 2)
    seq = ledger.award("03-001", "yard", by="clerk:1", remark="李国张代").seq
    clock.noon("2025-12-05")
    amended = ledger.amend("03-002", name="新名", by="clerk:1").seq
    erased = ledger.erase_remark(seq, ground="entered-in-error", by="shop:1").seq
    first, second = ledger.inspect("2025-11").of("erased-or-amended")
    assert [(amended,), (erased,)] == [first.seqs, second.seqs]
    assert ("clerk:1", "shop:1") == (first.who, second.who)
    assert (0, 1, "entered-in-error", 32, 1) == tuple(second.figures.values())
    assert f"texts of record {seq} as entered in error" in second.say()
    assert [(amended,), (erased,)] == found(ledger, "2025-12", "erased-or-amended")


@needs(STREAM)
def test_each_amendment_is_told_by_what_it_came_after(begin: Begin, clock: FixedClock) -> None:
    """Of a name that is amended twice each is told by the days since the last that was written of it before."""
    ledger = enrolled(begin, 1)
    for day, by in (("2025-11-13", "clerk:1"), ("2025-11-30", "shop:1")):
        clock.noon(day)
        ledger.amend("03-001", name=f"户主{day}", by=by)
    clock.noon("2025-12-05")
    told = ledger.inspect("2025-11").of("erased-or-amended")
    assert [(10, 0), (17, 0)] == [(one.figures["fewest_days"], one.figures["after_period"]) for one in told]
    assert [] == found(ledger, "2025-12", "erased-or-amended"), "what was before the period is of that one"


@needs("batch")
def test_nothing_is_inspected_that_may_be_rolled_back(begin: Begin) -> None:
    """Within a transaction that has posted something there is no inspection and no draw, as there is no checkpoint."""
    ledger = enrolled(begin, 1)
    size, root = ledger.head()
    with ledger.batch(by="clerk:1") as batch:
        assert size == batch.inspect("2025-11").size
        batch.award("03-001", "yard")
        with pytest.raises(RecordsProvisional):
            batch.inspect("2025-11")
        with pytest.raises(RecordsProvisional):
            batch.draw_call_backs(size=size, root=root.hex(), number=NUMBER, count=1)
    assert size + 1 == ledger.inspect("2025-11").size
