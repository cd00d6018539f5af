"""Adopting a rule book or a price list: a record with a version, a first day and its mandate.

Of two versions whose first day has come, the one adopted later governs. A document may not govern days
before the villagers decided it, unless it says that it does (semantics: Rules, caps, multipliers).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice, product
from typing import Any

from pointsledger.decisions.drafts import draft, shown
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.limiting import counts_of
from pointsledger.decisions.state import State
from pointsledger.errors import AlreadyAdopted, DocumentsContradict, FutureDate, ReachesIntoClosed, RuleSilent
from pointsledger.rules import caps, chart
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.redemption import smallest
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.canonical import canonical
from pointsledger.values.records import Command, Record
from pointsledger.values.rows import Edition, Reversal, Usage
from pointsledger.values.words import Words

_CALLED = {RULEBOOK: Words("rule book", "积分细则"), PRICES: Words("price list", "价目表")}
_DOCUMENTS: dict[str, type[RuleBook | PriceList]] = {RULEBOOK: RuleBook, PRICES: PriceList}

_AT_ONCE = 500
"""Deeds that are asked about at once, whether they were reversed."""


def decide_adoption(state: State, command: Command) -> Record:
    """Adopt the document in ``said["document"]`` as the next version of its kind.

    Raises:
        RuleBookInvalid, PriceListInvalid: if it could not have been read from a file.
        AlreadyAdopted: if it is the newest version already.
        FutureDate: if the villagers have not decided it yet.
        ReachesIntoClosed: if it would govern days of a closed month.
        DocumentsContradict: if nobody could redeem anything by it and the other document.

    """
    said: Any = command.said
    document = _DOCUMENTS[command.kind].from_said(said["document"])
    if document.to_said() != said["document"]:
        message = "the document is not in its normal form"
        raise TypeError(message)
    editions = state.editions(command.kind)
    version = len(editions) + 1
    if editions and editions[-1].content == canonical(said["document"]).decode():
        newest = editions[-1]
        called = _CALLED[command.kind]
        raise AlreadyAdopted(document=called.en, document_zh=called.zh, version=newest.version, seq=newest.seq)
    on = state.calendar.day_of_instant(command.recorded_at)
    if document.mandate.decided_on > on:
        raise FutureDate(on=document.mandate.decided_on, today=on)
    _refuse_reaching_back(state, command.kind, document.first_day)
    _refuse_contradiction(state, document, max(on, document.first_day))
    return draft(state, command, on=on, decided={"version": version})


def _refuse_reaching_back(state: State, kind: str, first_day: str) -> None:
    """See that a document does not govern days of a closed month; the first prices reach back whatever their day.

    Raises:
        ReachesIntoClosed: if it would.

    """
    earliest = state.calendar.bounds(state.first_open)[0]
    if first_day >= earliest or not state.settings.closed_through or (kind == PRICES and not state.editions(kind)):
        return
    called = _CALLED[kind]
    raise ReachesIntoClosed(
        document=called.en,
        document_zh=called.zh,
        on=first_day,
        period=state.calendar.month_of(first_day),
        earliest=earliest,
    )


def _refuse_contradiction(state: State, document: RuleBook | PriceList, day: str) -> None:
    """See that beside the other document, as it is in force on a day, there is something that can be redeemed.

    Raises:
        DocumentsContradict: if not.

    """
    try:
        book = document if isinstance(document, RuleBook) else state.rulebook(day)[1]
        prices = document if isinstance(document, PriceList) else state.price_list(day)[1]
    except RuleSilent:  # there is only the one
        return
    most, items = book.redemption.points_per, list(prices.items.values())
    if most is None or not items:
        return
    cheapest = min(range(len(items)), key=lambda number: items[number].points)
    least = smallest(book.redemption, items[cheapest].points)
    if least <= most.most:
        return
    own, other = (RULEBOOK, PRICES) if book is document else (PRICES, RULEBOOK)
    multiple = " and redemption.multiple_of" if least > items[cheapest].points else ""
    raise DocumentsContradict(
        document=_CALLED[own].en,
        document_zh=_CALLED[own].zh,
        other_document=_CALLED[other].en,
        other_document_zh=_CALLED[other].zh,
        on=day,
        key="redemption.points_per.points",
        value=shown(state, most.most),
        least=shown(state, least),
        other_key=f"item[{cheapest + 1}].points{multiple}",
    )


def apply_adoption(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the edition's row, and count up what its new limits find used already."""
    edition = edition_of(record)
    if record.kind == PRICES:
        return [edition]
    return [edition, *_counted_up(state, RuleBook.from_said(record.said["document"]))]


def edition_of(record: Record) -> Edition:
    """Return the row of the document that a record adopted."""
    content = canonical(record.said["document"])
    return Edition(
        record.village,
        record.kind,
        record.decided["version"],
        record.said["document"]["first_day"],
        record.seq,
        sha256(content).hexdigest(),
        content.decode(),
    )


def _counted_up(state: State, book: RuleBook) -> list[Usage]:
    """Return what the limits that are new with ``book`` find used, counted from every deed there is.

    What is new is asked deed by deed: a level may have left the ladder, or the ladder come or gone.
    """
    usages: dict[caps.UsageKey, Usage] = {}

    def count(counters: Iterable[caps.Counter], grant: caps.Grant) -> None:
        for row in caps.add(counters, grant, village=state.village, calendar=state.calendar, used=usages.get):
            usages[row[1:4]] = row

    for code in _concerned(state, book):
        often = any(known.activities[code].per == "time" for known in state.rulebooks() if code in known.activities)
        for seq, deed, points in _standing(state, caps.deeds_of(code, state.entries_of(code))):
            counted = state.counters(deed.activity, deed.level, deed.category)
            new = caps.counters([book], deed.activity, deed.level, deed.category).difference(counted)
            if new:  # only what is done by the time can be done several times at once
                count(new, counts_of(state.record(seq)) if often else caps.Grant(deed, points, 1))
    new_with_base = caps.counters([book], "", "").difference(state.counters("", "", ""))
    for code in _bases(state) if new_with_base else ():
        for _, deed, points in _standing(state, caps.bases_of(state.entries_of(chart.BASE + code))):
            count(new_with_base, caps.Grant(deed, points, 0))
    return list(usages.values())


def _standing(state: State, found: Iterable[caps.Counted]) -> Iterator[caps.Counted]:
    """Yield those of some grants that were not reversed, of which many are asked about at once."""
    left = iter(found)
    while chosen := list(islice(left, _AT_ONCE)):
        state.hold_all(Reversal, [(seq,) for seq, *_ in chosen])
        yield from (one for one in chosen if not state.is_reversed(one[0]))


def _concerned(state: State, book: RuleBook) -> list[str]:
    """Return the activities of whose deeds ``book`` counts something that no earlier one did.

    Their levels and categories are those of any version: a deed was granted by the one of its day.
    """
    found = []
    books = state.rulebooks()
    for code in dict.fromkeys(code for known in (*books, book) for code in known.activities):
        versions = [known.activities[code] for known in (*books, book) if code in known.activities]
        levels = {"", *(level.code for one in versions for level in one.levels)}
        for category, level in product({one.category for one in versions}, levels):
            if caps.counters([book], code, level, category).difference(state.counters(code, level, category)):
                found.append(code)
                break
    return found


def _bases(state: State) -> list[str]:
    return list(dict.fromkeys(one.code for known in state.rulebooks() for one in known.bases))
