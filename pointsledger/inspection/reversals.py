"""Reversals: awards that were undone when their points were already spent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.values.sequences import records_named
from pointsledger.values.words import Words


class ReversedAfterSpending:
    """Awards that were reversed after their points had been spent: the goods are gone, and the deed was none.

    A correction, in which the right award stands in the place of the wrong one, is none, as long as its points do.
    """

    code: ClassVar[str] = "reversed-after-spending"
    title: ClassVar[Words] = Words("Reversed after redemption", "兑换后冲销")
    question: ClassVar[Words] = Words(
        "Which awards were reversed after their points had been spent?", "哪些加分是在积分花掉之后才冲销的？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.least(self.code)
        self._spent: list[tuple[Seen, int]] = []

    def see(self, seen: Seen) -> None:
        """Keep it if it had to take what the award brought from elsewhere."""
        record = seen.record
        if record.kind != "reverse" or record.decided.get("of") != "award":
            return
        said, decided = record.said, record.decided
        lots: Any = decided.get("lots", ())
        own = {said["seq"], said.get("corrected", 0)}
        spent = sum(part for _, seq, _, part in lots if seq not in own)
        spent += sum(amount for _, amount in decided.get("arrears", ())) + decided.get("written_off", 0)
        if spent >= self._least:
            self._spent.append((seen, spent))

    def found(self) -> Iterator[Matter]:
        """Yield each reversal with the records that had used the points."""
        for seen, spent in self._spent:
            record, directory = seen.record, self._view.directory
            award = int(record.said["seq"])
            uses = tuple(seq for seq in self._view.drawn_from(award) if seq != record.seq)
            home, points = directory.called(seen.account), self._view.points(spent)
            used = records_named(uses)
            by = Words(f" by {used.en}", f"（{used.zh}）") if uses else Words("", "")
            yield Matter(
                self.code,
                (award, *uses, record.seq),
                directory.code(record.by),
                seen.day,
                Words(
                    f"Record {record.seq} reversed award {award} of {home} when {points} of its points were already "
                    f"spent{by.en}.",
                    f"第 {record.seq} 号冲销了 {home} 的第 {award} 号加分，而其中 {points} 分此前已用掉{by.zh}。",
                ),
                Words(
                    f"Trace record {award}, and ask {directory.code(seen.account)} what was collected for them.",
                    f"请对第 {award} 号记录溯源，并回访 {directory.code(seen.account)}：用这些积分领了什么。",
                ),
                {"points": points, "award": award},
            )
