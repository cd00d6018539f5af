"""What is due: what comes about by date alone, asked of a ledger, a batch and a host's ledger alike."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pointsledger import Ledger
from pointsledger.decisions.due import Change, Due
from pointsledger.errors import InvalidDate, InvalidSetting
from tests.contract.conftest import NANYU_PRICES, NANYU_RULES, Begin, Clock, Document

DEARER = NANYU_PRICES.replace("points = 80", "points = 90")


@pytest.fixture
def autumn(nanyu: Ledger, clock: Clock, document: Document) -> Ledger:
    """Adopt rules and prices on 3 November that hold from the first of December and of January."""
    rules = NANYU_RULES.replace("义务巡逻", "巡逻").replace("points = 4", "points = 5")
    nanyu.adopt_rules(document(rules, first_day="2025-12-01"), by="clerk:1")
    nanyu.adopt_prices(document(DEARER, first_day="2026-01-01"), by="clerk:1")
    clock.noon("2025-12-01")
    return nanyu


def test_what_is_due_on_a_day(autumn: Ledger) -> None:
    """On its first day a document comes into force, behind the month that begins, with what it changes."""
    size = autumn.head().size
    begins = Due("period-begins", "2025-12-01", period="2025-12")
    patrol = Change("patrol", "巡逻", Decimal(4), Decimal(5))
    rules = Due("rules-in-force", "2025-12-01", seq=size - 1, version=2, changes=(patrol,))
    assert (begins, rules) == autumn.due("2025-12-01") == autumn.due()
    rice = Change("rice", "大米", Decimal(80), Decimal(90))
    prices = Due("prices-in-force", "2026-01-01", seq=size, version=2, changes=(rice,))
    assert prices == autumn.due("2026-01-01")[-1]
    assert () == autumn.due("2025-12-02") == autumn.due("2025-08-01")


def test_missed_days_are_asked_for_at_once(autumn: Ledger) -> None:
    """A range is its days one after another, and each thing has a name that stays the same."""
    found = autumn.due("2025-11-30", until=datetime(2026, 1, 1, tzinfo=UTC))
    assert [
        "2025-12-01/period-begins/0",
        f"2025-12-01/rules-in-force/{autumn.head().size - 1}",
        "2026-01-01/period-begins/0",
        f"2026-01-01/prices-in-force/{autumn.head().size}",
    ] == [due.key for due in found]
    assert found == (*autumn.due("2025-12-01"), *autumn.due("2026-01-01"))
    assert () == autumn.due("2025-12-02", until="2025-12-01")


def test_what_was_due_stays_due(autumn: Ledger, clock: Clock, document: Document) -> None:
    """What is adopted later changes nothing in what was due; taken back before its day, a document is never due."""
    before = autumn.due("2025-12-01")
    autumn.adopt_rules(document(NANYU_RULES, first_day="2025-11-20", retroactive=True), by="clerk:1")
    autumn.adopt_prices(document(NANYU_PRICES, first_day="2025-12-02"), by="clerk:1")
    clock.noon("2026-01-02")
    assert before == autumn.due("2025-12-01")
    assert ["prices-in-force"] == [due.kind for due in autumn.due("2025-12-02")]
    assert ["period-begins"] == [due.kind for due in autumn.due("2026-01-01")]


def test_a_batch_sees_what_it_adopts(autumn: Ledger, document: Document) -> None:
    """Inside a batch what was adopted in it is due as anything else, and today is the ledger's."""
    with autumn.batch(by="clerk:1") as batch:
        batch.adopt_prices(document(NANYU_PRICES, name="三", first_day="2025-12-15"))
        assert ["prices-in-force"] == [due.kind for due in batch.due("2025-12-15")]
        assert ["period-begins", "rules-in-force"] == [due.kind for due in batch.due()]


def test_a_month_with_a_cut_off_day_begins_behind_it(begin: Begin) -> None:
    """In a village that settles on the 25th the next month begins on the 26th."""
    ledger = begin(cut_off_day=25)
    found = ledger.due("2025-10-01", until="2025-11-26")
    assert [("2025-10-26", "2025-11"), ("2025-11-26", "2025-12")] == [(due.on, due.period) for due in found]


def test_days_that_cannot_be_asked_for_are_refused(nanyu: Ledger) -> None:
    """A day that does not exist, and a range of more than a year, are refused."""
    with pytest.raises(InvalidDate):
        nanyu.due("2025-11-31")
    with pytest.raises(InvalidSetting):
        nanyu.due("2025-01-01", until="2026-01-02")
