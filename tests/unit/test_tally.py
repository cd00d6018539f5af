"""The tally: bridges that foot, and who stands where."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.errors import InvalidSetting
from pointsledger.reports.tally import LEVELS, TIES, RowSums, Tally, TallyRow, ranking, row_sums

Before = tuple[str, str, str, int]
Within = tuple[str, str, str, str, int, int, int]

BEFORE: list[Before] = [("h-1", "一组", "", 600), ("h-2", "一组", "cleanup", 300), ("h-3", "二组", "cleanup", 100)]
WITHIN: list[Within] = [
    ("h-1", "一组", "cleanup", "earned", 0, 200, 4),
    ("h-1", "一组", "model", "earned", 0, 50, 1),
    ("h-2", "一组", "cleanup", "earned", 0, 170, 3),
    ("h-2", "一组", "cleanup", "earned", 1, -10, 0),
    ("h-3", "二组", "cleanup", "deducted", 0, -20, 2),
    ("h-1", "一组", "", "redeemed", 0, -300, 0),
    ("h-4", "二组", "", "opening", 0, 40, 0),
]

keys = st.tuples(st.sampled_from(["h-1", "h-2"]), st.sampled_from(["一组", "二组"]), st.sampled_from(["", "cleanup"]))
befores = st.tuples(keys, st.integers(-99, 99)).map(lambda row: (*row[0], row[1]))
withins = st.tuples(
    keys,
    st.sampled_from(["opening", "earned", "deducted", "redeemed"]),
    st.integers(0, 1),
    st.integers(-99, 99),
    st.integers(-1, 3),
).map(lambda row: (*row[0], *row[1:]))


def row(code: str, earned: int, *, deducted: int = 0, redeemed: int = 0, deeds: int = 0) -> TallyRow:
    """Return a tally row that opens at 0."""
    bridge = RowSums(0, deeds, {"earned": earned, "deducted": deducted, "redeemed": redeemed})
    return bridge.row(code, f"户 {code}", "一组", 0)


def columns(held: TallyRow) -> list[Decimal]:
    """Return the figures of a row that has them all, from opening to closing."""
    assert held.opening is not None
    assert held.closing is not None
    return [held.opening, held.earned, held.prior, held.deducted, held.redeemed, held.closing]


def figures(held: TallyRow) -> list[int]:
    """Return the figures of a row in whole points, from opening to closing."""
    return [int(column) for column in columns(held)]


def test_the_bridge_of_a_village_foots() -> None:
    """S-35: 1,000 opening + 40 brought in + 420 earned - 10 prior - 20 deducted - 300 redeemed = 1,130 closing."""
    _, whole = row_sums("village", BEFORE, WITHIN)
    assert [1040, 420, -10, -20, -300, 1130] == figures(whole.row("", "", "", 0))


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (
            "household",
            {
                "h-1": [600, 250, 0, 0, -300, 550],
                "h-2": [300, 170, -10, 0, 0, 460],
                "h-3": [100, 0, 0, -20, 0, 80],
                "h-4": [40, 0, 0, 0, 0, 40],
            },
        ),
        ("group", {"一组": [900, 420, -10, 0, -300, 1010], "二组": [140, 0, 0, -20, 0, 120]}),
        (
            "category",
            {"": [640, 0, 0, 0, -300, 340], "cleanup": [400, 370, -10, -20, 0, 740], "model": [0, 50, 0, 0, 0, 50]},
        ),
        ("village", {"": [1040, 420, -10, -20, -300, 1130]}),
    ],
)
def test_a_tally_has_a_bridge_for_each_key_of_its_level(level: str, expected: dict[str, list[int]]) -> None:
    """Period totals are added up by household, group or category, or for the village as one."""
    found, _ = row_sums(level, BEFORE, WITHIN)
    assert expected == {key: figures(bridge.row(key, "", "", 0)) for key, bridge in found.items()}


@pytest.mark.parametrize("level", LEVELS)
@given(before=st.lists(befores, max_size=8), within=st.lists(withins, max_size=8))
def test_every_bridge_foots_and_they_add_up(level: str, before: list[Before], within: list[Within]) -> None:
    """For any totals each row's columns add up to its closing, and the rows to the whole, column by column."""
    found, whole = row_sums(level, before, within)
    rows = [bridge.row(key, "", "", 1) for key, bridge in found.items()]
    total = whole.row("", "", "", 1)
    event("several rows" if len(rows) > 1 else "one row or none")
    if any(each[4] for each in within):
        event("something concerns another period")
    if any(each[3] == "opening" and not each[4] for each in within):
        event("something was brought in")
    for *parts, closing in map(columns, [*rows, total]):
        assert closing == sum(parts)
    assert columns(total) == [sum(column, Decimal(0)) for column in zip(*map(columns, rows), strict=True)] or not rows
    assert total.deeds == sum(each.deeds for each in rows)
    assert sum(each[3] for each in before) + sum(each[5] for each in within) == columns(total)[-1] * 10


def test_an_empty_period_has_no_bridges() -> None:
    """Where nothing moved there is no row, and the whole is zero throughout."""
    found, whole = row_sums("household", [], [])
    assert ({}, [0] * 6) == (found, figures(whole.row("", "", "", 0)))


