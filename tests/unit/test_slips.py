"""Slips: what stands on paper of points that came or went, and what their code holds where the proof is too long."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from pointsledger import slips
from pointsledger.rules.proof import Proof, head_of
from pointsledger.rules.signed_note import COSIGNATURE, SignedNote
from pointsledger.signing import SigningKey
from pointsledger.slips import MOST_IN_A_CODE, checkpoint_slip, receipt_slip
from pointsledger.values.records import Entry, Record
from tests.unit.small_book import SEEN_AT, head, receipt, signed_note

HOME = "h-0a1b2c3d4e5f"
REDEEMED = (Entry(HOME, "redeemed", "points", 75), Entry("shelf:main", "handed-over", "item:soap", 3))
TOO_LONG = "too long for the code"


def proof_of(kind: str, said: dict[str, Any], decided: dict[str, Any], *entries: Entry) -> Proof:
    """Return the receipt of a record."""
    at, on = "2026-10-03T01:02:03.000004Z", "2026-10-03"
    record = Record("nanyu", 1, kind, 1, at, "o-0a1b2c3d4e5f", on, on[:7], "", "q-1", said, decided, entries)
    return Proof(record.body(), 0, (), head(1).text())


def slip_of(kind: str, said: dict[str, Any], decided: dict[str, Any], *entries: Entry) -> str:
    """Return the slip of a record in a village whose points have one decimal."""
    return receipt_slip(proof_of(kind, said, decided, *entries), lang="zh", decimals=1)


def shown(page: str) -> dict[str, str]:
    """Return what stands on a slip, by its label."""
    return dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))


def code_in(page: str) -> str:
    """Return the code of a slip as it is drawn."""
    return page[page.index("<svg") : page.index("</svg>")]


@pytest.mark.parametrize(
    ("kind", "said", "entries", "moved"),
    [
        ("award", {"account": HOME}, (Entry("issued:cleanup", HOME, "points", 75),), "+7.5 分"),
        ("redeem", {"account": HOME}, REDEEMED, "-7.5 分"),
        ("hand-over", {"redemption": 1}, REDEEMED, "-7.5 分"),
        ("refund", {"redemption": 1}, (Entry("refunded", HOME, "points", 50),), "+5.0 分"),
        ("reverse", {"seq": 1}, (Entry(HOME, "issued:cleanup", "points", 75),), "-7.5 分"),
        ("reverse", {"seq": 1}, tuple(Entry(e.target, e.source, e.unit, e.amount) for e in REDEEMED), "+7.5 分"),
        ("reserve", {"account": HOME}, (), None),
    ],
)
def test_a_slip_says_whether_points_came_or_went(
    kind: str, said: dict[str, Any], entries: tuple[Entry, ...], moved: str | None
) -> None:
    """Points that a household lost have a minus, also where the record says no account; goods are no points."""
    assert moved == shown(slip_of(kind, said, {}, *entries)).get("变动")


def test_a_slip_has_the_decimals_of_its_village() -> None:
    """The balance is shown in points as the village writes them, below zero too, and on whole points as well."""
    for balance, told in ((125, "12.5 分"), (-30, "-3.0 分"), (0, "0.0 分")):
        assert told == shown(slip_of("redeem", {"account": HOME}, {"balance": balance}, *REDEEMED))["当时余额"]
    assert "当时余额" not in shown(slip_of("reverse", {"seq": 1}, {}, *REDEEMED))


def test_a_proof_that_is_too_long_leaves_the_checkpoint_in_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the last byte the code holds the whole proof; above, it holds the checkpoint, and the slip says so."""
    proof = receipt()
    whole = len(proof.text().encode())
    monkeypatch.setattr(slips, "MOST_IN_A_CODE", whole)
    fits = receipt_slip(proof, lang="en")
    assert (False, True) == (TOO_LONG in fits, "The proof, as it stands in the code" in fits)
    monkeypatch.setattr(slips, "MOST_IN_A_CODE", whole - 1)
    above = receipt_slip(proof, lang="en")
    assert (True, False) == (TOO_LONG in above, "as it stands in the code" in above)
    assert "内容过长，二维码中只有校验码；请另要一份凭证文件。" in receipt_slip(proof)
    assert proof.text() in unescape(above), "the page is checked all the same"
    wall = checkpoint_slip(proof.note, on="2026-11-02")
    assert code_in(wall) == code_in(above) != code_in(fits)


def test_what_a_code_may_hold_fits_into_one() -> None:
    """A proof of as many bytes as a code is said to hold is drawn as one, whole."""
    proofs = [proof_of("adopt-rules", {"text": "x" * more}, {}) for more in range(1_000, 2_500)]
    lengths = {len(proof.text()): proof for proof in proofs}
    longest = max(length for length in lengths if length <= MOST_IN_A_CODE)
    assert MOST_IN_A_CODE - 4 < longest, "base64 has four letters for three bytes"
    assert TOO_LONG not in receipt_slip(lengths[longest], lang="en")
    assert TOO_LONG in receipt_slip(lengths[longest + 4], lang="en")


def test_a_checkpoint_with_many_signatures_still_goes_on_the_wall() -> None:
    """Where even the signatures are too many for a code, it holds the head without them, and the page says so."""
    text = head().text()
    witnesses = [SigningKey(f"township-{number}", COSIGNATURE, bytes([number] * 32)) for number in range(40)]
    note = SignedNote(text, tuple(one.sign(text, at=SEEN_AT) for one in witnesses)).note()
    wall = checkpoint_slip(note, on="2026-11-02", lang="en")
    assert TOO_LONG in wall
    assert code_in(checkpoint_slip(head_of(note).text(), on="2026-11-02")) == code_in(wall)
    assert TOO_LONG not in checkpoint_slip(signed_note(), on="2026-11-02", lang="en")
