"""Growth: that the book at one checkpoint is the book of an earlier one, with records added behind.

It is what a witness is asked with: the number of records that the witness saw last, the hashes that lead from that head
to the new one, and below an empty line the new checkpoint.

Source: C2SP tlog-witness, https://c2sp.org/tlog-witness (the body of ``add-checkpoint``); the hashes are RFC 6962's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.proof import head_of, no_proof, parted, path_lines, read_hashes, read_note
from pointsledger.values.words import Words

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Growth:
    """The number of records of the ``old`` head, the path to the new one, and its checkpoint, signed or not."""

    old: int
    path: tuple[bytes, ...]
    note: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what ``text`` writes.

        Raises:
            NotAProof: if it is none, with the line at fault.
            NotACheckpoint, NotASignedNote: if what stands below it is none.

        """
        lines, below = parted(text)
        found = _OLD.fullmatch(lines[0])
        if found is None:
            raise no_proof(1, Words("it does not begin as one", "开头不是凭证"))
        return cls(int(found[1]), read_hashes(lines[1:], 2), read_note(below, len(lines) + 1))

    def text(self) -> str:
        """Return it as it is given to a witness."""
        lines = (f"old {self.old}", *path_lines(0, self.path)[1:], "")
        return "".join(f"{line}\n" for line in lines) + self.note

    @property
    def checkpoint(self) -> Checkpoint:
        """The new head."""
        return head_of(self.note)

    def extends(self, old: Checkpoint) -> bool:
        """Tell whether the new head is the ``old`` one, grown; from no record at all everything grows.

        That says nothing of a size and a root that were never a head together, as of six records with the root of five:
        who signed the checkpoint answers for that.
        """
        new = self.checkpoint
        if (old.origin, old.size) != (new.origin, self.old):
            return False
        if old.size == 0:
            return not self.path
        return merkle.grown_root_from_path(old.root, old.size, new.size, self.path) == new.root
