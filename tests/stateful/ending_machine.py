"""The machine with ends that seldom come about by themselves, each brought about on purpose.

A run that is cut off where several households have something to lapse, what comes back after its day and lapses once
more, what the close of a quarter clears, and what comes back after that beside points that a day has ended.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.closing_machine import ClosingMachine
from tests.stateful.commands import CLEARED, LATER_RULES, Command
from tests.stateful.lapse_machine import LapseMachine
from tests.stateful.values import Ending, Rules

SHORT = Ending("days", 10)
LONGEST_WAIT = 70
MOST_TIMES = 2
"""How often each end is brought about in one history, which it makes longer."""


class EndingMachine(ClosingMachine, LapseMachine):
    """A book in memory in which points end in every way, and its reference."""

    def __init__(self) -> None:
        """Have brought about nothing yet."""
        super().__init__()
        self.cut_runs = self.restored = self.cleared = 0
        self.arrivals = 0

    def arrival(self) -> Command:
        """Return the enrolment of a household that has no other history."""
        self.arrivals += 1
        return Command("enrol", {"household": f"05-{self.arrivals:03}", "head": "新户", "members": (), "group": "五组"})

    def newcomer(self) -> str:
        """Enrol a household that has no other history."""
        arrival = self.arrival()
        self.done(arrival)
        return str(arrival.what["household"])

    def rules_of_today(self) -> Rules:
        """Return the rules in force today."""
        return self.reference.rules_on(self.today)

    def tidied(self, household: str, times: int, on: str | None = None, *, by: str = "clerk:1") -> None:
        """Award a deed so many times at once."""
        what = {"household": household, "activity": "tidy", "quantity": str(times), "on": on}
        self.done(Command("award", what, by=by))

    def wait(self) -> int:
        """Return in how many days points of today are over, by other rules if those there are give them longer."""
        if not 0 < self.days_left() <= LONGEST_WAIT:
            self.adopt_rules(replace(LATER_RULES, expiry=SHORT), "month")
        return self.days_left()

    def days_left(self) -> int:
        """Return in how many days points of today are over; 0 where no day ends them."""
        last, clears = self.reference.last_day(self.reference.ending_on(self.today), self.today)
        return 0 if clears else (date.fromisoformat(last) - date.fromisoformat(self.today)).days + 1

    def close_through(self, month: str) -> None:
        """Let a month pass, and close every month up to it."""
        last = date.fromisoformat(self.reference.last_of(month))
        self.instant += timedelta(days=max(0, (last - self.instant.date()).days + 3))
        while self.reference.first_open <= month:
            self.close_month(late=False)

    @precondition(lambda self: self.cut_runs < MOST_TIMES)
    @rule(cut=st.integers(1, 2))
    def cut_off_run(self, cut: int) -> None:
        """Cut off a run that has three households before it, have somebody new come upon one of them, and go on."""
        self.cut_runs += 1
        wait, households = self.wait(), [self.newcomer() for _ in range(3)]
        for household in households:
            self.tidied(household, 2)
        between = min(3, wait - 1)
        self.instant += timedelta(days=between)
        self.tidied(households[-1], 1)
        self.instant += timedelta(days=max(wait - between, self.days_left()))
        self.expire("clerk:1", cut)
        left = [household for household in self.reference.due_households() if household in households]
        for household in left[:1]:
            self.tidied(household, 1, by=f"clerk:1{self.cut_runs}")
        self.expire("clerk:2", 0)

    @precondition(lambda self: self.restored < MOST_TIMES)
    @rule(spent=st.integers(1, 5), again=st.booleans())
    def restore_what_has_lapsed(self, spent: int, again: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Undo a deduction when its points have lapsed, and perhaps, in debt, an award too: the rest lapses again."""
        self.restored += 1
        wait, household = self.wait(), self.newcomer()
        self.tidied(household, 3)
        self.tidied(household, 3)
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": str(spent)}))
        first = self.reference.size - 2
        self.instant += timedelta(days=wait)
        self.expire("clerk:1", 0)
        undone = Command("reverse", {"reason": "记错", "seq": first + 2, "by": "clerk:1", "done": True})
        self.done(undone)
        if again:
            self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": "9"}))
            self.done(replace(undone, what=undone.what | {"seq": first}))
        self.expire("clerk:1", 0)

    @precondition(lambda self: self.cleared < MOST_TIMES)
    @rule(spent=st.integers(1, 8), beside=st.booleans(), late=st.booleans())
    def clear_a_quarter(self, spent: int, beside: bool, late: bool) -> None:  # noqa: FBT001 - as above
        """Have a close clear what is left of an award, perhaps beside points that a day ends; undo what was spent."""
        self.cleared += 1
        self.adopt_rules(replace(LATER_RULES, expiry=CLEARED), "month")
        household, day = self.newcomer(), self.today
        self.tidied(household, 3)
        if beside:
            self.adopt_rules(replace(LATER_RULES, expiry=Ending("end_of", 0, "quarter")), "month")
            self.tidied(household, 2)
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": str(spent)}))
        taken = self.reference.size
        _, clears = self.reference.last_day(CLEARED, day)
        self.close_through(clears)
        if late:
            self.tidied(household, 1, day)
        self.done(Command("reverse", {"reason": "记错", "seq": taken, "by": "clerk:1", "done": True}))
        if late:
            self.close_through(self.reference.first_open)
