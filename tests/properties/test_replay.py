"""Replay: however a history came into the book, one by one, at once or rebuilt, its projections are the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Self
from unittest.mock import patch

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pointsledger import Ledger
from pointsledger.errors import PointsLedgerError
from pointsledger.open_batch import OpenBatch
from pointsledger.rules.limits import Limit
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.rebuilding import rebuild
from pointsledger.storage.registry import METADATA
from pointsledger.testing import SMALL_VILLAGE, amounts, breaches, deeds, intakes, redemptions
from tests.server import Server

HOUSEHOLD = SMALL_VILLAGE.households[0]["household"]

Act = tuple[str, dict[str, Any]]
"""The name of a method and its arguments; ``back`` counts records from the last."""

acts: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("award"), deeds()),
    st.tuples(st.just("award"), deeds()),
    st.tuples(st.just("deduct"), breaches()),
    st.tuples(st.just("stock_in"), intakes()),
    st.tuples(st.just("redeem"), redemptions()),
    st.tuples(st.just("bring_forward"), st.fixed_dictionaries({"household": st.just(HOUSEHOLD), "points": amounts()})),
    st.tuples(st.just("reverse"), st.fixed_dictionaries({"back": st.integers(0, 6)})),
    st.just(("adopt_rules", dict[str, Any]())),
)
histories = st.lists(acts, min_size=1, max_size=25)


def later_rules() -> RuleBook:
    """Return the next version of the rules: one limit is narrower and one is new."""
    small = SMALL_VILLAGE.rulebook
    limits = {
        "yard-clean": Limit(points=10, times=None, per="month", by="household", mode="partial"),
        "patrol": Limit(points=12, times=None, per="quarter", by="resident", mode="reject"),
    }
    limited = {code: replace(small.activities[code], limits=(limit,)) for code, limit in limits.items()}
    return replace(small, first_day="2025-10-15", activities=MappingProxyType({**small.activities, **limited}))


BEGUN = 10
"""How many records stand in the book before the history."""


class Shelf:
    """Books in memory, or on PostgreSQL each in a database of its own, thrown away together."""

    def __init__(self, server: Server | None = None) -> None:
        """Begin them on ``server``, if there is one."""
        self._server = server
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Have none yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close and drop them."""
        self._stack.close()

    def begun(self) -> Ledger:
        """Begin a book in which something happened already."""
        place = "sqlite://"
        if self._server is not None:
            place = self._server.url(self._stack.enter_context(self._server.lent()))
        ledger = self._stack.enter_context(SMALL_VILLAGE.begin(place))
        for enrolment in SMALL_VILLAGE.households[1:]:
            ledger.bring_forward(enrolment["household"], 40, by="clerk:1")
        assert BEGUN == ledger.stock_in("soap", 4, by="clerk:1").seq
        return ledger

    def posted(self, history: list[Act], opened: Callable[[Ledger], Any]) -> tuple[Ledger, list[str]]:
        """Post a history into a new book, in the block that ``opened`` gives."""
        ledger = self.begun()
        with opened(ledger) as target:
            outcomes = post(target, history)
        return ledger, outcomes


def post(target: Ledger | OpenBatch, history: list[Act], without: frozenset[int] = frozenset()) -> list[str]:
    """Post a history and return what came of each act; what was refused is no part of the book."""
    seqs = [BEGUN]
    outcomes = []
    for number, (name, arguments) in enumerate(history):
        if number in without:
            continue
        what = dict(arguments) | {"by": f"clerk:{1 + number % 3}"}
        back = what.pop("back", None)
        if name == "adopt_rules":
            what["rulebook"] = later_rules()
        elif name == "reverse":
            what |= {"seq": seqs[-1 - back % len(seqs)], "reason": "记错", "request": f"q-{number}"}
        else:
            what["request"] = f"q-{number}"
        try:
            receipt = getattr(target, name)(**what)
        except PointsLedgerError as error:
            outcomes.append(error.code)
            event(f"refused: {error.code}")
        else:
            seqs.append(receipt.seq)
            outcomes.append(f"{receipt.seq} {receipt.points} {receipt.balance}")
            event(name)
    return outcomes


def projections(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every projection, each random id replaced by who bears it, and digests left out."""
    with ledger._store.connected(writes=False) as connection:
        named = connection.exec_driver_sql("SELECT id, code FROM points_profile").all()
        who: dict[object, object] = {row[0]: row[1] for row in named}
        found = {}
        for name, table in METADATA.tables.items():
            if name in {"points_journal", "points_profile", "points_remark"}:
                continue
            told = [column for column in table.columns if column.name not in {"pin", "root", "frontier"}]
            rows = connection.execute(select(*told)).all()
            found[name] = sorted((tuple(_readable(who, value) for value in row) for row in rows), key=repr)
    return found


def _readable(who: dict[object, object], value: object) -> object:
    if isinstance(value, str) and ":" in value:
        mark, _, rest = value.partition(":")
        return f"{mark}:{who.get(rest, rest)}"
    return who.get(value, value)


def everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table as it stands."""
    with ledger._store.connected(writes=False) as connection:
        return {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)  # noqa: S608 - as above
            for name in METADATA.tables
        }


