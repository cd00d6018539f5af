"""The audit: everything the database says, re-derived from the bodies of the journal and compared.

Four questions. Is the journal the one that was written (bodies, leaves, nodes, head)? Did the rules give each
record: from what was said, at that point of the book, by that rule book, is the decision the one recorded?
Does every projection say what the records say? Do the profiles and remarks still match the digests that pin
them? It reports and never raises for what it finds, and changes nothing.

The second question is answered by deciding again. That is stronger than checking chosen properties: points
beside the rule book, a price off the list, lots taken out of order or a reversal that is not exact all come
out as a body that the rules do not give, even where somebody recomputed every hash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from pointsledger.decisions import kinds
from pointsledger.decisions.closing import CLOSE, held_pin
from pointsledger.decisions.editions import RULEBOOK, AnyRow
from pointsledger.decisions.erasing import ERASE
from pointsledger.decisions.state import RESERVED, State
from pointsledger.differences import difference_between
from pointsledger.errors import LedgerDamaged
from pointsledger.evidence import Found
from pointsledger.evidence_audit import Declared, check_issued, check_kept, declared_in, sizes_in
from pointsledger.finding_list import MOST_OF_A_CODE, RECORDS_AT_ONCE, Findings
from pointsledger.findings import AuditReport, Finding
from pointsledger.irregular import below_zero, irregular
from pointsledger.profile_audit import check_profiles, codes_of
from pointsledger.remark_audit import RemarkAudit
from pointsledger.rules import bridge, chart, merkle
from pointsledger.rules.lots import is_over
from pointsledger.storage.reader import Reader, Unreadable
from pointsledger.storage.spill import Spill
from pointsledger.storage.statements import JournalRow
from pointsledger.values import rows
from pointsledger.values.progress import Progress
from pointsledger.values.records import POINTS, Record
from pointsledger.values.vocabulary import table_in_words
from pointsledger.values.words import Words

_STREAMED = (rows.EntryRow, rows.Allocation)
_PUT_ASIDE = (rows.Lot, rows.Usage, rows.Capped, rows.Reversal, rows.Lapse, rows.Invoice, rows.Bridge, rows.BatchRow)


def audit(
    reader: Reader,
    village: str,
    progress: Progress | None = None,
    *,
    kept: Sequence[Found] = (),
    people: bool = True,
    file_too: bool = True,
) -> AuditReport:
    """Audit the book of ``village`` as ``reader`` finds it, against what others have ``kept`` of it.

    Without ``people`` it is a copy that has no profiles and remarks, and they are not looked for. ``file_too`` looks at
    what all villages of the database share.
    """
    findings = Findings()
    with reader.escaping(), closing(reader.spill):
        if file_too:
            _audit_file(reader, findings)
        issued: list[rows.Checkpoint] = []
        _read(findings, lambda: issued.extend(reader.every(rows.Checkpoint)))
        replay = Replay(reader, village, findings, sizes_in(issued, kept))
        _read(findings, replay.take_secret)
        if not _read(findings, lambda: replay.run(progress)):  # without records there is nothing to compare with
            return _report(village, replay, findings, (0, ""))
        _read(findings, replay.compare_head)
        for kind in rows.PROJECTIONS:
            if kind not in _STREAMED and kind is not rows.Village:
                _read(findings, lambda kind=kind: replay.compare(kind))  # type: ignore[misc]  # a default argument
        nameless = replay.size > 1 and not reader.has_any(rows.Profile, rows.Remark)
        if people and nameless:
            findings.add("names-missing")
        elif people:
            _read(findings, lambda: check_profiles(reader, replay.state, findings))
            _read(findings, lambda: replay.remarks.check(findings))
        replay.check_irregular()
        replay.check_secret(own=people and not nameless)
        _read(findings, replay.check_tie_out)
        replay.check_books()
        check_issued(village, issued, (replay.roots, replay.times), findings, declared=replay.declared)
        reach = check_kept(village, replay.size, kept, replay.roots, findings, declared=replay.declared)
        _read(findings, lambda: findings.name(codes_of(reader)))
    return _report(village, replay, findings, reach)


def _report(village: str, replay: Replay, findings: Findings, reach: tuple[int, str]) -> AuditReport:
    return AuditReport(village, replay.size, merkle.root(replay.frontier).hex(), findings.all(), *reach)


def audit_file(reader: Reader) -> tuple[Finding, ...]:
    """Return what is found about the file, for the reports on each of its villages; see ``file_too``."""
    findings = Findings()
    with reader.escaping():
        _audit_file(reader, findings)
    return findings.all()


def _audit_file(reader: Reader, findings: Findings) -> None:
    """Look at what belongs to no village alone: the file, its schema, rows that no village has."""
    for line in reader.damage()[:MOST_OF_A_CODE]:
        findings.add("file-damaged", line)
    for name, matter in reader.schema_differences():
        findings.add("schema-differs", Words(f"{name} {matter.en}", f"{table_in_words(name).zh} {matter.zh}"))
    for table, stranger in reader.strangers():
        findings.add("village-unknown", Words(f"{stranger} in {table}", f"{table_in_words(table).zh}中的 {stranger}"))


def unreadable(village: str, reason: Words) -> AuditReport:
    """Return the report on a file of which the database can read nothing at all."""
    findings = Findings()
    findings.add("file-damaged", reason)
    return AuditReport(village, 0, merkle.EMPTY_ROOT.hex(), findings.all())


def _read(findings: Findings, step: Callable[[], None]) -> bool:
    """Take a step of the audit; a table that cannot be read is a finding, and the others are still read."""
    try:
        step()
    except Unreadable as error:
        findings.add("table-unreadable", table_in_words(str(error)))
        return False
    return True


class Replay:
    """The journal replayed record by record into projections of its own, which are then compared."""

    def __init__(self, reader: Reader, village: str, findings: Findings, sizes: frozenset[int] = frozenset()) -> None:
        """Start before the first record; at each of ``sizes`` the root is noted."""
        self.state: State = State(village, reader)
        self.frontier: list[bytes] = []
        self.roots: dict[int, bytes] = {}
        self.times: dict[int, str] = {}
        self.declared: list[Declared] = []
        self._secret_kept = False
        self._sizes = sizes
        self._closes: dict[str, tuple[int, object]] = {}
        self._reader = reader
        self._village = village
        self._findings = findings
        self._compared = 0
        self._position = 0
        self._grown = 0
        self.remarks: RemarkAudit = RemarkAudit(reader, village)
        self._sums: dict[tuple[str, str], int] = {}
        self._months: dict[str, dict[str, int]] = {}
        self._irregular: list[tuple[int, str, Words]] = []

    @property
    def _done(self) -> dict[Any, Callable[[Any], bool]]:
        """What is done with, of rows of which there are more with every record, or with every month."""
        return dict.fromkeys(_PUT_ASIDE, Spill.takes) | {
            rows.RedemptionLine: self._is_over,
            rows.Redemption: self._is_over,
            rows.PeriodTotal: self._is_closed,
        }

    def _is_over(self, row: rows.Redemption | rows.RedemptionLine) -> bool:
        exchange = row if isinstance(row, rows.Redemption) else self.state.get(rows.Redemption, (row.seq,))
        return exchange is not None and exchange.state != RESERVED and Spill.takes(row)

    def _is_closed(self, row: rows.PeriodTotal) -> bool:
        book = self.state.get(rows.Village, ())
        return book is not None and Spill.takes(row) and row.period <= book.closed_through

    @property
    def size(self) -> int:
        """How many records the journal has."""
        return self._grown

    def run(self, progress: Progress | None) -> None:
        """Replay every record."""
        size = next((village.size for village in self._reader.every(rows.Village)), 0) if progress else 0
        for row in self._reader.journal():
            self._position += 1
            self._record(row)
            if self._position - self._compared >= RECORDS_AT_ONCE:
                self._compare_streamed()
                if progress is not None:
                    progress(self._position, size)
        self._compare_streamed()
        for kind in _STREAMED:
            for stray in self._reader.outside(kind, self._position):
                self._findings.differs(kind, stray)

    def _record(self, row: JournalRow) -> None:
        add, seq = self._findings.add, self._position
        if row.seq != seq:
            add("journal-gap", "", seq)
            self._position = seq = row.seq if isinstance(row.seq, int) and row.seq > seq else seq
        record = self._findings.record_of(row, self._village)
        # The tree grows from the leaf that stands there: one changed text is then one finding, not a cascade.
        leaf = row.leaf if _is_hash(row.leaf) else merkle.leaf_hash(row.body)
        self.state.frontier = tuple(self.frontier)  # the tree that a close found, which says its root
        nodes = merkle.grow(self.frontier, self._grown, leaf)
        self._grown += 1
        if self._grown in self._sizes:
            self.roots[self._grown] = merkle.root(self.frontier)
            self.times[self._grown] = row.recorded_at
        if row.nodes != nodes:
            add("node-mismatch", "", row.seq)
        if record is None:
            self.state.size = seq
            return
        if record.kind == RULEBOOK:
            self._compare_streamed()  # its new limits are counted up from entries that were compared
        if record.recorded_at < self.state.recorded_at:
            add("time-reversed", "", row.seq)
        settings = self.state.get(rows.Village, ())
        if settings is not None and record.period <= settings.closed_through:
            add("counts-in-closed", record.period, row.seq)
        self._replay(record, row.seq, trusted=merkle.leaf_hash(row.body) == row.leaf)

    def _replay(self, record: Record, seq: int, *, trusted: bool) -> None:
        """Decide the record again, compare, and carry it to the replay's projections.

        A text that is not the one that was written (not ``trusted``) is carried as the rules decide it, so that
        what follows from it is not reported over and over.
        """
        try:
            decided = kinds.decide_again(self.state, record)
            if decided != record:
                self._findings.add("decision-differs", difference_between(record, decided), seq)
            record = record if trusted else decided
            changed = kinds.apply(self.state, record)
            self._note(record)
            for row in changed:
                self.state.put(row)
        except Unreadable:
            raise
        except LedgerDamaged as error:  # its sentence sends the reader here
            self._findings.add("decision-differs", Words(error.data["reason"], error.data["reason_zh"]), seq)
        except Exception as error:  # noqa: BLE001 - whatever a forged body makes the rules trip over is a finding
            self._findings.add("decision-differs", f"{type(error).__name__}: {error}", seq)
        # By its place, whatever its text says: one record that lies about its number must not move the others.
        self.state.advance(
            replace(record, seq=self._position, recorded_at=max(record.recorded_at, self.state.recorded_at))
        )

    def _note(self, record: Record) -> None:
        """Keep what the later checks need: digests of text, and the sums of each book."""
        said = record.said
        self.remarks.note(record)
        if record.kind == ERASE:
            self.remarks.note_erased(said.get("texts", ()))
        for entry in record.entries:
            self._sums[entry.unit, entry.target] = self._sums.get((entry.unit, entry.target), 0) + entry.amount
            self._sums[entry.unit, entry.source] = self._sums.get((entry.unit, entry.source), 0) - entry.amount
            if entry.unit == POINTS and chart.holds_points(entry.target):
                self._count(record, entry.source, entry.amount)
            if entry.unit == POINTS and chart.holds_points(entry.source):
                self._count(record, entry.target, -entry.amount)
        self._check_debits(record)
        self.declared += declared_in(record)
        self._irregular += [(record.seq, *found) for found in irregular(record, self._places)]
        if record.kind == CLOSE:
            self._check_close(record)
            self._closes[record.said["period"]] = record.seq, record.said.get("secret")

    def _count(self, record: Record, counterpart: str, amount: int) -> None:
        """Add a line to what its month comes to: worked out apart from ``movements.totals_of``, on purpose.

        The closes are held against this, and the totals that they were made from against the replay.
        """
        month = self._months.setdefault(record.period, {})
        column = bridge.column_of(chart.heading_and_category(counterpart)[0], prior=bool(record.for_period))
        month[column] = month.get(column, 0) + amount

    def _check_close(self, record: Record) -> None:
        """See that the totals of a close are what the lines of its month add up to (invariant 9)."""
        period = record.said["period"]
        own = self._months.get(period, {})
        earlier = sum(sum(month.values()) for name, month in self._months.items() if name < period)
        expected = dict.fromkeys(bridge.FIGURES, 0) | own
        expected["opening"] += earlier
        expected["closing"] = earlier + sum(own.values())
        self._findings.compare_close(record, expected)

    def _check_debits(self, record: Record) -> None:
        """See that what left a kept account is what its lots and arrears add up to (invariant 5)."""
        for line, entry in enumerate(record.entries, start=1):
            if not chart.is_kept(entry.source):
                continue
            # What goes back to a lot of the other account, as when a transfer is undone, left nothing.
            taken = sum(part[3] for part in _list(record.decided, "lots") if part[0] == line and part[3] > 0)
            arrears = sum(amount for own, amount in _list(record.decided, "arrears") if own == line)
            if taken + arrears != entry.amount:
                self._findings.add("debit-differs", line, record.seq)

    @property
    def _places(self) -> int:
        settings = self.state.get(rows.Village, ())
        return settings.decimals if settings is not None else 0

    # --- comparing -------------------------------------------------------------------------------------

    def _compare_streamed(self) -> None:
        """Compare the rows that only grow with those of the same records, and let them go."""
        for kind in _STREAMED:
            derived = {row[1 : rows.KEY_COLUMNS[kind]]: row for row in self.state.drain(kind)}
            self._findings.match(kind, derived, self._reader.between(kind, self._compared, self.state.size))
        for of_kind, is_done in self._done.items():
            self._reader.spill.put(of_kind, self.state.spill(of_kind, is_done))
        self.remarks.put_aside()
        self.state.forget_records()
        self._compared = self._reader.compared = self.state.size

    def compare(self, kind: type[AnyRow]) -> None:
        """Compare a projection with what the replay derived."""
        if kind in self._done:
            stored = partial(self._reader.every, kind)
            self._findings.match_spilled(kind, self.state.derived(kind), self._reader.spill, stored)
        else:
            self._findings.match(kind, self.state.derived(kind), self._reader.every(kind))

    def compare_head(self) -> None:
        """Compare the village's row with the head of the replayed tree."""
        settings = self.state.get(rows.Village, ())
        root = merkle.root(self.frontier)
        for stored in self._reader.every(rows.Village):
            expected = settings and settings._replace(
                size=self._grown, root=root, frontier=b"".join(self.frontier), recorded_at=self.state.recorded_at
            )
            if stored != expected:
                kept, derived = f"{stored.size}, {_hex(stored.root)}", f"{self._grown}, {root.hex()}"
                said = Words(f"records and root kept {kept}; derived {derived}", f"留存 {kept}；推算 {derived}")
                if expected and stored.closed_through != expected.closed_through:
                    kept, derived = repr(stored.closed_through), repr(expected.closed_through)
                    said = Words(f"closed through {kept}; derived {derived}", f"已结账至 {kept}；推算 {derived}")
                self._findings.add("head-mismatch", said)
            return
        self._findings.add("head-mismatch", Words("none was kept", "没有留存"))

    def check_irregular(self) -> None:
        """List what was handed over on paper without being there, and spent as it should not be, unless reversed."""
        for seq, code, words in self._irregular:
            if not self.state.is_reversed(seq):
                self._findings.add(code, words, seq)

    def take_secret(self) -> None:
        """Take the secret that closing balances are salted with, where there is one: no record has it."""
        for secret in self._reader.every(rows.Secret):
            self._secret_kept = True
            if _is_hash(secret.secret):
                self.state.put(secret)

    def check_secret(self, *, own: bool) -> None:
        """See that the secret is that of the last close. A copy never had it; out of the ``own`` book it was taken."""
        pin = held_pin(self.state)
        told = {period: close for period, close in self._closes.items() if close[1] is not None}
        if self._secret_kept and told and told[max(told)][1] != pin:
            self._findings.add("secret-differs", "", told[max(told)][0])
        unchecked = [(period, seq) for period, (seq, said) in sorted(told.items()) if said != pin]
        if unchecked:
            periods = ", ".join(period for period, _ in unchecked)
            self._findings.add(
                "secret-missing" if own else "balances-unchecked", periods, *(seq for _, seq in unchecked)
            )

    def check_tie_out(self) -> None:
        """See that what came and went of points, each good and each fund, month by month, leads to what is there.

        And that no shelf or fund ended a month with less than nothing, as where the day of an act is too early.
        """
        sums: dict[tuple[str, str], int] = {}
        kept: dict[tuple[str, str], dict[str, int]] = {}
        for total in self._reader.every(rows.PeriodTotal):
            sums[total.account, total.unit] = sums.get((total.account, total.unit), 0) + total.amount
            if chart.shop_of(total.account) or chart.fund_of(total.account):
                months = kept.setdefault((total.account, total.unit), {})
                months[total.period] = months.get(total.period, 0) + total.amount
        for words in below_zero(kept):
            self._findings.add("closing-below-zero", words)
        for held in self._reader.every(rows.Balance):
            if sums.pop((held.account, held.unit), 0) != held.balance:
                self._findings.add("books-differ", f"{held.account} ({held.unit})")
        for (account, unit), amount in sums.items():
            if amount:
                self._findings.add("books-differ", f"{account} ({unit})")

    def _promised(self) -> dict[tuple[str, str], int]:
        """Return what the reservations that stand hold of each account and unit."""
        held: dict[tuple[str, str], int] = {}
        standing = {row.seq: row for row in self.state.derived(rows.Redemption).values() if row.state == RESERVED}
        for row in standing.values():
            held[row.account, POINTS] = held.get((row.account, POINTS), 0) + row.points
        for line in self.state.derived(rows.RedemptionLine).values():
            if line.seq in standing and line.stocked:
                key = (chart.shelf(standing[line.seq].shop), chart.item_unit(line.item))
                held[key] = held.get(key, 0) + line.pieces
        return held

    def check_books(self) -> None:
        """Check that balances are what entries and lots add up to, and nothing is below its floor."""
        remaining: dict[tuple[str, str], int] = {}
        over: dict[str, int] = {}
        promised = self._promised()
        book = self.state.get(rows.Village, ())
        today = self.state.calendar.day_of_instant(self.state.recorded_at) if book else ""
        here = self.state.derived(rows.Lot)
        aside = (lot for lot in self._reader.spill.every(rows.Lot) if (lot.seq, lot.line) not in here)
        for lot in chain(here.values(), aside):
            key = (lot.account, lot.unit)
            remaining[key] = remaining.get(key, 0) + lot.remaining
            # A body that somebody has edited may say anything of an end; the record it stands in is found by that.
            told = isinstance(lot.expires_on, str | None) and isinstance(lot.clears_with, str | None)
            closed_through = book.closed_through if book else ""
            if told and lot.unit == POINTS and not lot.floor and is_over(lot, today, closed_through):
                over[lot.account] = over.get(lot.account, 0) + lot.free
            if not 0 <= lot.held <= lot.remaining <= lot.granted or not 0 <= lot.settled <= lot.granted - lot.remaining:
                self._findings.add("lot-differs", f"{lot.seq}/{lot.line}", lot.seq)
        for held in self.state.derived(rows.Balance).values():
            if held.balance != self._sums.get((held.unit, held.account), 0):
                self._findings.add("book-unbalanced", f"{held.account} ({held.unit})")
            if held.balance != remaining.get((held.account, held.unit), 0) - held.arrears:
                self._findings.add("balance-differs", f"{held.account} ({held.unit})")
            if held.held != promised.get((held.account, held.unit), 0):
                self._findings.add("held-differs", f"{held.account} ({held.unit})")
            if held.arrears and held.balance + held.arrears > held.held + held.floor + over.get(held.account, 0):
                self._findings.add("arrears-unsettled", held.account)
            if held.balance + held.arrears < 0 or held.held > held.balance + held.arrears:
                self._findings.add("below-floor", f"{held.account} ({held.unit})")


def _is_hash(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == merkle.HASH_BYTES


def _list(fields: Any, name: str) -> list[Any]:  # noqa: ANN401 - a body's
    found = fields.get(name)
    return found if isinstance(found, list) else []


def _hex(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
