"""Upgrading: a book of an earlier schema says so, and is brought up to this one wholly or not at all."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pointsledger import Ledger
from pointsledger.errors import LedgerDamaged, LedgerNewer, LedgerOlder, OthersDepend
from pointsledger.storage import schema
from pointsledger.storage.dialect import SCRIPTS
from pointsledger.storage.views import VIEWS
from tests.database.lived_in import StepClock, begin, dump, live_in, plain
from tests.server import Server

FIRST = Path(__file__).parent / "kept" / "v1.db"
KILLED = """
import os, signal, sys
from pointsledger import Ledger
def progress(done, count):
    if done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
Ledger.upgrade(sys.argv[1], progress=progress)
"""
# What else may have become of an earlier book's projections and guards by the time it is upgraded.
SPOILT = (
    "DROP INDEX ix_points_period_total_village_account_period",
    "DROP TABLE points_capped",
    "ALTER TABLE points_village DROP COLUMN frontier",
    "ALTER TABLE points_period_total RENAME COLUMN heading TO title",
    "ALTER TABLE points_redemption ADD COLUMN collected_by TEXT",
    "DROP TABLE points_lot",
    "CREATE TABLE points_lot (village TEXT, account TEXT, held REAL)",
    "INSERT INTO points_lot VALUES ('nanyu', '03-017', 12.5)",
    "CREATE INDEX ix_points_lot_open ON points_lot (account)",
    "CREATE TRIGGER points_lot_no_delete BEFORE DELETE ON points_lot BEGIN SELECT RAISE(ABORT, 'kept'); END",
    "CREATE TABLE points_view_tallies (village TEXT)",
    "DROP TRIGGER points_journal_rowid",
    "DROP TRIGGER points_journal_next",
    "CREATE TRIGGER points_journal_next BEFORE INSERT ON points_journal WHEN NEW.seq < 1 BEGIN SELECT 1; END",
)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """Return a copy of the book that the first schema's release wrote."""
    return Path(shutil.copy(FIRST, tmp_path / "first.db"))


@pytest.fixture(params=["file", "postgresql"])
def older(request: pytest.FixtureRequest, first: Path, tmp_path: Path) -> Iterator[str]:
    """Name a book of the first schema in each database; on PostgreSQL it is this one without what came later."""
    if request.param == "file":
        yield str(first)
        return
    server: Server = request.getfixturevalue("server")
    with server.lent() as name:
        clock = StepClock()
        with begin(server.url(name), clock=clock) as ledger:
            live_in(ledger, clock, tmp_path)
        server.run(f"DROP VIEW {', '.join(VIEWS)}", name)
        server.run("UPDATE points_schema SET version = 1", name)
        yield server.url(name)


def test_every_version_is_told() -> None:
    """Each schema after the first says what it brings."""
    assert [*schema.NEWS] == [number for number in SCRIPTS if number > 1]


def test_an_older_book_says_what_an_upgrade_does(older: str) -> None:
    """Every way into an older book says in both languages that an upgrade is due, and what it brings."""
    uses = (Ledger.open, Ledger.rebuild, Ledger.audit_at, lambda place: begin(place, village="aokou"))
    for use in uses:
        with pytest.raises(LedgerOlder) as refused:
            use(older)
        assert (1, schema.VERSION) == (refused.value.data["found"], refused.value.data["known"])
        assert "run upgrade once" in str(refused.value)
        assert schema.NEWS[2].en in refused.value.say("en")
        assert schema.NEWS[2].zh in refused.value.say("zh")


def test_an_upgrade_keeps_every_record(older: str) -> None:
    """The upgraded book has its head, is whole, and takes new records; done again there is nothing to do."""
    seen: list[tuple[int, int]] = []
    upgraded = Ledger.upgrade(older, progress=lambda done, count: seen.append((done, count)))
    assert upgraded is not None
    size = upgraded.heads["nanyu"].size
    assert (1, (), ()) == (upgraded.earlier, upgraded.left, upgraded.changed)
    assert [(done, size) for done in range(1, size + 1)] == seen
    with Ledger.open(older) as ledger:
        assert upgraded.heads == {"nanyu": ledger.head()}
        assert ledger.audit().whole
        assert size + 1 == ledger.award("03-017", "tidy", by="clerk:1").seq
    assert Ledger.upgrade(older) is None


