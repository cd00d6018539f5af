"""What the bodies of a journal come to, added up one by one: written again from the design, apart from the library.

A record says which lots its lines took from, what lots paid into arrears, which arrears a line made or cleared. So
balances, lots, arrears, the totals of each month and the bridge of each close follow from bodies alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
KEPT = ("h-", "shelf:", "fund:")
HEADINGS = {
    "issued": "earned",
    "supplier": "supplied",
    "donor": "donated",
    "grant": "granted",
    "shelf": "moved",
    "fund": "moved",
}
"""What a movement counts as where that is not the name of the account on its other side."""

COLUMNS = ("base", "earned", "prior", "deducted", "redeemed", "refunded", "expired", "forfeited", "moved")


@dataclass
class FoldedLot:
    """A lot as its records leave it."""

    account: str
    unit: str
    granted: int
    left: int
    settled: int
    expires_on: str | None
    clears_with: str | None
    floor: int
    cost: int
    held: int = 0


class Folded:
    """A village's journal so far."""

    def __init__(self) -> None:
        """Begin before the first record."""
        self.bodies: list[Body] = []
        self.balance: dict[tuple[str, str], int] = defaultdict(int)
        self.arrears: dict[str, int] = defaultdict(int)
        self.lots: dict[tuple[int, int], FoldedLot] = {}
        self.promises: dict[int, Body] = {}
        """The reservations that stand."""
        self.totals: dict[tuple[str, ...], tuple[int, int]] = {}
        self.closings: dict[tuple[str, str], int] = {}
        """What an account held at the end of a closed month, by the close."""
        self.bridges: dict[str, dict[str, tuple[int, ...]]] = {}
        self.closed = ""

    def add(self, body: Body) -> None:
        """Add a record; see that it counts in no closed month, and that what it took is what it says (5, 9)."""
        assert body["period"] > self.closed, "it counts in a month that was closed before it"
        if body["kind"] == "close":
            self._close(body["said"]["period"])
        for line, entry in enumerate(body["entries"], start=1):
            self._carry(body, line, entry)
        for name in ("settled", "held", "lots"):
            for _, *place, amount in body["decided"].get(name, ()):
                lot = self.lots[place[0], place[1]]
                if name == "held":
                    lot.held += amount
                    continue
                lot.left -= amount
                if name == "settled":
                    lot.settled += amount
                    self.arrears[lot.account] -= amount
        self._promise(body)
        self.bodies.append(body)

    def _promise(self, body: Body) -> None:
        """Note what a reservation holds, as long as it stands."""
        decided, said = body["decided"], body["said"]
        if body["kind"] == "reserve":
            self.promises[body["seq"]] = body
        elif body["kind"] in {"hand-over", "cancel", "release"}:
            held = self.promises.pop(said["redemption"])["decided"]["held"]
            assert [[*place, -part] for *place, part in held] == decided.get("held"), "it lets go of what was held"
        else:
            assert "held" not in decided

    def _carry(self, body: Body, line: int, entry: Body) -> None:
        decided, source, target, unit = body["decided"], entry["source"], entry["target"], entry["unit"]
        amount: int = entry["amount"]
        parts = [part for own, _, _, part in decided.get("lots", ()) if own == line]
        made = sum(one for own, one in decided.get("arrears", ()) if own == line)
        cleared = sum(one for own, one in decided.get("cleared", ()) if own == line)
        if source.startswith(KEPT):
            taken = sum(part for part in parts if part > 0)
            assert amount == taken + made, "a debit is what it took from lots and the arrears it made"
            self.arrears[source] += made
            self._count(body, source, target, -amount, unit)
        if target.startswith(KEPT):
            granted = amount + sum(part for part in parts if part < 0) - cleared
            assert granted >= 0, "nothing gives back more than it moves"
            assert not granted or body["kind"] != "reverse", "what a reversal brings goes back to where it was"
            self.arrears[target] -= cleared
            self._count(body, target, source, amount, unit)
            if granted:
                last_day = decided.get("expires_on") if unit == "points" else body["said"].get("best_before")
                cost = body["said"].get("unit_cost_fen", 0)
                for own, best_before, unit_cost_fen in decided.get("brought", ()):
                    last_day, cost = (best_before or None, unit_cost_fen) if own == line else (last_day, cost)
                ends = (last_day, decided.get("clears_with"), decided.get("floor", 0))
                self.lots[body["seq"], line] = FoldedLot(target, unit, granted, granted, 0, *ends, cost)

    def _count(self, body: Body, account: str, other: str, amount: int, unit: str) -> None:
        self.balance[account, unit] += amount
        name, _, rest = other.partition(":")
        ranked = other.startswith("issued:base:")
        category = "" if ranked or name in {"base", "shelf", "fund"} else rest
        group = body["decided"].get("group", "") if unit == "points" else ""
        heading = HEADINGS.get(name, name)
        key = (body["period"], body.get("for_period", ""), account, unit, heading, category, group)
        so_far, deeds = self.totals.get(key, (0, 0))
        gains = {"issued": 1 if amount > 0 else -1, "deducted": 1 if amount < 0 else -1}
        self.totals[key] = (so_far + amount, deeds + (0 if ranked else gains.get(name, 0)))

    def _close(self, month: str) -> None:
        """Work out the bridge of a month from the totals so far, and of each account what the last one left it."""
        figures: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (closed, account), amount in self.closings.items():
            if closed == self.closed:
                figures[account]["opening"] = amount
        for (period, concerned, account, unit, heading, *_), (amount, _) in self.totals.items():
            if period == month and unit == "points":
                figures[account]["prior" if concerned else heading] += amount
        bridges = {}
        for account, row in figures.items():
            closing = sum(row.values())
            self.closings[month, account] = closing
            if any(row.values()):
                bridges[account] = (*(row.get(name, 0) for name in ("opening", *COLUMNS)), closing)
        self.bridges[month] = bridges
        self.closed = month
