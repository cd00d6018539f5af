"""The monthly hand-in (上报包): the month's new bodies and the head over them, in one file for the township.

The first line says of which village and month it is, how many records stood before it, and the roots of the complete
subtrees over those; then the bodies, a line each; then an empty line and the checkpoint, signed or not. So it is
checked by itself that the bodies lead from the one head to the other, and by whoever holds the head before that
nothing was changed or left out.

No names of the register are in it and no remarks, which stand in no body. What was typed into a body is: a purpose, the
number of an invoice, a request id, a batch's label, a rule book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Self

from pointsledger.errors import HandInDiffers, NotAHandIn
from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.proof import LONGEST, head_of
from pointsledger.values.canonical import Json, canonical, parse
from pointsledger.values.records import VILLAGE_CODE, Record
from pointsledger.values.words import Words

FORMAT = "pointsledger hand-in 1"
_FIELDS = {"format": str, "village": str, "period": str, "after": int, "frontier": list}
_NO_BEGINNING = Words("it does not begin as one", "开头不是上报包")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_LONGEST_LINE = 64 << 20


@dataclass(frozen=True, slots=True)
class HandInHeader:
    """Whose records of which ``period`` follow, how many stood before them, and the subtrees over those."""

    village: str
    period: str
    after: int
    frontier: tuple[bytes, ...]

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Read the first line.

        Raises:
            NotAHandIn: if it is none.

        """
        try:
            fields: Any = parse(line)
            told = {name: type(value) for name, value in fields.items()} == _FIELDS and fields["format"] == FORMAT
            frontier = tuple(bytes.fromhex(node) for node in fields["frontier"]) if told else ()
        except (ValueError, TypeError, AttributeError) as error:
            raise no_hand_in(1, _NO_BEGINNING) from error
        sound = told and fields["after"] >= 0 and len(frontier) == fields["after"].bit_count()
        sound = sound and VILLAGE_CODE.fullmatch(fields["village"]) and _MONTH.fullmatch(fields["period"])
        if not sound or any(len(node) != merkle.HASH_BYTES for node in frontier):
            raise no_hand_in(1, _NO_BEGINNING)
        return cls(fields["village"], fields["period"], fields["after"], frontier)

    def line(self) -> bytes:
        """Return the first line, without its end."""
        frontier: list[Json] = [node.hex() for node in self.frontier]
        fields: tuple[Json, ...] = (FORMAT, self.village, self.period, self.after, frontier)
        return canonical(dict(zip(_FIELDS, fields, strict=True)))

    @property
    def before(self) -> Checkpoint:
        """The head before the month."""
        return Checkpoint(origin_of(self.village), self.after, merkle.root(self.frontier))


class HandIn:
    """A hand-in that is read from a file: its ``header``, then its ``bodies``, then its ``note``."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin to read.

        Raises:
            NotAHandIn: if it is none.

        """
        self.header: HandInHeader = HandInHeader.read(file.readline(_LONGEST_LINE).removesuffix(b"\n"))
        self.note: str = ""
        self._file = file

    def bodies(self) -> Iterator[bytes]:
        """Yield the bodies; after the last one ``note`` is there, and the head in it is the one that they lead to.

        Raises:
            NotAHandIn: if what follows is no body, or the checkpoint is missing.
            HandInDiffers: if the bodies do not lead to the head of its checkpoint.

        """
        frontier, size, body = list(self.header.frontier), self.header.after, b""
        while (line := self._file.readline(_LONGEST_LINE)) != b"\n":
            if not line.endswith(b"\n"):
                raise no_hand_in(size - self.header.after + 2, Words("the checkpoint is missing", "缺少校验码"))
            body = line.removesuffix(b"\n")
            yield body
            merkle.grow(frontier, size, merkle.leaf_hash(body))
            size += 1
        if not self._is_close(body):
            number = size - self.header.after + 1
            raise no_hand_in(number, Words("its last record does not close its month", "末笔不是该月的结账"))
        self.note = self._file.read(LONGEST).decode("utf-8", "replace")
        head = head_of(self.note)
        if head != Checkpoint(origin_of(self.header.village), size, merkle.root(frontier)):
            raise HandInDiffers(village=self.header.village, seq=size)

    def _is_close(self, body: bytes) -> bool:
        """Tell whether a body is the close of the month that the hand-in says it is of."""
        try:
            record = Record.from_body(body)
        except ValueError:
            return False
        return (record.kind, record.said.get("period")) == ("close", self.header.period)


def no_hand_in(line: int, reason: Words) -> NotAHandIn:
    """Return the error that says which line of a hand-in is at fault."""
    return NotAHandIn(line=line, reason=reason.en, reason_zh=reason.zh)
