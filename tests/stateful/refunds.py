"""Refunds in the reference ledger: points and goods that come back, in parts or as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.stateful.promises import Promising
from tests.stateful.shelves import shelf
from tests.stateful.values import Act, Exchange, Json, Outcome, Place, Refused


class Refunding(Promising):
    """One village's book in which goods are taken back, in memory."""

    def refund(
        self,
        redemption: int,
        items: Mapping[str, int] | None = None,
        *,
        points: int | None = None,
        returned: bool = True,
        cause: str = "resident",
        **how: Any,  # noqa: ANN401 - as the others
    ) -> Outcome:
        """Give points back for goods, so many points, or all that is left."""
        said: dict[str, Any] = {
            "redemption": redemption,
            "points": points,
            "returned": returned or points is not None,
            "cause": cause,
        }
        said |= {"pieces": None if items is None else tuple(sorted(items.items())), "on": how.get("on")}
        return self._posted("refund", said, how, lambda act: self._refund(said, act))

    def _refund(self, said: Json, act: Act) -> None:
        exchange = self.exchanges.get(said["redemption"])
        if exchange is None:
            raise Refused(code="not-a-redemption")
        if exchange.reversed_by or exchange.state != "handed-over":
            raise Refused(code="invalid-state")
        self._date(act, max(self._day(said["on"]), exchange.on))
        points, pieces = self._asked(exchange, said)
        if not 0 < points <= exchange.points - exchange.refunded:
            self._note("refused as refunded already")
            raise Refused(code="over-refund")
        act.household, act.points = exchange.household, points
        self._give_points(exchange, points, said["cause"] != "resident", act)
        for item, number in pieces.items():
            self._give_pieces(exchange, item, number, returned=said["returned"])
        exchange.refunded += points
        whole = exchange.refunded == exchange.points
        self._count_exchange(exchange, -points, -int(whole), {item: -number for item, number in pieces.items()})
        self._note("refunded", "refunded wholly" if whole else "refunded in part", f"refunded for {said['cause']}")

    def _asked(self, exchange: Exchange, said: Json) -> tuple[int, dict[str, int]]:
        """Return the points that are asked for, and the pieces."""
        if said["points"] is not None:
            return said["points"], {}
        left = {item: one.pieces - one.refunded for item, one in exchange.items.items()}
        if said["pieces"] is None:
            return exchange.points - exchange.refunded, {item: number for item, number in left.items() if number}
        for item, number in said["pieces"]:
            if item not in left:
                raise Refused(code="not-redeemed")
            if number > left[item]:
                raise Refused(code="over-refund")
        pieces = dict(said["pieces"])
        return sum(number * exchange.items[item].price for item, number in pieces.items()), pieces

    def _give_points(self, exchange: Exchange, points: int, graced: bool, act: Act) -> None:  # noqa: FBT001 - of one call
        """Give points back: first what the household owed for them, then to the lots, the last one taken from first."""
        household = exchange.household
        cleared = max(0, min(points, exchange.owed - exchange.refunded))
        spent = [(place, part) for place, part in exchange.spent.items() if place[0] == household]
        back = _part_of(spent[::-1], max(0, exchange.refunded - exchange.owed), points - cleared)
        over, alive = self._sorted_out(back, act.on)
        for place, part in alive:
            self._lot(place).left += part
        self._move(act, "refunded", "", points, 0)
        owed = self.arrears.get(household, 0)
        if owed < cleared:
            self._unsettle(household, cleared - owed)
            self._note("unsettled by a refund")
        else:
            self._note(*(["debt cleared by a refund"] if cleared else []))
            self._settle_from(household, alive, owed - cleared)
        gone = sum(part for _, part in over)
        if over and graced:
            self._receive(act, household, gone, self._after_grace(act.on))
            self._note("given some days of grace")
        elif over:
            self._move(act, "expired", "", -gone, 0)
            self._note("refunded after its points had ended")

    def _give_pieces(self, exchange: Exchange, item: str, pieces: int, *, returned: bool) -> None:
        """Take pieces back, onto the shelf if they were returned, the last ones taken from it first."""
        wanted = exchange.items[item]
        wanted.refunded += pieces
        if not (returned and wanted.stocked):
            self._note(*(["not returned"] if wanted.stocked else ["service refunded"]))
            return
        there = shelf(exchange.shop, item)
        taken = [(place, part) for place, part in exchange.spent.items() if place[0] == there]
        for place, part in _part_of(taken[::-1], wanted.returned, pieces):
            self._lot(place).left += part
        wanted.returned += pieces
        self._note("back on the shelf")


def _part_of(parts: list[tuple[Place, int]], skipped: int, amount: int) -> list[tuple[Place, int]]:
    """Return so much of what was taken, behind what is skipped."""
    found = []
    for place, part in parts:
        before = min(part, skipped)
        own = min(part - before, amount)
        skipped, amount = skipped - before, amount - own
        if own:
            found.append((place, own))
    return found
