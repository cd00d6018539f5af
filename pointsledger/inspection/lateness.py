"""Lateness (补录): records that were written long after the day they are of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from pointsledger.decisions.kinds import KINDS, Field
from pointsledger.inspection.by_operator import ByOperator
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.values.sequences import times
from pointsledger.values.words import Words

DATED = frozenset(kind for (kind, _), form in KINDS.items() if Field("on", str, optional=True) in form.said)
"""The kinds that somebody may date; what goes by a calendar or by another record has no lateness of its own."""


class LateEntries:
    """Records of a day that was long over when they were written."""

    code: ClassVar[str] = "late-entries"
    title: ClassVar[Words] = Words("Recorded late", "补录滞后")
    question: ClassVar[Words] = Words("How late was each entry recorded?", "每笔记录补录迟了多少天？")

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._most = view.thresholds.of(self.code, "days")
        self._late = ByOperator(view)

    def see(self, seen: Seen) -> None:
        """Keep it if it came that late."""
        if seen.record.kind in DATED:
            days = (date.fromisoformat(seen.day) - date.fromisoformat(seen.record.on)).days
            if days > self._most:
                self._late.keep(seen, days)

    def found(self) -> Iterator[Matter]:
        """Yield each operator with the records."""
        for who, seqs, told, days in self._late:
            longest = max(days)
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} recorded {times(len(seqs), 'record')} more than {times(self._most, 'day')} after the "
                    f"day it is of, {times(longest, 'day')} at the most: {told.en}.",
                    f"{who} 录入的 {len(seqs)} 笔迟于发生日 {self._most} 天以上，最迟 {longest} 天：{told.zh}。",
                ),
                Words(
                    f"Ask for the paper of {told.en}, and why it was not entered at the time.",
                    f"请调阅{told.zh}的原始单据，并问明当时为何未录入。",
                ),
                {"records": len(seqs), "longest_days": longest},
            )
