"""Explanations: a household's period with the reason of every figure, as it is read out at the wall."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import InvalidCode, InvalidPeriod, UnknownAccount
from pointsledger.reports.explanation import ExplainedLine, LimitCut
from pointsledger.testing.contract.book import NANYU_RULES, needs

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

WRONG = "记错了"

EXPLAINED = """\
[expiry]
policy = "months"
months = 1
round_to = "month"
[[category]]
code = "cleanup"
name = "环境整治"
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
text = "院内外干净整齐，柴草堆放有序。"
source = "村规民约第三条"
limit = { points = 20, per = "month" }
[[activity]]
code = "feast"
name = "节日大扫除"
category = "cleanup"
points = 4
per = "head"
[[activity]]
code = "litter"
name = "乱倒垃圾"
category = "cleanup"
points = 5
per = "time"
sign = "minus"
[[activity]]
code = "honour"
name = "表彰"
category = "honour"
per = "level"
limit = { times = 1, per = "ever" }
[[activity.level]]
code = "village"
name = "村级"
points = 5
[[category]]
code = "honour"
name = "荣誉"
[[cap]]
of = "category:cleanup"
points = 30
per = "month"
[[ceiling]]
points = 40
per = "year"
by = "household"
[[multiplier]]
of = "activity:feast"
factor = "1.5"
text = "国庆期间加倍计分。"
first_day = 2025-10-01
last_day = 2025-10-07
"""

SHEET = """\
03-017 张三（三组） 2025-10 积分说明
期初 0
2025-10-01 第 7 号：庭院整洁 1 次：+12，余额 12
    依据积分细则第 1 版（南峪村）：每次 12 分。“院内外干净整齐，柴草堆放有序。”（村规民约第三条）
    可用至 2025-11-30
2025-10-02 第 8 号：庭院整洁 1 次：+8，余额 20
    依据积分细则第 1 版（南峪村）：每次 12 分。“院内外干净整齐，柴草堆放有序。”（村规民约第三条）
    应得 12，实得 8
    超过“庭院整洁”的限额（每户每月 20 分），削减 4，此前已用 12
    可用至 2025-11-30
2025-10-03 第 9 号：节日大扫除 2 人：+10，余额 30
    依据积分细则第 1 版（南峪村）：每人 4 分。
    按细则乘以 1.5：“国庆期间加倍计分。”
    应得 12，实得 10
    超过类别“环境整治”的限额（每户每月 30 分），削减 2，此前已用 20
    可用至 2025-11-30
    备注：祠堂
2025-10-04 第 10 号：兑换：-10，余额 20
    按价目表第 1 版：理发 1 x 10 = 10
