"""Traces: from what was handed out back to deeds, rules and donors, and from each of these to what became of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import InvalidNumber, InvalidSetting, PointsLedgerError, UnknownRecord
from pointsledger.testing.contract.book import NANYU_PRICES, NANYU_RULES
from pointsledger.testing.contract.money import FUNDS
from pointsledger.values.records import POINTS

if TYPE_CHECKING:
    from pointsledger.reports.trace import Origin, Trace
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused


def links(trace: Trace) -> list[tuple[str, int, str]]:
    """Return of each origin its unit, its amount and the kind of its record."""
    return [(origin.unit, int(origin.amount), origin.record.kind) for origin in trace.origins]


def uses(trace: Trace) -> list[tuple[str, int, int]]:
    """Return of each use as what, how much, and in which record."""
    return [(use.heading, int(use.amount), use.record.seq) for use in trace.uses]


def test_a_redemption_leads_to_deeds_and_goods(two_lots: Ledger) -> None:
    """Each point leads to its award, with rule, version, member and operators, and each piece to its intake."""
    more = two_lots.award(
        "1", "deed", quantity=9, member="张小三", by="clerk:2", approved_by=["panel:1"], remark="照片 3 张"
    )
    two_lots.stock_in("bean", 10, source="donated", unit_cost_fen=150, best_before="2026-06-01", by="shop:1")
    spent = two_lots.redeem("1", {"bean": 125}, by="shop:1")
    trace = two_lots.trace(spent.seq)
    bean = "item:bean"
    assert [
        (POINTS, 70, "award"),
        (POINTS, 50, "award"),
        (POINTS, 5, "award"),
        (bean, 10, "intake"),
        (bean, 115, "intake"),
    ] == links(trace)
    award, goods = trace.origins[2], trace.origins[3]
    told = award.record
    assert (more.seq, "1", "张三", "张小三", "clerk:2") == (told.seq, told.household, told.name, told.member, told.by)
    assert (("panel:1",), "照片 3 张", Decimal(9)) == (told.approved_by, told.remark, award.granted)
    rule = told.rule
    assert rule is not None
    assert ("deed", "好人好事", 2) == (rule.code, rule.name, rule.rulebook)
    assert ("shelf:main", "绿豆", "2026-06-01", 150) == (
        goods.account,
        goods.unit_name,
        goods.last_day,
        goods.unit_cost_fen,
    )
    assert "donated" == goods.record.details["source"]
    assert ((), True, 0) == (trace.uses, trace.whole, int(trace.owed))


def test_an_award_leads_to_what_it_was_spent_on(two_lots: Ledger, clock: FixedClock) -> None:
    """Points lead to redemptions with their goods, to what they settled, and to their lapse, page by page."""
    two_lots.deduct("1", "breach", quantity=130, by="clerk:1")
    award = two_lots.award("1", "deed", quantity=100, by="clerk:1")
    first = two_lots.redeem("1", {"bean": 20}, by="shop:1")
    second = two_lots.redeem("1", {"bean": 30}, by="shop:1")
    reserved = two_lots.reserve("1", {"bean": 5}, by="shop:1")
    clock.noon("2026-03-01")
    two_lots.expire(by="clerk:1")
    size = two_lots.head().size
    trace = two_lots.trace(award.seq)
    assert [
        ("settled", 10, award.seq),
        ("redeemed", 20, first.seq),
        ("redeemed", 30, second.seq),
        ("held", 5, reserved.seq),
    ] == uses(trace)[:4]
    assert [("held", -5), ("expired", 40)] == [use[:2] for use in uses(trace)[4:]]
    assert size == trace.uses[-1].record.seq
    assert "绿豆" == trace.uses[1].record.items[0].name
    page = two_lots.trace(award.seq, after=award.seq, limit=2)
    assert ([first.seq, second.seq], True) == ([use.record.seq for use in page.uses], page.more)
    assert not two_lots.trace(award.seq, after=second.seq, limit=9).more


def test_an_intake_leads_to_who_has_the_pieces(two_lots: Ledger) -> None:
    """Goods lead to the households they were handed to and to what came back."""
    intake = two_lots.stock_in("bean", 10, best_before="2026-02-01", by="shop:1")
    spent = two_lots.redeem("1", {"bean": 4}, collector="王五", by="shop:1")
    back = two_lots.refund(spent.seq, {"bean": 1}, by="shop:1")
    trace = two_lots.trace(intake.seq)
    assert [("handed-over", 4, spent.seq), ("returned", -1, back.seq)] == uses(trace)
    holder = trace.uses[0].record
    assert ("1", "张三", "王五", Decimal(1)) == (holder.household, holder.name, holder.collector_name, holder.refunded)


def test_what_undid_a_record_stands_beside_it(two_lots: Ledger) -> None:
    """A reservation is followed by its hand-over and refunds, and a reversed redemption by its reversal and reason."""
    reserved = two_lots.reserve("1", {"rice": 1}, by="shop:1")
    handed = two_lots.hand_over(reserved.seq, by="shop:1")
    back = two_lots.refund(reserved.seq, points=30, reason="受潮", by="shop:1")
    trace = two_lots.trace(reserved.seq)
    assert [handed.seq, back.seq] == [record.seq for record in trace.followed]
    assert "受潮" == trace.followed[1].reason
    assert ("handed-over", Decimal(30)) == (trace.record.state, trace.record.refunded)
    assert [(POINTS, 70), (POINTS, 10), ("item:rice", 1)] == [link[:2] for link in links(trace)]
    assert links(trace) == links(two_lots.trace(handed.seq))
    assert [back.seq] == [record.seq for record in two_lots.trace(handed.seq).followed]
    assert [(POINTS, -10), (POINTS, -20)] == [link[:2] for link in links(two_lots.trace(back.seq))]
    spent = two_lots.redeem("1", {"bean": 1}, by="shop:1")
    undone = two_lots.reverse(spent.seq, reason="记错", by="clerk:1")
    (reversal,) = two_lots.trace(spent.seq).followed
    assert (undone.seq, spent.seq, "记错", "1") == (
        reversal.seq,
        reversal.reverses,
        reversal.reason,
        reversal.household,
    )


def test_points_given_back_late_lead_to_what_they_were(two_lots: Ledger, clock: FixedClock) -> None:
    """A lot of grace leads to the redemption it was refunded for, and on to the awards of that one."""
    spent = two_lots.redeem("1", {"rice": 1}, by="shop:1")
    clock.noon("2026-02-10")
    back = two_lots.refund(spent.seq, cause="shop", by="shop:1")
    again = two_lots.redeem("1", {"bean": 60}, by="shop:1")
    origin: Origin = next(one for one in two_lots.trace(again.seq).origins if one.record.seq == back.seq)
    assert [(70, "award"), (10, "award")] == [(int(one.amount), one.record.kind) for one in origin.origins]
    assert spent.seq == origin.record.redemption


def test_goods_from_nowhere_say_so(two_lots: Ledger) -> None:
    """What paper handed out that was neither earned nor taken in is owed, and its own record is its origin."""
    paper = two_lots.redeem("1", {"rice": 4}, handed_over=True, by="shop:1")
    trace = two_lots.trace(paper.seq)
    assert 200 == trace.owed
    made = [
        (int(one.amount), one.record.kind, one.record.seq == paper.seq) for one in trace.origins if one.unit != POINTS
    ]
    assert [(3, "intake", False), (1, "redeem", True)] == made
    assert all(not one.origins for one in trace.origins)


def test_every_redemption_is_traced_to_its_last_point(two_lots: Ledger) -> None:
    """The origins of each line add up to what it moved, less what is owed."""
    two_lots.redeem("1", {"rice": 1, "bean": 3}, by="shop:1")
    two_lots.redeem("1", {"rice": 1, "bean": 300}, handed_over=True, by="shop:1")
    for record in two_lots.records(kinds=["redeem"]) if hasattr(two_lots, "audit") else ():
        trace = two_lots.trace(record.seq)
        for unit in {entry.unit for entry in record.entries}:
            moved = sum(entry.amount for entry in record.entries if entry.unit == unit and "unexpl" not in entry.source)
            owed = trace.owed if unit == POINTS else 0
            assert moved == owed + sum(one.amount for one in trace.origins if one.unit == unit)


def test_a_trace_is_read_out(two_lots: Ledger) -> None:
    """The sheet names, in both languages, who, what, when, by which rule and where from."""
    spent = two_lots.redeem("1", {"bean": 2}, collector="王五", by="shop:1", remark="赶集")
    two_lots.refund(spent.seq, {"bean": 1}, reason="坏的", by="shop:1")
    english = two_lots.trace(spent.seq).say().splitlines()
    assert f"record {spent.seq} 2026-01-10 redemption 1 张三, 2 points, recorded by shop:1" == english[0]
    for line in (
        "goods: 绿豆 x 2",
        "collected by 王五",
        "remark: 赶集",
        "where it came from:",
        "what followed:",
        "    reason: 坏的",
    ):
        assert line in english
    chinese = two_lots.trace(spent.seq).say("zh").splitlines()
    assert f"第 {spent.seq} 号 2026-01-10 兑换 1 张三，2 分，经办 shop:1" == chinese[0]
    assert any(line.startswith("    2 分，出自 70 分一批，有效至 2026-01-31：第 ") for line in chinese)
    assert any(line.startswith("    绿豆 2，出自 main 货架 200 件一批：第 ") for line in chinese)
    forth = two_lots.trace(int(two_lots.record(spent.seq).decided["lots"][0][1])).say("zh")
    assert "去向：\n    2 分 兑换：第 " in forth


@pytest.mark.parametrize(
    ("expected", "code", "asked"),
    [
        (UnknownRecord, "unknown-record", {"seq": 999}),
        (UnknownRecord, "unknown-record", {"seq": 0}),
        (InvalidSetting, "invalid-setting", {"seq": 1, "limit": 0}),
        (InvalidNumber, "invalid-number", {"seq": 1, "after": -1}),
    ],
)
def test_what_cannot_be_traced_is_refused(
    two_lots: Ledger,
    refused: Refused,
    expected: type[PointsLedgerError],
    code: str,
    asked: dict[str, int],
) -> None:
    """A record that there is none of, and a page that there cannot be, are refused."""
    with refused(two_lots, expected, code):
        two_lots.trace(**asked)


@pytest.fixture
def bought(begin: Begin, document: Document) -> Ledger:
    """Buy soap from a fund that a grant and a donation filled, carry some to the other shop and redeem it there."""
    ledger = begin(NANYU_RULES + FUNDS, document(NANYU_PRICES))
    ledger.enrol("03-017", head="张三", members=["李四"], by="clerk:1")
    ledger.award("03-017", "patrol", quantity=10, member="李四", by="clerk:1", approved_by=["panel:1"])
    ledger.fund_in("shop", "100.00", source="government", reference="柳政发〔2025〕7号", by="clerk:1")
    ledger.fund_in("shop", "200.00", source="society", donor="王老板", by="clerk:1")
    ledger.stock_in("soap", 100, unit_cost_fen=250, fund="shop", invoice="0042", remark="给老人", by="shop:1")
    ledger.transfer_stock("soap", 10, from_shop="main", to_shop="east", by="shop:1")
    ledger.redeem("03-017", {"soap": 2}, shop="east", by="shop:1")
    return ledger


def numbered(ledger: Ledger, kind: str) -> int:
    """Return the number of the first record of a kind."""
    return next(seq for seq in range(1, ledger.head().size + 1) if ledger.record(seq).kind == kind)


def test_goods_lead_to_the_money_that_bought_them(bought: Ledger) -> None:
    """Two soaps lead to the transfer, the intake with its invoice, and the grant and donation that paid it."""
    trace = bought.trace(numbered(bought, "redeem"))
    points, soap = trace.origins
    assert ("award", ("panel:1",), "李四") == (points.record.kind, points.record.approved_by, points.record.member)
    assert ("item:soap", 2, "shelf:east", "transfer-stock", 250) == (
        soap.unit,
        int(soap.amount),
        soap.account,
        soap.record.kind,
        soap.unit_cost_fen,
    )
    (intake,) = soap.origins
    assert (10, "intake", "0042") == (int(intake.amount), intake.record.kind, intake.record.details["invoice"])
    assert "给老人" == intake.record.remark
    assert [("yuan", Decimal("100.00"), "fund:shop"), ("yuan", Decimal("150.00"), "fund:shop")] == [
        (money.unit, money.amount, money.account) for money in intake.origins
    ]
    grant, donation = intake.origins
    assert ("柳政发〔2025〕7号", {"donor": "王老板"}) == (grant.record.details["reference"], donation.record.texts)
    assert (Decimal("200.00"), (), True) == (donation.granted, donation.origins, trace.whole)
    chinese = trace.say("zh")
    assert "        肥皂 10，出自 main 货架 100 件一批，单价 2.50 元：第 " in chinese
    assert "            150.00 元，出自基金 shop 200.00 元一批：第 " in chinese
    assert "捐赠人：王老板" in chinese


def test_a_grant_leads_to_what_it_bought(bought: Ledger) -> None:
    """A grant leads to the intake that it paid, the intake to the transfer, and the transfer to who has the pieces."""
    (bill,) = bought.trace(numbered(bought, "fund-in")).uses
    assert ("yuan", Decimal("100.00"), "intake") == (bill.unit, bill.amount, bill.record.kind)
    (carried,) = bought.trace(bill.record.seq).uses
    assert ("moved", 10, "transfer-stock") == (carried.heading, int(carried.amount), carried.record.kind)
    (given,) = bought.trace(carried.record.seq).uses
    assert ("handed-over", 2, "03-017") == (given.heading, int(given.amount), given.record.household)


def test_a_reward_leads_to_what_it_was_made_of(bought: Ledger) -> None:
    """Goods and money given as a reward are traced as those of a redemption, and lead to who was rewarded."""
    reward = bought.reward("03-017", ground="title", goods={"soap": 1}, amount="20.00", fund="shop", by="clerk:1")
    origins = bought.trace(reward.seq).origins
    assert [("item:soap", "intake"), ("yuan", "fund-in")] == [(one.unit, one.record.kind) for one in origins]
    uses = bought.trace(numbered(bought, "intake")).uses
    assert [("moved", ""), ("rewarded", "03-017")] == [(use.heading, use.record.household) for use in uses]


def test_a_long_chain_is_cut(bought: Ledger) -> None:
    """Goods carried to and fro are followed for so many links, and the rest is told to be there."""
    for _ in range(9):
        bought.transfer_stock("soap", 8, from_shop="east", to_shop="main", by="shop:1")
        bought.transfer_stock("soap", 98, from_shop="main", to_shop="east", by="shop:1")
        bought.transfer_stock("soap", 90, from_shop="east", to_shop="main", by="shop:1")
    trace = bought.trace(bought.redeem("03-017", {"soap": 1}, shop="east", by="shop:1").seq)
    assert not trace.whole
    assert "链条未完" in trace.say("zh")
