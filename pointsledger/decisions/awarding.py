"""Awarding and deducting: what the rule book in force on the day says that a deed is worth.

The order is that of the semantics: quantity x points, times the multiplier, rounded towards zero; then the limits.
Requested, granted and capped all stand in the record, and which limits cut it; a deed of which they leave nothing is
recorded without an entry. New points first pay what the account owes. A deduction takes what is there and the rest
becomes arrears, so that the rows of a sheet need not come in any order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pointsledger.decisions import limiting
from pointsledger.decisions.batch_rows import batched
from pointsledger.decisions.drafts import brought, day_of, draft, parts, settlement, shown, today
from pointsledger.decisions.pairs import check_right
from pointsledger.decisions.shortfalls import shortfall
from pointsledger.decisions.state import State
from pointsledger.errors import (
    InsufficientPoints,
    UnknownResident,
    WorthNothing,
    WrongSign,
)
from pointsledger.rules import caps, chart, hours, lots, multipliers
from pointsledger.rules.activities import Activity
from pointsledger.rules.rulebook import RuleBook
from pointsledger.rules.tiers import tier_on
from pointsledger.values.points import number_text
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Resident, Usage

AWARD = "award"
DEDUCT = "deduct"

_SIGNS = {AWARD: ("plus", "both"), DEDUCT: ("minus", "both")}


def decide_award(state: State, command: Command) -> Record:
    """Give the points that the rule book says for a deed, as far as its limits allow.

    Raises:
        UnknownAccount, UnknownResident, UnknownActivity, UnknownLevel, UnexpectedLevel, UnexpectedQuantity,
        UnexpectedMinutes: if the act names what is not there.
        WrongSign: if the activity only deducts.
        ResidentRequired: if a limit is by resident and none is named.
        LimitReached: if a limit of mode ``reject`` is used up.
        RuleSilent, FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on, version, book, activity = _ruling(state, command)
    account = state.account(said["account"]).account
    used = _usage_without(state, state.record(said["corrects"])) if "corrects" in said else None
    judged = judge_award(state, book, activity, said, on, usage=used)
    requested, granted = judged.requested, judged.granted
    decided: dict[str, Any] = {
        "rulebook": version,
        "category": activity.category,
        "requested": requested,
        "granted": granted,
        "capped": requested - granted or None,
        "cut_by": caps.cuts_said(judged.cuts, activity, book.limits_on(activity.code, activity.category)),
        "multiplier": _multiplied(book.multiplier_on(activity, on)),
        "paid_minutes": _paid_minutes(activity, said),
        "group": state.grouping(account, on),
        "settled": settlement(state, account, 1, granted),
        **(book.expiry.end(on, state.calendar) if granted else {}),
        "times": judged.times if granted and _times(activity, said) > 1 else None,
    }
    decided["balance"] = brought(state, command, account, granted, decided)
    entries = [Entry(chart.ISSUED + activity.category, account, POINTS, granted)] if granted else []
    return draft(state, command, on=on, decided=decided, entries=entries)


class Judged(NamedTuple):
    """What a rule book makes of a deed: what it is worth, what its limits leave, and how often that counts for them."""

    requested: int
    granted: int
    times: int
    cuts: tuple[caps.Cut, ...] = ()


