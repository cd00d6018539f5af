"""Readings: balances, statements, rankings, redemptions, the trial balance and the shelf."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    BeforeFirstPeriod,
    FutureDate,
    InvalidDate,
    InvalidPeriod,
    InvalidSetting,
    UnknownAccount,
    UnknownRecord,
    ZoneMissing,
)
from pointsledger.testing.contract.book import NANYU_RULES

if TYPE_CHECKING:
    from pathlib import Path

    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused


@pytest.fixture
def autumn(nanyu: Ledger) -> Ledger:
    """Let two months pass in Nanyu: deeds, a cut one, a breach, two redemptions and a reversal."""
    nanyu.bring_forward("03-017", 10, by="clerk:1")
    nanyu.stock_in("soap", 10, unit_cost_fen=250, by="shop:1", on="2025-09-05")
    for day in ("2025-09-10", "2025-09-11", "2025-09-12", "2025-09-13"):
        nanyu.award("03-017", "yard", by="clerk:1", on=day)
    nanyu.award("03-018", "patrol", quantity=5, member="王五", by="clerk:1", on="2025-09-20")
    nanyu.award("04-001", "honour", level="county", by="clerk:1", on="2025-10-02")
    nanyu.deduct("03-018", "litter", by="clerk:1", on="2025-10-05")
    nanyu.redeem("03-017", {"soap": 2, "haircut": 1}, by="shop:1", on="2025-10-06")
    wrong = nanyu.redeem("03-018", {"soap": 1}, by="shop:1", on="2025-10-07")
    nanyu.reverse(wrong.seq, reason="记错了", by="shop:1")
    return nanyu


def test_a_balance_as_of_a_day_holds_what_counted_by_its_end(autumn: Ledger) -> None:
    """The balance of a past day has everything up to its end, whenever it was recorded, and no figures of now."""
    days = ("2025-08-31", "2025-09-01", "2025-09-10", "2025-09-12", "2025-09-30", "2025-10-06", "2025-11-03")
    assert [Decimal(n) for n in (0, 10, 22, 40, 40, 10, 10)] == [autumn.balance("03-017", on=d).balance for d in days]
    past = autumn.balance("03-017", on="2025-09-10")
    assert (None, None, None, None, "2025-09-10") == (past.held, past.pending, past.arrears, past.available, past.on)


def test_a_balance_knows_the_months_of_the_village(begin: Begin, document: Document, clock: FixedClock) -> None:
    """S-39: with cut-off day 25 a deed of 25 October is of October's month and one of the 26th of November's."""
    clock.noon("2027-01-03")
    rules = document(
        '[[activity]]\ncode = "tidy"\nname = "门前卫生"\ncategory = "cleanup"\npoints = 2\nper = "time"\n',
        first_day="2026-09-26",
        decided_on="2026-09-01",
    )
    ledger = begin(rules, None, cut_off_day=25)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    days = ("2026-09-26", "2026-10-25", "2026-10-26", "2026-12-25", "2026-12-26")
    receipts = [ledger.award("03-017", "tidy", by="clerk:1", on=day) for day in days]
    assert ["2026-10", "2026-10", "2026-11", "2026-12", "2027-01"] == [receipt.period for receipt in receipts]
    held = [ledger.balance("03-017", on=day).balance for day in ("2026-09-25", *days)]
    assert [Decimal(n) for n in (0, 2, 4, 6, 8, 10)] == held
    earned = [ledger.tally(period).total.earned for period in ("2026-10", "2026-11", "2026Q4", "2026", "2027-01")]
    assert [Decimal(n) for n in (4, 2, 8, 8, 2)] == earned
    assert ["2026-09-26", "2026-12-25"] == [line.on for line in ledger.statement("03-017", "2026Q4")][::3]


def test_balances_come_in_pages(autumn: Ledger) -> None:
    """A page goes on behind the code that the one before ended with, and its figures are those of each household."""
    pages = [autumn.balances(limit=2), autumn.balances(limit=2, after="03-018"), autumn.balances(after="04-001")]
    assert [["03-017", "03-018"], ["04-001"], []] == [[held.household for held in page] for page in pages]
    everybody = autumn.balances()
    assert tuple(autumn.balance(held.household) for held in everybody) == everybody


def test_balances_keep_to_a_group(autumn: Ledger) -> None:
    """A group's page has its households, in pages too, and a group that is none has nobody."""
    assert ["03-017", "03-018"] == [held.household for held in autumn.balances(group="三组")]
    assert ["03-018"] == [held.household for held in autumn.balances(group="三组", after="03-017")]
    assert () == autumn.balances(group="九组")


