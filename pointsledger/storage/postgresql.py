"""PostgreSQL, by psycopg 3: many villages, a writer each at a time, readers who see one moment.

A writer takes the lock of its village's row first, in a statement of its own, and reads after that: under READ
COMMITTED each statement then sees the last committed record. The journal's key would catch two writers as
well; the lock makes the second one wait instead of fail. Readers see one moment (REPEATABLE READ) and wait for
nobody.

The database refuses to change a record: triggers against UPDATE, DELETE and TRUNCATE, and one that lets only
the next position in. They are ALWAYS enabled, so a session in the role of a replica does not get past them. An
owner can still drop them; so the audit compares the catalogue with what belongs there.
"""

from __future__ import annotations

import re
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import count
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from pointsledger.errors import (
    DatabaseTooOld,
    DatabaseUnavailable,
    DiskFull,
    ExtraMissing,
    InvalidSetting,
    LedgerBusy,
    LedgerDamaged,
    NotPermitted,
    OthersDepend,
    PeriodClosed,
    PointsLedgerError,
    ServerReadOnly,
    UnsafeTransaction,
)
from pointsledger.storage import catalogue
from pointsledger.storage.dialect import (
    BUSY_SECONDS,
    OVERFLOW,
    Dialect,
    Purpose,
    RowSet,
    Standing,
    compared,
    damaged,
    shown,
)
from pointsledger.storage.registry import METADATA
from pointsledger.storage.statements import RECORD, Statements, Tongue
from pointsledger.storage.tables import table_name
from pointsledger.storage.views import VIEWS
from pointsledger.values import rows
from pointsledger.values.words import Words

OLDEST = (15,)
"""The oldest PostgreSQL that is still mended, and on which the catalogue was seen to be what the audit expects.

What the tables and the triggers are made with came with PostgreSQL 11.
"""

WORTH_A_COPY = 50
"""Rows from which on COPY is quicker than a statement a row."""

TOGETHER = 16
"""Rows up to which one statement takes them all: an act has 6 or so, and each statement costs a trip to the server."""

_ROWS_AT_ONCE = 2_000
_MARK = re.compile("%s")
_AUTOCOMMIT = Words(
    "the driver commits every statement by itself; leave out autocommit", "驱动会自动提交每条语句；请不用自动提交"
)
_TWINS = frozenset({"pk_points_journal", "uq_points_journal_village_request_id"})
"""Where two acts meet that did not wait for each other, such as two first ones: the second is to come again."""
_CLOSED = "points_journal_closed"
"""What keeps a record out of a closed month."""
_RESTED_ON = "2BP01"

_UNSTORABLE = ("22", "42804")
"""The SQLSTATE of a value that is none of its column's: data exceptions, and a type that is another one."""
_UNSENT = ("cannot adapt type", "PostgreSQL text fields cannot contain NUL")
"""How psycopg begins what it says of a value that PostgreSQL knows no form of."""

_MEANINGS: tuple[tuple[str, type[PointsLedgerError]], ...] = (
    ("40001", LedgerBusy),
    ("40P01", LedgerBusy),
    ("55P03", LedgerBusy),
    ("53100", DiskFull),
    ("42501", NotPermitted),
    ("25006", ServerReadOnly),
    (_RESTED_ON, OthersDepend),
    ("42P01", LedgerDamaged),
    ("42703", LedgerDamaged),
    ("23", LedgerDamaged),
    ("XX", LedgerDamaged),
    ("08", DatabaseUnavailable),
    ("57P0", DatabaseUnavailable),
    ("53300", DatabaseUnavailable),
    ("28", DatabaseUnavailable),
    ("3D", DatabaseUnavailable),
)


