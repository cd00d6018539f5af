"""Inspections: what a whole book answers to an inspector's questions, and households that are called back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger.errors import (
    BeforeFirstPeriod,
    FutureDate,
    InvalidNumber,
    InvalidPeriod,
    InvalidSetting,
    InvalidText,
    NotACheckpoint,
    NotReversible,
    NotThisBook,
    OptionRequired,
    OptionsConflict,
    RecordsProvisional,
    RequestConflict,
    UnknownAccount,
    UnknownRecord,
)
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.rules import draw
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.testing.contract.book import NANYU_PRICES, NANYU_RULES, STREAM, needs

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

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
def test_a_draw_can_be_done_again_by_anybody(begin: Begin) -> None:
    """Head and number give the order, which anybody with the journal works out, whatever was posted since."""
    ledger = enrolled(begin)
    for number in (1, 2, 4, 5):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    head = ledger.head()
    ledger.award("03-006", "yard", by="clerk:1")
    ledger.enrol("04-001", head="新户", by="clerk:1")
    drawn = ledger.draw_call_backs("2025-11", size=head.size, root=head.root.hex(), number=NUMBER, count=3)
    accounts = {person.code: person.id for seq in range(1, head.size + 1) for person in ledger.people_in(seq)}
    moved = [accounts[f"03-00{number}"] for number in (1, 2, 4, 5)]
    assert draw.drawn(head.root, NUMBER, moved, 3) == [one.account for one in drawn]
    assert (4, [1, 2, 3]) == (drawn.households, [one.place for one in drawn])
    everybody = ledger.draw_call_backs(size=head.size, root=head.root.hex(), number=NUMBER, count=99)
    assert {f"03-00{number}" for number in range(1, 7)} == {one.household for one in everybody}
    checkpoint = Checkpoint(origin_of(ledger.village), head.size, head.root).text()
    assert drawn == ledger.draw_call_backs("2025-11", checkpoint=checkpoint, number=NUMBER, count=3)
    other = ledger.draw_call_backs(size=head.size, root=head.root.hex(), number="another", count=99)
    assert [one.account for one in everybody] != [one.account for one in other]


@needs(STREAM)
def test_a_draw_says_what_to_ask(begin: Begin) -> None:
    """With each household that is drawn stand its movements of the period and the goods that it got."""
    ledger = enrolled(begin, 1)
    ledger.award("03-001", "yard", by="clerk:1")
    ledger.redeem("03-001", {"haircut": 1}, by="shop:1")
    head = ledger.head()
    (one,) = ledger.draw_call_backs("2025-11", size=head.size, root=head.root.hex(), number=NUMBER, count=5)
    assert [Decimal(12), Decimal(-10)] == [line.points for line in one.lines]
    assert ["理发"] == [item.name for made in one.redemptions for item in made.items]


@needs(STREAM)
def test_a_head_of_another_book_is_refused(begin: Begin, refused: Refused) -> None:
    """A root that the book never had at that size, a size it has not, and another village are all refused."""
    ledger = enrolled(begin, 1)
    size, root = ledger.head()
    other = bytes(32)
    for number, digest in ((size, other), (size - 1, root), (size + 1, root), (2**70, root)):
        with refused(ledger, NotThisBook, "not-this-book"):
            ledger.draw_call_backs(size=number, root=digest.hex(), number=NUMBER, count=1)
    with refused(ledger, NotThisBook, "not-this-book"):
        checkpoint = Checkpoint(origin_of("elsewhere"), size, root).text()
        ledger.draw_call_backs(checkpoint=checkpoint, number=NUMBER, count=1)


def test_a_draw_that_cannot_be_is_refused(begin: Begin, refused: Refused) -> None:
    """Half a head, two heads, no head, and a count or a number that is none are refused, each by its own name."""
    ledger = enrolled(begin, 1)
    size, root = ledger.head()
    text = Checkpoint(origin_of(ledger.village), size, root).text()
    with refused(ledger, OptionRequired, "option-required"):
        ledger.draw_call_backs(size=size, number=NUMBER, count=1)
    with refused(ledger, OptionsConflict, "options-conflict"):
        ledger.draw_call_backs(checkpoint=text, root=root.hex(), number=NUMBER, count=1)
    with refused(ledger, NotACheckpoint, "not-a-checkpoint"):
        ledger.draw_call_backs(checkpoint="nothing", number=NUMBER, count=1)
    for digits in ("zz", root.hex()[:-2], ""):
        with refused(ledger, InvalidSetting, "invalid-setting"):
            ledger.draw_call_backs(size=size, root=digits, number=NUMBER, count=1)
    with refused(ledger, InvalidNumber, "invalid-number"):
        ledger.draw_call_backs(size=0, root=root.hex(), number=NUMBER, count=1)
    for count in (0, 10**6, True):
        with refused(ledger, InvalidSetting, "invalid-setting"):
            ledger.draw_call_backs(size=size, root=root.hex(), number=NUMBER, count=count)
    for number in (" ", "1\n2", "9" * 65):
        with refused(ledger, InvalidText, "invalid-text"):
            ledger.draw_call_backs(size=size, root=root.hex(), number=number, count=1)


def test_answers_are_recorded_and_counted(begin: Begin, clock: FixedClock) -> None:
    """Each call is a record that moves nothing; none answers another over, and all of them count."""
    ledger = enrolled(begin, 3)
    size = ledger.head().size
    ledger.call_back("03-001", answer="not-reached", size=size, number=NUMBER, count=2, by="township:1")
    clock.advance(days=1)
    told = {
        "size": size,
        "number": NUMBER,
        "period": "2025-11",
        "count": 2,
        "by": "township:1",
        "on": "2025-11-03",
        "remark": "只领到一块",
    }
    ledger.call_back("03-001", answer="differs", **told)  # type: ignore[arg-type]  # each of its own type
    receipt = ledger.call_back("03-002", answer="confirmed", by="township:1")
    assert ("call-back", None) == (receipt.kind, receipt.points)
    made = ledger.call_backs("2025-11")
    assert {"confirmed": 1, "differs": 1, "not-reached": 1, "refused": 0} == made.counts
    assert [("03-001", "not-reached"), ("03-001", "differs"), ("03-002", "confirmed")] == [
        (one.household, one.answer) for one in made
    ]
    second = made.made[1]
    assert ("2025-11-03", size, NUMBER, "2025-11", 2, "只领到一块", "township:1", "户主1") == (
        *(second.on, second.size, second.number, second.period, second.count),
        *(second.remark, second.by, second.name),
    )
    assert (3, 0) == (len(ledger.call_backs()), ledger.record(receipt.seq).said.get("draw_size", 0))
    assert () == ledger.record(receipt.seq).entries


@needs(STREAM)
def test_a_second_answer_hides_no_first(begin: Begin) -> None:
    """A household that said no and then yes in one draw is counted twice, and is something to look into."""
    ledger = enrolled(begin, 2)
    drawn: dict[str, Any] = {"size": ledger.head().size, "number": NUMBER, "count": 2, "by": "clerk:1"}
    said = [ledger.call_back("03-001", answer=answer, **drawn).seq for answer in ("differs", "confirmed")]
    ledger.call_back("03-002", answer="confirmed", **drawn)
    assert {"confirmed": 2, "differs": 1, "not-reached": 0, "refused": 0} == ledger.call_backs().counts
    assert [tuple(said)] == found(ledger, "2025-11", "answers-changed")


@needs("audit")
def test_a_draw_that_a_call_names_is_done_again(begin: Begin) -> None:
    """A call to a household that the draw did not come upon is found, by whatever part of the draw it is not so."""
    ledger = enrolled(begin)
    for number in (1, 2, 4):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    size, root = ledger.head()
    ledger.enrol("04-001", head="新户", by="clerk:1")
    ledger.award("04-001", "yard", by="clerk:1")
    head: dict[str, Any] = {"size": size, "number": NUMBER}
    drawn = {
        period: [one.household for one in ledger.draw_call_backs(period, **head, root=root.hex(), count=2)]
        for period in (None, "2025-11")
    }
    for period, homes in drawn.items():
        for home in homes:
            ledger.call_back(home, answer="confirmed", **head, period=period, count=2, by="clerk:1")
    assert [] == found(ledger, "2025-11", "not-drawn")
    other = next(f"03-00{one}" for one in range(1, 7) if f"03-00{one}" not in drawn[None])
    still = next(f"03-00{one}" for one in (3, 5, 6))
    wrong: list[tuple[str, dict[str, Any]]] = [
        (other, head | {"count": 2}),
        (still, head | {"count": 6, "period": "2025-11"}),
        ("04-001", head | {"count": 1_000}),
    ]
    seqs = [ledger.call_back(home, answer="confirmed", **told, by="clerk:1").seq for home, told in wrong]
    assert [(seq,) for seq in seqs] == found(ledger, "2025-11", "not-drawn")
    assert () == ledger.audit().findings, "the record is as it was decided; only the whole journal tells"


@needs(STREAM)
def test_a_draw_is_among_the_households_of_its_own_period(begin: Begin, clock: FixedClock) -> None:
    """A household whose points moved in another month is not among those of the month that the draw names."""
    clock.noon("2025-10-20", back=True)
    ledger = enrolled(begin, 2)
    ledger.award("03-001", "yard", by="clerk:1")
    clock.noon("2025-11-10")
    ledger.award("03-002", "yard", by="clerk:1")
    named: dict[str, Any] = {"size": ledger.head().size, "number": NUMBER, "count": 9, "answer": "confirmed"}
    seqs = [ledger.call_back(f"03-00{one}", **named, period="2025-11", by="clerk:1").seq for one in (1, 2)]
    ledger.call_back("03-001", **named, period="2025Q4", by="clerk:1")
    assert [(seqs[0],)] == found(ledger, "2025-11", "not-drawn")


@needs(STREAM)
def test_calls_for_a_draw_of_a_month_are_of_that_month(begin: Begin, clock: FixedClock) -> None:
    """Whoever was called after the month, for a draw among its households, is asked about in its inspection."""
    clock.noon("2025-10-20", back=True)
    ledger = enrolled(begin, 4)
    for number in (1, 2, 3):
        ledger.award(f"03-00{number}", "yard", by="clerk:1")
    ledger.call_back("03-001", answer="differs", by="clerk:1")
    ledger.call_back("03-002", answer="not-reached", by="clerk:1")
    size, root = ledger.head()
    head: dict[str, Any] = {"size": size, "number": NUMBER}
    drawn = [one.household for one in ledger.draw_call_backs("2025-10", **head, root=root.hex(), count=3)]
    clock.noon("2025-11-03")
    named: dict[str, Any] = head | {"period": "2025-10", "count": 3, "by": "clerk:1"}
    assert {"03-001", "03-002", "03-003"} == set(drawn)
    assert ([], []) == (found(ledger, "2025-10", "not-drawn"), found(ledger, "2025-10", "not-called"))
    first = ledger.call_back("03-001", answer="confirmed", **named).seq
    other = ledger.call_back("03-004", answer="confirmed", **named).seq
    for period in ("2025-10", "2025-11"):
        assert [(other,)] == found(ledger, period, "not-drawn")
        (left,) = ledger.inspect(period).of("not-called")
        assert (first, other) == left.seqs
        assert "comes upon 03-002, 03-003 as well" in left.say(), "03-002 was called in the head's last record"
        assert [first] == [seqs[-1] for seqs in found(ledger, period, "answers-changed")]
    assert 4 == len(ledger.call_backs("2025-10"))
    for home in ("03-002", "03-003"):
        ledger.call_back(home, answer="refused", by="clerk:1")
    assert [] == found(ledger, "2025-10", "not-called")


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


def test_a_call_records_no_lapse(begin: Begin, clock: FixedClock) -> None:
    """Calling a household whose points are over writes the answer alone: it moves none of them."""
    ledger = enrolled(begin, 1, f'[expiry]\npolicy = "days"\ndays = 2\n{NANYU_RULES}')
    ledger.award("03-001", "yard", by="clerk:1")
    clock.advance(days=30)
    before = ledger.head().size
    ledger.call_back("03-001", answer="refused", by="clerk:1")
    assert before + 1 == ledger.head().size
    assert Decimal(0) == ledger.balance("03-001").balance


def test_a_call_is_made_once(begin: Begin, refused: Refused) -> None:
    """The same request gives the same receipt, and another answer under it is a conflict that names the field."""
    ledger = enrolled(begin, 1)
    size = ledger.head().size
    said: dict[str, object] = {"answer": "confirmed", "size": size, "number": "7", "period": "2025-11", "count": 1}
    once = ledger.call_back("03-001", **said, by="clerk:1", request="b-1")  # type: ignore[arg-type]  # each of its own type
    again = ledger.call_back("03-001", **said, by="clerk:1", request="b-1")  # type: ignore[arg-type]  # each of its own type
    assert (once.seq, True) == (again.seq, again.repeated)
    others = {"answer": "differs", "number": "8", "size": size - 1, "period": "2025Q4", "count": 2}
    for field, other in others.items():
        told = said | {field: other}
        with refused(ledger, RequestConflict, "request-conflict") as caught:
            ledger.call_back("03-001", **told, by="clerk:1", request="b-1")  # type: ignore[arg-type]  # each of its own type
        assert field == caught.value.data["field"]


def test_a_call_that_cannot_be_is_refused(begin: Begin, refused: Refused) -> None:
    """Another answer, part of a draw, a draw that there cannot have been, and a stranger are refused."""
    ledger = enrolled(begin, 1)
    size = ledger.head().size
    with refused(ledger, InvalidSetting, "invalid-setting"):
        ledger.call_back("03-001", answer="yes", by="clerk:1")
    drawn: dict[str, object] = {"size": size, "number": "7", "period": "2025-11", "count": 1}
    for lacks in ("size", "number", "count"):
        part = {name: value for name, value in drawn.items() if name != lacks}
        with refused(ledger, OptionRequired, "option-required") as caught:
            ledger.call_back("03-001", answer="confirmed", **part, by="clerk:1")  # type: ignore[arg-type]  # as above
        assert lacks == caught.value.data["option"]
    with refused(ledger, OptionRequired, "option-required"):
        ledger.call_back("03-001", answer="confirmed", period="2025-11", by="clerk:1")
    for other, error, code in (
        ({"size": size + 9}, UnknownRecord, "unknown-record"),
        ({"size": 0}, InvalidNumber, "invalid-number"),
        ({"number": " "}, InvalidText, "invalid-text"),
        ({"count": 0}, InvalidSetting, "invalid-setting"),
        ({"count": 1_001}, InvalidSetting, "invalid-setting"),
        ({"count": True}, InvalidSetting, "invalid-setting"),
        ({"period": "2025-13"}, InvalidPeriod, "invalid-period"),
        ({"period": "2020"}, BeforeFirstPeriod, "before-first-period"),
        ({"period": "2026-01"}, FutureDate, "future-date"),
    ):
        with refused(ledger, error, code):
            ledger.call_back("03-001", answer="confirmed", **(drawn | other), by="clerk:1")  # type: ignore[arg-type]  # as above
    with refused(ledger, UnknownAccount, "unknown-account"):
        ledger.call_back("09-999", answer="confirmed", by="clerk:1")


def test_a_call_is_not_undone(begin: Begin, refused: Refused) -> None:
    """What a household said stays on record, and the refusal says to call again."""
    ledger = enrolled(begin, 1)
    seq = ledger.call_back("03-001", answer="confirmed", by="clerk:1").seq
    with refused(ledger, NotReversible, "not-reversible") as caught:
        ledger.reverse(seq, reason="记错了", by="clerk:1")
    assert "call again" in caught.value.say()
    assert "请再次回访" in caught.value.say("zh")
