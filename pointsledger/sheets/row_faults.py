"""Row faults: what is wrong with which cell of a sheet, and the error that tells all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pointsledger import errors
from pointsledger.errors import PointsLedgerError, SheetFaulty

_COLUMNS_OF: dict[type[PointsLedgerError], tuple[str, ...]] = {
    errors.UnknownAccount: ("household",),
    errors.AlreadyEnrolled: ("household",),
    errors.OpeningExists: ("household",),
    errors.InvalidCode: ("household",),
    errors.UnknownResident: ("member",),
    errors.AmbiguousResident: ("member", "collector"),
    errors.ResidentRequired: ("member",),
    errors.UnknownActivity: ("activity",),
    errors.WrongSign: ("sign",),
    errors.SignRequired: ("sign",),
    errors.UnknownLevel: ("level",),
    errors.UnexpectedLevel: ("level",),
    errors.UnexpectedQuantity: ("quantity",),
    errors.UnexpectedMinutes: ("minutes",),
    errors.InvalidNumber: ("quantity",),
    errors.NotPositive: ("quantity",),
    errors.TooManyDecimals: ("quantity",),
    errors.AmountTooLarge: ("quantity", "pieces"),
    errors.WorthNothing: ("quantity",),
    errors.LimitReached: ("quantity",),
    errors.InvalidTime: ("started_at",),
    errors.InvalidDate: ("on", "best_before"),
    errors.FutureDate: ("on",),
    errors.BeforeFirstPeriod: ("on",),
    errors.OtherPeriod: ("on",),
    errors.RuleSilent: ("on",),
    errors.InvalidText: ("remark",),
    errors.UnknownItem: ("item",),
    errors.NotStocked: ("item",),
    errors.UnknownShop: ("shop",),
    errors.RepeatedNumber: ("no",),
    errors.RowLeftOut: ("no",),
}
"""Which column an error speaks of, where it does not say so itself; the first that the sheet has."""

_CALLED = {
    "operator": "approved_by",
    "account": "household",
    "resident": "member",
    "items": "item",
    "cash_fen": "cash",
    "collector_name": "collector",
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row: its line in the file, the heading of the column, and the error.

    ``line`` is 0 for a row that the sheet no longer has; the error names its record.
    """

    line: int
    column: str
    error: PointsLedgerError

    def say(self, lang: str = "en") -> str:
        """Return the sentence in ``lang``: ``"en"`` or ``"zh"``."""
        return self.error.say(lang)


def row_fault(line: int, headings: Mapping[str, str], error: PointsLedgerError) -> RowFault:
    """Return the fault of a row; ``headings`` are the sheet's, by column."""
    said = error.data.get("column") or error.data.get("field") or error.data.get("name") or ""
    if said in headings.values():
        return RowFault(line, said, error)
    candidates = (_CALLED.get(said, said), *_COLUMNS_OF.get(type(error), ()))
    return RowFault(line, next((headings[column] for column in candidates if column in headings), ""), error)


def sheet_faulty(file: str | Path, faults: Iterable[RowFault], *, may_skip: bool = False) -> SheetFaulty:
    """Return the error that lists every fault of a sheet; ``may_skip`` tells that faulty rows can be left out."""
    listed = tuple(sorted(faults, key=lambda fault: fault.line))
    skip, skip_zh = (", or skip them with skip_bad (--skip-bad)", "，或用 --skip-bad 跳过") if may_skip else ("", "")
    return SheetFaulty(file=str(file), count=faulty_rows(listed), or_skip=skip, or_skip_zh=skip_zh, faults=listed)


def faulty_rows(faults: Iterable[RowFault]) -> int:
    """Count the rows that have a fault, however many each has; a row that is gone from the sheet counts by itself."""
    lines = [fault.line for fault in faults]
    return len(set(lines) - {0}) + lines.count(0)
