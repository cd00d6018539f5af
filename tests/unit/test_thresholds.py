"""Thresholds of an inspection: how they are written and read, and where exactly each of them begins."""

from __future__ import annotations

import pytest

from pointsledger.errors import ThresholdsInvalid, TooManyDecimals
from pointsledger.inspection.thresholds import THRESHOLDS, Thresholds
from pointsledger.inspection.view import Seen
from pointsledger.values.records import Entry
from tests.unit.inspected import CLERK, asked, award, burst, collected, redeem, refund, reversal, view


def services(*spans: tuple[str, str]) -> list[Seen]:
    """Return services of the first household at these times of one day."""
    return [
        award(seq, said={"started_at": f"2025-10-03T{start}", "ended_at": f"2025-10-03T{end}"})
        for seq, (start, end) in enumerate(spans, 1)
    ]


def counted(*quantities: str) -> list[Seen]:
    """Return awards of one operator for so many heads."""
    return [
        award(seq, activity="clean-up-day", said={"quantity": quantity}) for seq, quantity in enumerate(quantities, 1)
    ]


def days(count: int, each: int) -> list[Seen]:
    """Return so many days of so many records each."""
    return [one for day in range(1, count + 1) for one in burst(each, f"2025-10-{day:02}T09:00", each * day)]


BEGINS: list[tuple[str, str, int, list[Seen]]] = [
    ("collectors-for-many", "households", 2, collected([2, 3, 3], "老支书")),
    ("own-approval", "records", 2, [award(seq, said={"approved_by": [CLERK]}) for seq in (4, 5)]),
    ("own-household", "records", 2, [award(seq, by="o-00000000000a") for seq in (4, 5)]),
    ("without-evidence", "points", 20, [award(4, granted=20)]),
    ("service-without-times", "hours", 4, [award(4, activity="patrol", said={"minutes": 240})]),
    ("service-without-times", "hours", 4, [award(4, activity="patrol", said={"minutes": 299})]),
    (
        "service-without-times",
        "hours",
        4,
        [
            award(
                4,
                activity="patrol",
                said={"minutes": 360, "started_at": "2025-10-03T08:00", "ended_at": "2025-10-03T10:00"},
            )
        ],
    ),
    ("same-evidence", "households", 2, [award(n, home=min(n, 2), texts={"remark": "清扫"}) for n in (1, 2, 3)]),
    ("late-entries", "days", 34, [award(4, on="2025-08-29")]),
    ("minute-bursts", "records", 10, burst(10, "2025-10-03T09:00", 1)),
    ("minute-bursts", "times_usual", 3, [*burst(3, "2025-10-02T09:00", 1), *burst(12, "2025-10-03T09:00", 4)]),
    ("minute-bursts", "times_usual", 4, [*burst(3, "2025-10-02T09:00", 1), *burst(13, "2025-10-03T09:00", 4)]),
    ("day-bursts", "records", 50, [*days(5, 1), *burst(50, "2025-10-09T09:00", 30)]),
    ("day-bursts", "times_usual", 3, [*days(5, 15), *burst(60, "2025-10-09T09:00", 200)]),
    ("day-bursts", "times_usual", 4, [*days(5, 15), *burst(61, "2025-10-09T09:00", 200)]),
    ("day-bursts", "days", 6, [*days(6, 1), *burst(50, "2025-10-09T09:00", 30)]),
    ("round-awards", "records", 21, counted(*["10"] * 21)),
    ("round-awards", "multiple", 10, counted(*["10"] * 20)),
    ("round-awards", "percent", 80, counted(*["10"] * 16, *["7"] * 4)),
    ("round-awards", "percent", 79, counted(*["10"] * 39, *["7"] * 10)),
    ("overlapping-times", "minutes", 30, services(("08:00", "10:00"), ("09:30", "11:00"))),
    ("reversed-after-spending", "points", 6, [reversal(9, {"lots": [[1, 7, 1, 4], [1, 8, 1, 6]]})]),
    ("price-off-list", "points", 2, [redeem(4, points=12)]),
    ("price-off-list", "points", 2, [redeem(4, points=8)]),
    (
        "goods-not-taken-in",
        "pieces",
        3,
        [
            redeem(
                4, 1, *(Entry("unexplained", "shelf:main", f"item:{one}", n) for one, n in (("soap", 2), ("rice", 1)))
            )
        ],
    ),
    ("names-not-in-register", "pickups", 2, collected([2, 5], "户生2")),
    ("refunds-goods-kept", "points", 10, [refund(4, [])]),
]
"""A check, one of its thresholds, the highest that finds what there is, and the records."""


