"""Stock: what lies on the shelves, what is free of it, what it is worth, and what spoils first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class StockLine:
    """What a shelf holds of an item: pieces, and their cost in fen where the intake said it.

    ``held`` of the pieces are reserved. ``best_before`` is the soonest date of what is there, if any has one. In a
    total over the shops ``shop`` is empty.
    """

    item: str
    name: str
    pieces: int
    cost_fen: int
    shop: str = "main"
    held: int = 0
    best_before: str | None = None

    @property
    def free(self) -> int:
        """The pieces that are promised to nobody."""
        return self.pieces - self.held


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies on the shelves, a line a shop and item."""

    lines: tuple[StockLine, ...]

    def __iter__(self) -> Iterator[StockLine]:
        """Go through the lines."""
        return iter(self.lines)

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.lines)

    def __getitem__(self, number: int) -> StockLine:
        """Return a line by its place."""
        return self.lines[number]

    @property
    def totals(self) -> tuple[StockLine, ...]:
        """A line an item, over all the shops."""
        found: dict[str, StockLine] = {}
        for line in self.lines:
            so_far = found.get(line.item)
            if so_far is None:
                found[line.item] = replace(line, shop="")
                continue
            dates = [day for day in (so_far.best_before, line.best_before) if day is not None]
            found[line.item] = replace(
                so_far,
                pieces=so_far.pieces + line.pieces,
                held=so_far.held + line.held,
                cost_fen=so_far.cost_fen + line.cost_fen,
                best_before=min(dates, default=None),
            )
        return tuple(line for _, line in sorted(found.items()))

    @property
    def cost_fen(self) -> int:
        """What all of it cost, in fen."""
        return sum(line.cost_fen for line in self.lines)
