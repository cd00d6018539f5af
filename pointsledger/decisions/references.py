"""References: which records are about another one, and by which field of what is said.

Such a record may name nobody: the reversal of a reward in goods moves them back on to the shelf, and its reason is
still about whom the reward named. So whoever looks for what concerns somebody follows the references, to the first.

    reward 17 to h-1, reversal 18 of 17 with a reason  ->  erasing h-1 erases the reason of 18
    award 20 to h-1, award 21 to h-2 that corrects 20  ->  21 brought the remark of 20 along: it concerns h-1 as well

A record refers to earlier ones alone, so that following them ends. Rejected: every number that is said. A count of
pieces would be a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.decisions.pairs import REVERSE
from pointsledger.decisions.refunding import REFUND
from pointsledger.decisions.reserving import CANCEL, HAND_OVER, RELEASE
from pointsledger.decisions.state import State
from pointsledger.values.records import Record

REFERENCES: Mapping[str, tuple[str, ...]] = {
    AWARD: ("corrects",),
    DEDUCT: ("corrects",),
    HAND_OVER: ("redemption",),
    CANCEL: ("redemption",),
    RELEASE: ("redemption",),
    REFUND: ("redemption",),
    REVERSE: ("seq", "corrected"),
}
"""The kinds of record that are about another one, each with the fields that name it."""

NOT_FOLLOWED: Mapping[str, str] = {
    "makes_way_for": "an act on the account whose lapse is undone, which that lapse names; and nothing else is said",
    "extends": "a declaration of what was lost, which names nobody",
    "lost_from": "a record of a book that was lost",
    "lost_through": "a record of a book that was lost",
}
"""The fields that have the number of a record and are not followed, each with the reason."""


def with_those_it_is_about(state: State, record: Record) -> Iterator[Record]:
    """Yield a record, the ones it is about, and those that these are about."""
    ahead, met = [record], {record.seq}
    while ahead:
        one = ahead.pop()
        yield one
        for name in REFERENCES.get(one.kind, ()):
            about = one.said.get(name, 0)
            if 0 < about < one.seq and about not in met:
                met.add(about)
                ahead.append(state.record(about))
