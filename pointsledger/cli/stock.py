"""Commands about the goods on the shelves: in, moved, written off, counted, shown."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

import typer

from pointsledger.cli.options import (
    AsCsv,
    AsJson,
    BestBefore,
    By,
    Db,
    On,
    Output,
    Remark,
    Request,
    Village,
    chosen_pieces,
)
from pointsledger.cli.showing import say, table, write
from pointsledger.cli.words import speak
from pointsledger.decisions.stocking import BOUGHT
from pointsledger.ledger import Ledger
from pointsledger.receipts import Receipt
from pointsledger.reports.stock import StockLine
from pointsledger.rules import chart
from pointsledger.values.points import FEN_DECIMALS, scaled

Goods = Annotated[str, typer.Argument(help="An item's code or name.", show_default=False)]
Pieces = Annotated[str, typer.Argument(help="How many pieces.", show_default=False)]
Shop = Annotated[str | None, typer.Option("--shop", help="The shop, by code or name; the main one if left out.")]
WhyNot = Annotated[str | None, typer.Option("--reason", help="Why a count differs; it stays out of the journal.")]

_COLUMNS = ("shop", "item", "name", "pieces", "held", "free", "cost", "best_before")

stock: typer.Typer = typer.Typer(no_args_is_help=True, help="Goods on the shelves (库存).")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(stock, name="stock")


@stock.command("in")
def stock_in(
    item: Goods,
    pieces: Pieces,
    db: Db,
    village: Village = None,
    source: Annotated[str, typer.Option("--source", help="bought or donated.")] = BOUGHT,
    unit_cost: Annotated[
        str | None, typer.Option("--unit-cost", help="The cost of a piece in yuan, such as 2.50.")
    ] = None,
    best_before: BestBefore = None,
    shop: Shop = None,
    fund: Annotated[str | None, typer.Option("--fund", help="The fund that pays, by code or name.")] = None,
    invoice: Annotated[
        str | None, typer.Option("--invoice", help="The number of the invoice or gift, not a name; used once an item.")
    ] = None,
    donor: Annotated[str | None, typer.Option("--donor", help="Who gave it; it stays out of the journal.")] = None,
    wish: Annotated[str | None, typer.Option("--wish", help="What the donor gave it for; the same.")] = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Take goods onto a shelf (入库), and pay them from a fund."""
    cost = scaled(unit_cost, FEN_DECIMALS, name="unit_cost") if unit_cost else 0
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.stock_in(
            item,
            pieces,
            source=source,
            unit_cost_fen=cost,
            best_before=best_before,
            shop=shop,
            fund=fund,
            invoice=invoice,
            donor=donor,
            wish=wish,
            by=by,
            on=on,
            request=request,
            remark=remark,
        )
        left = ledger.record(receipt.seq).decided.get("left")
    paid = "" if left is None else _paid(fund or "", left)
    say(
        speak(
            f"{receipt.points} of {item} taken in, record {receipt.seq}; on the shelf {receipt.balance}.{paid}",
            f"“{item}”入库 {receipt.points}，第 {receipt.seq} 号记录；现有 {receipt.balance}。{paid}",
        )
    )


def _paid(fund: str, left_fen: int) -> str:
    left = Decimal(left_fen).scaleb(-FEN_DECIMALS)
    return speak(f" Fund {fund} has {left} yuan left.", f"基金“{fund}”结余 {left} 元。")


@stock.command("transfer")
def transfer(
    item: Goods,
    pieces: Pieces,
    to_shop: Annotated[str, typer.Option("--to", help="The shop that gets them.")],
    db: Db,
    village: Village = None,
    from_shop: Annotated[str, typer.Option("--from", help="The shop that gives them.")] = chart.MAIN,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Move goods to another shop (调拨), at their cost and with their dates."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.transfer_stock(
            item, pieces, from_shop=from_shop, to_shop=to_shop, by=by, on=on, request=request, remark=remark
        )
    _tell_left(
        receipt,
        speak(
            f"{receipt.points} of {item} moved from {from_shop} to {to_shop}",
            f"“{item}”由 {from_shop} 调往 {to_shop} {receipt.points}",
        ),
    )


@stock.command("write-off")
def write_off(
    item: Goods,
    pieces: Pieces,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays out of the journal.")],
    db: Db,
    village: Village = None,
    shop: Shop = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Take goods off a shelf (报损) that are spoiled, broken or gone."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.write_off(item, pieces, reason=reason, shop=shop, by=by, on=on, request=request, remark=remark)
    _tell_left(receipt, speak(f"{receipt.points} of {item} written off", f"“{item}”报损 {receipt.points}"))


def _tell_left(receipt: Receipt, done: str) -> None:
    """Say what an act came to, and what is left on the shelf."""
    say(
        speak(
            f"{done}, record {receipt.seq}; left on that shelf {receipt.balance}.",
            f"{done}，第 {receipt.seq} 号记录；该货架余 {receipt.balance}。",
        )
    )


@stock.command("count")
def count(
    items: Annotated[list[str], typer.Argument(help="ITEM=PIECES as counted, by code or name.", show_default=False)],
    db: Db,
    village: Village = None,
    shop: Shop = None,
    reason: WhyNot = None,
    by: By = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Bring the book to what was counted on a shelf (盘点): what lacks is written off, what is more was found."""
    counted = chosen_pieces(items)
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.stocktake(counted, shop=shop, reason=reason, by=by, request=request, remark=remark)
        record = ledger.record(receipt.seq)
    said = {line["item"]: line["pieces"] for line in record.said["counts"]}
    rows = [
        {"item": item, "booked": booked, "counted": said[item], "difference": said[item] - booked}
        for item, booked in record.decided["booked"]
    ]
    table(rows, ("item", "booked", "counted", "difference"))
    say(speak(f"Counted, record {receipt.seq}.", f"已盘点，第 {receipt.seq} 号记录。"))


@stock.command("show")
def show(
    db: Db,
    village: Village = None,
    shop: Annotated[str | None, typer.Option("--shop", help="Only this shop; all of them if left out.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show what the shelves hold, what is reserved of it, what it cost and what spoils first."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.stock(shop)
    if as_json or as_csv:
        write(_rows(found), _COLUMNS, as_json=as_json)
        return
    several = len({line.shop for line in found}) > 1
    totals = _rows(found.totals) if several else []
    rows = [*_rows(found), *({**row, "shop": speak("all", "合计")} for row in totals)]
    columns = ["item", "title", "pieces", "cost"]
    columns[:0] = ["shop"] if several else []
    columns[-1:-1] = ["held", "free"] if any(line.held for line in found) else []
    columns += ["best_before"] if any(line.best_before for line in found) else []
    whole = {"item": speak("total", "合计"), "cost": Decimal(found.cost_fen).scaleb(-FEN_DECIMALS)}
    table(rows, columns, whole, output=output)


def _rows(lines: Iterable[StockLine]) -> list[dict[str, object]]:
    return [
        {
            "shop": line.shop,
            "item": line.item,
            "name": line.name,
            "title": line.name,
            "pieces": line.pieces,
            "held": line.held,
            "free": line.free,
            "cost": Decimal(line.cost_fen).scaleb(-FEN_DECIMALS),
            "best_before": line.best_before,
        }
        for line in lines
    ]
