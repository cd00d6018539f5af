"""Closing a month: what it keeps, what it refuses, and what comes late."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyClosed,
    AlreadyReversed,
    BeforeFirstPeriod,
    EarlierPeriodOpen,
    InvalidSetting,
    NotAMonth,
    NotReversible,
    PeriodClosed,
    PeriodNotOver,
    ReachesIntoClosed,
    RequestConflict,
)
from pointsledger.receipts import Receipt
from pointsledger.reports.tally import TallyRow
from pointsledger.rules.bridge import FIGURES
from pointsledger.testing.clock import FixedClock
from pointsledger.testing.contract.book import NANYU_PRICES, NANYU_RULES, Begin, Document, needs

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Refused, Sheet

CLEARING = '[expiry]\npolicy = "clear_at_close"\nperiod = "quarter"\n'
LAPSING = '[expiry]\npolicy = "end_of"\nperiod = "month"\nplus = 1\n'

BookOf = Callable[..., Ledger]
"""Begins a book in the spring of 2025; see the fixture ``spring``."""


def bridge_of(row: TallyRow) -> dict[str, int]:
    """Return the figures of a row that are not zero, by name."""
    return {name: int(figure) for name in FIGURES if (figure := getattr(row, name))}


def foots(row: TallyRow) -> bool:
    """Tell whether what lies between leads from the opening to the closing."""
    return (row.closing or 0) == sum((getattr(row, name) or Decimal(0) for name in FIGURES[:-1]), Decimal(0))


@pytest.fixture
def spring(begin: Begin, clock: FixedClock, document: Document) -> BookOf:
    """Begin books on 10 March 2025, whose first month that is, with a household in each of two groups."""

    def start(blocks: str = "", **settings: object) -> Ledger:
        clock.set("2025-03-10T10:00", back=True)
        dated = {"first_day": "2025-01-01", "decided_on": "2024-12-20"}
        rules, prices = document(NANYU_RULES + blocks, **dated), document(NANYU_PRICES, **dated)
        ledger = begin(rules, prices, **({"first_period": "2025-03"} | settings))
        ledger.enrol("03-017", head="张三", group="三组", by="clerk:1")
        ledger.enrol("04-001", head="赵六", group="四组", by="clerk:1")
        return ledger

    return start


@pytest.fixture
def march(spring: BookOf, clock: FixedClock) -> tuple[Ledger, list[Receipt]]:
    """Close March at 40, four deeds of 10; return the book, and the receipts of the deeds and of the close."""
    ledger = spring()
    done = [
        ledger.award("03-017", "sanitation", quantity=2, by="clerk:1", on=f"2025-03-0{day}") for day in (1, 2, 3, 4)
    ]
    clock.set("2025-04-03T10:00")
    return ledger, [*done, ledger.close("2025-03", by="clerk:2", request="close-03")]


def test_a_closed_month_stays_as_it_was_closed(march: tuple[Ledger, list[Receipt]], refused: Refused) -> None:
    """S-22: March as closed 40, as restated 30; April with 25 earned nets 15; the rankings go by earned."""
    ledger, (twice, *_) = march
    reversal = ledger.reverse(twice.seq, reason="记了两遍", by="clerk:1")
    ledger.award("03-017", "sanitation", quantity=5, by="clerk:1")
    assert ("2025-04", "2025-03") == (reversal.period, ledger.record(reversal.seq).for_period)
    closed, restated = (ledger.tally("2025-03", view=view).rows[0] for view in ("as_closed", "restated"))
    assert {"earned": 40, "closing": 40} == bridge_of(closed)
    assert {"earned": 30, "closing": 30} == bridge_of(restated)
    assert {"opening": 40, "earned": 25, "prior": -10, "closing": 55} == bridge_of(ledger.tally("2025-04").rows[0])
    assert {"opening": 30, "earned": 25, "closing": 55} == bridge_of(ledger.tally("2025-04", view="restated").rows[0])
    ranked = [
        ledger.ranking(month, view=view)[0].points
        for month, view in (("2025-04", "as_closed"), ("2025-03", "restated"))
    ]
    assert [Decimal(25), Decimal(30)] == ranked
    with refused(ledger, AlreadyReversed, "already-reversed"):
        ledger.reverse(twice.seq, reason="再来一次", by="clerk:1")


def test_every_level_has_both_views(march: tuple[Ledger, list[Receipt]]) -> None:
    """Groups, categories and the village say as closed and as restated what their households do."""
    ledger, (twice, *_) = march
    ledger.reverse(twice.seq, reason="记了两遍", by="clerk:1")
    for view, earned in (("as_closed", 40), ("restated", 30)):
        for level in ("household", "group", "category", "village"):
            tally = ledger.tally("2025-03", level=level, view=view)
            assert earned == sum(int(row.earned) for row in tally)
            assert (view, True) == (tally.view, tally.closed)
    quarter = ledger.tally("2025Q2", view="restated")
    assert ({}, False) == (bridge_of(quarter.rows[1]), quarter.closed)
    assert {"opening": 30, "closing": 30} == bridge_of(quarter.rows[0])


def test_a_close_says_what_the_month_came_to(march: tuple[Ledger, list[Receipt]]) -> None:
    """S-37: its record has the records before it, the root over them, the village's bridge and a digest over totals."""
    ledger, (*_, close) = march
    record = ledger.record(close.seq)
    size = record.decided["size"]
    assert ("close", "2025-04-03", "2025-04", close.seq - 1) == (record.kind, record.on, record.period, size)
    assert ledger.head(size).root.hex() == record.decided["root"]
    assert {"earned": 40, "closing": 40} == {
        name: figure for name, figure in record.decided["bridge"].items() if figure
    }
    assert (1, 64) == (record.decided["accounts"], len(record.decided["digest"]))


