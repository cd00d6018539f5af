"""The audit of one month, which comes before its close: what its records say, without replaying those before them.

A close keeps figures for good, so they are not taken from tables that somebody may have edited. The records since the
month began are read again: each text against its leaf and columns, the tree from the one that stood before them to the
head, their entries and allocations, and the month's totals as these come to. The bridge then has to lead to the
balances: what the month closes with, and what has moved since, is what everybody holds.

What else the close rests on is looked at beside it: what the month opens with (``opening_audit``), what the book was
begun with and adopted, and where its records begin (``ground_audit``), and the lots that lapse (``lot_audit``).

It costs what the month has, and what is left in lots that may end, however long the book is. Whether the rules gave
what the records say is for the audit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from pointsledger.decisions.closing import CLOSE
from pointsledger.decisions.drafts import counts_on
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.movements import allocations_of, entry_of, totals_of
from pointsledger.errors import PeriodBroken
from pointsledger.finding_list import RECORDS_AT_ONCE, Findings
from pointsledger.ground_audit import see_ground_sound
from pointsledger.lot_audit import see_lots_sound
from pointsledger.opening_audit import see_opening_sound
from pointsledger.rules import merkle
from pointsledger.storage import queries
from pointsledger.storage.transaction import Transaction
from pointsledger.values import rows
from pointsledger.values.progress import Progress
from pointsledger.values.records import POINTS, Record
from pointsledger.values.words import Words


def see_sound(transaction: Transaction, period: str, progress: Progress | None = None) -> None:
    """See that nothing in a month is broken.

    Raises:
        PeriodBroken: with the first thing that is.
        LedgerDamaged: if the journal cannot be read.

    """
    audit = _PeriodAudit(transaction, period)
    audit.run(progress)
    findings = audit.findings
    findings.name({profile.id: profile.code for profile in transaction.profiles()} if findings.all() else {})
    for finding in findings.all():
        raise PeriodBroken(
            period=period, finding=finding.say("en"), finding_zh=finding.say("zh"), finding_code=finding.code
        )


class _PeriodAudit:
    """The records since a month began, read once, and what they come to."""

    def __init__(self, transaction: Transaction, period: str) -> None:
        transaction.flush()
        self.findings = Findings()
        self._transaction = transaction
        self._state = transaction.state
        self._period = period
        self._amounts: Counter[tuple[Any, ...]] = Counter()
        self._deeds: Counter[tuple[Any, ...]] = Counter()
        self._later: Counter[str] = Counter()
        self._torn = False
        self._closes: dict[str, Record] = {}
        self._adopted: set[int] = set()

    def run(self, progress: Progress | None) -> None:
        """Look at everything."""
        transaction, size = self._transaction, self._state.size
        first = self._first()
        frontier = transaction.frontier_at(first - 1)
        for after in range(first - 1, size, RECORDS_AT_ONCE):
            until = min(after + RECORDS_AT_ONCE, size)
            self._portion(after, until, frontier)
            if progress is not None:
                progress(until - first + 1, size - first + 1)
        root = self._state.settings.root  # as it stands there, and not as what stands beside it would make it
        if not self._torn and merkle.root(frontier) != root:
            kept, found = root.hex(), merkle.root(frontier).hex()
            self.findings.add("head-mismatch", Words(f"kept {kept}; derived {found}", f"留存 {kept}；推算 {found}"))
        looks: tuple[Callable[[], None], ...] = (
            lambda: see_ground_sound(transaction, first - 1, self._adopted, self.findings),
            self._compare_totals,
            lambda: see_opening_sound(transaction, self._period, self._closes, self.findings),
            self._compare_balances,
            lambda: see_lots_sound(transaction, self._period, self.findings),
        )
        for look in looks:
            if not self.findings.all():  # each trusts what was looked at before it
                look()

    def _first(self) -> int:
        """Return the first record that can count in the month: of its first day or later.

        It is looked for by a column that is not checked yet. What comes too early does no harm, and the record before
        it is looked at with the ground: no record is of an earlier instant than the one before it, so if that one's
        text says what its column says, nothing of the month stands before it.
        """
        if self._period == self._state.settings.first_period:
            return 1
        return self._transaction.first_recorded_on(self._state.calendar.bounds(self._period)[0])

    def _portion(self, after: int, until: int, frontier: list[bytes]) -> None:
        entries: dict[tuple[Any, ...], Any] = {}
        allocations: dict[tuple[Any, ...], Any] = {}
        expected = after
        for row in self._transaction.journal(after, until):
            expected += 1
            if row.seq != expected:
                self.findings.add("journal-gap", "", expected)
                expected = row.seq
                self._torn = True  # without the leaf that is missing the tree over it cannot be grown
            record = self.findings.record_of(row)
            if not self._torn and merkle.grow(frontier, row.seq - 1, merkle.leaf_hash(row.body)) != row.nodes:
                self.findings.add("node-mismatch", "", row.seq)
            if record is None:
                continue
            if record.kind == CLOSE:
                self._closes[str(record.said.get("period"))] = record
            elif record.kind in {RULEBOOK, PRICES}:
                self._adopted.add(record.seq)
            day = counts_on(self._state, record)
            for line in range(1, len(record.entries) + 1):
                entry = entry_of(record, line, day)
                entries[entry[1:3]] = entry
            self._fold(record)
            allocations |= {one[1:6]: one for one in allocations_of(record)}
        if expected < until:
            self.findings.add("journal-gap", "", expected + 1)
        for kind, derived in ((rows.EntryRow, entries), (rows.Allocation, allocations)):
            self.findings.match(kind, derived, self._transaction.between(kind, after, until))

    def _fold(self, record: Record) -> None:
        """Count a record in the month's totals, or as what has moved since the month."""
        for added in totals_of(record):
            if added.period == self._period:
                key = added[1:-2]
                self._amounts[key] += added.amount
                self._deeds[key] += added.deeds
            elif added.period > self._period and added.unit == POINTS:
                self._later[added.account] += added.amount

    def _compare_totals(self) -> None:
        village = self._state.village
        derived = {
            key: rows.PeriodTotal._make((village, *key, amount, self._deeds[key]))
            for key, amount in self._amounts.items()
        }
        self.findings.match(rows.PeriodTotal, derived, self._state.family(rows.PeriodTotal, self._period))

    def _compare_balances(self) -> None:
        """See that the month's bridges lead to the balances."""
        expected = self._later.copy()
        for one in self._state.bridges(self._period):
            expected[one.account] += one.closing
        transaction = self._transaction
        for unit, account, balance, _ in queries.kept_balances(transaction.connection, transaction.village):
            if unit == POINTS and expected.pop(account, 0) != balance:
                self.findings.add("book-unbalanced", account)
        for account, amount in expected.items():
            if amount:
                self.findings.add("book-unbalanced", account)
