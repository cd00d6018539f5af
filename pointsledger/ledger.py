"""The ledger: one object for a village's book, a method an act and a method a question."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Self

from pointsledger.acts import Acts, TomlFile
from pointsledger.audit import audit, unreadable
from pointsledger.batches import BatchReversal, parse_label, reverse_batch
from pointsledger.bound import BoundLedger
from pointsledger.calendar import Calendar, Clock, SystemClock, instant_text
from pointsledger.catalog import PriceList
from pointsledger.errors import (
    BatchEnded,
    ClockBehind,
    InvalidSetting,
    LedgerDamaged,
    NotAList,
    StorageError,
    UnknownVillage,
)
from pointsledger.findings import AuditReport
from pointsledger.importing import ImportReport, Options, import_deeds
from pointsledger.lists import ListReport, enrol_list, opening_list, opening_stock_list
from pointsledger.points import parse_decimals
from pointsledger.posting import Posting
from pointsledger.progress import Progress
from pointsledger.questions import Questions
from pointsledger.register import parse_village
from pointsledger.row_faults import sheet_faulty
from pointsledger.rulebook import RuleBook
from pointsledger.state import PRICES, RULEBOOK
from pointsledger.storage.hosts import Host, HostSession
from pointsledger.storage.migration import migrate
from pointsledger.storage.reader import Reader
from pointsledger.storage.store import Rebuilt, Store
from pointsledger.storage.transaction import Head, Transaction
from pointsledger.words import Words

DEFAULT_ZONE = "Asia/Shanghai"


class Ledger(Acts, Questions):
    """The book of one village: open it, act on it, ask it, audit it.

    Threads may share one; each act is a transaction of its own. As a context manager it closes itself.
    """

    def __init__(self, store: Store, village: str, clock: Clock) -> None:
        """Wrap an open store; use ``create`` or ``open``."""
        self._store: Store = store
        self._village: str = village
        self._clock: Clock = clock

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
        if isinstance(villages, str):
            raise NotAList(name="villages", expected="a list of codes", expected_zh="代码列表", value=villages)
        host = Host(session)
        host.check()
        with host.writing() as connection:
            for village in sorted(set(villages)):
                transaction = Transaction(connection, parse_village(village), host.dialect, writes=True)
                transaction.end()
                if not transaction.state.size:
                    raise UnknownVillage(place=host.place, village=village, known="none")

    @classmethod
    def villages(cls, place: str | Path) -> tuple[str, ...]:
        """Return the codes of the villages that have a book at ``place``, in their order.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if there is no ledger of this release.

        """
        store = Store(place)
        try:
            store.check()
            return tuple(store.villages())
        finally:
            store.close()

    @property
    def village(self) -> str:
        """The village's code."""
        return self._village

    @contextmanager
    def batch(self, *, by: str | None = None) -> Iterator[OpenBatch]:
        """Post many acts in one transaction: all of them when the block ends, none if it raises."""
        with self._store.posting(self._village, foreign=True) as transaction:
            yield OpenBatch(Posting(transaction, self._clock), self._village, by, self._store)

    def enrol_list(self, file: str | Path, *, by: str | None = None) -> ListReport:
        """Enrol every household of a CSV sheet (household, head, group, members), all of them or none.

        Raises:
            SheetFaulty: with every fault.
            SheetUnreadable, FileUnreadable: if the file is no sheet.

        """
        with self._posting() as posting:
            return enrol_list(OpenBatch(posting, self._village, by, self._store), posting, file)

    def opening_list(self, file: str | Path, *, by: str | None = None) -> ListReport:
        """Bring forward the points of every household on a CSV sheet (household, points), all of them or none.

        Raises: as ``enrol_list``.

        """
        with self._posting() as posting:
            return opening_list(OpenBatch(posting, self._village, by, self._store), posting, file)

    def opening_stock_list(self, file: str | Path, *, by: str | None = None) -> ListReport:
        """Bring forward the goods on a CSV sheet (item, pieces, unit_cost in yuan, best_before), all or none.

        Raises: as ``enrol_list``.

        """
        with self._posting() as posting:
            return opening_stock_list(OpenBatch(posting, self._village, by, self._store), posting, file)

    def import_deeds(
        self,
        file: str | Path,
        *,
        period: str,
        by: str | None = None,
        label: str | None = None,
        replace: str | None = None,
        dry_run: bool = False,
        skip_bad: bool = False,
        other_months: bool = False,
        repeats: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import the awards and deductions of a month from a CSV sheet, all of its rows or none.

        ``label`` names the batch (period and the sheet's title if left out); ``replace`` is the label of a batch
        that this sheet corrects. ``dry_run`` rehearses and keeps nothing; ``skip_bad`` leaves faulty rows out;
        ``other_months`` and ``repeats`` let pass what is otherwise a fault.

        Raises:
            SheetFaulty: with every fault, unless faulty rows are skipped or it is a rehearsal.
            SheetUnreadable, FileUnreadable: if the file is no sheet.
            UnknownBatch: if there is nothing to replace.
            InvalidText: if a label is empty or too long.

        """
        # An empty label is a variable that was not set, and no wish for the label by default.
        named, replaced = (None if given is None else parse_label(given) for given in (label, replace))
        if replaced is not None and named not in {None, replaced}:
            raise InvalidSetting(
                name="label",
                value=label,
                allowed="nothing beside replace, which names the batch",
                allowed_zh="用 replace（--replace）时不填，它已指明批次",
            )
        options = Options(
            period=period,
            by=by,
            label=replaced or named,
            replace=replaced is not None,
            skip_bad=skip_bad,
            dry_run=dry_run,
            other_months=other_months,
            repeats=repeats,
        )
        with self._store.posting(self._village, keep=not dry_run) as transaction:
            report = import_deeds(Posting(transaction, self._clock), file, options, progress)
            if report.faults and not (dry_run or skip_bad):
                raise sheet_faulty(file, report.faults, may_skip=not options.replace)
        return report

    def reverse_batch(self, label: str, *, reason: str, by: str | None = None) -> BatchReversal:
        """Reverse every row of an imported sheet that still stands; then the sheet can be imported anew.

        Raises:
            UnknownBatch: if nothing was imported under that label.
            InvalidText: if it is no label, such as an empty one.
            BatchReversed: if nothing of it stands any more.
            AlreadySpent: if points of one of its rows are spent; nothing is reversed then.

        """
        with self._posting() as posting:
            return reverse_batch(posting, label, reason=reason, by=by)

    def audit(self, *, progress: Progress | None = None) -> AuditReport:
        """Derive everything from the journal again and compare; return the findings, never raise for them."""
        return _audited(self._store, self._village, progress)

    @classmethod
    def audit_at(
        cls, place: str | Path, *, village: str | None = None, progress: Progress | None = None
    ) -> AuditReport:
        """Audit the book at ``place`` without opening it, even if it is too damaged for that; see ``audit``.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if there is no book of this release.
            UnknownVillage, VillageRequired: if it holds no such book, or several and none was named.

        """
        store = Store(place)
        try:
            return _audited(store, village, progress)
        finally:
            store.close()

    @classmethod
    def rebuild(cls, place: str | Path, *, trust_journal: bool = False, progress: Progress | None = None) -> Rebuilt:
        """Derive every projection of the database at ``place`` from its journals again, in one transaction.

        It cures a damaged projection and upgrades the schema of an earlier release; the journal stays as it is.
        The head that was kept has to come out again: where it does not, records were cut off or exchanged, and
        only ``trust_journal`` takes the journal as it is. Returns the head of each village's book, and which
        tables and guards were not as they belong.

        Raises:
            NotALedger, LedgerNewer, LedgerDamaged: if this release cannot rebuild what is there.

        """
        store = Store(place)
        try:
            return store.rebuild(progress, trust_journal=trust_journal)
        finally:
            store.close()

    @classmethod
    def migrate(cls, source: str | Path, target: str | Path, *, progress: Progress | None = None) -> Mapping[str, Head]:
        """Carry every book at ``source`` to ``target``, of the same kind of database or not; return the heads.

        The source stays as it is. Each portion is a transaction, so a migration that was stopped goes on where it
        was when it is started again; at the end heads and contents of every table are compared.

        Raises:
            VillageExists: if the target holds another book of one of the villages.
            NotALedger, LedgerNewer, LedgerOlder, LedgerDamaged: if one of the two cannot be used.

        """
        with closing(Store(source)) as old, closing(Store(target)) as new:
            return migrate(old, new, progress)

    def close(self) -> None:
        """Give back every connection."""
        self._store.close()

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
    def _posting(self) -> Iterator[Posting]:
        with self._store.posting(self._village) as transaction:
            yield Posting(transaction, self._clock)

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        return self._store.balance(self._village, code)

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._store.reading(self._village) as transaction:
            yield transaction


def _audited(store: Store, village: str | None, progress: Progress | None) -> AuditReport:
    """Audit a book; a file of which nothing can be read is a finding like any other."""
    with ExitStack() as stack:
        try:
            connection, found = stack.enter_context(store.examined(village))
        except LedgerDamaged as error:  # not even the list of its tables can be read
            return unreadable(village or "", Words(error.data["reason"], error.data["reason_zh"]))
        return audit(Reader(connection, found, store.dialect), found, progress)


class OpenBatch(Acts, Questions):
    """An open transaction on a book; see ``Ledger.batch``. What it returns is provisional until the block ends."""

    def __init__(self, posting: Posting, village: str, by: str | None, store: Store) -> None:
        """Post into ``posting``; ``by`` records each act that names nobody else."""
        self._open: Posting = posting
        self._village: str = village
        self._store: Store = store
        posting.default_by = by
        posting.provisional = True

    @property
    def village(self) -> str:
        """The village's code."""
        return self._village

    def _provisional(self) -> bool:
        return self._open.transaction.posted

    @contextmanager
    def _working(self) -> Iterator[Transaction]:
        """Give the transaction for one act or question; where the database fails in it, nothing more can be done.

        Nobody knows then what is left of the transaction, and a COMMIT of it would say that all is well: PostgreSQL
        takes everything back instead, and SQLite may have done so before.
        """
        transaction = self._open.transaction
        if transaction.ended:
            raise BatchEnded
        transaction.check()
        faults = self._store.dialect.faults
        fatal: tuple[type[BaseException], ...] = (StorageError, KeyboardInterrupt, SystemExit, *faults)
        try:
            with self._store.translated():
                yield transaction
        except ClockBehind:  # which was seen before anything was sent
            raise
        except fatal as error:
            transaction.failure = error
            raise

    @contextmanager
    def _posting(self) -> Iterator[Posting]:
        with self._working():
            yield self._open

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        with self._reading() as transaction:
            return transaction.balance(code)

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._working() as transaction:
            transaction.flush()
            yield transaction
