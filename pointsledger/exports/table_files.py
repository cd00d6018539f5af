"""Table files: a folder with a CSV file of every table.

They are for looking and counting, not for reading a book back from: that is what the bodies and a backup are for.
A text stands in quotation marks, always, and a figure never; bytes are hexadecimal; where there is nothing (NULL)
there is nothing, not even quotation marks, so that it is not an empty text. The encoding is UTF-8 with a mark at the
beginning, by which Excel and WPS know it. A text that a spreadsheet would take for a formula has an apostrophe before
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pointsledger.storage.table_rows import TableRows
from pointsledger.values.formulas import unformula


def write_tables(folder: Path, tables: Iterable[TableRows]) -> None:
    """Write each table to a file of its name."""
    for name, columns, rows in tables:
        with (folder / f"{name}.csv").open("x", encoding="utf-8-sig", newline="") as file:
            file.write(csv_line(columns))
            for row in rows:
                file.write(csv_line(row))


def csv_line(values: Iterable[Any]) -> str:
    """Return a line of CSV, with its end."""
    return ",".join(_cell(value) for value in values) + "\r\n"


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + str(unformula(value)).replace('"', '""') + '"'
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
