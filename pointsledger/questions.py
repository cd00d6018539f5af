"""The questions: what a book can be asked, each answered from one moment and without locking anybody out."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from pointsledger.decisions.due import Due, Uncollected, days_between, due_on
from pointsledger.decisions.enrolling import HOUSEHOLD, OPERATOR, RESIDENT
from pointsledger.decisions.erasing import is_erased
from pointsledger.decisions.kinds import CURRENT
from pointsledger.decisions.lapsing import DueLapse
from pointsledger.decisions.reserving import end_of
from pointsledger.decisions.state import State
from pointsledger.errors import (
    InvalidNumber,
    InvalidSetting,
    NotAList,
    RecordsProvisional,
    UnknownAccount,
)
from pointsledger.reports.holdings import Holdings
from pointsledger.reports.periods import months_asked
from pointsledger.reports.readings import (
    YUAN,
    AccountBalance,
    PersonNamed,
    Statement,
    TrialBalance,
    TrialLine,
)
from pointsledger.reports.register import parse_code, parse_text
from pointsledger.reports.statement_lines import StatementLines, texts_of
from pointsledger.reports.tally import AS_CLOSED, RANKED, RankedRow, Tally, ranking
from pointsledger.reports.tallying import Asked, category_names, parse_level, parse_view, tally_of
from pointsledger.reports.tie_out import item_names
from pointsledger.reports.unrecorded import Unrecorded
from pointsledger.rules import chart, lots
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.storage import queries
from pointsledger.storage.gathering import read_body
from pointsledger.storage.redemption_queries import not_collected
from pointsledger.storage.transaction import Head, Transaction
from pointsledger.values.calendar import Clock, Day, day_before, instant_text, month_after, months_in
from pointsledger.values.points import FEN_DECIMALS, LAST_NUMBER, record_number, unscaled
from pointsledger.values.records import POINTS, Record
from pointsledger.values.rows import Balance, Bridge, Profile

_ROLES = (HOUSEHOLD, RESIDENT, OPERATOR)

_RANKED_ZH = "household（户）、group（组）"

PAGE = 1_000
"""Households in a page of balances, unless asked otherwise."""


class Questions(Holdings):
    """What can be read from a book."""

    _clock: Clock
    """Where today comes from, where a question is asked without a day."""

    @property
    @abstractmethod
    def village(self) -> str:
        """The village's code."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one moment of the book."""

    @abstractmethod
    def _balance(self, code: str) -> tuple[Any, ...] | None:
        """Return what ``Transaction.balance`` does."""

    def head(self, size: int | None = None) -> Head:
        """Return the number of records and the root over them, now or when the book had ``size`` of them.

        Raises:
            UnknownRecord: if the book never had so many.

        """
        with self._reading() as transaction:
            if size is None:
                return transaction.head
            transaction.state.record(size)
            return Head(size, transaction.root_at(size))

    def record(self, seq: int) -> Record:
        """Return a record of the journal.

        Raises:
            UnknownRecord: if there is none of that number.

        """
        with self._reading() as transaction:
            return transaction.state.record(seq)

    def records(
        self, *, after: int = 0, kinds: Iterable[str] | None = None, limit: int | None = None
    ) -> Iterator[Record]:
        """Yield the records behind number ``after`` in their order, of some kinds or all, at most ``limit``.

        It is the stream of what happened, for messages to others: no name of the register and no remark is in it, but
        what was typed as a purpose, a number or a request id. No record is ever skipped or
        changed, and keeping the number of the last one that was dealt with is all it takes to go on from there. It
        is read page by page, and sees what is posted meanwhile.

        Raises:
            InvalidNumber, InvalidSetting, NotAList: for a number or kinds that there cannot be.
            RecordsProvisional: within a transaction that has posted acts which may still be rolled back.

        """
        wanted = _kinds(kinds)
        for name, number in (("after", after), ("limit", 0 if limit is None else limit)):
            if record_number(number, name) < 0:
                raise InvalidNumber(name=name, value=number)
        return self._records(min(after, LAST_NUMBER), wanted, limit)

    def _records(self, after: int, kinds: Sequence[str] | None, limit: int | None) -> Iterator[Record]:
        left = limit
        while left is None or left > 0:
            with self._reading() as transaction:
                if self._provisional():
                    raise RecordsProvisional
                at_once = PAGE if left is None else min(PAGE, left)
                asked = (transaction.connection, self.village)
                page = queries.bodies(*asked, after=after, kinds=kinds, limit=at_once)
            for seq, body in page:
                yield read_body(body, seq)
                after = seq
            if len(page) < at_once:
                return
            left = None if left is None else left - len(page)

    def _provisional(self) -> bool:
        """Tell whether acts were posted in this transaction that may still be rolled back."""
        return False

    def people_in(self, seq: int) -> tuple[PersonNamed, ...]:
        """Return who stands behind the ids in record ``seq``: households, members and operators, in that order.

        Raises:
            UnknownRecord: if there is none of that number.

        """
        with self._reading() as transaction:
            body = transaction.state.record(seq).body().decode()
            found = (transaction.state.get(Profile, (one,)) for one in sorted(set(ID_IN_TEXT.findall(body))))
            known = [profile for profile in found if profile is not None]
            ordered = sorted(known, key=lambda profile: (_ROLES.index(profile.role), profile.code))
            return tuple(PersonNamed(profile.id, profile.role, profile.code, profile.name) for profile in ordered)

    def person(self, id: str) -> PersonNamed:  # noqa: A002 - what records and ``PersonNamed`` call it
        """Return who stands behind an id that a record or ``due`` has: a household, a member or an operator.

        Raises:
            UnknownAccount: if nobody does, or not any more.

        """
        with self._reading() as transaction:
            profile = transaction.state.get(Profile, (id,))
            if profile is None:
                raise UnknownAccount(account=id)
            return PersonNamed(profile.id, profile.role, profile.code, profile.name)

    def remarks(self, seq: int) -> dict[str, str]:
        """Return the free text of record ``seq`` that is kept beside the journal: its ``remark``, or its ``reason``.

        Raises:
            UnknownRecord: if there is none of that number.

        """
        with self._reading() as transaction:
            transaction.state.record(seq)
            return texts_of(transaction, seq)

    def inclusion_path(self, seq: int) -> list[bytes]:
        """Return the hashes that lead from the leaf of record ``seq`` to the head (RFC 6962).

        Raises:
            UnknownRecord: if there is no record of that number.

        """
        with self._reading() as transaction:
            transaction.state.record(seq)
            return transaction.inclusion_path(seq, transaction.state.size)

    def balance(self, household: str, *, on: Day | None = None) -> AccountBalance:
        """Return what a household holds now, or held at the end of day ``on``.

        Before the book that is nothing, and after today what is known by now.

        Raises:
            UnknownAccount: if it is not enrolled.

        """
        if on is None:
            found = self._balance(parse_code(household, "household"))
            if found is None:
                return self._balance_now(household)
            account, code, name, places, *figures, group, over = found
            if over:
                return self._balance_now(household)
            held = Balance(self.village, account, POINTS, *(figure or 0 for figure in figures))
            return _now(code, name, group or "", held, places)
        with self._reading() as transaction:
            profile = household_of(transaction, household)
            state = transaction.state
            places = state.settings.decimals
            day = state.calendar.day(on)
            month = state.calendar.month_of(day)
            first = state.calendar.bounds(month)[0]
            due = Unrecorded(transaction, day, [profile.id]).lapses()
            ended = sum(lapse.points for lapse in due if lapse.on <= day)
            within = queries.movement(transaction.connection, self.village, profile.id, first=first, last=day)
            amount = unscaled(_opening(transaction, profile.id, month) + within - ended, places)
            group = state.grouping(profile.id, day)
            return AccountBalance(profile.code, profile.name, group, amount, None, None, None, None, day)

    def _balance_now(self, household: str) -> AccountBalance:
        """Return the same of a household that has reservations which are over, and have no record of it yet."""
        with self._reading() as transaction:
            profile, state = household_of(transaction, household), transaction.state
            day = self._today(state)
            due = Unrecorded(transaction, day, [profile.id])
            held = less(due.balance(profile.id, state.balance(profile.id, POINTS)), due.lapses_of_lots())
            return _now(profile.code, profile.name, state.grouping(profile.id, day), held, state.settings.decimals)

    def balances(
        self, *, group: str | None = None, after: str | None = None, limit: int = PAGE
    ) -> tuple[AccountBalance, ...]:
        """Return a page of balances in the order of the household codes, in one query.

        ``after`` is the code that the page before ended with; ``group`` keeps to one group.
        """
        after = None if after is None else parse_code(after, "after")
        group = None if group is None else parse_text(group, "group")
        if type(limit) is not int or not 1 <= limit <= PAGE:
            raise InvalidSetting(name="limit", value=limit, allowed=f"1 to {PAGE}", allowed_zh=f"1 至 {PAGE}")
        with self._reading() as transaction:
            found = queries.balances(transaction.connection, self.village, group=group, after=after, limit=limit)
            due = Unrecorded(transaction, self._today(transaction.state), [account for _, account, *_ in found])
            ended: dict[str, list[DueLapse]] = defaultdict(list)
            for lapse in due.lapses_of_lots():
                ended[lapse.account].append(lapse)
            page = []
            for code, account, name, grouping, *figures in found:
                held = Balance(self.village, account, POINTS, *(figure or 0 for figure in figures))
                held = less(due.balance(account, held), ended[account])
                page.append(_now(code, name, grouping or "", held, transaction.state.settings.decimals))
            return tuple(page)

    def statement(self, household: str, period: str | None = None) -> Statement:
        """Return every movement of a household in ``period``, or ever, with the balance after each.

        Deeds that a limit cut say what they were worth, and those of which it left nothing stand there too.

        Raises:
            UnknownAccount, InvalidPeriod: if the household or the period is none.
            BeforeFirstPeriod, FutureDate: if all of the period lies before the book, or it has not begun.

        """
        with self._reading() as transaction:
            profile = household_of(transaction, household)
            state = transaction.state
            months = () if period is None else months_asked(state, period, self._today(state))
            first, last = (None, None) if period is None else state.calendar.bounds(period)
            due = tuple(Unrecorded(transaction, self._today(state), [profile.id]).lapses())
            opening = 0
            if period is not None:
                month = months[0]
                opening = _opening(transaction, profile.id, month)
                opening -= sum(lapse.points for lapse in due if lapse.period < month)
            lines = StatementLines(transaction, self.village, profile, due).between(opening, first, last)
            closing = lines[-1].balance if lines else unscaled(opening, transaction.state.settings.decimals)
            places = transaction.state.settings.decimals
            return Statement(profile.code, profile.name, period, unscaled(opening, places), tuple(lines), closing)

    def tally(self, period: str, *, level: str = "household", view: str = AS_CLOSED) -> Tally:
        """Return the tally of a month, quarter, half-year or year by ``level``: household, group, category, village.

        ``view`` is ``as_closed``, what counted in the period, or ``restated``, what is known of it by now: late deeds
        and corrections then stand in the month that they are for.

        Raises:
            InvalidPeriod, InvalidSetting: if there is no such period, level or view.
            BeforeFirstPeriod, FutureDate: if all of it lies before the book, or it has not begun.

        """
        asked, shown = parse_level(level), parse_view(view)
        months_in(period)  # what is no period is refused before anything is read
        with self._reading() as transaction:
            return tally_of(transaction, Asked(period, asked, shown, instant_text(self._clock.now())))

    def ranking(
        self, period: str, *, level: str = "household", view: str = AS_CLOSED, ties: str = "competition"
    ) -> tuple[RankedRow, ...]:
        """Rank households or groups by what they earned in ``period``; redeeming changes nothing in it.

        ``view`` is as for ``tally``.

        Raises:
            InvalidPeriod, InvalidSetting: if there is no such period, level, view or way of treating ties.
            BeforeFirstPeriod, FutureDate: as ``tally``.

        """
        if level not in RANKED:
            raise InvalidSetting(name="ranking level", value=level, allowed=", ".join(RANKED), allowed_zh=_RANKED_ZH)
        return ranking(self.tally(period, level=level, view=view), ties)

    def due(self, on: Day | None = None, *, until: Day | None = None) -> tuple[Due, ...]:
        """Return what happens on the day ``on`` (today if left out) without a record, or on each day ``until`` another.

        That is a month that begins, a rule book or price list that was adopted earlier and comes into force, what each
        household had left of points whose last day was the day before, or that the close of the month clears which
        ended then, and the reservations that nobody collected by then. The answer for a day stays the same once it has
        begun, so a script that missed days may ask for them later. A range that ends before it begins has no days.

        Raises:
            InvalidDate, ZoneMissing: for a day that there cannot be.
            InvalidSetting: for more than 366 days.

        """
        with self._reading() as transaction:
            state = transaction.state
            first = state.calendar.day(on) if on is not None else self._today(state)
            last = first if until is None else state.calendar.day(until)
            days = tuple(days_between(first, last))
            adoptions = queries.adoptions(transaction.connection, self.village)
            uncollected = [
                Uncollected(last_day, seq, account, points, end_of(state, seq))
                for last_day, seq, account, points in not_collected(
                    transaction.connection, self.village, first=day_before(first), last=day_before(last)
                )
            ]
            return tuple(due_on(state, adoptions, transaction.lapsing_on, days, uncollected=uncollected))

    def _today(self, state: State) -> str:
        return state.calendar.day_of_instant(instant_text(self._clock.now()))

    def trial_balance(self) -> TrialBalance:
        """Return the balance of every account of the points book and of each good.

        Households and shelves stand with the balance that is kept of them, all other accounts with the sum of their
        entries, so that a book foots only if the two agree. Households are one line; ``balances`` has them one by one.
        """
        with self._reading() as transaction:
            places = transaction.state.settings.decimals
            sums: dict[tuple[str, str], int] = {}
            asked = (transaction.connection, self.village)
            due: list[tuple[str, str, int]] = []
            for lapse in Unrecorded(transaction, self._today(transaction.state)).lapses():
                due += [(POINTS, lapse.to, lapse.points), (POINTS, chart.HOUSEHOLD_MARK, -lapse.points)]
            for code, account, amount, *_ in (*queries.account_sums(*asked), *queries.kept_balances(*asked), *due):
                name = "households" if chart.holds_points(account) else account
                sums[code, name] = sums.get((code, name), 0) + int(amount)
            items, categories = item_names(transaction.state), category_names(transaction.state)

            def line(unit: str, account: str, amount: int) -> TrialLine:
                _, _, category = account.partition(":") if unit == POINTS else ("", "", "")
                if unit == chart.FEN:
                    return TrialLine(YUAN, account, unscaled(amount, FEN_DECIMALS))
                exact = unscaled(amount, places) if unit == POINTS else Decimal(amount)
                good = "" if unit == POINTS else items.get(chart.item_of(unit), "")
                return TrialLine(unit, account, exact, good, categories.get(category, ""))

            ordered = sorted(sums.items(), key=lambda found: (found[0][0] != POINTS, found[0]))
            return TrialBalance(tuple(line(*key, amount) for key, amount in ordered))


