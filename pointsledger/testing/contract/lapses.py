"""Lapses: points end with their last day, whether or not anybody records it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import InsufficientPoints, NotReversible, UnknownAccount, UnknownRecord
from pointsledger.testing.contract.book import STREAM, THREADS, needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

ACTIVITIES = """\
[[activity]]
code = "deed"
name = "好人好事"
category = "model-household"
points = 1
per = "head"
[[activity]]
code = "breach"
name = "乱倒垃圾"
category = "cleanup"
points = 1
per = "head"
sign = "minus"
"""
PRICES = """\
[[item]]
code = "cut"
name = "理发"
points = 10
stocked = false
[[item]]
code = "bag"
name = "垃圾袋"
points = 1
stocked = false
"""


def ending(month: int, day: int) -> str:
    """Return rules under which points end on a day of the year."""
    return f'[expiry]\npolicy = "fixed"\nmonth = {month}\nday = {day}\n{ACTIVITIES}'


def living(days: int) -> str:
    """Return rules under which points live so many days."""
    return f'[expiry]\npolicy = "days"\ndays = {days}\n{ACTIVITIES}'


def _begun(begin: Begin, document: Document, rules: Path) -> Ledger:
    """Begin a book in January 2025, with one household."""
    prices = document(PRICES, first_day="2025-01-01", decided_on="2024-12-20")
    ledger = begin(rules, prices, first_period="2025-01")
    ledger.enrol("1", head="张三", by="clerk:1")
    return ledger


def figures(ledger: Ledger, *days: str) -> list[int]:
    """Return what the household holds now, and at the end of some days."""
    return [int(ledger.balance("1").balance), *(int(ledger.balance("1", on=day).balance) for day in days)]


def lines(ledger: Ledger, period: str | None = None) -> list[tuple[str, str, int, int]]:
    """Return heading, day, points and balance of the household's statement, less the numbers of its records."""
    found = ledger.statement("1", period)
    return [(line.heading, line.counts_on, int(line.points), int(line.balance)) for line in found]


@pytest.fixture
def three_lots(begin: Begin, document: Document, clock: FixedClock) -> Ledger:
    """Begin the book of S-03: A 100 to 2026-01-31, B 50 to 2026-02-28, C 30 to 2025-06-30, under rules in turn."""
    clock.noon("2025-01-10", back=True)
    first = document(ending(1, 31), first_day="2025-01-01", decided_on="2024-12-20")
    ledger = _begun(begin, document, first)
    clock.noon("2025-03-01")
    ledger.award("1", "deed", quantity=100, by="clerk:1")
    for month, day, points in ((2, 28, 50), (6, 30, 30)):
        clock.advance(days=1)
        today = clock.today
        ledger.adopt_rules(document(ending(month, day), first_day=today, decided_on=today), by="clerk:1")
        ledger.award("1", "deed", quantity=points, by="clerk:1")
    clock.noon("2025-04-02")
    return ledger


@pytest.fixture
def short_lived(begin: Begin, document: Document, clock: FixedClock) -> Callable[..., Ledger]:
    """Begin a book with one household on 2025-01-01, under rules by which points live so many days."""

    def start(days: int, *, arrears: str = "") -> Ledger:
        clock.noon("2025-01-01", back=True)
        rules = document(living(days), first_day="2025-01-01", decided_on="2024-12-20", arrears=arrears)
        return _begun(begin, document, rules)

    return start


def test_lots_end_by_date_and_not_by_a_run(three_lots: Ledger, clock: FixedClock) -> None:
    """S-03: 60 spent take C 30 and A 30; 120 are held on 2026-01-31 and 50 a day later, before and after the run."""
    three_lots.redeem("1", {"cut": 6}, by="shop:1")
    assert [120, 120, 50, 0] == figures(three_lots, "2026-01-31", "2026-02-01", "2026-03-01")
    clock.noon("2026-01-31")
    assert 120 == int(three_lots.balance("1").balance)
    clock.noon("2026-02-01")
    before = (figures(three_lots, "2026-01-31", "2026-02-01"), lines(three_lots), lines(three_lots, "2026-02"))
    assert ([50, 120, 50], ("expired", "2026-02-01", -70, 50)) == (before[0], before[1][-1])
    ran = three_lots.expire(by="clerk:1") if hasattr(three_lots, "expire") else None
    if ran is not None:
        assert (1, 1, Decimal(70)) == (ran.records, ran.households, ran.points)
        assert before == (
            figures(three_lots, "2026-01-31", "2026-02-01"),
            lines(three_lots),
            lines(three_lots, "2026-02"),
        )


