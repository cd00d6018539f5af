"""Adoption: versions of the rule book and the price list, and which of them governs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger import Ledger
from pointsledger.errors import (
    AlreadyAdopted,
    FileUnreadable,
    PriceListInvalid,
    RuleBookInvalid,
    RuleSilent,
    UnknownActivity,
    UnknownItem,
)
from pointsledger.testing.contract.book import needs

if TYPE_CHECKING:
    from pathlib import Path

    from pointsledger.testing.contract.book import Begin, Document, Refused

TIDY = """\
[[activity]]
code = "tidy"
name = "门前卫生"
category = "cleanup"
points = {points}
per = "time"
"""
TIDY_TIMES = TIDY + 'limit = {{ times = {times}, per = "month" }}\n'
TIDY_LIMITED = TIDY + 'limit = {{ points = {limit}, per = "{per}" }}\n'
SOAP = """\
[[item]]
code = "soap"
name = "肥皂"
points = {points}
stocked = false
"""


def test_versions_count_up(nanyu: Ledger, document: Document) -> None:
    """Each adoption of a document is its next version."""
    receipts = [nanyu.adopt_rules(document(TIDY.format(points=points)), by="clerk:1") for points in (3, 4, 3)]
    assert [2, 3, 4] == [nanyu.record(receipt.seq).decided["version"] for receipt in receipts]


def test_a_document_is_not_adopted_twice_running(nanyu: Ledger, document: Document, refused: Refused) -> None:
    """A document that is the newest version word for word is refused with that version; a request may be repeated."""
    rules, prices = document(TIDY.format(points=3)), document(SOAP.format(points=3))
    first = nanyu.adopt_rules(rules, by="clerk:1", request="rules-2025"), nanyu.adopt_prices(prices, by="clerk:1")
    for adopt, path, receipt in ((nanyu.adopt_rules, rules, first[0]), (nanyu.adopt_prices, prices, first[1])):
        with refused(nanyu, AlreadyAdopted, "already-adopted") as caught:
            adopt(path, by="clerk:1")
        assert (2, receipt.seq) == (caught.value.data["version"], caught.value.data["seq"])
    assert nanyu.adopt_rules(rules, by="clerk:1", request="rules-2025").repeated


def test_a_rule_book_governs_from_its_first_day(begin: Begin, document: Document) -> None:
    """A deed is worth what the version in force on its own day says, whenever it is recorded."""
    ledger = begin(TIDY.format(points=2))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.adopt_rules(document(TIDY.format(points=3), first_day="2025-10-15"), by="clerk:1")
    days = ("2025-10-14", "2025-10-15", "2025-10-16")
    points = [ledger.award("03-017", "tidy", by="clerk:1", on=day).points for day in days]
    assert [Decimal(2), Decimal(3), Decimal(3)] == points


def test_of_two_versions_the_later_adopted_governs(begin: Begin, document: Document) -> None:
    """A version adopted later governs also where it begins before the one adopted earlier."""
    ledger = begin(TIDY.format(points=2))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.adopt_rules(document(TIDY.format(points=3), first_day="2025-10-15"), by="clerk:1")
    ledger.adopt_rules(document(TIDY.format(points=4), first_day="2025-10-10"), by="clerk:1")
    days = ("2025-10-09", "2025-10-10", "2025-10-15")
    points = [ledger.award("03-017", "tidy", by="clerk:1", on=day).points for day in days]
    assert [Decimal(2), Decimal(4), Decimal(4)] == points


def test_what_was_awarded_is_not_dated_again(begin: Begin, document: Document) -> None:
    """A new version changes nothing about the deeds recorded before it."""
    ledger = begin(TIDY.format(points=2))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-14")
    ledger.adopt_rules(document(TIDY.format(points=9), first_day="2025-09-01"), by="clerk:1")
    assert Decimal(2) == ledger.balance("03-017").balance


def test_a_rule_book_of_the_future_waits(nanyu: Ledger, document: Document, refused: Refused) -> None:
    """A version whose first day has not come governs nothing yet."""
    nanyu.adopt_rules(document(TIDY.format(points=3).replace("tidy", "weed"), first_day="2026-01-01"), by="clerk:1")
    with refused(nanyu, UnknownActivity, "unknown-activity"):
        nanyu.award("03-017", "weed", by="clerk:1")


def test_a_day_without_rules_is_refused(begin: Begin, document: Document, refused: Refused) -> None:
    """A deed on a day that no rule book governs is refused, not guessed."""
    ledger = begin(document(TIDY.format(points=2), first_day="2025-10-10"), first_period="2025-09")
    ledger.enrol("03-017", head="张三", by="clerk:1")
    with refused(ledger, RuleSilent, "rule-silent"):
        ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-09")


def test_the_first_price_list_reaches_back(begin: Begin, document: Document) -> None:
    """Before its own first day the first price list holds, and from a later one's first day that one."""
    ledger = begin(TIDY.format(points=50), prices=document(SOAP.format(points=10), first_day="2025-10-10"))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-01")
    ledger.adopt_prices(document(SOAP.format(points=12), first_day="2025-10-20"), by="clerk:1")
    days = ("2025-10-01", "2025-10-19", "2025-10-20")
    points = [ledger.redeem("03-017", {"soap": 1}, by="clerk:1", on=day).points for day in days]
    assert [Decimal(10), Decimal(10), Decimal(12)] == points


