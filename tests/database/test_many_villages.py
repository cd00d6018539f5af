"""Thousands of villages in one database: each is tallied by itself, and none pays for the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from pointsledger import Ledger
from pointsledger.errors import (
    InvalidCode,
    InvalidNumber,
    InvalidPeriod,
    InvalidSetting,
    NotALedger,
    NotAList,
    UnknownVillage,
    VillageRequired,
)
from pointsledger.inspection.pack import write_pack
from pointsledger.reports.tally import LEVELS
from pointsledger.reports.tallying import VillageTally
from pointsledger.storage.reader import Reader
from pointsledger.storage.store import Store
from tests.database.many_villages import EARNED, FIRST, StillClock, settle
from tests.server import Server

MANY = 3_000
PERIOD = "2025-10"
DAMAGE = {
    "its row is gone": "DELETE FROM points_village WHERE village = 'v0002'",
    "a heading that there is not": "UPDATE points_period_total SET heading = 'gift' WHERE village = 'v0002'",
    "a text that is no UTF-8": "UPDATE points_profile SET name = CAST(x'ff' AS TEXT) WHERE village = 'v0002'",
}


@pytest.fixture(scope="module", params=["file", "postgresql"])
def township(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Keep a database with the books of three thousand villages."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        with server.lent() as name:
            settle(server.url(name), MANY)
            yield server.url(name)
    else:
        place = str(tmp_path_factory.mktemp("township") / "township.db")
        settle(place, MANY)
        yield place


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Keep a file with the books of four villages."""
    place = str(tmp_path / "four.db")
    settle(place, 4)
    return place


def change(place: str, statement: str) -> None:
    """Change something behind the ledger's back."""
    store = Store(place)
    with store.connected(writes=True) as connection:
        connection.execute(text(statement))
    store.close()


def earned(found: Iterable[VillageTally]) -> list[int | str]:
    """Return what each village earned, or the code of the error that says why that is not known."""
    return [int(tally.total.earned) if tally else error.code if error else "" for _, tally, error in found]


def test_thousands_of_villages_are_tallied_one_after_another(township: str) -> None:
    """Every village comes once, in order and with its own figures, and the stream goes on behind any of them."""
    found = list(Ledger.tallies(township, PERIOD, level="village"))
    assert [f"v{number:04}" for number in range(MANY)] == [village for village, _, _ in found]
    assert [EARNED] * MANY == earned(found)
    rest = list(Ledger.tallies(township, PERIOD, level="village", after="v2990"))
    assert found[2991:] == rest


