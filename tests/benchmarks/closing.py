"""What closing a month costs, the first and the twelfth: ``python -m tests.benchmarks.closing``. See README.md.

A village of 1,000 households records 10,000 deeds a month, and closes each. The first close and the last one are timed,
with the memory that the program has at its most, and then what rests on the closes: the tally of a closed month, a page
of a statement. If it did not matter how old the book is, the two rows would be alike. With --ending points live three
months, so that from the fourth close on ten thousand lots lapse with each.
"""

from __future__ import annotations

import argparse
import platform
import resource
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter

from pointsledger import Ledger
from pointsledger.testing import FixedClock
from pointsledger.values.calendar import month_after
from tests.database.lived_in import RULES

HOUSEHOLDS = 1_000
DEEDS = 10_000
MONTHS = 12
ROUNDS = 5
FIRST = "2026-01"
ENDING = '[expiry]\npolicy = "months"\nmonths = 2\nround_to = "month"\n'


def households(ledger: Ledger) -> None:
    """Enrol everybody."""
    with ledger.batch(by="clerk:1") as batch:
        for number in range(HOUSEHOLDS):
            batch.enrol(f"h{number:04}", head="张三", group=f"{number % 10}组")


def month_of_deeds(ledger: Ledger, month: str, deeds: int) -> None:
    """Record a month's deeds, spread over households and days."""
    with ledger.batch(by="clerk:1") as batch:
        for number in range(deeds):
            batch.award(f"h{number % HOUSEHOLDS:04}", "tidy", on=f"{month}-{number % 28 + 1:02}")


def closing(ledger: Ledger, month: str) -> float:
    """Return the seconds that the close of a month takes."""
    start = perf_counter()
    ledger.close(month, by="clerk:1")
    return perf_counter() - start


def best(ask: object) -> float:
    """Return the milliseconds that a question takes, the best of a few rounds."""
    assert callable(ask)
    taken = []
    for _ in range(ROUNDS):
        start = perf_counter()
        ask()
        taken.append((perf_counter() - start) * 1e3)
    return min(taken)


def row(ledger: Ledger, month: str, seconds: float) -> None:
    """Print what the close of a month took, and what rests on it."""
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tally = best(lambda: ledger.tally(month))
    village = best(lambda: ledger.tally(month, level="village"))
    statement = best(lambda: ledger.statement("h0500", month))
    print(
        f"{month}  {ledger.head().size:>9,} records   close {seconds:5.2f} s   {mebibytes:4.0f} MiB   "
        f"tally {tally:5.1f} ms   of the village {village:4.1f} ms   statement {statement:4.1f} ms",
        flush=True,
    )


def main() -> None:
    """Close the months of a year, or of a few with --quick; tell of the first, and of the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--ending", action="store_true")
    asked = parser.parse_args()
    months, deeds = (3, DEEDS // 10) if asked.quick else (MONTHS, DEEDS)
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{HOUSEHOLDS:,} households, {deeds:,} deeds a month"
    )
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.toml"
        rules.write_text(RULES.replace("[[activity]]", f"{ENDING if asked.ending else ''}[[activity]]", 1), "utf-8")
        clock = FixedClock(f"{FIRST}-01T08:00")
        with Ledger.create(
            Path(folder) / "book.db", village="nanyu", rulebook=rules, first_period=FIRST, by="clerk:1", clock=clock
        ) as ledger:
            households(ledger)
            month = FIRST
            for number in range(months):
                clock.set(f"{month}-28T18:00")
                month_of_deeds(ledger, month, deeds)
                following = month_after(month)
                clock.set(f"{following}-01T08:00")
                seconds = closing(ledger, month)
                if number in {0, months - 1}:
                    row(ledger, month, seconds)
                month = following


if __name__ == "__main__":
    main()
