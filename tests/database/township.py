"""A village, a township that takes its months and cosigns them, and what they do with one another.

The village closes January with 12 records or so, hands it in, and may lose the end of its book.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pointsledger import Ledger
from pointsledger.rules.growth import Growth
from pointsledger.signing import SigningKey
from pointsledger.testing import FixedClock
from pointsledger.witness import Witness
from tests.database.lived_in import begin

KEY = SigningKey.generate("township", witness=True)
JANUARY, FEBRUARY = "2026-01", "2026-02"


class Scene:
    """A village, a backup of its book from before its first close, and a township."""

    def __init__(self, folder: Path) -> None:
        """Begin the book, keep a backup of it, and close January."""
        self.folder = folder
        self.book, self.backup = folder / "village.db", folder / "backup.db"
        self.lost = folder / "lost.db"
        self.copies, self.anew, self.seen = folder / "township.db", folder / "anew.db", folder / "seen"
        with begin(self.book, clock=FixedClock("2026-01-05T09:00")) as ledger:
            ledger.enrol("03-017", head="张三", by="clerk:1")
        shutil.copy(self.book, self.backup)
        self.award("2026-01-06T09:00", 3)
        self.january = self.close(JANUARY, "2026-02-01T09:00", "january")

    def award(self, at: str, times: int) -> None:
        """Enter some deeds."""
        with self.village(at) as ledger:
            for _ in range(times):
                ledger.award("03-017", "tidy", by="clerk:1")

    def village(self, at: str) -> Ledger:
        """Open the village's book at a moment."""
        return Ledger.open(self.book, clock=FixedClock(at))

    def close(self, month: str, at: str, name: str) -> Path:
        """Close a month and hand it in."""
        path = self.folder / f"{name}.hand-in"
        with self.village(at) as ledger:
            ledger.close(month, by="clerk:1")
            ledger.hand_in(month, path)
        return path

    def put_back(self, *, declared: bool = True) -> int:
        """Put the backup back, and declare what was lost; return the number of that record, 0 if it is not declared."""
        with self.village("2026-02-02T09:00") as ledger:
            lost = ledger.head()
        shutil.move(self.book, self.lost)
        shutil.copy(self.backup, self.book)
        if not declared:
            return 0
        with self.village("2026-02-03T09:00") as ledger:
            first = ledger.head().size + 1
            heads = [(lost.size, lost.root)]
            return ledger.recovered(lost_from=first, heads=heads, reason="硬盘坏了", by="clerk:1").seq

    def again(self, awards: int = 4) -> Path:
        """Enter January anew, with some deeds, and close it again."""
        self.award("2026-02-03T10:00", awards)
        return self.close(JANUARY, "2026-02-03T11:00", "january-again")

    def witness(self) -> Witness:
        """Return the township as a witness."""
        return Witness(self.seen, KEY)

    def growth(self, since: int = 0) -> Growth:
        """Return what the village gives to be cosigned by hand."""
        with self.village("2026-03-03T09:00") as ledger:
            ledger.checkpoint()
            return ledger.growth(since)


def grades(path: Path) -> list[tuple[str, str]]:
    """Return code and grade of what an audit of the township's copy finds."""
    found = Ledger.audit_at(path, people=False)
    return [(one.code, one.grade) for one in found if one.code != "balances-unchecked"]
