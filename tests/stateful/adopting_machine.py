"""The machine with adoptions: other rules and prices in the middle of a book, which re-date nothing granted before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from pointsledger.errors import PointsLedgerError
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from tests.stateful.commands import (
    LATER_PRICES,
    LATER_RULES,
    endings,
    prices_toml,
    programmes,
    rules_toml,
)
from tests.stateful.machine import ActsMachine
from tests.stateful.values import Ending, Outcome, Prices, Refused, Rules

MOST_VERSIONS = 4


class AdoptingMachine(ActsMachine):
    """A book in memory whose rules change, and its reference."""

    @precondition(lambda self: len(self.reference.rules) < MOST_VERSIONS)
    @rule(
        arrears=st.sampled_from(["allow", "allow", "block", "write_off"]),
        expiry=endings,
        programme=programmes,
        first=st.sampled_from(["2026-03-01", "2026-03-01", "open", "month", "soon"]),
    )
    def adopt(self, arrears: str, expiry: Ending, programme: dict[str, Any], first: str) -> None:
        """Adopt other rules and prices, which reach back to a day that has passed or is to come."""
        self.adopt_rules(replace(LATER_RULES, arrears=arrears, expiry=expiry, **programme), first)
        self.adopted("adopt_prices", LATER_PRICES)

    def adopt_rules(self, rules: Rules, first: str) -> bool:
        """Adopt rules as of the first open month, of this one, of next week or of a day; return whether they were."""
        self.reference.today = self.today
        days = {
            "open": self.reference.first_of(self.reference.first_open),
            "month": self.reference.first_of(self.reference.month_of(self.today)),
            "soon": (self.instant.date() + timedelta(days=7)).isoformat(),
        }
        return self.adopted("adopt_rules", replace(rules, first_day=days.get(first, first)))

    @precondition(lambda self: self.reference.closed)
    @rule(expiry=endings)
    def adopt_into_closed(self, expiry: Ending) -> None:
        """Adopt rules and prices that would govern days of a closed month: they are refused."""
        closed = self.reference.last_of(self.reference.closed)
        assert not self.adopt_rules(replace(LATER_RULES, expiry=expiry, arrears="block"), closed)
        prices = replace(LATER_PRICES, first_day=closed, items={"cut": (9, False)}, shops={"main": ("cut",)})
        assert not self.adopted("adopt_prices", prices)

    def adopted(self, name: str, version: Rules | Prices) -> bool:
        """Adopt a document on both sides; return whether it was."""
        theirs: RuleBook | PriceList
        if isinstance(version, Rules):
            theirs = RuleBook.from_toml(rules_toml(version), file="x", decimals=0)
        else:
            theirs = PriceList.from_toml(prices_toml(version), file="x", decimals=0)
        try:
            expected: Outcome = getattr(self.reference, name)(version, by="clerk:1")
        except Refused as refused:
            with pytest.raises(PointsLedgerError) as caught:
                getattr(self.ledger, name)(theirs, by="clerk:1")
            assert refused.code == caught.value.code  # noqa: PT017 - the reference refused it, not the library
            self.note(f"refused: {refused.code}")
            return False
        assert expected.seq == getattr(self.ledger, name)(theirs, by="clerk:1").seq
        self.note("adopted")
        return True
