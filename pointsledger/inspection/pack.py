"""The inspector's pack (检查包): one folder with what was asked of every village, what came out, and the papers.

An inspection comes with two hours' notice. So one command writes everything that is asked for at once, each page by
itself readable on a phone and printable on A4, with the same figures as tables for a spreadsheet and a program.

The folder is written beside and gets its name when it is whole; nothing is ever mixed with what lies there already.
What is the matter with one village's book stands on its page, and stops no other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pointsledger.audit_page import occasion
from pointsledger.auditing import Audited, audited, found_in_file
from pointsledger.errors import (
    BeforeFirstPeriod,
    FileExists,
    FileUnwritable,
    FolderTaken,
    LedgerDamaged,
    PointsLedgerError,
)
from pointsledger.evidence import gathered
from pointsledger.findings import AuditReport
from pointsledger.inspection import index_page, village_pages
from pointsledger.inspection.pack_files import written_findings
from pointsledger.inspection.papers import Papers, VillageInspected
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.ledger import Ledger
from pointsledger.questions import PAGE
from pointsledger.storage.store import Store
from pointsledger.values.calendar import Clock, SystemClock, months_in
from pointsledger.values.new_files import unfinished
from pointsledger.values.progress import Progress


@dataclass(frozen=True, slots=True)
class PackWritten:
    """A pack: its folder, and of each village what was found, or why nothing could be."""

    folder: Path
    period: str
    villages: tuple[VillageInspected, ...]

    @property
    def sound(self) -> bool:
        """Whether every village was inspected, or began later, and no audit found anything broken."""
        return all(one.sound for one in self.villages)


def write_pack(
    place: str | Path,
    period: str,
    folder: str | Path,
    *,
    villages: Sequence[str] | None = None,
    against: Iterable[str | Path] = (),
    people: bool = True,
    thresholds: Thresholds | None = None,
    lang: str = "zh",
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> PackWritten:
    """Inspect ``villages``, or all at ``place``, over a period, and write the pack to a new ``folder``.

    Their audits hold them ``against`` what others have kept; without ``people`` they are copies that have no names. See
    ``Ledger.audits``.

    Raises:
        InvalidPeriod: if there is no such period.
        FileUnreadable: if something of ``against`` cannot be read.
        FolderTaken, FileExists: if the folder holds files already, or is a file.
        FileUnwritable: if it cannot be written.
        NotALedger, LedgerNewer, LedgerOlder: if there is no ledger of this release.

    """
    months_in(period)
    target = Path(folder)
    _see_free(target)
    codes = tuple(Ledger.villages(place) if villages is None else villages)
    against = tuple(against)
    shared = Audited(gathered(against), people=people, file=found_in_file(str(place), codes))
    asked = _Asked(place, period, thresholds or Thresholds(), clock, progress, shared, several=len(codes) > 1)
    at = occasion((clock or SystemClock()).now(), [str(one) for one in against])
    with unfinished(target) as making:
        making.mkdir(parents=True)
        found = tuple(
            _one(asked, code, name, making, lang) for code, name in zip(codes, folder_names(codes), strict=True)
        )
        pack = PackWritten(target, period, found)
        for name, text in written_findings(period, found, lang).items():
            _write(making / name, text)
        _write(making / "thresholds.toml", asked.thresholds.to_toml(lang))
        _write(making / "index.html", index_page.index_page(period, found, at, lang))
        _see_free(target)
        with suppress(FileNotFoundError):
            target.rmdir()  # it is empty, or was not there
        making.rename(target)
    return pack


@dataclass(frozen=True, slots=True)
class _Asked:
    place: str | Path
    period: str
    thresholds: Thresholds
    clock: Clock | None
    progress: Progress | None
    shared: Audited
    several: bool

    def of(self, village: str) -> Audited:
        """Return what is asked of the audit of a village, as `Ledger.audits` does where there are several."""
        return self.shared.of(village) if self.several else self.shared


def folder_names(villages: Iterable[str]) -> list[str]:
    """Return a folder's name for each village: its code, with a number where a disk might take two for one."""
    names: list[str] = []
    taken: set[str] = set()
    for number, village in enumerate(villages, start=1):
        name = f"village-{village}"
        # Some disks drop a dot at the end, and know no capitals.
        if name.endswith(".") or name.casefold() in taken:
            name = f"village-{village}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _see_free(folder: Path) -> None:
    """See that a folder is there to be made.

    Raises:
        FolderTaken: if something is in it.
        FileExists: if it is a file.

    """
    try:
        taken = os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))
    except (OSError, ValueError) as error:
        raise FileUnwritable(file=str(folder), reason=getattr(error, "strerror", None) or str(error)) from error
    if taken and not folder.is_dir():
        raise FileExists(file=str(folder))
    if taken:
        raise FolderTaken(folder=str(folder))


def _one(asked: _Asked, village: str, name: str, making: Path, lang: str) -> VillageInspected:
    """Inspect one village and write its pages; what is the matter with its book is told on them."""
    audit: AuditReport | None = None
    papers: Papers | None = None
    error: PointsLedgerError | None = None
    try:
        with closing(Store(asked.place)) as store:
            audit = audited(store, village, asked.of(village), asked.progress)
        papers = _papers(asked, village)
    except PointsLedgerError as failure:
        error = failure
    except (LookupError, TypeError, ValueError, ArithmeticError) as failure:
        # What somebody wrote into a record may be of any form: where the audit says so as well, it is no fault of ours.
        if audit is None or audit.whole:
            raise
        reason = f"{type(failure).__name__}: {failure}"
        error = LedgerDamaged(place=village, reason=reason, reason_zh=reason)
    found = VillageInspected(village, name, audit, papers, error, began_later=isinstance(error, BeforeFirstPeriod))
    (making / name).mkdir()
    for file, text in village_pages.pages(found, asked.period, lang):
        _write(making / name / file, text)
    return replace(found, papers=None if papers is None else papers.without_lists())


def _papers(asked: _Asked, village: str) -> Papers:
    with Ledger.open(asked.place, village=village, clock=asked.clock) as ledger:
        inspection = ledger.inspect(asked.period, thresholds=asked.thresholds, progress=asked.progress)
        return Papers(
            inspection=inspection,
            tally=ledger.tally(asked.period),
            books=ledger.books(asked.period),
            redemptions=_all_pages(lambda after: ledger.redemptions(asked.period, after=after, limit=PAGE)),
            call_backs=ledger.call_backs(asked.period),
        )


def _all_pages(page: Callable[[int], tuple[Any, ...]]) -> tuple[Any, ...]:
    found: list[Any] = []
    while part := page(found[-1].seq if found else 0):
        found += part
    return tuple(found)


def _write(path: Path, text: str) -> None:
    # A spreadsheet knows the encoding of a CSV by the mark at its beginning.
    path.write_text(text, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="")
