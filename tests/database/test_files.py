"""Files: what is no ledger, what is in another's hands, and what a failure leaves behind."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from pointsledger import Ledger
from pointsledger.acts import Acts
from pointsledger.errors import (
    ClockBehind,
    DiskFull,
    InvalidCode,
    InvalidPeriod,
    InvalidSetting,
    LedgerBusy,
    LedgerNewer,
    NotALedger,
    OperatorRequired,
    PointsLedgerError,
    ReadOnlyLedger,
    RuleBookInvalid,
    UnknownVillage,
    VillageExists,
    VillageRequired,
)
from pointsledger.storage import schema, sqlite
from tests.database.lived_in import LIVED_DAYS, LIVED_SECONDS, SIZE, StepClock, audited, begin, dump, plain

_WRITE_VERSION = 18
"""Where SQLite's header says which version may write the file; beyond 2 the file may only be read."""


def award(ledger: Acts, request: str) -> None:
    """Post something small."""
    ledger.award("03-017", "tidy", on="2026-04-01", by="clerk:1", request=request)


# --- what is no ledger ---------------------------------------------------------------------------------


def no_database(path: Path) -> None:
    """Write text where a database should be."""
    path.write_text("户号,积分\n03-017,12\n" * 300, encoding="utf-8")


def half_a_header(path: Path) -> None:
    """Write the beginning of a database, and then nothing that belongs to one."""
    path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 40)


def empty(path: Path) -> None:
    """Make a file without content."""
    path.touch()


def foreign(path: Path) -> None:
    """Make a database of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE guests (name TEXT)")
        connection.execute("INSERT INTO guests VALUES ('x')")
        connection.commit()


def folder(path: Path) -> None:
    """Make a folder."""
    path.mkdir()


def missing(path: Path) -> None:
    """Make nothing."""


NO_LEDGERS = pytest.mark.parametrize("make", [no_database, half_a_header, empty, foreign, folder, missing])


@NO_LEDGERS
@pytest.mark.parametrize("use", [Ledger.open, Ledger.rebuild], ids=["open", "rebuild"])
def test_what_is_no_ledger_is_refused(
    tmp_path: Path, make: Callable[[Path], None], use: Callable[[Path], object]
) -> None:
    """A file that is no ledger, and a file that is not there, are refused in one sentence that names them."""
    path = tmp_path / "book.db"
    make(path)
    with pytest.raises(NotALedger) as refused:
        use(path)
    assert str(path) in str(refused.value)
    assert "not-a-ledger" == refused.value.code


def test_opening_creates_nothing(tmp_path: Path) -> None:
    """Opening what is not there leaves no file behind."""
    with pytest.raises(NotALedger):
        Ledger.open(tmp_path / "book.db")
    with pytest.raises(NotALedger):
        Ledger.rebuild(tmp_path / "book.db")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [no_database, half_a_header, empty, foreign])
def test_what_is_no_ledger_stays_as_it_was(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Refusing a file that is no ledger changes no byte of it and leaves nothing beside it."""
    path = tmp_path / "book.db"
    make(path)
    before = path.read_bytes()
    for use in (Ledger.open, Ledger.rebuild):
        with pytest.raises(NotALedger):
            use(path)
    if make is not empty:  # which may become a book: nothing of anybody's is in it
        with pytest.raises(NotALedger):
            begin(path)
    gc.collect()
    assert before == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_an_empty_file_may_become_a_book(tmp_path: Path) -> None:
    """A book can be begun in an empty file, and a refused one leaves it empty."""
    path = tmp_path / "book.db"
    empty(path)
    with pytest.raises(OperatorRequired):
        Ledger.create(path, village="a")
    with begin(path) as ledger:
        assert ledger.audit().whole


@pytest.mark.parametrize("place", ["mysql://x/y", "nonsense://x", "sqlite:/x"])
def test_other_databases_are_refused(place: str) -> None:
    """A URL of a database that this release cannot use is refused before anything is opened."""
    if place == "sqlite:/x":
        with pytest.raises(PointsLedgerError):
            Ledger.open(place)
        return
    with pytest.raises(InvalidSetting):
        Ledger.open(place)


