"""Proofs as texts: each is read as it was written, and nothing that was changed in it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.errors import InputError, NotACheckpoint, NotAHandIn, NotAProof
from pointsledger.rules import balance_tree, merkle
from pointsledger.rules.balance_tree import ClosingBalance
from pointsledger.rules.checkpoint import Checkpoint, ShortForm, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.hand_in import HandInHeader
from pointsledger.rules.proof import HEADER, Proof
from pointsledger.values.canonical import canonical
from pointsledger.values.records import Record
from pointsledger.values.rows import Bridge

# The example of the specification, https://c2sp.org/tlog-proof, with signatures left out.
PATH = (
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
    "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=",
    "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=",
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=",
)
PUBLISHED = "\n".join(
    (
        HEADER,
        "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ",
        "index 73894",
        *PATH,
        "",
        "example.com/fancylog",
        "109482",
        "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=",
        "",
    )
)
BODIES = [b"record %d" % number for number in range(1, 14)]


def tree_of(bodies: list[bytes]) -> list[bytes]:
    """Return the leaves of bodies."""
    return [merkle.leaf_hash(body) for body in bodies]


def note_of(size: int) -> str:
    """Return the checkpoint over the first records."""
    return Checkpoint(origin_of("nanyu"), size, balance_tree.root_of(tree_of(BODIES[:size]))).text()


def proof_of(seq: int, size: int) -> Proof:
    """Return the proof of a record in the first ``size``."""
    return Proof(BODIES[seq - 1], seq - 1, balance_tree.path_to(tree_of(BODIES[:size]), seq - 1), note_of(size))


def test_the_published_proof_is_read() -> None:
    """The example of the specification is read and written again, and does not hold: its hashes are made up."""
    text = PUBLISHED.replace("dGFyLmd6kYXJ3aW4tYXJ", "dGFyLmd6")  # its extra data is no whole base64
    proof = Proof.read(text)
    assert (73894, 5, 109482) == (proof.index, len(proof.path), proof.checkpoint.size)
    assert text == proof.text()
    assert not proof.holds


@pytest.mark.parametrize("size", range(1, len(BODIES) + 1))
def test_a_proof_holds_at_its_own_place_and_size_alone(size: int) -> None:
    """For every record and size a proof holds, and for none with another index, size, path or body."""
    for seq in range(1, size + 1):
        proof = proof_of(seq, size)
        assert proof.holds
        assert proof.proves(proof.checkpoint)
        for other in range(size):
            assert (other == seq - 1) == replace(proof, index=other).holds
        for other in range(1, len(BODIES) + 1):
            head = replace(proof.checkpoint, size=other)
            assert (other == size) == proof.proves(head)
            assert (other == size) == replace(proof, note=head.text()).proves(proof.checkpoint)
            assert (other == size) == proof.proves(Checkpoint.read(note_of(other)))
        assert not replace(proof, body=proof.body + b" ").holds
        assert not replace(proof, path=(*proof.path, bytes(32))).holds
        if proof.path:
            assert not replace(proof, path=proof.path[:-1]).holds


@given(st.data())
def test_a_proof_with_any_bit_changed_does_not_hold(data: st.DataObject) -> None:
    """Whatever bit of the text of a proof is changed, it is no proof any more, or one that does not hold."""
    size = data.draw(st.integers(1, len(BODIES)), label="size")
    proof = proof_of(data.draw(st.integers(1, size), label="seq"), size)
    text = proof.text().encode()
    bit = data.draw(st.integers(0, len(text) * 8 - 1), label="bit")
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        read = Proof.read(changed.decode("utf-8", "replace"))
    except InputError:
        return
    event("another head" if read.holds else "another record, place or path")
    assert not read.proves(proof.checkpoint)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda text: text[:0], 1),
        (lambda text: text.replace("@v1", "@v2"), 1),
        (lambda text: text.replace("extra ", "xtra "), 2),
        (lambda text: text.replace("extra ", "extra -"), 2),
        (lambda text: text.replace("index 2", "index two"), 3),
        (lambda text: text.replace("index 2", "index 02"), 3),
        (lambda text: text.replace("index 2\n", "index 2\nAAAA\n"), 4),
        (lambda text: text.replace("index 2\n", "index 2\n" + "A" * 43 + "=\n" * 64), 4),
        (lambda text: text.partition("\n\n")[0], 7),
    ],
)
def test_what_is_no_proof_is_refused(change: Callable[[str], str], line: int) -> None:
    """A text that is no proof is refused with the line at fault."""
    with pytest.raises(NotAProof) as caught:
        Proof.read(change(proof_of(3, 5).text()))
    assert ("not-a-proof", line) == (caught.value.code, caught.value.data["line"])


def test_a_proof_without_a_checkpoint_is_refused() -> None:
    """What stands below a proof has to be a checkpoint."""
    with pytest.raises(NotACheckpoint):
        Proof.read(proof_of(3, 5).text().replace("pointsledger/nanyu\n5\n", "pointsledger/nanyu\nfive\n"))


def test_growth_is_proved_from_its_own_head_alone() -> None:
    """A proof of growth holds from the head that it begins at, and from no other, and with no other path."""
    leaves = tree_of(BODIES)

    def node_at(height: int, index: int) -> bytes:
        return balance_tree.root_of(leaves[index << height : (index + 1) << height])

    for first in range(1, len(BODIES) + 1):
        for second in range(first, len(BODIES) + 1):
            path = tuple(merkle.consistency_path(first, second, node_at))
            growth = Growth(first, path, note_of(second))
            assert growth == Growth.read(growth.text())
            for old in range(1, len(BODIES) + 1):
                assert (old == first) == growth.extends(Checkpoint.read(note_of(old)))
            for place in range(len(path)):
                wrong = (*path[:place], bytes(32), *path[place + 1 :])
                assert not replace(growth, path=wrong).extends(Checkpoint.read(note_of(first)))


@pytest.mark.parametrize("text", ["", "old\n\n", "old -1\n\n", "old 3\nAAAA\n\n", "old 3"])
def test_what_is_no_proof_of_growth_is_refused(text: str) -> None:
    """A text that is no proof of growth is refused."""
    with pytest.raises(NotAProof):
        Growth.read(text)


def test_a_line_from_paper_is_read_as_it_is_typed() -> None:
    """The size and 32 digits or more, in groups or not, a day before them or not; less is not taken."""
    digits = "00010203 04050607 08090a0b 0c0d0e0f"
    expected = ShortForm(1270, digits.replace(" ", ""))
    for typed in (f"1270 {digits}", f"2026-10-31 1,270  {digits.upper()}", f"1270 {digits.replace(' ', '')}\n"):
        assert expected == ShortForm.read(typed)
    for typed in (f"抄写用：2026-10-31 1270 {digits}", f"for paper: 1270 {digits}", f"１２７０　{digits}"):
        assert expected == ShortForm.read(typed), "as it stands on the screen, or is typed on a Chinese keyboard"
    for wrong in (f"1270 {digits[:-1]}", f"{digits}", f"0 {digits}", "kept.checkpoint", "", f"1270 {'0' * 68}"):
        assert ShortForm.read(wrong) is None
    head = Checkpoint(origin_of("nanyu"), 1270, bytes(range(32)))
    assert expected.fits(head)
    assert not expected.fits(replace(head, size=1271))
    assert not expected.fits(replace(head, root=bytes(32)))


# --- closing slips -------------------------------------------------------------------------------------

SECRET = bytes(range(32))
CLOSINGS = {"h-1": 10, "h-2": 0, "h-3": -4, "h-4": 35, "h-5": 35}


def bridges(village: str = "nanyu", period: str = "2026-10") -> list[Bridge]:
    """Return the bridges of a month that ended with ``CLOSINGS``."""
    nothing = [0] * (len(Bridge._fields) - 4)
    return [Bridge._make((village, period, account, *nothing, closing)) for account, closing in CLOSINGS.items()]


def slip_of(index: int, closed: list[Bridge] | None = None, **decided: Any) -> ClosingSlip:  # noqa: ANN401 - a body's
    """Return the slip of an account; ``closed`` is what the close is over, and ``decided`` changes what it says."""
    closed = closed or bridges()
    leaves = balance_tree.leaves_of(SECRET, closed, 0)
    told = {"balances": balance_tree.root_of(leaves).hex(), "accounts": len(leaves)} | decided
    said = {"period": "2026-10", "secret": balance_tree.pin_of_secret(SECRET)}
    instant = "2026-11-02T01:00:00.000000Z"
    close = Record("nanyu", 2, "close", 1, instant, "o-1", "2026-11-02", "2026-11", "", "c", said, told, ())
    journal = [merkle.leaf_hash(BODIES[0]), merkle.leaf_hash(close.body())]
    note = Checkpoint(origin_of("nanyu"), 2, balance_tree.root_of(journal)).text()
    proof = Proof(close.body(), 1, balance_tree.path_to(journal, 1), note)
    balance = ClosingBalance.of(SECRET, closed[index], 0)
    return ClosingSlip(balance, index, balance_tree.path_to(leaves, index), proof)


@pytest.mark.parametrize("index", range(len(CLOSINGS)))
def test_a_slip_proves_its_own_balance_alone(index: int) -> None:
    """Each account's slip holds, and with another balance, account, month, place, salt or decimals it does not."""
    slip = slip_of(index)
    slip.see_sound()
    assert slip == ClosingSlip.read(slip.text())
    for changed in (
        {"closing": slip.balance.closing + 1},
        {"account": "h-9"},
        {"period": "2026-09"},
        {"village": "aokou"},
        {"decimals": 1},
        {"salt": "0" * 64},
    ):
        with pytest.raises(NotAProof):
            replace(slip, balance=replace(slip.balance, **changed)).see_sound()
    with pytest.raises(NotAProof):
        replace(slip, index=(index + 1) % len(CLOSINGS)).see_sound()


