"""Promises in the reference ledger: goods that are kept for somebody until a day, and the points that will pay them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from tests.stateful.lapses import Lapsing
from tests.stateful.shelves import shelf
from tests.stateful.values import Act, Exchange, Json, Lot, Movement, Outcome, Place, Refused

ON_SHELVES = frozenset({"redeem", "reserve", "intake", "transfer", "write-off", "stocktake", "reward"})
"""The acts that name goods on a shelf; to reverse one of them is to meet the shelf as well."""


class Promising(Lapsing):
    """One village's book in which goods are reserved, in memory."""

    # --- what can be asked -----------------------------------------------------------------------------

    @contextmanager
    def by_date(self) -> Iterator[None]:
        """Have all that is due by today recorded for as long as the block: readings go by the date."""
        if not self.ended():
            yield
            return
        with self.rehearsal():
            for household in sorted(self.groups):
                self._record_due(household)
            yield

    def balance_on(self, household: str, day: str) -> int:
        """Return what a household held at the end of a day."""
        with self.by_date():
            return super().balance_on(household, day)

    def tally(self, month: str, level: str, view: str = "as_closed") -> dict[str, tuple[int, ...]]:
        """Return the tally of a month as if all that is due had been recorded."""
        with self.by_date():
            return super().tally(month, level, view)

    # --- acts ------------------------------------------------------------------------------------------

    def reserve(self, household: str, items: Mapping[str, int], **how: Any) -> Outcome:  # noqa: ANN401 - as the others
        """Promise goods for points, and hold both."""
        self._known(household, how)
        said = {"household": household, "items": tuple(sorted(items.items())), "shop": how.get("shop")}
        return self._posted("reserve", said, how, lambda act: self._reserve(said, act))

    def _reserve(self, said: Json, act: Act) -> None:
        act.household = household = said["household"]
        self._date(act, self.today)
        wanted, total = self._wanted(said, act.on)
        self._permit(said, wanted, total, collecting=False)
        self._see_there(said, wanted, total)
        exchange = self._begin(act, said, wanted, self.today)
        act.points, terms = total, self.terms_on(act.on)
        exchange.state, exchange.ending = "reserved", terms.ending
        exchange.last_day = (date.fromisoformat(act.on) + timedelta(days=terms.lives)).isoformat()
        self._hold(exchange, household, [lot for lot in self._in_order(household) if not lot.floor], total)
        for item, one in wanted.items():
            if one.stocked:
                there = shelf(said["shop"], item)
                self._hold(exchange, there, self._in_order(there), one.pieces)
        self._note("reserved", *(["reserved from several lots"] if len(self._of(exchange)) > 1 else []))

    def _hold(self, exchange: Exchange, holder: str, lots: list[Lot], amount: int) -> None:
        for lot, part in self._parts(lots, amount):
            lot.held += part
            exchange.promised[holder, lot.place] = part

    def hand_over(self, redemption: int, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Hand over what was reserved; without a request, again is the same act."""
        if redemption not in self.exchanges or not self.exchanges[redemption].last_day:
            self._notes = []
            raise Refused(code="not-a-reservation")
        if not how.get("request") and self.exchanges[redemption].reversed_by:
            self._notes = []
            raise Refused(code="invalid-state")
        told = {"request": f"~hand-over/{redemption}"} | dict(how)
        return self._posted("hand-over", {"redemption": redemption}, told, lambda act: self._hand_over(redemption, act))

    def _hand_over(self, seq: int, act: Act) -> None:
        exchange = self._living(seq)
        self._see_open(exchange.shop)
        self._see_day()
        self._date(act, self.today)
        household = act.household = exchange.household
        act.points = exchange.points
        over = [place for place, _ in self._of(exchange) if self._is_over(self._lot(place), self.today)]
        for place, part in exchange.promised.items():
            self._lot(place).left -= part
            act.taken[place] = part
        self._let_go(exchange, "handed-over")
        exchange.spent, exchange.on, exchange.ended_by = act.taken, act.on, self.size + 1
        self._move(act, "redeemed", "", -exchange.points, 0)
        self._note("handed over", *(["handed over in arrears"] if self.arrears.get(household) else []))
        self._note(*(["handed over after its day"] if over else []))

    def cancel(self, redemption: int, *, cause: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Let go of what was reserved; without a request, again is the same act."""
        told = {"request": f"~cancel/{redemption}"} | dict(how)
        said = {"redemption": redemption, "cause": cause, "reason": how.get("reason")}
        return self._posted("cancel", said, told, lambda act: self._cancel(said, act))

    def _cancel(self, said: Json, act: Act) -> None:
        exchange = self._living(said["redemption"])
        act.household = exchange.household
        self._date(act, self.today)
        back = self._of(exchange)
        self._let_go(exchange, "cancelled")
        exchange.ended_by = self.size + 1
        self._note("cancelled")
        over, alive = self._sorted_out(back, act.on)
        self._pay_back(exchange.household, alive)
        if not over:
            return
        lapsed = sum(part for _, part in over)
        for place, part in over:
            self._lot(place).left -= part
        self._move(act, "expired", "", -lapsed, 0)
        self._note("cancelled after its points had ended")
        if said["cause"] != "resident":
            self._move(act, "expired", "", lapsed, 0)
            self._receive(act, exchange.household, lapsed, self._after_grace(act.on))
            self._note("given some days of grace")

    def _after_grace(self, on: str) -> str:
        return (date.fromisoformat(on) + timedelta(days=self.terms_on(on).grace)).isoformat()

    def _living(self, seq: int) -> Exchange:
        exchange = self.exchanges.get(seq)
        if exchange is None or not exchange.last_day:
            raise Refused(code="not-a-reservation")
        if exchange.state != "reserved" or exchange.last_day < self.today:
            self._note(*(["too late"] if exchange.state == "reserved" else []))
            raise Refused(code="invalid-state")
        return exchange

    # --- what ends by its day --------------------------------------------------------------------------

    def ended(self, household: str = "", *, until: str = "") -> list[int]:
        """Return the reservations whose last day is over by today or another day, of one or all, soonest first."""
        found = [
            (exchange.last_day, seq)
            for seq, exchange in self.exchanges.items()
            if exchange.state == "reserved"
            and exchange.last_day < (until or self.today)
            and household in {"", exchange.household}
        ]
        return [seq for _, seq in sorted(found)]

    def _has_due(self, household: str) -> bool:
        return super()._has_due(household) or bool(household and self.ended(household))

    def _comes_after(self, kind: str, said: Json) -> bool:
        return super()._comes_after(kind, said) or bool(self.ended())

    def _record_first(self, kind: str, said: Json) -> None:
        if any(self.held(holder) for holder in self._shelves_of(kind, said)):
            self._end(self.ended())
        if said.get("handed_over"):
            self._end(self.ended(said["household"]))
        super()._record_first(kind, said)

    def _record_due(self, household: str, named: int = 0) -> None:
        if household:
            self._end([seq for seq in self.ended(household) if seq != named])
        super()._record_due(household)

    def _touched(self, kind: str, said: Json) -> str:
        if kind in {"hand-over", "cancel", "refund"}:
            exchange = self.exchanges.get(said["redemption"])
            return exchange.household if exchange is not None else ""
        return super()._touched(kind, said)

    def _shelves_of(self, kind: str, said: Json) -> list[str]:
        """Return the shelves that an act meets."""
        if kind == "reverse":
            original = self.acts.get(said["seq"])
            if original is None or original.reversed_by:
                return []
            moved = (*original.received, *(holder for holder, _ in original.taken))
            return [holder for holder in moved if holder.startswith("shelf ")]
        if kind not in ON_SHELVES:
            return []
        named = [item for item, _ in (*said.get("items", ()), *said.get("counts", ()), *said.get("goods", ()))]
        return [shelf(said["shop"], item) for item in (*named, *([said["item"]] if "item" in said else []))]

    def _end_within(self, month: str) -> None:
        self._end(self.ended(until=self.last_of(month)))

    def _end(self, ended: list[int]) -> None:
        """Record that nobody came for what was reserved: its points are free again, or forfeited."""
        for seq in ended:
            exchange = self.exchanges[seq]
            after = (date.fromisoformat(exchange.last_day) + timedelta(days=1)).isoformat()
            on = max(after, self.first_of(self.first_open))
            back, forfeits = self._of(exchange), exchange.ending == "forfeit"
            self._let_go(exchange, "forfeited" if forfeits else "released")
            self._note(exchange.state)
            over, alive = ([], back) if forfeits else self._sorted_out(back, on)
            gone = alive if forfeits else over
            for place, part in gone:
                self._lot(place).left -= part
            if not forfeits:
                self._pay_back(exchange.household, alive)
            self.size += 1
            exchange.ended_by = self.size
            points = sum(part for _, part in gone)
            heading = "forfeited" if forfeits else "expired"
            if points:
                month = self.month_of(on)
                self.movements.append(Movement(exchange.household, on, month, month, heading, "", -points, 0))
                self._note(*([] if forfeits else ["released after its points had ended"]))

    def _let_go(self, exchange: Exchange, state: str) -> None:
        """Hold nothing any more of an exchange, which has ended so."""
        for place, part in exchange.promised.items():
            self._lot(place).held -= part
        exchange.state = state
        exchange.promised = {}
        if state != "handed-over":
            self._count_back(exchange)

    @staticmethod
    def _of(exchange: Exchange) -> list[tuple[Place, int]]:
        """Return which lots of points an exchange holds."""
        return [(place, part) for place, part in exchange.promised.items() if place[0] == exchange.household]

    def _sorted_out(
        self, back: list[tuple[Place, int]], on: str
    ) -> tuple[list[tuple[Place, int]], list[tuple[Place, int]]]:
        """Return what of some parts of lots had ended by a day, and what had not."""
        over = [one for one in back if self._is_over(self._lot(one[0]), on)]
        return over, [one for one in back if one not in over]

    def _pay_back(self, household: str, back: list[tuple[Place, int]]) -> None:
        """Have points that are free again pay what is owed by now."""
        owed = self.arrears.get(household, 0)
        if owed and back:
            self._settle_from(household, back, owed)
            self._note("debt paid by what was held")
