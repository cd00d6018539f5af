"""Explaining: why a household's figures are what they are, from the records and the rules that they name.

The lines are those of the statement, so that both say the same, and all of it is read in one moment of the book. What
decided a deed is looked up in the very version of the rule book that its record names, never in the present one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.decisions.lapsing import LAPSE, lapse_day
from pointsledger.decisions.state import State
from pointsledger.questions import Questions
from pointsledger.reports.applied_rules import rule_of
from pointsledger.reports.explanation import AppliedRule, ExplainedLine, Explanation, LapsedLot, LimitCut
from pointsledger.reports.personal import PersonalReadings
from pointsledger.reports.readings import RedeemedItem, StatementLine
from pointsledger.reports.redemptions import Redeemed
from pointsledger.reports.tallying import category_names
from pointsledger.reports.tie_out import item_names
from pointsledger.reports.tracing import Traces
from pointsledger.rules import caps, chart
from pointsledger.rules.limits import ACTIVITY, CATEGORY, PER_DEED
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.gathering import AMONG
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock
from pointsledger.values.points import unscaled
from pointsledger.values.records import Record
from pointsledger.values.rows import Lot, RedemptionLine


class Disputes(Redeemed, Traces, PersonalReadings):
    """What is asked of a book when somebody doubts a figure."""

    def explain(self, household: str, period: str) -> Explanation:
        """Return every movement of a household in ``period`` with the rule, the limits and the reasons behind it.

        That is the text of the rule that applied, in the version its record names, what was asked for and what was
        granted, which limit took off the difference, what paid a debt, what was bought at which prices, what lapsed and
        why, and what was reversed or corrected and why. It adds up from the opening to the closing.

        Raises:
            UnknownAccount, InvalidPeriod: if the household or the period is none.
            BeforeFirstPeriod, FutureDate: if all of the period lies before the book, or it has not begun.

        """
        with self._reading() as transaction:
            moment = _Moment(transaction, self._clock)
            statement = moment.statement(household, period)
            reasons = _Reasons(transaction, statement.household, moment.today())
            group = transaction.state.grouping(reasons.account, transaction.state.calendar.bounds(period)[1])
            return Explanation(
                self.village,
                statement.household,
                statement.name,
                group,
                period,
                statement.opening,
                tuple(reasons.of_all(statement.lines)),
                statement.closing,
            )


class _Moment(Questions):
    """The questions of a book, asked in one transaction that is open already."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    @property
    def village(self) -> str:
        return self._transaction.village

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        yield self._transaction

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        return self._transaction.balance(code, self.today())

    def today(self) -> str:
        return self._today(self._transaction.state)


