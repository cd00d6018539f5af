"""The benchmarks on PostgreSQL: ``python -m tests.benchmarks.postgresql``. See README.md beside this file."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import psycopg

from pointsledger import Ledger
from pointsledger.rules.rulebook import RuleBook
from tests.benchmarks import baselines
from tests.benchmarks.run import PERIOD, ROUNDS, RULES, award, award_in_batches, best, line, sheet
from tests.server import Server

WORKERS = (1, 4, 8)
KEEP_POSTING = """
import sys
from time import perf_counter
from pointsledger import Ledger
with Ledger.open(sys.argv[1], village=sys.argv[2]) as ledger:
    def award(first, count):
        for number in range(first, first + count):
            ledger.award(f"{number % 10:03}", "yard-clean", on="2025-10-03", by="clerk:1", request=f"w{number}")
    award(0, 20)
    print("ready", flush=True)
    sys.stdin.readline()
    award(20, int(sys.argv[3]))
"""
"""What each worker does: it gets ready, and posts once it is told to."""

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")

_TABLES = """
CREATE TABLE journal (seq bigint PRIMARY KEY, request text UNIQUE, body text);
CREATE TABLE held (account text PRIMARY KEY, balance bigint);
CREATE TABLE head (village text PRIMARY KEY, size bigint);
INSERT INTO head VALUES ('bench', 0);
"""


def postings(connection: psycopg.Connection, first: int, count: int, at_once: int = 1) -> None:
    """Post as little as a ledger can: lock, look the request up, read, insert, update twice, commit."""
    for start in range(first, first + count, at_once):
        with connection.transaction():
            for number in range(start, start + at_once):
                account = f"a{number % baselines.HOUSEHOLDS}"
                connection.execute("SELECT size FROM head WHERE village = 'bench' FOR UPDATE").fetchone()
                connection.execute("SELECT seq FROM journal WHERE request = %s", (f"r{number}",)).fetchone()
                connection.execute("SELECT balance FROM held WHERE account = %s", (account,)).fetchone()
                connection.execute("INSERT INTO journal VALUES (%s, %s, %s)", (number, f"r{number}", baselines.BODY))
                connection.execute(
                    "INSERT INTO held VALUES (%s, 5) ON CONFLICT (account) DO UPDATE SET balance = held.balance + 5",
                    (account,),
                )
                connection.execute("UPDATE head SET size = size + 1 WHERE village = 'bench'")


def main() -> None:
    """Measure on a durable server of the newest version."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--hordak", metavar="PYTHON", default=sys.executable, help="an interpreter with django-hordak")
    asked = parser.parse_args()
    scale = 1 if asked.quick else 10
    with tempfile.TemporaryDirectory() as folder, Server(18, *DURABLE) as server:
        raw = server.made()
        rules = RuleBook.from_toml(RULES, file="bench", decimals=0)
        place = server.url(server.made())
        with (
            psycopg.connect(server.dsn(raw), autocommit=True) as connection,
            Ledger.create(place, village="bench", rulebook=rules, by="clerk:1") as ledger,
        ):
            connection.execute(_TABLES)
            with ledger.batch(by="clerk:1") as batch:
                for number in range(baselines.HOUSEHOLDS):
                    batch.enrol(f"{number:03}", head="张三", group="一组")
            measure(connection, ledger, Path(folder), scale)
        hordak(server, asked.hordak, 100 * scale)
        workers(server, rules, 100 * scale)


def measure(connection: psycopg.Connection, ledger: Ledger, folder: Path, scale: int) -> None:
    """Measure postings, batches, an import, balances and the audit."""
    count, first = 100 * scale, 10**6
    raw_rate = best(lambda turn: postings(connection, turn * count, count), count)
    line("one durable posting", raw_rate, best(lambda turn: award(ledger, turn * count, count), count))
    raw_rate = best(lambda turn: postings(connection, first + turn * count, count, 100), count)
    line(
        "a batch, 100 a commit",
        raw_rate,
        best(lambda turn: award_in_batches(ledger, first + turn * count, count, 100), count),
    )
    deeds, rows = 2_000 * scale, 10_000 * scale
    start = perf_counter()
    with connection.cursor().copy("COPY journal FROM STDIN") as copy:
        for number in range(2 * first, 2 * first + rows):
            copy.write_row((number, f"r{number}", baselines.BODY))
    raw_rate = rows / (perf_counter() - start)
    start = perf_counter()
    ledger.import_deeds(sheet(folder / "deeds.csv", deeds), period=PERIOD, by="clerk:1", repeats=True)
    line(f"import of {deeds:,} deeds, against COPY", raw_rate, deeds / (perf_counter() - start))

    def look_up(_: int) -> None:
        for number in range(count):
            connection.execute("SELECT balance FROM held WHERE account = %s", (f"a{number % 300}",)).fetchone()

    def ask(_: int) -> None:
        for number in range(count):
            ledger.balance(f"{number % 300:03}")

    line("balance", best(look_up, count), best(ask, count))
    size = ledger.head().size
    start = perf_counter()
    assert ledger.audit().whole
    print(f"audit of {size:,} records: {size / (perf_counter() - start):,.0f} /s")


def hordak(server: Server, python: str, count: int) -> None:
    """Measure one double-entry transaction of django-hordak, on the same server."""
    host = server.dsn().split()[0].partition("=")[2]
    program = Path(__file__).with_name("hordak_transfers.py")
    asked = [python, str(program), host, server.made(), str(count), str(ROUNDS)]
    if subprocess.run([python, "-c", "import hordak, psycopg"], capture_output=True, check=False).returncode:
        print(
            "django-hordak is not measured: pip install django-hordak 'psycopg[binary]' somewhere, and --hordak PYTHON"
        )
        return
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    print(f"{'one transaction of django-hordak':34}{float(told.stdout):,.0f} /s")


def workers(server: Server, rules: RuleBook, count: int) -> None:
    """Measure what several processes post together, each to a village of its own."""
    for many in WORKERS:
        place = server.url(server.made())
        for number in range(many):
            with Ledger.create(place, village=f"village-{number}", rulebook=rules, by="clerk:1") as ledger:
                for household in range(10):
                    ledger.enrol(f"{household:03}", head="张三", by="clerk:1")
        running = [
            subprocess.Popen(
                [sys.executable, "-c", KEEP_POSTING, place, f"village-{number}", str(count)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(many)
        ]
        for process in running:
            assert process.stdout is not None
            assert "ready" == process.stdout.readline().strip()
        start = perf_counter()
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [0] * many == [process.wait() for process in running]
        print(f"{f'{many} workers, a village each':34}{many * count / (perf_counter() - start):,.0f} /s together")


if __name__ == "__main__":
    main()
