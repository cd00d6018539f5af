"""The working set: the projections as the acts see them, filled on demand and changed only by ``put``.

One class serves every path. A posting fills it from the database and writes its changed rows back; an import
does the same with thousands of acts between two writes; the audit and the rebuild fold a journal into one
whose source is empty. Decisions read it, ``kinds.apply`` says which rows change, and nothing else knows how.

A *family* is the rows that are read together: the lots of an account, the groups a household was in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from pointsledger import caps, lots, rows
from pointsledger.calendar import Calendar
from pointsledger.catalog import PriceList
from pointsledger.errors import RuleSilent, UnknownAccount, UnknownRecord
from pointsledger.records import Record
from pointsledger.rulebook import RuleBook

RULEBOOK = "rulebook"
PRICES = "prices"

AnyRow = TypeVar("AnyRow", bound=tuple[Any, ...])

# The columns, after the village, that a family shares.
_FAMILIES: dict[type, Any] = {
    rows.Lot: itemgetter(3, 4),
    rows.Grouping: itemgetter(1),
    rows.Edition: itemgetter(1),
    rows.BatchRow: itemgetter(1),
}


class Source(Protocol):
    """Where the working set finds what it does not hold yet."""

    def fetch(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of ``kind`` with that key (the village left out), if there is one."""
        ...

    def family(self, kind: type[AnyRow], key: Any) -> Iterable[AnyRow]:  # noqa: ANN401 - one value or a tuple of them
        """Return the rows of a family; of lots, those with something remaining or settled."""
        ...

    def record(self, seq: int) -> Record | None:
        """Return a record of the journal."""
        ...

    def deeds(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return every entry of an activity so far."""
        ...


class State:
    """The projections of one village as of its last record."""

    def __init__(self, village: str, source: Source) -> None:
        """Start empty; rows come from ``source`` when they are asked for."""
        self.village = village
        self.size = 0
        self.recorded_at = ""
        self._source = source
        self._rows: dict[type, dict[Any, Any]] = {kind: {} for kind in rows.KEY_COLUMNS}
        self._changed: dict[type, dict[Any, Any]] = {kind: {} for kind in rows.KEY_COLUMNS}
        self._families: dict[type, dict[Any, dict[Any, Any]]] = {kind: {} for kind in _FAMILIES}
        self._whole: set[tuple[type, Any]] = set()
        self._recent: dict[int, Record] = {}

    # --- rows ------------------------------------------------------------------------------------------

    def get(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of ``kind`` with that key, the village left out of it."""
        held = self._rows[kind]
        if key in held:
            found: AnyRow | None = held[key]
            return found
        fetched = self._source.fetch(kind, key)
        held[key] = fetched
        return fetched

    def put(self, row: tuple[Any, ...]) -> None:
        """Take a new or changed row."""
        kind = type(row)
        key = row[1 : rows.KEY_COLUMNS[kind]]
        self._rows[kind][key] = row
        self._changed[kind][key] = row
        if kind in _FAMILIES:
            self._families[kind].setdefault(_FAMILIES[kind](row), {})[key] = row

    def family(self, kind: type[AnyRow], key: Any) -> list[AnyRow]:  # noqa: ANN401 - one value or a tuple of them
        """Return the rows of a family, in no particular order."""
        members = self._families[kind].setdefault(key, {})
        if (kind, key) not in self._whole:
            self._whole.add((kind, key))
            for row in self._source.family(kind, key):
                own = row[1 : rows.KEY_COLUMNS[kind]]
                if own not in members:  # what was put here is newer than what the source holds
                    members[own] = row
                    self._rows[kind].setdefault(own, row)
        return list(members.values())

    def changed(self, kind: type[AnyRow]) -> list[AnyRow]:
        """Return the rows of ``kind`` that were put since the last ``settle``."""
        return list(self._changed[kind].values())

    def settle(self) -> None:
        """Forget what was changed, once it is written, and the rows that only grow."""
        for changed in self._changed.values():
            changed.clear()
        for kind in rows.APPEND_ONLY | {rows.Lot, rows.BatchRow, rows.Redemption, rows.Remark}:
            self._rows[kind].clear()
        for families in self._families.values():
            families.clear()
        self._whole.clear()
        self._recent.clear()

    def drain(self, kind: type[AnyRow]) -> list[AnyRow]:
        """Hand over the rows of ``kind`` and forget them; for a fold that must not hold a whole history."""
        drained: list[AnyRow] = list(self._changed[kind].values())
        self._changed[kind].clear()
        self._rows[kind].clear()
        return drained

    def derived(self, kind: type[AnyRow]) -> dict[tuple[Any, ...], AnyRow]:
        """Return every row of ``kind`` held here, by its key; for a fold, that is every row there is."""
        return {key: row for key, row in self._rows[kind].items() if row is not None}

    def forget_records(self) -> None:
        """Forget the records held since they were appended; they can be read again."""
        self._recent.clear()

    # --- the journal -----------------------------------------------------------------------------------

    def advance(self, record: Record) -> None:
        """Note that ``record`` is now the last one."""
        self.size = record.seq
        self.recorded_at = record.recorded_at
        self._recent[record.seq] = record

    def record(self, seq: int) -> Record:
        """Return a record.

        Raises:
            UnknownRecord: if the journal has none of that number.

        """
        found = self._recent.get(seq) or (self._source.record(seq) if 1 <= seq <= self.size else None)
        if found is None:
            raise UnknownRecord(seq=seq, size=self.size)
        return found

    def deeds(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return every entry of an activity so far, those not written yet included."""
        yield from self._source.deeds(activity)
        for row in self._changed[rows.EntryRow].values():
            if row.activity.partition(caps.LEVEL_MARK)[0] == activity:
                yield row

    # --- what decisions ask ----------------------------------------------------------------------------

    @property
    def settings(self) -> rows.Village:
        """The book's own row, there from the genesis on."""
        found = self.get(rows.Village, ())
        if found is None:
            message = f"village {self.village!r} has no genesis"
            raise LookupError(message)
        return found

    @property
    def calendar(self) -> Calendar:
        """The village's calendar."""
        settings = self.settings
        return _calendar(settings.zone, settings.cut_off_day)

    def account(self, account: str) -> rows.Account:
        """Return the row of a household's account.

        Raises:
            UnknownAccount: if there is none.

        """
        found = self.get(rows.Account, (account,))
        if found is None:
            raise UnknownAccount(account=account)
        return found

    def balance(self, account: str, unit: str) -> rows.Balance:
        """Return what ``account`` holds of ``unit``, all zero if nothing ever came in."""
        return self.get(rows.Balance, (account, unit)) or rows.Balance(self.village, account, unit, 0, 0, 0, 0)

    def lots(self, account: str, unit: str) -> list[rows.Lot]:
        """Return the lots of ``account`` that something is left of, in the order in which they are consumed."""
        return lots.in_order(lot for lot in self.family(rows.Lot, (account, unit)) if lot.remaining)

    def grouping(self, account: str, day: str) -> str:
        """Return the group of ``account`` on ``day``; the first one reaches back to the beginning."""
        known = sorted(self.family(rows.Grouping, account))
        if not known:
            return ""
        return next((row.grouping for row in reversed(known) if row.from_on <= day), known[0].grouping)

    def editions(self, document: str) -> list[rows.Edition]:
        """Return the adopted versions of a document, oldest first."""
        return sorted(self.family(rows.Edition, document), key=lambda edition: edition.version)

    def rulebook(self, day: str) -> tuple[int, RuleBook]:
        """Return the version and the rule book in force on ``day``.

        Raises:
            RuleSilent: if none is.

        """
        for edition in reversed(self.editions(RULEBOOK)):
            if edition.first_on <= day:
                return edition.version, _rulebook(edition.digest, edition.content)
        raise RuleSilent(document="rule book", document_zh="积分细则", on=day)

    def rulebooks(self) -> list[RuleBook]:
        """Return every adopted rule book, oldest first."""
        return [_rulebook(edition.digest, edition.content) for edition in self.editions(RULEBOOK)]

    def price_lists(self) -> list[PriceList]:
        """Return every adopted price list, oldest first."""
        return [_price_list(edition.digest, edition.content) for edition in self.editions(PRICES)]

    def price_list(self, day: str) -> tuple[int, PriceList]:
        """Return the version and the price list in force on ``day``; the first one reaches back to the beginning.

        Raises:
            RuleSilent: if none was adopted.

        """
        editions = self.editions(PRICES)
        if not editions:
            raise RuleSilent(document="price list", document_zh="价目表", on=day)
        edition = next((edition for edition in reversed(editions) if edition.first_on <= day), editions[0])
        return edition.version, _price_list(edition.digest, edition.content)


@lru_cache(maxsize=64)
def _calendar(zone: str, cut_off_day: int) -> Calendar:
    return Calendar(zone, cut_off_day)


_PARSED: dict[str, Any] = {}
_MOST_PARSED = 256


def _rulebook(digest: str, content: str) -> RuleBook:
    found: RuleBook = _parsed(digest, content, RuleBook)
    return found


def _price_list(digest: str, content: str) -> PriceList:
    found: PriceList = _parsed(digest, content, PriceList)
    return found


def _parsed(digest: str, content: str, document: type[RuleBook | PriceList]) -> Any:  # noqa: ANN401 - either of two
    """Parse an edition once a process: content of one digest never changes."""
    if digest not in _PARSED:
        if len(_PARSED) >= _MOST_PARSED:
            _PARSED.clear()
        _PARSED[digest] = document.from_said(json.loads(content))
    return _PARSED[digest]
