"""The command that closes a month, and says what it came to."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pointsledger.cli.options import AsJson, By, Db, Remark, Request, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say
from pointsledger.cli.villages import seen
from pointsledger.cli.words import heading, speak
from pointsledger.ledger import Ledger
from pointsledger.rules.bridge import FIGURES

Month = Annotated[str, typer.Argument(help="The month, such as 2026-10.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(close)


def close(
    period: Month,
    db: Db,
    village: Village = None,
    by: By = None,
    request: Request = None,
    remark: Remark = None,
    as_json: AsJson = False,
) -> None:
    """Close a month (结账) that is over: nothing more counts in it, and what comes late counts in the open month."""
    with Ledger.open(db, village=village) as ledger:
        with bar("checking", "核对中") as progress:
            receipt = ledger.close(period, by=by, request=request, remark=remark, progress=progress)
        decided = ledger.record(receipt.seq).decided
        total = ledger.tally(period, level="village").total
    figures = {name: getattr(total, name) for name in FIGURES}
    if as_json:
        told = {
            "seq": receipt.seq,
            "period": period,
            "size": decided["size"],
            "root": decided["root"],
            "accounts": decided["accounts"],
            "bridge": {name: f"{figure:f}" for name, figure in figures.items()},
            "digest": decided["digest"],
            "repeated": receipt.repeated,
        }
        say(json.dumps(told, ensure_ascii=False, indent=2))
        return
    say(
        speak(
            f"{period} closed as record {receipt.seq}: {decided['size']} records, {decided['accounts']} households.",
            f"{period} 已结账，第 {receipt.seq} 号记录：{decided['size']} 笔记录，{decided['accounts']} 户。",
        )
    )
    say(speak(", ", "，").join(f"{heading(name)} {figures[name]}" for name in seen(FIGURES, figures)))
    say(speak(f"root {decided['root']}", f"校验根 {decided['root']}"))
    say(speak(f"digest of the totals {decided['digest']}", f"合计校验码 {decided['digest']}"))
