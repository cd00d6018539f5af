"""What an audit takes beside reading and hashing the same rows: ``python -m tests.benchmarks.auditing``. See README.md.

A village of 1,000 households records awards, exchanges and reversals, and closes each month. Each job then runs in a
process of its own, so that the memory it is told with is its own: the raw driver that reads every text, hashes it and
holds it against its leaf; the audit of integrity alone; the whole audit; and proofs. With --profile the whole audit
tells what its memory is made of, which makes it slower.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import sqlite3
import tempfile
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from pointsledger import Ledger
from pointsledger.testing import FixedClock
from pointsledger.values.calendar import month_after
from tests.database.lived_in import RULES

HOUSEHOLDS = 1_000
MONTHS = 40
RECORDS = 1_000_000
PROOFS = 200
FIRST = "2026-01"
PRICES = """
format = 1
name = "价目表"
first_day = 2026-01-01
[mandate]
decided_on = 2025-12-20
present = 46
votes_for = 44
[[item]]
code = "cut"
name = "理发"
points = 2
stocked = false
"""


def lived(folder: Path, records: int) -> None:
    """Make the book."""
    (folder / "rules.toml").write_text(RULES, "utf-8")
    (folder / "prices.toml").write_text(PRICES, "utf-8")
    clock = FixedClock(f"{FIRST}-01T08:00")
    month, a_month = FIRST, (records - HOUSEHOLDS) // MONTHS - 2
    with Ledger.create(
        folder / "book.db",
        village="nanyu",
        rulebook=folder / "rules.toml",
        prices=folder / "prices.toml",
        first_period=FIRST,
        by="clerk:1",
        clock=clock,
    ) as ledger:
        with ledger.batch(by="clerk:1") as batch:
            for number in range(HOUSEHOLDS):
                batch.enrol(f"h{number:04}", head="张三", group=f"{number % 10}组")
        for passed in range(MONTHS):
            clock.set(f"{month}-28T18:00")
            with ledger.batch(by="clerk:1") as batch:
                for number in range(passed * a_month, (passed + 1) * a_month):
                    turn, place = divmod(number, HOUSEHOLDS)
                    household, day = f"h{place:04}", f"{month}-{turn % 28 + 1:02}"
                    if turn > 1 and (turn + place) % 10 == 0:
                        batch.redeem(household, {"cut": 1})
                    elif number % 101 == 50:
                        batch.reverse(batch.award(household, "tidy", on=day).seq, reason="误录")
                    elif number % 101 != 51:  # in the place of which the reversal was
                        batch.award(household, "tidy", on=day)
            month, closed = month_after(month), month
            clock.set(f"{month}-01T08:00")
            ledger.close(closed, by="clerk:1")


def peak() -> float:
    """Return the most memory that this process has had, in MiB."""
    status = Path("/proc/self/status").read_text("ascii")  # what getrusage tells includes the process that started it
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def raw(place: str) -> int:
    """Read every text and every leaf, and hash each text."""
    rows = 0
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        for body, leaf in connection.execute("SELECT body, leaf FROM points_journal ORDER BY seq"):
            assert hashlib.sha256(b"\x00" + body).digest() == leaf
            rows += 1
    return rows


def integrity(place: str) -> int:
    """Audit the journal alone."""
    return _held(place, integrity=True)


def whole(place: str) -> int:
    """Audit everything."""
    return _held(place, integrity=False)


def _held(place: str, *, integrity: bool) -> int:
    report = Ledger.audit_at(place, integrity=integrity)
    assert report.whole, report.say()
    return report.size


def profiled(place: str) -> int:
    """Audit everything, and print the places that hold most memory when it is at its most."""
    most = 0
    taken: list[tracemalloc.Snapshot] = []

    def watch(*_: int) -> None:
        nonlocal most
        held = tracemalloc.get_traced_memory()[0]
        if held > most * 1.05:
            most = held
            taken[:] = [tracemalloc.take_snapshot()]

    tracemalloc.start(8)
    report = Ledger.audit_at(place, progress=watch)
    for one in taken:
        for statistic in one.statistics("traceback")[:12]:
            ours = [frame for frame in statistic.traceback if "pointsledger" in frame.filename]
            where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(ours[-4:]))
            print(f"    {statistic.size / 2**20:7.1f} MiB in {statistic.count:>9,}  {where}")
    return report.size


def proofs(place: str) -> int:
    """Prove records from all over the book, and that it grew from as many sizes; print what one costs."""
    with Ledger.open(place) as ledger:
        size = ledger.head().size
        wanted = range(1, size, max(1, size // PROOFS))
        for name, ask in (("proof", ledger.proof), ("growth", ledger.growth), ("head", ledger.head)):
            taken = []
            for seq in wanted:
                start = perf_counter()
                ask(seq)
                taken.append((perf_counter() - start) * 1e3)
            print(f"    {name:<8} {sum(taken) / len(taken):.2f} ms, {max(taken):.2f} at most, of {len(taken)}")
    return len(wanted)


def timed(job: Callable[[str], int], place: str) -> tuple[int, float, float]:
    """Return what a job read, the seconds it took and the MiB it had at its most."""
    start = perf_counter()
    read = job(place)
    return read, perf_counter() - start, peak()


def alone(job: Callable[[str], int], place: str) -> tuple[int, float, float]:
    """Return the same of a job in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(timed, job, place).result()


def main() -> None:
    """Make a book and measure the jobs on it, the raw one before and after the integrity."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a thirtieth of the records")
    parser.add_argument("--keep", type=Path, help="make the book in this folder, or measure the one that is there")
    parser.add_argument("--profile", action="store_true", help="tell what the memory of the whole audit is made of")
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {HOUSEHOLDS:,} households", flush=True)
    with ExitStack() as stack:
        folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = str(folder / "book.db")
        if not Path(place).exists():
            lived(folder, RECORDS // 30 if asked.quick else RECORDS)
        print(f"a file of {Path(place).stat().st_size / 2**20:,.0f} MiB")
        jobs = [raw, integrity, raw, integrity, proofs, whole, *([profiled] if asked.profile else [])]
        best = float("inf")
        for job in jobs:
            read, seconds, mebibytes = alone(job, place)
            if job is raw:
                best = min(best, seconds)
            print(
                f"{job.__name__:<10} {read:>9,}   {seconds:8.2f} s   {read / seconds:>10,.0f}/s   "
                f"{best / seconds:5.3f} of raw   {mebibytes:4.0f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
