"""Trips to the server: how often an act waits for it, which is most of what an act takes there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from pointsledger import Ledger
from pointsledger.rules.rulebook import RuleBook
from tests.database.lived_in import RULES, StepClock, begin, live_in
from tests.server import Server


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each wait for the server."""
    made: list[str] = []
    waited = psycopg.Connection.wait

    def wait(self: psycopg.Connection, *given: Any, **more: Any) -> Any:  # noqa: ANN401 - the driver's
        made.append("there and back")
        return waited(self, *given, **more)

    monkeypatch.setattr(psycopg.Connection, "wait", wait)
    return made


def trips_of_an_award(ledger: Ledger, trips: list[str]) -> int:
    """Return how often an award waits, once its statements are prepared."""
    for number in range(8):
        ledger.award("03-017", "tidy", by="clerk:1", request=f"ready-{number}")
    trips.clear()
    ledger.award("03-017", "tidy", by="clerk:1", request="counted")
    return len(trips)


def test_an_award_costs_few_trips(server: Server, trips: list[str]) -> None:
    """An award takes the lock, reads, writes and commits: a wait for the server each."""
    with begin(server.url(server.made())) as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1")
        assert 4 == trips_of_an_award(ledger, trips)


def test_points_that_end_cost_no_trip(server: Server, trips: list[str], tmp_path: Path) -> None:
    """Where points may end, what has ended of a household is read with all else."""
    place = server.url(server.made())
    clock = StepClock()
    with begin(place, clock=clock) as ledger:
        live_in(ledger, clock, tmp_path)
    with Ledger.open(place) as ledger:
        assert 4 == trips_of_an_award(ledger, trips)


def test_a_statement_costs_few_trips(server: Server, trips: list[str]) -> None:
    """What a page of a statement says beside its lines is read for all of them at once, however many there are."""
    with begin(server.url(server.made())) as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1")
        counted = []
        for _ in range(2):
            for number in range(4):
                deed = ledger.award("03-017", "tidy", quantity=9, remark="门前", by="clerk:1")
                ledger.redeem("03-017", {"cut": 1}, remark="理发", by="shop:1")
                if number % 2:
                    ledger.reverse(deed.seq, reason="重复", by="clerk:1")
            for _ in range(8):
                lines = ledger.statement("03-017").lines
            trips.clear()
            lines = ledger.statement("03-017").lines
            counted.append((len(lines), len(trips)))
    assert [(10, 13), (20, 13)] == counted


def test_many_limits_cost_one_trip(server: Server, trips: list[str]) -> None:
    """What was used of all the limits on a deed is read in one trip, however many there are."""
    caps = "".join(f'[[cap]]\nof = "all"\npoints = 900\nper = "{per}"\n' for per in ("day", "week", "month", "year"))
    rules = RuleBook.from_toml(f"{RULES}{caps}", file="rules.toml", decimals=0)
    with Ledger.create(server.url(server.made()), village="nanyu", rulebook=rules, by="clerk:1") as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1")
        assert 5 == trips_of_an_award(ledger, trips)
