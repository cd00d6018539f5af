"""What the entries of a record do to balances, lots and period totals: the same for every kind of act.

A record names its movements and, line by line, the lots they took from (``decided["lots"]``), what lots paid
into arrears (``"settled"``), the arrears a line made on its source (``"arrears"``) or cleared on its target
(``"cleared"``), and what of lots it promised to a reservation, or let go of again (``"held"``). What goods or money
that only moved are worth, and until when, stands in ``"brought"``. A kind of act adds only what is its own. So a figure
has one way of coming about, whether it is posted live, imported in sets, rebuilt or re-derived by the audit.

Worked example: a household owing 6 earns 20. One entry of 20 makes a lot of 20; ``settled`` pays 6 of it into
the arrears. The lot keeps 14, the arrears go to 0, the balance from -6 to 14.

A line that gives back what an earlier record took (negative parts) makes no new lot for that much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pointsledger.decisions.drafts import counts_on
from pointsledger.decisions.editions import AnyRow
from pointsledger.decisions.state import State
from pointsledger.rules import chart
from pointsledger.rules.caps import entry_activity
from pointsledger.rules.lots import floor_of
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Allocation, Balance, EntryRow, Lot, PeriodTotal

SPEND = "spend"
SETTLE = "settle"
HOLD = "hold"


class Changes:
    """The rows that a record changes, laid over the state they change."""

    def __init__(self, state: State) -> None:
        """Start with none."""
        self._get = state.get
        self._rows: dict[tuple[type, tuple[Any, ...]], tuple[Any, ...]] = {}

    def get(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return a row as changed so far."""
        changed: Any = self._rows.get((kind, key))
        return self._get(kind, key) if changed is None else changed

    def put(self, row: tuple[Any, ...], key: tuple[Any, ...]) -> None:
        """Take a changed row under its key, the village left out."""
        self._rows[type(row), key] = row

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the changed rows."""
        return list(self._rows.values())


def moved(state: State, record: Record) -> list[tuple[Any, ...]]:
    """Return the rows that the entries of ``record`` change."""
    if not record.entries and "held" not in record.decided:
        return []
    changes = Changes(state)
    _allocate(changes, record)
    day = counts_on(state, record)
    for line, entry in enumerate(record.entries, start=1):
        changes.put(entry_of(record, line, day), (record.seq, line))
        if chart.is_kept(entry.target):
            lot = lot_of(record, line)
            if lot is not None:
                _keep(changes, lot, 0)
            _carry(changes, record, line, entry.target, entry.amount)
        if chart.is_kept(entry.source):
            _carry(changes, record, line, entry.source, -entry.amount)
    for added in totals_of(record):
        key = added[1:-2]
        total = changes.get(PeriodTotal, key) or added._replace(amount=0, deeds=0)
        changes.put(total._replace(amount=total.amount + added.amount, deeds=total.deeds + added.deeds), key)
    return changes.rows()


def entry_of(record: Record, line: int, day: str) -> EntryRow:
    """Return the row of a line that counts on ``day``; a reversal says in ``decided`` what its original said."""
    told = record.decided if "of" in record.decided else record.said
    source, target, unit, amount = record.entries[line - 1]
    return EntryRow(
        record.village,
        record.seq,
        line,
        source,
        target,
        unit,
        amount,
        record.on,
        day,
        record.period,
        record.for_period,
        chart.BASE + told["base"]
        if "base" in told
        else entry_activity(told.get("activity", ""), told.get("level", "")),
        told.get("resident", ""),
    )


def allocations_of(record: Record) -> Iterator[Allocation]:
    """Yield what a record took from lots or gave back to them: what they paid into arrears first, then what is held."""
    for name, cause in (("settled", SETTLE), ("held", HOLD), ("lots", SPEND)):
        for line, lot_seq, lot_line, part in record.decided.get(name, ()):
            yield Allocation(record.village, record.seq, line, lot_seq, lot_line, cause, part)


def lot_of(record: Record, line: int) -> Lot | None:
    """Return the lot that a line makes on a kept account: what it brings but does not give back to lots or arrears.

    A record has one end, ``expires_on`` or ``clears_with``, for all lots of points that it makes: no kind makes more
    than one. ``Statements.lots_astray`` rests on it, which looks for the end of a lot anywhere in the body of its
    record. A kind that brings points with several ends has to say them line by line, and that statement to read them
    so; what goods and money have beside the line (``brought``) it does not look at.
    """
    decided, entry = record.decided, record.entries[line - 1]
    granted, settled = entry.amount, 0
    if "lots" in decided:
        granted += sum(part for own, _, _, part in decided["lots"] if own == line and part < 0)
    if "cleared" in decided:
        granted -= _of_line(decided["cleared"], line)
    if granted <= 0:
        return None
    if "settled" in decided:
        place = [line, record.seq, line]
        settled = sum(part for *own, part in decided["settled"] if own == place)
    said, on = record.said, record.on
    last_day = decided.get("expires_on") if entry.unit == POINTS else said.get("best_before")
    cost = said.get("unit_cost_fen", 0)
    for own, best_before, unit_cost_fen in decided.get("brought", ()):
        if own == line:
            last_day, cost = best_before or None, unit_cost_fen
    gone = sum(part for _, seq, own, part in decided.get("lots", ()) if (seq, own) == (record.seq, line))
    return Lot(
        record.village,
        record.seq,
        line,
        entry.target,
        entry.unit,
        granted,
        granted - settled - gone,
        settled,
        on,
        on,
        last_day,
        cost,
        decided.get("clears_with"),
        decided.get("floor", 0),
    )


def allotted(lot: Lot, row: Allocation) -> Lot:
    """Return a lot after another record took from it or gave back to it; its own record made it already settled."""
    if row.seq == lot.seq:
        return lot
    if row.cause == HOLD:
        return lot._replace(held=lot.held + row.amount)
    settled = lot.settled + (row.amount if row.cause == SETTLE else 0)
    return lot._replace(remaining=lot.remaining - row.amount, settled=settled)


def _keep(changes: Changes, lot: Lot, floor: int) -> None:
    """Take a lot as it is now, and on its account what it keeps from being spent, which was ``floor`` before."""
    changes.put(lot, (lot.seq, lot.line))
    if floor_of(lot) != floor:
        held = changes.get(Balance, (lot.account, lot.unit))
        held = held or Balance(lot.village, lot.account, lot.unit, 0, 0, 0, 0)
        changes.put(held._replace(floor=held.floor + floor_of(lot) - floor), (lot.account, lot.unit))


def _allocate(changes: Changes, record: Record) -> None:
    """Move what the record took from lots or gave back to them."""
    for row in allocations_of(record):
        _allot(changes, record, row)


def _allot(changes: Changes, record: Record, row: Allocation) -> None:
    _, _, line, lot_seq, lot_line, cause, part = row
    changes.put(row, row[1:6])
    if lot_seq == record.seq:
        if cause == SETTLE:
            _pay(changes, record.village, record.entries[line - 1].target, part)
        return  # its own new lot: made already settled, and less what goes out again at once
    lot = changes.get(Lot, (lot_seq, lot_line))
    if lot is None:
        message = f"record {record.seq} draws on lot {lot_seq}/{lot_line}, which does not exist"
        raise LookupError(message)
    if cause == HOLD:
        _hold(changes, lot, part)
    elif cause == SETTLE:
        _pay(changes, record.village, lot.account, part)
    _keep(changes, allotted(lot, row), floor_of(lot))


def _hold(changes: Changes, lot: Lot, part: int) -> None:
    """Count on the account of a lot what of it is promised to a reservation, or let go again."""
    key = (lot.account, lot.unit)
    kept = changes.get(Balance, key) or Balance(lot.village, lot.account, lot.unit, 0, 0, 0, 0)
    changes.put(kept._replace(held=kept.held + part), key)


def _pay(changes: Changes, village: str, account: str, part: int) -> None:
    """Pay ``part`` into the arrears of an account, from a lot of its own: its balance stays as it is."""
    held = changes.get(Balance, (account, POINTS)) or Balance(village, account, POINTS, 0, 0, 0, 0)
    changes.put(held._replace(arrears=held.arrears - part), (account, POINTS))


def _carry(changes: Changes, record: Record, line: int, account: str, amount: int) -> None:
    """Carry a line to the running balance of a kept account."""
    unit = record.entries[line - 1].unit
    village, decided = record.village, record.decided
    held = changes.get(Balance, (account, unit))
    if held is None:
        held = Balance(village, account, unit, 0, 0, 0, 0)
    arrears = held.arrears
    if unit == POINTS:
        if amount < 0:
            arrears += _of_line(decided.get("arrears", ()), line)
        else:
            arrears -= _of_line(decided.get("cleared", ()), line)
    changes.put(held._replace(balance=held.balance + amount, arrears=arrears), (account, unit))


def totals_of(record: Record) -> Iterator[PeriodTotal]:
    """Yield what the lines of a record add to the totals of its month: one for each kept account of each line."""
    village, period, concerned = record.village, record.period, record.for_period
    for source, target, unit, moves in record.entries:
        grouping = record.decided.get("group", "") if unit == POINTS else ""
        for account, counterpart, amount in ((target, source, moves), (source, target, -moves)):
            if chart.is_kept(account):
                heading, category = chart.heading_and_category(counterpart)
                about = (account, unit, heading, category, grouping)
                yield PeriodTotal(village, period, concerned, *about, amount, _deeds(counterpart, amount))


def _of_line(amounts: Any, line: int) -> int:  # noqa: ANN401 - pairs of line and amount, from a body
    return sum(amount for own, amount in amounts if own == line)


def _deeds(counterpart: str, amount: int) -> int:
    """Return what a movement adds to the count of deeds: an award or a deduction one, its reversal minus one."""
    if chart.is_base(counterpart):
        return 0
    if counterpart.startswith(chart.ISSUED):
        return 1 if amount > 0 else -1
    if counterpart.startswith(chart.DEDUCTED):
        return 1 if amount < 0 else -1
    return 0
