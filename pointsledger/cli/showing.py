"""Showing: one table for people, JSON and CSV for scripts.

In JSON and CSV the columns have their English code, whatever language is spoken, and points are exact decimal
text.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pointsledger.cli.words import heading

_NUMBERS = (int, Decimal)
_WIDE = 200
_FORMULAS = ("=", "+", "@", "-", "\t", "\r")

Rows = Sequence[Mapping[str, Any]]


def show(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool,
    as_csv: bool,
    total: Mapping[str, Any] | None = None,
) -> None:
    """Write ``rows`` to the standard output; ``total`` is a last line of the table that people see."""
    held = list(rows)
    if as_json:
        sys.stdout.write(json.dumps([_plain(row, columns) for row in held], ensure_ascii=False, indent=2) + "\n")
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_unformula(value) for value in _plain(row, columns).values()] for row in held)
    else:
        table(held, columns, total)


def table(rows: Rows, columns: Sequence[str], total: Mapping[str, Any] | None = None) -> None:
    """Write a table for people."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        numeric = any(isinstance(row.get(column), _NUMBERS) for row in rows)
        drawn.add_column(Text(heading(column)), justify="right" if numeric else "left", overflow="fold")
    for row in [*rows, *([total] if total else [])]:
        drawn.add_row(*(Text(_cell(row.get(column))) for column in columns))
    terminal = sys.stdout.isatty()
    # What is not a screen gets every line whole: a script or a file has no right margin.
    console = Console(file=io.StringIO(), width=Console().width if terminal else _WIDE, highlight=False)
    console.print(drawn)
    for line in console.file.getvalue().splitlines():  # type: ignore[attr-defined]  # the StringIO given above
        say(line.rstrip())


def say(text: str) -> None:
    """Write a line to the standard output."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """Write a line to the standard error."""
    sys.stderr.write(text + "\n")


def _plain(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    return {column: _value(row.get(column)) for column in columns}


def _value(value: Any) -> Any:  # noqa: ANN401 - whatever a reading holds
    return f"{value:f}" if isinstance(value, Decimal) else value


def _unformula(value: Any) -> Any:  # noqa: ANN401 - as above
    """Keep a spreadsheet from running a text that begins like a formula; numbers stay as they are."""
    if isinstance(value, str) and value.startswith(_FORMULAS) and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def _cell(value: Any) -> str:  # noqa: ANN401 - as above
    return "" if value is None else str(_value(value))
