"""Rehearsals: what other rules, or the rules of now, would have made of a period; nothing of it is in the book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pointsledger.errors import PointsLedgerError, RuleSilent, UnknownActivity, UnknownLevel


@dataclass(frozen=True, slots=True)
class RehearsedDeed:
    """A deed that comes out otherwise, or that the rules refuse: what it brought, and what it would have brought.

    ``kind`` is ``award``, ``deduct`` or ``base``; what a deduction takes is below zero, without what was written off.
    ``rulebook`` is the version that decided it. Where the rules refuse it, ``refusal`` says why, and it would have
    brought nothing.
    """

    seq: int
    on: str
    household: str
    name: str
    kind: str
    activity: str
    activity_name: str
    rulebook: int
    granted: Decimal
    rehearsed: Decimal
    refusal: PointsLedgerError | None = None

    @property
    def difference(self) -> Decimal:
        """What it would have brought more, or less."""
        return self.rehearsed - self.granted

    @property
    def silent(self) -> bool:
        """Tell whether the rules say nothing of such a deed."""
        return isinstance(self.refusal, UnknownActivity | UnknownLevel | RuleSilent)

    def say(self, lang: str = "en") -> str:
        """Return why the rules refuse it, or nothing if they do not."""
        if self.refusal is None:
            return ""
        if self.silent:
            return "这些规定中没有此项" if lang == "zh" else "the rules say nothing of it"
        return self.refusal.say(lang)


@dataclass(frozen=True, slots=True)
class RehearsedTotal:
    """What a household's, or the village's, ``deeds`` and base grants (``bases``) brought and would have brought.

    ``refused`` is how many of both the rules refuse.
    """

    household: str
    name: str
    group: str
    deeds: int
    refused: int
    granted: Decimal
    rehearsed: Decimal
    bases: int = 0

    @property
    def difference(self) -> Decimal:
        """What they would have brought more, or less."""
        return self.rehearsed - self.granted


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A period gone through again: the deeds that come out otherwise, the total of each household, and of the village.

    ``rulebook`` is the name of the draft, or nothing where each deed was decided by the version in force on its day.
    Deeds that were reversed since are left out on both sides; ``left_out`` counts them.
    """

    village: str
    period: str
    rulebook: str
    deeds: tuple[RehearsedDeed, ...]
    households: tuple[RehearsedTotal, ...]
    total: RehearsedTotal
    left_out: int

    @property
    def refused(self) -> tuple[RehearsedDeed, ...]:
        """The deeds that the rules refuse or say nothing of."""
        return tuple(deed for deed in self.deeds if deed.refusal is not None)

    def __iter__(self) -> Iterator[RehearsedDeed]:
        """Go through the deeds that come out otherwise."""
        return iter(self.deeds)
