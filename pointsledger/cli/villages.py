"""The tally of every village of a database: streamed for scripts, and with a sum for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from pointsledger.cli.showing import table, warn_lines, write
from pointsledger.cli.words import language, speak
from pointsledger.errors import BeforeFirstPeriod
from pointsledger.ledger import Ledger
from pointsledger.rules.bridge import FIGURES
from pointsledger.values.visible import visible

_SUMMED = ("deeds", *FIGURES)
_SELDOM = frozenset({"base", "refunded", "expired", "forfeited", "moved"})


def seen(columns: Sequence[str], total: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of a tally that people see: those that seldom hold anything only where they do."""
    return tuple(column for column in columns if column not in _SELDOM or total.get(column))


class EveryTally:
    """The rows of every village's tally, one village after another, each with its village in front.

    A village without a tally is told on the standard error in its place. Where that is not only because its book
    began later, ``failed`` is true in the end.
    """

    def __init__(self, db: str, period: str, level: str, view: str, after: str | None) -> None:
        """Ask for nothing yet."""
        self.failed: bool = False
        self.sums: dict[str, Any] = {}
        self._stream = Ledger.tallies(db, period, level=level, view=view, after=after)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Go through the rows."""
        for village, tally, error in self._stream:
            if error is not None:
                warn_lines(f"{visible(village)}{speak(': ', '：')}{error.say(language())} ({error.code})")
                self.failed |= not isinstance(error, BeforeFirstPeriod)
            if tally is not None:
                self._add(tally.total)
                for row in tally:
                    yield {name: getattr(row, name) for name in row.__slots__} | {"village": village, "title": row.name}

    def _add(self, total: Any) -> None:  # noqa: ANN401 - a row of a tally
        for name in _SUMMED:
            self.sums[name] = self.sums.get(name, 0) + getattr(total, name)


def tally_every(
    found: EveryTally,
    columns: Sequence[str],
    level: str,
    *,
    as_json: bool,
    as_csv: bool,
    output: Path | None,
) -> None:
    """Write the tally of every village; exit with 1 if the book of one could not be tallied."""
    if as_json or as_csv:
        write(found, ("village", *columns), as_json=as_json)
    else:
        called = tuple("title" if column == "name" and level == "category" else column for column in columns)
        rows = list(found)
        if level == "category":
            rows = [row if row["code"] else row | {"title": speak("(no category)", "（不属任何类别）")} for row in rows]
        total = found.sums | {"village": speak("total", "合计")}
        table(rows, ("village", *seen(called, total)), total if rows else None, output=output)
    if found.failed:
        raise typer.Exit(1)