def test_the_same_request_is_the_same_close(march: tuple[Ledger, list[Receipt]]) -> None:
    """A repeated request gives the earlier receipt back, whatever has happened since."""
    ledger, (twice, *_, close) = march
    ledger.reverse(twice.seq, reason="记了两遍", by="clerk:1")
    again = ledger.close("2025-03", by="clerk:2", request="close-03")
    assert (close.seq, close.root, True) == (again.seq, again.root, again.repeated)


def test_a_late_deed_counts_in_the_open_month(march: tuple[Ledger, list[Receipt]]) -> None:
    """S-23: a deed of 03-28 recorded on 04-03 counts in April for March, and its cap counts in March."""
    ledger, _ = march
    first = ledger.award("04-001", "yard", quantity=2, by="clerk:1", on="2025-03-28")
    late = ledger.award("04-001", "yard", by="clerk:1", on="2025-03-29")
    own = ledger.award("04-001", "yard", by="clerk:1", on="2025-04-02")
    assert [Decimal(24), Decimal(6), Decimal(12)] == [first.points, late.points, own.points]
    assert ["2025-04", "2025-04", "2025-04"] == [one.period for one in (first, late, own)]
    assert ["2025-03", "2025-03", ""] == [ledger.record(one.seq).for_period for one in (first, late, own)]
    row = ledger.tally("2025-04").rows[1]
    assert ({"earned": 12, "prior": 30, "closing": 42}, 1) == (bridge_of(row), row.deeds)
    restated = ledger.tally("2025-03", view="restated").rows[1]
    assert ({"earned": 30, "closing": 30}, 2) == (bridge_of(restated), restated.deeds)


def test_a_statement_goes_by_the_day_that_counts(march: tuple[Ledger, list[Receipt]]) -> None:
    """S-44: a deed of 03-28 recorded on 04-03 counts on 04-01, before one of 04-02 that was recorded earlier."""
    ledger, _ = march
    ledger.award("03-017", "tidy", by="clerk:1", on="2025-04-02")
    ledger.award("03-017", "sanitation", by="clerk:1", on="2025-03-28")
    statement = ledger.statement("03-017", "2025-04")
    assert (Decimal(40), Decimal(47)) == (statement.opening, statement.closing)
    told = [(line.on, line.counts_on, line.period, line.for_period, line.recorded_at[:10]) for line in statement]
    expected = [
        ("2025-03-28", "2025-04-01", "2025-04", "2025-03", "2025-04-03"),
        ("2025-04-02", "2025-04-02", "2025-04", "", "2025-04-03"),
    ]
    assert expected == told
    assert Decimal(45) == ledger.balance("03-017", on="2025-04-01").balance


