"""Redemption rules and shops: what a rule book and a price list say of redeeming, read, refused and said again."""

from __future__ import annotations

import pytest

from pointsledger.errors import PriceListInvalid, RuleBookInvalid
from pointsledger.reports.redemption_terms import redemption_terms, shop_terms
from pointsledger.rules.allowance import Allowance
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.redemption import UNRESTRICTED, RedemptionRules, smallest
from pointsledger.rules.rulebook import RuleBook

HEADING = """\
format = 1
name = "南峪村"
first_day = 2025-09-01
mandate = { decided_on = 2025-08-20, present = 46, votes_for = 44 }
"""
FLOOR = '[[base]]\ncode = "{0}"\nname = "{0}"\npoints = {1}\nper = "ever"\nfloor = {2}\n'
ITEMS = """\
[[item]]
code = "soap"
name = "肥皂"
points = 10
limit = { pieces = 2, per = "month" }
[[item]]
code = "rice"
name = "大米"
points = 80
"""
SHOPS = '[[shop]]\ncode = "main"\nname = "村部超市"\n[[shop]]\ncode = "east"\nname = "东庄超市"\nitems = ["rice"]\n'
EVERYTHING = """\
[redemption]
minimum_balance = 60
multiple_of = 10
times_per = { times = 1, per = "quarter" }
points_per = { points = 200, per = "year" }
days = [31, 15]
collect = "self"
reservation_days = 7
at_end = "forfeit"
grace_days = 14
"""


def book(blocks: str, decimals: int = 0) -> RuleBook:
    """Read a rule book with these blocks."""
    return RuleBook.from_toml(HEADING + blocks, file="rules.toml", decimals=decimals)


def prices(blocks: str) -> PriceList:
    """Read a price list with these blocks."""
    return PriceList.from_toml(HEADING + blocks, file="prices.toml", decimals=0)


def test_every_key_of_the_table_is_read() -> None:
    """Each key has its value, days in their order, and the book said and read again is the same."""
    read = book(EVERYTHING)
    assert (
        RedemptionRules(
            minimum_balance=60,
            multiple_of=10,
            times_per=Allowance(1, "quarter", "times"),
            points_per=Allowance(200, "year", "points"),
            days=(15, 31),
            collect="self",
            reservation_days=7,
            at_end="forfeit",
            grace_days=14,
        )
        == read.redemption
    )
    assert read == RuleBook.from_said(read.to_said())


def test_what_is_not_said_is_no_rule() -> None:
    """Without the table, with an empty one, and with one that says what holds anyway, the record says nothing."""
    for blocks in (
        "",
        "[redemption]\n",
        '[redemption]\ncollect = "proxy"\nreservation_days = 30\nat_end = "release"\n',
    ):
        read = book(blocks)
        assert UNRESTRICTED == read.redemption
        assert "redemption" not in read.to_said()
    assert (30, "release", 30) == (UNRESTRICTED.reservation_days, UNRESTRICTED.at_end, UNRESTRICTED.grace_days)


def test_points_have_the_decimals_of_the_village() -> None:
    """Amounts are written like all points, and kept in the smallest unit."""
    read = book('[redemption]\nminimum_balance = "2.5"\npoints_per = { points = 10, per = "half" }\n', decimals=1)
    assert (25, Allowance(100, "half", "points")) == (read.redemption.minimum_balance, read.redemption.points_per)


