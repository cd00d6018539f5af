"""The command that grants every household its base points."""

from __future__ import annotations

from typing import Annotated

import typer

from pointsledger.cli.options import By, Db, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say
from pointsledger.cli.words import many, speak
from pointsledger.ledger import Ledger

Month = Annotated[str, typer.Argument(help="A month, such as 2026-10.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("base")(base)


def base(period: Month, db: Db, village: Village = None, by: By = None) -> None:
    """Grant every household its base points (基础分) of a month; done again, it grants what is missing."""
    with Ledger.open(db, village=village) as ledger, bar("granting", "发放中") as progress:
        report = ledger.grant_base(period, by=by, progress=progress)
    say(
        speak(
            f"{many(report.posted, 'base grant')} for {report.period}, {many(report.points, 'point')}; "
            f"{report.unchanged} stood already, {many(report.absent, 'household')} "
            f"{'was' if report.absent == 1 else 'were'} not there yet.",
            f"{report.period} 发放基础分 {report.posted} 笔，共 {report.points} 分；"
            f"已有 {report.unchanged} 笔，{report.absent} 户当时尚未在册。",
        )
    )
    if report.capped:
        say(speak(f"The ceiling cut {report.capped} of them.", f"其中 {report.capped} 笔按总上限减发。"))
