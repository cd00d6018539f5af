"""Money: funds that are given and spent, rewards, and what the points outstanding would cost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadySpent,
    BeforeFirstPeriod,
    CostRequired,
    FloatRefused,
    FundShort,
    FutureDate,
    InvalidSetting,
    InvalidText,
    NothingRewarded,
    NotPositive,
    OptionRequired,
    OptionsConflict,
    OutOfStock,
    RequestConflict,
    RuleSilent,
    TooManyDecimals,
    UnknownAccount,
    UnknownFund,
    UnknownGroup,
    UnknownShop,
)
from pointsledger.testing.contract.book import NANYU_RULES, THREADS, needs

if TYPE_CHECKING:
    from pointsledger.receipts import Receipt
    from pointsledger.testing.contract.book import Begin, Document, Refused

FUNDS = """\
[[fund]]
code = "shop"
name = "积分兑换基金"
purpose = "采购积分超市商品"
uses = ["purchases", "rewards"]
budget = "600.00"
per = "quarter"
[[fund]]
code = "green"
name = "环境整治基金"
purpose = "环境整治奖补"
[liability]
yuan_per_point = "0.84"
warn_above_percent = 80
"""


@pytest.fixture
def funded(begin: Begin) -> Ledger:
    """Begin a book with two funds, 1,000.00 yuan in that of the shop, and two households."""
    ledger = begin(NANYU_RULES + FUNDS)
    ledger.enrol("03-017", head="张三", group="三组", members=["李四"], by="clerk:1")
    ledger.enrol("03-018", head="王五", group="三组", by="clerk:1")
    ledger.fund_in("shop", "1000.00", source="government", reference="柳政发〔2025〕7号", by="clerk:1", on="2025-10-08")
    return ledger


def left(ledger: Ledger) -> dict[str, Decimal]:
    """Return what each fund holds."""
    return {line.code: line.left for line in ledger.funds()}


def irregular(ledger: Ledger) -> list[tuple[str, tuple[int, ...], str]]:
    """Return what the audit finds irregular."""
    return [(finding.code, finding.seqs, finding.what) for finding in ledger.audit()]


def test_a_fund_pays_for_goods(funded: Ledger) -> None:
    """S-38: an intake of 100 soaps at 2.50 from a fund of 1,000.00 leaves 750.00 there and 250.00 on the shelf."""
    receipt = funded.stock_in("soap", 100, unit_cost_fen=250, fund="积分兑换基金", invoice="0042", by="shop:1")
    assert Decimal(100) == receipt.balance
    assert {"shop": Decimal("750.00"), "green": Decimal(0)} == left(funded)
    assert [("soap", 100, 25000)] == [(line.item, line.pieces, line.cost_fen) for line in funded.stock()]
    trial = {line.account: line.balance for line in funded.trial_balance() if line.unit == "yuan"}
    assert {"grant:government": Decimal(-1000), "fund:shop": Decimal(750), "supplier": Decimal(250)} == trial


def test_money_goes_out_as_it_came_in(funded: Ledger) -> None:
    """A fund spends what it was given first, so that each yuan can be followed to its giver."""
    grant = funded.head().size
    gift = funded.fund_in("shop", 200, source="villagers", donor="王五", by="clerk:1", on="2025-10-01")
    paid = funded.stock_in("soap", 100, unit_cost_fen=250, fund="shop", by="shop:1")
    assert [[2, gift.seq, 1, 20000], [2, grant, 1, 5000]] == funded.record(paid.seq).decided["lots"]
    assert {"donor": "王五"} == funded.remarks(gift.seq)


def test_a_fund_never_goes_below_zero(funded: Ledger, refused: Refused) -> None:
    """More than a fund holds is refused, with what there is, and the goods stay away as well."""
    with refused(funded, FundShort, "fund-short") as caught:
        funded.stock_in("soap", 401, unit_cost_fen=250, fund="shop", by="shop:1")
    assert {"fund": "shop", "available": Decimal("1000.00"), "required": Decimal("1002.50")} == caught.value.data
    assert 0 == len(funded.stock())
    with refused(funded, FundShort, "fund-short"):
        funded.fund_out("green", "0.01", purpose="电费", by="clerk:1")
    with refused(funded, FundShort, "fund-short"):
        funded.reward("03-017", ground="title", amount=2000, fund="shop", by="clerk:1")


def test_only_declared_funds_take_money(funded: Ledger, refused: Refused) -> None:
    """A fund that the rule book does not declare is refused, with the one that comes nearest."""
    with refused(funded, UnknownFund, "unknown-fund") as caught:
        funded.fund_in("shopp", 1, source="society", by="clerk:1")
    assert (" (did you mean shop?)", "shop (积分兑换基金), green (环境整治基金)") == (
        caught.value.data["hint"],
        caught.value.data["allowed"],
    )


def test_rules_without_funds_take_no_money(nanyu: Ledger, refused: Refused) -> None:
    """Where the rule book declares no fund at all, the refusal says that there is none."""
    with refused(nanyu, UnknownFund, "unknown-fund") as caught:
        nanyu.fund_in("shop", 1, source="society", by="clerk:1")
    assert ("none", "无") == (caught.value.data["allowed"], caught.value.data["allowed_zh"])


def test_money_is_exact(funded: Ledger, refused: Refused) -> None:
    """An amount is yuan with two decimals; floats, parts of a fen, nothing and less are refused."""
    assert Decimal("1000.05") == funded.fund_in("shop", Decimal("0.05"), source="society", by="clerk:1").balance
    for amount, error, code in (
        (0.5, FloatRefused, "float-refused"),
        ("0.005", TooManyDecimals, "too-many-decimals"),
        (0, NotPositive, "not-positive"),
        ("-1", NotPositive, "not-positive"),
    ):
        with refused(funded, error, code):
            funded.fund_in("shop", amount, source="society", by="clerk:1")  # type: ignore[arg-type]  # what callers pass


def test_income_says_where_it_is_from(funded: Ledger, refused: Refused) -> None:
    """Money of the government is a grant and of others a donation, unless it is said; nobody else gives any."""
    receipts = [
        funded.fund_in("green", 1, source="government", by="clerk:1"),
        funded.fund_in("green", 1, source="government", kind="donation", by="clerk:1"),
        funded.fund_in("green", 1, source="society", by="clerk:1"),
    ]
    sources = [funded.record(receipt.seq).entries[0].source for receipt in receipts]
    assert ["grant:government", "donor:government", "donor:society"] == sources
    with refused(funded, InvalidSetting, "invalid-setting"):
        funded.fund_in("green", 1, source="bank", by="clerk:1")
    with refused(funded, InvalidSetting, "invalid-setting"):
        funded.fund_in("green", 1, source="society", kind="loan", by="clerk:1")


def test_a_purchase_from_a_fund_has_a_cost(funded: Ledger, refused: Refused) -> None:
    """Without the cost of a piece nothing can be paid, and what was given is not paid for."""
    with refused(funded, CostRequired, "cost-required"):
        funded.stock_in("soap", 1, fund="shop", by="shop:1")
    with refused(funded, OptionsConflict, "options-conflict"):
        funded.stock_in("soap", 1, unit_cost_fen=1, source="donated", fund="shop", by="shop:1")


def test_a_payment_says_what_for(funded: Ledger, refused: Refused) -> None:
    """A payment has a purpose, which is a heading of the books, and a reference to its document."""
    receipt = funded.fund_out("shop", "120.50", purpose="运费", reference="第 3 号凭证", by="clerk:1")
    assert (Decimal("120.50"), Decimal("879.50")) == (receipt.points, receipt.balance)
    record = funded.record(receipt.seq)
    assert ("paid:运费", "第 3 号凭证") == (record.entries[0].target, record.said["reference"])
    with refused(funded, InvalidText, "invalid-text"):
        funded.fund_out("shop", 1, purpose=" ", by="clerk:1")


def test_a_reward_takes_no_points(funded: Ledger) -> None:
    """Goods and money go to a household, a group or an organisation, and no points move."""
    funded.award("03-017", "tidy", quantity=5, by="clerk:1")
    funded.stock_in("rice", 3, unit_cost_fen=9000, by="shop:1")
    first = funded.reward("03-017", ground="title", goods={"大米": 1}, reference="文明户-2025-3", by="clerk:1")
    funded.reward("三组", role="group", ground="rank", goods={"rice": 1}, amount="300.00", fund="shop", by="clerk:1")
    last = funded.reward(
        "柳湾施工队", role="organisation", ground="acceptance", amount=100, fund="shop", by="clerk:1", request="w-1"
    )
    assert (Decimal(10), Decimal("600.00"), 1) == (
        funded.balance("03-017").balance,
        left(funded)["shop"],
        funded.stock()[0].pieces,
    )
    assert ["03-017"] == [one.code for one in funded.people_in(first.seq) if one.role == "household"]
    assert "柳湾施工队" not in funded.record(last.seq).body().decode()
    assert {"organisation": "柳湾施工队"} == funded.remarks(last.seq)
    again = funded.reward(
        "柳湾施工队", role="organisation", ground="acceptance", amount=100, fund="shop", by="clerk:1", request="w-1"
    )
    assert again.repeated


def test_a_reward_is_of_something_to_somebody(funded: Ledger, refused: Refused) -> None:
    """Nothing at all, money of no fund, a fund of no money, another ground and an unknown household are refused."""
    refusals: list[tuple[Any, str, dict[str, Any]]] = [
        (NothingRewarded, "nothing-rewarded", {}),
        (NothingRewarded, "nothing-rewarded", {"goods": {}}),
        (OptionRequired, "option-required", {"amount": 1}),
        (OptionRequired, "option-required", {"fund": "shop"}),
        (InvalidSetting, "invalid-setting", {"ground": "birthday", "amount": 1, "fund": "shop"}),
        (InvalidSetting, "invalid-setting", {"role": "friend", "amount": 1, "fund": "shop"}),
        (OutOfStock, "out-of-stock", {"goods": {"soap": 1}}),
        (UnknownFund, "unknown-fund", {"amount": 1, "fund": "gold"}),
    ]
    for error, code, told in refusals:
        with refused(funded, error, code):
            funded.reward("03-017", **({"ground": "title"} | told), by="clerk:1")
    with refused(funded, UnknownAccount, "unknown-account"):
        funded.reward("99-999", ground="title", amount=1, fund="shop", by="clerk:1")


UNDONE: dict[str, Callable[[Ledger], Receipt]] = {
    "intake": lambda book: book.stock_in("soap", 10, unit_cost_fen=250, fund="shop", invoice="7", by="shop:1"),
    "fund-in": lambda book: book.fund_in("shop", 5, source="society", by="clerk:1"),
    "fund-out": lambda book: book.fund_out("shop", 5, purpose="运费", by="clerk:1"),
    "reward": lambda book: book.reward("03-017", ground="title", goods={"towel": 1}, amount=5, fund="shop", by="c:1"),
}


@pytest.mark.parametrize("kind", UNDONE)
def test_what_was_done_with_money_can_be_undone(funded: Ledger, kind: str) -> None:
    """The reversal brings goods and money back, and what of a budget was used is free again."""
    funded.stock_in("towel", 1, by="shop:1")

    def figures() -> tuple[object, ...]:
        budgets = [(line.code, line.left, line.used) for line in funded.funds()]
        return budgets, [line for line in funded.stock() if line.pieces]

    before = figures()
    act = UNDONE[kind](funded)
    assert before != figures()
    funded.reverse(act.seq, reason="录错", by="clerk:1")
    assert before == figures()


def test_money_that_was_spent_is_not_taken_back(funded: Ledger, refused: Refused) -> None:
    """A grant of which something is gone cannot be reversed; the error tells it in yuan."""
    grant = funded.head().size
    funded.fund_out("shop", "0.50", purpose="运费", by="clerk:1")
    with refused(funded, AlreadySpent, "already-spent") as caught:
        funded.reverse(grant, reason="录错", by="clerk:1")
    assert (Decimal("1000.00"), Decimal("999.50")) == (caught.value.data["granted"], caught.value.data["remaining"])


@needs("audit")
def test_money_spent_on_something_else_is_found(funded: Ledger) -> None:
    """What a fund is not for is recorded all the same, and irregular, until it is reversed."""
    paid = funded.fund_out("shop", 10, purpose="招待", by="clerk:1")
    assert [("outside-fund-use", (paid.seq,), "payments from shop")] == irregular(funded)
    funded.fund_in("green", 10, source="society", by="clerk:1")
    funded.fund_out("green", 10, purpose="招待", by="clerk:1")
    funded.reverse(paid.seq, reason="录错", by="clerk:1")
    assert [] == irregular(funded)


@needs("audit")
def test_what_goes_beyond_a_budget_is_found(funded: Ledger) -> None:
    """Spending beyond the quarter's budget is irregular by as much as it goes beyond; a new quarter begins anew."""
    funded.fund_in("shop", 500, source="society", by="clerk:1", on="2025-09-29")
    funded.stock_in("soap", 100, unit_cost_fen=500, fund="shop", by="shop:1", on="2025-09-30")
    funded.stock_in("soap", 100, unit_cost_fen=100, fund="shop", by="shop:1", on="2025-10-20")
    assert [] == irregular(funded)
    funded.fund_in("shop", 1000, source="society", by="clerk:1")
    over = funded.stock_in("soap", 100, unit_cost_fen=530, fund="shop", by="shop:1")
    assert [("over-fund-budget", (over.seq,), "shop by 30.00 yuan")] == irregular(funded)
    line = next(line for line in funded.funds())
    assert (Decimal("600.00"), Decimal("630.00"), "2025Q4") == (line.budget, line.used, line.span)
    funded.reverse(over.seq, reason="录错", by="clerk:1")
    assert [] == irregular(funded)
    assert Decimal("100.00") == next(line.used for line in funded.funds())