class Postgresql(Dialect):
    """See the module."""

    name: ClassVar[str] = "postgresql"
    shared: ClassVar[bool] = True
    distant: ClassVar[bool] = True
    sql: ClassVar[Statements] = Statements(Tongue("%s", "", "convert_to({}, 'UTF8')", " FOR UPDATE", "strpos({}, {})"))

    def engine(self, url: URL) -> Engine:
        """Return an engine whose writers wait for each other no longer than ``BUSY_SECONDS``."""
        if find_spec("psycopg") is None:
            raise ExtraMissing(feature="PostgreSQL", extra="postgres")
        engine = create_engine(url, max_overflow=OVERFLOW, skip_autocommit_rollback=True)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "checkin", _forget)
        event.listen(engine, "checkout", _see_alive)
        return engine

    def options(self, purpose: Purpose) -> dict[str, Any]:
        """Ask for statements that each see the last commit, for one moment for all of them, or for no transaction.

        Around a single statement BEGIN and ROLLBACK would cost a trip each, and forget what was prepared.
        """
        return _OPTIONS[purpose]

    def is_alive(self, driver: Any) -> bool:  # noqa: ANN401 - psycopg's connection
        """See that nothing waits to be read: a server that ended the connection has said so, or closed it.

        What waits may be harmless, such as a warning; a new connection is as good then.
        """
        return not driver.closed and not _is_told_something(driver)

    def place(self, url: URL) -> str:
        """Return the URL without its password."""
        return shown(url)

    def exists(self, url: URL) -> bool:  # noqa: ARG002 - every dialect's signature
        """Say that there is a database; connecting tells otherwise."""
        return True

    def takes_turns(self, url: URL) -> bool:  # noqa: ARG002 - every dialect's signature
        """Say that each thread has a connection of its own."""
        return False

    def settle(self, engine: Engine, place: str) -> None:
        """See that the server is new enough, and the database keeps text in UTF-8.

        Raises:
            DatabaseTooOld, InvalidSetting: if it is not.

        """
        with engine.connect() as connection:
            _see_age(connection)
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise InvalidSetting(
                name="encoding",
                value=f"{encoding} ({place})",
                allowed="a database made with ENCODING 'UTF8'",
                allowed_zh="以 ENCODING 'UTF8' 建立的数据库",
            )

    def purge(self, engine: Engine) -> bool:
        """Have the server clean the tables that are erased from; whoever may not is only warned by it.

        Archives of its log, replicas and backups have their own copies, of which it knows nothing.
        """
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for kind in rows.PERSONAL:
                connection.exec_driver_sql(f"VACUUM {table_name(kind)}")
        return True

    def join(self, connection: Connection, *, nested: bool) -> None:  # noqa: ARG002 - every dialect's signature
        """See that the driver does not commit by itself; the lock is the village's row."""
        dbapi: Any = connection.connection.dbapi_connection
        if dbapi.autocommit:
            raise UnsafeTransaction(reason=_AUTOCOMMIT.en, reason_zh=_AUTOCOMMIT.zh)

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """The errors of psycopg, if it is there."""
        return _faults()

    def meaning(self, error: object, place: str) -> PointsLedgerError | None:
        """Tell by the SQLSTATE, and by the constraint where two acts met."""
        if not isinstance(error, self.faults):
            return None
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        if constraint == _CLOSED:
            return PeriodClosed(period="its month")
        state = "40001" if constraint in _TWINS else getattr(error, "sqlstate", None) or "08000"
        kind = next((kind for start, kind in _MEANINGS if state.startswith(start)), None)
        told = getattr(getattr(error, "diag", None), "message_detail", None) if state == _RESTED_ON else None
        reason = (told or str(error)).strip().partition("\n")[0]
        if kind is LedgerDamaged:
            return damaged(Words(reason, reason), place)
        return None if kind is None else kind(place=place, reason=reason)

    def is_unstorable(self, error: object) -> bool:
        """Tell by the SQLSTATE; what the driver could not even send has none."""
        state = getattr(error, "sqlstate", None) or ""
        return state.startswith(_UNSTORABLE) or (not state and str(error).startswith(_UNSENT))

    def write(self, cursor: Any, sets: Sequence[RowSet]) -> None:  # noqa: ANN401 - the driver's
        """Send the few rows of an act in one statement, and of many rows each set by itself."""
        plain = isinstance(cursor, _cursors())  # and not what an asynchronous host's driver is clad in
        if plain and sum(len(added) for _, added in sets) <= TOGETHER:
            shape = tuple((statement, len(added)) for statement, added in sets)
            values = [value for _, added in sets for row in added for value in row]
            _raw(cursor.connection).execute(_together(shape), values)
            return
        for statement, added in sets:
            if plain and len(added) >= WORTH_A_COPY and statement in _copied():
                with cursor.copy(_copied()[statement]) as copy:
                    for row in added:
                        copy.write_row(row)
            else:
                cursor.executemany(statement, added)

    def stream(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows by a cursor that stays in the server, opened under a savepoint."""
        driver: Any = connection.connection.driver_connection
        with driver.cursor(name=f"points_{next(_numbers)}") as cursor:
            with connection.begin_nested():
                cursor.execute(statement, values)
                found = cursor.fetchmany(_ROWS_AT_ONCE)
            while found:
                yield from found
                found = cursor.fetchmany(_ROWS_AT_ONCE)

    @contextmanager
    def escaping(self, connection: Connection) -> Iterator[None]:  # noqa: ARG002 - every dialect's signature
        """Text that was stored is valid UTF-8: the server sees to it."""
        yield

    def damage(self, connection: Connection) -> list[str]:  # noqa: ARG002 - every dialect's signature
        """Return nothing: a page that is torn shows when its table is read."""
        return []

    def hold(self, connection: Connection) -> None:
        """Take a lock of our own against others who make the schema, and that of every village's row at once."""
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
        villages = table_name(rows.Village)
        if connection.exec_driver_sql("SELECT to_regclass(%s)", (villages,)).scalar() is not None:
            connection.exec_driver_sql(f"LOCK TABLE {villages} IN EXCLUSIVE MODE")

    def run(self, connection: Connection, statement: str) -> None:
        """Run it as it stands: without parameters, so that a % is a %."""
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})

    def standing(self, connection: Connection) -> list[Standing]:
        """Return the tables, views, indexes and triggers of the schema that comes first."""
        found = connection.exec_driver_sql(_STANDING, ([*METADATA.tables, *VIEWS],))
        return [Standing(name, table, what, "") for name, table, what in found.all()]

    def see_unreferenced(self, connection: Connection, tables: Sequence[str]) -> None:
        """See that no foreign key points to them: with ON DELETE CASCADE a host would lose its rows."""
        found = connection.exec_driver_sql(_REFERENCES, (list(tables),)).first()
        if found is not None:
            reason = "foreign key {} of table {} points to {}".format(*found)
            raise OthersDepend(place=self.place(connection.engine.url), reason=reason)

    def drop_projection(self, connection: Connection, table: str) -> None:
        """Drop the table, or the view that bears its name, in the schema that comes first and in no other."""
        asked = f"SELECT relkind::text FROM pg_class WHERE {_OWN}"  # noqa: S608 - a constant
        kind = connection.exec_driver_sql(asked, (table,)).scalar()
        if kind is not None:
            what = {"v": "VIEW", "m": "MATERIALIZED VIEW"}.get(kind, "TABLE")
            connection.exec_driver_sql(f'DROP {what} "{table}"')

    def privileges(self, connection: Connection, table: str) -> list[str]:
        """Write them out from the catalogue."""
        found = connection.exec_driver_sql(_PRIVILEGES, (table,)).all()
        return [statement for (statement,) in found]

    def drop_guard(self, connection: Connection, guard: Standing) -> None:
        """Drop a trigger."""
        connection.exec_driver_sql(f'DROP TRIGGER "{guard.name}" ON "{guard.table}"')

    def differences(self, connection: Connection, version: int) -> list[tuple[str, Words]]:
        """Compare the catalogue with the one that the schema makes on a fresh database."""
        return compared(catalogue.expected(version), catalogue.found(connection))


