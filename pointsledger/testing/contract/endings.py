"""Endings: what has ended by its day, a reservation or points, before anybody said so, and acts that meet it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import AlreadyRefunded, AlreadySpent, InvalidState
from pointsledger.testing.contract.exchanges import PRICES, figures, rice, sound, two_lots
from pointsledger.testing.contract.lapses import ACTIVITIES

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

__all__ = ["two_lots"]

CLEARED = f'[expiry]\npolicy = "clear_at_close"\nperiod = "quarter"\n{ACTIVITIES}'


@pytest.fixture
def quartered(begin: Begin, document: Document, clock: FixedClock) -> Ledger:
    """Begin a book in November whose points are cleared with the quarter, with 40 of them and 30 beans."""
    clock.noon("2025-11-01", back=True)
    prices = document(PRICES, first_day="2025-11-01", decided_on="2025-10-20")
    rules = document(CLEARED, first_day="2025-11-01", decided_on="2025-10-20")
    ledger = begin(rules, prices, first_period="2025-11")
    ledger.enrol("1", head="张三", by="clerk:1")
    ledger.award("1", "deed", quantity=40, by="clerk:1")
    ledger.stock_in("bean", 30, by="shop:1")
    return ledger


@pytest.mark.parametrize("ran", [False, True], ids=["not run", "run"])
def test_paper_has_what_an_ended_reservation_held(two_lots: Ledger, clock: FixedClock, *, ran: bool) -> None:
    """Points are free once the day of their reservation is over: paper owes nothing, whether or not a run came."""
    clock.noon("2025-12-01", back=True)
    two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-01-05")
    if ran and hasattr(two_lots, "expire"):
        two_lots.expire(by="clerk:1")
    paper = two_lots.redeem("1", {"bean": 100}, handed_over=True, by="shop:1")
    assert (Decimal(20), (20, 0, 20, 0)) == (paper.balance, figures(two_lots))
    assert [False, False] == [made.irregular for made in two_lots.redemptions()]
    assert [] == sound(two_lots)


def test_an_intake_is_undone_once_its_goods_are_free(two_lots: Ledger, clock: FixedClock, refused: Refused) -> None:
    """Goods that a reservation holds are not taken back; from the day on which it is over they are, run or not."""
    clock.noon("2025-12-01", back=True)
    intake = two_lots.stock_in("bean", 5, shop="east", by="shop:1")
    held = two_lots.reserve("1", {"bean": 2}, shop="east", by="shop:1")
    with refused(two_lots, AlreadySpent, "already-spent"):
        two_lots.reverse(intake.seq, reason="记错", by="shop:1")
    clock.noon("2026-01-05")
    undone = two_lots.reverse(intake.seq, reason="记错", by="shop:1")
    assert ["release", "reverse"] == [two_lots.record(undone.seq - back).kind for back in (1, 0)]
    assert held.seq == two_lots.record(undone.seq - 1).said["redemption"]
    assert [("bean", 200), ("rice", 3)] == [(line.item, line.pieces) for line in two_lots.stock("main")]
    assert [0] == [line.pieces for line in two_lots.stock("east")]
    assert ((120, 0, 120, 0), 3, []) == (figures(two_lots), rice(two_lots), sound(two_lots))


def test_paper_of_a_closed_quarter_has_what_its_close_cleared(quartered: Ledger, clock: FixedClock) -> None:
    """S-50: a redemption of 30 December, typed when the quarter is closed and cleared: 30 of 40 are redeemed."""
    clock.noon("2026-01-05")
    for month in ("2025-11", "2025-12"):
        quartered.close(month, by="clerk:1")
    assert (0, 0, 0, 0) == figures(quartered)
    paper = quartered.redeem("1", {"bean": 30}, handed_over=True, on="2025-12-30", by="shop:1")
    assert (Decimal(0), (0, 0, 0, 0)) == (paper.balance, figures(quartered))
    assert [False] == [made.irregular for made in quartered.redemptions()]
    assert [("expired", -40), ("expired", 40), ("redeemed", -30), ("expired", -10)] == [
        (line.heading, int(line.points)) for line in quartered.statement("1").lines if line.heading != "earned"
    ]
    assert [] == sound(quartered)


def test_paper_after_the_quarter_has_nothing_that_was_cleared(quartered: Ledger, clock: FixedClock) -> None:
    """Paper of a day after the quarter, typed when that is closed, finds nothing left: it is owed."""
    clock.noon("2026-01-05")
    for month in ("2025-11", "2025-12"):
        quartered.close(month, by="clerk:1")
    quartered.redeem("1", {"bean": 30}, handed_over=True, on="2026-01-02", by="shop:1")
    assert (-30, 0, 0, 30) == figures(quartered)


def test_what_paper_brought_back_cannot_be_reversed(two_lots: Ledger, refused: Refused) -> None:
    """S-13: goods that nobody had taken in came back: the redemption is refunded, and not reversed, as any other."""
    paper = two_lots.redeem("1", {"rice": 4}, handed_over=True, by="shop:1")
    two_lots.refund(paper.seq, {"rice": 1}, by="shop:1")
    with refused(two_lots, AlreadyRefunded, "already-refunded"):
        two_lots.reverse(paper.seq, reason="记错", by="shop:1")
    assert [80] == [int(made.refunded) for made in two_lots.redemptions()]


def test_a_refund_of_paper_says_what_has_ended(two_lots: Ledger, clock: FixedClock) -> None:
    """Points that had paid what paper owed come back when they have ended: the receipt does not promise them."""
    clock.noon("2025-11-10", back=True)
    paper = two_lots.redeem("1", {"rice": 2}, handed_over=True, by="shop:1")
    two_lots.award("1", "deed", quantity=40, by="clerk:1")
    clock.noon("2026-03-05")
    refunded = two_lots.refund(paper.seq, points=40, by="shop:1")
    assert (Decimal(0), (0, 0, 0, 0)) == (refunded.balance, figures(two_lots))
    assert [True] == [made.irregular for made in two_lots.redemptions()]


def test_a_hand_over_that_was_undone_is_not_repeated(two_lots: Ledger, refused: Refused) -> None:
    """Once a hand-over was reversed, nothing is handed over, cancelled or refunded by that number any more."""
    kept = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    done = two_lots.hand_over(kept.seq, by="shop:1", request="slip-7")
    two_lots.reverse(done.seq, reason="记错户", by="shop:1")
    for act in (two_lots.hand_over, two_lots.cancel, two_lots.refund):
        with refused(two_lots, InvalidState, "invalid-state") as caught:
            act(kept.seq, by="shop:1")
        assert ("reversed", "2026-01-10") == (caught.value.data["state"], caught.value.data["on"])
    assert (done, True) == (again := two_lots.hand_over(kept.seq, by="shop:1", request="slip-7"), again.repeated)
    with refused(two_lots, InvalidState, "invalid-state"):
        two_lots.hand_over(kept.seq, by="shop:1", request="slip-8")


def test_a_hand_over_without_a_request_is_undone_for_good(two_lots: Ledger, refused: Refused) -> None:
    """The same of a hand-over under this library's own request id, which would otherwise count as repeated."""
    kept = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    two_lots.reverse(two_lots.hand_over(kept.seq, by="shop:1").seq, reason="记错户", by="shop:1")
    with refused(two_lots, InvalidState, "invalid-state") as caught:
        two_lots.hand_over(kept.seq, by="shop:1")
    assert "reversed" == caught.value.data["state"]


@pytest.mark.parametrize("ending", ["release released", "forfeit forfeited"])
def test_what_is_over_is_refunded_as_little(
    begin: Begin, document: Document, clock: FixedClock, refused: Refused, ending: str
) -> None:
    """A refund of a reservation that is over by the date says how it ended, before any record does and afterwards."""
    at_end, state = ending.split()
    rules = f'[redemption]\nreservation_days = 3\nat_end = "{at_end}"\n{ACTIVITIES}'
    ledger = begin(document(rules), document(PRICES), first_period="2025-11")
    ledger.enrol("1", head="张三", by="clerk:1")
    ledger.award("1", "deed", quantity=20, by="clerk:1")
    kept = ledger.reserve("1", {"cut": 1}, by="shop:1")
    clock.advance(days=4)
    for _ in range(2):
        with refused(ledger, InvalidState, "invalid-state") as caught:
            ledger.refund(kept.seq, by="shop:1")
        assert (state, "2025-11-07") == (caught.value.data["state"], caught.value.data["on"])
        ledger.award("1", "deed", by="clerk:1")