@needs("audit")
def test_a_month_that_ended_with_less_than_nothing_is_found(funded: Ledger) -> None:
    """What went out of a shelf or a fund on a day before it came in is recorded, and the month listed as irregular."""
    funded.stock_in("soap", 10, by="shop:1", on="2025-11-02")
    funded.write_off("soap", 7, reason="受潮", by="shop:1", on="2025-10-31")
    back = funded.fund_out("shop", "10.50", purpose="运费", by="clerk:1", on="2025-09-30")
    code = "closing-below-zero"
    found = [one for one in irregular(funded) if one[0] == code]
    assert [
        (code, (), "fund:shop, 2025-09: -10.50 yuan"),
        (code, (), "shelf:main (item:soap), 2025-10: -7"),
    ] == found
    assert funded.audit().whole
    assert Decimal(-7) == next(line.closing for line in funded.books("2025-10") if line.code == "soap")
    funded.reverse(back.seq, reason="日期有误", by="clerk:1")
    assert ["shelf:main (item:soap), 2025-10: -7"] == [what for _, _, what in irregular(funded)]


def test_funds_are_told_of_the_book_s_time_alone(funded: Ledger, refused: Refused) -> None:
    """A time before the book, or one still to come, is refused as every other reading refuses it."""
    with refused(funded, BeforeFirstPeriod, "before-first-period"):
        funded.funds("2024-01")
    with refused(funded, FutureDate, "future-date"):
        funded.funds("2026-01")


