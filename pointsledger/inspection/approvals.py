"""Approvals: who approved what they had recorded themselves, and who acted for their own household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import ClassVar

from pointsledger.inspection.by_operator import ByOperator
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.view import Seen, View
from pointsledger.values.sequences import records_named, times
from pointsledger.values.words import Words

FOR_EVERYBODY: Mapping[str, str] = {
    "enrol": "every household is enrolled from one list, one's own among them",
    "base": "a run grants it to all households",
    "lapse": "it comes with its day, whoever runs it or acts behind it",
    "release": "so does the end of a reservation",
}
"""The kinds of record that come to every household alike, and are nobody's own doing, each with the reason.

The points of a paper book are none of them, though they come from a list too: somebody typed how many they are.
"""


class OwnApproval:
    """Records that were approved by whoever recorded them."""

    code: ClassVar[str] = "own-approval"
    title: ClassVar[Words] = Words("Approved by who recorded it", "自录自审")
    question: ClassVar[Words] = Words("Who approved records of their own?", "谁审核了自己录入的记录？")

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._own = ByOperator(view)

    def see(self, seen: Seen) -> None:
        """Keep it if whoever recorded it is among those who approved it, by a code typed in whatever way."""
        record, directory = seen.record, self._view.directory
        approved_by = record.said.get("approved_by", ())
        if not seen.reversed_by and any(directory.same_code(record.by, one) for one in approved_by):
            self._own.keep(seen)

    def found(self) -> Iterator[Matter]:
        """Yield each operator with the records."""
        least = self._view.thresholds.of(self.code, "records")
        for who, seqs, told, _ in self._own:
            if len(seqs) < least:
                continue
            yield Matter(
                self.code,
                seqs,
                who,
                "",
                Words(
                    f"{who} recorded and approved {times(len(seqs), 'record')}: {told.en}.",
                    f"{who} 录入并审核了 {len(seqs)} 笔：{told.zh}。",
                ),
                Words(
                    f"Ask for the review sheets of {told.en}: who else signed them?",
                    f"请调阅{told.zh}的评议表：还有谁签字？",
                ),
                {"records": len(seqs)},
            )


class OwnHousehold:
    """Records that somebody made or approved for a household with a member of their own name or code."""

    code: ClassVar[str] = "own-household"
    title: ClassVar[Words] = Words("For one's own household", "经办本户")
    question: ClassVar[Words] = Words(
        "Who recorded, approved or handed over for their own household?", "谁为自家录入、审核或发放？"
    )

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""
        self._view = view
        self._homes: dict[str, frozenset[str]] = {}
        self._own: dict[tuple[str, str], list[int]] = defaultdict(list)

    def see(self, seen: Seen) -> None:
        """Keep it if one of those who recorded or approved it bears the name or code of a member."""
        account = seen.account
        if seen.reversed_by or not account or seen.record.kind in FOR_EVERYBODY:
            return
        for operator in {seen.record.by, *seen.record.said.get("approved_by", ())}:
            if operator not in self._homes:
                self._homes[operator] = self._view.directory.own_households(operator)
            if account in self._homes[operator]:
                self._own[operator, account].append(seen.record.seq)

    def found(self) -> Iterator[Matter]:
        """Yield each operator and household with the records."""
        least = self._view.thresholds.of(self.code, "records")
        for (operator, account), seqs in sorted(self._own.items()):
            if len(seqs) < least:
                continue
            directory, told = self._view.directory, records_named(seqs)
            who, home = directory.code(operator), directory.called(account)
            yield Matter(
                self.code,
                tuple(seqs),
                who,
                "",
                Words(
                    f"{who} has the name or code of a member of {home}, and recorded or approved for it: {told.en}.",
                    f"{who} 与 {home} 的成员同名或同编号，并为该户经办：{told.zh}。",
                ),
                Words(
                    f"Ask whether {who} is that member; if so, who else was there for {told.en}?",
                    f"请核实 {who} 是否即该成员；若是，{told.zh}办理时还有谁在场？",
                ),
                {"household": directory.code(account), "records": len(seqs)},
            )
