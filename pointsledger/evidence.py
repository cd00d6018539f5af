"""Evidence: what others kept of a book, which it is held against: checkpoints, receipts, notices, lines on paper.

A file may be a checkpoint, signed or not, a proof, a monthly hand-in, or a page with a checkpoint somewhere in it, such
as a notice. What is typed from paper is a line: the number of records and 32 hexadecimal digits or more.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pointsledger.errors import FileUnreadable, LineInvalid, NotACheckpoint, NotAProof, NotASignedNote
from pointsledger.rules.checkpoint import ORIGIN, Checkpoint, ShortForm, digits_in, plain_line
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.growth import Growth
from pointsledger.rules.merkle import HASH_BYTES
from pointsledger.rules.proof import HEADER, Proof, head_of
from pointsledger.values.words import Words

LARGEST = 64 << 20
"""The most bytes of a file that are looked at."""

_WITHIN = re.compile(
    rf"{re.escape(ORIGIN)}[0-9A-Za-z._-]{{1,64}}\r?\n(?:0|[1-9][0-9]{{0,18}})\r?\n[0-9A-Za-z+/]{{43}}=", re.ASCII
)
_LINE = re.compile(r"\s*[0-9][0-9,-]*\s|[0-9a-fA-F\s]{32,}$")
"""How a line from paper begins, right or wrong: with a number, or a day, and a space; or it is digits and no more."""

_SHOWN = 80
_LINES = 10_000
"""Lines of a list from paper that are looked at."""

_DIGITS = HASH_BYTES * 2
_NO_TEXT = "\0"
"""What is in no text. A book's own file keeps, as text, what it gave out: it would be evidence of itself."""

_A_DATABASE = Words(
    "it is no text, and the database itself is nothing that others hold", "它不是文本；账本数据库自身不能作账外留存"
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
        if _LINE.match(plain_line(str(place))) and not os.path.lexists(path):
            if typed is None:
                raise LineInvalid(line=str(place))
            found.append(Evidence(str(place), "", typed.size, typed.digits))
        elif path.is_dir():
            files = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
            for file in files:
                found += said_in(file)
            if not files:
                found.append(Unusable(path.name, Words("the folder is empty", "文件夹是空的")))
        else:
            found += said_in(path)
    return found


def said_in(path: Path) -> list[Found]:
    """Return what a file says.

    Raises:
        FileUnreadable: if it cannot be read.

    """
    return [*told_by(text_of(path), path.name)]


def text_of(path: Path) -> str:
    """Return the text of a file; what is no text comes with signs in the place of its bytes.

    Raises:
        FileUnreadable: if it cannot be read.

    """
    try:
        with path.open("rb") as file:
            held = file.read(LARGEST)
    except OSError as error:
        raise FileUnreadable(file=str(path), reason=error.strerror or str(error)) from error
    encoding = "utf-16" if held[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"
    return held.decode(encoding, "replace").replace("\r\n", "\n")


def told_by(text: str, source: str) -> Iterator[Found]:
    """Yield what a text says: one head as a rule, several on a page that shows several."""
    if _NO_TEXT in text:
        yield Unusable(source, _A_DATABASE)
        return
    try:
        whole = _whole(text.rstrip() + "\n")
    except (NotACheckpoint, NotAProof, NotASignedNote) as error:
        yield Unusable(source, Words(error.say("en"), error.say("zh")))
        return
    if whole is not None:
        yield Evidence.of(source, whole)
        return
    # Every head that stands anywhere in it, and every line from paper: what is passed over would not be held against.
    texts = {found[0].replace("\r", "") for found in _WITHIN.finditer(text)}
    heads = [Checkpoint.read(f"{one}\n") for one in sorted(texts)]
    typed = list(_typed_in(text, source, heads))
    yield from (Evidence.of(source, head) for head in heads)
    yield from typed
    if not heads and not typed:
        yield Unusable(source, Words("it holds no checkpoint", "其中没有校验码"))


def _typed_in(text: str, source: str, heads: Sequence[Checkpoint]) -> Iterator[Found]:
    """Yield what the lines of a text say as lines from paper do, but for what its own ``heads`` say."""
    for number, line in enumerate(text.splitlines()[:_LINES], start=1):
        typed, digits = ShortForm.within(line), digits_in(line)
        if typed is not None:
            if not any(typed.fits(head) for head in heads):
                yield Evidence(source, "", typed.size, typed.digits)
        elif digits and not any(head.root.hex().startswith(digits) for head in heads):
            said = Words(
                f"line {number} looks like one from paper and cannot be read: {line.strip()[:_SHOWN]}",
                f"第 {number} 行像抄写行，但无法识读：{line.strip()[:_SHOWN]}",
            )
            yield Unusable(source, said)


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