def test_a_reward_goes_to_a_group_that_there_is(funded: Ledger, refused: Refused) -> None:
    """A group that the register does not know is refused, with the one that was probably meant; spaces are none."""
    prize: dict[str, Any] = {"role": "group", "ground": "rank", "amount": 5, "fund": "shop", "by": "clerk:1"}
    with refused(funded, UnknownGroup, "unknown-group") as caught:
        funded.reward("三 祖", **prize)
    assert ("(did you mean 三组?)", "三组") == (caught.value.data["hint"].strip(), caught.value.data["allowed"])
    assert "三组" in caught.value.say("zh")
    given = funded.reward(" 三　组", **prize, request="prize")
    assert "三组" == funded.record(given.seq).said["group"]
    assert funded.reward("三组", **prize, request="prize").repeated
    with refused(funded, RequestConflict, "request-conflict") as conflict:
        funded.reward("九组", **prize, request="prize")
    assert "to" == conflict.value.data["field"]


def test_a_reward_of_money_names_no_shop_that_there_never_was(funded: Ledger, refused: Refused) -> None:
    """A shop that no price list has is refused, though the reward takes nothing off its shelf."""
    for goods in (None, {"soap": 1}):
        with refused(funded, UnknownShop, "unknown-shop"):
            funded.reward("03-017", ground="rank", goods=goods, amount=5, fund="shop", shop="west", by="clerk:1")


