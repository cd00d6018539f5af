"""Activities (积分事项): what earns or costs points, and what a deed of one is worth before any limit.

The order is that of the semantics: quantity x points, by the multiplier of the day, rounded towards zero once. Worked
example, a ladder and a count per head (S-27): ``honour`` at level ``county`` is 15 points whatever else the family has;
``sanitation`` at 5 a head is 10 for two members of one household.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pointsledger.errors import (
    AmountTooLarge,
    RuleSilent,
    UnexpectedLevel,
    UnexpectedMinutes,
    UnexpectedQuantity,
    UnknownLevel,
)
from pointsledger.rules import hours, multipliers
from pointsledger.rules.documents import from_said_keys, refuse_twins, with_present
from pointsledger.rules.limits import Limit, Unit, read_limits
from pointsledger.rules.named import Named, find_named
from pointsledger.rules.tiers import Tier, gap_around, read_tiers, tier_on
from pointsledger.values.points import LARGEST_AMOUNT, QUANTITY_DECIMALS, number_text, scaled
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

TEXT_LIMIT = 2_000
UNITS = ("time", "head", "hour", "piece", "level")
SIGNS = ("plus", "minus", "both")

_ONE: Final[int] = 10**QUANTITY_DECIMALS
_KEYS = (
    *("code", "name", "category", "points", "per", "rounding", "sign", "text", "source"),
    *("limit", "level", "tier"),
)


@dataclass(frozen=True, slots=True)
class Level(Named):
    """One rung of a ladder, with its points in the smallest unit."""

    points: int

    def to_said(self) -> dict[str, Any]:
        """Return the level as JSON values."""
        return {"code": self.code, "name": self.name, "points": self.points}


@dataclass(frozen=True, slots=True)
class Activity(Named):
    """One thing that earns or costs points; ``points``, in the smallest unit, is None on a ladder and with tiers.

    ``rounding`` is how its minutes become hours (see ``hours``), None where each minute is paid as it is.
    """

    category: str
    points: int | None
    per: str
    sign: str = "plus"
    text: str | None = None
    source: str | None = None
    limits: tuple[Limit, ...] = ()
    levels: tuple[Level, ...] = ()
    tiers: tuple[Tier, ...] = ()
    rounding: str | None = None

    def value(
        self,
        quantity: str | None = None,
        level: str | None = None,
        *,
        minutes: int | None = None,
        on: str = "",
        factor: int = multipliers.ONE,
    ) -> int:
        """Return the points that are asked for, in the smallest unit, before any limit and without a sign.

        What is less than the smallest unit is cut off, so that a sliver of time may be worth 0.

        Args:
            quantity: how many, as ``points.quantity_text`` writes it; None means 1.
            level: on a ladder, the code of a level; a name is for ``find_level``, since limits count by code.
            minutes: of a service, in place of a quantity in hours.
            on: the day of the deed, by which tiers go.
            factor: of the multiplier that applies, in its smallest unit.

        Raises:
            UnknownLevel: on a ladder, if there is no such level or none is named.
            UnexpectedLevel: if a level is named and the activity has none.
            UnexpectedQuantity: for part of what is counted whole, and on a ladder for anything but 1.
            UnexpectedMinutes: for minutes of what is not counted in hours, or beside a quantity.
            RuleSilent: if no tier says anything of the day.
            AmountTooLarge: for a quantity worth more than one act may move.

        """
        if minutes is not None and (self.per != "hour" or quantity is not None):
            also = Words(" and has a quantity", "，并已填数量") if quantity is not None else Words("", "")
            told = {"activity": self.code, "activity_name": self.name, "per": self.per}
            raise UnexpectedMinutes(**told, also=also.en, also_zh=also.zh)
        hundredths = _ONE if quantity is None else scaled(quantity, QUANTITY_DECIMALS, name="quantity")
        one = self._one(hundredths, quantity, level, on)
        if self.per == "hour":
            counted, whole = self.paid(quantity, minutes), hours.HOUR
        elif hundredths % _ONE:
            raise self._unexpected(quantity, Words("", ""))
        else:
            counted, whole = hundredths, _ONE
        product = one * counted * factor // (whole * multipliers.ONE)  # all positive: the floor is towards zero
        if product > LARGEST_AMOUNT:
            raise self._too_large(quantity, minutes, one * factor)
        return product

    def paid(self, quantity: str | None, minutes: int | None) -> int:
        """Return how much time is paid of what was served, in hundredths of a minute."""
        if minutes is not None:
            return hours.paid(hours.of_minutes(minutes), self.rounding)
        hundredths = _ONE if quantity is None else scaled(quantity, QUANTITY_DECIMALS, name="quantity")
        return hours.paid(hours.of_hundredths(hundredths), self.rounding)

    def find_level(self, code_or_name: str) -> Level | None:
        """Return the level of that code or name, or None; ``find`` says what makes no difference."""
        return find_named(self.levels, code_or_name)

    def _one(self, hundredths: int, quantity: str | None, level: str | None, on: str) -> int:
        """Return what one of its unit is worth, on a day."""
        if self.per == "level":
            if hundredths != _ONE:
                raise self._unexpected(quantity, Words(", and only 1 of a level", "，且每个等级只能填 1"))
            return self._level(level).points
        if level is not None:
            raise UnexpectedLevel(activity=self.code, activity_name=self.name, level=level)
        if self.points is not None:
            return self.points
        tier = tier_on(self.tiers, on)
        if tier is None:
            days = gap_around(self.tiers, on)
            gap, gap_zh = f"{self.code} ({self.name}) {days.en}", f"{self.name}（{self.code}）{days.zh}"
            raise RuleSilent(document="rule book", document_zh="积分细则", on=on, gap=gap, gap_zh=gap_zh)
        return tier.points

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

    def _too_large(self, quantity: str | None, minutes: int | None, one: int) -> AmountTooLarge:
        most = LARGEST_AMOUNT * _ONE * multipliers.ONE // one
        if minutes is not None:
            return AmountTooLarge(name="minutes", value=minutes, limit=most * hours.of_hundredths(1) // 100)
        most -= 0 if self.per == "hour" else most % _ONE
        return AmountTooLarge(name="quantity", value=quantity, limit=number_text(most, QUANTITY_DECIMALS))

    def to_said(self) -> dict[str, Any]:
        """Return the activity as JSON values."""
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
            rounding=self.rounding,
            text=self.text,
            source=self.source,
            limits=[limit.to_said() for limit in self.limits],
            levels=[level.to_said() for level in self.levels],
            tiers=[tier.to_said() for tier in self.tiers],
        )

    @staticmethod
    def keys_of_said(said: object) -> object:
        """Return what ``to_said`` wrote under the keys of the TOML form."""
        if not isinstance(said, Mapping):
            return said
        values = from_said_keys(said, {"levels": "level", "tiers": "tier"})
        limits = values.get("limits")
        if isinstance(limits, list) and limits:
            del values["limits"]
            values["limit"] = limits if len(limits) > 1 else limits[0]
        return values


def read_activity(table: Table, decimals: int) -> tuple[Activity, tuple[Unit, ...]]:
    """Read a block ``[[activity]]``; return it with what one deed of it is worth, where the document says so."""
    table.only(*_KEYS)
    per = table.choice("per", UNITS)
    code, category, sign = table.code(), table.code("category"), table.choice("sign", SIGNS, "plus")
    levels = _read_levels(table, per, decimals)
    tiers = _read_tiers(table, per, decimals)
    points = _read_points(table, per, decimals)
    worth = [(points or 0, table.where("points"))]
    worth += [(each.points, table.where(f"level[{number}].points")) for number, each in enumerate(levels, 1)]
    worth += [(each.points, table.where(f"tier[{number}].points")) for number, each in enumerate(tiers, 1)]
    units = tuple(Unit(one, where, code, category, sign) for one, where in worth)
    activity = Activity(
        code=code,
        name=table.text("name"),
        category=category,
        points=points,
        per=per,
        sign=sign,
        text=table.optional_text("text", TEXT_LIMIT, lines=True),
        source=table.optional_text("source"),
        limits=read_limits(table, decimals, units),
        levels=levels,
        tiers=tiers,
        rounding=_read_rounding(table, per),
    )
    return activity, units


def _read_points(table: Table, per: str, decimals: int) -> int | None:
    for key, beside, where in (("per", per == "level", "level"), ("tier", "tier" in table.values, "tier")):
        if beside and "points" in table.values:
            other = table.where(key)
            wrong = (
                Words(f'stands beside {other} = "level"', f'与 {other} = "level" 并列')
                if where == "level"
                else Words(f"stands beside {other}", f"与 {other} 并列")
            )
            named = Words("points in each level only", "只在各等级内写 points")
            named = named if where == "level" else Words("points in each tier only", "只在各档内写 points")
            table.fault("points", wrong, named)
            return None
    minus = Words('; to take points away write sign = "minus"', '；扣分请写 sign = "minus"')
    # Where per itself is at fault nobody knows whether points are missing.
    due = per != "level" and "tier" not in table.values and (per or "points" in table.values)
    return table.points("points", decimals, below_zero=minus) if due else None


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


def _read_tiers(activity: Table, per: str, decimals: int) -> tuple[Tier, ...]:
    if "tier" in activity.values and per == "level":
        other = activity.where("per")
        wrong = Words(f'stands beside {other} = "level"', f'与 {other} = "level" 并列')
        activity.fault("tier", wrong, Words("tiers without levels", "分档与分等级不能并用"))
        return ()
    if activity.values.get("tier") == []:
        activity.fault(
            "tier",
            Words("is empty", "为空"),
            Words("one block [[activity.tier]] or more", "一个或多个 [[activity.tier]] 段"),
        )
    return read_tiers(activity, decimals)


def _read_rounding(activity: Table, per: str) -> str | None:
    if "rounding" not in activity.values:
        return None
    if per and per != "hour":
        other = activity.where("per")
        wrong = Words(f'stands beside {other} = "{per}"', f'与 {other} = "{per}" 并列')
        activity.fault("rounding", wrong, Words(f'only with {other} = "hour"', f'仅在 {other} = "hour" 时'))
    return activity.choice("rounding", hours.ROUNDINGS)
