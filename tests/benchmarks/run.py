"""The benchmarks: ``python -m tests.benchmarks.run``. See README.md beside this file."""

from __future__ import annotations

import argparse
import cProfile
import platform
import pstats
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from pointsledger import Ledger
from pointsledger.rules.rulebook import RuleBook
from tests.benchmarks import baselines

ROUNDS = 3
PERIOD = "2025-10"
RULES = """
format = 1
name = "bench"
first_day = 2025-09-01
[mandate]
decided_on = 2025-08-20
present = 3
votes_for = 3
[[activity]]
code = "yard-clean"
name = "庭院整洁"
category = "cleanup"
points = 5
per = "time"
"""


def book(path: Path) -> Ledger:
    """Begin a book with its households."""
    rules = RuleBook.from_toml(RULES, file="bench", decimals=0)
    ledger = Ledger.create(path, village="bench", rulebook=rules, by="clerk:1")
    with ledger.batch(by="clerk:1") as batch:
        for number in range(baselines.HOUSEHOLDS):
            batch.enrol(f"{number:03}", head="张三", group="一组")
    return ledger


def best(job: Callable[[int], None], count: int) -> float:
    """Return the rate of the best of a few rounds, in units a second."""
    rates = []
    for turn in range(ROUNDS):
        start = perf_counter()
        job(turn)
        rates.append(count / (perf_counter() - start))
    return max(rates)


def sheet(path: Path, count: int) -> Path:
    """Write a sheet of deeds."""
    lines = [f"{number},2025-10-{number % 28 + 1:02},{number % 300:03},庭院整洁" for number in range(count)]
    path.write_text("\n".join(["序号,日期,户号,事项", *lines]) + "\n", encoding="utf-8")
    return path


def award(ledger: Ledger, first: int, count: int) -> None:
    """Post awards one by one."""
    for number in range(first, first + count):
        ledger.award(f"{number % 300:03}", "yard-clean", on="2025-10-03", by="clerk:1", request=f"r{number}")


def award_in_batches(ledger: Ledger, first: int, count: int, at_once: int) -> None:
    """Post awards, so many a commit."""
    for start in range(first, first + count, at_once):
        with ledger.batch(by="clerk:1") as batch:
            for number in range(start, start + at_once):
                batch.award(f"{number % 300:03}", "yard-clean", on="2025-10-03", request=f"b{number}")


def one_posting(folder: Path, scale: int) -> None:
    """Measure one durable posting, and a batch of a hundred."""
    count = 100 * scale
    engine = baselines.session_engine(folder / "session.db")
    with baselines.raw(folder / "raw.db") as raw, book(folder / "one.db") as ledger:
        raw_rate = best(lambda turn: baselines.raw_postings(raw, turn * count, count), count)
        session_rate = best(lambda turn: baselines.session_postings(engine, turn * count, count), count)
        rate = best(lambda turn: award(ledger, turn * count, count), count)
        line("one durable posting", raw_rate, rate, f"{rate / session_rate:.2f} x the session ({session_rate:,.0f} /s)")
        first = 10**6
        raw_rate = best(lambda turn: baselines.raw_postings(raw, first + turn * count, count, 100), count)
        rate = best(lambda turn: award_in_batches(ledger, first + turn * count, count, 100), count)
        line("a batch, 100 a commit", raw_rate, rate)
    engine.dispose()