def test_a_page_has_a_size(autumn: Ledger, refused: Refused) -> None:
    """A page holds 1 to 1,000 households."""
    for limit in (0, -1, 1_001, True):
        with refused(autumn, InvalidSetting, "invalid-setting"):
            autumn.balances(limit=limit)


def test_a_statement_runs_from_opening_to_closing(autumn: Ledger) -> None:
    """Every movement stands with the balance after it, in the order in which it counts."""
    statement = autumn.statement("03-017")
    expected: object = [
        ("opening", 10, 10),
        ("earned", 12, 22),
        ("earned", 12, 34),
        ("earned", 6, 40),
        ("earned", 0, 40),
        ("redeemed", -30, 10),
    ]
    assert expected == [(line.heading, line.points, line.balance) for line in statement]
    following: object = (None, 0, 10)
    assert following == (statement.period, statement.opening, statement.closing)


def test_a_statement_says_what_a_limit_cut(autumn: Ledger) -> None:
    """A deed that a limit cut, also one of which it left nothing, says what it was worth."""
    lines = [line for line in autumn.statement("03-017", "2025-09") if line.heading == "earned"]
    assert [None, None, 12, 12] == [line.requested for line in lines]
    assert [("yard", "庭院整洁")] * 4 == [(line.activity, line.activity_name) for line in lines]


def test_a_statement_names_member_and_level(autumn: Ledger) -> None:
    """A line says whose deed it was, and which level of a ladder."""
    assert ["王五"] == [line.member for line in autumn.statement("03-018", "2025-09")]
    assert ["表彰：县级"] == [line.activity_name for line in autumn.statement("04-001")]


def test_a_statement_says_how_much_and_why(autumn: Ledger) -> None:
    """A line has the quantity of its deed, none for a level, and a reversal and what it undid name each other."""
    quantities = [line.quantity for line in autumn.statement("03-018")]
    assert [Decimal(5), Decimal(1), None, None] == quantities
    assert [None] == [line.quantity for line in autumn.statement("04-001")]
    *_, wrong, undone = autumn.statement("03-018")
    assert (undone.seq, 0, "记错了") == (wrong.reversed_by, wrong.reverses, wrong.reason)
    assert (0, wrong.seq, "记错了") == (undone.reversed_by, undone.reverses, undone.reason)


def test_free_text_can_be_read(autumn: Ledger, refused: Refused) -> None:
    """The remark or reason of a record is handed out under its name, and a record without one has none."""
    last = autumn.head().size
    assert {"reason": "记错了"} == autumn.remarks(last)
    assert {} == autumn.remarks(last - 1)
    noted = autumn.award(
        "03-018", "patrol", quantity="1.5", member="王五", by="clerk:1", on="2025-10-20", remark="补录"
    )
    assert {"remark": "补录"} == autumn.remarks(noted.seq)
    assert ("补录", Decimal("1.5")) == [(line.remark, line.quantity) for line in autumn.statement("03-018")][-1]
    with refused(autumn, UnknownRecord, "unknown-record"):
        autumn.remarks(noted.seq + 1)


def test_a_statement_may_be_of_a_period(autumn: Ledger) -> None:
    """A month's statement begins where the one before ended, and an empty month has no lines."""
    figures = []
    for period in ("2025-09", "2025-10", "2025-11"):
        statement = autumn.statement("03-018", period)
        figures.append((statement.opening, [line.points for line in statement], statement.closing))
    expected: object = [(0, [20], 20), (20, [-5, -10, 10], 15), (15, [], 15)]
    assert expected == figures
    empty = autumn.statement("04-001", "2025-11")
    following: object = (15, (), 15)
    assert following == (empty.opening, empty.lines, empty.closing)


def test_a_statement_is_in_the_order_of_counting(nanyu: Ledger) -> None:
    """A deed recorded late stands on its own day, and deeds of one day in the order of their records."""
    for day in ("2025-10-05", "2025-10-03", "2025-10-05", "2025-10-04"):
        nanyu.award("03-017", "tidy", by="clerk:1", on=day)
    lines = list(nanyu.statement("03-017"))
    assert ["2025-10-03", "2025-10-04", "2025-10-05", "2025-10-05"] == [line.counts_on for line in lines]
    assert [2, 4, 6, 8] == [line.balance for line in lines]
    assert lines[2].seq < lines[3].seq


def test_a_statement_ends_with_the_balance(autumn: Ledger) -> None:
    """The closing figure of every statement is the balance as of the last day of its period."""
    for household in ("03-017", "03-018", "04-001"):
        assert autumn.balance(household).balance == autumn.statement(household).closing
        for period, last in (("2025-09", "2025-09-30"), ("2025-10", "2025-10-31"), ("2025Q4", "2025-12-31")):
            assert autumn.balance(household, on=last).balance == autumn.statement(household, period).closing