def test_the_file_is_looked_at_once_and_told_of_every_village(
    place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is wrong with the file stands in the report on each of its villages, and was looked for a single time."""
    change(place, "DROP TRIGGER points_journal_no_delete")
    looked: list[str] = []
    damage = Reader.damage

    def counted(self: Reader) -> list[str]:
        looked.append("once")
        return damage(self)

    monkeypatch.setattr(Reader, "damage", counted)
    told = [
        [finding.code for finding in report].count("schema-differs") for report in Ledger.audits(place, processes=1)
    ]
    assert ([1] * 4, 1) == (told, len(looked))
    pack = write_pack(place, PERIOD, tmp_path / "pack")
    told = [[one.code for one in village.audit or ()].count("schema-differs") for village in pack.villages]
    assert [1] * 4 == told
    assert 2 == len(looked)


def test_thousands_of_villages_are_listed_by_pages(township: str) -> None:
    """The codes come all at once or in pages, in their order."""
    every = Ledger.villages(township)
    assert (MANY, FIRST) == (len(every), every[0])
    assert every[:7] == Ledger.villages(township, limit=7)
    assert every[7:14] == Ledger.villages(township, after=every[6], limit=7)
    assert every[-2:] == Ledger.villages(township, after=every[-3])
    assert () == Ledger.villages(township, after=every[-1])


def test_one_of_thousands_is_opened_and_audited(township: str) -> None:
    """The book of one village is opened, asked and audited among thousands; an error names no more than twenty."""
    with Ledger.open(township, village="v2999") as ledger:
        assert EARNED == ledger.tally(PERIOD).total.earned
    assert Ledger.audit_at(township, village=FIRST).whole
    for wrong, village in ((VillageRequired, None), (UnknownVillage, "v9999")):
        with pytest.raises(wrong) as refused:
            Ledger.open(township, village=village)
        assert [f"v{number:04}" for number in range(20)] == refused.value.data["known"].split(", ")[:-1]


@pytest.mark.parametrize("level", LEVELS)
def test_a_village_s_tally_is_its_own(township: str, level: str) -> None:
    """What the stream says of a village is what its own book says, at every level."""
    asked = ["v1500", "v0007"]
    for village, tally, error in Ledger.tallies(township, PERIOD, level=level, villages=[*asked, "v0007"]):
        with Ledger.open(township, village=village) as ledger:
            assert (village, ledger.tally(PERIOD, level=level), None) == (asked.pop(), tally, error)
    assert [] == asked


def test_no_statement_touches_two_villages(place: str) -> None:
    """Each statement of the stream asks for one village by its key, all on one connection; only the roll goes on."""
    sent: list[tuple[int, str]] = []

    def trace(connection: object, _: object) -> None:
        connection.set_trace_callback(lambda statement: sent.append((id(connection), statement)))  # type: ignore[attr-defined]  # the driver's connection

    event.listen(Engine, "connect", trace)
    try:
        found = [each for level in LEVELS for each in Ledger.tallies(place, PERIOD, level=level)]
    finally:
        event.remove(Engine, "connect", trace)
    assert 4 * len(LEVELS) == len(found)
    of_books = [(way, one) for way, one in sent if "points_" in one and not re.search("points_schema|PRAGMA", one)]
    assert len(LEVELS) == len({way for way, _ in of_books}), "each stream has one connection"
    kept = [one for _, one in of_books]
    rolls = [one for one in kept if "RECURSIVE" in one]
    assert len(LEVELS) == len(rolls)
    named = [set(re.findall(r"village = '(\w+)'", one)) for one in kept if one not in rolls]
    assert len(named) >= 3 * len(found)
    assert {1} == {len(codes) for codes in named}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_village_stops_no_other(place: str, damage: str) -> None:
    """A village whose book is damaged is told in its place, with what is the matter, and the others are tallied."""
    change(place, DAMAGE[damage])
    found = list(Ledger.tallies(place, PERIOD))
    assert ["v0000", "v0001", "v0002", "v0003"] == [village for village, _, _ in found]
    assert [EARNED, EARNED, "ledger-damaged", EARNED] == earned(found)


def test_a_damaged_village_stops_no_other_on_postgresql(server: Server) -> None:
    """A query that fails in one village leaves the connection fit for the next."""
    with server.lent() as name:
        place = server.url(name)
        settle(place, 4)
        change(place, DAMAGE["a heading that there is not"])
        assert [EARNED, EARNED, "ledger-damaged", EARNED] == earned(Ledger.tallies(place, PERIOD))


def test_a_village_without_the_period_or_a_book_is_told(place: str) -> None:
    """A village that began later, or has no book, is told in its place with what would be raised for it alone."""
    Ledger.create(place, village="v0001-later", first_period="2025-11", by="clerk:1", clock=StillClock()).close()
    found = list(Ledger.tallies(place, PERIOD, villages=["v0003", "v0002x", "v0001-later"]))
    assert ["v0001-later", "v0002x", "v0003"] == [village for village, _, _ in found]
    assert ["before-first-period", "unknown-village", EARNED] == earned(found)
    assert [True, True, False] == [tally is None for _, tally, _ in found]


def test_what_cannot_be_asked_is_refused_at_once(place: str, tmp_path: Path) -> None:
    """A period, level, village or list that there cannot be is refused before anything is opened."""
    with pytest.raises(InvalidPeriod):
        Ledger.tallies(place, "October")
    with pytest.raises(InvalidSetting, match="tally level"):
        Ledger.tallies(place, PERIOD, level="street")
    with pytest.raises(NotAList):
        Ledger.tallies(place, PERIOD, villages="v0001")
    with pytest.raises(InvalidCode):
        Ledger.tallies(place, PERIOD, villages=["v 1"])
    with pytest.raises(InvalidCode):
        Ledger.tallies(place, PERIOD, after="v 1")
    with pytest.raises(InvalidCode):
        Ledger.villages(place, after="v 1")
    with pytest.raises(InvalidNumber):
        Ledger.villages(place, limit=0)
    nowhere = Ledger.tallies(tmp_path / "nowhere.db", PERIOD)
    with pytest.raises(NotALedger):
        next(nowhere)


def test_others_post_while_the_stream_is_open(place: str) -> None:
    """Between two villages of a stream nothing is held: another program posts, and the stream sees it."""
    stream = Ledger.tallies(place, PERIOD, level="village")
    assert FIRST == next(stream).village
    with Ledger.open(place, village="v0003", clock=StillClock()) as ledger:
        ledger.award("000", "yard-clean", on="2025-10-04", by="clerk:1")
    assert [EARNED, EARNED, EARNED + 5] == earned(stream)
