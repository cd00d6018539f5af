"""Deed cells: what each cell of a deed's row says, and what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from pointsledger.decisions.awarding import AWARD, DEDUCT, check_sign, worth
from pointsledger.decisions.limiting import check_resident
from pointsledger.deeds import Deed
from pointsledger.errors import (
    InputError,
    InvalidTime,
    RefusedError,
    SignRequired,
)
from pointsledger.reports.register import parse_code, parse_text
from pointsledger.rules.activities import Activity
from pointsledger.rules.hours import MOST_MINUTES
from pointsledger.sheets.cells import Cells
from pointsledger.values.points import quantity_text, scaled

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

_NOT_SAID = "?"


class DeedCells(Cells):
    """The cells of a deed."""

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
            minutes=row.get("minutes"),
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
        known = self._posting.activity(self._row.need("activity"), on)
        said = self._sign(known)
        if said is not None:
            return said
        if known is not None and known.sign == "both":
            raise SignRequired(activity=known.code)
        return DEDUCT if known is not None and known.sign == "minus" else AWARD

    def _steps(self) -> Sequence[Callable[[], object]]:
        return (
            self.number,
            self._possible_day,
            self._account,
            self._member,
            self._activity,
            self._member_needed,
            self._quantity,
            self._minutes,
            self._worth,
            self._level,
            lambda: self._sign(self._known()),
            self._kind_allowed,
            self._ended_at,
            lambda: self.deed("").service(self._posting),
            self._check_approvers,
            self._remark,
        )

    def _approvers(self) -> list[str]:
        approvers = (self._row.get("approved_by") or "").translate(_BETWEEN).split(";")
        return [code for approver in approvers if (code := approver.strip())]

    def _sign(self, known: Activity | None) -> str | None:
        """Return what the row says itself, whether it awards or deducts."""
        sign = self._row.get("sign")
        if sign is None:
            return None
        found = _SIGNS.get(unicodedata.normalize("NFKC", sign).lower())
        if found is None:
            raise SignRequired(activity=known.code if known else self._row.get("activity") or _NOT_SAID)
        return found

    def _kind_allowed(self) -> None:
        check_sign(self._activity(), self.kind(self._ruled_on()))

    def _member(self) -> None:
        member = self._row.get("member")
        if member is not None:
            self._posting.register.resident(self._account(), member)

    def _member_needed(self) -> None:
        try:
            account = self._account()
        except InputError:  # whose member it should be is not known, and still that there should be one
            account = self._row.get("household") or _NOT_SAID
        _, book = self._posting.state.rulebook(self._ruled_on())
        check_resident(book, self._activity(), account, named=self._row.get("member") is not None)

    def _activity(self) -> Activity:
        """Return the activity that the rule book of the day has under the code or name."""
        on = self._ruled_on()
        _, book = self._posting.state.rulebook(on)
        return self._posting.activity(self._row.need("activity"), on) or book.required(self._row.need("activity"), on)

    def _known(self) -> Activity | None:
        """Return the activity, or None if the row names none that there is."""
        try:
            return self._activity()
        except (InputError, RefusedError):
            return None

    def _quantity(self) -> None:
        quantity = self._row.get("quantity")
        if quantity is not None:
            quantity_text(quantity)

    def _minutes(self) -> None:
        minutes = self._row.get("minutes")
        if minutes is not None:
            scaled(minutes, 0, name="minutes", limit=MOST_MINUTES)

    def _worth(self) -> None:
        """See to the quantity as if the level were right, whatever it is."""
        activity, minutes = self._activity(), self._row.get("minutes")
        said = {
            "quantity": self._row.get("quantity"),
            "minutes": None if minutes is None else scaled(minutes, 0, name="minutes", limit=MOST_MINUTES),
            "level": activity.levels[0].code if activity.levels else None,
        }
        worth(activity, said, self._ruled_on())

    def _level(self) -> None:
        """See to the level as if there were one of it, whatever the quantity."""
        activity, level = self._activity(), self._row.get("level")
        named = activity.find_level(parse_text(level, "level")) if level else None
        activity.value(None, named.code if named else level, on=self._ruled_on())

    def _ended_at(self) -> None:
        try:
            self._posting.minute(self._row.get("ended_at"))
        except InvalidTime as error:  # it does not know which of the two times it is
            raise InvalidTime(**error.data, column=self._row.headings["ended_at"]) from None

    def _check_approvers(self) -> None:
        for code in self._approvers():
            parse_code(code, "operator")
