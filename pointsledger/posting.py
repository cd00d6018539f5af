"""Posting: one act on an open transaction, from what the caller said to the record and its receipt.

The request id is looked up before anything else: the same id with the same ``said`` gives the earlier receipt
back, whatever has happened since. Free text and people's names never get into a body; their digests do.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pointsledger.decisions import dues, kinds, lapsing
from pointsledger.decisions.movements import lot_of
from pointsledger.decisions.pairs import REVERSE
from pointsledger.errors import (
    BatchEnded,
    ClockBehind,
    InvalidCode,
    PointsLedgerError,
    RequestConflict,
    UnknownAccount,
    UnknownGroup,
    UnknownResident,
)
from pointsledger.meanings import Meanings
from pointsledger.receipts import Receipt
from pointsledger.repeats import difference, gone_since
from pointsledger.reports.register import Register, parse_text, pin_of
from pointsledger.rules import chart, pins
from pointsledger.rules.lots import is_over
from pointsledger.storage.foresight import Sought
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock, Day, instant_text, month_after, seconds_behind
from pointsledger.values.log import LOG
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.records import POINTS, Command, Record
from pointsledger.values.rows import Remark

CLOCK_TOLERANCE_SECONDS = 5
"""A clock that is behind the last record by no more than this takes that record's instant."""

LONGEST_REQUEST = 200
OWN_REQUESTS = "~"
"""How the request ids begin that this library makes; a caller's do not, so that neither gets in the other's way."""

LONGEST_REMARK = 1_000

_AS_PASSED = {
    "account": "household",
    "corrected": "kind",
    "resident": "member",
    "pin": "head",
    "residents": "members",
    "fen": "amount",
    "giver": "source",
    "nature": "form of income",
    "household": "to",
    "organisation": "to",
    "draw_size": "size",
    "draw_number": "number",
    "draw_period": "period",
    "draw_count": "count",
    "erased": "household",
    "texts": "record",
    "amended": "household",
    "legal_ground": "ground",
}
"""What a field of ``said`` is called where it is passed."""

_PEOPLE = ("account", "resident", "operator", "person")


Said = Callable[[], Mapping[str, Any]]
"""Builds what is said, with ids where people are meant and None for what is absent, once it is known for what."""


