"""The machine with limits that are filled on purpose, and debts under rules that let nobody owe."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.base_machine import BaseMachine
from tests.stateful.commands import LATER_RULES, Command
from tests.stateful.ending_machine import EndingMachine
from tests.stateful.values import Base, Cap

LIMITS = (
    Cap("category:cleanup", "points", 20, "week"),
    Cap("all", "times", 5, "month"),
    Cap("ceiling", "points", 25, "quarter", with_base=True),
)
MOST_TIMES = 3


class LimitMachine(BaseMachine, EndingMachine):
    """A book in memory whose limits are met, and its reference."""

    def __init__(self) -> None:
        """Have filled nothing yet."""
        super().__init__()
        self.filled = self.debtors = 0

    @precondition(lambda self: self.filled < MOST_TIMES)
    @rule(limit=st.sampled_from(LIMITS), at_once=st.booleans())
    def fill_the_programme(self, limit: Cap, at_once: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Adopt a limit on more than one activity, and do so much at once or deed by deed that it cuts."""
        self.filled += 1
        bases = (Base("base", 5, "month"),)
        expiry = self.rules_of_today().expiry
        self.adopt_rules(replace(LATER_RULES, caps=(limit,), expiry=expiry, bases=bases), "month")
        household = self.newcomer()
        for times in (16,) if at_once else (4, 4, 4, 4):
            self.tidied(household, times)
        self.grant_base(0, "clerk:1")

    @precondition(lambda self: self.debtors < MOST_TIMES)
    @rule(arrears=st.sampled_from(["block", "write_off"]), undone=st.integers(1, 2))
    def owe_nothing(self, arrears: str, undone: int) -> None:
        """Deduct more than is there where nobody may owe, and undo an award whose points are spent."""
        self.debtors += 1
        self.adopt_rules(replace(LATER_RULES, arrears=arrears, expiry=self.rules_of_today().expiry), "month")
        household = self.newcomer()
        self.tidied(household, 3)
        for times in ("2", "9"):
            self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": times}))
        self.done(Command("reverse", {"reason": "记错"}, back=undone))
