"""The audit of lots, which comes before a close: whether what lapses with it is what the records made and left.

A lapse is recorded for good, and says what stands in the table of lots. So three things are asked of it. Does each
account have in its lots what its balance says, and its arrears besides? Does any open lot end otherwise than its
record says, or is something else left of it than the allocations leave? And each lot that is about to end is made once
more from the record that brought it, and carried through those that took from it.

Worked example: somebody moves the last day of a lot of 10 into the next month, so that its household keeps points that
are over. The sums agree, but the record of the deed says another day.

What an edited lot does elsewhere, the audit of the whole book finds: a lapse that was recorded from it is not what the
rules give.
"""

from __future__ import annotations

from pointsledger.decisions.closing import lots_ending_with
from pointsledger.decisions.movements import allocations_of, allotted, lot_of
from pointsledger.finding_list import RECORDS_AT_ONCE, Findings
from pointsledger.storage import queries
from pointsledger.storage.transaction import Transaction
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Allocation, Lot

Place = tuple[int, int]
"""Record and line of a lot."""


def see_lots_sound(transaction: Transaction, period: str, findings: Findings) -> None:
    """Look at the lots that the close of a month rests on, and note what is broken."""
    ending = {(lot.seq, lot.line): lot for lot in lots_ending_with(transaction.state, period)}
    if not ending and not transaction.state.lapses:
        return  # nothing can end, and the close rests on no lot
    _compare_balances(transaction, findings)
    astray = set(transaction.lots_astray())
    sound = _made_again(transaction, ending, findings)
    for seq, line in sorted(astray | {place for place, lot in ending.items() if sound.get(place) != lot}):
        findings.row_differs(Lot, f"{seq} {line}", seq)


def _compare_balances(transaction: Transaction, findings: Findings) -> None:
    """See that each account has in its lots what its balance says, and its arrears besides."""
    held = transaction.lots_by_account()
    kept = queries.kept_balances(transaction.connection, transaction.village)
    expected = {account: balance + arrears for unit, account, balance, arrears in kept if unit == POINTS}
    for account in sorted({*held, *expected}):
        if held.get(account, 0) != expected.get(account, 0):
            findings.add("balance-differs", account)


def _made_again(transaction: Transaction, ending: dict[Place, Lot], findings: Findings) -> dict[Place, Lot]:
    """Return the lots at some places as their records make them, and as those of others have left them."""
    made: dict[Place, Lot] = {}
    for record in _records(transaction, {seq for seq, _ in ending}, findings):
        for line in range(1, len(record.entries) + 1):
            lot = lot_of(record, line)
            if lot is not None and (lot.seq, lot.line) in ending:
                made[lot.seq, lot.line] = lot
    taken: dict[int, set[Allocation]] = {}
    first = min((seq for seq, _ in made), default=transaction.state.size)
    for after in range(first - 1, transaction.state.size, RECORDS_AT_ONCE):
        for row in transaction.between(Allocation, after, after + RECORDS_AT_ONCE):
            place = (row.lot_seq, row.lot_line)
            if place in made:
                made[place] = allotted(made[place], row)
                taken.setdefault(row.seq, set()).add(row)
    for record in _records(transaction, set(taken), findings):
        said = {row for row in allocations_of(record) if (row.lot_seq, row.lot_line) in made}
        for row in sorted(said ^ taken[record.seq]):
            findings.differs(Allocation, row)
    return made


def _records(transaction: Transaction, seqs: set[int], findings: Findings) -> list[Record]:
    """Return the records of some numbers, each once its leaf and columns were looked at."""
    found = (findings.record_of(row) for row in transaction.journal_of(sorted(seqs)))
    return [record for record in found if record is not None]
