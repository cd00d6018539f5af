"""Clearings and lapses with a close: what leaves the accounts before a month is closed, and what comes back."""

from __future__ import annotations

from decimal import Decimal

from pointsledger.testing.clock import FixedClock
from pointsledger.testing.contract.book import NANYU_RULES, Document
from pointsledger.testing.contract.closing import CLEARING, LAPSING, BookOf, bridge_of, foots


def test_lapses_of_the_month_come_before_its_close(spring: BookOf, clock: FixedClock) -> None:
    """What lapses by the last day of a month leaves with it, dated in it; what lapses the day after stays in it."""
    ledger = spring(LAPSING)
    ledger.award("03-017", "sanitation", quantity=2, by="clerk:1", on="2025-03-05")
    clock.set("2025-06-03T10:00")
    closes = [ledger.close(month, by="clerk:1") for month in ("2025-03", "2025-04", "2025-05")]
    assert [False, False, True] == [ledger.record(one.seq - 1).kind == "lapse" for one in closes]
    lapse = ledger.record(closes[2].seq - 1)
    assert ("2025-05-01", "2025-05", "") == (lapse.on, lapse.period, lapse.for_period)
    assert {"earned": 10, "closing": 10} == bridge_of(ledger.tally("2025-03").rows[0])
    assert {"opening": 10, "closing": 10} == bridge_of(ledger.tally("2025-04").rows[0])
    assert {"opening": 10, "expired": -10} == bridge_of(ledger.tally("2025-05").rows[0])


def test_what_a_close_clears_leaves_with_it(spring: BookOf, clock: FixedClock) -> None:
    """S-17: at the quarter's close the rest is cleared to 0 on its last day, and what was ever earned stays."""
    ledger = spring(CLEARING)
    ledger.award("03-017", "sanitation", quantity=8, by="clerk:1", on="2025-03-05")
    clock.set("2025-04-03T10:00")
    ledger.award("04-001", "sanitation", quantity=2, by="clerk:1")
    ledger.redeem("03-017", {"haircut": 1}, by="shop:1")
    ledger.close("2025-03", by="clerk:1")
    assert {"earned": 40, "expired": -30, "closing": 10} == bridge_of(ledger.tally("2025-03").rows[0])
    assert {"opening": 10, "redeemed": -10} == bridge_of(ledger.tally("2025-04").rows[0])
    assert [Decimal(0), Decimal(10)] == [row.balance for row in ledger.balances()]
    assert Decimal(40) == ledger.tally("2025").rows[0].earned
    assert ["2025-03-31"] == [line.counts_on for line in ledger.statement("03-017") if line.heading == "expired"]


def test_what_the_next_close_clears_is_due(spring: BookOf, clock: FixedClock) -> None:
    """S-17: once the quarter is over, ``due`` names what its close is going to clear, whatever is recorded later."""
    ledger = spring(CLEARING)
    ledger.award("03-017", "sanitation", quantity=8, by="clerk:1", on="2025-03-05")
    clock.set("2025-04-01T10:00")
    told = [(one.kind, one.on, one.period, one.points, one.seq) for one in ledger.due()]
    cleared = ("close-clears", "2025-04-01", "2025-03", Decimal(40), 0)
    assert [("period-begins", "2025-04-01", "2025-04", None, 0), cleared] == told
    assert () == ledger.due("2025-04-02", until="2025-04-30")
    on_its_day = ledger.due()
    clock.set("2025-04-03T10:00")
    ledger.redeem("03-017", {"haircut": 1}, by="shop:1")
    ledger.close("2025-03", by="clerk:1")
    assert on_its_day == ledger.due("2025-04-01")
    assert ["2025-04-01/period-begins/0", f"2025-04-01/close-clears/{on_its_day[1].account}"] == [
        one.key for one in on_its_day
    ]


def test_a_receipt_tells_what_ended_before_it_was_recorded(spring: BookOf, clock: FixedClock) -> None:
    """A late deed of a quarter that is cleared counts in the open month, and its points are gone: both are told."""
    ledger = spring(CLEARING)
    in_time = ledger.award("03-017", "sanitation", quantity=1, by="clerk:1", on="2025-03-05", request="r-1")
    clock.set("2025-04-03T10:00")
    not_closed = ledger.award("03-017", "sanitation", quantity=1, by="clerk:1", on="2025-03-06")
    ledger.close("2025-03", by="clerk:1")
    late = ledger.award("03-017", "sanitation", quantity=2, by="clerk:1", on="2025-03-28")
    assert [Decimal(0), Decimal(0), Decimal(10)] == [one.ended for one in (in_time, not_closed, late)]
    assert ("2025-04", Decimal(10), Decimal(0)) == (late.period, late.points, late.balance)
    again = ledger.award("03-017", "sanitation", quantity=1, by="clerk:1", on="2025-03-05", request="r-1")
    assert (in_time, Decimal(0)) == (again, again.ended)