def test_a_deed_that_a_limit_left_nothing_of_says_its_months(march: tuple[Ledger, list[Receipt]]) -> None:
    """A late deed without points stands in the statement for the month it concerns, as one with points does."""
    ledger, _ = march
    ledger.award("04-001", "yard", quantity=3, by="clerk:1", on="2025-03-28")
    ledger.award("04-001", "yard", by="clerk:1", on="2025-03-29")
    assert [("2025-04", "2025-03")] * 2 == [(line.period, line.for_period) for line in ledger.statement("04-001")]


def test_a_month_that_is_not_over_stays_open(spring: BookOf, clock: FixedClock, refused: Refused) -> None:
    """A month can be closed on the day after its last, and not before."""
    ledger = spring()
    clock.set("2025-03-31T23:59")
    with refused(ledger, PeriodNotOver, "period-not-over") as caught:
        ledger.close("2025-03", by="clerk:1")
    assert {"period": "2025-03", "last_day": "2025-03-31", "today": "2025-03-31"} == caught.value.data
    clock.set("2025-04-01T00:00")
    assert "2025-04" == ledger.close("2025-03", by="clerk:1").period


def test_months_are_closed_one_after_another(spring: BookOf, clock: FixedClock, refused: Refused) -> None:
    """An earlier open month comes first; what is closed is not closed again; and there is none before the book."""
    ledger = spring()
    clock.set("2025-06-02T10:00")
    with refused(ledger, EarlierPeriodOpen, "earlier-period-open") as caught:
        ledger.close("2025-04", by="clerk:1")
    assert {"period": "2025-04", "earlier": "2025-03"} == caught.value.data
    closes = [ledger.close(month, by="clerk:1") for month in ("2025-03", "2025-04", "2025-05")]
    assert ["2025-06"] * 3 == [one.period for one in closes]
    with refused(ledger, AlreadyClosed, "already-closed") as caught:
        ledger.close("2025-04", by="clerk:1")
    assert {"period": "2025-04", "seq": closes[1].seq} == caught.value.data
    with refused(ledger, BeforeFirstPeriod, "before-first-period"):
        ledger.close("2025-02", by="clerk:1")
    with refused(ledger, PeriodNotOver, "period-not-over"):
        ledger.close("2025-06", by="clerk:1")


@pytest.mark.parametrize("period", ["2025Q1", "2025", "", "March", "2025-13", None, 202503])
def test_only_a_month_is_closed(spring: BookOf, clock: FixedClock, refused: Refused, period: str) -> None:
    """Quarters and years are made of months; and what is no period at all never closes anything else."""
    ledger = spring()
    clock.set("2025-06-02T10:00")
    with refused(ledger, NotAMonth, "not-a-month"):
        ledger.close(period, by="clerk:1")
    assert Decimal(0) == ledger.balance("03-017").balance


def test_a_request_for_one_month_is_no_request_for_another(
    march: tuple[Ledger, list[Receipt]], refused: Refused
) -> None:
    """The same request id with another month is refused, and names what differs."""
    ledger, _ = march
    with refused(ledger, RequestConflict, "request-conflict") as caught:
        ledger.close("2025-04", by="clerk:2", request="close-03")
    assert "period" == caught.value.data["field"]


def test_a_close_is_final(march: tuple[Ledger, list[Receipt]], refused: Refused) -> None:
    """There is no reverse of a close."""
    ledger, (*_, close) = march
    with refused(ledger, NotReversible, "not-reversible"):
        ledger.reverse(close.seq, reason="想重开", by="clerk:1")


def test_no_document_reaches_into_a_closed_month(
    march: tuple[Ledger, list[Receipt]], document: Document, refused: Refused
) -> None:
    """Rules and prices that would govern days of a closed month are refused, retroactive or not."""
    ledger, _ = march
    reaching = {"first_day": "2025-03-31", "decided_on": "2025-03-01"}
    for adopt, blocks in ((ledger.adopt_rules, NANYU_RULES), (ledger.adopt_prices, NANYU_PRICES)):
        for retroactive in (False, True):
            path = document(blocks, name="新", retroactive=retroactive, **reaching)
            with refused(ledger, ReachesIntoClosed, "reaches-into-closed") as caught:
                adopt(path, by="clerk:1")
            assert isinstance(caught.value, PeriodClosed)
            assert ("2025-03", "2025-04-01") == (caught.value.data["period"], caught.value.data["earliest"])
        adopt(document(blocks, name="新", first_day="2025-04-01", decided_on="2025-03-01"), by="clerk:1")


