"""What the tests of the checks look at: records as a check sees them, and what it may look up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.directory import Directory
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.inspection.view import Call, Rewriting, Seen, View
from pointsledger.reports.books import BookLine
from pointsledger.rules.catalog import PriceList
from pointsledger.testing import SMALL_VILLAGE
from pointsledger.values.records import Entry, Record
from pointsledger.values.rows import Profile
from tests.unit.written import PIN

CLERK, WANG = "o-00000000000c", "o-00000000000a"
HOMES = [f"h-{number:012}" for number in range(1, 9)]


def people() -> list[Profile]:
    """Return eight households of two, and two operators, one of whom bears a resident's name."""
    found = []
    for number, home in enumerate(HOMES, start=1):
        code = f"01-{number:03}"
        found += [
            Profile("liuwan", home, "household", "", code, f"户主{number}", b""),
            Profile("liuwan", f"r-{number:011}1", "resident", home, f"{code}/1", f"户主{number}", b""),
            Profile("liuwan", f"r-{number:011}2", "resident", home, f"{code}/2", f"成员{number}", b""),
        ]
    clerk = Profile("liuwan", CLERK, "operator", "", "clerk:1", "clerk:1", b"")
    return [*found, clerk, Profile("liuwan", WANG, "operator", "", "clerk:户主 1", "clerk:户主 1", b"")]


def view(
    thresholds: Thresholds | None = None,
    *,
    prices: tuple[PriceList, ...] = (SMALL_VILLAGE.prices,),
    governs: int = 1,
    uses: tuple[int, ...] = (),
    months: tuple[tuple[str, BookLine], ...] = (),
    rewritten: tuple[Rewriting, ...] = (),
    decimals: int = 0,
) -> View:
    """Return what the checks may look up."""

    def listed() -> Iterator[tuple[str, BookLine]]:
        yield from months

    return View(
        directory=Directory(people()),
        thresholds=thresholds or Thresholds(),
        rulebooks=(SMALL_VILLAGE.rulebook,),
        price_lists=prices,
        price_list_on=lambda _: governs,
        drawn_from=lambda _: uses,
        months=listed,
        drawn=lambda named: frozenset(HOMES[: named.count]),
        calls=tuple,
        rewritings=lambda: rewritten,
        day_of=lambda instant: instant[:10],
        decimals=decimals,
    )


def seen(
    seq: int,
    kind: str,
    said: dict[str, Any],
    decided: dict[str, Any] | None = None,
    *entries: Entry,
    by: str = CLERK,
    on: str = "2025-10-03",
    minute: str = "2025-10-03T09:00",
    texts: dict[str, str] | None = None,
    reversed_by: int = 0,
) -> Seen:
    """Return a record as a check sees it."""
    pinned = said | dict.fromkeys(texts or {}, PIN)
    at = f"{minute}:00.000000Z"
    record = Record("liuwan", seq, kind, 1, at, by, on, on[:7], "", f"q-{seq}", pinned, decided or {}, entries)
    return Seen(record, minute[:10], minute, texts or {}, reversed_by)


def asked(check: str, records: list[Seen], looking: View | None = None) -> list[Matter]:
    """Return what a check finds in some records."""
    kind = next(one for one in CHECKS if one.code == check)
    calls = tuple(Call(one.record, own=True) for one in records if one.record.kind == "call-back")
    one = kind(replace(looking or view(), calls=lambda: calls))
    for record in records:
        one.see(record)
    return list(one.found())


def award(seq: int, home: int = 1, granted: int = 5, activity: str = "yard-clean", **other: Any) -> Seen:  # noqa: ANN401 - what ``seen`` takes
    """Return an award to one of the households; what is said besides goes by ``said``."""
    said = {"account": HOMES[home - 1], "activity": activity} | other.pop("said", {})
    entry = Entry("issued:cleanup", HOMES[home - 1], "points", granted)
    return seen(seq, "award", said, {"granted": granted, "rulebook": 1}, entry, **other)


def redeem(seq: int, home: int = 1, *entries: Entry, **other: Any) -> Seen:  # noqa: ANN401 - what ``seen`` takes
    """Return a redemption of a soap."""
    said = {"account": HOMES[home - 1], "items": [{"item": "soap", "pieces": 1}]} | other.pop("said", {})
    items = [{"item": "soap", "pieces": 1, "points": other.pop("points", 10), "stocked": 1}]
    return seen(seq, "redeem", said, {"items": items, "prices": 1, "points": 10}, *entries, **other)


def refund(seq: int, items: list[dict[str, Any]], **other: Any) -> Seen:  # noqa: ANN401 - what ``seen`` takes
    """Return a refund of ten points."""
    return seen(seq, "refund", {"redemption": 1, "cause": "shop"}, {"points": 10, "items": items}, **other)


def reversal(seq: int, decided: dict[str, Any], **said: int) -> Seen:
    """Return the reversal of award 7 of the first household."""
    entry = Entry(HOMES[0], "issued:cleanup", "points", 10)
    return seen(seq, "reverse", {"seq": 7} | said, {"of": "award"} | decided, entry)


def call(seq: int, answer: str, home: int = 1, **drawn: Any) -> Seen:  # noqa: ANN401 - the draw that it was for
    """Return what one of the households answered; of a draw of so many it is the first so many that are drawn."""
    return seen(seq, "call-back", {"account": HOMES[home - 1], "answer": answer} | drawn)


def rewriting(seq: int, kind: str, days: int | None, *texts: int, late: bool = False, **said: Any) -> Rewriting:  # noqa: ANN401 - what ``seen`` takes
    """Return an erasure, an amendment or a recovery of the third of October."""
    people = len(said.get("erased", said.get("amended", ())))
    return Rewriting(seen(seq, kind, said).record, people, texts, days, late)


def collected(homes: list[int], name: str = "", **said: str) -> list[Seen]:
    """Return a redemption of each of some households, collected by somebody."""
    texts = {"collector_name": name} if name else {}
    return [redeem(seq, home, said=said, texts=texts) for seq, home in enumerate(homes, start=10)]


def line(book: str, closing: int | Decimal, shop: str = "main") -> BookLine:
    """Return a line of the books that ends so."""
    return BookLine(book, "soap", "肥皂", shop, Decimal(0), (), Decimal(closing))


def burst(count: int, minute: str, first: int) -> list[Seen]:
    """Return so many awards of a minute."""
    return [award(seq, home=1 + seq % 8, minute=minute) for seq in range(first, first + count)]