def test_a_rehearsal_changes_nothing(older: str) -> None:
    """A dry run says what the upgrade comes to, and the book is as old as before."""
    rehearsed = Ledger.upgrade(older, dry_run=True)
    with pytest.raises(LedgerOlder):
        Ledger.open(older)
    assert rehearsed == Ledger.upgrade(older)


@pytest.mark.parametrize("after", [1, 20, 42])
def test_an_upgrade_that_was_killed_left_nothing(older: str, after: int) -> None:
    """An upgrade killed on the way has changed nothing, and the next one does it all."""
    killed = subprocess.run([sys.executable, "-c", KILLED, older, str(after)], check=False)
    assert -signal.SIGKILL == killed.returncode
    with pytest.raises(LedgerOlder):
        Ledger.open(older)
    assert Ledger.upgrade(older) is not None
    assert Ledger.audit_at(older).whole


def test_an_upgrade_names_what_was_changed(first: Path) -> None:
    """What somebody changed in an older book is named by the upgrade, and not quietly put right."""
    with plain(first) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 5 WHERE unit = 'points'")
        connection.execute("DROP TRIGGER points_journal_no_update")
    upgraded = Ledger.upgrade(first)
    assert upgraded is not None
    assert (("points_balance",), ("points_journal_no_update",)) == (upgraded.changed, upgraded.mended)
    assert Ledger.audit_at(first).whole


def test_an_upgrade_makes_anew_whatever_it_finds(first: Path) -> None:
    """Projections and guards of whatever shape come out of the upgrade as they belong."""
    sound = Path(shutil.copy(first, first.with_name("sound.db")))
    Ledger.upgrade(sound)
    with plain(first) as connection:
        for statement in SPOILT:
            connection.execute(statement)
    Ledger.upgrade(first)
    assert dump(sound) == dump(first)


def test_an_upgrade_refuses_a_journal_that_was_cut(first: Path) -> None:
    """Records that were cut off before the upgrade are missed in it, and the book stays as it is."""
    with plain(first, guarded=False) as connection:
        connection.execute("DELETE FROM points_journal WHERE seq = 42")
    before = dump(first)
    with pytest.raises(LedgerDamaged, match="head"):
        Ledger.upgrade(first)
    assert before == dump(first)


def test_a_later_book_is_not_upgraded(first: Path) -> None:
    """A book of a later schema is refused, and untouched."""
    with plain(first) as connection:
        connection.execute("UPDATE points_schema SET version = ?", (schema.VERSION + 1,))
    before = dump(first)
    with pytest.raises(LedgerNewer):
        Ledger.upgrade(first)
    assert before == dump(first)


@pytest.mark.parametrize("says", [0, 1])
def test_a_smaller_number_over_our_tables_is_put_right(first: Path, says: int) -> None:
    """A book of this schema that says it is older is audited all the same, and its number is mended."""
    Ledger.upgrade(first)
    with plain(first) as connection:
        connection.execute("UPDATE points_schema SET version = ?", (says,))
    assert ["schema-differs"] == [finding.code for finding in Ledger.audit_at(first)]
    upgraded = Ledger.upgrade(first)
    assert upgraded is not None
    assert (schema.VERSION, ("points_schema",)) == (upgraded.earlier, upgraded.mended)
    assert Ledger.audit_at(first).whole


# --- on PostgreSQL: what others were given, and what they built ------------------------------------------


@pytest.fixture
def granted(server: Server, tmp_path: Path) -> Iterator[str]:
    """Name a database in which a role may read a table and a view, and somebody has built a view on each."""
    with server.lent() as name:
        clock = StepClock()
        with begin(server.url(name), clock=clock) as ledger:
            live_in(ledger, clock, tmp_path)
        server.run("CREATE ROLE reads LOGIN", name)
        server.run(
            "GRANT SELECT ON points_lot, points_view_balances TO reads WITH GRANT OPTION;"
            "CREATE VIEW theirs AS SELECT * FROM points_lot;"
            "CREATE VIEW more_of_theirs AS SELECT * FROM points_view_balances",
            name,
        )
        yield name
    server.run("DROP ROLE reads")


