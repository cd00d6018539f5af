"""The rule book: which deeds earn or cost how many points, since when, and who decided it.

Every value comes from the village's own document; what a document leaves out is refused, never guessed. Worked
example, a ladder and a count per head (S-27): ``honour`` at level ``county`` is 15 points whatever else the family
has; ``sanitation`` at 5 a head is 10 for two members of one household.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from pointsledger.calendar import WINDOWS
from pointsledger.documents import (
    HEADING_KEYS,
    Document,
    Heading,
    Mandate,
    Table,
    from_said_keys,
    refuse_twins,
    with_present,
)
from pointsledger.errors import (
    AmountTooLarge,
    RuleBookInvalid,
    UnexpectedLevel,
    UnexpectedQuantity,
    UnknownActivity,
    UnknownLevel,
)
from pointsledger.named import Named, find_named, nearest_named
from pointsledger.points import LARGEST_AMOUNT, QUANTITY_DECIMALS, number_text, scaled
from pointsledger.words import Words

if TYPE_CHECKING:
    from pathlib import Path

TEXT_LIMIT = 2_000
UNITS = ("time", "head", "hour", "piece", "level")
SIGNS = ("plus", "minus", "both")
LIMIT_SPANS = WINDOWS
LIMIT_SCOPES = ("household", "resident", "village")
LIMIT_MODES = ("partial", "reject")
ARREARS = ("allow", "block", "write_off")
"""What happens when points are taken that are not there (S-49): they are owed, refused, or written off."""

_A_PRICE_LIST = Words(
    "holds [[item]] blocks: it is a price list; check and adopt it with prices, or give a rule book.",
    "写有 [[item]] 段，是价目表，不是积分细则；请用 prices check、prices adopt，或改给积分细则。",
)

_ONE: Final[int] = 10**QUANTITY_DECIMALS


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many points, or times (one of the two is None), in a span of time, for each of its scope."""

    points: int | None
    times: int | None
    per: str
    by: str
    mode: str

    def to_said(self) -> dict[str, Any]:
        """Return the limit as JSON values."""
        return with_present({"per": self.per, "by": self.by, "mode": self.mode}, points=self.points, times=self.times)


@dataclass(frozen=True, slots=True)
class Level(Named):
    """One rung of a ladder, with its points in the smallest unit."""

    points: int

    def to_said(self) -> dict[str, Any]:
        """Return the level as JSON values."""
        return {"code": self.code, "name": self.name, "points": self.points}


@dataclass(frozen=True, slots=True)
class Activity(Named):
    """One thing that earns or costs points; ``points``, in the smallest unit, is None on a ladder."""

    category: str
    points: int | None
    per: str
    sign: str = "plus"
    text: str | None = None
    source: str | None = None
    limit: Limit | None = None
    levels: tuple[Level, ...] = ()

    def value(self, quantity: str | None = None, level: str | None = None) -> int:
        """Return the points that are asked for, in the smallest unit, before any limit and without a sign.

        Part of an hour is paid in part and rounded towards zero, so that a sliver of time may be worth 0.

        Args:
            quantity: how many, as ``points.quantity_text`` writes it; None means 1.
            level: on a ladder, the code of a level; a name is for ``find_level``, since limits count by code.

        Raises:
            UnknownLevel: on a ladder, if there is no such level or none is named.
            UnexpectedLevel: if a level is named and the activity has none.
            UnexpectedQuantity: for part of what is counted whole, and on a ladder for anything but 1.
            AmountTooLarge: for a quantity worth more than one act may move.

        """
        hundredths = _ONE if quantity is None else scaled(quantity, QUANTITY_DECIMALS, name="quantity")
        if self.points is None:
            if hundredths != _ONE:
                raise self._unexpected(quantity, Words(", and only 1 of a level", "，且每个等级只能填 1"))
            return self._level(level).points
        if level is not None:
            raise UnexpectedLevel(activity=self.code, activity_name=self.name, level=level)
        if self.per != "hour" and hundredths % _ONE:
            raise self._unexpected(quantity, Words("", ""))
        product = self.points * hundredths // _ONE  # both are positive: the floor is towards zero
        if product > LARGEST_AMOUNT:
            most = LARGEST_AMOUNT * _ONE // self.points
            most -= 0 if self.per == "hour" else most % _ONE
            limit = number_text(most, QUANTITY_DECIMALS)
            raise AmountTooLarge(name="quantity", value=quantity, limit=limit)
        return product

    def find_level(self, code_or_name: str) -> Level | None:
        """Return the level of that code or name, or None; ``find`` says what makes no difference."""
        return find_named(self.levels, code_or_name)

    def _level(self, level: str | None) -> Level:
        # By its very code: a level counted once by code and again by name would be paid twice (S-27).
        found = next((known for known in self.levels if known.code == level), None)
        if found is None:
            allowed = ", ".join(f"{each.code} ({each.name})" for each in self.levels)
            raise UnknownLevel(activity=self.code, activity_name=self.name, level=level or "", allowed=allowed)
        return found

    def _unexpected(self, quantity: str | None, only_one: Words) -> UnexpectedQuantity:
        return UnexpectedQuantity(
            activity=self.code,
            activity_name=self.name,
            per=self.per,
            quantity=quantity,
            only_one=only_one.en,
            only_one_zh=only_one.zh,
        )

    def to_said(self) -> dict[str, Any]:
        """Return the activity as JSON values; its limit is a list of one, so that a later format may hold more."""
        said = {
            "code": self.code,
            "name": self.name,
            "category": self.category,
            "per": self.per,
            "sign": self.sign,
        }
        return with_present(
            said,
            points=self.points,
            text=self.text,
            source=self.source,
            limits=[self.limit.to_said()] if self.limit else None,
            levels=[level.to_said() for level in self.levels],
        )


