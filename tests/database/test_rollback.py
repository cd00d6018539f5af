"""Rollback: whatever fails after whichever statement of an act, the book is as it was and goes on as if nothing was."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pointsledger import Ledger
from pointsledger.errors import DatabaseUnavailable, LedgerBusy
from pointsledger.findings import NOTE
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.registry import METADATA
from pointsledger.storage.store import Store
from tests.database.fragile import Wire, fragile
from tests.database.lived_in import (
    LATER_PRICES,
    LATER_RULES,
    LIVED_DAYS,
    LIVED_SECONDS,
    SHEET,
    SIZE,
    StepClock,
    begin,
    live_in,
)
from tests.database.racers import host_engine
from tests.server import Server

RULES = LATER_RULES.replace("2026-03-10", "2026-04-01")
PRICES = LATER_PRICES.replace("2026-03-10", "2026-04-01")
LIST = "户号,户主,组,成员\n05-001,钱七,五组,孙八\n05-002,周九,五组,\n"
LABEL = "2026-03 三月积分登记表"

Act = Callable[[Any, Path], object]
"""Does something to a book, with a folder to write in."""

ACTS: dict[str, Act] = {
    "award": lambda acts, _: acts.award("03-017", "tidy", by="clerk:1", request="z-1"),
    "award by the new": lambda acts, _: acts.award("03-017", "tidy", by="new:1", approved_by=["new:2"], request="z-2"),
    "award with remark": lambda acts, _: acts.award("03-018", "yard", by="clerk:1", request="z-3", remark="门前"),
    "deduct": lambda acts, _: acts.deduct("03-019", "tidy", quantity=9, by="clerk:1", request="z-4"),
    "enrol": lambda acts, _: acts.enrol("05-001", head="钱七", members=["孙八"], by="clerk:1", request="z-5"),
    "intake": lambda acts, _: acts.stock_in("soap", 2, unit_cost_fen=300, by="shop:1", request="z-6"),
    "opening": lambda acts, _: acts.bring_forward("03-018", 20, by="clerk:1", request="z-7"),
    "prices": lambda acts, _: acts.adopt_prices(PriceList.from_toml(PRICES, file="x", decimals=0), by="clerk:1"),
    "redeem": lambda acts, _: acts.redeem("03-017", {"soap": 1, "cut": 1}, by="shop:1", request="z-8", remark="代领"),
    "reverse": lambda acts, _: acts.reverse(41, reason="记错", by="clerk:1", request="z-9"),
    "rules": lambda acts, _: acts.adopt_rules(RuleBook.from_toml(RULES, file="x", decimals=0), by="clerk:1"),
}


def batch(ledger: Ledger, _: Path) -> object:
    """Post several acts at once."""
    with ledger.batch(by="clerk:1") as opened:
        opened.award("03-017", "tidy", request="z-1")
        opened.enrol("05-001", head="钱七", request="z-2")
        return opened.redeem("03-017", {"cut": 1}, request="z-3")


def import_sheet(ledger: Ledger, folder: Path) -> object:
    """Import a sheet."""
    return ledger.import_deeds(written(folder, SHEET), period="2026-03", by="clerk:2", label="z", repeats=True)


def replace_sheet(ledger: Ledger, folder: Path) -> object:
    """Correct a sheet that was imported."""
    corrected = written(folder, SHEET.replace("2,加分", "5,加分"))
    return ledger.import_deeds(corrected, period="2026-03", by="clerk:2", replace=LABEL)


def written(folder: Path, lines: str) -> Path:
    """Return a file with those lines."""
    path = folder / "sheet.csv"
    path.write_text(lines, encoding="utf-8")
    return path


OWN_ACTS: dict[str, Act] = {
    "batch": batch,
    "enrol a list": lambda ledger, folder: ledger.enrol_list(written(folder, LIST), by="clerk:1"),
    "import": import_sheet,
    "replace": replace_sheet,
    "reverse a batch": lambda ledger, _: ledger.reverse_batch(LABEL, reason="重录", by="clerk:2"),
}
"""What only a ledger of one's own does."""


class Busy(sqlite3.OperationalError):
    """What SQLite's driver raises where another writer is in the way."""

    sqlite_errorname = "SQLITE_BUSY"


def lost(place: str) -> type[Exception]:
    """Return what the driver raises where the server is gone, or another writer is in the way."""
    return psycopg.OperationalError if "://" in place else Busy


RETRYABLE = (DatabaseUnavailable, LedgerBusy)

