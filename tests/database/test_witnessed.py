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
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    CheckpointBehind,
    CheckpointForked,
    KeyOfVillage,
    NotALedger,
    NotASignedNote,
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
from pointsledger.rules.signed_note import Signature, SignedNote
from pointsledger.signing import SigningKey, seen_at
from pointsledger.testing import FixedClock
from pointsledger.witness import Witness
from tests.database.lived_in import VILLAGE, begin, plain

KEY = SigningKey.generate("township", witness=True)
NANYU, COMMITTEE = SigningKey.generate("nanyu"), SigningKey.generate("committee")
JANUARY, FEBRUARY = "2026-01", "2026-02"


class Scene:
    """A village, a backup of its book from before its first close, and a township."""

    def __init__(self, folder: Path) -> None:
        """Begin the book, keep a backup of it, and close January."""
        self.folder = folder
        self.book, self.backup = folder / "village.db", folder / "backup.db"
        self.lost = folder / "lost.db"
        self.copies, self.anew, self.seen = folder / "township.db", folder / "anew.db", folder / "seen"
        with begin(self.book, clock=FixedClock("2026-01-05T09:00")) as ledger:
            ledger.enrol("03-017", head="张三", by="clerk:1")
        shutil.copy(self.book, self.backup)
        self.award("2026-01-06T09:00", 3)
        self.january = self.close(JANUARY, "2026-02-01T09:00", "january")

    def award(self, at: str, times: int) -> None:
        """Enter some deeds."""
        with self.village(at) as ledger:
            for _ in range(times):
                ledger.award("03-017", "tidy", by="clerk:1")

    def village(self, at: str) -> Ledger:
        """Open the village's book at a moment."""
        return Ledger.open(self.book, clock=FixedClock(at))

    def close(self, month: str, at: str, name: str) -> Path:
        """Close a month and hand it in."""
        path = self.folder / f"{name}.hand-in"
        with self.village(at) as ledger:
            ledger.close(month, by="clerk:1")
            ledger.hand_in(month, path)
        return path

    def put_back(self, *, declared: bool = True) -> int:
        """Put the backup back, and declare what was lost; return the number of that record, 0 if it is not declared."""
        with self.village("2026-02-02T09:00") as ledger:
            lost = ledger.head()
        shutil.move(self.book, self.lost)
        shutil.copy(self.backup, self.book)
        if not declared:
            return 0
        with self.village("2026-02-03T09:00") as ledger:
            first = ledger.head().size + 1
            heads = [(lost.size, lost.root)]
            return ledger.recovered(lost_from=first, heads=heads, reason="硬盘坏了", by="clerk:1").seq

    def again(self, awards: int = 4) -> Path:
        """Enter January anew, with some deeds, and close it again."""
        self.award("2026-02-03T10:00", awards)
        return self.close(JANUARY, "2026-02-03T11:00", "january-again")

    def witness(self) -> Witness:
        """Return the township as a witness."""
        return Witness(self.seen, KEY)

    def growth(self, since: int = 0) -> Growth:
        """Return what the village gives to be cosigned by hand."""
        with self.village("2026-03-03T09:00") as ledger:
            ledger.checkpoint()
            return ledger.growth(since)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a village that has closed January, and a township that has seen nothing yet."""
    return Scene(tmp_path)


def grades(path: Path) -> list[tuple[str, str]]:
    """Return code and grade of what an audit of the township's copy finds."""
    found = Ledger.audit_at(path, people=False)
    return [(one.code, one.grade) for one in found if one.code != "balances-unchecked"]


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


# --- signatures that come later ------------------------------------------------------------------------


def by_village(growth: Growth, *keys: SigningKey) -> Growth:
    """Return a head that is given to be cosigned, with signatures of its village."""
    note = signed(growth.note)
    own = tuple(key.sign(note.text) for key in keys)
    return Growth(growth.old, growth.path, SignedNote(note.text, (*note.signatures, *own)).note())


def signers(note: str) -> list[str]:
    """Return the names of those whose signatures hold."""
    return sorted(key.name for key in (KEY, NANYU, COMMITTEE) if seen_at(signed(note), key.verifier) is not None)


def test_a_signature_that_comes_later_is_kept_and_given_back(scene: Scene) -> None:
    """A head that was cosigned without the village's line comes back with it, once it is asked for; each file stays."""
    first = scene.witness().cosign(scene.growth())
    asked = by_village(scene.growth(), NANYU)
    both = scene.witness().cosign(asked, signed_by=[NANYU.verifier])
    assert (["nanyu", "township"], True, both.note) == (
        signers(both.note),
        both.repeated,
        scene.witness().last(VILLAGE),
    )
    own = [one for one in signed(both.note).signatures if one.name == KEY.name]
    assert own == [*signed(first.note).signatures], "nothing was signed anew"
    files = {one.name: one.read_bytes() for one in scene.seen.glob("*.checkpoint")}
    again = [scene.witness().cosign(growth).note for growth in (asked, scene.growth(), by_village(asked, NANYU))]
    assert ([both.note, first.note, both.note], 2) == (again, len(files))
    every = scene.witness().cosign(by_village(scene.growth(), COMMITTEE)).note
    assert ["committee", "nanyu", "township"] == signers(every), "what was kept before is in it"
    assert files.items() < {one.name: one.read_bytes() for one in scene.seen.glob("*.checkpoint")}.items()


