"""Shortfalls: what moved less than it was for, or nothing at all, stands in the household's statement all the same."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from pointsledger.reports.explanation import ExplainedLine
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document

WRONG = "记错了"

RULES = """\
[[activity]]
code = "gate"
name = "门前卫生"
category = "cleanup"
points = 4
per = "time"
limit = { points = 8, per = "month" }
[[activity]]
code = "breach"
name = "乱倒垃圾"
category = "cleanup"
points = 10
per = "time"
sign = "minus"
"""
PRICES = '[[item]]\ncode = "cut"\nname = "理发"\npoints = 4\nstocked = false\n'


@pytest.fixture
def lenient(begin: Begin, document: Document) -> Ledger:
    """Begin a book that lets go what is not there to take."""
    ledger = begin(document(RULES, arrears="write_off"), PRICES)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    return ledger


def told(ledger: Ledger) -> list[tuple[int, str, int, int | None, int, int]]:
    """Return of each line its record, heading, points, what it was for, what was written off, and what it undid."""
    return [
        (
            line.seq,
            line.heading,
            int(line.points),
            None if line.requested is None else int(line.requested),
            int(line.written_off),
            line.reverses,
        )
        for line in ledger.statement("03-017")
    ]


def line_of(ledger: Ledger, seq: int) -> ExplainedLine:
    """Return the line of a record in what is explained to its household."""
    return next(line for line in ledger.explain("03-017", "2025Q4") if line.movement.seq == seq)


def test_a_deduction_that_was_written_off_is_seen(lenient: Ledger) -> None:
    """S-49: a deduction of which a part or all was written off stands in the statement, and so does its undoing."""
    lenient.award("03-017", "gate", by="clerk:1", on="2025-10-01")
    part = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-02")
    whole = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-03", remark="村口")
    undone = lenient.reverse(whole.seq, reason=WRONG, by="clerk:1")
    assert [
        (part.seq, "deducted", -4, 10, 6, 0),
        (whole.seq, "deducted", 0, 10, 10, 0),
        (undone.seq, "deducted", 0, 10, 0, whole.seq),
    ] == told(lenient)[1:]
    line = lenient.statement("03-017", "2025-10").lines[-2]
    assert ("2025-10-03", "乱倒垃圾", "村口", undone.seq) == (
        line.on,
        line.activity_name,
        line.remark,
        line.reversed_by,
    )
    assert (Decimal(0), WRONG) == (line.balance, line.reason)


def test_a_reversal_that_was_written_off_is_seen(lenient: Ledger) -> None:
    """A reversal stands beside what it undoes, though all of that was spent and nothing of it could be taken."""
    award = lenient.award("03-017", "gate", by="clerk:1", on="2025-10-01")
    lenient.redeem("03-017", {"cut": 1}, by="shop:1", on="2025-10-02")
    undone = lenient.reverse(award.seq, reason=WRONG, by="clerk:1")
    assert [(award.seq, "earned", 4, None, 0, 0), (undone.seq, "earned", 0, 4, 4, award.seq)] == told(lenient)[:2]
    explained = line_of(lenient, undone.seq)
    assert ("none of the 4 was there, and it is let go", f"undoes record {award.seq}") == explained.say("en")[1:3]
    assert ("4 全部不足，不再追扣", f"冲销第 {award.seq} 号记录") == explained.say("zh")[1:3]
    assert lenient.explain("03-017", "2025-10").foots


def test_an_opening_that_was_written_off_is_seen(lenient: Ledger) -> None:
    """The same of points of the paper book, as an opening and not as something earned."""
    opening = lenient.bring_forward("03-017", 6, by="clerk:1")
    lenient.redeem("03-017", {"cut": 1}, by="shop:1", on="2025-10-02")
    undone = lenient.reverse(opening.seq, reason=WRONG, by="clerk:1")
    assert [(undone.seq, "opening", -2, 6, 4, opening.seq)] == [one for one in told(lenient) if one[-1]]


def test_a_deed_of_which_a_limit_left_nothing_is_undone_in_sight(lenient: Ledger) -> None:
    """The reversal of a deed that a limit cut to nothing stands beside it, and nothing of it was written off."""
    for day in (1, 2):
        lenient.award("03-017", "gate", by="clerk:1", on=f"2025-10-0{day}")
    cut = lenient.award("03-017", "gate", by="clerk:1", on="2025-10-03")
    undone = lenient.reverse(cut.seq, reason=WRONG, by="clerk:1")
    assert [(cut.seq, "earned", 0, 4, 0, 0), (undone.seq, "earned", 0, 4, 0, cut.seq)] == told(lenient)[2:]


def test_a_correction_that_was_written_off_is_seen(lenient: Ledger) -> None:
    """A deduction that found nothing shows its correction as a pair, though neither of the three records moved."""
    wrong = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-03")
    corrected = lenient.correct(wrong.seq, reason=WRONG, quantity=2, by="clerk:1")
    pair = corrected.reversal.seq, corrected.right.seq
    assert [(wrong.seq, 10, 10), (pair[0], 10, 0), (pair[1], 20, 20)] == [
        (seq, asked, lost) for seq, _, _, asked, lost, _ in told(lenient)
    ]
    first, _, last = lenient.statement("03-017").lines
    assert (*pair, wrong.seq) == (first.reversed_by, first.corrected_by, last.corrects)


def test_what_was_written_off_late_says_its_month(lenient: Ledger, clock: FixedClock) -> None:
    """S-22: where the month is closed it stands in the open one, for the closed one."""
    early = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-03")
    clock.noon("2025-12-03")
    for month in ("2025-09", "2025-10"):
        lenient.close(month, by="clerk:1")
    undone = lenient.reverse(early.seq, reason=WRONG, by="clerk:1")
    (line,) = lenient.statement("03-017", "2025-11").lines
    assert (undone.seq, "2025-11-01", "2025-10") == (line.seq, line.counts_on, line.for_period)


def test_a_receipt_says_what_was_written_off(lenient: Ledger) -> None:
    """S-49: whoever deducts or reverses learns at once how much of it was not there, and the repeat says the same."""
    award = lenient.award("03-017", "gate", by="clerk:1", on="2025-10-01")
    part = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-02", request="once")
    again = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-02", request="once")
    undone = lenient.reverse(award.seq, reason=WRONG, by="clerk:1")
    assert [Decimal(0), Decimal(6), Decimal(6), Decimal(4)] == [
        receipt.written_off for receipt in (award, part, again, undone)
    ]
    assert [Decimal(4), Decimal(0)] == [part.points, undone.points]


def test_a_deduction_that_found_nothing_is_explained(lenient: Ledger) -> None:
    """The sheet that is read out says what would have been deducted, and that nothing was."""
    deducted = lenient.deduct("03-017", "breach", by="clerk:1", on="2025-10-03")
    line = line_of(lenient, deducted.seq)
    assert (Decimal(0), Decimal(10), Decimal(10)) == (line.movement.points, line.requested, line.written_off)
    assert {"worth 10, deducted 0", "none of the 10 was there, and it is let go"} < set(line.say("en"))
    assert {"应扣 10，实扣 0", "10 全部不足，不再追扣"} < set(line.say("zh"))
    assert "期初 0 - 扣分 0 = 期末 0" == lenient.explain("03-017", "2025-10").say("zh").splitlines()[-1]
