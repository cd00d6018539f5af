"""Correction: the right deed in the place of a wrong one, in two records that are written together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyReversed,
    InsufficientPoints,
    InvalidNumber,
    InvalidText,
    InvalidTime,
    LimitReached,
    NotCorrectable,
    NothingCorrected,
    PointsLedgerError,
    RequestConflict,
    ResidentRequired,
    UnknownActivity,
    UnknownLevel,
    UnknownRecord,
)
from pointsledger.testing.contract.book import NANYU_RULES, THREADS, needs

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused, Sheet

WRONG = "记错了"

LAPSING = """\
[[activity]]
code = "m"
name = "大扫除"
category = "cleanup"
points = 10
per = "time"
[expiry]
policy = "days"
days = 40
"""

RIGHT: dict[str, Any] = {"reason": WRONG, "quantity": 3, "member": "李四", "by": "clerk:1", "request": "right-1"}


def lines(ledger: Ledger, household: str = "03-017") -> list[tuple[int, ...]]:
    """Return of each line of a statement its record, its points, and which others belong to it."""
    return [
        (line.seq, int(line.points), line.reverses, line.reversed_by, line.corrects, line.corrected_by)
        for line in ledger.statement(household)
    ]


def test_a_correction_is_a_pair(nanyu: Ledger) -> None:
    """The right award stands in the place of the wrong one, and each of the three records says which the others are."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03")
    done = nanyu.correct(wrong.seq, reason=WRONG, quantity=3, by="clerk:2")
    right, undone = done.right.seq, done.reversal.seq
    assert (wrong.seq, 10, 0, undone, 0, right) in lines(nanyu)
    assert (right, 6, 0, 0, wrong.seq, 0) in lines(nanyu)
    assert (undone, -10, wrong.seq, 0, 0, 0) in lines(nanyu)
    assert {WRONG} == {line.reason for line in nanyu.statement("03-017")}
    assert (Decimal(6), Decimal(6)) == (done.last.balance, nanyu.balance("03-017").balance)
    tally = nanyu.tally("2025-10").rows[0]
    assert (Decimal(6), 1, Decimal(6)) == (tally.earned, tally.deeds, tally.closing)


def test_what_is_left_out_stays(nanyu: Ledger) -> None:
    """The right deed says what the wrong one said, but for what is given: its remark and its approvers as well."""
    wrong = nanyu.award(
        "03-017",
        "patrol",
        quantity="1.5",
        member="李四",
        started_at="2025-10-03T08:00",
        ended_at="2025-10-03T09:30",
        by="clerk:1",
        on="2025-10-03",
        remark="村口",
        approved_by=["panel:1"],
    )
    done = nanyu.correct(wrong.seq, reason=WRONG, ended_at="2025-10-03T10:00", quantity=2, by="clerk:2")
    before, after = nanyu.record(wrong.seq).said, nanyu.record(done.right.seq).said
    changed = {"ended_at": "2025-10-03T10:00", "quantity": "2", "corrects": wrong.seq}
    assert dict(before) | changed | {"remark": ""} == dict(after) | {"remark": ""}
    assert {"remark": "村口"} == nanyu.remarks(done.right.seq)


def test_the_minutes_of_a_service_are_corrected(nanyu: Ledger) -> None:
    """Minutes take the place of hours, and hours that of minutes."""
    wrong = nanyu.award("03-017", "patrol", quantity=2, by="clerk:1", on="2025-10-03")
    first = nanyu.correct(wrong.seq, reason=WRONG, minutes=90, by="clerk:1").right
    assert (6, 90, None) == (
        first.points,
        *(nanyu.record(first.seq).said.get(name) for name in ("minutes", "quantity")),
    )
    same = nanyu.correct(first.seq, reason=WRONG, on="2025-10-04", by="clerk:1").right
    assert (Decimal(6), 90) == (same.points, nanyu.record(same.seq).said["minutes"])
    last = nanyu.correct(same.seq, reason=WRONG, quantity=1, by="clerk:1").right
    assert (Decimal(4), None) == (last.points, nanyu.record(last.seq).said.get("minutes"))


