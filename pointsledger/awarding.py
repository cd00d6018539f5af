"""Awarding and deducting: what the rule book in force on the day says that a deed is worth.

The order is that of the semantics: quantity x points, rounded towards zero; then the limit. Requested,
granted and capped all stand in the record; a deed of which the limit leaves nothing is recorded without an
entry. New points first pay what the account owes. A deduction takes what is there and the rest becomes
arrears, so that the rows of a sheet need not come in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pointsledger import caps, chart, lots
from pointsledger.drafts import counts_on, day_of, draft, parts, period_of, settlement, shown, today
from pointsledger.errors import (
    InsufficientPoints,
    LimitReached,
    ResidentRequired,
    UnknownResident,
    WorthNothing,
    WrongSign,
)
from pointsledger.pairs import check_right
from pointsledger.records import POINTS, Command, Entry, Record
from pointsledger.rows import Batch, BatchRow, Capped, Resident, Usage
from pointsledger.rulebook import Activity, RuleBook
from pointsledger.state import State

AWARD = "award"
DEDUCT = "deduct"

Used = Callable[[tuple[str, str, str]], Usage | None]
"""Tells what was used of a limit, by activity, holder and span."""

_SIGNS = {AWARD: ("plus", "both"), DEDUCT: ("minus", "both")}


def decide_award(state: State, command: Command) -> Record:
    """Give the points that the rule book says for a deed, as far as its limit allows.

    Raises:
        UnknownAccount, UnknownResident, UnknownActivity, UnknownLevel, UnexpectedLevel, UnexpectedQuantity:
            if the act names what is not there.
        WrongSign: if the activity only deducts.
        ResidentRequired: if its limit is by resident and none is named.
        LimitReached: if its limit is used up and of mode ``reject``.
        RuleSilent, FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on, version, book, activity = _ruling(state, command)
    account = state.account(said["account"]).account
    requested = worth(activity, said.get("quantity"), said.get("level"))
    times = _times(activity, said)
    used = _usage_without(state, state.record(said["corrects"])) if "corrects" in said else _usage(state)
    granted = _within_limit(state, activity, _deed(said, on), requested, times, usage=used)
    decided = {
        "rulebook": version,
        "category": activity.category,
        "requested": requested,
        "granted": granted,
        "capped": requested - granted or None,
        "group": state.grouping(account, on),
        "settled": settlement(state, account, 1, granted),
        **(book.expiry.end(on, period_of(state, on), state.calendar) if granted else {}),
        "times": granted * times // requested if granted and times > 1 else None,
        "balance": state.balance(account, POINTS).balance + granted,
    }
    entries = [Entry(chart.ISSUED + activity.category, account, POINTS, granted)] if granted else []
    return draft(state, command, on=on, decided=decided, entries=entries)


def decide_deduction(state: State, command: Command) -> Record:
    """Take the points that the rule book says for a breach; of what is not there it says what becomes (S-49).

    Raises:
        InsufficientPoints: where the rule book lets nobody owe.
        Exception: else as ``decide_award``, less the limit.

    """
    said: Any = command.said
    on, version, _, activity = _ruling(state, command)
    account = state.account(said["account"]).account
    asked = worth(activity, said.get("quantity"), said.get("level"))
    held = state.balance(account, POINTS)
    taken, missing = lots.take(state.lots_alive(account, today(state, command)), asked)
    arrears, written_off = owed(state, account, on, asked, missing)
    amount = asked - written_off
    decided = {
        "rulebook": version,
        "category": activity.category,
        "requested": asked,
        "granted": amount,
        "group": state.grouping(account, on),
        "lots": parts(1, taken),
        "arrears": [[1, arrears]] if arrears else None,
        "written_off": written_off or None,
        "balance": held.balance - amount,
    }
    entries = [Entry(account, chart.DEDUCTED + activity.category, POINTS, amount)] if amount else []
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_deed(state: State, record: Record) -> list[tuple[object, ...]]:
    """Count an award for its limits, and note the row of the sheet it came from."""
    said = record.said
    rows: list[tuple[object, ...]] = []
    if record.kind == AWARD and record.entries:
        rows.extend(counted(state, record, 1))
    if "capped" in record.decided:
        rows.append(_capped(state, record))
    if "batch" in said:
        rows.extend(_batched(state, record))
    return rows


