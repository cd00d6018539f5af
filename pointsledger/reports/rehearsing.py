"""Rehearsing: a past period decided once more, by the rules in force by now or by a draft; nothing is posted.

The deeds of the period, by the day on which they were done, are gone through in the order in which they were recorded,
each decided by the very functions that post (``awarding``, ``granting``). What limits count is counted anew: a span
that began before the period, such as the year, starts from what was granted before it. So the records before the period
are read only as far back as the longest span of a limit reaches, all of them only where one counts for ever.

Worked example: 30 a month allow 12, 12 and 6. A draft that allows 20 makes 12, 8 and 0 of it: 10 less.

Whether the points were there that a deduction takes, or a reversal took back, is not gone into: it is what the rules
say that is compared, for awards after their limits. Only where a deduction was partly written off it is known how much
was there, and rules that write off as well take no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pointsledger.decisions.awarding import AWARD, DEDUCT, judge_award, ruled, worth
from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.decisions.granting import BASE, first_day_of, within_ceilings
from pointsledger.decisions.limiting import counted_deed, counts_of
from pointsledger.decisions.state import State
from pointsledger.errors import InputError, LimitReached, PointsLedgerError, RefusedError, RuleSilent
from pointsledger.questions import Questions
from pointsledger.reports.periods import months_asked
from pointsledger.reports.rehearsal import Rehearsal, RehearsedDeed, RehearsedTotal
from pointsledger.rules import caps
from pointsledger.rules.limits import PER_DEED
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage import queries
from pointsledger.storage.gathering import read_body
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import months_in
from pointsledger.values.points import unscaled
from pointsledger.values.progress import Progress
from pointsledger.values.records import Record
from pointsledger.values.rows import Profile, Usage

_AT_ONCE = 1_000
_KINDS = (AWARD, BASE, DEDUCT)


class Rehearsals(Questions):
    """What can be tried out on a book without a trace."""

    def replay(self, period: str, *, progress: Progress | None = None) -> Rehearsal:
        """Decide the deeds of a past ``period`` once more, each by the version in force on its day by now.

        It differs from what was granted where a version was adopted later that reaches back, or where deeds were
        recorded, reversed or corrected since and limits have other room. Nothing is posted.

        Raises:
            InvalidPeriod: if there is no such period.
            BeforeFirstPeriod, FutureDate: if all of it lies before the book, or it has not begun.

        """
        months_in(period)
        with self._reading() as transaction:
            months_asked(transaction.state, period, self._today(transaction.state))
            return _Run(transaction, period, None, progress).gone_through()

    def what_if(self, rulebook: str | Path | RuleBook, period: str, *, progress: Progress | None = None) -> Rehearsal:
        """Decide the deeds of a past ``period`` once more by a draft, whatever its first day; nothing is posted.

        ``rulebook`` is a TOML file, or a rule book as read from one.

        Raises:
            RuleBookInvalid: with every fault of the file.
            InvalidPeriod: if there is no such period.
            BeforeFirstPeriod, FutureDate: if all of it lies before the book, or it has not begun.

        """
        months_in(period)
        with self._reading() as transaction:
            months_asked(transaction.state, period, self._today(transaction.state))
            if not isinstance(rulebook, RuleBook):
                rulebook = RuleBook.from_file(rulebook, decimals=transaction.state.settings.decimals)
            return _Run(transaction, period, rulebook, progress).gone_through()


class _Outcome(NamedTuple):
    """What rules make of a deed: points with a sign, or why they refuse it."""

    points: int
    refusal: PointsLedgerError | None = None


class _Sums:
    """What is added up for one household."""

    def __init__(self) -> None:
        self.deeds = self.bases = self.refused = self.granted = self.rehearsed = 0


class _Run:
    """One rehearsal."""

    def __init__(
        self, transaction: Transaction, period: str, draft: RuleBook | None, progress: Progress | None
    ) -> None:
        state: State = transaction.state
        self._transaction = transaction
        self._state = state
        self._period = period
        self._draft = draft
        self._books = state.rulebooks() if draft is None else [draft]
        self._progress = progress
        self._places = state.settings.decimals
        self._first, self._last = state.calendar.bounds(period)
        self._people: dict[str, Profile] = {one.id: one for one in transaction.profiles() if one.role == HOUSEHOLD}
        self._used: dict[caps.UsageKey, Usage] = {}
        self._counters: dict[tuple[str, str, str], list[caps.Counter]] = {}
        self._names = {activity.code: activity.name for book in state.rulebooks() for activity in _named(book)}
        self._sums: dict[str, _Sums] = {}

    def gone_through(self) -> Rehearsal:
        self._count_before()
        deeds, left_out = [], 0
        for record, undone in self._records(self._first, self._last):
            if undone:
                left_out += 1
                continue
            found = self._rehearsed(record)
            if found.difference or found.refusal is not None:
                deeds.append(found)
        ordered = sorted(self._sums, key=self._code)
        totals = [self._total(account, self._sums[account]) for account in ordered]
        whole = _Sums()
        for one in self._sums.values():
            for name, amount in vars(one).items():
                setattr(whole, name, getattr(whole, name) + amount)
        draft = self._draft.name if self._draft is not None else ""
        village, total = self._transaction.village, self._total("", whole)
        return Rehearsal(village, self._period, draft, tuple(deeds), tuple(totals), total, left_out)

    def _total(self, account: str, sums: _Sums) -> RehearsedTotal:
        known = self._people.get(account)
        return RehearsedTotal(
            household=self._code(account),
            name=known.name if known else "",
            group=self._state.grouping(account, self._last) if account else "",
            deeds=sums.deeds,
            bases=sums.bases,
            refused=sums.refused,
            granted=unscaled(sums.granted, self._places),
            rehearsed=unscaled(sums.rehearsed, self._places),
        )

    def _code(self, account: str) -> str:
        known = self._people.get(account)
        return known.code if known else account

    # --- reading ---------------------------------------------------------------------------------------

    def _records(self, first: str, last: str) -> Iterator[tuple[Record, int]]:
        """Yield the deeds of some days in the order in which they were recorded, each with what reversed it, or 0."""
        asked = (self._transaction.connection, self._transaction.village)
        month, after = self._state.calendar.month_of(first), 0  # none counts before the month of its day
        while True:
            page = queries.deeds(*asked, kinds=_KINDS, first=month, after=after, limit=_AT_ONCE)
            for seq, body, undone in page:
                after = seq
                record = read_body(body, seq)
                if first <= record.on <= last:
                    yield record, undone
                if self._progress is not None:
                    self._progress(seq, self._state.size)
            if len(page) < _AT_ONCE:
                return

    def _count_before(self) -> None:
        """Count what was granted before the period in the spans that reach into it."""
        spans = {limit.per for book in self._books for limit in book.limits()} - {PER_DEED}
        begins = min((self._state.calendar.begin_of(per, self._first) for per in spans), default=self._first)
        if begins >= self._first:
            return
        begins = max(begins, self._state.calendar.bounds(self._state.settings.first_period)[0])
        window = self._state.calendar.window
        for record, undone in self._records(begins, self._first):
            if undone or record.on == self._first or record.kind == DEDUCT or not record.entries:
                continue
            grant = counts_of(record)
            counters = self._counters_of(grant.deed)
            self._count((one for one in counters if window(record.on, one.per) == window(self._first, one.per)), grant)

    # --- deciding --------------------------------------------------------------------------------------

    def _rehearsed(self, record: Record) -> RehearsedDeed:
        decided = record.decided
        granted = -decided["granted"] if record.kind == DEDUCT else decided["granted"]
        outcome = self._judged(record)
        sums = self._sums.setdefault(record.said["account"], _Sums())
        sums.deeds += record.kind != BASE
        sums.bases += record.kind == BASE
        sums.refused += outcome.refusal is not None
        sums.granted += granted
        sums.rehearsed += outcome.points
        code = record.said.get("activity", record.said.get("base", ""))
        known = self._people.get(record.said["account"])
        return RehearsedDeed(
            seq=record.seq,
            on=record.on,
            household=self._code(record.said["account"]),
            name=known.name if known else "",
            kind=record.kind,
            activity=caps.entry_activity(code, record.said.get("level", "")),
            activity_name=self._names.get(code, ""),
            rulebook=decided["rulebook"],
            granted=unscaled(granted, self._places),
            rehearsed=unscaled(outcome.points, self._places),
            refusal=outcome.refusal,
        )

    def _judged(self, record: Record) -> _Outcome:
        """Return what the rules make of a deed; what they refuse brings nothing."""
        try:
            return self._judged_base(record) if record.kind == BASE else self._judged_deed(record)
        except (InputError, RefusedError) as error:
            return _Outcome(0, self._readable(error))

    def _judged_deed(self, record: Record) -> _Outcome:
        said, on = record.said, record.on
        book = self._draft or self._state.rulebook(on)[1]
        activity = ruled(book, record.kind, said, on)
        if record.kind == DEDUCT:
            return _Outcome(-_taken(book, record, worth(activity, said, on)))
        judged = judge_award(self._state, book, activity, said, on, usage=self._used.get)
        if judged.granted:
            deed = counted_deed(said, on, activity.category)
            self._count(self._counters_of(deed), caps.Grant(deed, judged.granted, judged.times))
        return _Outcome(judged.granted)

    def _judged_base(self, record: Record) -> _Outcome:
        said = record.said
        begins = first_day_of(self._state, said["span"], record.on)
        base = (book := self._draft or self._state.rulebook(begins)[1]).base(said["base"])
        if base is None:
            raise RuleSilent(document="rule book", document_zh="积分细则", on=begins)
        granted = within_ceilings(self._state, book, said["account"], record.on, base.points, usage=self._used.get)
        grant = counts_of(record)._replace(points=granted)
        self._count(self._counters_of(grant.deed), grant)
        return _Outcome(granted)

    def _readable(self, error: PointsLedgerError) -> PointsLedgerError:
        """Return an error with the code of a household where the journal has its id, and as said of a rehearsal."""
        account = error.data.get("account")
        told: dict[str, Any] = {} if account is None else {"account": self._code(account)}
        if isinstance(error, LimitReached):
            told["rehearsed"] = True
        return type(error)(**(error.data | told)) if told else error

    # --- counting --------------------------------------------------------------------------------------

    def _counters_of(self, deed: caps.CountedDeed) -> list[caps.Counter]:
        """Return what the rules of this rehearsal count of a deed."""
        asked = (deed.activity, deed.level, deed.category)
        if asked not in self._counters:
            self._counters[asked] = sorted(caps.counters(self._books, *asked))
        return self._counters[asked]

    def _count(self, counters: Iterable[caps.Counter], grant: caps.Grant) -> None:
        village, calendar = self._transaction.village, self._state.calendar
        for row in caps.add(counters, grant, village=village, calendar=calendar, used=self._used.get):
            self._used[row[1:4]] = row


def _named(book: RuleBook) -> Iterator[Any]:
    """Yield what has a code and a name in a rule book, and a record may name."""
    yield from book.activities.values()
    yield from book.bases


def _taken(book: RuleBook, record: Record, asked: int) -> int:
    """Return what a deduction takes: where it was partly written off, no more than was there, if ``book`` says so."""
    short = "written_off" in record.decided and book.arrears == "write_off"
    return min(asked, record.decided["granted"]) if short else asked