# An act that returned is on the disk, also where the server's default is to say so before it is.
_SETTINGS = """
SELECT set_config('lock_timeout', %s, false),
  set_config('synchronous_commit', CASE held WHEN 'off' THEN 'on' ELSE held END, false)
FROM current_setting('synchronous_commit') AS held
"""

_numbers = count()

_SCHEMA_LOCK = int.from_bytes(b"points")
"""The number of the lock that whoever makes the tables holds; any would do that nobody else takes."""

_STANDING = """
WITH ours AS (
  SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relname = ANY(%s) AND c.relkind IN ('r', 'v')
)
SELECT relname, relname, CASE relkind WHEN 'r' THEN 'table' ELSE 'view' END FROM ours
UNION ALL
SELECT i.relname, o.relname, 'index'
FROM ours o JOIN pg_index x ON x.indrelid = o.oid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT t.tgname, o.relname, 'trigger' FROM ours o JOIN pg_trigger t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal
"""

_OWN = "relname = %s AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
"""A relation of ours by its name: not one of another book that stands further down the search path."""

_REFERENCES = """
SELECT k.conname, k.conrelid::regclass::text, c.relname
FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND n.nspname = current_schema() AND c.relname = ANY(%s) ORDER BY k.conname
"""

_PRIVILEGES = f"""
WITH own AS (SELECT oid, relname, relowner, relacl, relnamespace FROM pg_class WHERE {_OWN}),
given AS (
  SELECT relname, privilege_type AS what, grantee, is_grantable FROM own, aclexplode(relacl) WHERE grantee <> relowner
  UNION ALL
  SELECT relname, format('%%s (%%I)', privilege_type, attname), grantee, is_grantable
  FROM own JOIN pg_attribute ON attrelid = own.oid AND NOT attisdropped, aclexplode(attacl) WHERE grantee <> relowner
)
SELECT format('ALTER TABLE %%I OWNER TO %%I', relname, relowner::regrole) FROM own
UNION ALL
SELECT DISTINCT format('REVOKE ALL ON %%I FROM %%s', relname,
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM own JOIN pg_default_acl ON defaclobjtype = 'r' AND defaclnamespace IN (0, relnamespace), aclexplode(defaclacl)
WHERE grantee <> relowner
UNION ALL
SELECT format('GRANT %%s ON %%I TO %%s%%s', what, relname,
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM given
"""  # noqa: S608 - a constant


