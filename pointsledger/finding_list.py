"""The list of findings, as an audit of the whole book or of a month gathers them.

What is noted here is what any audit meets: a row that is not what the records give, a text that is not the one that
was written, figures of a close that differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from pointsledger.decisions.editions import AnyRow
from pointsledger.findings import BROKEN, GRADES, Finding
from pointsledger.rules import bridge, merkle
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.storage.statements import JournalRow
from pointsledger.storage.tables import table_name
from pointsledger.values import rows
from pointsledger.values.records import Record
from pointsledger.values.visible import visible
from pointsledger.values.vocabulary import table_in_words
from pointsledger.values.words import Words

MOST_OF_A_CODE = 50
"""Findings of one code that a report lists; the rest are counted."""

RECORDS_AT_ONCE = 1_000
"""Records whose rows an audit reads or compares at once."""


class Spilled(Protocol):
    """Rows that were put aside: see ``storage.spill``."""

    def get(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of that key, if it was put aside."""

    def every(self, kind: type[AnyRow]) -> Iterable[AnyRow]:
        """Return every row of a kind that was put aside."""


class Findings:
    """The findings while they are gathered, no more than so many of a code."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: list[Finding] = []
        self._counts: dict[str, int] = {}

    def add(self, code: str, what: object = "", *seqs: int) -> None:
        """Note that something is not as it should be, and which records it concerns; ``what`` may be ``Words``."""
        self._counts[code] = self._counts.get(code, 0) + 1
        if self._counts[code] <= MOST_OF_A_CODE:
            en, zh = what if isinstance(what, Words) else (what, "")
            self._found.append(Finding(code, GRADES.get(code, BROKEN), seqs, shown(en), shown(zh)))

    def differs(self, kind: type, row: Any) -> None:  # noqa: ANN401 - a row of any kind
        """Note that a row of a derived table is not what the records say, or is missing there."""
        seq = row.seq if "seq" in row._fields else None
        key = " ".join(str(value) for value in row[1 : rows.KEY_COLUMNS[kind]])
        self.row_differs(kind, key, *((seq,) if isinstance(seq, int) else ()))

    def row_differs(self, kind: type, key: str, *seqs: int) -> None:
        """Note the same of the row of a key, which need not be at hand."""
        table = table_in_words(table_name(kind)).zh
        self.add("projection-differs", Words(f"{kind.__name__} [{key}]", f"{table}[{key}]"), *seqs)

    def match(self, kind: type[AnyRow], derived: Mapping[Any, AnyRow], stored: Iterable[AnyRow]) -> None:
        """Compare the rows that stand in a derived table with those that the records give, by their key."""
        left = dict(derived)
        for row in stored:
            if left.pop(row[1 : rows.KEY_COLUMNS[kind]], None) != row:
                self.differs(kind, row)
        for row in left.values():
            self.differs(kind, row)

    def match_spilled(
        self,
        kind: type[AnyRow],
        here: Mapping[Any, AnyRow],
        spilled: Spilled,
        stored: Callable[[], Iterable[AnyRow]],
    ) -> None:
        """Compare as ``match`` does, where most of what the records give was put aside and the rest is ``here``."""
        count = sum(row[1 : rows.KEY_COLUMNS[kind]] not in here for row in spilled.every(kind)) + len(here)
        last = None
        for row in stored():
            key = row[1 : rows.KEY_COLUMNS[kind]]
            # They come in the order of their key: one that comes twice, where a constraint is gone, counts once.
            expected = None if key == last else here.get(key) or spilled.get(kind, key)
            last = key
            count -= expected is not None
            if expected != row:
                self.differs(kind, row)
        if count:  # rows are missing, and now it is worth holding the keys of all that are there
            there = {row[1 : rows.KEY_COLUMNS[kind]] for row in stored()}
            for row in (*here.values(), *spilled.every(kind)):
                key = row[1 : rows.KEY_COLUMNS[kind]]
                if key not in there:
                    there.add(key)
                    self.differs(kind, row)

    def compare_close(self, record: Record, expected: Mapping[str, int]) -> None:
        """Compare the figures that a close kept of its month with those that it should have."""
        said = record.decided["bridge"]
        for name in bridge.FIGURES:
            if said.get(name) != expected[name]:
                told = Words(
                    f"{name} {said.get(name)}, not {expected[name]}", f"{name} {said.get(name)}，应为 {expected[name]}"
                )
                self.add("close-differs", told, record.seq)

    def record_of(self, row: JournalRow, village: str | None = None) -> Record | None:
        """Return the record of a row of the journal, once its leaf and its columns were looked at, and its village."""
        if merkle.leaf_hash(row.body) != row.leaf:
            self.add("leaf-mismatch", "", row.seq)
        try:
            record = Record.from_body(row.body)
        except ValueError as error:
            self.add("body-unreadable", error, row.seq)
            return None
        told: tuple[object, ...] = (record.seq, record.kind, record.recorded_at, record.period, record.request)
        for name, column, said in zip(row._fields, row, told, strict=False):
            if column != said:
                self.add("column-mismatch", name, row.seq)
        if village not in {None, record.village}:
            self.add("column-mismatch", "village", row.seq)
        return record

    def name(self, codes: Mapping[str, str]) -> None:
        """Put the code that people know somebody by before each id of the journal."""
        self._found = [
            replace(finding, what=_named(finding.what, codes), what_zh=_named(finding.what_zh, codes))
            for finding in self._found
        ]

    def all(self) -> tuple[Finding, ...]:
        """Return them, with a count of those that were left out."""
        more = [
            Finding("more", GRADES.get(code, BROKEN), (), f"{code}: {count - MOST_OF_A_CODE}")
            for code, count in self._counts.items()
            if count > MOST_OF_A_CODE
        ]
        return (*self._found, *more)


def shown(value: object) -> str:
    """Return what stands in a book as one line that can be written anywhere, and moves no screen."""
    return visible(str(value))


def _named(text: str, codes: Mapping[str, str]) -> str:
    def with_code(found: re.Match[str]) -> str:
        code = codes.get(found[0])
        return f"{shown(code)} ({found[0]})" if code else found[0]

    return ID_IN_TEXT.sub(with_code, text)
