"""Refunding (退货退分): goods come back, or were not what they should be, and points are given back for them.

What is refunded of a redemption never adds up to more than was spent, whoever refunds at the same time: it is counted
under the village's lock. Points go back in the reverse order of their consumption, so that refunds which add up to the
whole restore every lot that has not lapsed, however they are split.

Worked example (S-13): 80 were spent, A 70 and then B 10. A refund of 30 gives B 10 and A 20 back, one of 50 then A 50.
A redemption of paper that left arrears clears these first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pointsledger.decisions.coming_back import (
    amount_of,
    brought_to,
    ended,
    own_settlement,
    settling,
    sorted_out,
    unsettled,
)
from pointsledger.decisions.drafts import day_of, draft, parts, shown, today
from pointsledger.decisions.ordering import order_in
from pointsledger.decisions.permitting import counted_redemption, counting_day, rules_on
from pointsledger.decisions.reserving import HANDED_OVER, RESIDENT, REVERSED, end_of, redemption_in, release_day
from pointsledger.decisions.state import RESERVED, State
from pointsledger.errors import InvalidState, NotARedemption, NotRedeemed, OverRefund
from pointsledger.rules import chart, lots
from pointsledger.rules.lots import Part
from pointsledger.values.calendar import days_after
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Redemption, RedemptionLine

REFUND = "refund"


class _Asked(NamedTuple):
    """What is to be refunded: points, and the pieces of items that they are for, if any are named."""

    points: int
    items: list[dict[str, Any]]


def decide_refund(state: State, command: Command) -> Record:
    """Give points of redemption ``said["redemption"]`` back: for ``items``, so many ``points``, or all that is left.

    Raises:
        NotARedemption, InvalidState: if there is nothing to refund.
        NotRedeemed: if an item is none of it.
        OverRefund: if it is more than was spent and not refunded yet.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    redemption = _refundable(state, said["redemption"], today(state, command))
    spent = state.record(redemption.ended_by or redemption.seq)
    on = max(day_of(state, command), redemption.on_day)
    asked = _asked(state, redemption, said)
    decided, entries = _given_back(state, redemption, spent, on, asked.points, graced=said["cause"] != RESIDENT)
    for item in asked.items:
        if item["returned"]:
            entries.append(
                Entry(chart.RETURNED, chart.shelf(redemption.shop), chart.item_unit(item["item"]), item["pieces"])
            )
            decided["lots"] += parts(len(entries), _pieces_back(state, redemption, spent, item), -1)
    over = ended(state, redemption.account, decided, today(state, command))
    decided |= {
        "points": asked.points,
        "items": asked.items,
        "group": state.grouping(redemption.account, on),
        "balance": state.balance(redemption.account, POINTS).balance + brought_to(redemption.account, entries) - over,
    }
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_refund(state: State, record: Record) -> list[tuple[object, ...]]:
    """Count what was given back, and its room in the allowances."""
    redemption = state.get(Redemption, (record.said["redemption"],))
    if redemption is None:
        message = f"record {record.said['redemption']} is no redemption"
        raise LookupError(message)
    rows: list[tuple[object, ...]] = [redemption._replace(refunded=redemption.refunded + record.decided["points"])]
    for item in record.decided.get("items", ()):
        line = state.get(RedemptionLine, (redemption.seq, item["item"]))
        if line is not None:
            returned = line.returned + item["pieces"] * item["returned"]
            rows.append(line._replace(refunded=line.refunded + item["pieces"], returned=returned))
    begun, points = state.record(redemption.seq), record.decided["points"]
    pieces = {item["item"]: item["pieces"] for item in record.decided.get("items", ())}
    wholly = int(redemption.refunded + points == redemption.points)
    day = counting_day(state, begun)
    return [*rows, *counted_redemption(state, redemption.account, pieces, points, day, sign=-1, times=wholly)]


def _refundable(state: State, seq: int, day: str) -> Redemption:
    """Return the redemption that can be refunded, as it stands by the date."""
    found = redemption_in(state, seq)
    if found is None:
        raise NotARedemption(seq=seq)
    if found.reversed_by:
        raise InvalidState(seq=seq, state=REVERSED, on=state.record(found.reversed_by).on)
    if found.state == RESERVED and found.last_day < day:
        raise InvalidState(seq=seq, state=end_of(state, seq), on=release_day(state, found))
    if found.state != HANDED_OVER:
        raise InvalidState(seq=seq, state=found.state, on=state.record(found.ended_by or seq).on)
    return found