# --- what holds of every history -----------------------------------------------------------------------


def the_same_at_once(shelf: Shelf, history: list[Act], _: int) -> None:
    """Compare a history posted act by act with the same in one batch."""
    singly, outcomes = shelf.posted(history, nullcontext)
    at_once, outcomes_at_once = shelf.posted(history, lambda ledger: ledger.batch(by="clerk:1"))
    assert outcomes == outcomes_at_once
    assert projections(singly) == projections(at_once)
    audited = singly.audit()
    assert audited.findings == at_once.audit().findings
    assert audited.whole  # a month that backdating leaves below zero is irregular, and not broken


def the_same_rebuilt(shelf: Shelf, history: list[Act], _: int) -> None:
    """Compare a history with itself rebuilt."""
    ledger, _outcomes = shelf.posted(history, nullcontext)
    before = everything(ledger)
    heads = rebuild(ledger._store).heads
    assert before == everything(ledger)
    assert {SMALL_VILLAGE.code: ledger.head()} == heads


def the_same_however_often_written(shelf: Shelf, history: list[Act], at_once: int) -> None:
    """Compare rows written after every few records with rows written at the end."""
    usual, outcomes = shelf.posted(history, lambda ledger: ledger.batch(by="clerk:1"))
    with usual._reading() as transaction:
        constant = f"{type(transaction).__module__}._RECORDS_AT_ONCE"
    with patch(constant, at_once):
        often, outcomes_often = shelf.posted(history, lambda ledger: ledger.batch(by="clerk:1"))
        rebuild(often._store)
    assert outcomes == outcomes_often
    assert projections(usual) == projections(often)


def nothing_when_sent_again(shelf: Shelf, history: list[Act], _: int) -> None:
    """Send a history a second time under the same requests."""
    sound = [act for act in history if act[0] != "adopt_rules"]  # which is sent without a request here
    ledger, outcomes = shelf.posted(sound, nullcontext)
    before = everything(ledger)
    refused = frozenset(number for number, outcome in enumerate(outcomes) if not outcome[0].isdigit())
    again = post(ledger, sound, without=refused)
    assert [outcome for outcome in outcomes if outcome[0].isdigit()] == again
    assert before == everything(ledger)


PROPERTIES = (the_same_at_once, the_same_rebuilt, the_same_however_often_written, nothing_when_sent_again)


@given(histories)
def test_one_by_one_and_at_once_are_the_same(history: list[Act]) -> None:
    """A history posted act by act and in one batch gives the same outcomes and projections, random ids aside."""
    with Shelf() as shelf:
        the_same_at_once(shelf, history, 0)


@given(histories)
def test_a_rebuild_changes_nothing(history: list[Act]) -> None:
    """A rebuild of any history gives every row as it was, ids and digests included."""
    with Shelf() as shelf:
        the_same_rebuilt(shelf, history, 0)


@given(histories, st.integers(1, 4))
@settings(max_examples=20)
def test_how_often_rows_are_written_makes_no_difference(history: list[Act], at_once: int) -> None:
    """Rows written after every few records, and kept until the end, are the same rows."""
    with Shelf() as shelf:
        the_same_however_often_written(shelf, history, at_once)


@given(histories)
@settings(max_examples=20)
def test_a_history_sent_again_posts_nothing(history: list[Act]) -> None:
    """What was posted, sent a second time under the same requests, gives the same receipts and no record."""
    with Shelf() as shelf:
        nothing_when_sent_again(shelf, history, 0)


@pytest.mark.parametrize("holds", PROPERTIES)
@given(history=histories, at_once=st.integers(1, 4))
@settings(max_examples=3)
def test_the_same_holds_on_postgresql(
    server: Server, holds: Callable[[Shelf, list[Act], int], None], history: list[Act], at_once: int
) -> None:
    """What holds of a history in memory holds of it on PostgreSQL."""
    with Shelf(server) as shelf:
        holds(shelf, history, at_once)


@pytest.mark.slow
@pytest.mark.parametrize("holds", PROPERTIES)
@given(history=histories, at_once=st.integers(1, 4))
@settings(max_examples=100)
def test_the_same_holds_on_postgresql_at_length(
    server: Server, holds: Callable[[Shelf, list[Act], int], None], history: list[Act], at_once: int
) -> None:
    """What holds of a history in memory holds of many on PostgreSQL."""
    with Shelf(server) as shelf:
        holds(shelf, history, at_once)
