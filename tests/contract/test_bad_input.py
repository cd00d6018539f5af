"""Bad places and settings: what cannot be begun, opened or written is told as that, and nothing is left behind."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger import Ledger, errors
from pointsledger.storage import schema, sqlite

if TYPE_CHECKING:
    from tests.contract.conftest import Clock, Document, Refused


@pytest.mark.parametrize(
    ("settings", "error", "code"),
    [
        ({"village": "南峪"}, errors.InvalidCode, "invalid-code"),
        ({"village": ""}, errors.InvalidCode, "invalid-code"),
        ({"decimals": 3}, errors.InvalidSetting, "invalid-setting"),
        ({"decimals": True}, errors.InvalidSetting, "invalid-setting"),
        ({"zone": "Mars/Olympus"}, errors.InvalidSetting, "invalid-setting"),
        ({"cut_off_day": 29}, errors.InvalidSetting, "invalid-setting"),
        ({"first_period": "2025Q4"}, errors.NotAMonth, "not-a-month"),
        ({"by": None}, errors.OperatorRequired, "operator-required"),
        ({"rulebook": "missing.toml"}, errors.FileUnreadable, "file-unreadable"),
    ],
)
def test_a_book_that_is_refused_leaves_no_file(
    tmp_path: Path, clock: Clock, *, settings: dict[str, Any], error: type[errors.PointsLedgerError], code: str
) -> None:
    """A book that cannot be begun leaves nothing behind."""
    given: dict[str, Any] = {"village": "nanyu", "by": "clerk:1", "clock": clock}
    with pytest.raises(error) as caught:
        Ledger.create(tmp_path / "book.db", **(given | settings))
    assert code == caught.value.code
    assert [] == list(tmp_path.iterdir())


def test_a_faulty_rule_book_names_every_fault(tmp_path: Path, clock: Clock, document: Document) -> None:
    """A rule book with faults is refused with all of them, each at its line."""
    path = document('[[activity]]\ncode = "A"\nname = "x"\ncategory = "c"\npoints = -1\nper = "tim"\n')
    with pytest.raises(errors.RuleBookInvalid) as caught:
        Ledger.create(tmp_path / "book.db", village="nanyu", rulebook=path, by="clerk:1", clock=clock)
    assert ["activity[1].code", "activity[1].points", "activity[1].per"] == [
        fault.key for fault in caught.value.data["faults"]
    ]
    assert [path] == list(tmp_path.iterdir())


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> Path:
    """Begin a book in a file, close it, and return its path."""
    path = tmp_path / "book.db"
    with Ledger.create(path, village="nanyu", first_period="2025-09", by="clerk:1", clock=clock) as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1")
    return path


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    """A missing file, an empty one, a text and another database are no ledgers, nor become one when opened."""
    text, other, empty, missing = (tmp_path / name for name in ("text.db", "other.db", "empty.db", "missing.db"))
    text.write_text("户号,积分\n" * 200, encoding="utf-8")
    empty.touch()
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE points (household, amount)")
    connection.close()
    written = text.read_bytes()
    for path in (text, other, empty, missing):
        with pytest.raises(errors.NotALedger) as caught:
            Ledger.open(path)
        assert "not-a-ledger" == caught.value.code
        assert path.name in caught.value.say()
    assert written == text.read_bytes()
    assert not missing.exists()


def test_a_database_in_memory_that_is_new_is_no_ledger() -> None:
    """There is nothing to open in memory before a book is begun there."""
    with pytest.raises(errors.NotALedger):
        Ledger.open("sqlite://")


def test_a_ledger_of_another_release_is_refused(book: Path) -> None:
    """A schema that this release does not know is refused with the release to take."""
    refusals = (
        (schema.VERSION + 1, errors.LedgerNewer, "ledger-newer"),
        (schema.VERSION - 1, errors.LedgerOlder, "ledger-older"),
    )
    for version, error, code in refusals:
        connection = sqlite3.connect(book)
        connection.execute("UPDATE points_schema SET version = ?", (version,))
        connection.commit()
        connection.close()
        with pytest.raises(error) as caught:
            Ledger.open(book)
        assert (code, version) == (caught.value.code, caught.value.data["found"])
    connection = sqlite3.connect(book)
    connection.execute("UPDATE points_schema SET version = ?", (schema.VERSION,))
    connection.commit()
    connection.close()
    with Ledger.open(book) as ledger:
        assert ledger.audit().whole


def test_a_village_has_one_book(book: Path, clock: Clock) -> None:
    """A second book of one village is refused, and another village's stands beside it."""
    with pytest.raises(errors.VillageExists) as exists:
        Ledger.create(book, village="nanyu", first_period="2025-09", by="clerk:1", clock=clock)
    assert "village-exists" == exists.value.code
    Ledger.create(book, village="beiyu", first_period="2025-09", by="clerk:1", clock=clock).close()
    with pytest.raises(errors.VillageRequired) as required:
        Ledger.open(book)
    assert ("village-required", "beiyu, nanyu") == (required.value.code, required.value.data["known"])
    with pytest.raises(errors.UnknownVillage) as unknown:
        Ledger.open(book, village="dongyu")
    assert "unknown-village" == unknown.value.code
    with Ledger.open(book, village="nanyu") as nanyu:
        assert "张三" == nanyu.balance("03-017").name


def test_a_locked_file_is_waited_for_and_then_refused(
    book: Path, clock: Clock, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the file an act is refused as worth trying again, and it works afterwards."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with Ledger.open(book, clock=clock) as ledger:
        connection = sqlite3.connect(book, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        with refused(ledger, errors.LedgerBusy, "ledger-busy") as caught:
            ledger.bring_forward("03-017", 5, by="clerk:1")
        assert caught.value.retryable
        connection.execute("ROLLBACK")
        connection.close()
        assert Decimal(5) == ledger.bring_forward("03-017", 5, by="clerk:1").balance


def test_a_full_disk_is_refused(book: Path, clock: Clock, refused: Refused) -> None:
    """When the file cannot grow an act is refused, and it works once there is room."""
    with Ledger.open(book, clock=clock) as ledger:
        with ledger._store.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with refused(ledger, errors.DiskFull, "disk-full"):
            ledger.enrol("03-018", head="王五", members=["名" * 100] * 200, by="clerk:1")
        with ledger._store.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages * 10}")
        ledger.enrol("03-018", head="王五", members=["名" * 100] * 200, by="clerk:1")
        assert ledger.audit().whole


@pytest.mark.parametrize("text", ["", " ", "x" * 81, "a\tb"])
def test_an_empty_label_is_not_the_one_by_default(book: Path, clock: Clock, refused: Refused, text: str) -> None:
    """A label that is empty, too long or unreadable is refused before the sheet is looked at, and never left out."""
    with Ledger.open(book, clock=clock) as ledger:
        for label, replace in ((text, None), (None, text)):
            with refused(ledger, errors.InvalidText, "invalid-text") as caught:
                ledger.import_deeds("none.csv", period="2025-10", label=label, replace=replace, by="clerk:1")
            assert ("label", 80) == (caught.value.data["name"], caught.value.data["limit"])


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, clock: Clock) -> None:
    """A folder that is not there is refused, and so is a database of another make."""
    with pytest.raises(errors.ReadOnlyLedger) as read_only:
        Ledger.create(tmp_path / "missing" / "book.db", village="nanyu", by="clerk:1", clock=clock)
    assert "read-only" == read_only.value.code
    with pytest.raises(errors.InvalidSetting) as invalid:
        Ledger.create("mysql://host/book", village="nanyu", by="clerk:1", clock=clock)
    assert "invalid-setting" == invalid.value.code
