"""Open lots are read by the page, in the order of consumption, with what was changed meanwhile among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.decisions import state
from pointsledger.decisions.lot_index import LotOrder
from pointsledger.decisions.state import State
from pointsledger.rules.lots import NEVER, order_of
from pointsledger.values import rows

HOUSEHOLD = "h-1"


def lot(seq: int, remaining: int, earned_on: str, expires_on: str | None) -> rows.Lot:
    """Return a lot of the household."""
    return rows.Lot("v", seq, 1, HOUSEHOLD, "points", 9, remaining, 0, earned_on, earned_on, expires_on, 0)


class Kept:
    """A source that has some lots, and counts how many it gave."""

    def __init__(self, lots: Iterable[rows.Lot]) -> None:
        """Keep them in their order."""
        self.lots = sorted((one for one in lots if one.remaining), key=order_of)
        self.given = 0

    def _page(self, after: LotOrder, day: str, limit: int) -> list[rows.Lot]:
        behind = [one for one in self.lots if order_of(one) > after and (one.expires_on or NEVER) < day]
        self.given += len(behind[:limit])
        return behind[:limit]

    def open_lots(self, account: str, unit: str, after: LotOrder, limit: int) -> list[rows.Lot]:
        """Return a page of all of them."""
        assert (HOUSEHOLD, "points") == (account, unit)
        return self._page(after, "~", limit)

    def ending_lots(self, account: str, unit: str, after: LotOrder, day: str, limit: int) -> list[rows.Lot]:
        """Return a page of those that end."""
        assert (HOUSEHOLD, "points") == (account, unit)
        return self._page(after, day, limit)

    def fetch(self, kind: type, key: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any row
        """Return the village's own row, and of lots the one asked for."""
        if kind is rows.Village:
            return rows.Village("v", "Asia/Shanghai", 0, 0, "2026-01", 0, b"", b"", "")
        return next((one._replace() for one in self.lots if one[1:3] == key), None)


DAYS = st.sampled_from(["2026-01-31", "2026-02-28", "2026-03-31", None])
LOTS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["2026-01-01", "2026-01-02"]), DAYS), max_size=14)


@given(
    found=LOTS,
    asked=st.sets(st.integers(1, 14), max_size=3),
    changed=st.lists(st.tuples(st.integers(1, 14), st.integers(0, 9)), max_size=6),
    new=LOTS,
)
def test_pages_come_out_as_if_all_had_been_read(
    found: list[tuple[int, str, str | None]],
    asked: set[int],
    changed: list[tuple[int, int]],
    new: list[tuple[int, str, str | None]],
) -> None:
    """However few are read at once, the lots come in one order, each as it is now, those emptied meanwhile left out."""
    kept = [lot(seq, *one) for seq, one in enumerate(found, start=1)]
    working = State("v", Kept(kept))  # type: ignore[arg-type]  # of a source it has what lots ask for
    now = {one.seq: one for one in kept}
    for seq in asked:
        working.get(rows.Lot, (seq, 1))
    with patch.object(state, "LOTS_AT_ONCE", 3):
        taken = working.lots(HOUSEHOLD, "points")
        before = [next(taken, None) for _ in range(2)]
        for seq, remaining in changed:
            if seq in now:
                now[seq] = now[seq]._replace(remaining=remaining)
                working.put(now[seq])
        for seq, one in enumerate(new, start=100):
            now[seq] = lot(seq, *one)
            working.put(now[seq])
        whole = list(working.lots(HOUSEHOLD, "points"))
    event(f"pages: {len(kept) // 3}")
    assert sorted((one for one in kept if one.remaining), key=order_of)[:2] == [one for one in before if one]
    assert sorted((one for one in now.values() if one.remaining), key=order_of) == whole


def test_a_spend_reads_no_more_than_it_takes() -> None:
    """Of ten thousand lots a spend that needs one reads one page."""
    source = Kept(lot(seq, 1, "2026-01-01", None) for seq in range(1, 10_001))
    working = State("v", source)  # type: ignore[arg-type]  # as above
    assert 1 == next(iter(working.lots(HOUSEHOLD, "points"))).seq
    assert state.LOTS_AT_ONCE == source.given
