"""What a book gives out, frozen in ``golden_proofs.json``: what somebody keeps today is verified by every release.

Never change what is there. The roots are worked out once more, by the definition of RFC 6962 and not by our tree.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from pointsledger.rules.balance_tree import ClosingBalance, leaves_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.hand_in import HandInHeader
from pointsledger.rules.proof import Proof, head_of, signed
from pointsledger.signing import seen_at
from tests.unit import small_book

GOLDEN: dict[str, str] = json.loads((Path(__file__).parent / "golden_proofs.json").read_text(encoding="utf-8"))

MADE: dict[str, str] = {
    "body of record 3": small_book.BODIES[2].decode(),
    "checkpoint": small_book.head().text(),
    "short form": small_book.head().short,
    "signed and cosigned checkpoint": small_book.signed_note(),
    "key of the village": small_book.VILLAGE_KEY.verifier.text(),
    "key of the township": small_book.TOWNSHIP_KEY.verifier.text(),
    "link of the first issued checkpoint": small_book.issued()[0].link.hex(),
    "link of the second issued checkpoint": small_book.issued()[1].link.hex(),
    "text of a closing balance": ClosingBalance.of(small_book.SECRET, small_book.bridges()[0], small_book.DECIMALS)
    .text()
    .decode(),
    "leaf of a closing balance": leaves_of(small_book.SECRET, small_book.bridges(), small_book.DECIMALS)[0].hex(),
    "receipt": small_book.receipt().text(),
    "proof of growth": small_book.growth().text(),
    "closing slip": small_book.slip().text(),
    "first line of a hand-in": small_book.hand_in().line().decode(),
}


def naive_root(entries: Sequence[bytes]) -> bytes:
    """Return the root of a tree as RFC 6962 defines it, section 2.1."""
    if len(entries) == 1:
        return sha256(b"\0" + entries[0]).digest()
    half = 1 << (len(entries) - 1).bit_length() - 1
    return sha256(b"\1" + naive_root(entries[:half]) + naive_root(entries[half:])).digest()


def test_each_thing_that_is_given_out_is_frozen() -> None:
    """Whatever is made here stands in the file, and nothing else."""
    assert sorted(GOLDEN) == sorted(MADE)


@pytest.mark.parametrize("name", MADE)
def test_what_is_given_out_never_changes(name: str) -> None:
    """The same book gives out the same bytes, whatever the release."""
    assert GOLDEN[name] == MADE[name]


def test_what_was_given_out_still_holds() -> None:
    """What stands in the file is read and verified as it is, without the book that gave it out."""
    head = head_of(GOLDEN["checkpoint"])
    receipt, slip = Proof.read(GOLDEN["receipt"]), ClosingSlip.read(GOLDEN["closing slip"])
    assert receipt.proves(head)
    assert Growth.read(GOLDEN["proof of growth"]).extends(
        HandInHeader.read(GOLDEN["first line of a hand-in"].encode()).before
    )
    slip.see_sound()
    assert (head, Decimal("1.2")) == (slip.checkpoint, slip.balance.points)
    note = signed(GOLDEN["signed and cosigned checkpoint"])
    keys = (small_book.VILLAGE_KEY.verifier, small_book.TOWNSHIP_KEY.verifier)
    assert [0, small_book.SEEN_AT] == [seen_at(note, key) for key in keys]


def test_the_frozen_roots_are_those_of_the_definition() -> None:
    """The roots and salts are worked out once more from RFC 6962 and RFC 2104, not by our own tree."""
    assert naive_root(small_book.BODIES) == head_of(GOLDEN["checkpoint"]).root
    salts = [
        hmac.digest(small_book.SECRET, f'["nanyu","2026-10","{account}"]'.encode(), "sha256").hex()
        for account in small_book.CLOSINGS
    ]
    texts = [
        f'{{"account":"{account}","closing":{closing},"decimals":1,"period":"2026-10","salt":"{salt}","village":"nanyu"}}'
        for (account, closing), salt in zip(small_book.CLOSINGS.items(), salts, strict=True)
    ]
    assert texts[0] == GOLDEN["text of a closing balance"]
    assert sha256(b"\0" + texts[0].encode()).hexdigest() == GOLDEN["leaf of a closing balance"]
    assert naive_root([text.encode() for text in texts]).hex() in small_book.BODIES[-1].decode()
    text = json.dumps(["nanyu", 1, 3, small_book.ISSUED_AT, small_book.head(3).text()], separators=(",", ":"))
    before = b"pointsledger issued checkpoint\n" + bytes(32)
    assert sha256(before + text.encode()).hexdigest() == GOLDEN["link of the first issued checkpoint"]
