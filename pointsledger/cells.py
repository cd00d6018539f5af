"""Cells: what each cell of a deed's row says, and what is wrong with each of them.

A row is read once, as a deed. Only where that fails is every cell looked at by itself, so that a clerk who
opens the sheet again finds all there is to correct in the row, and not one thing after the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from pointsledger.awarding import AWARD, DEDUCT
from pointsledger.deeds import Deed
from pointsledger.errors import OtherPeriod, PointsLedgerError, SignRequired, StorageError
from pointsledger.points import quantity_text
from pointsledger.posting import LONGEST_REMARK, Posting
from pointsledger.register import parse_code, parse_text
from pointsledger.rulebook import Activity
from pointsledger.sheets import SheetRow

_BETWEEN = str.maketrans("、；，,", ";;;;")
_SIGNS = {
    "加分": AWARD,
    "加": AWARD,
    "+": AWARD,
    "award": AWARD,
    "扣分": DEDUCT,
    "扣": DEDUCT,
    "-": DEDUCT,
    "deduct": DEDUCT,
}


class Cells:
    """The cells of one row; ``period`` is the month that its day must lie in, or None."""

    def __init__(self, posting: Posting, row: SheetRow, period: str | None) -> None:
        """Read ``row`` as the book that ``posting`` is open on reads it."""
        self._posting = posting
        self._row = row
        self._period = period

    def day(self) -> str:
        """Return the day of the deed.

        Raises:
            MissingCell, InvalidDate, OtherPeriod: if there is none, or it lies in another month.

        """
        calendar = self._posting.state.calendar
        on = calendar.day(self._row.day("on"))
        if self._period is not None and calendar.month_of(on) != self._period:
            raise OtherPeriod(on=on, period=self._period)
        return on

    def deed(self, on: str) -> Deed:
        """Return the deed of the row, done on a day.

        Raises:
            MissingCell: if household or activity are missing.

        """
        row = self._row
        return Deed(
            household=row.need("household"),
            activity=row.need("activity"),
            quantity=row.get("quantity"),
            level=row.get("level"),
            member=row.get("member"),
            started_at=row.get("started_at"),
            ended_at=row.get("ended_at"),
            on=on,
            approved_by=self._approvers(),
        )

    def kind(self, on: str) -> str:
        """Return whether the row awards or deducts: as it says, else as its activity can only mean.

        Raises:
            SignRequired: if neither says it.

        """
        sign, known = self._row.get("sign"), self._posting.activity(self._row.need("activity"), on)
        if sign is not None:
            found = _SIGNS.get(unicodedata.normalize("NFKC", sign).strip().lower())
            if found is None:
                raise SignRequired(activity=known.code if known else sign)
            return found
        if known is not None and known.sign == "both":
            raise SignRequired(activity=known.code)
        return DEDUCT if known is not None and known.sign == "minus" else AWARD

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
        steps: tuple[Callable[[], object], ...] = (
            self.number,
            self.day,
            self._account,
            self._member,
            self._activity,
            self._quantity,
            self._worth,
            lambda: self.kind(self._ruled_on()),
            self._times,
            self._check_approvers,
            self._remark,
        )
        found: dict[str, PointsLedgerError] = {}
        for step in steps:
            try:
                step()
            except StorageError:
                raise
            except PointsLedgerError as error:
                found.setdefault(str(error), error)
        return list(found.values())

    def _approvers(self) -> list[str]:
        approvers = (self._row.get("approved_by") or "").translate(_BETWEEN).split(";")
        return [code for approver in approvers if (code := approver.strip())]

    def _account(self) -> str:
        return self._posting.register.household(self._row.need("household"))

    def _member(self) -> None:
        member = self._row.get("member")
        if member is not None:
            self._posting.register.resident(self._account(), member)

    def _ruled_on(self) -> str:
        """Return the day by whose rule book the other cells are read, even if the row's own cannot be."""
        try:
            return self.day()
        except PointsLedgerError:
            calendar = self._posting.state.calendar
            return self._posting.today() if self._period is None else calendar.bounds(self._period)[1]

    def _activity(self) -> Activity:
        """Return the activity that the rule book of the day has under the code or name."""
        on = self._ruled_on()
        _, book = self._posting.state.rulebook(on)
        return self._posting.activity(self._row.need("activity"), on) or book.required(self._row.need("activity"), on)

    def _quantity(self) -> None:
        quantity = self._row.get("quantity")
        if quantity is not None:
            quantity_text(quantity)

    def _worth(self) -> None:
        activity, level = self._activity(), self._row.get("level")
        named = activity.find_level(level) if level else None
        activity.value(self._row.get("quantity"), named.code if named else level)

    def _times(self) -> None:
        for column in ("started_at", "ended_at"):
            self._posting.minute(self._row.get(column))

    def _check_approvers(self) -> None:
        for code in self._approvers():
            parse_code(code, "operator")

    def _remark(self) -> None:
        remark = self._row.get("remark")
        if remark is not None:
            parse_text(remark, "remark", LONGEST_REMARK)
