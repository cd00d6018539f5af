"""Posting: one act on an open transaction, from what the caller said to the record and its receipt.

The request id is looked up before anything else: the same id with the same ``said`` gives the earlier receipt
back, whatever has happened since. Free text and people's names never get into a body; their digests do.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pointsledger import kinds, merkle, pins
from pointsledger.calendar import Clock, Day, instant_text, seconds_behind
from pointsledger.errors import ClockBehind, InvalidCode, PointsLedgerError, RequestConflict, RuleSilent
from pointsledger.points import unscaled
from pointsledger.receipts import Receipt
from pointsledger.records import POINTS, Command, Record
from pointsledger.register import Register, parse_text, pin_of
from pointsledger.rows import Profile, Remark
from pointsledger.storage.store import Unit

CLOCK_TOLERANCE_SECONDS = 5
"""A clock that is behind the last record by no more than this takes that record's instant."""

LONGEST_REQUEST = 200
LONGEST_REMARK = 1_000

TEXT_FIELDS = frozenset({"remark", "reason"})
"""The fields of ``said`` that are digests of free text."""

_PEOPLE = ("account", "resident")


class Posting:
    """An open transaction on one book, and who is known in it."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        """Post into ``unit``; the time of each record is read from ``clock`` under the lock."""
        self.unit = unit
        self.state = unit.state
        self.register = Register(unit)
        self.default_by: str | None = None
        self._clock = clock

    def act(
        self,
        kind: str,
        said: Mapping[str, Any],
        *,
        by: str | None,
        request: str | None = None,
        texts: Mapping[str, str | None] | None = None,
    ) -> Receipt:
        """Post one act and return its receipt, or the earlier one under the same request id; see ``post``."""
        record, repeated = self.post(kind, said, by=by, request=request, texts=texts)
        return self.receipt(record, repeated=repeated)

    def post(
        self,
        kind: str,
        said: Mapping[str, Any],
        *,
        by: str | None,
        request: str | None = None,
        texts: Mapping[str, str | None] | None = None,
    ) -> tuple[Record, bool]:
        """Post one act; return its record, and whether it is an earlier one under the same request id.

        ``said`` holds ids where people are meant, and None for what was not said; ``texts`` is the free text, by
        the name of its field.

        Raises:
            RequestConflict: if the request id was used for something else.
            ClockBehind: if the clock is behind the last record.
            RefusedError, InputError: what the rules say.

        """
        try:
            operator = self.register.operator(by or self.default_by)
            present = {name: value for name, value in said.items() if value is not None}
            remarks = {
                field: parse_text(text, field, LONGEST_REMARK)
                for field, text in (texts or {}).items()
                if text is not None
            }
            if request is not None:
                request = _parse_request(request)
                earlier = self.unit.requested(request)
                if earlier is not None:
                    self._compare(earlier, kind, present, remarks)
                    return earlier, True
            return self._append(kind, present, operator, request or f"auto-{secrets.token_hex(12)}", remarks), False
        except PointsLedgerError as error:
            readable = self._readable(error)
            if readable is error:
                raise
            raise readable from None  # the same error, with the codes that people know
        finally:
            self.register.forget_newcomers()

    def receipt(self, record: Record, *, repeated: bool = False) -> Receipt:
        """Return the receipt of a record of this book."""
        last = record.seq == self.state.size
        decided = record.decided
        points = decided.get("granted", decided.get("points"))
        balance = decided.get("balance")
        places = self.state.settings.decimals
        moved = points if points is not None else _moved_points(record)
        return Receipt(
            village=record.village,
            seq=record.seq,
            kind=record.kind,
            request=record.request,
            on=record.on,
            period=record.period,
            recorded_at=record.recorded_at,
            leaf=merkle.leaf_hash(record.body()).hex(),
            size=record.seq,
            root=(self.unit.head.root if last else self.unit.root_at(record.seq)).hex(),
            points=_pieces(record) if moved is None else unscaled(moved, places),
            balance=_on_shelf(record) if balance is None else unscaled(balance, places),
            repeated=repeated,
        )

    def today(self) -> str:
        """Return the civil day in the village's zone."""
        return self.state.calendar.day_of_instant(instant_text(self._clock.now()))

    def item(self, code_or_name: str, day: str | None = None) -> str:
        """Return the code of an item that may be given by name; one not known stays as it was written."""
        try:
            _, price_list = self.state.price_list(day or self.today())
        except RuleSilent:
            return code_or_name
        found = price_list.find(code_or_name)
        return found.code if found else code_or_name

    def day(self, on: Day | None) -> str | None:
        """Return a day as ISO text in the village's zone, or None if none was given."""
        return None if on is None else self.state.calendar.day(on)

    def _append(
        self, kind: str, said: Mapping[str, Any], operator: str, request: str, remarks: Mapping[str, str]
    ) -> Record:
        """Decide the act and append its record, with what has to come before it."""
        salted = {field: (text, pins.new_salt()) for field, text in remarks.items()}
        said = dict(said) | {field: pins.text_pin(salt, text) for field, (text, salt) in salted.items()}
        recorded_at = self._instant()
        records = kinds.decide(self.state, Command(kind, operator, request, recorded_at, said))
        if self.register.newcomers and self.state.size:
            # The newcomers' records come first, and the decision is made again after them: its number has moved.
            self._introduce(operator, recorded_at, said)
            records = kinds.decide(self.state, Command(kind, operator, request, recorded_at, said))
        for record in records:
            self.unit.append(record)
        if self.register.newcomers:
            self._introduce(operator, recorded_at, said)  # after the genesis, which nothing can come before
        for field, (text, salt) in salted.items():
            self.state.put(Remark(self.state.village, records[-1].seq, field, text, salt))
        return records[-1]

    def _introduce(self, operator: str, recorded_at: str, said: Mapping[str, Any]) -> None:
        """Write the profiles of the newcomers, and a record of each operator among them."""
        operators = [one for one in (operator, *said.get("approved_by", ())) if one in self.register.newcomers]
        for profile in self.register.take_newcomers(list(self.register.newcomers)):
            self.state.put(profile)
            if profile.id in operators:
                self._introduce_operator(profile, operator, recorded_at)

    def _introduce_operator(self, profile: Profile, by: str, recorded_at: str) -> None:
        introduced = {"operator": profile.id, "pin": pin_of(profile)}
        command = Command("operator", by, f"operator-{profile.id}", recorded_at, introduced)
        for record in kinds.decide(self.state, command):
            self.unit.append(record)

    def _instant(self) -> str:
        """Return the present, never before the last record."""
        now, last = instant_text(self._clock.now()), self.state.recorded_at
        if now >= last:
            return now
        if seconds_behind(now, last) > CLOCK_TOLERANCE_SECONDS:
            raise ClockBehind(now=now, last=last)
        return last

    def _compare(self, earlier: Record, kind: str, said: Mapping[str, Any], remarks: Mapping[str, str]) -> None:
        """See that a repeated request says the same; text that was erased since counts as the same."""
        if earlier.kind != kind:
            raise RequestConflict(request=earlier.request, field="kind", seq=earlier.seq)
        differing = difference(earlier, said, remarks, self.unit.remarks(earlier.seq))
        if differing is not None:
            raise RequestConflict(request=earlier.request, field=differing, seq=earlier.seq)

    def _readable(self, error: PointsLedgerError) -> PointsLedgerError:
        """Return the error with codes where the journal has ids."""
        codes = {name: self.register.code_of(error.data[name]) for name in _PEOPLE if name in error.data}
        return type(error)(**(error.data | codes)) if codes else error


