"""Adopting a rule book or a price list: a record with a version, a first day and its mandate.

Of two versions whose first day has come, the one adopted later governs. A document may not govern days
before the villagers decided it, unless it says that it does (semantics: Rules, caps, multipliers).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pointsledger import caps
from pointsledger.canonical import canonical
from pointsledger.catalog import PriceList
from pointsledger.drafts import draft
from pointsledger.records import Command, Record
from pointsledger.rows import Edition, Reversal, Usage
from pointsledger.rulebook import Activity, RuleBook
from pointsledger.state import PRICES, RULEBOOK, State

_DOCUMENTS: dict[str, type[RuleBook | PriceList]] = {RULEBOOK: RuleBook, PRICES: PriceList}


def decide_adoption(state: State, command: Command) -> Record:
    """Adopt the document in ``said["document"]`` as the next version of its kind.

    Raises:
        RuleBookInvalid, PriceListInvalid: if it could not have been read from a file.

    """
    said: Any = command.said
    document = _DOCUMENTS[command.kind].from_said(said["document"])
    if document.to_said() != said["document"]:
        message = "the document is not in its normal form"
        raise TypeError(message)
    version = len(state.editions(command.kind)) + 1
    on = state.calendar.day_of_instant(command.recorded_at)
    return draft(state, command, on=on, decided={"version": version})


def apply_adoption(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the edition's row, and count up what its new limits find used already."""
    content = canonical(record.said["document"])
    edition = Edition(
        state.village,
        record.kind,
        record.decided["version"],
        record.said["document"]["first_day"],
        record.seq,
        sha256(content).hexdigest(),
        content.decode(),
    )
    if record.kind == PRICES:
        return [edition]
    return [edition, *_counted_up(state, RuleBook.from_said(record.said["document"]))]


def _counted_up(state: State, book: RuleBook) -> list[Usage]:
    usages: dict[tuple[str, str, str], Usage] = {}
    for activity in book.activities.values():
        counted = set().union(*(_counters(earlier.activities.get(activity.code)) for earlier in state.rulebooks()))
        new = _counters(activity) - counted
        if not new:
            continue
        for seq, deed, points in caps.deeds_of(activity.code, state.entries_of(activity.code)):
            if state.get(Reversal, (seq,)) is not None:
                continue
            times = state.record(seq).decided.get("times", 1)
            for counter in new & caps.counters([book], activity.code, deed.level):
                key = caps.usage_key(counter, deed, state.calendar)
                usages[key] = caps.counted(usages.get(key) or Usage(state.village, *key, 0, 0), points, times)
    return list(usages.values())


def _counters(activity: Activity | None) -> set[caps.Counter]:
    """Return everything that the limit of ``activity`` counts, on every level."""
    if activity is None or activity.limit is None:
        return set()
    levels = [level.code for level in activity.levels] or [""]
    return {caps.counter(activity.limit, activity.code, level) for level in levels}
