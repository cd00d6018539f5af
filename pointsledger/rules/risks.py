"""Risks: activities that law or policy makes risky, told by the words in them; none of it blocks a rule book."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Risk:
    """An activity that law or policy makes risky: the word that shows it, why, and whom to ask. It blocks nothing."""

    activity: str
    topic: str
    word: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class _Topic:
    """What makes a rule risky: its words, and the sentences for both languages."""

    code: str
    words: re.Pattern[str]
    en: str
    zh: str


def _words(chinese: str, latin: str) -> re.Pattern[str]:
    # Latin words stand alone or between the hyphens of a code; "define" holds no fine.
    return re.compile(rf"{chinese}|(?<![a-z])(?:{latin})(?![a-z])", re.IGNORECASE)


_TOPICS: Final = (
    _Topic(
        "petitioning",
        _words("信访|上访", "petition(?:s|ed|ing|ers?)?|xinfang|shangfang"),
        "Petitioning is a right; points lost for it, or earned for refraining, can be taken as hindering or punishing"
        " it. Ask the township's petition office or justice office before adopting it.",
        "信访是群众的权利；因信访扣分，或因不信访加分，可能被认定为阻拦或打击报复。采用前请咨询乡镇信访工作机构或司法所。",
    ),
    _Topic(
        "births",
        # 设计生态, 统计生活 and 卫生育人 only look like it
        _words("(?<![卫学])生育|(?<![设统合会])计生", "births?|family[ -]planning|jisheng|shengyu"),
        "Births are governed by law alone; a village may not reward or punish their number or time by points. Ask the"
        " township's health and family planning office before adopting it.",
        "生育事项由法律规定，村里不宜用积分奖惩生育的多少与早晚。采用前请咨询乡镇卫生健康（计生）工作机构。",
    ),
    _Topic(
        "welfare",
        _words("低保|救助", "welfare|social assistance|subsistence allowances?|dibao|jiuzhu"),
        "Who receives welfare is decided by law and by need; points may neither be a condition of it nor take it away."
        " Ask the township's civil affairs office before adopting it.",
        "低保和社会救助依法按困难情况认定，不得与积分挂钩或因扣分停发。采用前请咨询乡镇民政部门。",
    ),
    _Topic(
        "religion",
        _words("宗教|教会|寺庙", "religio(?:n|ns|us)|church(?:es)?|temples?|zongjiao|jiaohui|simiao"),
        "Belief is free; points may neither reward nor punish it. Ask the county's office for religious affairs before"
        " adopting it.",
        "公民有宗教信仰自由，不得因信教或不信教加分、扣分。采用前请咨询县级民族宗教事务部门。",
    ),
    _Topic(
        "fines",
        _words("罚款", "fine[sd]?|fakuan"),
        "A villagers' committee has no power to fine; money may not be taken for lost points, nor points sold for it."
        " Ask the township's justice office before adopting it.",
        "村民委员会没有罚款权，不得以扣分代替罚款或折算收钱。采用前请咨询乡镇司法所。",
    ),
)


def risks_in(activity: str, spoken: Iterable[str]) -> list[Risk]:
    """Return what is risky in an activity, of which ``spoken`` are all the words; one for each topic."""
    text = "\n".join(spoken)
    found = ((topic, topic.words.search(text)) for topic in _TOPICS)
    return [Risk(activity, topic.code, match[0], topic.en, topic.zh) for topic, match in found if match]
