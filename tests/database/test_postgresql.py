"""PostgreSQL: the guards of its tables, its catalogue under the audit, its errors, and writers that meet."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    DatabaseUnavailable,
    InsufficientPoints,
    InvalidSetting,
    LedgerBusy,
    LedgerDamaged,
    NotALedger,
    NotPermitted,
    VillageExists,
)
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.storage import catalogue, dialect, postgresql, schema
from pointsledger.storage.store import Store
from pointsledger.storage.tables import table_name
from pointsledger.values import rows
from tests.database.lived_in import SIZE, VILLAGE, StepClock, begin, codes, live_in
from tests.server import Server

GUARDED = ("points_journal", *sorted(table_name(kind) for kind in rows.APPEND_ONLY))
FORBIDDEN = ("UPDATE {} SET village = 'beiyu'", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE")
_LAST, _NEXT = str(SIZE), str(SIZE + 1)
NEXT = f"""
INSERT INTO points_journal (village, seq, kind, recorded_at, period, request_id, body, leaf, nodes)
SELECT {{village}}, {{seq}}, kind, recorded_at, period, {{request}}, body, leaf, nodes FROM points_journal
WHERE seq = {_LAST}
"""  # noqa: S608 - a constant
TWO = {"seq": f"generate_series({_NEXT}, {SIZE + 3}, 2)", "request": "gen_random_uuid()"}
NOT_NEXT = {
    "a closed month": NEXT.replace(f"WHERE seq = {_LAST}", "WHERE seq = 40").format(
        village="village", seq=_NEXT, request="'x'"
    ),
    "a gap": NEXT.format(village="village", seq="48", request="'x'"),
    "a position that is taken": NEXT.format(village="village", seq=_LAST, request="'x'"),
    "a request that is taken": NEXT.format(village="village", seq=_NEXT, request="request_id"),
    "position nought": NEXT.format(village="village", seq="0", request="'x'"),
    "a village that begins at two": NEXT.format(village="'beiyu'", seq="2", request="'x'"),
    "an upsert": NEXT.format(village="village", seq=_LAST, request="'x'")
    + "ON CONFLICT (village, seq) DO UPDATE SET body = 'forged'",
    "a merge": f"MERGE INTO points_journal j USING (SELECT {_LAST} AS seq) s ON j.seq = s.seq "
    "WHEN MATCHED THEN UPDATE SET body = 'forged'",
    "two with a gap between": NEXT.format(village="village", **TWO),
}
UNGUARDED = {
    "a trigger dropped": "DROP TRIGGER points_journal_no_update ON points_journal",
    "a trigger switched off": "ALTER TABLE points_entry DISABLE TRIGGER points_entry_no_delete",
    "a trigger for replicas alone": "ALTER TABLE points_entry ENABLE REPLICA TRIGGER points_entry_no_delete",
    "a function that lets pass": "CREATE OR REPLACE FUNCTION points_refuse() RETURNS trigger LANGUAGE plpgsql "
    "AS $$ BEGIN RETURN NEW; END $$",
    "a function that looks elsewhere": 'CREATE SCHEMA "*"; '
    "ALTER FUNCTION points_journal_next() SET search_path TO '*', pg_temp",
    "a rule": "CREATE RULE lost AS ON INSERT TO points_journal DO INSTEAD NOTHING",
    "row security": "ALTER TABLE points_journal ENABLE ROW LEVEL SECURITY",
    "a check dropped": "ALTER TABLE points_lot DROP CONSTRAINT ck_points_lot_whole",
    "an index dropped": "DROP INDEX ix_points_lot_open",
    "a column more": "ALTER TABLE points_journal ADD COLUMN note text",
    "a table dropped": "DROP TABLE points_usage",
    "a child": "CREATE TABLE child () INHERITS (points_journal)",
}


@pytest.fixture(scope="module")
def original(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a book that was lived in, to be copied."""
    name, clock = server.made("kept"), StepClock()
    with begin(server.url(name), clock=clock) as ledger:
        live_in(ledger, clock, tmp_path_factory.mktemp("postgresql"))
    return name


