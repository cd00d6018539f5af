"""Redemptions at the command line: what was exchanged or reserved, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from pointsledger.cli.options import AsCsv, AsJson, Db, Output, Village, written_day
from pointsledger.cli.showing import say, table, write
from pointsledger.cli.words import speak
from pointsledger.ledger import Ledger
from pointsledger.questions import PAGE
from pointsledger.reports.readings import RedemptionMade, RedemptionTotals
from pointsledger.rules import chart
from pointsledger.storage.redemption_queries import STATES
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.vocabulary import STATES_IN_WORDS

_COLUMNS = (
    *("seq", "on", "period", "household", "name", "items", "points", "by", "reversed_by", "state", "shop", "collector"),
    *("collector_name", "cash_fen", "refunded", "irregular", "last_day", "ended_by"),
)
_TOTALS = (
    *("item", "name", "redemptions", "pieces", "points", "refunded_pieces", "returned", "reserved_pieces"),
    *("refunded", "reserved", "forfeited", "cash_fen"),
)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(redemptions)


def redemptions(
    db: Db,
    village: Village = None,
    period: Annotated[str | None, typer.Option("--period", help="2026-10, 2026Q4 …; all if left out.")] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            callback=written_day,
            help="Only those handed over, or else reserved, on this day.",
        ),
    ] = None,
    household: Annotated[str | None, typer.Option("--household", help="Only this household.")] = None,
    item: Annotated[str | None, typer.Option("--item", help="Only those with this item, by code or name.")] = None,
    shop: Annotated[str | None, typer.Option("--shop", help="Only those of this shop, by code or name.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Only those that this operator recorded.")] = None,
    collector: Annotated[
        str | None, typer.Option("--collector", help="Only those collected by this member, or anybody by name.")
    ] = None,
    state: Annotated[str | None, typer.Option("--state", help=f"One of {', '.join(STATES)}.")] = None,
    totals: Annotated[bool, typer.Option("--totals", help="What they come to, and each item of them.")] = False,
    after: Annotated[int, typer.Option("--after", min=0, help="Only those behind this record.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many; all if left out.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """List redemptions (兑换) and reservations (预约), with their goods and what became of them."""
    asked: dict[str, Any] = {
        "period": period,
        "on": on,
        "household": household,
        "item": item,
        "shop": shop,
        "by": by,
        "collector": collector,
        "state": state,
    }
    with Ledger.open(db, village=village) as ledger:
        if totals:
            _show_totals(ledger.redemption_totals(**asked), as_json=as_json, as_csv=as_csv, output=output)
            return
        found = _found(ledger, asked, after, limit)
        if as_json or as_csv:
            write((_plain(made, as_json=as_json) for made in found), _COLUMNS, as_json=as_json)
            return
        rows = [_row(made) for made in found]
        collected = ("collector",) if any(row["collector"] for row in rows) else ()  # most come themselves
        columns = ("seq", "on", "household", "name", "items", "points", "state", *collected, "by", "note")
        table(rows, columns, output=output)
        if rows and output is None and not after and limit is None:
            say(_sum(ledger.redemption_totals(**asked)))


def _found(ledger: Ledger, asked: dict[str, Any], after: int, limit: int | None) -> Iterator[RedemptionMade]:
    """Yield the redemptions asked for, page by page."""
    left = limit
    while left is None or left > 0:
        page = ledger.redemptions(**asked, after=after, limit=PAGE if left is None else min(left, PAGE))
        yield from page
        if not page:
            return
        after = page[-1].seq
        left = None if left is None else left - len(page)


def _plain(made: RedemptionMade, *, as_json: bool) -> dict[str, Any]:
    items = [{name: getattr(item, name) for name in item.__slots__} for item in made.items]
    return {name: getattr(made, name) for name in made.__slots__} | {
        "items": items if as_json else ";".join(f"{item.item}={item.pieces}" for item in made.items),
        "reversed_by": made.reversed_by or None,
        "ended_by": made.ended_by or None,
        "cash_fen": made.cash_fen or None,
        "refunded": made.refunded or None,
        "irregular": int(made.irregular),
    }


def _row(made: RedemptionMade) -> dict[str, Any]:
    """Return a redemption as a row of the table that people see."""
    plain, state = {name: getattr(made, name) for name in made.__slots__}, STATES_IN_WORDS[made.state]
    return plain | {
        "items": "，".join(f"{item.name} x {item.pieces}" for item in made.items),
        "state": speak(state.en, state.zh),
        "collector": made.collector_name or made.collector,
        "note": speak(", ", "，").join(_notes(made)),
    }


def _notes(made: RedemptionMade) -> Iterator[str]:
    if made.reversed_by:
        yield speak(f"reversed by {made.reversed_by}", f"已由 {made.reversed_by} 号冲销")
    if made.state == "reserved":
        yield speak(f"until {made.last_day}", f"保留至 {made.last_day}")
    if made.refunded:
        yield speak(f"{made.refunded} refunded", f"已退 {made.refunded}")
    if made.cash_fen:
        yuan = unscaled(made.cash_fen, FEN_DECIMALS)
        yield speak(f"cash {yuan} yuan", f"现金 {yuan} 元")
    if made.irregular:
        yield speak("typed from paper, not covered", "纸面补录，积分或库存不足")
    if made.shop != chart.MAIN:
        yield speak(f"shop {made.shop}", f"超市 {made.shop}")


def _sum(totals: RedemptionTotals) -> str:
    told = [speak(f"{totals.count} in all: {totals.points} points", f"共 {totals.count} 笔，已兑换 {totals.points} 分")]
    if totals.refunded:
        told.append(speak(f"{totals.refunded} refunded", f"已退 {totals.refunded} 分"))
    if totals.reserved:
        told.append(speak(f"{totals.reserved} reserved", f"预约占用 {totals.reserved} 分"))
    if totals.forfeited:
        told.append(speak(f"{totals.forfeited} forfeited", f"作废 {totals.forfeited} 分"))
    if totals.cash_fen:
        yuan = unscaled(totals.cash_fen, FEN_DECIMALS)
        told.append(speak(f"cash {yuan} yuan", f"现金 {yuan} 元"))
    return speak(", ", "，").join(told) + speak(".", "。")


def _show_totals(totals: RedemptionTotals, *, as_json: bool, as_csv: bool, output: Path | None) -> None:
    """Show what redemptions come to: all of them in the first row, then each item."""
    whole: dict[str, Any] = dict.fromkeys(_TOTALS) | {
        "redemptions": totals.count,
        "points": totals.points,
        "refunded": totals.refunded,
        "reserved": totals.reserved,
        "forfeited": totals.forfeited,
        "cash_fen": totals.cash_fen,
    }
    items = [
        dict.fromkeys(_TOTALS)
        | {"item": one.item, "name": one.name, "title": one.name, "pieces": one.pieces, "points": one.points}
        | {"refunded_pieces": one.refunded, "returned": one.returned, "reserved_pieces": one.reserved}
        for one in totals
    ]
    if as_json or as_csv:
        write([whole, *items], _TOTALS, as_json=as_json)
        return
    table(items, ("item", "title", "pieces", "points", "refunded_pieces", "returned", "reserved_pieces"), output=output)
    say(_sum(totals))
