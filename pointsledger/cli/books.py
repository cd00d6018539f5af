"""The command that shows the three books of a period on one page."""

from __future__ import annotations

import json
from typing import Any

import typer

from pointsledger.cli.options import AsCsv, AsJson, Db, Output, Period, Village
from pointsledger.cli.showing import say, table, write
from pointsledger.cli.words import BOOKS, movement_name, speak
from pointsledger.ledger import Ledger
from pointsledger.reports.books import BookLine

_COLUMNS = ("book", "code", "name", "shop", "opening", "movements", "closing", "foots")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(books)


def books(
    period: Period,
    db: Db,
    village: Village = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show points, each good and each fund of a period (三账合一): opening + in - out = closing; 1 if one does not."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.books(period)
    if as_json or as_csv:
        write([_plain(line, as_json=as_json) for line in found], _COLUMNS, as_json=as_json)
    else:
        shops = {line.shop for line in found if line.shop}
        columns = [*("book", "title"), *(["shop"] if len(shops) > 1 else []), *("opening", "movements", "closing")]
        table([_told(line) for line in found], columns, output=output)
        say(
            speak("Every book foots.", "各账均平：期初 + 收入 - 支出 = 期末。")
            if found.foots
            else speak("A book does NOT foot: run audit.", "有账不平！请运行 audit。")
        )
    if not found.foots:
        raise typer.Exit(1)


def _plain(line: BookLine, *, as_json: bool) -> dict[str, Any]:
    movements = [{"heading": one.heading, "amount": one.amount} for one in line.movements]
    told = ";".join(f"{one.heading}={one.amount:f}" for one in line.movements)
    fields = {name: getattr(line, name) for name in _COLUMNS}
    if as_json:
        return fields | {"movements": movements}
    return fields | {"movements": told, "foots": json.dumps(line.foots)}


def _told(line: BookLine) -> dict[str, Any]:
    """Return a line in words."""
    moved = speak(", ", "，").join(f"{movement_name(one.heading)} {one.amount:+f}" for one in line.movements)
    fields = {name: getattr(line, name) for name in _COLUMNS}
    shop = line.shop or speak("all", "合计")
    return fields | {"book": speak(*BOOKS[line.book]), "title": line.name, "shop": shop, "movements": moved}
