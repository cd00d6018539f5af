"""The machine with lapses: what was earned ends, is recorded by whoever comes upon it, and is taken back afterwards."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.commands import Command, households
from tests.stateful.machine import ActsMachine


class LapseMachine(ActsMachine):
    """A book in memory in which points end, and its reference."""

    @rule(by=st.sampled_from(["clerk:1", "clerk:2"]))
    def expire(self, by: str) -> None:
        """Record what has lapsed, or find that there is nothing."""
        self.reference.today = self.today
        before = self.reference.size
        expected = self.reference.expire(by=by)
        ran = self.ledger.expire(by=by)
        lapses = list(self.ledger.records(after=before, kinds=["lapse"]))
        assert expected == self.ledger.head().size - before
        assert ran.records == len(lapses)
        self.note("lapsed by the run" if lapses else "nothing to lapse")

    @rule(household=households, points=st.integers(1, 4), days=st.sampled_from([0, 5, 30]), back=st.integers(0, 2))
    def earn_and_wait(self, household: str, points: int, days: int, back: int) -> None:
        """Earn now and for long ago, let it end, and undo it."""
        for earlier in (0, 25):
            what = {"household": household, "activity": "tidy", "quantity": str(points)}
            self.done(Command("award", what, back=earlier))
        self.instant += timedelta(days=days)
        self.done(Command("reverse", {"reason": "记错"}, back=back))