def test_what_ends_first_is_spent_first(begin: Begin, document: Document, clock: FixedClock) -> None:
    """S-04: A 40 to 12-31 and B 40 to 03-31; 30 spent on 03-01 take B, and 40 are left on 04-01."""
    clock.noon("2025-01-01", back=True)
    first = document(ending(12, 31), first_day="2025-01-01", decided_on="2024-12-20")
    ledger = _begun(begin, document, first)
    ledger.award("1", "deed", quantity=40, by="clerk:1")
    clock.noon("2025-02-01")
    ledger.adopt_rules(document(ending(3, 31), first_day="2025-02-01", decided_on="2025-01-20"), by="clerk:1")
    ledger.award("1", "deed", quantity=40, by="clerk:1")
    clock.noon("2025-03-01")
    ledger.redeem("1", {"cut": 3}, by="shop:1")
    clock.noon("2025-03-31")
    assert 50 == int(ledger.balance("1").balance)
    clock.noon("2025-04-01")
    assert 40 == int(ledger.balance("1").balance)


def test_the_last_day_ends_at_midnight_in_the_village(
    short_lived: Callable[..., Ledger], clock: FixedClock, refused: Refused
) -> None:
    """S-05: Points to 2025-03-31 can be spent at 15:59:59Z of that day, and at 16:00:00Z no more."""
    ledger = short_lived(89)
    ledger.award("1", "deed", quantity=30, by="clerk:1")
    clock.set("2025-03-31T23:59")
    clock.advance(seconds=59)
    ledger.redeem("1", {"cut": 1}, by="shop:1")
    clock.advance(seconds=1)
    with refused(ledger, InsufficientPoints, "insufficient-points") as caught:
        ledger.redeem("1", {"cut": 1}, by="shop:1")
    assert (Decimal(0), Decimal(10)) == (caught.value.data["available"], caught.value.data["required"])
    assert 0 == int(ledger.balance("1").available or 0)