@pytest.mark.parametrize(
    ("text", "key", "en", "zh"),
    [
        ("minimum_balance = 0", "redemption.minimum_balance", "not more than zero", "不大于零"),
        ("minimum = 60", "redemption.minimum", "did you mean minimum_balance?", "minimum_balance"),
        ('times_per = { times = 0, per = "month" }', "redemption.times_per.times", "1 to", "至"),
        ('times_per = { times = 1, per = "week" }', "redemption.times_per.per", "month | quarter", "month"),
        ('times_per = { times = 1, per = "month", by = "" }', "redemption.times_per.by", "is no key", "没有这个键"),
        ("times_per = 1", "redemption.times_per", "a table", "表"),
        ("days = []", "redemption.days", "different whole numbers from 1 to 31", "不同整数"),
        ("days = [15, 15]", "redemption.days", "different whole numbers from 1 to 31", "不同整数"),
        ("days = [0]", "redemption.days", "different whole numbers from 1 to 31", "不同整数"),
        ("days = [true]", "redemption.days", "different whole numbers from 1 to 31", "不同整数"),
        ("days = 15", "redemption.days", "is 15", "写的是 15"),
        ('rule = "FREQ=SECONDLY"', "redemption.rule", "an iCalendar rule such as", "iCalendar 规则"),
        ('rule = "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"', "redemption.rule", "no day within four years", "四年内"),
        ('days = [1]\nrule = "FREQ=WEEKLY;BYDAY=SA"', "redemption.rule", "redemption.days", "redemption.days"),
        ('collect = "anyone"', "redemption.collect", "self | household | proxy", "self"),
        ("reservation_days = 0", "redemption.reservation_days", "1 to 366", "1 至 366"),
        ('at_end = "keep"', "redemption.at_end", "release | forfeit", "release"),
        ("grace_days = 367", "redemption.grace_days", "1 to 366", "1 至 366"),
        (
            'multiple_of = 50\npoints_per = { points = 40, per = "month" }',
            "redemption.multiple_of",
            "more than redemption.points_per.points 40",
            "大于 redemption.points_per.points 40",
        ),
        (
            "minimum_balance = 70\n" + FLOOR.format("a", 50, "true") + FLOOR.format("b", 21, "true"),
            "redemption.minimum_balance",
            "the floor of 71 (base[2].points)",
            "保底分 71（base[2].points）",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_key(text: str, key: str, en: str, zh: str) -> None:
    """Each slip and each contradiction is one fault, under its key, in both languages and with its line."""
    with pytest.raises(RuleBookInvalid) as caught:
        book(f"[redemption]\n{text}\n")
    (fault,) = caught.value.data["faults"]
    assert key == fault.key
    assert en in fault.en
    assert zh in fault.zh
    assert fault.line is not None


@pytest.mark.parametrize(
    "text",
    [
        "minimum_balance = 70\n" + FLOOR.format("a", 70, "true"),
        "minimum_balance = 70\n" + FLOOR.format("a", 100, "false"),
        'multiple_of = 40\npoints_per = { points = 40, per = "month" }\n',
        'rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"\n',
    ],
)
def test_what_only_looks_like_a_contradiction_is_taken(text: str) -> None:
    """A floor up to the threshold, a base that can be spent, and a multiple that fits are taken as they are."""
    read = book(f"[redemption]\n{text}")
    assert read == RuleBook.from_said(read.to_said())


@pytest.mark.parametrize(
    ("days", "day", "expected"),
    [
        ((15,), "2026-02-15", "2026-02-15"),
        ((15,), "2026-02-16", "2026-03-15"),
        ((15,), "2026-12-16", "2027-01-15"),
        ((31,), "2026-02-01", "2026-02-28"),
        ((31,), "2024-02-28", "2024-02-29"),
        ((29, 31), "2026-02-28", "2026-02-28"),
        ((1, 31), "2026-04-30", "2026-04-30"),
        ((1, 30), "2026-05-31", "2026-06-01"),
        ((), "2026-05-31", "2026-05-31"),
    ],
)
def test_days_past_the_end_of_a_month_are_its_last(days: tuple[int, ...], day: str, expected: str) -> None:
    """The next day for redeeming is a day of the civil month, the last one where the month has no such day."""
    assert expected == RedemptionRules(days=days).next_day(day, "2025-09-01")


@pytest.mark.parametrize(("multiple", "cheapest", "expected"), [(None, 7, 7), (5, 7, 10), (5, 10, 10), (50, 1, 50)])
def test_the_least_that_a_redemption_comes_to(multiple: int | None, cheapest: int, expected: int) -> None:
    """It is the first multiple that is no less than the cheapest item."""
    assert expected == smallest(RedemptionRules(multiple_of=multiple), cheapest)


def test_a_price_list_names_shops_and_limits() -> None:
    """An item may have a limit, a shop its items; the list said and read again is the same."""
    read = prices(ITEMS + SHOPS)
    assert (Allowance(2, "month", "pieces"), None) == (read.items["soap"].limit, read.items["rice"].limit)
    found = [(shop.code, shop.gives("soap"), shop.gives("rice")) for shop in read.shops]
    assert [("main", True, True), ("east", False, True)] == found
    assert read.shops[1] is read.shop(" 东庄超市 ")
    assert read == PriceList.from_said(read.to_said())


def test_a_list_without_shops_has_one() -> None:
    """Where no shop is named there is one, which gives everything; the record says nothing of it."""
    read = prices(ITEMS)
    assert [("main", "积分超市", ())] == [(shop.code, shop.name, shop.items) for shop in read.shops]
    assert "shops" not in read.to_said()


@pytest.mark.parametrize(
    ("blocks", "key", "en"),
    [
        (ITEMS.replace("pieces = 2", "pieces = 0"), "item[1].limit.pieces", "from 1 to"),
        (ITEMS.replace("pieces = 2", "times = 2"), "item[1].limit.times", "is no key"),
        (ITEMS + SHOPS.replace('"rice"', '"gold"'), "shop[2].items", "gold is the code of no [[item]]"),
        (ITEMS + SHOPS.replace('["rice"]', "[]"), "shop[2].items", "a list of different codes"),
        (ITEMS + SHOPS.replace('["rice"]', '["rice", "rice"]'), "shop[2].items", "a list of different codes"),
        (ITEMS + SHOPS.replace('"east"', '"main"'), "shop[2].code", "stands already at shop[1].code"),
    ],
)
def test_what_a_price_list_cannot_say_is_refused(blocks: str, key: str, en: str) -> None:
    """A limit below one piece, and a shop that gives what is not on the list, are faults under their keys."""
    with pytest.raises(PriceListInvalid) as caught:
        prices(blocks)
    faults = caught.value.data["faults"]
    assert key in [fault.key for fault in faults]
    assert any(en in fault.en for fault in faults)


def test_the_rules_are_said_in_words() -> None:
    """Each rule is a sentence in English and Chinese; a rule book that says nothing has none."""
    assert [] == redemption_terms(UNRESTRICTED, 0)
    found = redemption_terms(book(EVERYTHING).redemption, 0)
    assert [
        "one may redeem from a balance of 60 on",
        "each redemption comes to a multiple of 10",
        "1 time a quarter for a household",
        "up to 200 points a year for a household",
        "on day 15, 31 of each month, or the last day of a shorter month",
        "only the head of the household may collect",
        "a reservation lives 7 days; then its points are forfeited",
        "lapsed points that are given back, by no fault of the household, live 14 days more",
    ] == [words.en for words in found]
    assert [
        "余额满 60 分方可兑换",
        "每次兑换须为 10 的整数倍",
        "每户每季度最多兑换 1 次",
        "每户每年最多兑换 200 分",
        "每月 15、31 日兑换（当月没有该日的，为月末）",
        "只能由户主本人领取",
        "预约保留 7 天，逾期未领的积分作废",
        "非本户原因退回的已到期积分，可再用 14 天",
    ] == [words.zh for words in found]


def test_days_of_a_rule_and_shops_are_said_in_words() -> None:
    """An iCalendar rule is said as it is written; each shop says what it gives, each limited item how many."""
    ruled = redemption_terms(book('[redemption]\nrule = "FREQ=WEEKLY;BYDAY=SA"\n').redemption, 0)
    assert ("on the days of the rule FREQ=WEEKLY;BYDAY=SA", "兑换日按规则 FREQ=WEEKLY;BYDAY=SA") == ruled[0]
    fifteenth = redemption_terms(RedemptionRules(days=(15,), times_per=Allowance(2, "month", "times")), 0)
    assert ["2 times a month for a household", "on day 15 of each month"] == [words.en for words in fifteenth[:2]]
    found = shop_terms(prices(ITEMS + SHOPS))
    assert [
        ("shop main (村部超市) gives every item", "村部超市（main）兑换：全部商品"),
        ("shop east (东庄超市) gives 大米", "东庄超市（east）兑换：大米"),
        ("soap (肥皂): at most 2 a month for a household", "肥皂（soap）：每户每月最多 2 件"),
    ] == [tuple(words) for words in found]
    assert [] == shop_terms(prices(ITEMS.replace('limit = { pieces = 2, per = "month" }\n', "")))
