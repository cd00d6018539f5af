"""Applied rules: what decided a deed or a base, in the very version of the rule book that its record names."""

from __future__ import annotations

from decimal import Decimal

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.decisions.granting import BASE
from pointsledger.decisions.state import State
from pointsledger.reports.explanation import AppliedRule
from pointsledger.rules.activities import Activity
from pointsledger.rules.tiers import tier_on
from pointsledger.values.points import unscaled
from pointsledger.values.records import Record


def rule_of(state: State, record: Record) -> AppliedRule | None:
    """Return the rule that decided a record, or None if none did."""
    if record.kind in {AWARD, DEDUCT}:
        return _of_deed(state, record)
    return _of_base(state, record) if record.kind == BASE else None


def _of_deed(state: State, record: Record) -> AppliedRule:
    version = record.decided["rulebook"]
    book = state.rulebooks()[version - 1]
    activity, level = book.activities[record.said["activity"]], record.said.get("level", "")
    name, points = _one(state, activity, level, record.on)
    return AppliedRule(
        rulebook=version,
        book=book.name,
        code=activity.code,
        name=name,
        per=activity.per,
        points=points,
        text=activity.text or "",
        source=activity.source or "",
    )


def _one(state: State, activity: Activity, level: str, on: str) -> tuple[str, Decimal | None]:
    """Return what one of an activity's unit is called, and what it is worth on a day."""
    places = state.settings.decimals
    known = next((one for one in activity.levels if one.code == level), None)
    if known is not None:
        return f"{activity.name}：{known.name}", unscaled(known.points, places)
    tier = tier_on(activity.tiers, on)
    points = tier.points if tier is not None else activity.points
    return activity.name, None if points is None else unscaled(points, places)


def _of_base(state: State, record: Record) -> AppliedRule | None:
    version = record.decided["rulebook"]
    book = state.rulebooks()[version - 1]
    base = book.base(record.said["base"])
    if base is None:
        return None
    points = unscaled(base.points, state.settings.decimals)
    text, span = base.text or "", record.said["span"]
    return AppliedRule(version, book.name, base.code, base.name, base.per, points, text, base=True, span=span)
