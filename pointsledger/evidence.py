"""Evidence: what others kept of a book, which it is held against: checkpoints, receipts, notices, lines on paper.

A file may be a checkpoint, signed or not, a proof, a monthly hand-in, or a page with a checkpoint somewhere in it, such
as a notice. What is typed from paper is a line: the number of records and 32 hexadecimal digits or more.
"""

from __future__ import annotations

import codecs
import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from pointsledger.errors import (
    FileUnreadable,
    HandInDiffers,
    LineInvalid,
    NotACheckpoint,
    NotAHandIn,
    NotAProof,
    NotASignedNote,
    PointsLedgerError,
)
from pointsledger.exported_heads import heads_of
from pointsledger.page import GENERATED, kept_in
from pointsledger.rules.checkpoint import ORIGIN, Checkpoint, ShortForm, plain_line
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.hand_in import FORMAT, HandInHeader, no_hand_in
from pointsledger.rules.proof import HEADER, LONGEST, Proof, head_of
from pointsledger.values.records import Record
from pointsledger.values.words import Words

LARGEST = 64 << 20
"""The most bytes of a file that are looked at; of a hand-in also the note at its end."""

_WITHIN = re.compile(
    rf"{re.escape(ORIGIN)}[0-9A-Za-z._-]{{1,64}}\r?\n(?:0|[1-9][0-9]{{0,18}})\r?\n[0-9A-Za-z+/]{{43}}=", re.ASCII
)
_MEANT = re.compile(
    rf"(?<!— ){re.escape(ORIGIN)}[0-9A-Za-z._-]{{1,64}}(?![0-9A-Za-z._+-])"
    r"(?=[^\n]{0,200}\n(?>[^\n]{0,80}?\d)[^\n]{0,280}+\n[^\n]{0,200}?[0-9A-Za-z+/]{32,})"
)
"""What says that it is a checkpoint, right or wrong: an origin, a line with a number, and one with a root.

Of the line with the number only its first figure is tried (``?>``), for each other one would look for the root again.
"""
_TAG = re.compile(r"</?(?!pointsledger/)[!A-Za-z][^<>\n]{0,2000}>")
_AROUND = "<>|*`\"', \t\xa0\u3000"
"""What a mail, a table, a list or a page puts around a line, and is none of it."""
_LINE = re.compile(r"\s*[0-9][0-9,-]*\s|[0-9a-fA-F\s]{32,}$")
"""How a line from paper begins, right or wrong: with a number, or a day, and a space; or it is digits and no more."""

_SHOWN = 80
_BEGINNING = 1_024
"""Signs of a page in which it says what made it."""
_IN_A_PACK = {"findings.csv", "findings.json", "thresholds.toml", "tally.csv", "redemptions.csv", "books.csv"}
"""What an inspector's pack has beside its pages; what stands in it was typed into the book, by anybody."""
_LINES = 100_000
"""Lines of a list from paper that are looked at."""

_NO_TEXT = "\0"
"""What is in no text. A book's own file keeps, as text, what it gave out: it would be evidence of itself."""

_RECORD = '{"by":'
"""How a record begins, as a line of an export or a hand-in: what is in it was typed into the book, by anybody."""

