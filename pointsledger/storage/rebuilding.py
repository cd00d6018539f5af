"""Rebuilding: every projection derived from the journal again, the cure for a damaged one and the way to a new schema.

It is one transaction, however long: it happens wholly or not at all, and one that was interrupted left nothing. The
journal's own hashes are checked on the way, and the head that was kept has to come out again. What the tables held
before is compared with what came out, so that neither a rebuild nor an upgrade quietly puts right what somebody
should be asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func
from sqlmodel import col, select

from pointsledger.errors import LedgerNewer, NotALedger
from pointsledger.rules import merkle
from pointsledger.storage import schema
from pointsledger.storage.dialect import damaged
from pointsledger.storage.gathering import read_body
from pointsledger.storage.store import Store
from pointsledger.storage.stumbles import Telling
from pointsledger.storage.tables import Journal, table_name
from pointsledger.storage.transaction import NOT_ITS_LEAF, Head, Transaction
from pointsledger.values import rows
from pointsledger.values.log import LOG
from pointsledger.values.progress import Progress
from pointsledger.values.words import Words

_OTHER_HEAD = Words(
    "the journal is not the one that the kept head belongs to; "
    "only when a root from elsewhere agrees, repeat with --trust-journal",
    "台账与留存的校验根不符；只有与别处抄存的校验根核对一致后，才可加 --trust-journal 重做",
)
_NO_HEAD = Words(
    "its kept head is gone; when a root from elsewhere agrees, repeat with --trust-journal",
    "留存的校验根丢失；与别处抄存的校验根核对一致后，可加 --trust-journal 重做",
)
_NOT_ITS_NODES = Words("the tree hashes beside record {seq} are not its own", "第 {seq} 号记录旁的树节点不符")

_SIZES = select(col(Journal.village), func.count()).group_by(col(Journal.village)).order_by(col(Journal.village))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild or an upgrade came to: the head of each village's book, and what was not as it belongs.

    ``earlier`` is the version of the schema that was found. ``mended`` are the tables and guards that it made as they
    belong, ``left`` those that it could not: they belong to the journal or the profiles, which it never touches.
    ``changed`` are the tables that held something else than the records say.
    """

    heads: Mapping[str, Head]
    mended: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[str, ...]
    earlier: int


def rebuild(store: Store, progress: Progress | None = None, *, trust_journal: bool = False) -> Rebuilt:
    """Throw every projection away and derive it from the journal again, in one transaction.

    The head that was kept must come out again, or records were cut off or exchanged; only with ``trust_journal`` is
    the journal taken as it is.

    Raises:
        NotALedger, LedgerNewer, LedgerOlder: if there is nothing that this release can rebuild.
        LedgerDamaged: if a record is not what its leaf says, is of a kind that there is none of, or says what no
            table could be filled from, or the head is another; nothing is changed then. What only the rules look at,
            such as the quantity of a deed, nobody asks about here: an audit finds it.

    """
    with store.remaking() as connection:
        found = _found(store, connection, trust_journal=trust_journal)
        schema.known(found, store.place)
        return _remade(store, connection, found, progress, trust_journal=trust_journal)


def upgrade(
    store: Store, progress: Progress | None = None, *, dry_run: bool = False, trust_journal: bool = False
) -> Rebuilt | None:
    """Bring the schema of an earlier release up to this one, by a rebuild; None if it is this release's already.

    With ``dry_run`` everything is done and then dropped.

    Raises:
        NotALedger, LedgerNewer: if there is nothing that this release can upgrade.
        LedgerDamaged: as ``rebuild``.

    """
    with store.remaking() as connection:
        found = _found(store, connection, trust_journal=trust_journal)
        if found == schema.version(connection, store.dialect) == schema.VERSION:
            return None
        upgraded = _remade(store, connection, found, progress, trust_journal=trust_journal)
        if dry_run:
            connection.rollback()
        return upgraded


def _found(store: Store, connection: Connection, *, trust_journal: bool) -> int:
    """Return the version that is there, if this release can do something about it."""
    if not schema.holds_journal(connection):
        raise NotALedger(place=store.place)
    says = schema.version(connection, store.dialect) or schema.VERSION
    found = schema.release(connection, store.dialect)
    if found > schema.VERSION or (says > schema.VERSION and not trust_journal):
        raise LedgerNewer(place=store.place, found=says, known=schema.VERSION)
    return found


def _remade(
    store: Store, connection: Connection, found: int, progress: Progress | None, *, trust_journal: bool
) -> Rebuilt:
    wrong = schema.differences(connection, store.dialect, found)
    shared = schema.shared_columns(store.dialect, found)
    villages = store.roll(connection).villages()
    before = {village: schema.contents(connection, store.dialect, village, shared, found) for village in villages}
    strangers = _strangers(store, connection, set(before))
    kept = schema.heads(connection, store.dialect)
    LOG.info("%s: rebuild begun", store.place)
    schema.recreate_projections(connection, store.dialect)
    sizes: dict[str, int] = {village: int(size) for village, size in connection.execute(_SIZES)}
    heads = {village: _refolded(store, connection, village, sizes[village], progress) for village in sizes}
    if not trust_journal and kept != {village: tuple(head) for village, head in heads.items()}:
        raise damaged(_OTHER_HEAD if kept else _NO_HEAD, store.place)
    left = dict(schema.differences(connection, store.dialect))
    changed = strangers | {
        table
        for village in before
        for table, digest in schema.contents(connection, store.dialect, village, shared, found).items()
        if before[village].get(table, digest) != digest
    }
    mended = tuple(name for name, _ in wrong if name not in left)
    if mended or left or changed:
        told = (", ".join(names) or "none" for names in (mended, sorted(changed), left))
        LOG.warning("%s: rebuild mended %s, changed rows of %s, could not mend %s", store.place, *told)
    LOG.info("%s: rebuild done, %d villages, %d records", store.place, len(heads), sum(sizes.values()))
    return Rebuilt(heads, mended, tuple(left), tuple(sorted(changed)), found)


def _strangers(store: Store, connection: Connection, known: set[str]) -> set[str]:
    """Return the projections that have rows of a village without a journal, which are about to go."""
    tables = (table_name(kind) for kind in rows.PROJECTIONS)
    return {table for table in tables if set(schema.villages(connection, store.dialect, table)) - known}


def _refolded(store: Store, connection: Connection, village: str, size: int, progress: Progress | None) -> Head:
    transaction = Transaction(connection, village, store.dialect)
    try:
        for seq, body, leaf, nodes in store.dialect.stream(connection, store.dialect.sql.journal, (village,)):
            if merkle.leaf_hash(body.encode()) != leaf or seq != transaction.state.size + 1:
                raise damaged(NOT_ITS_LEAF.about(seq=seq), store.place)
            record = read_body(body, seq)
            with Telling(seq, store.place, store.dialect):
                made = transaction.refold(record, leaf)
            if made != nodes:
                raise damaged(_NOT_ITS_NODES.about(seq=seq), store.place)
            if progress is not None:
                progress(seq, size)
        with Telling(size, store.place, store.dialect):
            transaction.flush()
        return transaction.head
    finally:
        transaction.end()
