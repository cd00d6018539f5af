"""Showing: one table for people, on the screen or in a file for a spreadsheet; JSON and CSV for scripts.

What a script reads is the same whatever language is spoken: columns have their English names, things their codes,
points are exact decimal text, and what is absent is null in JSON and an empty cell in CSV.
"""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pointsledger.cli.words import heading, many, speak
from pointsledger.errors import FileExists, FileUnwritable

_NUMBERS = (int, Decimal)
_WIDE = 200
_FORMULAS = ("=", "+", "@", "-", "\t", "\r")

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
            sys.stdout.write(before + indent(json.dumps(row, ensure_ascii=False, indent=2), "  "))
            before = ",\n"
        sys.stdout.write("[]\n" if before.startswith("[") else "\n]\n")
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_unformula(value) for value in row.values()] for row in plain)


def table(
    rows: Rows, columns: Sequence[str], total: Mapping[str, Any] | None = None, *, output: Path | None = None
) -> None:
    """Write a table for people, or keep it in the file ``output``; ``total`` is a last line of it."""
    if output is not None:
        keep([*rows, *([total] if total else [])], columns, output)
        return
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
    writer.writerows([_unformula(_cell(row.get(column))) for column in columns] for row in rows)
    making = output.with_name(f".{output.name}.{secrets.token_hex(4)}.new")
    try:
        making.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
        _give_name(making, output)
    except FileExistsError as error:
        raise FileExists(file=str(output)) from error
    except (OSError, ValueError) as error:  # a ValueError is a name that no file can have
        raise FileUnwritable(file=str(output), reason=getattr(error, "strerror", None) or str(error)) from error
    finally:
        with suppress(OSError, ValueError):
            making.unlink(missing_ok=True)
    say(
        speak(
            f"{output}: {many(len(rows), 'row')} written; a spreadsheet opens it by a double click.",
            f"{output}：已写入 {len(rows)} 行，可用 Excel 或 WPS 双击打开。",
        )
    )


def _give_name(made: Path, final: Path) -> None:
    """Give a finished file its name, unless something has it."""
    try:
        os.link(made, final)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if final.exists():
            raise FileExistsError from None
        made.rename(final)


def say(text: str) -> None:
    """Write a line to the standard output."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """Write a line to the standard error."""
    sys.stderr.write(text + "\n")


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a reading holds
    """Return a value as JSON has it: exact figures as text, and nothing as null."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Decimal):
        return f"{value:f}"
    return None if value == "" else value


def _unformula(value: Any) -> Any:  # noqa: ANN401 - as above
    """Keep a spreadsheet from running a text that begins like a formula; numbers stay as they are."""
    if isinstance(value, str) and value.startswith(_FORMULAS) and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def _cell(value: Any) -> str:  # noqa: ANN401 - as above
    plain = _plain(value)
    return "" if plain is None else str(plain)