def test_the_day_stays_though_it_was_not_said(nanyu: Ledger, clock: FixedClock) -> None:
    """A deed that was recorded as of today keeps that day when it is corrected on another."""
    wrong = nanyu.award("03-017", "tidy", by="clerk:1")
    clock.noon("2025-12-24")
    done = nanyu.correct(wrong.seq, reason=WRONG, quantity=2, by="clerk:1")
    assert ("2025-11-03", "2025-11") == (done.right.on, done.right.period)


def test_every_part_can_be_corrected(nanyu: Ledger) -> None:
    """Household, activity, level, member and day can each be put right."""
    wrong = nanyu.award("03-017", "honour", level="county", member="李四", by="clerk:1", on="2025-10-03").seq
    for given, expected in (
        ({"household": "03-018"}, ("03-018", "honour", "county", "2025-10-03", 15)),
        ({"level": "村级"}, ("03-018", "honour", "village", "2025-10-03", 5)),
        ({"activity": "门前卫生"}, ("03-018", "tidy", None, "2025-10-03", 2)),
        (
            {"on": "2025-09-30", "activity": "honour", "level": "county"},
            ("03-018", "honour", "county", "2025-09-30", 15),
        ),
    ):
        arguments: dict[str, Any] = {"reason": WRONG, "by": "clerk:1"} | given
        wrong = nanyu.correct(wrong, **arguments).right.seq
        record = nanyu.record(wrong)
        codes = {person.id: person.code for person in nanyu.people_in(wrong)}
        said = record.said
        found = (codes[said["account"]], said["activity"], said.get("level"), record.on, record.decided["granted"])
        assert expected == found
        assert "resident" not in said  # a member of the household that it was not
    assert [Decimal(0), Decimal(15), Decimal(0)] == [row.balance for row in nanyu.balances()]


def test_the_right_award_has_the_room_of_the_wrong_one(nanyu: Ledger) -> None:
    """S-24: where 30 are used up by 12, 12 and 6, the first corrected to another day is 12 again, in either order."""
    awards = [nanyu.award("03-017", "yard", by="clerk:1", on=f"2025-10-0{day}") for day in (1, 2, 3)]
    assert [12, 12, 6] == [award.points for award in awards]
    assert 12 == nanyu.correct(awards[0].seq, reason=WRONG, on="2025-10-05", by="clerk:1").right.points
    assert 6 == nanyu.correct(awards[2].seq, reason=WRONG, on="2025-10-06", by="clerk:1").right.points
    assert Decimal(30) == nanyu.balance("03-017").balance
    cut = nanyu.correct(awards[1].seq, reason=WRONG, quantity=2, by="clerk:1").right
    assert (24, 12, 12) == tuple(nanyu.record(cut.seq).decided[name] for name in ("requested", "granted", "capped"))


def test_a_limit_that_refuses_leaves_everything(nanyu: Ledger, refused: Refused) -> None:
    """A right award that a limit refuses is not recorded, and the wrong one stands."""
    first = nanyu.award("03-017", "lecture", by="clerk:1", on="2025-10-01")
    with refused(nanyu, LimitReached, "limit-reached"):
        nanyu.correct(first.seq, reason=WRONG, quantity=3, by="clerk:1")
    assert 20 == nanyu.correct(first.seq, reason=WRONG, quantity=2, by="clerk:1").right.points


SPENT: tuple[tuple[str, int, tuple[int, int] | None], ...] = (
    ("allow", 8, (2, 0)),
    ("allow", 3, (-3, 3)),
    ("block", 8, (2, 0)),
    ("block", 12, (6, 0)),
    ("block", 3, None),
    ("write_off", 8, (2, 0)),
    ("write_off", 12, (6, 0)),
    ("write_off", 3, (0, 0)),
)
"""What the rules say of debts, the right award, and the balance and arrears then; None where it is refused."""


