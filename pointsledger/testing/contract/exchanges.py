"""Exchanges: reserved, handed over, cancelled, ended by date, refunded; and what paper says has happened already."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyRefunded,
    InsufficientPoints,
    InvalidNumber,
    InvalidSetting,
    InvalidState,
    NotARedemption,
    NotAReservation,
    NotRedeemed,
    OptionsConflict,
    OutOfStock,
    OverRefund,
    PointsLedgerError,
    RequestConflict,
    UnknownShop,
)
from pointsledger.testing.contract.book import THREADS, needs
from pointsledger.testing.contract.lapses import ACTIVITIES

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

PRICES = """\
[[item]]
code = "rice"
name = "大米"
points = 80
[[item]]
code = "bean"
name = "绿豆"
points = 1
[[item]]
code = "cut"
name = "理发"
points = 10
stocked = false
[[shop]]
code = "main"
name = "村部超市"
[[shop]]
code = "east"
name = "东庄超市"
"""


def ending(month: int, day: int) -> str:
    """Return rules under which points end on a day of the year."""
    return f'[expiry]\npolicy = "fixed"\nmonth = {month}\nday = {day}\n{ACTIVITIES}'


@pytest.fixture
def two_lots(begin: Begin, document: Document, clock: FixedClock) -> Ledger:
    """Begin the book of S-09: A 70 to 2026-01-31, B 50 to 2026-02-28, and three bags of rice at 80."""
    clock.noon("2025-11-01", back=True)
    prices = document(PRICES, first_day="2025-11-01", decided_on="2025-10-20")
    first = document(ending(1, 31), first_day="2025-11-01", decided_on="2025-10-20")
    ledger = begin(first, prices, first_period="2025-11")
    ledger.enrol("1", head="张三", members=["张小三"], by="clerk:1")
    ledger.award("1", "deed", quantity=70, by="clerk:1")
    clock.advance(days=1)
    ledger.adopt_rules(document(ending(2, 28), first_day="2025-11-02", decided_on="2025-10-20"), by="clerk:1")
    ledger.award("1", "deed", quantity=50, by="clerk:1")
    ledger.stock_in("rice", 3, by="shop:1")
    ledger.stock_in("bean", 200, by="shop:1")
    clock.noon("2026-01-10")
    return ledger


def figures(ledger: Ledger) -> tuple[int, int, int, int]:
    """Return balance, held, available and arrears of the household."""
    found = ledger.balance("1")
    return int(found.balance), int(found.held or 0), int(found.available or 0), int(found.arrears or 0)


def rice(ledger: Ledger) -> int:
    """Return the bags on the shelf."""
    return next(line.pieces for line in ledger.stock() if line.item == "rice")


def sound(ledger: Ledger) -> list[str]:
    """Return the codes of what the audit finds, where the book can be audited."""
    audit = getattr(ledger, "audit", None)
    return [] if audit is None else [finding.code for finding in audit().findings]


def test_a_reservation_holds_points_and_goods(two_lots: Ledger) -> None:
    """S-09: reserved, the points and the bag are held, and nothing has moved."""
    receipt = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    assert ((120, 80, 40, 0), 3) == (figures(two_lots), rice(two_lots))
    assert (Decimal(80), Decimal(120)) == (receipt.points, receipt.balance)
    assert [] == sound(two_lots)


def test_a_reservation_is_repeated_by_its_request(two_lots: Ledger, refused: Refused) -> None:
    """S-10: the same request is the same reservation, with other pieces a conflict; a new one finds 40 available."""
    receipt = two_lots.reserve("1", {"rice": 1}, by="shop:1", request="r-1")
    assert (receipt, True) == (again := two_lots.reserve("1", {"rice": 1}, by="shop:1", request="r-1"), again.repeated)
    with refused(two_lots, RequestConflict, "request-conflict") as conflict:
        two_lots.reserve("1", {"rice": 2}, by="shop:1", request="r-1")
    assert "items" == conflict.value.data["field"]
    with refused(two_lots, InsufficientPoints, "insufficient-points") as lacking:
        two_lots.reserve("1", {"rice": 1}, by="shop:1")
    assert (Decimal(40), Decimal(80)) == (lacking.value.data["available"], lacking.value.data["required"])


def test_what_is_reserved_is_handed_over_once(two_lots: Ledger, refused: Refused) -> None:
    """S-11: handed over, points and bag change hands; again it is the same receipt, and it cannot be cancelled."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    receipt = two_lots.hand_over(reserved.seq, by="shop:1")
    assert ((40, 0, 40, 0), 2) == (figures(two_lots), rice(two_lots))
    assert (receipt, True) == (again := two_lots.hand_over(reserved.seq, by="shop:1"), again.repeated)
    with refused(two_lots, InvalidState, "invalid-state") as over:
        two_lots.cancel(reserved.seq, by="shop:1")
    assert ("handed-over", "refund") == (over.value.data["state"], over.value.say("en").split()[-1].strip("."))
    assert [] == sound(two_lots)


