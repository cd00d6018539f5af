"""Cells: what every row of a month's sheet says, and what is wrong with each of its cells.

A row is read once, as a whole. Only where that fails is every cell looked at by itself, so that a clerk who
opens the sheet again finds all there is to correct in the row, and not one thing after the other.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from pointsledger.decisions.drafts import check_day
from pointsledger.errors import OtherPeriod, PointsLedgerError, StorageError
from pointsledger.posting import LONGEST_REMARK, Posting
from pointsledger.reports.register import parse_code, parse_text
from pointsledger.sheets.sheet import SheetRow


class Cells(ABC):
    """The cells of one row; ``period`` is the month that its day must lie in, or None."""

    def __init__(self, posting: Posting, row: SheetRow, period: str | None) -> None:
        """Read ``row`` as the book that ``posting`` is open on reads it."""
        self._posting = posting
        self._row = row
        self._period = period

    def day(self) -> str:
        """Return the day of the row.

        Raises:
            MissingCell, InvalidDate, OtherPeriod: if there is none, or it lies in another month.

        """
        calendar = self._posting.state.calendar
        on = calendar.day(self._row.day("on"))
        if self._period is not None and calendar.month_of(on) != self._period:
            raise OtherPeriod(on=on, period=self._period)
        return on

    def number(self) -> str:
        """Return the row's own number as it is meant: a spreadsheet makes 1.0 or 001 of a 1, and nobody means another.

        Raises:
            InvalidCode: if it cannot be kept.

        """
        number = unicodedata.normalize("NFKC", self._row.get("no") or "").strip()
        whole = number.removesuffix(".0")
        return parse_code((whole.lstrip("0") or "0") if whole.isdecimal() else number, "no") if number else ""

    def faults(self) -> list[PointsLedgerError]:
        """Return what is wrong with each cell, looked at by itself; nothing if only the whole does not fit together."""
        found: dict[str, PointsLedgerError] = {}
        for step in self._steps():
            try:
                step()
            except StorageError:
                raise
            except PointsLedgerError as error:
                told = self._posting.readable(error)
                found.setdefault(str(told), told)
        return list(found.values())

    @abstractmethod
    def _steps(self) -> Sequence[Callable[[], object]]:
        """Return what looks at the cells, one after another, each whatever the others say."""

    def _possible_day(self) -> None:
        check_day(self._posting.state, self.day(), self._posting.today())

    def _account(self) -> str:
        return self._posting.register.household(self._row.need("household"))

    def _ruled_on(self) -> str:
        """Return the day by whose rules the other cells are read, even if the row's own cannot be."""
        try:
            return self.day()
        except PointsLedgerError:
            calendar = self._posting.state.calendar
            return self._posting.today() if self._period is None else calendar.bounds(self._period)[1]

    def _remark(self) -> None:
        remark = self._row.get("remark")
        if remark is not None:
            parse_text(remark, "remark", LONGEST_REMARK)
