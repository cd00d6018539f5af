"""Stories of a rule book at work: limits, pairs, ladders and what is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.stories.conftest import Begin, Tell

YARD = """\
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
limit = { points = 30, per = "month" }
"""

FENGJIE = """\
[[activity]]
code = "tidy"
name = "门前三包"
category = "cleanup"
points = 2
per = "time"
sign = "both"
"""

SERVICE = '[[item]]\ncode = "haircut"\nname = "理发"\npoints = 10\nstocked = false\n'

LADDER = """\
[[activity]]
code = "sanitation"
name = "集中清扫"
category = "cleanup"
points = 5
per = "head"
[[activity]]
code = "honour"
name = "获得表彰"
category = "model-household"
per = "level"
limit = { times = 1, per = "ever" }
""" + "".join(
    f'[[activity.level]]\ncode = "{code}"\nname = "{name}"\npoints = {points}\n'
    for code, name, points in (
        ("national", "国家级", 50),
        ("provincial", "省级", 30),
        ("prefecture", "市级", 20),
        ("county", "县级", 15),
        ("sub-district", "街道级", 10),
        ("community", "社区级", 5),
    )
)


def test_a_yard_is_paid_up_to_thirty_a_month(begin: Begin, tell: Tell) -> None:
    """S-24: claims of 12 are paid 12, 12, 6 and 0, and reversing the first gives room for 12.

    2025-10-01 award   01-001 yard           -> 12, balance 12
    2025-10-08 award   01-001 yard           -> 12, balance 24
    2025-10-15 award   01-001 yard           -> 6, balance 30
    2025-10-22 award   01-001 yard           -> 0, balance 30
    2025-10-23 reverse #1                    -> 12, balance 18
    2025-10-24 award   01-001 yard           -> 12, balance 30
    2025-10-25 award   01-001 yard           -> 0, balance 30
    2025-11-01 award   01-001 yard           -> 12, balance 42
    """
    ledger = begin("nanyu", YARD, first_day="2025-10-01", households={"01-001": "张三"})
    tell(ledger)
    lines = [line for line in ledger.statement("01-001", "2025-10") if line.requested is not None]
    expected: object = [(6, 12), (0, 12), (0, 12)]
    assert expected == [(line.points, line.requested) for line in lines]
    assert [30, 12] == [ledger.tally(period).total.earned for period in ("2025-10", "2025-11")]


def test_one_item_gives_and_takes_in_fengjie(begin: Begin, tell: Tell) -> None:
    """S-26: in 奉节 one item of 2 points adds for tidy and takes for untidy.

    2025-10-01 award   01-001 tidy           -> 2, balance 2
    2025-10-08 deduct  01-001 tidy           -> 2, balance 0
    2025-10-15 deduct  01-001 tidy           -> 2, balance -2
    2025-10-22 award   01-001 tidy x2        -> 4, balance 2
    """
    ledger = begin("fengjie", FENGJIE, first_day="2025-10-01", households={"01-001": "张三"})
    tell(ledger)
    total = ledger.tally("2025-10", level="category").rows[0]
    expected: object = ("cleanup", 6, -4, 4)
    assert expected == (total.code, total.earned, total.deducted, total.deeds)


def test_each_rung_of_a_ladder_is_paid_once(begin: Begin, tell: Tell) -> None:
    """S-27: each level of an award ladder is paid once, and sanitation is paid by the head.

    2025-10-01 award   01-001 honour:national      -> 50, balance 50
    2025-10-02 award   01-001 honour:provincial    -> 30, balance 80
    2025-10-03 award   01-001 honour:prefecture    -> 20, balance 100
    2025-10-04 award   01-001 honour:county        -> 15, balance 115
    2025-10-05 award   01-001 honour:sub-district  -> 10, balance 125
    2025-10-06 award   01-001 honour:community     -> 5, balance 130
    2025-10-07 award   01-001 honour:社区级        -> 0, balance 130
    2026-10-07 award   01-001 honour:national      -> 0, balance 130
    2026-10-08 award   01-001 sanitation x2        -> 10, balance 140
    2026-10-09 award   01-002 honour:national      -> 50, balance 50
    """
    tell(begin("fuxing", LADDER, first_day="2025-10-01", households={"01-001": "张三", "01-002": "李四"}))


def test_what_is_owed_is_earned_back(begin: Begin, tell: Tell) -> None:
    """S-49 (allow): a deduction of 10 from 4 leaves arrears of 6, which block the shop until they are earned back.

    2025-10-01 award   01-001 tidy x2        -> 4, balance 4
    2025-10-02 deduct  01-001 tidy x5        -> 10, balance -6
    2025-10-03 redeem  01-001 haircut        -> insufficient-points
    2025-10-04 award   01-001 tidy x2        -> 4, balance -2
    2025-10-05 award   01-001 tidy x8        -> 16, balance 14
    2025-10-06 redeem  01-001 haircut        -> 10, balance 4
    2025-10-07 reverse #2                    -> 10, balance 14
    2025-10-08 redeem  01-001 haircut        -> 10, balance 4
    """
    ledger = begin("nanyu", FENGJIE, SERVICE, first_day="2025-10-01", households={"01-001": "张三"})
    tell(ledger)
    held = ledger.balance("01-001")
    expected: object = (4, 0, 4)
    assert expected == (held.balance, held.arrears, held.available)


def test_a_paper_book_goes_on(begin: Begin, tell: Tell) -> None:
    """S-48 (without base): 50 from paper and 30 earned are a balance of 80, and only the 30 are ranked.

    2025-10-01 opening 01-001 50             -> 50, balance 50
    2025-10-02 opening 01-002 90             -> 90, balance 90
    2025-10-03 award   01-001 tidy x15       -> 30, balance 80
    2025-10-04 award   01-002 tidy x5        -> 10, balance 100
    2025-10-05 opening 01-001 50             -> opening-exists
    """
    ledger = begin("nanyu", FENGJIE, first_day="2025-10-01", households={"01-001": "张三", "01-002": "李四"})
    tell(ledger)
    expected: object = [(1, "01-001", 30), (2, "01-002", 10)]
    assert expected == [(row.rank, row.code, row.points) for row in ledger.ranking("2025-10")]
