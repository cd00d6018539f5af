"""Bad input: each gets its class, its stable code and one clear sentence, and leaves the book as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger import Ledger, errors
from pointsledger.storage import sqlite

if TYPE_CHECKING:
    from tests.contract.conftest import Clock, Document, Refused

Act = Callable[[Ledger], object]


def award(**changed: Any) -> Act:  # noqa: ANN401 - the wrong types are the point
    """Return an award that is right but for what is changed."""
    said = {"household": "03-017", "activity": "tidy", "by": "clerk:1", "approved_by": ["panel:1"], "remark": "扫过"}
    return lambda ledger: ledger.award(**(said | changed))


def redeem(**items: Any) -> Act:  # noqa: ANN401 - as above
    """Return a redemption of those items."""
    return lambda ledger: ledger.redeem("03-017", items, by="shop:1")


REFUSED: tuple[tuple[Act, type[errors.PointsLedgerError], str], ...] = (
    (award(household="O3-017"), errors.UnknownAccount, "unknown-account"),
    (award(household=""), errors.InvalidCode, "invalid-code"),
    (award(activity="tydy"), errors.UnknownActivity, "unknown-activity"),
    (award(on="2025-02-30"), errors.InvalidDate, "invalid-date"),
    (award(on="2025-9-1"), errors.InvalidDate, "invalid-date"),
    (award(on="3 October"), errors.InvalidDate, "invalid-date"),
    (award(on=""), errors.InvalidDate, "invalid-date"),
    (award(on=20251003), errors.InvalidDate, "invalid-date"),
    (award(on=datetime(2025, 10, 3)), errors.ZoneMissing, "zone-missing"),  # noqa: DTZ001 - without a zone it is no day
    (award(on="2025-11-04"), errors.FutureDate, "future-date"),
    (award(on=datetime(2025, 11, 3, 16, tzinfo=UTC)), errors.FutureDate, "future-date"),
    (award(quantity="1.005"), errors.TooManyDecimals, "too-many-decimals"),
    (award(quantity=Decimal("0.001")), errors.TooManyDecimals, "too-many-decimals"),
    (award(quantity=1.0), errors.FloatRefused, "float-refused"),
    (award(quantity=float("nan")), errors.FloatRefused, "float-refused"),
    (award(quantity=0), errors.NotPositive, "not-positive"),
    (award(quantity="-2"), errors.NotPositive, "not-positive"),
    (award(quantity=True), errors.InvalidNumber, "invalid-number"),
    (award(quantity="two"), errors.InvalidNumber, "invalid-number"),
    (award(quantity=""), errors.InvalidNumber, "invalid-number"),
    (award(quantity="1e3"), errors.InvalidNumber, "invalid-number"),
    (award(quantity="三"), errors.InvalidNumber, "invalid-number"),
    (award(quantity=Decimal("NaN")), errors.InvalidNumber, "invalid-number"),
    (award(quantity=Decimal("Infinity")), errors.InvalidNumber, "invalid-number"),
    (award(quantity=10**7 + 1), errors.AmountTooLarge, "amount-too-large"),
    (award(activity="trees", quantity=10**7 * 3), errors.AmountTooLarge, "amount-too-large"),
    (award(member="王五"), errors.UnknownResident, "unknown-resident"),
    (award(remark="一\n二"), errors.InvalidText, "invalid-text"),
    (award(remark="长" * 1_001), errors.InvalidText, "invalid-text"),
    (award(by=None), errors.OperatorRequired, "operator-required"),
    (award(by=""), errors.OperatorRequired, "operator-required"),
    (award(by="clerk 1"), errors.InvalidCode, "invalid-code"),
    (award(approved_by="panel:1"), errors.NotAList, "not-a-list"),
    (award(activity=17), errors.InvalidText, "invalid-text"),
    (award(activity=" "), errors.InvalidText, "invalid-text"),
    (lambda ledger: ledger.reverse("3", reason="记错了", by="c"), errors.InvalidNumber, "invalid-number"),  # type: ignore[arg-type]  # the point
    (
        lambda ledger: ledger.enrol("05-001", head="钱七", members="周九", by="c"),
        errors.NotAList,
        "not-a-list",
    ),
    (award(approved_by=["a,b"]), errors.InvalidCode, "invalid-code"),
    (award(started_at="8:30"), errors.InvalidTime, "invalid-time"),
    (award(started_at="2025-10-03T25:00"), errors.InvalidTime, "invalid-time"),
    (
        award(started_at="2025-10-03T09:00", ended_at="2025-10-03T09:00"),
        errors.InvalidTime,
        "invalid-time",
    ),
    (redeem(soap=1.0), errors.FloatRefused, "float-refused"),
    (redeem(soap=0), errors.NotPositive, "not-positive"),
    (redeem(soap=-1), errors.NotPositive, "not-positive"),
    (redeem(soap="1.5"), errors.TooManyDecimals, "too-many-decimals"),
    (redeem(gold=1), errors.UnknownItem, "unknown-item"),
    (redeem(), errors.NothingChosen, "nothing-chosen"),
    (redeem(haircut=1), errors.InsufficientPoints, "insufficient-points"),
    (lambda ledger: ledger.bring_forward("03-017", "0.5", by="c"), errors.TooManyDecimals, "too-many-decimals"),
    (lambda ledger: ledger.bring_forward("03-017", 0.5, by="c"), errors.FloatRefused, "float-refused"),  # type: ignore[arg-type]  # the point
    (lambda ledger: ledger.bring_forward("03-017", -5, by="c"), errors.NotPositive, "not-positive"),
    (lambda ledger: ledger.bring_forward("03-017", 10**9 + 1, by="c"), errors.AmountTooLarge, "amount-too-large"),
    (lambda ledger: ledger.stock_in("soap", 1, unit_cost_fen=-1, by="c"), errors.NotPositive, "not-positive"),
    (lambda ledger: ledger.stock_in("soap", 1, best_before="never", by="c"), errors.InvalidDate, "invalid-date"),
)


def test_each_bad_input_has_its_own_error(nanyu: Ledger, refused: Refused) -> None:
    """Whatever is typed wrongly is refused by its own class and code, and nothing is posted."""
    for act, error, code in REFUSED:
        with refused(nanyu, error, code):
            act(nanyu)
    assert ["03-017", "03-018", "04-001"] == [held.household for held in nanyu.balances()]


def test_each_error_says_what_to_do_in_both_languages(nanyu: Ledger, refused: Refused) -> None:
    """A refusal is one English and one Chinese sentence, with everything filled in."""
    for act, error, code in REFUSED:
        with refused(nanyu, error, code) as caught:
            act(nanyu)
        said, told = caught.value.say("en"), caught.value.say("zh")
        assert str(caught.value) == said
        assert "." == said[-1]
        assert "。" == told[-1]
        assert not {"{", "}"} & {*said, *told}


def test_a_misspelt_activity_gets_a_hint(nanyu: Ledger, refused: Refused) -> None:
    """An activity that is nearly one of the rule book's is refused with the one that was probably meant."""
    with refused(nanyu, errors.UnknownActivity, "unknown-activity") as caught:
        nanyu.award("03-017", "庭院整结", by="clerk:1")
    assert "庭院整洁" in caught.value.say()
    assert "庭院整洁" in caught.value.say("zh")