@pytest.fixture
def book(server: Server, original: str) -> Iterator[str]:
    """Name a copy of the book."""
    with server.lent(original) as name:
        yield name


@pytest.mark.parametrize("table", GUARDED)
def test_nothing_that_is_written_can_be_changed(server: Server, book: str, table: str) -> None:
    """Not even the owner changes, deletes or empties what is only ever added to, in whatever role the session is."""
    with psycopg.connect(server.dsn(book), autocommit=True) as connection:
        for role in ("origin", "replica"):
            connection.execute(f"SET session_replication_role = {role}")
            for statement in FORBIDDEN:
                with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                    connection.execute(statement.format(table))


@pytest.mark.parametrize("attempt", NOT_NEXT)
def test_only_the_next_record_is_let_in(server: Server, book: str, attempt: str) -> None:
    """A record goes behind the last one of its village and nowhere else, however it is sent."""
    with (
        psycopg.connect(server.dsn(book), autocommit=True) as connection,
        pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.IntegrityError)),
    ):
        connection.execute(NOT_NEXT[attempt])
    assert Ledger.audit_at(server.url(book)).whole


def test_the_guard_lets_the_next_record_in(server: Server, book: str) -> None:
    """The guard of the journal is no wall: what comes next, of this village or a new one, it lets pass."""
    with psycopg.connect(server.dsn(book), autocommit=True) as connection:
        for village, seq in (("village", _NEXT), ("'beiyu'", 1)):
            connection.execute(NEXT.format(village=village, seq=seq, request="'x'"))


@pytest.mark.parametrize("attempt", UNGUARDED)
def test_a_schema_that_guards_less_is_found(server: Server, book: str, attempt: str) -> None:
    """What an owner can do to the schema the audit finds in the catalogue, and a rebuild names what it mended."""
    assert Ledger.audit_at(server.url(book)).whole
    server.run(UNGUARDED[attempt], book)
    assert "schema-differs" in codes(Ledger.audit_at(server.url(book)))


def test_a_rebuild_mends_projections_and_guards(server: Server, book: str) -> None:
    """A projection that was changed and guards that were taken away are as before after a rebuild."""
    before = Ledger.audit_at(server.url(book))
    for statement in (
        "UPDATE points_balance SET balance = balance + 1",
        "DROP TABLE points_lot",
        "DROP TRIGGER points_journal_no_update ON points_journal",
        UNGUARDED["a function that lets pass"],
    ):
        server.run(statement, book)
    assert {"projection-differs", "schema-differs", "table-unreadable"} <= codes(Ledger.audit_at(server.url(book)))
    rebuilt = Ledger.rebuild(server.url(book))
    assert {"points_lot", "points_journal_no_update", "points_refuse()"} <= set(rebuilt.mended)
    assert () == rebuilt.left
    after = Ledger.audit_at(server.url(book))
    assert (set(), before.root) == (codes(after), after.root)


@pytest.mark.parametrize("version", [16, 18])
def test_the_catalogue_is_what_a_fresh_schema_makes(version: int) -> None:
    """The catalogue that the audit compares with is what the script makes, on the oldest server and the newest."""
    with Server(version) as fresh:
        name = fresh.made()
        fresh.run('CREATE SCHEMA "Points of Nanyu"', name)
        fresh.run(f'ALTER DATABASE {name} SET search_path = "Points of Nanyu", public', name)
        store = Store(fresh.url(name))
        with store.connected(writes=True) as connection:
            schema.create(connection, store.dialect)
            assert catalogue.expected(schema.VERSION) == catalogue.found(connection)
        store.close()


def test_a_book_is_the_same_on_both(tmp_path: Path, server: Server) -> None:
    """The same acts give the same figures on SQLite and on PostgreSQL (invariant 10)."""
    told = []
    for place in (tmp_path / "book.db", server.url(server.made("kept"))):
        clock = StepClock()
        with begin(place, clock=clock) as ledger:
            live_in(ledger, clock, tmp_path)
            told.append(
                (
                    ledger.head().size,
                    ledger.balances(),
                    ledger.stock(),
                    ledger.tally("2026"),
                    ledger.tally("2026", level="category"),
                    ledger.ranking("2026", level="group"),
                    ledger.trial_balance(),
                    ledger.statement("03-017"),
                    ledger.redemptions(),
                )
            )
    # Whoever was erased stands there by an id, which is random.
    assert ID_IN_TEXT.sub("h-", repr(told[0])) == ID_IN_TEXT.sub("h-", repr(told[1]))


