"""Chance that falls the same way each time.

Only ``random()`` of a seeded generator is used: the one method whose sequence Python promises to keep.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")


class Dice:
    """Chance that falls the same way each time, one sequence for each ``name``."""

    def __init__(self, name: str) -> None:
        """Begin the sequence of that name."""
        self._random = Random(f"南峪村/{name}")  # noqa: S311 - a sample that comes out the same, and no secret

    def spread(self, low: float, high: float) -> float:
        """Return a number between two others."""
        return low + (high - low) * self._random.random()

    def chance(self, share: float) -> bool:
        """Say yes in that share of the cases."""
        return self._random.random() < share

    def pick(self, several: Sequence[T]) -> T:
        """Return one of several."""
        return several[int(self._random.random() * len(several))]

    def weighed(self, several: Iterable[tuple[int, T]]) -> T:
        """Return one of several, each as often as its weight says."""
        return self.pick([one for weight, one in several for _ in range(weight)])

    def some(self, several: Sequence[T], count: int) -> list[T]:
        """Return that many different ones, in the order of chance."""
        left = list(several)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(count)]
