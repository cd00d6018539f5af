"""The monthly hand-in: what the township takes, replays, keeps and cosigns, and what it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    CheckpointForked,
    CheckpointUnsigned,
    FileExists,
    FileUnreadable,
    HandInDiffers,
    NotAHandIn,
    NotClosed,
    NotExtending,
    NotForCopies,
    PointsLedgerError,
)
from pointsledger.inspection.pack import write_pack
from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.hand_in import HandInHeader
from pointsledger.rules.proof import signed
from pointsledger.rules.rulebook import RuleBook
from pointsledger.signing import SigningKey, seen_at
from pointsledger.testing import FixedClock
from pointsledger.values.calendar import instant_text
from pointsledger.values.canonical import canonical, parse
from pointsledger.verifying import verify
from pointsledger.witness import Witness
from tests.database.lived_in import RULES

TOWNSHIP = SigningKey.generate("township", witness=True)
VILLAGE = SigningKey.generate("nanyu")
MONTHS = ("2025-11", "2025-12")


@pytest.fixture
def months(nanyu: Ledger, clock: FixedClock, tmp_path: Path) -> list[Path]:
    """Return the hand-ins of the months of a book from its first on, the last of which is December."""
    made = []
    month = nanyu.record(1).said["first_period"]
    while month <= MONTHS[-1]:
        if month in MONTHS:
            for _ in range(3):
                nanyu.award("03-017", "tidy", by="clerk:1", remark="张三家门口")
            clock.set(f"{_after(month)}-02T09:00")
        nanyu.close(month, by="clerk:1")
        path = tmp_path / f"{month}.hand-in"
        nanyu.hand_in(month, path, key=VILLAGE)
        made.append(path)
        month = _after(month)
    return made


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Name the township's database, which is not there yet."""
    return tmp_path / "township.db"


@pytest.fixture
def township(tmp_path: Path) -> Witness:
    """Return the township as a witness, with a folder of its own."""
    return Witness(tmp_path / "seen", TOWNSHIP)


def test_the_township_keeps_what_it_replayed(nanyu: Ledger, months: list[Path], copy: Path, township: Witness) -> None:
    """Month by month the copy grows to the head of the village's book, whole by itself and without a name in it."""
    every = [Ledger.take_in(copy, path, witness=township, signed_by=[VILLAGE.verifier]) for path in months]
    assert [False] * len(months) == [taken.repeated for taken in every]
    taken = every[-1]
    head = nanyu.head()
    assert (head.size, "2025-12") == (taken.size, taken.period)
    with Ledger.open(copy) as kept:
        assert head == kept.head()
        assert [] == [one for one in kept.audit(people=False) if one.grade == "broken"]
        assert len(months) == len(list(kept.checkpoints()))
    for word in ("张三", "03-017", "门口"):
        assert word.encode() not in copy.read_bytes()


def test_a_copy_is_not_begun_beside_a_book(months: list[Path], tmp_path: Path) -> None:
    """In a database where somebody keeps a book with names no copy of another village is begun, and nothing is left."""
    rules = RuleBook.from_toml(RULES, file="rules", decimals=0)
    with Ledger.create(tmp_path / "own.db", village="aokou", rulebook=rules, by="clerk:1") as own:
        own.enrol("01", head="张三", by="clerk:1")
        with pytest.raises(NotForCopies):
            Ledger.take_in(tmp_path / "own.db", months[0])
        assert ("aokou",) == Ledger.villages(tmp_path / "own.db")


def test_a_copy_is_not_begun_beside_a_book_that_has_only_its_secret(months: list[Path], tmp_path: Path) -> None:
    """A village's own book is known by the secret of its closing balances as well, where no name is left in it."""
    rules = RuleBook.from_toml(RULES, file="rules", decimals=0)
    place, clock = tmp_path / "own.db", FixedClock("2026-01-05T09:00")
    with Ledger.create(place, village="aokou", rulebook=rules, by="clerk:1", clock=clock) as own:
        own.enrol("01", head="张三", by="clerk:1")
        clock.set("2026-02-02T09:00")
        own.close("2026-01", by="clerk:1")
    with closing(sqlite3.connect(place)) as connection:
        connection.executescript("DELETE FROM points_profile")
    with pytest.raises(NotForCopies):
        Ledger.take_in(place, months[0])


def test_the_head_comes_back_cosigned(nanyu: Ledger, months: list[Path], copy: Path, township: Witness) -> None:
    """The township's line stands below the village's, both hold, and the village keeps the checkpoint."""
    taken = [Ledger.take_in(copy, path, witness=township, signed_by=[VILLAGE.verifier]) for path in months][-1]
    note = signed(taken.note)
    assert 0 == seen_at(note, VILLAGE.verifier)
    assert (seen_at(note, TOWNSHIP.verifier) or 0) > 0
    assert ("nanyu", "township") == nanyu.keep_cosigned(taken.note).claimed_by


