"""Contradictions: what a rule book cannot mean is refused when it is read, with both keys named, all at once."""

from __future__ import annotations

import pytest

from pointsledger.errors import RuleBookInvalid
from pointsledger.rules.rulebook import RuleBook

HEADING = """\
format = 1
name = "南峪村积分细则"
first_day = 2025-09-01
mandate = { decided_on = 2025-08-20, present = 46, votes_for = 44 }
"""
YARD = """\
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
"""
PATROL = """\
[[activity]]
code = "patrol"
name = "巡逻"
category = "volunteering"
points = 4
per = "hour"
"""
TIERED = """\
[[activity]]
code = "moving-in"
name = "按期入住"
category = "cleanup"
per = "time"
"""
BASE = '[[base]]\ncode = "base"\nname = "基础分"\n'
TWICE = '[[multiplier]]\nof = "{}"\nfactor = 2\n[[multiplier]]\nof = "{}"\nfactor = "1.5"\n'

# What is written, the key at fault, and a word of each sentence that names the other key.
CONTRADICTIONS: list[tuple[str, str, str, str]] = [
    (YARD + 'limit = { points = 10, per = "month" }', "activity[1].limit.points", "activity[1].points 12", "小于"),
    (YARD + 'limit = { points = 10, per = "deed" }', "activity[1].limit.points", "activity[1].points 12", "小于"),
    (
        YARD + '[[activity.limit]]\npoints = 30\nper = "month"\n[[activity.limit]]\npoints = 10\nper = "week"',
        "activity[1].limit[2].points",
        "activity[1].points 12",
        "小于",
    ),
    (
        YARD + '[[activity.limit]]\npoints = 30\nper = "month"\n[[activity.limit]]\npoints = 20\nper = "month"',
        "activity[1].limit[2].per",
        "beside activity[1].limit[1].per,",
        "只有较小的起作用",
    ),
    (YARD + 'limit = { times = 2, points = 20, per = "month" }', "activity[1].limit", "both points and times", "同时"),
    (YARD + 'limit = { times = 2, per = "deed" }', "activity[1].limit.times", 'activity[1].limit.per = "deed"', "并列"),
    (
        YARD + 'limit = { points = 12, per = "deed", by = "village" }',
        "activity[1].limit.by",
        'activity[1].limit.per = "deed"',
        "并列",
    ),
    (
        YARD + '[[cap]]\nof = "category:cleanup"\npoints = 11\nper = "year"',
        "cap[1].points",
        "activity[1].points 12",
        "小于",
    ),
    (YARD + '[[cap]]\nof = "all"\npoints = 11\nper = "year"', "cap[1].points", "activity[1].points 12", "小于"),
    (
        YARD + ('[[cap]]\nof = "all"\npoints = 30\nper = "year"\n' * 2),
        "cap[2].per",
        "beside cap[1].per,",
        "只有较小的起作用",
    ),
    (YARD + '[[cap]]\nof = "category:x"\npoints = 30\nper = "year"', "cap[1].of", "all | category:cleanup", "允许"),
    (YARD + '[ceiling]\npoints = 11\nper = "year"', "ceiling.points", "activity[1].points 12", "小于"),
    (YARD + '[[ceiling]]\npoints = 11\nper = "year"', "ceiling[1].points", "activity[1].points 12", "小于"),
    (
        f'{YARD}[ceiling]\npoints = 90\nper = "year"\nwith_base = true\n{BASE}points = 100\nper = "year"',
        "base[1].points",
        "ceiling.points 90",
        "超过",
    ),
    (
        f'{YARD}[ceiling]\npoints = 700\nper = "year"\nwith_base = true\n{BASE}points = 100\nper = "month"',
        "base[1].points",
        "1200 in the ceiling's span, more than ceiling.points 700",
        "合计 1200",
    ),
    (f'{BASE}points = 10\nper = "month"\nfloor = true', "base[1].floor", 'expiry.policy = "never"', "永不到期"),
    (YARD + TWICE.format("all", "category:cleanup"), "multiplier[2].of", "multiplier[1].of all", "同时适用"),
    (
        YARD + TWICE.format("activity:yard", "category:cleanup"),
        "multiplier[2].of",
        "multiplier[1].of activity:yard",
        "同时适用",
    ),
    (YARD + TWICE.format("all", "all"), "multiplier[2].of", "multiplier[1].of all", "同时适用"),
    (
        YARD + '[[multiplier]]\nof = "all"\nfactor = 2\nfirst_day = 2025-10-02\nlast_day = 2025-10-01',
        "multiplier[1].last_day",
        "multiplier[1].first_day 2025-10-02",
        "早于",
    ),
    (
        YARD + '[[multiplier]]\nof = "all"\nfactor = 2\nlast_day = 2025-08-31',
        "multiplier[1].last_day",
        "first_day 2025-09-01",
        "早于",
    ),
    (YARD + '[[multiplier]]\nof = "all"\nfactor = 1.5', "multiplier[1].factor", "the float 1.5", "浮点数"),
    (YARD + '[[multiplier]]\nof = "all"\nfactor = 0', "multiplier[1].factor", "above 0", "大于 0"),
    (YARD + '[[multiplier]]\nof = "all"\nfactor = "-2"', "multiplier[1].factor", "above 0", "大于 0"),
    (YARD + '[[multiplier]]\nof = "all"\nfactor = "1.00001"', "multiplier[1].factor", "at most 4", "最多 4 位"),
    (YARD + '[[multiplier]]\nof = "all"\nfactor = true', "multiplier[1].factor", "is true", "写的是 true"),
    (YARD + 'rounding = "floor"', "activity[1].rounding", 'activity[1].per = "time"', "并列"),
    (
        TIERED
        + "[[activity.tier]]\nlast_day = 2018-12-31\npoints = 5\n[[activity.tier]]\nlast_day = 2017-12-31\npoints = 10",
        "activity[1].tier[2].last_day",
        "activity[1].tier[1].last_day 2018-12-31",
        "不晚于",
    ),
    (
        TIERED
        + "[[activity.tier]]\nlast_day = 2018-12-31\npoints = 5\n[[activity.tier]]\nfirst_day = 2018-12-31\npoints = 0",
        "activity[1].tier[2].first_day",
        "activity[1].tier[1].last_day 2018-12-31",
        "不晚于",
    ),
    (
        TIERED + "[[activity.tier]]\nfirst_day = 2018-12-31\nlast_day = 2018-12-30\npoints = 5",
        "activity[1].tier[1].last_day",
        "activity[1].tier[1].first_day 2018-12-31",
        "早于",
    ),
    (
        TIERED + "[[activity.tier]]\npoints = 5\n[[activity.tier]]\nfirst_day = 2018-12-31\npoints = 0",
        "activity[1].tier[1].last_day",
        "activity[1].tier[2].points follows",
        "其后还有",
    ),
    (TIERED + "points = 3\n[[activity.tier]]\npoints = 5", "activity[1].points", "activity[1].tier", "并列"),
    (TIERED + "tier = []", "activity[1].tier", "is empty", "为空"),
    (
        '[expiry]\npolicy = "days"\ndays = 20\nmin_life_days = 30',
        "expiry.min_life_days",
        "expiry.days",
        "expiry.days",
    ),
    (
        '[expiry]\npolicy = "months"\nmonths = 1\nmin_life_days = 32',
        "expiry.min_life_days",
        "expiry.months",
        "expiry.months",
    ),
    (
        '[expiry]\npolicy = "end_of"\nperiod = "month"\nmin_life_days = 32',
        "expiry.min_life_days",
        "expiry.period",
        "expiry.period",
    ),
]


