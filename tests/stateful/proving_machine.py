"""The machine with proofs: what the book gave out along the way stays true of it, whatever happens afterwards."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pointsledger.errors import NoClosingBalance
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.proof import Proof
from tests.stateful.recovering_machine import RecoveringMachine


class ProvingMachine(RecoveringMachine):
    """A book in memory that gives out checkpoints and receipts, and its reference."""

    def __init__(self) -> None:
        """Have given out nothing yet."""
        super().__init__()
        self.given_out: dict[int, Checkpoint] = {}

    @rule()
    def issue(self) -> None:
        """Issue a checkpoint, which is the head and grew from every one that was issued before."""
        self.note("issued")
        issued, head = self.ledger.checkpoint(), self.ledger.head()
        assert (head.size, head.root) == (issued.head.size, issued.head.root)
        for size, earlier in self.given_out.items():
            growth = Growth.read(self.ledger.growth(size).text())
            assert growth.extends(earlier)
            assert not growth.extends(Checkpoint(earlier.origin, size, bytes(32)))
            self.note("grown")
        self.given_out[head.size] = issued.head

    @rule(place=st.integers(0, 10_000), back=st.integers(0, 10_000))
    def give_receipt(self, place: int, back: int) -> None:
        """Give out the receipt of a record, at the head that was issued last or at one that the book had."""
        self.note("proved")
        size = self.ledger.head().size
        at = size - back % size
        seq = 1 + place % at
        proof = Proof.read(self.ledger.proof(seq, size=at).text())
        head = self.ledger.head(at)
        assert proof.proves(Checkpoint(proof.checkpoint.origin, at, head.root))
        assert self.ledger.record(seq).body() == proof.body
        self.given_out.setdefault(at, proof.checkpoint)

    @rule()
    def prove_closings(self) -> None:
        """Prove what each household closed the last closed month with, as its tally says."""
        if not self.reference.closed:
            return
        month = self.reference.closed
        for row in self.ledger.tally(month):
            try:
                slip = ClosingSlip.read(self.ledger.closing_slip(row.code, month).text())
            except NoClosingBalance:  # nothing stood in its bridge
                assert not any((row.opening, row.closing, row.earned, row.redeemed))
                continue
            slip.see_sound()
            assert row.closing == slip.balance.closing
            self.note("closing proved")

    def declare_and_prove(self) -> None:
        """Declare what was lost; then issue, go on, and give out what has become of it."""
        self.declare_on_purpose()
        self.issue()
        self.owe_as_a_newcomer()
        self.issue()
        self.give_receipt(3, 1)
        self.catch_up(late=False, undone=1)
        self.prove_closings()

    def compare_audit(self) -> None:
        """See besides that the book is the one of everything that was given out."""
        super().compare_audit()
        lines = [f"{size} {head.root.hex()}" for size, head in self.given_out.items()]
        report = self.ledger.audit(against=lines, integrity=True)
        assert max(self.given_out, default=0) == report.anchored
        assert [] == [found for found in report if found.grade == "broken"]
