"""The tally: the bridge of a period from opening to closing, by household, group, category and village."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pointsledger import Ledger
from pointsledger.reports.tally import TallyRow
from pointsledger.testing.contract.book import Begin

PERIODS = ("2025-09", "2025-10", "2025-11", "2025Q3", "2025Q4", "2025H2", "2025")


@pytest.fixture
def two_months(nanyu: Ledger) -> Ledger:
    """Let two months pass in Nanyu, with every kind of movement there is."""
    nanyu.bring_forward("03-017", 10, by="clerk:1")
    nanyu.award("03-017", "tidy", quantity=20, by="clerk:1", on="2025-09-10")
    nanyu.award("03-018", "patrol", quantity=5, by="clerk:1", on="2025-09-20")
    nanyu.award("03-018", "patrol", quantity=3, by="clerk:1", on="2025-10-20")
    nanyu.award("04-001", "honour", level="county", by="clerk:1", on="2025-10-02")
    nanyu.deduct("03-018", "litter", quantity=8, by="clerk:1", on="2025-11-01")
    nanyu.redeem("03-017", {"haircut": 3}, by="shop:1", on="2025-10-06")
    undone = nanyu.deduct("04-001", "tidy", by="clerk:1", on="2025-10-08")
    nanyu.reverse(undone.seq, reason="记错了", by="clerk:1")
    nanyu.award("04-001", "tidy", quantity=4, by="clerk:1", on="2025-11-02")
    return nanyu


def bridges(rows: Iterable[TallyRow]) -> dict[str, list[int]]:
    """Return the figures of rows from opening to closing, by their codes."""
    return {
        row.code: [
            int(figure)
            for figure in (row.opening, row.earned, row.prior, row.deducted, row.redeemed, row.closing)
            if figure is not None
        ]
        for row in rows
    }


def test_a_tally_by_household(two_months: Ledger) -> None:
    """Each household has a row from opening to closing, in which what was undone leaves no trace."""
    assert {
        "03-017": [50, 0, 0, 0, -30, 20],
        "03-018": [20, 12, 0, 0, 0, 32],
        "04-001": [0, 15, 0, 0, 0, 15],
    } == bridges(two_months.tally("2025-10"))
    assert {
        "03-017": [20, 0, 0, 0, 0, 20],
        "03-018": [32, 0, 0, -40, 0, -8],
        "04-001": [15, 8, 0, 0, 0, 23],
    } == bridges(two_months.tally("2025-11"))
    assert ["张三", "王五", "赵六"] == [row.name for row in two_months.tally("2025-11")]
    assert ["三组", "三组", "四组"] == [row.group for row in two_months.tally("2025-11")]


def test_a_tally_by_group(two_months: Ledger) -> None:
    """Each group has the sum of its households."""
    assert {"三组": [70, 12, 0, 0, -30, 52], "四组": [0, 15, 0, 0, 0, 15]} == bridges(
        two_months.tally("2025-10", level="group")
    )


def test_a_tally_by_category(two_months: Ledger) -> None:
    """Each category has what was earned and deducted in it, and neither opening nor closing."""
    tally = two_months.tally("2025-10", level="category")
    expected: object = [
        ("cleanup", "环境整治", None, 0, 0, None),
        ("model-household", "文明户", None, 15, 0, None),
        ("volunteering", "志愿服务", None, 12, 0, None),
    ]
    assert expected == [(row.code, row.name, row.opening, row.earned, row.deducted, row.closing) for row in tally]
    assert [70, 27, 0, 0, -30, 67] == bridges([tally.total])[""]


def test_a_tally_of_the_village_is_one_row(two_months: Ledger) -> None:
    """The village's tally is its total."""
    tally = two_months.tally("2025-10", level="village")
    assert [[70, 27, 0, 0, -30, 67]] == [*bridges(tally).values()]
    assert (tally.total,) == tally.rows


