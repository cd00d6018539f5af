"""Round awards: operators whose counted quantities are nearly all round, as estimates are and counts are not.

Worked example: of 40 quantities that an operator entered 36 are multiples of 5, nine in ten. Counting gives about one
in five. Quantities of 1 are no count, and services have a check of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from pointsledger.decisions.awarding import AWARD
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.values.sequences import records_named
from pointsledger.values.words import Words

_COUNTED = frozenset({"time", "head", "piece"})
_WHOLE = 100


class RoundAwards:
    """Operators most of whose quantities are round."""

    code: ClassVar[str] = "round-awards"
    title: ClassVar[Words] = Words("Round quantities", "数量多为整数")
    question: ClassVar[Words] = Words(
        "Whose counted quantities are nearly all round numbers?", "谁录入的数量几乎都是整五整十？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._multiple = view.thresholds.of(self.code, "multiple")
        self._round: dict[str, list[int]] = defaultdict(list)
        self._counted: dict[str, int] = defaultdict(int)

    def see(self, seen: Seen) -> None:
        """Count its quantity, if something was counted."""
        record = seen.record
        quantity = Decimal(record.said.get("quantity", "1"))
        if record.kind != AWARD or seen.reversed_by or quantity == 1:
            return
        activity = self._view.activity(record)
        if activity is not None and activity.per in _COUNTED:
            self._counted[record.by] += 1
            if not quantity % self._multiple:
                self._round[record.by].append(record.seq)

    def found(self) -> Iterator[Matter]:
        """Yield each operator with the records."""
        thresholds = self._view.thresholds
        fewest, least = thresholds.of(self.code, "records"), thresholds.of(self.code, "percent")
        for operator, seqs in sorted(self._round.items()):
            counted, others = self._counted[operator], sum(self._counted.values()) - self._counted[operator]
            percent = _WHOLE * len(seqs) // counted
            if counted < fewest or percent < least:
                continue
            round_of_others = sum(map(len, self._round.values())) - len(seqs)
            rest = Words("", "")
            if others:
                share = _WHOLE * round_of_others // others
                rest = Words(f"; of the other operators' {others:,}, {share} percent", f"；其他经办人为 {share}%")
            who, told = self._view.directory.code(operator), records_named(seqs)
            yield Matter(
                self.code,
                tuple(seqs),
                who,
                "",
                Words(
                    f"Of {counted:,} quantities that {who} entered {percent} percent are multiples of "
                    f"{self._multiple}{rest.en} ({told.en}).",
                    f"{who} 录入的 {counted} 个数量中 {percent}% 是 {self._multiple} 的倍数{rest.zh}（{told.zh}）。",
                ),
                Words(
                    f"Choose three of {told.en} and hold them against the tally sheet: counted or estimated?",
                    f"请从{told.zh}中抽三笔与点数表核对：是点出来的还是估的？",
                ),
                {"counted": counted, "round": len(seqs), "percent": percent},
            )
