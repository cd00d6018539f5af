"""The command that closes a month, and says what it came to."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pointsledger.cli.options import AsJson, By, Db, Remark, Request, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say, say_lines, warn
from pointsledger.cli.villages import seen
from pointsledger.cli.words import heading, many, speak
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
    if receipt.bases_missing:
        _warn_of_bases(period, receipt.bases_missing)
    if as_json:
        told = {
            "seq": receipt.seq,
            "period": period,
            "size": decided["size"],
            "root": decided["root"],
            "accounts": decided["accounts"],
            "bridge": {name: f"{figure:f}" for name, figure in figures.items()},
            "digest": decided["digest"],
            "bases_missing": receipt.bases_missing,
            "repeated": receipt.repeated,
        }
        say_lines(json.dumps(told, ensure_ascii=False, indent=2))
        return
    again = speak(" (recorded before, nothing changed)", "（此前已录入，未作改动）") if receipt.repeated else ""
    say(
        speak(
            f"{period} closed as record {receipt.seq}: {many(decided['size'], 'record')}, "
            f"{many(decided['accounts'], 'household')}.{again}",
            f"{period} 已结账，第 {receipt.seq} 号记录：{decided['size']} 笔记录，{decided['accounts']} 户。{again}",
        )
    )
    say(speak(", ", "，").join(f"{heading(name)} {figures[name]}" for name in seen(FIGURES, figures)))
    say(speak(f"root {decided['root']}", f"校验根 {decided['root']}"))
    say(speak(f"digest of the totals {decided['digest']}", f"合计摘要 {decided['digest']}"))


def _warn_of_bases(period: str, missing: int) -> None:
    """Say on the standard error that base points were due and not granted, which no later run makes up for."""
    due = f"{many(missing, 'base grant')} due in {period} {'was' if missing == 1 else 'were'}"
    warn(
        speak(
            f"Warning: {due} not made before it was closed. Those of the month itself "
            "can no longer be made; those of a quarter, half-year or year that goes on come with the next base "
            "run. Next month, run base before close.",
            f"注意：{period} 结账前有 {missing} 笔应发的基础分未发。当月的已不能再发；季度、半年、年度尚未结束的，"
            "下次发放时补发。下月请先运行 base，再运行 close。",
        )
    )