class _Reasons:
    """Finds what is behind the lines of one household."""

    def __init__(self, transaction: Transaction, household: str, today: str) -> None:
        state: State = transaction.state
        self._transaction = transaction
        self._state = state
        self._places = state.settings.decimals
        self._books = state.rulebooks()
        self._today = today
        profile = transaction.profile(HOUSEHOLD, household)
        self.account: str = profile.id if profile else ""

    def of_all(self, lines: Sequence[StatementLine]) -> Iterator[ExplainedLine]:
        """Yield each line with its reasons; the records behind many are read at once."""
        for start in range(0, len(lines), AMONG):
            chosen = lines[start : start + AMONG]
            seqs = {line.seq for line in chosen if line.seq}
            self._transaction.hold_records(seqs)
            lapses = (record for seq in seqs if (record := self._state.record(seq)).kind == LAPSE)
            self._transaction.hold_records(seqs | {part[1] for record in lapses for part in record.decided["lots"]})
            yield from (self.of(line) for line in chosen)

    def of(self, line: StatementLine) -> ExplainedLine:
        """Return a line with its reasons."""
        if not line.seq:  # a lapse that is due and stands in no record yet
            return ExplainedLine(line, lapsed=tuple(self._due(line.on)))
        record = self._state.record(line.seq)
        decided, rule = record.decided, rule_of(self._state, record)
        gone = line.heading == "expired" and line.points < Decimal(0)
        cuts: tuple[LimitCut, ...] = ()
        if record.kind in {AWARD, DEDUCT}:
            cuts = tuple(self._cuts(record, self._books[decided["rulebook"] - 1]))
        rule = rule_of(self._state, record)
        return ExplainedLine(
            movement=line,
            rule=rule,
            requested=self._points(decided, "requested"),
            granted=self._points(decided, "granted"),
            multiplier=Decimal(decided["multiplier"]["factor"]) if "multiplier" in decided else None,
            cuts=cuts,
            settled=self._sum(() if gone else decided.get("settled", ()), only=record.seq),
            arrears=self._sum(decided.get("arrears", ())),
            written_off=self._points(decided, "written_off") or Decimal(0),
            expires_on=decided.get("expires_on") or "",
            lapsed=tuple(self._lapsed(record) if gone else ()),
            items=tuple(() if gone else self._items(record)),
            prices=decided.get("prices", 0),
            clears_with=decided.get("clears_with") or "",
            floor=bool(decided.get("floor")),
            exact=self._exact(record, rule),
            minutes_served=_served(record),
            paid_minutes=Decimal(decided["paid_minutes"]) if "paid_minutes" in decided else None,
            multiplier_text=self._multiplied(record) if "multiplier" in decided else "",
        )

    def _exact(self, record: Record, rule: AppliedRule | None) -> Decimal | None:
        """Return what a deed comes to before it is rounded, to hundredths; None where nothing of it was dropped."""
        decided = record.decided
        if record.kind not in {AWARD, DEDUCT} or rule is None or rule.points is None:
            return None
        served = decided.get("paid_minutes") or (_served(record) if rule.per == "hour" else None)
        many = Fraction(served) / 60 if served is not None else Fraction(record.said.get("quantity", 1))
        whole = many * Fraction(rule.points) * Fraction(decided.get("multiplier", {}).get("factor", 1))
        if whole == Fraction(self._shown(decided["requested"])):
            return None
        return Decimal(int(whole * 100)) / 100

    def _shown(self, amount: int) -> Decimal:
        return unscaled(amount, self._places)

    def _points(self, decided: Any, name: str) -> Decimal | None:  # noqa: ANN401 - a body's decided
        return self._shown(decided[name]) if name in decided else None

    def _sum(self, parts: Any, only: int = 0) -> Decimal:  # noqa: ANN401 - parts of lots, from a body
        return self._shown(sum(part[-1] for part in parts if not only or part[1] == only))

    # --- deeds -----------------------------------------------------------------------------------------

    def _multiplied(self, record: Record) -> str:
        """Return what the rule book says of the multiplier that applied to a deed."""
        book = self._books[record.decided["rulebook"] - 1]
        applied = book.multiplier_on(book.activities[record.said["activity"]], record.on)
        return (applied.text or "") if applied is not None else ""

    def _cuts(self, record: Record, book: RuleBook) -> Iterator[LimitCut]:
        left = record.decided["requested"]
        for told in caps.cuts_of(record.decided, record.said["activity"], book):
            left -= told["cut"]
            most = told.get("points")
            yield LimitCut(
                of=told["of"],
                name=self._limited(told["of"], book),
                by=told.get("by", ""),
                per=told["per"],
                points=None if most is None else self._shown(most),
                times=told.get("times"),
                used=None if most is None or told["per"] == PER_DEED else self._shown(most - left),
                cut=self._shown(told["cut"]),
            )

    def _limited(self, of: str, book: RuleBook) -> str:
        """Return the name of what a limit limits."""
        if of.startswith(ACTIVITY):
            return book.activities[of.removeprefix(ACTIVITY)].name
        code = of.removeprefix(CATEGORY)
        return category_names(self._state).get(code, code)

    # --- what was bought, and what lapsed --------------------------------------------------------------

    def _items(self, record: Record) -> Iterator[RedeemedItem]:
        redemption = record.said.get("redemption", record.seq)
        names = item_names(self._state)
        for item in record.decided.get("items", ()):
            line = self._state.get(RedemptionLine, (redemption, item["item"]))
            if line is not None:
                name, price = names.get(line.item, line.item), self._shown(line.price)
                yield RedeemedItem(line.item, name, item["pieces"], price, line.refunded, line.returned)

    def _lapsed(self, record: Record) -> Iterator[LapsedLot]:
        own = [line for line, entry in enumerate(record.entries, start=1) if entry.target == chart.EXPIRED]
        for line, seq, lot_line, amount in record.decided.get("lots", ()):
            lot = self._state.get(Lot, (seq, lot_line))
            if line in own and lot is not None:
                yield self._lot(seq, amount, record.said.get("last_day") or lot.expires_on or "")

    def _due(self, on: str) -> Iterator[LapsedLot]:
        for lot in self._state.lots_over(self.account, self._today):
            if lapse_day(self._state, str(lot.expires_on)) == on:
                yield self._lot(lot.seq, lot.free, str(lot.expires_on))

    def _lot(self, seq: int, amount: int, last_day: str) -> LapsedLot:
        made = self._state.record(seq)
        version = made.decided.get("rulebook", 0)
        book = self._books[version - 1] if version else None
        said = made.said
        named = (book.activities.get(said.get("activity", "")) or book.base(said.get("base", ""))) if book else None
        return LapsedLot(
            seq=seq,
            name=named.name if named else "",
            on=made.on,
            granted=self._shown(made.entries[0].amount),
            points=self._shown(amount),
            last_day=last_day,
            rulebook=version,
            expiry=book.expiry if book else None,
            floor=bool(made.decided.get("floor")),
            clears_with=made.decided.get("clears_with") or "",
        )


def _served(record: Record) -> Decimal | None:
    """Return how many minutes a service took, whether they were said as minutes or in hours."""
    if "minutes" in record.said:
        return Decimal(record.said["minutes"])
    return Decimal(record.said.get("quantity", "1")) * 60 if "paid_minutes" in record.decided else None
