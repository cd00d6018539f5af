"""What a township keeps of a village that put a backup back, and the one memory of what it cosigned.

The village closes January with 12 records or so, hands it in, and loses the end of its book. The township has to refuse
the book that goes on from the backup, and has an honest way to accept it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    CheckpointBehind,
    CheckpointForked,
    NotALedger,
    NotExtending,
    NothingLost,
    OptionRequired,
    RecoveryDeclared,
    RecoveryMissing,
    UnknownVillage,
)
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import head_of, signed
from pointsledger.rules.signed_note import Signature
from pointsledger.signing import seen_at
from pointsledger.testing import FixedClock
from pointsledger.witness import Witness
from tests.database.lived_in import VILLAGE, plain
from tests.database.township import FEBRUARY, KEY, Scene, grades

# --- one memory ----------------------------------------------------------------------------------------


def test_what_was_taken_in_is_not_cosigned_otherwise_by_hand(scene: Scene) -> None:
    """After a hand-in was taken and cosigned, another book of the same village is refused by hand as well."""
    taken = Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    assert (taken.note, head_of(taken.note).size) == (scene.witness().last(VILLAGE), taken.size)
    scene.put_back(declared=False)
    scene.award("2026-02-03T10:00", 9)
    for since in (0, taken.size):
        with pytest.raises((CheckpointForked, NotExtending)):
            scene.witness().cosign(scene.growth(since))
    assert taken.note == scene.witness().last(VILLAGE)


def test_what_was_cosigned_by_hand_is_not_taken_in_otherwise(scene: Scene) -> None:
    """After a checkpoint was cosigned by hand, the month of another book is refused, and nothing of it is kept."""
    scene.witness().cosign(scene.growth())
    scene.put_back(declared=False)
    other = scene.again()
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.copies, other, witness=scene.witness())
    with pytest.raises(UnknownVillage):
        Ledger.open(scene.copies, village=VILLAGE)
    assert not Ledger.take_in(scene.copies, scene.january, witness=scene.witness()).repeated


def test_both_ways_go_on_from_one_another(scene: Scene) -> None:
    """A month that is taken extends what was cosigned by hand, and what is cosigned by hand the month before it."""
    taken = Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    assert taken.note == scene.witness().cosign(scene.growth()).note, "the same head comes back as it is"
    scene.award("2026-02-06T09:00", 2)
    by_hand = scene.witness().cosign(scene.growth(taken.size))
    assert head_of(taken.note) == by_hand.before
    february = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    later = Ledger.take_in(scene.copies, february, witness=scene.witness())
    assert (seen_at(signed(later.note), KEY.verifier) or 0) > 0
    assert later.note == scene.witness().last(VILLAGE)


def test_a_month_behind_what_was_seen_is_not_cosigned(scene: Scene) -> None:
    """Where a later head was cosigned by hand, an earlier month cannot be held against it, and is taken unsigned."""
    scene.award("2026-02-06T09:00", 2)
    scene.witness().cosign(scene.growth())
    with pytest.raises(CheckpointBehind):
        Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    assert () == signed(Ledger.take_in(scene.copies, scene.january).note).signatures
    february = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    assert 1 == len(signed(Ledger.take_in(scene.copies, february, witness=scene.witness()).note).signatures)


class Interrupted:
    """A key that somebody else wants to use while it signs: it waits, for a while, for that to be done."""

    verifier = KEY.verifier

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        """Do ``meanwhile`` in another thread while this signs."""
        self._thread = Thread(target=meanwhile)

    def sign(self, text: str, *, at: int = 0) -> Signature:
        """Sign, after the other had the time to get in between."""
        self._thread.start()
        self._thread.join(1)
        return KEY.sign(text, at=at)

    def wait(self) -> None:
        """Wait for the other."""
        self._thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="there, the file that is open keeps others out")
def test_two_who_cosign_at_once_do_not_cosign_two_books(tmp_path: Path) -> None:
    """While a head is cosigned, whoever comes with one that excludes it waits, and is refused by what was kept."""
    first, other = (Checkpoint(origin_of(VILLAGE), size, bytes([size] * 32)).text() for size in (3, 5))
    refused: list[str] = []

    def meanwhile() -> None:
        try:
            Witness(tmp_path, KEY).cosign(Growth(0, (), other))
        except NotExtending as error:
            refused.append(error.code)

    key = Interrupted(meanwhile)
    given = Witness(tmp_path, key).cosign(Growth(0, (), first))
    key.wait()
    assert (["not-extending"], given.note) == (refused, Witness(tmp_path, KEY).last(VILLAGE))


# --- a recovery ----------------------------------------------------------------------------------------


def test_a_recovery_is_refused_by_its_record(scene: Scene) -> None:
    """The copy does not go on with a book that was put back: the refusal names the record that declares it."""
    taken = Ledger.take_in(scene.copies, scene.january)
    seq = scene.put_back()
    with pytest.raises(RecoveryDeclared) as caught:
        Ledger.take_in(scene.copies, scene.again())
    assert (seq, taken.size) == (caught.value.data["seq"], caught.value.data["size"])
    assert f"Record {seq} " in caught.value.say()


def test_what_is_not_declared_stays_a_fork(scene: Scene) -> None:
    """Without a declaration the same is a fork, and naming a record does not help."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    scene.put_back(declared=False)
    again = scene.again()
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.copies, again, witness=scene.witness())
    with pytest.raises(RecoveryMissing):
        Ledger.take_in(scene.anew, again, recovery=6, earlier=scene.copies)
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.anew, again, recovery=6, witness=scene.witness())


