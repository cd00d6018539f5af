"""Recoveries: what was lost when a backup was put back, said by the book itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyDeclared,
    InvalidNumber,
    InvalidSetting,
    InvalidText,
    NothingLost,
    NotReversible,
    OptionRequired,
    RequestConflict,
)
from pointsledger.findings import NOTE

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Refused

ROOT = "c7" * 32
HALF = "d8" * 16


def test_what_was_lost_is_declared_and_read(nanyu: Ledger) -> None:
    """A declaration keeps the range, the heads that were issued for it, the reason, and the head it went on from."""
    size, root = nanyu.head().size, nanyu.head().root.hex()
    first = size + 1
    heads: list[tuple[int, str | bytes]] = [(size + 7, HALF), (size + 2, bytes.fromhex(ROOT))]
    receipt = nanyu.recovered(lost_from=first, heads=heads, reason=" 硬盘坏了 ", by="clerk:1", request="z-1")
    again = nanyu.recovered(
        lost_from=first, lost_through=size + 7, heads=heads[::-1], reason="硬盘坏了", by="clerk:1", request="z-1"
    )
    assert (False, receipt.seq, True) == (receipt.repeated, again.seq, again.repeated)
    (found,) = nanyu.recoveries()
    assert (receipt.seq, "2025-11-03", first, size + 7) == (found.seq, found.on, found.lost_from, found.lost_through)
    assert ("", None) == (found.last_on, found.extends)
    assert ((size + 2, ROOT), (size + 7, HALF)) == found.heads
    assert (size, root, "clerk:1", "硬盘坏了") == (found.size, found.root, found.by, found.reason)


def test_a_declaration_moves_nothing_and_says_so(nanyu: Ledger) -> None:
    """Its receipt has neither points nor a balance; and nothing stands among the recoveries of a book that had none."""
    assert () == nanyu.recoveries()
    before = nanyu.trial_balance()
    receipt = nanyu.recovered(lost_from=2, heads=[(2, ROOT)], reason="测试", by="clerk:1")
    assert (None, None) == (receipt.points, receipt.balance)
    assert before == nanyu.trial_balance()


def test_without_a_head_the_day_is_said(nanyu: Ledger, refused: Refused) -> None:
    """Where nobody holds anything of the lost end, there is no last number, and the day of the last entry stands."""
    first, today = nanyu.head().size + 1, "2025-11-03"
    for last_on, allowed in (("2025-11-04", f"{today} to {today}"), ("2025-11-02", f"{today} to {today}")):
        with refused(nanyu, InvalidSetting, "invalid-setting") as caught:
            nanyu.recovered(lost_from=first, last_on=last_on, reason="硬盘坏了", by="clerk:1")
        assert ("last_on", allowed) == (caught.value.data["name"], caught.value.data["allowed"])
    nanyu.recovered(lost_from=first, last_on=today, reason="硬盘坏了", by="clerk:1")
    (found,) = nanyu.recoveries()
    assert (first, None, today, ()) == (found.lost_from, found.lost_through, found.last_on, found.heads)


def test_the_day_lies_behind_what_was_not_lost(nanyu: Ledger, clock: FixedClock, refused: Refused) -> None:
    """The last day on which something was entered that is lost is not before that of the last record that is left."""
    clock.set("2025-11-05T09:00")
    left = nanyu.award("03-017", "tidy", quantity=1, by="clerk:1").seq
    clock.set("2025-11-07T09:00")
    for last_on, allowed in (("2025-11-04", "2025-11-05 to 2025-11-07"), ("2025-11-08", "2025-11-05 to 2025-11-07")):
        with refused(nanyu, InvalidSetting, "invalid-setting") as caught:
            nanyu.recovered(lost_from=left + 1, last_on=last_on, reason="硬盘坏了", by="clerk:1")
        assert ("last_on", allowed) == (caught.value.data["name"], caught.value.data["allowed"])
    nanyu.recovered(lost_from=left, last_on="2025-11-04", reason="硬盘坏了", by="clerk:1")


def test_how_far_the_loss_reaches_has_to_be_shown(nanyu: Ledger, refused: Refused) -> None:
    """No number is declared lost beyond the largest head that is given, and nothing with neither a head nor a day."""
    first = nanyu.head().size + 1
    with refused(nanyu, OptionRequired, "option-required"):
        nanyu.recovered(lost_from=first, reason="硬盘坏了", by="clerk:1")
    for last, heads, allowed in (
        (first + 9, [(first + 3, ROOT)], f"{first + 3}, the largest head that is given"),
        (first + 9, [], "none without a head that shows it"),
        (first + 2, [(first + 3, ROOT)], f"{first + 3}, the largest head that is given"),
    ):
        with refused(nanyu, InvalidSetting, "invalid-setting") as caught:
            nanyu.recovered(lost_from=first, lost_through=last, heads=heads, reason="硬盘坏了", by="clerk:1")
        assert ("lost_through", allowed) == (caught.value.data["name"], caught.value.data["allowed"])


def test_a_declaration_extends_the_one_before(nanyu: Ledger, refused: Refused) -> None:
    """What turns up later of the same loss is declared behind the first, and says which record it extends."""
    first = nanyu.head().size + 1
    seqs: list[int | None] = [None]
    for number in range(3):
        heads = [(first + number, ROOT)]
        seqs.append(nanyu.recovered(lost_from=first, heads=heads, reason="换盘", by="clerk:1").seq)
    found = nanyu.recoveries()
    assert [first, first + 1, first + 2] == [one.lost_through for one in found]
    assert (seqs[:-1], seqs[1:]) == ([one.extends for one in found], [one.seq for one in found])
    seqs.append(nanyu.recovered(lost_from=first, last_on="2025-11-03", reason="换盘", by="clerk:1").seq)
    seqs.append(nanyu.recovered(lost_from=first - 1, heads=[(first, ROOT)], reason="换盘", by="clerk:1").seq)
    for said in ({"heads": [(first + 1, ROOT)]}, {"heads": [(first, ROOT[:32])]}, {"last_on": "2025-11-03"}):
        with refused(nanyu, AlreadyDeclared, "already-declared") as caught:
            nanyu.recovered(lost_from=first, reason="换盘", by="clerk:1", **said)
        assert seqs[-1] == caught.value.data["seq"]


def test_what_any_of_the_declarations_before_says_is_nothing_new(nanyu: Ledger, refused: Refused) -> None:
    """The first record that is lost may stand in one that the last one extends; another root of a size is new."""
    first = nanyu.head().size
    known = [(first + 1, ROOT)]
    nanyu.recovered(lost_from=first, heads=known, reason="换盘", by="clerk:1")
    later = nanyu.recovered(lost_from=first + 1, heads=[(first + 2, ROOT)], reason="换盘", by="clerk:1").seq
    with refused(nanyu, AlreadyDeclared, "already-declared") as caught:
        nanyu.recovered(lost_from=first, heads=known, reason="换盘", by="clerk:1")
    assert later == caught.value.data["seq"]
    other = nanyu.recovered(lost_from=first, heads=[(first + 1, HALF)], reason="换盘", by="clerk:1").seq
    assert [None, later - 1, later] == [one.extends for one in nanyu.recoveries()]
    assert other == nanyu.recoveries()[-1].seq


def test_another_loss_extends_nothing(nanyu: Ledger) -> None:
    """A backup that is put back later, behind the first declaration, is another loss."""
    first = nanyu.head().size + 1
    seq = nanyu.recovered(lost_from=first, heads=[(first, ROOT)], reason="换盘", by="clerk:1").seq
    nanyu.recovered(lost_from=seq + 1, heads=[(seq + 1, ROOT)], reason="又换盘", by="clerk:1")
    assert [None, None] == [one.extends for one in nanyu.recoveries()]


def test_declarations_within_a_batch_extend_one_another(nanyu: Ledger) -> None:
    """The one before is found although its transaction is not over."""
    if not hasattr(nanyu, "batch"):
        pytest.skip("no batch on a host's own transaction")
    first = nanyu.head().size + 1
    with nanyu.batch() as batch:
        one = batch.recovered(lost_from=first, heads=[(first, ROOT)], reason="换盘", by="clerk:1")
        batch.recovered(lost_from=first, heads=[(first + 1, ROOT)], reason="换盘", by="clerk:1")
    assert [None, one.seq] == [found.extends for found in nanyu.recoveries()]


@pytest.mark.parametrize(
    ("first", "last", "heads", "name"),
    [
        (1, 9, [(9, ROOT)], "lost_from"),
        (0, 9, [(9, ROOT)], "lost_from"),
        (-3, 9, [(9, ROOT)], "lost_from"),
        (100, 109, [(109, ROOT)], "lost_from"),
        (5, 4, [(4, ROOT)], "heads"),
        (5, 2**53, [(9, ROOT)], "lost_through"),
        (5, 9, [(4, ROOT), (9, ROOT)], "heads"),
        (5, 9, [(10, ROOT)], "lost_through"),
        (5, 9, [(0, ROOT)], "heads"),
        (5, 9, [(6, ROOT), (6, "00" * 32)], "heads"),
        (5, 9, [(6, "c7")], "root"),
        (5, 9, [(6, "xy" * 32)], "root"),
        (5, 9, [(6, b"short")], "root"),
    ],
)
def test_what_cannot_have_been_lost_is_refused(
    nanyu: Ledger, refused: Refused, first: int, last: int, *, heads: list[tuple[int, str]], name: str
) -> None:
    """A range beyond the book or turned round, and a head that is none or not of the range, are refused by name."""
    with refused(nanyu, InvalidSetting, "invalid-setting") as caught:
        nanyu.recovered(lost_from=first, lost_through=last, heads=heads, reason="硬盘坏了", by="clerk:1")
    assert name == caught.value.data["name"]


def test_numbers_that_are_none_are_refused(nanyu: Ledger, refused: Refused) -> None:
    """A record's number is an integer, whatever a caller passes."""
    with refused(nanyu, InvalidNumber, "invalid-number"):
        nanyu.recovered(lost_from="5", lost_through=9, reason="硬盘坏了", by="clerk:1")  # type: ignore[arg-type]  # on purpose
    with refused(nanyu, InvalidNumber, "invalid-number"):
        nanyu.recovered(lost_from=5, lost_through=True, reason="硬盘坏了", by="clerk:1")


