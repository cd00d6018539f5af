"""Heads in what is written for other programs: two tables of an export, and the findings of an inspection.

What else stands in there was typed into the book, by anybody, and may look like a head. So a table is read row by row
(``export --format csv``), findings (``inspect``) as JSON, and nothing is looked for in them.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from io import StringIO

from pointsledger.rules.checkpoint import Checkpoint, no_checkpoint, origin_of
from pointsledger.rules.encoded import encoded
from pointsledger.rules.proof import head_of
from pointsledger.values import rows
from pointsledger.values.words import Words

_HEADINGS = frozenset(kind._fields for kind in rows.KEY_COLUMNS) | {  # type: ignore[attr-defined]  # a named tuple's
    ("village", "seq", "kind", "recorded_at", "period", "request_id", "body", "leaf", "nodes"),
    ("only", "version"),
}
_FINDINGS = '{\n "format": 1,\n "period": "'
_NO_ROOT = Words("the root is missing", "缺少校验根")
_CELL = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\n]*+)'


def heads_of(text: str) -> list[Checkpoint] | None:
    """Return the heads that are in an exported table or in findings; None if the text is neither.

    Raises:
        NotACheckpoint, NotASignedNote: if it is, and was edited where a head should be.

    """
    return _in_findings(text) if text.startswith(_FINDINGS) else _in_table(text)


def _in_findings(text: str) -> list[Checkpoint]:
    try:
        audits = [one["audit"] for one in json.loads(text)["villages"]]
        heads = [audit["checkpoint"] for audit in audits if audit is not None]
        return [Checkpoint.read("\n".join(lines) + "\n") for lines in heads if lines is not None]
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        raise no_checkpoint(1, Words("these are no findings", "不是核查结果")) from error


def _in_table(text: str) -> list[Checkpoint] | None:
    """Return the heads in a table; None if it is none, or has other lines below its rows.

    A spreadsheet may have saved it again, with quotation marks only where they are needed.

    Raises:
        NotACheckpoint, NotASignedNote: if a row that should have a head has none: it was edited since.

    """
    heading, _, below = text.partition("\n")
    columns = tuple(name.removeprefix('"').removesuffix('"') for name in heading.split(","))
    head = {rows.Village._fields: _of_village, rows.Checkpoint._fields: _issued}.get(columns)
    if columns not in _HEADINGS or not _has_rows_only(below, len(columns)):
        return None
    try:
        return [] if head is None else [head(row) for row in csv.DictReader(StringIO(text))]
    except csv.Error as error:  # a cell of some hundred thousand signs, which no head has
        raise no_checkpoint(2, _NO_ROOT) from error


def _has_rows_only(text: str, columns: int) -> bool:
    row, place = re.compile(f"{_CELL}(?:,{_CELL}){{{columns - 1}}}(?:\n|$)"), 0
    while place < len(text):
        found = row.match(text, place)
        if found is None:
            return False
        place = found.end()
    return True


def _of_village(row: Mapping[str, str]) -> Checkpoint:
    """Return the head in a row of the table of the village.

    Raises:
        NotACheckpoint: if there is none.

    """
    village = row["village"].removeprefix("'")  # before a code that a spreadsheet would take for a formula
    with suppress(ValueError):
        return Checkpoint.read(f"{origin_of(village)}\n{row['size']}\n{encoded(bytes.fromhex(row['root']))}\n")
    raise no_checkpoint(2, _NO_ROOT)


def _issued(row: Mapping[str, str]) -> Checkpoint:
    """Return the head in a row of the table of what was issued.

    Raises:
        NotACheckpoint, NotASignedNote: if there is none.

    """
    return head_of(row["note"])
