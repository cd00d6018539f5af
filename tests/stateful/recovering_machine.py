"""The machine with recoveries: a book says which of its records were lost when a backup was put back."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.commands import Command
from tests.stateful.mistake_machine import MistakeMachine


class RecoveringMachine(MistakeMachine):
    """A book in memory that was put back from a backup, and its reference."""

    @rule(
        back=st.integers(-1, 3),
        more=st.integers(-1, 4),
        known=st.sampled_from(["none", "other", "own"]),
        dated=st.booleans(),
    )
    def declare_lost(self, back: int, more: int, known: str, *, dated: bool) -> None:
        """Declare records lost, the last ones or those that would have come next, with a head or without."""
        if self.often("declared lost"):
            return
        first = self.ledger.head().size + 1 - back
        heads = {"none": [], "other": [(max(first + more, 1), "a" * 64)], "own": [self.own_head()]}[known]
        last_on = self.reference.today if dated else None
        what = {"lost_from": first, "heads": heads, "last_on": last_on, "reason": "换盘"}
        self.done(Command("recovered", what))

    def own_head(self) -> tuple[int, str]:
        """Return the head of the book as it is."""
        head = self.ledger.head()
        return head.size, head.root.hex()

    def declare_on_purpose(self) -> None:
        """Declare what was lost, and what was not."""
        for back, more, known in ((0, 4, "other"), (2, 4, "own"), (2, 4, "other"), (-1, 1, "none"), (1, 0, "none")):
            for dated in (False, True):
                self.declare_lost(back, more, known, dated=dated)
