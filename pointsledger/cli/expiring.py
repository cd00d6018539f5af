"""The command that records what has lapsed."""

from __future__ import annotations

import typer

from pointsledger.cli.options import By, Db, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say
from pointsledger.cli.words import many, speak
from pointsledger.ledger import Ledger


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("expire")(expire)


def expire(db: Db, village: Village = None, by: By = None) -> None:
    """Record every lapse (到期清零) that is due; no figure waits for it, and done again, it records what is missing."""
    with Ledger.open(db, village=village) as ledger, bar("recording", "登记中") as progress:
        ran = ledger.expire(by=by, progress=progress)
    say(
        speak(
            f"{many(ran.records, 'lapse')} recorded, of {many(ran.households, 'household')}, "
            f"{many(ran.points, 'point')}.",
            f"登记到期清零 {ran.records} 笔，涉及 {ran.households} 户，共 {ran.points} 分。",
        )
    )
