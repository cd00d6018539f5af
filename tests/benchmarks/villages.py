"""What a village costs among many: ``python -m tests.benchmarks.villages``. See README.md beside this file."""

from __future__ import annotations

import argparse
import platform
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter

from pointsledger import Ledger
from tests.benchmarks.run import PERIOD, ROUNDS
from tests.database.many_villages import EARNED, settle
from tests.server import Server

HOUSEHOLDS = 30
SIZES = (10, 100, 1_000, 3_000)


def milliseconds(place: str, villages: int, level: str) -> float:
    """Return what a village of a stream costs after the first, which opens the database; the best of a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        stream = Ledger.tallies(place, PERIOD, level=level)
        assert next(stream).tally is not None
        start = perf_counter()
        assert villages - 1 == sum(1 for _, tally, _ in stream if tally is not None)
        taken.append((perf_counter() - start) / (villages - 1) * 1e3)
    return min(taken)


def opening(place: str, villages: int) -> float:
    """Return what opening one village and asking for its month costs, the best of a few rounds, in milliseconds."""
    taken = []
    for _ in range(5 * ROUNDS):
        start = perf_counter()
        with Ledger.open(place, village=f"v{villages - 1:04}") as ledger:
            assert EARNED // 3 * HOUSEHOLDS == ledger.tally(PERIOD).total.earned
        taken.append((perf_counter() - start) * 1e3)
    return min(taken)


def measure(place: str, villages: int) -> None:
    """Print one row."""
    settle(place, villages, households=HOUSEHOLDS)
    village, household = (milliseconds(place, villages, level) for level in ("village", "household"))
    print(
        f"{villages:>9,} villages   {village:.2f} ms a village   {household:.2f} ms with its households   "
        f"{opening(place, villages):.1f} ms to open one",
        flush=True,
    )


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    sizes = SIZES[:3] if parser.parse_args().quick else SIZES
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {HOUSEHOLDS} households a village")
    with tempfile.TemporaryDirectory() as folder:
        for villages in sizes:
            measure(str(Path(folder) / f"{villages}.db"), villages)
    print("PostgreSQL 18")
    with Server() as server:
        for villages in sizes:
            measure(server.url(server.made()), villages)


if __name__ == "__main__":
    main()