@pytest.mark.parametrize(("arrears", "right", "left"), SPENT)
def test_a_spent_award_is_corrected(
    begin: Begin, document: Document, arrears: str, right: int, left: tuple[int, int] | None
) -> None:
    """S-21 corrected: 10 spent and 4 left come to what they would be had the right award been entered at once."""
    rules = NANYU_RULES.replace("points = 2\n", "points = 1\n")
    ledger = begin(document(rules, arrears=arrears))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    wrong = ledger.award("03-017", "tidy", quantity=10, by="clerk:1")
    ledger.redeem("03-017", {"haircut": 1}, by="shop:1")
    ledger.award("03-017", "tidy", quantity=4, by="clerk:1")
    if left is None:
        with pytest.raises(InsufficientPoints) as caught:
            ledger.correct(wrong.seq, reason=WRONG, quantity=right, by="clerk:1")
        assert 'the rule book lets nobody owe (arrears = "block"); nothing was posted' in str(caught.value)
        assert "细则规定不得欠分" in caught.value.say("zh")
    else:
        ledger.correct(wrong.seq, reason=WRONG, quantity=right, by="clerk:1")
    held = ledger.balance("03-017")
    assert [Decimal(figure) for figure in left or (4, 0)] == [held.balance, held.arrears]


@pytest.mark.parametrize(("arrears", "balance"), [("allow", 3), ("block", 3), ("write_off", 3)])
def test_a_deduction_is_corrected(begin: Begin, document: Document, arrears: str, balance: int) -> None:
    """S-49 corrected: a deduction of 10 from 12 that should have been 9 leaves 3, whatever the rules say of debts."""
    rules = NANYU_RULES.replace("points = 2\n", "points = 1\n")
    ledger = begin(document(rules, arrears=arrears))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", quantity=12, by="clerk:1")
    wrong = ledger.deduct("03-017", "tidy", quantity=10, by="clerk:1")
    done = ledger.correct(wrong.seq, reason=WRONG, quantity=9, by="clerk:1")
    assert (Decimal(balance), done.right) == (ledger.balance("03-017").balance, done.last)
    assert (wrong.seq, -10, 0, done.reversal.seq, 0, done.right.seq) in lines(ledger)
    assert (done.right.seq, -9, 0, 0, wrong.seq, 0) in lines(ledger)


def test_a_lapsed_award_is_corrected(begin: Begin, clock: FixedClock) -> None:
    """S-45 corrected: 10 that lapsed unspent are corrected to 20, which have lapsed as well: nothing held or owed."""
    ledger = begin(LAPSING)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    wrong = ledger.award("03-017", "m", by="clerk:1", on="2025-11-01")
    clock.noon("2025-12-24")
    done = ledger.correct(wrong.seq, reason=WRONG, quantity=2, by="clerk:1")
    assert "2025-12-11" == ledger.record(done.right.seq).decided["expires_on"]
    ledger.award("03-017", "m", by="clerk:1", on="2025-12-24")
    held = ledger.balance("03-017")
    assert (Decimal(10), Decimal(0)) == (held.balance, held.arrears)


def test_a_spent_award_that_would_have_lapsed_is_corrected(begin: Begin, clock: FixedClock) -> None:
    """What was spent in its days is covered by the right award, though its day is over, and the rest is owed."""
    ledger = begin(LAPSING)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    wrong = ledger.award("03-017", "m", quantity=3, by="clerk:1", on="2025-11-01")
    ledger.redeem("03-017", {"haircut": 2}, by="shop:1", on="2025-11-03")
    clock.noon("2025-12-24")
    ledger.correct(wrong.seq, reason=WRONG, quantity=1, by="clerk:1")
    held = ledger.balance("03-017")
    assert (Decimal(-10), Decimal(10)) == (held.balance, held.arrears)


