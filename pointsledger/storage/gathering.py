"""Gathering: records, and what stands beside them, read by sets where they are going to be asked for one by one.

A line of a statement asks for its record, for what undid it, and for the free text of both. Asked line by line that is
three statements each, and on a server as many trips; read by the set it is three for hundreds of lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from pointsledger.decisions.state import State
from pointsledger.storage.dialect import damaged
from pointsledger.storage.queries import bodies
from pointsledger.storage.statements import JournalRow, Statements
from pointsledger.values import rows
from pointsledger.values.records import Record
from pointsledger.values.words import Words

AMONG = 500
"""Rows that are asked for at once by their numbers: some of SQLite's builds take no more than 999 values."""

_PAGE = 1_000
"""Records that are read at once where all of them are asked for."""


class Gathering(ABC):
    """What reads by sets, into the working set of its transaction."""

    connection: Connection
    village: str
    state: State
    _sql: Statements

    @abstractmethod
    def _all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - SQL's
        """Return what a statement finds."""

    def records(
        self, *, after: int = 0, until: int | None = None, kinds: Sequence[str] | None = None
    ) -> Iterator[Record]:
        """Yield the records ``after`` < seq <= ``until`` (none: the last), of some kinds or all, read page by page.

        What was appended and not written yet is not among them: see ``flush``.

        Raises:
            LedgerDamaged: at the first that is no record.

        """
        last = self.state.size if until is None else until
        while after < last:
            found = bodies(self.connection, self.village, after=after, kinds=kinds, limit=_PAGE)
            for seq, body in found:
                if seq > last:
                    return
                yield read_body(body, seq)
                after = seq
            if len(found) < _PAGE:
                return

    def hold_records(self, seqs: Iterable[int]) -> None:
        """Read some records at once that are going to be asked for one by one; those held before are let go."""
        wanted = sorted({seq for seq in seqs if 1 <= seq <= self.state.size})
        missing = [seq for seq in wanted if not self.state.is_held(seq)]
        found = {seq: read_body(body, seq) for seq, body in self._among(Record, missing)}
        self.state.hold_records({seq: found.get(seq) or self.state.record(seq) for seq in wanted})

    def hold_undoings(self, seqs: Iterable[int]) -> None:
        """Read some records at once, with what undid them, what they correct, and the free text of each.

        That is: what ``undoings`` and a statement's line ask of each of them.
        """
        held: set[int] = set()
        wanted = set(seqs)
        while wanted:
            self._hold_with_texts(sorted(wanted))
            held |= wanted
            self.hold_records(held)
            undone = (self.state.get(rows.Reversal, (seq,)) for seq in wanted)
            corrected = (self.state.record(seq).said.get("corrects", 0) for seq in wanted)
            wanted = ({one.by_seq for one in undone if one} | {seq for seq in corrected if seq}) - held

    def _hold_with_texts(self, seqs: Sequence[int]) -> None:
        texts: dict[int, list[rows.Remark]] = {seq: [] for seq in seqs}
        for row in self._among(rows.Remark, seqs):
            texts[row[1]].append(rows.Remark(*row))
        for seq, found in texts.items():
            self.state.hold_family(rows.Remark, seq, found)
        for row in self._among(rows.Reversal, seqs):
            self.state.hold(rows.Reversal(*row))
        for seq in seqs:
            self.state.hold_absent(rows.Reversal, (seq,))

    def _among(self, kind: type, seqs: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """Yield what stands under some numbers, as many at once as a statement takes."""
        for start in range(0, len(seqs), AMONG):
            chosen = seqs[start : start + AMONG]
            yield from self._all(self._sql.among(kind, len(chosen)), self.village, *chosen)

    def journal_of(self, seqs: Sequence[int]) -> Iterator[JournalRow]:
        """Yield the journal's rows of some records, as they stand; one that is missing is left out."""
        return (JournalRow(*row) for row in self._among(JournalRow, seqs))


def read_body(body: str, seq: int) -> Record:
    """Return the record that a body of the journal holds.

    Raises:
        LedgerDamaged: if it holds none.

    """
    try:
        return Record.from_body(body.encode())
    except ValueError as error:
        raise damaged(Words(f"record {seq} cannot be read", f"第 {seq} 号记录无法读取"), "the journal") from error