# --- where ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def originals(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Make a book that was lived in on each database, to be copied."""
    folder = tmp_path_factory.mktemp("originals")
    name = server.made("kept")
    for place in (str(folder / "book.db"), server.url(name)):
        clock = StepClock()
        with begin(place, clock=clock) as ledger:
            live_in(ledger, clock, folder)
    return {"file": str(folder / "book.db"), "postgresql": name}


@pytest.fixture(params=["file", "postgresql"])
def places(
    request: pytest.FixtureRequest, originals: dict[str, str], server: Server, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """Name two copies of the book, one for what goes wrong and one where nothing does."""
    if request.param == "file":
        one, twin = (str(shutil.copy(originals["file"], tmp_path / name)) for name in ("one.db", "twin.db"))
        yield one, twin
    else:
        with server.lent(originals["postgresql"]) as name, server.lent(originals["postgresql"]) as other:
            yield server.url(name), server.url(other)


@pytest.fixture
def clock() -> StepClock:
    """Stand at a day after everything in the book."""
    clock = StepClock()
    clock.step(days=LIVED_DAYS, seconds=LIVED_SECONDS)
    return clock


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with store.connected(writes=False) as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in METADATA.tables.items()
        }


@pytest.fixture
def foreseen(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let ids and salts come in an order that can be begun again, so that two books get the same ones."""
    numbers = count(1)

    def restart() -> None:
        nonlocal numbers
        numbers = count(1)

    monkeypatch.setattr(secrets, "token_bytes", lambda size: next(numbers).to_bytes(size))
    monkeypatch.setattr(secrets, "token_hex", lambda size: next(numbers).to_bytes(size).hex())
    return restart


# --- acts of one's own, and of a host ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ACTS | OWN_ACTS)
def test_whatever_fails_nothing_is_left(
    places: tuple[str, str], kind: str, clock: StepClock, tmp_path: Path, foreseen: Callable[[], None]
) -> None:
    """After whichever statement an act is broken off, every table is as it was, and the act can still be done."""
    (place, twin), act, wire = places, (ACTS | OWN_ACTS)[kind], Wire()
    with (
        Ledger.open(place, clock=clock) as ledger,
        Ledger.open(twin, clock=clock) as undisturbed,
        closing(Store(place)) as watching,
        closing(Store(twin)) as other,
    ):
        before = everything(watching)
        for each in (ledger, undisturbed):
            fragile(each._store.engine, wire)
            with each.batch(by="clerk:1"):
                pass  # its connection is made, and goes over the wire
        wire.mend()
        foreseen()
        expected = act(undisturbed, tmp_path)
        for after in range(1, wire.sent + 1):
            for error, told in ((KeyboardInterrupt, KeyboardInterrupt), (lost(place), RETRYABLE)):
                wire.mend(after, error)
                with pytest.raises(told):
                    act(ledger, tmp_path)
            assert before == everything(watching), f"after statement {after}"
        wire.mend()
        foreseen()
        assert expected == act(ledger, tmp_path)
        assert everything(other) == everything(watching)
        assert [] == [finding.say() for finding in ledger.audit() if finding.grade != NOTE]


@pytest.mark.parametrize("kind", ACTS)
def test_whatever_fails_a_host_can_go_on(
    places: tuple[str, str], kind: str, clock: StepClock, tmp_path: Path, foreseen: Callable[[], None]
) -> None:
    """After whichever statement of a bound act, a host that rolls back, or goes on and commits, has nothing of it."""
    (place, twin), act, wire = places, ACTS[kind], Wire()
    engine = host_engine(place)
    fragile(engine, wire)
    with (
        Ledger.open(twin, clock=clock) as undisturbed,
        Session(engine) as session,
        closing(Store(place)) as watching,
        closing(Store(twin)) as other,
    ):
        before, tasks = everything(watching), 0
        session.execute(text("CREATE TABLE task (id INTEGER)"))
        session.commit()
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        wire.mend()
        act(bound, tmp_path)
        sent = wire.sent
        session.rollback()
        assert before == everything(watching)
        for after in range(1, sent + 1):
            for goes_on in (False, True):
                wire.mend(after, lost(place))
                with pytest.raises((*RETRYABLE, OperationalError)):
                    act(bound, tmp_path)
                wire.mend()
                if goes_on and after < sent:  # with the last one the act stands, and only its answer is lost
                    session.execute(text("INSERT INTO task VALUES (1)"))
                    session.commit()
                    tasks += 1
                session.rollback()
            assert before == everything(watching), f"after statement {after} of {sent}"
        assert tasks == session.execute(text("SELECT count(*) FROM task")).scalar_one()
        foreseen()
        expected = act(undisturbed, tmp_path)
        foreseen()
        assert expected == act(bound, tmp_path)
        session.commit()
        assert everything(other) == everything(watching)
    engine.dispose()
    assert [] == [finding.say() for finding in Ledger.audit_at(place) if finding.grade != NOTE]


def test_a_host_rolls_back_any_number_of_acts(places: tuple[str, str], clock: StepClock, tmp_path: Path) -> None:
    """However many acts a host has posted, in its transaction or in savepoints, its rollback takes them all back."""
    place, _ = places
    engine = host_engine(place)
    with Session(engine) as session, closing(Store(place)) as watching:
        before = everything(watching)
        bound = Ledger.bind(session, village="nanyu", by="clerk:1", clock=clock)
        for many in range(1, len(ACTS) + 1):
            for act in list(ACTS.values())[:many]:
                act(bound, tmp_path)
            session.rollback()
            assert before == everything(watching), f"after {many} acts"
        for act in ACTS.values():
            savepoint = session.begin_nested()
            act(bound, tmp_path)
            savepoint.rollback()
        session.commit()
        assert before == everything(watching)
    engine.dispose()
    assert [] == [finding.say() for finding in Ledger.audit_at(place) if finding.grade != NOTE]


# --- batches, and answers that are lost ----------------------------------------------------------------


def test_a_batch_that_went_on_after_a_failure_posts_nothing(places: tuple[str, str], clock: StepClock) -> None:
    """Somebody who catches a failure of the database inside a batch is told at its end that nothing was posted."""
    (place, _), wire = places, Wire()
    with Ledger.open(place, clock=clock) as ledger, closing(Store(place)) as watching:
        before = everything(watching)
        fragile(ledger._store.engine, wire)
        for after in range(1, sent_by_the_second_act(ledger, wire) + 1):
            with pytest.raises(RETRYABLE):
                go_on_after_a_failure(ledger, wire, after, lost(place))
            assert before == everything(watching), f"after statement {after}"
        with ledger.batch(by="clerk:1") as opened:
            opened.award("03-017", "tidy", request="z-1")
        assert SIZE + 1 == ledger.head().size
        assert [] == [finding.say() for finding in ledger.audit() if finding.grade != NOTE]


def sent_by_the_second_act(ledger: Ledger, wire: Wire) -> int:
    """Return how many statements the second act of a batch sends, which is then broken off."""
    with suppress(InterruptedError), ledger.batch(by="clerk:1") as opened:
        opened.award("03-017", "tidy", request="z-1")
        wire.mend()
        opened.award("03-018", "tidy", request="z-2")
        raise InterruptedError
    assert wire.sent
    return wire.sent


def go_on_after_a_failure(ledger: Ledger, wire: Wire, after: int, error: type[Exception]) -> None:
    """Post a batch in which one act fails, and everything that is asked for afterwards."""
    with ledger.batch(by="clerk:1") as opened:
        opened.award("03-017", "tidy", request="z-1")
        wire.mend(after, error)
        with pytest.raises(RETRYABLE):
            opened.award("03-018", "tidy", request="z-2")
        wire.mend()
        with pytest.raises(RETRYABLE):
            opened.award("03-019", "tidy", request="z-3")
        with pytest.raises(RETRYABLE):
            opened.balance("03-017")


def test_an_answer_that_is_lost_is_asked_for_again(
    places: tuple[str, str], clock: StepClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a commit went through and its answer did not, the same request gets the receipt, and it is one record."""
    place, _ = places
    with Ledger.open(place, clock=clock) as ledger:
        size, dialect = ledger.head().size, ledger._store.engine.dialect
        commit = dialect.do_commit

        def unheard(connection: Any) -> None:  # noqa: ANN401 - the driver's
            commit(connection)
            raise lost(place)

        with monkeypatch.context() as patched:
            patched.setattr(dialect, "do_commit", unheard)
            with pytest.raises(RETRYABLE):
                ledger.award("03-017", "tidy", by="clerk:1", request="z-1")
        again = ledger.award("03-017", "tidy", by="clerk:1", request="z-1")
        assert (True, size + 1) == (again.repeated, again.seq)
        assert size + 1 == ledger.head().size
