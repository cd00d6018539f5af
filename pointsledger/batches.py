"""Batches: what one sheet brought in, under a label of its own, and how all of it is taken back.

What a sheet posts goes under request ids made of what it is about. Each begins with a word of its own, and no
part of it can be taken for two: a batch may be called anything, ``reversed`` or ``1/no:5`` included.
"""

from __future__ import annotations

from dataclasses import dataclass

from pointsledger.decisions.pairs import REVERSE
from pointsledger.errors import BatchReversed, UnknownBatch
from pointsledger.posting import OWN_REQUESTS, Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.register import parse_text, without_hidden
from pointsledger.values.records import Record
from pointsledger.values.rows import Batch, BatchRow

LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class BatchReversal:
    """What the reversal of a batch did: its receipt, and how many rows it took back."""

    receipt: Receipt
    rows: int


def parse_label(label: str) -> str:
    """Return the name of a batch as it is kept and looked up: plain spaces, and none around it.

    Raises:
        InvalidText: if it is empty, longer than ``LONGEST_LABEL``, or holds characters that nobody sees.

    """
    return parse_text(label, "label", LONGEST_LABEL)


def default_label(period: str, title: str) -> str:
    """Return what a batch is called that nobody named: its month and the sheet's title, as far as a label reaches."""
    return parse_label(f"{period} {without_hidden(title)}".strip()[:LONGEST_LABEL])


def request_of_row(label: str, generation: int, revision: int, key: str) -> str:
    """Return the request id under which a row of a sheet is posted, each time that it is."""
    return _request("row", label, generation, revision, key)


def reverse_row(posting: Posting, record: Record, *, reason: str, by: str | None, replaced: bool = False) -> None:
    """Take back the record of a row; ``replaced`` says that a corrected sheet does it, and no person."""
    posting.post(
        REVERSE,
        lambda: {"seq": record.seq, "replaced": 1 if replaced else None},
        by=by,
        request=_request("row-reversed", record.seq),
        texts={"reason": reason},
    )


def reverse_batch(posting: Posting, label: str, *, reason: str, by: str | None) -> BatchReversal:
    """Reverse every row of a batch that still stands, the last first, and begin its next generation."""
    label = parse_label(label)
    batch = known_batch(posting, label)
    live = [row for row in posting.state.family(BatchRow, label) if row.live]
    if not live:
        raise BatchReversed(label=label)
    for row in sorted(live, key=lambda row: row.seq, reverse=True):
        reverse_row(posting, posting.state.record(row.seq), reason=reason, by=by)
    request = _request("batch-reversed", label, batch.generation)
    record, _ = posting.post(
        "reverse-batch", lambda: {"batch": label}, by=by, request=request, texts={"reason": reason}
    )
    return BatchReversal(posting.receipt(record), len(live))


def known_batch(posting: Posting, label: str) -> Batch:
    """Return the batch under a label.

    Raises:
        UnknownBatch: if there is none, with the labels that there are.

    """
    batch = posting.state.get(Batch, (label,))
    if batch is None:
        raise UnknownBatch(label=label, known=", ".join(posting.transaction.batch_labels()) or "none")
    return batch


def _request(*parts: object) -> str:
    return OWN_REQUESTS + "/".join(str(part).replace("%", "%25").replace("/", "%2F") for part in parts)
