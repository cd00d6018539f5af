"""The machine with mistakes that are made on purpose, each refused, and a batch in which none is made."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.commands import Command, households
from tests.stateful.store_machine import StoreMachine

MOST_TIMES = 3


class MistakeMachine(StoreMachine):
    """A book in memory in which mistakes are made, and its reference."""

    def __init__(self) -> None:
        """Have made no mistake yet."""
        super().__init__()
        self.greedy = self.swapped = 0

    @rule()
    def close_amiss(self) -> None:
        """Close a month that is not over, one before the book, one twice, and grant a base of a closed one."""
        today = self.reference.month_of(self.today)
        assert not self.done(Command("close", {"period": today}))
        assert not self.done(Command("close", {"period": "2025-12"}))
        if self.reference.closed:
            assert not self.done(Command("close", {"period": self.reference.closed}))
            back = [int(month[:4]) * 12 + int(month[5:]) for month in (today, self.reference.closed)]
            self.grant_base(back[0] - back[1], "clerk:1")

    @rule(household=households)
    def correct_amiss(self, household: str) -> None:
        """Correct what is no deed, and a deed into what it was; send that deed once more, and then another so."""
        amiss = Command("correct", {"reason": "记错", "by": "clerk:1", "quantity": "2", "seq": 1, "done": True})
        assert not self.done(amiss)
        if self.done(Command("award", {"household": household, "activity": "tidy", "quantity": "2"})):
            done, _ = self.earlier[-1]
            self.done(Command("correct", {"reason": "记错", "quantity": "2"}, back=0))
            self.done(done)
            assert not self.done(replace(done, what=done.what | {"quantity": "3"}))

    @precondition(lambda self: self.greedy < MOST_TIMES)
    @rule(beyond=st.integers(1, 3))
    def ask_for_too_much(self, beyond: int) -> None:
        """Ask for more than is on the shelf with points enough, then for what is there."""
        self.greedy += 1
        household = self.newcomer()
        there, _, held = self.reference.on_shelf("main", "soap")
        pieces = there - held
        self.tidied(household, 3 * (pieces + beyond))
        self.done(Command("redeem", {"household": household, "items": {"soap": pieces + beyond}}))
        if pieces:
            self.done(Command("redeem", {"household": household, "items": {"soap": 1}}))

    @precondition(lambda self: self.swapped < MOST_TIMES)
    @rule(spent=st.integers(1, 4), later=st.integers(1, 6))
    def take_others_instead(self, spent: int, later: int) -> None:
        """Undo an award that is spent, at least in part, with another behind it that stands in."""
        self.swapped += 1
        household = self.newcomer()
        self.tidied(household, 4)
        first = self.reference.size
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": str(spent)}))
        self.tidied(household, later)
        self.done(Command("reverse", {"reason": "记错", "seq": first, "by": "clerk:1", "done": True}))

    @rule(times=st.integers(1, 3), mistaken=st.booleans())
    def batch_acts(self, times: int, mistaken: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Post several acts in one transaction that all can be done, or all but one."""
        inside = [self.arrival() for _ in range(times)]
        self.batch(sound=False, inside=[*inside, *(inside[:1] if mistaken else [])], fails=False)