def test_a_cancelled_reservation_moves_nothing(two_lots: Ledger, refused: Refused) -> None:
    """S-11: cancelled, points and bag are free again, no line was posted, and it cannot be handed over."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    before = len(two_lots.statement("1").lines)
    receipt = two_lots.cancel(reserved.seq, by="shop:1")
    assert ((120, 0, 120, 0), 3, before) == (figures(two_lots), rice(two_lots), len(two_lots.statement("1").lines))
    assert (receipt, True) == (again := two_lots.cancel(reserved.seq, by="shop:1"), again.repeated)
    with refused(two_lots, InvalidState, "invalid-state"):
        two_lots.hand_over(reserved.seq, by="shop:1")
    assert [] == sound(two_lots)


@needs(THREADS)
def test_the_last_bag_is_reserved_once(two_lots: Ledger) -> None:
    """S-12: of ten threads that reserve the last bag for two households, one has it and every other finds no stock."""
    two_lots.enrol("2", head="李四", by="clerk:1")
    for household in ("1", "2"):
        two_lots.award(household, "deed", quantity=900, by="clerk:1")
    two_lots.redeem("1", {"rice": 2}, by="shop:1")

    def attempt(number: int) -> str:
        try:
            two_lots.reserve(str(number % 2 + 1), {"rice": 1}, by=f"shop:{number}")
        except OutOfStock as error:
            return error.code
        return "reserved"

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(attempt, range(10)))
    assert [*["out-of-stock"] * 9, "reserved"] == outcomes


def test_refunds_restore_in_reverse_order(two_lots: Ledger, refused: Refused) -> None:
    """S-13: 30 of 80 give B 10 and A 20 back, then 50 A 50, and nothing is left to refund."""
    spent = two_lots.redeem("1", {"bean": 80}, by="shop:1")
    first = two_lots.refund(spent.seq, points=30, cause="shop", by="shop:1")
    second = two_lots.refund(spent.seq, points=50, cause="shop", by="shop:1")
    taken = two_lots.record(spent.seq).decided["lots"][:2]
    (_, a, _, _), (_, b, _, _) = taken
    assert ([(a, 70), (b, 10)]) == [(seq, part) for _, seq, _, part in taken]
    assert [(b, -10), (a, -20)] == [(seq, part) for _, seq, _, part in two_lots.record(first.seq).decided["lots"]]
    assert [(a, -50)] == [(seq, part) for _, seq, _, part in two_lots.record(second.seq).decided["lots"]]
    assert (120, 0, 120, 0) == figures(two_lots)
    with refused(two_lots, OverRefund, "over-refund") as over:
        two_lots.refund(spent.seq, points=1, by="shop:1")
    assert Decimal(0) == over.value.data["refundable"]
    assert [] == sound(two_lots)


@pytest.mark.parametrize(
    ("cause", "left", "later"), [("resident", 50, 0), ("shop", 120, 70), ("force_majeure", 120, 70)]
)
def test_points_that_lapsed_meanwhile_come_back_by_their_cause(
    two_lots: Ledger, clock: FixedClock, cause: str, left: int, later: int
) -> None:
    """S-14: refunded after A lapsed, its 70 lapse at once, or come back until 12 March where the shop is to blame."""
    spent = two_lots.redeem("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    two_lots.refund(spent.seq, cause=cause, by="shop:1")
    assert left == two_lots.balance("1").balance
    shown = [(line.heading, int(line.points)) for line in two_lots.statement("1", "2026-02").lines]
    assert ([("refunded", 80), ("expired", -70)] if cause == "resident" else [("refunded", 80)]) == shown
    for day, expected in (("2026-03-12", later), ("2026-03-13", 0)):
        clock.noon(day)
        assert expected == two_lots.balance("1").balance
    assert [] == sound(two_lots)


def test_a_month_closes_over_points_that_came_back_with_other_ends(two_lots: Ledger, clock: FixedClock) -> None:
    """S-14: months close over points that came back until other days than those of their lots, each for its time."""
    spent = two_lots.redeem("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    two_lots.refund(spent.seq, points=30, cause="shop", by="shop:1")
    clock.noon("2026-02-20")
    two_lots.refund(spent.seq, points=50, cause="force_majeure", by="shop:1")
    clock.noon("2026-04-02")
    months = ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    for month in months:
        two_lots.close(month, by="clerk:1")
    assert [120, 120, 40, 120, 0] == [int(two_lots.tally(month).total.closing or 0) for month in months]
    assert [] == sound(two_lots)


@needs(THREADS)
def test_two_refunds_at_once_do_not_exceed_what_was_spent(two_lots: Ledger) -> None:
    """S-15: of two threads that refund 50 of 80 each, one succeeds and the other finds 30 refundable."""
    spent = two_lots.redeem("1", {"rice": 1}, by="shop:1")

    def attempt(number: int) -> int:
        try:
            return int(two_lots.refund(spent.seq, points=50, by=f"shop:{number}").points or 0)
        except OverRefund as error:
            return int(error.data["refundable"])

    with ThreadPoolExecutor(2) as pool:
        assert [30, 50] == sorted(pool.map(attempt, range(2)))


def test_pieces_come_back_to_the_shelf_or_not(two_lots: Ledger, refused: Refused) -> None:
    """A refund names pieces; returned ones lie on the shelf again, and no more come back than went out."""
    spent = two_lots.redeem("1", {"bean": 20, "cut": 2}, by="shop:1")
    two_lots.refund(spent.seq, {"bean": 5}, by="shop:1")
    two_lots.refund(spent.seq, {"bean": 5, "cut": 1}, returned=False, by="shop:1")
    beans = next(line.pieces for line in two_lots.stock() if line.item == "bean")
    assert (185, 100) == (beans, int(two_lots.balance("1").balance))
    with refused(two_lots, OverRefund, "over-refund"):
        two_lots.refund(spent.seq, {"bean": 11}, by="shop:1")
    with refused(two_lots, NotRedeemed, "not-redeemed"):
        two_lots.refund(spent.seq, {"rice": 1}, by="shop:1")
    two_lots.refund(spent.seq, by="shop:1")
    assert 120 == two_lots.balance("1").balance
    assert [] == sound(two_lots)


def test_a_redemption_is_reversed_only_while_nothing_was_refunded(two_lots: Ledger, refused: Refused) -> None:
    """S-13: a slip of the pen is reversed wholly, handed over or not, but not what was refunded in part."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    handed = two_lots.hand_over(reserved.seq, by="shop:1")
    two_lots.reverse(handed.seq, reason="记错", by="shop:1")
    assert ((120, 0, 120, 0), 3) == (figures(two_lots), rice(two_lots))
    with refused(two_lots, InvalidState, "invalid-state"):
        two_lots.refund(reserved.seq, by="shop:1")
    spent = two_lots.redeem("1", {"bean": 2}, by="shop:1")
    two_lots.refund(spent.seq, points=1, by="shop:1")
    with refused(two_lots, AlreadyRefunded, "already-refunded"):
        two_lots.reverse(spent.seq, reason="记错", by="shop:1")
    assert [] == sound(two_lots)