def test_a_closed_month_is_corrected_in_the_open_one(nanyu: Ledger) -> None:
    """S-22 corrected: both records of the pair count in the open month for the closed one, which stays as closed."""
    nanyu.award("03-017", "yard", by="clerk:1", on="2025-09-28")
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-09-28")
    nanyu.close("2025-09", by="clerk:1")
    nanyu.close("2025-10", by="clerk:1")
    done = nanyu.correct(wrong.seq, reason=WRONG, quantity=2, by="clerk:1")
    records = [nanyu.record(receipt.seq) for receipt in (done.right, done.reversal)]
    assert [("2025-09-28", "2025-11", "2025-09")] * 2 == [(one.on, one.period, one.for_period) for one in records]
    closed, restated = (nanyu.tally("2025-09", level="village", view=view).total for view in ("as_closed", "restated"))
    assert [Decimal(22), Decimal(16)] == [closed.earned, restated.earned]
    november = nanyu.tally("2025-11", level="village").total
    assert (Decimal(0), Decimal(-6)) == (november.earned, november.prior)
    explained = nanyu.explain("03-017", "2025-11")
    assert {"2025-09"} == {line.movement.for_period for line in explained}
    assert explained.foots
    # Its limit counts in the month of the deed: 12 are used of the 30 in September.
    again = nanyu.correct(done.right.seq, reason=WRONG, activity="yard", quantity=2, by="clerk:1").right
    assert Decimal(18) == again.points


def test_a_correction_can_be_corrected_and_reversed(nanyu: Ledger, refused: Refused) -> None:
    """The right record is a record like any other; the wrong one is done with."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1")
    first = nanyu.correct(wrong.seq, reason=WRONG, quantity=4, by="clerk:1")
    second = nanyu.correct(first.right.seq, reason=WRONG, quantity=3, by="clerk:1")
    with refused(nanyu, AlreadyReversed, "already-reversed") as caught:
        nanyu.correct(first.right.seq, reason=WRONG, quantity=9, by="clerk:1")
    assert second.reversal.seq == caught.value.data["by_seq"]
    nanyu.reverse(second.right.seq, reason=WRONG, by="clerk:1")
    assert Decimal(0) == nanyu.balance("03-017").balance


def test_what_says_the_same_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A correction that would change nothing is refused, in whatever way the same is said."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, member="李四", by="clerk:1")
    same: tuple[dict[str, Any], ...] = ({}, {"quantity": "5.0"}, {"activity": "门前卫生"}, {"member": "03-017/2"})
    for given in same:
        with refused(nanyu, NothingCorrected, "nothing-corrected"):
            nanyu.correct(wrong.seq, reason=WRONG, by="clerk:7", **given)


def test_the_same_deed_is_decided_anew(nanyu: Ledger, document: Document) -> None:
    """Once rules reach back to its day, a correction that says the same gives what they give."""
    award = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03")
    later = NANYU_RULES.replace("points = 2\n", "points = 3\n")
    nanyu.adopt_rules(document(later, first_day="2025-10-01", decided_on="2025-11-01", retroactive=True), by="clerk:1")
    assert 15 == nanyu.correct(award.seq, reason="新细则追溯", by="clerk:1").right.points


def test_only_deeds_are_corrected(nanyu: Ledger, refused: Refused) -> None:
    """Redemptions, openings, reversals and documents are not corrected, nor what is no record."""
    nanyu.award("03-017", "tidy", quantity=20, by="clerk:1")
    spent = nanyu.redeem("03-017", {"haircut": 1}, by="shop:1")
    undone = nanyu.reverse(spent.seq, reason=WRONG, by="shop:1")
    advice = {
        1: "stays as it is",
        3: "adopt the right version",
        spent.seq: "do it rightly",
        undone.seq: "is entered again",
    }
    for seq, word in advice.items():
        with refused(nanyu, NotCorrectable, "not-correctable") as caught:
            nanyu.correct(seq, reason=WRONG, quantity=2, by="clerk:1")
        assert word in str(caught.value)
    for seq in (0, -1, nanyu.head().size + 1):
        with refused(nanyu, UnknownRecord, "unknown-record"):
            nanyu.correct(seq, reason=WRONG, quantity=2, by="clerk:1")
    with refused(nanyu, InvalidNumber, "invalid-number"):
        nanyu.correct("7", reason=WRONG, quantity=2, by="clerk:1")  # type: ignore[arg-type]  # what a careless caller passes


BAD: tuple[tuple[dict[str, Any], type[PointsLedgerError]], ...] = (
    ({"activity": "weed"}, UnknownActivity),
    ({"activity": "honour", "quantity": 1}, UnknownLevel),
    ({"activity": "meeting", "household": "03-018"}, ResidentRequired),
    ({"quantity": 2, "reason": " "}, InvalidText),
    ({"started_at": "2025-10-03T10:00", "ended_at": "2025-10-03T08:00"}, InvalidTime),
)


def test_bad_input_leaves_both_undone(nanyu: Ledger, refused: Refused) -> None:
    """Whatever is wrong with the right deed, one sentence says so, and the wrong one stands."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, member="李四", by="clerk:1", on="2025-10-03")
    for given, error in BAD:
        with refused(nanyu, error, error.code):
            nanyu.correct(wrong.seq, **({"reason": WRONG, "by": "clerk:1"} | given))
    assert Decimal(10) == nanyu.balance("03-017").balance