@pytest.mark.parametrize("awards", [0, 3, 9], ids=["shorter", "as long", "longer"])
@pytest.mark.parametrize("signs", [False, True])
def test_a_recovery_is_accepted_by_its_record(scene: Scene, awards: int, *, signs: bool) -> None:
    """Begun anew with the record named, the copy goes on, keeps both heads, and says so in every take and audit."""
    witness = scene.witness() if signs else None
    taken = Ledger.take_in(scene.copies, scene.january, witness=witness)
    seq = scene.put_back()
    again = scene.again(awards)
    for wrong in (seq + 1, 2):
        with pytest.raises(RecoveryDeclared if signs and wrong == seq else RecoveryMissing):
            Ledger.take_in(scene.anew, again, witness=witness, recovery=wrong, earlier=scene.copies)
    accepted = Ledger.take_in(scene.anew, again, witness=witness, recovery=seq, earlier=scene.copies)
    assert ((seq,), (head_of(taken.note),)) == (accepted.recoveries, accepted.lost)
    february = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    for path in (february, again, february):
        later = Ledger.take_in(scene.anew, path, witness=witness)
        assert ((seq,), (head_of(taken.note),)) == (later.recoveries, later.lost)
    assert [("recovered", "note"), ("checkpoint-declared", "irregular")] == grades(scene.anew)
    with Ledger.open(scene.anew) as copy:
        notes = [one.note for one in copy.checkpoints()]
    assert [taken.note, accepted.note, Ledger.take_in(scene.anew, february).note] == notes
    if signs:
        assert head_of(notes[-1]) == head_of(scene.witness().last(VILLAGE) or "")
        assert 4 == len([*scene.seen.glob("*.checkpoint")]), "what was seen before stays, and what declared it lost"
    with Ledger.open(scene.copies) as old:
        assert taken.size == old.head().size, "the copies so far are as they were"


def test_a_witness_without_the_earlier_copies_remembers(scene: Scene) -> None:
    """Copies begun anew without those so far are held against what was cosigned, and the lost head is kept in them."""
    taken = Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    seq = scene.put_back()
    again = scene.again()
    with pytest.raises(RecoveryDeclared) as caught:
        Ledger.take_in(scene.anew, again, witness=scene.witness())
    assert seq == caught.value.data["seq"]
    accepted = Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=seq)
    assert (head_of(taken.note),) == accepted.lost
    assert accepted.note == Ledger.take_in(scene.anew, again, witness=scene.witness()).note
    assert taken.note == Ledger.take_in(scene.copies, scene.january, witness=scene.witness()).note
    shutil.copy(scene.lost, scene.book)
    scene.award("2026-02-06T09:00", 9)
    february = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    with pytest.raises(CheckpointForked):  # the lost book turns up, and goes on
        Ledger.take_in(scene.copies, february, witness=scene.witness())


def test_a_backup_of_such_a_copy_has_both_heads(scene: Scene) -> None:
    """What the copy kept of the lost book is carried, also where that was longer than the book that goes on."""
    Ledger.take_in(scene.copies, scene.january)
    seq = scene.put_back()
    Ledger.take_in(scene.anew, scene.again(0), recovery=seq, earlier=scene.copies)
    target = scene.folder / "carried.db"
    Ledger.migrate(scene.anew, target)
    with Ledger.open(scene.anew) as one, Ledger.open(target) as other:
        assert [2, 2] == [len([*book.checkpoints()]) for book in (one, other)]


def test_what_was_not_lost_is_not_accepted(scene: Scene) -> None:
    """A book that extends the copy needs no acceptance, and one that names only half of what it takes is told."""
    Ledger.take_in(scene.copies, scene.january)
    with pytest.raises(NothingLost):
        Ledger.take_in(scene.anew, scene.january, recovery=6, earlier=scene.copies)
    with pytest.raises(OptionRequired):
        Ledger.take_in(scene.anew, scene.january, recovery=6)
    with pytest.raises(OptionRequired):
        Ledger.take_in(scene.anew, scene.january, earlier=scene.copies)


