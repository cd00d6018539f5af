"""Dialects: what a database does in its own way; everything else in storage is the same for all of them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from importlib.resources import files
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from pointsledger.errors import LedgerDamaged, PointsLedgerError
from pointsledger.storage.statements import Statements
from pointsledger.values.words import Words

BUSY_SECONDS = 5.0
"""How long a writer waits for another one before it gives up with ``LedgerBusy``."""

WRITES = "points_writes"
"""The execution option by which a connection asks to hold the write lock from its first statement."""

_MADE = re.compile(r"CREATE (?:TABLE|INDEX|TRIGGER|VIEW) (\w+)")
_ON = re.compile(r"CREATE INDEX \w+ ON (\w+)")
_SECRET = ("password", "sslpassword")
"""What libpq takes from the query of a URL and nobody else is to see."""

SCRIPTS: dict[int, tuple[str, ...]] = {
    1: ("{name}_v1.sql",),
    2: ("{name}_v1.sql", "views_v2.sql"),
    3: ("{name}_v3.sql", "views_v3.sql"),
}
"""The files whose statements make the schema of each version, in order; ``name`` is the dialect's."""

MISSING = Words("missing", "缺失")
UNKNOWN = Words("not part of the schema", "不属于账本结构")
CHANGED = Words("changed", "已被改动")


class Purpose(Enum):
    """What a connection is wanted for."""

    WRITING = "a transaction that may write and keeps other writers out"
    READING = "a transaction that sees one moment and locks nobody out"
    ASKING = "single statements, which each see one moment by themselves and need no transaction"


OVERFLOW = 10 + len(Purpose)
"""Connections beyond the pool's own five: SQLAlchemy's ten, and those that are kept."""


class RowSet(NamedTuple):
    """Rows that go to one table, and the constant statement that takes one of them."""

    statement: str
    rows: Sequence[tuple[Any, ...]]


class Standing(NamedTuple):
    """A table, view, index, trigger or function that stands in a database: on which table, and how it was made."""

    name: str
    table: str
    what: str
    made: str


