"""Reserving (预约): points and pieces are promised to each other, and change hands when they are collected.

Until then nothing moves: the points stay in the household's lots and the pieces on the shelf, held, so that nothing
else takes them and the points do not lapse. A reservation ends by date, not by a run: its last day over, the next act
that meets it records that it was released, or forfeited where the rule book says so.

Worked example (S-09): A 70 and B 50, rice for 80. Reserved are 70 of A and 10 of B; the balance is 120, held 80,
available 40. Handed over, the balance is 40 and nothing is held (S-11).

Points whose lot lapsed while they were held come back as those of a refund do (``coming_back``): they lapse at once, or
get some days of grace if the shop is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pointsledger.decisions.coming_back import Back, back_again, brought_to
from pointsledger.decisions.drafts import draft, today
from pointsledger.decisions.ordering import (
    collected,
    collector_in,
    drawn_on,
    exchange,
    exchanged,
    order_in,
    order_of,
    points_for,
    shop_in,
)
from pointsledger.decisions.permitting import check_collecting, check_permitted, counted_back, rules_on
from pointsledger.decisions.state import RESERVED, State
from pointsledger.errors import InvalidState, NotAReservation
from pointsledger.rules import chart
from pointsledger.values.calendar import day_after, days_after
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Redemption

RESERVE = "reserve"
HAND_OVER = "hand-over"
CANCEL = "cancel"
RELEASE = "release"

HANDED_OVER = "handed-over"
CANCELLED = "cancelled"
RELEASED = "released"
FORFEITED = "forfeited"
REVERSED = "reversed"

FORFEIT = "forfeit"

RESIDENT = "resident"
CAUSES = (RESIDENT, "shop", "force_majeure")
"""Who is to blame that goods come back or are not collected: the resident, the shop, or nobody."""

_OWN_RELEASE = "~release"


def decide_reservation(state: State, command: Command) -> Record:
    """Hold the points of the items, and their pieces.

    Raises:
        NothingChosen: without an item.
        UnknownAccount, UnknownItem, RuleSilent: if the act names what is not there.
        InsufficientPoints: if the account cannot pay.
        OutOfStock: if the shelf lacks a piece.

    """
    said: Any = command.said
    account, shop, on = state.account(said["account"]).account, shop_in(said), today(state, command)
    order = order_of(state, said["items"], on)
    check_permitted(state, account, shop=shop, items=order.pieces, points=order.points, day=on, handing_over=False)
    points, (rules, _) = points_for(state, account, order.points, on), rules_on(state, on)
    decided = {
        "prices": order.prices,
        "items": order.items,
        "points": order.points,
        "held": drawn_on(state, shop, order, points),
        "last_day": days_after(on, rules.reservation_days),
        "at_end": rules.at_end if rules.at_end == FORFEIT else None,
        "balance": state.balance(account, POINTS).balance,
    }
    return draft(state, command, on=on, decided=decided)


def apply_reservation(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the rows of what is reserved."""
    told = {"state": RESERVED, "last_day": record.decided["last_day"]}
    return exchange(state, record, record.said["account"], told)


