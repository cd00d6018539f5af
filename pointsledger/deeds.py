"""Deeds: an award or a deduction as a caller or a sheet writes it, and as the journal says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pointsledger.errors import InvalidTime, NotAList
from pointsledger.posting import Posting
from pointsledger.reports.register import parse_text
from pointsledger.rules.activities import Activity
from pointsledger.rules.hours import MOST_MINUTES
from pointsledger.values.calendar import Day, minutes_between
from pointsledger.values.points import Amount, quantity_text, scaled


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody says was done: codes and names as people write them."""

    household: str
    activity: str
    quantity: Amount | None = None
    level: str | None = None
    member: str | None = None
    started_at: str | datetime | None = None
    ended_at: str | datetime | None = None
    on: Day | None = None
    approved_by: Iterable[str] = ()
    minutes: Amount | None = None

    def said(self, posting: Posting) -> dict[str, Any]:
        """Return the deed in its normal form; see ``resolved``.

        Raises:
            NotAList: if the approvers are one text.

        """
        return self.resolved(posting) | {"approved_by": self.approvers(posting) or None}

    def resolved(self, posting: Posting) -> dict[str, Any]:
        """Return the deed but for its approvers: ids for people, codes for activities, None for what was not said.

        An activity that is not known stays as it was written; the decision refuses it.

        Raises:
            UnknownAccount, UnknownResident, AmbiguousResident, InvalidDate, InvalidTime, InvalidNumber and the like:
                if the deed cannot be read.

        """
        account = posting.register.household(self.household)
        day = posting.day(self.on)
        known = posting.activity(self.activity, day)
        return {
            "account": account,
            "activity": known.code if known else self.activity,
            **self.details(posting, account, known),
            "on": day,
        }

    def details(self, posting: Posting, account: str, known: Activity | None) -> dict[str, Any]:
        """Return how much was done and by whom, in its normal form, for an account (an id) and an activity."""
        start, end = self.service(posting)
        return {
            "quantity": None if self.quantity is None else quantity_text(self.quantity),
            "minutes": self._minutes(known, start, end),
            "level": self._level(known),
            "resident": posting.register.resident(account, self.member) if self.member is not None else None,
            "started_at": start,
            "ended_at": end,
        }

    def service(self, posting: Posting) -> tuple[str | None, str | None]:
        """Return start and end of the service, as local text to the minute.

        Raises:
            InvalidTime: if one is no time, or the end is not after the start.

        """
        start, end = posting.minute(self.started_at), posting.minute(self.ended_at)
        if start and end and end <= start:
            raise InvalidTime(value=f"{start} - {end}")
        return start, end

    def _minutes(self, known: Activity | None, start: str | None, end: str | None) -> int | None:
        """Return the minutes of a service: as said, or from start to end where the activity says how to round them."""
        if self.minutes is not None:
            return scaled(self.minutes, 0, name="minutes", limit=MOST_MINUTES)
        if known is None or known.rounding is None or self.quantity is not None or not (start and end):
            return None
        return scaled(minutes_between(start, end), 0, name="minutes", limit=MOST_MINUTES)

    def _level(self, known: Activity | None) -> str | None:
        """Return the code of the level that may have been given by name."""
        if self.level is None:
            return None
        text = parse_text(self.level, "level")
        found = known.find_level(text) if known else None
        return found.code if found else text

    def approvers(self, posting: Posting) -> list[str]:
        """Return the ids of who approved, each once; somebody not seen before becomes a newcomer.

        Raises:
            NotAList: if they are one text.

        """
        if not self.approved_by:
            return []
        if isinstance(self.approved_by, str):
            raise NotAList(
                name="approved_by", expected="a list of operators", expected_zh="经办人列表", value=self.approved_by
            )
        return list(dict.fromkeys(posting.register.operator(code) for code in self.approved_by))
