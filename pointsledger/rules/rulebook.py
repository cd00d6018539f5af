"""The rule book: which deeds earn or cost how many points, since when, and who decided it.

Every value comes from the village's own document; what a document leaves out is refused, never guessed. Each kind of
block is read beside its own noun (activities, limits, multipliers, base grants, expiry, redemption, funds); here they
are put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pointsledger.errors import RuleBookInvalid, UnknownActivity
from pointsledger.rules import limits, multipliers
from pointsledger.rules.activities import TEXT_LIMIT, Activity, read_activity
from pointsledger.rules.base_grants import BaseGrant, read_bases
from pointsledger.rules.documents import (
    HEADING_KEYS,
    Document,
    Heading,
    Mandate,
    Table,
    from_said_keys,
    refuse_twins,
    with_present,
)
from pointsledger.rules.expiry import AT_FAULT, NEVER, Expiry
from pointsledger.rules.funds import Fund, of_code, read_funds
from pointsledger.rules.liability import Liability
from pointsledger.rules.limits import Limit
from pointsledger.rules.multipliers import Multiplier
from pointsledger.rules.named import Named, find_named, nearest_named
from pointsledger.rules.redemption import UNRESTRICTED, RedemptionRules
from pointsledger.rules.retention import Retention
from pointsledger.rules.risks import Risk, risks_in
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pathlib import Path

ARREARS = ("allow", "block", "write_off")
"""What happens when points are taken that are not there (S-49): they are owed, refused, or written off."""

_A_PRICE_LIST = Words(
    "holds [[item]] blocks: it is a price list; check and adopt it with prices, or give a rule book.",
    "写有 [[item]] 段，是价目表，不是积分细则；请用 prices check、prices adopt，或改给积分细则。",
)
_BLOCKS = ("category", "activity", "cap", "ceiling", "multiplier", "base", "fund")
_LISTS = {
    "categories": "category",
    "activities": "activity",
    "caps": "cap",
    "ceilings": "ceiling",
    "multipliers": "multiplier",
    "bases": "base",
    "funds": "fund",
}
_FLAGS = ("with_base", "floor", "ranked")


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
    expiry: Expiry = NEVER
    caps: tuple[Limit, ...] = ()
    ceilings: tuple[Limit, ...] = ()
    multipliers: tuple[Multiplier, ...] = ()
    bases: tuple[BaseGrant, ...] = ()
    redemption: RedemptionRules = UNRESTRICTED
    funds: tuple[Fund, ...] = ()
    liability: Liability | None = None
    retention: Retention | None = None

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
        values = from_said_keys(said, _LISTS, flags=("retroactive",))
        if isinstance(activities := values.get("activity"), list):
            values["activity"] = [Activity.keys_of_said(each) for each in activities]
        for key in ("ceiling", "base"):
            if isinstance(blocks := values.get(key), list):
                values[key] = [_flags_of_said(each) for each in blocks]
        return cls._read(Document("rule book in the journal", values), 0)

    @classmethod
    def _read(cls, document: Document, decimals: int) -> Self:
        document.refuse_other("item", _A_PRICE_LIST, RuleBookInvalid)
        root = document.root
        root.only(*HEADING_KEYS, "arrears", "expiry", "redemption", "liability", "retention", *_BLOCKS)
        heading = Heading.read(root)
        arrears = root.choice("arrears", ARREARS, "allow")
        expiry = _read_expiry(root)
        categories = _read_categories(root.tables("category"))
        tables = root.tables("activity")
        read = [read_activity(table, decimals) for table in tables]
        activities = [activity for activity, _ in read]
        refuse_twins(tables, activities)
        if categories:
            for table, activity in zip(tables, activities, strict=True):
                _refuse_undeclared(table, activity, [code for code, _ in categories])
        units = [unit for _, units in read for unit in units]
        of_activity = {activity.code: activity.category for activity in activities}
        caps = limits.read_caps(root, decimals, units, list(dict.fromkeys(of_activity.values())))
        ceilings = limits.read_ceilings(root, decimals, units)
        multiplied = multipliers.read_multipliers(root, of_activity, heading.first_day, TEXT_LIMIT)
        bases = read_bases(root, decimals, expiry, ceilings, TEXT_LIMIT)
        shop, owed, kept = (
            root.table(key) if key in root.values else None for key in ("redemption", "liability", "retention")
        )
        redemption = RedemptionRules.read(shop, decimals, bases, heading.first_day) if shop else UNRESTRICTED
        funds = read_funds(root)
        liability = Liability.read(owed) if owed else None
        retention = Retention.read(kept) if kept else None
        document.refuse_faults(RuleBookInvalid)
        return cls(
            name=heading.name,
            first_day=heading.first_day,
            retroactive=heading.retroactive,
            mandate=heading.mandate,
            arrears=arrears,
            expiry=expiry,
            categories=categories,
            activities=MappingProxyType({activity.code: activity for activity in activities}),
            caps=caps,
            ceilings=ceilings,
            multipliers=multiplied,
            bases=bases,
            redemption=redemption,
            funds=funds,
            liability=liability,
            retention=retention,
        )

    def to_said(self) -> dict[str, Any]:
        """Return the rule book as JSON of objects, lists, texts and integers only; the same book gives the same."""
        said = Heading(self.name, self.first_day, self.retroactive, self.mandate).to_said()
        said["arrears"] = self.arrears
        if self.expiry != NEVER:
            said["expiry"] = self.expiry.to_said()
        if self.redemption != UNRESTRICTED:
            said["redemption"] = self.redemption.to_said()
        if self.liability is not None:
            said["liability"] = self.liability.to_said()
        if self.retention is not None:
            said["retention"] = self.retention.to_said()
        return with_present(
            said,
            categories=[{"code": code, "name": name} for code, name in self.categories],
            activities=[activity.to_said() for activity in self.activities.values()],
            caps=[cap.to_said() for cap in self.caps],
            ceilings=[ceiling.to_said() for ceiling in self.ceilings],
            multipliers=[multiplier.to_said() for multiplier in self.multipliers],
            bases=[one.to_said() for one in self.bases],
            funds=[fund.to_said() for fund in self.funds],
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
        return tuple(risk for one in self.activities.values() for risk in risks_in(one.code, _spoken(one)))

    def limits_on(self, activity: str, category: str) -> tuple[Limit, ...]:
        """Return every limit on a deed of ``activity`` granted in ``category``, in the order in which they cut it.

        The category may be one that the activity no longer has; an activity that is not in the book has no limits
        of its own.
        """
        own = self.activities[activity].limits if activity in self.activities else ()
        return limits.in_order(own, (cap for cap in self.caps if cap.concerns(category)), self.ceilings)

    def limits_on_bases(self) -> tuple[Limit, ...]:
        """Return every limit on base points, in the order in which they cut them."""
        return tuple(ceiling for ceiling in self.ceilings if ceiling.with_base)

    def limits(self) -> tuple[Limit, ...]:
        """Return every limit of the book, whatever it is of."""
        return (*(own for one in self.activities.values() for own in one.limits), *self.caps, *self.ceilings)

    def multiplier_on(self, activity: Activity, on: str) -> Multiplier | None:
        """Return the multiplier that applies to a deed of ``activity`` on a day, if one does."""
        return multipliers.applying(self.multipliers, activity.code, activity.category, on)

    def base(self, code: str) -> BaseGrant | None:
        """Return the base grant of that code, if there is one."""
        return next((one for one in self.bases if one.code == code), None)

    def fund(self, code: str) -> Fund | None:
        """Return the fund of that code, if there is one."""
        return of_code(self.funds, code)


def _read_expiry(root: Table) -> Expiry:
    """Read how long points live, for ever where nothing is said; of a table at fault nothing is known."""
    if "expiry" not in root.values:
        return NEVER
    table = root.table("expiry")
    return AT_FAULT if table is None else Expiry.read(table)


def _read_categories(tables: tuple[Table, ...]) -> tuple[tuple[str, str], ...]:
    categories = []
    for table in tables:
        table.only("code", "name")
        categories.append(Named(code=table.code(), name=table.text("name")))
    refuse_twins(tables, categories)
    return tuple((category.code, category.name) for category in categories)


def _refuse_undeclared(table: Table, activity: Activity, declared: list[str]) -> None:
    if activity.category and activity.category not in declared:
        wrong = Words(
            f"{activity.category} is the code of no [[category]] (category[].code)",
            f"{activity.category} 不在 [[category]] 的代码（category[].code）之中",
        )
        known = [code for code in declared if code]
        table.fault("category", wrong, Words(", ".join(known), "、".join(known)))


def _flags_of_said(said: object) -> object:
    return from_said_keys(said, {}, flags=_FLAGS) if isinstance(said, Mapping) else said


def _spoken(activity: Activity) -> list[str]:
    """Return all the words in which a rule book speaks of an activity."""
    levels = [word for level in activity.levels for word in (level.name, level.code)]
    return [activity.name, activity.text or "", activity.code, *levels]