@pytest.mark.parametrize(
    ("ties", "ranks"), [("competition", [1, 1, 3, 4]), ("dense", [1, 1, 2, 3]), ("ordinal", [1, 2, 3, 4])]
)
def test_ties_are_ranked_as_asked(nanyu: Ledger, ties: str, ranks: list[int]) -> None:
    """Households of equal points share a rank or not, as the ranking is asked to, in the order of their codes."""
    nanyu.enrol("04-002", head="孙八", group="四组", by="clerk:1")
    for household, quantity in (("03-018", 5), ("03-017", 5), ("04-001", 3)):
        nanyu.award(household, "tidy", quantity=quantity, by="clerk:1", on="2025-10-03")
    ranking = nanyu.ranking("2025-10", ties=ties)
    assert ranks == [row.rank for row in ranking]
    assert ["03-017", "03-018", "04-001", "04-002"] == [row.code for row in ranking]


def test_a_ranking_goes_by_what_was_earned(nanyu: Ledger) -> None:
    """A deduction lowers a rank, and neither a redemption nor an opening changes one."""
    for household in ("03-017", "03-018", "04-001"):
        nanyu.award(household, "tidy", quantity=10, by="clerk:1", on="2025-10-03")
    nanyu.deduct("03-017", "litter", by="clerk:1", on="2025-10-04")
    nanyu.redeem("03-018", {"haircut": 2}, by="shop:1", on="2025-10-05")
    nanyu.bring_forward("04-001", 100, by="clerk:1")
    rows = [(row.rank, row.code, row.points, row.deeds) for row in nanyu.ranking("2025-10")]
    expected: object = [(1, "03-018", 20, 1), (1, "04-001", 20, 1), (3, "03-017", 15, 2)]
    assert expected == rows
    groups = [(row.rank, row.code, row.points) for row in nanyu.ranking("2025-10", level="group")]
    following: object = [(1, "三组", 35), (2, "四组", 20)]
    assert following == groups


def test_redemptions_are_listed(autumn: Ledger) -> None:
    """The list has every redemption with its items, prices and operator, by period and by household."""
    first, second = autumn.redemptions()
    expected: object = ("03-017", "张三", "2025-10-06", "2025-10", 30, "shop:1", 0)
    assert expected == (
        first.household,
        first.name,
        first.on,
        first.period,
        first.points,
        first.by,
        first.reversed_by,
    )
    following: object = [("haircut", 1, 10), ("soap", 2, 10)]
    assert following == [(item.item, item.pieces, item.price) for item in first.items]
    assert second.reversed_by == autumn.head().size
    assert (first, second) == autumn.redemptions("2025Q4") == autumn.redemptions("2025-10")
    assert () == autumn.redemptions("2025-09")
    assert (second,) == autumn.redemptions(household="03-018")
    assert () == autumn.redemptions("2025-11", household="03-018")


def test_the_trial_balance_foots(autumn: Ledger) -> None:
    """Each book sums to zero, and its lines say where value came from and went."""
    trial = autumn.trial_balance()
    assert trial.foots
    assert {"points": 0, "item:soap": 0} == trial.sums
    expected: object = [
        ("points", "deducted:cleanup", 5),
        ("points", "households", 40),
        ("points", "issued:cleanup", -30),
        ("points", "issued:model-household", -15),
        ("points", "issued:volunteering", -20),
        ("points", "opening", -10),
        ("points", "redeemed", 30),
        ("item:soap", "handed-over", 2),
        ("item:soap", "shelf:main", 8),
        ("item:soap", "supplier", -10),
    ]
    assert expected == [(line.unit, line.account, line.balance) for line in trial]
    assert 40 == sum(held.balance for held in autumn.balances())


def test_the_shelf_says_what_it_is_worth(autumn: Ledger) -> None:
    """The shelf is worth the cost of the pieces that are left on it."""
    assert [("soap", "肥皂", 8, 2_000)] == [
        (line.item, line.name, line.pieces, line.cost_fen) for line in autumn.stock()
    ]


def test_decimals_are_exact(begin: Begin) -> None:
    """A village with one decimal place reckons in tenths, to the last one."""
    rules = '[[activity]]\ncode = "tidy"\nname = "卫生"\ncategory = "cleanup"\npoints = "0.1"\nper = "hour"\n'
    ledger = begin(rules, '[[item]]\ncode = "a"\nname = "甲"\npoints = "0.3"\nstocked = false\n', decimals=1)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    assert [Decimal("0.1"), Decimal("0.2")] == [
        ledger.award("03-017", "tidy", quantity=quantity, by="clerk:1").points for quantity in ("1", "2.5")
    ]
    assert Decimal("0.0") == ledger.redeem("03-017", {"a": 1}, by="shop:1").balance
    assert "0.3" == str(ledger.tally("2025-11").total.earned)