def test_held_points_do_not_lapse(two_lots: Ledger, clock: FixedClock) -> None:
    """What is held outlives its lot, and is handed over on the reservation's last day still."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-09")
    assert (120, 80, 40, 0) == figures(two_lots)
    two_lots.hand_over(reserved.seq, by="shop:1")
    assert (40, 0, 40, 0) == figures(two_lots)
    assert [] == sound(two_lots)


def test_a_reservation_ends_by_date(two_lots: Ledger, clock: FixedClock, refused: Refused) -> None:
    """The day after its last, points and goods are free, whether or not anybody recorded it; lapsed points are gone."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    expected = ((50, 0, 50, 0), 3)
    assert expected == (figures(two_lots), rice(two_lots))
    with refused(two_lots, InvalidState, "invalid-state") as over:
        two_lots.hand_over(reserved.seq, by="shop:1")
    assert ("released", "2026-02-10") == (over.value.data["state"], over.value.data["on"])
    two_lots.award("1", "deed", by="clerk:1")
    assert (51, 0, 51, 0) == figures(two_lots)
    with refused(two_lots, InvalidState, "invalid-state"):
        two_lots.cancel(reserved.seq, by="shop:1")
    two_lots.redeem("1", {"bean": 50}, by="shop:1")
    assert (1, 0, 1, 0) == figures(two_lots)
    assert [] == sound(two_lots)


