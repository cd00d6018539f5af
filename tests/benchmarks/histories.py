"""What an act or a question costs in a long history: ``python -m tests.benchmarks.histories``. See README.md.

One household with so many deeds over twenty years, its months closed or open, its points ending after a year or never.
Nothing that is measured may grow with the history.
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from pointsledger import Ledger
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.testing import FixedClock
from tests.server import Server

SIZES = (100, 1_000, 10_000)
ROUNDS = 5
REPEATS = 20
FIRST = date(2006, 1, 1)
DAYS = 20 * 365
_HEADING = """\
format = 1
name = "bench"
first_day = 2006-01-01
[mandate]
decided_on = 2005-12-20
present = 3
votes_for = 3
"""
_DEED = '[[activity]]\ncode = "deed"\nname = "好事"\ncategory = "cleanup"\npoints = 5\nper = "time"\n'
_ENDING = '[expiry]\npolicy = "months"\nmonths = 12\n'
PRICES = PriceList.from_toml(
    _HEADING + '[[item]]\ncode = "bag"\nname = "垃圾袋"\npoints = 1\nstocked = false\n', file="bench", decimals=0
)
CASES = {
    "points that never end": (_DEED, False),
    "points of a year": (_ENDING + _DEED, False),
    "points of a year, months closed": (_ENDING + _DEED, True),
}


def lived(place: str, rules: str, deeds: int, *, closed: bool) -> tuple[Ledger, FixedClock]:
    """Live for twenty years in a book, doing so many deeds."""
    clock = FixedClock("2006-01-01T12:00")
    book = RuleBook.from_toml(_HEADING + rules, file="bench", decimals=0)
    ledger = Ledger.create(place, village="bench", rulebook=book, prices=PRICES, clock=clock, by="clerk:1")
    ledger.enrol("1", head="张三", by="clerk:1")
    for year in range(20):
        with ledger.batch(by="clerk:1") as batch:
            for number in range(deeds * year // 20, deeds * (year + 1) // 20):
                day = (FIRST + timedelta(days=number * DAYS // deeds)).isoformat()
                if day != clock.today:
                    clock.noon(day)
                batch.award("1", "deed")
    if closed:
        for year in range(20):
            for month in range(1, 13):
                if f"{2006 + year}-{month:02}" < clock.today[:7]:
                    ledger.close(f"{2006 + year}-{month:02}", by="clerk:1")
    return ledger, clock


def milliseconds(job: Callable[[], object]) -> float:
    """Return what one of many repetitions costs, the best of a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(REPEATS):
            job()
        taken.append((perf_counter() - start) / REPEATS * 1e3)
    return min(taken)


def measure(place: str, rules: str, deeds: int, *, closed: bool) -> None:
    """Print one row."""
    ledger, clock = lived(place, rules, deeds, closed=closed)
    with ledger:
        month, yesterday = clock.today[:7], (date.fromisoformat(clock.today) - timedelta(days=40)).isoformat()
        jobs: dict[str, Callable[[], object]] = {
            "balance": lambda: ledger.balance("1"),
            "on a day": lambda: ledger.balance("1", on=yesterday),
            "month": lambda: ledger.statement("1", month),
            "tally": lambda: ledger.tally(month),
            "award": lambda: ledger.award("1", "deed", by="clerk:1"),
            "redeem": lambda: ledger.redeem("1", {"bag": 1}, by="clerk:1"),
        }
        taken = "   ".join(f"{name} {milliseconds(job):.2f}" for name, job in jobs.items())
    print(f"{deeds:>9,} deeds   {taken}   (ms)", flush=True)


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    sizes = SIZES[:2] if parser.parse_args().quick else SIZES
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, one household, twenty years")
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        for case, (rules, closed) in CASES.items():
            for database in ("SQLite", "PostgreSQL"):
                print(f"{database}, {case}")
                for deeds in sizes:
                    own = Path(folder) / f"{case}-{deeds}.db"
                    place = str(own) if database == "SQLite" else server.url(server.made())
                    measure(place, rules, deeds, closed=closed)


if __name__ == "__main__":
    main()