_NO_HEAD = Words("it holds no checkpoint", "其中没有校验码")
_A_PAGE = Words("it is a page of this library, and holds no checkpoint", "它是本程序的页面，其中没有校验码")
_A_TABLE = Words("it was exported from a book, and holds no checkpoint", "它由账本导出，其中没有校验码")
_A_DATABASE = Words(
    "it is no text, and the database itself is nothing that others hold", "它不是文本；账本数据库自身不能作账外留存"
)
_CUT = Words(
    f"it is longer than {LARGEST >> 20} MB, and what stands behind them was not looked at",
    f"它超过 {LARGEST >> 20} MB，其后的内容未查看",
)
_MORE_LINES = Words(
    f"it has more than {_LINES:,} lines, and those behind them were not looked at",
    f"它超过 {_LINES:,} 行，其后各行未查看",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a ``source`` says of a book: its origin (empty on paper), its size, and hexadecimal digits of its root."""

    source: str
    origin: str
    size: int
    digits: str

    @classmethod
    def of(cls, source: str, head: Checkpoint) -> Evidence:
        """Return what a checkpoint says."""
        return cls(source, head.origin, head.size, head.root.hex())

    def fits(self, root: bytes) -> bool:
        """Tell whether a root is the one that it says."""
        return root.hex().startswith(self.digits)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A ``source`` that says nothing of any book, and why: it is none of ours, or was edited since."""

    source: str
    reason: Words


Found = Evidence | Unusable


def gathered(places: Iterable[str | Path]) -> list[Found]:
    """Return what files, folders of files, and lines typed from paper say.

    Raises:
        FileUnreadable: if one cannot be read.
        LineInvalid: if one is neither a file, a folder, nor such a line, and looks like a line.

    """
    found: list[Found] = []
    for place in places:
        path, typed = Path(place), ShortForm.read(str(place))
        if _LINE.match(plain_line(str(place))) and not _is_there(path):
            if typed is None:
                raise LineInvalid(line=str(place))
            found.append(Evidence(str(place), "", typed.size, typed.digits))
        elif _is_there(path) and path.is_dir():
            files = sorted(one for one in path.rglob("*") if one.is_file() and not _is_hidden(one.relative_to(path)))
            said = [one for file in files if not _is_in_a_pack(file) for one in said_in(file, within=path)]
            said = [one for one in said if isinstance(one, Evidence) or one.reason not in {_A_PAGE, _A_TABLE}]
            found += said
            if not said:
                found.append(Unusable(path.name, _NO_HEAD if files else Words("the folder is empty", "文件夹是空的")))
        else:
            found += said_in(path)
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_in_a_pack(file: Path) -> bool:
    """Tell whether a file is one of those that an inspector's pack has beside its pages, on which its heads are."""
    with suppress(FileUnreadable):  # most folders have no such page
        return file.name in _IN_A_PACK and _is_page(text_of(file.with_name("index.html")))
    return False


def _is_page(text: str) -> bool:
    return GENERATED in text[:_BEGINNING]


def _is_there(path: Path) -> bool:
    """Tell whether something has that name; a name that no file can have, such as one too long, is of nothing."""
    with suppress(ValueError):  # a NUL is in the name; of one too long lexists itself says that it is not there
        return os.path.lexists(path)
    return False


def said_in(path: Path, *, within: Path | None = None) -> list[Found]:
    """Return what a file says; its source is called as the file is in the folder ``within``, if it is in one.

    Raises:
        FileUnreadable: if it cannot be read.

    """
    text, size = _text_of(path)
    cut = size > LARGEST
    source = path.name if within is None else path.relative_to(within).as_posix()
    first = text.partition("\n")[0]
    if first.startswith("{") and FORMAT in first:
        return [_handed_in(text, _end_of(path) if cut else text, source)]
    found = [*told_by(text, source)]
    return [*found, Unusable(source, _CUT)] if cut and _NO_TEXT not in text else found


def text_of(path: Path) -> str:
    """Return the text of a file; what is no text comes with signs in the place of its bytes.

    Raises:
        FileUnreadable: if it cannot be read.

    """
    return _text_of(path)[0]


def _text_of(path: Path) -> tuple[str, int]:
    """Return the text of a file, and how many bytes it has, of which no more than ``LARGEST`` are read."""
    held, size = _bytes_of(path)
    encoding = "utf-16" if held[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"
    return held.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n"), size


def _end_of(path: Path) -> str:
    """Return the end of a text that is longer than what is looked at, in which the note of a hand-in has room."""
    return _bytes_of(path, last=LONGEST)[0].decode("utf-8", "replace").replace("\r\n", "\n")


def _bytes_of(path: Path, *, last: int = 0) -> tuple[bytes, int]:
    """Return the first bytes of a file, or its ``last`` ones, and how many it has.

    Raises:
        FileUnreadable: if it cannot be read.

    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(size - last if last else 0)
            return file.read(LARGEST), size
    except (OSError, ValueError) as error:  # no file has a name with a NUL in it, and Python says so by a ValueError
        reason = error.strerror if isinstance(error, OSError) else None
        raise FileUnreadable(file=str(path), reason=reason or str(error)) from error


def told_by(text: str, source: str) -> Iterator[Found]:
    """Yield what a text says: one head as a rule, several on a page that shows several."""
    if _NO_TEXT in text:
        yield Unusable(source, _A_DATABASE)
        return
    try:
        exported = heads_of(text)
        whole = _whole(text.rstrip() + "\n")
    except (NotACheckpoint, NotAProof, NotASignedNote) as error:
        yield _refused(error, source)
        return
    if exported is not None:
        yield from (Evidence.of(source, head) for head in exported)
        if not exported:
            yield Unusable(source, _A_TABLE)
        return
    if whole is not None:
        yield Evidence.of(source, whole)
        return
    # Of a page of ours what was written for this; the rest of it was typed, into the book or to hold it against.
    yield from _anywhere(kept_in(text), source, _A_PAGE) if _is_page(text) else _anywhere(text, source, _NO_HEAD)


def _anywhere(text: str, source: str, none: Words) -> Iterator[Found]:
    """Yield every head that stands anywhere in a text, and every line from paper; if there are none, that.

    What is passed over would not be held against.
    """
    plain = _plain(text)
    heads = [Checkpoint.read(f"{one}\n") for one in sorted({found[0] for found in _WITHIN.finditer(plain)})]
    others = [*_meant_in(plain, source), *_typed_in(text, source, heads)]
    yield from (Evidence.of(source, head) for head in heads)
    yield from others
    if not heads and not others:
        yield Unusable(source, none)


def _handed_in(text: str, end: str, source: str) -> Found:
    """Return the head of a hand-in, which is all that it says; ``end`` is its end, where the note is.

    What its records hold was typed by whoever hands it in, and may look like a line from paper that is of any village.
    """
    try:
        return Evidence.of(source, _head_handed_in(text, end))
    except (HandInDiffers, NotACheckpoint, NotAHandIn, NotASignedNote) as error:
        return _refused(error, source)


def _head_handed_in(text: str, end: str) -> Checkpoint:
    """Return the head of a hand-in.

    Raises:
        NotAHandIn, NotACheckpoint, NotASignedNote: if it is none, or its note cannot be read.
        HandInDiffers: if its note is of another village.

    """
    first, *records = text.partition("\n\n")[0].split("\n")
    header = HandInHeader.read(first.encode("utf-8", "replace"))
    for number, line in enumerate(records, start=2):  # what stands among them may be a head, that nobody would see
        if not line.startswith(_RECORD[: len(line)]):
            raise no_hand_in(number, Words("it is no record", "不是记录"))
    head = head_of(end.partition("\n\n")[2].rstrip() + "\n")
    if head.village != header.village:
        raise HandInDiffers(village=header.village, seq=head.size)
    return head


def _refused(error: PointsLedgerError, source: str) -> Unusable:
    return Unusable(source, Words(error.say("en"), error.say("zh")))


def _plain(text: str) -> str:
    """Return the lines of a text without the tags of a page and the signs of a mail, and without empty ones."""
    lines = (line.strip().strip(_AROUND) for line in unescape(_TAG.sub("\n", text)).split("\n"))
    return "\n".join(line for line in lines if line)


def _meant_in(plain: str, source: str) -> Iterator[Found]:
    """Yield what says in a text that it is a checkpoint, and cannot be read as one."""
    for found in _MEANT.finditer(plain):
        if not _WITHIN.match(plain, found.start()):
            said = f"a checkpoint of {found[0]} is in it that cannot be read"
            yield Unusable(source, Words(said, f"其中 {found[0]} 的校验码无法识读"))


def _typed_in(text: str, source: str, heads: Sequence[Checkpoint]) -> Iterator[Found]:
    """Yield what the lines of a text say as lines from paper do, but for what its own ``heads`` say."""
    lines, unread = text.split("\n", _LINES), []
    roots = [head.root.hex() for head in heads]
    own = sorted(
        [*((head.size, root) for head, root in zip(heads, roots, strict=True)), *((_ANY, root) for root in roots)]
    )
    for number, line in enumerate(lines[:_LINES], start=1):
        if line.startswith(_RECORD) and (text.startswith(_RECORD) or _is_record(line)):
            continue
        typed, looks = ShortForm.within(line)
        for one in typed:
            if not _says(own, one.size, one.digits):
                yield Evidence(source, "", one.size, one.digits)
        if not all(_says(own, _ANY, digits) for digits in looks):
            unread.append((number, line.strip()[:_SHOWN]))
    if unread:
        yield Unusable(source, _unread(*unread[0], len(unread) - 1))
    if len(lines) > _LINES and lines[-1].strip():
        yield Unusable(source, _MORE_LINES)


_ANY = -1
"""The size of a head, whatever size it has."""


def _says(own: Sequence[tuple[int, str]], size: int, digits: str) -> bool:
    """Tell whether one of the heads, sorted by size and root, has that size, and a root that begins with ``digits``.

    The first that does not come before them is the one, if any is: to go through thousands for each line takes hours.
    """
    place = bisect_left(own, (size, digits))
    return place < len(own) and own[place][0] == size and own[place][1].startswith(digits)


def _unread(number: int, line: str, others: int) -> Words:
    """Return what is said of a line that cannot be read, and how many others there are in the file."""
    more, more_zh = (f" (and {others:,} more)", f"（另有 {others:,} 行）") if others else ("", "")
    said = f"line {number} looks like one from paper and cannot be read{more}: {line}"
    return Words(said, f"第 {number} 行像抄写行，但无法识读{more_zh}：{line}")


def _is_record(line: str) -> bool:
    """Tell whether a line is a record of a book."""
    with suppress(ValueError):
        return bool(Record.from_body(line.encode("utf-8", "replace")).seq)
    return False


def _whole(text: str) -> Checkpoint | None:
    """Return the head that a text is as a whole, None if it is something else with a head in it, perhaps.

    Raises:
        NotACheckpoint, NotAProof, NotASignedNote: if it begins as one of ours and is none.

    """
    if text.startswith(HEADER):
        proof = Proof.read(text)
        proof.see_sound()
        return proof.checkpoint
    if text.startswith(ClosingSlip.HEADER):
        slip = ClosingSlip.read(text)
        slip.see_sound()
        return slip.checkpoint
    if text.startswith("old "):
        return Growth.read(text).checkpoint
    if text.startswith(ORIGIN):
        # Ours have no lines behind the root: what stands there may be another head, which is looked for then.
        with suppress(NotACheckpoint, NotASignedNote):
            return head_of(text)
    return None
