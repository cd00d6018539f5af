"""Limits: how much of an activity a holder may be granted, in which span, and what happens to the rest."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import LimitReached
from pointsledger.testing.contract.book import THREADS, needs

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

LIMITED = """\
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = {points}
per = "time"
limit = {{ {limit} }}
"""


def award(ledger: Ledger, *days: str, household: str = "03-017") -> list[Decimal | None]:
    """Award the yard on each of the days and return what was granted."""
    return [ledger.award(household, "yard", by="clerk:1", on=day).points for day in days]


def test_a_limit_cuts_what_exceeds_it(nanyu: Ledger) -> None:
    """S-24: at 30 a month claims of 12 give 12, 12, 6 and 0, of which the last moves nothing."""
    receipts = [nanyu.award("03-017", "yard", by="clerk:1", on=f"2025-10-0{day}") for day in range(1, 5)]
    assert [Decimal(12), Decimal(12), Decimal(6), Decimal(0)] == [receipt.points for receipt in receipts]
    records = [nanyu.record(receipt.seq) for receipt in receipts]
    assert [12] * 4 == [record.decided["requested"] for record in records]
    assert [None, None, 6, 12] == [record.decided.get("capped") for record in records]
    assert [1, 1, 1, 0] == [len(record.entries) for record in records]


@needs(THREADS)
def test_threads_share_a_limit(nanyu: Ledger) -> None:
    """S-24: ten threads that claim 12 at once are granted exactly 30 together."""
    with ThreadPoolExecutor(10) as threads:
        claims = [threads.submit(nanyu.award, "03-017", "yard", by="clerk:1", on="2025-10-03") for _ in range(10)]
        granted = Counter(claim.result().points for claim in claims)
    assert {Decimal(12): 2, Decimal(6): 1, Decimal(0): 7} == granted
    assert Decimal(30) == nanyu.balance("03-017").balance


def test_a_reversal_gives_room_back(nanyu: Ledger) -> None:
    """S-24: once the first 12 are reversed there is room for 12 again."""
    first = nanyu.award("03-017", "yard", by="clerk:1", on="2025-10-01")
    assert [Decimal(12), Decimal(6)] == award(nanyu, "2025-10-02", "2025-10-03")
    nanyu.reverse(first.seq, reason="记错了", by="clerk:1")
    assert [Decimal(12), Decimal(0)] == award(nanyu, "2025-10-04", "2025-10-05")


def test_reversing_what_was_cut_gives_back_only_what_was_granted(nanyu: Ledger) -> None:
    """To undo a deed that a limit cut to 6 makes room for 6, and to undo one cut to nothing for none."""
    award(nanyu, "2025-10-01", "2025-10-02")
    cut = [nanyu.award("03-017", "yard", by="clerk:1", on=f"2025-10-0{day}") for day in (3, 4)]
    nanyu.reverse(cut[1].seq, reason="记错了", by="clerk:1")
    assert [Decimal(0)] == award(nanyu, "2025-10-05")
    nanyu.reverse(cut[0].seq, reason="记错了", by="clerk:1")
    assert [Decimal(6)] == award(nanyu, "2025-10-06")


def test_each_household_has_its_own_limit(nanyu: Ledger) -> None:
    """What one household used is no matter of another's."""
    assert [Decimal(12), Decimal(12), Decimal(6)] == award(nanyu, "2025-10-01", "2025-10-02", "2025-10-03")
    assert [Decimal(12)] == award(nanyu, "2025-10-04", household="03-018")


def test_a_limit_goes_by_the_day_of_the_deed(nanyu: Ledger) -> None:
    """Deeds recorded in any order use the month in which they were done."""
    granted = award(nanyu, "2025-10-31", "2025-11-01", "2025-10-01", "2025-10-02", "2025-11-02")
    assert [Decimal(12), Decimal(12), Decimal(12), Decimal(6), Decimal(12)] == granted