# --- errors --------------------------------------------------------------------------------------------


def test_a_purge_has_the_server_clean_what_is_erased_from(server: Server, book: str) -> None:
    """The tables that names and texts are erased from are cleaned, and no other needs it."""
    assert {"points_profile", "points_remark"} == purge_and_see(server, book)


def purge_and_see(server: Server, book: str) -> set[str]:
    """Purge a book; return the tables that the server says it has cleaned."""
    assert Ledger.purge(server.url(book))
    with psycopg.connect(server.dsn(book)) as connection:
        cleaned = connection.execute("SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0").fetchall()
    return {name for (name,) in cleaned}


def test_a_server_that_is_not_there_is_told(server: Server) -> None:
    """A database that cannot be reached, or does not exist, is one sentence without a password."""
    for url in (server.url("nowhere"), "postgresql://clerk:secret@127.0.0.1:1/book"):
        with pytest.raises(DatabaseUnavailable, match="cannot be reached") as refused:
            Ledger.open(url)
        assert "secret" not in refused.value.say("zh") + str(refused.value)
        assert refused.value.retryable


def test_a_database_without_a_book_is_told(server: Server) -> None:
    """A database of something else is no ledger, and a book can be begun beside what is in it."""
    name = server.made()
    server.run("CREATE TABLE task (id bigint PRIMARY KEY)", name)
    with pytest.raises(NotALedger):
        Ledger.open(server.url(name))
    with begin(server.url(name)) as ledger:
        assert ledger.audit().whole
    with pytest.raises(VillageExists):
        begin(server.url(name))


def test_another_encoding_is_refused(server: Server) -> None:
    """Text has to come back as it went in: a database that is not kept in UTF-8 is refused at once."""
    server.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(InvalidSetting, match="UTF8"):
        begin(server.url("latin"))


def test_a_user_without_rights_is_told(server: Server, book: str) -> None:
    """Somebody who may not read or write is told so, and nothing is half done."""
    server.run("CREATE ROLE stranger LOGIN", book)
    with pytest.raises(NotPermitted, match="permission denied"):
        Ledger.open(server.url(book, "stranger"))
    server.run("DROP ROLE stranger", book)


def test_a_refused_record_is_damage(server: Server, book: str) -> None:
    """What a constraint refuses was no act of ours: the book is damaged, and the sentence says where."""
    server.run("UPDATE points_lot SET remaining = granted - settled", book)
    clock = StepClock()
    clock.step(days=60)
    with Ledger.open(server.url(book), clock=clock) as ledger:
        redeemed = next(made.seq for made in ledger.redemptions() if not made.reversed_by)
        with pytest.raises(LedgerDamaged, match="ck_points_lot_whole"):
            ledger.reverse(redeemed, reason="试", by="clerk:1")


# --- drivers that only look like psycopg ----------------------------------------------------------------


class Clad:
    """A cursor that only looks like the driver's, as SQLAlchemy 2.0 hands an asynchronous one to its host."""

    copy = connection = None

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.sent: list[tuple[str, int]] = []

    def executemany(self, statement: str, rows: Sequence[object]) -> None:
        """Note what is sent."""
        self.sent.append((statement, len(rows)))


@pytest.mark.parametrize("size", [1, 100])
def test_a_cursor_that_only_looks_like_the_driver_s_is_asked_for_nothing_of_its_own(size: int) -> None:
    """What a host's asynchronous driver is clad in takes the rows as any driver does, few or many."""
    sql, cursor = postgresql.Postgresql.sql.append, Clad()
    postgresql.Postgresql().write(cursor, [dialect.RowSet(sql, [()] * size)])
    assert [(sql, size)] == cursor.sent


