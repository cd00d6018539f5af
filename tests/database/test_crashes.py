"""Crashes: a posting process is killed at a random moment, and what it was told stands is there, once and whole.

The moments come from a seed that every failure names; ``POINTSLEDGER_CRASH_SEED`` gives it again. The machine's own
timing is part of a moment all the same, so a seed narrows a failure down and does not repeat it exactly.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from time import monotonic, sleep

import psycopg
import pytest

from pointsledger import Ledger
from pointsledger.values.records import Record
from tests.database import victims
from tests.database.lived_in import RULES, begin
from tests.database.victims import BATCH, KINDS, ROWS, Errand
from tests.server import Server

LONGEST_LIFE_SECONDS = 0.12
PATIENCE_SECONDS = 60
KILLED = -signal.SIGKILL
RECORDS = {"batch": BATCH, "import": ROWS, "reverse-batch": ROWS + 1}
"""How many records an act comes to, where it is not one."""


class Told:
    """What one victim told before it died."""

    def __init__(self, lines: list[str]) -> None:
        """Read its lines."""
        self.kinds: dict[str, str] = {}
        self.about: dict[str, str] = {}
        self.done: dict[str, int] = {}
        self.refused: dict[str, str] = {}
        self.again: set[str] = set()
        for line in lines:
            word, kind, name, *rest = line.split()
            self.kinds[name] = kind
            if word == "begin":
                self.about[name] = rest[0]
            elif word == "done":
                self.done[name] = int(rest[0])
            elif word == "refused":
                self.refused[name] = rest[0]
            else:
                assert "again" == word
                self.again.add(name)

    @property
    def open(self) -> str | None:
        """The act that was begun and of which the victim knew nothing when it died."""
        left = [name for name in self.about if name not in self.done and name not in self.refused]
        assert len(left) <= 1
        return left[0] if left else None


class Killer:
    """Who starts victims, kills them, and holds the book against what they told."""

    def __init__(self, place: str, folder: Path, program: subprocess.Popen[str]) -> None:
        """Begin a book for them."""
        self.place = place
        self.chance = Random(seed())  # noqa: S311 - it is to be the same again
        self.hits: Counter[str] = Counter()
        self.figures: Counter[str] = Counter()
        self._program = program
        self._folder = folder
        self._run = 0
        self._size = 0
        self._sheets: dict[int, str] = {}
        rules = folder / "rules.toml"
        rules.write_text(RULES, encoding="utf-8")
        with begin(place) as ledger:
            for household in victims.HOUSEHOLDS:
                ledger.enrol(household, head="张三", by="clerk:1")
                ledger.bring_forward(household, 5_000, by="clerk:1")
            ledger.stock_in("soap", 2_000, by="shop:1")
            self._size = ledger.head().size

    @contextmanager
    def victim(self) -> Iterator[int]:
        """Start one that posts, give its process, and kill it at the end of the block; then look at the book."""
        self._run += 1
        favourite = sorted(KINDS)[self._run % len(KINDS)]
        errand = Errand(
            self.place,
            self._run,
            self.chance.getrandbits(32),
            favourite,
            str(self._folder / "rules.toml"),
            str(self._folder),
        )
        assert self._program.stdin is not None
        self._program.stdin.write(f"{json.dumps(errand)}\n")
        self._program.stdin.flush()
        ready, pid = self._heard().split()
        assert "ready" == ready, self.seeded
        try:
            yield int(pid)
        finally:
            os.kill(int(pid), signal.SIGKILL)
        lines = list(iter(self._heard, f"gone {KILLED}"))
        assert [] == [line for line in lines if line.startswith(("gone", "gave-up"))], self.seeded
        self.look(Told(lines))

    def kill(self, times: int) -> None:
        """Start one victim after the other on the same book, and kill each at a random moment."""
        for _ in range(times):
            with self.victim():
                sleep(self.chance.uniform(0, LONGEST_LIFE_SECONDS))

    def look(self, told: Told) -> None:
        """See that every acknowledged act is there once, every other one wholly or not at all, and the audit clean."""
        self.gone()
        with Ledger.open(self.place) as ledger:
            report = ledger.audit()
            assert [] == [finding.say() for finding in report], self.seeded
            records = list(ledger.records(after=self._size))
        assert list(range(self._size + 1, report.size + 1)) == [record.seq for record in records], self.seeded
        self._size = report.size
        found = Counter(self._act_of(record, told) for record in records)
        del found["introduced"]
        wanted = {name: RECORDS.get(told.kinds[name], 1) for name in told.done}
        still = told.open
        if still is not None and found[still]:
            wanted[still] = RECORDS.get(told.kinds[still], 1)
        assert wanted == {name: many for name, many in found.items() if many}, self.seeded
        seqs = {record.request: record.seq for record in records}
        single = {name for name in told.done if told.kinds[name] not in RECORDS}
        assert {name: told.done[name] for name in single} == {name: seqs[name] for name in single}, self.seeded
        self._count(told, stands=still in wanted)

    def _act_of(self, record: Record, told: Told) -> str:
        """Return the name of the act that a record belongs to."""
        if record.kind == "operator":
            return "introduced"
        if "row" in record.said:
            self._sheets[record.seq] = record.said["batch"]
            return str(record.said["batch"])
        label = self._sheets.get(record.said.get("seq", 0)) or record.said.get("batch")
        if label is not None:
            return next(name for name, about in told.about.items() if about == label and name != label)
        return record.request.partition("#")[0]

    def _count(self, told: Told, *, stands: bool) -> None:
        self.figures["killed"] += 1
        self.figures["acknowledged"] += len(told.done)
        self.figures["refused"] += len(told.refused)
        self.figures["sent again"] += len(told.again)
        if told.open is not None:
            self.hits[told.kinds[told.open]] += 1
            self.figures["killed within an act"] += 1
            self.figures["stands unacknowledged"] += stands
        if not told.about:
            self.figures["killed before its first act"] += 1

    def gone(self) -> None:
        """Wait until nothing of the victim goes on: a server finishes what it was sent."""

    def _heard(self) -> str:
        assert self._program.stdout is not None
        return self._program.stdout.readline().strip()

    @property
    def seeded(self) -> str:
        """What a failure says to be looked at again."""
        return f"run {self._run} of seed {seed()}"

    def report(self) -> str:
        """Return the figures."""
        return f"{self.place}, seed {seed()}: {dict(self.figures)}, by kind {dict(sorted(self.hits.items()))}"


class ServerKiller(Killer):
    """The same on PostgreSQL."""

    def __init__(self, server: Server, folder: Path, program: subprocess.Popen[str]) -> None:
        """Begin a book in a database of its own."""
        self.server = server
        self.database = server.made()
        super().__init__(server.url(self.database), folder, program)

    def shake(self, times: int, how: Callable[[], int]) -> None:
        """Take the database away from one victim after the other at random moments, and kill it in the end."""
        for _ in range(times):
            with self.victim():
                sleep(self.chance.uniform(0, LONGEST_LIFE_SECONDS))
                self.figures["taken away"] += how()
                self.back()
                sleep(LONGEST_LIFE_SECONDS)

    def terminate(self) -> int:
        """End the victim's connections, as an administrator would; return how many."""
        with psycopg.connect(self.server.dsn()) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self.database,)
            ).fetchall()
        return len(ended)

    def kill_backends(self) -> int:
        """Kill the server's processes that work for the victim, upon which the server ends them all and recovers."""
        found = self.backends()
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(found)

    def kill_server(self) -> int:
        """Kill the server itself, and start it again."""
        self.server.crash()
        return 1

    def back(self) -> None:
        """Wait until the server takes connections again."""
        deadline = monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return psycopg.connect(self.server.dsn()).close()
            except psycopg.OperationalError:
                assert monotonic() < deadline
                sleep(0.02)

    def backends(self) -> list[int]:
        """Return the server's processes that work in the book."""
        with psycopg.connect(self.server.dsn()) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", (self.database,))
            return [pid for (pid,) in found.fetchall()]

    def gone(self) -> None:
        """Wait until the victim's connections are gone: a COMMIT that was sent is carried out."""
        deadline = monotonic() + PATIENCE_SECONDS
        while self.backends():
            assert monotonic() < deadline
            sleep(0.01)


