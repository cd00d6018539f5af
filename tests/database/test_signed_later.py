"""Signatures on a head that was seen before: kept beside those of then, given back, and never signed anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import KeyOfVillage, NotASignedNote
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import signed
from pointsledger.rules.signed_note import Signature, SignedNote
from pointsledger.signing import SigningKey, seen_at
from pointsledger.witness import Witness
from tests.database.lived_in import VILLAGE
from tests.database.township import KEY, Scene

NANYU, COMMITTEE = SigningKey.generate("nanyu"), SigningKey.generate("committee")


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
    assert [["nanyu", "township"]] * 2 == [signers(one.note) for one in taken]
    assert [False, True] == [one.repeated for one in taken]
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
