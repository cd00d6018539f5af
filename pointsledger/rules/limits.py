"""Limits: the most that may be granted of something in a span of time, as a rule book says it.

A rule book limits an activity, a category, everything, or the whole programme (``[[ceiling]]``); a household, a
resident or the village; a single deed or a span of time. It may hold several limits on one deed: each lets through as
much as it has room for, and the least of all counts. What limits count, ``caps`` says.

Worked example: 12 points are asked for; the activity has room for 10 of its 30 a month, the ceiling of the year for 4.
4 are granted; the activity's limit cut 2 and the ceiling another 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pointsledger.rules.documents import with_present
from pointsledger.values.calendar import WINDOWS
from pointsledger.values.points import number_text
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

PER_DEED = "deed"
"""The span of a limit on what one award may bring, however often it is given."""

LIMIT_SPANS = WINDOWS
LIMIT_SCOPES = ("household", "resident", "village")
LIMIT_MODES = ("partial", "reject")
CEILING_SCOPES = ("household", "village")

ALL = "all"
CATEGORY = "category:"
ACTIVITY = "activity:"
CEILING = "ceiling"


class Unit(NamedTuple):
    """What one deed is worth, where the rule book says so, and of which activity it is."""

    points: int
    where: str
    activity: str
    category: str
    sign: str


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many points, or times (one of the two is None), in a span of time, for each of its scope.

    ``of`` is what it limits: ``all``, ``category:CODE``, ``ceiling``, or nothing for the activity that it stands in.
    ``with_base`` says that a ceiling counts base points too.
    """

    points: int | None
    times: int | None
    per: str
    by: str
    mode: str
    of: str = ""
    with_base: bool = False

    def concerns(self, category: str) -> bool:
        """Tell whether a limit of the rule book as a whole limits what is granted in ``category``."""
        return self.of in {ALL, CEILING, CATEGORY + category}

    def to_said(self) -> dict[str, Any]:
        """Return the limit as JSON values."""
        by = {} if self.per == PER_DEED else {"by": self.by}
        said = {"per": self.per, **by, "mode": self.mode}
        told = with_present(
            said, points=self.points, times=self.times, of=None if self.of in {"", CEILING} else self.of
        )
        return with_present(told, with_base=1 if self.with_base else None)


def scope_in_words(of: str, name: str, *, with_base: bool = False) -> Words:
    """Return what a limit is of (see ``Limit.of``), ``name`` being that of its category or activity."""
    if of == ALL:
        return Words("all activities together", "各事项合计")
    if of.startswith(CATEGORY):
        return Words(f"category {name}", f"类别“{name}”")
    if of.startswith(ACTIVITY):
        return Words(name, f"“{name}”")
    base = Words(", base points included,", "（含基础分）") if with_base else Words("", "")
    return Words(f"the whole programme{base.en}", f"总上限{base.zh}")


def in_order(own: Iterable[Limit], caps: Iterable[Limit], ceilings: Iterable[Limit]) -> tuple[Limit, ...]:
    """Return the limits on a deed in the order in which they cut it: on the deed, on spans, ceilings."""
    spans = [*own, *caps]
    first = [limit for limit in spans if limit.per == PER_DEED]
    return (*first, *(limit for limit in spans if limit.per != PER_DEED), *ceilings)


# --- reading -----------------------------------------------------------------------------------------------


def read_limits(activity: Table, decimals: int, units: Sequence[Unit]) -> tuple[Limit, ...]:
    """Read the limit of an activity, or its several: ``limit = { ... }`` or blocks ``[[activity.limit]]``."""
    tables = activity.one_or_several("limit")
    limits = [_read(table, decimals, LIMIT_SCOPES, ("points", "times", "per", "by", "mode")) for table in tables]
    for table, limit in zip(tables, limits, strict=True):
        _refuse_below(table, limit, units, decimals)
    _refuse_twins(tables, limits)
    return tuple(limits)


def read_caps(root: Table, decimals: int, units: Sequence[Unit], categories: Sequence[str]) -> tuple[Limit, ...]:
    """Read the limits on categories and on everything, the blocks ``[[cap]]``."""
    tables = root.tables("cap")
    limits = []
    for table in tables:
        of = read_scope(table, {CATEGORY: categories})
        limit = _read(table, decimals, LIMIT_SCOPES, ("of", "points", "times", "per", "by", "mode"), of=of)
        _refuse_below(table, limit, [unit for unit in units if limit.concerns(unit.category)], decimals)
        limits.append(limit)
    _refuse_twins(tables, limits)
    return tuple(limits)


