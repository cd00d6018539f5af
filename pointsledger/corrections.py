"""Corrections: taking a mistake back, alone or with the right deed in its place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.decisions.pairs import REVERSE, RIGHT_FIRST, right_request
from pointsledger.deeds import Deed
from pointsledger.errors import InvalidNumber, NotCorrectable, NothingCorrected, RequestConflict
from pointsledger.posting import Posting, new_request, parse_request
from pointsledger.receipts import Correction, Receipt
from pointsledger.values.calendar import Day
from pointsledger.values.points import Amount
from pointsledger.values.records import Record

_DECIDED = ("rulebook", "category", "requested", "granted")
"""What the rules made of a deed: where that comes out otherwise, something is corrected though the same is said."""


class Corrections(ABC):
    """What takes a record back."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def reverse(self, seq: int, *, reason: str, by: str | None = None, request: str | None = None) -> Receipt:
        """Undo record ``seq`` exactly, once, on its own day.

        Raises:
            UnknownRecord, NotReversible, AlreadyReversed: if there is nothing to undo.
            AlreadySpent: if goods that the record brought are gone.
            InsufficientPoints: if points that it brought are spent, and the rule book lets nobody owe.

        """
        if type(seq) is not int:
            raise InvalidNumber(name="seq", value=seq)
        with self._posting() as posting:
            return posting.act(REVERSE, lambda: {"seq": seq}, by=by, request=request, texts={"reason": reason})

    def correct(
        self,
        seq: int,
        *,
        reason: str,
        household: str | None = None,
        activity: str | None = None,
        quantity: Amount | None = None,
        minutes: Amount | None = None,
        level: str | None = None,
        member: str | None = None,
        started_at: str | datetime | None = None,
        ended_at: str | datetime | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
        approved_by: Iterable[str] = (),
    ) -> Correction:
        """Put the right deed in the place of award or deduction ``seq``, which is undone, or do neither.

        Say what was wrong; whatever is left out stays as it was. A level goes with its activity and a member with the
        household, so that where these change, those are left out unless they are given. The right deed is decided by
        the rules of its day as they are by now, and has the room in the limits that the wrong one took up. A row of an
        imported sheet stays that row.

        Raises:
            UnknownRecord, NotCorrectable, AlreadyReversed: if there is nothing to correct.
            NothingCorrected: if the record says just that already.
            InsufficientPoints: if more of its points is spent than there is now, and the rule book lets nobody owe.
            RequestConflict: if ``request`` was used for another act.
            Exception: else as ``award`` and ``deduct``.

        """
        if type(seq) is not int:
            raise InvalidNumber(name="seq", value=seq)
        given = request if request is None else parse_request(request)
        names = household or "", activity or ""
        deed = Deed(*names, quantity, level, member, started_at, ended_at, on, approved_by, minutes)
        told = _Told(deed, household is not None, activity is not None, remark)
        with self._posting() as posting, posting.wholly():
            return _Pair(posting, seq, told, reason=reason, by=by, request=given or new_request()).posted()


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of the right deed; ``remark`` is None where it stays as it was."""

    deed: Deed
    other_household: bool
    other_activity: bool
    remark: str | None


class _Pair:
    """A correction on its way into the book."""

    def __init__(self, posting: Posting, seq: int, told: _Told, *, reason: str, by: str | None, request: str) -> None:
        self._posting = posting
        self._seq = seq
        self._told = told
        self._reason = reason
        self._by = by
        self._request = request

    def posted(self) -> Correction:
        """Post both records, in the order of their kind, and return their receipts."""
        repeated = self._posting.transaction.requested(self._request)
        if repeated is not None and ("corrected" not in repeated.said or repeated.said["seq"] != self._seq):
            field = "seq" if "corrected" in repeated.said else "kind"
            raise RequestConflict(request=self._request, field=field, seq=repeated.seq)
        wrong = self._posting.state.record(self._seq)
        if wrong.kind not in {AWARD, DEDUCT}:
            raise NotCorrectable(seq=wrong.seq, kind=wrong.kind)
        if wrong.kind == RIGHT_FIRST:
            right = self._right(wrong)
            reversal = self._reversal(right[0].seq)
        else:
            reversal = self._reversal(0)
            right = self._right(wrong)
        receipts = [self._posting.receipt(record, repeated=again) for record, again in (right, reversal)]
        return Correction(*receipts)

    def _reversal(self, right: int) -> tuple[Record, bool]:
        return self._posting.post(
            REVERSE,
            lambda: {"seq": self._seq, "corrected": right},
            by=self._by,
            request=self._request,
            texts={"reason": self._reason},
        )

    def _right(self, wrong: Record) -> tuple[Record, bool]:
        request = right_request(self._request)
        earlier = self._posting.transaction.requested(request)
        try:
            record, again = self._posting.post(
                wrong.kind,
                lambda: self._said(wrong),
                by=self._by,
                request=request,
                texts={"remark": self._remark(wrong, earlier)},
            )
        except RequestConflict as error:  # of an id that the caller never saw
            raise RequestConflict(**(error.data | {"request": self._request})) from None
        if not again and self._says_the_same(record, wrong):
            raise NothingCorrected(seq=wrong.seq)
        return record, again

    def _said(self, wrong: Record) -> dict[str, Any]:
        """Return what is said of the right deed, in its normal form: what is not given is as the wrong one said."""
        posting, said, deed = self._posting, wrong.said, self._kept(wrong)
        account = posting.register.household(deed.household) if self._told.other_household else said["account"]
        day = posting.day(deed.on) or wrong.on
        named = deed.activity if self._told.other_activity else said["activity"]
        known = posting.activity(named, day)
        moved = account != said["account"]
        changed = (known.code if known else named) != said["activity"]
        right = deed.details(posting, account, known) | {"approved_by": deed.approvers(posting) or None}
        kept = dict(said) | dict.fromkeys(("remark", "quantity", "minutes"))
        kept |= {"resident": None} if moved else {}
        kept |= {"level": None} if changed else {}
        return (
            kept
            | {name: value for name, value in right.items() if value is not None}
            | {
                "account": account,
                "activity": known.code if known else named,
                "on": day,
                "corrects": wrong.seq,
            }
        )

    def _kept(self, wrong: Record) -> Deed:
        """Return the deed as it is told, with the amount and the times of the wrong one where none are given."""
        given, said = self._told.deed, wrong.said
        start, end = given.started_at or said.get("started_at"), given.ended_at or said.get("ended_at")
        deed = replace(given, started_at=start, ended_at=end)
        if given.quantity is not None or given.minutes is not None:
            return deed
        timed = given.started_at is not None or given.ended_at is not None  # of a service that took another time
        return replace(deed, quantity=said.get("quantity"), minutes=None if timed else said.get("minutes"))

    def _remark(self, wrong: Record, earlier: Record | None) -> str | None:
        """Return the remark of the right record: as given, else that of the wrong one, as far as it is kept."""
        if self._told.remark is not None:
            return self._told.remark
        kept = {one.field: one.text for one in self._posting.transaction.remarks((earlier or wrong).seq)}
        if earlier is not None and "remark" in earlier.said:
            return kept.get("remark", "~")  # erased since, which counts as the same whatever is said
        return kept.get("remark")

    @staticmethod
    def _says_the_same(right: Record, wrong: Record) -> bool:
        """Tell whether a correction comes to nothing: the same deed, and by the rules of now the same points."""
        before = dict(wrong.said) | {"on": wrong.on, "remark": None}
        after = dict(right.said) | {"remark": None}
        after["corrects"] = before["corrects"] = None
        decided = all(right.decided.get(name) == wrong.decided.get(name) for name in _DECIDED)
        return decided and after == before
