"""The log: what a program that embeds the ledger is told beside results and errors, and what never stands there."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.storage.rebuilding import rebuild
from pointsledger.storage.tables import Profile, Remark
from tests.database.lived_in import SIZE, StepClock, begin, live_in

QUIET = """
import logging
from datetime import UTC, datetime, timedelta
from pointsledger import Ledger
class Clock:
    def now(self):
        return self.instant
clock = Clock()
clock.instant = datetime(2026, 3, 2, tzinfo=UTC)
ledger = Ledger.create("sqlite://", village="nanyu", by="clerk:1", clock=clock)
clock.instant -= timedelta(seconds=2)
ledger.enrol("03-017", head="x", by="clerk:1")
print(logging.getLogger().handlers, logging.getLogger("pointsledger").level, logging.lastResort is not None)
"""


def lived_in(place: str, folder: Path) -> None:
    """Do every kind of act, one of them with a clock that is a little behind, and rebuild a damaged book."""
    clock = StepClock()
    with begin(place, clock=clock) as ledger:
        live_in(ledger, clock, folder)
        clock.step(seconds=-2)
        ledger.award("03-017", "tidy", by="clerk:1", approved_by=["panel:7"], remark="补记")
        with ledger._store.connected(writes=True) as connection:
            connection.exec_driver_sql("UPDATE points_balance SET balance = balance + 1")
        rebuild(ledger._store)


def test_no_line_names_anybody(place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is done, no line of the log holds a name, a code, an id, a request or a free text."""
    with caplog.at_level(logging.DEBUG, "pointsledger"):
        clock = StepClock()
        with begin(place, clock=clock) as ledger:
            live_in(ledger, clock, tmp_path)
            with ledger._store.connected(writes=False) as connection:
                people = connection.execute(Profile.__table__.select()).all()  # type: ignore[attr-defined]  # SQLModel's
                remarks = connection.execute(Remark.__table__.select()).all()  # type: ignore[attr-defined]  # as above
            requests = [record.request for record in ledger.records()]
            lines = [record.getMessage() for record in caplog.records if record.name == "pointsledger"]
            assert {"pointsledger"} == {record.name for record in caplog.records if "pointsledger" in record.name}
            assert ledger.head().size == len([line for line in lines if "appended" in line]) + operators(ledger)
    private = {text for row in (*people, *remarks) for text in row if isinstance(text, str) and len(text) > 1}
    private = (private | set(requests)) - {"nanyu", "household", "resident", "operator", "remark", "reason", "genesis"}
    assert {"张三", "03-017", "clerk:1", "老户"} <= private
    assert [] == [line for line in lines for text in private if text in line.replace(place, "")]


def operators(ledger: Ledger) -> int:
    """Return how many records only introduce somebody; they come with an act, and have no line of their own."""
    return sum(record.kind == "operator" for record in ledger.records())


def test_what_a_host_is_told(place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Acts are told in detail, the beginning and end of long work in general, and what was amiss as a warning."""
    with caplog.at_level(logging.DEBUG, "pointsledger"):
        lived_in(place, tmp_path)
    told = {(record.levelname, record.msg) for record in caplog.records if record.name == "pointsledger"}
    assert {
        ("DEBUG", "village %s: record %d (%s) appended, not committed yet"),
        ("INFO", "%s: rebuild begun"),
        ("INFO", "%s: rebuild done, %d villages, %d records"),
        ("WARNING", "%s: rebuild mended %s, changed rows of %s, could not mend %s"),
        ("WARNING", "village %s: the clock is %.3f s behind the last record, whose instant is taken"),
    } == told
    assert "changed rows of points_balance" in caplog.text
    assert "2.000 s behind" in caplog.text
    assert f"1 villages, {SIZE + 2} records" in caplog.text


def test_a_migration_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A migration tells where from and where to, and how much it was."""
    begin(tmp_path / "one.db").close()
    with caplog.at_level(logging.INFO, "pointsledger"):
        Ledger.migrate(tmp_path / "one.db", tmp_path / "two.db")
    lines = [record.getMessage().replace(str(tmp_path), "") for record in caplog.records]
    assert ["/one.db: migration to /two.db begun", "/one.db: migration to /two.db done, 1 villages, 4 records"] == lines


def test_nothing_prints_by_itself() -> None:
    """A program that sets up no logging sees no warning on its screen, and its root logger is untouched."""
    done = subprocess.run([sys.executable, "-P", "-c", QUIET], check=True, capture_output=True, encoding="utf-8")
    assert ("[] 0 True\n", "") == (done.stdout, done.stderr)


def test_closing_a_book_is_silent(place: str, caplog: pytest.LogCaptureFixture) -> None:
    """A book that acted and answered is closed without a complaint of SQLAlchemy's pool, in memory as elsewhere."""
    with begin(place) as ledger:
        ledger.enrol("05-001", head="钱七", by="clerk:1")
        assert 0 == ledger.balance("05-001").balance
    assert [] == [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