def test_points_of_the_paper_book_may_come_late(march: tuple[Ledger, list[Receipt]]) -> None:
    """An opening typed in after the first month was closed counts in the open month, for the first."""
    ledger, _ = march
    receipt = ledger.bring_forward("04-001", 50, by="clerk:1")
    assert ("2025-03-01", "2025-04") == (receipt.on, receipt.period)
    assert {"prior": 50, "closing": 50} == bridge_of(ledger.tally("2025-04").rows[1])
    assert {"opening": 50, "closing": 50} == bridge_of(ledger.tally("2025-03", view="restated").rows[1])
    assert {} == bridge_of(ledger.tally("2025-03").rows[1])
    assert Decimal(0) == ledger.ranking("2025-04")[0].points


def test_goods_and_redemptions_may_come_late(march: tuple[Ledger, list[Receipt]]) -> None:
    """An intake and a redemption dated in a closed month count in the open one, for that."""
    ledger, _ = march
    came = ledger.stock_in("soap", 5, by="shop:1", on="2025-03-20")
    went = ledger.redeem("03-017", {"soap": 2}, by="shop:1", on="2025-03-21")
    assert ["2025-04", "2025-04"] == [came.period, went.period]
    assert ["2025-03", "2025-03"] == [ledger.record(one.seq).for_period for one in (came, went)]
    assert {"opening": 40, "prior": -20, "closing": 20} == bridge_of(ledger.tally("2025-04").rows[0])


def test_the_bridge_foots_and_leads_on(spring: BookOf, clock: FixedClock) -> None:
    """S-35 less refunds and transfers: opening and what lies between are the closing, the next month's opening."""
    ledger = spring(LAPSING)
    ledger.bring_forward("03-017", 100, by="clerk:1")
    ledger.award("03-017", "sanitation", quantity=8, by="clerk:1", on="2025-03-05")
    twice = ledger.award("04-001", "sanitation", quantity=2, by="clerk:1", on="2025-03-05")
    clock.set("2025-04-10T10:00")
    ledger.close("2025-03", by="clerk:1")
    ledger.reverse(twice.seq, reason="记了两遍", by="clerk:1")
    ledger.award("03-017", "sanitation", quantity=6, by="clerk:1")
    ledger.redeem("03-017", {"haircut": 3}, by="shop:1")
    ledger.deduct("03-017", "litter", by="clerk:1")
    clock.set("2025-06-03T10:00")
    for month in ("2025-04", "2025-05"):
        ledger.close(month, by="clerk:1")
    expected: dict[str, list[dict[str, int]]] = {
        "2025-03": [{"opening": 100, "earned": 40, "closing": 140}, {"earned": 10, "closing": 10}],
        "2025-04": [
            {"opening": 140, "earned": 30, "deducted": -5, "redeemed": -30, "closing": 135},
            {"opening": 10, "prior": -10},
        ],
        "2025-05": [{"opening": 135, "expired": -105, "closing": 30}, {}],
    }
    before: dict[str, Decimal | None] = {}
    for month, bridges in expected.items():
        tally = ledger.tally(month)
        assert bridges == [bridge_of(row) for row in tally], month
        assert all(foots(row) for row in (*tally, tally.total))
        assert not before or before == {row.code: row.opening for row in tally}
        before = {row.code: row.closing for row in tally}
        village = ledger.tally(month, level="village").rows[0]
        assert [tally.total.closing, village.closing] == [
            sum((row.closing or Decimal(0) for row in tally), Decimal(0))
        ] * 2
    assert before == {row.code: row.opening for row in ledger.tally("2025-06")}
    # The last 30 have had their last day by now: they lapse in June, whether or not anybody records it.
    year = {"opening": 100, "earned": 70, "deducted": -5, "redeemed": -30, "expired": -135}
    assert year == bridge_of(ledger.tally("2025").rows[0])


