"""Racers: workers that all do the same at the same moment, in threads of a test or as programs of their own.

Run as a program it takes races from its input, a JSON line each, runs every errand of a race in a process of its own,
and answers with a line of what came of them. It imports nothing of the tests: those are not on the path of a program
that a test starts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import pointsledger
from pointsledger import Ledger, PointsLedgerError, Receipt, runs
from pointsledger.acts import Acts
from pointsledger.storage.dialect import BUSY_SECONDS

TRIES = 400
"""How often an act that may be tried again is tried at most; see ``tried``."""

PATIENCE_SECONDS = 120
"""How long a racer waits for the others to be ready."""


class Errand(NamedTuple):
    """What to do, where, and how the book is held: on a ledger of one's own, or bound to a host's session."""

    what: str
    place: str
    number: int = 0
    bound: bool = False
    isolation: str | None = None
    file: str = ""
    seq: int = 0


LAPSING = 9
"""Households of which something lapses, in the races of lapses."""

AT_ONCE = 2
"""Households of one portion of a run, in these races, so that several runs have portions of each other's."""

RUNS = 2
"""How many run beside those who post."""

Came = tuple[str, int]
"""What came of an act: ``posted``, ``repeated`` or the code of a refusal, and a figure to go with it."""


class StandingClock:
    """A clock that says the same to every racer."""

    def now(self) -> datetime:
        """Return an instant of the morning of 9 March 2026 in the village."""
        return datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


class Racer:
    """Somebody with an errand, who has opened the book and waits."""

    def __init__(self, errand: Errand, shared: Ledger | None = None) -> None:
        """Open what the errand needs, or use a ledger that several threads share."""
        self.errand = errand
        self._shared = shared
        self._own: Ledger | None = None
        self._engine: Engine | None = None
        if errand.bound:
            self._engine = host_engine(errand.place, errand.isolation)
        elif shared is None and errand.what != "begin":
            self._own = Ledger.open(errand.place, village="nanyu", clock=StandingClock())

    def run(self) -> list[Came]:
        """Do the errand, and let go of the book."""
        try:
            return RACES[self.errand.what](self)
        finally:
            if self._own is not None:
                self._own.close()
            if self._engine is not None:
                self._engine.dispose()

    @property
    def ledger(self) -> Ledger:
        """The ledger of one's own, or the shared one."""
        ledger = self._shared or self._own
        assert ledger is not None, "a bound racer has none"
        return ledger

    @contextmanager
    def open(self) -> Iterator[Acts]:
        """Give what acts are asked of; a host commits at the end, or rolls back."""
        if self._engine is None:
            yield self.ledger
            return
        with Session(self._engine) as session:
            yield Ledger.bind(session, village="nanyu", by="clerk:1", clock=StandingClock())
            session.commit()

    def act(self, does: Callable[[Acts], Receipt]) -> Came:
        """Do one act as a careful caller does, until it stands or the rules say no."""

        def once() -> Came:
            with self.open() as acts:
                receipt = does(acts)
                return "repeated" if receipt.repeated else "posted", int(receipt.points or receipt.seq)

        return tried(once, waits=not self.errand.bound)


def tried(once: Callable[[], Came], *, waits: bool = True) -> Came:
    """Try again whatever may be tried again: a book that is busy, and a host's own commit in SERIALIZABLE.

    A ledger that ``waits`` for its lock is busy only after a while: at once would mean that it did not take the lock
    before it read, and that only the journal's key has kept two acts apart.
    """
    for _ in range(TRIES):
        begun = monotonic()
        try:
            return once()
        except PointsLedgerError as error:
            if not error.retryable:
                return error.code, 0
            if waits and monotonic() - begun < BUSY_SECONDS / 2:
                return f"{error.code} at once", 0
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != "40001":
                raise
    return "gave up", 0


def host_engine(place: str, isolation: str | None = None) -> Engine:
    """Make an engine as a host does, prepared, with the isolation that the host has chosen."""
    chosen: dict[str, Any] = {} if isolation is None else {"isolation_level": isolation}
    engine = create_engine(place if "://" in place else f"sqlite:///{place}", **chosen)
    pointsledger.prepare(engine)
    return engine


