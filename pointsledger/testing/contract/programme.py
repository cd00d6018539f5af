"""The programme: several limits on one deed, limits on categories and on everything, and ceilings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import LimitReached, ResidentRequired
from pointsledger.testing.contract.book import THREADS, needs

if TYPE_CHECKING:
    from pointsledger.testing.contract.book import Begin, Document, Refused

DEEDS = """\
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
[[activity]]
code = "street"
name = "清扫街道"
category = "cleanup"
points = 10
per = "time"
sign = "both"
[[activity]]
code = "patrol"
name = "义务巡逻"
category = "volunteering"
points = 4
per = "hour"
"""


NAMED = """\
[[category]]
code = "cleanup"
name = "环境整治"
[[category]]
code = "volunteering"
name = "志愿服务"
"""


def programme(begin: Begin, rules: str) -> Ledger:
    """Begin a book of two households under such rules."""
    ledger = begin(DEEDS + rules)
    ledger.enrol("03-017", head="张三", members=["李四"], by="clerk:1")
    ledger.enrol("03-018", head="王五", by="clerk:1")
    return ledger


def granted(ledger: Ledger, *deeds: tuple[str, str], household: str = "03-017") -> list[int]:
    """Award each activity on its day and return what was granted."""
    receipts = (ledger.award(household, activity, by="clerk:1", on=on) for activity, on in deeds)
    return [int(receipt.points or 0) for receipt in receipts]


def cuts(ledger: Ledger) -> list[tuple[str, int]]:
    """Return which limits cut the last deed, and by how much."""
    told = ledger.record(ledger.head().size).decided.get("cut_by", [])
    return [(cut["of"], cut["cut"]) for cut in told]


def test_an_activity_may_have_several_limits(begin: Begin) -> None:
    """Of two limits on one activity each lets through what it has room for, and the record names those that cut."""
    limits = DEEDS.replace("points = 12\n", "points = 12\n@", 1).replace(
        "@",
        'limit = [{ points = 20, per = "week" }, { points = 30, per = "month", by = "village" }]\n',
    )
    ledger = begin(limits)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    assert [12] == granted(ledger, ("yard", "2025-10-06"))
    assert [8] == granted(ledger, ("yard", "2025-10-07"))
    assert [("activity:yard", 4)] == cuts(ledger)
    assert [10] == granted(ledger, ("yard", "2025-10-13"))
    assert [("activity:yard", 2)] == cuts(ledger)
    assert [0] == granted(ledger, ("yard", "2025-10-14"))
    assert [("activity:yard", 2), ("activity:yard", 10)] == cuts(ledger)


def test_the_only_limit_of_a_deed_needs_no_name(nanyu: Ledger) -> None:
    """Where nothing else limits a deed its record says what was cut and no more, as it always did."""
    assert [12, 12, 6] == granted(nanyu, *(("yard", f"2025-10-0{day}") for day in (1, 2, 3)))
    decided = nanyu.record(nanyu.head().size).decided
    assert (6, None) == (decided["capped"], decided.get("cut_by"))


def test_a_limit_on_one_deed(begin: Begin) -> None:
    """What one award brings is limited before any span of time, and what is cut there uses up nothing (S-19: 2 h)."""
    rules = '[[cap]]\nof = "category:volunteering"\npoints = 8\nper = "deed"\n'
    ledger = programme(begin, rules + '[[cap]]\nof = "all"\npoints = 20\nper = "month"\n')
    assert Decimal(8) == ledger.award("03-017", "patrol", quantity=3, by="clerk:1", on="2025-10-01").points
    assert [("category:volunteering", 4)] == cuts(ledger)
    assert [12] == granted(ledger, ("yard", "2025-10-02"))
    assert Decimal(0) == ledger.award("03-017", "patrol", quantity=3, by="clerk:1", on="2025-10-03").points
    assert [("category:volunteering", 4), ("all", 8)] == cuts(ledger)


def test_a_category_has_a_limit_of_its_own(begin: Begin) -> None:
    """S-24 for a category: 30 a month for what cleans up, whichever deed it was, and none of it for what does not."""
    ledger = programme(begin, '[[cap]]\nof = "category:cleanup"\npoints = 30\nper = "month"\n')
    days = [("yard", "2025-10-01"), ("street", "2025-10-02"), ("yard", "2025-10-03"), ("street", "2025-10-04")]
    assert [12, 10, 8, 0] == granted(ledger, *days)
    assert [("category:cleanup", 10)] == cuts(ledger)
    assert [4] == granted(ledger, ("patrol", "2025-10-05"))
    assert [12] == granted(ledger, ("yard", "2025-10-06"), household="03-018")
    statement = ledger.statement("03-017", "2025-10")
    told = [(int(line.points), int(line.requested)) for line in statement if line.requested is not None]
    assert [(8, 12), (0, 10)] == told


@pytest.mark.parametrize(
    ("per", "inside", "outside"),
    [
        ("day", "2025-10-15", "2025-10-16"),
        ("week", "2025-10-19", "2025-10-20"),
        ("month", "2025-10-31", "2025-11-01"),
        ("quarter", "2025-12-31", "2026-01-01"),
        ("year", "2025-11-03", "2026-01-01"),
        ("ever", "2026-01-02", None),
    ],
)
@pytest.mark.parametrize("by", ["household", "resident", "village"])
@pytest.mark.parametrize("of", ["all", "category:cleanup"])
def test_every_scope_and_span(
    begin: Begin, clock: object, *, of: str, by: str, per: str, inside: str, outside: str | None
) -> None:
    """A limit on a category or everything holds for each of its scope, and begins anew with its span."""
    clock.noon("2026-02-01")  # type: ignore[attr-defined]  # the contract's own clock
    ledger = programme(begin, f'[[cap]]\nof = "{of}"\npoints = 12\nper = "{per}"\nby = "{by}"\n')

    def award(household: str, member: str, on: str) -> int:
        return int(ledger.award(household, "yard", member=member, by="clerk:1", on=on).points or 0)

    assert 12 == award("03-017", "张三", "2025-10-15")
    assert 0 == award("03-017", "张三", inside)
    assert (12 if by == "resident" else 0) == award("03-017", "李四", inside)
    assert (0 if by == "village" else 12) == award("03-018", "王五", inside)
    if outside is not None:
        assert 12 == award("03-017", "张三", outside)


def test_a_limit_by_resident_asks_for_the_member(begin: Begin, refused: Refused) -> None:
    """Where a limit on everything goes by resident, every award names its member."""
    ledger = programme(begin, '[[cap]]\nof = "all"\ntimes = 1\nper = "month"\nby = "resident"\n')
    with refused(ledger, ResidentRequired, "resident-required"):
        granted(ledger, ("yard", "2025-10-01"))


def test_times_count_over_activities(begin: Begin) -> None:
    """A limit of three times counts deeds of every kind, and one done several times at once as often."""
    ledger = programme(begin, '[[cap]]\nof = "all"\ntimes = 3\nper = "month"\n')
    assert Decimal(24) == ledger.award("03-017", "yard", quantity=2, by="clerk:1", on="2025-10-01").points
    assert [10, 0] == granted(ledger, ("street", "2025-10-02"), ("patrol", "2025-10-03"))


def test_a_limit_on_everything_may_refuse(begin: Begin, refused: Refused) -> None:
    """In mode reject the whole deed is refused, in words that say what is limited."""
    ledger = programme(begin, '[[cap]]\nof = "all"\npoints = 20\nper = "month"\nmode = "reject"\n')
    granted(ledger, ("yard", "2025-10-01"))
    with refused(ledger, LimitReached, "limit-reached") as caught:
        granted(ledger, ("street", "2025-10-02"))
    assert (Decimal(20), Decimal(12)) == (caught.value.data["limit"], caught.value.data["used"])
    assert "all activities together" in str(caught.value)
    assert "各事项合计" in caught.value.say("zh")


@pytest.mark.parametrize(("named", "name"), [("", "cleanup"), (NAMED, "环境整治")], ids=["code", "name"])
def test_a_category_that_refuses_has_its_name(begin: Begin, refused: Refused, named: str, name: str) -> None:
    """In mode reject a category is named as the rule book names it, and by its code where it has no name."""
    cap = '[[cap]]\nof = "category:cleanup"\npoints = 20\nper = "month"\nmode = "reject"\n'
    ledger = programme(begin, named + cap)
    granted(ledger, ("yard", "2025-10-01"))
    with refused(ledger, LimitReached, "limit-reached") as caught:
        granted(ledger, ("street", "2025-10-02"))
    assert [True, True] == [f"category {name}" in caught.value.say("en"), f"类别“{name}”" in caught.value.say("zh")]


def test_reversals_give_room_back_everywhere(begin: Begin) -> None:
    """A deed that is reversed gives its room back to every limit that it used."""
    rules = '[[cap]]\nof = "category:cleanup"\npoints = 24\nper = "month"\n[ceiling]\npoints = 24\nper = "year"\n'
    ledger = programme(begin, rules)
    first = ledger.award("03-017", "yard", by="clerk:1", on="2025-10-01")
    assert [12, 0] == granted(ledger, ("yard", "2025-10-02"), ("yard", "2025-10-03"))
    ledger.reverse(first.seq, reason="记错了", by="clerk:1")
    assert [12, 0] == granted(ledger, ("yard", "2025-10-04"), ("yard", "2025-10-05"))


def test_a_deduction_uses_no_room(begin: Begin) -> None:
    """What is taken neither counts for a limit nor gives room."""
    ledger = programme(begin, "[ceiling]\npoints = 20\nper = 'year'\n")
    assert [12] == granted(ledger, ("yard", "2025-10-01"))
    ledger.deduct("03-017", "street", by="clerk:1", on="2025-10-02")
    assert [8, 0] == granted(ledger, ("street", "2025-10-03"), ("street", "2025-10-04"))


def test_what_was_used_carries_over(begin: Begin, document: Document) -> None:
    """A category, everything and a ceiling find what was granted before they existed, reversed deeds left out."""
    ledger = programme(begin, "")
    wrong = ledger.award("03-017", "yard", by="clerk:1", on="2025-10-01")
    granted(ledger, ("yard", "2025-10-02"), ("street", "2025-10-03"))
    ledger.reverse(wrong.seq, reason="记错了", by="clerk:1")
    rules = '[[cap]]\nof = "category:cleanup"\npoints = 30\nper = "month"\n[ceiling]\npoints = 32\nper = "year"\n'
    ledger.adopt_rules(document(DEEDS + rules, first_day="2025-10-15"), by="clerk:1")
    assert [8] == granted(ledger, ("yard", "2025-10-20"))
    assert [("category:cleanup", 4)] == cuts(ledger)
    assert [2] == granted(ledger, ("patrol", "2025-10-21"))
    assert [("ceiling", 2)] == cuts(ledger)
    without = document(DEEDS, first_day="2025-10-22")
    ledger.adopt_rules(without, by="clerk:1")
    assert [12] == granted(ledger, ("yard", "2025-10-23"))


@needs(THREADS)
def test_threads_share_a_ceiling(begin: Begin) -> None:
    """S-24 for the village: ten threads of two households that claim 12 at once are granted exactly 30 together."""
    ledger = programme(begin, '[ceiling]\npoints = 30\nper = "year"\nby = "village"\n')
    with ThreadPoolExecutor(10) as threads:
        claims = [
            threads.submit(ledger.award, f"03-01{7 + number % 2}", "yard", by="clerk:1", on="2025-10-03")
            for number in range(10)
        ]
        points = sorted(int(claim.result().points or 0) for claim in claims)
    assert [0] * 7 + [6, 12, 12] == points
