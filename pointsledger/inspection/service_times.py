"""Service times: one person in two places at once."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from pointsledger.decisions.awarding import AWARD
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.values.calendar import minutes_between
from pointsledger.values.words import Words


class _Span(NamedTuple):
    """When somebody served, by local time to the minute, and the record that says so."""

    start: str
    end: str
    seq: int


class OverlappingTimes:
    """Services of one person that overlap; where no member is named, of one household.

    Worked example: 08:00 to 10:00 and 10:00 to 12:00 do not overlap; 08:00 to 10:00 and 09:30 to 11:00 do, by 30
    minutes.
    """

    code: ClassVar[str] = "overlapping-times"
    title: ClassVar[Words] = Words("Service times that overlap", "服务时间重叠")
    question: ClassVar[Words] = Words("Who served in two places at once?", "谁在同一时间服务于两处？")

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._least = view.thresholds.of(self.code, "minutes")
        self._spans: dict[str, list[_Span]] = defaultdict(list)

    def see(self, seen: Seen) -> None:
        """Keep when it began and ended."""
        said = seen.record.said
        if seen.record.kind == AWARD and not seen.reversed_by and "started_at" in said and "ended_at" in said:
            person = said.get("resident") or said["account"]
            insort(self._spans[person], _Span(said["started_at"], said["ended_at"], seen.record.seq))

    def found(self) -> Iterator[Matter]:
        """Yield each service that begins before an earlier one of the same person has ended."""
        for person, spans in sorted(self._spans.items()):
            longest = spans[0]
            for span in spans[1:]:
                minutes = minutes_between(span.start, min(longest.end, span.end))  # below 0 if there is time between
                if minutes >= self._least:
                    yield self._matter(person, longest, span, minutes)
                longest = max(longest, span, key=lambda one: one.end)

    def _matter(self, person: str, one: _Span, other: _Span, minutes: int) -> Matter:
        who = self._view.directory.called(person)
        twice = "1 minute" if minutes == 1 else f"{minutes} minutes"
        first, second = (f"{span.start.replace('T', ' ')}–{span.end[11:]}" for span in (one, other))
        return Matter(
            self.code,
            tuple(sorted((one.seq, other.seq))),
            who,
            other.start[:10],
            Words(
                f"{who} served {first} (record {one.seq}) and {second} (record {other.seq}): {twice} twice.",
                f"{who} 的服务时间 {first}（第 {one.seq} 号）与 {second}（第 {other.seq} 号）重叠 {minutes} 分钟。",
            ),
            Words(
                f"Hold records {one.seq} and {other.seq} against the sign-in sheets of both places.",
                f"请将第 {one.seq}、{other.seq} 号与两处的签到表核对。",
            ),
            {"minutes": minutes},
        )
