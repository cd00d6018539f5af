"""Auditing: a book, or every book of a database on all cores at once, found and audited however damaged it is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from multiprocessing import get_context

from pointsledger.audit import audit, audit_file, unreadable
from pointsledger.errors import LedgerDamaged
from pointsledger.evidence import Found, Unusable
from pointsledger.findings import AuditReport, Finding
from pointsledger.integrity import check_integrity
from pointsledger.rules.checkpoint import origin_of
from pointsledger.storage.reader import Reader
from pointsledger.storage.store import Store
from pointsledger.values.progress import Progress
from pointsledger.values.words import Words

_WAITING = 4
"""Villages that wait for each process, so that none stands idle and few reports are held at once."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What is asked of an audit: see ``Ledger.audit``.

    ``file`` is what was found about the file that the villages share, if that was looked at before: it is told with
    each of them, and found once, since reading a whole file for each of a thousand villages takes a night.
    """

    kept: Sequence[Found] = ()
    people: bool = True
    integrity: bool = False
    file: tuple[Finding, ...] | None = None

    def of(self, village: str) -> Audited:
        """Return what is asked of one village among others: what does not say that it is of its book is left out.

        What says nothing at all is told with each of them, since it may have been of any.
        """
        origin = origin_of(village)
        own = [one for one in self.kept if isinstance(one, Unusable) or one.origin == origin]
        return replace(self, kept=own)


def audited(store: Store, village: str | None, asked: Audited, progress: Progress | None = None) -> AuditReport:
    """Audit a book; a file of which nothing can be read is a finding like any other."""
    with ExitStack() as stack:
        try:
            connection, found = stack.enter_context(store.examined(village))
        except LedgerDamaged as error:  # not even the list of its tables can be read
            return unreadable(village or "", Words(error.data["reason"], error.data["reason_zh"]))
        reader = Reader(connection, found, store.dialect)
        if asked.integrity:
            return check_integrity(reader, found, progress, kept=asked.kept)
        shared = asked.file
        report = audit(reader, found, progress, kept=asked.kept, people=asked.people, file_too=shared is None)
        return replace(report, findings=(*shared, *report.findings)) if shared else report


def found_in_file(place: str, villages: Sequence[str]) -> tuple[Finding, ...] | None:
    """Return what is found about the file of several villages, or None where each is to look for itself."""
    if len(villages) <= 1:
        return None
    with closing(Store(place)) as store:
        try:
            with store.examined(villages[0]) as (connection, _):
                return audit_file(Reader(connection, villages[0], store.dialect))
        except LedgerDamaged:  # so little can be read that each report says so
            return None


def audit_every(
    place: str, villages: Sequence[str], asked: Audited, processes: int | None = None
) -> Iterator[AuditReport]:
    """Yield the report on one village after another, in their order, from several processes at once.

    A process that is ended from outside stops the stream with the error of ``concurrent.futures``.
    """
    if not asked.integrity:
        asked = replace(asked, file=found_in_file(place, villages))
    count = min(processes or os.cpu_count() or 1, len(villages))
    if count <= 1:
        for village in villages:
            yield _audited_at(place, village, asked)
        return
    # Started anew and not forked: a connection of the database must not be in two processes.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[AuditReport]] = []
        for village in villages:
            waiting.append(pool.submit(_audited_at, place, village, asked))
            if len(waiting) >= count * _WAITING:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _audited_at(place: str, village: str, asked: Audited) -> AuditReport:
    with closing(Store(place)) as store:
        return audited(store, village, asked.of(village))
