"""Binding: acts in a host's own transaction, which stand or fall with it, and refusals where they could not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, select

import pointsledger
from pointsledger import BoundLedger, Ledger, Receipt
from pointsledger.errors import (
    AlreadyEnrolled,
    InsufficientPoints,
    InvalidSetting,
    LedgerBusy,
    NotALedger,
    RecordsProvisional,
    SheetFaulty,
    UnknownVillage,
    UnsafeTransaction,
)
from tests.contract.conftest import Begin, Clock, Sheet
from tests.server import Server

Post = Callable[[BoundLedger], Receipt]


class HostModel(SQLModel, registry=registry()):
    """The ground of a host's own tables."""


class Task(HostModel, table=True):
    """A host's own row, done together with an award."""

    __tablename__: ClassVar[Any] = "task"

    id: int | None = Field(default=None, primary_key=True)
    title: str


@pytest.fixture(params=["stock", "prepared", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a database of a host's, on an engine of each sort."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        with server.lent() as name:
            yield server.url(name)
    else:
        yield str(tmp_path / "host.db")


@pytest.fixture
def engine(request: pytest.FixtureRequest, place: str, nanyu: Ledger) -> Iterator[Engine]:
    """Make the host's engine on the database that holds the book of Nanyu, with the host's own table in it."""
    assert nanyu.head().size
    engine = create_engine(place if "://" in place else f"sqlite:///{place}", connect_args=timeout(place))
    if "prepared" in request.node.name:
        pointsledger.prepare(engine)
    HostModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


def timeout(place: str) -> dict[str, Any]:
    """Return how long a host's connection waits for another writer: hardly."""
    return {"options": "-c lock_timeout=100ms"} if "://" in place else {"timeout": 0.1}


def tasks(engine: Engine) -> list[str]:
    """Return the titles of the host's tasks."""
    with Session(engine) as session:
        return [task.title for task in session.exec(select(Task))]


def test_an_act_stands_with_the_host(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """What is posted in a host's transaction is there once it commits, its own row and the act together."""
    with Session(engine) as session:
        session.add(Task(title="植树"))
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        receipt = bound.award("03-017", "trees", quantity=2, request="task-1")
        assert receipt.provisional
        assert 6 == bound.balance("03-017").balance
        assert 6 == bound.tally("2025-11").total.earned
        session.commit()
    assert ["植树"] == tasks(engine)
    assert 6 == nanyu.balance("03-017").balance
    again = nanyu.award("03-017", "trees", quantity=2, by="clerk:1", request="task-1")
    assert (receipt, True, False) == (again, again.repeated, again.provisional)


def test_an_act_falls_with_the_host(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """A host that rolls back takes the act back with its own rows, and a connection may be used for the next one."""
    before = nanyu.head()
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        for _ in range(2):
            session.add(Task(title="植树"))
            bound.award("03-017", "trees", request="task-1")
            bound.enrol("05-001", head="钱七")
            session.rollback()
    assert ([], before) == (tasks(engine), nanyu.head())


def test_a_connection_is_as_good_as_a_session(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """A host without sessions binds its connection, begun by itself or not yet."""
    before = nanyu.head().size
    with engine.connect() as connection:
        Ledger.bind(connection, village="nanyu", clock=clock).award("03-017", "trees", by="clerk:1")
        connection.commit()
    with engine.begin() as connection:
        Ledger.bind(connection, village="nanyu", clock=clock).award("03-018", "trees", by="clerk:1")
    with engine.connect() as connection:
        Ledger.bind(connection, village="nanyu", clock=clock).award("04-001", "trees", by="clerk:1")
        connection.rollback()
    assert before + 2 == nanyu.head().size


def test_a_refused_act_leaves_the_host_going_on(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """An act that the rules refuse changes nothing, and the host's transaction goes on with what it had."""
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        session.add(Task(title="一"))
        bound.award("03-017", "trees")
        with pytest.raises(InsufficientPoints):
            bound.redeem("03-018", {"towel": 1})
        with pytest.raises(AlreadyEnrolled):
            bound.enrol("03-017", head="张三")
        session.add(Task(title="二"))
        bound.award("03-017", "trees")
        session.commit()
    assert ["一", "二"] == tasks(engine)
    assert 6 == nanyu.balance("03-017").balance


def test_a_host_s_savepoint_takes_its_acts_back(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """What was posted in a host's savepoint goes with it, and what is posted afterwards knows nothing of it."""
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        bound.award("03-017", "trees", request="before")
        if pointsledger.storage.hosts.is_prepared(engine):
            savepoint = session.begin_nested()
            bound.award("03-017", "trees", quantity=100, request="inside")
            savepoint.rollback()
        bound.award("03-017", "trees", request="after")
        session.commit()
    assert 6 == nanyu.balance("03-017").balance
    assert nanyu.audit().whole


def lists(sheet: Sheet) -> list[Path]:
    """Write a register, what its households and the shelf bring forward, and their October."""
    return [
        sheet("户号,户主,组", "05-001,钱七,五组", "05-002,孙八,五组", name="households.csv"),
        sheet("户号,期初积分", "05-001,7", name="openings.csv"),
        sheet("商品,数量", "肥皂,4", name="stock.csv"),
        sheet("日期,户号,事项,数量", "2025-10-05,05-001,植树,2", "2025-10-05,05-002,植树,1", name="deeds.csv"),
    ]


def post_lists(ledger: Ledger | BoundLedger, sheet: Sheet) -> list[int]:
    """Post each of the lists; return how many rows of each were new."""
    households, openings, stock, deeds = lists(sheet)
    return [
        ledger.enrol_list(households, by="clerk:2").posted,
        ledger.opening_list(openings, by="clerk:2").posted,
        ledger.opening_stock_list(stock, by="clerk:2").posted,
        ledger.import_deeds(deeds, period="2025-10", by="clerk:2").posted,
    ]


@pytest.mark.parametrize("keeps", [True, False])
def test_sheets_stand_or_fall_with_the_host(
    engine: Engine,
    nanyu: Ledger,
    clock: Clock,
    sheet: Sheet,
    keeps: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Whole sheets are posted in a host's transaction beside its own row and other acts, and stand or fall with it."""
    before = nanyu.head()
    with Session(engine) as session:
        session.add(Task(title="迁入"))
        bound = Ledger.bind(session, village="nanyu", clock=clock)
        assert [2, 1, 1, 2] == post_lists(bound, sheet)
        assert [13, 3] == [row.balance for row in bound.balances(group="五组")]
        bound.award("05-002", "trees", by="clerk:1")
        session.commit() if keeps else session.rollback()
    assert (["迁入"] if keeps else []) == tasks(engine)
    assert ([13, 6] if keeps else []) == [row.balance for row in nanyu.balances(group="五组")]
    assert keeps is (before != nanyu.head())
    assert ([0, 0, 0, 0] if keeps else [2, 1, 1, 2]) == post_lists(nanyu, sheet)


def test_a_faulty_sheet_leaves_the_host_going_on(engine: Engine, nanyu: Ledger, clock: Clock, sheet: Sheet) -> None:
    """A sheet with a fault posts none of its rows, tells every fault, and the host's transaction goes on."""
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        session.add(Task(title="一"))
        bound.award("03-017", "trees")
        faulty = sheet("日期,户号,事项", "2025-10-05,03-018,植树", "2025-10-05,O3-018,植树", "2025-10-05,03-018,种树")
        with pytest.raises(SheetFaulty) as refused:
            bound.import_deeds(faulty, period="2025-10")
        assert ["unknown-account", "unknown-activity"] == [fault.error.code for fault in refused.value.data["faults"]]
        with pytest.raises(SheetFaulty) as refused:
            bound.enrol_list(sheet("户号,户主", "05-001,钱七", "05-002,"))
        assert ["missing-cell"] == [fault.error.code for fault in refused.value.data["faults"]]
        session.commit()
    assert ["一"] == tasks(engine)
    assert [3, 0, 0] == [row.balance for row in nanyu.balances()]


def test_a_bound_rehearsal_keeps_nothing(engine: Engine, nanyu: Ledger, clock: Clock, sheet: Sheet) -> None:
    """A rehearsed sheet leaves the host's transaction as it was: its own rows, its acts and the stream."""
    size = nanyu.head().size
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        session.add(Task(title="一"))
        rows = sheet("日期,户号,事项", "2025-10-05,03-018,植树", "2025-10-05,O3-018,植树")
        report = bound.import_deeds(rows, period="2025-10", dry_run=True)
        assert (1, 1, True) == (report.posted, len(report.faults), report.dry_run)
        assert size == bound.head().size
        assert size == len(list(bound.records()))
        bound.award("03-017", "trees")
        session.commit()
    assert ["一"] == tasks(engine)
    assert size + 1 == nanyu.head().size


def test_a_batch_is_replaced_and_reversed_by_a_host(engine: Engine, nanyu: Ledger, clock: Clock, sheet: Sheet) -> None:
    """A host replaces a sheet and takes it back in its own transaction, and its savepoint takes back either."""
    heading = "序号,日期,户号,事项,数量"
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        label = bound.import_deeds(sheet(heading, "1,2025-10-05,03-018,植树,2"), period="2025-10").label
        corrected = sheet(heading, "1,2025-10-05,03-018,植树,3", name="corrected.csv")
        report = bound.import_deeds(corrected, period="2025-10", replace=label)
        assert (1, 1) == (report.posted, report.reversed_rows)
        if pointsledger.storage.hosts.is_prepared(engine):
            savepoint = session.begin_nested()
            bound.reverse_batch(label, reason="重复")
            assert 0 == bound.balance("03-018").balance
            savepoint.rollback()
        assert 9 == bound.balance("03-018").balance
        taken = bound.reverse_batch(label, reason="重复")
        assert (1, True) == (taken.rows, taken.receipt.provisional)
        session.commit()
    assert 0 == nanyu.balance("03-018").balance


def test_a_savepoint_that_stands_on_nothing_is_refused(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """On an engine where a released savepoint would commit, an act inside one is refused, and says what to do."""
    before = nanyu.head()
    with Session(engine) as session, session.begin_nested():
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        if pointsledger.storage.hosts.is_prepared(engine):
            bound.award("03-017", "trees")
        else:
            with pytest.raises(UnsafeTransaction, match="prepare"):
                bound.award("03-017", "trees")
    assert before == nanyu.head(), "the host has not committed"


def test_the_stream_is_not_read_where_acts_may_be_taken_back(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """A bound ledger streams records until it has posted in this transaction, and again in the next one."""
    size = nanyu.head().size
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        assert size == len(list(bound.records()))
        bound.award("03-017", "trees")
        other = Ledger.bind(session, village="nanyu", clock=clock)
        for reader in (bound, other):
            with pytest.raises(RecordsProvisional):
                list(reader.records())
            with pytest.raises(RecordsProvisional):
                reader.proof(1)
            with pytest.raises(RecordsProvisional):
                reader.inspect("2025")
            with pytest.raises(RecordsProvisional):
                reader.draw_call_backs(size=1, root=bytes(32).hex(), number="7", count=1)
        with pytest.raises(RecordsProvisional):
            bound.checkpoint()
        with pytest.raises(RecordsProvisional):
            bound.keep_cosigned(nanyu.growth(1, size=size).note)
        session.commit()
        assert size + 1 == len(list(bound.records()))
        assert size + 1 == bound.proof(1).checkpoint.size
        assert size + 1 == bound.inspect("2025").size


def test_reading_locks_nobody_out(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """While a host reads, and keeps its transaction open, others post."""
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", clock=clock)
        assert 0 == bound.balance("03-017").balance
        assert 3 == len(bound.balances())
        nanyu.award("03-017", "trees", by="clerk:1")


def test_a_writer_in_the_way_may_be_tried_again(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """A host whose act meets another writer is told to come again, and nothing of it is left."""
    with nanyu.batch(by="clerk:1") as batch:
        batch.award("03-018", "trees")
        with Session(engine) as session:
            bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
            with pytest.raises(LedgerBusy) as refused:
                bound.award("03-017", "trees")
            assert refused.value.retryable
            session.rollback()
    with Session(engine) as session:
        Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock).award("03-017", "trees")
        session.commit()
    assert 3 == nanyu.balance("03-017").balance


def test_a_host_that_read_too_early_comes_again(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """A host that read before another one posted does not post on what it saw: it gets the present, or comes again."""
    with Session(engine) as session:
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        session.exec(select(Task)).all()
        assert 0 == bound.balance("03-017").balance
        nanyu.award("03-017", "trees", by="clerk:1")
        try:
            bound.award("03-017", "trees")
        except LedgerBusy:
            session.rollback()
            bound.award("03-017", "trees")
        session.commit()
    assert 6 == nanyu.balance("03-017").balance
    assert nanyu.audit().whole


def test_autocommit_is_refused(engine: Engine, nanyu: Ledger, clock: Clock) -> None:
    """A connection that commits by itself could not take an act back; it may still read."""
    before = nanyu.head()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        bound = Ledger.bind(connection, village="nanyu", by="clerk:1", clock=clock)
        with pytest.raises(UnsafeTransaction, match="autocommit") as refused:
            bound.award("03-017", "trees")
        assert "自动提交" in refused.value.say("zh")
        assert 3 == len(bound.balances())
    assert before == nanyu.head()


def test_what_is_no_session_is_refused(engine: Engine) -> None:
    """An engine, a text or an asynchronous session is told from a session, with what to do."""
    for wrong in (engine, "sqlite:///host.db", None):
        with pytest.raises(InvalidSetting, match="Session"):
            Ledger.bind(wrong, village="nanyu")  # type: ignore[arg-type]  # that is the test
    with pytest.raises(UnsafeTransaction, match="run_sync"):
        Ledger.bind(AsyncSession(), village="nanyu")  # type: ignore[arg-type]  # as above


def test_a_village_without_a_book_is_refused(engine: Engine, clock: Clock) -> None:
    """A bound ledger of a village that has no book answers nothing and posts nothing."""
    with Session(engine) as session:
        bound = Ledger.bind(session, village="beiyu", by="clerk:1", clock=clock)
        for use in (bound.head, lambda: bound.enrol("05-001", head="钱七")):
            with pytest.raises(UnknownVillage, match="villages in it: nanyu"):
                use()
        with pytest.raises(UnknownVillage, match="villages in it: nanyu"):
            Ledger.lock(session, ["nanyu", "beiyu"])


def test_a_database_without_a_ledger_is_refused(tmp_path: Path) -> None:
    """A host that has no ledger in its database is told so."""
    engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with Session(engine) as session, pytest.raises(NotALedger):
        Ledger.bind(session, village="nanyu")
    engine.dispose()


def test_several_villages_are_locked_in_one_order(begin: Begin, engine: Engine, clock: Clock) -> None:
    """A transaction over several villages takes their locks first, and posts to each."""
    begin(village="beiyu", rulebook=None, prices=None, first_period="2025-10")
    with Session(engine) as session:
        Ledger.lock(session, ["nanyu", "beiyu", "nanyu"])
        for village in ("nanyu", "beiyu"):
            Ledger.bind(session, village=village, by="clerk:1", clock=clock).enrol("05-001", head="钱七")
        session.commit()
    with Ledger.open(str(engine.url.render_as_string(hide_password=False)), village="beiyu") as ledger:
        assert 1 == len(ledger.balances())


def test_the_host_s_metadata_stays_its_own() -> None:
    """Importing and using the library adds no table to a host's metadata, and Alembic is told to leave ours alone."""
    assert [] == [name for name in SQLModel.metadata.tables if name.startswith("points_")]
    assert {"task"} == set(HostModel.metadata.tables)
    table = HostModel.metadata.tables["task"]
    assert pointsledger.include_object(table, "task", "table", False, None)  # noqa: FBT003 - Alembic's signature
    assert not pointsledger.include_object(None, "points_journal", "table", True, None)  # noqa: FBT003 - as above


def test_nothing_is_held_between_two_calls(nanyu: Ledger, engine: Engine) -> None:
    """After a call of a ledger of its own no connection of it is inside a transaction."""
    nanyu.award("03-017", "trees", by="clerk:1")
    assert 3 == nanyu.balance("03-017").balance
    with engine.begin() as connection:
        connection.execute(text("UPDATE points_village SET size = size"))


def test_alembic_is_told_to_leave_our_tables(engine: Engine) -> None:
    """A host's autogenerate proposes to drop our tables, unless it is given ``include_object``."""
    with engine.connect() as connection:
        found = []
        for options in ({}, {"include_object": pointsledger.include_object}):
            context = MigrationContext.configure(connection, opts=options)
            found.append({change[0] for change in compare_metadata(context, HostModel.metadata)})
    assert "remove_table" in found[0]
    assert set() == found[1]


MODES: dict[str, tuple[dict[str, Any], bool]] = {
    "isolation_level=IMMEDIATE": ({"isolation_level": "IMMEDIATE"}, True),
    "isolation_level=None": ({"isolation_level": None}, False),
    "autocommit=False": ({"autocommit": False}, True),
    "autocommit=True": ({"autocommit": True}, False),
}


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_the_driver_is_safe_or_refused(
    mode: str,
    prepared: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
    clock: Clock,
) -> None:
    """However SQLite's driver begins its transactions, a rollback takes an act back, or the act is refused."""
    asked, safe = MODES[mode]
    if "autocommit" in asked and sys.version_info < (3, 12):
        pytest.skip("this Python's driver has no such mode")
    with Ledger.create(tmp_path / "host.db", village="nanyu", by="clerk:1", clock=clock) as ledger:
        engine = create_engine(f"sqlite:///{tmp_path / 'host.db'}", connect_args=asked)
        if prepared:
            pointsledger.prepare(engine)
            pointsledger.prepare(engine)
        before = ledger.head()
        with Session(engine) as session:
            bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
            if safe or prepared:
                bound.enrol("05-001", head="钱七")
            else:
                with pytest.raises(UnsafeTransaction):
                    bound.enrol("05-001", head="钱七")
            session.rollback()
        engine.dispose()
        assert before == ledger.head()
        assert ledger.audit().whole


@pytest.mark.parametrize("driver", ["aiosqlite", "psycopg"])
def test_an_async_host_posts_in_run_sync(driver: str, tmp_path: Path, server: Server, clock: Clock) -> None:
    """A host with asyncio binds inside run_sync, and its commit and rollback decide as ever."""
    if driver == "psycopg":
        name = server.made("kept")
        place = url = server.url(name)
    else:
        place = str(tmp_path / "host.db")
        url = f"sqlite+aiosqlite:///{place}"
    with Ledger.create(place, village="nanyu", first_period="2025-10", by="clerk:1", clock=clock) as ledger:

        async def host() -> None:
            engine = create_async_engine(url)
            pointsledger.prepare(engine)
            for code, keeps in (("05-001", True), ("05-002", False)):
                async with AsyncSession(engine) as session:
                    receipt = await session.run_sync(enrolled, code)
                    assert receipt.provisional
                    await (session.commit() if keeps else session.rollback())
            await engine.dispose()

        def enrolled(session: Any, code: str) -> Receipt:  # noqa: ANN401 - the session within run_sync
            return Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock).enrol(code, head="钱七")

        asyncio.run(host())
        assert ["05-001"] == [row.household for row in ledger.balances()]
        assert ledger.audit().whole
