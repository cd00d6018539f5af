"""The audit of what a month opens with, which comes before its close: what the month before was closed with.

That stands in the tables of closes and bridges, and in the journal: the record of the close has a digest over the
bridges. It lies among the records that the audit of the month reads again, since no month is closed before it is over.
So the bridges are held against that record, and never against a table.

Where they do not agree, either somebody has edited the bridges, and a rebuild puts them right; or the close itself was
wrong, and nothing ever will. The lines of the whole book tell which, and are read for that only then.

Worked example: a bridge is raised by 100, and the digest in the table of closes with it. The record has the other one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pointsledger.decisions.closing import close_of
from pointsledger.decisions.movements import totals_of
from pointsledger.finding_list import RECORDS_AT_ONCE, Findings
from pointsledger.rules import bridge
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import month_after
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Bridge, Close, PeriodTotal
from pointsledger.values.visible import quoted
from pointsledger.values.words import Words


def see_opening_sound(transaction: Transaction, period: str, closes: Mapping[str, Record], findings: Findings) -> None:
    """Look at what a month opens with, and note what is broken; ``closes`` are those recorded since it began."""
    state = transaction.state
    last = max(closes, default="")
    if last >= period:
        kept = state.settings.closed_through
        told = Words(f"closed through {quoted(kept)}; derived {last!r}", f"已结账至 {quoted(kept)}；推算 {last!r}")
        findings.add("head-mismatch", told, closes[last].seq)
        return
    if period == state.settings.first_period:
        return
    before = month_after(period, -1)
    close = closes.get(before)
    if close is None:
        findings.add("head-mismatch", Words(f"no record closes {before}", f"没有一号记录给 {before} 结账"))
        return
    kept_bridges = sorted(state.family(Bridge, before), key=lambda one: one.account)
    if bridge.digest(state.village, before, kept_bridges) != close.decided.get("digest"):
        _name_the_wrong_one(transaction, close, kept_bridges, findings)
        return
    row = state.get(Close, (before,))
    if row != close_of(close):
        findings.differs(Close, row or close_of(close))


def _name_the_wrong_one(transaction: Transaction, close: Record, kept: list[Bridge], findings: Findings) -> None:
    """Note whether the bridges that stand in the table are wrong, or the close."""
    month = close.said["period"]
    derived = _derived(transaction, month, findings)
    if derived == kept:
        findings.compare_close(close, bridge.sums(derived))
        findings.add("close-differs", Words("its digest is another", "摘要不同"), close.seq)
    else:
        findings.row_differs(Bridge, month, close.seq)


def _derived(transaction: Transaction, month: str, findings: Findings) -> list[Bridge]:
    """Return the bridges of a month as the lines of all records give them."""
    village = transaction.village
    opening: Counter[str] = Counter()
    amounts: Counter[tuple[Any, ...]] = Counter()
    for record in _records(transaction, findings):
        for added in totals_of(record):
            if added.unit != POINTS:
                continue
            if added.period == month:
                amounts[added[1:-2]] += added.amount
            elif added.period < month:
                opening[added.account] += added.amount
    nothing = (0,) * len(bridge.FIGURES[:-1])
    before = [Bridge._make((village, "", account, *nothing, closing)) for account, closing in opening.items()]
    totals = [PeriodTotal._make((village, *key, amount, 0)) for key, amount in amounts.items()]
    return bridge.of_month(village, month, before, totals)


def _records(transaction: Transaction, findings: Findings) -> Iterator[Record]:
    for after in range(0, transaction.state.size, RECORDS_AT_ONCE):
        for row in transaction.journal(after, after + RECORDS_AT_ONCE):
            record = findings.record_of(row)
            if record is not None:
                yield record
