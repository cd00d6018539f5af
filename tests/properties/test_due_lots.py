"""What is due is worked out twice, by the rules over lots at hand and in SQL over those of a village: they agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger import Ledger
from pointsledger.decisions.closing import lots_ending_with
from pointsledger.decisions.lapsing import DueLots
from pointsledger.rules.lots import floor_of, is_over
from pointsledger.values.rows import Lot
from tests.database.lived_in import StepClock, begin

OTHER = "h-other"
CLOSED = "2026-03"

LAST_DAYS = {"2026-02": "2026-02-28", "2026-03": "2026-03-31", "2026-04": "2026-04-30"}

days = st.sampled_from([*LAST_DAYS.values(), "2026-04-01"])
present = st.sampled_from(["2026-04-01", "2026-04-30", "2026-05-01"])
"""No day is asked about that a closed month has."""

months = st.sampled_from(list(LAST_DAYS))
amounts = st.integers(0, 3)


class Drawn(NamedTuple):
    """A lot as drawn: whose and of what it is, how it ends, and what of it is left, held and a floor."""

    other: bool
    unit: str
    expires_on: str | None
    clears_with: str | None
    remaining: int
    held: int
    floor: bool

    def lot(self, account: str, seq: int) -> Lot:
        """Return the lot as it could stand: what is held is left, a floor is never held, and a close has its day."""
        ends = LAST_DAYS[self.clears_with] if self.clears_with else self.expires_on
        held = 0 if self.floor else min(self.held, self.remaining)
        on = "2026-01-05"
        own = (self.remaining + 1, self.remaining, 0, on, on, ends, 0, self.clears_with, int(self.floor), held)
        return Lot("nanyu", seq, 1, OTHER if self.other else account, self.unit, *own)


units = st.sampled_from(["points", "points", "points", "item:soap"])
drawn = st.builds(Drawn, st.booleans(), units, st.none() | days, st.none() | months, amounts, amounts, st.booleans())


@pytest.fixture(scope="module")
def book() -> Iterator[Ledger]:
    """Begin a book of one household that has some points."""
    with begin("sqlite://", clock=StepClock()) as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1")
        ledger.award("03-017", "tidy", by="clerk:1")
        yield ledger


@given(lots=st.lists(drawn, max_size=8), day=present)
def test_what_is_due_is_what_is_over(book: Ledger, lots: list[Drawn], day: str) -> None:
    """For any lots, SQL finds due on a day what the rules call over and something free is left of, and nothing else."""
    with book._store.connected(writes=True) as connection:
        account = connection.exec_driver_sql("SELECT id FROM points_profile WHERE code = '03-017'").scalar_one()
        made = [one.lot(account, seq) for seq, one in enumerate(lots, start=1)]
        connection.exec_driver_sql("DELETE FROM points_lot")
        connection.exec_driver_sql(f"UPDATE points_village SET closed_through = '{CLOSED}'")  # noqa: S608 - a constant
        for lot in made:
            marks = ", ".join("?" * len(lot))
            connection.exec_driver_sql(f"INSERT INTO points_lot ({', '.join(Lot._fields)}) VALUES ({marks})", lot)  # noqa: S608 - as above
    over = [lot for lot in made if lot.unit == "points" and lot.free and is_over(lot, day, CLOSED)]
    expected: dict[tuple[str, str, str | None], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for lot in over:
        left, floor = expected[lot.account, str(lot.expires_on), lot.clears_with]
        expected[lot.account, str(lot.expires_on), lot.clears_with] = left + lot.free, floor + floor_of(lot)
    told = {DueLots(*key, *sums) for key, sums in expected.items()}
    event(f"{len(over)} of the lots are over")
    with book._reading() as transaction:
        assert told == set(transaction.due_lots(day))
        assert {one for one in told if one.account == account} == set(transaction.due_lots_among(day, [account]))
        at_the_till = transaction.balance("03-017", day)
        held = transaction.state.balance(account, "points").balance
        assert at_the_till is not None
        assert held - sum(lot.free for lot in over if lot.account == account) == at_the_till[4]
        last_day = transaction.state.calendar.bounds("2026-04")[1]
        ending = [lot for lot in made if lot.unit == "points" and lot.free and is_over(lot, last_day, "2026-04")]
        assert sorted(ending) == sorted(lots_ending_with(transaction.state, "2026-04"))