@needs("expire")
def test_the_run_records_each_lapse_once(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """S-08: The run, months late and executed twice, posts one lapse for each last day, dated the day after it."""
    ledger = short_lived(30)
    for day in ("2025-01-01", "2025-01-01", "2025-01-20"):
        clock.noon(day)
        ledger.award("1", "deed", quantity=10, by="clerk:1")
    clock.noon("2025-06-01")
    told: list[tuple[int, int]] = []
    first = ledger.expire(by="clerk:1", progress=lambda done, count: told.append((done, count)))
    assert (2, 1, Decimal(30), [(1, 1)]) == (first.records, first.households, first.points, told)
    second = ledger.expire(by="clerk:2", progress=lambda done, count: told.append((done, count)))
    assert (0, 0, Decimal(0), [(1, 1)]) == (second.records, second.households, second.points, told)
    assert [
        ("earned", "2025-01-01", 10, 10),
        ("earned", "2025-01-01", 10, 20),
        ("earned", "2025-01-20", 10, 30),
        ("expired", "2025-02-01", -20, 10),
        ("expired", "2025-02-20", -10, 0),
    ] == lines(ledger)


@needs(THREADS)
def test_two_runs_at_once_record_each_lapse_once(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """S-08: Two runs at the same moment post one lapse between them."""
    ledger = short_lived(30)
    ledger.award("1", "deed", quantity=10, by="clerk:1")
    clock.noon("2025-06-01")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(ledger.expire(by="clerk:1").records)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [0, 1] == sorted(found)
    assert 1 == len(list(ledger.records(kinds=["lapse"])))


@pytest.mark.parametrize("ran", [False, True], ids=["not run", "run"])
def test_an_award_whose_points_lapsed_can_be_reversed(
    short_lived: Callable[..., Ledger], clock: FixedClock, *, ran: bool
) -> None:
    """S-45: Award 10, which lapse unspent and are reversed then: 0 are held and 0 owed, whether or not a run came."""
    ledger = short_lived(30)
    wrong = ledger.award("1", "deed", quantity=10, by="clerk:1")
    ledger.award("1", "deed", quantity=7, by="clerk:1")
    clock.noon("2025-03-01")
    if ran and hasattr(ledger, "expire"):
        ledger.expire(by="clerk:1")
    undone = ledger.reverse(wrong.seq, reason="记错了", by="clerk:1")
    held = ledger.balance("1")
    assert (0, 0, 0, 0) == (
        int(held.balance),
        int(held.arrears or 0),
        int(held.available or 0),
        int(undone.balance or 0),
    )
    assert [0, 7, 7, 0] == figures(ledger, "2025-01-01", "2025-01-31", "2025-02-01")


def test_what_lapsed_beside_a_reversed_award_pays_no_debt(
    short_lived: Callable[..., Ledger], clock: FixedClock
) -> None:
    """S-45: Of two awards that lapsed together one is reversed: the other lapses again and pays no debt."""
    ledger = short_lived(30)
    wrong = ledger.award("1", "deed", quantity=2, by="clerk:1")
    ledger.award("1", "deed", quantity=12, by="clerk:1")
    clock.noon("2025-03-10")
    ledger.deduct("1", "breach", quantity=20, by="clerk:1")
    undone = ledger.reverse(wrong.seq, reason="记错了", by="clerk:1")
    after = ledger.award("1", "deed", quantity=5, by="clerk:1")
    assert [-20, -15] == [int(receipt.balance or 0) for receipt in (undone, after)]
    held = ledger.balance("1")
    assert (-15, 15, 0) == (int(held.balance), int(held.arrears or 0), int(held.available or 0))


def test_a_lapse_is_undone_with_its_award_alone(
    short_lived: Callable[..., Ledger], clock: FixedClock, refused: Refused
) -> None:
    """Nobody reverses a lapse by itself: the points would only lapse again."""
    ledger = short_lived(30)
    lost = ledger.award("1", "deed", quantity=10, by="clerk:1")
    clock.noon("2025-03-01")
    ledger.award("1", "deed", quantity=1, by="clerk:1")
    assert "lapse" == ledger.record(lost.seq + 1).kind
    with refused(ledger, NotReversible, "not-reversible"):
        ledger.reverse(lost.seq + 1, reason="记错了", by="clerk:1")
    with refused(ledger, UnknownRecord, "unknown-record"):
        ledger.reverse(lost.seq + 3, reason="记错了", by="clerk:1")


def test_points_given_back_after_their_last_day_lapse_again(
    short_lived: Callable[..., Ledger], clock: FixedClock
) -> None:
    """A redemption that is reversed when its points have ended gives them back to their lot, and they lapse at once."""
    ledger = short_lived(30)
    ledger.award("1", "deed", quantity=10, by="clerk:1")
    bought = ledger.redeem("1", {"cut": 1}, by="shop:1")
    clock.noon("2025-03-01")
    assert 0 == int(ledger.reverse(bought.seq, reason="记错了", by="shop:1").balance or 0)
    assert [0, 10, 0] == figures(ledger, "2025-01-31", "2025-02-01")
    assert ("expired", "2025-02-01", -10, 0) == lines(ledger)[-1]
    ledger.award("1", "deed", quantity=3, by="clerk:1")
    assert [3, 10, 0] == figures(ledger, "2025-01-31", "2025-02-01")


def test_a_deed_recorded_after_its_points_ended_says_so(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """A deed of long ago is recorded, its points end by the rules of its day, and the receipt does not promise them."""
    ledger = short_lived(30)
    clock.noon("2025-03-10")
    late = ledger.award("1", "deed", quantity=10, on="2025-01-02", by="clerk:1")
    assert (10, 0) == (int(late.points or 0), int(late.balance or 0))
    assert [0, 10, 0] == figures(ledger, "2025-02-01", "2025-02-02")


def test_a_late_deed_pays_what_is_owed_before_its_points_end(
    short_lived: Callable[..., Ledger], clock: FixedClock
) -> None:
    """Points that have ended already when they are recorded still settle arrears, and only the rest lapses."""
    ledger = short_lived(30)
    ledger.deduct("1", "breach", quantity=6, by="clerk:1")
    clock.noon("2025-03-10")
    late = ledger.award("1", "deed", quantity=10, on="2025-01-02", by="clerk:1")
    held = ledger.balance("1")
    assert (0, 0, 0) == (int(late.balance or 0), int(held.balance), int(held.arrears or 0))


@pytest.mark.parametrize(("arrears", "owed", "held"), [("allow", 5, -5), ("write_off", 0, 0)])
def test_a_deduction_takes_nothing_that_has_ended(
    short_lived: Callable[..., Ledger], clock: FixedClock, arrears: str, owed: int, held: int
) -> None:
    """S-49: Of points that ended nothing is taken: what is missing is owed or written off, as the rule book says."""
    ledger = short_lived(30, arrears=arrears)
    ledger.award("1", "deed", quantity=10, by="clerk:1")
    clock.noon("2025-03-01")
    ledger.deduct("1", "breach", quantity=5, by="clerk:1")
    found = ledger.balance("1")
    assert (held, owed) == (int(found.balance), int(found.arrears or 0))


def test_a_page_of_balances_goes_by_the_date(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """Every household of a page holds what has not ended yet."""
    ledger = short_lived(30)
    ledger.enrol("2", head="李四", by="clerk:1")
    for household, points in (("1", 10), ("2", 20)):
        ledger.award(household, "deed", quantity=points, by="clerk:1")
    clock.noon("2025-01-31")
    ledger.award("2", "deed", quantity=5, by="clerk:1")
    assert [10, 25] == [int(row.available or 0) for row in ledger.balances()]
    clock.noon("2025-02-01")
    assert [0, 5] == [int(row.available or 0) for row in ledger.balances()]
    trial = {line.account: int(line.balance) for line in ledger.trial_balance()}
    assert {"expired": 30, "households": 5, "issued:model-household": -35} == trial


def test_a_changed_policy_redates_nothing(three_lots: Ledger, clock: FixedClock, document: Document) -> None:
    """Points that were granted keep their last day when the village lets none end any more."""
    today = clock.today
    three_lots.adopt_rules(document(ACTIVITIES, first_day=today, decided_on=today), by="clerk:1")
    three_lots.award("1", "deed", quantity=1, by="clerk:1")
    assert [181, 181, 151, 51, 1] == figures(three_lots, "2025-06-30", "2026-01-31", "2026-02-28", "2026-03-01")


@needs(STREAM)
def test_a_lapse_stands_in_the_stream(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """The stream of records has the lapse before the act that came upon it."""
    ledger = short_lived(30)
    ledger.award("1", "deed", quantity=10, by="clerk:1")
    clock.noon("2025-03-01")
    ledger.award("1", "deed", quantity=1, by="clerk:1")
    assert ["award", "lapse", "award"] == [record.kind for record in ledger.records()][-3:]


def test_what_lapses_is_due_on_its_day(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """What a household had left of points whose last day is over is due the day after, whatever is recorded later."""
    ledger = short_lived(30)
    spent = ledger.award("1", "deed", quantity=10, by="clerk:1")
    bought = ledger.redeem("1", {"bag": 4}, by="shop:1")
    clock.noon("2025-01-15")
    coming = [(due.on, due.kind, int(due.points or 0)) for due in ledger.due("2025-01-16", until="2025-02-02")]
    assert [("2025-02-01", "period-begins", 0), ("2025-02-01", "points-lapse", 6)] == coming
    clock.noon("2025-02-01")
    on_its_day = ledger.due()
    ledger.award("1", "deed", quantity=1, by="clerk:1")
    ledger.reverse(bought.seq, reason="记错了", by="shop:1")
    ledger.award("1", "deed", quantity=5, on="2025-01-01", by="clerk:1")
    ledger.reverse(spent.seq, reason="记错了", by="clerk:1")
    clock.noon("2025-03-20")
    assert on_its_day == ledger.due("2025-02-01")
    assert [6] == [int(due.points) for due in on_its_day if due.points]
    assert "1" == ledger.person(on_its_day[-1].account).code
    assert f"2025-02-01/points-lapse/{on_its_day[-1].account}" == on_its_day[-1].key


def test_nobody_stands_behind_an_unknown_id(nanyu: Ledger, refused: Refused) -> None:
    """An id that no record ever had is refused."""
    with refused(nanyu, UnknownAccount, "unknown-account"):
        nanyu.person("h-nobody")


@pytest.mark.parametrize(
    ("expiry", "ends"),
    [
        ('policy = "months"\nmonths = 2', {"2024-01-31": "2024-03-31"}),  # S-02: never by way of 29 February
        ('policy = "months"\nmonths = 12', {"2024-02-29": "2025-02-28"}),
        ('policy = "months"\nmonths = 6', {"2024-03-31": "2024-09-30"}),
        ('policy = "months"\nmonths = 12\nround_to = "month"', {"2023-02-28": "2024-02-29"}),
        ('policy = "fixed"\nmonth = 12\nday = 31', {"2025-11-30": "2025-12-31", "2025-12-02": "2026-12-31"}),
    ],
    ids=["S-02", "S-06 a year", "S-06 half a year", "S-06 rounded", "S-07"],
)
def test_the_last_day_stands_in_the_record(
    begin: Begin, document: Document, clock: FixedClock, expiry: str, ends: dict[str, str]
) -> None:
    """S-02, S-06, S-07: Each grant says the last day that the policy gives it, and holds on it and not a day longer."""
    clock.noon("2022-12-31", back=True)
    rules = document(f"[expiry]\n{expiry}\n{ACTIVITIES}", first_day="2023-01-01", decided_on="2022-12-20")
    ledger = begin(rules, document(PRICES, first_day="2023-01-01", decided_on="2022-12-20"), first_period="2022-12")
    for number, (on, last_day) in enumerate(ends.items()):
        clock.noon(on)
        household = f"0{number}"
        ledger.enrol(household, head="张三", by="clerk:1")
        granted = ledger.award(household, "deed", quantity=3, by="clerk:1")
        assert last_day == ledger.record(granted.seq).decided["expires_on"]
        after = (date.fromisoformat(last_day) + timedelta(days=1)).isoformat()
        assert [3, 0] == [int(ledger.balance(household, on=day).balance) for day in (last_day, after)]


def test_without_a_policy_a_quarter_opens_with_what_was_left(
    begin: Begin, document: Document, clock: FixedClock
) -> None:
    """S-20: 49 points unspent in the first quarter open the second, for nothing is cleared."""
    clock.noon("2025-01-01", back=True)
    ledger = _begun(begin, document, document(ACTIVITIES, first_day="2025-01-01", decided_on="2024-12-20"))
    ledger.award("1", "deed", quantity=49, by="clerk:1")
    clock.noon("2025-04-02")
    (row,) = ledger.tally("2025Q2")
    assert (49, 49) == (int(row.opening or 0), int(ledger.balance("1").available or 0))


@needs("batch")
def test_an_act_refused_in_a_batch_leaves_no_lapse(short_lived: Callable[..., Ledger], clock: FixedClock) -> None:
    """What has to come before an act goes with it when it is refused, and the batch goes on."""
    ledger = short_lived(30, arrears="block")
    spent = ledger.award("1", "deed", quantity=20, by="clerk:1")
    ledger.redeem("1", {"cut": 1}, by="shop:1")
    clock.noon("2025-03-01")
    ledger.expire(by="clerk:1")
    size = ledger.head().size
    with ledger.batch(by="clerk:1") as batch:
        for _ in range(2):
            with pytest.raises(InsufficientPoints):
                batch.reverse(spent.seq, reason="记错了", by="new:1")
        batch.award("1", "deed", quantity=3)
    assert ["award"] == [record.kind for record in ledger.records(after=size)]
    assert [3, 10, 0] == figures(ledger, "2025-01-31", "2025-02-01")


@needs("grant_base")
def test_who_asks_makes_no_difference(begin: Begin, document: Document, clock: FixedClock) -> None:
    """A new operator is answered as a known one is, also where something has ended that nobody recorded."""
    clock.noon("2025-01-01", back=True)
    floor = '[[base]]\ncode = "floor"\nname = "保底分"\npoints = 100\nper = "ever"\nfloor = true\n'
    rules = document(living(364) + floor, first_day="2025-01-01", decided_on="2024-12-20")
    ledger = _begun(begin, document, rules)
    ledger.grant_base("2025-01", by="clerk:1")
    ledger.adopt_rules(document(ACTIVITIES, first_day="2025-02-01", decided_on="2025-01-01"), by="clerk:1")
    clock.noon("2025-02-01")
    ledger.award("1", "deed", quantity=30, by="clerk:1")
    clock.noon("2026-01-05")
    assert 30 == int(ledger.balance("1").available or 0)
    assert 20 == int(ledger.redeem("1", {"cut": 1}, by="shop:new").balance or 0)