@pytest.mark.parametrize(
    ("per", "inside", "outside"),
    [
        ("day", "2025-10-15", "2025-10-16"),
        ("week", "2025-10-19", "2025-10-20"),
        ("month", "2025-10-31", "2025-11-01"),
        ("quarter", "2025-12-31", "2026-01-01"),
        ("half", "2025-07-01", "2026-01-01"),
        ("year", "2025-01-01", "2026-01-01"),
        ("ever", "2024-12-31", None),
    ],
)
def test_a_limit_begins_anew_with_its_span(
    begin: Begin, document: Document, clock: FixedClock, *, per: str, inside: str, outside: str | None
) -> None:
    """A limit used up on 15 October leaves nothing within its span and everything beyond it."""
    clock.noon("2026-02-01")
    rules = LIMITED.format(points=10, limit=f'points = 10, per = "{per}"')
    ledger = begin(document(rules, first_day="2024-01-01", decided_on="2023-12-01"), prices=None)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    award(ledger, "2025-10-15")
    again = ledger.award("03-017", "yard", by="clerk:1", on=inside)
    assert Decimal(0) == again.points
    if outside is not None:
        assert Decimal(10) == ledger.award("03-017", "yard", by="clerk:1", on=outside).points


def test_a_limit_may_be_by_resident(nanyu: Ledger) -> None:
    """Each member has the whole of a limit by resident, in each ISO week."""
    days = ("2025-10-13", "2025-10-19", "2025-10-20")
    granted = {
        member: [nanyu.award("03-017", "meeting", member=member, by="clerk:1", on=day).points for day in days]
        for member in ("张三", "李四")
    }
    each = [Decimal(10), Decimal(0), Decimal(10)]
    assert {"张三": each, "李四": each} == granted


def test_a_limit_may_be_by_village(begin: Begin) -> None:
    """A limit by village is shared by every household."""
    ledger = begin(LIMITED.format(points=10, limit='points = 15, per = "month", by = "village"'))
    for household in ("03-017", "03-018"):
        ledger.enrol(household, head="张三", by="clerk:1")
    assert [Decimal(10)] == award(ledger, "2025-10-01")
    assert [Decimal(5), Decimal(0)] == award(ledger, "2025-10-02", "2025-10-03", household="03-018")


def test_a_limit_may_count_times(begin: Begin) -> None:
    """A limit of two times pays a deed done three times for two, and its reversal gives both back."""
    ledger = begin(LIMITED.format(points=10, limit='times = 2, per = "month"'))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    first = ledger.award("03-017", "yard", quantity=3, by="clerk:1", on="2025-10-01")
    assert Decimal(20) == first.points
    assert [Decimal(0)] == award(ledger, "2025-10-02")
    ledger.reverse(first.seq, reason="记错了", by="clerk:1")
    assert [Decimal(10), Decimal(10), Decimal(0)] == award(ledger, "2025-10-03", "2025-10-04", "2025-10-05")


def test_a_limit_may_refuse(nanyu: Ledger, refused: Refused) -> None:
    """In mode reject what does not fit whole is refused whole, with what the limit is and has used."""
    for day in ("2025-10-01", "2025-10-02"):
        nanyu.award("03-017", "lecture", by="clerk:1", on=day)
    with refused(nanyu, LimitReached, "limit-reached") as caught:
        nanyu.award("03-017", "lecture", by="clerk:1", on="2025-10-03")
    told = {"activity": "lecture", "activity_name": "政策宣讲", "limit": Decimal(25), "unit": "points"}
    assert told | {"used": Decimal(20), "per": "quarter"} == caught.value.data


def test_a_deduction_knows_no_limit(begin: Begin) -> None:
    """A limit binds what is given, never what is taken."""
    rules = LIMITED.format(points=10, limit='points = 10, per = "month"') + 'sign = "both"\n'
    ledger = begin(rules)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    for _ in range(3):
        ledger.deduct("03-017", "yard", by="clerk:1", on="2025-10-01")
    assert Decimal(-30) == ledger.balance("03-017").balance
    assert [Decimal(10), Decimal(0)] == award(ledger, "2025-10-02", "2025-10-03")


def test_a_limit_goes_by_the_months_of_the_village(begin: Begin, document: Document, clock: FixedClock) -> None:
    """S-47: with cut-off day 25 and 30 a month, 20 on 24 October and 20 on 26 October are 20 and 20."""
    clock.noon("2026-11-03")
    rules = document(
        LIMITED.format(points=20, limit='points = 30, per = "month"'), first_day="2026-10-01", decided_on="2026-09-01"
    )
    ledger = begin(rules, prices=None, cut_off_day=25)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    assert [Decimal(20), Decimal(20)] == award(ledger, "2026-10-24", "2026-10-26")
    assert [Decimal(10), Decimal(10)] == award(ledger, "2026-10-25", "2026-11-02")
