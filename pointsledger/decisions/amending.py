"""Amending: a name that was misspelt or a code that was changed gets a new pin, and the profile is replaced.

The journal holds on to the newest pin of everybody; the old code and name are gone with the old salt. What was posted
stays as it is, since it speaks of ids.

A correction is a right and never refused. But a name that is corrected to "x" would be erased by another door, so while
a retention runs the former code or name is kept as free text of the record: to be read, to be handed out, and to be
erased when the person could be.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import draft, today
from pointsledger.decisions.erasing import person_in, see_over, what_keeps
from pointsledger.decisions.state import State
from pointsledger.errors import AlreadyErased, NothingToAmend, UnknownAccount
from pointsledger.rules.said import FORMER_FIELDS
from pointsledger.values.records import Command, Record

AMEND = "amend"


def decide_amendment(state: State, command: Command) -> Record:
    """Pin a new code or name of some people: a household and its members, a member, or an operator.

    Raises:
        UnknownAccount: if somebody is not known.
        AlreadyErased: if somebody was erased.
        NothingToAmend: if a pin is the one that there is.
        RetentionRunning: if a rule book keeps what is replaced, and the record does not.

    """
    said: Any = command.said
    for one in said["amended"]:
        row = person_in(state, one["person"])
        if row is None:
            raise UnknownAccount(account=one["person"])
        if not row.pin:
            raise AlreadyErased(person=one["person"])
        if row.pin == one["pin"]:
            raise NothingToAmend
    if not any(field in said for field in FORMER_FIELDS):
        on = today(state, command)
        see_over(what_keeps(state, on, [one["person"] for one in said["amended"]]), AMEND)
    return draft(state, command, on=today(state, command), decided={})


def apply_amendment(state: State, record: Record) -> list[tuple[object, ...]]:
    """Exchange the pins."""
    changed: list[tuple[object, ...]] = []
    for one in record.said["amended"]:
        row = person_in(state, one["person"])
        if row is not None:
            changed.append(row._replace(pin=one["pin"]))
    return changed
