"""Reversal: a record that undoes an earlier one exactly, once; of what is gone the rules say what becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyReversed,
    AlreadySpent,
    InsufficientPoints,
    InvalidText,
    NotReversible,
    RuleSilent,
    UnknownRecord,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pointsledger.receipts import Receipt
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

WRONG = "记错了"

SMALL_LOTS = """\
[[activity]]
code = "m"
name = "大扫除"
category = "cleanup"
points = 10
per = "time"
limit = { times = 1, per = "month" }
[[activity]]
code = "n"
name = "门前卫生"
category = "cleanup"
points = 4
per = "time"
[[activity]]
code = "breach"
name = "乱倒垃圾"
category = "cleanup"
points = 10
per = "time"
sign = "minus"
"""
SMALL_PRICES = """\
[[item]]
code = "cut"
name = "理发"
points = 10
stocked = false
"""

# One act of each kind that can be undone, on a household with 20 points and a shelf with 5 soaps.
KINDS: dict[str, Callable[[Ledger], Receipt]] = {
    "award": lambda ledger: ledger.award("03-017", "tidy", quantity=4, by="clerk:1", on="2025-10-03"),
    "deduct": lambda ledger: ledger.deduct("03-017", "litter", by="clerk:1", on="2025-10-03"),
    "deduct-more": lambda ledger: ledger.deduct("03-017", "litter", quantity=6, by="clerk:1", on="2025-10-03"),
    "redeem": lambda ledger: ledger.redeem("03-017", {"soap": 1, "haircut": 1}, by="shop:1", on="2025-10-03"),
    "opening": lambda ledger: ledger.bring_forward("03-017", 7, by="clerk:1"),
    "opening-stock": lambda ledger: ledger.bring_forward_stock("soap", 7, by="shop:1"),
    "intake": lambda ledger: ledger.stock_in("soap", 7, unit_cost_fen=250, by="shop:1", on="2025-10-03"),
}


@pytest.fixture
def settled(nanyu: Ledger) -> Ledger:
    """Give the household 20 points and the shelf 5 soaps."""
    nanyu.award("03-017", "tidy", quantity=10, by="clerk:1", on="2025-09-03")
    nanyu.stock_in("soap", 5, unit_cost_fen=100, by="shop:1", on="2025-09-03")
    return nanyu


def figures(ledger: Ledger) -> tuple[object, ...]:
    """Return all that a reversal has to bring back."""
    return ledger.balances(), ledger.stock(), ledger.trial_balance().sums


def months(ledger: Ledger) -> list[object]:
    """Return all that is told of the months around, by household, group and category."""
    told: list[object] = [
        ledger.balance("03-017", on=day).balance for day in ("2025-10-02", "2025-10-03", "2025-11-03")
    ]
    for period in ("2025-10", "2025-11", "2025"):
        told += [ledger.tally(period), ledger.tally(period, level="group"), ledger.tally(period, level="category")]
        told += [ledger.ranking(period)]
    return told


@pytest.mark.parametrize("kind", KINDS)
def test_a_reversal_undoes_exactly(settled: Ledger, refused: Refused, kind: str) -> None:
    """After the reversal of any act all figures are what they were, and it cannot be reversed again."""
    before = figures(settled)
    act = KINDS[kind](settled)
    assert before != figures(settled)
    undone = settled.reverse(act.seq, reason=WRONG, by="clerk:1")
    assert before == figures(settled)
    with refused(settled, AlreadyReversed, "already-reversed") as caught:
        settled.reverse(act.seq, reason=WRONG, by="clerk:1")
    assert {"seq": act.seq, "by_seq": undone.seq} == caught.value.data
    original, reversal = settled.record(act.seq), settled.record(undone.seq)
    turned = [(line.target, line.source, *line[2:]) for line in original.entries]
    assert turned == [tuple(line) for line in reversal.entries]


def test_a_reversal_stands_on_the_day_of_what_it_undoes(nanyu: Ledger) -> None:
    """A reversal is of the original's day and period, concerns no other month, and says when it was recorded."""
    earlier = nanyu.award("03-017", "tidy", by="clerk:1", on="2025-10-31")
    same = nanyu.award("03-017", "tidy", by="clerk:1", on="2025-11-01")
    undone = [nanyu.record(nanyu.reverse(act.seq, reason=WRONG, by="clerk:1").seq) for act in (earlier, same)]
    expected = [("2025-10-31", "2025-10", ""), ("2025-11-01", "2025-11", "")]
    assert expected == [(record.on, record.period, record.for_period) for record in undone]
    assert ["2025-11-03"] * 2 == [record.recorded_at[:10] for record in undone]
    assert Decimal(0) == nanyu.balance("03-017", on="2025-10-31").balance


