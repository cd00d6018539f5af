"""Retention: how long personal data is kept by the rule books that were in force since it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import RequestConflict, RetentionRunning
from pointsledger.testing.contract.book import NANYU_RULES

if TYPE_CHECKING:
    from pointsledger import Ledger
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

RETENTION = "[retention]\nkeep_months = {months}\n"


def rules(months: int) -> str:
    """Return the rules of Nanyu with so many months of retention, or none for 0."""
    return NANYU_RULES + (RETENTION.format(months=months) if months else "")


def kept_from(begin: Begin, clock: FixedClock, months: int) -> tuple[Ledger, int]:
    """Begin a book with one household, which earned on 20 November and has nothing left; return the award's number."""
    ledger = begin(rules(months))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    clock.noon("2025-11-30")
    award = ledger.award("03-017", "tidy", by="clerk:1", remark="腿脚不便", on="2025-11-20")
    ledger.reverse(award.seq, reason="错", by="clerk:1")
    return ledger, award.seq


def until(ledger: Ledger, refused: Refused, *, seq: int | None = None, operator: str | None = None) -> tuple[str, int]:
    """Return the last day on which an erasure is refused, and the version of the rule book that says so."""
    with refused(ledger, RetentionRunning, "retention-running") as caught:
        if seq is not None:
            ledger.erase_remark(seq, ground="request", by="clerk:2")
        elif operator is not None:
            ledger.erase(operator=operator, ground="request", by="clerk:2")
        else:
            ledger.erase("03-017", ground="request", by="clerk:2")
    return caught.value.data["until"], caught.value.data["version"]


