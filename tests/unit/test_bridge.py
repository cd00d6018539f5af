"""The bridge of a month: how it is added up, and the digest over it."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.rules.bridge import COLUMNS, FIGURES, column_of, digest, of_month, sums
from pointsledger.values.rows import Bridge, PeriodTotal

HEADINGS = tuple(name for name in COLUMNS if name != "prior")


def total(account: str, heading: str, amount: int, *, concerned: str = "", unit: str = "points") -> PeriodTotal:
    """Return a total of March 2025."""
    return PeriodTotal("nanyu", "2025-03", concerned, account, unit, heading, "", "", amount, 0)


def bridge(account: str, **figures: int) -> Bridge:
    """Return a bridge of February 2025 that has some figures, and foots."""
    own = {name: figures.get(name, 0) for name in FIGURES[:-1]}
    return Bridge._make(("nanyu", "2025-02", account, *own.values(), sum(own.values())))


def test_a_month_opens_with_what_the_last_one_closed_with() -> None:
    """S-35 less transfers: 1,000 + 420 - 10 - 300 + 30 - 70 = 1,070."""
    totals = [
        total("h-1", "earned", 420),
        total("h-1", "earned", -10, concerned="2025-01"),
        total("h-1", "redeemed", -300),
        total("h-1", "refunded", 30),
        total("h-1", "expired", -70),
        total("h-1", "handed-over", 9, unit="item:soap"),
    ]
    (found,) = of_month("nanyu", "2025-03", [bridge("h-1", earned=1_000)], totals)
    figures = {"opening": 1_000, "earned": 420, "prior": -10, "redeemed": -300, "refunded": 30, "expired": -70}
    assert figures | {"closing": 1_070} == {name: getattr(found, name) for name in FIGURES if getattr(found, name)}


def test_who_has_no_figure_has_no_bridge() -> None:
    """A household whose movements took each other back in the month, and that held nothing, is left out."""
    totals = [total("h-1", "earned", 5), total("h-1", "earned", -5), total("h-2", "earned", 5)]
    assert ["h-2"] == [one.account for one in of_month("nanyu", "2025-03", [bridge("h-3")], totals)]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from((*HEADINGS, "opening")), st.booleans(), st.integers(-99, 99))
    ),
    st.dictionaries(st.sampled_from("abcd"), st.integers(-99, 99)),
)
def test_it_foots_for_everybody_and_for_the_village(
    moves: list[tuple[str, str, bool, int]], held: dict[str, int]
) -> None:
    """Whatever moved, each bridge and their sum lead from opening to closing, and all that moved is in them."""
    before = [bridge(account, earned=amount) for account, amount in held.items()]
    totals = [
        total(one, heading, amount, concerned="2025-01" if prior else "") for one, heading, prior, amount in moves
    ]
    found = of_month("nanyu", "2025-03", before, totals)
    assert sorted(one.account for one in found) == [one.account for one in found]
    for one in found:
        assert one.closing == sum(one[3:-1])
    whole = sums(found)
    assert whole["closing"] == sum(whole[name] for name in FIGURES[:-1])
    assert whole["closing"] == sum(held.values()) + sum(amount for *_, amount in moves)


def test_the_digest_can_be_taken_by_anybody() -> None:
    """S-37: it is SHA-256 over lines of JSON, the village's first, then a household each; written here once more."""
    found = of_month("nanyu", "2025-03", [], [total("h-2", "earned", 7), total("h-1", "earned", 5)])
    lines = [
        ["nanyu", "2025-03", 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 12],
        ["h-1", 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 5],
        ["h-2", 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7],
    ]
    written = "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    assert sha256(written.encode()).hexdigest() == digest("nanyu", "2025-03", found)
    assert digest("nanyu", "2025-03", found) != digest("nanyu", "2025-04", found)


def test_what_has_no_column_is_no_bridge() -> None:
    """A heading that the bridge does not know stops it, rather than a closing that nothing leads to."""
    with pytest.raises(LookupError, match="handed-over"):
        column_of("handed-over", prior=False)
    assert "prior" == column_of("handed-over", prior=True)
