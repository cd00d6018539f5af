"""The kinds of record there are: for each, how it is decided and which rows it changes.

A kind's version is raised when its decision or its rows change; the old pair stays here and replays for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pointsledger.adopting import apply_adoption, decide_adoption
from pointsledger.awarding import AWARD, DEDUCT, apply_deed, decide_award, decide_deduction
from pointsledger.correcting import apply_batch_reversal, apply_reversal, decide_batch_reversal, decide_reversal
from pointsledger.enrolling import apply_enrolment, apply_operator, decide_enrolment, decide_operator
from pointsledger.genesis import apply_genesis, decide_genesis
from pointsledger.movements import moved
from pointsledger.opening import apply_opening, decide_opening
from pointsledger.records import Command, Record
from pointsledger.redeeming import apply_redemption, decide_redemption
from pointsledger.state import PRICES, RULEBOOK, State
from pointsledger.stocking import decide_intake, decide_opening_stock


class Kind(NamedTuple):
    """One version of one kind of act."""

    decide: Callable[[State, Command], Record]
    apply: Callable[[State, Record], list[tuple[object, ...]]]


def _nothing_more(state: State, record: Record) -> list[tuple[object, ...]]:  # noqa: ARG001 - every kind's signature
    return []


KINDS: dict[tuple[str, int], Kind] = {
    ("genesis", 1): Kind(decide_genesis, apply_genesis),
    ("operator", 1): Kind(decide_operator, apply_operator),
    (RULEBOOK, 1): Kind(decide_adoption, apply_adoption),
    (PRICES, 1): Kind(decide_adoption, apply_adoption),
    ("enrol", 1): Kind(decide_enrolment, apply_enrolment),
    ("opening", 1): Kind(decide_opening, apply_opening),
    ("opening-stock", 1): Kind(decide_opening_stock, _nothing_more),
    ("intake", 1): Kind(decide_intake, _nothing_more),
    (AWARD, 1): Kind(decide_award, apply_deed),
    (DEDUCT, 1): Kind(decide_deduction, apply_deed),
    ("redeem", 1): Kind(decide_redemption, apply_redemption),
    ("reverse", 1): Kind(decide_reversal, apply_reversal),
    ("reverse-batch", 1): Kind(decide_batch_reversal, apply_batch_reversal),
}

CURRENT: dict[str, int] = {}
for _kind, _version in KINDS:
    CURRENT[_kind] = max(_version, CURRENT.get(_kind, 0))


def decide(state: State, command: Command) -> tuple[Record, ...]:
    """Return the records that answer ``command``, in the order in which they are to be appended; nothing changes."""
    return (KINDS[command.kind, CURRENT[command.kind]].decide(state, command),)


def apply(state: State, record: Record) -> list[tuple[object, ...]]:
    """Return the rows that ``record`` changes; nothing changes yet."""
    return [*moved(state, record).rows(), *KINDS[record.kind, record.version].apply(state, record)]
