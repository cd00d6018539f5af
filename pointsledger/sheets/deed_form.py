"""The form of deeds: awards and deductions, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.deeds import Deed
from pointsledger.errors import RepeatedNumber
from pointsledger.posting import Posting
from pointsledger.sheets.deed_cells import DeedCells
from pointsledger.sheets.forms import Form, Line, Row
from pointsledger.sheets.sheet import DEEDS, SheetRow
from pointsledger.values.records import Record

_CONTENT = ("quantity", "minutes", "level", "started_at", "ended_at", "approved_by", "remark")


@dataclass(frozen=True, slots=True)
class DeedLine(Line):
    """A row of deeds: the deed, what it says but for its approvers, and whether it is an award or a deduction."""

    deed: Deed
    resolved: dict[str, Any]
    kind: str


class DeedForm(Form[DeedLine]):
    """A month's deeds."""

    columns: ClassVar[Sequence[str]] = DEEDS
    required: ClassVar[Sequence[str]] = ("on", "household", "activity")
    kinds: ClassVar[frozenset[str]] = frozenset({AWARD, DEDUCT})

    def cells(self, posting: Posting, row: SheetRow, period: str | None) -> DeedCells:
        """Return the cells of a deed."""
        return DeedCells(posting, row, period)

    def line(self, posting: Posting, row: SheetRow, period: str | None) -> DeedLine:
        """Read a deed: it is known by household, member, activity and day."""
        cells = self.cells(posting, row, period)
        on = cells.day()
        deed = cells.deed(on)
        said = deed.resolved(posting)
        kind = cells.kind(on)
        base = f"{said['account']}/{said['resident'] or ''}/{said['activity']}/{on}"
        others = tuple(row.get(name) or "" for name in _CONTENT)
        return DeedLine(row, base, (kind, *others), cells.number(), deed, said, kind)

    def clash(self, first: DeedLine, other: DeedLine) -> RepeatedNumber:
        """Return that no two deeds bear one number."""
        return RepeatedNumber(first=first.at, number=other.number)

    def row(self, key: str, lines: Sequence[DeedLine]) -> Row:
        """Return the deed, which is the only line under its key."""
        (line,) = lines
        said, remark = line.resolved, line.sheet_row.get("remark")
        return Row(
            sheet_rows=(line.sheet_row,),
            kind=line.kind,
            key=key,
            place=(said["account"], said["resident"] or "", said["activity"], said["on"]),
            texts={"remark": remark} if remark else {},
            said=lambda posting: {**said, "approved_by": line.deed.approvers(posting) or None},
        )

    def points(self, record: Record) -> int:
        """Return what was granted, or below zero what was deducted."""
        granted: int = record.decided["granted"]
        return granted if record.kind == AWARD else -granted
