"""Lapses in the reference ledger: what has had its last day is gone, and is recorded when somebody comes upon it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tests.stateful.book import Book
from tests.stateful.pairing import Paired
from tests.stateful.values import Act, Ending, Json, Lot, Movement, Outcome, Refused


@dataclass
class Lapse:
    """What one record took from a household's lots with one last day, by the act that made each, and its line."""

    household: str
    parts: dict[int, int]
    line: Movement
    last_day: str
    undone: bool = False


class Lapsing(Paired):
    """One village's book in which points end, in memory."""

    def __init__(self, *rules: Any, **settings: Any) -> None:  # noqa: ANN401 - as the book's
        """Begin the book; nothing has lapsed yet."""
        super().__init__(*rules, **settings)
        self.lapses: dict[int, Lapse] = {}

    # --- what can be asked -----------------------------------------------------------------------------

    def balance(self, household: str) -> int:
        """Return what a household holds today, less what it owes."""
        return super().balance(household) - sum(lot.free for lot in self._over(household, self.today))

    def floor(self, household: str) -> int:
        """Return what keeps from being spent today: what of a floor is over keeps nothing."""
        return super().floor(household) - sum(lot.left for lot in self._over(household, self.today) if lot.floor)

    def balance_on(self, household: str, day: str) -> int:
        """Return what a household held at the end of a day; a lapse counts whether or not it was recorded."""
        due = (line for line in self._unrecorded(day) if line.household == household and line.on <= day)
        return super().balance_on(household, day) + sum(line.points for line in due)

    def tally(self, month: str, level: str, view: str = "as_closed") -> dict[str, tuple[int, ...]]:
        """Return the tally of a month as if every lapse had been recorded."""
        recorded = self.movements
        self.movements = [*recorded, *self._unrecorded(self.today)]
        try:
            return super().tally(month, level, view)
        finally:
            self.movements = recorded

    def ending_on(self, on: str) -> Ending:
        """Return how points of a deed end, by the rules of its day."""
        return next((rules.expiry for rules in reversed(self.rules) if rules.first_day <= on), Ending())

    # --- acts ------------------------------------------------------------------------------------------

    def due_households(self) -> list[str]:
        """Return the households of which something is due and not recorded."""
        return [household for household in sorted(self.groups) if self._has_due(household)]

    def _has_due(self, household: str) -> bool:
        return bool(self._over(household, self.today))

    def expire(self, households: list[str], *, by: str) -> None:
        """Record every lapse that is due, of some households."""
        for household in households:
            self._introduce(by)
            self._record_due(household)

    def _introduce(self, by: str) -> None:
        if by not in self.operators:
            self.operators.add(by)
            self.size += 1

    def _posted(self, kind: str, said: Json, how: Mapping[str, Any], do: Callable[[Act], None]) -> Outcome:
        if how.get("request") in self.requests or not self._comes_after(kind, said):
            return super()._posted(kind, said, how, do)
        before = copy.deepcopy({name: value for name, value in vars(self).items() if name not in {"rules", "prices"}})

        def behind(act: Act) -> None:
            newcomer = how["by"] not in self.operators and self._has_due(self._touched(kind, said))
            self._record_first(kind, said)
            self._note(*(["newcomer with a due lapse"] if newcomer else []))
            do(act)

        try:
            return super()._posted(kind, said, how, behind)
        except Refused:  # an act that is refused leaves nothing of what had to come before it
            notes = self._notes
            vars(self).update(before)
            self._notes = notes
            raise

    def _comes_after(self, kind: str, said: Json) -> bool:
        """Tell whether something may have to be recorded before an act."""
        return bool(self._in_the_way(kind, said) or self._over(self._touched(kind, said), self.today))

    def _record_first(self, kind: str, said: Json) -> None:
        """Record what has to come before an act: what is due on its household, and lapses undone that it needs so."""
        household = self._touched(kind, said)
        if not said.get("handed_over") and not self._spared(said, household):
            self._record_due(household, said.get("redemption", 0))
        for lapse in self._in_the_way(kind, said):
            self._undo_lapse(lapse)

    def _record_due(self, household: str, named: int = 0) -> None:  # noqa: ARG002 - where reservations end, one may be spared
        """Record what is due on a household."""
        self._lapse(household)

    def _touched(self, kind: str, said: Json) -> str:
        if kind == "reverse":
            return self.acts[said["seq"]].household if said["seq"] in self.acts else ""
        household = str(said.get("household", ""))
        return household if household in self.groups else ""

    def _spared(self, said: Json, household: str) -> bool:
        """Tell whether a right award was just recorded on a household, whose points stand in for those it lost."""
        right = self.acts.get(said.get("corrected") or 0)
        return right is not None and right.household == household

    def _in_the_way(self, kind: str, said: Json) -> list[Lapse]:
        """Return the lapses that took what a reversal is to take back, or what paper has of an earlier day (S-50)."""
        standing = [lapse for lapse in self.lapses.values() if not lapse.undone]
        if said.get("handed_over"):
            own = [lapse for lapse in standing if lapse.household == said["household"] and lapse.last_day >= said["on"]]
            return sorted((lapse for lapse in own if self._took_of(lapse, said["on"])), key=lambda one: one.last_day)
        seq = said.get("seq", 0)
        if kind != "reverse" or seq not in self.acts or self.acts[seq].reversed_by:
            return []
        return [lapse for lapse in standing if seq in lapse.parts]

    def _took_of(self, lapse: Lapse, on: str) -> bool:
        """Tell whether a lapse took points that were there on a day."""
        return any(lot.came_on <= on for lot in self.lots[lapse.household] if lot.act in lapse.parts)

    def _there_on(self, household: str, on: str) -> list[Lot]:
        return [lot for lot in Book._in_order(self, household) if lot.best_before >= on or lot.clears > self.closed]

    def _close(self, month: str) -> None:
        before = self.closed
        super()._close(month)
        self.closed = before
        self._end_within(month)
        for household in self.groups:
            self._lapse(household, self.last_of(month))
            cleared = [lot for lot in self.lots.get(household, []) if lot.free and lot.clears == month]
            if cleared:
                last = self.last_of(month)
                points = sum(lot.free for lot in cleared)
                self._leave(cleared, Movement(household, last, month, month, "expired", "", -points, 0), last)
                self._note("cleared by a close")
        self.closed = month

    def _end_within(self, month: str) -> None:
        """Record what ends within a month beside lapses."""

    def _lapse(self, household: str, until: str = "") -> None:
        """Record the lapses of a household that are due by today, or those before another day."""
        until = until or self.today
        ends = sorted({(lot.best_before, lot.clears) for lot in self._over(household, until)})
        for last_day, clears in ends:
            lots = [lot for lot in self._over(household, until) if (lot.best_before, lot.clears) == (last_day, clears)]
            self._leave(lots, self._lapsed(lots[0], household, sum(lot.free for lot in lots)), last_day)
        self._note(*(["lapsed"] if ends else []), *(["several days lapsed"] if len(ends) > 1 else []))

    def _leave(self, lots: list[Lot], line: Movement, last_day: str) -> None:
        """Record that lots have lapsed, but for what is promised of them."""
        parts = {lot.act: lot.free for lot in lots}
        again = any(lapse.household == line.household and parts.keys() & lapse.parts for lapse in self.lapses.values())
        for lot in lots:
            lot.left = lot.held
        self.size += 1
        self.lapses[self.size] = Lapse(line.household, parts, line, last_day)
        self.movements.append(line)
        self._note(*(["lapsed once more"] if again else []))

    def _undo_lapse(self, lapse: Lapse) -> None:
        for lot in self.lots[lapse.household]:
            lot.left += lapse.parts.get(lot.act, 0)
        lapse.undone = True
        self.size += 1
        month = max(lapse.line.month, self.first_open)
        self.movements.append(replace(lapse.line, month=month, points=-lapse.line.points))
        self._note("lapse undone", *(["others lapse again"] if len(lapse.parts) > 1 else []))

    def _lapsed(self, lot: Lot, household: str, points: int) -> Movement:
        after = (date.fromisoformat(lot.best_before) + timedelta(days=1)).isoformat()
        on = max(after, self.first_of(self.first_open))
        concerns = lot.clears or self.month_of(after)
        return Movement(household, on, self.month_of(on), concerns, "expired", "", -points, 0)

    # --- lots ------------------------------------------------------------------------------------------

    def _over(self, household: str, today: str) -> list[Lot]:
        """Return the lots of a household that are over and hold something."""
        if household not in self.groups:
            return []
        return [lot for lot in self.lots.get(household, []) if lot.free and self._is_over(lot, today)]

    def _is_over(self, lot: Lot, today: str) -> bool:
        return lot.clears <= self.closed if lot.clears else lot.best_before < today

    def _unrecorded(self, today: str) -> list[Movement]:
        """Return the lapses that are due and not recorded."""
        return [
            self._lapsed(lot, household, lot.free) for household in self.groups for lot in self._over(household, today)
        ]

    def _in_order(self, holder: str) -> list[Lot]:
        over = {lot.act for lot in self._over(holder, self.today)}
        return [lot for lot in super()._in_order(holder) if lot.act not in over or holder not in self.groups]

    def _receive(
        self,
        act: Act,
        holder: str,
        amount: int,
        best_before: str | None = None,
        cost: int = 0,
        *,
        floor: bool = False,
        line: int = 1,
    ) -> Lot:
        clears = ""
        if holder in self.groups and best_before is None:
            best_before, clears = self.last_day(act.ending or self.ending_on(act.on), act.on)
        lot = super()._receive(act, holder, amount, best_before, cost, floor=floor, line=line)
        lot.clears = clears
        if lot in self._over(holder, self.today):
            self._note("ended before it was recorded")
        return lot