def test_a_declaration_needs_a_reason(nanyu: Ledger, refused: Refused) -> None:
    """Whoever reads it later asks first how it came about."""
    with refused(nanyu, InvalidText, "invalid-text"):
        nanyu.recovered(lost_from=5, heads=[(9, ROOT)], reason="  ", by="clerk:1")


def test_a_head_that_the_book_has_was_not_lost(nanyu: Ledger, refused: Refused) -> None:
    """Of the last record or an earlier one, whole or its half on paper: what the book contains is not lost."""
    receipts = [nanyu.award("03-017", "tidy", quantity=1, by="clerk:1") for _ in range(2)]
    seen = {receipt.size: receipt.root for receipt in receipts}
    for size, root in seen.items():
        for written in (root, root[:32], bytes.fromhex(root)):
            with refused(nanyu, NothingLost, "nothing-lost") as caught:
                nanyu.recovered(lost_from=5, heads=[(60, ROOT), (size, written)], reason="换盘", by="clerk:1")
            assert size == caught.value.data["size"]


def test_records_may_be_entered_again_before_the_loss_is_declared(nanyu: Ledger) -> None:
    """A head of the lost book that has a size of this one, and another root, is taken."""
    last = nanyu.head().size
    nanyu.award("03-017", "tidy", quantity=2, by="clerk:1")
    nanyu.recovered(lost_from=last, heads=[(last, ROOT)], reason="换盘", by="clerk:1")
    assert ((last, ROOT),) == nanyu.recoveries()[0].heads


