"""By operator (按经办人): the records that a check keeps, told together for each who recorded them.

Whoever asks about paper asks a person, and one line for all of that person's records is read where forty are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pointsledger.inspection.view import Seen, View
from pointsledger.values.sequences import records_named
from pointsledger.values.words import Words


class OperatorRecords(NamedTuple):
    """The records of one operator: by whom (a code), their numbers, these in words, and what each of them measures."""

    who: str
    seqs: tuple[int, ...]
    told: Words
    measures: tuple[int, ...]


class ByOperator:
    """Records that a check keeps, each with what it measures: points, minutes, days, or nothing."""

    def __init__(self, view: View) -> None:
        """Begin with none."""
        self._view = view
        self._kept: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def keep(self, seen: Seen, measure: int = 0) -> None:
        """Keep a record."""
        self._kept[seen.record.by].append((seen.record.seq, measure))

    def __iter__(self) -> Iterator[OperatorRecords]:
        """Go through the operators, in the order of the first that is kept of each."""
        for operator, kept in self._kept.items():
            seqs, measures = zip(*kept, strict=True)
            yield OperatorRecords(self._view.directory.code(operator), seqs, records_named(seqs), measures)