期初 0 + 加分 30 - 兑换 10 = 期末 20"""


@pytest.fixture
def wall(begin: Begin) -> Ledger:
    """Give the household a month with limits, a multiplier and a redemption in it."""
    ledger = begin(EXPLAINED)
    ledger.enrol("03-017", head="张三", group="三组", by="clerk:1")
    ledger.enrol("03-018", head="王五", by="clerk:1")
    for day in (1, 2):
        ledger.award("03-017", "yard", by="clerk:1", on=f"2025-10-0{day}")
    ledger.award("03-017", "feast", quantity=2, by="clerk:1", on="2025-10-03", remark="祠堂")
    ledger.redeem("03-017", {"haircut": 1}, by="clerk:1", on="2025-10-04")
    return ledger


def line_of(ledger: Ledger, seq: int, period: str = "2025Q4") -> ExplainedLine:
    """Return the line of a record in what is explained to its household."""
    return next(line for line in ledger.explain("03-017", period) if line.movement.seq == seq)


def test_a_clerk_reads_it_out(wall: Ledger) -> None:
    """The sheet says of each line what moved, by which rule, what cut it, and how all of it adds up."""
    assert SHEET == wall.explain("03-017", "2025-10").say("zh")


def test_it_is_read_out_in_english(wall: Ledger) -> None:
    """The English sheet says the same."""
    lines = wall.explain("03-017", "2025-10").say("en").splitlines()
    assert [
        "2025-10-02 record 8: 庭院整洁 1 time: +8, balance 20",
        ('    rule book version 1 (南峪村): 12 points a time. "院内外干净整齐，柴草堆放有序。" (村规民约第三条)'),
        "    worth 12, granted 8",
        "    the limit on 庭院整洁 of 20 points a month for a household took off 4; 12 were used before",
        "    can be spent until 2025-11-30",
    ] == lines[5:10]
    assert '    times 1.5, as the rule book says: "国庆期间加倍计分。"' in lines
    assert "opening 0 + earned 30 - redeemed 10 = closing 20" == lines[-1]


def test_its_lines_are_those_of_the_statement(wall: Ledger) -> None:
    """What is explained is the statement, line by line, and leads from its opening to its closing."""
    explanation, statement = wall.explain("03-017", "2025-10"), wall.statement("03-017", "2025-10")
    assert statement.lines == tuple(line.movement for line in explanation)
    assert (statement.opening, statement.closing) == (explanation.opening, explanation.closing)
    assert explanation.foots
    assert {"earned": Decimal(30), "redeemed": Decimal(-10)} == explanation.sums


def test_every_limit_that_cut_is_named(wall: Ledger) -> None:
    """Each limit says what it is of, how much it allows to whom, what was used before, and what it took off."""
    wall.award("03-017", "honour", level="village", by="clerk:1", on="2025-10-05")
    again = wall.award("03-017", "honour", level="village", by="clerk:1", on="2025-10-06")
    cut = wall.award("03-017", "feast", quantity=5, by="clerk:1", on="2025-11-02")
    once = LimitCut("activity:honour", "表彰", "household", "ever", None, 1, None, Decimal(5))
    assert (once,) == line_of(wall, again.seq).cuts
    assert "超过“表彰”的限额（每户累计 1 次），削减 5" in line_of(wall, again.seq).say("zh")
    ceiling = LimitCut("ceiling", "ceiling", "household", "year", Decimal(40), None, Decimal(35), Decimal(15))
    assert (ceiling,) == line_of(wall, cut.seq).cuts
    told = "the limit on the whole programme of 40 points a year for a household took off 15; 35 were used before"
    assert told in line_of(wall, cut.seq).say("en")


def test_the_rule_is_that_of_its_version(wall: Ledger, document: Document) -> None:
    """A rule book that is adopted later changes nothing in the explanation of what was decided before."""
    before = wall.explain("03-017", "2025-10")
    later = EXPLAINED.replace("points = 12", "points = 11").replace("院内外", "房前屋后").replace("10-07", "11-07")
    wall.adopt_rules(document(later, first_day="2025-11-01", decided_on="2025-10-20"), by="clerk:1")
    new = wall.award("03-017", "yard", by="clerk:1", on="2025-11-01")
    assert before == wall.explain("03-017", "2025-10")
    rule = line_of(wall, new.seq).rule
    assert rule is not None
    assert (2, Decimal(11), "房前屋后干净整齐，柴草堆放有序。") == (rule.rulebook, rule.points, rule.text)


def test_debts_are_explained(wall: Ledger) -> None:
    """A deduction says what of it is owed, and the award after it what of it paid that."""
    owed = wall.deduct("03-017", "litter", quantity=5, by="clerk:1", on="2025-10-06")
    paid = wall.award("03-017", "honour", level="village", by="clerk:1", on="2025-10-07")
    assert Decimal(5) == line_of(wall, owed.seq).arrears
    assert "其中 5 不足，记为欠分" in line_of(wall, owed.seq).say("zh")
    assert Decimal(5) == line_of(wall, paid.seq).settled
    assert "5 of it paid what was owed" in line_of(wall, paid.seq).say("en")


def test_what_is_let_go_is_explained(begin: Begin, document: Document) -> None:
    """S-49: where debts are written off, the deduction says how much was let go."""
    ledger = begin(document(NANYU_RULES, arrears="write_off"))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", quantity=2, by="clerk:1")
    deducted = ledger.deduct("03-017", "litter", quantity=2, by="clerk:1")
    line = line_of(ledger, deducted.seq)
    assert (Decimal(-4), Decimal(10), Decimal(6)) == (line.movement.points, line.requested, line.written_off)
    assert {"worth 10, deducted 4", "6 more was not there and is let go"} < set(line.say("en"))
    assert {"应扣 10，实扣 4", "另有 6 不足，不再追扣"} < set(line.say("zh"))
    assert ledger.explain("03-017", "2025-11").foots


def test_what_was_undone_and_corrected_is_explained(wall: Ledger) -> None:
    """A pair shows as a pair, a reversal with what it undid, each with its reason."""
    corrected = wall.correct(7, reason=WRONG, on="2025-10-08", by="clerk:1")
    undone = wall.reverse(10, reason="重复", by="clerk:1")
    assert ("更正第 7 号记录", f"原因：{WRONG}") == line_of(wall, corrected.right.seq).say("zh")[-2:]
    assert {
        f"已由第 {corrected.reversal.seq} 号记录冲销",
        f"已更正：由第 {corrected.right.seq} 号记录代替",
    } < set(line_of(wall, 7).say("zh"))
    assert ("undoes record 7", f"reason: {WRONG}") == line_of(wall, corrected.reversal.seq).say("en")[-2:]
    assert (f"undone by record {undone.seq}", "reason: 重复") == line_of(wall, 10).say("en")[-2:]
    assert wall.explain("03-017", "2025-10").foots


def test_what_lapsed_is_explained(wall: Ledger, clock: FixedClock) -> None:
    """S-03: a lapse says of each lot when it was granted, how much of it was left, its last day, and the policy."""
    clock.noon("2025-12-02")
    wall.award("03-017", "honour", level="village", by="clerk:1", on="2025-12-02")
    december = wall.explain("03-017", "2025-12")
    lapse = december.lines[0]
    assert ("2025-12-01", Decimal(-20), Decimal(0)) == (
        lapse.movement.on,
        lapse.movement.points,
        lapse.movement.balance,
    )
    lots = [(lot.seq, lot.name, lot.on, int(lot.granted), int(lot.points), lot.last_day) for lot in lapse.lapsed]
    assert [
        (7, "庭院整洁", "2025-10-01", 12, 2, "2025-11-30"),
        (8, "庭院整洁", "2025-10-02", 8, 8, "2025-11-30"),
        (9, "节日大扫除", "2025-10-03", 10, 10, "2025-11-30"),
    ] == lots
    told = (
        "2025-10-01 第 7 号（庭院整洁）所得 12 中的 2，最后可用日为 2025-11-30"
        "，按积分细则第 1 版：事项之日起 1 个月，顺延至月末"
    )
    assert told in lapse.say("zh")
    assert december.foots
    assert "opening 20 - lapsed 20 + earned 5 = closing 5" == december.say("en").splitlines()[-1]


def test_what_counts_for_other_months_is_a_sum_of_its_own(wall: Ledger, clock: FixedClock) -> None:
    """S-22: a late deed is no earning of the open month, here as in its tally; in the quarter of both it is one."""
    clock.noon("2025-11-03")
    for month in ("2025-09", "2025-10"):
        wall.close(month, by="clerk:1")
    wall.award("03-017", "honour", level="village", by="clerk:1", on="2025-10-05")
    november = wall.explain("03-017", "2025-11")
    row = next(row for row in wall.tally("2025-11") if row.code == "03-017")
    assert ({"prior": Decimal(5)}, Decimal(0), Decimal(5)) == (november.sums, row.earned, row.prior)
    assert "opening 20 + for other months 5 = closing 25" == november.say("en").splitlines()[-1]
    assert "期初 20 + 前期更正 5 = 期末 25" == november.say("zh").splitlines()[-1]
    assert {"earned": Decimal(35), "redeemed": Decimal(-10)} == wall.explain("03-017", "2025Q4").sums


def test_a_limit_on_the_deed_itself_is_explained(begin: Begin) -> None:
    """A deed that is worth more than one deed may bring says so, whoever did it."""
    limited = NANYU_RULES.replace('code = "trees"', 'code = "trees"\nlimit = { points = 6, per = "deed" }')
    ledger = begin(limited)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    cut = ledger.award("03-017", "trees", quantity=3, by="clerk:1", on="2025-10-04")
    line = line_of(ledger, cut.seq)
    assert (6, 9, [3]) == (int(line.granted or 0), int(line.requested or 0), [int(one.cut) for one in line.cuts])
    assert all("3" in line.say(lang)[-1] for lang in ("zh", "en"))


def test_an_opening_and_an_empty_period_are_explained(wall: Ledger) -> None:
    """Points from the paper book say so, and a period without movements is its opening and its closing."""
    opening = wall.bring_forward("03-018", 5, by="clerk:1")
    assert f"2025-09-01 第 {opening.seq} 号：期初积分：+5，余额 5" in wall.explain("03-018", "2025-09").say("zh")
    october = wall.explain("03-018", "2025-10")
    assert ["03-018 王五, 2025-10", "opening 5", "opening 5 = closing 5"] == october.say().splitlines()


def test_only_what_there_is_can_be_explained(wall: Ledger, refused: Refused) -> None:
    """Nobody's account and no period are refused."""
    with refused(wall, UnknownAccount, "unknown-account"):
        wall.explain("99-999", "2025-10")
    with refused(wall, InvalidCode, "invalid-code"):
        wall.explain("", "2025-10")
    for period in ("2025-13", "last month", ""):
        with refused(wall, InvalidPeriod, "invalid-period"):
            wall.explain("03-017", period)