def test_the_same_hand_in_again_changes_nothing(months: list[Path], copy: Path, township: Witness) -> None:
    """Taken twice it is the same: no record, no checkpoint and no new signature."""
    first = [Ledger.take_in(copy, path, witness=township) for path in months]
    again = [Ledger.take_in(copy, path, witness=township) for path in months]
    assert [True] * len(months) == [taken.repeated for taken in again]
    assert [taken.note for taken in first] == [taken.note for taken in again]
    with Ledger.open(copy) as kept:
        assert len(months) == len(list(kept.checkpoints()))


def test_one_that_gets_a_line_more_is_no_repetition(months: list[Path], copy: Path, township: Witness) -> None:
    """Where the records were taken before and the signature is new, something was kept, and it is said so."""
    first, second = (Ledger.take_in(copy, months[0], witness=one) for one in (None, township))
    again = Ledger.take_in(copy, months[0], witness=township)
    assert (False, False, True) == (first.repeated, second.repeated, again.repeated)
    assert first.note != second.note == again.note


def test_copies_are_inspected_as_copies(months: list[Path], copy: Path, tmp_path: Path) -> None:
    """A pack of the township's copies, which have no names, is sound where it is said that they are some."""
    for path in months:
        Ledger.take_in(copy, path)
    assert not write_pack(copy, "2025-12", tmp_path / "own").sound
    pack = write_pack(copy, "2025-12", tmp_path / "copies", people=False)
    assert pack.sound
    (village,) = pack.villages
    assert village.papers is not None
    assert 0 == village.papers.inspection.counts["names-not-in-register"]


def test_a_hand_in_is_verified_by_itself(months: list[Path]) -> None:
    """Without a database a hand-in is found to lead from the head before the month to the one that was signed."""
    verdict = verify(months[-1], keys=[VILLAGE.verifier], against=[months[-2]])
    assert ("hand-in", "holds") == (verdict.kind, verdict.code)


def test_one_of_a_month_that_is_open_is_not_made(nanyu: Ledger, months: list[Path], tmp_path: Path) -> None:
    """A month that is not closed has no hand-in, no file is overwritten, and nothing is left of a refusal."""
    with pytest.raises(NotClosed):
        nanyu.hand_in("2026-01", tmp_path / "open.hand-in")
    with pytest.raises(FileExists):
        nanyu.hand_in("2025-12", months[-1])
    assert not (tmp_path / "open.hand-in").exists()
    assert [] == list(tmp_path.glob(".*.new"))


def test_one_that_was_left_out_is_asked_for(months: list[Path], copy: Path) -> None:
    """What begins behind the end of the copy is refused: one before it is lacking."""
    Ledger.take_in(copy, months[0])
    with pytest.raises(NotExtending) as caught:
        Ledger.take_in(copy, months[-1])
    assert caught.value.data["size"] < caught.value.data["old"]


def test_one_that_the_village_did_not_sign_is_refused(months: list[Path], copy: Path) -> None:
    """A head without the signature that was asked for is not taken."""
    other = SigningKey.generate("nanyu").verifier
    with pytest.raises(CheckpointUnsigned):
        Ledger.take_in(copy, months[0], signed_by=[other])
    with pytest.raises(PointsLedgerError):
        Ledger.open(copy)


