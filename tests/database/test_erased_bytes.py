"""Erased bytes: what was erased or amended stands nowhere in the files of a book, searched byte by byte."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from pointsledger import Ledger, prepare
from pointsledger.errors import LedgerBusy, NotALedger
from pointsledger.reports.typed_names import MOST
from pointsledger.rules.retention import Retention
from pointsledger.storage import migration, sqlite
from pointsledger.storage.store import Store
from pointsledger.testing import FixedClock
from pointsledger.testing.village import SMALL_VILLAGE

SECRETS = ("欧阳绛雪", "欧阳小满", "QX-7741", "独居老人腿脚不便", "本来记给邻居的", "司徒代领")
"""What the household that is erased had: names, its code, and free text; nothing else in the book has any of it."""


@pytest.fixture(autouse=True)
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have SQLite leave what it deletes where it was, as it does wherever it was not built otherwise."""
    prepared = sqlite._set_up

    def set_up(connection: sqlite3.Connection, record: object) -> None:
        prepared(connection, record)
        connection.execute("PRAGMA secure_delete = OFF")

    monkeypatch.setattr(sqlite, "_set_up", set_up)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Begin a book in which the household lived among many others, whose rows moved hers from page to page."""
    with SMALL_VILLAGE.begin(tmp_path / "book.db", clock=FixedClock()) as begun:
        with begun.batch(by="clerk:1") as batch:
            for number in range(120):
                batch.enrol(f"A{number:03}", head=f"村民{number:03}", members=[f"家人{number:03}"])
            batch.enrol("QX-7741", head="欧阳绛雪", members=["欧阳小满"], group="一组")
            batch.stock_in("soap", 5, by="shop:1")
            for number in range(60):
                batch.enrol(f"Z{number:03}", head=f"村民{number:03}", remark=f"备注{number:03}")
        live(begun)
        yield begun


def live(ledger: Ledger) -> None:
    """Let the household leave text of every sort behind, and nothing on its account."""
    ledger.award("QX-7741", "tidy", quantity=5, member="欧阳小满", by="clerk:1", remark="独居老人腿脚不便")
    ledger.redeem("QX-7741", {"soap": 1}, collector="司徒代领", by="shop:1")
    undone = ledger.award("QX-7741", "tidy", by="clerk:1")
    ledger.reverse(undone.seq, reason="本来记给邻居的", by="clerk:1")
    for number in range(40):
        ledger.award(f"A{number:03}", "tidy", by="clerk:1", remark=f"扫了{number}次")


def found_in(folder: Path, words: tuple[str, ...] = SECRETS) -> set[str]:
    """Return which words stand in the bytes of any file of a folder: the book, its log and its index of that."""
    held = b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    return {word for word in words if word.encode() in held}


def test_every_word_is_there_before(ledger: Ledger, tmp_path: Path) -> None:
    """The search finds what is there, so that finding nothing says something."""
    assert set(SECRETS) == found_in(tmp_path)
    assert ledger.audit().whole


def test_erased_bytes_are_gone_when_the_act_returns(ledger: Ledger, tmp_path: Path) -> None:
    """Neither the file nor the log nor a free page has a byte of it, and the book is whole."""
    receipt = ledger.erase("QX-7741", ground="request", by="clerk:2")
    assert not receipt.purge_due
    assert set() == found_in(tmp_path)
    assert [] == list(ledger.audit())
    assert 0 == (tmp_path / "book.db-wal").stat().st_size


def test_without_the_purge_they_would_be_there(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking the rows out of their tables leaves the bytes behind: it is the purge that removes them."""
    monkeypatch.setattr(Store, "purge", lambda _: True)
    ledger.erase("QX-7741", ground="request", by="clerk:2")
    assert set() != found_in(tmp_path)
    monkeypatch.undo()
    assert Ledger.purge(tmp_path / "book.db")
    assert set() == found_in(tmp_path)


def test_emptying_the_log_is_not_enough(ledger: Ledger, tmp_path: Path) -> None:
    """Pages that were freed or written anew keep old copies, which is why the file is written anew."""
    words = tuple(word for number in range(60) for word in (f"Z{number:03}", f"备注{number:03}"))
    with ledger.batch(by="clerk:2") as batch:
        for number in range(60):
            batch.erase(f"Z{number:03}", ground="request")
    with closing(sqlite3.connect(tmp_path / "book.db")) as connection:
        assert 0 == connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    assert set() != found_in(tmp_path, words)
    assert Ledger.purge(tmp_path / "book.db")
    assert set() == found_in(tmp_path, words)


