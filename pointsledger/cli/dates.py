"""What is due by date, at the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pointsledger.cli.options import AsCsv, AsJson, Db, Output, Village
from pointsledger.cli.showing import table, write
from pointsledger.cli.words import many, speak
from pointsledger.decisions.due import (
    CLOSE_CLEARS,
    PERIOD_BEGINS,
    POINTS_LAPSE,
    RESERVATION_ENDS,
    RULES_IN_FORCE,
    Change,
    Due,
)
from pointsledger.decisions.reserving import FORFEITED, RELEASED
from pointsledger.ledger import Ledger
from pointsledger.values.calendar import parse_written_day

_COLUMNS = ("on", "kind", "period", "seq", "version", "changes", "household", "points", "state")


_ENDS = {RELEASED: ("free again", "释放"), FORFEITED: ("forfeited", "作废")}


def _day(written: str | None) -> str | None:
    return None if written is None else parse_written_day(written)


def due(
    db: Db,
    day: Annotated[
        str | None, typer.Argument(callback=_day, help="A day, such as 2026-10-03; today if left out.")
    ] = None,
    village: Village = None,
    until: Annotated[str | None, typer.Option("--until", callback=_day, help="The last day of a range.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show what happens on a day by itself: a month or rules that begin, points that end, reservations too."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.due(day, until=until)
        households = {one.account: ledger.person(one.account).code for one in found if one.account}
    if as_json or as_csv:
        write([_plain(one, households, as_json=as_json) for one in found], _COLUMNS, as_json=as_json)
    else:
        rows = [{"on": one.on, "what": _said(one, households), "note": _changes(one)} for one in found]
        table(rows, ("on", "what", "note"), output=output)


def _plain(one: Due, households: dict[str, str], *, as_json: bool) -> dict[str, Any]:
    fields = {name: getattr(one, name) or None for name in one.__slots__ if name != "account"}
    fields["household"] = households.get(one.account)
    changes = [{name: getattr(change, name) for name in change.__slots__} for change in one.changes]
    in_one = ";".join(f"{change.code}={_points(change.before)}>{_points(change.after)}" for change in one.changes)
    return fields | {"changes": changes if as_json else in_one}


def _points(points: object) -> str:
    return "" if points is None else str(points)


def _said(one: Due, households: dict[str, str]) -> str:
    if one.kind == PERIOD_BEGINS:
        return speak(f"month {one.period} begins", f"{one.period} 周期开始")
    if one.kind == RULES_IN_FORCE:
        return speak(f"rule book version {one.version} comes into force", f"积分细则第 {one.version} 版开始施行")
    if one.kind == POINTS_LAPSE:
        household = households[one.account]
        points = f"{many(one.points or 0, 'point')} of {household}"
        have = "has" if one.points == 1 else "have"
        return speak(f"{points} {have} lapsed", f"{household} 有 {one.points} 分到期清零")
    if one.kind == RESERVATION_ENDS:
        ended, ended_zh = _ENDS[one.state]
        points = f"{many(one.points or 0, 'point')} {'is' if one.points == 1 else 'are'}"
        return speak(
            f"reservation {one.seq} of {households[one.account]} was not collected, {points} {ended}",
            f"{households[one.account]} 的第 {one.seq} 号预约未领取，{one.points} 分{ended_zh}",
        )
    if one.kind == CLOSE_CLEARS:
        household = households[one.account]
        points = f"{many(one.points or 0, 'point')} of {household}"
        return speak(
            f"{points} {'is' if one.points == 1 else 'are'} cleared when {one.period} is closed, unless spent before",
            f"{household} 有 {one.points} 分将在 {one.period} 结账时清零，此前仍可使用",
        )
    return speak(f"price list version {one.version} comes into force", f"价目表第 {one.version} 版开始施行")


def _changes(one: Due) -> str:
    return speak(", ", "；").join(_change(change) for change in one.changes)


def _change(change: Change) -> str:
    if change.before is None:
        return speak(f"{change.name}: new, {change.after}", f"{change.name}：新增，{change.after} 分")
    if change.after is None:
        return speak(f"{change.name}: gone", f"{change.name}：取消")
    if change.before == change.after:
        return speak(f"{change.name}: other terms", f"{change.name}：其他规定有变")
    return speak(
        f"{change.name}: {change.before} to {change.after}", f"{change.name}：{change.before} 分改为 {change.after} 分"
    )
