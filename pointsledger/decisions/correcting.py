"""Correcting: a record that undoes an earlier one exactly, once.

The lines of the original are posted with source and target exchanged, on the original's day: a month that is
still open comes out as if the mistake had never been made. What it had taken from lots goes back
to those lots. Points that it had brought are taken from the lot it made, then from the account's other lots in their
order, and of the rest the rule book says what becomes, as of a debt (S-21, S-49); arrears that the lot had paid come to
life again. Goods that are gone cannot be taken back.

Where the right award comes in the place of a wrong one (``pairs``), it was recorded before, and what the wrong one had
spent is taken from it first: the account stands as if the right one had been entered at once.

Worked example: a deduction of 10 found 4 and made arrears of 6, which a later award of 20 settled. Reversing
the deduction returns 4 to the lot they came from, and 6 to the lot of the award: 24 are there to spend.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from pointsledger.decisions.awarding import AWARD, DEDUCT, owed, whole_entry
from pointsledger.decisions.coming_back import brought_to, ended, settling, unsettled
from pointsledger.decisions.drafts import draft, parts, shown, today
from pointsledger.decisions.funding import FUND_IN, FUND_OUT, counted_spending
from pointsledger.decisions.granting import BASE
from pointsledger.decisions.lapsing import LAPSE
from pointsledger.decisions.limiting import counted, counts_of
from pointsledger.decisions.pairs import check_reversal
from pointsledger.decisions.permitting import counted_back
from pointsledger.decisions.rewarding import REWARD
from pointsledger.decisions.shelving import STOCKTAKE, TRANSFER, WRITE_OFF
from pointsledger.decisions.shortfalls import shortfall
from pointsledger.decisions.state import State
from pointsledger.decisions.stocking import INTAKE
from pointsledger.errors import AlreadyRefunded, AlreadyReversed, AlreadySpent, BatchStands, NotReversible, UnknownBatch
from pointsledger.rules import chart, lots
from pointsledger.rules.lots import Part
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Batch, BatchRow, Capped, Invoice, Lapse, Lot, Redemption, Reversal

REVERSIBLE = (
    *(AWARD, BASE, DEDUCT, "redeem", "hand-over", "opening", "opening-stock", INTAKE),
    *(TRANSFER, WRITE_OFF, STOCKTAKE, FUND_IN, FUND_OUT, REWARD),
)
_REVERSIBLE_ZH = "加分、基础分、扣分、兑换、领取、期初积分、期初库存、入库、调拨、报损、盘点、基金收入、基金支出、奖励"


def decide_reversal(state: State, command: Command) -> Record:
    """Undo record ``said["seq"]``.

    Raises:
        UnknownRecord: if the journal has none of that number.
        NotReversible: if it is of a kind that has no reverse.
        AlreadyReversed: if it was undone before.
        AlreadySpent: if goods that it brought are gone.
        InsufficientPoints: if points that it brought are spent, and the rule book lets nobody owe.

    """
    said: Any = command.said
    original = state.record(said["seq"])
    if original.kind not in REVERSIBLE and not (original.kind == LAPSE and "makes_way_for" in said):
        allowed = ", ".join(REVERSIBLE)
        raise NotReversible(seq=original.seq, kind=original.kind, allowed=allowed, allowed_zh=_REVERSIBLE_ZH)
    done = state.get(Reversal, (original.seq,))
    if done is not None:
        raise AlreadyReversed(seq=original.seq, by_seq=done.by_seq)
    check_reversal(state, command, original)
    redemption = redemption_of(state, original)
    if redemption is not None and redemption.refunded:
        raise AlreadyRefunded(seq=original.seq, refunded=shown(state, redemption.refunded))
    decided: dict[str, Any] = {
        "of": original.kind,
        "group": original.decided.get("group"),
        "activity": original.said.get("activity"),
        "level": original.said.get("level"),
        "resident": original.said.get("resident"),
        "base": original.said.get("base"),
    }
    entries = [Entry(entry.target, entry.source, entry.unit, entry.amount) for entry in original.entries]
    undone = _undone(state, original, today(state, command), said.get("corrected", 0))
    decided |= undone
    if written_off := undone.get("written_off"):
        source, target, unit, amount = entries[0]
        entries = [Entry(source, target, unit, amount - written_off)] if amount > written_off else []
    account = original.said.get("account") or (redemption.account if redemption else None)
    if account is not None:
        over = ended(state, account, decided, today(state, command))
        decided["balance"] = state.balance(account, POINTS).balance + brought_to(account, entries) - over
    concerned = original.for_period or original.period
    return draft(state, command, on=original.on, decided=decided, entries=entries, for_period=concerned)


def apply_reversal(state: State, record: Record) -> list[tuple[object, ...]]:
    """Mark what was undone and what of it was not, and count it back where it counted towards a limit."""
    original = state.record(record.said["seq"])
    said = original.said
    rows: list[tuple[object, ...]] = [Reversal(state.village, original.seq, record.seq)]
    if original.kind == BASE or (original.kind == AWARD and original.entries):
        rows.extend(counted(state, counts_of(original).taken_back()))
    if "batch" in said:
        row = state.get(BatchRow, (said["batch"], said["row"]))
        if row is not None and row.seq == original.seq:
            rows.append(row._replace(live=0))
    redemption = redemption_of(state, original)
    if redemption is not None:
        rows.append(redemption._replace(reversed_by=record.seq))
        rows.extend(counted_back(state, state.record(redemption.seq), redemption.account))
    if original.kind == LAPSE:
        lapse = state.get(Lapse, (said["account"], said["last_day"], original.seq))
        if lapse is not None:
            rows.append(lapse._replace(undone_by=record.seq))
    rows.extend(counted_spending(state, original, -1))
    invoice = state.get(Invoice, (said["invoice"], said["item"])) if "invoice" in said else None
    if invoice is not None and invoice.seq == original.seq:
        rows.append(invoice._replace(reversed_by=record.seq))
    if original.kind == "opening":
        rows.append(state.account(said["account"])._replace(opening_seq=0))
    return [*rows, *_short(state, record, original)]


def _short(state: State, record: Record, original: Record) -> list[Capped]:
    """Return what a reversal fell short of; of a deed that had moved nothing, of what the deed was for."""
    if original.kind in {AWARD, DEDUCT}:
        undone = original.entries[0] if original.entries else whole_entry(original)
    elif original.kind in {BASE, "opening"} and original.entries:
        undone = original.entries[0]
    else:
        return []
    return shortfall(state, record, Entry(undone.target, undone.source, undone.unit, undone.amount))


def redemption_of(state: State, record: Record) -> Redemption | None:
    """Return the redemption that a record made, or completed, if it did."""
    seq = record.said.get("redemption", record.seq)
    return state.get(Redemption, (seq,)) if record.kind in {"redeem", "hand-over"} else None


def decide_batch_reversal(state: State, command: Command) -> Record:
    """Close a generation of an imported sheet, once its rows are reversed, so that it can be imported anew.

    Raises:
        UnknownBatch: if no rows stand under that label.
        BatchStands: if one of its rows is not reversed.

    """
    said: Any = command.said
    batch = state.get(Batch, (said["batch"],))
    if batch is None:
        raise UnknownBatch(label=said["batch"], known="none")
    if any(row.live for row in state.family(BatchRow, said["batch"])):
        raise BatchStands(label=said["batch"])
    on = state.calendar.day_of_instant(command.recorded_at)
    return draft(state, command, on=on, decided={"generation": batch.generation + 1})


def apply_batch_reversal(state: State, record: Record) -> list[tuple[object, ...]]:
    """Begin the batch's next generation."""
    return [Batch(state.village, record.said["batch"], record.decided["generation"])]


