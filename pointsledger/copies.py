"""Copies: what is carried out of a book, for other tools and against the loss of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from pointsledger.audit import audit
from pointsledger.errors import BackupBroken, FileExists, InvalidSetting, NotALedger, OptionsConflict
from pointsledger.exports.bodies import ByteSink, write_bodies
from pointsledger.exports.hledger import write_hledger
from pointsledger.exports.table_files import write_tables
from pointsledger.findings import BROKEN
from pointsledger.storage.copying import copy_file
from pointsledger.storage.migration import migrate
from pointsledger.storage.reader import Reader
from pointsledger.storage.store import Store
from pointsledger.storage.table_rows import table_rows
from pointsledger.storage.transaction import Head, Transaction
from pointsledger.values.calendar import Clock, SystemClock, instant_text
from pointsledger.values.log import LOG
from pointsledger.values.new_files import give_name, new_file, new_folder, see_free, unfinished
from pointsledger.values.progress import Progress

BODIES = "bodies"
HLEDGER = "hledger"
CSV = "csv"
_NOBODY = ""
"""No village: where there is no book, what all share is audited all the same."""
FORMS = (BODIES, HLEDGER, CSV)


@dataclass(frozen=True, slots=True)
class Backup:
    """A checked copy of a database: its ``file``, and the head of each village's book in it."""

    file: Path
    heads: Mapping[str, Head]


class Copies(ABC):
    """What is carried out of a book."""

    _store: Store
    _village: str

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one moment of the book."""

    def export(
        self,
        output: str | Path | ByteSink,
        *,
        form: str = BODIES,
        after: int = 0,
        with_names: bool = False,
        progress: Progress | None = None,
    ) -> Head:
        """Write the book to the new file ``output`` for other tools, as it is at one moment; return its head.

        ``form`` is ``bodies`` (the records as JSON lines, byte for byte, those behind record ``after``), ``hledger``
        (plain-text accounts of points, goods and money) or ``csv``: then ``output`` is a new folder with a file for
        each table, those with names and free text only ``with_names``. The others may go to an open binary file.
        It is written whole or not at all, and every record is held against its hash on the way.

        Raises:
            FileExists, FileUnwritable: if it cannot be written there.
            InvalidSetting, InvalidNumber, UnknownRecord, OptionsConflict: for what there cannot be.
            LedgerDamaged: if a record is not what was written.

        """
        _see_form(form, output, after=after, with_names=with_names)
        with self._reading() as transaction:
            if form == CSV and isinstance(output, str | Path):
                with new_folder(Path(output)) as folder:
                    found = table_rows(
                        transaction.connection, self._store.dialect, self._village, with_names=with_names
                    )
                    write_tables(folder, found)
            elif isinstance(output, str | Path):
                with new_file(Path(output)) as file:
                    _write(transaction, file, form, after, progress)
            else:
                _write(transaction, output, form, after, progress)
            return transaction.head

    @classmethod
    def backup(
        cls,
        place: str | Path,
        destination: str | Path,
        *,
        people: bool = True,
        clock: Clock | None = None,
        progress: Progress | None = None,
    ) -> Backup:
        """Copy the database at ``place`` to a new SQLite file, audit every book in the copy, and only then name it.

        Others go on working meanwhile; the copy is of one moment, with every village and everything beside the journal.
        In a folder it is named after the village, the day and how many records it has. Of PostgreSQL the copy is what
        ``migrate`` makes. Without ``people`` it is audited as a book that has no profiles and remarks, as a hand-in
        makes it. Nothing is left behind if anything is in the way.

        Raises:
            FileExists, FileUnwritable, DiskFull: if it cannot be written there.
            BackupBroken: if something in the copy is broken, and so in the book: see ``audit``.
            NotALedger, LedgerNewer, LedgerOlder, LedgerDamaged: if the source cannot be used.

        """
        wanted = Path(destination)
        folder = wanted.is_dir()
        if not folder:
            see_free(wanted)
        with closing(Store(place)) as source:
            source.check()
            with unfinished(wanted / "backup.db" if folder else wanted) as making:
                _copy(source, making, wanted, progress)
                with closing(Store(making)) as copy:
                    copy.place = source.place  # what is wrong with the copy is wrong with the book
                    heads = _checked(copy, progress, people=people)
                    final = wanted / _name(copy, heads, clock or SystemClock()) if folder else wanted
                if not give_name(making, final):
                    raise FileExists(file=str(final))
        LOG.info("%s: copied to %s and checked, %d villages", source.place, final, len(heads))
        return Backup(final, heads)


def _see_form(form: str, output: str | Path | ByteSink, *, after: int, with_names: bool) -> None:
    """See that what is asked for goes together."""
    if form not in FORMS:
        told = ", ".join(FORMS)
        raise InvalidSetting(name="form", value=form, allowed=told, allowed_zh=told)
    if after and form != BODIES:
        raise OptionsConflict(option="after", beside=form)
    if with_names and form != CSV:
        raise OptionsConflict(option="with_names", beside=form)
    if form == CSV and not isinstance(output, str | Path):
        raise InvalidSetting(name="output", value=str(output), allowed="a new folder", allowed_zh="新文件夹的名称")


def _write(transaction: Transaction, file: ByteSink, form: str, after: int, progress: Progress | None) -> None:
    if form == HLEDGER:
        write_hledger(transaction, file, progress=progress)
    else:
        write_bodies(transaction, file, after=after, progress=progress)


def _copy(source: Store, making: Path, wanted: Path, progress: Progress | None) -> None:
    """Copy a database as a whole if it is a file, else record by record."""
    if not source.dialect.shared:
        copy_file(source, making, wanted)
        return
    making.open("xb").close()
    making.unlink()  # there can be such a file, and SQLite makes it itself
    with closing(Store(making)) as copy:
        copy.place = str(wanted)
        migrate(source, copy, progress)


def _checked(copy: Store, progress: Progress | None, *, people: bool) -> dict[str, Head]:
    """Audit every book of a copy; return their heads.

    Raises:
        BackupBroken: if anything is broken.
        NotALedger: if there is no book in it.

    """
    copy.check()
    heads: dict[str, Head] = {}
    with copy.connected(writes=False) as connection:
        for village in copy.roll(connection).villages() or [_NOBODY]:
            reader = Reader(connection, village, copy.dialect)
            report = audit(reader, village, progress, people=people, file_too=not heads)
            broken = next((finding for finding in report if finding.grade == BROKEN), None)
            if broken is not None:
                told = {"finding": broken.say("en"), "finding_zh": broken.say("zh")}
                raise BackupBroken(place=copy.place, village=village, **told)
            if village == _NOBODY:
                raise NotALedger(place=copy.place)
            heads[village] = Head(report.size, bytes.fromhex(report.root))
    return heads


def _name(copy: Store, heads: Mapping[str, Head], clock: Clock) -> str:
    """Return the name of a copy: whose books, the day in the first one's zone, and how many records."""
    first = next(iter(heads))
    with copy.reading(first) as transaction:
        day = transaction.state.calendar.day_of_instant(instant_text(clock.now()))
    whose = first if len(heads) == 1 else f"{len(heads)}-villages"
    return f"{whose}-{day}-{sum(head.size for head in heads.values())}.db"