def seed() -> int:
    """Return the seed of this run."""
    return int(os.environ.get("POINTSLEDGER_CRASH_SEED") or _CHOSEN)


_CHOSEN = secrets.randbits(32)


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    """Start the program that forks victims."""
    asked = [sys.executable, "-P", victims.__file__]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """Run a PostgreSQL that has committed what it says it has, even if all its processes are killed."""
    with Server(18, "synchronous_commit=on", "restart_after_crash=on") as started:
        yield started


def crash_sqlite(times: int, folder: Path, program: subprocess.Popen[str]) -> Killer:
    """Kill so many processes that post to one file."""
    killer = Killer(str(folder / "book.db"), folder, program)
    killer.kill(times)
    print(killer.report())  # noqa: T201 - shown by -s and beside a failure
    return killer


def crash_postgresql(times: int, folder: Path, program: subprocess.Popen[str], durable: Server) -> ServerKiller:
    """Kill so many processes that post to one database."""
    killer = ServerKiller(durable, folder, program)
    killer.kill(times)
    print(killer.report())  # noqa: T201 - as above
    return killer


def shake_postgresql(
    times: int,
    folder: Path,
    program: subprocess.Popen[str],
    durable: Server,
    how: Callable[[ServerKiller], int],
) -> ServerKiller:
    """Take the database away from so many processes that post to it."""
    killer = ServerKiller(durable, folder, program)
    killer.shake(times, lambda: how(killer))
    print(how.__name__, killer.report())  # noqa: T201 - as above
    return killer


