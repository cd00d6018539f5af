"""Commands that act: one for each act, with the options of its method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from pointsledger.cli.options import (
    Activity,
    ApprovedBy,
    Batch,
    BestBefore,
    By,
    Db,
    Household,
    Level,
    Member,
    Minutes,
    On,
    Quantity,
    Remark,
    Request,
    Village,
    written_day,
)
from pointsledger.cli.showing import say
from pointsledger.cli.words import many, speak
from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.decisions.stocking import BOUGHT
from pointsledger.errors import ChosenTwice, OptionRequired, OptionsConflict
from pointsledger.ledger import Ledger
from pointsledger.receipts import Receipt
from pointsledger.reports.explanation import ExplainedLine, LimitCut
from pointsledger.rules.limits import scope_in_words
from pointsledger.values.points import FEN_DECIMALS, scaled
from pointsledger.values.records import Record

Reason = Annotated[str, typer.Option("--reason", help="Why; it stays out of the journal.")]
Goods = Annotated[str, typer.Argument(help="An item's code or name.", show_default=False)]
StartedAt = Annotated[str | None, typer.Option("--started-at", help="Start of a service, 2026-10-03T08:30.")]
EndedAt = Annotated[str | None, typer.Option("--ended-at", help="End of a service.")]
Pieces = Annotated[str, typer.Argument(help="How many pieces.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (award, deduct, redeem, reverse, correct):
        app.command()(command)


def award(
    household: Household,
    activity: Activity,
    db: Db,
    village: Village = None,
    quantity: Quantity = None,
    minutes: Minutes = None,
    level: Level = None,
    member: Member = None,
    started_at: StartedAt = None,
    ended_at: EndedAt = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
    approved_by: ApprovedBy = None,
) -> None:
    """Award points (加分) for a deed, as the rule book of its day says."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.award(
            household,
            activity,
            quantity=quantity,
            minutes=minutes,
            level=level,
            member=member,
            started_at=started_at,
            ended_at=ended_at,
            by=by,
            on=on,
            request=request,
            remark=remark,
            approved_by=approved_by or (),
        )
        record = ledger.record(receipt.seq)
        _tell(receipt, "awarded", "加分", household)
        if "capped" in record.decided:
            _tell_cut(cut for line in ledger.explain(household, record.period) for cut in _cuts_of(line, receipt.seq))
        _tell_month(record)
        if receipt.ended:
            _tell_ended(receipt)


def deduct(
    household: Household,
    activity: Activity,
    db: Db,
    village: Village = None,
    quantity: Quantity = None,
    level: Level = None,
    member: Member = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
    approved_by: ApprovedBy = None,
) -> None:
    """Deduct points (扣分) for a breach, as the rule book of its day says."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.deduct(
            household,
            activity,
            quantity=quantity,
            level=level,
            member=member,
            by=by,
            on=on,
            request=request,
            remark=remark,
            approved_by=approved_by or (),
        )
        _tell(receipt, "deducted", "扣分", household)
        _tell_written_off(receipt)
        _tell_month(ledger.record(receipt.seq))


def redeem(
    household: Household,
    items: Annotated[list[str], typer.Argument(help="ITEM or ITEM=PIECES, by code or name.", show_default=False)],
    db: Db,
    village: Village = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Exchange points for goods (兑换) and hand them over."""
    wanted: dict[str, str] = {}
    for item in items:
        name, mark, pieces = item.replace("＝", "=").rpartition("=")
        chosen = name if mark else item
        if chosen in wanted:
            raise ChosenTwice(item=chosen)
        wanted[chosen] = pieces if mark else "1"
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.redeem(household, wanted, by=by, on=on, request=request, remark=remark)
        _tell(receipt, "redeemed", "兑换", household)
        _tell_month(ledger.record(receipt.seq))


def reverse(
    reason: Reason,
    db: Db,
    seq: Annotated[int | None, typer.Argument(help="The record's number.", show_default=False)] = None,
    batch: Batch = None,
    village: Village = None,
    by: By = None,
    request: Request = None,
) -> None:
    """Undo a record (冲销) exactly, once; or every record of an imported sheet."""
    if seq is None and batch is None:
        raise OptionRequired(
            option="a record",
            instead="or name a whole sheet by --batch LABEL",
            instead_zh="或用 --batch 批次名 指明整张表",
        )
    if seq is not None and batch is not None:
        raise OptionsConflict(option="--batch", beside="a record")
    if batch is not None and request is not None:  # a batch is safe to repeat by itself
        raise OptionsConflict(option="--batch", beside="--request")
    with Ledger.open(db, village=village) as ledger:
        if seq is not None:
            receipt = ledger.reverse(seq, reason=reason, by=by, request=request)
            undone = ledger.record(receipt.seq)
            debt = receipt.balance if receipt.balance is not None and receipt.balance < 0 else None
            say(
                speak(
                    f"Record {seq} is reversed by record {receipt.seq}{'' if debt is None else f'; balance {debt}'}.",
                    f"第 {seq} 号记录已由第 {receipt.seq} 号冲销{'' if debt is None else f'，余额 {debt}'}。",
                )
            )
            _tell_written_off(receipt)
            _tell_month(undone)
            return
        count = ledger.reverse_batch(batch or "", reason=reason, by=by).rows
        rows = f"{many(count, 'row')} of {batch!r} {'is' if count == 1 else 'are'}"
        say(
            speak(
                f"{rows} reversed; the sheet can be imported anew.",
                f"批次“{batch}”的 {count} 行已冲销；可重新导入该表。",
            )
        )


