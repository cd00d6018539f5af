"""Worth: what a deed is worth by multipliers, by the day it was done, and by how its minutes are rounded."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import RuleSilent, UnexpectedMinutes, WorthNothing
from pointsledger.testing.contract.book import SHEETS, needs

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.contract.book import Begin, Document, Refused, Sheet

SWEEP = """\
[[activity]]
code = "sweep"
name = "清扫"
category = "cleanup"
points = 5
per = "time"
sign = "both"
[[activity]]
code = "talk"
name = "宣讲"
category = "volunteering"
points = 5
per = "time"
"""
MOVING_IN = """\
[[activity]]
code = "moving-in"
name = "按期入住"
category = "model-household"
per = "time"
[[activity.tier]]
last_day = 2017-12-31
points = 10
[[activity.tier]]
last_day = 2018-12-31
points = 5
[[activity.tier]]
first_day = 2019-06-30
points = 0
"""
SERVICE = """\
[[activity]]
code = "patrol"
name = "义务巡逻"
category = "volunteering"
points = 60
per = "hour"
{rounding}
"""


def enrolled(ledger: Ledger) -> Ledger:
    """Enrol the household of these tests."""
    ledger.enrol("03-017", head="张三", by="clerk:1")
    return ledger


def test_a_multiplier_is_rounded_each_time(begin: Begin) -> None:
    """S-25: 5 x 1.5 are 7.5, and so 7 each; three of them are 21, not 22."""
    ledger = enrolled(begin(SWEEP + '[[multiplier]]\nof = "all"\nfactor = "1.5"\n'))
    receipts = [ledger.award("03-017", "sweep", by="clerk:1", on=f"2025-10-0{day}") for day in (1, 2, 3)]
    assert ([Decimal(7)] * 3, Decimal(21)) == ([receipt.points for receipt in receipts], receipts[-1].balance)
    decided = ledger.record(receipts[0].seq).decided
    assert (7, {"of": "all", "factor": "1.5"}) == (decided["requested"], decided["multiplier"])


def test_a_multiplier_comes_before_rounding(begin: Begin) -> None:
    """Three at once are 3 x 5 x 1.5 = 22.5, rounded once to 22; a village with a decimal place has 22.5."""
    rules = SWEEP + '[[multiplier]]\nof = "all"\nfactor = "1.5"\n'
    assert Decimal(22) == enrolled(begin(rules)).award("03-017", "sweep", quantity=3, by="clerk:1").points
    exact = enrolled(begin(rules, decimals=1, village="exact"))
    assert Decimal("22.5") == exact.award("03-017", "sweep", quantity=3, by="clerk:1").points


def test_a_multiplier_has_its_days_and_its_deeds(begin: Begin) -> None:
    """A dated multiplier of a category applies from its first to its last day, and to nothing else."""
    dated = 'first_day = 2025-10-10\nlast_day = 2025-10-12\nof = "category:cleanup"\nfactor = 2\n'
    ledger = enrolled(begin(f"{SWEEP}[[multiplier]]\n{dated}"))
    days = ("2025-10-09", "2025-10-10", "2025-10-12", "2025-10-13")
    points = [ledger.award("03-017", "sweep", by="clerk:1", on=day).points for day in days]
    assert [5, 10, 10, 5] == points
    assert Decimal(5) == ledger.award("03-017", "talk", by="clerk:1", on="2025-10-11").points
    assert Decimal(5) == ledger.deduct("03-017", "sweep", by="clerk:1", on="2025-10-11").points


def test_a_multiplier_comes_before_limits(begin: Begin) -> None:
    """What is asked of a limit is what the deed is worth with its multiplier."""
    rules = (
        SWEEP + '[[multiplier]]\nof = "activity:sweep"\nfactor = 2\n[[cap]]\nof = "all"\npoints = 15\nper = "month"\n'
    )
    ledger = enrolled(begin(rules))
    points = [ledger.award("03-017", "sweep", by="clerk:1", on=f"2025-10-0{day}").points for day in (1, 2)]
    assert [10, 5] == points


def test_rules_that_are_silent_say_so(begin: Begin, document: Document, refused: Refused) -> None:
    """S-28: 10 by the end of 2017, 5 by the end of 2018, 0 from 2019-06-30 on, and between them nobody guesses."""
    rules = document(MOVING_IN, first_day="2017-01-01", decided_on="2016-12-01")
    ledger = enrolled(begin(rules, prices=None))
    points = [ledger.award("03-017", "moving-in", by="clerk:1", on=day).points for day in ("2017-12-31", "2018-01-01")]
    assert [10, 5] == points
    assert Decimal(5) == ledger.award("03-017", "moving-in", by="clerk:1", on="2018-12-31").points
    for day in ("2019-01-01", "2019-06-29"):
        with refused(ledger, RuleSilent, "rule-silent") as caught:
            ledger.award("03-017", "moving-in", by="clerk:1", on=day)
        assert "moving-in (按期入住) from 2019-01-01 to 2019-06-29" == caught.value.data["gap"]
        assert "2019-01-01 至 2019-06-29" in caught.value.say("zh")
    with refused(ledger, WorthNothing, "worth-nothing") as caught:
        ledger.award("03-017", "moving-in", by="clerk:1", on="2019-06-30")
    assert "gives 0 points for activity moving-in (按期入住) on 2019-06-30, however much of it" in str(caught.value)
    assert "在 2019-06-30 计 0 分" in caught.value.say("zh")


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (None, {40: 40, 52: 52, 70: 70, 95: 95}),
        ("floor", {52: None, 60: 60, 70: 60, 119: 60, 120: 120}),
        ("nearest", {29: None, 30: 60, 52: 60, 70: 60, 95: 120}),
        ("up_to_quarter", {1: 15, 52: 60, 60: 60, 70: 75}),
        ("at_least_one", {1: 60, 40: 60, 60: 60, 95: 95}),
    ],
)
def test_minutes_become_hours(
    begin: Begin, refused: Refused, *, rounding: str | None, expected: dict[int, int | None]
) -> None:
    """S-30: minutes are kept as minutes, and how many of them are paid is the rule book's policy."""
    ledger = enrolled(begin(SERVICE.format(rounding=f'rounding = "{rounding}"' if rounding else "")))
    for minutes, paid in expected.items():
        if paid is None:
            with refused(ledger, WorthNothing, "worth-nothing"):
                ledger.award("03-017", "patrol", minutes=minutes, by="clerk:1", on="2025-10-01")
            continue
        receipt = ledger.award("03-017", "patrol", minutes=minutes, by="clerk:1", on="2025-10-01")
        record = ledger.record(receipt.seq)
        assert (minutes, Decimal(paid)) == (record.said["minutes"], receipt.points)
        assert (str(paid) if rounding else None) == record.decided.get("paid_minutes")
        assert minutes == ledger.statement("03-017").lines[-1].minutes


