"""The sample's households: invented people with names as a northern village has them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.sample.chance import Dice

GROUPS = "一二三四五六七八"
GROUP_SIZES = (41, 36, 38, 33, 40, 37, 35, 42)

CLANS = "王李赵张杨郭田马"
SURNAMES = "王李张刘陈杨赵周吴徐孙郭田马高何罗郑梁宋韩冯曹董任石白贺雷侯"
# E, F: an old man and woman; H, W: a man and woman in their middle years; S: a grown child; C: a minor.
GIVEN = {
    "E": (
        "建国 德福 德旺 长山 长贵 万财 有才 有田 玉山 玉林 国栋 学文 学义 福生 根生 金山 来顺 满仓 树林 天佑 "
        "文才 兴旺 永福 振江 志国 忠良 守业 保田 贵生 双喜 丙炎 明德 世昌 克俭"
    ),
    "F": (
        "秀英 桂兰 玉珍 凤英 桂芳 秀兰 玉梅 淑珍 春花 翠花 菊花 兰英 桂英 素珍 金花 月英 银花 玉英 桂花 秀芳 "
        "惠兰 巧珍 爱莲 腊梅 凤兰 彩云 改兰 喜莲 瑞英 桃花 俊英 粉莲 玉兰 秋香"
    ),
    "H": (
        "军 伟 勇 志强 永军 建军 海涛 永平 文斌 小军 卫东 立新 宝林 国强 红兵 晓东 俊峰 春生 明辉 彦斌 "
        "海军 建平 永刚 志明 向阳 新民 拴柱 平 强 涛 林 广林 喜平 占军"
    ),
    "W": (
        "丽 红梅 海燕 小红 艳玲 春燕 晓霞 翠萍 雪梅 艳 芳 彩霞 亚萍 建英 秋菊 小丽 玉霞 红霞 巧玲 慧芳 "
        "爱华 小梅 丽娟 春梅 敏 海霞 凤霞 红艳 晓梅 粉霞 亚琴 淑芳 霞 改琴"
    ),
    "S": (
        "浩 鹏飞 佳豪 宇航 文博 子豪 嘉伟 志远 凯 婷 雨欣 佳怡 思雨 静怡 晓雯 梦瑶 欣怡 佳慧 文静 泽宇 "
        "晨阳 博文 丹 倩 帅 磊 甜甜 婷婷 亚楠 旭东"
    ),
    "C": (
        "梓轩 子涵 浩然 一诺 雨桐 宇轩 沐阳 欣妍 俊熙 诗涵 梓萱 浩宇 子墨 奕辰 若曦 可馨 思远 语嫣 天宇 "
        "昊天 佳琪 嘉怡 睿 乐乐 晨曦 书瑶 俊杰 雅琪 铭泽 依诺"
    ),
}
FAMILIES = (
    *((6, "E"), (8, "F"), (17, "EF"), (9, "HW"), (4, "HE"), (7, "HWC"), (1, "WHC"), (6, "HWS"), (6, "HWF")),
    *((5, "EFS"), (8, "HWCC"), (6, "HWCF"), (4, "HWSC"), (5, "HWCEF"), (4, "HWCCF"), (4, "HWCCEF")),
)
NAMESAKES = 2


@dataclass(frozen=True, slots=True)
class Household:
    """A household; ``people`` are name and role, its head first. ``tidy`` and ``keen`` run from 0 to 1."""

    code: str
    group: int
    people: tuple[tuple[str, str], ...]
    tidy: float
    keen: float

    @property
    def adults(self) -> list[str]:
        """The names of those who are of age."""
        return [name for name, role in self.people if role != "C"]


def name_of(role: str, clan: str, dice: Dice, borne: Counter[str]) -> str:
    """Return a name that at most one other in the village bears; women keep the surname they were born with."""
    while True:
        surname = dice.pick(SURNAMES) if role in "FW" else clan
        name = surname + dice.pick(GIVEN[role].split())
        if borne[name] < NAMESAKES:
            borne[name] += 1
            return name


def make_households() -> list[Household]:
    """Return every household, in the order of its code."""
    dice, borne, households = Dice("households"), Counter[str](), []
    for group, size in enumerate(GROUP_SIZES, 1):
        for number in range(1, size + 1):
            clan = CLANS[group - 1] if dice.chance(0.45) else dice.pick(SURNAMES)
            people: list[tuple[str, str]] = []
            for role in dice.weighed(FAMILIES):
                name = name_of(role, clan, dice, borne)
                while name in dict(people):
                    name = name_of(role, clan, dice, borne)
                people.append((name, role))
            code = f"{group:02}-{number:03}"
            households.append(Household(code, group, tuple(people), dice.spread(0.4, 1.0), dice.spread(0.1, 0.9)))
    return households
