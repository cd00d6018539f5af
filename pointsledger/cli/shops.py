"""Commands about the shops of a village: which there are, and pausing one."""

from __future__ import annotations

from typing import Annotated

import typer

from pointsledger.cli.acting import Reason
from pointsledger.cli.options import AsCsv, AsJson, By, Db, Output, Remark, Request, Village, written_day
from pointsledger.cli.showing import say, table, write
from pointsledger.cli.words import speak
from pointsledger.ledger import Ledger
from pointsledger.reports.readings import ShopOpen

Shop = Annotated[str, typer.Argument(help="A shop's code or name.", show_default=False)]
Until = Annotated[
    str | None,
    typer.Option("--until", callback=written_day, help="Its last day, such as 2026-10-03; until resumed if left out."),
]

shop: typer.Typer = typer.Typer(no_args_is_help=True, help="The shops of a village (积分超市).")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(shop, name="shop")


@shop.command("pause")
def pause(
    shop: Shop,
    reason: Reason,
    db: Db,
    village: Village = None,
    until: Until = None,
    by: By = None,
    request: Request = None,
) -> None:
    """Pause a shop (暂停): nobody can redeem, reserve or collect there."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.pause_shop(shop, reason=reason, until=until, by=by, request=request)
        last_day = ledger.record(receipt.seq).said.get("until")
    end = speak("it is resumed", "另行通知") if last_day is None else last_day
    say(
        speak(
            f"Shop {shop} is paused until {end}, record {receipt.seq}.",
            f"超市“{shop}”暂停至{' ' if last_day else ''}{end}，第 {receipt.seq} 号记录。",
        )
    )


@shop.command("resume")
def resume(
    shop: Shop, db: Db, village: Village = None, by: By = None, request: Request = None, remark: Remark = None
) -> None:
    """Open a shop again (恢复) that was paused."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.resume_shop(shop, by=by, request=request, remark=remark)
    say(speak(f"Shop {shop} is open again, record {receipt.seq}.", f"超市“{shop}”已恢复，第 {receipt.seq} 号记录。"))


@shop.command("show")
def show(
    db: Db, village: Village = None, as_json: AsJson = False, as_csv: AsCsv = False, output: Output = None
) -> None:
    """Show the shops that the price list of today has, what each gives, and which is paused."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.shops()
    if as_json or as_csv:
        rows = [
            {
                "shop": one.code,
                "name": one.name,
                "items": list(one.items) if as_json else ";".join(one.items),
                "paused_by": one.paused_by or None,
                "until": one.until,
                "reason": one.reason,
            }
            for one in found
        ]
        write(rows, ("shop", "name", "items", "paused_by", "until", "reason"), as_json=as_json)
        return
    rows = [{"shop": one.code, "title": one.name, "items": ", ".join(one.items), "note": _paused(one)} for one in found]
    table(rows, ("shop", "title", "items", "note"), output=output)


def _paused(one: ShopOpen) -> str:
    if not one.paused_by:
        return ""
    until = speak(f" until {one.until}", f"至 {one.until}") if one.until else ""
    return speak(f"paused{until}: {one.reason}", f"暂停{until}：{one.reason}")
