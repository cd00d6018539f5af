"""Settings: what would break a book is refused when it is opened, in one sentence that says what to do."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import pointsledger
from pointsledger import Ledger
from pointsledger.errors import (
    DatabaseTooOld,
    DatabaseUnavailable,
    ExtraMissing,
    InvalidSetting,
    NetworkFolder,
    ReadOnlyLedger,
    ServerReadOnly,
    UnsafeTransaction,
)
from pointsledger.storage import mounts, postgresql, sqlite
from pointsledger.storage.store import Store
from tests.database.lived_in import begin
from tests.server import Server

LINE = "36 35 98:0 / {place} rw,noatime shared:1 - {system} there:/village rw"
WITHOUT_PSYCOPG = """
import sys
import importlib.util as util
found = util.find_spec
util.find_spec = lambda name, package=None: None if name == "psycopg" else found(name, package)
from pointsledger import Ledger
from pointsledger.errors import ExtraMissing
try:
    Ledger.open("postgresql://clerk@127.0.0.1:1/points")
except ExtraMissing as error:
    print(error.code, error)
"""


# --- folders of other machines -------------------------------------------------------------------------


def mounted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *mounted_at: tuple[Path | str, str]) -> None:
    """Let the platform tell what lies where; a space is written as it is there."""
    lines = [LINE.format(place=str(place).replace(" ", r"\040"), system=system) for place, system in mounted_at]
    told = tmp_path / "mountinfo"
    told.write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(mounts, "MOUNTINFO", told)


@pytest.mark.parametrize("system", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs", "lustre"])
def test_a_network_folder_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str) -> None:
    """A book in a network folder is refused by every way in, before a byte of it is read or made."""
    folder = tmp_path / "the share"
    folder.mkdir()
    begin(folder / "book.db").close()
    before = sorted(folder.iterdir())
    mounted(monkeypatch, tmp_path, ("/", "ext4"), (folder, system))
    for use in (Ledger.open, Ledger.audit_at, Ledger.rebuild, lambda place: begin(place.with_name("new.db"))):
        with pytest.raises(NetworkFolder, match="local disk") as refused:
            use(folder / "book.db")
        assert "network-folder" == refused.value.code
        assert system in refused.value.say("zh")
    assert before == sorted(folder.iterdir())


def test_the_nearest_mount_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What lies nearest above the file decides, of two at one place the later one; a name alike is another folder."""
    local, share, over = (tmp_path / name for name in ("home", "share", "over"))
    (share / "disk").mkdir(parents=True)
    mounted(
        monkeypatch,
        tmp_path,
        ("/", "nfs4"),
        (tmp_path, "ext4"),
        (share, "cifs"),
        (share / "disk", "xfs"),
        (over, "nfs"),
        (over, "tmpfs"),
        (f"{local}r", "nfs"),
    )
    told = {str(at): mounts.network_under(at / "book.db") for at in (local, share, share / "disk", over)}
    assert {str(local): None, str(share): "cifs", str(share / "disk"): None, str(over): None} == told
    assert "nfs4" == mounts.network_under(Path("/elsewhere/book.db"))


def test_a_link_into_a_network_folder_is_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A link on a local disk to a file in a network folder is a file in a network folder."""
    folder = tmp_path / "share"
    folder.mkdir()
    begin(folder / "book.db").close()
    (tmp_path / "book.db").symlink_to(folder / "book.db")
    mounted(monkeypatch, tmp_path, ("/", "ext4"), (folder, "nfs"))
    with pytest.raises(NetworkFolder):
        Ledger.open(tmp_path / "book.db")


def test_an_unknown_platform_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the platform does not tell, a book opens; a book in memory lies nowhere."""
    monkeypatch.setattr(mounts, "MOUNTINFO", tmp_path / "nothing")
    with begin(tmp_path / "book.db") as ledger:
        assert ledger.audit().whole
    mounted(monkeypatch, tmp_path, ("/", "nfs"))
    begin("sqlite://").close()


# --- what is too old, or missing -----------------------------------------------------------------------


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An SQLite library without strict tables is refused, and makes no file."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.36.0")
    with pytest.raises(DatabaseTooOld, match=r"SQLite 3\.36\.0 .* 3\.37 ") as refused:
        begin(tmp_path / "book.db")
    assert "database-too-old" == refused.value.code
    assert [] == list(tmp_path.iterdir())
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (*sqlite.OLDEST, 0))
    begin(tmp_path / "book.db").close()


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """A PostgreSQL older than the oldest one that this release was run on is refused, and nothing is made there."""
    with server.lent("template0") as name:
        with monkeypatch.context() as patched:
            patched.setattr(postgresql, "OLDEST", (99,))
            with pytest.raises(DatabaseTooOld, match=r"PostgreSQL 18\.\d+ .* 99 "):
                begin(server.url(name))
        begin(server.url(name)).close()
        monkeypatch.setattr(postgresql, "OLDEST", (99,))
        with pytest.raises(DatabaseTooOld):
            Ledger.open(server.url(name))


