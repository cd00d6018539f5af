"""Trace queries: where the value of a lot went, and which refunds a redemption had.

No index leads from a lot to what drew on it: each posting would pay for one, and few people ask. So the allocations
are read in the order of their records from the lot's own on, as far as the page reaches.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlmodel import col

from pointsledger.rules import chart
from pointsledger.storage.tables import Allocation, EntryRow
from pointsledger.values import rows


def drawn_from(
    connection: Connection, village: str, lot_seq: int, *, after: int, limit: int
) -> Sequence[rows.Allocation]:
    """Return what the records behind ``after`` took from the lots that a record made, ``limit`` records of them."""
    own = (col(Allocation.village) == village, col(Allocation.lot_seq) == lot_seq)
    behind = max(after, lot_seq - 1)
    some = select(col(Allocation.seq)).where(*own, col(Allocation.seq) > behind).distinct()
    chosen = some.order_by(col(Allocation.seq)).limit(limit).subquery()
    query = (
        select(Allocation)
        .join(chosen, chosen.c.seq == col(Allocation.seq))
        .where(*own)
        .order_by(col(Allocation.seq), col(Allocation.line), col(Allocation.lot_line), col(Allocation.cause))
    )
    return [rows.Allocation._make(row) for row in connection.execute(query)]


def refunds_to(connection: Connection, village: str, account: str, *, after: int) -> list[int]:
    """Return the records behind ``after`` that gave an account points back for goods."""
    query = (
        select(col(EntryRow.seq))
        .where(
            col(EntryRow.village) == village,
            col(EntryRow.target) == account,
            col(EntryRow.source) == chart.REFUNDED,
            col(EntryRow.seq) > after,
        )
        .order_by(col(EntryRow.seq))
    )
    return [seq for (seq,) in connection.execute(query)]