@pytest.mark.parametrize("way", ["rebuild", "migrate", "text", "amend", "copy"])
def test_bytes_stay_gone_on_every_way(ledger: Ledger, tmp_path: Path, way: str) -> None:
    """A rebuild, a migration and a copy bring nothing back; one text and an old name and code go the same way."""
    if way == "text":
        receipt = next(record for record in ledger.records(kinds=["award"]) if "remark" in record.said)
        assert not ledger.erase_remark(receipt.seq, ground="request", by="clerk:2").purge_due
        assert {"独居老人腿脚不便"} == set(SECRETS) - found_in(tmp_path)
        return
    if way == "amend":
        ledger.amend("QX-7741", name="慕容雪", code="QX-1", by="clerk:2")
        ledger.amend("QX-1", member="欧阳小满", name="慕容小满", by="clerk:2")
        assert {"欧阳绛雪", "欧阳小满", "QX-7741"} == set(SECRETS) - found_in(tmp_path)
        return
    ledger.erase("QX-7741", ground="request", by="clerk:2")
    ledger.close()
    if way == "rebuild":
        Ledger.rebuild(tmp_path / "book.db")
    elif way == "migrate":
        Ledger.migrate(tmp_path / "book.db", tmp_path / "other.db")
    else:
        shutil.copy(tmp_path / "book.db", tmp_path / "copy.db")
    assert set() == found_in(tmp_path)


def test_a_name_in_many_records_is_told_of_the_first_and_holds_nothing_up(ledger: Ledger, tmp_path: Path) -> None:
    """Where it was typed into more bodies than are told, the reading ends early, and the purge is done all the same."""
    with ledger.batch(by="clerk:1") as batch:
        seqs = [batch.award("A000", "tidy", request=f"替欧阳绛雪-{number}").seq for number in range(MOST + 20)]
    receipt = ledger.erase("QX-7741", ground="request", by="clerk:2")
    assert (tuple(seqs[:MOST]), False) == (receipt.named_in, receipt.purge_due)
    assert {"欧阳绛雪"} == found_in(tmp_path)  # which the request ids hold for ever


def test_what_a_correction_kept_goes_with_the_person(tmp_path: Path) -> None:
    """The former name and code, kept while a retention ran, leave the files with everything else."""
    clock = FixedClock()
    village = replace(SMALL_VILLAGE, rulebook=replace(SMALL_VILLAGE.rulebook, retention=Retention(1)))
    with village.begin(tmp_path / "book.db", clock=clock) as kept:
        kept.enrol("QX-7741", head="欧阳绛雪", by="clerk:1")
        kept.amend("QX-7741", name="欧阳", code="QX-1", by="clerk:1")
        assert {"欧阳绛雪", "QX-7741"} == found_in(tmp_path)
        clock.noon("2026-03-01")
        kept.erase("QX-1", ground="retention-over", by="clerk:2")
        assert set() == found_in(tmp_path)


def test_an_idle_connection_is_in_nobodys_way(ledger: Ledger, tmp_path: Path) -> None:
    """A second program that has the book open, and is inside no transaction, holds nothing back."""
    with Ledger.open(tmp_path / "book.db") as other:
        other.balances()
        assert not ledger.erase("QX-7741", ground="request", by="clerk:2").purge_due
        assert set() == found_in(tmp_path)
        assert "QX-7741" not in {one.household for one in other.balances()}


def test_a_reader_holds_the_bytes_back_and_the_receipt_says_so(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody reads, the old pages stay; the act is done, says that a purge is due, and the purge does it."""
    monkeypatch.setattr(sqlite, "PURGE_MILLISECONDS", 50)
    with closing(sqlite3.connect(tmp_path / "book.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM points_profile").fetchone()
        receipt = ledger.erase("QX-7741", ground="request", by="clerk:2", request="e-1")
        assert receipt.purge_due
        assert not Ledger.purge(tmp_path / "book.db")
        reader.execute("COMMIT")
    again = ledger.erase("QX-7741", ground="request", by="clerk:2", request="e-1")
    assert (True, False) == (again.repeated, again.purge_due)
    assert set() == found_in(tmp_path)


def test_an_act_whose_purge_is_held_up_says_so(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be purged now, as while somebody else writes, is recorded all the same, and a purge is due."""

    def held_up(store: Store) -> bool:
        raise LedgerBusy(place=store.place)

    monkeypatch.setattr(Store, "purge", held_up)
    assert ledger.erase("QX-7741", ground="request", by="clerk:2").purge_due
    monkeypatch.undo()
    assert set() != found_in(tmp_path)
    assert Ledger.purge(tmp_path / "book.db")
    assert set() == found_in(tmp_path)


def test_a_writer_holds_the_purge_up(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody writes, a purge is refused and may be tried again; nothing of the book is at risk."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / "book.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusy) as caught:
            Ledger.purge(tmp_path / "book.db")
        assert caught.value.retryable
        writer.execute("ROLLBACK")
    assert Ledger.purge(tmp_path / "book.db")
    assert [] == list(ledger.audit())


def test_in_a_hosts_transaction_the_bytes_go_after_its_commit(ledger: Ledger, tmp_path: Path) -> None:
    """The receipt says that a purge is due; once the host has committed, it is done."""
    ledger.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'book.db'}")
    prepare(engine)
    with engine.begin() as connection:
        bound = Ledger.bind(connection, village="liuwan", by="clerk:2", clock=FixedClock())
        assert bound.erase("QX-7741", ground="request").purge_due
    assert set() != found_in(tmp_path)
    assert Ledger.purge(tmp_path / "book.db")
    assert set() == found_in(tmp_path)
    engine.dispose()


