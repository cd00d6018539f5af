"""Every single bit of what a book gives out, flipped one after the other: nothing of it holds any more.

And every wrong place and size beside it. ``test_proof`` draws books and bits; here one book is gone through to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pointsledger.errors import InputError
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import Proof
from pointsledger.rules.signed_note import SignedNote
from pointsledger.signing import seen_at
from tests.unit import small_book
from tests.unit.small_book import TOWNSHIP_KEY, VILLAGE_KEY

HEAD, OLD = small_book.head(), small_book.head(3)
SIGNED = [VILLAGE_KEY.verifier, TOWNSHIP_KEY.verifier]


def flipped(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text with each of its bits flipped, with the number of the bit."""
    held = bytearray(text.encode())
    for bit in range(len(held) * 8):
        held[bit // 8] ^= 1 << bit % 8
        yield bit, held.decode("utf-8", "replace")
        held[bit // 8] ^= 1 << bit % 8


def both_signed(note: str) -> bool:
    """Tell whether village and township signed a note, the township at the instant that it did."""
    read = SignedNote.read(note)
    return [0, small_book.SEEN_AT] == [seen_at(read, key) for key in SIGNED]


def receipt_holds(text: str) -> bool:
    """Tell whether a text is a receipt of the book's head, signed by both."""
    read = Proof.read(text)
    return read.proves(HEAD) and both_signed(read.note)


def growth_holds(text: str) -> bool:
    """Tell whether a text proves that the book's head grew from the old one, signed by both."""
    read = Growth.read(text)
    return read.extends(OLD) and read.checkpoint == HEAD and both_signed(read.note)


def slip_holds(text: str) -> bool:
    """Tell whether a text is a closing slip of the book's head, signed by both."""
    read = ClosingSlip.read(text)
    read.see_sound()
    return read.checkpoint == HEAD and both_signed(read.close.note)


GIVEN: dict[str, tuple[str, Callable[[str], bool]]] = {
    "receipt": (small_book.receipt().text(), receipt_holds),
    "proof of growth": (small_book.growth().text(), growth_holds),
    "closing slip": (small_book.slip().text(), slip_holds),
    "signed and cosigned checkpoint": (small_book.signed_note(), both_signed),
}


@pytest.mark.parametrize("name", GIVEN)
def test_with_any_bit_flipped_it_does_not_hold(name: str) -> None:
    """Each bit of a text, flipped alone, makes it no proof, one that does not hold, or one that nobody signed."""
    text, holds = GIVEN[name]
    assert holds(text)
    unseen = []
    for bit, changed in flipped(text):
        try:
            if holds(changed):
                unseen.append(bit)
        except InputError:
            continue
    assert [] == unseen


def test_a_path_with_any_bit_flipped_proves_no_growth() -> None:
    """Each bit of each hash between two heads, flipped alone, and the one is not the other, grown."""
    for since in range(1, len(small_book.BODIES)):
        growth, old = small_book.growth(since), small_book.head(since)
        assert growth.extends(old)
        for place, node in enumerate(growth.path):
            for bit in range(256):
                wrong = (int.from_bytes(node, "big") ^ 1 << bit).to_bytes(32, "big")
                path = (*growth.path[:place], wrong, *growth.path[place + 1 :])
                assert not replace(growth, path=path).extends(old)


def test_growth_of_a_wrong_size_or_root_is_none() -> None:
    """From another number of records, to another number, with hashes left out, added or out of order: no growth."""
    growth = small_book.growth()
    assert growth.extends(OLD)
    for size in (0, 1, 2, 4, 5, 6):
        assert not growth.extends(replace(OLD, size=size))
        assert not replace(growth, old=size).extends(replace(OLD, size=size))
        assert not replace(growth, old=size).extends(OLD)
        if size != HEAD.size:
            # Size and root count together: of a pair that was never a head the path may say nothing, the head does.
            forged = replace(growth, note=replace(HEAD, size=size).text())
            assert not (forged.extends(OLD) and forged.checkpoint == HEAD)
            assert size == 6 or not forged.extends(OLD)
    assert not growth.extends(replace(OLD, root=bytes(32)))
    assert not growth.extends(replace(OLD, origin="pointsledger/beiyu"))
    assert not replace(growth, note=replace(HEAD, root=bytes(32)).text()).extends(OLD)
    assert len(growth.path) > 1
    for path in (growth.path[:-1], growth.path[1:], (*growth.path, bytes(32)), growth.path[::-1], ()):
        assert not replace(growth, path=path).extends(OLD)


@pytest.mark.parametrize("place", range(len(small_book.CLOSINGS)))
def test_a_slip_of_a_wrong_place_or_size_does_not_hold(place: int) -> None:
    """With another place in either tree, another path, or another number of records, a closing slip is none."""
    slip = small_book.slip(place)
    slip.see_sound()
    wrong = [replace(slip, index=other) for other in range(-1, 5) if other != place]
    wrong += [replace(slip, path=path) for path in ((*slip.path, bytes(32)), slip.path[:-1])]
    wrong += [replace(slip, close=replace(slip.close, index=other)) for other in range(6) if other != slip.close.index]
    wrong += [replace(slip, close=small_book.receipt(seq)) for seq in range(1, 5)]
    notes = [replace(HEAD, size=size).text() for size in (1, 2, 3, 4, 6)]
    wrong += [replace(slip, close=replace(slip.close, note=note)) for note in notes]
    for changed in wrong:
        with pytest.raises(InputError):
            changed.see_sound()


@pytest.mark.parametrize("at", [0, small_book.SEEN_AT - 1, small_book.SEEN_AT + 1, 1 << 63])
def test_a_cosignature_with_another_instant_is_none(at: int) -> None:
    """A witness signs when it saw a head: with another instant before its signature it has signed nothing."""
    made = TOWNSHIP_KEY.sign(HEAD.text(), at=small_book.SEEN_AT)
    moved = replace(made, signed=at.to_bytes(8, "big") + made.signed[8:])
    assert small_book.SEEN_AT == seen_at(SignedNote(HEAD.text(), (made,)), TOWNSHIP_KEY.verifier)
    assert None is seen_at(SignedNote(HEAD.text(), (moved,)), TOWNSHIP_KEY.verifier)


def test_a_signature_is_of_its_own_text_and_key() -> None:
    """A signature under another head, another name, or another key of the same name is none."""
    for key in (VILLAGE_KEY, TOWNSHIP_KEY):
        made = key.sign(HEAD.text(), at=small_book.SEEN_AT)
        others = [replace(HEAD, size=6), OLD, Checkpoint("pointsledger/beiyu", HEAD.size, HEAD.root)]
        for head in others:
            assert None is seen_at(SignedNote(head.text(), (made,)), key.verifier)
        twin = replace(key, seed=bytes(32))
        assert None is seen_at(SignedNote(HEAD.text(), (made,)), twin.verifier)
        renamed = replace(made, key_hash=twin.verifier.key_hash)
        assert None is seen_at(SignedNote(HEAD.text(), (renamed,)), twin.verifier)
