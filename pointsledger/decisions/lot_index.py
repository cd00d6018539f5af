"""The index of lots in the working set: which are open, in the order in which they are consumed.

Open lots are read by the page, and an account may have thousands. So the index knows how far those of an account are
here: up to a place in their order, behind which more may stand in the database.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Any

from pointsledger.rules.lots import NEVER, order_of
from pointsledger.values import rows
from pointsledger.values.records import POINTS

LotOrder = tuple[Any, ...]
"""A place in the order of consumption: see ``lots.order_of``; the beginning of one stands before all that begin so."""
BEGINNING: LotOrder = ("",)
END: LotOrder = (NEVER, "~")


class LotIndex:
    """Which lots of an account are open, in their order and as far as known, which paid into arrears, and which end."""

    def __init__(self) -> None:
        """Know of none."""
        self._known: dict[tuple[str, str], LotOrder] = {}
        self._open: dict[tuple[str, str], list[Any]] = {}
        self._settled: dict[tuple[str, str], set[tuple[int, int]]] = {}
        self._ending: dict[str, set[tuple[int, int]]] = {}
        self._ending_known: str = ""

    def copy(self) -> LotIndex:
        """Return the same index once more, to be changed by itself."""
        other = LotIndex()
        other._known = dict(self._known)
        other._open = {key: list(places) for key, places in self._open.items()}
        other._settled = {key: set(places) for key, places in self._settled.items()}
        other._ending_known = self._ending_known
        other._ending = {day: set(places) for day, places in self._ending.items()}
        return other

    def put(self, lot: rows.Lot) -> None:
        """Take a lot as it is now."""
        key = (lot.account, lot.unit)
        places = self._open.get(key)
        if places is None:
            places = self._open[key] = []
        order = order_of(lot)
        place = bisect_left(places, order)
        known = place < len(places) and places[place] == order
        if lot.remaining and not known:
            insort(places, order)
        elif known and not lot.remaining:
            del places[place]
        if lot.expires_on is not None and lot.unit == POINTS:
            ending = self._ending.setdefault(lot.expires_on, set())
            if lot.remaining:
                ending.add((lot.seq, lot.line))
            else:
                ending.discard((lot.seq, lot.line))
        if lot.settled:
            self._settled.setdefault(key, set()).add((lot.seq, lot.line))
        elif key in self._settled:
            self._settled[key].discard((lot.seq, lot.line))

    def next(self, key: tuple[str, str], last: LotOrder) -> LotOrder | None:
        """Return the place of the first open lot behind ``last``, of those that are here."""
        places = self._open.get(key, [])
        place = bisect_right(places, last)
        return places[place] if place < len(places) else None

    def known(self, key: tuple[str, str]) -> LotOrder:
        """Return the place up to which every open lot is here."""
        return self._known.get(key, BEGINNING)

    def note_known(self, key: tuple[str, str], until: LotOrder) -> None:
        """Note that every open lot before ``until`` is here."""
        self._known[key] = until

    def knows_ending(self, until: str) -> bool:
        """Tell whether every open lot of points whose last day is ``until`` or before is here, whoever has it."""
        return until <= self._ending_known

    def note_ending(self, until: str) -> None:
        """Note that these lots are here."""
        self._ending_known = max(until, self._ending_known)

    def ending(self, until: str) -> list[tuple[int, int]]:
        """Return record and line of the open lots of points whose last day is ``until`` or before."""
        return [place for day, places in self._ending.items() if day <= until for place in places]

    def settled(self, account: str, unit: str) -> set[tuple[int, int]]:
        """Return record and line of the lots that paid into arrears."""
        return self._settled.get((account, unit), set())