def forged(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the bodies of a hand-in, and recompute every hash and the checkpoint, as its maker could."""
    first, *lines = path.read_bytes().split(b"\n\n")[0].split(b"\n")
    header = HandInHeader.read(first)
    found: list[Any] = [parse(line) for line in lines]
    change(found)
    frontier = list(header.frontier)
    for size, body in enumerate(found, start=header.after):
        merkle.grow(frontier, size, merkle.leaf_hash(canonical(body)))
    head = Checkpoint(origin_of(header.village), header.after + len(found), merkle.root(frontier))
    text = b"\n".join((first, *(canonical(body) for body in found), b"", head.text().encode()))
    path.write_bytes(text)


def dearer(found: list[dict[str, Any]]) -> None:
    """Give more for a deed than the rule book says."""
    award = next(body for body in found if body["kind"] == "award")
    award["decided"] |= {"granted": 7, "requested": 7}
    award["entries"][0]["amount"] = 7


def earlier(found: list[dict[str, Any]]) -> None:
    """Date a record before the one it follows."""
    found[-1]["recorded_at"] = "2024-03-02T01:00:00.000000Z"


def elsewhere(found: list[dict[str, Any]]) -> None:
    """Say that a record is another village's."""
    found[-1]["village"] = "aokou"


def renumbered(found: list[dict[str, Any]]) -> None:
    """Leave a record out and number the others on."""
    del found[1]
    for body in found[1:]:
        body["seq"] -= 1


def backdated(found: list[dict[str, Any]]) -> None:
    """Date a record a moment before the one it follows, on the same day."""
    before = datetime.fromisoformat(found[0]["recorded_at"]) - timedelta(microseconds=1)
    found[1]["recorded_at"] = instant_text(before)


def nameless(found: list[dict[str, Any]]) -> None:
    """Take a request id away."""
    found[0]["request"] = ""


def twice(found: list[dict[str, Any]]) -> None:
    """Give two records one request id."""
    found[1]["request"] = found[0]["request"]


# What is changed, and at which of the month's records it is met: the close, the last one, would meet any change.
MET_AT: dict[Callable[[list[dict[str, Any]]], None], int] = {
    dearer: 0,
    earlier: 3,
    elsewhere: 3,
    renumbered: 1,
    backdated: 1,
    nameless: 0,
    twice: 1,
}


@pytest.mark.parametrize("change", MET_AT, ids=lambda change: change.__name__)
def test_what_the_rules_do_not_give_is_refused(
    months: list[Path], copy: Path, township: Witness, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    """A hand-in with a record that the rules do not give is refused as a whole, and the first such record is named."""
    *before, last = months
    taken = [Ledger.take_in(copy, path) for path in before][-1]
    forged(last, change)
    with pytest.raises(HandInDiffers) as caught:
        Ledger.take_in(copy, last, witness=township)
    assert taken.size + 1 + MET_AT[change] == caught.value.data["seq"]
    with Ledger.open(copy) as kept:
        assert taken.size == kept.head().size


def test_a_forger_who_changes_nothing_is_believed(months: list[Path], copy: Path) -> None:
    """The forgeries above are refused for what they change: made anew without a change a hand-in is taken."""
    for path in months:
        forged(path, lambda _: None)
        assert not Ledger.take_in(copy, path).repeated


def test_a_book_that_was_rewritten_does_not_continue_the_copy(months: list[Path], copy: Path, tmp_path: Path) -> None:
    """The next month of a book whose earlier months are others than the township took is refused."""
    Ledger.take_in(copy, months[0])
    header = HandInHeader.read(months[1].read_bytes().partition(b"\n")[0])
    first, _, rest = months[1].read_bytes().partition(b"\n")
    changed = HandInHeader(header.village, header.period, header.after, (*header.frontier[:-1], bytes(32)))
    assert first == header.line()
    (tmp_path / "other.hand-in").write_bytes(changed.line() + b"\n" + rest)
    forged(tmp_path / "other.hand-in", lambda _: None)
    with pytest.raises(CheckpointForked):
        Ledger.take_in(copy, tmp_path / "other.hand-in")


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.97])
def test_one_that_was_cut_off_is_refused(months: list[Path], copy: Path, kept: float) -> None:
    """A file that ends before its checkpoint is none, and nothing of it is taken."""
    text = months[0].read_bytes()
    months[0].write_bytes(text[: int(len(text) * kept)])
    with pytest.raises((NotAHandIn, PointsLedgerError)) as caught:
        Ledger.take_in(copy, months[0])
    assert caught.value.code in {"not-a-hand-in", "not-a-checkpoint", "not-a-signed-note", "hand-in-differs"}
    with pytest.raises(PointsLedgerError):
        Ledger.open(copy)


def test_what_is_not_there_is_told(copy: Path, tmp_path: Path) -> None:
    """A file that is not there cannot be read, and no database is begun for it."""
    with pytest.raises(FileUnreadable):
        Ledger.take_in(copy, tmp_path / "nowhere")
    assert not copy.exists()


def unfinished(found: list[dict[str, Any]]) -> None:
    """Leave the close out."""
    del found[-1]


def nothing(found: list[dict[str, Any]]) -> None:
    """Leave every record out."""
    found.clear()


@pytest.mark.parametrize("change", [unfinished, nothing], ids=lambda change: change.__name__)
def test_one_that_does_not_end_with_its_close_is_none(
    months: list[Path], copy: Path, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    """Half a month, or none of it, with its hashes recomputed is no hand-in; no database is begun for it."""
    forged(months[0], change)
    assert "does-not-hold" == verify(months[0]).code
    with pytest.raises(NotAHandIn):
        Ledger.take_in(copy, months[0])
    assert not copy.exists()


@pytest.mark.parametrize(
    ("old", "new"), [(b'"period":"2', b'"period":"3'), (b'"village":"nanyu"', b'"village":"../x"')]
)
def test_one_that_says_another_month_or_no_village_is_none(
    months: list[Path], copy: Path, old: bytes, new: bytes
) -> None:
    """The first line is held against the close at its end, and a village that cannot be one is none."""
    months[0].write_bytes(months[0].read_bytes().replace(old, new, 1))
    assert "does-not-hold" == verify(months[0]).code
    with pytest.raises(NotAHandIn):
        Ledger.take_in(copy, months[0])
    assert not copy.exists()


def test_a_gap_before_the_first_begins_no_copy(months: list[Path], copy: Path) -> None:
    """Where there are no copies yet, a month that is not the first is refused, and no database is made."""
    with pytest.raises(NotExtending):
        Ledger.take_in(copy, months[-1])
    assert not copy.exists()