def test_a_question_about_nobody_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """No reading answers for a household that is not enrolled."""
    for ask in (nanyu.balance, nanyu.statement, lambda code: nanyu.redemptions(household=code)):
        with refused(nanyu, UnknownAccount, "unknown-account") as caught:
            ask("O3-017")
        assert {"account": "O3-017"} == caught.value.data


def test_a_period_is_explicit(nanyu: Ledger, refused: Refused) -> None:
    """A period is a month, a quarter, a half-year or a year, and no other text."""
    for period in ("", "2025-13", "2025-1", "2025Q5", "2025H3", "25", "last month", "2025-10-01", " 2025-10"):
        for ask in (nanyu.tally, nanyu.ranking, nanyu.redemptions):
            with refused(nanyu, InvalidPeriod, "invalid-period"):
                ask(period)
        with refused(nanyu, InvalidPeriod, "invalid-period"):
            nanyu.statement("03-017", period)


def test_a_tally_before_the_book_is_refused(autumn: Ledger, refused: Refused) -> None:
    """A period that lies wholly before the book has no tally and no ranking; one that reaches into it has."""
    for period in ("2025-08", "2025Q2", "2025H1", "2024"):
        with refused(autumn, BeforeFirstPeriod, "before-first-period"):
            autumn.tally(period)
        with refused(autumn, BeforeFirstPeriod, "before-first-period"):
            autumn.ranking(period)
    assert autumn.tally("2025Q3").total.deeds


READINGS = ("tally", "ranking", "redemptions", "statement", "explain", "replay", "what_if")
"""Every reading that takes a period."""


def asked(ledger: Ledger, reading: str, period: str, draft: Path) -> object:
    """Ask for a reading of a period."""
    if reading == "what_if":
        return ledger.what_if(draft, period)
    if reading in {"statement", "explain"}:
        return getattr(ledger, reading)("03-017", period)
    return getattr(ledger, reading)(period)


@pytest.mark.parametrize("reading", READINGS)
def test_a_reading_is_of_a_time_of_the_book(autumn: Ledger, refused: Refused, document: Document, reading: str) -> None:
    """One rule for every reading: a period that lies wholly before the book, or has not begun, is refused, no other."""
    draft = document(NANYU_RULES)
    for period in ("2025-08", "2025Q2", "2024"):
        with refused(autumn, BeforeFirstPeriod, "before-first-period"):
            asked(autumn, reading, period, draft)
    for period in ("2025-12", "2026Q1", "2026H1", "2031"):
        with refused(autumn, FutureDate, "future-date") as caught:
            asked(autumn, reading, period, draft)
        assert f"{period} begins on " in str(caught.value)
        assert caught.value.say("zh").endswith("请改查已经开始的周期。")
    for period in ("2025-09", "2025Q3", "2025-11", "2025Q4", "2025H2", "2025"):
        assert asked(autumn, reading, period, draft) is not None


def test_a_day_needs_a_zone(autumn: Ledger, refused: Refused) -> None:
    """A datetime without a zone is refused as that, for an act and for a question, and is still no date."""
    naive = datetime(2025, 10, 3, 8, 30)  # noqa: DTZ001 - the very thing refused
    with refused(autumn, ZoneMissing, "zone-missing") as caught:
        autumn.balance("03-017", on=naive)
    assert isinstance(caught.value, InvalidDate)
    with refused(autumn, ZoneMissing, "zone-missing"):
        autumn.award("03-017", "yard", on=naive, by="clerk:1")


def test_a_question_asks_for_what_there_is(nanyu: Ledger, refused: Refused) -> None:
    """Levels, ties and days outside what is known are refused with what is allowed."""
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.tally("2025-10", level="street")
    with refused(nanyu, InvalidSetting, "invalid-setting"):
        nanyu.ranking("2025-10", ties="fair")
    for level in ("category", "village", "street"):
        with refused(nanyu, InvalidSetting, "invalid-setting") as caught:
            nanyu.ranking("2025-10", level=level)
        allowed = {"allowed": "household, group", "allowed_zh": "household（户）、group（组）"}
        assert {"name": "ranking level", "value": level} | allowed == caught.value.data
        assert caught.value.say("zh").startswith("排名口径“")
    with refused(nanyu, InvalidDate, "invalid-date"):
        nanyu.balance("03-017", on="2025-02-30")