def test_a_purge_of_nothing_is_refused(tmp_path: Path) -> None:
    """Where there is no book, a purge says so and makes none."""
    with pytest.raises(NotALedger):
        Ledger.purge(tmp_path / "none.db")
    assert [] == list(tmp_path.iterdir())


def test_records_keep_their_order_of_rows(ledger: Ledger, tmp_path: Path) -> None:
    """Writing the file anew leaves the journal as it is, guards included: the next record follows."""
    ledger.erase("QX-7741", ground="request", by="clerk:2")
    ledger.award("A001", "tidy", by="clerk:1")
    with closing(sqlite3.connect(tmp_path / "book.db")) as connection:
        rowids = [row for (row,) in connection.execute("SELECT rowid FROM points_journal ORDER BY seq")]
    assert sorted(rowids) == rowids
    assert [] == list(ledger.audit())


def stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stop a migration of the book in a folder half-way; return its target, which lies apart."""
    monkeypatch.setattr(migration, "PORTION", 150)
    target = folder / "apart" / "target.db"
    target.parent.mkdir()

    def stop(seq: int, _: int) -> None:
        if seq == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Ledger.migrate(folder / "book.db", target, progress=stop)
    return target


def test_a_migration_that_was_stopped_carries_no_name_on(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was carried before it was erased is erased in the target too, when the migration goes on."""
    target = stopped(tmp_path, monkeypatch)
    assert "QX-7741" in found_in(target.parent)
    ledger.amend("A000", name="村民零", by="clerk:1")
    ledger.erase("QX-7741", ground="request", by="clerk:2")
    Ledger.migrate(tmp_path / "book.db", target)
    assert set() == found_in(target.parent)
    with Ledger.open(target) as carried:
        assert "村民零" == carried.balance("A000").name
        assert [] == list(carried.audit())


def test_a_migration_that_was_stopped_carries_no_old_name_on(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was carried before it was amended leaves the target too, though nobody was erased meanwhile."""
    target = stopped(tmp_path, monkeypatch)
    with ledger.batch(by="clerk:2") as batch:
        for number in range(60):
            batch.amend(f"Z{number:03}", name=f"改名{number:03}" * 8, code=f"Y{number:03}")
    Ledger.migrate(tmp_path / "book.db", target)
    assert set() == found_in(target.parent, tuple(f"Z{number:03}" for number in range(60)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(8)), amended=st.sets(st.integers(0, 7)))
def test_whoever_is_erased_in_whatever_order(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], amended: set[int]
) -> None:
    """Of whoever is amended first and erased then, in any order, no old or new name is left, and all others' is."""
    folder = tmp_path_factory.mktemp("any")
    with SMALL_VILLAGE.begin(folder / "book.db", clock=FixedClock()) as ledger:
        for number in range(8):
            ledger.enrol(f"N{number}", head=f"原名甲{number}", by="clerk:1", remark=f"低保户{number}")
        for number in sorted(amended):
            ledger.amend(f"N{number}", name=f"新名乙{number}", by="clerk:1")
        for number in order[:4]:
            ledger.erase(f"N{number}", ground="request", by="clerk:1")
        gone = tuple(f"{word}{number}" for number in order[:4] for word in ("原名甲", "新名乙", "低保户"))
        gone += tuple(f"原名甲{number}" for number in amended)
        kept = tuple(f"新名乙{number}" if number in amended else f"原名甲{number}" for number in order[4:])
        assert set() == found_in(folder, gone)
        assert set(kept) == found_in(folder, kept)
        assert [] == list(ledger.audit())
