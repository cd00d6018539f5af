"""The folder of a witness, what it gives back from there, and how far back a declared loss excuses a book.

The village is that of ``test_witnessed``: it has closed January with a dozen records or fewer.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    CheckpointBehind,
    CheckpointForked,
    FileUnreadable,
    NotACheckpoint,
    NotCosigned,
    RecoveryDeclared,
)
from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import head_of, signed
from pointsledger.rules.signed_note import SignedNote
from pointsledger.signing import SigningKey, seen_at
from pointsledger.witness import Witness
from tests.database.lived_in import VILLAGE
from tests.database.township import FEBRUARY, JANUARY, KEY, Scene, grades

COUNTY = SigningKey.generate("county", witness=True)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a village that has closed January, and a township that has seen nothing yet."""
    return Scene(tmp_path)


def names(scene: Scene) -> list[str]:
    """Return what the files of the witness are called, without the village and its dash."""
    return sorted(one.name.removeprefix(f"{VILLAGE}-") for one in scene.seen.glob("*.checkpoint"))


def has_signed(note: str) -> list[str]:
    """Return which of the two witness keys have signed a note."""
    return [key.name for key in (KEY, COUNTY) if seen_at(signed(note), key.verifier) is not None]


# --- a loss that is declared too short -----------------------------------------------------------------


class Rewritten(NamedTuple):
    """A book that was put back and rewritten from far behind, and says that only its last record is lost."""

    between: Growth
    last: Growth
    seq: int
    again: Path


def rewritten(scene: Scene) -> Rewritten:
    """Give out two heads of a book, then rewrite it from the backup on and declare the last record alone as lost."""
    shutil.copy(scene.backup, scene.book)
    scene.award("2026-01-06T09:00", 2)
    between = scene.growth()
    scene.award("2026-01-07T09:00", 3)
    scene.january = scene.close(JANUARY, "2026-02-01T09:00", "whole-january")
    last = scene.growth(between.checkpoint.size)
    lost = last.checkpoint
    scene.put_back(declared=False)
    scene.award("2026-02-03T08:00", lost.size - 1 - Ledger.open(scene.book).head().size)
    with scene.village("2026-02-03T09:00") as ledger:
        heads = [(lost.size, lost.root)]
        seq = ledger.recovered(lost_from=lost.size, heads=heads, reason="硬盘坏了", by="clerk:1").seq
    return Rewritten(between, last, seq, scene.again(0))


@pytest.mark.parametrize("signs", [False, True])
def test_a_declaration_excuses_nothing_before_what_it_says_is_lost(scene: Scene, *, signs: bool) -> None:
    """A book that was rewritten before the record from which on it declares itself lost is not begun anew."""
    forged = rewritten(scene)
    witness = scene.witness() if signs else None
    Ledger.take_in(scene.copies, scene.january, witness=witness)
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.anew, forged.again, witness=witness, recovery=forged.seq, earlier=scene.copies)
    with pytest.raises(CheckpointForked):  # and is not offered to be accepted
        Ledger.take_in(scene.copies, forged.again, witness=witness)


def test_a_witness_holds_against_what_it_saw_before_the_loss(scene: Scene) -> None:
    """Without the copies so far, a head in the folder from before the loss is one that the book has to have."""
    forged = rewritten(scene)
    scene.witness().cosign(forged.between)
    scene.witness().cosign(forged.last)
    for recovery in (None, forged.seq):
        with pytest.raises(CheckpointForked) as caught:
            Ledger.take_in(scene.anew, forged.again, witness=scene.witness(), recovery=recovery)
        assert forged.between.checkpoint.size == caught.value.data["size"]
    assert 2 == len(names(scene)), "nothing was cosigned"