def _kinds(kinds: Iterable[str] | None) -> list[str] | None:
    if kinds is None:
        return None
    if isinstance(kinds, str):
        raise NotAList(name="kinds", expected="a list of kinds", expected_zh="操作种类的列表", value=kinds)
    wanted = sorted(set(kinds))
    for kind in wanted:
        if kind not in CURRENT:
            known = sorted(CURRENT)
            raise InvalidSetting(name="kind", value=kind, allowed=", ".join(known), allowed_zh="、".join(known))
    return wanted


def _opening(transaction: Transaction, account: str, month: str) -> int:
    """Return what an account held at the beginning of a month; the last close before it has most of the answer."""
    closed = transaction.state.settings.closed_through
    last = min(closed, month_after(month, -1)) if closed else ""
    bridge = transaction.state.get(Bridge, (last, account)) if last else None
    since = queries.totals_of_account(transaction.connection, transaction.village, account, closed=last, before=month)
    return since + (bridge.closing if bridge else 0)


def less(held: Balance, due: Iterable[DueLapse]) -> Balance:
    """Return a balance without what has lapsed of it."""
    lapses = list(due)
    floor = held.floor - sum(lapse.floor for lapse in lapses)
    return held._replace(balance=held.balance - sum(lapse.points for lapse in lapses), floor=floor)


def household_of(transaction: Transaction, code: str) -> Profile:
    """Return who a household of that code is; one that was erased is found by its id, since nobody is behind that.

    Raises:
        UnknownAccount: if it is not enrolled.

    """
    asked = parse_code(code, "household")
    found = transaction.profile(HOUSEHOLD, asked)
    if found is not None:
        return found
    if chart.holds_points(asked) and is_erased(transaction.state, asked):
        return Profile(transaction.village, asked, HOUSEHOLD, "", asked, "", b"")
    raise UnknownAccount(account=code)


def _now(code: str, name: str, group: str, held: Balance, places: int) -> AccountBalance:
    return AccountBalance(
        household=code,
        name=name,
        group=group,
        balance=unscaled(held.balance, places),
        held=unscaled(held.held, places),
        pending=unscaled(held.pending, places),
        arrears=unscaled(held.arrears, places),
        available=unscaled(lots.available(held), places),
        floor=unscaled(held.floor, places),
    )