def test_an_opening_is_undone_on_the_first_day_of_the_book(nanyu: Ledger) -> None:
    """The reversal of an opening stands where the opening stood."""
    opening = nanyu.bring_forward("03-017", 50, by="clerk:1")
    undone = nanyu.reverse(opening.seq, reason=WRONG, by="clerk:1")
    assert ("2025-09-01", "2025-09") == (undone.on, undone.period)
    assert Decimal(0) == nanyu.balance("03-017", on="2025-09-01").balance


@pytest.mark.parametrize("kind", KINDS)
def test_a_month_comes_out_as_if_nothing_had_been_wrong(settled: Ledger, clock: FixedClock, kind: str) -> None:
    """Tallies, deeds, rankings and past balances are those of a book in which the mistake was never made."""
    settled.award("03-018", "patrol", by="clerk:1", on="2025-10-02")
    settled.deduct("03-018", "tidy", by="clerk:1", on="2025-10-02")
    before = months(settled)
    act = KINDS[kind](settled)
    clock.noon("2025-12-24")
    settled.reverse(act.seq, reason=WRONG, by="clerk:1")
    assert before == months(settled)


def test_the_tally_shows_a_reversal_where_it_belongs(nanyu: Ledger) -> None:
    """A reversal takes from what was earned in the month of what it undoes, and from that month's deeds."""
    earlier = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-31")
    same = nanyu.award("03-017", "tidy", quantity=3, by="clerk:1", on="2025-11-01")
    nanyu.award("03-017", "tidy", quantity=1, by="clerk:1", on="2025-11-01")
    for act in (earlier, same):
        nanyu.reverse(act.seq, reason=WRONG, by="clerk:1")
    october, november = (nanyu.tally(period).rows[0] for period in ("2025-10", "2025-11"))
    expected: object = [(0, 0, 0, 0, 0), (0, 2, 0, 2, 1)]
    assert expected == [(row.opening, row.earned, row.prior, row.closing, row.deeds) for row in (october, november)]


def test_what_is_spent_is_owed(begin: Begin, clock: FixedClock) -> None:
    """S-21: Reversing a lot of 10 that is spent takes the 4 of another one, and 6 are owed; 20 earned leave 14."""
    ledger = begin(SMALL_LOTS, SMALL_PRICES)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    spent = ledger.award("03-017", "m", by="clerk:1")
    ledger.redeem("03-017", {"cut": 1}, by="shop:1")
    clock.advance(days=1)
    ledger.award("03-017", "n", by="clerk:1")
    ledger.reverse(spent.seq, reason=WRONG, by="clerk:1")
    held = ledger.balance("03-017")
    assert (Decimal(-6), Decimal(6), Decimal(0)) == (held.balance, held.arrears, held.available)
    ledger.award("03-017", "n", quantity=5, by="clerk:1")
    assert 14 == ledger.balance("03-017").available


def test_nobody_owes_where_the_rules_say_so(strict: Ledger, refused: Refused) -> None:
    """Where nobody may owe, an award that was spent in part stands until the spending is reversed."""
    award = strict.award("03-017", "tidy", quantity=10, by="clerk:1")
    spent = strict.redeem("03-017", {"haircut": 1}, by="shop:1")
    with refused(strict, InsufficientPoints, "insufficient-points") as caught:
        strict.reverse(award.seq, reason=WRONG, by="clerk:1")
    assert {"account": "03-017", "available": Decimal(10), "required": Decimal(20), "arrears": "block"} == (
        caught.value.data
    )
    strict.reverse(spent.seq, reason=WRONG, by="clerk:1")
    strict.reverse(award.seq, reason=WRONG, by="clerk:1")
    assert Decimal(0) == strict.balance("03-017").balance