def test_a_repeat_gives_both_receipts_back(nanyu: Ledger, clock: FixedClock) -> None:
    """S-10 for pairs: the same correction again gives equal receipts, whatever was recorded since."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03", remark="门前")
    first = nanyu.correct(wrong.seq, **RIGHT)
    clock.noon("2025-12-01")
    nanyu.award("03-018", "tidy", by="clerk:1")
    before = nanyu.head()
    again = nanyu.correct(wrong.seq, **(RIGHT | {"quantity": "3.0", "by": "clerk:9"}))
    assert first == again
    assert (True, True) == (again.right.repeated, again.reversal.repeated)
    assert before == nanyu.head()


OTHER: tuple[tuple[dict[str, Any], str], ...] = (
    ({"quantity": 4}, "quantity"),
    ({"quantity": None}, "quantity"),
    ({"member": None}, "member"),
    ({"household": "03-018", "member": None}, "household"),
    ({"household": "99-999", "member": None}, "household"),
    ({"activity": "yard"}, "activity"),
    ({"on": "2025-10-04"}, "on"),
    ({"remark": "院子"}, "remark"),
    ({"approved_by": ["panel:1"]}, "approved_by"),
    ({"reason": "另有原因"}, "reason"),
)


def test_another_correction_under_the_same_request_conflicts(nanyu: Ledger, refused: Refused) -> None:
    """S-10 for pairs: the same request id with something else is a conflict that names what differs."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03", remark="门前")
    other = nanyu.award("03-017", "tidy", by="clerk:1")
    nanyu.correct(wrong.seq, **RIGHT)
    for given, field in OTHER:
        with refused(nanyu, RequestConflict, "request-conflict") as caught:
            nanyu.correct(wrong.seq, **(RIGHT | given))
        assert ("right-1", field) == (caught.value.data["request"], caught.value.data["field"])
    with refused(nanyu, RequestConflict, "request-conflict") as caught:
        nanyu.correct(other.seq, **RIGHT)
    assert "seq" == caught.value.data["field"]


def test_a_request_is_for_a_correction_or_for_another_act(nanyu: Ledger, refused: Refused) -> None:
    """A request id of a correction is none for a reversal, and the other way round."""
    first, second = (nanyu.award("03-017", "tidy", quantity=5, by="clerk:1") for _ in range(2))
    nanyu.correct(first.seq, **RIGHT)
    nanyu.reverse(second.seq, reason=WRONG, by="clerk:1", request="undo")
    acts: tuple[Callable[[], object], ...] = (
        lambda: nanyu.reverse(first.seq, reason=WRONG, by="clerk:1", request="right-1"),
        lambda: nanyu.correct(second.seq, reason=WRONG, quantity=3, by="clerk:1", request="undo"),
        lambda: nanyu.award("03-017", "tidy", by="clerk:1", request="right-1"),
    )
    for act in acts:
        with refused(nanyu, RequestConflict, "request-conflict") as caught:
            act()
        assert "kind" == caught.value.data["field"]