def test_goods_of_a_reservation_that_is_over_are_for_others(two_lots: Ledger, clock: FixedClock) -> None:
    """Another household's act on the item records the end of what was not collected."""
    two_lots.enrol("2", head="李四", by="clerk:1")
    two_lots.award("2", "deed", quantity=300, by="clerk:1")
    two_lots.redeem("2", {"rice": 2}, by="shop:1")
    two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    two_lots.redeem("2", {"rice": 1}, by="shop:1")
    assert 0 == rice(two_lots)
    assert [] == sound(two_lots)


def test_the_run_ends_reservations_too(two_lots: Ledger, clock: FixedClock) -> None:
    """The expiry run records what ended by date, once, and no figure moves."""
    two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    before = figures(two_lots), rice(two_lots)
    two_lots.expire(by="clerk:1")
    size = two_lots.head().size
    two_lots.expire(by="clerk:1")
    assert (before, size) == ((figures(two_lots), rice(two_lots)), two_lots.head().size)
    assert [] == sound(two_lots)


def test_held_points_survive_arrears(two_lots: Ledger) -> None:
    """S-46: a deduction of 50 finds 40 free and makes arrears of 10; what is held is handed over all the same."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    two_lots.deduct("1", "breach", quantity=50, by="clerk:1")
    assert (70, 80, 0, 10) == figures(two_lots)
    two_lots.hand_over(reserved.seq, by="shop:1")
    assert (-10, 0, 0, 10) == figures(two_lots)
    assert [] == sound(two_lots)


def test_what_is_cancelled_pays_arrears(two_lots: Ledger) -> None:
    """Points that are free again pay what has come to be owed while they were held."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    two_lots.deduct("1", "breach", quantity=50, by="clerk:1")
    two_lots.cancel(reserved.seq, by="shop:1")
    assert (70, 0, 70, 0) == figures(two_lots)
    assert [] == sound(two_lots)


def test_paper_makes_arrears(begin: Begin, document: Document, clock: FixedClock, refused: Refused) -> None:
    """S-40: 30 handed over on paper with 20 available leave arrears of 10 and one irregular finding."""
    ledger = _with(begin, document, 20, clock)
    ledger.stock_in("bean", 30, by="shop:1")
    with refused(ledger, InsufficientPoints, "insufficient-points"):
        ledger.redeem("1", {"bean": 30}, by="shop:1")
    ledger.redeem("1", {"bean": 30}, handed_over=True, on="2025-11-10", by="shop:1")
    assert (-10, 0, 0, 10) == figures(ledger)
    assert [True] == [made.irregular for made in ledger.redemptions()]
    assert ["handed-over-uncovered"][: hasattr(ledger, "audit")] == sound(ledger)