def test_nothing_is_erased_while_the_retention_runs(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """Whole months after the last record, whatever the ground; on the day after they are over it is erased."""
    ledger, award = kept_from(begin, clock, 3)
    clock.noon("2026-02-28")
    for ground in ("request", "order", "entered-in-error"):
        with refused(ledger, RetentionRunning, "retention-running") as caught:
            ledger.erase("03-017", ground=ground, by="clerk:1")
        assert ("2026-02-28", "2026-03-01", 3, ground) == tuple(
            caught.value.data[name] for name in ("until", "day", "months", "ground")
        )
        with refused(ledger, RetentionRunning, "retention-running"):
            ledger.erase_remark(award, ground=ground, by="clerk:1")
        with refused(ledger, RetentionRunning, "retention-running"):
            ledger.erase(operator="clerk:1", ground=ground, by="clerk:2")
    clock.noon("2026-03-01")
    ledger.erase_remark(award, ground="retention-over", by="clerk:2")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


def test_every_movement_counts_for_the_retention(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """A later record that concerns the household begins the months anew, and an amendment does not."""
    ledger = begin(rules(3))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.enrol("03-018", head="王五", by="clerk:1")
    clock.noon("2026-01-10")
    award = ledger.award("03-017", "tidy", by="clerk:1")
    ledger.reverse(award.seq, reason="错", by="clerk:1")
    ledger.amend("03-018", name="汪五", by="clerk:1")
    clock.noon("2026-03-02")
    ledger.erase("03-018", ground="retention-over", by="clerk:1")
    assert ("2026-04-30", 1) == until(ledger, refused)


def test_an_operator_who_approved_is_kept_like_one_who_recorded(
    begin: Begin, clock: FixedClock, refused: Refused
) -> None:
    """What somebody approved counts for them, though another recorded it."""
    ledger = begin(rules(3))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    for day in ("2025-11-10", "2026-01-10"):
        clock.noon(day)
        ledger.award("03-017", "honour", level="village", by="clerk:1", approved_by=["panel:1", "panel:2"])
    clock.noon("2026-03-02")
    assert ("2026-04-30", 1) == until(ledger, refused, operator="panel:2")


def test_a_day_that_was_given_shortens_no_keeping(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """What is recorded for a deed of months ago is kept from the month it was recorded in, its text as well."""
    ledger = begin(rules(3))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    clock.noon("2026-03-10")
    late = ledger.award("03-017", "tidy", on="2025-11-20", by="clerk:1", remark="秘密")
    with refused(ledger, RetentionRunning, "retention-running"):
        ledger.erase_remark(late.seq, ground="request", by="clerk:2")
    ledger.reverse(late.seq, reason="记错", by="clerk:1")
    assert ("2026-06-30", 1) == until(ledger, refused)
    clock.noon("2026-03-20")
    for month in ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"):
        ledger.close(month, by="clerk:1")
    clock.noon("2026-06-30")
    assert ("2026-06-30", 1) == until(ledger, refused), "the months are closed, and were when it was recorded"
    clock.noon("2026-07-01")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


def test_a_record_that_moves_nothing_keeps_nothing(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """Whether a month is open or closed, a call that somebody made counts for no household's retention."""
    ledger = begin(rules(3))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    clock.noon("2026-01-10")
    ledger.call_back("03-017", answer="differs", by="clerk:1")
    kept = "2026-02-28"
    clock.noon(kept)
    assert (kept, 1) == until(ledger, refused)
    clock.noon("2026-03-01")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


def test_the_oldest_month_that_can_be_kept_counts(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """Of a household that was there before, points that moved in just that month keep it until its last day."""
    ledger = begin(rules(3))
    for code in ("03-017", "03-018"):
        ledger.enrol(code, head="张三", by="clerk:1")
    clock.noon("2025-12-05")
    ledger.award("03-017", "tidy", by="clerk:1")
    ledger.deduct("03-017", "tidy", by="clerk:1")  # nothing is left, nor any text that would keep its month
    clock.noon("2026-03-02")
    assert ("2026-03-31", 1) == until(ledger, refused)
    ledger.erase("03-018", ground="retention-over", by="clerk:2")  # whose points did not move then
    clock.noon("2026-04-01")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


def test_a_later_rule_book_does_not_shorten_what_an_earlier_one_keeps(
    begin: Begin, clock: FixedClock, document: Document, refused: Refused
) -> None:
    """With a shorter retention or none adopted since, what was recorded before stays for the longer one."""
    ledger, award = kept_from(begin, clock, 12)
    clock.noon("2025-12-05")
    ledger.adopt_rules(document(rules(3), first_day="2025-12-05"), by="clerk:1")
    for day in ("2025-12-05", "2026-03-10"):
        clock.noon(day)
        assert ("2026-11-30", 1) == until(ledger, refused)
        assert ("2026-11-30", 1) == until(ledger, refused, seq=award)
    ledger.adopt_rules(document(rules(0), first_day="2025-12-05"), by="clerk:1")
    assert ("2026-11-30", 1) == until(ledger, refused)
    clock.noon("2026-11-30")
    assert ("2026-11-30", 1) == until(ledger, refused, seq=award)
    clock.noon("2026-12-01")
    ledger.erase_remark(award, ground="retention-over", by="clerk:2")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


def test_what_is_recorded_under_a_shorter_retention_is_kept_for_that(
    begin: Begin, clock: FixedClock, document: Document, refused: Refused
) -> None:
    """An earlier rule book keeps what was recorded in its time, and nothing that came later."""
    ledger, award = kept_from(begin, clock, 12)
    clock.noon("2025-12-31")
    ledger.adopt_rules(document(rules(1), first_day="2026-01-01"), by="clerk:1")
    clock.noon("2026-01-02")
    ledger.enrol("03-018", head="王五", by="clerk:1")
    later = ledger.award("03-017", "tidy", by="clerk:1", remark="来过")
    ledger.reverse(later.seq, reason="错", by="clerk:1")
    assert ("2026-02-28", 2) == until(ledger, refused, seq=later.seq)
    assert ("2026-11-30", 1) == until(ledger, refused)
    assert ("2026-11-30", 1) == until(ledger, refused, seq=award)
    clock.noon("2026-03-01")
    ledger.erase_remark(later.seq, ground="retention-over", by="clerk:2")
    ledger.erase("03-018", ground="retention-over", by="clerk:2")
    assert ("2026-12-31", 1) == until(ledger, refused, operator="clerk:1")  # who was there on 31 December


def test_a_longer_retention_holds_for_what_was_recorded_before(
    begin: Begin, clock: FixedClock, document: Document, refused: Refused
) -> None:
    """Adopted where there was none or a shorter one, it counts from its first day, not before."""
    ledger, award = kept_from(begin, clock, 0)
    ledger.adopt_rules(document(rules(6), first_day="2026-01-01"), by="clerk:1")
    clock.noon("2025-12-31")
    ledger.erase_remark(award, field="remark", ground="request", by="clerk:2")
    clock.noon("2026-01-01")
    assert ("2026-05-31", 2) == until(ledger, refused)
    ledger.adopt_rules(document(rules(0), first_day="2026-01-01"), by="clerk:1")
    assert ("2026-05-31", 2) == until(ledger, refused)
    clock.noon("2026-06-01")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


def test_a_rule_book_that_never_came_into_force_keeps_nothing(
    begin: Begin, clock: FixedClock, document: Document
) -> None:
    """Adopted for a day to come and replaced before it, it has nothing to say; the replacement has."""
    ledger, award = kept_from(begin, clock, 0)
    ledger.adopt_rules(document(rules(600), first_day="2026-01-01"), by="clerk:1")
    ledger.adopt_rules(document(rules(1), first_day="2026-01-01"), by="clerk:1")
    clock.noon("2026-01-10")
    ledger.erase_remark(award, ground="retention-over", by="clerk:2")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")


# --- correcting while it runs --------------------------------------------------------------------------


def named(ledger: Ledger, seq: int) -> list[str]:
    """Return what each language says of a record to the household that it is about."""
    told = ledger.personal_data("03-017")
    return [told.say("zh"), told.say("en"), told.html("zh"), told.html("en"), str(told.plain()), str(ledger.trace(seq))]


def test_a_correction_keeps_what_it_replaces_while_the_retention_runs(
    begin: Begin, clock: FixedClock, refused: Refused
) -> None:
    """The former name and code stay as free text of the record, to be read and handed out, and to be erased in time."""
    ledger, _ = kept_from(begin, clock, 3)
    changed = ledger.amend("03-017", name="x", code="03-117", by="clerk:1").seq
    ledger.amend("03-117", code="03-017", by="clerk:1")
    assert {"former_name": "张三", "former_code": "03-017"} == ledger.remarks(changed)
    assert [] == [text for text in named(ledger, changed) if "张三" not in text]
    clock.noon("2026-02-28")
    assert ("2026-02-28", 1) == until(ledger, refused, seq=changed)
    clock.noon("2026-03-01")
    ledger.erase_remark(changed, field="former_name", ground="retention-over", by="clerk:2")
    assert {"former_code": "03-017"} == ledger.remarks(changed)
    gone = ledger.record(ledger.erase("03-017", ground="retention-over", by="clerk:2").seq).said["texts"]
    assert {} == ledger.remarks(changed)
    assert {"seq": changed, "field": "former_code"} in gone


def test_a_correction_of_a_member_or_an_operator_keeps_what_it_replaces(
    begin: Begin, clock: FixedClock, refused: Refused
) -> None:
    """What stood there goes when they are erased, and with nobody else."""
    ledger, _ = kept_from(begin, clock, 3)
    ledger.enrol("03-018", head="王五", members=["李四"], by="clerk:1")
    member = ledger.amend("03-018", member="李四", name="李肆", by="clerk:1").seq
    operator = ledger.amend(operator="clerk:1", code="accountant", by="clerk:2").seq
    kept = [{"former_name": "李四"}, {"former_code": "clerk:1"}]
    assert kept == [ledger.remarks(seq) for seq in (member, operator)]
    assert ("2026-02-28", 1) == until(ledger, refused, seq=operator)
    clock.noon("2026-03-01")
    ledger.erase("03-017", ground="retention-over", by="clerk:2")
    assert kept == [ledger.remarks(seq) for seq in (member, operator)]
    ledger.erase("03-018", member="李肆", ground="retention-over", by="clerk:2")
    ledger.erase(operator="accountant", ground="retention-over", by="clerk:2")
    assert [{}, {}] == [ledger.remarks(seq) for seq in (member, operator)]


def test_a_correction_that_is_repeated_keeps_the_same(begin: Begin, clock: FixedClock, refused: Refused) -> None:
    """The same request gives the same receipt, before and after what stood there was erased."""
    ledger, _ = kept_from(begin, clock, 3)
    first = ledger.amend("03-017", name="章三", by="clerk:1", request="letter-1", remark="户口本")
    assert first == ledger.amend("03-017", name="章三", by="clerk:1", request="letter-1", remark="户口本")
    with refused(ledger, RequestConflict, "request-conflict"):
        ledger.amend("03-017", name="张叁", by="clerk:1", request="letter-1", remark="户口本")
    clock.noon("2026-03-01")
    ledger.erase_remark(first.seq, field="former_name", ground="retention-over", by="clerk:2")
    assert first == ledger.amend("03-017", name="章三", by="clerk:1", request="letter-1", remark="户口本")


@pytest.mark.parametrize(("months", "day"), [(0, "2025-11-30"), (3, "2026-03-01")])
def test_a_correction_keeps_nothing_where_no_retention_runs(
    begin: Begin, clock: FixedClock, months: int, day: str
) -> None:
    """What could be erased is replaced: without a retention, and after it."""
    ledger, _ = kept_from(begin, clock, months)
    clock.noon(day)
    assert {} == ledger.remarks(ledger.amend("03-017", name="章三", by="clerk:1").seq)
