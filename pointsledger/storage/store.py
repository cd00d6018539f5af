"""The store: a database that holds the books of one or more villages; it is made, opened, checked and rebuilt here."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from pointsledger.errors import (
    InsideBatch,
    LedgerBusy,
    LedgerClosed,
    NotALedger,
    VillageExists,
)
from pointsledger.storage import schema
from pointsledger.storage.connections import Connections
from pointsledger.storage.dialect import Dialect, Purpose, damaged
from pointsledger.storage.places import DIALECTS, url_of
from pointsledger.storage.roll import Roll, Rounds
from pointsledger.storage.stumbles import Stumbles
from pointsledger.storage.transaction import Transaction
from pointsledger.values.log import LOG
from pointsledger.values.new_files import give_name, remove_database
from pointsledger.values.words import Words

_NO_VERSION = Words("the version of its schema is gone; rebuild writes it again", "结构版本丢失，可用 rebuild 补写")


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
                transaction = connection.begin()
            try:
                with nullcontext() if foreign else self.translated():
                    yield connection
                if transaction.is_active:
                    with self.translated():
                        transaction.commit()
            except BaseException:
                self._roll_back(transaction)
                raise

    def _roll_back(self, transaction: RootTransaction) -> None:
        """Take everything back because of an error, which a connection that is lost as well must not hide."""
        try:
            transaction.rollback()  # also where a COMMIT failed: else SQLAlchemy gives the connection back as it is
        except DBAPIError:
            transaction.connection.invalidate()
            LOG.warning("%s: the connection was lost in the middle of a transaction", self.place)

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
            nullcontext() if foreign else Stumbles(self.place),
            _ended(self._transaction(connection, village, writes=True)) as transaction,
        ):
            yield transaction
            transaction.check()
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
        with (
            self.connected(writes=False) as connection,
            Stumbles(self.place),
            _ended(self._transaction(connection, village)) as transaction,
        ):
            yield transaction

    @contextmanager
    def rounds(self) -> Iterator[Rounds]:
        """Hold one connection, on which one village after another is read."""
        with self._turns(writes=False), ExitStack() as stack:
            with self.translated():
                connection = stack.enter_context(self._connections.lent(Purpose.READING))
            yield Rounds(self.roll(connection))

    def balance(self, village: str, code: str, today: str) -> tuple[Any, ...] | None:
        """Return what ``Transaction.balance`` does; one statement needs no transaction around it to see one moment."""
        with (
            self._turns(writes=False),
            self.translated(),
            self._connections.lent(Purpose.ASKING) as connection,
            closing(connection.connection.cursor()) as cursor,
        ):
            cursor.execute(self.dialect.sql.balance, (today, today, today, village, code))
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found

    def _transaction(self, connection: Connection, village: str, *, writes: bool = False) -> Transaction:
        with self.translated():  # of a foreign block too: the lock is asked for before anybody else's code runs
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
            LedgerBusy: if another village's book came into being here meanwhile.
            NotALedger, LedgerNewer, LedgerOlder: if there is something else, or the schema is of another release.

        """
        if self.exists():
            with self._begun(village) as transaction:
                yield transaction
            return
        final = Path(self.place)
        if os.path.isdir(final):  # noqa: PTH112 - a Path raises where the name is too long for any folder
            raise NotALedger(place=self.place)
        making = final.with_name(f".{final.name}.{secrets.token_hex(8)}.new")
        maker = Store(making)
        maker.place = self.place  # what is said of it is said of the name that people know
        try:
            with maker._begun(village) as transaction:
                yield transaction
            maker.close()
            with self.translated():
                named = give_name(making, final)
            if not named:  # a book came into being meanwhile; another village's is one to begin this beside
                exists = village in self.villages()
                raise VillageExists(place=self.place, village=village) if exists else LedgerBusy(place=self.place)
        finally:
            maker.close()
            remove_database(making)

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
                self.dialect.hold(connection)  # two who make the tables at once would get in each other's way
            if schema.version(connection, self.dialect) is None:
                schema.create(connection, self.dialect)
            else:
                schema.known(schema.version(connection, self.dialect) or 0, self.place)
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
        schema.known(found, self.place)
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

    @contextmanager
    def remaking(self) -> Iterator[Connection]:
        """Open a transaction to make projections anew in, whatever state they are in; writers wait.

        Raises:
            NotALedger: if there is no database.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self.connected(writes=True) as connection:
            self.dialect.hold(connection)  # a record posted between two readings would look like damage
            yield connection

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
            schema.known(schema.release(connection, self.dialect), self.place)
            yield connection, self.roll(connection).chosen(asked)

    def villages(self, *, after: str | None = None, limit: int | None = None) -> list[str]:
        """Return the codes of the villages whose books are here, or a page of them."""
        with self.connected(writes=False) as connection:
            return self.roll(connection).villages(after=after, limit=limit)

    def village(self, asked: str | None) -> str:
        """Return the village asked for, or the only one there is; see ``Roll.chosen``."""
        with self.connected(writes=False) as connection:
            return self.roll(connection).chosen(asked)

    def roll(self, connection: Connection) -> Roll:
        """Return the villages that have a book here, as ``connection`` sees them."""
        return Roll(connection, self.dialect, self.place)

    def purge(self) -> bool:
        """Have the bytes of what was erased go from the files, and tell whether they did; see ``Dialect.purge``.

        Raises:
            NotALedger: if there is no database.
            LedgerBusy, DiskFull: if the file cannot be written anew now.

        """
        if not self.exists():
            raise NotALedger(place=self.place)
        with self._turns(writes=True), self.translated():
            return self.dialect.purge(self.engine)

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