def test_a_clock_a_little_behind_takes_the_last_instant(nanyu: Ledger, clock: Clock) -> None:
    """Up to five seconds behind the last record a clock is forgiven, and the record is not earlier than that one."""
    last = nanyu.award("03-017", "tidy", by="clerk:1").recorded_at
    clock.instant -= timedelta(seconds=5)
    assert last == nanyu.award("03-017", "tidy", by="clerk:1").recorded_at


def test_a_clock_behind_is_refused(nanyu: Ledger, clock: Clock, refused: Refused) -> None:
    """A clock more than five seconds behind the last record refuses every act, and readings go on."""
    nanyu.award("03-017", "tidy", by="clerk:1")
    clock.instant -= timedelta(seconds=5, microseconds=1)
    with refused(nanyu, errors.ClockBehind, "clock-behind"):
        nanyu.award("03-017", "tidy", by="clerk:1")
    assert Decimal(2) == nanyu.balance("03-017").balance


@pytest.mark.parametrize(
    ("settings", "error", "code"),
    [
        ({"village": "南峪"}, errors.InvalidCode, "invalid-code"),
        ({"village": ""}, errors.InvalidCode, "invalid-code"),
        ({"decimals": 3}, errors.InvalidSetting, "invalid-setting"),
        ({"decimals": True}, errors.InvalidSetting, "invalid-setting"),
        ({"zone": "Mars/Olympus"}, errors.InvalidSetting, "invalid-setting"),
        ({"cut_off_day": 29}, errors.InvalidSetting, "invalid-setting"),
        ({"first_period": "2025Q4"}, errors.InvalidPeriod, "invalid-period"),
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
    for version, error, code in ((2, errors.LedgerNewer, "ledger-newer"), (0, errors.LedgerOlder, "ledger-older")):
        connection = sqlite3.connect(book)
        connection.execute("UPDATE points_schema SET version = ?", (version,))
        connection.commit()
        connection.close()
        with pytest.raises(error) as caught:
            Ledger.open(book)
        assert (code, version) == (caught.value.code, caught.value.data["found"])
    connection = sqlite3.connect(book)
    connection.execute("UPDATE points_schema SET version = 1")
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