def test_a_killed_process_leaves_a_file_whole(tmp_path: Path, program: subprocess.Popen[str]) -> None:
    """After each of twelve kills every acknowledged act is in the file once, and every other wholly or not at all."""
    killer = crash_sqlite(12, tmp_path, program)
    assert 4 < killer.figures["killed within an act"], killer.report()


def test_a_killed_process_leaves_postgresql_whole(
    tmp_path: Path, program: subprocess.Popen[str], durable: Server
) -> None:
    """After each of five kills every acknowledged act is in the database once, and every other wholly or not at all."""
    killer = crash_postgresql(5, tmp_path, program, durable)
    assert 1 < killer.figures["killed within an act"], killer.report()


@pytest.mark.parametrize("how", [ServerKiller.terminate, ServerKiller.kill_backends, ServerKiller.kill_server])
def test_a_server_that_goes_away_leaves_the_book_whole(
    tmp_path: Path, program: subprocess.Popen[str], durable: Server, how: Callable[[ServerKiller], int]
) -> None:
    """Whoever loses the database in the middle of work sends the act again, and it stands once."""
    killer = shake_postgresql(2, tmp_path, program, durable, how)
    assert 0 < killer.figures["taken away"], killer.report()


@pytest.mark.slow
def test_two_hundred_kills_on_a_file(tmp_path: Path, program: subprocess.Popen[str]) -> None:
    """Two hundred kills, in acts of every kind, leave the same file whole each time."""
    killer = crash_sqlite(200, tmp_path, program)
    assert set(KINDS) == set(killer.hits), killer.report()
    assert 120 < killer.figures["killed within an act"], killer.report()


@pytest.mark.slow
def test_fifty_kills_on_postgresql(tmp_path: Path, program: subprocess.Popen[str], durable: Server) -> None:
    """Fifty kills, most of them in the middle of an act, leave the same database whole each time."""
    killer = crash_postgresql(50, tmp_path, program, durable)
    assert 30 < killer.figures["killed within an act"], killer.report()
    assert 5 < len(killer.hits), killer.report()


@pytest.mark.slow
@pytest.mark.parametrize("how", [ServerKiller.terminate, ServerKiller.kill_backends, ServerKiller.kill_server])
def test_a_server_goes_away_thirty_times(
    tmp_path: Path, program: subprocess.Popen[str], durable: Server, how: Callable[[ServerKiller], int]
) -> None:
    """Thirty times the database goes away, and most times somebody has to send an act again."""
    killer = shake_postgresql(30, tmp_path, program, durable, how)
    assert 15 < killer.figures["sent again"], killer.report()
