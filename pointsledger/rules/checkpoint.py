"""Checkpoints: the head of a book as a text that anybody can keep, compare and sign.

A checkpoint has three lines: the *origin*, which says whose tree it is (``pointsledger/`` and the village's code), the
number of records, and the root in base64. Ours have no extension lines, since what a close adds up is a record in the
tree; one of somebody else's with such lines is read, and its lines are kept, so that its signatures still hold.

On paper stand the day, the number of records and the first half of the root: 32 hexadecimal digits. With half as many
an operator finds two heads that look alike in minutes.

Worked example: ``pointsledger/nanyu``, ``18``, and ``qqqq…=``. Its short form is ``18 aaaaaaaa aaaaaaaa …``.

Source: C2SP tlog-checkpoint, https://c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from pointsledger.errors import NotACheckpoint
from pointsledger.rules.encoded import decoded, encoded
from pointsledger.rules.merkle import HASH_BYTES
from pointsledger.values import rows
from pointsledger.values.canonical import canonical
from pointsledger.values.words import Words

ORIGIN = "pointsledger/"
SHORT_DIGITS = 32
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SHORT = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2} )?(?P<size>[1-9][0-9,]{0,18}) (?P<digits>[0-9A-Fa-f]{4}(?: ?[0-9A-Fa-f]{4}){7,})",
    re.ASCII,
)
_WORDS_BEFORE = re.compile(r"^[^0-9:]{1,40}:", re.ASCII)
# Only what a Chinese keyboard writes for a sign of ASCII: a raised 2 behind a number is no figure of it.
_HALF_WIDTH = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_GROUPS = r"[0-9A-Fa-f]{8}(?: [0-9A-Fa-f]{8}){3,7}|[0-9A-Fa-f]{32,64}"
# A cell of a CSV file, as of the list of what was issued, has the whole root behind it: 1,80 is no number of records.
_CELL = r"(?<=[^0-9],)(?=[0-9]+[,:][0-9A-Fa-f]{64}(?![0-9A-Fa-f]))"
# A request id may be a row and what its sheet hashes to, row-3:5d41402a..., and is no line.
_BEGINS = rf"(?:(?<![0-9A-Fa-f,.])(?!(?<=[A-Za-z_-])[0-9,]+:[0-9A-Fa-f])|{_CELL})"
_WITHIN = re.compile(
    rf"{_BEGINS}(?P<size>[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,6}}(?!,[0-9A-Fa-f])|[1-9][0-9]{{0,18}})"
    # Taken whole (``+``): tried again with fewer of many spaces, a line of some megabytes would take a minute.
    rf"(?:\s{{0,30}}+(?:笔|records))?[\s,:]{{1,60}}+(?P<digits>{_GROUPS})(?![0-9A-Fa-f])"
)
_LOOKS = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{8}(?:[ -][0-9A-Fa-f]{6,9})+|[0-9A-Fa-f]{32,64}(?!=))(?![0-9A-Fa-f])", re.ASCII
)
NO_LINK = bytes(HASH_BYTES)
"""What the first issued checkpoint is linked to."""

_LONGEST = 4_096
"""The most characters that are looked at: no checkpoint comes near it, and a book or a picture is soon told as none."""


def origin_of(village: str) -> str:
    """Return the origin of a village's checkpoints."""
    return ORIGIN + village


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head: whose tree it is, how many records it had, and its root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the three lines of a checkpoint, and others if it has them; each ends with a line feed.

        Raises:
            NotACheckpoint: if it is none, with the line at fault.

        """
        if len(text) > _LONGEST or not text.endswith("\n"):
            raise no_checkpoint(
                1, Words("the text is too long, or its last line has no end", "内容过长，或末行没有换行")
            )
        origin, *rest = text[:-1].split("\n")
        if not origin or not origin.isprintable():
            raise no_checkpoint(1, Words("the origin is missing", "缺少来源"))
        if not rest or not _SIZE.fullmatch(rest[0]):
            raise no_checkpoint(2, Words("the number of records is missing", "缺少记录数"))
        root = _root(rest[1]) if len(rest) > 1 else None
        if root is None:
            raise no_checkpoint(3, Words("the root is missing", "缺少校验根"))
        if rest[2:] and origin.startswith(ORIGIN):  # what stands there may be another head, that nobody would see
            raise no_checkpoint(4, Words("there are lines behind the root", "校验根之后还有其他行"))
        if "" in rest[2:]:
            raise no_checkpoint(3 + rest[2:].index("") + 1, Words("the line is empty", "该行为空"))
        return cls(origin, int(rest[0]), root, tuple(rest[2:]))

    def text(self) -> str:
        """Return the lines of the checkpoint, which are what is signed."""
        lines = (self.origin, str(self.size), encoded(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @property
    def village(self) -> str | None:
        """The village whose book it is of; None if it is of no book of ours."""
        return self.origin.removeprefix(ORIGIN) if self.origin.startswith(ORIGIN) else None

    @property
    def short(self) -> str:
        """The first half of the root as it stands on paper, in groups of eight digits."""
        digits = self.root.hex()[:SHORT_DIGITS]
        return " ".join(digits[start : start + 8] for start in range(0, SHORT_DIGITS, 8))


@dataclass(frozen=True, slots=True)
class ShortForm:
    """What stands on paper: the number of records, and the first hexadecimal ``digits`` of the root, 32 or more."""

    size: int
    digits: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a size and digits as somebody typed them, a day before them or not; None if it is nothing like that.

        The words that the line has on the screen may stand before it, and the figures may be full-width ones.
        """
        found = _SHORT.fullmatch(" ".join(plain_line(text).split()))
        if found is None:
            return None
        digits = _digits(found["digits"])
        return cls(_size(found["size"]), digits) if len(digits) <= HASH_BYTES * 2 else None

    @classmethod
    def within(cls, line: str) -> tuple[list[Self], list[str]]:
        """Read each size with digits that stands in a line of a file, among other words; two may stand in one.

        Beside them stands what looks like digits of a root, in groups or in one piece, and cannot be read. Groups of
        four that are figures alone are years of a sheet, or the like, and no digits of a root.
        """
        plain = line.translate(_HALF_WIDTH)
        found = [cls(_size(one["size"]), _digits(one["digits"])) for one in _WITHIN.finditer(plain)]
        whole = None if found else cls.read(line)
        if whole is not None and not whole.digits.isdecimal():
            return [whole], []
        looks = (_digits(one[0]) for one in _LOOKS.finditer(_WITHIN.sub("|", plain)))
        return found, [digits for digits in looks if not digits.isdecimal()]

    def fits(self, head: Checkpoint) -> bool:
        """Tell whether it is of that head."""
        return head.size == self.size and head.root.hex().startswith(self.digits)


def plain_line(text: str) -> str:
    """Return a line from paper without the words before it (``for paper:``), its figures those of a keyboard."""
    return _WORDS_BEFORE.sub("", text.translate(_HALF_WIDTH))


def link_of(before: bytes, issued: rows.Checkpoint) -> bytes:
    """Return the link of an issued checkpoint to those issued before it, the last link of which is ``before``."""
    village, number, size, issued_at, note, _ = issued
    said = canonical([village, number, size, issued_at, note])
    return sha256(b"pointsledger issued checkpoint\n" + before + said).digest()


def _size(figures: str) -> int:
    """Return the number that figures on paper are, with commas between them or not."""
    return int(figures.replace(",", ""))


def _digits(groups: str) -> str:
    """Return the digits of a root without what stands between their groups."""
    return groups.replace(" ", "").replace("-", "").lower()


def _root(line: str) -> bytes | None:
    """Return the hash that a line holds, or None."""
    found = decoded(line)
    return found if found is not None and len(found) == HASH_BYTES else None


def no_checkpoint(line: int, reason: Words) -> NotACheckpoint:
    """Return the error that says which line of a checkpoint is at fault."""
    return NotACheckpoint(line=line, reason=reason.en, reason_zh=reason.zh)
