"""Thresholds: from where on something is worth an inspector's time, with the reason of each default.

They are no rules of the village: nothing in the book depends on them, and who inspects may set others in a file. A file
needs to name only those that it changes.

    format = 1
    [late-entries]
    days = 10
    [without-evidence]
    points = "7.5"

Points may have as many decimals as the points of the book; with more the book is not inspected, and says why. 0 points
is however few, down to the smallest that the book knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from pointsledger.errors import ThresholdsInvalid
from pointsledger.rules.documents import FORMAT, Document, Table
from pointsledger.values.points import MAX_DECIMALS, unscaled
from pointsledger.values.words import Words

MOST = 1_000_000
"""The highest that a threshold can be, which no village reaches: it switches a check off."""


_POINTS = "points"
"""The name of the thresholds that are points, which have decimals where the book's points have them."""


class Threshold(NamedTuple):
    """One threshold of a check: its name, its default, the bounds it can have, and why the default is what it is."""

    check: str
    name: str
    default: int
    most: int
    reason: Words


def _from(check: str, name: str, default: int, *reason: str, most: int = MOST) -> Threshold:
    return Threshold(check, name, default, most, Words(*reason))


_PERCENT = 100

THRESHOLDS: tuple[Threshold, ...] = (
    _from(
        "collectors-for-many",
        "households",
        3,
        "a neighbour collects for one or two; the cadre who was caught had collected for six",
        "邻居代领一两户是常情；查实的案例里一名干部代领六户",
    ),
    _from("own-approval", "records", 1, "an approval by whoever recorded is none", "自己录入自己审核等于没有审核"),
    _from(
        "own-household",
        "records",
        1,
        "one record is enough to ask who else was there",
        "哪怕一笔，也应问当时还有谁在场",
    ),
    _from(
        "without-evidence",
        "points",
        20,
        "four times the five points of a clean yard or a clean-up; less is not worth a sheet of paper",
        "相当于四次庭院整洁或清扫（每次 5 分）；更少的不值得另附凭据",
    ),
    _from(
        "service-without-times",
        "hours",
        4,
        "half a day: whoever served so long knows when it began",
        "半天：服务这么久，总说得出几点开始",
    ),
    _from(
        "late-entries",
        "days",
        35,
        "a month's sheet that is typed in the first days of the next month is not late",
        "次月头几天录入上月的表不算迟",
    ),
    _from(
        "minute-bursts",
        "records",
        10,
        "a practised clerk types one record in six seconds at the very best; sheets that are imported do not count",
        "熟手逐笔录入最快也要六秒一笔；整表导入的不计",
    ),
    _from(
        "minute-bursts", "times_usual", 4, "four times the operator's own usual minute", "为该经办人平常每分钟的四倍"
    ),
    _from(
        "day-bursts",
        "records",
        50,
        "fewer are a day's ordinary work",
        "不到此数的属一天的正常工作量",
    ),
    _from("day-bursts", "times_usual", 4, "four times the operator's own usual day", "为该经办人平常每天的四倍"),
    _from(
        "day-bursts",
        "days",
        5,
        "with fewer other days nobody can say what is usual",
        "其他工作日少于此数就谈不上“平常”",
    ),
    _from(
        "same-evidence",
        "households",
        5,
        "one certificate for so many households, typed within a minute, is worth a look at the certificate",
        "一分钟内为这么多户录入同一凭据，应看一看凭据原件",
    ),
    _from(
        "reversed-after-spending",
        "points",
        0,
        "the goods are gone, however few the points",
        "东西已经领走，分再少也应问",
    ),
    _from("price-off-list", "points", 0, "a price is on the list or it is not", "价格要么在价目表上，要么不在"),
    _from(
        "goods-not-taken-in",
        "pieces",
        1,
        "goods that nobody bought or was given came from somewhere",
        "没人买也没人捐的东西，总有个来处",
    ),
    _from("overlapping-times", "minutes", 1, "nobody is in two places at once", "一个人不能同时在两处"),
    _from("round-awards", "records", 20, "with fewer nothing can be said of a share", "笔数太少，谈不上比例"),
    _from(
        "round-awards",
        "multiple",
        5,
        "quantities of the unit that are counted fall on a multiple of five one time in five",
        "点数出来的数量，五次里约有一次是五的倍数",
        most=1_000,
    ),
    _from(
        "round-awards",
        "percent",
        80,
        "four times what counting gives",
        "为据实点数应有比例的四倍",
        most=_PERCENT,
    ),
    _from(
        "names-not-in-register",
        "pickups",
        1,
        "one misspelt name once exposed a whole roster",
        "曾有一个写错的名字牵出整份假名册",
    ),
    _from(
        "refunds-goods-kept",
        "points",
        0,
        "points came back and the goods did not: the reason should be on paper",
        "退了分没有退货，理由应有书面说明",
    ),
)
"""Every threshold there is, in the order of the checks."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of an inspection: the defaults, but for those that were set."""

    chosen: Mapping[tuple[str, str], int | Decimal] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_toml(cls, text: str, *, file: str) -> Self:
        """Read TOML ``text``; ``file`` is the name given in faults.

        Raises:
            ThresholdsInvalid: with every fault of the text.

        """
        return cls._read(Document.from_toml(text, file=file, error=ThresholdsInvalid))

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read the TOML file at ``path``, which is UTF-8.

        Raises:
            ThresholdsInvalid: with every fault of the file.
            FileUnreadable: if there is no such file.

        """
        return cls._read(Document.from_file(path, error=ThresholdsInvalid))

    @classmethod
    def _read(cls, document: Document) -> Self:
        root = document.root
        chosen: dict[tuple[str, str], int | Decimal] = {}
        checks: dict[str, list[Threshold]] = {}
        for one in THRESHOLDS:
            checks.setdefault(one.check, []).append(one)
        root.only("format", *checks)
        root.whole("format", least=FORMAT, most=FORMAT)
        for check, own in checks.items():
            table: Table | None = root.table(check) if check in root.values else None
            if table is None:
                continue
            table.only(*(one.name for one in own))
            for one in own:
                if one.name == _POINTS and one.name in table.values:
                    chosen[check, one.name] = _points(table)
                elif one.name in table.values:
                    chosen[check, one.name] = table.whole(one.name, least=1, most=one.most)
        document.refuse_faults(ThresholdsInvalid)
        return cls(MappingProxyType(chosen))

    def of(self, check: str, name: str) -> int:
        """Return a threshold of a check that is a whole number."""
        return int(self._set(check, name))

    def points(self, check: str) -> int | Decimal:
        """Return the threshold of a check that is in points, as people write them."""
        return self._set(check, _POINTS)

    def _set(self, check: str, name: str) -> int | Decimal:
        found = self.chosen.get((check, name))
        return (
            found
            if found is not None
            else next(one.default for one in THRESHOLDS if (one.check, one.name) == (check, name))
        )

    def rows(self) -> Iterator[tuple[Threshold, int | Decimal]]:
        """Yield each threshold there is, with what it is set to."""
        for one in THRESHOLDS:
            yield one, self._set(one.check, one.name)

    def to_toml(self, lang: str = "en") -> str:
        """Return all of them as a file that can be read again, each with the reason of its default as a comment."""
        lines, last = ["format = 1"], ""
        for one, value in self.rows():
            if one.check != last:
                lines += ["", f"[{one.check}]"]
                last = one.check
            default = Words(f" (default {one.default})", f"（默认 {one.default}）") if value != one.default else None
            told = one.reason if default is None else Words(one.reason.en + default.en, one.reason.zh + default.zh)
            written = f'"{value:f}"' if isinstance(value, Decimal) else value
            lines += [f"# {told.zh if lang == 'zh' else told.en}", f"{one.name} = {written}"]
        return "\n".join(lines) + "\n"


def _points(table: Table) -> int | Decimal:
    """Return the points that a table sets, as they would be written: whole, or with the decimals they have."""
    if type(table.values[_POINTS]) is int and table.values[_POINTS] == 0:
        return 0
    value = unscaled(table.exact(_POINTS, MAX_DECIMALS, MOST), MAX_DECIMALS)
    return int(value) if value == value.to_integral_value() else value.normalize()
