"""Replay: however a history came into the book, one by one, at once or rebuilt, its projections are the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pointsledger import Ledger
from pointsledger.errors import PointsLedgerError
from pointsledger.ledger import OpenBatch
from pointsledger.rulebook import Limit, RuleBook
from pointsledger.storage.rebuilding import rebuild
from pointsledger.testing import SMALL_VILLAGE, amounts, breaches, deeds, intakes, redemptions

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
    limited = {code: replace(small.activities[code], limit=limit) for code, limit in limits.items()}
    return replace(small, first_day="2025-10-15", activities=MappingProxyType({**small.activities, **limited}))


BEGUN = 10
"""How many records stand in the book before the history."""


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

        def read(what: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(what)]

        who: dict[object, object] = dict(read("SELECT id, code FROM points_profile"))
        found = {}
        for (name,) in read("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'points_%'"):
            if name in {"points_journal", "points_profile", "points_remark"}:
                continue
            columns = [column for _, column, *_ in read(f"PRAGMA table_info({name})")]
            told = [column for column in columns if column not in {"pin", "root", "frontier"}]
            rows = read(f"SELECT {', '.join(told)} FROM {name}")  # noqa: S608 - the schema's own names
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
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)  # noqa: S608 - as above
            for name in names
        }


def posted(history: list[Act], opened: Callable[[Ledger], Any]) -> tuple[Ledger, list[str]]:
    """Post a history into a new book, in the block that ``opened`` gives."""
    ledger = SMALL_VILLAGE.begin()
    for enrolment in SMALL_VILLAGE.households[1:]:
        ledger.bring_forward(enrolment["household"], 40, by="clerk:1")
    assert BEGUN == ledger.stock_in("soap", 4, by="clerk:1").seq
    with opened(ledger) as target:
        outcomes = post(target, history)
    return ledger, outcomes


@given(histories)
def test_one_by_one_and_at_once_are_the_same(history: list[Act]) -> None:
    """A history posted act by act and in one batch gives the same outcomes and projections, random ids aside."""
    singly, outcomes = posted(history, nullcontext)
    at_once, outcomes_at_once = posted(history, lambda ledger: ledger.batch(by="clerk:1"))
    assert outcomes == outcomes_at_once
    assert projections(singly) == projections(at_once)
    assert () == singly.audit().findings
    assert () == at_once.audit().findings


@given(histories)
def test_a_rebuild_changes_nothing(history: list[Act]) -> None:
    """A rebuild of any history gives every row as it was, ids and digests included."""
    ledger, _ = posted(history, nullcontext)
    before = everything(ledger)
    heads = rebuild(ledger._store).heads
    assert before == everything(ledger)
    assert {SMALL_VILLAGE.code: ledger.head()} == heads


@given(histories, st.integers(1, 4))
@settings(max_examples=20)
def test_how_often_rows_are_written_makes_no_difference(history: list[Act], at_once: int) -> None:
    """Rows written after every few records, and kept until the end, are the same rows."""
    usual, outcomes = posted(history, lambda ledger: ledger.batch(by="clerk:1"))
    with usual._reading() as transaction:
        constant = f"{type(transaction).__module__}._RECORDS_AT_ONCE"
    with patch(constant, at_once):
        often, outcomes_often = posted(history, lambda ledger: ledger.batch(by="clerk:1"))
        rebuild(often._store)
    assert outcomes == outcomes_often
    assert projections(usual) == projections(often)


@given(histories)
@settings(max_examples=20)
def test_a_history_sent_again_posts_nothing(history: list[Act]) -> None:
    """What was posted, sent a second time under the same requests, gives the same receipts and no record."""
    sound = [act for act in history if act[0] != "adopt_rules"]  # which is sent without a request here
    ledger, outcomes = posted(sound, nullcontext)
    before = everything(ledger)
    refused = frozenset(number for number, outcome in enumerate(outcomes) if not outcome[0].isdigit())
    again = post(ledger, sound, without=refused)
    assert [outcome for outcome in outcomes if outcome[0].isdigit()] == again
    assert before == everything(ledger)