def test_funds_are_told_for_a_period(funded: Ledger) -> None:
    """A period has an opening, what came in, what went out and what was left; without one it is all there ever was."""
    funded.stock_in("soap", 100, unit_cost_fen=250, fund="shop", by="shop:1", on="2025-10-09")
    funded.fund_in("shop", 50, source="villagers", by="clerk:1", on="2025-11-02")

    def told(period: str | None) -> tuple[Decimal, ...]:
        line = next(line for line in funded.funds(period) if line.code == "shop")
        return line.opening, line.came_in, line.went_out, line.left

    assert tuple(map(Decimal, (0, 1000, -250, 750))) == told("2025-10")
    assert tuple(map(Decimal, (750, 50, 0, 800))) == told("2025-11")
    assert tuple(map(Decimal, (0, 1050, -250, 800))) == told("2025Q4") == told(None)
    assert Decimal(800) == funded.funds().left


def test_a_fund_that_left_the_rules_is_still_told(funded: Ledger, document: Document, refused: Refused) -> None:
    """What is in a fund stays to be seen when a new rule book forgets it, and is not spent until one declares it."""
    funded.adopt_rules(document(NANYU_RULES, first_day="2025-11-02", decided_on="2025-10-20"), by="clerk:1")
    assert [("shop", "积分兑换基金", Decimal(1000))] == [(line.code, line.name, line.left) for line in funded.funds()]
    with refused(funded, UnknownFund, "unknown-fund"):
        funded.fund_out("shop", 1, purpose="运费", by="clerk:1")


