"""Recoveries: what was lost when a backup was put back, declared in the book itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from pointsledger.decisions.recovering import RECOVERED, lost_in_words
from pointsledger.errors import InvalidSetting
from pointsledger.posting import LONGEST_REMARK, Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.register import Register, parse_text
from pointsledger.reports.statement_lines import texts_of
from pointsledger.rules.checkpoint import SHORT_DIGITS
from pointsledger.rules.merkle import HASH_BYTES
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Day
from pointsledger.values.canonical import LARGEST_INTEGER
from pointsledger.values.points import record_number
from pointsledger.values.records import Record

IssuedHead = tuple[int, str | bytes]
"""How many records a book had, and the root it had then: hexadecimal (or the half on paper), or its 32 bytes."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """That records from ``lost_from`` on were lost, as record ``seq`` declares.

    ``heads`` are those, each with its size, that had been issued for what was lost; the largest of them shows
    ``lost_through``, which is None where none is known. ``last_on`` is the day on which something was entered last
    that is lost, empty if that was not said. ``extends`` is the record of an earlier declaration of the same loss, or
    None. ``size`` and ``root`` are the head of the book as it went on. Roots are hexadecimal. ``by`` is the operator,
    ``reason`` what they said of it.
    """

    seq: int
    on: str
    lost_from: int
    lost_through: int | None
    last_on: str
    heads: tuple[tuple[int, str], ...]
    extends: int | None
    size: int
    root: str
    by: str
    reason: str

    def say(self, lang: str = "en") -> str:
        """Return in ``lang`` what was lost, as every notice and audit says it: ``"en"`` or ``"zh"``."""
        lost = lost_in_words(
            {
                "lost_from": self.lost_from,
                "lost_through": self.lost_through,
                "last_on": self.last_on or None,
                "heads": self.heads,
                "extends": self.extends,
            }
        )
        if lang == "zh":
            return f"第 {self.seq} 号记录（{self.on}）声明账本由备份恢复，丢失了记录：{lost.zh}"
        return f"record {self.seq} ({self.on}) declares that a backup was put back and records were lost: {lost.en}"


class Recoveries(ABC):
    """What is declared after a backup was put back."""

    @property
    @abstractmethod
    def village(self) -> str:
        """The village's code."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one moment of the book."""

    def recovered(
        self,
        *,
        lost_from: int,
        lost_through: int | None = None,
        heads: Iterable[IssuedHead] = (),
        last_on: Day | None = None,
        reason: str,
        by: str | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Declare that a backup was put back and what was entered from record ``lost_from`` on is lost with it.

        ``heads`` are those that had been issued for what was lost, as far as they are known: of each receipt, notice
        or checkpoint how many records the book had then, and the root. The largest shows how far the loss reaches;
        ``lost_through`` can say no other number. Where no head is known, ``last_on`` is the day on which something was
        entered last. A declaration of a loss that was declared before extends that one, with what has turned up since.
        It is listed in every audit and every notice from then on.

        Raises:
            InvalidSetting, InvalidNumber: for a range that cannot be, or a head that is none or not of it.
            OptionRequired: with neither a head nor a day.
            NothingLost: if a head is this book's own.
            AlreadyDeclared: if it says nothing that was not declared before.
            InvalidText: without a reason.

        """
        first, issued = _number("lost_from", lost_from), _issued(heads)
        last = max((size for size, _ in issued), default=None)
        said: dict[str, Any] = {
            "lost_from": first,
            "lost_through": last if lost_through is None else _number("lost_through", lost_through),
            "heads": [list(head) for head in issued] or None,
        }
        texts = {"reason": parse_text(reason, "reason", LONGEST_REMARK)}
        with self._posting() as posting:
            return posting.act(RECOVERED, lambda: _said(posting, said, last_on), by=by, request=request, texts=texts)

    def recoveries(self) -> tuple[Recovery, ...]:
        """Return what was declared lost, in the order of the declarations."""
        with self._reading() as transaction:
            register = Register(transaction)
            return tuple(_told(transaction, register, record) for record in transaction.records(kinds=(RECOVERED,)))


def _said(posting: Posting, said: dict[str, Any], last_on: Day | None) -> dict[str, Any]:
    """Return what is said, with the day and with the declaration that it extends: the last one of the same loss.

    A loss from a record on that is not behind an earlier declaration is the one which that declared: what stands
    before the declaration was not lost since, or it would be gone as well.
    """
    day = None if last_on is None else posting.state.calendar.day(last_on)
    if posting.earlier is not None:
        extended = posting.earlier.said.get("extends")
    else:
        posting.transaction.flush()
        seqs = [record.seq for record in posting.transaction.records(kinds=(RECOVERED,))]
        extended = next((seq for seq in reversed(seqs) if seq >= said["lost_from"]), None)
    return said | {"last_on": day, "extends": extended}


def _told(transaction: Transaction, register: Register, record: Record) -> Recovery:
    said: Any = record.said
    return Recovery(
        seq=record.seq,
        on=record.on,
        lost_from=said["lost_from"],
        lost_through=said.get("lost_through"),
        last_on=said.get("last_on", ""),
        heads=tuple((size, root) for size, root in said.get("heads", ())),
        extends=said.get("extends"),
        size=record.decided["size"],
        root=record.decided["root"],
        by=register.code_of(record.by),
        reason=texts_of(transaction, record.seq).get("reason", ""),
    )


def _number(name: str, value: int) -> int:
    if not 0 < record_number(value, name) <= LARGEST_INTEGER:
        raise InvalidSetting(name=name, value=value, allowed="the number of a record", allowed_zh="记录号")
    return value


def _issued(heads: Iterable[IssuedHead]) -> list[tuple[int, str]]:
    """Return heads as records write them, in the order of their sizes.

    Raises:
        InvalidSetting: for a root that is none, or two roots of one size.

    """
    found: dict[int, str] = {}
    for size, root in heads:
        text = _root(root)
        if found.setdefault(_number("heads", size), text) != text:
            raise InvalidSetting(
                name="heads", value=size, allowed="one root for each size", allowed_zh="每个记录数只能有一个校验根"
            )
    return sorted(found.items())


def _root(root: str | bytes) -> str:
    """Return a root, or the half of one that stands on paper, in hexadecimal.

    Raises:
        InvalidSetting: if it is neither.

    """
    try:
        whole = bytes.fromhex(root) if isinstance(root, str) else bytes(root)
    except ValueError:
        whole = b""
    if len(whole) not in {HASH_BYTES, SHORT_DIGITS // 2}:
        raise InvalidSetting(
            name="root",
            value=root,
            allowed=f"{2 * HASH_BYTES} hexadecimal digits, or the {SHORT_DIGITS} on paper",
            allowed_zh=f"{2 * HASH_BYTES} 位十六进制数字，或纸面上的 {SHORT_DIGITS} 位",
        )
    return whole.hex()
