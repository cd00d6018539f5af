"""The sample's rule book and price list: published values, each with its source, written as TOML."""

from __future__ import annotations

from typing import NamedTuple

VILLAGE = "南峪村"
RESIDENT_SCHEME = "《住户积分制管理实施方案》（社区名未载）"
"""A published scheme of a community; what could be found of it does not name the place."""


class Activity(NamedTuple):
    """One activity of the rule book; ``limit`` is the inside of its TOML table."""

    code: str
    name: str
    category: str
    points: int
    per: str
    source: str
    text: str
    limit: str = ""
    sign: str = "plus"
    levels: tuple[tuple[str, str, int], ...] = ()


CATEGORIES = (("cleanup", "环境整治"), ("volunteering", "志愿服务"), ("model-household", "文明家庭"))
HONOURS = (
    ("national", "国家级", 50),
    ("provincial", "省级", 30),
    ("prefecture", "地市级", 20),
    ("county", "县级", 15),
    ("sub-district", "街道级", 10),
    ("community", "社区级", 5),
)
DEGREES = (("bachelor", "大学", 5), ("master", "硕士", 10), ("doctor", "博士", 20))
MONTHLY_20 = 'points = 20, per = "month"'
ONCE = 'times = 1, per = "ever"'

YARD = Activity(
    "yard-clean",
    "庭院整洁",
    "cleanup",
    5,
    "time",
    "双堡村",
    "每周检查一次，院内无垃圾、物品摆放有序的，每次加5分，每户每月最多20分。",
    MONTHLY_20,
)
FRONTAGE = Activity(
    "tidy-frontage",
    "房前屋后",
    "cleanup",
    2,
    "time",
    "奉节县",
    "抽查时房前屋后整洁的加2分，柴草杂物乱堆、污水乱流的扣2分。",
    "",
    "both",
)
CLEANEST = Activity(
    "cleanest-household",
    "月度最清洁户",
    "cleanup",
    5,
    "time",
    "随县双寨村",
    "每组每月评出3户，张榜公布，加5分。",
    'times = 1, per = "month"',
)
CLEAN_UP = Activity(
    "clean-up",
    "环境卫生整治",
    "cleanup",
    5,
    "head",
    RESIDENT_SCHEME,
    "参加全村集中整治的，每人次加5分，数量填人数。",
)
GREEN = Activity(
    "green-maintenance",
    "绿化管护",
    "cleanup",
    80,
    "time",
    "新庄村",
    "认领一片公共绿地，管护满一季并验收合格的，加80分。",
    'times = 1, per = "quarter"',
)
VOLUNTEERING = Activity(
    "volunteering",
    "志愿服务",
    "volunteering",
    1,
    "hour",
    "海林",
    "参加登记在册的志愿服务，每小时1分，每人每月最多20分。",
    MONTHLY_20 + ', by = "resident"',
)
ELDERS = Activity(
    "elder-cleaning",
    "为老人清扫",
    "volunteering",
    50,
    "time",
    "新庄村",
    "一个月内坚持为孤寡老人打扫住所的，加50分。",
    'times = 1, per = "month"',
)
DISPUTE = Activity(
    "dispute-settled",
    "调解纠纷",
    "volunteering",
    10,
    "time",
    "邓家村",
    "主动调解邻里纠纷并达成和解的，每件加10分。",
)
CLASS = Activity(
    "evening-class",
    "夜校宣讲",
    "volunteering",
    5,
    "time",
    RESIDENT_SCHEME,
    "参加夜校、宣讲的，每人次加5分。",
)
HAIRCUT = Activity(
    "free-haircut",
    "义务理发",
    "volunteering",
    5,
    "time",
    RESIDENT_SCHEME,
    "为村里老人、行动不便者义务理发的，每人次加5分。",
)
MEETING = Activity(
    "meeting",
    "参加会议",
    "volunteering",
    1,
    "time",
    "奉节县",
    "按时到会的加1分，迟到的扣1分，不重复计。",
    "",
    "both",
)
WEDDING = Activity(
    "frugal-wedding",
    "婚丧从简",
    "model-household",
    20,
    "time",
    "邓家村",
    "婚事新办、丧事简办，不铺张不攀比的，加20分。",
)
BRAVERY = Activity(
    "bravery",
    "见义勇为",
    "model-household",
    20,
    "time",
    "邓家村",
    "见义勇为、抢险救人的，每次加20分。",
)
HONOUR = Activity(
    "honour",
    "获得表彰",
    "model-household",
    0,
    "level",
    RESIDENT_SCHEME,
    "家庭或家庭成员获得表彰的，按级别加分，同一级别只计一次。",
    ONCE,
    "plus",
    HONOURS,
)
DAUGHTER = Activity(
    "good-daughter-in-law",
    "好媳妇",
    "model-household",
    10,
    "time",
    "双堡村",
    "经评议当选好媳妇的，加10分。",
    'times = 1, per = "year", by = "resident"',
)
UNIVERSITY = Activity(
    "university-place",
    "升学",
    "model-household",
    0,
    "level",
    RESIDENT_SCHEME,
    "考上大学、攻读硕士或博士的，按学历加分。",
    ONCE + ', by = "resident"',
    "plus",
    DEGREES,
)
CLEANUP = (YARD, FRONTAGE, CLEANEST, CLEAN_UP, GREEN)
SERVICE = (VOLUNTEERING, ELDERS, DISPUTE, CLASS, HAIRCUT, MEETING)
ACTIVITIES = (*CLEANUP, *SERVICE, WEDDING, BRAVERY, HONOUR, DAUGHTER, UNIVERSITY)


