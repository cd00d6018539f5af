"""Refunds: however a redemption is refunded, what adds up to the whole restores what was spent."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger import Ledger, PriceList, RuleBook
from pointsledger.testing import FixedClock

HEADING = """\
format = 1
name = "南峪村"
first_day = 2025-01-01
[mandate]
decided_on = 2024-12-20
present = 46
votes_for = 44
"""
RULES = """\
[expiry]
policy = "days"
days = 90
[[activity]]
code = "deed"
name = "好人好事"
category = "deeds"
points = 1
per = "head"
"""
PRICES = """\
[[item]]
code = "bean"
name = "绿豆"
points = 1
"""
FIRST = date(2025, 1, 1)


def begun(deeds: list[tuple[int, int]], clock: FixedClock) -> Ledger:
    """Begin a book with one household, whose ``deeds`` are points and how many days after the one before."""
    rules = RuleBook.from_toml(HEADING + RULES, file="rules", decimals=0)
    prices = PriceList.from_toml(HEADING + PRICES, file="prices", decimals=0)
    ledger = Ledger.create(
        "sqlite://", village="v", rulebook=rules, prices=prices, by="clerk:1", clock=clock, first_period="2025-01"
    )
    ledger.enrol("1", head="张三", by="clerk:1")
    ledger.stock_in("bean", 1_000, by="shop:1")
    day = FIRST
    for points, days in deeds:
        day += timedelta(days=days)
        clock.noon(day.isoformat())
        ledger.award("1", "deed", quantity=points, by="clerk:1")
    return ledger


@given(
    deeds=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5)), min_size=1, max_size=6),
    spent=st.integers(1, 50),
    cuts=st.lists(st.integers(1, 50), max_size=5),
    paper=st.booleans(),
)
def test_refunds_that_total_the_whole_restore_every_lot(
    deeds: list[tuple[int, int]], spent: int, cuts: list[int], *, paper: bool
) -> None:
    """Partial refunds that add up to all of it leave the lots as they were: a second spend takes the same (S-13)."""
    clock = FixedClock("2025-01-01T12:00")
    with begun(deeds, clock) as ledger:
        there = int(ledger.balance("1").balance)
        spent = spent if paper else min(spent, there)
        first = ledger.redeem("1", {"bean": spent}, handed_over=paper, by="shop:1")
        before = ledger.record(first.seq).decided
        left = spent
        for cut in cuts:
            if cut < left:
                ledger.refund(first.seq, points=cut, by="shop:1")
                left -= cut
        ledger.refund(first.seq, by="shop:1")
        event(f"refunds: {len(cuts)}", "arrears" if spent > there else "covered")
        again = ledger.redeem("1", {"bean": spent}, handed_over=paper, by="shop:1")
        after = ledger.record(again.seq).decided
        of_points = [[part for part in one["lots"] if part[0] == 1] for one in (before, after)]
        assert of_points[0] == of_points[1]
        assert before.get("arrears") == after.get("arrears")
        assert ledger.audit().whole