# --- files in other hands ------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let writers wait no longer than an instant."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_a_locked_file_is_busy(book: Path) -> None:
    """While another program writes, acts are refused as retryable and readings go on; then the act goes through."""
    before = dump(book)
    with Ledger.open(book) as ledger:
        with plain(book) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerBusy) as refused:
                award(ledger, "b-1")
            with pytest.raises(LedgerBusy), ledger.batch(by="clerk:1"):
                pass
            with pytest.raises(LedgerBusy):
                Ledger.rebuild(book)
            assert refused.value.retryable
            assert 29 == ledger.balance("03-017").balance
            assert ledger.audit().whole
            other.execute("ROLLBACK")
        assert before == dump(book)
        award(ledger, "b-1")
        assert 31 == ledger.balance("03-017").balance


@pytest.mark.usefixtures("impatient")
def test_a_file_locked_for_all_is_busy(book: Path) -> None:
    """While another program keeps even readers out, opening is refused as retryable."""
    with plain(book) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerBusy):
            Ledger.open(book)
        other.execute("ROLLBACK")


def test_a_file_for_reading_only_is_read(book: Path) -> None:
    """A file that may only be read answers questions and refuses acts, and stays as it was."""
    header = bytearray(book.read_bytes())
    header[_WRITE_VERSION] = 3  # this holds for root as well, whom permissions do not stop
    book.write_bytes(header)
    with Ledger.open(book) as ledger:
        with pytest.raises(ReadOnlyLedger) as refused:
            award(ledger, "b-1")
        assert isinstance(refused.value, PermissionError)
        assert 29 == ledger.balance("03-017").balance
    with pytest.raises(ReadOnlyLedger):
        Ledger.rebuild(book)
    gc.collect()
    assert bytes(header) == book.read_bytes()


def test_a_connection_for_reading_only_refuses_acts(book: Path) -> None:
    """Where the connection may only read, an act is refused as such and leaves nothing behind."""
    before = dump(book)
    with Ledger.open(book) as ledger:
        event.listen(ledger._store.engine, "connect", lambda driver, _: driver.execute("PRAGMA query_only = ON"))
        ledger._store.engine.dispose()
        with pytest.raises(ReadOnlyLedger):
            award(ledger, "b-1")
    assert before == dump(book)


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    """A book in a folder that does not exist is refused, and the folder is not made."""
    with pytest.raises(ReadOnlyLedger):
        begin(tmp_path / "nowhere" / "book.db")
    assert [] == list(tmp_path.iterdir())


def award_on(ledger: Acts) -> None:
    """Post one small act after the other, until something stops it."""
    for number in range(500):
        award(ledger, f"b-{number}")


def full(ledger: Ledger, pages: int = 0) -> None:
    """Let the disk hold no more than so many pages beyond what the file has."""

    def limit(driver: sqlite3.Connection, _: object) -> None:
        used = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {used + pages}")

    event.listen(ledger._store.engine, "connect", limit)
    ledger._store.engine.dispose()


@pytest.mark.parametrize("pages", [0, 1, 2, 5])
def test_a_full_disk_leaves_the_book_whole(book: Path, pages: int) -> None:
    """When the disk fills up, the act that does not fit is refused, those before it stand and the book is whole."""
    with Ledger.open(book) as ledger:
        full(ledger, pages)
        with pytest.raises(DiskFull) as refused:
            award_on(ledger)
        posted = ledger.head().size - SIZE
        assert isinstance(refused.value, OSError)
        assert 29 + 2 * posted == ledger.balance("03-017").balance
        assert ledger.audit().whole
    with Ledger.open(book) as ledger:
        award(ledger, f"b-{posted}")
        assert SIZE + 1 + posted == ledger.head().size


def test_a_full_disk_leaves_no_part_of_a_batch(book: Path) -> None:
    """When the disk fills up within a batch, nothing of the batch stands."""
    before = dump(book)
    with Ledger.open(book) as ledger:
        full(ledger)
        with pytest.raises(DiskFull), ledger.batch(by="clerk:1") as batch:
            award_on(batch)
    assert before == dump(book)


