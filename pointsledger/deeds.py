"""Deeds: an award or a deduction as a caller or a sheet writes it, and as the journal says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pointsledger.calendar import Day, parse_minute
from pointsledger.errors import InvalidTime, RuleSilent
from pointsledger.points import Amount, quantity_text
from pointsledger.posting import Posting


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
    approved_by: tuple[str, ...] = ()

    def said(self, posting: Posting) -> dict[str, Any]:
        """Return the deed in its normal form: ids for people, codes for activities, absent what was not said.

        A name that is not known stays as it was written; the decision refuses it.
        """
        account = posting.register.household(self.household)
        day = None if self.on is None else posting.state.calendar.day(self.on)
        activity, level = _codes(posting, self.activity, self.level, day)
        start = None if self.started_at is None else parse_minute(self.started_at)
        end = None if self.ended_at is None else parse_minute(self.ended_at)
        if start and end and end <= start:
            raise InvalidTime(value=f"{start} - {end}")
        approvers = list(dict.fromkeys(posting.register.operator(code) for code in self.approved_by))
        return {
            "account": account,
            "activity": activity,
            "quantity": None if self.quantity is None else quantity_text(self.quantity),
            "level": level,
            "resident": posting.register.resident(account, self.member) if self.member else None,
            "started_at": start,
            "ended_at": end,
            "on": day,
            "approved_by": approvers or None,
        }


def _codes(posting: Posting, activity: str, level: str | None, day: str | None) -> tuple[str, str | None]:
    """Return the codes of an activity and a level that may have been given by name."""
    try:
        _, book = posting.state.rulebook(day or posting.today())
    except RuleSilent:
        return activity, level
    found = book.find(activity)
    if found is None:
        return activity, level
    named = next((known.code for known in found.levels if level in {known.code, known.name}), level)
    return found.code, named