def test_a_figure_has_the_places_of_the_village() -> None:
    """A village with one decimal reads tenths, in every column."""
    bridge = RowSums(105, 2, {"earned": 5, "prior": -1, "deducted": -3, "redeemed": -100})
    expected = TallyRow(
        "A-01",
        "李四",
        "一组",
        2,
        opening=Decimal("10.5"),
        base=Decimal(0),
        earned=Decimal("0.5"),
        prior=Decimal("-0.1"),
        deducted=Decimal("-0.3"),
        redeemed=Decimal(-10),
        refunded=Decimal(0),
        expired=Decimal(0),
        forfeited=Decimal(0),
        moved=Decimal(0),
        closing=Decimal("0.6"),
    )
    assert expected == bridge.row("A-01", "李四", "一组", 1)


def test_what_keeps_no_points_has_no_opening_and_closing() -> None:
    """A category shows what was earned, deducted and redeemed, and no opening or closing."""
    shown = RowSums(105, 2, {"earned": 5, "deducted": -3}).row("cleanup", "环境整治", "", 0, kept=False)
    assert (None, Decimal(5), Decimal(-3), None) == (shown.opening, shown.earned, shown.deducted, shown.closing)


def test_a_reversal_of_another_month_leaves_the_ranking_alone() -> None:
    """S-22: With 25 earned in April and -10 for March, April nets 15 and ranks at 25."""
    within = [("h-1", "", "cleanup", "earned", 0, 25, 3), ("h-1", "", "cleanup", "earned", 1, -10, 0)]
    found, _ = row_sums("household", [("h-1", "", "", 40)], within)
    april = found["h-1"].row("h-1", "", "", 0)
    opening, *_, closing = figures(april)
    assert (Decimal(25), Decimal(-10), 15) == (april.ranked, april.prior, closing - opening)


def test_an_opening_is_never_earned() -> None:
    """S-48: What a paper book held opens the period in which it was brought in, and ranks for nothing."""
    within = [("h-1", "", "", "opening", 0, 50, 0), ("h-1", "", "cleanup", "earned", 0, 30, 1)]
    found, _ = row_sums("household", [], within)
    held = found["h-1"].row("h-1", "", "", 0)
    assert ([50, 30, 0, 0, 0, 80], Decimal(30)) == (figures(held), held.ranked)


def test_an_opening_undone_later_is_prior() -> None:
    """An opening that is reversed in a later month concerns the first period and changes no opening."""
    found, _ = row_sums("household", [("h-1", "", "", 50)], [("h-1", "", "", "opening", 1, -50, 0)])
    assert [50, 0, -50, 0, 0, 0] == figures(found["h-1"].row("h-1", "", "", 0))


def test_a_ranking_goes_by_earned_less_deducted() -> None:
    """Redeeming changes no place, deducting does."""
    held = row("A", 30, deducted=-10, redeemed=-25)
    assert Decimal(20) == held.ranked
    assert held.ranked == replace(held, redeemed=Decimal(0), opening=Decimal(99), prior=Decimal(5)).ranked


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("competition", [1, 1, 3, 4, 4, 4, 7]),
        ("dense", [1, 1, 2, 3, 3, 3, 4]),
        ("ordinal", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_ties_are_treated_as_asked(ties: str, expected: list[int]) -> None:
    """Equal points share a place with a gap behind them, without one, or not at all."""
    rows = [row(code, points) for code, points in zip("ABCDEFG", (9, 9, 7, 5, 5, 5, -2), strict=True)]
    assert expected == [each.rank for each in ranking(rows, ties)]


def test_ties_are_competition_unless_said_otherwise() -> None:
    """The usual way is 1, 1, 3."""
    assert [1, 1, 3] == [each.rank for each in ranking([row("A", 9), row("B", 9), row("C", 7)])]


def test_ties_are_compared_as_numbers() -> None:
    """Two ways to come to the same points, written with other places, are a tie."""
    rows = [replace(row("A", 9), earned=Decimal("9.0")), row("B", 10, deducted=-1)]
    assert [1, 1] == [each.rank for each in ranking(rows)]


def test_a_ranking_is_ordered_by_points_then_code() -> None:
    """The most points stand first, equal ones by code, and each place carries what a notice needs."""
    places = ranking([row("B", 5), row("C", 9, deeds=3), row("A", 5)])
    assert ["C", "A", "B"] == [place.code for place in places]
    first = places[0]
    assert (1, "户 C", "一组", Decimal(9), 3) == (first.rank, first.name, first.group, first.points, first.deeds)


def test_nobody_ranked_is_an_empty_ranking() -> None:
    """Where there is no row there is no place."""
    assert () == ranking([])


@pytest.mark.parametrize("ties", ["", "Dense", "random"])
def test_another_way_with_ties_is_refused(ties: str) -> None:
    """Only the three ways that are named are known."""
    with pytest.raises(InvalidSetting, match=", ".join(TIES)):
        ranking([], ties)


@given(st.lists(st.integers(-3, 3), max_size=9), st.sampled_from(TIES))
def test_places_agree_with_points(points: list[int], ties: str) -> None:
    """A place is one more than the number of rows, or of different points, that stand higher."""
    ranked = ranking([row(f"{number:02}", each) for number, each in enumerate(points)], ties)
    event("with a tie" if len(set(points)) < len(points) else "without a tie")
    event(ties)
    for place, each in enumerate(ranked):
        higher = [int(other) for other in points if other > each.points]
        expected = {"competition": len(higher), "dense": len(set(higher)), "ordinal": place}[ties]
        assert expected + 1 == each.rank


def test_a_tally_is_a_sequence_of_its_rows() -> None:
    """Going through a tally goes through its rows, without the total."""
    rows = (row("A", 9), row("B", 7))
    tally = Tally("v", "2026-10", "household", rows, row("", 16))
    assert (2, list(rows)) == (len(tally), list(tally))