@pytest.mark.parametrize(("arrears", "balance", "owed"), [("allow", -6, 6), ("block", 4, 0), ("write_off", 0, 0)])
def test_a_deduction_beyond_what_is_there(
    begin: Begin, document: Document, arrears: str, balance: int, owed: int
) -> None:
    """S-49: Of a balance of 4, 10 are deducted: 6 are owed, or all of it is refused, or 6 are written off."""
    ledger = begin(document(SMALL_LOTS, arrears=arrears))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "n", by="clerk:1")
    if arrears == "block":
        with pytest.raises(InsufficientPoints, match="4"):
            ledger.deduct("03-017", "breach", by="clerk:1")
    else:
        deducted = ledger.deduct("03-017", "breach", by="clerk:1")
        assert {"allow": 10, "write_off": 4}[arrears] == deducted.points
        told = ledger.record(deducted.seq).decided
        assert (10, {"allow": None, "write_off": 6}[arrears]) == (told["requested"], told.get("written_off"))
    held = ledger.balance("03-017")
    assert (Decimal(balance), Decimal(owed)) == (held.balance, held.arrears)


def test_a_reversal_writes_off_what_is_gone(begin: Begin, document: Document) -> None:
    """Where debts are written off, reversing a spent award takes what is there, and its limit has room again."""
    ledger = begin(document(SMALL_LOTS, arrears="write_off"), SMALL_PRICES)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    award = ledger.award("03-017", "m", by="clerk:1")
    ledger.award("03-017", "n", by="clerk:1")
    ledger.redeem("03-017", {"cut": 1}, by="shop:1")
    reversal = ledger.reverse(award.seq, reason=WRONG, by="clerk:1")
    assert (Decimal(4), 6) == (reversal.points, ledger.record(reversal.seq).decided["written_off"])
    assert (Decimal(0), Decimal(0)) == (ledger.balance("03-017").balance, ledger.balance("03-017").arrears)
    assert 10 == ledger.ranking("2025-11")[0].points
    assert 10 == ledger.award("03-017", "m", by="clerk:1").points


def test_goods_that_were_handed_over_are_not_taken_back(nanyu: Ledger, refused: Refused) -> None:
    """An intake of which a piece was handed over is refused."""
    nanyu.award("03-017", "tidy", quantity=10, by="clerk:1")
    intake = nanyu.stock_in("soap", 5, by="shop:1")
    nanyu.redeem("03-017", {"soap": 2}, by="shop:1")
    with refused(nanyu, AlreadySpent, "already-spent") as caught:
        nanyu.reverse(intake.seq, reason=WRONG, by="shop:1")
    assert {"seq": intake.seq, "granted": 5, "remaining": 3} == caught.value.data


def test_arrears_come_back(nanyu: Ledger) -> None:
    """Reversing an award that had settled arrears brings the arrears to life again."""
    nanyu.deduct("03-017", "litter", quantity=2, by="clerk:1")
    award = nanyu.award("03-017", "tidy", quantity=8, by="clerk:1")
    assert Decimal(6) == nanyu.balance("03-017").available
    nanyu.reverse(award.seq, reason=WRONG, by="clerk:1")
    held = nanyu.balance("03-017")
    assert (Decimal(-10), Decimal(10)) == (held.balance, held.arrears)


def test_settled_arrears_are_restored(nanyu: Ledger) -> None:
    """Reversing a deduction gives back what it took from lots and what later awards had paid for it."""
    nanyu.award("03-017", "tidy", quantity=2, by="clerk:1")
    deduction = nanyu.deduct("03-017", "litter", quantity=2, by="clerk:1")
    nanyu.award("03-017", "tidy", quantity=10, by="clerk:1")
    assert Decimal(14) == nanyu.balance("03-017").balance
    nanyu.reverse(deduction.seq, reason=WRONG, by="clerk:1")
    held = nanyu.balance("03-017")
    assert (Decimal(24), Decimal(0), Decimal(24)) == (held.balance, held.arrears, held.available)
    nanyu.redeem("03-017", {"haircut": 2}, by="shop:1")


def test_returned_points_settle_what_is_owed_since(nanyu: Ledger) -> None:
    """Points that the reversal of a redemption returns pay the arrears that arose meanwhile."""
    nanyu.award("03-017", "tidy", quantity=5, by="clerk:1")
    spent = nanyu.redeem("03-017", {"haircut": 1}, by="shop:1")
    nanyu.deduct("03-017", "tidy", quantity=2, by="clerk:1")
    nanyu.reverse(spent.seq, reason=WRONG, by="shop:1")
    held = nanyu.balance("03-017")
    assert (Decimal(6), Decimal(0), Decimal(6)) == (held.balance, held.arrears, held.available)