# --- schemas of other releases -------------------------------------------------------------------------


def note_version(path: Path, version: int) -> None:
    """Say that the schema is of another version."""
    with plain(path) as connection:
        connection.execute("UPDATE points_schema SET version = ?", (version,))


def test_a_later_schema_is_refused(book: Path) -> None:
    """A file of a later release is refused by every way in, and nothing in it is touched."""
    note_version(book, schema.VERSION + 1)
    before = dump(book)
    for use in (Ledger.open, Ledger.rebuild, Ledger.upgrade, lambda path: begin(path, village="aokou")):
        with pytest.raises(LedgerNewer) as refused:
            use(book)
        assert str(schema.VERSION + 1) in str(refused.value)
    assert before == dump(book)


# --- clocks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1, 3, 5])
def test_a_clock_a_little_behind_takes_the_last_instant(book: Path, seconds: float) -> None:
    """A clock no more than five seconds behind the last record gives the new record that record's instant."""
    with Ledger.open(book) as ledger:
        last = ledger.record(ledger.head().size).recorded_at
    clock = StepClock()
    clock.step(days=LIVED_DAYS, seconds=LIVED_SECONDS - seconds)
    with Ledger.open(book, clock=clock) as ledger:
        receipt = ledger.award("03-017", "tidy", by="clerk:1")
        assert last == receipt.recorded_at
        assert ledger.audit().whole


@pytest.mark.parametrize("seconds", [5.000001, 10, 86_400])
def test_a_clock_far_behind_is_refused(book: Path, seconds: float) -> None:
    """A clock more than five seconds behind the last record is refused, with both instants, and nothing is posted."""
    clock = StepClock()
    clock.step(days=LIVED_DAYS, seconds=LIVED_SECONDS - seconds)
    before = dump(book)
    with Ledger.open(book, clock=clock) as ledger:
        with pytest.raises(ClockBehind) as refused:
            ledger.award("03-017", "tidy", by="clerk:1")
        assert refused.value.data["now"] < refused.value.data["last"]
    assert before == dump(book)


# --- creating ------------------------------------------------------------------------------------------

