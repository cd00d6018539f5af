"""Pairs: a wrong deed and the right one that stands in its place, in two records of one transaction.

The right record says which one it corrects, the reversal which one came in the place of what it undid. Their request
ids belong together as well, so that one leads to the other, and so that no record can be corrected twice.

What gives points comes before what takes them: of an award the right one is recorded first and the wrong one undone
behind it, of a deduction the other way round. So nobody is refused, or owes, what the right record alone would not
have made them owe. The right award has the room in the limits that the wrong one took up.

Worked example: an award of 10 is spent, and 12 would have been right. The 12 are granted, then the reversal takes the
10 from them: 2 are left, though the rule book may let nobody owe. The other way round it would have been refused.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.state import State
from pointsledger.errors import AlreadyReversed
from pointsledger.values.records import Command, Record
from pointsledger.values.rows import Reversal

REVERSE = "reverse"
"""The kind of act that undoes another."""

RIGHT_FIRST = "award"
"""The kind of act of which the right record comes first."""

_OWN_RIGHT = "~right"


def right_request(request: str) -> str:
    """Return the request id of the right record, given that of the reversal of the wrong one."""
    return f"{_OWN_RIGHT}/{request}"


def check_right(state: State, command: Command) -> None:
    """See that the right record stands in the place of one of its kind.

    Raises:
        UnknownRecord: if there is no such record.
        AlreadyReversed: if it was undone before.
        ValueError: if the two do not belong together, which no act of ours brings about.

    """
    said: Any = command.said
    wrong = state.record(said["corrects"])
    done = state.get(Reversal, (wrong.seq,))
    if wrong.kind == command.kind == RIGHT_FIRST:
        if done is not None:
            raise AlreadyReversed(seq=wrong.seq, by_seq=done.by_seq)
        return
    reversal = None if done is None else state.record(done.by_seq)
    if (
        wrong.kind != command.kind
        or reversal is None
        or reversal.said.get("corrected") != 0
        or right_request(reversal.request) != command.request
    ):
        message = f"nothing makes room for a correction of record {wrong.seq}"
        raise ValueError(message)


def check_reversal(state: State, command: Command, wrong: Record) -> None:
    """See that the reversal of a wrong record names the right one, where that came first.

    Raises:
        ValueError: if the two do not belong together, which no act of ours brings about.

    """
    said: Any = command.said
    if "corrected" not in said:
        return
    if wrong.kind != RIGHT_FIRST:
        sound = said["corrected"] == 0
    else:
        right = state.record(said["corrected"]) if said["corrected"] else None
        sound = (
            right is not None
            and right.said.get("corrects") == wrong.seq
            and right.request == right_request(command.request)
        )
    if not sound:
        message = f"record {wrong.seq} is not corrected by {said['corrected']}"
        raise ValueError(message)