def spend(racer: Racer) -> list[Came]:
    """Ask four times for two pieces of soap, which cost twenty points."""

    def spending(turn: int) -> Callable[[Acts], Receipt]:
        request = f"spend-{racer.errand.number}-{turn}"
        return lambda acts: acts.redeem("03-017", {"soap": 2}, by="shop:1", request=request)

    return [racer.act(spending(turn)) for turn in range(4)]


def reserve(racer: Racer) -> list[Came]:
    """Ask for the last piece of soap, for one of two households that both have the points."""
    household = ("03-017", "03-018")[racer.errand.number % 2]
    return [racer.act(lambda acts: acts.reserve(household, {"soap": 1}, by=f"shop:{racer.errand.number}"))]


def reserve_or_redeem(racer: Racer) -> list[Came]:
    """Ask for soap for sixty of a hundred points: half the racers reserve it, the others take it at once."""

    def wanting(acts: Acts) -> Receipt:
        act = acts.reserve if racer.errand.number % 2 else acts.redeem
        return act("03-017", {"soap": 6}, by="shop:1", request=f"want-{racer.errand.number}")

    return [racer.act(wanting)]


def refund(racer: Racer) -> list[Came]:
    """Ask for fifty points of a redemption back."""
    request = f"refund-{racer.errand.number}"
    return [racer.act(lambda acts: acts.refund(racer.errand.seq, points=50, by="shop:1", request=request))]


def end(racer: Racer) -> list[Came]:
    """Hand over what is reserved, or cancel it, as the other half of the racers do."""

    def ending(acts: Acts) -> Receipt:
        act = acts.hand_over if racer.errand.number % 2 else acts.cancel
        return act(racer.errand.seq, by="shop:1", request=f"end-{racer.errand.number}")

    return [racer.act(ending)]


def pay(racer: Racer) -> list[Came]:
    """Buy a piece of soap for sixty of a fund's hundred yuan, each racer under an invoice of its own."""
    number = racer.errand.number
    cost: dict[str, Any] = {"unit_cost_fen": 60_00, "fund": "shop", "invoice": f"no-{number}"}
    return [racer.act(lambda acts: acts.stock_in("soap", 1, by="shop:1", request=f"pay-{number}", **cost))]


def deliver(racer: Racer) -> list[Came]:
    """Take in what all the others take in under the same invoice, each as an act of its own."""
    request = f"deliver-{racer.errand.number}"
    return [racer.act(lambda acts: acts.stock_in("soap", 1, invoice="0042", by="shop:1", request=request))]


def repeat(racer: Racer) -> list[Came]:
    """Send what all the others send, under the same request id; tell which record it is."""

    def send(acts: Acts) -> Receipt:
        return acts.stock_in("soap", 3, by="clerk:1", request="the-same")

    return [racer.act(send)]


def claim(racer: Racer) -> list[Came]:
    """Award what a limit of thirty a month leaves of twelve points (S-24)."""
    request = f"claim-{racer.errand.number}"
    return [racer.act(lambda acts: acts.award("03-017", "yard", by="clerk:1", request=request))]


def adopt(racer: Racer) -> list[Came]:
    """Adopt the document that all the others adopt."""
    return [racer.act(lambda acts: acts.adopt_rules(racer.errand.file, by="clerk:1"))]


def import_sheet(racer: Racer) -> list[Came]:
    """Import the sheet that all the others import; tell how many rows were new."""

    def once() -> Came:
        report = racer.ledger.import_deeds(racer.errand.file, period="2026-03", by="clerk:1", label="march")
        return ("posted", report.posted) if report.posted else ("unchanged", report.unchanged)

    return [tried(once)]


def begin(racer: Racer) -> list[Came]:
    """Begin the book of the village that the errand names."""

    def once() -> Came:
        Ledger.create(racer.errand.place, village=racer.errand.file, by="clerk:1", clock=StandingClock()).close()
        return "posted", 1

    return [tried(once, waits=False)]  # where two make a file at once, one of them is to come again


