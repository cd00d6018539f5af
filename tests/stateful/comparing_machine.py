"""The machine's comparisons: what is held against the reference after every step, and at the end of a history."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from hypothesis import event
from hypothesis.stateful import RuleBasedStateMachine, invariant

from pointsledger import Ledger
from pointsledger.rules.bridge import FIGURES
from tests.stateful import invariants
from tests.stateful.book import COLUMNS
from tests.stateful.reference import Reference
from tests.stateful.shelves import FUNDS
from tests.stateful.values import SHOPS

REACHED: Counter[str] = Counter()
"""How often each interesting case was met, for the test that the machine meets them."""


class ComparingMachine(RuleBasedStateMachine):
    """A book and its reference, held against each other."""

    instant: datetime
    ledger: Ledger
    reference: Reference
    watched: invariants.Invariants

    # --- the present -----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the present: this machine is the clock of its book."""
        return self.instant

    @property
    def today(self) -> str:
        """The day in the village: ten in the morning and later."""
        return self.instant.date().isoformat()

    def note(self, *cases: str) -> None:
        """Count interesting cases."""
        for case in cases:
            event(case)
            REACHED[case] += 1

    # --- comparing -------------------------------------------------------------------------------------

    @invariant()
    def figures_agree(self) -> None:
        """Compare size, balances, arrears, what is held, stock, money and this month's tally."""
        if not hasattr(self, "ledger"):
            return
        reference = self.reference
        reference.today = self.today
        assert reference.size == self.ledger.head().size
        self.note(*(["read before it was recorded"] if reference.ended() else []))
        with reference.by_date():
            self.compare_holdings()
            if reference.size % 3 == 0:
                self.compare_tally(reference.month_of(self.today), "household")

    def compare_holdings(self) -> None:
        """Compare what every household has, every shelf and every fund."""
        reference = self.reference
        expected = {
            one: (
                group,
                *map(Decimal, (reference.balance(one), reference.arrears.get(one, 0), reference.floor(one))),
                *map(Decimal, (reference.held(one), reference.available(one))),
            )
            for one, group in reference.groups.items()
        }
        found = self.ledger.balances()
        assert expected == {
            row.household: (row.group, row.balance, row.arrears, row.floor, row.held, row.available) for row in found
        }
        assert sorted(expected) == [row.household for row in found]
        places = [(shop, item) for shop in SHOPS for item in ("soap", "oil")]
        there = {place: reference.on_shelf(*place) for place in places}
        shelves = {(line.shop, line.item): (line.pieces, line.cost_fen, line.held) for line in self.ledger.stock()}
        assert {place: held for place, held in there.items() if any(held)} == {
            place: held for place, held in shelves.items() if any(held)
        }
        if reference.size % 3 == 0:
            money = {fund: Decimal(reference.in_fund(fund)) / 100 for fund in FUNDS}
            assert money == {line.code: line.left for line in self.ledger.funds()}

    @invariant()
    def invariants_hold(self) -> None:
        """Check what must hold of every book, from its rows."""
        if hasattr(self, "ledger"):
            self.watched.follow(self.today)

    @invariant()
    def book_is_whole(self) -> None:
        """Audit the book, every few records."""
        if hasattr(self, "ledger") and self.reference.size % 25 == 0:
            self.compare_audit()

    def compare_audit(self) -> None:
        """See that nothing is broken, irregular only what paper brought uncovered, and every loss is noted."""
        uncovered = [
            seq for seq, one in sorted(self.reference.exchanges.items()) if one.irregular and not one.reversed_by
        ]
        noted = {seq: ("handed-over-uncovered", "irregular", (seq,)) for seq in uncovered}
        noted |= {
            seq: ("recovered", "note", (seq,)) for seq, act in self.reference.acts.items() if act.kind == "recovered"
        }
        expected = [noted[seq] for seq in sorted(noted)]
        found = [(one.code, one.grade, one.seqs) for one in self.ledger.audit().findings]
        early = ("closing-below-zero", "irregular", ())  # days are drawn at will, and goods go out before they came in
        assert expected == [one for one in found if one != early]

    def compare_tally(self, month: str, level: str, view: str = "as_closed") -> None:
        """Compare a month's tally in a view."""
        tally = self.ledger.tally(month, level=level, view=view)
        expected = self.reference.tally(month, level, view)
        assert (month <= self.reference.closed) == tally.closed
        found = {row.code: tuple(int(figure or 0) for figure in attrgetter(*COLUMNS)(row)) for row in tally}
        if level == "category":  # points are not kept apart by what they were earned for: no opening, no closing
            expected = {key: (row[0], 0, *row[2:-1], 0) for key, row in expected.items()}
            assert {None} >= {row.opening for row in tally} | {row.closing for row in tally}
        assert expected == found, (month, level, view)
        total = tally.total
        for row in (*(tally if level != "category" else ()), total):
            assert row.closing == sum((getattr(row, name) for name in FIGURES[:-1]), Decimal(0))
        assert level == "category" or total.closing == sum((row.closing or Decimal(0) for row in tally), Decimal(0))

    def compare_everything(self) -> None:
        """Compare all that is worked out of a book when its history is over."""
        self.compare_months()

    def compare_months(self) -> None:
        """Compare every month's tally on every level, balances of past days, statements and the trial balance."""
        self.reference.today = self.today
        with self.reference.by_date():
            self.compare_by_date()
        assert self.ledger.trial_balance().foots

    def compare_by_date(self) -> None:
        """Compare what is worked out by the date, whether or not it was recorded."""
        reference = self.reference
        for month in sorted({month for line in reference.movements for month in (line.month, line.concerns)}):
            for level in ("household", "group", "category", "village"):
                for view in ("as_closed", "restated"):
                    self.compare_tally(month, level, view)
        for household in reference.groups:
            statement = self.ledger.statement(household)
            assert reference.balance(household) == statement.closing
            for back in (0, 10, 31):
                day = (self.instant.date() - timedelta(days=back)).isoformat()
                assert reference.balance_on(household, day) == self.ledger.balance(household, on=day).balance
            assert reference.balance(household) == self.ledger.balance(household).balance
        self.compare_exchanges()

    def compare_exchanges(self) -> None:
        """Compare what became of each exchange, by the date, and that the books of the year foot."""
        expected: dict[int, tuple[object, ...]] = {
            seq: (
                *(one.household, one.shop, one.points, one.refunded, one.last_day, one.irregular),
                "reversed" if one.reversed_by else one.state,
                *(one.on, one.reversed_by),
                tuple((item, own.pieces, own.price, own.refunded, own.returned) for item, own in one.items.items()),
            )
            for seq, one in self.reference.exchanges.items()
        }
        found = self.ledger.redemptions()
        assert expected == {
            one.seq: (
                *(one.household, one.shop, one.points, one.refunded, one.last_day, one.irregular),
                one.state,
                *(one.on, one.reversed_by),
                tuple((own.item, own.pieces, own.price, own.refunded, own.returned) for own in one.items),
            )
            for one in found
        }
        totals = self.ledger.redemption_totals()
        spent = [one for one in self.reference.exchanges.values() if one.state == "handed-over" and not one.reversed_by]
        points, refunded = sum(one.points for one in spent), sum(one.refunded for one in spent)
        assert (Decimal(points), Decimal(refunded)) == (totals.points, totals.refunded)
        assert self.ledger.books(self.today[:4]).foots