def test_a_missing_driver_is_named() -> None:
    """Without psycopg the sentence names what to install."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT_PSYCOPG], check=True, capture_output=True, encoding="utf-8"
    )
    assert f"extra-missing {ExtraMissing(feature='PostgreSQL', extra='postgres')}\n" == done.stdout


# --- places that are none ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        "sqlite://book.db",
        "sqlite+aiosqlite:///book.db",
        "postgresql+asyncpg://clerk:secret@127.0.0.1/points",
        "postgresql+psycopg2://clerk@127.0.0.1/points?password=secret",
        "postgresql://clerk:secret@127.0.0.1:port/points",
        "mysql://clerk:secret@127.0.0.1/points",
        "no-such://clerk:secret@127.0.0.1/points",
    ],
)
def test_a_place_that_is_none_is_refused(place: str) -> None:
    """A URL of another driver or database, or that is none, gets the sentence with the forms that are, no password."""
    with pytest.raises(InvalidSetting, match="allowed: a file, sqlite:///FILE, or postgresql://") as refused:
        Ledger.open(place)
    assert "secret" not in str(refused.value)


def test_a_password_is_never_told(server: Server) -> None:
    """Wherever a password stands in a URL, it stands in no message, which says to look at the database's name too."""
    for place in (f"{server.url('nowhere')}&password=secret", server.url("nowhere", user="clerk:secret")):
        with pytest.raises(DatabaseUnavailable, match="database, user and password") as refused:
            Ledger.open(place)
        assert "secret" not in refused.value.say("en") + refused.value.say("zh") + str(refused.value.data)


# --- what takes no writing, or commits too early -------------------------------------------------------


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A book cannot be begun where a file cannot be made, and the sentence says to look at folder and permissions."""
    with pytest.raises(ReadOnlyLedger, match="permissions"):
        begin(tmp_path / "nowhere" / "book.db")


def test_a_server_that_only_reads_is_told(server: Server) -> None:
    """A server, or a host's transaction, that takes no writing answers questions and says so of an act."""
    with server.lent() as name:
        begin(server.url(name)).close()
        engine = create_engine(server.url(name), execution_options={"postgresql_readonly": True})
        with Session(engine) as session:
            bound = Ledger.bind(session, village="nanyu", by="clerk:1")
            assert 4 == bound.head().size
            with pytest.raises(ServerReadOnly, match="primary") as refused:
                bound.enrol("05-001", head="钱七")
            assert "server-read-only" == refused.value.code
        engine.dispose()
        server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with Ledger.open(server.url(name)) as ledger:
            assert 4 == ledger.head().size
            with pytest.raises(ServerReadOnly):
                ledger.enrol("05-001", head="钱七", by="clerk:1")


@pytest.mark.parametrize("database", ["file", "postgresql"])
@pytest.mark.parametrize("where", ["engine", "connection"])
def test_an_isolation_that_commits_by_itself_is_refused(
    database: str, where: str, tmp_path: Path, server: Server
) -> None:
    """AUTOCOMMIT, asked for on the engine or on the connection, prepared or not, takes nothing back and is refused."""
    place = server.url(server.made("kept")) if database == "postgresql" else str(tmp_path / "book.db")
    with begin(place) as ledger:
        url = place if "://" in place else f"sqlite:///{place}"
        chosen = {"isolation_level": "AUTOCOMMIT"}
        engine = create_engine(url, **chosen) if where == "engine" else create_engine(url)
        pointsledger.prepare(engine)
        with engine.connect().execution_options(**(chosen if where == "connection" else {})) as connection:
            bound = Ledger.bind(connection, village="nanyu", by="clerk:1")
            assert 4 == bound.head().size
            if (database, where) == ("file", "engine"):  # which prepare has put right
                bound.enrol("05-001", head="钱七")
            else:
                with pytest.raises(UnsafeTransaction, match="commits every statement"):
                    bound.enrol("05-001", head="钱七")
            connection.rollback()
        engine.dispose()
        assert 4 == ledger.head().size


@pytest.mark.parametrize("default", ["read committed", "repeatable read", "serializable"])
def test_a_default_of_the_database_changes_nothing(server: Server, default: str) -> None:
    """Whatever a database has for its default isolation and durability, our own connections have what they need."""
    with server.lent() as name:
        server.run(f"ALTER DATABASE {name} SET default_transaction_isolation = '{default}'")
        for durable, expected in (("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")):
            server.run(f"ALTER DATABASE {name} SET synchronous_commit = {durable}")
            store = Store(server.url(name))
            with store.connected(writes=True) as connection:
                found = [
                    connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
                    for setting in ("transaction_isolation", "synchronous_commit", "lock_timeout")
                ]
            store.close()
            assert ["read committed", expected, "5s"] == found
