"""The machine with closes: months closed one after another, late deeds, corrections, and what was closed stays so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from pointsledger.rules.bridge import FIGURES
from tests.stateful.adopting_machine import AdoptingMachine
from tests.stateful.commands import LATER_RULES, Command


class ClosingMachine(AdoptingMachine):
    """A book in memory whose months are closed, and its reference."""

    def __init__(self) -> None:
        """Have closed nothing yet."""
        super().__init__()
        self.as_closed: dict[str, dict[str, tuple[Decimal | None, ...]]] = {}

    @rule(late=st.booleans())
    def close_month(self, late: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Close the next month, if it is over, and at times enter a deed of it when it is closed."""
        month = self.reference.first_open
        if not self.done(Command("close", {"period": month})):
            return
        self.note("closed")
        self.as_closed[month] = self.figures(month)
        if late:
            what = {"household": "01-001", "activity": "tidy", "on": self.reference.last_of(month)}
            self.done(Command("award", what))

    @precondition(lambda self: self.reference.size % 3 == 0)
    @rule(late=st.booleans(), undone=st.integers(0, 6))
    def catch_up(self, late: bool, undone: int) -> None:  # noqa: FBT001 - as above
        """Let two months pass, close what is over in its order and out of it, and undo an act from before."""
        reference = self.reference
        self.instant += timedelta(days=62)
        self.done(Command("close", {"period": reference.month_after(reference.first_open)}))
        for month in ("2025-12", reference.first_open, reference.first_open):
            if self.done(Command("close", {"period": month})):
                self.as_closed[month] = self.figures(month)
        self.close_month(late)
        self.done(Command("reverse", {"reason": "重复"}, back=undone))
        if len(reference.rules) == 1 and reference.closed:
            self.adopt_rules(LATER_RULES, "open")

    def figures(self, month: str) -> dict[str, tuple[Decimal | None, ...]]:
        """Return the bridge of each household that has any figure in a month, as closed."""
        rows = {row.code: tuple(getattr(row, name) for name in FIGURES) for row in self.ledger.tally(month)}
        return {code: row for code, row in rows.items() if any(row)}

    def compare_months(self) -> None:
        """Compare every month, and see that closed ones are what they were, each opening with what the last closed."""
        super().compare_months()
        for month, figures in self.as_closed.items():
            assert figures == self.figures(month), "what was closed has changed"
            after = self.ledger.tally(self.reference.month_after(month))
            closings = {code: row[-1] for code, row in figures.items() if row[-1]}
            assert closings == {row.code: row.opening for row in after if row.opening}
