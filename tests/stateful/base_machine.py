"""The machine with base points: granted by runs, more than once, and kept as a floor."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from pointsledger.errors import PointsLedgerError
from tests.stateful.commands import Command, households
from tests.stateful.pair_machine import PairMachine
from tests.stateful.values import Refused

MOST_SETTLERS = 3


class BaseMachine(PairMachine):
    """A book in memory and its reference."""

    settlers = 0

    @rule(back=st.sampled_from([0, 0, 1, 2, -1]), by=st.sampled_from(["clerk:1", "clerk:2"]))
    def grant_base(self, back: int, by: str) -> None:
        """Grant the base points of a month that has begun, most often, and perhaps once more."""
        self.reference.today = self.today
        month = self.reference.month_of(self.today)
        number = int(month[:4]) * 12 + int(month[5:]) - 1 - back
        month = f"{number // 12}-{number % 12 + 1:02}"
        try:
            expected: tuple[int, ...] | str = self.reference.grant_base(month, by=by)
        except Refused as refused:
            expected = refused.code
            self.note(f"refused: {refused.code}")
        else:
            self.note(*self.reference.notes, "base run")
        assert expected == self.really_granted(month, by)

    def really_granted(self, month: str, by: str) -> tuple[int, ...] | str:
        """Make a run with the library; return what it came to, or the code of the error."""
        try:
            report = self.ledger.grant_base(month, by=by)
        except PointsLedgerError as error:
            return error.code
        return report.posted, report.unchanged, report.absent, int(report.points)

    @precondition(lambda self: self.settlers < MOST_SETTLERS)
    @rule()
    def live_on_the_floor(self) -> None:
        """Grant what is due to a newcomer, who earns a little and asks for more than is above the floor."""
        self.settlers += 1
        household = f"07-{self.settlers:03}"
        self.done(Command("enrol", {"household": household, "head": "新户", "members": (), "group": "七组"}))
        self.grant_base(0, "clerk:1")
        self.done(Command("award", {"household": household, "activity": "tidy"}))
        for pieces in (1, 3):
            self.done(Command("redeem", {"household": household, "items": {"cut": pieces}}))

    @rule(household=households)
    def do_much(self, household: str) -> None:
        """Do so much within a week that whatever limits more than one activity cuts it, then the base of the month."""
        for activity, quantity in (("yard", None), ("yard", None), ("tidy", "9"), ("tidy", "9"), ("tidy", "9")):
            self.done(Command("award", {"household": household, "activity": activity, "quantity": quantity}))
        self.grant_base(0, "clerk:1")