# --- connections that the server ended ------------------------------------------------------------------

ENDED = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'"


@pytest.mark.parametrize("writes", [True, False])
def test_a_connection_in_use_while_the_book_is_closed_is_closed_after_use(
    server: Server, book: str, *, writes: bool
) -> None:
    """Whoever is still at work when another thread closes the book ends it, and leaves no connection open."""
    store = Store(server.url(book))
    with store.connected(writes=writes) as connection:
        driver: Any = connection.connection.driver_connection
        store.close()
        assert not driver.closed
    assert driver.closed


def test_a_server_that_was_restarted_between_acts_is_none_the_wiser(server: Server, book: str) -> None:
    """Connections that the server ended while nobody used them are replaced, and acts and questions go on."""
    with Ledger.open(server.url(book)) as ledger:
        balance = ledger.award("03-017", "tidy", by="clerk:1").balance
        for request in ("one", "two"):
            assert balance == ledger.balance("03-017").balance
            size = ledger.head().size
            server.run(ENDED.format(book))
            assert size + 1 == ledger.award("03-017", "tidy", by="clerk:1", request=request).seq
            server.run(ENDED.format(book))
            balance = ledger.balance("03-017").balance
            server.run(ENDED.format(book))
            assert size + 1 == ledger.head().size


def test_a_server_that_went_in_the_middle_of_an_act_is_told(server: Server, book: str) -> None:
    """A connection that ends within a transaction is an error to come again after; nothing of it is left."""
    with Ledger.open(server.url(book)) as ledger:
        before = ledger.head()

        def cut_short() -> None:
            with ledger.batch(by="clerk:1") as batch:
                batch.award("03-017", "tidy")
                server.run(ENDED.format(book))
                batch.award("03-018", "tidy")

        with pytest.raises(DatabaseUnavailable) as told:
            cut_short()
        assert told.value.retryable
        assert before == ledger.head()
        assert before.size + 1 == ledger.award("03-017", "tidy", by="clerk:1").seq


# --- roles -----------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "use-postgresql.md"


@pytest.fixture
def ruled(server: Server, tmp_path: Path) -> Iterator[str]:
    """Name a database with the roles of the how-to, a book begun by its owner, and a login for each role."""
    before, after = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    name = server.made()
    roles = ("owner", "writer", "reader", "people")
    for statement in before.split(";\n"):
        if statement.strip():
            server.run(statement, name)
    for role in roles:
        server.run(f"CREATE ROLE a_{role} LOGIN IN ROLE points_{role}", name)
    server.run("ALTER ROLE a_owner SET role = points_owner", name)
    server.run("GRANT points_reader TO a_people", name)
    clock = StepClock()
    with begin(server.url(name, "a_owner"), clock=clock) as ledger:
        with psycopg.connect(server.dsn(name, "a_owner"), autocommit=True) as connection:
            connection.execute(after)
        assert ledger.head().size
    with Ledger.open(server.url(name, "a_writer"), clock=clock) as ledger:
        live_in(ledger, clock, tmp_path)
    yield name
    server.drop(name)
    for role in roles:
        server.run(f"DROP ROLE a_{role}; DROP ROLE points_{role}")