def test_an_item_off_the_list_is_gone(nanyu: Ledger, document: Document, refused: Refused) -> None:
    """What a newer price list leaves out cannot be had any more."""
    nanyu.adopt_prices(document(SOAP.format(points=12)), by="clerk:1")
    with refused(nanyu, UnknownItem, "unknown-item"):
        nanyu.redeem("03-017", {"towel": 1}, by="clerk:1")


def test_a_document_does_not_precede_its_mandate(nanyu: Ledger, document: Document, refused: Refused) -> None:
    """A file that would govern days before the villagers decided it is faulty, by key."""
    with refused(nanyu, RuleBookInvalid, "rulebook-invalid") as caught:
        nanyu.adopt_rules(document(TIDY.format(points=3), first_day="2025-08-19"), by="clerk:1")
    assert ["first_day"] == [fault.key for fault in caught.value.data["faults"]]
    with refused(nanyu, PriceListInvalid, "prices-invalid"):
        nanyu.adopt_prices(document(SOAP.format(points=3), first_day="2025-08-19"), by="clerk:1")


def test_a_retroactive_document_says_so(begin: Begin, document: Document) -> None:
    """With retroactive = true a rule book governs days before its decision."""
    ledger = begin(TIDY.format(points=2))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    late = document(TIDY.format(points=5), first_day="2025-09-10", decided_on="2025-10-20", retroactive=True)
    ledger.adopt_rules(late, by="clerk:1")
    days = ("2025-09-09", "2025-09-10")
    points = [ledger.award("03-017", "tidy", by="clerk:1", on=day).points for day in days]
    assert [Decimal(2), Decimal(5)] == points


def test_a_new_limit_counts_what_was_used_before_it(begin: Begin, document: Document) -> None:
    """A limit that the book never had finds the awards of its span that came before it, less those reversed."""
    ledger = begin(TIDY.format(points=4))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    used = [ledger.award("03-017", "tidy", by="clerk:1", on=day) for day in ("2025-09-30", "2025-10-01", "2025-10-02")]
    ledger.reverse(used[1].seq, reason="记错了", by="clerk:1")
    ledger.adopt_rules(document(TIDY_LIMITED.format(points=4, limit=7, per="month")), by="clerk:1")
    assert Decimal(3) == ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-20").points
    assert Decimal(0) == ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-21").points
    assert Decimal(4) == ledger.award("03-017", "tidy", by="clerk:1", on="2025-11-01").points


def test_a_new_limit_of_times_counts_how_often_a_deed_was_done(begin: Begin, document: Document) -> None:
    """An award of three at once before the limit has used three times of it, and one of them that is undone none."""
    ledger = begin(TIDY.format(points=4))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    used = [ledger.award("03-017", "tidy", quantity=3, by="clerk:1", on=f"2025-10-0{day}") for day in (1, 2)]
    ledger.reverse(used[1].seq, reason="记错了", by="clerk:1")
    ledger.adopt_rules(document(TIDY_TIMES.format(points=4, times=4)), by="clerk:1")
    granted = [ledger.award("03-017", "tidy", quantity=2, by="clerk:1", on=day).points for day in ("2025-10-03",) * 2]
    assert [Decimal(4), Decimal(0)] == granted
    assert Decimal(8) == ledger.award("03-017", "tidy", quantity=2, by="clerk:1", on="2025-11-01").points


@needs("batch")
def test_adopting_and_awarding_in_one_batch_count_alike(begin: Begin, document: Document) -> None:
    """A limit adopted in the middle of a batch counts the awards of the same batch before it."""
    ledger = begin(TIDY.format(points=4))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    with ledger.batch(by="clerk:1") as batch:
        batch.award("03-017", "tidy", on="2025-10-01")
        batch.adopt_rules(document(TIDY_LIMITED.format(points=4, limit=7, per="month")))
        batch.award("03-017", "tidy", on="2025-10-02")
    assert Decimal(7) == ledger.balance("03-017").balance


def test_a_limit_goes_on_counting_from_version_to_version(begin: Begin, document: Document) -> None:
    """What a limit has used carries over to the next version, also across one that had no limit."""
    ledger = begin(TIDY_LIMITED.format(points=4, limit=10, per="month"))
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-01")
    ledger.adopt_rules(document(TIDY.format(points=4)), by="clerk:1")
    ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-02")
    ledger.adopt_rules(document(TIDY_LIMITED.format(points=4, limit=10, per="month")), by="clerk:1")
    assert Decimal(2) == ledger.award("03-017", "tidy", by="clerk:1", on="2025-10-03").points


def test_repeating_an_adoption_is_harmless(nanyu: Ledger, document: Document) -> None:
    """The same document under the same request id is adopted once."""
    path = document(TIDY.format(points=3))
    first = nanyu.adopt_rules(path, by="clerk:1", request="rules-2")
    before = nanyu.head()
    assert first == nanyu.adopt_rules(path, by="clerk:1", request="rules-2")
    assert before == nanyu.head()


def test_a_document_that_is_not_there_is_refused(nanyu: Ledger, refused: Refused, tmp_path: Path) -> None:
    """The path of no file is refused by name."""
    with refused(nanyu, FileUnreadable, "file-unreadable"):
        nanyu.adopt_rules(tmp_path / "missing.toml", by="clerk:1")
    with refused(nanyu, FileUnreadable, "file-unreadable"):
        nanyu.adopt_prices(tmp_path / "missing.toml", by="clerk:1")
