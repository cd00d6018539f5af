"""The book for hledger: what another program, that never saw this library, makes of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.testing import FixedClock
from tests.database.lived_in import SIZE, plain
from tests.hledger import complaints, expected, reported


@pytest.fixture
def journal(book: Path, tmp_path: Path) -> Path:
    """Export the book that was lived in, once everything due is recorded."""
    with Ledger.open(book) as ledger:
        ledger.expire(by="clerk:1")
        ledger.export(tmp_path / "book.journal", form="hledger")
    return tmp_path / "book.journal"


def test_hledger_finds_nothing_wrong(journal: Path) -> None:
    """The file passes hledger's checks, the strict ones too: all is declared, all adds up, every assertion holds."""
    assert "" == complaints(journal)
    assert "" == complaints(journal, "--strict")


def test_hledger_reports_the_balances_of_the_book(book: Path, journal: Path) -> None:
    """Every account has in hledger what it has in the book: points, goods and money."""
    with Ledger.open(book) as ledger:
        told = expected(ledger)
    assert told == reported(journal)
    assert {"points", "item:soap", "yuan"} == {unit for _, unit in told}
    assert {"households", "shelf", "fund", "expired", "issued"} <= {name.partition(":")[0] for name, _ in told}


def test_the_figures_of_any_day_are_those_of_the_statement(book: Path, journal: Path) -> None:
    """A balance as of a day agrees, since the date of a record is the day it counts on."""
    with Ledger.open(book) as ledger:
        for day in ("2026-01-01", "2026-03-03", "2026-03-31", "2026-04-01", "2026-04-02", "2026-04-09", "2026-04-30"):
            after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
            found = reported(journal, "--end", after, "^households:")
            kept = {
                (f"households:{code}", "points"): balance
                for code in ("03-017", "03-018", "03-019")
                if (balance := ledger.balance(code, on=day).balance)
            }
            assert kept == found, day


def test_every_record_is_a_transaction(journal: Path) -> None:
    """Each record stands there once under its number, with its kind; one of a closed month says its own day."""
    text = journal.read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\d{4}-\d\d-\d\d \((\d+)\) ", text, flags=re.MULTILINE)]
    assert list(range(1, max(SIZE, numbers[-1]) + 1)) == numbers
    assert "2026-04-01 (55) award  ; activity:tidy, on:2026-03-20, for:2026-03\n" in text
    assert " base  ; activity:base:monthly\n" in text


def test_nobody_is_named(book: Path, journal: Path) -> None:
    """Households stand there by their codes; no name, no operator and no free text does."""
    with plain(book) as connection:
        people = connection.execute("SELECT code, name FROM points_profile WHERE role <> 'household'").fetchall()
        heads = connection.execute("SELECT '', name FROM points_profile WHERE name <> ''").fetchall()
        texts = connection.execute("SELECT '', text FROM points_remark").fetchall()
    written = journal.read_text(encoding="utf-8")
    assert [] == [word for row in (*people, *heads, *texts) for word in row if len(word) > 1 and word in written]


@pytest.mark.parametrize("statement", ["points_bridge SET closing = closing + 1", "points_balance SET balance = 7"])
def test_a_figure_that_is_not_what_the_records_add_up_to_fails_the_check(
    book: Path, tmp_path: Path, statement: str
) -> None:
    """The assertions stand on the kept figures: where one was changed, hledger says so."""
    with plain(book, guarded=False, checked=False) as connection:
        connection.execute(f"UPDATE {statement}")
    with Ledger.open(book) as ledger:
        ledger.export(tmp_path / "book.journal", form="hledger")
    assert "balance assertion" in complaints(tmp_path / "book.journal").lower()


def test_a_village_with_a_cut_off_day_and_decimals_agrees(tmp_path: Path) -> None:
    """Months that end on the 25th are asserted on that day, and points with decimals are exact."""
    clock = FixedClock("2025-10-27T12:00")
    settings: dict[str, Any] = {"first_period": "2025-10", "cut_off_day": 25, "decimals": 2}
    with Ledger.create(tmp_path / "book.db", village="nanyu", by="clerk:1", clock=clock, **settings) as ledger:
        ledger.enrol("1:(a)", head="张三", by="clerk:1")
        ledger.bring_forward("1:(a)", "12.25", by="clerk:1")
        ledger.close("2025-10", by="clerk:1")
        ledger.export(tmp_path / "book.journal", form="hledger")
        told = expected(ledger)
    text = (tmp_path / "book.journal").read_text(encoding="utf-8")
    closing = "2025-10-25 balances at the close of 2025-10\n    households:1%3A%28a%29  0.00 points = 12.25 points\n"
    assert closing in text
    assert told == reported(tmp_path / "book.journal")
    assert Decimal("12.25") == told["households:1%3A%28a%29", "points"]
    assert "" == complaints(tmp_path / "book.journal", "--strict")