def test_paper_hands_out_what_nobody_took_in(begin: Begin, document: Document, clock: FixedClock) -> None:
    """What the shelf lacks is taken in unexplained and goes out at once; a reversal takes back both."""
    ledger = _with(begin, document, 100, clock)
    ledger.stock_in("bean", 10, by="shop:1")
    receipt = ledger.redeem("1", {"bean": 30}, handed_over=True, by="shop:1")
    record = ledger.record(receipt.seq)
    assert [("unexplained", "shelf:main", 20), ("shelf:main", "handed-over", 30)] == [
        (entry.source, entry.target, entry.amount) for entry in record.entries[1:]
    ]
    ledger.reverse(receipt.seq, reason="记错", by="shop:1")
    assert (100, 10) == (int(ledger.balance("1").balance), ledger.stock()[0].pieces)
    ledger.redeem("1", {"bean": 5}, handed_over=True, by="shop:1")
    assert 5 == ledger.stock()[0].pieces
    assert [] == sound(ledger)


def test_paper_is_judged_by_its_day(begin: Begin, document: Document, clock: FixedClock) -> None:
    """S-50: 30 of 30 December typed on 2 January undo the lapse of 40, and 10 lapse again; nobody owes."""
    clock.noon("2025-11-01", back=True)
    prices = document(PRICES, first_day="2025-11-01", decided_on="2025-10-20")
    ledger = begin(
        document(ending(12, 31), first_day="2025-11-01", decided_on="2025-10-20"), prices, first_period="2025-11"
    )
    ledger.enrol("1", head="张三", by="clerk:1")
    ledger.award("1", "deed", quantity=40, by="clerk:1")
    ledger.stock_in("bean", 30, by="shop:1")
    clock.noon("2026-01-02")
    ledger.expire(by="clerk:1")
    assert 0 == ledger.balance("1").balance
    receipt = ledger.redeem("1", {"bean": 30}, handed_over=True, on="2025-12-30", by="shop:1")
    assert (Decimal(0), (0, 0, 0, 0)) == (receipt.balance, figures(ledger))
    assert (10, 0) == tuple(int(ledger.balance("1", on=day).balance) for day in ("2025-12-31", "2026-01-01"))
    ledger.expire(by="clerk:1")
    assert (0, 0, 0, 0) == figures(ledger)
    assert [] == sound(ledger)


def test_a_refund_of_paper_clears_its_arrears_first(begin: Begin, document: Document, clock: FixedClock) -> None:
    """Of what paper took from nowhere, a refund clears the arrears before it restores a lot."""
    ledger = _with(begin, document, 20, clock)
    ledger.stock_in("bean", 30, by="shop:1")
    spent = ledger.redeem("1", {"bean": 30}, handed_over=True, by="shop:1")
    ledger.refund(spent.seq, points=6, by="shop:1")
    assert (-4, 0, 0, 4) == figures(ledger)
    ledger.refund(spent.seq, points=24, by="shop:1")
    assert (20, 0, 20, 0) == figures(ledger)


@pytest.mark.parametrize(
    ("expected", "code", "act"),
    [
        (NotAReservation, "not-a-reservation", lambda ledger: ledger.hand_over(1, by="shop:1")),
        (NotAReservation, "not-a-reservation", lambda ledger: ledger.cancel(999, by="shop:1")),
        (NotARedemption, "not-a-redemption", lambda ledger: ledger.refund(1, by="shop:1")),
        (InvalidNumber, "invalid-number", lambda ledger: ledger.refund("1", by="shop:1")),
        (InvalidNumber, "invalid-number", lambda ledger: ledger.cancel(0, by="shop:1")),
        (InvalidSetting, "invalid-setting", lambda ledger: ledger.cancel(1, cause="nobody", by="shop:1")),
        (OptionsConflict, "options-conflict", lambda ledger: ledger.refund(1, {"bean": 1}, points=1, by="shop:1")),
        (UnknownShop, "unknown-shop", lambda ledger: ledger.reserve("1", {"rice": 1}, shop="west", by="shop:1")),
    ],
)
def test_what_is_no_exchange_is_refused(
    two_lots: Ledger, refused: Refused, expected: type[PointsLedgerError], code: str, act: object
) -> None:
    """Each act on something that it does not fit is one clear refusal, and nothing is written."""
    with refused(two_lots, expected, code):
        act(two_lots)  # type: ignore[operator]  # a function of the ledger