def test_what_is_the_same_before_the_loss_is_accepted(scene: Scene) -> None:
    """A head that was cosigned before the loss began, and is of the book that goes on, stands in nobody's way."""
    shutil.copy(scene.book, scene.backup)
    common = head_of(scene.witness().cosign(scene.growth()).note)
    scene.award("2026-02-02T08:00", 2)
    scene.witness().cosign(scene.growth(common.size))
    seq = scene.put_back()
    again = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    Ledger.take_in(scene.copies, scene.january)
    with pytest.raises(RecoveryDeclared):
        Ledger.take_in(scene.copies, again, witness=scene.witness())
    accepted = Ledger.take_in(scene.copies, again, witness=scene.witness(), recovery=seq)
    assert ((seq,), 1) == (accepted.recoveries, len(accepted.lost))


def test_what_was_declared_and_accepted_before_is_no_hindrance(scene: Scene) -> None:
    """A village that loses its book twice is accepted twice: what the first loss excused stays excused."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    first = scene.put_back()
    again = scene.again(9)
    Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=first, earlier=scene.copies)
    shutil.copy(scene.book, scene.backup)
    scene.award("2026-02-06T09:00", 3)
    february = scene.close(FEBRUARY, "2026-03-01T09:00", "february")
    Ledger.take_in(scene.anew, february, witness=scene.witness())
    with scene.village("2026-03-02T09:00") as ledger:
        lost = ledger.head()
    shutil.copy(scene.backup, scene.book)
    with scene.village("2026-03-02T10:00") as ledger:
        since, heads = ledger.head().size + 1, [(lost.size, lost.root)]
        second = ledger.recovered(lost_from=since, heads=heads, reason="又坏了", by="clerk:1").seq
    anew, fork = scene.folder / "third.db", scene.close(FEBRUARY, "2026-03-02T11:00", "february-again")
    accepted = Ledger.take_in(anew, fork, witness=scene.witness(), recovery=second, earlier=scene.anew)
    assert (first, second) == accepted.recoveries
    lines = [name.rpartition("~")[2][0] if "~" in name else "0" for name in names(scene)]
    assert ["0", "1", "1", "1", "2", "2"] == sorted(lines), "each line begins with what declared the one before lost"
    assert "irregular" in dict(grades(anew)).values()


def test_a_recovery_is_accepted_by_its_own_number_alone(scene: Scene) -> None:
    """Without the copies so far another number than that of the declaration accepts nothing; its own does."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    seq = scene.put_back()
    again = scene.again()
    for wrong in (seq + 1, 2):
        with pytest.raises(RecoveryDeclared):
            Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=wrong)
    assert (seq,) == Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=seq).recoveries