def _batched(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note in which record a row of a sheet stands now; a row that was replaced is the next revision of itself."""
    label, key = record.said["batch"], record.said["row"]
    batch = state.get(Batch, (label,)) or Batch(state.village, label, 1)
    earlier = state.get(BatchRow, (label, key))
    again = earlier is not None and earlier.generation == batch.generation
    revision = earlier.revision + 1 if earlier is not None and again else 1
    return [batch, BatchRow(state.village, label, key, record.seq, batch.generation, revision, 1)]


def _capped(state: State, record: Record) -> Capped:
    said = record.said
    return Capped(
        state.village,
        said["account"],
        record.seq,
        caps.entry_activity(said["activity"], said.get("level", "")),
        said.get("resident", ""),
        record.on,
        counts_on(state, record),
        record.period,
        record.decided["requested"],
        record.decided["granted"],
    )


def counted(state: State, record: Record, sign: int) -> list[Usage]:
    """Return the usage rows after the grant of an award (``sign`` 1), or after it was taken back (-1)."""
    counters = state.counters(record.said["activity"], record.said.get("level", ""))
    if not counters:
        return []
    deed = _deed(record.said, record.on)
    points, times = sign * record.decided["granted"], sign * record.decided.get("times", 1)
    usages = []
    for counter in counters:
        key = caps.usage_key(counter, deed, state.calendar)
        usages.append(caps.counted(state.get(Usage, key) or Usage(state.village, *key, 0, 0), points, times))
    return usages


def worth(activity: Activity, quantity: str | None, level: str | None) -> int:
    """Return what a deed is worth before any limit; for the arguments see ``Activity.value``.

    Raises:
        UnknownLevel, UnexpectedLevel, UnexpectedQuantity, AmountTooLarge: as ``Activity.value``.
        WorthNothing: if it is nothing, such as of a sliver of an hour.

    """
    points = activity.value(quantity, level)
    if not points:
        raise WorthNothing(activity=activity.code, activity_name=activity.name, quantity=quantity)
    return points


def check_sign(activity: Activity, kind: str) -> None:
    """See that an activity may be used for an act.

    Raises:
        WrongSign: if it only awards, or only deducts.

    """
    if activity.sign not in _SIGNS[kind]:
        other = DEDUCT if kind == AWARD else AWARD
        raise WrongSign(activity=activity.code, activity_name=activity.name, act=kind, other=other)


def check_resident(activity: Activity, account: str, *, named: bool) -> None:
    """See that a member is ``named`` where the limit of an activity goes by resident.

    Raises:
        ResidentRequired: if none is.

    """
    if activity.limit is not None and activity.limit.by == "resident" and not named:
        raise ResidentRequired(activity=activity.code, activity_name=activity.name, account=account)


def _times(activity: Activity, said: Any) -> int:  # noqa: ANN401 - a body's said
    """Return how often a deed is done at once: its quantity where times are counted, else once."""
    return int(said.get("quantity", 1)) if activity.per == "time" else 1


def _deed(said: Any, on: str) -> caps.CountedDeed:  # noqa: ANN401 - a body's said
    return caps.CountedDeed(said["activity"], said.get("level", ""), said["account"], said.get("resident", ""), on)


def owed(state: State, account: str, on: str, required: int, missing: int) -> tuple[int, int]:
    """Return how much of what is ``missing`` becomes arrears, and how much is written off, by the rules of ``on``.

    Raises:
        InsufficientPoints: if they let nobody owe.

    """
    if not missing:
        return 0, 0
    policy = state.rulebook(on)[1].arrears
    if policy == "block":
        available = shown(state, required - missing)
        raise InsufficientPoints(account=account, available=available, required=shown(state, required))
    return (0, missing) if policy == "write_off" else (missing, 0)


def _ruling(state: State, command: Command) -> tuple[str, int, RuleBook, Activity]:
    """Return the day, the rule book of it with its version, and the activity, if it may be used for this act."""
    said: Any = command.said
    account = state.account(said["account"]).account
    if "resident" in said:
        resident = state.get(Resident, (said["resident"],))
        if resident is None or resident.account != account:
            raise UnknownResident(resident=said["resident"], account=account)
    on = day_of(state, command)
    version, book = state.rulebook(on)
    activity = book.required(said["activity"], on)
    check_sign(activity, command.kind)
    if "corrects" in said:
        check_right(state, command)
    return on, version, book, activity


def _usage(state: State) -> Used:
    return lambda key: state.get(Usage, key)


def _usage_without(state: State, wrong: Record) -> Used:
    """Return what was used but for an award that is being corrected: the right one has the room of the wrong one."""
    taken_back = {row[1:4]: row for row in counted(state, wrong, -1)} if wrong.entries else {}
    return lambda key: taken_back.get(key) or state.get(Usage, key)


def _within_limit(
    state: State, activity: Activity, deed: caps.CountedDeed, requested: int, times: int, *, usage: Used
) -> int:
    """Return how much of ``requested`` the activity's limit lets through (S-24)."""
    limit = activity.limit
    if limit is None:
        return requested
    check_resident(activity, deed.account, named=bool(deed.resident))
    counter = caps.counter(limit, deed.activity, deed.level)
    used = usage(caps.usage_key(counter, deed, state.calendar))
    granted = caps.granted(limit, used, requested, times)
    if granted < requested and limit.mode == "reject":
        in_points = limit.points is not None
        raise LimitReached(
            activity=activity.code,
            activity_name=activity.name,
            limit=shown(state, limit.points or 0) if in_points else limit.times,
            used=shown(state, used.points if used else 0) if in_points else (used.times if used else 0),
            per=limit.per,
        )
    return granted
