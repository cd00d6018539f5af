"""Inspections: no history of a village stops one, and none of them changes what the book says."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pointsledger.errors import PointsLedgerError
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.thresholds import THRESHOLDS, Thresholds
from pointsledger.rules import draw
from pointsledger.testing import (
    SMALL_VILLAGE,
    breaches,
    deeds,
    intakes,
    names,
    operators,
    redemptions,
    remarks,
    temporary_ledger,
)

HOUSEHOLDS = [one["household"] for one in SMALL_VILLAGE.households]
BY = st.one_of(operators(), st.sampled_from([one["head"] for one in SMALL_VILLAGE.households]))

Act = tuple[str, dict[str, Any]]
"""The name of a method and its arguments; ``back`` counts records from the last."""

with_remark = st.fixed_dictionaries({}, optional={"remark": remarks()})


def told(act: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an act with some more."""
    return act | more


on_paper = st.builds(
    told,
    redemptions(),
    st.fixed_dictionaries({"handed_over": st.sampled_from([True])}, optional={"collector": names()}),
)
calls = st.fixed_dictionaries(
    {"household": st.sampled_from(HOUSEHOLDS), "answer": st.sampled_from(["confirmed", "differs", "refused"])}
)
acts: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("award"), st.builds(told, deeds(), with_remark)),
    st.tuples(st.just("deduct"), breaches()),
    st.tuples(st.just("stock_in"), intakes()),
    st.tuples(st.just("redeem"), on_paper),
    st.tuples(st.just("refund"), st.fixed_dictionaries({"back": st.integers(0, 3), "returned": st.booleans()})),
    st.tuples(st.just("reverse"), st.fixed_dictionaries({"back": st.integers(0, 6), "reason": st.just("记错了")})),
    st.tuples(st.just("call_back"), calls),
)
strict = st.fixed_dictionaries({(one.check, one.name): st.integers(1, 3) for one in THRESHOLDS})


@given(st.lists(st.tuples(acts, BY), min_size=1, max_size=20), strict)
@settings(max_examples=40, deadline=None)
def test_no_history_stops_an_inspection(history: list[tuple[Act, str]], chosen: dict[tuple[str, str], int]) -> None:
    """Whatever happened, and however low the thresholds, every check is answered, of records there are, in words."""
    with temporary_ledger() as ledger:
        for (name, arguments), by in history:
            given = dict(arguments)
            if "back" in given:
                which = "redemption" if name == "refund" else "seq"
                given[which] = max(1, ledger.head().size - given.pop("back"))
            try:
                getattr(ledger, name)(**given, by=by)
            except PointsLedgerError as error:
                event(f"refused: {error.code}")
        before = ledger.head()
        inspection = ledger.inspect("2025", thresholds=Thresholds(chosen))
        assert before == ledger.head()
        assert [check.code for check in CHECKS] == list(inspection.counts)
        for matter in inspection:
            event(matter.check)
            assert all(1 <= seq <= before.size for seq in matter.seqs)
            assert matter.say("en") != matter.say("zh")
            assert matter.look_at("en") != matter.look_at("zh")
        assert len(inspection) == sum(inspection.counts.values())


@given(
    st.binary(min_size=32, max_size=32),
    st.text(min_size=1),
    st.sets(st.text("0123456789abcdef", min_size=12, max_size=12)),
)
def test_a_draw_is_one_order_of_all(root: bytes, number: str, accounts: set[str]) -> None:
    """However many are drawn, they are the first of one order in which each stands once, however they came."""
    if "\ud800" <= max(number, default="") <= "\udfff":
        return
    whole = draw.drawn(root, number, sorted(accounts), len(accounts))
    assert sorted(accounts) == sorted(whole)
    for count in range(len(accounts) + 1):
        assert whole[:count] == draw.drawn(root, number, sorted(accounts, reverse=True), count)
