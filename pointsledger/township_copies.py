"""Township copies: a village's book as the township has it, and what of it a declaration says is lost.

A village that put a backup back does not go on with the book that the township took. What it declares in its own book
excuses that, as far as it says: from the first record that is lost, in its declaration or in one which that extends.
Before that record both have to be the same. A declaration that was there before the loss is of another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from pointsledger.decisions.recovering import RECOVERED
from pointsledger.errors import CheckpointForked, NothingLost, PointsLedgerError, RecoveryDeclared, RecoveryMissing
from pointsledger.evidence import Evidence
from pointsledger.evidence_audit import declared_in
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.proof import head_of
from pointsledger.storage.store import Store
from pointsledger.storage.transaction import Transaction
from pointsledger.values.canonical import canonical
from pointsledger.values.records import Record

_AT_ONCE = 1_000
_SAYS_RECOVERED = canonical({"kind": RECOVERED})[1:-1]


class LostCopies(NamedTuple):
    """The copies that were taken before and are not gone on with: their last checkpoint, and what they declared."""

    note: str
    declared: tuple[Record, ...]


class TownshipCopy:
    """A village's book as the township has it by now, every record of it."""

    def __init__(self, transaction: Transaction) -> None:
        """Read what the book declares, as it is when the hand-in was taken in."""
        self.transaction = transaction
        self._declared = list(transaction.records(kinds=(RECOVERED,)))

    @property
    def recoveries(self) -> tuple[int, ...]:
        """The records that declare something lost."""
        return tuple(record.seq for record in self._declared)

    def root_at(self, size: int) -> bytes | None:
        """Return the root that it had at ``size`` records, None if it never had so many."""
        return self.transaction.root_at(size) if size <= self.transaction.state.size else None

    def has(self, head: Checkpoint) -> bool:
        """Tell whether a head is one that it had."""
        return self.root_at(head.size) == head.root

    def declaring(self, head: Checkpoint) -> int | None:
        """Return the record that declares a head lost, the last of them; None if there is none."""
        seen = Evidence.of("", head)
        named = (one.seq for record in self._declared for one in declared_in(record) if one.is_of(seen))
        return max(named, default=None)

    def lost_from(self, seq: int) -> int:
        """Return the first record that the declaration in record ``seq``, or one that it extends, says is lost."""
        return _lost_from(self._declared, seq)

    def see_accepted(self, lost: LostCopies, recovery: int | None) -> int:
        """See that record ``recovery`` declares something lost of the copies that were taken before.

        A declaration that stands in those as well was made before they were: it is of another loss. Returned is the
        first record that is lost: what the copies have before it has to be the same. Of a declaration that it extends
        and that stands in both, they have all that is before, since that says the head of its book.

        Raises:
            NothingLost: if nothing is.
            RecoveryMissing: if it does not.

        """
        before = head_of(lost.note)
        if self.has(before):
            raise NothingLost(size=before.size)
        named = [record for record in self._declared if record.seq == recovery and record not in lost.declared]
        if not any(_is_of(record, before.size) for record in named):
            raise RecoveryMissing(village=self.transaction.village, seq=recovery, size=before.size)
        return self.lost_from(named[0].seq)

    def lost(self) -> tuple[Checkpoint, ...]:
        """Return the heads that were taken or seen before, and are of the book that was lost."""
        found, after = [], 0
        while page := self.transaction.checkpoints(after, _AT_ONCE):
            found += [head for row in page if not self.has(head := head_of(row.note))]
            after = page[-1].number
        return tuple(found)


def see_copies(earlier: str | Path, village: str) -> None:
    """See that the copies so far are there, with a book of the village: it is asked before another is begun.

    Raises:
        NotALedger, LedgerDamaged: if they are none.
        UnknownVillage: if there is none of the village.

    """
    with closing(Store(earlier)) as store:
        store.check()
        store.village(village)


def see_same_before(earlier: str | Path | None, copy: TownshipCopy, first: int) -> None:
    """See that a book has what the copies so far have before record ``first``, from which on it declares itself lost.

    Raises:
        CheckpointForked: if it was another book there already.

    """
    village = copy.transaction.village
    if earlier is None:
        return
    with closing(Store(earlier)) as store, store.reading(village) as old:
        if old.root_at(first - 1) != copy.root_at(first - 1):
            raise CheckpointForked(village=village, size=first - 1, found=copy.transaction.state.size)


def other_book(village: str, size: int, seq: int, bodies: Iterable[bytes]) -> PointsLedgerError:
    """Return the error for a hand-in that is not of the book that was taken, with its bodies from record ``seq`` on.

    That is the first that differs: a declaration of a loss from a later one on does not excuse it.
    """
    made = [*_declarations(bodies)]
    declared = [one.seq for one in made if _is_of(one, size) and _lost_from(made, one.seq) <= seq]
    if declared:
        return RecoveryDeclared(village=village, seq=declared[-1], size=size)
    return CheckpointForked(village=village, size=size, found=size)


def _is_of(record: Record, size: int) -> bool:
    """Tell whether a declaration is of a loss that a copy of ``size`` records meets: its end is of what was lost."""
    said: Any = record.said
    through = said.get("lost_through")
    return bool(0 < said["lost_from"] <= size and (through is None or size <= through))


def _declarations(bodies: Iterable[bytes]) -> Iterator[Record]:
    """Yield those of some bodies which declare a loss in numbers: they were not decided again, so any may stand."""
    for body in bodies:
        if _SAYS_RECOVERED in body:
            with suppress(ValueError):  # what is no record declares nothing
                record = Record.from_body(body)
                said: Any = record.said
                first, others = said.get("lost_from"), (said.get("lost_through"), said.get("extends"))
                if (
                    record.kind == RECOVERED
                    and type(first) is int
                    and all(type(one) in {int, type(None)} for one in others)
                ):
                    yield record


def _lost_from(declared: Iterable[Record], seq: int) -> int:
    """Return the first record that is lost by a declaration and those of ``declared`` which it extends."""
    said: dict[int, Any] = {record.seq: record.said for record in declared}
    own = said.pop(seq)
    first = own["lost_from"]
    while (own := said.pop(own.get("extends"), None)) is not None:  # taken out, so that no circle is gone round
        first = min(first, own["lost_from"])
    return int(first)