def test_the_same_request_declares_nothing_else(nanyu: Ledger, refused: Refused) -> None:
    """A request id that was used for one range is not taken for another."""
    nanyu.recovered(lost_from=5, last_on="2025-11-03", reason="换盘", by="clerk:1", request="z-1")
    with refused(nanyu, RequestConflict, "request-conflict") as caught:
        nanyu.recovered(lost_from=4, last_on="2025-11-03", reason="换盘", by="clerk:1", request="z-1")
    assert "lost_from" == caught.value.data["field"]


def test_a_declaration_is_not_reversed(nanyu: Ledger, refused: Refused) -> None:
    """What was declared wrongly is declared once more, and both stay to be read."""
    receipt = nanyu.recovered(lost_from=5, heads=[(9, ROOT)], reason="换盘", by="clerk:1")
    with refused(nanyu, NotReversible, "not-reversible"):
        nanyu.reverse(receipt.seq, reason="写错", by="clerk:1")


def test_every_audit_lists_what_was_lost(nanyu: Ledger) -> None:
    """The audit notes the range and how many heads are known, and the book is whole all the same."""
    if not hasattr(nanyu, "audit"):
        pytest.skip("no audit on a host's own transaction")
    receipt = nanyu.recovered(lost_from=5, heads=[(9, ROOT)], reason="换盘", by="clerk:1")
    report = nanyu.audit()
    assert [("recovered", NOTE, (receipt.seq,))] == [(one.code, one.grade, one.seqs) for one in report]
    assert "5 to 9 (1 head known)" in report.findings[0].say()
    assert "第 5 至 9 号（已知校验根 1 个）" in report.findings[0].say("zh")
    assert report.whole
    assert "A backup was put back, and records were lost: 5 to 9 (1 head known)." in report.say()
    assert "账本曾由备份恢复：第 5 至 9 号（已知校验根 1 个）丢失。" in report.say("zh")
