"""The machine with lapses: what was earned ends, is recorded by whoever comes upon it, and is taken back afterwards."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pointsledger import runs
from pointsledger.values.records import Record
from tests.stateful.commands import Command, households
from tests.stateful.machine import ActsMachine, HalfWayError, give_up


class LapseMachine(ActsMachine):
    """A book in memory in which points end, and its reference."""

    @rule(by=st.sampled_from(["clerk:1", "clerk:2"]), cut=st.sampled_from([0, 0, 1, 2]))
    def expire(self, by: str, cut: int) -> None:
        """Record what has lapsed, or find that there is nothing; the run may be cut off behind so many households."""
        reference = self.reference
        reference.today = self.today
        before, due = reference.size, reference.due_households()
        portions: list[int] = []

        def cut_off(households: int, _: int) -> None:
            portions.append(households)
            give_up(fails=len(portions) == cut)

        with patch.object(runs, "ACCOUNTS_AT_ONCE", 1), suppress(HalfWayError):
            self.ledger.expire(by=by, progress=cut_off)
        records = list(self.ledger.records(after=before, kinds=["lapse", "release"]))
        # In which order the run comes to them is its own affair, a portion being wholly done or not at all.
        done = list(dict.fromkeys(self.whose(record) for record in records))
        assert (min(cut, len(due)) if cut else len(due)) == len(done)
        reference.expire(done, by=by)
        assert reference.size == self.ledger.head().size
        self.note(("run cut off" if len(done) < len(due) else "lapsed by the run") if due else "nothing to lapse")

    def whose(self, record: Record) -> str:
        """Return the household of a lapse, or of a reservation that has ended."""
        told = self.ledger.record(record.said["redemption"]) if "redemption" in record.said else record
        return self.ledger.person(told.said["account"]).code

    @rule(household=households, points=st.integers(1, 4), days=st.sampled_from([0, 5, 30]), back=st.integers(0, 2))
    def earn_and_wait(self, household: str, points: int, days: int, back: int) -> None:
        """Earn now and for long ago, let it end, and undo it."""
        for earlier in (0, 25):
            what = {"household": household, "activity": "tidy", "quantity": str(points)}
            self.done(Command("award", what, back=earlier))
        self.instant += timedelta(days=days)
        self.done(Command("reverse", {"reason": "记错"}, back=back))