def test_a_rebuild_leaves_what_others_built(server: Server, granted: str) -> None:
    """A rebuild of sound tables empties them: the rights to them and the views on them stay."""
    server.run("UPDATE points_lot SET remaining = 0, settled = 0, held = 0", granted)
    assert ("points_lot",) == Ledger.rebuild(server.url(granted)).changed
    with psycopg.connect(server.dsn(granted, "reads")) as connection:
        lots = connection.execute("SELECT sum(remaining) > 0 FROM points_lot")
        assert (True,) == lots.fetchone()
        assert (4,) == connection.execute("SELECT count(*) FROM points_view_balances").fetchone()


def test_what_others_built_is_never_dropped(server: Server, granted: str) -> None:
    """Where a table has to be made anew, what others built on it is named; without it the rights come again."""
    server.run("ALTER TABLE points_lot ADD COLUMN note text", granted)
    with pytest.raises(OthersDepend, match="theirs") as refused:
        Ledger.rebuild(server.url(granted))
    assert "theirs" in refused.value.say("zh")
    server.run("DROP VIEW theirs, more_of_theirs", granted)
    assert {"points_lot"} == set(Ledger.rebuild(server.url(granted)).mended)
    with psycopg.connect(server.dsn(granted, "reads")) as connection:
        connection.execute("SELECT count(*) FROM points_lot")
        connection.execute("SELECT count(*) FROM points_view_balances")
        connection.execute("GRANT SELECT ON points_lot TO PUBLIC")


def test_what_is_made_anew_has_the_rights_it_had(server: Server, granted: str) -> None:
    """Rights to single columns come again, and those that new tables get by default do not come besides."""
    server.run("DROP VIEW theirs, more_of_theirs; REVOKE ALL ON points_view_balances FROM reads CASCADE", granted)
    server.run("GRANT SELECT (village, balance) ON points_view_balances TO reads WITH GRANT OPTION", granted)
    server.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reads", granted)
    server.run("ALTER TABLE points_lot ADD COLUMN note text", granted)
    Ledger.rebuild(server.url(granted))
    with psycopg.connect(server.dsn(granted, "reads"), autocommit=True) as connection:
        connection.execute("SELECT sum(balance) FROM points_view_balances")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT name FROM points_view_balances")
    server.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM reads", granted)


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "NO ACTION"])
def test_no_row_of_a_host_goes_with_ours(server: Server, granted: str, action: str) -> None:
    """A host's foreign key to a projection is named before anything is emptied, and its rows stay."""
    key = f"FOREIGN KEY (village, account) REFERENCES points_account ON DELETE {action}"
    server.run(f'CREATE TABLE theirs_too (village text COLLATE "C", account text COLLATE "C", {key})', granted)
    server.run("INSERT INTO theirs_too SELECT village, account FROM points_account", granted)
    with pytest.raises(OthersDepend, match="of table theirs_too points to points_account"):
        Ledger.rebuild(server.url(granted))
    with psycopg.connect(server.dsn(granted)) as connection:
        assert (4,) == connection.execute("SELECT count(account) FROM theirs_too").fetchone()


def test_an_upgrade_leaves_a_book_further_down_the_path(server: Server, tmp_path: Path) -> None:
    """Where a table is missing in the schema that comes first, the one of that name in the next one is not dropped."""
    with server.lent("template0") as name:
        server.run("CREATE SCHEMA app", name)
        urls = [f"{server.url(name)}&options=-csearch_path%3D{path}" for path in ("public", "app", "app,public")]
        for url in urls[:2]:
            clock = StepClock()
            with begin(url, clock=clock) as ledger:
                live_in(ledger, clock, tmp_path)
        server.run(f"DROP VIEW {', '.join(f'app.{view}' for view in VIEWS)}", name)
        server.run("DROP TABLE app.points_capped; UPDATE app.points_schema SET version = 1", name)
        Ledger.upgrade(urls[2])
        assert [True, True] == [Ledger.audit_at(url).whole for url in urls[:2]]