def close(racer: Racer) -> list[Came]:
    """Close January and then February, each under a request id of one's own."""

    def closing(month: str) -> Callable[[Acts], Receipt]:
        return lambda acts: acts.close(month, by="clerk:1", request=f"close-{month}-{racer.errand.number}")

    return [racer.act(closing(month)) for month in ("2026-01", "2026-02")]


def come_late(racer: Racer) -> list[Came]:
    """Close January, if one is the first; all others enter deeds of it meanwhile."""
    if racer.errand.number == 0:
        return [racer.act(lambda acts: acts.close("2026-01", by="clerk:1"))]

    def deed(turn: int) -> Callable[[Acts], Receipt]:
        request = f"late-{racer.errand.number}-{turn}"
        return lambda acts: acts.award("03-017", "tidy", on="2026-01-15", by="clerk:1", request=request)

    return [racer.act(deed(turn)) for turn in range(4)]


def expire(racer: Racer) -> list[Came]:
    """Record what has lapsed; tell how many records it took."""

    def once() -> Came:
        return "expired", racer.ledger.expire(by="clerk:1").records

    return [tried(once)]


def expire_beside(racer: Racer) -> list[Came]:
    """Record what has lapsed, if one is among the first two; all others come upon the same households meanwhile."""
    if racer.errand.number < RUNS:
        return expire(racer)

    def deed(turn: int) -> Callable[[Acts], Receipt]:
        household, request = f"04-{turn:03}", f"beside-{racer.errand.number}-{turn}"
        if racer.errand.number % 2:
            return lambda acts: acts.award(household, "tidy", by="clerk:1", request=request)
        return lambda acts: acts.deduct(household, "tidy", by="clerk:1", request=request)

    return [racer.act(deed(turn)) for turn in range(LAPSING, 0, -1)]


def close_one_by_one(racer: Racer) -> list[Came]:
    """Close January and February, if one is the first; all others enter deeds of both meanwhile."""

    def act(month: str) -> Callable[[Acts], Receipt]:
        if racer.errand.number == 0:
            return lambda acts: acts.close(month, by="clerk:1")
        request = f"late-{racer.errand.number}-{month}"
        return lambda acts: acts.award("04-001", "tidy", on=f"{month}-15", by="clerk:1", request=request)

    return [racer.act(act(month)) for month in ("2026-01", "2026-02")]


RACES: dict[str, Callable[[Racer], list[Came]]] = {
    "adopt": adopt,
    "begin": begin,
    "claim": claim,
    "close": close,
    "close one by one": close_one_by_one,
    "come late": come_late,
    "deliver": deliver,
    "end": end,
    "expire": expire,
    "expire beside": expire_beside,
    "import": import_sheet,
    "pay": pay,
    "refund": refund,
    "repeat": repeat,
    "reserve": reserve,
    "reserve or redeem": reserve_or_redeem,
    "spend": spend,
}


def run_in_a_process(errand: Errand, starting: Any, told: Any) -> None:  # noqa: ANN401 - multiprocessing's
    """Open what the errand needs, wait for the others, run, and tell what came of it, or what went wrong."""
    try:
        racer = Racer(errand)
        starting.wait(PATIENCE_SECONDS)
        told.put(racer.run())
    except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it, and not to wait for ever
        starting.abort()
        told.put([(repr(error), 0)])


def main() -> None:
    """Run the races of the input, a JSON list of errands each, until there are no more."""
    runs.ACCOUNTS_AT_ONCE = AT_ONCE
    # Forked, because this program has imported everything once and has no thread and no connection yet.
    processes = get_context("fork")
    create_engine("postgresql+psycopg://")  # which loads the driver, once for all
    for line in sys.stdin:
        errands = [Errand(*each) for each in json.loads(line)]
        starting, told = processes.Barrier(len(errands)), processes.SimpleQueue()
        running = [processes.Process(target=run_in_a_process, args=(each, starting, told)) for each in errands]
        for one in running:
            one.start()
        print(json.dumps([came for _ in running for came in told.get()]), flush=True)  # noqa: T201 - how it answers
        for one in running:
            one.join()


if __name__ == "__main__":
    main()