def test_a_book_goes_on_in_the_line_that_was_accepted(scene: Scene) -> None:
    """What is cosigned by hand after a recovery belongs to the book that goes on, time after time."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    seq = scene.put_back()
    taken = Ledger.take_in(scene.anew, scene.again(), witness=scene.witness(), recovery=seq)
    last = head_of(taken.note).size
    for hour in (1, 2):
        scene.award(f"2026-03-01T{hour:02}:00", 2)
        last = head_of(scene.witness().cosign(scene.growth(last)).note).size
        assert f"{last:012}~1.checkpoint" in names(scene)


def test_a_second_loss_does_not_widen_the_first(scene: Scene) -> None:
    """A book rewritten from far before, which says anew how far an accepted loss reached, is a fork."""
    early = Path(shutil.copy(scene.backup, scene.folder / "early.db"))
    shutil.copy(scene.backup, scene.book)
    scene.award("2026-01-06T09:00", 4)
    seen = head_of(scene.witness().cosign(scene.growth()).note)
    shutil.copy(scene.book, scene.backup)  # a backup that has what the witness saw first
    scene.award("2026-01-07T09:00", 3)
    lost = head_of(scene.witness().cosign(scene.growth(seen.size)).note)
    first = scene.put_back()
    accepted = head_of(Ledger.take_in(scene.anew, scene.again(6), witness=scene.witness(), recovery=first).note)
    shutil.copy(early, scene.book)
    with scene.village("2026-02-04T09:00") as ledger:
        since = ledger.head().size + 1
        ledger.recovered(lost_from=since, heads=[(lost.size, lost.root)], reason="硬盘坏了", by="clerk:1")
    scene.award("2026-02-04T09:30", accepted.size - 1 - since)
    with scene.village("2026-02-04T10:00") as ledger:
        heads = [(accepted.size, accepted.root)]
        second = ledger.recovered(lost_from=accepted.size, heads=heads, reason="又坏了", by="clerk:1").seq
    forged = scene.close(JANUARY, "2026-02-04T11:00", "forged")
    for recovery in (None, second):
        with pytest.raises(CheckpointForked) as caught:
            Ledger.take_in(scene.folder / "third.db", forged, witness=scene.witness(), recovery=recovery)
        assert first == caught.value.data["size"], "the head under which the first loss was declared"


def test_a_declaration_reaches_as_far_as_those_it_extends(scene: Scene) -> None:
    """One that extends another, with a later first record, excuses what that one excused."""
    taken = Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    head = head_of(taken.note)
    scene.put_back(declared=False)
    scene.award("2026-02-03T08:00", 2)  # entered again, before anybody said that they were lost
    with scene.village("2026-02-03T09:00") as ledger:
        before = ledger.head().size + 1
        ledger.recovered(lost_from=before - 2, heads=[(head.size - 1, "ab" * 32)], reason="硬盘坏了", by="clerk:1")
        heads = [(head.size, head.root)]
        seq = ledger.recovered(lost_from=before, heads=heads, reason="另有", by="clerk:1").seq
    again = scene.again()
    accepted = Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=seq, earlier=scene.copies)
    assert (head,) == accepted.lost


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'"lost_from":[0-9]+', b'"lost_from":"all"'),
        (rb'"lost_through":[0-9]+', b'"lost_through":[]'),
        (rb'"lost_from":', b'"extends":{},"lost_from":'),
        (rb'"kind":"recovered"', b'"kind":"recovered","kind":"recovered"'),
    ],
    ids=["a word", "a list", "an object", "no record"],
)
def test_a_forged_declaration_excuses_nothing(scene: Scene, old: bytes, new: bytes) -> None:
    """In a book that is not the one that was taken, a declaration that no village could make leaves it a fork."""
    Ledger.take_in(scene.copies, scene.january)
    scene.put_back()
    again = scene.again()
    header, rest = again.read_bytes().split(b"\n", 1)
    bodies = re.sub(old, new, rest.partition(b"\n\n")[0]).split(b"\n")
    frontier: list[bytes] = []
    for size, body in enumerate(bodies):
        merkle.grow(frontier, size, merkle.leaf_hash(body))
    head = Checkpoint(origin_of(VILLAGE), len(bodies), merkle.root(frontier))
    again.write_bytes(b"\n".join((header, *bodies, b"", head.text().encode())))
    with pytest.raises(CheckpointForked):
        Ledger.take_in(scene.copies, again)


# --- the folder ----------------------------------------------------------------------------------------


def renamed(file: Path) -> None:
    """Say another size in the name."""
    file.rename(file.with_name(f"{VILLAGE}-000000000001.checkpoint"))


def capital(file: Path) -> None:
    """Say the village in another case."""
    file.rename(file.with_name(file.name.capitalize()))


def loud(file: Path) -> None:
    """Write the ending in another case."""
    file.rename(file.with_suffix(".CHECKPOINT"))


def hidden(file: Path) -> None:
    """Hide the file."""
    file.rename(file.with_name(f".{file.name}"))


def foreign(file: Path) -> None:
    """Make it another village's."""
    file.write_text(file.read_text(encoding="utf-8").replace(VILLAGE, "beihe"), encoding="utf-8")


