"""Closing slips: one household's closing balance, proved without the book and without showing the neighbours'.

A slip is two proofs, one above the other: that the balance is a leaf of the balance tree, and that the close with that
tree's root is a record of the book. Both have the form of ``proof``; the upper one ends with its empty line, and the
lower one, with the checkpoint, follows.

Worked example: the slip of ``h-9f…`` for 2026-10 says 35 points, that its leaf is number 2 of the tree over 41
accounts, whose root stands in record 1,270, a close, which is in the book of 1,284 records with the root on the wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import Any, ClassVar, Self

from pointsledger.rules import merkle
from pointsledger.rules.balance_tree import ClosingBalance
from pointsledger.rules.checkpoint import Checkpoint
from pointsledger.rules.encoded import decoded, encoded
from pointsledger.rules.proof import EXTRA, Proof, no_proof, parted, path_lines, read_path
from pointsledger.values.records import Record
from pointsledger.values.words import Words

_NO_BALANCE = Words("the balance itself is missing", "缺少结存原文")


@dataclass(frozen=True, slots=True)
class ClosingSlip:
    """A closing ``balance``, the number of its leaf from 0, the path to the root, and the proof of the close."""

    HEADER: ClassVar[str] = "pointsledger/closing-slip@v1"

    balance: ClosingBalance
    index: int
    path: tuple[bytes, ...]
    close: Proof

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what ``text`` writes.

        Raises:
            NotAProof: if it is none, with the line at fault.
            NotACheckpoint, NotASignedNote: if what stands below it is none.

        """
        lines, below = parted(text)
        if lines[0] != cls.HEADER:
            raise no_proof(1, Words("it does not begin as one", "开头不是凭证"))
        said = decoded(lines[1].removeprefix(EXTRA)) if len(lines) > 1 and lines[1].startswith(EXTRA) else None
        try:
            balance = ClosingBalance.read(said or b"")
        except ValueError as error:
            raise no_proof(2, _NO_BALANCE) from error
        return cls(balance, *read_path(lines[2:], 3), Proof.read(below or ""))

    def text(self) -> str:
        """Return the slip as it is given out."""
        lines = (self.HEADER, EXTRA + encoded(self.balance.text()), *path_lines(self.index, self.path), "")
        return "".join(f"{line}\n" for line in lines) + self.close.text()

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that it leads to."""
        return self.close.checkpoint

    def see_sound(self) -> None:
        """See that both proofs hold, and that the second is of the close which the first leads to.

        Raises:
            NotAProof: if not.

        """
        self.close.see_sound()
        try:
            close: Any = Record.from_body(self.close.body)
            told = (close.kind, close.village, close.said["period"])
            root, size = bytes.fromhex(close.decided["balances"]), index(close.decided["accounts"])
        except (ValueError, KeyError, TypeError) as error:
            raise no_proof(1, Words("its record is no close with balances", "其记录不是含结存的结账")) from error
        led_to = merkle.root_from_path(merkle.leaf_hash(self.balance.text()), self.index, size, self.path)
        if told != ("close", self.balance.village, self.balance.period) or led_to != root:
            raise no_proof(1, Words("its hashes do not lead to its close", "哈希推不到其结账记录"))
