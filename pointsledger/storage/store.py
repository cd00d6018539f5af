"""The store: a database that holds the books of one or more villages; it is made, opened, checked and rebuilt here."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, func
from sqlmodel import col, select

from pointsledger import merkle
from pointsledger.errors import (
    InsideBatch,
    LedgerClosed,
    LedgerNewer,
    NotALedger,
    UnknownVillage,
    VillageExists,
    VillageRequired,
)
from pointsledger.progress import Progress
from pointsledger.storage import schema
from pointsledger.storage.connections import Connections
from pointsledger.storage.dialect import Dialect, Purpose, damaged
from pointsledger.storage.places import DIALECTS, url_of
from pointsledger.storage.tables import Journal, Village
from pointsledger.storage.transaction import NOT_ITS_LEAF, Head, Transaction, read_body
from pointsledger.words import Words

_NO_VERSION = Words("the version of its schema is gone; rebuild writes it again", "结构版本丢失，可用 rebuild 补写")
_OTHER_HEAD = Words(
    "the journal is not the one that the kept head belongs to; "
    "only when a root from elsewhere agrees, rebuild with --trust-journal",
    "台账与留存的校验根不符；只有与别处抄存的校验根核对一致后，才可用 rebuild --trust-journal",
)
_NO_HEAD = Words(
    "its kept head is gone; when a root from elsewhere agrees, rebuild with --trust-journal",
    "留存的校验根丢失；与别处抄存的校验根核对一致后，可用 rebuild --trust-journal",
)

_NOT_ITS_NODES = Words("the tree hashes beside record {seq} are not its own", "第 {seq} 号记录旁的树节点不符")

_SIZES = select(col(Journal.village), func.count()).group_by(col(Journal.village)).order_by(col(Journal.village))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to: the head of each village's book, and the tables and guards that it made as they belong.

    ``left`` are those that it could not: they belong to the journal or the profiles, which a rebuild never touches.
    ``changed`` are the tables that held something else than the records say.
    """

    heads: Mapping[str, Head]
    mended: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[str, ...]


