"""The checks of an inspection: each finds what it asks for, and leaves alone what looks like it and is ordinary."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pointsledger.decisions.kinds import CURRENT
from pointsledger.inspection.approvals import FOR_EVERYBODY
from pointsledger.inspection.bursts import NOT_TYPED, TYPED, usual
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.lateness import DATED
from pointsledger.inspection.thresholds import THRESHOLDS, Thresholds
from pointsledger.inspection.view import Seen
from pointsledger.page import Column, Page, link
from pointsledger.testing import SMALL_VILLAGE
from pointsledger.values.records import Entry
from pointsledger.values.sequences import numbers, ranges
from pointsledger.values.words import Words
from tests.unit.inspected import (
    CLERK,
    HOMES,
    WANG,
    asked,
    award,
    burst,
    call,
    collected,
    line,
    redeem,
    refund,
    reversal,
    rewriting,
    seen,
    view,
)
from tests.unit.written import PIN

DAYS = [f"2025-10-{day:02}T10:{number:02}" for day in range(1, 8) for number in range(3)]
DRAW: dict[str, Any] = {"draw_size": 3, "draw_number": "7", "draw_count": 1}
PRICED = {"items": [{"item": "soap", "pieces": 1, "points": 12, "stocked": 1}], "prices": 1}
MEMBER = {"collector": "r-000000000012"}


def remarks(*texts: str) -> list[Seen]:
    """Return awards of one operator and minute to a household each, with these remarks."""
    return [award(n, home=n, texts={"remark": text}) for n, text in enumerate(texts, 1)]


FINDS: list[tuple[str, list[Seen], tuple[int, ...]]] = [
    ("collectors-for-many", collected([2, 3, 4], **MEMBER), (10, 11, 12)),
    ("collectors-for-many", collected([2, 3, 3, 4], "老 支书"), (10, 11, 12, 13)),
    (
        "collectors-for-many",
        [*collected([2, 3], **MEMBER), redeem(20, 4, texts={"collector_name": "成员1"})],
        (10, 11, 20),
    ),
    (
        "collectors-for-many",
        [
            seen(n, "hand-over", {"redemption": 1} | MEMBER, {}, Entry(HOMES[n], "redeemed", "points", 10))
            for n in range(1, 4)
        ],
        (1, 2, 3),
    ),
    ("names-not-in-register", collected([2, 5], "户生2"), (10, 11)),
    ("own-approval", [award(4, said={"approved_by": [CLERK, WANG]})], (4,)),
    ("own-household", [award(4, home=1, by=WANG)], (4,)),
    ("own-household", [award(4, home=1, said={"approved_by": [WANG]})], (4,)),
    ("own-household", [seen(4, "opening", {"account": HOMES[0]}, by=WANG)], (4,)),
    ("own-household", [seen(4, "reward", {"household": HOMES[0]}, by=WANG)], (4,)),
    ("without-evidence", [award(4, granted=20), award(5, granted=50)], (4, 5)),
    (
        "without-evidence",
        [award(n, granted=50, texts={"remark": text}) for n, text in enumerate(("无", "—", "N/A", "（略）"), 4)],
        (4, 5, 6, 7),
    ),
    (
        "without-evidence",
        [
            award(n, granted=50, texts={"remark": text})
            for n, text in enumerate(("無", "暂 无", "沒有", "√", "✔\ufe0f"), 4)
        ],
        (4, 5, 6, 7, 8),
    ),
    (
        "service-without-times",
        [
            award(n, activity="patrol", said={"minutes": 300, lone: "2025-10-03T08:00"})
            for n, lone in enumerate(("started_at", "ended_at"), 4)
        ],
        (4, 5),
    ),
    (
        "service-without-times",
        [
            award(
                4,
                activity="patrol",
                said={"quantity": "12", "started_at": "2025-10-03T23:00", "ended_at": "2025-10-04T07:00"},
            )
        ],
        (4,),
    ),
    ("service-without-times", [award(4, activity="patrol", said={"quantity": "4"})], (4,)),
    ("service-without-times", [award(4, activity="patrol", said={"minutes": 300})], (4,)),
    (
        "same-evidence",
        [award(n, home=n, texts={"remark": "清扫 照片 A" if n < 5 else "清扫照片Ａ"}) for n in range(1, 5)]
        + [seen(5, "deduct", {"account": HOMES[4]}, texts={"remark": "清扫，照片Ａ。"})],
        (1, 2, 3, 4, 5),
    ),
    ("same-evidence", remarks("单据1-12", "单据 1/12", "单据1．12", "单据①，12", "单据1 - 12。"), (1, 2, 3, 4, 5)),
    ("same-evidence", remarks("清扫", "清扫✔\ufe0f", "✔\ufe0f 清扫", "清 扫", "清扫。"), (1, 2, 3, 4, 5)),
    ("same-evidence", remarks("★★", "★ ★", "★★", "★★", "★★"), (1, 2, 3, 4, 5)),
    ("same-evidence", remarks("ཀི་ཀུ།", "ཀི་ཀུ", "ཀི ཀུ", "(ཀི་ཀུ)", "ཀི་ཀུ༎"), (1, 2, 3, 4, 5)),
    ("late-entries", [award(4, on="2025-08-28")], (4,)),
    ("minute-bursts", burst(12, "2025-10-03T09:00", 1), tuple(range(1, 13))),
    (
        "minute-bursts",
        [award(1, minute="2025-10-01T08:00"), award(2, minute="2025-10-02T08:00"), *burst(10, DAYS[6], 3)],
        tuple(range(3, 13)),
    ),
    (
        "day-bursts",
        [*(award(seq, minute=minute) for seq, minute in enumerate(DAYS, 1)), *burst(60, "2025-10-09T09:00", 30)],
        tuple(range(30, 90)),
    ),
    (
        "round-awards",
        [award(n, activity="clean-up-day", said={"quantity": "10" if n > 4 else "7"}) for n in range(1, 21)],
        tuple(range(5, 21)),
    ),
    (
        "round-awards",
        [
            award(n, activity="clean-up-day", said={"quantity": "10" if n < 60 else "7"} if n > 40 else {})
            for n in range(1, 61)
        ],
        tuple(range(41, 60)),
    ),
    (
        "overlapping-times",
        [
            award(4, said={"started_at": "2025-10-03T08:00", "ended_at": "2025-10-03T12:00"}),
            award(5, said={"started_at": "2025-10-03T09:00", "ended_at": "2025-10-03T10:00"}),
        ],
        (4, 5),
    ),
    ("reversed-after-spending", [reversal(9, {"lots": [[1, 7, 1, 4], [1, 8, 1, 6]]})], (7, 8, 9)),
    ("reversed-after-spending", [reversal(9, {"lots": [[1, 7, 1, 4]], "arrears": [[1, 6]]})], (7, 8, 9)),
    ("reversed-after-spending", [reversal(9, {"written_off": 10})], (7, 8, 9)),
    ("price-off-list", [redeem(4, points=12)], (4,)),
    ("price-off-list", [redeem(4), redeem(5, points=8)], (5,)),
    ("price-off-list", [seen(4, "reserve", {"account": HOMES[0]}, PRICED)], (4,)),
    ("goods-not-taken-in", [redeem(4, 1, Entry("unexplained", "shelf:main", "item:soap", 2))], (4,)),
    (
        "goods-not-taken-in",
        [redeem(4, 1, *(Entry("unexplained", "shelf:main", f"item:{item}", 1) for item in ("soap", "rice")))],
        (4,),
    ),
    (
        "goods-not-taken-in",
        [seen(4, "stocktake", {}, {}, Entry("found", "shelf:main", "item:soap", 2))],
        (4,),
    ),
    (
        "not-drawn",
        [call(4, "confirmed", 2, **DRAW), call(5, "confirmed", 3, **DRAW), call(6, "differs", **DRAW)],
        (4, 5),
    ),
    ("not-called", [call(4, "confirmed", 1, **DRAW | {"draw_count": 3}), call(5, "refused", 2)], (4,)),
    ("not-called", [call(3, "refused", 2), call(4, "confirmed", 1, **DRAW | {"draw_count": 2})], (4,)),
    ("answers-changed", [call(4, "differs", **DRAW), call(5, "not-reached"), call(6, "confirmed", **DRAW)], (4, 6)),
    ("refunds-goods-kept", [refund(4, [])], (4,)),
    ("refunds-goods-kept", [refund(4, [{"item": "soap", "pieces": 1, "returned": 0}])], (4,)),
]

LEAVES: list[tuple[str, list[Seen]]] = [
    ("collectors-for-many", collected([2, 3], **MEMBER)),
    ("collectors-for-many", collected([1, 1, 1, 2, 3], **MEMBER)),
    ("collectors-for-many", [redeem(n, n, said=MEMBER, reversed_by=99) for n in range(2, 6)]),
    ("names-not-in-register", collected([2, 3], "户主 8")),
    ("names-not-in-register", collected([2, 3], **MEMBER)),
    ("names-not-in-register", [redeem(4, 2, texts={"collector_name": "户生2"}, reversed_by=9)]),
    ("own-approval", [award(4, said={"approved_by": [WANG]}), award(5)]),
    ("own-approval", [award(4, said={"approved_by": [CLERK]}, reversed_by=9)]),
    ("own-household", [award(4, home=2, by=WANG), award(5, by=WANG, reversed_by=9)]),
    ("own-household", [seen(5, "lapse", {"account": HOMES[0]}, by=WANG)]),
    ("own-household", [seen(5, "base", {"account": HOMES[0]}, by=WANG)]),
    ("own-household", [seen(5, "enrol", {"account": HOMES[0]}, by=WANG)]),
    (
        "own-household",
        [seen(5, "release", {"redemption": 4}, {}, Entry(HOMES[0], "forfeited", "points", 8), by=WANG)],
    ),
    ("without-evidence", [award(4, granted=19), award(5, granted=50, texts={"remark": "证书"})]),
    (
        "without-evidence",
        [award(4, granted=50, said={"batch": "十月", "row": "1"}), award(5, granted=50, reversed_by=9)],
    ),
    ("without-evidence", [award(4, granted=50, said={"remark": PIN})]),
    (
        "without-evidence",
        [
            award(n, granted=50, texts={"remark": text})
            for n, text in ((4, "无线电维修"), (5, "7"), (6, "ནོར"), (7, "1-2"))
        ],
    ),
    ("service-without-times", [award(4, activity="patrol", said={"quantity": "3.5"})]),
    (
        "service-without-times",
        [
            award(
                4,
                activity="patrol",
                said={"quantity": "5", "started_at": "2025-10-03T08:00", "ended_at": "2025-10-03T13:00"},
            )
        ],
    ),
    ("service-without-times", [award(4, said={"quantity": "9"})]),
    ("same-evidence", [award(n, home=n, minute=f"2025-10-03T09:0{n}", texts={"remark": "清扫"}) for n in range(1, 6)]),
    ("same-evidence", [award(n, home=1, texts={"remark": "清扫"}) for n in range(1, 9)]),
    (
        "same-evidence",
        [award(n, home=n, texts={"remark": "清扫"}, reversed_by=9 if n == 5 else 0) for n in range(1, 6)],
    ),
    (
        "same-evidence",
        [award(n, home=n, texts={"remark": "清扫"}, said={"batch": "十月", "row": str(n)}) for n in range(1, 9)],
    ),
    ("same-evidence", [award(n, home=n, texts={"remark": f"清扫{n}"}) for n in range(1, 9)]),
    ("same-evidence", remarks("单据1-12", "单据11-2", "单据1/12", "单据11.2", "单据112", "单据1 12", "单据11 2")),
    ("same-evidence", remarks("单据二-十二", "单据二十-二", "单据二十二", "单据二、十二", "单据二十、二")),
    ("same-evidence", remarks("ཀི", "ཀུ", "ཀེ", "ཀོ", "ཀ", "ཀྱ")),
    ("same-evidence", remarks("★", "√", "★★", "—", "📷")),
    ("late-entries", [award(4, on="2025-08-29"), seen(5, "reverse", {"seq": 4}, {}, on="2025-01-01")]),
    ("minute-bursts", burst(9, "2025-10-03T09:00", 1)),
    ("minute-bursts", [one for n in range(9) for one in burst(10, f"2025-10-03T09:0{n}", 1 + 10 * n)]),
    ("minute-bursts", [award(n, said={"batch": "十月", "row": str(n)}) for n in range(1, 40)]),
    ("day-bursts", burst(60, "2025-10-09T09:00", 1)),
    ("day-bursts", [one for day in range(1, 9) for one in burst(60, f"2025-10-0{day}T09:00", 1 + 60 * day)]),
    ("round-awards", [award(n, activity="clean-up-day", said={"quantity": str(n)}) for n in range(2, 40)]),
    ("round-awards", [award(n, activity="clean-up-day", said={"quantity": "10"}) for n in range(1, 20)]),
    ("round-awards", [award(n, activity="clean-up-day") for n in range(1, 40)]),
    ("round-awards", [award(n, activity="patrol", said={"quantity": "5"}) for n in range(1, 40)]),
    (
        "overlapping-times",
        [
            award(4, said={"started_at": "2025-10-03T08:00", "ended_at": "2025-10-03T10:00"}),
            award(5, said={"started_at": "2025-10-03T10:00", "ended_at": "2025-10-03T12:00"}),
            award(6, home=2, said={"started_at": "2025-10-03T09:00", "ended_at": "2025-10-03T11:00"}),
        ],
    ),
    ("reversed-after-spending", [reversal(9, {"lots": [[1, 7, 1, 10]]})]),
    ("reversed-after-spending", [reversal(9, {"lots": [[1, 7, 1, 4], [1, 8, 1, 6]]}, corrected=8)]),
    ("reversed-after-spending", [reversal(9, {"of": "deduct", "lots": [[1, 8, 1, 6]]})]),
    ("price-off-list", [redeem(4), redeem(5, points=12, reversed_by=9)]),
    ("goods-not-taken-in", [redeem(4, 1, Entry("shelf:main", "handed-over", "item:soap", 2))]),
    ("goods-not-taken-in", [redeem(4, 1, Entry("unexplained", "shelf:main", "item:soap", 2), reversed_by=9)]),
    ("not-drawn", [call(4, "confirmed", 1, **DRAW), call(5, "confirmed", 8)]),
    ("not-called", [call(4, "confirmed", 1, **DRAW | {"draw_count": 2}), call(5, "not-reached", 2)]),
    ("not-called", [call(4, "not-reached", 2), call(5, "confirmed", 1, **DRAW | {"draw_count": 2})]),
    ("answers-changed", [call(4, "not-reached"), call(5, "differs"), call(6, "differs"), call(7, "confirmed", 2)]),
    ("refunds-goods-kept", [refund(4, [{"item": "soap", "pieces": 1, "returned": 1}])]),
    ("refunds-goods-kept", [refund(4, [{"item": "haircut", "pieces": 1, "returned": 0}])]),
]


@pytest.mark.parametrize(("check", "records", "seqs"), FINDS)
def test_a_check_finds_what_it_asks_for(check: str, records: list[Seen], seqs: tuple[int, ...]) -> None:
    """Each check names the records that its question is about, and where to look next, in both languages."""
    (matter,) = asked(check, records, view(uses=(8, 9)))
    assert (check, seqs) == (matter.check, matter.seqs)
    for lang in ("en", "zh"):
        assert matter.say(lang).endswith("." if lang == "en" else "。")
        assert matter.look_at(lang).endswith((".", "?") if lang == "en" else ("。", "？"))


@pytest.mark.parametrize(("check", "records"), LEAVES)
def test_a_check_leaves_alone_what_is_ordinary(check: str, records: list[Seen]) -> None:
    """No check finds anything in what only looks like what it asks for."""
    assert [] == asked(check, records, view(uses=(8, 9)))


def test_every_check_has_a_case_of_each_sort() -> None:
    """Each check that looks at records is seen finding, and seen finding nothing."""
    codes = {check.code for check in CHECKS} - {"months-below-zero", "erased-or-amended"}  # which look elsewhere, below
    assert codes == {check for check, *_ in FINDS} == {check for check, _ in LEAVES}


def test_a_month_below_zero_is_found() -> None:
    """A shelf or a fund that ends a month with less than nothing is found, in pieces or in yuan, and no other line."""
    months = (
        ("2025-09", line("goods", 0)),
        ("2025-10", line("goods", -3)),
        ("2025-10", line("worth", -9)),
        ("2025-11", line("fund", -2, shop="")),
        ("2025-12", line("fund", Decimal("-0.01"), shop="")),
    )
    found = asked("months-below-zero", [], view(months=months))
    assert [
        ("2025-10", "main", Decimal(-3)),
        ("2025-11", "肥皂", Decimal(-2)),
        ("2025-12", "肥皂", Decimal("-0.01")),
    ] == [(one.when, one.who, one.figures["closing"]) for one in found]
    assert "2025-11 ended with -2 of 肥皂 yuan." == found[1].say()


def test_what_was_erased_amended_or_lost_is_told() -> None:
    """Each operator stands with what they erased, amended or declared lost: the ground, how soon, what came late."""
    people: dict[str, Any] = {"erased": [HOMES[0], HOMES[1]], "legal_ground": "request"}
    rewritten = (
        rewriting(30, "erase", 9, 4, 5, **people),
        rewriting(31, "erase", 2, 5, 7, late=True, legal_ground="request"),
        rewriting(32, "amend", 0, amended=[{"person": HOMES[2], "pin": PIN}]),
        rewriting(33, "recovered", None, lost_from=20, lost_through=10**15),
        rewriting(34, "recovered", None, lost_from=19),
    )
    erased, amended, lost = asked("erased-or-amended", [], view(rewritten=rewritten))
    assert [(30, 31), (32,), (33, 34)] == [one.seqs for one in (erased, amended, lost)]
    assert (
        "clerk:1 erased 2 entries of the register and texts of records 4–5, 7 at their request (records 30–31), at the "
        "soonest 2 days after what it touches; 1 of it after the period's end."
    ) == erased.say()
    assert (2, 3, "request", 2, 1) == tuple(erased.figures.values())
    assert "at the soonest on the same day as what it touches" in amended.say()
    assert "最快与所涉记录同日" in amended.say("zh")
    assert "declared records 20–1000000000000000, 19 and on of an earlier copy lost" in lost.say()
    assert [] == asked("erased-or-amended", [])


def test_a_name_that_was_replaced_since_is_no_stranger() -> None:
    """Where the register was rewritten after the collection the matter says so; a former name that is kept is known."""
    before = rewriting(9, "amend", 0, amended=[{"person": HOMES[2], "pin": PIN}])
    texts = rewriting(20, "erase", 0, 10, legal_ground="order")
    (plain,) = asked("names-not-in-register", collected([2], "欧阳锋"), view(rewritten=(before, texts)))
    assert "since" not in plain.say()
    since = rewriting(21, "amend", 0, amended=[{"person": HOMES[2], "pin": PIN}])
    later = redeem(40, 3, texts={"collector_name": "欧阳锋"})
    known = view(rewritten=(before, texts, since))
    (told,) = asked("names-not-in-register", [*collected([2], "欧阳锋"), later], known)
    assert "names in the register were amended or erased since, and may have been this one (record 21)" in told.say()
    assert "也可能原有此名（第 21 号记录）" in told.say("zh")
    kept = replace(since, former=("欧 阳锋",))
    assert [] == asked("names-not-in-register", collected([2], "欧阳锋"), view(rewritten=(kept,)))
    (amended,) = asked("erased-or-amended", [], view(rewritten=(kept,)))
    assert "beside 1 record of them the book still has it" in amended.look_at()


def test_every_kind_is_typed_or_left_out_for_a_reason() -> None:
    """Bursts see whatever people record themselves, and the kinds that are left out are kinds, each with its reason."""
    assert set(CURRENT) == TYPED | set(NOT_TYPED)
    assert set() == TYPED & set(NOT_TYPED)
    assert all((*NOT_TYPED.values(), *FOR_EVERYBODY.values()))
    assert set() == set(FOR_EVERYBODY) - set(NOT_TYPED)
    assert {"fund-in", "fund-out", "transfer-stock", "stocktake", "cancel", "reverse", "call-back"} < TYPED
    twenty = [seen(seq, "fund-out", {}) for seq in range(1, 21)]
    (matter,) = asked("minute-bursts", twenty)
    assert tuple(range(1, 21)) == matter.seqs
    assert [] == asked("minute-bursts", [seen(seq, "reverse", {"replaced": 1}) for seq in range(1, 21)])


@pytest.mark.parametrize("kind", sorted(DATED))
def test_whatever_somebody_dates_can_be_late(kind: str) -> None:
    """A record of any kind that is dated by hand is late when its day was long over, and no other kind is."""
    assert [(4,)] == [one.seqs for one in asked("late-entries", [seen(4, kind, {}, on="2025-08-01")])]
    assert {"award", "redeem", "transfer-stock", "call-back"} < DATED
    assert {"base", "lapse", "reverse", "close"}.isdisjoint(DATED)


def test_times_are_held_against_the_one_that_ends_last() -> None:
    """A service that begins after a short one has ended still overlaps the long one in which that lies."""
    spans = [("08", "12"), ("09", "10"), ("11", "13"), ("12", "13"), ("13", "14")]

    def services(*members: str) -> list[Seen]:
        return [
            award(4 + n, said={"started_at": f"2025-10-03T{start}:00", "ended_at": f"2025-10-03T{end}:00"} | member)
            for n, (start, end) in enumerate(spans)
            for member in ({"resident": members[n]} if members else {},)
        ]

    told = [(one.seqs, one.figures["minutes"]) for one in asked("overlapping-times", services())]
    assert [((4, 5), 60), ((4, 6), 60), ((6, 7), 60)] == told
    assert [] == asked("overlapping-times", services("r-1", "r-2", "r-3", "r-4", "r-5")), "each is somebody else"


def test_each_day_has_the_price_list_that_governs_it() -> None:
    """What went for the price of its own day is on the list, whatever the list of another day says."""
    first = SMALL_VILLAGE.prices
    later = replace(first, items={**first.items, "soap": replace(first.items["soap"], points=12)})
    looking = replace(view(prices=(first, later)), price_list_on=lambda day: 2 if day > "2025-10-03" else 1)
    records = [redeem(4), redeem(5, points=12, on="2025-10-04"), redeem(6, points=12), redeem(7, on="2025-10-04")]
    assert [(6,), (7,)] == [one.seqs for one in asked("price-off-list", records, looking)]


def test_what_no_price_list_has_is_found() -> None:
    """Goods that the governing list does not have are told as such, and so is a book without any list."""
    (matter,) = asked("price-off-list", [redeem(4)], view(governs=0))
    assert "does not have it" in matter.say()
    assert "当日价目表没有此商品" in matter.say("zh")


def test_a_misspelt_name_is_told_with_the_nearest() -> None:
    """A name that nobody bears comes with the one in the register that is most like it, if any is."""
    (near,) = asked("names-not-in-register", collected([2], "户生2"))
    assert "户主2" == near.figures["nearest"]
    (far,) = asked("names-not-in-register", collected([2], "欧阳锋"))
    assert ("", False) == (far.figures["nearest"], "nearest" in far.say())


def test_others_are_the_measure_of_round_numbers() -> None:
    """What other operators entered stands beside the share of whoever is named."""
    mine = [award(n, activity="clean-up-day", said={"quantity": "10"}) for n in range(1, 31)]
    others = [award(n, activity="clean-up-day", said={"quantity": str(n)}, by=WANG) for n in range(31, 41)]
    (matter,) = asked("round-awards", [*mine, *others])
    assert "of the other operators' 10, 20 percent" in matter.say()


@pytest.mark.parametrize(
    ("counts", "without", "median"),
    [({}, 0, 0), ({1: 3, 40: 1}, 40, 1), ({40: 1}, 40, 0), ({1: 2, 2: 2}, 0, 1), ({2: 1, 5: 1, 9: 1}, 0, 5)],
)
def test_the_usual_is_the_median_of_the_others(counts: dict[int, int], without: int, median: int) -> None:
    """One burst does not lift what is usual, and of an even number of counts the lower middle one is taken."""
    assert median == usual(counts, without)


def test_records_are_told_in_runs() -> None:
    """Numbers that follow one another are one run, and behind the most that are listed stands how many more."""
    assert [(1, 3), (5, 5), (7, 8)] == list(ranges([8, 1, 2, 3, 5, 7, 3]))
    assert Words("1–3, 5 and 2 more", "1–3、5 等，另有 2 笔") == numbers([1, 2, 3, 5, 7, 8], 2)
    assert Words("1–3, 5", "1–3、5") == numbers([1, 2, 3, 5], 2)


def test_half_a_point_off_the_list_is_off_the_list() -> None:
    """In a book whose points have decimals the smallest difference in price is one."""
    (matter,) = asked("price-off-list", [redeem(4, points=11)], view(decimals=1))
    assert Decimal("1.1") == matter.figures["paid"]


def test_every_threshold_is_one_of_a_check() -> None:
    """Each threshold belongs to a check, each check has one, and a higher one finds less than a lower one."""
    without = {
        "months-below-zero",
        "not-drawn",
        "not-called",
        "answers-changed",
        "erased-or-amended",
    }  # one is one too many
    assert {check.code for check in CHECKS} - without == {one.check for one in THRESHOLDS}
    for check, records, _ in FINDS:
        for one in THRESHOLDS:
            if one.check == check and one.name != "multiple":
                high = Thresholds({(check, one.name): one.most})
                found = asked(check, records, view(high, uses=(8, 9)))
                unmeasured = one.name == "times_usual" and {0} == {matter.figures["usual"] for matter in found}
                assert [] == found or unmeasured, (check, one.name)


def test_a_page_shows_text_as_it_is() -> None:
    """Nothing that stands in a book is markup on a page, wherever it stands."""
    nasty = '<script>alert("x")</script>'
    page = Page(nasty, "zh", above=[link(nasty, nasty)], footer=nasty)
    page.tell(nasty)
    page.code(nasty)
    page.listed([nasty])
    page.heading(Words(nasty, nasty))
    page.table([Column(Words(nasty, nasty))], [(nasty,)])
    assert "<script>" not in page.text()
    assert 12 == page.text().count("&lt;script&gt;"), "each of the places that are filled above"