ENDING = """\
[[activity]]
code = "patrol"
name = "义务巡逻"
category = "volunteering"
points = 2
per = "hour"
rounding = "up_to_quarter"
"""
FLOOR = '[[base]]\ncode = "floor"\nname = "保底分"\npoints = 100\nper = "quarter"\nfloor = true\n'


@needs("grant_base")
def test_how_points_end_is_told_as_it_is(begin: Begin, clock: FixedClock) -> None:
    """Points that a close clears are not said to have a last day, nor a floor to be there to spend."""
    clearing = '[expiry]\npolicy = "clear_at_close"\nperiod = "quarter"\n'
    ledger = begin(ENDING + FLOOR + clearing, None, first_period="2025-11")
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.grant_base("2025-11", by="clerk:1")
    (line,) = ledger.explain("03-017", "2025-11").lines
    assert (
        "rule book version 1 (南峪村): 100 points a quarter without a deed, here for 2025Q4.",
        "is a floor: it stands in the balance and cannot be redeemed",
        "what is left of it goes when 2025-12 is closed",
    ) == line.say("en")[1:]
    assert ("属保底分：计入余额，不能兑换", "2025-12 结账时未用的部分清零") == line.say("zh")[2:]
    clock.noon("2026-01-03")
    for month in ("2025-11", "2025-12"):
        ledger.close(month, by="clerk:1")
    lapsed = ledger.explain("03-017", "2025-12").lines[-1]
    assert "(保底分) went with the close of 2025-12" in lapsed.say("en")[1]
    assert "随 2025-12 结账清零" in lapsed.say("zh")[1]


def test_what_is_rounded_is_told(begin: Begin) -> None:
    """Minutes that count as others, and part of a point that is dropped, are told before what is granted."""
    ledger = begin(ENDING, None)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "patrol", minutes=70, by="clerk:1", on="2025-11-01")
    ledger.award("03-017", "patrol", quantity=2, by="clerk:1", on="2025-11-02")
    rounded, whole = ledger.explain("03-017", "2025-11").lines
    assert rounded.say("en")[1].endswith("2 points an hour.")
    assert ("70 minutes count as 75, as the rule book says", "comes to 2.5, rounded down to 2") == rounded.say("en")[2:]
    assert ("按细则 70 分钟作 75 分钟计", "折合 2.5 分，舍去零头计 2 分") == rounded.say("zh")[2:]
    assert (None, ()) == (whole.exact, whole.say("en")[2:])