class Store:
    """A database that holds the books of one or more villages."""

    def __init__(self, place: str | Path) -> None:
        """Prepare to open ``place``, a URL or the path of an SQLite file; nothing is opened yet."""
        self.url: URL = url_of(place)
        self.dialect: Dialect = DIALECTS[self.url.get_backend_name()]
        self.place: str = self.dialect.place(self.url)
        self.engine: Engine = self.dialect.engine(self.url)
        self._connections = Connections(self.engine, self.dialect)
        # A database in memory is one connection for all threads, so its transactions take turns here.
        self._turn = threading.Lock() if self.dialect.takes_turns(self.url) else None
        self._inside: set[int] = set()  # threads inside a transaction that nothing else may be begun in
        self._closed = False

    @contextmanager
    def connected(self, *, writes: bool, foreign: bool = False) -> Iterator[Connection]:
        """Open a transaction of the database; it is committed when the block ends and rolled back when it raises.

        In a ``foreign`` block somebody else's code runs, whose errors are not ours to translate.

        Raises:
            InsideBatch: if this thread is inside another one that writes, which it would wait for in vain; on a
                database in memory, which has but one, inside any other.
            LedgerClosed: after ``close``.

        """
        purpose = Purpose.WRITING if writes else Purpose.READING
        with self._turns(writes=writes), ExitStack() as stack:
            with self.translated():
                connection = stack.enter_context(self._connections.lent(purpose))
                transaction = connection.begin()  # left without a commit it is rolled back where it was lent
            with nullcontext() if foreign else self.translated():
                yield connection
            if transaction.is_active:
                with self.translated():
                    transaction.commit()

    @contextmanager
    def _turns(self, *, writes: bool) -> Iterator[None]:
        if self._closed:
            raise LedgerClosed(place=self.place)
        alone = writes or self._turn is not None
        thread = threading.get_ident()
        if alone and thread in self._inside:
            raise InsideBatch(place=self.place)
        with self._turn or nullcontext():
            if alone:
                self._inside.add(thread)
            try:
                yield
            finally:
                if alone:
                    self._inside.discard(thread)

    @contextmanager
    def posting(self, village: str, *, keep: bool = True, foreign: bool = False) -> Iterator[Transaction]:
        """Open a transaction that may append to the book of ``village``; other writers wait.

        Without ``keep`` everything is done and then dropped: a rehearsal. For ``foreign`` see ``connected``.
        """
        with (
            self.connected(writes=True, foreign=foreign) as connection,
            _ended(self._transaction(connection, village, writes=True)) as transaction,
        ):
            yield transaction
            with self.translated():
                transaction.flush()
            if not keep:
                connection.rollback()

    def translated(self) -> AbstractContextManager[None]:
        """Turn the driver's errors of a block into ours."""
        return self.dialect.translated(self.place)

    @contextmanager
    def reading(self, village: str) -> Iterator[Transaction]:
        """Open a transaction that sees one moment of the book and locks nobody out."""
        with self.connected(writes=False) as connection, _ended(self._transaction(connection, village)) as transaction:
            yield transaction

    def balance(self, village: str, code: str) -> tuple[Any, ...] | None:
        """Return what ``Transaction.balance`` does; one statement needs no transaction around it to see one moment."""
        with (
            self._turns(writes=False),
            self.translated(),
            self._connections.lent(Purpose.ASKING) as connection,
            closing(connection.connection.cursor()) as cursor,
        ):
            cursor.execute(self.dialect.sql.balance, (village, code))
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found

    def _transaction(self, connection: Connection, village: str, *, writes: bool = False) -> Transaction:
        return Transaction(connection, village, self.dialect, writes=writes)

    def exists(self) -> bool:
        """Tell whether there is a database at all; opening one would make an empty file."""
        return self.dialect.exists(self.url)

    @contextmanager
    def created(self, village: str) -> Iterator[Transaction]:
        """Open a transaction that begins the book of ``village``, in a new file or beside others.

        A new file is made under another name and gets its own only when it is whole, so that nobody ever sees
        half a book, and a book that came into being meanwhile is never touched.

        Raises:
            VillageExists: if the village has a book here.
            NotALedger, LedgerNewer, LedgerOlder: if there is something else, or the schema is of another release.

        """
        if self.exists():
            with self._begun(village) as transaction:
                yield transaction
            return
        final = Path(self.place)
        if final.is_dir():
            raise NotALedger(place=self.place)
        making = final.with_name(f".{final.name}.{secrets.token_hex(8)}.new")
        maker = Store(making)
        maker.place = self.place  # what is said of it is said of the name that people know
        try:
            with maker._begun(village) as transaction:
                yield transaction
            maker.close()
            with self.translated():
                _give_name(making, final, village)
        finally:
            maker.close()
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):  # where nothing can be written there is nothing to take away
                    making.with_name(making.name + suffix).unlink(missing_ok=True)

    def begin_tables(self) -> None:
        """Make the tables, unless they are there.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if there is something else, or the schema is of another release.

        """
        with self._with_tables():
            pass

    @contextmanager
    def _with_tables(self) -> Iterator[Connection]:
        """Open a transaction that writes, with the tables made in it if they were not there."""
        with self.connected(writes=False) as connection:
            found = schema.version(connection, self.dialect)
            empty = not schema.holds_anything(connection)
        if found is None and not empty and not self.dialect.shared:
            raise NotALedger(place=self.place)
        self._settle()
        with self.connected(writes=True) as connection:
            if schema.version(connection, self.dialect) is None:
                schema.create(connection, self.dialect)
            else:
                self._known(schema.version(connection, self.dialect) or 0)
            yield connection

    @contextmanager
    def _begun(self, village: str) -> Iterator[Transaction]:
        with (
            self._with_tables() as connection,
            _ended(self._transaction(connection, village, writes=True)) as transaction,
        ):
            if transaction.state.size:
                raise VillageExists(place=self.place, village=village)
            yield transaction
            transaction.flush()

    def _settle(self) -> None:
        with self.translated():
            self.dialect.settle(self.engine, self.place)

    def check(self) -> None:
        """See that this release knows the schema.

        Raises:
            NotALedger: if there is none.
            LedgerNewer, LedgerOlder: if it is of another release.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self.connected(writes=False) as connection:
            found = self._version(connection)
        self._known(found)
        self._settle()

    def _version(self, connection: Connection) -> int:
        """Return the version of the schema.

        Raises:
            NotALedger: if there is no journal.
            LedgerDamaged: if there is one, and the version is gone.

        """
        found = schema.version(connection, self.dialect)
        if found is None and schema.holds_journal(connection):
            raise damaged(_NO_VERSION, self.place)
        if found is None:
            raise NotALedger(place=self.place)
        return found

    def _known(self, found: int) -> None:
        schema.known(found, self.place)

    def rebuild(self, progress: Progress | None = None, *, trust_journal: bool = False) -> Rebuilt:
        """Throw every projection away and derive it from the journal again, in one transaction.

        It also brings the schema of an earlier release up to this one. The head that was kept must come out again,
        or records were cut off or exchanged; only with ``trust_journal`` is the journal taken as it is.

        Raises:
            NotALedger, LedgerNewer: if there is nothing that this release can rebuild.
            LedgerDamaged: if a record is not what its leaf says, or the head is another; nothing is changed then.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self.connected(writes=True) as connection:
            if not schema.holds_journal(connection):
                raise NotALedger(place=self.place)
            found = schema.release(connection, self.dialect) or schema.VERSION
            says = schema.version(connection, self.dialect) or schema.VERSION
            if found > schema.VERSION or (says > schema.VERSION and not trust_journal):
                raise LedgerNewer(place=self.place, found=says, known=schema.VERSION)
            ours = found == schema.VERSION
            wrong = schema.differences(connection, self.dialect) if ours else []
            known = self._villages(connection) if ours else []
            before = {village: schema.contents(connection, self.dialect, village) for village in known}
            kept = schema.heads(connection, self.dialect)
            schema.recreate_projections(connection, self.dialect)
            sizes: dict[str, int] = {village: int(size) for village, size in connection.execute(_SIZES)}
            heads = {village: self._refold(connection, village, sizes[village], progress) for village in sizes}
            if not trust_journal and kept != {village: tuple(head) for village, head in heads.items()}:
                raise damaged(_OTHER_HEAD if kept else _NO_HEAD, self.place)
            left = dict(schema.differences(connection, self.dialect))
            mended = tuple(name for name, _ in wrong if name not in left)
            changed = {
                table
                for village in before
                for table, digest in schema.contents(connection, self.dialect, village).items()
                if before[village].get(table, digest) != digest
            }
            return Rebuilt(heads, mended, tuple(left), tuple(sorted(changed)))

    def _refold(self, connection: Connection, village: str, size: int, progress: Progress | None) -> Head:
        with _ended(self._transaction(connection, village)) as transaction:
            for seq, body, leaf, nodes in self.dialect.stream(connection, self.dialect.sql.journal, (village,)):
                if merkle.leaf_hash(body.encode()) != leaf or seq != transaction.state.size + 1:
                    raise damaged(NOT_ITS_LEAF.about(seq=seq), self.place)
                if transaction.refold(read_body(body, seq), leaf) != nodes:
                    raise damaged(_NOT_ITS_NODES.about(seq=seq), self.place)
                if progress is not None:
                    progress(seq, size)
            transaction.flush()
            return transaction.head

    @contextmanager
    def examined(self, asked: str | None) -> Iterator[tuple[Connection, str]]:
        """Open a transaction to audit the book of a village in, which trusts nothing here but the journal.

        Raises:
            NotALedger: if none of our tables is there.
            LedgerNewer, LedgerOlder: if the tables are those of another release.
            UnknownVillage, VillageRequired: as ``village``.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self.connected(writes=False) as connection:
            if not schema.holds_ours(connection):
                raise NotALedger(place=self.place)
            self._known(schema.release(connection, self.dialect) or schema.VERSION)
            yield connection, self._chosen(asked, self._villages(connection))

    def villages(self) -> list[str]:
        """Return the codes of the villages whose books are here."""
        with self.connected(writes=False) as connection:
            return self._villages(connection)

    def _villages(self, connection: Connection) -> list[str]:
        """Return the villages that have records, whatever else has rows; without a journal those that are said to."""
        if schema.holds_journal(connection):
            return schema.villages(connection, self.dialect, str(Journal.__tablename__))
        return schema.villages(connection, self.dialect, str(Village.__tablename__))

    def village(self, asked: str | None) -> str:
        """Return the village asked for, or the only one there is.

        Raises:
            UnknownVillage: if it has no book here.
            VillageRequired: if there are several and none was asked for.

        """
        return self._chosen(asked, self.villages())

    def _chosen(self, asked: str | None, known: list[str]) -> str:
        if asked is None and len(known) > 1:
            raise VillageRequired(place=self.place, known=", ".join(known))
        village = known[0] if asked is None and known else asked
        if village is None or village not in known:
            raise UnknownVillage(place=self.place, village=village or "", known=", ".join(known) or "none")
        return village

    def close(self) -> None:
        """Give back every connection; nothing is opened here again."""
        self._closed = True
        self._connections.close()


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