@dataclass(frozen=True, slots=True)
class Risk:
    """An activity that law or policy makes risky: the word that shows it, why, and whom to ask. It blocks nothing."""

    activity: str
    topic: str
    word: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One version of a village's rules, in force from ``first_day`` on; activities stand in the document's order."""

    name: str
    first_day: str
    retroactive: bool
    mandate: Mandate
    arrears: str
    categories: tuple[tuple[str, str], ...]
    activities: Mapping[str, Activity]

    @classmethod
    def from_toml(cls, text: str, *, file: str, decimals: int) -> Self:
        """Read TOML ``text``; ``decimals`` are the village's, ``file`` is the name given in faults.

        Raises:
            RuleBookInvalid: with every fault of the text.

        """
        return cls._read(Document.from_toml(text, file=file, error=RuleBookInvalid), decimals)

    @classmethod
    def from_file(cls, path: str | Path, *, decimals: int) -> Self:
        """Read the TOML file at ``path``, which is UTF-8.

        Raises:
            FileUnreadable: if it is not there or may not be read.
            RuleBookInvalid: with every fault of the file.

        """
        return cls._read(Document.from_file(path, error=RuleBookInvalid), decimals)

    @classmethod
    def from_said(cls, said: Mapping[str, Any]) -> Self:
        """Return the rule book that ``to_said`` wrote.

        Raises:
            RuleBookInvalid: if it is not something that ``to_said`` writes.

        """
        values = from_said_keys(said, {"categories": "category", "activities": "activity"}, flags=("retroactive",))
        if isinstance(activities := values.get("activity"), list):
            values["activity"] = [_activity_keys(each) for each in activities]
        return cls._read(Document("rule book in the journal", values), 0)

    @classmethod
    def _read(cls, document: Document, decimals: int) -> Self:
        document.refuse_other("item", _A_PRICE_LIST, RuleBookInvalid)
        root = document.root
        root.only(*HEADING_KEYS, "arrears", "category", "activity")
        heading = Heading.read(root)
        arrears = root.choice("arrears", ARREARS, "allow")
        categories = _read_categories(root.tables("category"))
        tables = root.tables("activity")
        activities = [_read_activity(table, decimals) for table in tables]
        refuse_twins(tables, activities)
        if categories:
            for table, activity in zip(tables, activities, strict=True):
                _refuse_undeclared(table, activity, [code for code, _ in categories])
        document.refuse_faults(RuleBookInvalid)
        return cls(
            name=heading.name,
            first_day=heading.first_day,
            retroactive=heading.retroactive,
            mandate=heading.mandate,
            arrears=arrears,
            categories=categories,
            activities=MappingProxyType({activity.code: activity for activity in activities}),
        )

    def to_said(self) -> dict[str, Any]:
        """Return the rule book as JSON of objects, lists, texts and integers only; the same book gives the same."""
        said = Heading(self.name, self.first_day, self.retroactive, self.mandate).to_said()
        return with_present(
            said | {"arrears": self.arrears},
            categories=[{"code": code, "name": name} for code, name in self.categories],
            activities=[activity.to_said() for activity in self.activities.values()],
        )

    def find(self, code_or_name: str) -> Activity | None:
        """Return the activity of that code or name, or None; width, capitals and spaces make no difference."""
        return self.activities.get(code_or_name) or find_named(self.activities.values(), code_or_name)

    def nearest(self, text: str) -> str | None:
        """Return the code or name most like ``text``, for a hint, or None."""
        return nearest_named(self.activities.values(), text)

    def required(self, code: str, on: str) -> Activity:
        """Return the activity of that code; ``on`` is the day on which the book is asked.

        Raises:
            UnknownActivity: if there is none, with the code or name that comes nearest.

        """
        found = self.activities.get(code)
        if found is not None:
            return found
        near = self.nearest(code)
        hint, hint_zh = (f" (did you mean {near}?)", f"（是否指 {near}？）") if near else ("", "")
        raise UnknownActivity(activity=code, on=on, hint=hint, hint_zh=hint_zh)

    def warnings(self) -> tuple[Risk, ...]:
        """Return what law or policy makes risky, one for each activity and topic; none of it blocks the book."""
        return tuple(risk for activity in self.activities.values() for risk in _risks(activity))


def _read_categories(tables: tuple[Table, ...]) -> tuple[tuple[str, str], ...]:
    categories = []
    for table in tables:
        table.only("code", "name")
        categories.append(Named(code=table.code(), name=table.text("name")))
    refuse_twins(tables, categories)
    return tuple((category.code, category.name) for category in categories)


def _read_activity(table: Table, decimals: int) -> Activity:
    table.only("code", "name", "category", "points", "per", "sign", "text", "source", "limit", "level")
    per = table.choice("per", UNITS)
    levels = _read_levels(table, per, decimals)
    if per == "level" and "points" in table.values:
        other = table.where("per")
        wrong = Words(f'stands beside {other} = "level"', f'与 {other} = "level" 并列')
        table.fault("points", wrong, Words("points in each level only", "只在各等级内写 points"))
    minus = Words('; to take points away write sign = "minus"', '；扣分请写 sign = "minus"')
    # Where per itself is at fault nobody knows whether points are missing.
    due = per != "level" and (per or "points" in table.values)
    points = table.points("points", decimals, below_zero=minus) if due else None
    return Activity(
        code=table.code(),
        name=table.text("name"),
        category=table.code("category"),
        points=points,
        per=per,
        sign=table.choice("sign", SIGNS, "plus"),
        text=table.optional_text("text", TEXT_LIMIT, lines=True),
        source=table.optional_text("source"),
        limit=_read_limit(table, decimals, points, levels),
        levels=levels,
    )


def _read_levels(activity: Table, per: str, decimals: int) -> tuple[Level, ...]:
    other = activity.where("per")
    if per != "level":
        if "level" in activity.values and per:
            wrong = Words(f'stands beside {other} = "{per}"', f'与 {other} = "{per}" 并列')
            allowed = Words(f'levels with {other} = "level" only', f'仅在 {other} = "level" 时分等级')
            activity.fault("level", wrong, allowed)
        return ()
    tables = activity.tables("level")
    if "level" not in activity.values or activity.values["level"] == []:
        wrong = Words(f'is missing, and {other} = "level" needs it', f'缺少等级，而 {other} = "level"')
        allowed = Words("one block [[activity.level]] or more", "一个或多个 [[activity.level]] 段")
        activity.fault("level", wrong, allowed)
    levels = []
    for table in tables:
        table.only("code", "name", "points")
        level = Level(code=table.code(), name=table.text("name"), points=table.points("points", decimals))
        levels.append(level)
    refuse_twins(tables, levels)
    return tuple(levels)


def _read_limit(activity: Table, decimals: int, points: int | None, levels: tuple[Level, ...]) -> Limit | None:
    if "limit" not in activity.values or (table := activity.table("limit")) is None:
        return None
    table.only("points", "times", "per", "by", "mode")
    if ("points" in table.values) == ("times" in table.values):
        wrong = (
            Words("has both points and times", "同时写了 points 和 times")
            if "points" in table.values
            else Words("has neither points nor times", "points 和 times 都没有写")
        )
        activity.fault("limit", wrong, Words("exactly one of points | times", "points | times 二者恰取其一"))
    limit = Limit(
        points=table.points("points", decimals) if "points" in table.values else None,
        times=table.whole("times", least=1) if "times" in table.values else None,
        per=table.choice("per", LIMIT_SPANS),
        by=table.choice("by", LIMIT_SCOPES, "household"),
        mode=table.choice("mode", LIMIT_MODES, "partial"),
    )
    ones = [(points or 0, activity.where("points"))]
    for number, level in enumerate(levels, 1):
        ones.append((level.points, activity.where(f"level[{number}].points")))
    for one, where in ones:
        if limit.points and limit.points < one:
            shown, other = number_text(limit.points, decimals), number_text(one, decimals)
            wrong = Words(f"{shown} is less than {where} {other}", f"{shown} 小于 {where} {other}")
            table.fault("points", wrong, Words(f"{other} or more", f"不小于 {other}"))
    return limit


def _refuse_undeclared(table: Table, activity: Activity, declared: list[str]) -> None:
    if activity.category and activity.category not in declared:
        wrong = Words(
            f"{activity.category} is the code of no [[category]] (category[].code)",
            f"{activity.category} 不在 [[category]] 的代码（category[].code）之中",
        )
        known = [code for code in declared if code]
        table.fault("category", wrong, Words(", ".join(known), "、".join(known)))


def _activity_keys(said: object) -> object:
    if not isinstance(said, Mapping):
        return said
    values = from_said_keys(said, {"levels": "level"})
    limits = values.get("limits")
    if isinstance(limits, list) and len(limits) == 1:
        values["limit"] = values.pop("limits")[0]
    return values


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


def _risks(activity: Activity) -> list[Risk]:
    spoken = [activity.name, activity.text or "", activity.code]
    spoken += [word for level in activity.levels for word in (level.name, level.code)]
    text = "\n".join(spoken)
    found = ((topic, topic.words.search(text)) for topic in _TOPICS)
    return [Risk(activity.code, topic.code, match[0], topic.en, topic.zh) for topic, match in found if match]
