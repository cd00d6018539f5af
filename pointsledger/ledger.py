"""The ledger: one object for a village's book, a method an act and a method a question."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self, overload

from pointsledger.acts import TomlFile
from pointsledger.auditing import Audited, audit_every, audited
from pointsledger.base_runs import BaseRuns
from pointsledger.book import Book
from pointsledger.bound import BoundLedger
from pointsledger.copies import Copies
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.errors import (
    InvalidNumber,
    NotAList,
)
from pointsledger.evidence import gathered
from pointsledger.findings import AuditReport
from pointsledger.hand_ins import HandedIn, Township, bounds_of, write_hand_in
from pointsledger.open_batch import OpenBatch
from pointsledger.posting import Posting
from pointsledger.purging import Purging
from pointsledger.receipts import Receipt
from pointsledger.reports.register import parse_village
from pointsledger.reports.tally import AS_CLOSED
from pointsledger.reports.tallying import Asked, VillageTally, parse_level, parse_view, tallies
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.rules.signed_note import Signer
from pointsledger.runs import Runs
from pointsledger.sheets.sheet_acts import SheetActs
from pointsledger.storage import rebuilding
from pointsledger.storage.hosts import Host, HostSession
from pointsledger.storage.migration import migrate
from pointsledger.storage.rebuilding import Rebuilt
from pointsledger.storage.roll import Roll
from pointsledger.storage.store import Store
from pointsledger.storage.transaction import Head, Transaction
from pointsledger.values.calendar import Calendar, Clock, SystemClock, instant_text, parse_period
from pointsledger.values.points import parse_decimals
from pointsledger.values.progress import Progress

DEFAULT_ZONE = "Asia/Shanghai"


class _NoPeriod:
    """What stands where no period was given: a variable that was not set must not be taken for that."""


_NO_PERIOD = _NoPeriod()


class Ledger(Purging, Book, SheetActs, Runs, BaseRuns, Copies, Township):
    """The book of one village: open it, act on it, ask it, audit it.

    Threads may share one; each act is a transaction of its own. As a context manager it closes itself.
    """

    def __init__(self, store: Store, village: str, clock: Clock) -> None:
        """Wrap an open store; use ``create`` or ``open``."""
        self._store: Store = store
        self._village: str = village
        self._clock: Clock = clock
        self._calendar: Calendar | None = None

    @classmethod
    def create(
        cls,
        place: str | Path,
        *,
        village: str,
        rulebook: TomlFile | RuleBook | None = None,
        prices: TomlFile | PriceList | None = None,
        first_period: str | None = None,
        zone: str = DEFAULT_ZONE,
        decimals: int = 0,
        cut_off_day: int = 0,
        by: str | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Begin the book of ``village`` at ``place`` (a path or ``sqlite:///FILE``), with its first documents.

        ``first_period`` is the first month that anything counts in: that of the rule book's first day if it is
        left out, or the present month without one. It, ``zone``, ``decimals`` (places of a point, 0 to 2) and
        ``cut_off_day`` (last day of the village's month, 0 for civil months) never change. If anything is
        refused, nothing is left behind.

        Raises:
            VillageExists: if there is such a book already.
            RuleBookInvalid, PriceListInvalid: with every fault of the file.
            InvalidSetting, InvalidPeriod, InvalidCode, OperatorRequired: if a setting is not allowed.

        """
        parse_village(village)
        parse_decimals(decimals)
        calendar = Calendar(zone, cut_off_day)
        clock = clock or SystemClock()
        rules = RuleBook.from_file(rulebook, decimals=decimals) if isinstance(rulebook, str | Path) else rulebook
        price_list = PriceList.from_file(prices, decimals=decimals) if isinstance(prices, str | Path) else prices
        today = calendar.day_of_instant(instant_text(clock.now()))
        genesis = {
            "zone": zone,
            "decimals": decimals,
            "cut_off_day": cut_off_day,
            "first_period": first_period or calendar.month_of(rules.first_day if rules else today),
            "nonce": secrets.token_hex(16),
        }
        store = Store(place)
        try:
            with store.created(village) as transaction:
                posting = Posting(transaction, clock)
                posting.act("genesis", lambda: genesis, by=by, request="genesis")
                if rules is not None:
                    first_rules = {"document": rules.to_said()}
                    posting.act(RULEBOOK, lambda: first_rules, by=by, request="genesis-rulebook")
                if price_list is not None:
                    first_prices = {"document": price_list.to_said()}
                    posting.act(PRICES, lambda: first_prices, by=by, request="genesis-prices")
        except BaseException:
            store.close()
            raise
        return cls(store, village, clock)

    @classmethod
    def open(cls, place: str | Path, *, village: str | None = None, clock: Clock | None = None) -> Self:
        """Open the book of ``village`` at ``place``; the code may be left out where there is only one.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if the file is not one of this release.
            UnknownVillage, VillageRequired: if it holds no such book, or several and none was named.

        """
        store = Store(place)
        try:
            store.check()
            return cls(store, store.village(village), clock or SystemClock())
        except BaseException:
            store.close()
            raise

    @classmethod
    def bind(
        cls, session: HostSession, *, village: str, by: str | None = None, clock: Clock | None = None
    ) -> BoundLedger:
        """Join a host's transaction: what is posted stands or falls with it, and is never committed here.

        ``session`` is a Session or Connection of SQLAlchemy (of an asynchronous one, inside ``run_sync``). An act
        takes the village's lock until the host commits or rolls back; reading takes none. A receipt is provisional
        until it is read again in a later transaction. Of several villages take the locks first, with ``lock``.

        Raises:
            UnsafeTransaction: if it is asynchronous; and by each act, if a rollback would not take it back.
            NotALedger, LedgerNewer, LedgerOlder: if the database holds no ledger of this release.

        """
        host = Host(session)
        host.check()
        return BoundLedger(host, parse_village(village), by, clock or SystemClock())

    @staticmethod
    def lock(session: HostSession, villages: Iterable[str]) -> None:
        """Take the locks of several villages in a host's transaction, in one order for everybody.

        Two transactions that post to the same villages in different orders wait for each other for ever; the
        database then ends one of them. Locks taken here first, before any act, cannot meet like that.

        Raises:
            UnknownVillage: if one of them has no book.
            UnsafeTransaction, LedgerBusy: as ``bind``.

        """
        listed = _listed(villages)
        host = Host(session)
        host.check()
        with host.writing() as connection:
            for village in sorted(set(listed)):
                transaction = Transaction(connection, parse_village(village), host.dialect, writes=True)
                transaction.end()
                if not transaction.state.size:
                    raise Roll(connection, host.dialect, host.place).unknown(village)

    @classmethod
    def villages(cls, place: str | Path, *, after: str | None = None, limit: int | None = None) -> tuple[str, ...]:
        """Return the codes of the villages that have a book at ``place``, in their order.

        Where there are thousands, ``after`` and ``limit`` give a page: those behind a code, and at most so many.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if there is no ledger of this release.
            InvalidCode, InvalidNumber: for a code or a number that there cannot be.

        """
        behind = None if after is None else parse_village(after)
        if limit is not None and (type(limit) is not int or limit < 1):
            raise InvalidNumber(name="limit", value=limit)
        with closing(Store(place)) as store:
            store.check()
            return tuple(store.villages(after=behind, limit=limit))

    @classmethod
    def tallies(
        cls,
        place: str | Path,
        period: str,
        *,
        level: str = "household",
        view: str = AS_CLOSED,
        villages: Iterable[str] | None = None,
        after: str | None = None,
        clock: Clock | None = None,
    ) -> Iterator[VillageTally]:
        """Yield the tally of one village after another, of ``villages`` or of all at ``place``, by their codes.

        Each has ``village``, ``tally`` and ``error``. Where a village has no tally, its book being damaged, begun
        later or not there, ``tally`` is None and ``error`` says why, and the stream goes on. Nothing is opened before
        the first is asked for. To go on where a stream was stopped, pass the last village as ``after``.

        Raises:
            InvalidPeriod, InvalidSetting, InvalidCode, NotAList: at once, for what there cannot be.
            NotALedger, LedgerNewer, LedgerOlder: at the first one, if there is no ledger of this release.
            StorageError: if the database itself is in the way.

        """
        parse_period(period)
        shown = parse_view(view)
        asked, behind = parse_level(level), None if after is None else parse_village(after)
        chosen = None if villages is None else [parse_village(village) for village in _listed(villages)]
        now = instant_text((clock or SystemClock()).now())
        return _tallies(place, Asked(period, asked, shown, now), chosen, behind)

    @property
    def village(self) -> str:
        """The village's code."""
        return self._village

    @contextmanager
    def batch(self, *, by: str | None = None) -> Iterator[OpenBatch]:
        """Post many acts in one transaction: all of them when the block ends, none if it raises."""
        with self._store.posting(self._village, foreign=True) as transaction:
            yield OpenBatch(Posting(transaction, self._clock), self._village, by, self._store, self._clock)

    def audit(
        self,
        *,
        against: Iterable[str | Path] = (),
        people: bool = True,
        integrity: bool = False,
        progress: Progress | None = None,
    ) -> AuditReport:
        """Derive everything from the journal again and compare; return the findings, never raise for them.

        ``against`` is what others have kept: checkpoints, receipts and notices as files or folders of them, and lines
        from paper (``"1270 "`` and 32 hexadecimal digits). Only that shows a book that was rewritten as a whole, cut
        off or put back. Without ``people`` it is a copy that has no profiles and remarks, as a hand-in makes it. For
        ``integrity`` only the journal is looked at, which takes a fraction of the time, and no figure is derived.

        Raises:
            FileUnreadable: if something in ``against`` cannot be read.

        """
        asked = Audited(gathered(against), people=people, integrity=integrity)
        return audited(self._store, self._village, asked, progress)

    @classmethod
    def audit_at(
        cls,
        place: str | Path,
        *,
        village: str | None = None,
        against: Iterable[str | Path] = (),
        people: bool = True,
        integrity: bool = False,
        progress: Progress | None = None,
    ) -> AuditReport:
        """Audit the book at ``place`` without opening it, even if it is too damaged for that; see ``audit``.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if there is no book of this release.
            UnknownVillage, VillageRequired: if it holds no such book, or several and none was named.
            FileUnreadable: if something in ``against`` cannot be read.

        """
        asked = Audited(gathered(against), people=people, integrity=integrity)
        with closing(Store(place)) as store:
            return audited(store, village, asked, progress)

    @classmethod
    def audits(
        cls,
        place: str | Path,
        *,
        villages: Iterable[str] | None = None,
        after: str | None = None,
        against: Iterable[str | Path] = (),
        people: bool = True,
        integrity: bool = False,
        processes: int | None = None,
    ) -> Iterator[AuditReport]:
        """Yield the audit of one village after another, of ``villages`` or of all at ``place``, by their codes.

        As many run at once as there are cores, or ``processes``. Of what is given in ``against`` each book is held
        against what says by its origin that it is of this book; lines from paper do not.

        Raises:
            FileUnreadable, InvalidCode, NotAList: at once, for what cannot be read or there cannot be.
            NotALedger, LedgerNewer, LedgerOlder: at the first one, if there is no ledger of this release.

        """
        behind = None if after is None else parse_village(after)
        chosen = None if villages is None else [parse_village(village) for village in _listed(villages)]
        asked = Audited(gathered(against), people=people, integrity=integrity)
        return _audits(place, asked, chosen, behind, processes)

    @classmethod
    def rebuild(cls, place: str | Path, *, trust_journal: bool = False, progress: Progress | None = None) -> Rebuilt:
        """Derive every projection of the database at ``place`` from its journals again, in one transaction.

        It cures a damaged projection; the journal stays as it is.
        The head that was kept has to come out again: where it does not, records were cut off or exchanged, and
        only ``trust_journal`` takes the journal as it is. Returns the head of each village's book, and which
        tables and guards were not as they belong.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder, LedgerDamaged: if this release cannot rebuild what is there.
            OthersDepend: if something of others rests on a table that has to be made anew.

        """
        with closing(Store(place)) as store:
            return rebuilding.rebuild(store, progress, trust_journal=trust_journal)

    @classmethod
    def upgrade(
        cls,
        place: str | Path,
        *,
        dry_run: bool = False,
        trust_journal: bool = False,
        progress: Progress | None = None,
    ) -> Rebuilt | None:
        """Bring the database at ``place``, written by an earlier release, up to this one, in one transaction.

        Every projection is derived from the journals again; the journal stays as it is, and the head that was kept has
        to come out again, as for ``rebuild``. An upgrade that was interrupted has left everything as it was. Returns
        what ``rebuild`` returns, or None if there is nothing to upgrade; with ``dry_run`` it is done and then dropped.

        Raises:
            NotALedger, LedgerNewer, LedgerDamaged, OthersDepend: as ``rebuild``.

        """
        with closing(Store(place)) as store:
            return rebuilding.upgrade(store, progress, dry_run=dry_run, trust_journal=trust_journal)

    @classmethod
    def migrate(cls, source: str | Path, target: str | Path, *, progress: Progress | None = None) -> Mapping[str, Head]:
        """Carry every book at ``source`` to ``target``, of the same kind of database or not; return the heads.

        The source stays as it is. Each portion is a transaction, so a migration that was stopped goes on where it
        was when it is started again; at the end heads and contents of every table are compared. Of a damaged source
        nothing is left in a file that was made for it.

        Raises:
            VillageExists: if the target holds another book of one of the villages.
            NotALedger, LedgerNewer, LedgerOlder, LedgerDamaged: if one of the two cannot be used.

        """
        with closing(Store(source)) as old, closing(Store(target)) as new:
            return migrate(old, new, progress)

    def hand_in(self, period: str, path: str | Path, *, key: Signer | None = None) -> HandedIn:
        """Write the monthly hand-in (上报包) of a closed month to a new file: its records, and the head over them.

        The head is issued and kept as a checkpoint, signed with ``key`` if one is given.

        Raises:
            NotAMonth, NotClosed: if it is no month, or not closed.
            KeyOfWitness: if the key is one for cosigning.
            FileExists, FileUnwritable: if the file cannot be written.

        """
        with self._posting() as posting:
            size = bounds_of(posting.transaction, period)[1]
            issued = self._issue(posting, size, key)
            return write_hand_in(posting.transaction, period, path, issued.note)

    @overload
    def close(self) -> None: ...

    @overload
    def close(
        self,
        period: str,
        *,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
        progress: Progress | None = None,
    ) -> Receipt: ...

    def close(
        self,
        period: str | _NoPeriod = _NO_PERIOD,
        *,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
        progress: Progress | None = None,
    ) -> Receipt | None:
        """Close a month of the book, see ``Acts.close``; without one, close the ledger and give back every connection.

        A period that is None or empty is no period, and never taken for the other.
        """
        if isinstance(period, _NoPeriod):
            self._store.close()
            return None
        return super().close(period, by=by, request=request, remark=remark, progress=progress)

    def __enter__(self) -> Self:
        """Return the ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Say whose book it is and where."""
        return f"Ledger({self._store.place!r}, village={self._village!r})"

    @contextmanager
    def _posting(self, *, keep: bool = True) -> Iterator[Posting]:
        with self._store.posting(self._village, keep=keep) as transaction:
            yield Posting(transaction, self._clock)

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        if self._calendar is None:  # read once: the zone is fixed at genesis
            with self._reading() as transaction:
                self._calendar = transaction.state.calendar
        return self._store.balance(self._village, code, self._calendar.day_of_instant(instant_text(self._clock.now())))

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._store.reading(self._village) as transaction:
            yield transaction


def _listed(villages: Iterable[str]) -> Iterable[str]:
    """Return villages as they were given, unless one code was given for a list of them."""
    if isinstance(villages, str):
        raise NotAList(name="villages", expected="a list of codes", expected_zh="代码列表", value=villages)
    return villages


def _tallies(place: str | Path, asked: Asked, villages: list[str] | None, after: str | None) -> Iterator[VillageTally]:
    with closing(Store(place)) as store:
        store.check()
        yield from tallies(store, asked, villages=villages, after=after)


def _audits(
    place: str | Path, asked: Audited, villages: list[str] | None, after: str | None, processes: int | None
) -> Iterator[AuditReport]:
    with closing(Store(place)) as store:
        store.check()
        known = store.villages(after=after)
    chosen = known if villages is None else [village for village in villages if after is None or village > after]
    yield from audit_every(str(place), chosen, asked, processes)
