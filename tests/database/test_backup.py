"""Backup: a copy that was audited before it got its name, and nothing at all where something is wrong."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pointsledger import Ledger, copies
from pointsledger.errors import (
    BackupBroken,
    DiskFull,
    FileExists,
    FileUnwritable,
    LedgerDamaged,
    LedgerOlder,
    NetworkFolder,
    NotALedger,
    PointsLedgerError,
)
from pointsledger.storage import sqlite
from pointsledger.testing import FixedClock
from tests.database.lived_in import SIZE, StepClock, audited, begin, codes, dump, live_in, plain
from tests.server import Server

DAY = FixedClock("2026-05-01T09:00")


def left(folder: Path) -> set[str]:
    """Return the names of what lies in a folder."""
    return {path.name for path in folder.iterdir()}


def test_a_copy_holds_everything(book: Path, tmp_path: Path) -> None:
    """Every table of the copy has the rows of the book, profiles and remarks too, and it opens and audits whole."""
    before = dump(book)
    made = Ledger.backup(book, tmp_path / "copy.db")
    with Ledger.open(made.file) as ledger:
        assert ({"nanyu": ledger.head()}, SIZE) == (made.heads, ledger.head().size)
    assert before == dump(made.file) == dump(book)
    assert set() == codes(audited(made.file))
    assert [] == [name for name in left(tmp_path) if name.startswith((".", "copy.db-"))]


def test_in_a_folder_a_copy_is_named_by_village_day_and_size(book: Path, tmp_path: Path) -> None:
    """The name says whose book it is, which day it was in the village, and how many records it has."""
    (tmp_path / "copies").mkdir()
    made = Ledger.backup(book, tmp_path / "copies", clock=FixedClock("2026-04-30T23:30"))
    assert tmp_path / "copies" / f"nanyu-2026-04-30-{SIZE}.db" == made.file
    assert {made.file.name} == left(tmp_path / "copies")
    with pytest.raises(FileExists):
        Ledger.backup(book, tmp_path / "copies", clock=FixedClock("2026-04-30T23:30"))


def test_all_villages_of_a_database_come_along(book: Path, tmp_path: Path) -> None:
    """The copy has every book of the database, each audited, and is named by how many they are."""
    with begin(book, village="aokou") as ledger:
        other = ledger.head()
    made = Ledger.backup(book, tmp_path, clock=DAY)
    assert f"2-villages-2026-05-01-{SIZE + other.size}.db" == made.file.name
    assert (["aokou", "nanyu"], other) == (list(made.heads), made.heads["aokou"])
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET leaf = zeroblob(32) WHERE village = 'nanyu' AND seq = 5")
    with pytest.raises(BackupBroken) as refused:
        Ledger.backup(book, tmp_path / "second.db")
    assert "nanyu" == refused.value.data["village"]


DAMAGES = {
    "a leaf": "UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 5",
    "a node": "UPDATE points_journal SET nodes = zeroblob(32) WHERE seq = 6",
    "a body": "UPDATE points_journal SET body = replace(body, '2026', '2025') WHERE seq = 14",
    "the head": "UPDATE points_village SET root = zeroblob(32)",
    "the end": f"DELETE FROM points_journal WHERE seq = {SIZE}",  # noqa: S608 - a number
    "a guard": "DROP TRIGGER points_journal_no_delete",
    "a balance": "UPDATE points_balance SET balance = balance + 1",
    "a name": "UPDATE points_profile SET name = '李鬼' WHERE role = 'household'",
    "a stranger": "INSERT INTO points_batch VALUES ('nobody', 'x', 1)",
    "all rows of the village": "DELETE FROM points_journal",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_of_a_broken_book_no_copy_is_kept(book: Path, tmp_path: Path, damage: str) -> None:
    """Whatever is broken in the book is broken in the copy, which the audit finds, and nothing gets the name."""
    if damage == "a guard":
        with plain(book) as connection:
            connection.execute(DAMAGES[damage])
    else:
        with plain(book, guarded=False, checked=False) as connection:
            connection.execute(DAMAGES[damage])
    with pytest.raises(PointsLedgerError) as refused:
        Ledger.backup(book, tmp_path / "copy.db")
    assert type(refused.value) in {BackupBroken, LedgerDamaged}
    assert str(book) in str(refused.value)
    assert {"book.db"} == left(tmp_path) - {"book.db-wal", "book.db-shm"}


def test_a_file_whose_pages_are_damaged_gives_no_copy(book: Path, tmp_path: Path) -> None:
    """Bytes that a disk lost are found in the copy, and told of the book."""
    data = bytearray(book.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 9_000] = bytes(9_000)
    book.write_bytes(data)
    with pytest.raises((BackupBroken, LedgerDamaged)) as refused:
        Ledger.backup(book, tmp_path / "copy.db")
    assert str(book) in str(refused.value)
    assert not (tmp_path / "copy.db").exists()


def test_a_copy_is_of_one_moment_while_others_post(book: Path, tmp_path: Path) -> None:
    """While acts are posted all the time, each copy is a whole book as it was at some moment."""
    ended = threading.Event()
    posted: list[int] = []

    def post() -> None:
        with Ledger.open(book) as ledger:
            while not ended.is_set():
                posted.append(ledger.award("03-017", "tidy", by="clerk:1").seq)

    poster = threading.Thread(target=post)
    poster.start()
    try:
        sizes = [Ledger.backup(book, tmp_path / f"{number}.db").heads["nanyu"].size for number in range(3)]
    finally:
        ended.set()
        poster.join()
    assert sorted(sizes) == sizes
    assert SIZE < len(posted) + SIZE >= sizes[-1] > sizes[0] >= SIZE
    for number, size in enumerate(sizes):
        with Ledger.open(tmp_path / f"{number}.db") as ledger:
            assert size == ledger.head().size


def test_a_copy_without_names_is_backed_up_as_one(book: Path, tmp_path: Path) -> None:
    """A book that has no profiles and remarks, as a township keeps it, is audited without them where that is said."""
    with plain(book, guarded=False) as connection:
        connection.execute("DELETE FROM points_profile")
        connection.execute("DELETE FROM points_remark")
    with pytest.raises(BackupBroken):
        Ledger.backup(book, tmp_path / "copy.db")
    assert SIZE == Ledger.backup(book, tmp_path / "copy.db", people=False).heads["nanyu"].size


# --- what is in the way --------------------------------------------------------------------------------


def test_nothing_is_overwritten(book: Path, tmp_path: Path) -> None:
    """A name that is taken is refused before anything is copied, also by a link that leads nowhere."""
    (tmp_path / "taken.db").write_bytes(b"old")
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere")
    for name in ("taken.db", "link.db"):
        with pytest.raises(FileExists):
            Ledger.backup(book, tmp_path / name)
    assert b"old" == (tmp_path / "taken.db").read_bytes()
    assert {"book.db", "taken.db", "link.db"} == left(tmp_path)


def test_a_name_that_is_taken_meanwhile_is_refused(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came into being while the copy was audited stays as it is, and the copy goes."""
    checked = copies._checked

    def slowly(*given: object, **also: object) -> object:
        (tmp_path / "copy.db").write_bytes(b"new")
        return checked(*given, **also)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(copies, "_checked", slowly)
    with pytest.raises(FileExists):
        Ledger.backup(book, tmp_path / "copy.db")
    assert b"new" == (tmp_path / "copy.db").read_bytes()
    assert {"book.db", "copy.db"} == left(tmp_path) - {"book.db-wal", "book.db-shm"}


