"""Commands that act: one for each act, with the options of its method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from pointsledger.cli.options import (
    Activity,
    ApprovedBy,
    Batch,
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
from pointsledger.cli.telling import again, tell, tell_month
from pointsledger.cli.words import many, speak
from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.errors import OptionRequired, OptionsConflict
from pointsledger.ledger import Ledger
from pointsledger.receipts import Receipt
from pointsledger.reports.explanation import ExplainedLine, LimitCut
from pointsledger.rules.limits import scope_in_words
from pointsledger.values.visible import quoted

Reason = Annotated[str, typer.Option("--reason", help="Why; it stays out of the journal.")]
StartedAt = Annotated[str | None, typer.Option("--started-at", help="Start of a service, 2026-10-03T08:30.")]
EndedAt = Annotated[str | None, typer.Option("--ended-at", help="End of a service.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (award, deduct, reverse, correct):
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
        tell(receipt, "awarded", "加分", household)
        if "capped" in record.decided:
            _tell_cut(cut for line in ledger.explain(household, record.period) for cut in _cuts_of(line, receipt.seq))
        tell_month(record)
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
        tell(receipt, "deducted", "扣分", household)
        _tell_written_off(receipt)
        tell_month(ledger.record(receipt.seq))


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
            option_zh="记录号",
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
            tell_month(undone)
            return
        label = batch or ""
        count = ledger.reverse_batch(label, reason=reason, by=by).rows
        rows = f"{many(count, 'row')} of {quoted(label)} {'is' if count == 1 else 'are'}"
        say(
            speak(
                f"{rows} reversed; the sheet can be imported anew.",
                f"批次“{label}”的 {count} 行已冲销；可重新导入该表。",
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
    before = again(right)
    say(
        speak(
            f"Record {seq} is corrected: record {right.seq} with {points} stands in its place, "
            f"record {undone.seq} undid it{balances}.{before}",
            f"第 {seq} 号记录已更正：由第 {right.seq} 号（{right.points} 分）代替，"
            f"由第 {undone.seq} 号冲销{balances}。{before}",
        )
    )
    for receipt in (right, undone):
        _tell_written_off(receipt)
    late = {(record.for_period, record.period): record for record in reversed(written)}
    for record in late.values():
        tell_month(record)


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


def _tell_ended(receipt: Receipt) -> None:
    """Say that points of a late deed had ended before they were recorded."""
    say(
        speak(
            f"{receipt.ended} of it had ended before it was recorded and are not there to spend; see explain.",
            f"其中 {receipt.ended} 分在录入前已到期，不能使用；详见 explain。",
        )
    )