def _asked(state: State, redemption: Redemption, said: Any) -> _Asked:  # noqa: ANN401 - a body's said
    """Return the points to give back, and the pieces they are for.

    Raises:
        NotRedeemed, OverRefund: as ``decide_refund``.

    """
    left = redemption.points - redemption.refunded
    returned = said.get("returned", 1)
    if "points" in said:
        asked = _Asked(said["points"], [])
    elif "items" in said:
        items = [_pieces_asked(state, redemption, line, returned) for line in said["items"]]
        asked = _Asked(sum(points for points, _ in items), [item for _, item in items])
    else:
        record = state.record(redemption.seq)
        lines = [state.get(RedemptionLine, (redemption.seq, item["item"])) for item in order_in(record).items]
        rest = [line for line in lines if line is not None and line.pieces > line.refunded]
        asked = _Asked(left, [_item(line, line.pieces - line.refunded, returned) for line in rest])
    if asked.points > left or not asked.points:
        raise OverRefund(seq=redemption.seq, refundable=shown(state, left), required=shown(state, asked.points))
    return asked


def _pieces_asked(
    state: State, redemption: Redemption, wanted: dict[str, Any], returned: int
) -> tuple[int, dict[str, Any]]:
    line = state.get(RedemptionLine, (redemption.seq, wanted["item"]))
    if line is None:
        raise NotRedeemed(seq=redemption.seq, item=wanted["item"])
    left = line.pieces - line.refunded
    if wanted["pieces"] > left:
        refundable, required = shown(state, left * line.price), shown(state, wanted["pieces"] * line.price)
        raise OverRefund(seq=redemption.seq, refundable=refundable, required=required)
    return wanted["pieces"] * line.price, _item(line, wanted["pieces"], returned)


def _item(line: RedemptionLine, pieces: int, returned: int) -> dict[str, Any]:
    """Return the pieces of an item as a record writes them; no service lies on a shelf again."""
    return {"item": line.item, "pieces": pieces, "returned": returned * line.stocked}


def _given_back(
    state: State, redemption: Redemption, spent: Record, on: str, points: int, *, graced: bool
) -> tuple[dict[str, Any], list[Entry]]:
    """Return what is decided of the points, and the lines that move them."""
    account = redemption.account
    cleared, parts_back = _in_reverse(spent, redemption.refunded, points)
    alive, over = sorted_out(state, on, parts_back)
    entries = [Entry(chart.REFUNDED, account, POINTS, points)]
    owed = state.balance(account, POINTS).arrears
    decided: dict[str, Any] = {"lots": parts(1, alive, -1), "cleared": [[1, cleared]] if cleared else []}
    if owed < cleared:  # others have paid for it meanwhile, and have theirs back
        decided["settled"] = parts(1, unsettled(state, account, cleared - owed), -1)
        left = 0
    else:
        paid = settling(alive, owed - cleared)
        decided["settled"] = parts(1, paid)
        left = owed - cleared - amount_of(paid)
    if over and graced:
        decided["expires_on"] = days_after(on, rules_on(state, on)[0].grace_days)
        decided["settled"] += own_settlement(state, 1, amount_of(over), left)
    elif over:
        entries.append(Entry(account, chart.EXPIRED, POINTS, amount_of(over)))
        decided["lots"] += parts(1, over, -1) + parts(2, over)
    return decided, entries


def _in_reverse(spent: Record, refunded: int, points: int) -> tuple[int, list[Part]]:
    """Return what of ``points`` clears the arrears that the redemption made, and which lots it gives back to.

    ``refunded`` is what was given back before: it is skipped, from the end of what was consumed.
    """
    made = sum(amount for line, amount in spent.decided.get("arrears", ()) if line == 1)
    cleared = max(0, min(points, made - refunded))
    taken = [(seq, line, part) for own, seq, line, part in spent.decided.get("lots", ()) if own == 1]
    _, rest = lots.split(reversed(taken), max(0, refunded - made))
    given, _ = lots.split(rest, points - cleared)
    return cleared, given


def _pieces_back(state: State, redemption: Redemption, spent: Record, item: dict[str, Any]) -> list[Part]:
    """Return to which lots of the shelf the pieces of an item go back, the last one taken from first."""
    unit = chart.item_unit(item["item"])
    own = next(
        line
        for line, entry in enumerate(spent.entries, start=1)
        if (entry.unit, entry.target) == (unit, chart.HANDED_OVER)
    )
    line = state.get(RedemptionLine, (redemption.seq, item["item"]))
    taken = [(seq, lot_line, part) for place, seq, lot_line, part in spent.decided["lots"] if place == own]
    _, rest = lots.split(reversed(taken), line.returned if line is not None else 0)
    given, _ = lots.split(rest, item["pieces"])
    return given