def test_what_comes_back_after_its_close_goes_again(spring: BookOf, clock: FixedClock) -> None:
    """A redemption of cleared points that is undone after the close brings them back, and they lapse at once."""
    ledger = spring(CLEARING)
    ledger.award("03-017", "sanitation", quantity=8, by="clerk:1", on="2025-03-05")
    clock.set("2025-04-03T10:00")
    redeemed = ledger.redeem("03-017", {"haircut": 1}, by="shop:1")
    ledger.close("2025-03", by="clerk:1")
    ledger.reverse(redeemed.seq, reason="记错了", by="clerk:1")
    ledger.award("03-017", "tidy", by="clerk:1")
    assert Decimal(2) == ledger.balance("03-017").balance
    assert {"opening": 10, "earned": 2, "prior": -10, "closing": 2} == bridge_of(ledger.tally("2025-04").rows[0])


def test_an_award_that_was_cleared_can_be_reversed(spring: BookOf, clock: FixedClock) -> None:
    """S-45 across a close: the clearing is undone first, so that nothing is taken twice."""
    ledger = spring(CLEARING)
    first = ledger.award("03-017", "sanitation", quantity=8, by="clerk:1", on="2025-03-05")
    clock.set("2025-04-03T10:00")
    ledger.close("2025-03", by="clerk:1")
    ledger.reverse(first.seq, reason="记错户", by="clerk:1")
    held = ledger.balance("03-017")
    assert (Decimal(0), Decimal(0)) == (held.balance, held.arrears)
    assert {} == bridge_of(ledger.tally("2025-04").rows[0])
    assert {} == bridge_of(ledger.tally("2025-03", view="restated").rows[0])


def test_what_a_close_cleared_and_what_a_day_ended_come_back_together(
    spring: BookOf, clock: FixedClock, document: Document
) -> None:
    """Points that end with a quarter's close and with its last day lapse apart when a deduction of both is undone."""
    ledger = spring(CLEARING)
    ledger.award("03-017", "sanitation", quantity=2, by="clerk:1", on="2025-03-05")
    ending = NANYU_RULES + '[expiry]\npolicy = "end_of"\nperiod = "quarter"\n'
    ledger.adopt_rules(document(ending, first_day="2025-03-08", decided_on="2025-03-01"), by="clerk:1")
    ledger.award("03-017", "sanitation", quantity=3, by="clerk:1")
    taken = ledger.deduct("03-017", "tidy", quantity=12, by="clerk:1")
    clock.set("2025-05-03T10:00")
    ledger.close("2025-03", by="clerk:1")
    ledger.reverse(taken.seq, reason="记错户", by="clerk:1")
    close = ledger.close("2025-04", by="clerk:1")
    lapses = [ledger.record(close.seq - back) for back in (2, 1)]
    assert [(10, "2025-03"), (14, "")] == sorted((lapse.entries[0].amount, lapse.for_period) for lapse in lapses)
    assert {"opening": 1, "prior": 24 - 10, "expired": -1 - 14} == bridge_of(ledger.tally("2025-04").rows[0])


def test_what_a_close_cleared_no_correction_brings_back(spring: BookOf, clock: FixedClock) -> None:
    """S-17: Points that a close has cleared stay cleared when their award is corrected, up or down."""
    ledger = spring(CLEARING)
    wrong = ledger.award("03-017", "sanitation", quantity=6, by="clerk:1", on="2025-03-05")
    clock.set("2025-04-02T10:00")
    ledger.close("2025-03", by="clerk:1")
    assert 0 == int(ledger.balance("03-017").balance)
    corrected = ledger.correct(wrong.seq, reason="多记一人", quantity=5, by="clerk:1")
    assert (0, 0) == (int(ledger.balance("03-017").balance), int(corrected.last.balance or 0))
    quarter = ledger.tally("2025Q1", view="restated").rows[0]
    assert (25, -25, 0) == (int(quarter.earned), int(quarter.expired), int(quarter.closing or 0))


def test_what_lapses_again_is_for_the_month_it_lapsed_in(spring: BookOf, clock: FixedClock) -> None:
    """To take back one award of a closed month leaves the others of it, that lapsed with it, where they were."""
    ledger = spring(LAPSING)
    first = ledger.award("03-017", "sanitation", quantity=1, by="clerk:1", on="2025-03-05")
    ledger.award("03-017", "sanitation", quantity=2, by="clerk:1", on="2025-03-05")
    clock.set("2025-06-03T10:00")
    for month in ("2025-03", "2025-04", "2025-05"):
        ledger.close(month, by="clerk:1")
    ledger.reverse(first.seq, reason="记了两遍", by="clerk:1")
    lapsed_in = ledger.tally("2025-05", view="restated").rows[0]
    assert (-10, 0) == (int(lapsed_in.expired), int(lapsed_in.closing or 0))
    june = ledger.tally("2025-06", view="restated").rows[0]
    assert (0, 0, 0) == (int(june.opening or 0), int(june.expired), int(june.closing or 0))
    assert all(foots(row) for row in ledger.tally("2025-06"))