def test_who_collected_is_recorded(two_lots: Ledger) -> None:
    """A member is recorded by id, a stranger's name is kept beside the journal, and cash is a memo only."""
    one = two_lots.redeem("1", {"bean": 1}, collector="张小三", cash_fen=250, by="shop:1")
    other = two_lots.redeem("1", {"bean": 1}, collector="王五", by="shop:1")
    said = two_lots.record(one.seq).said
    assert ("r-", 250) == (str(said["collector"])[:2], said["cash_fen"])
    assert {"collector_name": "王五"} == two_lots.remarks(other.seq)
    assert 118 == two_lots.balance("1").balance


def _with(begin: Begin, document: Document, points: int, clock: FixedClock) -> Ledger:
    """Begin a book whose one household has so many points on market day, and no expiry."""
    clock.noon("2025-11-10", back=True)
    prices = document(PRICES, first_day="2025-11-01", decided_on="2025-10-20")
    ledger = begin(
        document(ACTIVITIES, first_day="2025-11-01", decided_on="2025-10-20"), prices, first_period="2025-11"
    )
    ledger.enrol("1", head="张三", by="clerk:1")
    ledger.award("1", "deed", quantity=points, by="clerk:1")
    return ledger


def test_a_reservation_goes_on_over_a_close(two_lots: Ledger, clock: FixedClock) -> None:
    """A month is closed over a reservation that lives; one that ended within it is released before, in its month."""
    clock.noon("2025-11-20", back=True)
    living = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2025-12-02")
    two_lots.close("2025-11", by="clerk:1")
    assert (120, 80, 40, 0) == figures(two_lots)
    clock.noon("2026-01-05")
    two_lots.close("2025-12", by="clerk:1")
    released = two_lots.record(two_lots.redemptions()[0].ended_by)
    assert (living.seq, "2025-12-21", "2025-12") == (released.said["redemption"], released.on, released.period)
    assert ((120, 0, 120, 0), 3) == (figures(two_lots), rice(two_lots))
    assert [] == sound(two_lots)


def test_a_reservation_that_ended_in_a_closed_month_ends_on_the_first_open_day(
    two_lots: Ledger, clock: FixedClock
) -> None:
    """Found after the close of the month after it, what ended counts from the first day that is open."""
    clock.noon("2025-11-20", back=True)
    two_lots.reserve("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-03-02")
    for month in ("2025-11", "2025-12", "2026-01", "2026-02"):
        two_lots.close(month, by="clerk:1")
    assert (0, 0, 0, 0) == figures(two_lots)
    assert [0, 120] == [int(two_lots.balance("1", on=day).balance) for day in ("2026-03-01", "2026-01-31")]
    assert [] == sound(two_lots)


def test_what_a_close_clears_spares_what_is_held(begin: Begin, document: Document, clock: FixedClock) -> None:
    """S-17: the close of a quarter clears what is free; what is held is handed over still, or lapses when let go."""
    clock.noon("2025-11-01", back=True)
    prices = document(PRICES, first_day="2025-11-01", decided_on="2025-10-20")
    rules = f'[expiry]\npolicy = "clear_at_close"\nperiod = "quarter"\n{ACTIVITIES}'
    ledger = begin(document(rules, first_day="2025-11-01", decided_on="2025-10-20"), prices, first_period="2025-11")
    ledger.enrol("1", head="张三", by="clerk:1")
    ledger.award("1", "deed", quantity=50, by="clerk:1")
    clock.noon("2025-12-20")
    kept = ledger.reserve("1", {"cut": 2}, by="shop:1")
    left = ledger.reserve("1", {"cut": 1}, by="shop:1")
    clock.noon("2026-01-05")
    for month in ("2025-11", "2025-12"):
        ledger.close(month, by="clerk:1")
    assert (30, 30, 0, 0) == figures(ledger)
    ledger.hand_over(kept.seq, by="shop:1")
    ledger.cancel(left.seq, by="shop:1")
    assert (0, 0, 0, 0) == figures(ledger)
    assert [] == sound(ledger)