def _undone(state: State, original: Record, day: str, right: int) -> dict[str, Any]:
    """Return which lots the reversal draws on, gives back to, and settles or unsettles, and what is owed."""
    if original.entries and chart.holds_points(original.entries[0].target):
        return _taken_back(state, original, original.entries[0], day, right)
    drawn: list[Any] = []
    settled: list[Any] = []
    cleared: list[Any] = []
    for line, entry in enumerate(original.entries, start=1):
        if chart.is_kept(entry.target):
            lot = _whole_lot(state, original, line)
            drawn += parts(line, [(lot.seq, lot.line, lot.granted)])
            if chart.is_kept(entry.source):  # it came from a lot of another shelf, to which it goes back
                drawn += parts(line, _parts_of(original, line), -1)
            continue
        taken = _parts_of(original, line)
        drawn += parts(line, taken, -1)
        if entry.unit == POINTS:
            made = sum(amount for own, amount in original.decided.get("arrears", ()) if own == line)
            cleared += [[line, made]] if made else []
            if original.kind != LAPSE:  # whose day is over lapses again: it pays nothing
                settled += _resettled(state, entry.source, line, taken, made)
    return {"lots": drawn, "settled": settled, "cleared": cleared}


def _taken_back(state: State, original: Record, entry: Entry, day: str, right: int) -> dict[str, Any]:
    """Return how points that a record brought, in its one line, are taken from its account again.

    Worked example (S-21): lot M of 10 is spent, lot N has 4. Reversing M takes the 4 of N, and 6 are owed. If record
    ``right`` of 8 stands in its place, those are taken first, then 2 of N, and nothing is owed.
    """
    lot = state.get(Lot, (original.seq, 1))
    if lot is None:
        message = f"record {original.seq} made no lot"
        raise LookupError(message)
    own = lot.free + lot.settled
    alive = state.lots_to_take(entry.target, day)
    instead = state.get(Lot, (right, 1)) if right else None
    first = [instead] if instead is not None and instead.account == entry.target else []
    taken = {(one.seq, one.line) for one in (lot, *first)}
    others = chain(first, (other for other in alive if (other.seq, other.line) not in taken))
    found, _ = lots.take(others, entry.amount - own + lot.settled)
    spent, paid = lots.split(found, entry.amount - own)
    missing = entry.amount - own - sum(part for *_, part in spent)
    arrears, written_off = owed(state, entry.target, original.on, entry.amount, missing)
    return {
        "lots": parts(1, [(lot.seq, lot.line, own)] if own else []) + parts(1, spent),
        "settled": (parts(1, [(lot.seq, lot.line, lot.settled)], -1) + parts(1, paid)) if lot.settled else [],
        "arrears": [[1, arrears]] if arrears else None,
        "written_off": written_off or None,
    }


def _resettled(state: State, account: str, line: int, restored: list[Part], made: int) -> list[Any]:
    """Settle the arrears that stay with what is restored; or undo what later lots paid towards ``made``."""
    arrears = state.balance(account, POINTS).arrears
    if arrears < made:
        return parts(line, unsettled(state, account, made - arrears), -1)
    return parts(line, settling(restored, arrears - made))


def _whole_lot(state: State, original: Record, line: int) -> Lot:
    """Return the lot of goods that a line made, of which nothing may be gone."""
    lot = state.get(Lot, (original.seq, line))
    # Of what came in unexplained, the same record handed out; it is given back with it.
    again = sum(part for _, *place, part in original.decided.get("lots", ()) if place == [original.seq, line])
    if lot is None or lot.free + again != lot.granted:
        granted, left = original.entries[line - 1].amount, 0 if lot is None else lot.free
        places = FEN_DECIMALS if original.entries[line - 1].unit == chart.FEN else 0
        raise AlreadySpent(seq=original.seq, granted=unscaled(granted, places), remaining=unscaled(left, places))
    return lot


def _parts_of(record: Record, line: int) -> list[Part]:
    return [(seq, lot_line, part) for own, seq, lot_line, part in record.decided.get("lots", ()) if own == line]
