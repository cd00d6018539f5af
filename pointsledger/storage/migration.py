"""Migration: a database's books carried to another one, of the same kind or not, record by record.

The journal, the register and the remarks are all there is to carry: the rest follows from the records, and is
derived again as they arrive. Each portion is one transaction of the target, so a migration that was stopped goes
on where it is; at the end heads and contents of every table are compared. Until then the target has codes, names and
texts as the source has them now, and not yet the records by which some were amended or erased.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

from pointsledger.decisions.amending import AMEND
from pointsledger.decisions.erasing import ERASE
from pointsledger.errors import LedgerDamaged, PointsLedgerError, VillageExists
from pointsledger.rules import merkle
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.storage import schema
from pointsledger.storage.dialect import damaged
from pointsledger.storage.gathering import read_body
from pointsledger.storage.store import Store
from pointsledger.storage.stumbles import Telling
from pointsledger.storage.transaction import NOT_ITS_LEAF, Head, Transaction
from pointsledger.values import rows
from pointsledger.values.log import LOG
from pointsledger.values.new_files import remove_database
from pointsledger.values.progress import Progress
from pointsledger.values.words import Words

PORTION = 2_000
"""Records that are carried in one transaction."""

_DIFFERENT = Words("{table} is not the same after the migration", "迁移后 {table} 与原库不同")


def migrate(source: Store, target: Store, progress: Progress | None = None) -> dict[str, Head]:
    """Carry the book of every village; return the heads, which are the same in both.

    A file that was made for it and refused is gone again.

    Raises:
        VillageExists: if the target holds another book of a village.
        LedgerDamaged: if a record of the source is not what its leaf says, or something came out otherwise.

    """
    source.check()
    with _removed_if_refused(target) as heads:
        target.begin_tables()
        LOG.info("%s: migration to %s begun", source.place, target.place)
        purge_due = False
        for village in source.villages():
            head = None
            while head is None:  # until nothing was posted to the source meanwhile
                more = True
                while more:
                    more, changed, heads[village] = _carried(source, target, village, progress)
                    purge_due = purge_due or changed
                head = _compared(source, target, village)
            heads[village] = head
        if purge_due:
            target.purge()
    carried = sum(head.size for head in heads.values())
    LOG.info("%s: migration to %s done, %d villages, %d records", source.place, target.place, len(heads), carried)
    return heads


@contextmanager
def _removed_if_refused(target: Store) -> Iterator[dict[str, Head]]:
    """Remove a file that the migration made, if it comes to nothing; the block notes the heads that it carried.

    What was only stopped stays, to be gone on with, and so does a file in which somebody else began a book meanwhile.
    """
    file = Path(str(target.url.database))
    made = not (target.exists() or os.path.lexists(file))  # a name may also be that of a folder, or of a device
    carried: dict[str, Head] = {}
    try:
        yield carried
    except BaseException as error:
        if made and (isinstance(error, LedgerDamaged) or not carried) and _holds_no_more(target, carried):
            target.close()
            remove_database(file)
        raise


def _holds_no_more(target: Store, carried: dict[str, Head]) -> bool:
    """Tell whether nothing but what was carried stands in a target."""
    try:
        held = {}
        for village in target.villages():
            with target.reading(village) as transaction:
                held[village] = transaction.head
    except PointsLedgerError:  # what cannot be read is not taken for nothing
        return False
    return held == carried


def _carried(source: Store, target: Store, village: str, progress: Progress | None) -> tuple[bool, bool, Head]:
    """Carry the next portion of a village's book; tell whether there may be more.

    And whether it erased or amended what an earlier portion may have carried, whose bytes are still there then; and to
    which head it came.
    """
    changed = False
    with source.reading(village) as old, target.posting(village) as new:
        size = new.state.size
        if size > old.state.size or (size and old.root_at(size) != new.head.root):
            raise VillageExists(place=target.place, village=village)
        remarks = _remarks(source, old, size)
        for seq, body, leaf in _portion(source, old, size):
            if seq != new.state.size + 1 or merkle.leaf_hash(body.encode()) != leaf:
                raise damaged(NOT_ITS_LEAF.about(seq=seq), source.place)
            record = read_body(body, seq)
            with Telling(seq, source.place, target.dialect):
                new.append(record)
            changed = changed or (size > 0 and record.kind in {AMEND, ERASE})
            for row in (*remarks.get(seq, ()), *_people(old, body)):
                new.state.put(row)
            if progress is not None:
                progress(seq, old.state.size)
        if size == new.state.size < old.state.size:  # the book says that it has more, and somebody cut them off
            raise damaged(NOT_ITS_LEAF.about(seq=size + 1), source.place)
        with Telling(new.state.size, source.place, target.dialect):
            new.flush()
        _carry_issued(old, new)
        return new.state.size < old.state.size, changed, new.head


def _carry_issued(old: Transaction, new: Transaction) -> None:
    """Carry the secret, and the checkpoints that were issued of what is carried by now."""
    secret, last = old.state.get(rows.Secret, ()), new.last_checkpoint()
    if secret is not None:
        new.state.put(secret)
    number = last.number if last else 0
    whole = new.state.size == old.state.size  # a copy may have kept a head of more records, of a book that was lost
    while found := list(takewhile(lambda one: one.size <= new.state.size or whole, old.checkpoints(number, PORTION))):
        for issued in found:
            new.state.put(issued)
        number = found[-1].number


def _people(old: Transaction, body: str) -> Iterator[rows.Profile]:
    """Yield the profile behind each id of a body, so that the target has at any time whom its records name."""
    for one in sorted(set(ID_IN_TEXT.findall(body))):
        profile = old.state.get(rows.Profile, (one,))
        if profile is not None:
            yield profile


def _portion(source: Store, old: Transaction, size: int) -> Iterator[tuple[int, str, bytes]]:
    asked = (old.village, size, size + PORTION)
    found: Iterator[Any] = source.dialect.stream(old.connection, source.dialect.sql.portion, asked)
    return found


def _remarks(source: Store, old: Transaction, size: int) -> dict[int, list[rows.Remark]]:
    found: dict[int, list[rows.Remark]] = {}
    asked = (old.village, size, size + PORTION)
    for row in source.dialect.stream(old.connection, source.dialect.sql.remarks_of_portion, asked):
        remark = rows.Remark(*row)
        found.setdefault(remark.seq, []).append(remark)
    return found


def _compared(source: Store, target: Store, village: str) -> Head | None:
    """See that heads and contents are the same, and return the head; None if the source has more by now."""
    with source.reading(village) as old, target.reading(village) as new:
        if old.head.size > new.head.size or old.last_checkpoint() != new.last_checkpoint():
            return None
        if old.head != new.head:
            raise damaged(_DIFFERENT.about(table="points_village"), target.place)
        before = schema.contents(old.connection, source.dialect, village)
        after = schema.contents(new.connection, target.dialect, village)
        for table, digest in before.items():
            if after.get(table) != digest:
                raise damaged(_DIFFERENT.about(table=table), target.place)
        return new.head
