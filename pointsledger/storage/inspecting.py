"""Inspecting: the stream of records with what undid each, and the free text beside them, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select
from sqlmodel import col

from pointsledger.storage.gathering import read_body
from pointsledger.storage.tables import Journal, Remark, Reversal
from pointsledger.values.records import Record


class Beside(NamedTuple):
    """A record, the record that undid it (or 0), and its free text that is still kept, by field."""

    record: Record
    reversed_by: int
    texts: dict[str, str]


def page(connection: Connection, village: str, *, after: int, limit: int) -> Iterator[Beside]:
    """Yield the records behind ``after``, at most ``limit`` of them.

    Raises:
        LedgerDamaged: at the first that is no record.

    """
    undone = and_(col(Reversal.village) == col(Journal.village), col(Reversal.seq) == col(Journal.seq))
    journal = (
        select(col(Journal.seq), col(Journal.body), func.coalesce(col(Reversal.by_seq), 0))
        .outerjoin(Reversal, undone)
        .where(col(Journal.village) == village, col(Journal.seq) > after)
        .order_by(col(Journal.seq))
        .limit(limit)
    )
    found = connection.execute(journal).all()
    if not found:
        return
    texts: dict[int, dict[str, str]] = {}
    beside = select(col(Remark.seq), col(Remark.field), col(Remark.text)).where(
        col(Remark.village) == village, col(Remark.seq) > after, col(Remark.seq) <= found[-1][0]
    )
    for seq, field, text in connection.execute(beside):
        texts.setdefault(seq, {})[field] = text
    for seq, body, by_seq in found:
        yield Beside(read_body(body, seq), int(by_seq), texts.get(seq, {}))
