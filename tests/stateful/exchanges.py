"""Exchanges in the reference ledger: what a household may have for its points, and what it has on paper already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.stateful.shelves import Stocked, shelf
from tests.stateful.values import Act, Exchange, Json, Lot, Outcome, Place, Refused, Terms, Wanted

EVERYTHING = "everything"
"""Under what the redemptions of a household are counted, beside those of each item."""


class Exchanging(Stocked):
    """One village's book with its shops, in memory."""

    def __init__(self, *rules: Any, **settings: Any) -> None:  # noqa: ANN401 - as the book's
        """Begin the book; nothing was exchanged yet."""
        super().__init__(*rules, **settings)
        self.exchanges: dict[int, Exchange] = {}
        self.used: dict[tuple[str, str, str], tuple[int, int]] = {}
        """Points and times (or pieces) that count for what is allowed, by what, household and month."""
        self.pauses: dict[str, tuple[int, str]] = {}
        """Which shops are paused, by which act, and until when."""

    def exchange_of(self, seq: int) -> Exchange | None:
        """Return the exchange in which an act moved points for goods."""
        act = self.acts[seq]
        if act.kind == "hand-over":
            return self.exchanges[act.said["redemption"]]
        return self.exchanges[seq] if act.kind == "redeem" else None

    # --- acts ------------------------------------------------------------------------------------------

    def redeem(self, household: str, items: Mapping[str, int], **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Exchange points for goods, or record that they were on paper."""
        self._known(household, how)
        on = how.get("on") or (self.today if how.get("handed_over") else None)
        said = {"household": household, "items": tuple(sorted(items.items())), "on": on}
        said |= {"shop": how.get("shop"), "handed_over": bool(how.get("handed_over"))}
        do = self._record_paper if said["handed_over"] else self._exchange
        return self._posted("redeem", said, how, lambda act: do(said, act))

    def _exchange(self, said: Json, act: Act) -> None:
        act.household = said["household"]
        self._date(act, self._day(said["on"]))
        wanted, total = self._wanted(said, act.on)
        self._permit(said, wanted, total, collecting=True)
        self._see_there(said, wanted, total)
        self._pay(act, said, wanted, total)
        self._begin(act, said, wanted, self.today)

    def _pay(self, act: Act, said: Json, wanted: dict[str, Wanted], total: int) -> None:
        act.points = total
        self._take(act, act.household, total, floors=False)
        for item, one in wanted.items():
            if one.stocked:
                self._take(act, shelf(said["shop"], item), one.pieces)
        self._move(act, "redeemed", "", -total, 0)

    def _record_paper(self, said: Json, act: Act) -> None:
        """Record what was handed over, whatever the rules say of it (S-40, S-50)."""
        act.household = household = said["household"]
        self._date(act, self._day(said["on"]))
        self._shop(said["shop"], act.on)
        wanted, total = self._wanted(said, act.on)
        act.points = total
        parts = self._parts(self._lots_of(household, act.on), total)
        self._take_parts(act, household, parts)
        act.owed = total - sum(part for _, part in parts)
        self.arrears[household] = self.arrears.get(household, 0) + act.owed
        missing = sum(self._hand_out(act, shelf(said["shop"], item), one) for item, one in wanted.items())
        self._move(act, "redeemed", "", -total, 0)
        exchange = self._begin(act, said, wanted, act.on)
        exchange.irregular = bool(act.owed or missing)
        self._note("paper", *(["paper owed"] if act.owed else []), *(["paper without goods"] if missing else []))

    def _hand_out(self, act: Act, there: str, one: Wanted) -> int:
        """Hand pieces out; return how many of them nobody had taken in."""
        if not one.stocked:
            return 0
        missing = self._take(act, there, one.pieces)
        if missing:
            lot = self._receive(act, there, missing)
            self._take_parts(act, there, [(lot, missing)])
        return missing

    def _lots_of(self, household: str, on: str) -> list[Lot]:
        """Return what could be spent on a day: first what was there then, then what has come since."""
        lots = [lot for lot in self._in_order(household) if not lot.floor]
        then = [lot for lot in self._there_on(household, on) if not lot.floor and lot.came_on <= on]
        return then + [lot for lot in lots if lot not in then]

    def _there_on(self, household: str, on: str) -> list[Lot]:  # noqa: ARG002 - here points do not end
        """Return the lots whose points had not ended on a day."""
        return self._in_order(household)

    def _begin(self, act: Act, said: Json, wanted: dict[str, Wanted], day: str) -> Exchange:
        """Note an exchange, which counts on ``day`` for what is allowed."""
        points = sum(one.pieces * one.price for one in wanted.values())
        exchange = Exchange(act.household, said["shop"] or "main", wanted, points, self.month_of(day), act.on)
        exchange.spent, exchange.owed = act.taken, act.owed
        self.exchanges[self.size + 1] = exchange
        self._count_exchange(exchange, points, 1, {item: one.pieces for item, one in wanted.items()})
        return exchange

    # --- what is asked for -----------------------------------------------------------------------------

    def _wanted(self, said: Json, on: str) -> tuple[dict[str, Wanted], int]:
        """Return the items at the prices of a day, and the points of them all."""
        if not said["items"]:
            raise Refused(code="nothing-chosen")
        wanted = {item: Wanted(pieces, *self._price(item, on)) for item, pieces in said["items"]}
        return wanted, sum(one.pieces * one.price for one in wanted.values())

    def _see_there(self, said: Json, wanted: Mapping[str, Wanted], total: int) -> None:
        """See that the points are there and the goods."""
        household = said["household"]
        if total > self.available(household):
            self._note("refused in arrears" if self.arrears.get(household) else "refused for points")
            if total <= self.balance(household) and self.floor(household):
                self._note("floor reached")
            if total <= self.balance(household) and self.held(household):
                self._note("refused as promised")
            raise Refused(code="insufficient-points")
        self._see_free(said["shop"], {item: one.pieces for item, one in wanted.items() if one.stocked})

    # --- what is allowed -------------------------------------------------------------------------------

    def terms_on(self, on: str) -> Terms:
        """Return what the rules of a day say of redeeming."""
        return next((rules.terms for rules in reversed(self.rules) if rules.first_day <= on), Terms())

    def _permit(self, said: Json, wanted: Mapping[str, Wanted], total: int, *, collecting: bool) -> None:
        """See that the shop may give what is asked for today."""
        household, shop, terms = said["household"], said["shop"] or "main", self.terms_on(self.today)
        given = self._shop(shop, self.today)
        self._see_open(shop)
        if not set(wanted) <= set(given):
            raise Refused(code="not-at-this-shop")
        if collecting:
            self._see_day()
        if terms.minimum and self.balance(household) < terms.minimum:
            raise Refused(code="below-minimum")
        if terms.multiple and total % terms.multiple:
            raise Refused(code="not-multiple")
        points, times = 0, 0
        for allowance in (terms.times, terms.points):
            if allowance is not None:
                most, per = allowance
                points, times = self._used_up(EVERYTHING, household, per)
                if (times + 1 if allowance is terms.times else points + total) > most:
                    self._note("often enough" if allowance is terms.times else "redeemed enough")
                    raise Refused(code="redemption-limit")
        for item, one in wanted.items():
            most, per = self._prices_on(self.today).limits.get(item, (0, ""))
            if per and self._used_up(item, household, per)[1] + one.pieces > most:
                raise Refused(code="item-limit")

    def _see_open(self, shop: str) -> None:
        if self._paused(shop):
            raise Refused(code="shop-paused")

    def _paused(self, shop: str) -> bool:
        _, until = self.pauses.get(shop, (0, "0000-00-00"))
        return not until or until >= self.today

    def _see_day(self) -> None:
        """See that goods are handed over today; days that a month does not have fall on its last."""
        days = self.terms_on(self.today).days
        today = date.fromisoformat(self.today)
        last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if days and today.day not in {min(day, last.day) for day in days}:
            raise Refused(code="not-redemption-day")

    def _used_up(self, what: str, household: str, per: str) -> tuple[int, int]:
        """Return what counts in the span of time around today."""
        found = [
            used
            for (own, whose, month), used in self.used.items()
            if (own, whose) == (what, household)
            and self.span_of(self.first_of(month), per) == self.span_of(self.today, per)
        ]
        return sum(points for points, _ in found), sum(times for _, times in found)

    def _count_exchange(self, exchange: Exchange, points: int, times: int, pieces: Mapping[str, int]) -> None:
        for what, more, often in [(EVERYTHING, points, times), *((item, 0, own) for item, own in pieces.items())]:
            key = (what, exchange.household, exchange.counted)
            so_far, before = self.used.get(key, (0, 0))
            self.used[key] = (so_far + more, before + often)

    def _count_back(self, exchange: Exchange) -> None:
        """Give an exchange of which nothing was refunded its room back."""
        pieces = {item: -one.pieces for item, one in exchange.items.items()}
        self._count_exchange(exchange, -exchange.points, -1, pieces)

    # --- pauses ----------------------------------------------------------------------------------------

    def pause_shop(self, shop: str, *, until: str | None, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Pause a shop."""
        said = {"shop": shop, "until": until, "reason": how.get("reason")}
        return self._posted("pause", said, how, lambda act: self._pause(shop, until, act))

    def _pause(self, shop: str, until: str | None, act: Act) -> None:
        self._date(act, self.today)
        self._shop(shop, self.today)
        if self._paused(shop):
            raise Refused(code="already-paused")
        if until is not None and until < self.today:
            raise Refused(code="invalid-setting")
        self.pauses[shop] = (self.size + 1, until or "")
        self._note("shop paused")

    def resume_shop(self, shop: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Open a shop again."""
        return self._posted("resume", {"shop": shop}, how, lambda act: self._resume(shop, act))

    def _resume(self, shop: str, act: Act) -> None:
        self._date(act, self.today)
        if not self._paused(shop):
            self._shop(shop, self.today)
            raise Refused(code="not-paused")
        del self.pauses[shop]
        self._note("shop resumed")

    # --- calls -----------------------------------------------------------------------------------------

    def call_back(self, household: str, *, answer: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Record what a household said: it moves nothing, so that nothing has to be recorded before it."""
        self._known(household, how)
        said = {"called": household, "answer": answer, "on": how.get("on")}
        return self._posted("call-back", said, how, lambda act: self._call(how.get("on"), act))

    def _call(self, on: str | None, act: Act) -> None:
        self._date(act, self._day(on))
        self._note("called back")


def of_points(places: Mapping[Place, int], household: str) -> list[tuple[Place, int]]:
    """Return which lots of a household an exchange took from, in that order."""
    return [(place, part) for place, part in places.items() if place[0] == household]
