"""The audit of remarks: whether the free text beside each record is the one whose digest the record has.

The digests are noted as the records are replayed, and put aside like everything that grows with the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from pointsledger.finding_list import Findings
from pointsledger.rules import pins
from pointsledger.rules.said import TEXT_FIELDS
from pointsledger.storage.reader import Reader
from pointsledger.storage.spill import Spill
from pointsledger.values import rows
from pointsledger.values.records import Record
from pointsledger.values.vocabulary import TEXTS_IN_WORDS
from pointsledger.values.words import Words

_Place = tuple[int, str]
"""A record, and the name of a text of it."""


class RemarkAudit:
    """The digests of one book's texts, and which of these were erased."""

    def __init__(self, reader: Reader, village: str) -> None:
        """Know of none."""
        self._reader = reader
        self._village = village
        self._pins: dict[_Place, Any] = {}
        self._erased: set[_Place] = set()

    def note(self, record: Record) -> None:
        """Note the digests of a record's texts."""
        for name in TEXT_FIELDS & set(record.said):
            self._pins[record.seq, name] = record.said[name]

    def note_erased(self, places: Iterable[Mapping[str, Any]]) -> None:
        """Note which texts a record says were erased."""
        self._erased.update((place["seq"], place["field"]) for place in places)

    def put_aside(self) -> None:
        """Put what was noted aside, each digest in the place of its text."""
        found = [rows.Remark(self._village, seq, name, pin, b"") for (seq, name), pin in self._pins.items()]
        taken = [one for one in found if Spill.takes(one)]
        self._reader.spill.put(rows.Remark, taken)
        for one in taken:
            del self._pins[one.seq, one.field]

    def check(self, findings: Findings) -> None:
        """Check the free text of every record against the digest in its body."""
        left, last = sum(1 for _ in self._said()), None
        for remark in self._reader.every(rows.Remark):
            place = (remark.seq, remark.field)
            # They come in the order of their key: one that comes twice, where a constraint is gone, counts once.
            pin = None if place == last or place in self._erased else self._pin_of(place)
            last, left = place, left - (pin is not None)
            if place in self._erased:
                findings.add("remark-erased", _in_words(remark.field), remark.seq)
            elif pin is None:
                findings.add("remark-unknown", _in_words(remark.field), remark.seq)
            elif pin != _pin(remark):
                findings.add("remark-differs", _in_words(remark.field), remark.seq)
        if left:  # some are missing, and now it is worth holding the places of all that are there
            there = {(remark.seq, remark.field) for remark in self._reader.every(rows.Remark)}
            for seq, name in self._said():
                if (seq, name) not in there:
                    findings.add("remark-missing", _in_words(name), seq)

    def _said(self) -> Iterator[_Place]:
        """Yield the place of every text whose digest a record has, but for those that were erased."""
        aside = ((one.seq, one.field) for one in self._reader.spill.every(rows.Remark))
        return (place for place in chain(self._pins, aside) if place not in self._erased)

    def _pin_of(self, place: _Place) -> object:
        """Return the digest that a record has of a text, or None."""
        aside = self._reader.spill.get(rows.Remark, place)
        return self._pins.get(place) if aside is None else aside.text


def _in_words(field: object) -> Words:
    known = TEXTS_IN_WORDS.get(str(field))
    return Words(str(field), str(field) if known is None else known.zh)


def _pin(remark: rows.Remark) -> str:
    try:
        return pins.text_pin(remark.salt, remark.text)
    except (ValueError, TypeError):  # a text or salt that was made unreadable
        return ""