def test_a_redemption_reversed_is_listed_as_such(nanyu: Ledger) -> None:
    """The list of redemptions, and the statement, say which record undid one."""
    nanyu.award("03-017", "tidy", quantity=5, by="clerk:1")
    spent = nanyu.redeem("03-017", {"haircut": 1}, by="shop:1")
    undone = nanyu.reverse(spent.seq, reason=WRONG, by="shop:1")
    assert [undone.seq] == [made.reversed_by for made in nanyu.redemptions()]
    assert [0, undone.seq, 0] == [line.reversed_by for line in nanyu.statement("03-017")]


def test_what_has_no_reverse_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """The genesis, documents, enrolments, operators and reversals stay."""
    award = nanyu.award("03-017", "tidy", by="clerk:1")
    undone = nanyu.reverse(award.seq, reason=WRONG, by="clerk:1")
    for seq in sorted(set(range(1, undone.seq + 1)) - {award.seq}):
        with refused(nanyu, NotReversible, "not-reversible"):
            nanyu.reverse(seq, reason=WRONG, by="clerk:1")


def test_a_record_that_is_none_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """There is no record 0, none below it and none beyond the last."""
    for seq in (-1, 0, nanyu.head().size + 1):
        with refused(nanyu, UnknownRecord, "unknown-record"):
            nanyu.reverse(seq, reason=WRONG, by="clerk:1")
        with refused(nanyu, UnknownRecord, "unknown-record"):
            nanyu.record(seq)


def test_a_reversal_gives_its_reason(nanyu: Ledger, refused: Refused) -> None:
    """A reversal without a reason is refused."""
    award = nanyu.award("03-017", "tidy", by="clerk:1")
    with refused(nanyu, InvalidText, "invalid-text"):
        nanyu.reverse(award.seq, reason=" ", by="clerk:1")


def test_repeating_a_reversal_is_harmless(nanyu: Ledger, clock: FixedClock) -> None:
    """The same reversal under the same request id gives the same receipt, on another day too."""
    award = nanyu.award("03-017", "tidy", by="clerk:1")
    first = nanyu.reverse(award.seq, reason=WRONG, by="clerk:1", request="undo-1")
    clock.noon("2025-12-01")
    assert first == nanyu.reverse(award.seq, reason=WRONG, by="clerk:1", request="undo-1")


@pytest.mark.parametrize(
    ("arrears", "balance", "owed"), [("allow", -10, 10), ("write_off", 0, 0), ("block", None, None)]
)
@pytest.mark.parametrize(
    "settings", [{"first_period": "2025-09"}, {"first_period": "2025-10", "cut_off_day": 25}], ids=["later", "cut-off"]
)
def test_what_stands_before_the_first_rule_book_can_be_reversed(
    begin: Begin,
    document: Document,
    refused: Refused,
    *,
    settings: dict[str, object],
    arrears: str,
    balance: int | None,
    owed: int | None,
) -> None:
    """Spent points of the paper book can be taken back as the first rule book says, into whose past none may reach."""
    ledger = begin(document(SMALL_LOTS, first_day="2025-10-01", arrears=arrears), document(SMALL_PRICES), **settings)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    opening = ledger.bring_forward("03-017", 15, by="clerk:1")
    assert opening.on < "2025-10-01"
    ledger.redeem("03-017", {"cut": 1}, by="shop:1")
    ledger.close(str(settings["first_period"]), by="clerk:1")
    if balance is None:
        with refused(ledger, InsufficientPoints, "insufficient-points"):
            ledger.reverse(opening.seq, reason=WRONG, by="clerk:1")
        return
    ledger.reverse(opening.seq, reason=WRONG, by="clerk:1")
    held = ledger.balance("03-017")
    assert (Decimal(balance), Decimal(owed or 0)) == (held.balance, held.arrears)


def test_a_book_without_rules_says_nothing_of_debts(begin: Begin, document: Document, refused: Refused) -> None:
    """Where no rule book was ever adopted, spent points are taken back once there is one, from whatever day it is."""
    ledger = begin(None, document(SMALL_PRICES), first_period="2025-09")
    ledger.enrol("03-017", head="张三", by="clerk:1")
    opening = ledger.bring_forward("03-017", 15, by="clerk:1")
    ledger.redeem("03-017", {"cut": 1}, by="shop:1")
    with refused(ledger, RuleSilent, "rule-silent"):
        ledger.reverse(opening.seq, reason=WRONG, by="clerk:1")
    ledger.adopt_rules(document(SMALL_LOTS, first_day="2025-11-01"), by="clerk:1")
    ledger.reverse(opening.seq, reason=WRONG, by="clerk:1")
    assert Decimal(-10) == ledger.balance("03-017").balance
