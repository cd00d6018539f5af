"""Lapsing (到期清零): points whose last day is over leave their account, in one record for each such day.

No figure waits for it: readings go by the date, and every act first posts what is due on the account it touches
(``before``). The run does the same for all accounts. So it makes no difference when the run happens, or whether.

Worked example (S-03): lot A of 70 may be spent until 2026-01-31. Whenever the record of its lapse is written, it is
dated 2026-02-01, and a balance as of that day is less by 70 without it.

To reverse an award whose points have lapsed undoes the lapse first, so that nothing is taken twice (S-45).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pointsledger.decisions.drafts import draft, parts, today
from pointsledger.decisions.pairs import REVERSE
from pointsledger.decisions.state import State
from pointsledger.rules import chart
from pointsledger.values.calendar import day_after
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Lapse, Lot

LAPSE = "lapse"
_OWN_LAPSE = "~lapse"
_OWN_UNDOING = "~undo"


def decide_lapse(state: State, command: Command) -> Record:
    """Take the lots of an account from it whose last day was ``said["last_day"]``, or that end with a month's close.

    Raises:
        UnknownAccount: if there is no such account.
        ValueError: if none of its lots lapses with that day or month, or the day is not over.

    """
    said: Any = command.said
    account, last_day = state.account(said["account"]).account, said["last_day"]
    if "period" in said:
        return _clearing(state, command, account)
    over = [lot for lot in state.lots_over(account, today(state, command)) if lot.expires_on == last_day]
    if not over:
        message = f"no lot of {account} lapses after {last_day}"
        raise ValueError(message)
    due = [lot for lot in over if lot.clears_with == over[0].clears_with]
    concerned = month_of_lapse(state, last_day, over[0].clears_with)
    return _taken(state, command, due, lapse_day(state, last_day), concerned)


def _clearing(state: State, command: Command, account: str) -> Record:
    """Take what the close of a month clears, on the month's last day and in that month (S-17).

    What was redeemed in the next month before the close has drawn from these lots, and stands.
    """
    said: Any = command.said
    last_day = state.calendar.bounds(said["period"])[1]
    due = [lot for lot in state.lots(account, POINTS) if lot.clears_with == said["period"]]
    if (
        not due
        or (said["last_day"], said["period"]) != (last_day, state.first_open)
        or last_day >= today(state, command)
    ):
        message = f"no lot of {account} is cleared with {said['period']}"
        raise ValueError(message)
    return _taken(state, command, due, last_day, said["period"])


def _taken(state: State, command: Command, due: list[Lot], on: str, concerned: str) -> Record:
    """Return the record that takes what is left of some lots of one account, dated ``on``, for the month concerned."""
    account = due[0].account
    taken = [(lot.seq, lot.line, lot.remaining) for lot in due]
    points = sum(amount for *_, amount in taken)
    decided = {
        "group": state.grouping(account, on),
        "lots": parts(1, taken),
        "balance": state.balance(account, POINTS).balance - points,
    }
    entries = [Entry(account, chart.EXPIRED, POINTS, points)]
    return draft(state, command, on=on, decided=decided, entries=entries, for_period=concerned)


def apply_lapse(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note which record took the lots of that day."""
    return [Lapse(state.village, record.said["account"], record.said["last_day"], record.seq, 0)]


def before(state: State, command: Command) -> Iterator[Command]:
    """Yield what is recorded before an act: the lapses that are due on its account, and the undoing of others.

    Each is to be appended before the next one is asked for.
    """
    account = _touched(state, command)
    if account is None:
        return
    if not _spared(state, account, command.said):
        yield from due(state, command, account)
    for lapse in _standing(state, command, account):
        request = f"{_OWN_UNDOING}/{lapse.seq}"
        undoing = {"seq": lapse.seq, "makes_way_for": command.said["seq"]}
        yield Command(REVERSE, command.version, command.by, request, command.recorded_at, undoing)


def due(state: State, command: Command, account: str) -> Iterator[Command]:
    """Yield the lapses that are due on an account, by whoever gave ``command`` and at its instant, soonest first.

    Each is to be appended before the next one is asked for.
    """
    day = today(state, command)
    while lot := next(state.lots_over(account, day), None):
        yield lapse_of(state, command, account, str(lot.expires_on))


class DueLapse(NamedTuple):
    """A lapse that is due and has no record yet: what ends after ``last_day``, counted on ``on`` in ``period``.

    ``concerns`` is the month in which it ended, which may be closed by now.
    """

    account: str
    last_day: str
    on: str
    period: str
    concerns: str
    points: int


class DueLots(NamedTuple):
    """What is left in an account's lots that ended with one last day or close; ``floor`` is what of it is a floor."""

    account: str
    last_day: str
    clears_with: str | None
    points: int
    floor: int


def due_lapses(state: State, found: Iterable[DueLots]) -> Iterator[DueLapse]:
    """Yield the lapses of what has ended, as their records would count."""
    for due in found:
        on = lapse_day(state, due.last_day)
        concerns = month_of_lapse(state, due.last_day, due.clears_with)
        yield DueLapse(due.account, due.last_day, on, state.calendar.month_of(on), concerns, due.points)


def lapse_day(state: State, last_day: str) -> str:
    """Return the day of a lapse: the one after the last on which points could be spent, or the first that is open."""
    return max(day_after(last_day), state.calendar.bounds(state.first_open)[0])


def month_of_lapse(state: State, last_day: str, clears_with: str | None) -> str:
    """Return the month in which points ended: that of the day after their last, or the one whose close cleared them."""
    return clears_with or state.calendar.month_of(day_after(last_day))


def lapse_of(state: State, command: Command, account: str, last_day: str, period: str = "") -> Command:
    """Return the lapse of one account and day, by whoever gave ``command`` and at its instant.

    With ``period`` it is the lapse of what the close of that month clears, ``last_day`` being the month's last.
    """
    request = f"{_OWN_LAPSE}/{account}/{last_day}/{state.size + 1}"
    said = {"account": account, "last_day": last_day} | ({"period": period} if period else {})
    return Command(LAPSE, 1, command.by, request, command.recorded_at, said)


def _spared(state: State, account: str, said: Any) -> bool:  # noqa: ANN401 - a body's said
    """Tell whether an act undoes an award in whose place a right one was just recorded on the account.

    What was due lapsed before that one, whose points, though their day may be over, stand in for those that are spent.
    """
    return bool(said.get("corrected")) and state.record(said["corrected"]).said["account"] == account


def _touched(state: State, command: Command) -> str | None:
    """Return the account whose points an act moves, if it is one that is known."""
    said: Any = command.said
    if command.kind == REVERSE:
        said = state.record(said["seq"]).said
    account: str | None = said.get("account")
    return account if account is not None and state.get_account(account) else None


def _standing(state: State, command: Command, account: str) -> list[Lapse]:
    """Return the lapses that took from a lot which ``command`` is to take back, unless that was done before."""
    said: Any = command.said
    seq = said.get("seq")
    if command.kind != REVERSE or state.is_reversed(seq):
        return []
    made = [state.get(Lot, (seq, line)) for line in range(1, len(state.record(seq).entries) + 1)]
    days = {lot.expires_on for lot in made if lot is not None and lot.account == account}
    standing = (row for row in state.family(Lapse, account) if row.last_day in days and not row.undone_by)
    return [row for row in sorted(standing) if any(part[1] == seq for part in state.record(row.seq).decided["lots"])]
