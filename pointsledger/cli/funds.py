"""Commands about money: what comes into the funds and goes out, rewards, and what the points would cost."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from pointsledger.cli.options import (
    AsCsv,
    AsJson,
    By,
    Db,
    On,
    Output,
    Remark,
    Request,
    Village,
    chosen_pieces,
)
from pointsledger.cli.showing import say, show, table, write
from pointsledger.cli.words import speak
from pointsledger.decisions.rewarding import RECIPIENTS
from pointsledger.ledger import Ledger
from pointsledger.receipts import Receipt
from pointsledger.reports.money import FundLine, LiabilityShown

Fund = Annotated[str, typer.Argument(help="A fund's code or name.", show_default=False)]
Yuan = Annotated[str, typer.Argument(help="The amount in yuan, such as 1200.50.", show_default=False)]
Reference = Annotated[
    str | None, typer.Option("--reference", help="The number of the document behind it; never a name.")
]

_FUND = ("code", "name", "purpose", "uses", "opening", "came_in", "went_out", "left", "budget", "used", "span")
_LIABILITY = (
    "on",
    "outstanding",
    "floor",
    "arrears",
    "yuan_per_point",
    "cost",
    "funds",
    "goods",
    "percent",
    "warn_above_percent",
    "exceeded",
)

fund: typer.Typer = typer.Typer(no_args_is_help=True, help="The funds behind the shop (基金).")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(fund, name="fund")
    app.command()(reward)
    app.command()(liability)


@fund.command("in")
def fund_in(
    code: Fund,
    amount: Yuan,
    source: Annotated[str, typer.Option("--source", help="government, villagers or society.")],
    db: Db,
    village: Village = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="grant or donation; a grant from the government if left out.")
    ] = None,
    reference: Reference = None,
    donor: Annotated[str | None, typer.Option("--donor", help="Who gave it; it stays out of the journal.")] = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Enter money that a fund was given (收入)."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.fund_in(
            code,
            amount,
            source=source,
            kind=kind,
            reference=reference,
            donor=donor,
            by=by,
            on=on,
            request=request,
            remark=remark,
        )
    _tell_left(receipt, speak(f"{receipt.points} yuan into {code}", f"基金“{code}”收入 {receipt.points} 元"))


@fund.command("out")
def fund_out(
    code: Fund,
    amount: Yuan,
    purpose: Annotated[str, typer.Option("--purpose", help="What for, in the same few words each time; never a name.")],
    db: Db,
    village: Village = None,
    reference: Reference = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Pay something from a fund (支出) that is neither goods for the shop nor a reward."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.fund_out(
            code, amount, purpose=purpose, reference=reference, by=by, on=on, request=request, remark=remark
        )
        decided = ledger.record(receipt.seq).decided
    _tell_left(receipt, speak(f"{receipt.points} yuan out of {code}", f"基金“{code}”支出 {receipt.points} 元"))
    _tell_irregular(decided)


def reward(
    to: Annotated[str, typer.Argument(help="A household's code, or a name as --role says.", show_default=False)],
    ground: Annotated[str, typer.Option("--ground", help="What for: title, rank or acceptance.")],
    db: Db,
    village: Village = None,
    role: Annotated[str, typer.Option("--role", help=f"One of {', '.join(RECIPIENTS)}.")] = RECIPIENTS[0],
    goods: Annotated[
        list[str] | None, typer.Option("--goods", help="ITEM=PIECES from the shelf; may be given several times.")
    ] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="Money in yuan, out of --fund.")] = None,
    code: Annotated[str | None, typer.Option("--fund", help="The fund that pays, by code or name.")] = None,
    shop: Annotated[str | None, typer.Option("--shop", help="The shop that gives; the main one if left out.")] = None,
    reference: Reference = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Give goods or money without points (奖励), for a title, a rank or an accepted project."""
    given = chosen_pieces(goods or ())
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.reward(
            to,
            ground=ground,
            role=role,
            goods=given,
            amount=amount,
            fund=code,
            shop=shop,
            reference=reference,
            by=by,
            on=on,
            request=request,
            remark=remark,
        )
        decided = ledger.record(receipt.seq).decided
    say(speak(f"{to} rewarded, record {receipt.seq}.", f"已奖励“{to}”，第 {receipt.seq} 号记录。"))
    _tell_irregular(decided)


def _tell_left(receipt: Receipt, done: str) -> None:
    """Say what an act came to, and what the fund has left."""
    say(
        speak(
            f"{done}, record {receipt.seq}; left {receipt.balance}.",
            f"{done}，第 {receipt.seq} 号记录；结余 {receipt.balance} 元。",
        )
    )


def _tell_irregular(decided: Any) -> None:  # noqa: ANN401 - a body's decided
    """Say at once what the audit is going to list."""
    if "outside_use" in decided:
        say(
            speak(
                "The rule book does not allow this fund to be spent on that; the audit lists it.",
                "按细则该基金不得用于此项；审计时会列出。",
            )
        )
    if "over_budget" in decided:
        say(speak("This goes beyond the fund's budget; the audit lists it.", "已超出基金预算；审计时会列出。"))


@fund.command("show")
def fund_show(
    db: Db,
    village: Village = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2026-10, 2026Q4 …; from the beginning if left out.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show what each fund had, was given, spent and has left, and what of its budget is used."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.funds(period)
    if as_json or as_csv:
        rows = [_fields(line) | {"uses": list(line.uses) if as_json else ";".join(line.uses)} for line in found]
        write(rows, _FUND, as_json=as_json)
        return
    columns = ["code", "title", "opening", "came_in", "went_out", "left"]
    columns += ["budget", "used", "span"] if any(line.span for line in found) else []
    table([_fields(line) | {"title": line.name} for line in found], columns, output=output)


def liability(
    db: Db,
    village: Village = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Show what the points outstanding would cost, against funds and shelves; 1 if it is more than can be honoured."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.liability()
    columns = _LIABILITY if as_json or as_csv else _LIABILITY[:-1]
    shown = _fields(found) | {"exceeded": found.exceeded if as_json else json.dumps(found.exceeded)}
    show([shown], columns, as_json=as_json, as_csv=as_csv, output=output)
    if not (as_json or as_csv) and found.exceeded:
        say(
            speak(
                f"The points outstanding would cost {found.cost} yuan, more than {found.warn_above_percent}% of the "
                f"{found.there} yuan that are there.",
                f"未兑积分折合 {found.cost} 元，超过现有资金与库存 {found.there} 元的 {found.warn_above_percent}%。",
            )
        )
    if found.exceeded:
        raise typer.Exit(1)


def _fields(value: FundLine | LiabilityShown) -> dict[str, Any]:
    """Return the fields of a reading by name."""
    return {name: getattr(value, name) for name in value.__slots__}