def test_start_and_end_are_minutes(begin: Begin) -> None:
    """Where the activity says how to round, a start and an end are enough; without that they are kept, as ever."""
    ledger = enrolled(begin(SERVICE.format(rounding='rounding = "up_to_quarter"')))
    times = {"started_at": "2025-10-01T08:00", "ended_at": "2025-10-01T09:10"}
    receipt = ledger.award("03-017", "patrol", **times, by="clerk:1", on="2025-10-01")
    assert (70, Decimal(75)) == (ledger.record(receipt.seq).said["minutes"], receipt.points)
    stated = ledger.award("03-017", "patrol", quantity=1, **times, by="clerk:1", on="2025-10-01")
    assert Decimal(60) == stated.points
    plain = enrolled(begin(SERVICE.format(rounding=""), village="plain"))
    receipt = plain.award("03-017", "patrol", **times, by="clerk:1", on="2025-10-01")
    assert (None, Decimal(60)) == (plain.record(receipt.seq).said.get("minutes"), receipt.points)


def test_minutes_are_for_hours(begin: Begin, refused: Refused) -> None:
    """Minutes of what is counted otherwise, or beside a quantity, are refused."""
    ledger = enrolled(begin(SWEEP + SERVICE.format(rounding="")))
    with refused(ledger, UnexpectedMinutes, "unexpected-minutes"):
        ledger.award("03-017", "sweep", minutes=90, by="clerk:1")
    with refused(ledger, UnexpectedMinutes, "unexpected-minutes") as caught:
        ledger.award("03-017", "patrol", minutes=90, quantity=1, by="clerk:1")
    assert "并已填数量" in caught.value.say("zh")


@needs(SHEETS)
def test_a_sheet_may_say_minutes(begin: Begin, sheet: Sheet) -> None:
    """S-30: a column of minutes is taken as it is, and importing it twice changes nothing."""
    ledger = enrolled(begin(SERVICE.format(rounding='rounding = "at_least_one"')))
    path = sheet("日期,户号,事项,分钟", "2025-10-01,03-017,义务巡逻,40", "2025-10-02,03-017,义务巡逻,95")
    assert (2, Decimal(155)) == (
        (report := ledger.import_deeds(path, period="2025-10", by="clerk:1")).posted,
        report.points,
    )
    assert (0, 2) == ((again := ledger.import_deeds(path, period="2025-10", by="clerk:1")).posted, again.unchanged)