def nobodys(file: Path) -> None:
    """Make it a checkpoint of something else."""
    file.write_text(file.read_text(encoding="utf-8").replace("pointsledger/", "elsewhere/"), encoding="utf-8")


def empty(file: Path) -> None:
    """Write nothing into it."""
    file.write_text("", encoding="utf-8")


def cut(file: Path) -> None:
    """Cut its signature in half."""
    file.write_text(file.read_text(encoding="utf-8")[:-20], encoding="utf-8")


CHANGES = (renamed, capital, loud, hidden, foreign, nobodys, empty, cut)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_file_that_does_not_fit_its_name_stops_the_act(scene: Scene, change: Callable[[Path], None]) -> None:
    """What was renamed, or is no checkpoint, is told by the name of its file, and nothing is cosigned meanwhile."""
    scene.witness().cosign(scene.growth())
    change(next(scene.seen.glob("*.checkpoint")))
    scene.put_back(declared=False)
    scene.award("2026-02-03T10:00", 9)
    before = sorted(one.name for one in scene.seen.iterdir())
    changed = next(name for name in before if name.lower().endswith(".checkpoint"))
    fork = scene.growth()
    for act in (lambda: scene.witness().cosign(fork), lambda: scene.witness().last(VILLAGE)):
        with pytest.raises(NotACheckpoint) as caught:
            act()
        assert [True, True] == [changed in caught.value.say(lang) for lang in ("en", "zh")]
    with pytest.raises(NotACheckpoint):
        Ledger.take_in(scene.copies, scene.again(), witness=scene.witness())
    assert before == sorted(one.name for one in scene.seen.iterdir())


def test_a_folder_of_another_village_is_looked_at_as_well(scene: Scene) -> None:
    """Whose a file is stands inside it: one that is called another village's may be this one's."""
    scene.seen.mkdir()
    note = Checkpoint("pointsledger/beihe", 3, bytes(32)).text()
    sound = scene.seen / "beihe-000000000003.checkpoint"
    sound.write_text(note, encoding="utf-8")
    assert scene.witness().cosign(scene.growth()).before is None
    (scene.seen / "beihe-000000000004.checkpoint").write_text(note, encoding="utf-8")
    with pytest.raises(NotACheckpoint):
        scene.witness().cosign(scene.growth())


def test_two_heads_of_one_size_stop_the_act(scene: Scene) -> None:
    """A second note of a head, which says another root than the first, is nothing that a witness should have signed."""
    head = head_of(scene.witness().cosign(scene.growth()).note)
    other = Checkpoint(head.origin, head.size, bytes(32)).text()
    note = SignedNote(other, (KEY.sign(other, at=1),)).note()
    (scene.seen / f"{VILLAGE}-{head.size:012}+1.checkpoint").write_text(note, encoding="utf-8")
    with pytest.raises(CheckpointForked):
        scene.witness().last(VILLAGE)


def unsigned(note: str) -> str:
    """Return the head without any signature."""
    return signed(note).text


def by_another(note: str) -> str:
    """Return the head signed by a key that has the same name, and is another one."""
    text = signed(note).text
    return SignedNote(text, (SigningKey.generate("township", witness=True).sign(text, at=1),)).note()


def grown(note: str) -> str:
    """Return another head with the signature of this one."""
    own, head = signed(note), head_of(note)
    return SignedNote(Checkpoint(head.origin, head.size + 9, bytes(32)).text(), own.signatures).note()