def test_months_with_a_cut_off_day_close_after_it(spring: BookOf, clock: FixedClock, refused: Refused) -> None:
    """S-39 and S-47: with cut-off day 25, March is over on 03-26; 20 and 20 on its two sides are 20 and 20."""
    ledger = spring(cut_off_day=25)
    clock.set("2025-03-25T23:00")
    ledger.award("03-017", "yard", quantity=2, by="clerk:1", on="2025-03-24")
    with refused(ledger, PeriodNotOver, "period-not-over"):
        ledger.close("2025-03", by="clerk:1")
    clock.set("2025-03-26T09:00")
    close = ledger.close("2025-03", by="clerk:1")
    after = ledger.award("03-017", "yard", quantity=2, by="clerk:1")
    late = ledger.award("03-017", "yard", by="clerk:1", on="2025-03-25")
    assert (Decimal(24), Decimal(6)) == (after.points, late.points)
    assert ["2025-04"] * 3 == [one.period for one in (close, after, late)]
    assert ["2025-03-26", "2025-03-26"] == [line.counts_on for line in ledger.statement("03-017", "2025-04")]


def test_a_new_operator_may_close(spring: BookOf, clock: FixedClock, refused: Refused) -> None:
    """Whoever closes for the first time is introduced before the close; who is refused is not."""
    ledger = spring(CLEARING)
    ledger.award("03-017", "sanitation", by="clerk:1", on="2025-03-05")
    with refused(ledger, PeriodNotOver, "period-not-over"):
        ledger.close("2025-03", by="clerk:9")
    clock.set("2025-04-03T10:00")
    close = ledger.close("2025-03", by="clerk:9", remark="三月结账")
    assert ["operator", "lapse", "close"] == [ledger.record(close.seq - back).kind for back in (2, 1, 0)]
    assert {"remark": "三月结账"} == ledger.remarks(close.seq)


@needs("batch")
def test_a_month_may_be_closed_within_a_batch(spring: BookOf, clock: FixedClock) -> None:
    """Acts before and after a close in one transaction count on their sides of it."""
    ledger = spring()
    clock.set("2025-04-03T10:00")
    with ledger.batch(by="clerk:1") as batch:
        before = batch.award("03-017", "tidy", on="2025-03-20")
        batch.close("2025-03")
        after = batch.award("03-017", "tidy", on="2025-03-20")
        with pytest.raises(AlreadyClosed):
            batch.close("2025-03")
    assert ["2025-03", "2025-04"] == [one.period for one in (before, after)]
    assert {"earned": 2, "closing": 2} == bridge_of(ledger.tally("2025-03").rows[0])


def test_a_sheet_of_a_closed_month_counts_in_the_open_one(march: tuple[Ledger, list[Receipt]], sheet: Sheet) -> None:
    """Rows of a closed month are late deeds: the report says where they count, and once more changes nothing."""
    ledger, _ = march
    rows = ("日期,户号,事项", "2025-03-20,04-001,庭院整洁", "2025-03-21,04-001,庭院整洁")
    report = ledger.import_deeds(sheet(*rows), period="2025-03", by="clerk:1", label="三月")
    assert (2, "2025-04") == (report.posted, report.counts_in)
    again = ledger.import_deeds(sheet(*rows), period="2025-03", by="clerk:1", label="三月")
    assert (0, 2) == (again.posted, again.unchanged)
    corrected = ledger.import_deeds(sheet(*rows[:2]), period="2025-03", by="clerk:1", replace="三月")
    assert (0, 1, 1, ()) == (corrected.posted, corrected.reversed_rows, corrected.unchanged, corrected.faults)
    elsewhere = ledger.import_deeds(sheet(*rows[:2]), period="2025-03", by="clerk:1", label="又一张", dry_run=True)
    assert ["imported-elsewhere"] == [fault.error.code for fault in elsewhere.faults]
    assert {"prior": 12, "closing": 12} == bridge_of(ledger.tally("2025-04").rows[1])
    assert {"earned": 12, "closing": 12} == bridge_of(ledger.tally("2025-03", view="restated").rows[1])
    own = ledger.import_deeds(sheet(rows[0], "2025-04-02,04-001,庭院整洁"), period="2025-04", by="clerk:1")
    assert (1, "") == (own.posted, own.counts_in)


def test_a_view_is_one_of_two(march: tuple[Ledger, list[Receipt]], refused: Refused) -> None:
    """Another view of a period is refused, with both that there are."""
    ledger, _ = march
    for ask in (ledger.tally, ledger.ranking):
        with refused(ledger, InvalidSetting, "invalid-setting") as caught:
            ask("2025-03", view="final")
        assert "as_closed, restated" == caught.value.data["allowed"]