def test_a_village_in_which_nothing_happened_is_one_row_too(begin: Begin) -> None:
    """A book without a household has a tally of its village, with nothing in it."""
    tally = begin().tally("2025-10", level="village")
    assert [[0] * 6] == [*bridges(tally).values()]
    assert (tally.total,) == tally.rows


def test_a_tally_of_a_longer_period(two_months: Ledger) -> None:
    """A quarter, a half-year and a year begin with the opening of their first month and end with the last."""
    assert {
        "2025Q3": [10, 60, 0, 0, 0, 70],
        "2025Q4": [70, 35, 0, -40, -30, 35],
        "2025H2": [10, 95, 0, -40, -30, 35],
        "2025": [10, 95, 0, -40, -30, 35],
    } == {period: bridges([two_months.tally(period).total])[""] for period in PERIODS[3:]}


def test_a_reversal_stands_in_the_quarter_of_what_it_undoes(two_months: Ledger) -> None:
    """What is undone later leaves the earned of its quarter as it was, and nothing in prior of any period."""
    before = {period: two_months.tally(period) for period in PERIODS}
    for act, day in (
        (two_months.award, "2025-10-20"),
        (two_months.deduct, "2025-10-21"),
        (two_months.award, "2025-09-30"),
    ):
        undone = act("03-018", "tidy", quantity=9, by="clerk:1", on=day)
        assert before != {period: two_months.tally(period) for period in PERIODS}
        two_months.reverse(undone.seq, reason="记错了", by="clerk:1")
        assert before == {period: two_months.tally(period) for period in PERIODS}
    total = two_months.tally("2025Q4").total
    expected: object = (35, 0, -40, 4)
    assert expected == (total.earned, total.prior, total.deducted, total.deeds)


def test_every_row_foots(two_months: Ledger) -> None:
    """In every row of every tally the opening and what moved make the closing, and the rows make the total."""
    for period in PERIODS:
        for level in ("household", "group", "village"):
            tally = two_months.tally(period, level=level)
            for code, figures in bridges((*tally.rows, tally.total)).items():
                assert figures[-1] == sum(figures[:-1]), (period, level, code)
            columns = zip(*bridges(tally).values(), strict=True)
            assert bridges([tally.total])[""] == [sum(column) for column in columns], (period, level)


def test_categories_make_the_total(two_months: Ledger) -> None:
    """What was earned and deducted by category adds up to the village's."""
    for period in PERIODS:
        tally = two_months.tally(period, level="category")
        assert tally.total.earned == sum(row.earned for row in tally)
        assert tally.total.deducted == sum(row.deducted for row in tally)
        assert tally.total == two_months.tally(period, level="village").total


def test_a_month_begins_where_the_one_before_ended(two_months: Ledger) -> None:
    """The closing of a month is the opening of the next, for every row."""
    for earlier, later in (("2025-09", "2025-10"), ("2025-10", "2025-11")):
        closing = {row.code: row.closing for row in two_months.tally(earlier)}
        assert closing == {row.code: row.opening for row in two_months.tally(later)}


def test_a_closing_is_the_balance(two_months: Ledger) -> None:
    """What a month's tally closes with is the balance as of its last day."""
    for period, last in (("2025-09", "2025-09-30"), ("2025-10", "2025-10-31"), ("2025-11", "2025-11-30")):
        for row in two_months.tally(period):
            assert two_months.balance(row.code, on=last).balance == row.closing


def test_deeds_are_counted(two_months: Ledger) -> None:
    """A row counts the awards and deductions of its period that stand."""
    assert {"03-017": 1, "03-018": 1, "04-001": 0} == {row.code: row.deeds for row in two_months.tally("2025-09")}
    assert {"03-017": 0, "03-018": 1, "04-001": 1} == {row.code: row.deeds for row in two_months.tally("2025-10")}


def test_an_empty_month_has_every_household(nanyu: Ledger) -> None:
    """A month in which nothing happened lists every household at zero."""
    tally = nanyu.tally("2025-10")
    assert dict.fromkeys(("03-017", "03-018", "04-001"), [0] * 6) == bridges(tally)
    assert 3 == len(tally)