def test_the_head_under_a_declaration_comes_back_with_the_signature_asked_for(scene: Scene) -> None:
    """What an accepted recovery kept of itself has the township's line alone, until the village's is given in."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    seq = scene.put_back()
    declared = by_village(scene.growth(), NANYU)
    Ledger.take_in(scene.anew, scene.again(9), witness=scene.witness(), recovery=seq)
    last = scene.witness().last(VILLAGE)
    given = scene.witness().cosign(declared, signed_by=[NANYU.verifier])
    assert (["nanyu", "township"], True) == (signers(given.note), given.repeated)
    kept = scene.seen / f"{VILLAGE}-{seq:012}~1+1.checkpoint"
    assert (given.note, last) == (kept.read_text(encoding="utf-8"), scene.witness().last(VILLAGE))


def test_a_lost_head_comes_back_with_the_signature_asked_for(scene: Scene) -> None:
    """A head of the book that was lost is kept again beside the first, and the witness signs nothing of it anew."""
    lost = scene.growth()
    first = scene.witness().cosign(lost)
    seq = scene.put_back()
    Ledger.take_in(scene.anew, scene.again(9), witness=scene.witness(), recovery=seq)
    last = scene.witness().last(VILLAGE)
    given = scene.witness().cosign(by_village(lost, NANYU), signed_by=[NANYU.verifier])
    assert signed(first.note).signatures == signed(given.note).signatures[:1]
    assert (["nanyu", "township"], last) == (signers(given.note), scene.witness().last(VILLAGE))


def test_a_month_that_comes_signed_later_is_kept_so_in_the_copy(scene: Scene) -> None:
    """Taken once more with the village's line below the head, a month is kept with both lines in the copy."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    records, _, note = scene.january.read_text(encoding="utf-8").rpartition("\n\n")
    line = NANYU.sign(note).line()
    scene.january.write_text(f"{records}\n\n{note}\n{line}\n", encoding="utf-8")
    asked: dict[str, Any] = {"witness": scene.witness(), "signed_by": [NANYU.verifier]}
    taken = [Ledger.take_in(scene.copies, scene.january, **asked) for _ in range(2)]
    assert [(["nanyu", "township"], True)] * 2 == [(signers(one.note), one.repeated) for one in taken]
    with Ledger.open(scene.copies) as copy:
        assert [["township"], ["nanyu", "township"]] == [signers(one.note) for one in copy.checkpoints()]


def test_signatures_of_a_second_key_and_of_the_village_come_together(scene: Scene) -> None:
    """Where another key of the witness adds its line, what the village has signed since goes with it."""
    scene.witness().cosign(scene.growth())
    county = SigningKey.generate("county", witness=True)
    second = Witness(scene.seen, county, own=[KEY.verifier])
    given = second.cosign(by_village(scene.growth(), NANYU), signed_by=[NANYU.verifier])
    assert (["nanyu", "township"], False) == (signers(given.note), given.repeated)
    assert None is not seen_at(signed(given.note), county.verifier)


def test_more_signatures_than_can_be_read_again_are_not_kept(scene: Scene) -> None:
    """Lines that anybody can write below a head do not make a file that nobody reads, which would stop every act."""
    growth = scene.growth()
    junk = [Signature(f"{number:0200}", bytes(4), bytes(64)) for number in range(221)]
    parts = [SignedNote(growth.note, tuple(some)).note() for some in (junk, junk[:150], junk[100:])]
    full, one, other = (Growth(0, (), part) for part in parts)
    with pytest.raises(NotASignedNote, match="longer than 65,536"):
        scene.witness().cosign(full)
    scene.witness().cosign(one)
    assert 151 == len(signed(scene.witness().last(VILLAGE) or "").signatures)
    with pytest.raises(NotASignedNote, match="longer than 65,536"):
        scene.witness().cosign(other)
    assert 151 == len(signed(scene.witness().last(VILLAGE) or "").signatures)


@pytest.mark.parametrize("signs", [False, True], ids=["its own key", "its other key"])
def test_a_key_of_a_village_is_none_of_a_witness(tmp_path: Path, *, signs: bool) -> None:
    """What a village signs as it stands is nothing that a witness saw, so that its key is refused as the witness's."""
    with pytest.raises(KeyOfVillage) as caught:
        Witness(tmp_path, NANYU) if signs else Witness(tmp_path, KEY, own=[KEY.verifier, NANYU.verifier])
    assert ("nanyu", True) == (caught.value.data["name"], "--witness" in caught.value.say("zh"))


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
    assert (False, False, True) == (
        first.repeated,
        second.repeated,
        third.repeated,
    )  # a line more
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
