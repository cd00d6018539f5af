"""Opening: what a paper book held when this one began, in the first period and never earned (S-48)."""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import brought, draft, settlement
from pointsledger.decisions.state import State
from pointsledger.errors import OpeningExists, RuleSilent
from pointsledger.rules import chart
from pointsledger.values.records import POINTS, Command, Entry, Record


def decide_opening(state: State, command: Command) -> Record:
    """Bring ``said["points"]`` of the smallest unit onto an account from the paper book.

    Raises:
        UnknownAccount: if the household is not enrolled.
        OpeningExists: if it already has an opening balance.

    """
    said: Any = command.said
    account = state.account(said["account"])
    if account.opening_seq:
        raise OpeningExists(account=account.account, seq=account.opening_seq)
    on = first_day(state)
    decided: dict[str, Any] = {
        "group": state.grouping(account.account, on),
        **_end(state, on),
        "settled": settlement(state, account.account, 1, said["points"]),
    }
    decided["balance"] = brought(state, command, account.account, said["points"], decided)
    entries = [Entry(chart.OPENING, account.account, POINTS, said["points"])]
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_opening(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note on the account that it has its opening."""
    account = state.account(record.said["account"])
    return [account._replace(opening_seq=record.seq)]


def _end(state: State, on: str) -> dict[str, str | None]:
    """Return how the rule book lets points of the paper book end, if there is one yet."""
    try:
        _, book = state.rulebook(on)
    except RuleSilent:
        return {}
    return book.expiry.end(on, state.calendar)


def first_day(state: State) -> str:
    """Return the first day of the book, on which its openings count."""
    return state.calendar.bounds(state.settings.first_period)[0]