_BAD_RULES = "format = 1\nname = 'x'\n"
FAILURES: dict[str, tuple[type[PointsLedgerError], Callable[[Path], object]]] = {
    "no operator": (OperatorRequired, lambda path: Ledger.create(path, village="a")),
    "a bad operator": (InvalidCode, lambda path: Ledger.create(path, village="a", by="a b")),
    "a bad village": (InvalidCode, lambda path: Ledger.create(path, village="南峪", by="clerk:1")),
    "a bad zone": (InvalidSetting, lambda path: Ledger.create(path, village="a", zone="Mars", by="clerk:1")),
    "bad decimals": (InvalidSetting, lambda path: Ledger.create(path, village="a", decimals=3, by="clerk:1")),
    "a bad cut-off day": (InvalidSetting, lambda path: Ledger.create(path, village="a", cut_off_day=29, by="clerk:1")),
    "a bad first period": (
        InvalidPeriod,
        lambda path: Ledger.create(path, village="a", first_period="2026Q1", by="clerk:1"),
    ),
    "bad rules": (
        RuleBookInvalid,
        lambda path: Ledger.create(path, village="a", rulebook=path.with_name("rules.toml"), by="clerk:1"),
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_book_that_cannot_begin_leaves_nothing(tmp_path: Path, failure: str) -> None:
    """Creating a book that is refused leaves no file, and no empty one either."""
    (tmp_path / "rules.toml").write_text(_BAD_RULES, encoding="utf-8")
    error, create = FAILURES[failure]
    with pytest.raises(error):
        create(tmp_path / "book.db")
    assert ["rules.toml"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("failure", ["no operator", "a bad operator", "a bad first period"])
def test_a_second_book_that_cannot_begin_leaves_the_first(book: Path, failure: str) -> None:
    """Creating another village's book that is refused leaves the file as it was."""
    before = dump(book)
    error, create = FAILURES[failure]
    with pytest.raises(error):
        create(book)
    assert before == dump(book)


def test_a_book_is_created_once(book: Path) -> None:
    """Creating a village's book where there is one already is refused, and nothing changes."""
    before = dump(book)
    with pytest.raises(VillageExists):
        begin(book)
    assert before == dump(book)


# --- several villages ----------------------------------------------------------------------------------


def test_villages_of_one_file_do_not_see_each_other(book: Path) -> None:
    """Codes, requests, records and figures of one village are nothing to another in the same file."""
    clock = StepClock()
    clock.step(days=LIVED_DAYS, seconds=LIVED_SECONDS)
    alone = audited(book)
    with begin(book, village="aokou", clock=clock) as other, Ledger.open(book, village="nanyu", clock=clock) as ours:
        assert () == other.balances()
        assert () == other.stock().lines
        assert 4 == other.head().size
        other.enrol("03-017", head="周七", by="clerk:1", request="e-1")
        other.award("03-017", "tidy", quantity=5, by="clerk:1", request="a-4")
        assert 10 == other.balance("03-017").balance
        assert "周七" == other.balance("03-017").name
        assert 29 == ours.balance("03-017").balance
        assert (alone.size, alone.root) == (ours.head().size, ours.head().root.hex())
        ours.award("03-018", "tidy", by="clerk:1", request="n-1")
        assert ["03-017"] == [row.code for row in other.tally("2026-04")]
        assert 6 == other.head().size
        assert {True} == {other.audit().whole, ours.audit().whole}
        heads = {"aokou": other.head(), "nanyu": ours.head()}
    assert heads == Ledger.rebuild(book).heads


def test_a_village_is_named_where_there_are_several(book: Path) -> None:
    """With several books in a file one has to be named, and a name that is not there is refused with those that are."""
    begin(book, village="aokou").close()
    with pytest.raises(VillageRequired, match="aokou, nanyu"):
        Ledger.open(book)
    with pytest.raises(UnknownVillage, match="aokou, nanyu"):
        Ledger.open(book, village="xinan")
    with Ledger.open(book, village="aokou") as ledger:
        assert "aokou" == ledger.village


def test_damage_in_one_village_is_none_in_another(book: Path) -> None:
    """A village's audit is not disturbed by what was done to another one's rows."""
    begin(book, village="aokou").close()
    with plain(book) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1 WHERE village = 'nanyu'")
    assert audited(book, "aokou").whole
    assert not audited(book, "nanyu").whole


# --- what our connections are set to -------------------------------------------------------------------


def test_a_commit_is_on_the_disk(book: Path) -> None:
    """Our connections write ahead, wait for the disk, fire triggers on replacement, and wait for other writers."""
    with Ledger.open(book) as ledger, ledger._store.connected(writes=True) as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "recursive_triggers", "busy_timeout", "query_only")
        ]
    assert ["wal", 2, 1, 5000, 0] == found


def test_a_writer_holds_the_lock_from_its_first_read(book: Path) -> None:
    """A transaction that may write keeps writers out before it has written anything, and a reader keeps nobody."""
    with Ledger.open(book) as ledger, plain(book) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with ledger._store.connected(writes=True), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        with ledger._store.connected(writes=False) as reading:
            reading.exec_driver_sql("SELECT count(*) FROM points_journal").scalar()
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")


def test_what_was_committed_survives_a_copy_of_file_and_log(book: Path, tmp_path: Path) -> None:
    """File and write-ahead log, copied while the book is open, hold every act that returned a receipt."""
    target = tmp_path / "copy.db"
    with Ledger.open(book) as ledger:
        award(ledger, "b-1")
        for suffix in ("", "-wal"):
            shutil.copy(f"{book}{suffix}", f"{target}{suffix}")
        root = ledger.head().root
    with Ledger.open(target) as copy:
        assert root == copy.head().root
        assert copy.audit().whole
