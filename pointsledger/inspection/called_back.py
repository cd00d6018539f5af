"""Call-backs (抽查回访): whom a draw came upon, what to ask them, and what those who were asked have answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pointsledger.decisions.calling_back import ANSWERS
from pointsledger.reports.readings import RedemptionMade, StatementLine
from pointsledger.values.words import Words

ANSWERS_IN_WORDS: Mapping[str, Words] = {
    "confirmed": Words("confirmed", "属实"),
    "differs": Words("differs", "不符"),
    "not-reached": Words("not reached", "未联系上"),
    "refused": Words("refused to answer", "拒绝回答"),
}
"""What came of a call, as people read it."""


@dataclass(frozen=True, slots=True)
class DrawnHousehold:
    """A household that was drawn, as number ``place``, and what the book says of it, for it to confirm or deny.

    ``account`` is its id in the journal, by which the draw goes. ``lines`` are its movements in the period and
    ``redemptions`` what it got for its points.
    """

    place: int
    household: str
    name: str
    group: str
    account: str
    lines: tuple[StatementLine, ...]
    redemptions: tuple[RedemptionMade, ...]


@dataclass(frozen=True, slots=True)
class CallBackDraw:
    """A draw: of ``households`` that there were, by a head (``size``, ``root`` in hexadecimal) and a ``number``."""

    village: str
    period: str | None
    size: int
    root: str
    number: str
    households: int
    drawn: tuple[DrawnHousehold, ...]

    def __iter__(self) -> Iterator[DrawnHousehold]:
        """Go through those that were drawn, in their order."""
        return iter(self.drawn)

    def __len__(self) -> int:
        """Count them."""
        return len(self.drawn)


@dataclass(frozen=True, slots=True)
class CallBackMade:
    """A call, in record ``seq``: the household, the day, the ``answer``, and the draw that it was for, if it was.

    ``size`` is that of the head that the household was drawn from, or 0, ``number`` what it was drawn with, ``period``
    the one whose households it was drawn among (empty: all of them), and ``count`` how many were drawn.
    """

    seq: int
    household: str
    name: str
    on: str
    answer: str
    by: str
    size: int = 0
    number: str = ""
    period: str = ""
    count: int = 0
    remark: str = ""


@dataclass(frozen=True, slots=True)
class CallBacksMade:
    """The calls of a period, in the order of their records."""

    period: str | None
    made: tuple[CallBackMade, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many calls gave each answer; a later call takes away nothing that was answered before."""
        found = Counter(one.answer for one in self.made)
        return {answer: found[answer] for answer in ANSWERS}

    def __iter__(self) -> Iterator[CallBackMade]:
        """Go through the calls."""
        return iter(self.made)

    def __len__(self) -> int:
        """Count the calls."""
        return len(self.made)