def test_equal_balances_have_leaves_that_differ() -> None:
    """Two households with the same balance cannot be told by their leaves, and another secret gives other salts."""
    fourth, fifth = (slip_of(index).balance for index in (3, 4))
    assert fourth.closing == fifth.closing
    assert fourth.salt != fifth.salt
    assert fourth.salt != ClosingBalance.of(bytes(32), bridges()[3], 0).salt


@pytest.mark.parametrize("decided", [{"balances": "00" * 32}, {"accounts": 4}, {"balances": "x"}, {"accounts": "5"}])
def test_a_slip_of_another_close_does_not_hold(decided: dict[str, Any]) -> None:
    """A close whose balance tree is another one, or none, carries no slip."""
    with pytest.raises(NotAProof):
        slip_of(0, **decided).see_sound()


@pytest.mark.parametrize("place", [("aokou", "2026-10"), ("nanyu", "2026-09")], ids=["village", "month"])
def test_a_leaf_of_another_village_or_month_does_not_hold(place: tuple[str, str]) -> None:
    """A close over balances that are not its own, though each leaf leads to it, is the close of none of them."""
    with pytest.raises(NotAProof, match="do not lead to its close"):
        slip_of(0, bridges(*place)).see_sound()


@given(st.data())
def test_a_slip_with_any_bit_changed_does_not_hold(data: st.DataObject) -> None:
    """Whatever bit of a slip is changed, it is none any more, or one that does not hold."""
    own = slip_of(data.draw(st.integers(0, len(CLOSINGS) - 1), label="index"))
    text = own.text().encode()
    bit = data.draw(st.integers(0, len(text) * 8 - 1), label="bit")
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        slip = ClosingSlip.read(changed.decode("utf-8", "replace"))
        slip.see_sound()
    except InputError:
        return
    assert slip.checkpoint != own.checkpoint