def test_a_writer_does_everything_but_change_a_record(server: Server, ruled: str) -> None:
    """The role of a program does every kind of act, and nothing to what is written."""
    assert Ledger.audit_at(server.url(ruled, "a_writer")).whole
    with psycopg.connect(server.dsn(ruled, "a_writer"), autocommit=True) as connection:
        for table in GUARDED:
            for statement in FORBIDDEN:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.format(table))
        for statement in (
            "DELETE FROM points_account",
            "DROP TABLE points_lot",
            "ALTER TABLE points_journal DISABLE TRIGGER ALL",
            "CREATE TABLE points_more (id bigint)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_reader_reads_and_names_nobody(server: Server, ruled: str) -> None:
    """The role of a reader has no names; with that of the people it audits; neither posts."""
    with Ledger.open(server.url(ruled, "a_reader")) as ledger:
        assert ledger.trial_balance().foots
        assert ledger.head().size == len(list(ledger.records()))
        with pytest.raises(NotPermitted):
            ledger.balances()
    with Ledger.open(server.url(ruled, "a_people")) as ledger:
        assert 4 == len(ledger.balances())
        assert ledger.audit().whole
        with pytest.raises(NotPermitted):
            ledger.award("03-017", "tidy", by="clerk:1")


# --- writers that meet ---------------------------------------------------------------------------------


def test_a_writer_waits_and_then_gives_up(server: Server, book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer waits for another one of its village, and after a while says that it may come again."""
    monkeypatch.setattr(postgresql, "BUSY_SECONDS", 0.1)
    with Ledger.open(server.url(book)) as one, Ledger.open(server.url(book)) as other, one.batch(by="clerk:1") as batch:
        batch.enrol("05-001", head="钱七")
        before = other.head()  # a reader waits for nobody
        with pytest.raises(LedgerBusy) as refused:
            other.enrol("05-002", head="孙八", by="clerk:1")
        assert refused.value.retryable
        assert before == other.head()


def test_two_villages_do_not_wait_for_each_other(server: Server, book: str) -> None:
    """While one village's transaction stands open, another village posts."""
    url = server.url(book)
    with begin(url, "beiyu") as beiyu, Ledger.open(url, village=VILLAGE) as nanyu, nanyu.batch(by="clerk:1") as batch:
        batch.enrol("05-001", head="钱七")
        assert 1 < beiyu.enrol("05-001", head="孙八", by="clerk:1").seq


KEEP_POSTING = """
import sys
from pointsledger import Ledger
from pointsledger.storage import postgresql
postgresql.BUSY_SECONDS = 1
with Ledger.open(sys.argv[1], village=sys.argv[2]) as ledger:
    for number in range(20):
        ledger.enrol(f"01-{number:03}", head="x", by="clerk:1")
    print(ledger.head().size)
"""


def test_eight_processes_post_to_villages_that_never_wait(server: Server) -> None:
    """While one village's transaction stands open, eight processes post to eight others, and no act waits for it."""
    url = server.url(server.made("kept"))
    villages = [f"village-{number}" for number in range(9)]
    for village in villages:
        begin(url, village).close()
    with Ledger.open(url, village=villages[0]) as held, held.batch(by="clerk:1") as batch:
        batch.enrol("01-001", head="孙八")
        running = [
            subprocess.Popen([sys.executable, "-c", KEEP_POSTING, url, village], stdout=subprocess.PIPE, text=True)
            for village in villages[1:]
        ]
        told = [process.communicate(timeout=120)[0].strip() for process in running]
    assert ["24"] * 8 == told
    assert [True] * 9 == [Ledger.audit_at(url, village=village).whole for village in villages]


def test_many_spend_at_once_and_nobody_twice(server: Server, book: str) -> None:
    """Four threads that each spend all there is: one gets it, the others are told what is left."""
    with Ledger.open(server.url(book)) as ledger:
        held = int(ledger.balance("03-017").balance)
        starting = Barrier(4)

        def spend(number: int) -> str:
            starting.wait()
            try:
                ledger.redeem("03-017", {"cut": held // 8}, by="shop:1", request=f"race-{number}")
            except InsufficientPoints:
                return "refused"
            return "redeemed"

        with ThreadPoolExecutor(4) as threads:
            done = sorted(threads.map(spend, range(4)))
        assert ["redeemed", "refused", "refused", "refused"] == done
        assert ledger.audit().whole


def test_two_who_begin_the_same_book_get_one(server: Server) -> None:
    """Of two that begin a village's book at once one succeeds; the other is told that it is there, or to come again."""
    url, starting = server.url(server.made("kept")), Barrier(2)

    def start(_: int) -> str:
        starting.wait()
        try:
            begin(url).close()
        except (VillageExists, LedgerBusy) as error:
            return error.code
        return "begun"

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(start, range(2)))
    assert 1 == done.count("begun")
    assert Ledger.audit_at(url).whole
    assert dialect.BUSY_SECONDS > 1
