"""Dues: what is recorded before an act, because its day has come or because the act needs it undone.

No figure waits for a run. Whoever comes upon a reservation whose last day is over records its end first, and then what
lapses on the account that the act touches. To reverse an award whose points have lapsed undoes the lapse first, so that
nothing is taken twice (S-45); so does a redemption of paper from a day on which the points were still there (S-50).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pointsledger.decisions import lapsing, reserving
from pointsledger.decisions.calling_back import CALL_BACK
from pointsledger.decisions.closing import CLOSE, before_close
from pointsledger.decisions.ordering import shop_in
from pointsledger.decisions.pairs import REVERSE
from pointsledger.decisions.redeeming import REDEEM
from pointsledger.decisions.refunding import REFUND
from pointsledger.decisions.reserving import CANCEL, HAND_OVER
from pointsledger.decisions.state import State
from pointsledger.rules import chart
from pointsledger.values.records import POINTS, Command
from pointsledger.values.rows import Lapse, Lot

_OF_REDEMPTION = frozenset({HAND_OVER, CANCEL, REFUND})
_OWN_UNDOING = "~undo"


def before(state: State, command: Command) -> Iterator[Command]:
    """Yield what is recorded before an act; each is to be appended before the next one is asked for."""
    if command.kind == CLOSE:
        yield from before_close(state, command)
        return
    account = _touched(state, command)
    if _meets_reserved(state, command):
        yield from reserving.overdue(state, command, None)
    if account is None:
        return
    if "handed_over" in command.said:  # it may need what has lapsed since, and nothing that was held till then
        yield from _ends(state, command, account)
    elif not _spared(state, account, command.said):
        yield from due(state, command, account, spared=_named(command))
    for lapse in _standing(state, command, account):
        request = f"{_OWN_UNDOING}/{lapse.seq}"
        undoing = {"seq": lapse.seq, "makes_way_for": command.said.get("seq", 0)}
        yield Command(REVERSE, 1, command.by, request, command.recorded_at, undoing)


def due(state: State, command: Command, account: str, *, spared: int = 0) -> Iterator[Command]:
    """Yield what is due on an account: the end of its reservations, but for one that is ``spared``, then its lapses."""
    yield from _ends(state, command, account, spared=spared)
    yield from lapsing.due(state, command, account)


def _ends(state: State, command: Command, account: str, *, spared: int = 0) -> Iterator[Command]:
    """Yield the end of the reservations of an account whose last day is over, but for one that is ``spared``."""
    if state.balance(account, POINTS).held:
        for ended in reserving.overdue(state, command, account):
            if ended.said["redemption"] != spared:
                yield ended


def _named(command: Command) -> int:
    """Return the reservation that an act itself ends, which refuses it if it is over already."""
    said: Any = command.said
    return int(said["redemption"]) if command.kind in _OF_REDEMPTION else 0


def _meets_reserved(state: State, command: Command) -> bool:
    """Tell whether an act meets a shelf with an item of which some pieces are reserved."""
    return any(state.balance(shelf, unit).held for shelf, unit in _goods_of(state, command))


def _goods_of(state: State, command: Command) -> Iterator[tuple[str, str]]:
    """Yield shelf and unit of what an act takes in, gives out, moves or counts; to undo one of these is one too."""
    said: Any = command.said
    if command.kind == REVERSE:
        for entry in state.record(said["seq"]).entries:
            if chart.item_of(entry.unit):
                yield from ((shelf, entry.unit) for shelf in entry[:2] if chart.is_kept(shelf))
    elif command.kind not in _OF_REDEMPTION:
        shelf = chart.shelf(said.get("from_shop", shop_in(said)))
        for line in said.get("items") or said.get("counts") or [said]:
            if "item" in line:
                yield shelf, chart.item_unit(line["item"])


def _spared(state: State, account: str, said: Any) -> bool:  # noqa: ANN401 - a body's said
    """Tell whether an act undoes an award in whose place a right one was just recorded on the account.

    What was due lapsed before that one, whose points, though their day may be over, stand in for those that are spent.
    """
    return bool(said.get("corrected")) and state.record(said["corrected"]).said["account"] == account


def _touched(state: State, command: Command) -> str | None:
    """Return the account whose points an act moves, if it is one that is known."""
    said: Any = command.said
    if command.kind == CALL_BACK:  # which moves none
        return None
    if command.kind == REVERSE:
        said = state.record(said["seq"]).said
    if "redemption" in said:
        redemption = reserving.redemption_in(state, said["redemption"])
        return redemption.account if redemption is not None else None
    account: str | None = said.get("account") or next(iter(said.get("erased", ())), None)
    return account if account is not None and state.get_account(account) else None


def _standing(state: State, command: Command, account: str) -> list[Lapse]:
    """Return the lapses that took from a lot which an act needs as it was, and that stand."""
    said: Any = command.said
    if command.kind == REDEEM and "handed_over" in said:
        on = said.get("on", "")
        later = (row for row in state.family(Lapse, account) if row.last_day >= on and not row.undone_by)
        return [row for row in sorted(later) if any(lot.earned_on <= on for lot in _taken(state, row))]
    seq = said.get("seq")
    if command.kind != REVERSE or state.is_reversed(seq):
        return []
    made = [state.get(Lot, (seq, line)) for line in range(1, len(state.record(seq).entries) + 1)]
    days = {lot.expires_on for lot in made if lot is not None and lot.account == account}
    standing = (row for row in state.family(Lapse, account) if row.last_day in days and not row.undone_by)
    return [row for row in sorted(standing) if any(lot.seq == seq for lot in _taken(state, row))]


def _taken(state: State, lapse: Lapse) -> Iterator[Lot]:
    """Yield the lots that a lapse took from."""
    for _, seq, line, _ in state.record(lapse.seq).decided["lots"]:
        lot = state.get(Lot, (seq, line))
        if lot is not None:
            yield lot