@pytest.mark.parametrize(("line", "number"), [(1, 1), (2, 2), (3, 3)], ids=["no beginning", "no balance", "no place"])
def test_what_is_no_slip_is_refused(line: int, number: int) -> None:
    """A text that is no slip is refused with the line at fault."""
    lines = slip_of(0).text().split("\n")
    lines[line - 1] = "x"
    with pytest.raises(NotAProof) as caught:
        ClosingSlip.read("\n".join(lines))
    assert number == caught.value.data["line"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b'{"village":1}',
        canonical({"village": "v", "period": "p", "account": "a", "closing": "1", "salt": ""}),
    ],
)
def test_what_is_no_balance_is_refused(text: bytes) -> None:
    """A leaf's text has five fields of their types."""
    with pytest.raises(ValueError, match=r".+"):
        ClosingBalance.read(text)


# --- the first line of a hand-in -----------------------------------------------------------------------


def test_a_hand_in_says_where_it_begins() -> None:
    """Its first line has village, month and the subtrees over the records before it, and is read as it was written."""
    leaves = tree_of(BODIES[:5])
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        merkle.grow(frontier, size, leaf)
    header = HandInHeader("nanyu", "2026-10", 5, tuple(frontier))
    assert header == HandInHeader.read(header.line())
    assert Checkpoint.read(note_of(5)) == header.before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"hand-in 1", b"hand-in 2"),
        (b'"after":5', b'"after":-5'),
        (b'"after":5', b'"after":7'),
        (b"{", b""),
        (b"ff", b"f"),
    ],
)
def test_what_is_no_hand_in_is_refused(old: bytes, new: bytes) -> None:
    """Another format, a number of records that its subtrees are not of, or no JSON is no hand-in."""
    line = HandInHeader("nanyu", "2026-10", 5, (b"\xff" * 32, b"\xff" * 32)).line()
    with pytest.raises(NotAHandIn):
        HandInHeader.read(line.replace(old, new, 1))
