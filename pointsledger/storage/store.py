"""The store: transactions on one village's book, and the one place that writes.

It can append and it can read. Changing or deleting a record does not exist here.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from pointsledger import chart, kinds, merkle, rows
from pointsledger.errors import (
    LedgerBusy,
    LedgerDamaged,
    LedgerNewer,
    LedgerOlder,
    NotALedger,
    UnknownVillage,
    VillageExists,
    VillageRequired,
)
from pointsledger.records import Record
from pointsledger.state import AnyRow, State
from pointsledger.storage import engine as engines
from pointsledger.storage import schema, statements
from pointsledger.storage.tables import Journal, Village

Progress = Callable[[int, int], None]
"""Called with how many are done, and how many there are."""

_RECORDS_AT_ONCE = 2_000
_LEAF = statements.RECORD.index("leaf")
_SIZES = select(Journal.village, func.count()).group_by(Journal.village).order_by(Journal.village)  # type: ignore[call-overload]  # columns


class Head(NamedTuple):
    """The tree of a book: how many records, and the root over them."""

    size: int
    root: bytes


class Transaction:
    """One transaction on one village's book: a working set, the journal's growing end, and what is not written yet.

    It is the source of its own working set. Nothing is on the disk before the transaction is committed, and
    once it is over nothing more can be asked of it.
    """

    def __init__(self, connection: Connection, village: str) -> None:
        """Read the head of the book, if it has begun."""
        self.connection: Connection = connection
        self.village: str = village
        self.state: State = State(village, self)
        self.ended: bool = False
        self._cursor: Any = connection.connection.cursor()
        self._journal: list[tuple[Any, ...]] = []
        self._refolded: int = 0
        self._requests: dict[str, int] = {}
        self._nodes: dict[int, tuple[bytes, bytes]] = {}
        found = self.state.get(rows.Village, ())
        self._frontier: list[bytes] = []
        if found is not None:
            self.state.size, self.state.recorded_at = found.size, found.recorded_at
            size = merkle.HASH_BYTES
            self._frontier = [found.frontier[start : start + size] for start in range(0, len(found.frontier), size)]

    def end(self) -> None:
        """Let go of the database; a connection is only really closed once nothing holds on to it."""
        self.ended = True
        self._cursor.close()

    # --- the source of the working set -----------------------------------------------------------------

    def fetch(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of ``kind`` with that key."""
        found = self._cursor.execute(statements.FETCH[kind], (self.village, *key)).fetchone()
        return None if found is None else kind(*found)

    def family(self, kind: type[AnyRow], key: Any) -> Iterable[AnyRow]:  # noqa: ANN401 - one value or a tuple of them
        """Return the rows of a family."""
        keys = key if isinstance(key, tuple) else (key,)
        return [kind(*row) for row in self._cursor.execute(statements.FAMILY[kind], (self.village, *keys))]

    def record(self, seq: int) -> Record | None:
        """Return a record of the journal.

        Raises:
            LedgerDamaged: if what stands there is no record.

        """
        found = self._cursor.execute(statements.BODY, (self.village, seq)).fetchone()
        return None if found is None else _read(found[0], seq)

    def open_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:
        """Return the lots of an account that something is left of."""
        return [rows.Lot(*row) for row in self._cursor.execute(statements.OPEN_LOTS, (self.village, account, unit))]

    def settled_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:
        """Return the lots of an account that paid something into arrears."""
        return [rows.Lot(*row) for row in self._cursor.execute(statements.SETTLED_LOTS, (self.village, account, unit))]

    def entries_of(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return every entry of an activity, its levels included."""
        marks = (self.village, activity, activity + "/", activity + "0")
        return [rows.EntryRow(*row) for row in self._cursor.execute(statements.ENTRIES_OF, marks)]

    # --- what acts look up -----------------------------------------------------------------------------

    def requested(self, request: str) -> Record | None:
        """Return the record that was posted under a request id."""
        if request in self._requests:
            return self.state.record(self._requests[request])
        found = self._cursor.execute(statements.REQUEST, (self.village, request)).fetchone()
        return None if found is None else _read(found[1], found[0])

    def profile(self, role: str, code: str) -> rows.Profile | None:
        """Return who stands under a code."""
        found = self._cursor.execute(statements.PROFILE_BY_CODE, (self.village, role, code)).fetchone()
        return None if found is None else rows.Profile(*found)

    def profiles(self) -> Iterator[rows.Profile]:
        """Return everybody in the register."""
        return (rows.Profile(*row) for row in self._cursor.execute(statements.PROFILES, (self.village,)).fetchall())

    def members(self, household: str) -> list[rows.Profile]:
        """Return the members of a household."""
        return [rows.Profile(*row) for row in self._cursor.execute(statements.MEMBERS, (self.village, household))]

    def remarks(self, seq: int) -> list[rows.Remark]:
        """Return the free text of a record."""
        return self.state.family(rows.Remark, seq)

    def accounts(self) -> list[str]:
        """Return the ids of all accounts."""
        return [account for (account,) in self._cursor.execute(statements.ACCOUNTS, (self.village,))]

    def look(self, statement: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the row that one constant statement finds."""
        found: tuple[Any, ...] | None = self._cursor.execute(statement, values).fetchone()
        return found

    def standing(self, period: str | None) -> Iterable[tuple[str, str, str, str, str, str]]:
        """Return label, key, household, member, activity and day of each deed of a month that sheets brought."""
        found = self._cursor.execute(statements.STANDING, (self.village, period, period)).fetchall()
        for label, key, source, target, resident, activity, on in found:
            yield label, key, target if chart.holds_points(target) else source, resident, activity, on

    def batch_labels(self) -> list[str]:
        """Return the labels of the imported sheets."""
        return [label for (label,) in self._cursor.execute(statements.BATCH_LABELS, (self.village,))]

    # --- writing ---------------------------------------------------------------------------------------

    def append(self, record: Record) -> bytes:
        """Append ``record`` to the journal and carry it to the projections; return its leaf."""
        body = record.body()
        leaf = merkle.leaf_hash(body)
        for row in kinds.apply(self.state, record):
            self.state.put(row)
        nodes = merkle.grow(self._frontier, record.seq - 1, leaf)
        self._journal.append(
            (
                record.village,
                record.seq,
                record.kind,
                record.recorded_at,
                record.period,
                record.request,
                body.decode(),
                leaf,
                nodes,
            )
        )
        self._requests[record.request] = record.seq
        self.state.advance(record)
        if len(self._journal) >= _RECORDS_AT_ONCE:
            self.flush()
        return leaf

    def refold(self, record: Record, leaf: bytes) -> bytes:
        """Carry a record of the journal to the projections, which are being rebuilt; return the nodes it completes."""
        for row in kinds.apply(self.state, record):
            self.state.put(row)
        nodes = merkle.grow(self._frontier, record.seq - 1, leaf)
        self.state.advance(record)
        self._refolded += 1
        if self._refolded >= _RECORDS_AT_ONCE:
            self.flush()
        return nodes

    def flush(self) -> None:
        """Write what was appended and changed, in sets; it is still inside the transaction."""
        if self._journal or self._refolded:
            self._cursor.executemany(statements.APPEND, self._journal)
            self._journal.clear()
            self._requests.clear()
            self._refolded = 0
            settings = self.state.settings
            self.state.put(
                settings._replace(
                    size=self.state.size,
                    root=self.head.root,
                    frontier=b"".join(self._frontier),
                    recorded_at=self.state.recorded_at,
                )
            )
        for kind, changed in self.state.changed().items():
            self._cursor.executemany(statements.WRITE[kind], changed)
        self.state.written()

    @property
    def head(self) -> Head:
        """The tree as of the last record appended here."""
        return Head(self.state.size, merkle.root(self._frontier))

    # --- the tree --------------------------------------------------------------------------------------

    def node(self, height: int, index: int) -> bytes:
        """Return a node of the tree: one look-up, in the row of the last leaf under it."""
        seq = (index + 1) << height
        if seq not in self._nodes:
            found = self._cursor.execute(statements.LEAF_AND_NODES, (self.village, seq)).fetchone()
            if found is None:
                raise LedgerDamaged(place=f"village {self.village}", reason=f"record {seq} is missing")
            self._nodes[seq] = found
        leaf, nodes = self._nodes[seq]
        start = (height - 1) * merkle.HASH_BYTES
        return bytes(leaf) if height == 0 else bytes(nodes[start : start + merkle.HASH_BYTES])

    def leaf(self, seq: int) -> bytes:
        """Return the leaf of a record."""
        if self._journal and seq == self.state.size:
            last: bytes = self._journal[-1][_LEAF]
            return last
        self.flush()
        return self.node(0, seq - 1)

    def root_at(self, size: int) -> bytes:
        """Return the head that the tree had at ``size`` records."""
        self.flush()
        return merkle.root(merkle.frontier_of(size, self.node))

    def inclusion_path(self, seq: int, size: int) -> list[bytes]:
        """Return the hashes that lead from record ``seq`` to the head of ``size`` records."""
        self.flush()
        return merkle.inclusion_path(seq - 1, size, self.node)


class Store:
    """A database that holds the books of one or more villages."""

    def __init__(self, place: str | Path) -> None:
        """Prepare to open ``place``, a URL or the path of an SQLite file; nothing is opened yet."""
        self.url = engines.url_of(place)
        self.place = self.url.database or "the database in memory"
        self.engine = engines.connect(self.url)
        # A database in memory is one connection for all threads, so its transactions take turns here.
        self._turn = threading.Lock() if engines.is_memory(self.url) else None
        self._inside = 0

    @contextmanager
    def connected(self, *, writes: bool) -> Iterator[Connection]:
        """Open a transaction of the database; it is committed when the block ends and rolled back when it raises.

        Raises:
            LedgerBusy: if this thread is inside another transaction on a database in memory, which has but one.

        """
        with self._turns(), engines.translated(self.place), self.engine.connect() as opened:
            connection = opened.execution_options(**{engines.WRITES: writes})
            with connection.begin():
                yield connection

    @contextmanager
    def _turns(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if self._inside == threading.get_ident():
            raise LedgerBusy(place=self.place)
        with self._turn:
            self._inside = threading.get_ident()
            try:
                yield
            finally:
                self._inside = 0

    @contextmanager
    def posting(self, village: str, *, keep: bool = True) -> Iterator[Transaction]:
        """Open a transaction that may append to the book of ``village``; other writers wait.

        Without ``keep`` everything is done and then dropped: a rehearsal.
        """
        with self.connected(writes=True) as connection, _ended(Transaction(connection, village)) as transaction:
            yield transaction
            transaction.flush()
            if not keep:
                connection.rollback()

    @contextmanager
    def reading(self, village: str) -> Iterator[Transaction]:
        """Open a transaction that sees one moment of the book and locks nobody out."""
        with self.connected(writes=False) as connection, _ended(Transaction(connection, village)) as transaction:
            yield transaction

    def look(self, statement: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the row that one constant statement finds; it needs no transaction around it to see one moment."""
        with self._turns(), engines.translated(self.place), closing(self.engine.raw_connection()) as connection:
            cursor: Any = connection.cursor()
            try:
                found: tuple[Any, ...] | None = cursor.execute(statement, values).fetchone()
            finally:
                cursor.close()
        return found

    def exists(self) -> bool:
        """Tell whether there is a database at all; opening one would make an empty file."""
        return engines.is_memory(self.url) or Path(self.place).is_file()

    @contextmanager
    def created(self, village: str) -> Iterator[Transaction]:
        """Open a transaction that begins the book of ``village``, in a new file or beside others.

        A new file is made under another name and gets its own only when it is whole, so that nobody ever sees
        half a book, and a book that came into being meanwhile is never touched.

        Raises:
            VillageExists: if the village has a book here.
            NotALedger, LedgerNewer, LedgerOlder: if there is something else, or the schema is of another release.

        """
        if engines.is_memory(self.url) or self.exists():
            with self._begun(village) as transaction:
                yield transaction
            return
        final = Path(self.place)
        making = final.with_name(f".{final.name}.{secrets.token_hex(8)}.new")
        maker = Store(making)
        maker.place = self.place  # what is said of it is said of the name that people know
        try:
            with maker._begun(village) as transaction:
                yield transaction
            maker.close()
            with engines.translated(self.place):
                _give_name(making, final, village)
        finally:
            maker.close()
            for suffix in ("", "-wal", "-shm"):
                making.with_name(making.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def _begun(self, village: str) -> Iterator[Transaction]:
        with self.connected(writes=False) as connection:
            found = schema.version(connection)
            empty = not schema.holds_anything(connection)
        if found is None and not empty:
            raise NotALedger(place=self.place)
        self._keep_a_log()
        with self.connected(writes=True) as connection:
            if schema.version(connection) is None:
                schema.create(connection)
            else:
                self._known(schema.version(connection) or 0)
            with _ended(Transaction(connection, village)) as transaction:
                if transaction.state.size:
                    raise VillageExists(place=self.place, village=village)
                yield transaction
                transaction.flush()

    def _keep_a_log(self) -> None:
        """Have the file written through a log (WAL), so that readers and a writer never wait for each other."""
        if not engines.is_memory(self.url):
            with engines.translated(self.place), self.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA journal_mode = WAL")

    def check(self) -> None:
        """See that this release knows the schema.

        Raises:
            NotALedger: if there is none.
            LedgerNewer, LedgerOlder: if it is of another release.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self.connected(writes=False) as connection:
            found = schema.version(connection)
        if found is None:
            raise NotALedger(place=self.place)
        self._known(found)
        self._keep_a_log()

    def _known(self, found: int) -> None:
        if found > schema.VERSION:
            raise LedgerNewer(place=self.place, found=found, known=schema.VERSION)
        if found < schema.VERSION:
            raise LedgerOlder(place=self.place, found=found, known=schema.VERSION)

    def rebuild(self, progress: Progress | None = None, *, trust_journal: bool = False) -> dict[str, Head]:
        """Throw every projection away and derive it from the journal again, in one transaction.

        It also brings the schema of an earlier release up to this one. Returns the head of each village's book.
        The journal must stand guarded, and the head that was kept must come out again, or records were cut off or
        exchanged; only with ``trust_journal`` is the journal taken as it is.

        Raises:
            NotALedger, LedgerNewer: if there is nothing that this release can rebuild.
            LedgerDamaged: if a record is not what its leaf says, or the head is another; nothing is changed then.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self.connected(writes=True) as connection:
            found = schema.version(connection)
            if found is None:
                raise NotALedger(place=self.place)
            if found > schema.VERSION:
                raise LedgerNewer(place=self.place, found=found, known=schema.VERSION)
            kept = schema.heads(connection)
            if found == schema.VERSION and not trust_journal:
                self._guarded(connection)
            schema.recreate_projections(connection)
            sizes: dict[str, int] = {village: int(size) for village, size in connection.execute(_SIZES)}
            heads = {village: self._refold(connection, village, sizes[village], progress) for village in sizes}
            if not trust_journal and kept != {village: tuple(head) for village, head in heads.items()}:
                raise LedgerDamaged(place=self.place, reason="the journal is not the one that the kept head belongs to")
            return heads

    def _guarded(self, connection: Connection) -> None:
        """See that the journal stood guarded: a rebuild would hide that it did not."""
        gone = [name for name, _ in schema.differences(connection) if name.startswith(str(Journal.__tablename__))]
        if gone:
            raise LedgerDamaged(place=self.place, reason=f"the journal stood without its guards ({', '.join(gone)})")

    def _refold(self, connection: Connection, village: str, size: int, progress: Progress | None) -> Head:
        cursor: Any = connection.connection.cursor()
        with closing(cursor), _ended(Transaction(connection, village)) as transaction:
            cursor.execute(statements.JOURNAL, (village,))
            for seq, body, leaf, nodes in cursor:
                if merkle.leaf_hash(body.encode()) != leaf or seq != transaction.state.size + 1:
                    raise LedgerDamaged(place=self.place, reason=f"record {seq} is not what its leaf says")
                if transaction.refold(_read(body, seq), leaf) != nodes:
                    raise LedgerDamaged(place=self.place, reason=f"the tree hashes beside record {seq} are not its own")
                if progress is not None:
                    progress(seq, size)
            transaction.flush()
            return transaction.head

    def villages(self) -> list[str]:
        """Return the codes of the villages whose books are here."""
        with self.connected(writes=False) as connection:
            return list(connection.execute(select(Village.village).order_by(Village.village)).scalars())  # type: ignore[call-overload]  # columns

    def village(self, asked: str | None) -> str:
        """Return the village asked for, or the only one there is.

        Raises:
            UnknownVillage: if it has no book here.
            VillageRequired: if there are several and none was asked for.

        """
        known = self.villages()
        if asked is None and len(known) > 1:
            raise VillageRequired(place=self.place, known=", ".join(known))
        village = known[0] if asked is None and known else asked
        if village is None or village not in known:
            raise UnknownVillage(place=self.place, village=village or "", known=", ".join(known) or "none")
        return village

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


@contextmanager
def _ended(transaction: Transaction) -> Iterator[Transaction]:
    """End ``transaction`` with the block, however that ends."""
    try:
        yield transaction
    finally:
        transaction.end()


def _give_name(made: Path, final: Path, village: str) -> None:
    """Give a finished file its name, unless something else got it meanwhile."""
    try:
        os.link(made, final)
    except FileExistsError:
        raise VillageExists(place=str(final), village=village) from None
    except OSError:  # a file system without hard links
        if final.exists():
            raise VillageExists(place=str(final), village=village) from None
        made.rename(final)


def _read(body: str, seq: int) -> Record:
    try:
        return Record.from_body(body.encode())
    except ValueError as error:
        raise LedgerDamaged(place="the journal", reason=f"record {seq} cannot be read") from error