def read(blocks: str) -> RuleBook:
    """Read a rule book with these blocks."""
    return RuleBook.from_toml(HEADING + blocks, file="rules.toml", decimals=0)


@pytest.mark.parametrize(("blocks", "key", "en", "zh"), CONTRADICTIONS)
def test_a_contradiction_names_both_keys(blocks: str, key: str, en: str, zh: str) -> None:
    """What cannot be is one fault, under one key and naming the other, in both languages."""
    with pytest.raises(RuleBookInvalid) as caught:
        read(blocks)
    (fault,) = caught.value.data["faults"]
    assert key == fault.key
    assert en in fault.en
    assert zh in fault.zh
    assert fault.line is not None


def test_all_contradictions_are_told_at_once() -> None:
    """A rule book with three things that cannot be is told all three of them."""
    blocks = (
        f'{YARD}limit = {{ points = 10, per = "month" }}\n[ceiling]\npoints = 90\nper = "year"\nwith_base = true\n'
        f'{BASE}points = 100\nper = "year"\n{TWICE.format("all", "all")}'
    )
    with pytest.raises(RuleBookInvalid) as caught:
        read(blocks)
    keys = [fault.key for fault in caught.value.data["faults"]]
    assert ["activity[1].limit.points", "base[1].points", "multiplier[2].of"] == keys


@pytest.mark.parametrize(
    "blocks",
    [
        YARD + PATROL + TWICE.format("category:cleanup", "category:volunteering"),
        YARD + PATROL + TWICE.format("activity:yard", "category:volunteering"),
        YARD + TWICE.format("all", "all").replace("2\n", "2\nlast_day = 2025-10-01\n") + "first_day = 2025-10-02",
        YARD + 'sign = "minus"\n[[cap]]\nof = "all"\npoints = 5\nper = "year"',
        PATROL + '[[cap]]\nof = "all"\npoints = 4\nper = "deed"\n[ceiling]\npoints = 4\nper = "month"',
        f'{BASE}points = 10\nper = "month"\nfloor = true\n[expiry]\npolicy = "end_of"\nperiod = "month"',
        f'{BASE}points = 50\nper = "month"\n[ceiling]\npoints = 600\nper = "year"\nwith_base = true',
        f'{BASE}points = 100\nper = "year"\n[ceiling]\npoints = 90\nper = "year"',
        '[expiry]\npolicy = "months"\nmonths = 1\nround_to = "year"\nmin_life_days = 60',
    ],
)
def test_what_only_looks_like_one_is_taken(blocks: str) -> None:
    """Rules that do not meet, on other days, of other deeds or within each other's bounds, are taken as they are."""
    book = read(blocks)
    assert book == RuleBook.from_said(book.to_said())


@pytest.mark.parametrize("expiry", ['[expiry]\npolicy = "weekly"', "[expiry]\ndays = 90", "[[expiry]]"])
def test_an_expiry_at_fault_is_held_against_nothing_else(expiry: str) -> None:
    """A floor beside an expiry that cannot be read is no fault: what ends it may be just what is mistyped."""
    floor = '[[base]]\ncode = "floor"\nname = "保底分"\npoints = 10\nper = "year"\nfloor = true'
    with pytest.raises(RuleBookInvalid) as caught:
        read(YARD + expiry + "\n" + floor)
    assert not [fault.key for fault in caught.value.data["faults"] if not fault.key.startswith("expiry")]


def test_one_cap_is_a_block_too() -> None:
    """A limit written as one table is told how it is headed."""
    with pytest.raises(RuleBookInvalid) as caught:
        read(YARD + '[cap]\nof = "all"\npoints = 30\nper = "year"')
    assert "cap: is written as one table, [cap]; allowed: blocks headed [[cap]]." in str(caught.value)