def judge_award(
    state: State,
    book: RuleBook,
    activity: Activity,
    said: Any,  # noqa: ANN401 - a body's said
    on: str,
    *,
    usage: caps.Used | None = None,
) -> Judged:
    """Return what ``book`` gives for a deed, as far as its limits allow; ``usage`` as for ``limiting.limited``.

    Raises: as ``decide_award``, but for people and days.

    """
    multiplier = book.multiplier_on(activity, on)
    requested = worth(activity, said, on, multiplier.factor if multiplier else multipliers.ONE)
    times = _times(activity, said)
    deed = limiting.counted_deed(said, on, activity.category)
    granted, at_once, cuts = limiting.limited(state, book, activity, deed, requested, times=times, usage=usage)
    # A deed that is done once counts as once, however much of it was cut.
    return Judged(requested, granted, granted * times // at_once if granted and times > 1 else 1, cuts)


def decide_deduction(state: State, command: Command) -> Record:
    """Take the points that the rule book says for a breach; of what is not there it says what becomes (S-49).

    Raises:
        InsufficientPoints: where the rule book lets nobody owe.
        Exception: else as ``decide_award``, less the limit.

    """
    said: Any = command.said
    on, version, _, activity = _ruling(state, command)
    account = state.account(said["account"]).account
    asked = worth(activity, said, on)
    held = state.balance(account, POINTS)
    taken, missing = lots.take(state.lots_to_take(account, today(state, command)), asked)
    arrears, written_off = owed(state, account, on, asked, missing)
    amount = asked - written_off
    decided = {
        "rulebook": version,
        "category": activity.category,
        "requested": asked,
        "granted": amount,
        "paid_minutes": _paid_minutes(activity, said),
        "group": state.grouping(account, on),
        "lots": parts(1, taken),
        "arrears": [[1, arrears]] if arrears else None,
        "written_off": written_off or None,
        "balance": held.balance - amount,
    }
    entries = [Entry(account, chart.DEDUCTED + activity.category, POINTS, amount)] if amount else []
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_deed(state: State, record: Record) -> list[tuple[object, ...]]:
    """Count an award for its limits, and note what it fell short of and the row of the sheet it came from."""
    said = record.said
    rows: list[tuple[object, ...]] = []
    if record.kind == AWARD and record.entries:
        rows.extend(limiting.counted(state, limiting.counts_of(record)))
    rows.extend(shortfall(state, record, whole_entry(record)))
    if "batch" in said:
        rows.extend(batched(state, record))
    return rows


def whole_entry(record: Record) -> Entry:
    """Return the entry that an award or a deduction would have had if all of what it is worth had moved."""
    account, category, requested = record.said["account"], record.decided["category"], record.decided["requested"]
    if record.kind == AWARD:
        return Entry(chart.ISSUED + category, account, POINTS, requested)
    return Entry(account, chart.DEDUCTED + category, POINTS, requested)


def worth(activity: Activity, said: Any, on: str, factor: int = multipliers.ONE) -> int:  # noqa: ANN401 - a body's said
    """Return what a deed is worth before any limit; for what may be said of it see ``Activity.value``.

    Raises:
        UnknownLevel, UnexpectedLevel, UnexpectedQuantity, UnexpectedMinutes, RuleSilent, AmountTooLarge: as there.
        WorthNothing: if it is nothing, such as of a sliver of an hour.

    """
    quantity, minutes = said.get("quantity"), said.get("minutes")
    points = activity.value(quantity, said.get("level"), minutes=minutes, on=on, factor=factor)
    if not points:
        told = quantity or "1" if minutes is None else f"{minutes} min"
        tier = tier_on(activity.tiers, on)
        of_the_day = {"on": on} if tier is not None and not tier.points else {}
        raise WorthNothing(activity=activity.code, activity_name=activity.name, quantity=told, **of_the_day)
    return points


def check_sign(activity: Activity, kind: str) -> None:
    """See that an activity may be used for an act.

    Raises:
        WrongSign: if it only awards, or only deducts.

    """
    if activity.sign not in _SIGNS[kind]:
        other = DEDUCT if kind == AWARD else AWARD
        raise WrongSign(activity=activity.code, activity_name=activity.name, act=kind, other=other)


def _times(activity: Activity, said: Any) -> int:  # noqa: ANN401 - a body's said
    """Return how often a deed is done at once: its quantity where times are counted, else once."""
    return int(said.get("quantity", 1)) if activity.per == "time" else 1


def _multiplied(multiplier: multipliers.Multiplier | None) -> dict[str, str] | None:
    """Return which multiplier applied, as a record says it."""
    if multiplier is None:
        return None
    return {"of": multiplier.of, "factor": number_text(multiplier.factor, multipliers.FACTOR_DECIMALS)}


def _paid_minutes(activity: Activity, said: Any) -> str | None:  # noqa: ANN401 - as above
    """Return how many minutes of a service are paid, where a policy of the activity decides it."""
    if activity.rounding is None:
        return None
    return number_text(activity.paid(said.get("quantity"), said.get("minutes")), hours.MINUTE_DECIMALS)


def owed(state: State, account: str, on: str, required: int, missing: int) -> tuple[int, int]:
    """Return how much of what is ``missing`` becomes arrears, and how much is written off, by the rules of ``on``.

    What was brought in before the first rule book goes by that one, so that it can be taken back.

    Raises:
        InsufficientPoints: if they let nobody owe.

    """
    if not missing:
        return 0, 0
    policy = state.arrears_policy(on)
    if policy == "block":
        available = shown(state, required - missing)
        raise InsufficientPoints(account=account, available=available, required=shown(state, required), arrears=policy)
    return (0, missing) if policy == "write_off" else (missing, 0)


def ruled(book: RuleBook, kind: str, said: Any, on: str) -> Activity:  # noqa: ANN401 - a body's said
    """Return the activity of a deed, if ``book`` has it for an act of that kind.

    Raises:
        UnknownActivity, WrongSign: if not.

    """
    activity = book.required(said["activity"], on)
    check_sign(activity, kind)
    return activity


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
    activity = ruled(book, command.kind, said, on)
    if "corrects" in said:
        check_right(state, command)
    return on, version, book, activity


def _usage_without(state: State, wrong: Record) -> caps.Used:
    """Return what was used but for an award that is being corrected: the right one has the room of the wrong one."""
    found = limiting.counted(state, limiting.counts_of(wrong).taken_back()) if wrong.entries else []
    taken_back = {row[1:4]: row for row in found}
    return lambda key: taken_back.get(key) or state.get(Usage, key)