def bulk(folder: Path, scale: int) -> Ledger:
    """Measure the import of a sheet; return the book it made."""
    count, rows = 20_000 * scale // 10, 100_000 * scale // 10
    deeds = sheet(folder / "deeds.csv", count)
    engine = baselines.session_engine(folder / "session-bulk.db")
    with baselines.raw(folder / "raw-bulk.db") as raw:
        start = perf_counter()
        baselines.raw_bulk(raw, rows)
        raw_rate = rows / (perf_counter() - start)
    start = perf_counter()
    baselines.session_bulk(engine, 0, count // 10)
    session_rate = count / 10 / (perf_counter() - start)
    engine.dispose()
    ledger = book(folder / "bulk.db")
    start = perf_counter()
    ledger.import_deeds(deeds, period=PERIOD, by="clerk:1", repeats=True)
    rate = count / (perf_counter() - start)
    line(f"import of {count:,} deeds", raw_rate, rate, f"{rate / session_rate:.2f} x add_all ({session_rate:,.0f} /s)")
    return ledger


def balance(ledger: Ledger, scale: int) -> None:
    """Measure the balance, against a look-up by the raw driver."""
    count = 100 * scale
    with sqlite3.connect(":memory:") as raw:
        raw.execute("CREATE TABLE held (account TEXT PRIMARY KEY, balance INTEGER)")
        raw.executemany("INSERT INTO held VALUES (?, 5)", [(f"{number:03}",) for number in range(300)])

        def look_up(_: int) -> None:
            for number in range(count):
                raw.execute("SELECT balance FROM held WHERE account = ?", (f"{number % 300:03}",)).fetchone()

        raw_rate = best(look_up, count)
    raw.close()

    def ask(_: int) -> None:
        for number in range(count):
            ledger.balance(f"{number % 300:03}")

    line("balance", raw_rate, best(ask, count))


def audit(ledger: Ledger, path: Path) -> None:
    """Measure the audit, against reading and hashing the same rows."""
    with sqlite3.connect(path) as raw:
        start = perf_counter()
        count = 0
        for (body,) in raw.execute("SELECT CAST(body AS BLOB) FROM points_journal"):
            sha256(b"\x00" + body).digest()
            count += 1
        raw_rate = count / (perf_counter() - start)
    raw.close()
    start = perf_counter()
    report = ledger.audit()
    rate = count / (perf_counter() - start)
    line(f"audit of {report.size:,} records", raw_rate, rate, "whole" if report.whole else "BROKEN")
    tracemalloc.start()
    ledger.audit()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{'':34}{peak / 2**20:,.0f} MiB at the peak of the audit")
    start = perf_counter()
    path_length = len(ledger.inclusion_path(count // 2))
    print(f"{'inclusion path':34}{path_length} hashes in {(perf_counter() - start) * 1e3:.1f} ms")


def importing() -> None:
    """Measure the import of the package against that of sqlmodel alone."""

    def seconds(code: str) -> float:
        start = perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return perf_counter() - start

    sqlmodel = min(seconds("import sqlmodel") for _ in range(2 * ROUNDS))
    ours = min(seconds("from pointsledger import Ledger") for _ in range(2 * ROUNDS))
    print(f"{'import of the package':34}{ours / sqlmodel:.2f} x import sqlmodel ({sqlmodel:.2f} s)")


def line(job: str, raw_rate: float, rate: float, more: str = "") -> None:
    """Print one comparison."""
    print(
        f"{job:34}raw {raw_rate:>10,.0f} /s   ledger {rate:>9,.0f} /s   {rate / raw_rate:.3f} of raw   {more}",
        flush=True,
    )


def profile(job: str, folder: Path) -> None:
    """Print what costs most in an import or in postings."""
    with book(folder / "profile.db") as ledger:
        deeds = sheet(folder / "deeds.csv", 10_000)
        profiler = cProfile.Profile()
        profiler.enable()
        if job == "import":
            ledger.import_deeds(deeds, period=PERIOD, by="clerk:1", repeats=True)
        else:
            award(ledger, 0, 1_000)
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    """Run every benchmark in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--profile", choices=("import", "award"))
    asked = parser.parse_args()
    scale = 10 if asked.quick else 100
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.profile:
            profile(asked.profile, folder)
            return
        print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}")
        one_posting(folder, scale // 10 * 2)
        with bulk(folder, scale) as ledger:
            balance(ledger, scale // 10)
            audit(ledger, folder / "bulk.db")
        importing()


if __name__ == "__main__":
    main()