def _see_age(connection: Connection) -> None:
    found: Any = connection.dialect.server_version_info  # what SQLAlchemy has read when it connected
    if found < OLDEST:
        raise DatabaseTooOld(software="PostgreSQL", found=".".join(map(str, found)), needed=OLDEST[0])


_OPTIONS: dict[Purpose, dict[str, Any]] = {
    Purpose.WRITING: {"isolation_level": "READ COMMITTED"},
    Purpose.READING: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    Purpose.ASKING: {"isolation_level": "AUTOCOMMIT"},
}


def _is_told_something(driver: Any) -> bool:  # noqa: ANN401 - psycopg's connection
    if not hasattr(select, "poll"):  # on Windows
        return bool(select.select([driver], [], [], 0)[0])
    poll = select.poll()
    poll.register(driver, select.POLLIN)
    return bool(poll.poll(0))


def _see_alive(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - the driver's
    """Have the pool replace a connection that its server ended, as after a restart."""
    if not Postgresql().is_alive(connection):
        raise DisconnectionError


def _set_up(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
    try:
        with connection.cursor() as cursor:
            cursor.execute(_SETTINGS, (f"{BUSY_SECONDS}s",))
        connection.commit()
    except BaseException:  # nobody else would close it
        connection.close()
        raise


def _forget(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
    """Leave it to the server whether the next transaction may write: SQLAlchemy has asked for one that may."""
    if connection is not None and not connection.closed:
        connection.read_only = None


@cache
def _faults() -> tuple[type[Exception], ...]:
    if find_spec("psycopg") is None:
        return ()
    import psycopg  # noqa: PLC0415 - an extra

    return (psycopg.Error,)


@cache
def _cursors() -> tuple[type[Any], ...]:
    """Return what a cursor of psycopg is; SQLAlchemy 2.0 clads one that is asynchronous so that it looks the same."""
    if find_spec("psycopg") is None:
        return ()
    import psycopg  # noqa: PLC0415 - an extra

    return (psycopg.Cursor,)


@lru_cache(maxsize=256)
def _together(shape: tuple[tuple[str, int], ...]) -> str:
    """Return one statement that does what several do, with as many rows for each as ``shape`` says.

    They are to a table each, and none sees what another writes. The first, the journal's where there is one, is the
    main one. PostgreSQL promises no order between it and those of its WITH; every server so far runs it first, so that
    two acts who did not wait for each other meet there (``_TWINS``). One that did not would refuse the whole of it all
    the same, since no two can have the journal's key; only its error might then be another table's.
    Its parameters are numbered: psycopg reads a statement of so many %s anew each time, for a tenth of the act.
    """
    inserts = [_of_rows(statement, size) for statement, size in shape]
    numbers = count(1)
    first, *others = (_MARK.sub(lambda _: f"${next(numbers)}", insert) for insert in inserts)
    if not others:
        return first
    return f"WITH {', '.join(f'of_{number} AS ({other})' for number, other in enumerate(others))} {first}"


def _of_rows(statement: str, size: int) -> str:
    """Return an insert statement of one row as one of ``size`` rows."""
    into, _, rest = statement.partition(" VALUES ")
    row, _, otherwise = rest.partition(")")
    return f"{into} VALUES {', '.join([row + ')'] * size)}{otherwise}"


def _raw(connection: Any) -> Any:  # noqa: ANN401 - the driver's
    """Return a cursor for statements whose parameters are numbered."""
    import psycopg  # noqa: PLC0415 - an extra

    return psycopg.RawCursor(connection)


@cache
def _copied() -> dict[str, str]:
    """Return how the rows of an insert statement that changes nothing are copied, by the statement."""
    sql = Postgresql.sql
    copied = {sql.append: f"COPY points_journal ({', '.join(RECORD)}) FROM STDIN"}
    for kind in rows.APPEND_ONLY:
        columns: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]  # a named tuple's
        copied[sql.write[kind]] = f"COPY {table_name(kind)} ({', '.join(columns)}) FROM STDIN"
    return copied