class Item(NamedTuple):
    """One item of the price list, and what lies on the shelf; no pieces and no cost for a service."""

    code: str
    name: str
    unit: str
    points: int
    source: str
    pieces: int
    unit_cost: str
    best_before: str
    liking: int


ITEMS = (
    Item("scourer", "钢丝球", "个", 1, "濉溪县油榨村", 120, "0.80", "", 10),
    Item("rubbish-bags", "垃圾袋", "卷", 1, "濉溪县油榨村", 150, "0.95", "", 14),
    Item("detergent", "洗洁精", "瓶", 5, "濉溪县油榨村", 80, "4.60", "2027-06-30", 18),
    Item("washing-powder", "洗衣粉", "袋", 20, "濉溪县油榨村", 60, "17.80", "2027-12-31", 16),
    Item("cooking-oil", "食用油", "桶", 50, "濉溪县油榨村", 40, "48.50", "2026-11-30", 14),
    Item("soap", "肥皂", "块", 10, "德阳市三合村", 100, "2.50", "2027-03-31", 12),
    Item("toothpaste", "牙膏", "支", 20, "德阳市三合村", 40, "9.80", "2027-08-31", 8),
    Item("toothbrush", "牙刷", "支", 10, "随县双寨村", 60, "4.20", "", 7),
    Item("hand-warmer", "暖手宝", "个", 50, "随县双寨村", 15, "38.00", "", 5),
    Item("mung-beans", "绿豆", "袋", 15, "江夏区八秀村", 50, "11.50", "2026-06-30", 8),
    Item("rice", "大米（5公斤）", "袋", 39, "江夏区八秀村", 45, "33.80", "2026-05-31", 16),
    Item("haircut", "理发", "次", 10, "样例自拟（未见公开价）", 0, "", "", 6),
)


def heading_text(name: str, note: str, votes_for: int, filing_number: str) -> str:
    """Return the head of a TOML document, up to its mandate."""
    return (
        f"# {note}\n\nformat = 1\n"
        f'name = "{name}"\nfirst_day = 2025-09-01\n\n'
        f"[mandate]\ndecided_on = 2025-08-20\npresent = 46\nvotes_for = {votes_for}\n"
        f'filing_number = "{filing_number}"\n'
    )


def rulebook_text() -> str:
    """Return rulebook.toml."""
    note = f"{VILLAGE}是虚构的样例村，与任何同名村庄无关；各项分值取自公开的细则，见 source。"
    blocks = [heading_text(f"{VILLAGE}积分细则", note, 44, f"{VILLAGE}备〔2025〕3号")]
    blocks += [f'[[category]]\ncode = "{code}"\nname = "{name}"\n' for code, name in CATEGORIES]
    for activity in ACTIVITIES:
        lines = ["[[activity]]"]
        lines += [f'{key} = "{getattr(activity, key)}"' for key in ("code", "name", "category")]
        lines += [] if activity.levels else [f"points = {activity.points}"]
        lines += [f'per = "{activity.per}"']
        lines += [] if activity.sign == "plus" else [f'sign = "{activity.sign}"']
        lines += [f'text = "{activity.text}"', f'source = "{activity.source}"']
        lines += [f"limit = {{ {activity.limit} }}"] if activity.limit else []
        for code, name, points in activity.levels:
            lines += ["[[activity.level]]", f'code = "{code}"', f'name = "{name}"', f"points = {points}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def prices_text() -> str:
    """Return prices.toml."""
    note = f"{VILLAGE}是虚构的样例村，与任何同名村庄无关；价格取自公开的兑换目录，见 source。"
    blocks = [heading_text(f"{VILLAGE}积分超市价目表", note, 45, f"{VILLAGE}备〔2025〕4号")]
    for item in ITEMS:
        lines = ["[[item]]", f'code = "{item.code}"', f'name = "{item.name}"', f'unit = "{item.unit}"']
        lines += [f"points = {item.points}"] + ([] if item.pieces else ["stocked = false"])
        blocks.append("\n".join([*lines, f'source = "{item.source}"']) + "\n")
    return "\n".join(blocks)