@pytest.mark.parametrize("forge", [unsigned, by_another, grown], ids=lambda forge: forge.__name__)
def test_a_file_that_the_witness_did_not_sign_stops_the_act(scene: Scene, forge: Callable[[str], str]) -> None:
    """What somebody else put into the folder is believed by nothing that cosigns, and named with what to do."""
    scene.witness().cosign(scene.growth())
    note = forge(next(scene.seen.glob("*.checkpoint")).read_text(encoding="utf-8"))
    size = head_of(note).size
    file = scene.seen / f"{VILLAGE}-{size:012}{'' if forge is grown else '+1'}.checkpoint"
    file.write_text(note, encoding="utf-8")
    scene.award("2026-02-02T09:00", 1)
    growth, before = scene.growth(), names(scene)
    for act in (
        lambda: scene.witness().cosign(growth),
        lambda: scene.witness().last(VILLAGE),
        lambda: Ledger.take_in(scene.copies, scene.january, witness=scene.witness()),
    ):
        with pytest.raises(NotCosigned) as caught:
            act()
        assert [True] * 4 == [
            word in caught.value.say(lang) for lang in ("en", "zh") for word in (str(file), "--own-key")
        ]
    assert before == names(scene)


def test_a_first_file_that_the_witness_did_not_sign_is_not_believed(scene: Scene) -> None:
    """A head that somebody copied into an empty folder does not become the first that the witness saw."""
    scene.seen.mkdir()
    head = Checkpoint(origin_of(VILLAGE), 3, bytes(32))
    (scene.seen / f"{VILLAGE}-{head.size:012}.checkpoint").write_text(head.text(), encoding="utf-8")
    with pytest.raises(NotCosigned):
        scene.witness().cosign(scene.growth())


def test_a_new_key_goes_on_where_the_one_before_is_named(scene: Scene) -> None:
    """After a change of key the folder is read with the public key that was used before; every kind of file is."""
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    seq = scene.put_back()
    again = scene.again()
    Ledger.take_in(scene.anew, again, witness=scene.witness(), recovery=seq)
    assert 3 == len(names(scene)), "a head, the declaration, what came behind it: all are read below"
    with pytest.raises(NotCosigned):
        Witness(scene.seen, COUNTY).last(VILLAGE)
    new = Witness(scene.seen, COUNTY, own=[KEY.verifier])
    assert scene.witness().last(VILLAGE) == new.last(VILLAGE)
    assert ["township", "county"] == has_signed(Ledger.take_in(scene.anew, again, witness=new).note)
    old = Witness(scene.seen, KEY, own=[COUNTY.verifier])
    assert new.last(VILLAGE) == old.last(VILLAGE)


def test_a_file_that_cannot_be_read_stops_the_act(scene: Scene) -> None:
    """A folder that is called a checkpoint is told, and not passed over."""
    (scene.seen / "a.checkpoint").mkdir(parents=True)
    with pytest.raises(FileUnreadable):
        scene.witness().cosign(scene.growth())


# --- once more -----------------------------------------------------------------------------------------


def test_an_old_head_comes_back_as_it_was_given(scene: Scene) -> None:
    """Shown again, a head that was cosigned before comes back with the note of then, and nothing is signed."""
    old = scene.growth()
    given = scene.witness().cosign(old)
    assert (None, False) == (given.before, given.repeated)
    scene.award("2026-02-02T09:00", 2)
    last = scene.witness().cosign(scene.growth(old.checkpoint.size))
    files = names(scene)
    for growth in (old, Growth(0, (), old.note), Growth(3, (bytes(32),), old.note)):
        again = scene.witness().cosign(growth)
        assert (given.note, True) == (again.note, again.repeated)
    assert (last.note, files) == (scene.witness().last(VILLAGE), names(scene))


def test_an_old_head_that_was_never_seen_is_behind(scene: Scene) -> None:
    """An honest head of fewer records than the last is no fork; nothing shows what it is of, so it is not cosigned."""
    old = scene.growth()
    scene.award("2026-02-02T09:00", 2)
    last = scene.witness().cosign(scene.growth())
    with pytest.raises(CheckpointBehind) as caught:
        scene.witness().cosign(old)
    assert (old.checkpoint.size, head_of(last.note).size) == (caught.value.data["size"], caught.value.data["seen"])


