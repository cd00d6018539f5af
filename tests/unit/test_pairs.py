"""Pairs: a right record and the reversal of the wrong one belong together, or neither is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.decisions import kinds
from pointsledger.decisions.pairs import right_request
from pointsledger.testing import SMALL_VILLAGE
from pointsledger.values.records import Command

NOBODY = "~somebody"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Begin a book with an award and a deduction, one of each corrected."""
    with SMALL_VILLAGE.begin() as book:
        activities = SMALL_VILLAGE.rulebook.activities
        award = next(code for code, one in activities.items() if one.sign != "minus" and not one.limits)
        deduct = next(code for code, one in activities.items() if one.sign != "plus")
        for _ in range(2):
            book.award("01-001", award, by="clerk:1")
            book.deduct("01-001", deduct, by="clerk:1")
        yield book


def seqs(ledger: Ledger, kind: str) -> list[int]:
    """Return the numbers of the records of a kind."""
    return [record.seq for record in ledger.records(kinds=[kind])]


def decided(ledger: Ledger, kind: str, like: int, request: str = NOBODY, **said: Any) -> object:  # noqa: ANN401 - fields of a body
    """Decide a record that says what another one does and more, under a request id."""
    with ledger._store.posting("liuwan", keep=False) as transaction:
        earlier = transaction.state.record(like)
        told = {**(earlier.said if kind != "reverse" else {}), **said}
        instant = transaction.state.recorded_at
        return kinds.decide(transaction.state, Command(kind, 1, earlier.by, request, instant, told))


def test_a_right_award_comes_before_the_reversal(ledger: Ledger) -> None:
    """An award may stand in the place of one that stands, and the reversal behind it has to name it."""
    wrong, other = seqs(ledger, "award")
    assert decided(ledger, "award", wrong, corrects=wrong)
    done = ledger.correct(wrong, reason="x", quantity=2, by="clerk:1", request="r").right.seq
    for right in (done, other, 0):
        with pytest.raises(ValueError, match="is not corrected by"):
            decided(ledger, "reverse", other, seq=other, corrected=right)


def test_a_right_deduction_comes_behind_the_reversal(ledger: Ledger) -> None:
    """A deduction stands in the place of one that was undone for it, under the request id that belongs to that."""
    wrong, other = seqs(ledger, "deduct")
    ledger.reverse(other, reason="x", by="clerk:1")
    ledger.correct(wrong, reason="x", quantity=3, by="clerk:1", request="r")
    for seq, request in ((other, NOBODY), (wrong, NOBODY), (wrong, right_request("s"))):
        with pytest.raises(ValueError, match="makes room"):
            decided(ledger, "deduct", seq, request, corrects=seq)
    assert decided(ledger, "deduct", wrong, right_request("r"), corrects=wrong)
    (award, _) = seqs(ledger, "award")
    with pytest.raises(ValueError, match="makes room"):
        decided(ledger, "deduct", other, corrects=award)


def test_a_reversal_of_a_deduction_names_no_right_one(ledger: Ledger) -> None:
    """The right deduction comes behind, so that the reversal cannot know its number."""
    wrong, _ = seqs(ledger, "deduct")
    assert decided(ledger, "reverse", wrong, seq=wrong, corrected=0)
    with pytest.raises(ValueError, match="is not corrected by"):
        decided(ledger, "reverse", wrong, seq=wrong, corrected=1)
