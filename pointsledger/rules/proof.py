"""Proofs: that a record is in a book, as a text that is checked without the book.

A proof has the number of the record's leaf (from 0), the hashes that lead from it to the root, and below an empty line
the checkpoint with that root, signed or not. What it proves stands in it too: the body of the record, as the *extra
data* that the form leaves to each log. Whoever checks it hashes the body, follows the path with the leaf's number and
the checkpoint's size, and has to come out at the checkpoint's root.

Worked example: record 3 of a book of 5 is leaf 2; its path is the leaf beside it, the node over the first two, and the
last leaf, three hashes.

Source: C2SP tlog-proof, https://c2sp.org/tlog-proof, whose hashes are those of RFC 6962.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from pointsledger.errors import NotAProof
from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.encoded import decoded, encoded
from pointsledger.rules.signed_note import SignedNote
from pointsledger.values.words import Words

HEADER = "c2sp.org/tlog-proof@v1"
EXTRA = "extra "
LONGEST_PATH = 63
"""More hashes than lead through any tree of a size that a checkpoint can say."""

LONGEST = 8 << 20
"""The most characters of a proof that are looked at; a body of a long rule book is far shorter."""

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proof:
    """A body, the number of its leaf from 0, the path to the root, and the checkpoint with that root, signed or not."""

    body: bytes
    index: int
    path: tuple[bytes, ...]
    note: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a proof.

        Raises:
            NotAProof: if it is none, with the line at fault.
            NotACheckpoint, NotASignedNote: if what stands below it is none.

        """
        lines, below = parted(text)
        if len(text) > LONGEST or lines[0] != HEADER:
            raise no_proof(1, Words("it does not begin as one", "开头不是凭证"))
        body = decoded(lines[1].removeprefix(EXTRA)) if len(lines) > 1 and lines[1].startswith(EXTRA) else None
        if not body:
            raise no_proof(2, Words("the record itself is missing", "缺少记录原文"))
        return cls(body, *read_path(lines[2:], 3), read_note(below, len(lines) + 1))

    def text(self) -> str:
        """Return the proof as it is given out."""
        lines = (HEADER, EXTRA + encoded(self.body), *path_lines(self.index, self.path), "")
        return "".join(f"{line}\n" for line in lines) + self.note

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that it leads to."""
        return head_of(self.note)

    @property
    def holds(self) -> bool:
        """Whether the path leads from the body, at that place, to the root of that size.

        That says nothing of a size and a root that were never a head together: see ``proves``.
        """
        head = self.checkpoint
        return merkle.root_from_path(merkle.leaf_hash(self.body), self.index, head.size, self.path) == head.root

    def proves(self, head: Checkpoint) -> bool:
        """Tell whether the record is in the book of that head, which the caller knows from elsewhere.

        Size and root count together: with another size beside it, the path to a root may fit another place.
        """
        return self.checkpoint == head and self.holds

    def see_sound(self) -> None:
        """See that it holds.

        Raises:
            NotAProof: if it does not.

        """
        if not self.holds:
            raise no_proof(1, Words("its hashes do not lead to its checkpoint", "哈希推不到其校验码"))


def parted(text: str) -> tuple[list[str], str | None]:
    """Return the lines of a proof above its first empty one, and what stands below that; None if there is none."""
    above, gap, below = text[: LONGEST + 1].partition("\n\n")
    return above.split("\n"), below if gap else None


def read_note(below: str | None, line: int) -> str:
    """Return the checkpoint that stands below a proof, signed or not; ``line`` is where its empty line should be.

    Raises:
        NotAProof: if nothing stands there.
        NotACheckpoint, NotASignedNote: if it is neither.

    """
    if below is None:
        raise no_proof(line, Words("the checkpoint is missing", "缺少校验码"))
    head_of(below)
    return below


def head_of(note: str) -> Checkpoint:
    """Return the head of a checkpoint, signed or not.

    Raises:
        NotACheckpoint, NotASignedNote: if it is neither.

    """
    return Checkpoint.read(signed(note).text)


def signed(note: str) -> SignedNote:
    """Return a checkpoint with its signatures, of which there may be none.

    Raises:
        NotASignedNote: if what stands below it are no signatures.

    """
    return SignedNote.read(note) if "\n\n" in note else SignedNote(note, ())


def path_lines(index: int, path: tuple[bytes, ...]) -> tuple[str, ...]:
    """Return the lines that say where a leaf stands, and the hashes that lead from it to the root."""
    return (f"index {index}", *(encoded(node) for node in path))


def read_path(lines: list[str], first: int) -> tuple[int, tuple[bytes, ...]]:
    """Read what ``path_lines`` writes; ``first`` is the number of the first line in its text.

    Raises:
        NotAProof: with the line at fault.

    """
    found = _INDEX.fullmatch(lines[0]) if lines else None
    if found is None:
        raise no_proof(first, Words("the place of the record is missing", "缺少记录的位置"))
    return int(found[1]), read_hashes(lines[1:], first + 1)


def read_hashes(lines: list[str], first: int) -> tuple[bytes, ...]:
    """Read hashes, a line each; ``first`` is the number of the first line in its text.

    Raises:
        NotAProof: with the line at fault.

    """
    if len(lines) > LONGEST_PATH:
        raise no_proof(first, Words("there are more hashes than any tree has", "哈希行过多"))
    path = []
    for place, line in enumerate(lines):
        node = decoded(line)
        if node is None or len(node) != merkle.HASH_BYTES:
            raise no_proof(first + place, Words("the line is no hash", "该行不是哈希值"))
        path.append(node)
    return tuple(path)


def no_proof(line: int, reason: Words) -> NotAProof:
    """Return the error that says which line of a proof is at fault."""
    return NotAProof(line=line, reason=reason.en, reason_zh=reason.zh)