@pytest.mark.parametrize("more", [0, 40])
def test_an_old_declaration_excuses_no_later_fork(scene: Scene, more: int) -> None:
    """What a village declared before the copies were taken is of another loss, however far that one reached."""
    scene.award("2026-02-01T10:00", more)
    seq = scene.put_back()
    Ledger.take_in(scene.copies, scene.again())
    shutil.copy(scene.book, scene.backup)
    scene.award("2026-02-06T09:00", 3)
    Ledger.take_in(scene.copies, scene.close(FEBRUARY, "2026-03-01T09:00", "february"))
    shutil.copy(scene.backup, scene.book)
    scene.award("2026-02-07T09:00", 2)
    fork = scene.close(FEBRUARY, "2026-03-01T10:00", "fork")
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.copies, fork)
    with pytest.raises(RecoveryMissing):
        Ledger.take_in(scene.anew, fork, recovery=seq, earlier=scene.copies)


def test_a_declaration_reaches_as_far_as_it_says(scene: Scene) -> None:
    """A township that holds more than a village has declared lost asks for a declaration of that as well."""
    taken = Ledger.take_in(scene.copies, scene.january)
    scene.put_back(declared=False)
    with scene.village("2026-02-03T09:00") as ledger:
        first, known = ledger.head().size + 1, [(taken.size - 1, "ab" * 32)]
        short = ledger.recovered(lost_from=first, heads=known, reason="硬盘坏了", by="clerk:1").seq
        head = (taken.size, head_of(taken.note).root)
        whole = ledger.recovered(lost_from=first, heads=[*known, head], reason="镇里另有一份", by="clerk:1").seq
    again = scene.again()
    with pytest.raises(RecoveryMissing):
        Ledger.take_in(scene.anew, again, recovery=short, earlier=scene.copies)
    assert (head_of(taken.note),) == Ledger.take_in(scene.anew, again, recovery=whole, earlier=scene.copies).lost


def test_a_month_that_the_copies_so_far_lack_is_asked_for(scene: Scene) -> None:
    """A hand-in that begins behind the end of the copies so far does not say what stood between."""
    taken = Ledger.take_in(scene.copies, scene.january)
    seq = scene.put_back()
    scene.again(20)
    later = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    with pytest.raises(NotExtending) as caught:
        Ledger.take_in(scene.anew, later, recovery=seq, earlier=scene.copies)
    assert taken.size == caught.value.data["size"] < caught.value.data["old"]


def test_a_lost_head_is_kept_once(scene: Scene) -> None:
    """Taken again with a witness, who saw the head that was lost as well, a copy has it no second time."""
    taken = Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    seq = scene.put_back()
    again = scene.again()
    first = Ledger.take_in(scene.anew, again, recovery=seq, earlier=scene.copies)
    second, third = (Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=seq) for _ in range(2))
    # The second has a line more, the witness's.
    assert [False, False, True] == [taken_in.repeated for taken_in in (first, second, third)]
    assert [(head_of(taken.note),)] * 3 == [first.lost, second.lost, third.lost]


def test_a_copy_keeps_no_head_from_before_its_records(scene: Scene) -> None:
    """By a clock that is behind, a head is kept under the moment of the last record that it is over."""
    Ledger.take_in(scene.copies, scene.january, clock=FixedClock("2025-01-01T09:00"))
    with Ledger.open(scene.copies) as copy:
        (issued,) = copy.checkpoints()
        assert copy.record(issued.head.size).recorded_at == issued.issued_at


def test_a_month_behind_another_one_is_not_begun_anew_from_the_copies(scene: Scene) -> None:
    """What stood before a hand-in has to be what the copies so far have there, which are counted."""
    taken = Ledger.take_in(scene.copies, scene.january)
    seq = scene.put_back()
    scene.again(0)
    later = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    with pytest.raises(CheckpointForked) as caught:
        Ledger.take_in(scene.anew, later, recovery=seq, earlier=scene.copies)
    assert caught.value.data["size"] < taken.size == caught.value.data["found"]


def test_a_copy_whose_tree_was_changed_is_not_cosigned(scene: Scene) -> None:
    """A head comes back only for a copy that leads to it, though every record in the copy is the one of the hand-in."""
    taken = Ledger.take_in(scene.copies, scene.january)
    with plain(scene.copies, guarded=False) as connection:
        connection.execute("UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = ?", (taken.size,))
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    assert not list(scene.seen.glob("*.checkpoint"))


def test_copies_that_are_not_there_are_not_begun(scene: Scene) -> None:
    """Where the copies so far are said to be and are not, nothing is made, neither there nor anew."""
    for missing in (scene.folder / "nothere.db", scene.january):
        with pytest.raises(NotALedger):
            Ledger.take_in(scene.anew, scene.january, recovery=6, earlier=missing)
    assert {False} == {scene.anew.exists(), (scene.folder / "nothere.db").exists()}
