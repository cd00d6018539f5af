"""Showing: one table for people, on the screen or in a file for a spreadsheet; JSON and CSV for scripts.

What a script reads is the same whatever language is spoken: columns have their English names, things their codes,
points are exact decimal text, and what is absent is null in JSON and an empty cell in CSV.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pointsledger.cli.words import heading, many, speak
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.values.formulas import unformula
from pointsledger.values.new_files import new_file
from pointsledger.values.visible import visible, visible_lines

_NUMBERS = (int, Decimal)
_WIDE = 200

Rows = Sequence[Mapping[str, Any]]


def show(rows: Rows, columns: Sequence[str], *, as_json: bool, as_csv: bool, output: Path | None) -> None:
    """Write rows in the form asked for, where people and scripts read the same columns."""
    if as_json or as_csv:
        write(rows, columns, as_json=as_json)
    else:
        table(rows, columns, output=output)


def write(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Write rows for a script, one after another as they come: as JSON, or else as CSV."""
    plain = ({column: _plain(row[column]) for column in columns} for row in rows)
    if as_json:
        before = "[\n"
        for row in plain:
            sys.stdout.write(before + indent(visible_lines(json.dumps(row, ensure_ascii=False, indent=2)), "  "))
            before = ",\n"
        sys.stdout.write("[]\n" if before.startswith("[") else "\n]\n")
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_seen(unformula(value)) for value in row.values()] for row in plain)


def table(
    rows: Rows, columns: Sequence[str], total: Mapping[str, Any] | None = None, *, output: Path | None = None
) -> None:
    """Write a table for people, or keep it in the file ``output``; ``total`` is a last line of it."""
    rows = [_with_erased(row) for row in rows]
    if output is not None:
        keep([*rows, *([total] if total else [])], columns, output)
        return
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        numeric = any(isinstance(row.get(column), _NUMBERS) for row in rows)
        drawn.add_column(Text(heading(column)), justify="right" if numeric else "left", overflow="fold")
    for row in [*rows, *([total] if total else [])]:
        drawn.add_row(*(Text(visible(_cell(row.get(column)))) for column in columns))
    terminal = sys.stdout.isatty()
    # What is not a screen gets every line whole: a script or a file has no right margin.
    console = Console(file=io.StringIO(), width=Console().width if terminal else _WIDE, highlight=False)
    console.print(drawn)
    for line in console.file.getvalue().splitlines():  # type: ignore[attr-defined]  # the StringIO given above
        say(line.rstrip())


def keep(rows: Rows, columns: Sequence[str], output: Path) -> None:
    """Write the table that people see to a new file, as a spreadsheet opens it by a double click.

    That is CSV in UTF-8 with a mark at its beginning, by which Excel and WPS know the encoding. It is written beside
    and gets its name when it is whole, and only while nothing has that name.

    Raises:
        FileExists: if something has.
        FileUnwritable: if it cannot be written there.

    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([heading(column) for column in columns])
    writer.writerows([unformula(_cell(row.get(column))) for column in columns] for row in rows)
    with new_file(output) as file:
        file.write(text.getvalue().encode("utf-8-sig"))
    say(
        speak(
            f"{output}: {many(len(rows), 'row')} written; a spreadsheet opens it by a double click.",
            f"{output}：已写入 {len(rows)} 行，可用 Excel 或 WPS 双击打开。",
        )
    )


def _with_erased(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say of a household whose code and name are gone, so that its id stands there, that it was erased."""
    code = row.get("household") or row.get("code")
    if "name" in row and not row["name"] and isinstance(code, str) and ID_IN_TEXT.fullmatch(code):
        return {**row, "name": speak("(erased)", "（已删除）")}
    return row


def say(line: str) -> None:
    """Write one line to the standard output; nothing in it moves the screen or begins another line."""
    sys.stdout.write(visible(line) + "\n")


def say_lines(text: str) -> None:
    """Write a text of ours, the line feeds of which are ours too; nothing else in it moves the screen."""
    sys.stdout.write(visible_lines(text) + "\n")


def warn(line: str) -> None:
    """Write one line to the standard error, as ``say`` does."""
    sys.stderr.write(visible(line) + "\n")


def warn_lines(text: str) -> None:
    """Write a text of ours to the standard error, as ``say_lines`` does."""
    sys.stderr.write(visible_lines(text) + "\n")


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a reading holds
    """Return a value as JSON has it: exact figures as text, and nothing as null."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Decimal):
        return f"{value:f}"
    return None if value == "" else value


def _seen(value: Any) -> Any:  # noqa: ANN401 - as above
    return visible(value) if isinstance(value, str) else value


def _cell(value: Any) -> str:  # noqa: ANN401 - as above
    plain = _plain(value)
    return "" if plain is None else str(plain)