def test_a_folder_that_is_missing_is_told_of_the_name_that_was_given(book: Path, tmp_path: Path) -> None:
    """A copy cannot be made in a folder that is not there, and the folder is not made."""
    with pytest.raises(FileUnwritable) as refused:
        Ledger.backup(book, tmp_path / "nowhere" / "copy.db")
    assert str(tmp_path / "nowhere" / "copy.db") == refused.value.data["file"]


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    """A file that is not there, one of something else, and one without any book are refused, and nothing is left."""
    (tmp_path / "text.db").write_text("户号,积分\n" * 200, encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE other (x)")
    before = left(tmp_path)
    for name in ("nothing.db", "text.db", "other.db"):
        with pytest.raises(NotALedger):
            Ledger.backup(tmp_path / name, tmp_path / "copy.db")
    assert before == left(tmp_path)


def test_a_book_of_an_earlier_release_is_refused(book: Path, tmp_path: Path) -> None:
    """What an earlier release wrote cannot be audited by this one: it says so, and what to do."""
    with plain(book) as connection:
        connection.execute("DROP VIEW points_view_balances")
        connection.execute("UPDATE points_schema SET version = 1")
    with pytest.raises(LedgerOlder):
        Ledger.backup(book, tmp_path / "copy.db")
    assert {"book.db"} == left(tmp_path)


def test_a_network_folder_is_refused(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy is audited where it is made, which SQLite cannot do safely in a folder of another machine."""
    (tmp_path / "share").mkdir()
    monkeypatch.setattr(sqlite, "network_under", lambda path: "cifs" if "share" in str(path) else None)
    with pytest.raises(NetworkFolder) as refused:
        Ledger.backup(book, tmp_path / "share" / "copy.db")
    assert str(tmp_path / "share") in str(refused.value)
    assert set() == left(tmp_path / "share")


_IN_A_PROCESS = """
import os, resource, signal, sys
from pointsledger import Ledger, copies
from pointsledger.errors import PointsLedgerError
book, copy, how = sys.argv[1:]
if how == "no room":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
else:
    copies.give_name = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
try:
    Ledger.backup(book, copy)
except PointsLedgerError as error:
    print(error.code)
    print(error)
"""


def in_a_process(book: Path, copy: Path, how: str) -> subprocess.CompletedProcess[str]:
    """Make a copy in a process of its own, in which something goes wrong."""
    return subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS, str(book), str(copy), how],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def test_a_disk_without_room_leaves_nothing(book: Path, tmp_path: Path) -> None:
    """A copy that does not fit is refused by the name that was given, and what was written of it is gone."""
    ended = in_a_process(book, tmp_path / "copy.db", "no room")
    assert ("disk-full", "") == (ended.stdout.splitlines()[0], ended.stderr)
    assert str(tmp_path / "copy.db") in ended.stdout
    assert {"book.db"} == left(tmp_path) - {"book.db-wal", "book.db-shm"}
    assert "disk-full" == DiskFull.code


def test_a_process_killed_before_the_end_leaves_nothing_under_the_name(book: Path, tmp_path: Path) -> None:
    """Killed between the audit and the naming, it leaves a hidden file, and the next copy is made all the same."""
    ended = in_a_process(book, tmp_path / "copy.db", "killed")
    assert -signal.SIGKILL == ended.returncode
    assert not (tmp_path / "copy.db").exists()
    assert [".copy.db."] == [name[:9] for name in left(tmp_path) if name.endswith(".new")]
    assert SIZE == Ledger.backup(book, tmp_path / "copy.db").heads["nanyu"].size


# --- from a server -------------------------------------------------------------------------------------


@pytest.fixture
def served(server: Server, tmp_path: Path) -> str:
    """Live in a book on a server; return its URL."""
    name = server.made("kept")
    clock = StepClock()
    (tmp_path / "sheets").mkdir()
    with begin(server.url(name), clock=clock) as ledger:
        live_in(ledger, clock, tmp_path / "sheets")
    return server.url(name)


def test_a_book_on_a_server_is_copied_to_a_file(served: str, tmp_path: Path) -> None:
    """The copy is an SQLite file with the same heads and the same rows, audited before it has its name."""
    made = Ledger.backup(served, tmp_path, clock=DAY)
    assert f"nanyu-2026-05-01-{SIZE}.db" == made.file.name
    with Ledger.open(served) as source, Ledger.open(made.file) as copy:
        assert source.head() == copy.head() == made.heads["nanyu"]
        assert list(source.balances()) == list(copy.balances())
        assert source.recoveries() == copy.recoveries()
        assert copy.audit().whole
    assert {"sheets", made.file.name} == left(tmp_path)


def test_of_a_broken_book_on_a_server_no_copy_is_kept(server: Server, served: str, tmp_path: Path) -> None:
    """What the migration does not mend is refused, and nothing is left."""
    name = served.partition("?")[0].rpartition("/")[2]
    server.run("ALTER TABLE points_journal DISABLE TRIGGER USER", name)
    server.run("UPDATE points_journal SET leaf = decode(repeat('00', 32), 'hex') WHERE seq = 5", name)
    with pytest.raises(LedgerDamaged):
        Ledger.backup(served, tmp_path / "copy.db")
    assert {"sheets"} == left(tmp_path)


# --- exports of a damaged book -------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["bodies", "hledger"])
@pytest.mark.parametrize("damage", ["a leaf", "a body", "the head", "the end", "all rows of the village"])
def test_what_is_not_as_it_was_written_is_not_exported(book: Path, tmp_path: Path, form: str, damage: str) -> None:
    """A record that was changed or is missing, or a head that is not theirs, stops the export, and leaves no file."""
    with Ledger.open(book) as ledger:
        with plain(book, guarded=False) as connection:
            connection.execute(DAMAGES[damage])
        with pytest.raises(LedgerDamaged):
            ledger.export(tmp_path / "out", form=form)
    assert [] == [name for name in left(tmp_path) if "out" in name]