def test_three_accounts_of_333_cost_14_99(begin: Begin) -> None:
    """S-36: money is rounded half up once, on the total: 999 points at 0.015 are 14.99 and not 15.00."""
    ledger = begin(NANYU_RULES + '[liability]\nyuan_per_point = "0.015"\n')
    for code in ("01-001", "01-002", "01-003"):
        ledger.enrol(code, head="张三", by="clerk:1")
        ledger.bring_forward(code, 333, by="clerk:1")
    found = ledger.liability()
    assert (Decimal(999), Decimal("14.99")) == (found.outstanding, found.cost)


def test_points_are_held_against_money_and_goods(funded: Ledger) -> None:
    """S-36: 1,070 points at 0.84 are 898.80; it warns once that is more than the percentage of what is there."""
    funded.bring_forward("03-017", 1070, by="clerk:1")
    found = funded.liability()
    assert (Decimal("898.80"), Decimal("0.84"), Decimal(1000)) == (found.cost, found.yuan_per_point, found.there)
    assert (90, 80, True) == (found.percent, found.warn_above_percent, found.exceeded)
    funded.stock_in("soap", 100, unit_cost_fen=130, source="donated", by="shop:1")
    found = funded.liability()
    assert (Decimal(130), 80, False) == (found.goods, found.percent, found.exceeded)


def test_what_is_owed_is_no_relief(funded: Ledger) -> None:
    """Arrears of one household pay nothing of what others may redeem; the tally's closing is both together."""
    funded.bring_forward("03-017", 100, by="clerk:1")
    funded.deduct("03-018", "litter", quantity=4, by="clerk:1")
    found = funded.liability()
    assert (Decimal(100), Decimal(20)) == (found.outstanding, found.arrears)
    assert found.outstanding - found.arrears == funded.tally("2025-11", level="village").total.closing


def test_rules_that_say_no_cost_are_silent(nanyu: Ledger, refused: Refused) -> None:
    """Where the rule book does not say what a point costs, nobody guesses."""
    with refused(nanyu, RuleSilent, "rule-silent") as caught:
        nanyu.liability()
    assert "[liability]" in caught.value.say("en")
    assert "[liability]" in caught.value.say("zh")


@needs(THREADS)
def test_ten_threads_spend_a_fund_once(funded: Ledger) -> None:
    """Ten threads pay 300.00 each out of 1,000.00: three of them can."""

    def pay(number: int) -> bool:
        try:
            funded.fund_out("shop", 300, purpose="运费", by=f"clerk:{number}")
        except FundShort:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert 3 == sum(pool.map(pay, range(10)))
    assert Decimal(100) == left(funded)["shop"]
