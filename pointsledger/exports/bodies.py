"""The bodies: the journal as JSON lines, byte for byte, so that a stranger can hash them again.

The leaf of a line is ``SHA-256(0x00 || line)`` without its line feed, and the tree over the leaves is that of RFC 6962;
its root is the root of every receipt, close and checkpoint of the book. A body holds no line feed, since canonical JSON
writes one in a text as two characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pointsledger.errors import InvalidNumber, LedgerDamaged, UnknownRecord
from pointsledger.rules import merkle
from pointsledger.storage.statements import JournalRow
from pointsledger.storage.transaction import NOT_ITS_LEAF, Transaction
from pointsledger.values.points import record_number
from pointsledger.values.progress import Progress
from pointsledger.values.words import Words

PORTION = 2_000
"""Records that are read at once."""

_NOT_ITS_ROOT = Words("the records do not add up to the root that is kept", "记录推算的校验根与留存的不符")


class ByteSink(Protocol):
    """What takes bytes: an open binary file, or anything that can be written to like one."""

    def write(self, data: bytes, /) -> object:
        """Take them."""
        ...


def write_bodies(transaction: Transaction, file: ByteSink, *, after: int, progress: Progress | None) -> None:
    """Write the bodies behind record ``after``, a line each; the last line ends with a line feed as well.

    Raises: as ``sound_rows``.

    """
    for row in sound_rows(transaction, after=after, progress=progress):
        file.write(row.body + b"\n")


def sound_rows(transaction: Transaction, *, after: int = 0, progress: Progress | None = None) -> Iterator[JournalRow]:
    """Yield the journal behind record ``after``, each body held against its leaf, and all of them against the root.

    Raises:
        InvalidNumber, UnknownRecord: at once, if the book has no record ``after``; 0 is before the first.
        LedgerDamaged: if something is not what was written; at the latest when the last one was taken.

    """
    if record_number(after, "after") < 0:
        raise InvalidNumber(name="after", value=after)
    size = transaction.state.size
    if after > size:
        raise UnknownRecord(seq=after, size=size)
    return _rows(transaction, after, size, progress)


def _rows(transaction: Transaction, after: int, size: int, progress: Progress | None) -> Iterator[JournalRow]:
    frontier = transaction.frontier_at(after)
    seq = after
    while seq < size:
        portion = transaction.journal(seq, min(seq + PORTION, size))
        if not portion:
            raise _damaged(transaction, NOT_ITS_LEAF.about(seq=seq + 1))
        for row in portion:
            body, leaf = bytes(row.body), bytes(row.leaf)
            if row.seq != seq + 1 or merkle.leaf_hash(body) != leaf or b"\n" in body:
                raise _damaged(transaction, NOT_ITS_LEAF.about(seq=seq + 1))
            merkle.grow(frontier, seq, leaf)
            seq += 1
            yield row._replace(body=body, leaf=leaf)
            if progress is not None:
                progress(seq, size)
    if merkle.root(frontier) != bytes(transaction.state.settings.root):
        raise _damaged(transaction, _NOT_ITS_ROOT)


def _damaged(transaction: Transaction, reason: Words) -> LedgerDamaged:
    return LedgerDamaged(place=f"village {transaction.village}", reason=reason.en, reason_zh=reason.zh)
