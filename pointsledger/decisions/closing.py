"""Closing (结账): a month whose last day is over is closed, and then nothing more counts in it.

Months are closed one after another from the first of the book. In the same transaction, before the close itself, what
lapses by the month's last day leaves its accounts, and so does what the rule book says is cleared with this close. The
close then keeps what the month came to: how many records there were and the root over them, the bridge of the village
and of each account, a digest over these, and the root of the balance tree. It counts in the month that is open then.

Worked example (S-22): March is closed at 40. One of its deeds was entered twice; its reversal counts in April, for
March. March as closed stays 40, as restated it is 30.

Rejected: opening a month again. Whoever holds last month's figures, on the wall or in the township, would hold what the
book no longer says; a correction that counts later leaves both to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pointsledger.decisions.drafts import draft, today
from pointsledger.decisions.lapsing import lapse_of
from pointsledger.decisions.reserving import release_of
from pointsledger.decisions.state import State
from pointsledger.decisions.stored import damaged
from pointsledger.errors import AlreadyClosed, BeforeFirstPeriod, EarlierPeriodOpen, PeriodNotOver
from pointsledger.rules import balance_tree, bridge
from pointsledger.rules.lots import is_over
from pointsledger.values.calendar import parse_month
from pointsledger.values.records import Command, Record
from pointsledger.values.rows import Close, Lot, Secret
from pointsledger.values.words import Words

CLOSE = "close"

_TOLD_TWICE = Words(
    "whether {period} is closed, its settings and its closes do not agree",
    "{period} 是否已结账，设置行与结账表不一致",
)


def check_close(state: State, period: str, today: str) -> None:
    """See that a month can be closed on the day ``today``.

    Raises:
        InvalidPeriod: if it is no month.
        BeforeFirstPeriod: if it lies before the book.
        AlreadyClosed: if it was closed before.
        PeriodNotOver: if its last day is not over.
        EarlierPeriodOpen: if a month before it is open.
        LedgerDamaged: if the book's own row and its closes do not agree whether it is closed.

    """
    settings = state.settings
    if parse_month(period) < settings.first_period:
        raise BeforeFirstPeriod(on=period, first_period=settings.first_period)
    closed = state.get(Close, (period,))
    if (closed is not None) != (period <= settings.closed_through):
        raise damaged(state.village, _TOLD_TWICE.about(period=period))
    if closed is not None:
        raise AlreadyClosed(period=period, seq=closed.seq)
    last_day = state.calendar.bounds(period)[1]
    if last_day >= today:
        raise PeriodNotOver(period=period, last_day=last_day, today=today)
    if period != state.first_open:
        raise EarlierPeriodOpen(period=period, earlier=state.first_open)


def decide_close(state: State, command: Command) -> Record:
    """Close the month ``said["period"]``.

    Raises:
        Exception: as ``check_close``.
        ValueError: if points that lapse with it have not left their accounts, or reservations that ended still stand.

    """
    said: Any = command.said
    period, recorded_on = said["period"], today(state, command)
    check_close(state, period, recorded_on)
    if _ending(state, period) or state.overdue(state.calendar.bounds(period)[1]):
        message = f"points that lapse, or reservations that end, by the end of {period} are still there"
        raise ValueError(message)
    bridges = state.bridges(period)
    decided = {
        "size": state.size,
        "root": state.root.hex(),
        "accounts": len(bridges),
        "bridge": bridge.sums(bridges),
        "digest": bridge.digest(state.village, period, bridges),
    }
    secret = secret_of(state, said.get("secret"))
    if secret is not None:
        decided["balances"] = balance_tree.root_of(
            balance_tree.leaves_of(secret, bridges, state.settings.decimals)
        ).hex()
    return draft(state, command, on=recorded_on, decided=decided)


def close_as_told(decided: Record, told: Record) -> Record:
    """Return a close decided again, its balance tree as the journal tells it where the secret to make it is lacking."""
    balances = told.decided.get("balances")
    if "balances" in decided.decided or not isinstance(balances, str) or "secret" not in told.said:
        return decided
    return replace(decided, decided={**decided.decided, "balances": balances})


def secret_of(state: State, pin: str | None) -> bytes | None:
    """Return the secret of that pin, or None if the village has not got it."""
    held = state.get(Secret, ())
    return held.secret if held is not None and pin is not None and held_pin(state) == pin else None


def held_pin(state: State) -> str | None:
    """Return the digest of the secret that the village has, if it has one."""
    held = state.get(Secret, ())
    return balance_tree.pin_of_secret(held.secret) if held is not None else None


def apply_close(state: State, record: Record) -> list[tuple[object, ...]]:
    """Keep the bridge of each account, and note that the month is closed."""
    period = record.said["period"]
    return [close_of(record), state.settings._replace(closed_through=period), *state.bridges(period)]


def close_of(record: Record) -> Close:
    """Return the row of the close that a record is."""
    decided = record.decided
    size, accounts, digest = decided["size"], decided["accounts"], decided["digest"]
    return Close(record.village, record.said["period"], record.seq, size, accounts, digest)


def before_close(state: State, command: Command) -> Iterator[Command]:
    """Yield the lapses that are recorded before a close; each is to be appended before the next is asked for.

    Raises:
        Exception: as ``check_close``, before anything is yielded.

    """
    period = str(command.said["period"])
    check_close(state, period, today(state, command))
    last_day = state.calendar.bounds(period)[1]
    for reserved in state.overdue(last_day):  # they end within the month
        yield release_of(command, reserved)
    for last_day, account, cleared in _ending(state, period):
        yield lapse_of(state, command, account, last_day, cleared if cleared == period else "")


def lots_ending_with(state: State, period: str) -> list[Lot]:
    """Return the lots of points that lapse before the close of a month: the day after their last, or cleared by it.

    A lot that is wholly promised to reservations goes on with them.
    """
    last_day = state.calendar.bounds(period)[1]
    ending = (lot for lot in state.lots_ending(last_day) if lot.free)
    return [lot for lot in ending if is_over(lot, last_day, period)]


def _ending(state: State, period: str) -> list[tuple[str, str, str]]:
    """Return last day, account and, of what a close clears, its month, of all lapses that belong before a close.

    What an earlier close should have cleared, had it been there, is a lapse of its own, beside what else has that day.
    """
    cleared = state.calendar.bounds(period)[1], period
    found = {
        (*(cleared if lot.clears_with == period else (str(lot.expires_on), lot.clears_with or "")), lot.account)
        for lot in lots_ending_with(state, period)
    }
    return sorted((last_day, account, month) for last_day, month, account in found)