class Dialect(ABC):
    """One kind of database."""

    name: ClassVar[str]
    shared: ClassVar[bool]
    """Whether a book lives beside a host's own tables as a matter of course; a file is a book's own."""
    distant: ClassVar[bool]
    """Whether each statement is a trip to a server, so that reading ahead pays: see ``foresight``."""
    sql: ClassVar[Statements]

    # --- opening ---------------------------------------------------------------------------------------

    @abstractmethod
    def engine(self, url: URL) -> Engine:
        """Return an engine on which a transaction is what it says, and a commit is on the disk when it returns."""

    @abstractmethod
    def options(self, purpose: Purpose) -> dict[str, Any]:
        """Return the execution options of a connection for a purpose."""

    @abstractmethod
    def is_alive(self, driver: Any) -> bool:  # noqa: ANN401 - a driver's connection
        """Tell whether a connection that was kept can be used; it costs no trip to a server."""

    @abstractmethod
    def place(self, url: URL) -> str:
        """Return what people call the database; never a password."""

    @abstractmethod
    def exists(self, url: URL) -> bool:
        """Tell whether there is a database at all."""

    @abstractmethod
    def takes_turns(self, url: URL) -> bool:
        """Tell whether all threads share one connection, so that their transactions have to take turns."""

    @abstractmethod
    def settle(self, engine: Engine, place: str) -> None:
        """See to what a database needs before it is used.

        Raises:
            StorageError: if it cannot be used.

        """

    @abstractmethod
    def join(self, connection: Connection, *, nested: bool) -> None:
        """Take the write lock on a host's connection, or see that it can be taken by locking a village.

        ``nested`` tells that the host is inside a savepoint which may stand on nothing.

        Raises:
            UnsafeTransaction: if a rollback would not take back what is written.

        """

    # --- errors ----------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def faults(self) -> tuple[type[Exception], ...]:
        """The driver's own errors, as they come where SQLAlchemy is not asked."""

    @abstractmethod
    def meaning(self, error: object, place: str) -> PointsLedgerError | None:
        """Return the error of ours that a driver's error means, or None."""

    @abstractmethod
    def is_unstorable(self, error: object) -> bool:
        """Tell whether a driver's error says that a value is none that the column takes, whoever sends it and when."""

    def translated(self, place: str) -> AbstractContextManager[None]:
        """Turn a driver's error into one of ours where we know what it means; let the others pass as they are."""
        return _Translation(self, place)

    # --- rows ------------------------------------------------------------------------------------------

    @abstractmethod
    def write(self, cursor: Any, sets: Sequence[RowSet]) -> None:  # noqa: ANN401 - the driver's
        """Send sets of rows, each under its statement: none is empty, and the journal's comes first."""

    @abstractmethod
    def stream(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a long query without holding them all; others may run meanwhile.

        A query that fails leaves the transaction as it was.
        """

    @abstractmethod
    def purge(self, engine: Engine) -> bool:
        """Have the database give up the bytes of what was erased, as far as it can; tell whether nothing held it up."""

    # --- the audit -------------------------------------------------------------------------------------

    @abstractmethod
    def escaping(self, connection: Connection) -> AbstractContextManager[None]:
        """Within the block, text that is no UTF-8 comes with its bad bytes escaped."""

    @abstractmethod
    def damage(self, connection: Connection) -> list[str]:
        """Return what the database itself finds wrong with its files."""

    # --- the schema ------------------------------------------------------------------------------------

    def script(self, version: int) -> list[str]:
        """Return the statements that make the schema of a version, in order.

        They stand as text: what a book was made with must not depend on how a later SQLAlchemy writes it. A test
        holds the newest against ``tables``.
        """
        folder = files("pointsledger.storage")
        texts = ((folder / part.format(name=self.name)).read_text(encoding="utf-8") for part in SCRIPTS[version])
        return [statement.strip() for text in texts for statement in text.split("\n\n") if statement.strip()]

    @abstractmethod
    def hold(self, connection: Connection) -> None:
        """Hold off everybody who makes the schema or posts, in whatever village, until the transaction ends."""

    @abstractmethod
    def run(self, connection: Connection, statement: str) -> None:
        """Run one statement of a script."""

    @abstractmethod
    def standing(self, connection: Connection) -> list[Standing]:
        """Return whatever stands on one of our tables, and of nothing else."""

    def see_unreferenced(self, connection: Connection, tables: Sequence[str]) -> None:  # noqa: B027 - most have nothing to see
        """See that emptying our tables touches no row of others.

        Raises:
            OthersDepend: if a foreign key of others points to one of them.

        """

    @abstractmethod
    def drop_projection(self, connection: Connection, table: str) -> None:
        """Drop a projection or a view of ours, or what somebody put in its place, if it is there.

        Raises:
            OthersDepend: if something of others rests on it, which would go with it.

        """

    def privileges(self, connection: Connection, table: str) -> list[str]:  # noqa: ARG002 - every dialect's signature
        """Return the statements that give a table made anew the owner and the privileges that it has now."""
        return []

    @abstractmethod
    def drop_guard(self, connection: Connection, guard: Standing) -> None:
        """Drop a trigger."""

    @abstractmethod
    def differences(self, connection: Connection, version: int) -> list[tuple[str, Words]]:
        """Return each object that is missing, extra or not as it belongs, with what is the matter with it."""


class _Translation(AbstractContextManager[None]):
    """A block whose driver's errors are translated; it is entered several times an act, so it is no generator."""

    def __init__(self, dialect: Dialect, place: str) -> None:
        self._dialect = dialect
        self._place = place

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DBAPIError):
            found = self._dialect.meaning(error.orig, self._place)
        elif isinstance(error, self._dialect.faults):
            found = self._dialect.meaning(error, self._place)
        else:
            return
        if found is not None:
            raise found from error


def made_by(statement: str) -> str:
    """Return the name of the object that a statement of a script makes, or nothing if it makes none."""
    made = _MADE.match(statement)
    return made[1] if made else ""


def stands_on(statement: str) -> str:
    """Return the table on which an index stands; a table or view stands on itself, and a guard on nothing."""
    on = _ON.match(statement)
    return on[1] if on else "" if statement.startswith("CREATE TRIGGER") else made_by(statement)


def shown(url: URL) -> str:
    """Return a URL as people may see it: without a password, wherever in it that stands."""
    return url.difference_update_query(_SECRET).render_as_string(hide_password=True)


def damaged(reason: Words, place: str) -> LedgerDamaged:
    """Return the error that says what is damaged at ``place``."""
    return LedgerDamaged(place=place, reason=reason.en, reason_zh=reason.zh)


def compared(expected: dict[str, str], found: dict[str, str]) -> list[tuple[str, Words]]:
    """Return in what a schema that was found is not the expected one; both say by name how each object is made."""
    wrong = [(name, MISSING) for name in expected if name not in found]
    wrong += [(name, UNKNOWN) for name in found if name not in expected]
    wrong += [(name, CHANGED) for name, made in expected.items() if found.get(name, made) != made]
    return wrong
