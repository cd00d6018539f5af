"""Awards and deductions: what a deed is worth, whose it is, and what is owed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger import Ledger
from pointsledger.errors import (
    AmbiguousResident,
    BeforeFirstPeriod,
    ResidentRequired,
    UnexpectedLevel,
    UnexpectedQuantity,
    UnknownLevel,
    UnknownResident,
    WorthNothing,
    WrongSign,
)

if TYPE_CHECKING:
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.contract.book import Begin, Document, Refused

NOTHING_BUT_TIDY = """\
[[activity]]
code = "tidy"
name = "门前卫生"
category = "cleanup"
points = 2
per = "time"
"""


WORTH: tuple[tuple[str, int | str | Decimal | None, int], ...] = (
    ("tidy", None, 2),
    ("tidy", 3, 6),
    ("patrol", "1.5", 6),
    ("patrol", Decimal("0.25"), 1),
    ("patrol", "1.99", 7),
    ("trees", "4", 12),
    ("trees", "4.00", 12),
    ("门前卫生", 1, 2),
    (" TIDY ", 1, 2),
    ("ｔｉｄｙ", 1, 2),
)


def test_a_deed_is_worth_quantity_times_points(nanyu: Ledger) -> None:
    """A deed earns its quantity times the points of its activity, rounded towards zero, by code or by name."""
    for activity, quantity, points in WORTH:
        assert Decimal(points) == nanyu.award("03-017", activity, quantity=quantity, by="clerk:1").points
    assert Decimal(sum(points for *_, points in WORTH)) == nanyu.balance("03-017").balance


def test_a_head_count_pays_each_head(nanyu: Ledger) -> None:
    """S-27: sanitation at 5 a head is 10 for two members of one household."""
    assert Decimal(10) == nanyu.award("03-017", "sanitation", quantity=2, by="clerk:1").points


def test_a_receipt_says_what_was_recorded(nanyu: Ledger) -> None:
    """A receipt names the record, its day and month, and the head of the book with it as the last."""
    receipt = nanyu.award("03-017", "tidy", quantity=4, by="clerk:1", on="2025-10-03", request="deed-1")
    size, root = nanyu.head()
    assert ("nanyu", "award", "deed-1", "2025-10-03", "2025-10") == (
        receipt.village,
        receipt.kind,
        receipt.request,
        receipt.on,
        receipt.period,
    )
    assert (size, size, root.hex()) == (receipt.seq, receipt.size, receipt.root)
    assert (Decimal(8), Decimal(8), False) == (receipt.points, receipt.balance, receipt.repeated)
    assert "2025-11-03T04:00:00.000000Z" == receipt.recorded_at


def test_the_day_of_a_deed_is_today_if_left_out(nanyu: Ledger, clock: FixedClock) -> None:
    """Just before midnight in the village a deed is of that day, and just after of the next, whatever UTC says."""
    clock.set(datetime(2025, 11, 3, 15, 59, 59, tzinfo=UTC))
    before = nanyu.award("03-017", "tidy", by="clerk:1")
    clock.set(datetime(2025, 11, 3, 16, 0, 0, tzinfo=UTC))
    after = nanyu.award("03-017", "tidy", by="clerk:1")
    assert ["2025-11-03", "2025-11-04"] == [before.on, after.on]


def test_a_day_may_be_given_in_several_forms(nanyu: Ledger) -> None:
    """A text, a date and an aware datetime name the same civil day."""
    for on in ("2025-10-03", " 2025-10-03 ", date(2025, 10, 3), datetime(2025, 10, 2, 16, tzinfo=UTC)):
        assert "2025-10-03" == nanyu.award("03-017", "tidy", by="clerk:1", on=on).on


def test_an_instant_counts_in_the_month_of_the_village(begin: Begin, document: Document, clock: FixedClock) -> None:
    """S-01: a deed at 2025-03-31T17:30Z is of 1 April in Shanghai and counts in April."""
    clock.noon("2025-04-02", back=True)
    ledger = begin(document(NOTHING_BUT_TIDY, first_day="2025-03-01", decided_on="2025-02-20"), prices=None)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    receipt = ledger.award("03-017", "tidy", by="clerk:1", on=datetime(2025, 3, 31, 17, 30, tzinfo=UTC))
    assert ("2025-04-01", "2025-04") == (receipt.on, receipt.period)
    assert Decimal(0) == ledger.tally("2025-03").total.earned
    assert Decimal(2) == ledger.tally("2025-04").total.earned


def test_no_deed_precedes_the_book(nanyu: Ledger, refused: Refused) -> None:
    """A deed before the first period of the book is refused."""
    nanyu.award("03-017", "tidy", by="clerk:1", on="2025-09-01")
    with refused(nanyu, BeforeFirstPeriod, "before-first-period"):
        nanyu.award("03-017", "tidy", by="clerk:1", on="2025-08-31")


def test_a_ladder_pays_by_level(nanyu: Ledger) -> None:
    """On a ladder each level has its points, once each, by code or by name."""
    granted = [
        nanyu.award("03-017", "honour", level=level, by="clerk:1").points
        for level in ("county", "村级", "village", "县级")
    ]
    assert [Decimal(15), Decimal(5), Decimal(0), Decimal(0)] == granted
    assert Decimal(15) == nanyu.award("03-018", "honour", level="县级", by="clerk:1").points


def test_a_level_that_is_none_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """A ladder needs one of its levels, once, and an activity without levels takes none."""
    for level in (None, "national"):
        with refused(nanyu, UnknownLevel, "unknown-level"):
            nanyu.award("03-017", "honour", level=level, by="clerk:1")
    with refused(nanyu, UnexpectedLevel, "unexpected-level"):
        nanyu.award("03-017", "tidy", level="county", by="clerk:1")
    with refused(nanyu, UnexpectedQuantity, "unexpected-quantity"):
        nanyu.award("03-017", "honour", level="county", quantity=2, by="clerk:1")


def test_half_a_head_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """What is counted whole is not taken in part."""
    for activity in ("sanitation", "tidy", "trees"):
        with refused(nanyu, UnexpectedQuantity, "unexpected-quantity"):
            nanyu.award("03-017", activity, quantity="1.5", by="clerk:1")


def test_a_sliver_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """Part of an hour that is worth no point is refused, not recorded as nothing."""
    with refused(nanyu, WorthNothing, "worth-nothing"):
        nanyu.award("03-017", "patrol", quantity="0.2", by="clerk:1")


def test_paired_items_are_of_one_size(nanyu: Ledger) -> None:
    """S-26: one item with opposite signs is +2 for tidy and −2 for untidy."""
    assert Decimal(2) == nanyu.award("03-017", "tidy", by="clerk:1").balance
    assert Decimal(0) == nanyu.deduct("03-017", "tidy", by="clerk:1").balance


def test_signs_are_kept_apart(nanyu: Ledger, refused: Refused) -> None:
    """An activity that only deducts cannot be awarded, nor one that only awards be deducted."""
    with refused(nanyu, WrongSign, "wrong-sign") as caught:
        nanyu.award("03-017", "litter", by="clerk:1")
    assert "deduct" == caught.value.data["other"]
    with refused(nanyu, WrongSign, "wrong-sign") as caught:
        nanyu.deduct("03-017", "yard", by="clerk:1")
    assert "award" == caught.value.data["other"]


def test_what_is_not_there_is_owed(nanyu: Ledger) -> None:
    """S-49 (allow): from a balance of 4 a deduction of 10 takes 4, the other 6 are arrears and nothing can be spent."""
    nanyu.award("03-017", "tidy", quantity=2, by="clerk:1")
    assert Decimal(-6) == nanyu.deduct("03-017", "litter", quantity=2, by="clerk:1").balance
    held = nanyu.balance("03-017")
    assert (Decimal(-6), Decimal(6), Decimal(0)) == (held.balance, held.arrears, held.available)


def test_new_points_pay_arrears_first(nanyu: Ledger) -> None:
    """An award goes into what the household owes before anything can be spent of it."""
    nanyu.deduct("03-017", "litter", by="clerk:1")
    nanyu.award("03-017", "tidy", by="clerk:1")
    held = nanyu.balance("03-017")
    assert (Decimal(-3), Decimal(3), Decimal(0)) == (held.balance, held.arrears, held.available)
    nanyu.award("03-017", "tidy", quantity=4, by="clerk:1")
    held = nanyu.balance("03-017")
    assert (Decimal(5), Decimal(0), Decimal(5)) == (held.balance, held.arrears, held.available)


def test_the_order_of_deeds_makes_no_difference(nanyu: Ledger) -> None:
    """The same award and deduction leave the same balance and arrears in either order."""
    for household, acts in (("03-017", ("award", "deduct")), ("03-018", ("deduct", "award"))):
        for act in acts:
            getattr(nanyu, act)(household, "tidy", quantity=3 if act == "award" else 5, by="clerk:1")
    held = [nanyu.balance(household) for household in ("03-017", "03-018")]
    assert [(Decimal(-4), Decimal(4))] * 2 == [(each.balance, each.arrears) for each in held]


def test_a_member_of_another_household_is_refused(nanyu: Ledger, refused: Refused) -> None:
    """Nobody earns for a household they do not belong to."""
    for member in ("王五", "03-018/1", "03-017/3"):
        with refused(nanyu, UnknownResident, "unknown-resident") as caught:
            nanyu.award("03-017", "tidy", member=member, by="clerk:1")
        assert ("03-017", member) == (caught.value.data["account"], caught.value.data["resident"])


def test_two_members_of_one_name_need_their_codes(nanyu: Ledger, refused: Refused) -> None:
    """Where two of a household bear one name, the name is refused with the codes to choose from."""
    nanyu.enrol("05-001", head="钱七", members=["周九", "周九"], by="clerk:1")
    with refused(nanyu, AmbiguousResident, "ambiguous-resident") as caught:
        nanyu.award("05-001", "tidy", member="周九", by="clerk:1")
    assert "05-001/2, 05-001/3" == caught.value.data["codes"]
    assert Decimal(2) == nanyu.award("05-001", "tidy", member="05-001/3", by="clerk:1").points


def test_a_limit_by_resident_needs_the_resident(nanyu: Ledger, refused: Refused) -> None:
    """An activity limited by resident says whose deed it was."""
    with refused(nanyu, ResidentRequired, "resident-required"):
        nanyu.award("03-017", "meeting", by="clerk:1")


def test_a_service_keeps_its_start_and_end(nanyu: Ledger) -> None:
    """The local start and end of a service stand in the record."""
    receipt = nanyu.award(
        "03-017",
        "patrol",
        quantity="2",
        started_at="2025-10-03 08:30",
        ended_at=datetime(2025, 10, 3, 10, 30),  # noqa: DTZ001 - the time on the wall, as the sheet has it
        by="clerk:1",
        on="2025-10-03",
    )
    said = nanyu.record(receipt.seq).said
    assert ("2025-10-03T08:30", "2025-10-03T10:30") == (said["started_at"], said["ended_at"])


def test_approvers_count_once(nanyu: Ledger) -> None:
    """Who approved twice stands once in the record, under an opaque id."""
    receipt = nanyu.award("03-017", "tidy", by="clerk:1", approved_by=["panel:1", "panel:2", "panel:1"])
    approvers = nanyu.record(receipt.seq).said["approved_by"]
    assert 2 == len(approvers)
    assert all(each.startswith("o-") for each in approvers)
