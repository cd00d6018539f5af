"""The working set: the projections as the acts see them, filled on demand and changed only by ``put``.

One class serves every path. A posting fills it from the database and writes its changed rows back; an import
does the same with thousands of acts between two writes, and a rebuild with a journal's records and tables that
were emptied; the audit folds a journal into one whose source is empty. Decisions read it, ``kinds.apply`` says
which rows change, and nothing else knows how.

A *family* is the rows that are read together: the groups a household was in, the editions of a document. Lots
have an order of their own and may be many, so the open ones of an account are kept sorted and handed out one
by one: a spend looks at no more of them than it takes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

from pointsledger.decisions.editions import AnyRow, Editions
from pointsledger.decisions.lot_index import BEGINNING, END, LotIndex, LotOrder
from pointsledger.decisions.stored import calendar_of
from pointsledger.errors import UnknownAccount, UnknownRecord
from pointsledger.rules import bridge, caps, merkle
from pointsledger.rules.lots import is_over, order_of
from pointsledger.values import rows
from pointsledger.values.calendar import Calendar, month_after
from pointsledger.values.points import record_number
from pointsledger.values.records import POINTS, Record

RESERVED = "reserved"
"""The state of a redemption whose goods are promised and not handed over yet."""

LOTS_AT_ONCE = 100
"""Lots that are read at once: a spend seldom needs more, and an account may have thousands that never lapse."""

# The column that a family shares.
_FAMILIES: dict[type, Any] = {
    rows.Grouping: itemgetter(1),
    rows.Edition: itemgetter(1),
    rows.BatchRow: itemgetter(1),
    rows.Lapse: itemgetter(1),
    rows.Remark: itemgetter(1),
    rows.PeriodTotal: itemgetter(1),
    rows.Bridge: itemgetter(1),
}
# Families out of which answers are worked out, which are kept until one of them grows.
_ANSWERED = frozenset({rows.Grouping, rows.Edition})
# Families that are large and seldom asked for: those of an act, of a sheet, of a month.
_LARGE = (rows.BatchRow, rows.Remark, rows.PeriodTotal, rows.Bridge)
# Rows that only grow, or that belong to one act: not worth keeping once they are written.
_PASSING = (*rows.APPEND_ONLY, rows.Lot, rows.BatchRow, rows.Redemption, rows.Remark)


class Source(Protocol):
    """Where the working set finds what it does not hold yet."""

    def fetch(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of ``kind`` with that key (the village left out), if there is one."""
        ...

    def fetch_all(self, kind: type[AnyRow], keys: Sequence[tuple[Any, ...]]) -> Iterable[AnyRow]:
        """Return the rows of ``kind`` that there are with some keys."""
        ...

    def family(self, kind: type[AnyRow], key: Any) -> Iterable[AnyRow]:  # noqa: ANN401 - a family's key
        """Return the rows of a family."""
        ...

    def open_lots(self, account: str, unit: str, after: LotOrder, limit: int) -> list[rows.Lot]:
        """Return the first lots that something is left of, behind a place in their order."""
        ...

    def ending_lots(self, account: str, unit: str, after: LotOrder, day: str, limit: int) -> list[rows.Lot]:
        """Return the same of those alone whose last day lies before ``day``."""
        ...

    def settled_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:
        """Return the lots that paid something into arrears."""
        ...

    def lots_ending(self, until: str) -> Iterable[rows.Lot]:
        """Return the lots of points that something is left of and whose last day is ``until`` or before."""
        ...

    def reserved(self) -> Iterable[rows.Redemption]:
        """Return every reservation that stands."""
        ...

    def record(self, seq: int) -> Record | None:
        """Return a record of the journal."""
        ...

    def entries_of(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return every entry of an activity so far, its levels included."""
        ...

    def entries_on(self, account: str) -> Iterable[rows.EntryRow]:
        """Return every entry so far that an account is a side of."""
        ...


class State(Editions):
    """The projections of one village as of its last record."""

    def __init__(self, village: str, source: Source) -> None:
        """Start empty; rows come from ``source`` when they are asked for."""
        self.village: str = village
        self.size: int = 0
        self.recorded_at: str = ""
        self.frontier: Sequence[bytes] = ()
        self._source = source
        self._rows: dict[type, dict[Any, Any]] = defaultdict(dict)
        self._changed: dict[type, dict[Any, Any]] = defaultdict(dict)
        self._families: dict[type, dict[Any, dict[Any, Any]]] = defaultdict(dict)
        self._whole: set[tuple[type, Any]] = set()
        self._lots = LotIndex()
        self._reserved: set[int] = set()
        self._knows_reserved = False
        self._recent: dict[int, Record] = {}
        self._ahead: dict[int, Record] = {}
        self._answers: dict[Any, Any] = {}

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
        if isinstance(row, rows.Lot):
            self._lots.put(row)
        elif isinstance(row, rows.Redemption):
            (self._reserved.add if row.state == RESERVED else self._reserved.discard)(row.seq)
        elif kind in _FAMILIES:
            self._families[kind].setdefault(_FAMILIES[kind](row), {})[key] = row
            if kind in _ANSWERED:
                self._answers.clear()
            elif kind is rows.PeriodTotal:
                self._answers.pop(("bridges", key[0]), None)
        elif kind is rows.Village:
            self._answers.clear()

    def family(self, kind: type[AnyRow], key: Any) -> list[AnyRow]:  # noqa: ANN401 - a family's key
        """Return the rows of a family, in no particular order."""
        if (kind, key) not in self._whole:
            self.hold_family(kind, key, self._source.family(kind, key))
        return list(self._families[kind][key].values())

    def hold(self, row: tuple[Any, ...]) -> None:
        """Take a row as the source has it, before it is asked for; what is here already is newer."""
        kind = type(row)
        self._rows[kind].setdefault(row[1 : rows.KEY_COLUMNS[kind]], row)

    def hold_absent(self, kind: type, key: tuple[Any, ...]) -> None:
        """Note that the source has no row of that key, unless one is here."""
        self._rows[kind].setdefault(key, None)

    def hold_all(self, kind: type[AnyRow], keys: Iterable[tuple[Any, ...]]) -> None:
        """Have the rows with some keys read at once that are going to be asked for one by one."""
        missing = [key for key in keys if key not in self._rows[kind]]
        if len(missing) > 1:
            self._rows[kind] |= dict.fromkeys(missing)
            self._rows[kind] |= {row[1 : rows.KEY_COLUMNS[kind]]: row for row in self._source.fetch_all(kind, missing)}

    def hold_family(self, kind: type[AnyRow], key: Any, found: Iterable[AnyRow]) -> None:  # noqa: ANN401 - as above
        """Take all rows of a family as the source has them; what was put here is newer."""
        members = self._families[kind].setdefault(key, {})
        if (kind, key) not in self._whole:
            self._whole.add((kind, key))
            for row in found:
                own = row[1 : rows.KEY_COLUMNS[kind]]
                if own not in members:
                    members[own] = row
                    self._rows[kind].setdefault(own, row)

    def drop(self, kind: type, key: tuple[Any, ...]) -> None:
        """Forget a row that stands beside the journal and is erased."""
        self._rows[kind][key] = None
        self._changed[kind].pop(key, None)
        for members in self._families[kind].values():
            members.pop(key, None)

    def changed(self) -> dict[type, list[tuple[Any, ...]]]:
        """Return the rows that were put since the last ``written``, by their kind."""
        return {kind: list(changed.values()) for kind, changed in self._changed.items()}

    def written(self) -> None:
        """Forget what was changed, now that it is written, and the rows that nothing asks for again."""
        self._changed.clear()
        for kind in _PASSING:
            self._rows[kind].clear()
        for kind in _LARGE:
            self._families[kind].clear()
            self._whole -= {whole for whole in self._whole if whole[0] is kind}
        self._lots = LotIndex()
        self._reserved.clear()
        self._knows_reserved = False
        self._recent.clear()

    def drain(self, kind: type[AnyRow]) -> list[AnyRow]:
        """Hand over the rows of ``kind`` and forget them; for a fold that must not hold a whole history."""
        drained: list[AnyRow] = list(self._changed[kind].values())
        self._changed[kind].clear()
        self._rows[kind].clear()
        return drained

    def spill(self, kind: type[AnyRow], is_done: Callable[[AnyRow], bool]) -> list[AnyRow]:
        """Hand over those rows that are done with and were not handed over as they are; the source gives them back.

        For a fold that must not hold a whole history: of the kind, only what is not done with stays here.
        """
        changed = self._changed[kind]
        done: list[AnyRow] = [row for row in changed.values() if is_done(row)]
        stay = {key: row for key, row in self._rows[kind].items() if row is not None and not is_done(row)}
        self._rows[kind] = stay
        self._changed[kind] = {key: row for key, row in changed.items() if key in stay}
        if kind is rows.Lot:
            self._lots = LotIndex()
            for row in stay.values():
                self._lots.put(row)
        elif kind in _FAMILIES:
            self._whole -= {whole for whole in self._whole if whole[0] is kind}
            self._families[kind].clear()
            for key, row in stay.items():
                self._families[kind].setdefault(_FAMILIES[kind](row), {})[key] = row
        return done

    def derived(self, kind: type[AnyRow]) -> dict[tuple[Any, ...], AnyRow]:
        """Return every row of ``kind`` held here, by its key; for a fold, that is every row there is."""
        return {key: row for key, row in self._rows[kind].items() if row is not None}

    @property
    def root(self) -> bytes:
        """The head of the journal's tree as of the last record."""
        return merkle.root(self.frontier)

    def fork(self) -> State:
        """Return the same working set once more; what happens to one of the two leaves the other as it is."""
        other = State(self.village, self._source)
        other.size, other.recorded_at, other.frontier = self.size, self.recorded_at, self.frontier
        for kind, held in self._rows.items():
            other._rows[kind] = dict(held)
        for kind, changed in self._changed.items():
            other._changed[kind] = dict(changed)
        for kind, families in self._families.items():
            other._families[kind] = {key: dict(members) for key, members in families.items()}
        other._whole, other._lots = set(self._whole), self._lots.copy()
        other._reserved, other._knows_reserved = set(self._reserved), self._knows_reserved
        other._recent, other._answers, other._ahead = dict(self._recent), dict(self._answers), self._ahead
        return other

    def return_to(self, fork: State) -> None:
        """Be again what this working set was when ``fork`` was made of it, which is used up."""
        vars(self).update(vars(fork))

    def forget_records(self) -> None:
        """Forget the records held since they were appended; they can be read again."""
        self._recent.clear()

    # --- the journal -----------------------------------------------------------------------------------

    def advance(self, record: Record) -> None:
        """Note that ``record`` is now the last one."""
        self.size = record.seq
        self.recorded_at = record.recorded_at
        self._recent[record.seq] = record

    def hold_records(self, found: Mapping[int, Record]) -> None:
        """Take records as the source has them, before they are asked for, in the place of those held before."""
        self._ahead = dict(found)

    def is_held(self, seq: int) -> bool:
        """Tell whether a record is here."""
        return seq in self._recent or seq in self._ahead

    def record(self, seq: int) -> Record:
        """Return a record.

        Raises:
            UnknownRecord: if the journal has none of that number.
            InvalidNumber: if it is no number.

        """
        record_number(seq, "seq")
        held = self._recent.get(seq) or self._ahead.get(seq)
        found = held or (self._source.record(seq) if 1 <= seq <= self.size else None)
        if found is None:
            raise UnknownRecord(seq=seq, size=self.size)
        return found

    def entries_of(self, activity: str) -> Iterator[rows.EntryRow]:
        """Yield every entry of an activity so far, those not written yet included."""
        yield from self._source.entries_of(activity)
        for row in self._changed[rows.EntryRow].values():
            if caps.activity_and_level(row.activity)[0] == activity:
                yield row

    def entries_on(self, account: str) -> Iterator[rows.EntryRow]:
        """Yield every entry so far that an account is a side of, those not written yet included."""
        yield from self._source.entries_on(account)
        for row in self._changed[rows.EntryRow].values():
            if account in {row.source, row.target}:
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
        found = self._answers.get("calendar")
        if found is None:
            settings = self.settings
            found = self._answers["calendar"] = calendar_of(settings)
        calendar: Calendar = found
        return calendar

    def get_account(self, account: str) -> rows.Account | None:
        """Return the row of a household's account, if there is one."""
        return self.get(rows.Account, (account,))

    def is_reversed(self, seq: int) -> bool:
        """Tell whether a record was undone."""
        return self.get(rows.Reversal, (seq,)) is not None

    def account(self, account: str) -> rows.Account:
        """Return the row of a household's account.

        Raises:
            UnknownAccount: if there is none.

        """
        found = self.get_account(account)
        if found is None:
            raise UnknownAccount(account=account)
        return found

    def balance(self, account: str, unit: str) -> rows.Balance:
        """Return what ``account`` holds of ``unit``, all zero if nothing ever came in."""
        return self.get(rows.Balance, (account, unit)) or rows.Balance(self.village, account, unit, 0, 0, 0, 0)

    def lots(self, account: str, unit: str) -> Iterator[rows.Lot]:
        """Yield the lots of ``account`` that something is left of, in the order in which they are consumed."""
        return self._lots_until(account, unit, END)

    def lots_alive(self, account: str, today: str) -> Iterator[rows.Lot]:
        """Yield the lots of points of ``account`` that can be spent on ``today``, in the order of consumption."""
        closed = self.settings.closed_through
        return (lot for lot in self.lots(account, POINTS) if not is_over(lot, today, closed))

    def lots_to_spend(self, account: str, today: str) -> Iterator[rows.Lot]:
        """Yield those of the lots alive that may be redeemed: all but a floor."""
        return (lot for lot in self.lots_alive(account, today) if not lot.floor)

    def lots_to_take(self, account: str, today: str) -> Iterator[rows.Lot]:
        """Yield the lots alive as a deduction or a reversal takes them: a floor only when nothing else is left."""
        yield from self.lots_to_spend(account, today)
        if self.balance(account, POINTS).floor:
            yield from (lot for lot in self.lots_alive(account, today) if lot.floor)

    def lots_over(self, account: str, today: str) -> Iterator[rows.Lot]:
        """Yield the lots of points of ``account`` of which something has lapsed by ``today``, soonest first."""
        if self.lapses:
            closed = self.settings.closed_through
            ended = self._lots_until(account, POINTS, (today,))  # no month is closed before its last day
            yield from (lot for lot in ended if lot.free and is_over(lot, today, closed))

    def _lots_until(self, account: str, unit: str, until: LotOrder) -> Iterator[rows.Lot]:
        """Yield the open lots that stand before ``until`` in their order, read by the page as they are asked for."""
        key, last = (account, unit), BEGINNING
        while True:
            order = self._lots.next(key, last)
            if (order is None or order > self._lots.known(key)) and self._lots.known(key) < until:
                self._read_lots(key, until)
                continue
            if order is None or order >= until:
                return
            last = order
            yield self._rows[rows.Lot][order[2:]]

    def _read_lots(self, key: tuple[str, str], until: LotOrder) -> None:
        """Read a page of the open lots behind those that are known."""
        known = self._lots.known(key)
        if until == END:
            page = self._source.open_lots(*key, known, LOTS_AT_ONCE)
        else:
            page = self._source.ending_lots(*key, known, until[0], LOTS_AT_ONCE)
        self.hold_lots(key, page, until)

    def hold_lots(self, key: tuple[str, str], page: Sequence[rows.Lot], until: LotOrder) -> None:
        """Take a page of the open lots behind those that are known, of all that stand before ``until``."""
        for lot in page:
            self._lots.put(self._rows[rows.Lot].setdefault(lot[1:3], lot))  # what is held already is newer
        here = order_of(page[-1]) if len(page) == LOTS_AT_ONCE else until
        self._lots.note_known(key, max(here, self._lots.known(key)))

    @property
    def lapses(self) -> bool:
        """Tell whether any rule book lets points end, so that there can be lots that are over."""
        found = self._answers.get("lapses")
        if found is None:
            found = self._answers["lapses"] = any(book.expiry.policy != "never" for book in self.rulebooks())
        lapses: bool = found
        return lapses

    def settled_lots(self, account: str, unit: str) -> list[rows.Lot]:
        """Return the lots of ``account`` that paid something into arrears."""
        for lot in self._source.settled_lots(account, unit):
            self._lots.put(self._rows[rows.Lot].setdefault(lot[1:3], lot))
        return [self._rows[rows.Lot][place] for place in self._lots.settled(account, unit)]

    def lots_ending(self, until: str) -> list[rows.Lot]:
        """Return the lots of points of all accounts that something is left of, with a last day up to ``until``."""
        if not self._lots.knows_ending(until):
            for lot in self._source.lots_ending(until):
                self._lots.put(self._rows[rows.Lot].setdefault(lot[1:3], lot))
            self._lots.note_ending(until)
        return [self._rows[rows.Lot][place] for place in self._lots.ending(until)]

    def overdue(self, today: str, account: str | None = None) -> list[rows.Redemption]:
        """Return the reservations whose last day is over, of one account or all, soonest first."""
        if not self._knows_reserved:
            self._knows_reserved = True
            for row in self._source.reserved():
                if self._rows[rows.Redemption].setdefault((row.seq,), row).state == RESERVED:  # what is here is newer
                    self._reserved.add(row.seq)
        found = (self._rows[rows.Redemption][seq,] for seq in self._reserved)
        over = (row for row in found if row.last_day < today and account in {None, row.account})
        return sorted(over, key=lambda row: (row.last_day, row.seq))

    def bridges(self, period: str) -> list[rows.Bridge]:
        """Return the bridges of a month: from those of the month before, and what its records came to."""
        asked = ("bridges", period)
        found = self._answers.get(asked)
        if found is None:
            first = period == self.settings.first_period
            earlier = () if first else self.family(rows.Bridge, month_after(period, -1))
            found = bridge.of_month(self.village, period, earlier, self.family(rows.PeriodTotal, period))
            self._answers[asked] = found
        bridges: list[rows.Bridge] = found
        return bridges

    def grouping(self, account: str, day: str) -> str:
        """Return the group of ``account`` on ``day``; the first one reaches back to the beginning."""
        asked = ("groupings", account)
        known = self._answers.get(asked)
        if known is None:
            known = self._answers[asked] = sorted(self.family(rows.Grouping, account))
        if not known:
            return ""
        found: str = next((row.grouping for row in reversed(known) if row.from_on <= day), known[0].grouping)
        return found

    @property
    def first_open(self) -> str:
        """The earliest month that still takes records: the first of the book, or the one after the last closed."""
        settings = self.settings
        return month_after(settings.closed_through) if settings.closed_through else settings.first_period
