"""Commands of the shop: redeem, reserve, hand over, cancel, refund."""

from __future__ import annotations

from typing import Annotated

import typer

from pointsledger.cli.options import By, Db, Household, On, Remark, Request, Village, chosen_pieces
from pointsledger.cli.showing import say
from pointsledger.cli.telling import again, tell, tell_month
from pointsledger.cli.words import speak
from pointsledger.decisions.reserving import CAUSES, RESIDENT
from pointsledger.ledger import Ledger
from pointsledger.receipts import Receipt
from pointsledger.rules import chart
from pointsledger.values.points import FEN_DECIMALS, scaled, unscaled
from pointsledger.values.records import POINTS, Record

Items = Annotated[list[str], typer.Argument(help="ITEM or ITEM=PIECES, by code or name.", show_default=False)]
Shop = Annotated[str | None, typer.Option("--shop", help="The shop, by code or name, if the village has several.")]
Collector = Annotated[
    str | None, typer.Option("--collector", help="Who takes the goods, if not the head: a member, or anybody by name.")
]
Cash = Annotated[str | None, typer.Option("--cash", help="Yuan paid beside the points, such as 2.50; a note only.")]
Reservation = Annotated[int, typer.Argument(help="The number of the reservation's record.", show_default=False)]
Redemption = Annotated[
    int, typer.Argument(help="The number of the redemption's or the reservation's record.", show_default=False)
]
Cause = Annotated[str, typer.Option("--cause", help=f"Who is to blame: {', '.join(CAUSES)} (nobody).")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; it stays out of the journal.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (redeem, reserve, cancel, refund):
        app.command()(command)
    app.command("hand-over")(hand_over)


def redeem(
    household: Household,
    items: Items,
    db: Db,
    village: Village = None,
    shop: Shop = None,
    collector: Collector = None,
    cash: Cash = None,
    handed_over: Annotated[
        bool, typer.Option("--handed-over", help="It has happened, on paper: record it whatever it lacks.")
    ] = False,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Exchange points for goods (兑换) and hand them over."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.redeem(
            household,
            chosen_pieces(items, alone="1"),
            shop=shop,
            collector=collector,
            cash_fen=_fen(cash),
            handed_over=handed_over,
            by=by,
            on=on,
            request=request,
            remark=remark,
        )
        tell(receipt, "redeemed", "兑换", household)
        tell_month(ledger.record(receipt.seq))
        if handed_over:
            _tell_irregular(ledger, receipt)


def reserve(
    household: Household,
    items: Items,
    db: Db,
    village: Village = None,
    shop: Shop = None,
    by: By = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Promise goods for points (预约), at today's prices; both are held until they are collected."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.reserve(
            household, chosen_pieces(items, alone="1"), shop=shop, by=by, request=request, remark=remark
        )
        last_day = ledger.record(receipt.seq).decided["last_day"]
        left = ledger.balance(household).available
        say(
            speak(
                f"Reserved {receipt.points} for {household}, record {receipt.seq}, to be collected by {last_day}; "
                f"available {left}.{again(receipt)}",
                f"{household} 预约 {receipt.points}，第 {receipt.seq} 号记录，请于 {last_day} 前（含当日）领取；"
                f"可用 {left}。{again(receipt)}",
            )
        )


def hand_over(
    reservation: Reservation,
    db: Db,
    village: Village = None,
    collector: Collector = None,
    cash: Cash = None,
    by: By = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Hand over (发放) what was reserved: now the points and the goods change hands."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.hand_over(
            reservation, collector=collector, cash_fen=_fen(cash), by=by, request=request, remark=remark
        )
        household = _household(ledger, reservation)
        say(
            speak(
                f"Reservation {reservation} is handed over to {household}: {receipt.points} points, "
                f"record {receipt.seq}; balance {receipt.balance}.{again(receipt)}",
                f"第 {reservation} 号预约已由 {household} 领取：兑换 {receipt.points}，"
                f"第 {receipt.seq} 号记录；余额 {receipt.balance}。{again(receipt)}",
            )
        )


def cancel(
    reservation: Reservation,
    db: Db,
    village: Village = None,
    cause: Cause = RESIDENT,
    reason: Reason = None,
    by: By = None,
    request: Request = None,
) -> None:
    """Cancel (取消) what was reserved; points and goods are free again."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.cancel(reservation, cause=cause, reason=reason, by=by, request=request)
        household = _household(ledger, reservation)
        say(
            speak(
                f"Reservation {reservation} of {household} is cancelled by record {receipt.seq}; "
                f"balance {receipt.balance}.{again(receipt)}",
                f"{household} 的第 {reservation} 号预约已由第 {receipt.seq} 号记录取消；"
                f"余额 {receipt.balance}。{again(receipt)}",
            )
        )
        _tell_over(ledger, receipt)


def refund(
    redemption: Redemption,
    db: Db,
    items: Annotated[
        list[str] | None,
        typer.Argument(help="ITEM or ITEM=PIECES; all that is left if left out.", show_default=False),
    ] = None,
    village: Village = None,
    points: Annotated[str | None, typer.Option("--points", help="So many points, and no goods.")] = None,
    not_returned: Annotated[
        bool, typer.Option("--not-returned", help="The goods do not go back on the shelf: spoilt, or kept.")
    ] = False,
    cause: Cause = RESIDENT,
    reason: Reason = None,
    by: By = None,
    on: On = None,
    request: Request = None,
) -> None:
    """Give points back (退货退分) for goods that come back, or were not what they should be."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.refund(
            redemption,
            chosen_pieces(items, alone="1") if items else None,
            points=points,
            returned=not not_returned,
            cause=cause,
            reason=reason,
            by=by,
            on=on,
            request=request,
        )
        household = _household(ledger, redemption)
        say(
            speak(
                f"Refunded {receipt.points} of redemption {redemption} to {household}, record {receipt.seq}; "
                f"balance {receipt.balance}.{again(receipt)}",
                f"第 {redemption} 号兑换已向 {household} 退 {receipt.points} 分，第 {receipt.seq} 号记录；"
                f"余额 {receipt.balance}。{again(receipt)}",
            )
        )
        _tell_over(ledger, receipt)