def decide_hand_over(state: State, command: Command) -> Record:
    """Hand over what record ``said["redemption"]`` reserved; that arrears have arisen since does not matter (S-46).

    Raises:
        InvalidState, NotAReservation: if there is nothing to hand over.

    """
    reserved = living(state, command)
    record = state.record(reserved.seq)
    order, on = order_in(record), today(state, command)
    collector = collector_in(command.said)
    check_collecting(state, reserved.account, shop=reserved.shop, day=on, collector=collector)
    held = record.decided["held"]
    decided = {
        "prices": order.prices,
        "items": order.items,
        "points": order.points,
        "group": state.grouping(reserved.account, on),
        "held": _let_go(held),
        "lots": held,
        "balance": state.balance(reserved.account, POINTS).balance - order.points,
    }
    entries = exchanged(reserved.account, reserved.shop, order)
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_hand_over(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note that what was reserved was handed over, and counts from now on."""
    reserved = _redemption(state, record)
    counted = reserved._replace(on_day=record.on, period=record.period, by_operator=record.by)
    return [counted._replace(state=HANDED_OVER, ended_by=record.seq, **collected(record))]


def decide_cancellation(state: State, command: Command) -> Record:
    """Let go of what record ``said["redemption"]`` reserved; ``said["cause"]`` says who is to blame.

    Raises:
        InvalidState, NotAReservation: if nothing is reserved.

    """
    reserved = living(state, command)
    return _ended(state, command, reserved, today(state, command), graced=command.said["cause"] != RESIDENT)


def apply_cancellation(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note that it was cancelled."""
    return _came_to_nothing(state, record, CANCELLED)


def decide_release(state: State, command: Command) -> Record:
    """Let go of what was reserved and not collected by its last day, or take its points where the rules say so.

    Raises:
        ValueError: if its last day is not over, or it has ended otherwise.

    """
    reserved = reservation(state, command.said)
    if reserved.last_day >= today(state, command):
        message = f"reservation {reserved.seq} lives until {reserved.last_day}"
        raise ValueError(message)
    on = release_day(state, reserved)
    if state.record(reserved.seq).decided.get("at_end") != FORFEIT:
        return _ended(state, command, reserved, on, graced=False)
    held = state.record(reserved.seq).decided["held"]
    decided = {
        "state": FORFEITED,
        "group": state.grouping(reserved.account, on),
        "held": _let_go(held),
        "lots": [part for part in held if part[0] == 1],
        "balance": state.balance(reserved.account, POINTS).balance - reserved.points,
    }
    entries = [Entry(reserved.account, chart.FORFEITED, POINTS, reserved.points)]
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_release(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note how it ended."""
    return _came_to_nothing(state, record, record.decided.get("state", RELEASED))


def release_day(state: State, reserved: Redemption) -> str:
    """Return the day on which a reservation ends by itself: the one after its last, or the first that is open."""
    return max(day_after(reserved.last_day), state.calendar.bounds(state.first_open)[0])


def overdue(state: State, command: Command, account: str | None) -> Iterator[Command]:
    """Yield the end of each reservation whose last day is over, of one account or all, soonest first.

    Each is to be appended before the next one is asked for.
    """
    for reserved in state.overdue(today(state, command), account):
        yield release_of(command, reserved)


def release_of(command: Command, reserved: Redemption) -> Command:
    """Return the end of a reservation, by whoever gave ``command`` and at its instant."""
    said = {"redemption": reserved.seq}
    return Command(RELEASE, 1, command.by, f"{_OWN_RELEASE}/{reserved.seq}", command.recorded_at, said)


def reservation(state: State, said: Any) -> Redemption:  # noqa: ANN401 - a body's said
    """Return the reservation that an act names, if it stands.

    Raises:
        NotAReservation: if the record is none.
        InvalidState: if it was handed over or has ended, or its hand-over was undone.

    """
    found = unreversed(state, said["redemption"])
    if found.state != RESERVED:
        raise InvalidState(seq=found.seq, state=found.state, on=state.record(found.ended_by).on)
    return found


def unreversed(state: State, seq: int) -> Redemption:
    """Return the reservation that a record made, whatever became of it, unless its hand-over was undone.

    Raises:
        NotAReservation: if the record is none.
        InvalidState: if it was undone.

    """
    found = begun_in(state, seq)
    if found.reversed_by:
        raise InvalidState(seq=seq, state=REVERSED, on=state.record(found.reversed_by).on)
    return found


def begun_in(state: State, seq: int) -> Redemption:
    """Return the reservation that a record made.

    Raises:
        NotAReservation: if it is none.

    """
    found = redemption_in(state, seq)
    if found is None or not found.last_day:
        raise NotAReservation(seq=seq)
    return found


def redemption_in(state: State, seq: int) -> Redemption | None:
    """Return what a record exchanged or reserved, if it did; no database knows a number beyond the journal's."""
    return state.get(Redemption, (seq,)) if seq <= state.size else None


def living(state: State, command: Command) -> Redemption:
    """Return the reservation that an act names, if its last day is not over either.

    Raises:
        NotAReservation, InvalidState: as ``reservation``.

    """
    found = reservation(state, command.said)
    if found.last_day < today(state, command):
        raise InvalidState(seq=found.seq, state=end_of(state, found.seq), on=release_day(state, found))
    return found


def end_of(state: State, seq: int) -> str:
    """Return how what record ``seq`` reserved ends if nobody collects it: released or forfeited."""
    return FORFEITED if state.record(seq).decided.get("at_end") == FORFEIT else RELEASED


def _ended(state: State, command: Command, reserved: Redemption, on: str, *, graced: bool) -> Record:
    """Return the record that lets go of everything that was held."""
    held = state.record(reserved.seq).decided["held"]
    back = Back(reserved.account, on, days_after(on, rules_on(state, on)[0].grace_days) if graced else "")
    points = [(seq, line, part) for own, seq, line, part in held if own == 1]
    decided, entries = back_again(state, back, points)
    decided |= {
        "held": _let_go(held),
        "group": state.grouping(reserved.account, on),
        "balance": state.balance(reserved.account, POINTS).balance + brought_to(reserved.account, entries),
    }
    return draft(state, command, on=on, decided=decided, entries=entries)


def _let_go(held: list[Any]) -> list[Any]:
    return [[line, seq, lot_line, -part] for line, seq, lot_line, part in held]


def _came_to_nothing(state: State, record: Record, ended: str) -> list[tuple[object, ...]]:
    """Note how a reservation ended that was not collected, and give its room in the allowances back."""
    reserved = _redemption(state, record)
    rows = counted_back(state, state.record(reserved.seq), reserved.account)
    return [reserved._replace(state=ended, ended_by=record.seq), *rows]


def _redemption(state: State, record: Record) -> Redemption:
    found = state.get(Redemption, (record.said["redemption"],))
    if found is None:
        message = f"record {record.said['redemption']} reserved nothing"
        raise LookupError(message)
    return found
