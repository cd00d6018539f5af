"""Drafting a record: the fields that every act has, filled in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pointsledger.decisions.state import State
from pointsledger.errors import BeforeFirstPeriod, FutureDate
from pointsledger.rules.lots import NEVER, Part
from pointsledger.values.canonical import Json
from pointsledger.values.points import unscaled
from pointsledger.values.records import POINTS, Command, Entry, Record


def day_of(state: State, command: Command) -> str:
    """Return the civil day of the deed: as said, else the day on which it is recorded.

    Raises:
        FutureDate: if it lies after the day of recording.
        BeforeFirstPeriod: if it lies before the book's first period.

    """
    recorded_on = today(state, command)
    said = command.said.get("on")
    on = said if isinstance(said, str) else recorded_on
    check_day(state, on, recorded_on)
    return on


def today(state: State, command: Command) -> str:
    """Return the civil day on which an act is recorded, by which it is judged what can be spent."""
    return state.calendar.day_of_instant(command.recorded_at)


def check_day(state: State, on: str, today: str) -> None:
    """See that a deed may be of day ``on``, recorded on ``today``.

    Raises:
        FutureDate, BeforeFirstPeriod: as ``day_of``.

    """
    if on > today:
        raise FutureDate(on=on, today=today)
    first_period = state.settings.first_period
    if state.calendar.month_of(on) < first_period:
        raise BeforeFirstPeriod(on=on, first_period=first_period)


def counts_on(state: State, record: Record) -> str:
    """Return the day a record counts on: its own, or the first of its period if that comes later (S-44)."""
    if record.on[:7] == record.period and not state.settings.cut_off_day:
        return record.on
    return max(record.on, state.calendar.bounds(record.period)[0])


def draft(
    state: State,
    command: Command,
    *,
    on: str,
    decided: dict[str, Any],
    entries: Sequence[Entry] = (),
    for_period: str = "",
) -> Record:
    """Return the record that answers ``command`` as the next one of the journal.

    ``for_period`` is the month that it concerns, that of ``on`` unless given; it is kept only where it differs from the
    period the record counts in.
    """
    period = period_of(state, on)
    concerned = for_period or max(state.calendar.month_of(on), state.settings.first_period)
    return Record(
        village=state.village,
        seq=state.size + 1,
        kind=command.kind,
        version=command.version,
        recorded_at=command.recorded_at,
        by=command.by,
        on=on,
        period=period,
        for_period="" if concerned == period else concerned,
        request=command.request,
        said=command.said,
        decided={name: value for name, value in decided.items() if value not in ("", [], None)},
        entries=tuple(entries),
    )


def period_of(state: State, on: str) -> str:
    """Return the month in which a deed of day ``on`` counts: its own, or the earliest open one if that is closed."""
    return max(state.calendar.month_of(on), state.first_open)


def settlement(state: State, account: str, line: int, incoming: int) -> list[Json]:
    """Return what of ``incoming`` on a line of the next record pays the arrears of ``account``, as records write it."""
    settled = min(incoming, state.balance(account, POINTS).arrears)
    return parts(line, [(state.size + 1, line, settled)]) if settled else []


def parts(line: int, taken: Sequence[Part], sign: int = 1) -> list[Json]:
    """Return what ``line`` took from lots as a record writes it: line, the lot's record and line, amount."""
    return [[line, lot_seq, lot_line, sign * amount] for lot_seq, lot_line, amount in taken]


def brought(state: State, command: Command, account: str, granted: int, decided: Mapping[str, Any]) -> int:
    """Return the balance of ``account`` once it was granted something, of which a last day may be over already.

    A deed that is recorded late may have its points end before they are recorded; what they paid of arrears stays paid.
    """
    held = state.balance(account, POINTS).balance
    cleared = decided.get("clears_with")
    past = (decided.get("expires_on") or NEVER) < today(state, command)
    ended = past if cleared is None else cleared <= state.settings.closed_through
    return held + (sum(part for *_, part in decided["settled"]) if ended else granted)


def shown(state: State, amount: int) -> Decimal:
    """Return points as people read them, for an error's data and sentence."""
    return unscaled(amount, state.settings.decimals)
