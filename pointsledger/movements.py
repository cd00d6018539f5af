"""What the entries of a record do to balances, lots and period totals: the same for every kind of act.

A record names its movements and the lots they took from (``decided["lots"]``) or paid into arrears
(``decided["settled"]``); a kind of act adds only what is its own. So a figure has one way of coming about,
whether it is posted live, imported in sets, rebuilt or re-derived by the audit.

Worked example: a household owing 6 earns 20. One entry of 20 makes a lot of 20; ``settled`` pays 6 of it into
the arrears. The lot keeps 14, the arrears go to 0, the balance from -6 to 14.

A line that gives back what an earlier record took (negative parts) makes no new lot for that much.
"""

from __future__ import annotations

from pointsledger import chart
from pointsledger.caps import entry_activity
from pointsledger.drafts import counts_on
from pointsledger.records import POINTS, Record
from pointsledger.rows import Allocation, Balance, EntryRow, Lot, PeriodTotal
from pointsledger.state import AnyRow, State

SPEND = "spend"
SETTLE = "settle"


class Changes:
    """The rows that a record changes, laid over the state they change."""

    def __init__(self, state: State) -> None:
        """Start with none."""
        self._state = state
        self._rows: dict[tuple[type, tuple[object, ...]], tuple[object, ...]] = {}

    def get(self, kind: type[AnyRow], key: tuple[object, ...]) -> AnyRow | None:
        """Return a row as changed so far."""
        changed = self._rows.get((kind, key))
        return changed if changed is not None else self._state.get(kind, key)  # type: ignore[return-value]  # filed under its type

    def put(self, row: tuple[object, ...], key: tuple[object, ...]) -> None:
        """Take a changed row under its key, the village left out."""
        self._rows[type(row), key] = row

    def rows(self) -> list[tuple[object, ...]]:
        """Return the changed rows."""
        return list(self._rows.values())


def moved(state: State, record: Record) -> Changes:
    """Return the rows that the entries of ``record`` change."""
    changes = Changes(state)
    if not record.entries:
        return changes
    given_back = _allocate(changes, record)
    day = counts_on(state, record)
    for line, entry in enumerate(record.entries, start=1):
        _enter(changes, record, line, day)
        if chart.is_kept(entry.target):
            _receive(changes, record, line, given_back.get(line, 0))
            _carry(changes, record, line, entry.target, entry.amount)
        if chart.is_kept(entry.source):
            _carry(changes, record, line, entry.source, -entry.amount)
    return changes


def _enter(changes: Changes, record: Record, line: int, day: str) -> None:
    entry = record.entries[line - 1]
    activity = record.decided.get("activity") or record.said.get("activity", "")
    level = record.decided.get("level") or record.said.get("level", "")
    row = EntryRow(
        record.village,
        record.seq,
        line,
        *entry,
        record.on,
        day,
        record.period,
        record.for_period,
        entry_activity(activity, level),
        record.decided.get("resident") or record.said.get("resident", ""),
    )
    changes.put(row, (record.seq, line))


def _receive(changes: Changes, record: Record, line: int, given_back: int) -> None:
    """Make the lot of a line that brings something in, less what only goes back to older lots or clears arrears."""
    entry = record.entries[line - 1]
    granted = entry.amount - given_back - record.decided.get("cleared", 0)
    if granted <= 0:
        return
    settled = sum(
        part
        for own_line, lot_seq, lot_line, part in record.decided.get("settled", ())
        if own_line == line and (lot_seq, lot_line) == (record.seq, line)
    )
    lot = Lot(
        record.village,
        record.seq,
        line,
        entry.target,
        entry.unit,
        granted,
        granted - settled,
        settled,
        record.on,
        record.on,
        record.said.get("best_before"),
        record.said.get("unit_cost_fen", 0),
    )
    changes.put(lot, (record.seq, line))


def _allocate(changes: Changes, record: Record) -> dict[int, int]:
    """Move what the record took from lots or gave back to them; return what each line gave back."""
    given_back: dict[int, int] = {}
    for line, lot_seq, lot_line, part in record.decided.get("settled", ()):
        _allot(changes, record, (line, lot_seq, lot_line), SETTLE, part)
    for line, lot_seq, lot_line, part in record.decided.get("lots", ()):
        _allot(changes, record, (line, lot_seq, lot_line), SPEND, part)
        if part < 0:
            given_back[line] = given_back.get(line, 0) - part
    return given_back


def _allot(changes: Changes, record: Record, place: tuple[int, int, int], cause: str, part: int) -> None:
    line, lot_seq, lot_line = place
    changes.put(
        Allocation(record.village, record.seq, line, lot_seq, lot_line, cause, part), (record.seq, *place, cause)
    )
    if (lot_seq, lot_line) == (record.seq, line):
        return  # its own new lot: made already settled
    lot = changes.get(Lot, (lot_seq, lot_line))
    if lot is None:
        message = f"record {record.seq} draws on lot {lot_seq}/{lot_line}, which does not exist"
        raise LookupError(message)
    settled = part if cause == SETTLE else 0
    changes.put(
        lot._replace(remaining=lot.remaining - part, settled=lot.settled + settled),
        (lot_seq, lot_line),
    )


def _carry(changes: Changes, record: Record, line: int, account: str, amount: int) -> None:
    """Carry a line to the running balance of a kept account and to its total of the period."""
    entry = record.entries[line - 1]
    key = (account, entry.unit)
    held = changes.get(Balance, key) or Balance(record.village, *key, 0, 0, 0, 0)
    arrears = held.arrears
    if entry.unit == POINTS:
        settled = sum(part for own_line, _, _, part in record.decided.get("settled", ()) if own_line == line)
        arrears += record.decided.get("arrears", 0) - record.decided.get("cleared", 0) - settled
    changes.put(held._replace(balance=held.balance + amount, arrears=arrears), key)
    counterpart = entry.source if amount > 0 else entry.target
    heading, category = chart.heading_and_category(counterpart)
    grouping = record.decided.get("group", "") if entry.unit == POINTS else ""
    total_key = (record.period, record.for_period, account, entry.unit, heading, category, grouping)
    total = changes.get(PeriodTotal, total_key) or PeriodTotal(record.village, *total_key, 0, 0)
    deeds = _deeds(heading, amount)
    changes.put(total._replace(amount=total.amount + amount, deeds=total.deeds + deeds), total_key)


def _deeds(heading: str, amount: int) -> int:
    """Return what a movement adds to the count of deeds: an award or a deduction one, its reversal minus one."""
    if heading == "earned":
        return 1 if amount > 0 else -1
    if heading == "deducted":
        return 1 if amount < 0 else -1
    return 0