def difference(
    earlier: Record, said: Mapping[str, Any], remarks: Mapping[str, str], kept: Iterable[Remark]
) -> str | None:
    """Return the first field in which what is said now differs from what ``earlier`` was told, if any does."""
    salts = {remark.field: remark.salt for remark in kept}
    for name in sorted(set(earlier.said) | set(said) | set(remarks)):
        recorded = earlier.said.get(name)
        if name in TEXT_FIELDS:
            erased = recorded is not None and name in remarks and name not in salts
            now = pins.text_pin(salts[name], remarks[name]) if name in remarks and name in salts else None
            if recorded != now and not erased:
                return name
        elif recorded != said.get(name):
            return name
    return None


def _parse_request(request: str) -> str:
    if (
        isinstance(request, str)
        and 0 < len(request) <= LONGEST_REQUEST
        and request.isprintable()
        and request.strip() == request
    ):
        return request
    raise InvalidCode(name="request", value=request, allowed=f"1 to {LONGEST_REQUEST} printable characters")


def _moved_points(record: Record) -> int | None:
    """Return the points that the first line of a record moved, for the kinds that do not say it otherwise."""
    return record.entries[0].amount if record.entries and record.entries[0].unit == POINTS else None


def _pieces(record: Record) -> Decimal | None:
    return Decimal(record.entries[0].amount) if record.entries else None


def _on_shelf(record: Record) -> Decimal | None:
    return Decimal(record.decided["on_shelf"]) if "on_shelf" in record.decided else None