def _fen(cash: str | None) -> int | None:
    return None if cash is None else scaled(cash, FEN_DECIMALS, name="cash")


def _household(ledger: Ledger, redemption: int) -> str:
    """Return the code of the household that a record redeemed or reserved for."""
    return ledger.person(ledger.record(redemption).said["account"]).code


def _tell_irregular(ledger: Ledger, receipt: Receipt) -> None:
    """Say what paper handed out that was not there."""
    decided, places = ledger.record(receipt.seq).decided, _decimals(ledger)
    owed = unscaled(sum(amount for _, amount in decided.get("arrears", ())), places)
    missing = ", ".join(f"{item}={pieces}" for item, pieces in decided.get("unexplained", ()))
    if owed:
        say(speak(f"{owed} points of it were not there and are owed.", f"其中 {owed} 分不足，记为欠分。"))
    if missing:
        say(
            speak(
                f"Not on the shelf, and taken in as unexplained: {missing}.",
                f"货架上没有、按来源不明入库的：{missing}。",
            )
        )


def _tell_over(ledger: Ledger, receipt: Receipt) -> None:
    """Say what became of points that come back when their last day is over."""
    record: Record = ledger.record(receipt.seq)
    lapsed = unscaled(_lapsed(record), _decimals(ledger))
    last_day = record.decided.get("expires_on")
    if last_day:
        say(speak(f"What had lapsed can be spent until {last_day}.", f"其中已过期的积分可用至 {last_day}。"))
    elif lapsed:
        say(speak(f"{lapsed} of it had lapsed meanwhile and is gone.", f"其中 {lapsed} 分已过期，随即清零。"))


def _lapsed(record: Record) -> int:
    return sum(entry.amount for entry in record.entries if (entry.target, entry.unit) == (chart.EXPIRED, POINTS))


def _decimals(ledger: Ledger) -> int:
    """Return in how many decimal places the village counts, which its first record says."""
    return int(ledger.record(1).said["decimals"])
