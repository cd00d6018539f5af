"""Undoings: what became of a record, which one undid it, which stands in its place, and why."""

from __future__ import annotations

from typing import NamedTuple

from pointsledger.decisions.pairs import REVERSE, right_request
from pointsledger.storage.transaction import Transaction
from pointsledger.values.records import Record
from pointsledger.values.rows import Reversal


class Undoing(NamedTuple):
    """The records that belong to one: what it undid and what undid it, what it corrects and what corrects it, or 0."""

    reverses: int = 0
    reversed_by: int = 0
    corrects: int = 0
    corrected_by: int = 0
    reason: str = ""


def undoing_of(transaction: Transaction, record: Record) -> Undoing:
    """Return what undid a record, what it undid, and the pair that a correction made of it; ``reason`` says why."""
    reverses = record.said["seq"] if record.kind == REVERSE else 0
    corrects = record.said.get("corrects", 0)
    own = _reversal_of(transaction, record.seq)
    told = own or (record if reverses else _reversal_of(transaction, corrects) if corrects else None)
    reason = next((one.text for one in transaction.remarks(told.seq) if one.field == "reason"), "") if told else ""
    right = transaction.requested(right_request(own.request)) if own and "corrected" in own.said else None
    return Undoing(reverses, own.seq if own else 0, corrects, right.seq if right else 0, reason)


def _reversal_of(transaction: Transaction, seq: int) -> Record | None:
    undone = transaction.state.get(Reversal, (seq,))
    return None if undone is None else transaction.state.record(undone.by_seq)