def correct(
    seq: Annotated[int, typer.Argument(help="The record's number.", show_default=False)],
    reason: Reason,
    db: Db,
    village: Village = None,
    household: Annotated[str | None, typer.Option("--household", help="The right household's code.")] = None,
    activity: Annotated[str | None, typer.Option("--activity", help="The right activity's code or name.")] = None,
    quantity: Annotated[str | None, typer.Option("--quantity", help="How many it really was.")] = None,
    minutes: Minutes = None,
    level: Level = None,
    member: Member = None,
    started_at: StartedAt = None,
    ended_at: EndedAt = None,
    by: By = None,
    on: Annotated[
        str | None, typer.Option("--on", callback=written_day, help="The day on which it really was, 2026-10-03.")
    ] = None,
    request: Request = None,
    remark: Remark = None,
    approved_by: ApprovedBy = None,
) -> None:
    """Correct (更正) an award or a deduction: undo it and put the right one in its place; what is left out stays."""
    with Ledger.open(db, village=village) as ledger:
        done = ledger.correct(
            seq,
            reason=reason,
            household=household,
            activity=activity,
            quantity=quantity,
            minutes=minutes,
            level=level,
            member=member,
            started_at=started_at,
            ended_at=ended_at,
            by=by,
            on=on,
            request=request,
            remark=remark,
            approved_by=approved_by or (),
        )
        people = (*ledger.people_in(seq), *ledger.people_in(done.right.seq))
        codes = dict.fromkeys(person.code for person in people if person.role == HOUSEHOLD)
        left = [(code, ledger.balance(code).balance) for code in codes]
        written = [ledger.record(done.right.seq), ledger.record(done.reversal.seq)]
    right, undone = done.right, done.reversal
    points = many(right.points or 0, "point")
    balances = "".join(speak(f", {code} balance {balance}", f"，{code} 余额 {balance}") for code, balance in left)
    again = speak(" (recorded before, nothing changed)", "（此前已录入，未作改动）") if right.repeated else ""
    say(
        speak(
            f"Record {seq} is corrected: record {right.seq} with {points} stands in its place, "
            f"record {undone.seq} undid it{balances}.{again}",
            f"第 {seq} 号记录已更正：由第 {right.seq} 号（{right.points} 分）代替，"
            f"由第 {undone.seq} 号冲销{balances}。{again}",
        )
    )
    for receipt in (right, undone):
        _tell_written_off(receipt)
    late = {(record.for_period, record.period): record for record in reversed(written)}
    for record in late.values():
        _tell_month(record)


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
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Take goods onto the shelf (入库)."""
    cost = scaled(unit_cost, FEN_DECIMALS, name="unit_cost") if unit_cost else 0
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.stock_in(
            item,
            pieces,
            source=source,
            unit_cost_fen=cost,
            best_before=best_before,
            by=by,
            on=on,
            request=request,
            remark=remark,
        )
        say(
            speak(
                f"{receipt.points} of {item} taken in, record {receipt.seq}; on the shelf {receipt.balance}.",
                f"“{item}”入库 {receipt.points}，第 {receipt.seq} 号记录；现有 {receipt.balance}。",
            )
        )


def _cuts_of(line: ExplainedLine, seq: int) -> tuple[LimitCut, ...]:
    return line.cuts if line.movement.seq == seq else ()


def _tell_cut(cuts: Iterable[LimitCut]) -> None:
    """Say which limits cut an award, by their names."""
    of = [scope_in_words(cut.of, cut.name) for cut in cuts]
    say(
        speak(
            f"Cut by the limit on {', '.join(one.en for one in of)}; see explain.",
            f"已按{'、'.join(one.zh for one in of)}的限额计分；详见 explain。",
        )
    )


def _tell_written_off(receipt: Receipt) -> None:
    """Say how much of what was to be taken was not there and is let go."""
    if receipt.written_off:
        points = f"{many(receipt.written_off, 'point')} {'was' if receipt.written_off == 1 else 'were'}"
        say(
            speak(
                f"{points} not there to take, and written off; see explain.",
                f"有 {receipt.written_off} 分不足，不再追扣；详见 explain。",
            )
        )


def _tell_month(record: Record) -> None:
    """Say in which month something counts that was done in one which is closed."""
    if record.for_period:
        concerned, counted = record.for_period, record.period
        say(
            speak(
                f"{concerned} is closed: it counts in {counted}, for {concerned}.",
                f"{concerned} 已结账：计入 {counted}，属 {concerned}。",
            )
        )


def _tell_ended(receipt: Receipt) -> None:
    """Say that points of a late deed had ended before they were recorded."""
    say(
        speak(
            f"{receipt.ended} of it had ended before it was recorded and are not there to spend; see explain.",
            f"其中 {receipt.ended} 分在录入前已到期，不能使用；详见 explain。",
        )
    )


def _tell(receipt: Receipt, act: str, act_zh: str, household: str) -> None:
    """Say what an act came to."""
    again = speak(" (recorded before, nothing changed)", "（此前已录入，未作改动）") if receipt.repeated else ""
    way = "to" if act == "awarded" else "from"
    say(
        speak(
            f"{act.capitalize()} {receipt.points} {way} {household}, record {receipt.seq}; "
            f"balance {receipt.balance}.{again}",
            f"{household} {act_zh} {receipt.points}，第 {receipt.seq} 号记录；余额 {receipt.balance}。{again}",
        )
    )