@needs(THREADS)
def test_threads_that_repeat_one_correction_post_one_pair(nanyu: Ledger) -> None:
    """Eight threads with one request id make one pair and hold eight equal corrections."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03")
    before = nanyu.head().size
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: nanyu.correct(wrong.seq, **RIGHT), range(8)))
    assert before + 2 == nanyu.head().size
    assert [found[0]] * 8 == found
    assert 7 == sum(one.right.repeated for one in found)


@needs(THREADS)
def test_threads_that_correct_one_record_differently_make_one_pair(nanyu: Ledger) -> None:
    """Of four threads that correct one record, each in its own way, one succeeds and the others find it reversed."""
    wrong = nanyu.award("03-017", "tidy", quantity=5, by="clerk:1", on="2025-10-03")

    def correct(quantity: int) -> int:
        with suppress(AlreadyReversed):
            return int(nanyu.correct(wrong.seq, reason=WRONG, quantity=quantity, by="clerk:1").right.points or 0)
        return 0

    with ThreadPoolExecutor(4) as threads:
        granted = sum(threads.map(correct, range(1, 5)))
    assert granted in {2, 4, 6, 8}
    assert Decimal(granted) == nanyu.balance("03-017").balance


@needs("batch")
def test_a_correction_in_a_batch_is_whole_or_nothing(nanyu: Ledger) -> None:
    """A correction that is refused leaves the batch as it was, its new operator unknown, and the batch goes on."""
    with nanyu.batch(by="clerk:1") as batch:
        wrong = batch.award("03-017", "tidy", quantity=5, on="2025-10-03")
        deducted = batch.deduct("03-017", "litter", on="2025-10-03")
        before = batch.head()
        for seq in (wrong.seq, deducted.seq):
            with pytest.raises(UnknownActivity):
                batch.correct(seq, reason=WRONG, activity="weed", by="clerk:8")
            with pytest.raises(NothingCorrected):
                batch.correct(seq, reason=WRONG, approved_by=[], by="clerk:8")
        assert before == batch.head()
        done = batch.correct(wrong.seq, reason=WRONG, quantity=2, by="clerk:8", request="one")
        assert done == batch.correct(wrong.seq, reason=WRONG, quantity=2, by="clerk:8", request="one")
        batch.award("03-018", "tidy", by="clerk:8")
    assert before.size + 4 == nanyu.head().size  # with the operator
    assert [Decimal(-1), Decimal(2), Decimal(0)] == [row.balance for row in nanyu.balances()]


def test_a_corrected_row_stays_its_row(nanyu: Ledger, sheet: Sheet) -> None:
    """A row that a person corrected is that row: a corrected sheet finds it unchanged, a reversed batch takes it."""
    heading = "日期,户号,事项,数量"
    nanyu.import_deeds(sheet(heading, "2025-10-03,03-017,植树,5"), period="2025-10", label="十月", by="clerk:1")
    wrong = nanyu.statement("03-017").lines[0].seq
    nanyu.correct(wrong, reason=WRONG, quantity=3, by="clerk:1")
    right = sheet(heading, "2025-10-03,03-017,植树,3")
    report = nanyu.import_deeds(right, period="2025-10", replace="十月", by="clerk:1")
    assert (0, 1, 0) == (report.posted, report.unchanged, report.reversed_rows)
    assert 1 == nanyu.reverse_batch("十月", reason=WRONG, by="clerk:1").rows
    assert Decimal(0) == nanyu.balance("03-017").balance