@pytest.mark.parametrize(("check", "name", "highest", "records"), BEGINS)
def test_a_threshold_begins_exactly_where_it_says(check: str, name: str, highest: int, records: list[Seen]) -> None:
    """At the highest number that lets something be found it is found once, and at the next it is not."""
    found = {
        value: len(asked(check, records, view(Thresholds({(check, name): value})))) for value in (highest, highest + 1)
    }
    assert {highest: 1, highest + 1: 0} == found


def test_the_edge_of_every_threshold_is_known() -> None:
    """No threshold is left out above."""
    assert {(one.check, one.name) for one in THRESHOLDS} == {(check, name) for check, name, *_ in BEGINS}


def test_thresholds_can_be_written_and_read() -> None:
    """The file with all thresholds reads back as what it was written from, in either language."""
    chosen = Thresholds.from_toml("format = 1\n[late-entries]\ndays = 10\n", file="t.toml")
    for lang in ("en", "zh"):
        again = Thresholds.from_toml(chosen.to_toml(lang), file="t.toml")
        assert list(chosen.rows()) == list(again.rows())
    assert 10 == chosen.of("late-entries", "days")
    assert 3 == chosen.of("collectors-for-many", "households")
    assert "default 35" in chosen.to_toml("en")
    (matter,) = asked("late-entries", [award(4, on="2025-09-18")], view(chosen))
    assert 15 == matter.figures["longest_days"]


def test_points_may_have_decimals_where_the_book_has_them() -> None:
    """A threshold in points is read with its decimals and scaled by the book's; more than the book has are refused."""
    text = 'format = 1\n[without-evidence]\npoints = "7.5"\n'
    chosen = Thresholds.from_toml(text, file="t.toml")
    assert list(chosen.rows()) == list(Thresholds.from_toml(chosen.to_toml(), file="t.toml").rows())
    (matter,) = asked("without-evidence", [award(4, granted=74), award(5, granted=75)], view(chosen, decimals=1))
    assert (5,) == matter.seqs
    with pytest.raises(TooManyDecimals) as caught:
        asked("without-evidence", [], view(chosen))
    assert "without-evidence.points" in caught.value.say()
    any_points = Thresholds.from_toml(text.replace('"7.5"', "0"), file="t.toml")
    assert list(any_points.rows()) == list(Thresholds.from_toml(any_points.to_toml(), file="t.toml").rows())
    (matter,) = asked("without-evidence", [award(4, granted=0), award(5, granted=1)], view(any_points, decimals=2))
    assert (5,) == matter.seqs
    for written in ('"0.005"', "7.5", '"-1"', '"0"', "false"):
        with pytest.raises(ThresholdsInvalid):
            Thresholds.from_toml(text.replace('"7.5"', written), file="t.toml")


def test_faults_of_thresholds_are_told_with_their_lines() -> None:
    """A check or a threshold that there is not, and a number that cannot be, are all told at once."""
    text = "format = 1\n[late-entrys]\ndays = 3\n[late-entries]\nday = 3\ndays = 0\n"
    with pytest.raises(ThresholdsInvalid) as caught:
        Thresholds.from_toml(text, file="t.toml")
    assert ["t.toml:2: late-entrys", "t.toml:5: late-entries.day", "t.toml:6: late-entries.days"] == [
        told.rpartition(": ")[0].partition(": is")[0] for told in caught.value.data["listing"].splitlines()
    ]
