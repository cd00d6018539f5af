"""Shortfalls: records that moved less than they were for, since a limit cut them or what was not there was written off.

A record of which nothing is left has no entry, and so is no line of any account. That its household finds it in the
statement all the same, a row says what it would have moved, and from or to where.

Worked example (S-49): a balance of 4, and a deduction of 10 where debts are written off. The entry takes 4, the row
says 10 and 4. A second deduction of 10 finds nothing: no entry, and the row says 10 and 0. Its reversal gives nothing
back, and has a row of 10 and 0 as well, so that it stands beside what it undoes.
"""

from __future__ import annotations

from dataclasses import replace

from pointsledger.decisions.drafts import counts_on
from pointsledger.decisions.movements import entry_of
from pointsledger.decisions.state import State
from pointsledger.rules import chart
from pointsledger.values.records import Entry, Record
from pointsledger.values.rows import Capped


def shortfall(state: State, record: Record, whole: Entry) -> list[Capped]:
    """Return the row of what a record moved, in its one line, less than the ``whole`` that it was for."""
    moved = record.entries[0].amount if record.entries else 0
    if moved == whole.amount:
        return []
    row = entry_of(replace(record, entries=(whole,)), 1, counts_on(state, record))
    account, counterpart = row.target, row.source
    if not chart.holds_points(account):
        account, counterpart = counterpart, account
    return [
        Capped(
            state.village,
            account,
            record.seq,
            row.activity,
            row.resident,
            row.on_day,
            row.counts_on,
            row.period,
            whole.amount,
            moved,
            counterpart,
            row.for_period,
        )
    ]
