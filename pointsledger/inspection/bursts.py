"""Bursts (突击录入): minutes and days in which an operator recorded far more than is usual for them.

What is usual is the median of the operator's own other minutes, or days, so that one burst does not hide itself by
lifting an average. Worked example: minutes of 1, 1, 2, 1 and 40 records. The usual of the others is 1, and 40 is ten
or more, and above four times the usual.

Rows of imported sheets are left out, as their sheet is one act however many rows it has; so are lists of households,
runs over all of them, and reversals that come of another act.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import ClassVar

from pointsledger.decisions.kinds import CURRENT
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.values.sequences import records_named, times
from pointsledger.values.words import Words

NOT_TYPED: Mapping[str, str] = {
    "genesis": "a book begins once",
    "operator": "whoever records for the first time is recorded before the act itself",
    "enrol": "households are enrolled from a list",
    "opening": "balances of a paper book are brought forward from a list",
    "opening-stock": "so is what lay on the shelves",
    "base": "a run grants it to all households",
    "lapse": "a run posts it, or the act that it goes before",
    "release": "so it does with a reservation that is over",
    "erase": "a run erases everybody whose time of keeping is over; a check of its own tells it",
}
"""The kinds that nobody types one by one, each with the reason; every other kind is."""

TYPED: frozenset[str] = frozenset(CURRENT) - frozenset(NOT_TYPED)


_PART_OF_ANOTHER = ("replaced", "makes_way_for")
"""What a reversal says that a corrected sheet, or a redemption typed from paper, brings with it."""


def usual(counts: Mapping[int, int], without: int = 0) -> int:
    """Return the lower median of some counts, given how often each occurs, one of ``without`` left out; 0 of none."""
    left = Counter(counts)
    if without:
        left[without] -= 1
    half = (sum(left.values()) + 1) // 2
    for count in sorted(left):
        half -= left[count]
        if half <= 0 and left[count]:
            return count
    return 0


class _Bursts:
    """What minutes and days have in common; only the span at hand is kept whole, and those that may be bursts."""

    def __init__(self, check: str, view: View) -> None:
        self.view = view
        self.least = view.thresholds.of(check, "records")
        self.factor = view.thresholds.of(check, "times_usual")
        self._span = ""
        self._here: dict[str, list[int]] = defaultdict(list)
        self._counts: dict[str, Counter[int]] = defaultdict(Counter)
        self._large: list[tuple[str, str, tuple[int, ...]]] = []

    def see(self, span: str, seen: Seen) -> None:
        """Count a record in its span; spans never come back, since instants never run backwards."""
        if seen.record.kind not in TYPED or seen.from_sheet or any(one in seen.record.said for one in _PART_OF_ANOTHER):
            return
        if span != self._span:
            self.end_span()
            self._span = span
        self._here[seen.record.by].append(seen.record.seq)

    def end_span(self) -> None:
        """Count the span that is over."""
        for operator, seqs in self._here.items():
            self._counts[operator][len(seqs)] += 1
            if len(seqs) >= self.least:
                self._large.append((operator, self._span, tuple(seqs)))
        self._here.clear()

    def bursts(self, fewest: int = 0) -> Iterator[tuple[str, str, tuple[int, ...], int]]:
        """Yield operator, span, records and what is usual, of whom there are at least ``fewest`` other spans."""
        self.end_span()
        for operator, span, seqs in self._large:
            counts = self._counts[operator]
            common = usual(counts, len(seqs))
            if counts.total() > fewest and len(seqs) > self.factor * common:
                yield self.view.directory.code(operator), span, seqs, common


def _usual(count: int) -> Words:
    if not count:
        return Words("there is nothing to compare it with", "没有可比的其他时段")
    return Words(f"{count} is usual", f"平常为 {count} 笔")


class MinuteBursts:
    """Minutes in which an operator recorded more than anybody can type."""

    code: ClassVar[str] = "minute-bursts"
    title: ClassVar[Words] = Words("Many records in a minute", "一分钟内突击录入")
    question: ClassVar[Words] = Words(
        "In which minutes did an operator record far more than they usually do?", "哪些分钟录入的笔数远超平常？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._bursts = _Bursts(self.code, view)

    def see(self, seen: Seen) -> None:
        """Count it in its minute."""
        self._bursts.see(seen.minute, seen)

    def found(self) -> Iterator[Matter]:
        """Yield each minute."""
        for who, minute, seqs, common in self._bursts.bursts():
            told, when = records_named(seqs), minute.replace("T", " ")
            yield Matter(
                self.code,
                seqs,
                who,
                minute,
                Words(
                    f"{who} recorded {times(len(seqs), 'record')} at {when} ({told.en}); {_usual(common).en}.",
                    f"{who} 在 {when} 这一分钟录入 {len(seqs)} 笔（{told.zh}），{_usual(common).zh}。",
                ),
                Words(
                    f"Ask whether a program posted {told.en}; if they were typed, from which paper?",
                    f"请问明{told.zh}是否由程序导入；若是人工录入，依据哪些单据？",
                ),
                {"records": len(seqs), "usual": common},
            )


class DayBursts:
    """Days on which an operator recorded far more than on others."""

    code: ClassVar[str] = "day-bursts"
    title: ClassVar[Words] = Words("Many records on a day", "一日内突击录入")
    question: ClassVar[Words] = Words(
        "On which days did an operator record far more than they usually do?", "哪些日子录入的笔数远超平常？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._bursts = _Bursts(self.code, view)
        self._fewest = view.thresholds.of(self.code, "days")

    def see(self, seen: Seen) -> None:
        """Count it on its day."""
        self._bursts.see(seen.day, seen)

    def found(self) -> Iterator[Matter]:
        """Yield each day."""
        for who, day, seqs, common in self._bursts.bursts(self._fewest):
            told = records_named(seqs)
            yield Matter(
                self.code,
                seqs,
                who,
                day,
                Words(
                    f"{who} recorded {times(len(seqs), 'record')} on {day} ({told.en}); {_usual(common).en}.",
                    f"{who} 在 {day} 这一天录入 {len(seqs)} 笔（{told.zh}），{_usual(common).zh}。",
                ),
                Words(
                    f"Ask what was done that day, and hold {told.en} against its sign-in sheet.",
                    f"请问明当天开展了什么工作，并将{told.zh}与签到表核对。",
                ),
                {"records": len(seqs), "usual": common},
            )
