"""The machine with reservations: promised, collected, cancelled, ended by their day, and refunded in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.commands import (
    LATER_RULES,
    Command,
    cancellations,
    hand_overs,
    households,
    refunds,
    reservations,
)
from tests.stateful.limit_machine import LimitMachine
from tests.stateful.values import Ending, Terms

MOST_TIMES = 2
"""How often each thing is done on purpose in one history, which it makes longer."""

UNTIL_IT_ENDS = Ending("days", 12)
A_WEEK = Terms(lives=7)


class ReservingMachine(LimitMachine):
    """A book in memory whose goods are reserved and taken back, and its reference."""

    def __init__(self) -> None:
        """Have reserved nothing yet."""
        super().__init__()
        self.times: dict[str, int] = {}

    def often(self, what: str) -> bool:
        """Count that something is done on purpose; tell whether it was done often enough before."""
        self.times[what] = self.times.get(what, 0) + 1
        return self.times[what] > MOST_TIMES

    def arguments(self, command: Command) -> dict[str, Any]:
        """Return the arguments of both sides' methods; of an exchange, one of the last that could be, or of another."""
        if command.name not in {"hand_over", "cancel", "refund"} or command.what.get("done"):
            return super().arguments(command)
        told = super().arguments(replace(command, back=None))
        if "earlier" in told:
            told["on"] = (self.instant.date() - timedelta(days=told.pop("earlier"))).isoformat()
        if "redemption" in told:
            return told
        state = "handed-over" if command.name == "refund" else "reserved"
        exchanges = self.reference.exchanges
        fitting = [seq for seq, one in exchanges.items() if one.state == state] or list(exchanges) or [1]
        back = command.back or 0
        among = [1, *exchanges] if back % 5 == 4 else fitting
        return told | {"redemption": among[-1 - back % len(among)]}

    # --- what is drawn ---------------------------------------------------------------------------------

    @rule(command=reservations)
    def reserve(self, command: Command) -> None:
        """Have goods kept."""
        self.done(command)

    @rule(command=hand_overs)
    def hand_over(self, command: Command) -> None:
        """Collect what was reserved, or what was not."""
        self.done(command)

    @rule(command=cancellations)
    def cancel(self, command: Command) -> None:
        """Cancel what was reserved."""
        self.done(command)

    @rule(command=refunds)
    def refund(self, command: Command) -> None:
        """Take goods back, or give points back."""
        self.done(command)

    # --- what is done on purpose -----------------------------------------------------------------------

    def served(self, terms: Terms, expiry: Ending = UNTIL_IT_ENDS) -> str:
        """Adopt terms, fill the shelf, and return a newcomer with two lots of points, who has done nothing else."""
        self.adopt_rules(replace(LATER_RULES, terms=terms, expiry=expiry), "month")
        self.goods("soap", 6, cost=110)
        household = self.newcomer()
        self.tidied(household, 5)
        self.instant += timedelta(days=2)
        self.tidied(household, 5)
        return household

    def goods(self, item: str, pieces: int, *, cost: int = 0, shop: str | None = None, on: str | None = None) -> None:
        """Take goods in."""
        what = {"item": item, "pieces": pieces, "cost": cost, "source": "bought", "shop": shop, "on": on}
        self.done(Command("stock_in", what | {"best_before": None}))

    def asked(self, name: str, household: str, soap: int = 0, cut: int = 0, **also: Any) -> int:  # noqa: ANN401 - as the act's
        """Ask for soap and haircuts; return the number of the exchange, or 0 if it was refused."""
        items = {item: pieces for item, pieces in (("soap", soap), ("cut", cut)) if pieces}
        done = self.done(Command(name, {"household": household, "items": items} | also))
        return max(self.reference.exchanges) if done else 0

    def ended(self, name: str, seq: int, **also: Any) -> bool:  # noqa: ANN401 - as above
        """Do something to an exchange, if there is one."""
        return bool(seq) and self.done(Command(name, {"redemption": seq} | also, named=False))

    @rule(cause=st.sampled_from(["resident", "shop", "force_majeure"]), late=st.booleans(), owing=st.booleans())
    def keep_beyond_their_day(self, cause: str, late: bool, owing: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Reserve with points that end meanwhile, and cancel, or collect, or come too late (S-09 to S-14, S-46)."""
        if self.often("kept"):
            return
        household = self.served(Terms(lives=20, grace=9))
        second = self.asked("reserve", household, cut=1)
        first = self.asked("reserve", household, soap=3)
        if owing:
            self.done(Command("deduct", {"household": household, "activity": "litter", "quantity": "5"}))
        self.instant += timedelta(days=12)
        self.ended("hand_over", second)
        self.instant += timedelta(days=15 if late else 0)
        self.ended("cancel", first, cause=cause)
        self.ended("cancel", first, cause=cause)
        self.tidied(household, 1)
        self.ended("hand_over", first)

    @rule(ending=st.sampled_from(["release", "forfeit"]), owing=st.booleans(), days=st.sampled_from([8, 30]))
    def come_for_nothing(self, ending: str, owing: bool, days: int) -> None:  # noqa: FBT001 - as above
        """Reserve the whole shelf and never come: on its day it is everybody's again, whoever comes upon it."""
        if self.often(ending):
            return
        self.adopt_rules(replace(LATER_RULES, terms=replace(A_WEEK, ending=ending), expiry=UNTIL_IT_ENDS), "month")
        household, other = self.newcomer(), self.newcomer()
        there, _, held = self.reference.on_shelf("main", "soap")
        free = there - held or 2
        if not there - held:
            self.goods("soap", free)
        for one in (household, other):
            self.tidied(one, 3 * free)
        seq = self.asked("reserve", household, soap=free)
        if owing:
            self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": str(3 * free)}))
        self.asked("redeem", other, soap=1)
        self.instant += timedelta(days=days)
        self.compare_holdings_by_date()
        self.tidied(other, 3)
        self.asked("redeem", other, soap=1)
        self.ended("hand_over", seq)

    def compare_holdings_by_date(self) -> None:
        """Compare what is read before anything was recorded."""
        self.figures_agree()
        self.compare_months()

    @rule(
        parts=st.lists(st.integers(1, 11), min_size=1, max_size=4),
        wait=st.sampled_from([0, 4, 13]),
        cause=st.booleans(),
    )
    def refund_in_parts(self, parts: list[int], wait: int, cause: bool) -> None:  # noqa: FBT001 - as above
        """Redeem, refund it in parts of any size until nothing is left, and ask for one more (S-13, S-14)."""
        if self.often("parts"):
            return
        household = self.served(Terms(grace=9))
        seq = self.asked("reserve", household, soap=2, cut=1) if wait == 4 else 0
        if seq:
            self.ended("hand_over", seq)
        seq = seq or self.asked("redeem", household, soap=2, cut=1)
        self.instant += timedelta(days=wait)
        for part in parts:
            self.ended("refund", seq, points=part, cause="shop" if cause else "resident")
        self.ended("refund", seq, returned=not cause, cause="force_majeure" if cause else "resident")
        self.ended("refund", seq, points=1)
        if seq:
            whole = self.reference.exchanges[seq]
            assert whole.refunded == whole.points
            self.done(
                Command("reverse", {"reason": "记错", "seq": whole.ended_by or seq, "by": "clerk:1", "done": True})
            )

    @rule(pieces=st.integers(1, 2), back=st.booleans(), undone=st.booleans())
    def bring_back(self, pieces: int, back: bool, undone: bool) -> None:  # noqa: FBT001 - as above
        """Bring goods back by the piece, more of them than there were, and some that are none of it."""
        if self.often("back"):
            return
        household = self.served(Terms())
        seq = self.asked("redeem", household, soap=2, cut=1)
        if undone:
            self.done(Command("reverse", {"reason": "记错"}, back=0))
        for items in ({"soap": pieces}, {"oil": 1}, {"cut": 1}, {"soap": pieces}, {"soap": 1}):
            self.ended("refund", seq, items=items, returned=back)

    @precondition(lambda self: not self.reference.exchanges or self.reference.size % 4 == 0)
    @rule(household=households)
    def ask_amiss(self, household: str) -> None:
        """Make every mistake there is about exchanges, none of which may leave a trace."""
        assert not self.done(Command("hand_over", {"redemption": 1}))
        assert not self.done(Command("cancel", {"redemption": 1, "cause": "resident"}))
        assert not self.done(Command("refund", {"redemption": 1}))
        for items, shop in (({}, None), ({"nothing": 1}, None), ({"soap": 1}, "west"), ({"cut": 1}, "east")):
            assert not self.done(Command("reserve", {"household": household, "items": items, "shop": shop}))

    @rule(paid=st.integers(1, 3), reversed_first=st.booleans())
    def owe_while_held(self, paid: int, reversed_first: bool) -> None:  # noqa: FBT001 - as above
        """Hold points of an award that is then undone, fall into debt, earn a little, and cancel what is held."""
        if self.often("owing"):
            return
        household = self.served(Terms())
        award = self.reference.size
        seq = self.asked("reserve", household, soap=3, cut=1)
        self.asked("redeem", household, soap=2)
        undo = Command("reverse", {"reason": "记错", "seq": award, "by": "clerk:1", "done": True})
        if reversed_first:
            self.done(undo)
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": "4"}))
        if not reversed_first:
            self.done(undo)
        self.tidied(household, paid)
        self.ended("cancel", seq, cause="resident")
        self.done(undo)

    def reserving_on_purpose(self, how: int) -> tuple[Callable[[], None], ...]:
        """Return what brings about the cases of reservations and refunds."""
        odd, cause = bool(how % 2), ("resident", "shop", "force_majeure")[how % 3]
        return (
            lambda: self.keep_beyond_their_day(cause, how % 4 == 3, how % 4 == 1),
            lambda: self.come_for_nothing("release", odd, 30 if how % 3 else 8),
            lambda: self.come_for_nothing("forfeit", odd, 30 if how % 3 else 8),
            lambda: self.refund_in_parts([1 + how % 5, 4, 1 + how % 3], (4, 0, 13)[how % 3], not odd),
            lambda: self.bring_back(1 + how % 2, how % 4 > 1, how % 5 == 4),
            lambda: self.ask_amiss("01-001"),
            lambda: self.owe_while_held(1 + how % 3, odd),
        )