def read_ceilings(root: Table, decimals: int, units: Sequence[Unit]) -> tuple[Limit, ...]:
    """Read what the whole programme may grant, one table ``[ceiling]`` or several ``[[ceiling]]``."""
    tables = root.one_or_several("ceiling")
    limits = []
    for table in tables:
        keys = ("points", "per", "by", "mode", "with_base")
        limit = _read(
            table, decimals, CEILING_SCOPES, keys, of=CEILING, with_base=table.flag("with_base", default=False)
        )
        _refuse_below(table, limit, units, decimals)
        limits.append(limit)
    _refuse_twins(tables, limits)
    return tuple(limits)


def read_scope(table: Table, known: Mapping[str, Sequence[str]]) -> str:
    """Read what a block is ``of``: all, or one of the codes ``known`` behind each prefix."""
    words = [ALL, *(prefix + code for prefix, codes in known.items() for code in codes)]
    return table.choice("of", words)


def _read(
    table: Table,
    decimals: int,
    scopes: Sequence[str],
    keys: Sequence[str],
    *,
    of: str = "",
    with_base: bool = False,
) -> Limit:
    table.only(*keys)
    counts = [key for key in ("points", "times") if key in keys]
    _refuse_both(table, counts)
    spans = LIMIT_SPANS if of == CEILING else (PER_DEED, *LIMIT_SPANS)
    per = table.choice("per", spans)
    limit = Limit(
        points=table.points("points", decimals) if "points" in table.values or counts == ["points"] else None,
        times=table.whole("times", least=1) if "times" in counts and "times" in table.values else None,
        per=per,
        by=table.choice("by", scopes, "household"),
        mode=table.choice("mode", LIMIT_MODES, "partial"),
        of=of,
        with_base=with_base,
    )
    for key in ("times", "by") if per == PER_DEED else ():
        if key in table.values:
            other = table.where("per")
            wrong = Words(f'stands beside {other} = "{PER_DEED}"', f'与 {other} = "{PER_DEED}" 并列')
            allowed = Words("points alone for one deed", "对单笔只限 points")
            table.fault(key, wrong, allowed)
    return limit


def _refuse_both(table: Table, counts: Sequence[str]) -> None:
    if counts != ["points", "times"] or ("points" in table.values) != ("times" in table.values):
        return
    wrong = (
        Words("has both points and times", "同时写了 points 和 times")
        if "points" in table.values
        else Words("has neither points nor times", "points 和 times 都没有写")
    )
    table.fault_of_all(wrong, Words("exactly one of points | times", "points | times 二者恰取其一"))


def _refuse_below(table: Table, limit: Limit, units: Iterable[Unit], decimals: int) -> None:
    """Refuse a limit that can never let one deed through whole: both keys are named."""
    for unit in units:
        if limit.of and unit.sign == "minus":
            continue  # it is never granted
        if limit.points and limit.points < unit.points:
            shown, other = number_text(limit.points, decimals), number_text(unit.points, decimals)
            wrong = Words(f"{shown} is less than {unit.where} {other}", f"{shown} 小于 {unit.where} {other}")
            table.fault("points", wrong, Words(f"{other} or more", f"不小于 {other}"))


def _refuse_twins(tables: Sequence[Table], limits: Sequence[Limit]) -> None:
    """Refuse two limits that count the same: only the smaller could ever bind."""
    told: Callable[[Limit], object] = lambda one: (one.of, one.times is None, one.per, one.by, one.with_base)  # noqa: E731 - its type is its docstring
    seen: dict[object, Table] = {}
    for table, limit in zip(tables, limits, strict=True):
        first = seen.setdefault(told(limit), table)
        if first is not table and limit.per:
            other, measure = first.where("per"), "times" if limit.points is None else "points"
            wrong = Words(
                f"{limit.per} limits {measure} by {limit.by} once more beside {other}, and only the smaller could bind",
                f"{limit.per} 与 {other} 重复：同是每 {limit.by} 的 {measure} 限额，只有较小的起作用",
            )
            table.fault("per", wrong, Words("one of the two", "两者留一"))
