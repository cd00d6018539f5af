"""Migration: a book carried between SQLite and PostgreSQL, both ways, stopped and gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from pointsledger import Ledger
from pointsledger.errors import LedgerDamaged, NotALedger, PointsLedgerError, ReadOnlyLedger, VillageExists
from pointsledger.storage import migration
from pointsledger.storage.transaction import Head
from tests.database.lived_in import SIZE, Body, StepClock, begin, bodies, codes, dump, forge, plain
from tests.server import Server

NOT_YET = {"profile-differs", "profile-missing", "remark-missing"}
"""What half a book may lack: the source has codes, names and texts as they are now, whatever was amended or erased."""


class StoppedError(Exception):
    """What stops a migration half-way in a test."""


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a place that holds nothing yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "target.db")
    else:
        server: Server = request.getfixturevalue("server")
        with server.lent("template0") as name:
            yield server.url(name)


def figures(place: str | Path) -> list[object]:
    """Return what a book answers."""
    with Ledger.open(place, village="nanyu") as ledger:
        return [
            ledger.head(),
            ledger.balances(),
            ledger.stock(),
            ledger.trial_balance(),
            ledger.tally("2026"),
            ledger.redemptions(),
            ledger.statement("03-017"),
            list(ledger.records()),
            ledger.audit().findings,
        ]


def test_a_book_is_carried_there_and_back(book: Path, tmp_path: Path, target: str) -> None:
    """A book answers the same wherever it is carried, and back in a file it is the same in every row."""
    with begin(book, "beiyu"):
        pass
    heads = Ledger.migrate(book, target)
    assert {"nanyu": SIZE} == {village: head.size for village, head in heads.items() if village == "nanyu"}
    assert ("beiyu", "nanyu") == Ledger.villages(target)
    assert figures(book) == figures(target)
    assert heads == Ledger.migrate(target, tmp_path / "back.db")
    assert dump(book) == dump(tmp_path / "back.db")


def test_a_migration_that_was_stopped_goes_on(book: Path, target: str) -> None:
    """Stopped after any portion, a migration carries the rest when it is started again, and what came meanwhile."""
    with patch.object(migration, "PORTION", 5):
        for stop in (12, 23, 40):

            def until(seq: int, _: int, stop: int = stop) -> None:
                if seq == stop:
                    raise StoppedError

            with pytest.raises(StoppedError):
                Ledger.migrate(book, target, progress=until)
            with Ledger.open(target) as half:
                assert (stop - 1) // 5 * 5 == half.head().size
                assert codes(half.audit()) <= NOT_YET
        clock = StepClock()
        clock.step(days=60)
        with Ledger.open(book, clock=clock) as ledger:
            ledger.award("03-017", "tidy", by="clerk:1")
        Ledger.migrate(book, target)
    assert figures(book) == figures(target)
    assert Ledger.migrate(book, target) == Ledger.migrate(book, target), "done twice it does nothing more"


def test_what_is_issued_meanwhile_is_carried_too(book: Path, target: str) -> None:
    """A checkpoint that is issued between the last portion and the comparison is no difference: it is carried then."""
    clock = StepClock()
    clock.step(days=60)
    compared, asked = migration._compared, list[Head | None]()

    def issued_before(*given: Any) -> Head | None:  # noqa: ANN401 - what ``_compared`` takes
        if not asked:
            with Ledger.open(book, clock=clock) as ledger:
                ledger.checkpoint()
        asked.append(compared(*given))
        return asked[-1]

    with Ledger.open(book, clock=clock) as ledger:
        head = ledger.award("03-017", "tidy", by="clerk:1").seq
    with patch.object(migration, "_compared", issued_before):
        Ledger.migrate(book, target)
    assert [None, head] == [one and one.size for one in asked]
    with Ledger.open(book) as old, Ledger.open(target) as new:
        issued = list(old.checkpoints())
        assert (head, issued) == (issued[-1].head.size, list(new.checkpoints()))


def test_what_is_posted_meanwhile_is_carried_too(book: Path, target: str) -> None:
    """A record that is posted between the last portion and the comparison is no damage: it is carried then."""
    clock = StepClock()
    clock.step(days=60)
    compared, asked = migration._compared, list[Head | None]()

    def posted_before(*given: Any) -> Head | None:  # noqa: ANN401 - what ``_compared`` takes
        if not asked:
            with Ledger.open(book, clock=clock) as ledger:
                ledger.award("03-017", "tidy", by="clerk:1")
        asked.append(compared(*given))
        return asked[-1]

    with patch.object(migration, "_compared", posted_before):
        Ledger.migrate(book, target)
    with Ledger.open(book) as old, Ledger.open(target) as new:
        assert old.head() == new.head()
        assert [None, old.head()] == asked


def test_another_book_is_not_written_over(book: Path, target: str) -> None:
    """A target that holds another book of the village is refused, and stays as it is."""
    with begin(target) as other:
        before = other.head()
        with pytest.raises(VillageExists):
            Ledger.migrate(book, target)
        assert before == other.head()


def test_a_target_that_is_ahead_is_refused(book: Path, target: str) -> None:
    """A target in which somebody posted since is no copy any more."""
    Ledger.migrate(book, target)
    clock = StepClock()
    clock.step(days=60)
    with Ledger.open(target, clock=clock) as ledger:
        ledger.award("03-017", "tidy", by="clerk:1")
    with pytest.raises(VillageExists):
        Ledger.migrate(book, target)


def test_a_damaged_source_is_not_carried(book: Path, target: str, tmp_path: Path) -> None:
    """A record that is not what its leaf says stops the migration; a projection that lies is told at its end."""
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 1 WHERE unit = 'points'")
    with pytest.raises(LedgerDamaged, match="points_balance"):
        Ledger.migrate(book, target)
    Ledger.rebuild(book)
    Ledger.migrate(book, target)
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 14")
    with pytest.raises(LedgerDamaged, match="leaf"):
        Ledger.migrate(book, tmp_path / "other.db")


@pytest.mark.parametrize("gone", [SIZE - 1, 9])
def test_a_source_that_was_cut_off_or_has_a_gap_is_not_carried(book: Path, target: str, gone: int) -> None:
    """A record that is missing, the last or another, stops the migration, which does not wait for it for ever."""
    with plain(book, guarded=False) as connection:
        connection.execute("DELETE FROM points_journal WHERE seq = ?", (gone,))
    with pytest.raises(LedgerDamaged, match="leaf"):
        Ledger.migrate(book, target)


def test_what_is_no_ledger_is_not_carried(tmp_path: Path, target: str) -> None:
    """A source that is not there is told, and no target is made of it."""
    with pytest.raises(NotALedger):
        Ledger.migrate(tmp_path / "nowhere.db", target)


def test_a_record_that_says_another_village_is_not_carried(book: Path, target: str) -> None:
    """A book made up elsewhere cannot put a record behind those of another village that stands in the target."""

    def stray(found: list[Body]) -> list[Body]:
        return [*found[:-1], found[-1] | {"village": "beiyu"}]

    forge(book, stray)
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET village = 'nanyu'")
    with begin(target, "beiyu") as other:
        other.enrol("03-017", head="张三", by="clerk:1")
        while other.head().size < len(bodies(book)) - 1:
            other.award("03-017", "tidy", by="clerk:1")
        with pytest.raises(LedgerDamaged, match="another village"):
            Ledger.migrate(book, target)
        assert other.audit().whole
        assert SIZE == other.award("03-017", "tidy", by="clerk:1").seq


def impossible(found: list[Body]) -> list[Body]:
    """Have the last record but one say what no record can say, under hashes that hold."""
    return [*found[:-2], found[-2] | {"entries": 7}, found[-1]]


@pytest.mark.parametrize("portion", [5, 2_000])
def test_a_refused_migration_leaves_no_new_file(book: Path, tmp_path: Path, portion: int) -> None:
    """Of a damaged source nothing is left, neither tables without records nor the portions that came before."""
    forge(book, impossible)
    folder = tmp_path / "new"
    folder.mkdir()
    with patch.object(migration, "PORTION", portion), pytest.raises(LedgerDamaged, match="record"):
        Ledger.migrate(book, folder / "target.db")
    assert [] == list(folder.iterdir())


def test_a_migration_that_was_stopped_before_its_first_portion_leaves_no_file(book: Path, tmp_path: Path) -> None:
    """Tables without records are nothing to go on with."""

    def stop(*_: int) -> None:
        raise StoppedError

    folder = tmp_path / "new"
    folder.mkdir()
    with pytest.raises(StoppedError):
        Ledger.migrate(book, folder / "target.db", progress=stop)
    assert [] == list(folder.iterdir())


def test_a_refused_migration_leaves_what_was_there(book: Path, tmp_path: Path) -> None:
    """A file that was there before stays, be it only begun, and so does one in which others began a book meanwhile."""
    before, meanwhile = tmp_path / "before.db", tmp_path / "meanwhile.db"

    carried = migration._carried

    def others_begin(*given: Any) -> Any:  # noqa: ANN401 - what ``_carried`` takes and returns
        found = carried(*given)
        if "beiyu" not in Ledger.villages(meanwhile):
            begin(meanwhile, "beiyu").close()
        return found

    forge(book, impossible)
    with begin(before, "beiyu"):
        pass
    with pytest.raises(LedgerDamaged):
        Ledger.migrate(book, before)
    with (
        patch.object(migration, "PORTION", 5),
        patch.object(migration, "_carried", others_begin),
        pytest.raises(LedgerDamaged),
    ):
        Ledger.migrate(book, meanwhile)
    assert ("beiyu",) == Ledger.villages(before)
    assert ("beiyu", "nanyu") == Ledger.villages(meanwhile)


def test_a_migration_to_where_no_file_can_be_says_so(book: Path, tmp_path: Path) -> None:
    """A target that can neither be made nor read is told as that, and not by what comes of taking it away."""
    with pytest.raises(ReadOnlyLedger):
        Ledger.migrate(book, tmp_path / "nowhere" / "target.db")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PointsLedgerError):
        Ledger.migrate(book, tmp_path / "folder")
    assert (tmp_path / "folder").is_dir()