class Posting(Meanings):
    """An open transaction on one book, and who is known in it."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        """Post into ``transaction``; the time of each record is read from ``clock`` under the lock."""
        super().__init__(transaction, clock)
        self.register: Register = Register(transaction)
        self.default_by: str | None = None
        self.provisional: bool = False

    def act(
        self,
        kind: str,
        said: Said,
        *,
        by: str | None,
        request: str | None = None,
        texts: Mapping[str, str | None] | None = None,
        household: str | None = None,
        on: Day | None = None,
    ) -> Receipt:
        """Post one act and return its receipt, or the earlier one under the same request id; see ``post``.

        An act on a ``household`` names it, and its day, so that what it asks for can be read at once.
        """
        if self.transaction.ended:
            raise BatchEnded
        request = None if request is None else parse_request(request)
        if household is not None and self.transaction.distant:
            self._foresee(household, on, by or self.default_by, request)
        record, repeated = self.post(kind, said, by=by, request=request, texts=texts)
        return self.receipt(record, repeated=repeated)

    def once(
        self,
        kind: str,
        seq: int,
        said: Said,
        *,
        by: str | None,
        request: str | None,
        texts: Mapping[str, str | None],
    ) -> Receipt:
        """Post an act that can be done to record ``seq`` once; without a request id, again is the same act."""
        if self.transaction.ended:
            raise BatchEnded
        own = f"{OWN_REQUESTS}{kind}/{seq}" if request is None else parse_request(request)
        record, repeated = self.post(kind, said, by=by, request=own, texts=texts)
        return self.receipt(record, repeated=repeated)

    def post(
        self,
        kind: str,
        said: Said,
        *,
        by: str | None,
        request: str | None = None,
        texts: Mapping[str, str | None] | None = None,
    ) -> tuple[Record, bool]:
        """Post one act; return its record, and whether it is an earlier one under the same request id.

        ``said`` is called once the request id was looked up; ``texts`` is the free text, by the name of its field.
        ``request`` is one that ``act`` has looked at, or one of this library's own.

        Raises:
            RequestConflict: if the request id was used for something else.
            ClockBehind: if the clock is behind the last record.
            BatchEnded: if the transaction is over.
            RefusedError, InputError: what the rules say.

        """
        if self.transaction.ended:
            raise BatchEnded
        try:
            if request is not None:
                self._repeated = self.transaction.requested(request)
                self.register.gone = gone_since(self.state, self._repeated)
            operator = self.register.operator(by or self.default_by)
            present = {name: value for name, value in self._told(said).items() if value is not None}
            remarks = {}
            for field, text in (texts or {}).items():
                if text is not None:
                    remarks[field] = parse_text(text, field, LONGEST_REMARK)
            if self._repeated is not None:
                self._compare(self._repeated, kind, present, remarks)
                return self._repeated, True
            return self._append(kind, present, operator, request or new_request(), remarks), False
        except PointsLedgerError as error:
            readable = self.readable(error)
            if readable is error:
                raise
            raise readable from None  # the same error, with the codes that people know
        finally:
            self._repeated, self.register.gone = None, frozenset()
            if self.register.newcomers:
                self.register.forget_newcomers()

    @property
    def repeats(self) -> bool:
        """Whether the act that is being posted was posted before, under the same request id."""
        return self._repeated is not None

    @property
    def earlier(self) -> Record | None:
        """The record of the act that is being posted, if it was posted before under the same request id."""
        return self._repeated

    @contextmanager
    def wholly(self) -> Iterator[None]:
        """Post all acts of the block or, if one is refused, none of them, and leave the transaction to go on."""
        if self.transaction.ended:
            raise BatchEnded
        register = self.register.fork()
        try:
            with self.transaction.wholly():
                yield
        except BaseException:
            self.register = register
            self._activities.clear()  # a rule book that was adopted in it was not
            raise

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
            leaf=self.transaction.leaf(record.seq).hex(),
            size=record.seq,
            root=(self.transaction.head.root if last else self.transaction.root_at(record.seq)).hex(),
            points=_pieces(record) if moved is None else unscaled(moved, places),
            balance=_left(record) if balance is None else unscaled(balance, places),
            ended=unscaled(_ended(record, self.state.calendar.day_of_instant(record.recorded_at)), places),
            written_off=unscaled(decided.get("written_off", 0), places),
            repeated=repeated,
            provisional=self.provisional,
        )

    def _foresee(self, household: str, on: Day | None, by: str | None, request: str | None) -> None:
        """Have what an act on a household will ask for read at once, if its words can be guessed from."""
        words = (household, by or "")
        if all(isinstance(word, str) and word.isprintable() for word in words) and not self.register.knows(household):
            try:
                day = self.day(on) or self.state.calendar.day_of_instant(self.state.recorded_at)
            except PointsLedgerError:
                return  # the act itself will say what is wrong with its day, in its turn
            month = self.state.calendar.month_of(day)
            self.transaction.foresee(Sought(request, household, by or "", month, self.today()))

    def lapse(self, account: str, *, by: str | None) -> list[Record]:
        """Post the ends of reservations and the lapses that are due on an account, and return their records."""
        operator = self.register.operator(by or self.default_by)
        command = Command(lapsing.LAPSE, kinds.CURRENT[lapsing.LAPSE], operator, "", self.instant(), {})
        if self.register.newcomers:
            self._introduce(command)
            self.register.forget_newcomers()
        return [self._appended(due) for due in dues.due(self.state, command, account)]

    # --- writing ---------------------------------------------------------------------------------------

    def _append(
        self, kind: str, said: Mapping[str, Any], operator: str, request: str, remarks: Mapping[str, str]
    ) -> Record:
        """Decide the act and append its record, behind those of the operators it introduces."""
        salted = {field: (text, pins.new_salt()) for field, text in remarks.items()}
        said = {**said, **{field: pins.text_pin(salt, text) for field, (text, salt) in salted.items()}}
        command = Command(kind, kinds.CURRENT[kind], operator, request, self.instant(), said)
        if next(dues.before(self.state, command), None) is None:
            if self.register.newcomers:
                kinds.decide(self.state, command, frozenset(self.register.newcomers))  # refused, it introduces nobody
            record = self._carried_out(command, ())
        else:
            with self.wholly():  # refused, it leaves nothing of what has to come before it
                record = self._carried_out(command, dues.before(self.state, command))
        for field, (text, salt) in salted.items():
            self.state.put(Remark(self.state.village, record.seq, field, text, salt))
        return record

    def _carried_out(self, command: Command, before: Iterable[Command]) -> Record:
        """Append the record of an act, behind those of its operators and of what has to come ``before`` it."""
        newcomers = self.register.newcomers
        if newcomers and self.state.size:
            self._introduce(command)
        for first in before:
            self._appended(first)
        record = self._appended(command)
        if newcomers:
            self._introduce(command)  # after the genesis, which nothing can come before
        return record

    def _appended(self, command: Command) -> Record:
        """Decide an act, or what comes before one, as its kind is decided by now, and append its record."""
        record = kinds.decide(self.state, replace(command, version=kinds.CURRENT[command.kind]))
        self.transaction.append(record)
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("village %s: record %d (%s) appended, not committed yet", record.village, record.seq, record.kind)
        return record

    def _introduce(self, command: Command) -> None:
        """Write the profiles of the people that an act names for the first time, and a record of each operator."""
        said: Any = command.said
        for one in dict.fromkeys((command.by, *said.get("approved_by", ()))):
            for profile in self.register.take_newcomers([one]):
                self.state.put(profile)
                introduced = {"operator": profile.id, "pin": pin_of(profile)}
                version = kinds.CURRENT["operator"]
                request = f"{OWN_REQUESTS}operator/{profile.id}"
                introduction = Command("operator", version, command.by, request, command.recorded_at, introduced)
                self.transaction.append(kinds.decide(self.state, introduction))
        members = [member["resident"] for member in said.get("residents", ())]
        for profile in self.register.take_newcomers([said.get("account"), *members]):
            self.state.put(profile)

    def instant(self) -> str:
        """Return the present, never before the last record."""
        now, last = instant_text(self._clock.now()), self.state.recorded_at
        if now >= last:
            return now
        behind = seconds_behind(now, last)
        if behind > CLOCK_TOLERANCE_SECONDS:
            raise ClockBehind(now=now, last=last)
        LOG.warning(
            "village %s: the clock is %.3f s behind the last record, whose instant is taken", self.state.village, behind
        )
        return last

    def _compare(self, earlier: Record, kind: str, said: Mapping[str, Any], remarks: Mapping[str, str]) -> None:
        """See that a repeated request says the same; text that was erased since counts as the same."""
        if earlier.kind != kind:
            raise RequestConflict(request=earlier.request, field="kind", seq=earlier.seq)
        kept = self.transaction.remarks(earlier.seq)
        differing = difference(earlier, said, remarks, kept, gone=self.register.gone)
        if differing is not None:
            raise RequestConflict(request=earlier.request, field=_AS_PASSED.get(differing, differing), seq=earlier.seq)

    def _told(self, said: Said) -> Mapping[str, Any]:
        """Return what is said; whoever is unknown now is not whom a repeated request was about.

        Raises:
            RequestConflict: if so.

        """
        try:
            return said()
        except (UnknownAccount, UnknownGroup, UnknownResident) as error:
            if self._repeated is None:
                raise
            field = {UnknownAccount: "household", UnknownGroup: "to"}.get(type(error), "member")
            raise RequestConflict(request=self._repeated.request, field=field, seq=self._repeated.seq) from error

    def readable(self, error: PointsLedgerError) -> PointsLedgerError:
        """Return the error with codes where the journal has ids."""
        codes = {name: self.register.code_of(error.data[name]) for name in _PEOPLE if name in error.data}
        return type(error)(**(error.data | codes)) if codes else error


def new_request() -> str:
    """Return a request id for an act whose caller gave none."""
    return f"{OWN_REQUESTS}{secrets.token_hex(12)}"


def parse_request(request: str) -> str:
    """Return a caller's request id.

    Raises:
        InvalidCode: if it is empty, too long, hidden in part, or one of this library's own.

    """
    if (
        isinstance(request, str)
        and 0 < len(request) <= LONGEST_REQUEST
        and request.isprintable()
        and request.strip() == request
        and not request.startswith(OWN_REQUESTS)
    ):
        return request
    raise InvalidCode(
        name="request",
        value=request,
        allowed=f"1 to {LONGEST_REQUEST} printable characters, not ~ first",
        allowed_zh=f"1 至 {LONGEST_REQUEST} 个可见字符，不以 ~ 开头",
    )


def _moved_points(record: Record) -> int | None:
    """Return the points that the first line of a record moved, for the kinds that do not say it otherwise."""
    if not record.entries:
        return 0 if record.kind == REVERSE else None  # of points: what moves goods always does
    return record.entries[0].amount if record.entries[0].unit == POINTS else None


def _ended(record: Record, recorded_on: str) -> int:
    """Return how many points that a record brought had ended before it was written, less what they paid of arrears."""
    if "granted" not in record.decided or not record.entries:  # what the paper book held was earned long ago
        return 0
    lot = lot_of(record, 1) if chart.holds_points(record.entries[0].target) else None
    closed_through = month_after(record.period, -1)  # as it was then: a record counts in a month that is open
    return lot.remaining if lot is not None and is_over(lot, recorded_on, closed_through) else 0


def _pieces(record: Record) -> Decimal | None:
    """Return what a record of goods or money moved: pieces of one item, or yuan; of several items, nothing."""
    goods = {entry.unit for entry in record.entries if entry.unit != chart.FEN}
    if len(goods) > 1 or not record.entries:
        return None
    unit = next(iter(goods), chart.FEN)
    moved = sum(entry.amount for entry in record.entries if entry.unit == unit)
    return unscaled(moved, 0 if goods else FEN_DECIMALS)


def _left(record: Record) -> Decimal | None:
    """Return what is left then: the pieces on a shelf, or else the yuan in a fund."""
    decided = record.decided
    if "on_shelf" in decided:
        return Decimal(decided["on_shelf"])
    return unscaled(decided["left"], FEN_DECIMALS) if "left" in decided else None