def test_another_head_of_a_size_that_was_seen_is_a_fork(scene: Scene) -> None:
    """A head of as many records as one that was seen, the last or an older one, and another root is a fork."""
    old = scene.growth().checkpoint
    scene.witness().cosign(scene.growth())
    scene.award("2026-02-02T09:00", 2)
    last = head_of(scene.witness().cosign(scene.growth(old.size)).note)
    for size in (old.size, last.size):
        other = Checkpoint(old.origin, size, bytes(32)).text()
        with pytest.raises(CheckpointForked) as caught:
            scene.witness().cosign(Growth(size, (), other))
        assert size == caught.value.data["size"]


def test_a_head_that_was_lost_comes_back_and_is_no_fork(scene: Scene) -> None:
    """After a recovery was accepted, what was cosigned of the lost book comes back, and a head since then is behind."""
    lost = scene.growth()
    given = scene.witness().cosign(lost)
    seq = scene.put_back()
    scene.award("2026-02-03T09:30", 1)
    early = scene.growth()
    Ledger.take_in(scene.anew, scene.again(9), witness=scene.witness(), recovery=seq)
    assert given.note == scene.witness().cosign(lost).note
    with pytest.raises(CheckpointBehind):
        scene.witness().cosign(early)
    same_size = Checkpoint(lost.checkpoint.origin, lost.checkpoint.size, bytes(32)).text()
    with pytest.raises(CheckpointBehind):  # that size was seen of the book that was lost
        scene.witness().cosign(Growth(0, (), same_size))
    with pytest.raises(CheckpointBehind):  # a second key does not vouch for what was lost
        Witness(scene.seen, COUNTY, own=[KEY.verifier]).cosign(lost)


# --- a second key --------------------------------------------------------------------------------------


def test_a_second_key_adds_its_line(scene: Scene) -> None:
    """Another key of the same folder signs the same head, both lines stand below it, and each key signs once."""
    county = Witness(scene.seen, COUNTY, own=[KEY.verifier])
    first = scene.witness().cosign(scene.growth())
    second = county.cosign(scene.growth())
    assert (["township"], ["township", "county"]) == (has_signed(first.note), has_signed(second.note))
    assert (False, head_of(first.note)) == (second.repeated, second.before)
    size = second.before.size if second.before else 0
    assert [f"{size:012}+1.checkpoint", f"{size:012}.checkpoint"] == names(scene)
    assert (second.note, first.note) == (
        county.cosign(scene.growth()).note,
        scene.witness().cosign(scene.growth()).note,
    )
    assert second.note == county.last(VILLAGE)
    scene.award("2026-02-02T09:00", 2)
    grown = county.cosign(scene.growth(size))
    assert (["county"], head_of(first.note)) == (has_signed(grown.note), grown.before)
    assert 3 == len(names(scene))


def test_a_second_key_adds_its_line_to_an_older_head(scene: Scene) -> None:
    """A head that was seen before the last one gets the line of the other key too: it is of the same book."""
    old = scene.growth()
    scene.witness().cosign(old)
    scene.award("2026-02-02T09:00", 2)
    last = scene.witness().cosign(scene.growth(old.checkpoint.size))
    assert ["township", "county"] == has_signed(Witness(scene.seen, COUNTY, own=[KEY.verifier]).cosign(old).note)
    assert last.note == scene.witness().last(VILLAGE)


def test_a_second_key_signs_a_month_that_was_taken(scene: Scene) -> None:
    """Taken once more with the other key, a month comes back with both lines; the copy keeps it so."""
    county = Witness(scene.seen, COUNTY, own=[KEY.verifier])
    Ledger.take_in(scene.copies, scene.january, witness=scene.witness())
    taken = [Ledger.take_in(scene.copies, scene.january, witness=county) for _ in range(2)]
    assert [["township", "county"]] * 2 == [has_signed(one.note) for one in taken]
    with Ledger.open(scene.copies) as copy:
        assert [["township"], ["township", "county"]] == [has_signed(one.note) for one in copy.checkpoints()]
