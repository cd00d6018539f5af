"""Sheets: the CSV files that clerks keep, with Chinese or English headings, as Excel writes them.

UTF-8 with or without a byte-order mark, UTF-16 with one, and GB18030 (what Excel writes on Chinese Windows)
are all taken. Title lines above the headings are allowed, and the first names the sheet. Rows keep their line
number in the file, so that a fault can be found again.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pointsledger.errors import (
    FileUnreadable,
    MissingCell,
    PointsLedgerError,
    SheetUnreadable,
    TornRow,
    TotalRow,
)
from pointsledger.rules.named import lookup_key
from pointsledger.sheets.row_faults import RowFault
from pointsledger.values.calendar import parse_written_day

LARGEST_BYTES = 256 * 1024 * 1024
"""A larger file is no month's sheet."""

HEADINGS: dict[str, tuple[str, ...]] = {
    "no": ("序号", "编号", "no", "number"),
    "on": ("日期", "on", "date"),
    "household": ("户号", "household"),
    "member": ("姓名", "成员姓名", "member", "name"),
    "activity": ("事项", "积分事项", "activity"),
    "quantity": ("数量", "quantity"),
    "minutes": ("分钟", "分钟数", "minutes"),
    "level": ("等级", "level"),
    "sign": ("加扣", "加扣分", "sign"),
    "approved_by": ("审核人", "approved_by"),
    "started_at": ("开始", "开始时间", "started_at"),
    "ended_at": ("结束", "结束时间", "ended_at"),
    "remark": ("备注", "remark"),
    "group": ("组", "组别", "group"),
    "head": ("户主", "head"),
    "members": ("成员", "members"),
    "points": ("期初积分", "积分", "points"),
    "item": ("商品", "item"),
    "collector": ("领取人", "collector"),
    "shop": ("超市", "shop"),
    "cash": ("现金", "cash"),
    "pieces": ("数量", "pieces"),
    "unit_cost": ("单价", "unit_cost"),
    "best_before": ("保质期", "best_before"),
}
"""What each column may be called."""

DEEDS = (
    "no",
    "on",
    "household",
    "member",
    "activity",
    "quantity",
    "minutes",
    "level",
    "sign",
    "approved_by",
    "started_at",
    "ended_at",
    "remark",
)
HOUSEHOLDS = ("household", "group", "head", "members", "remark")
OPENINGS = ("household", "points", "remark")
STOCK = ("item", "pieces", "unit_cost", "best_before", "shop", "remark")
REDEMPTIONS = ("no", "on", "household", "item", "pieces", "collector", "shop", "cash", "remark")

_TOP_LINES = 12
_SEPARATOR = re.compile(r'\A"?sep=[^\r\n]?"?[,;\t，]*(?=[\r\n])', re.IGNORECASE)
"""A first line by which Excel is told what stands between cells; it is found out without."""

_TOTALS = frozenset({"合计", "总计", "小计", "共计", "累计", "本月合计", "total", "subtotal", "sum"})
_DELIMITERS = ",;\t，"
_CONTAINERS = {b"PK\x03\x04": "an Excel workbook", b"\xd0\xcf\x11\xe0": "an old Excel workbook", b"%PDF": "a PDF"}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its line in the file, and its cells by column, empty ones left out."""

    line: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]

    def get(self, column: str) -> str | None:
        """Return a cell, or None if it is empty."""
        return self.cells.get(column)

    def need(self, column: str) -> str:
        """Return a cell.

        Raises:
            MissingCell: if it is empty.

        """
        found = self.cells.get(column)
        if found is None:
            raise MissingCell(column=self.headings.get(column, column))
        return found

    def day(self, column: str) -> str:
        """Return a day in ISO form, however it is written; see ``parse_written_day``.

        Raises:
            MissingCell, InvalidDate: if there is none.

        """
        return parse_written_day(self.need(column))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title, if the first line above the headings gives one, its headings as written, and its rows.

    ``torn`` is what is wrong with those that are no rows, and ``torn_rows`` what stands in their cells all the same.
    """

    file: str
    title: str
    headings: Mapping[str, str]
    rows: Sequence[SheetRow]
    torn: Sequence[RowFault]
    torn_rows: Sequence[SheetRow]


def read_sheet(file: str | Path, columns: Sequence[str], required: Sequence[str]) -> Sheet:
    """Read a CSV file whose headings are among those of ``columns``.

    Rows with more cells than headings, and rows of totals, come back as ``torn``; empty rows are left out.

    Raises:
        FileUnreadable: if the file is not there or cannot be read.
        SheetUnreadable: if it is empty, not text, or lacks a required column.

    """
    text = _SEPARATOR.sub("", _text(Path(file)), count=1)
    try:
        delimiter = _delimiter(text, columns)
        lines = [(number, cells) for number, cells in _numbered(text, delimiter) if any(cells)]
    except csv.Error as error:
        raise SheetUnreadable(
            file=str(file),
            reason=f"a quotation mark is not closed, or a cell is far too long ({error}); look for a stray one.",
            reason_zh="有引号没有成对，或某一格过长；请检查多余的引号。",
        ) from error
    title = ""
    while len(lines) > 1 and sum(map(bool, lines[0][1])) == 1:
        above = next(filter(None, lines.pop(0)[1]))
        title = title or above
    if not lines:
        raise SheetUnreadable(
            file=str(file), reason="it is empty; check that it was saved.", reason_zh="文件为空；请检查是否已保存。"
        )
    places = _places(str(file), lines.pop(0)[1], columns, required)
    headings = dict(places.values())
    rows: list[SheetRow] = []
    torn: list[RowFault] = []
    torn_rows: list[SheetRow] = []
    for number, cells in lines:
        row = SheetRow(
            number, {places[at][0]: cell for at, cell in enumerate(cells) if cell and at in places}, headings
        )
        wrong: PointsLedgerError | None = None
        if any(cells[len(places) :]) or any(cell for place, cell in enumerate(cells) if place not in places):
            wrong = TornRow(found=len(cells), expected=len(places))
        elif total := _total(row.cells, required):
            wrong = TotalRow(label=total)
        if wrong is None:
            rows.append(row)
        else:
            torn.append(RowFault(number, "", wrong))
            torn_rows.append(row)
    return Sheet(str(file), title, headings, rows, torn, torn_rows)


def _delimiter(text: str, columns: Sequence[str]) -> str:
    """Return the mark between cells: the one under which a line at the top reads most like headings."""
    known = {lookup_key(name) for column in columns for name in HEADINGS[column]}
    top = "\n".join(text.lstrip().splitlines()[:_TOP_LINES])

    def headings(mark: str) -> int:
        rows = csv.reader(io.StringIO(top), delimiter=mark)
        return max((sum(lookup_key(cell) in known for cell in row) for row in rows), default=0)

    return max(_DELIMITERS, key=headings)


def _numbered(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return each row with the line of the file on which it ends."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    return [(reader.line_num, [cell.strip() for cell in row]) for row in reader]


def _places(
    file: str, heading: list[str], columns: Sequence[str], required: Sequence[str]
) -> dict[int, tuple[str, str]]:
    """Return the column and heading of each place of a row."""
    meaning = {lookup_key(name): column for column in reversed(columns) for name in HEADINGS[column]}
    while heading and not heading[-1]:
        heading.pop()
    places: dict[int, tuple[str, str]] = {}
    unknown, twice = [], []
    for place, cell in enumerate(heading):
        written = " ".join(cell.split())  # a heading may be broken over two lines to keep its column narrow
        column = meaning.get(lookup_key(written))
        if column is None:
            unknown.append(written or f"#{place + 1}")
        elif column in {known for known, _ in places.values()}:
            twice.append(written)
        else:
            places[place] = (column, written)
    missing = [column for column in required if column not in {known for known, _ in places.values()}]
    if not (unknown or twice or missing):
        return places
    allowed = ", ".join(f"{HEADINGS[column][0]}/{HEADINGS[column][-1]}" for column in columns)
    wrong = [(unknown, "unknown headings", "不认识的列名"), (twice, "headings that stand twice", "重复的列名")]
    said = [(f"{en}: {', '.join(names)}", f"{zh}：{'、'.join(names)}") for names, en, zh in wrong if names]
    if missing:
        names_zh = "、".join(HEADINGS[column][0] for column in missing)
        said.append((f"missing columns: {', '.join(missing)}", f"缺少列：{names_zh}"))
    raise SheetUnreadable(
        file=file,
        reason=f"{'; '.join(en for en, _ in said)}. Allowed headings: {allowed}.",
        reason_zh=f"{'；'.join(zh for _, zh in said)}。可用的列名：{allowed}。",
    )


def _total(held: Mapping[str, str], required: Sequence[str]) -> str:
    """Return the word that makes a row one of totals, if one does: not in a remark, nor in a row that is whole."""
    totals = {column: cell for column, cell in held.items() if column != "remark" and _is_total(cell)}
    whole = all(column in held and column not in totals for column in required)
    return "" if whole else next(iter(totals.values()), "")


def _is_total(cell: str) -> bool:
    return "".join(cell.split()).rstrip(":：").lower() in _TOTALS


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST_BYTES else b""
    except (OSError, ValueError) as error:  # a ValueError is a name that no file can have
        raise FileUnreadable(file=str(path), reason=getattr(error, "strerror", None) or str(error)) from error
    if size > LARGEST_BYTES:
        raise SheetUnreadable(
            file=str(path), reason="it is larger than 256 MiB; split it.", reason_zh="超过 256 MiB；请拆分。"
        )
    for mark, what in _CONTAINERS.items():
        if data.startswith(mark):
            raise SheetUnreadable(
                file=str(path),
                reason=f"it is {what}; save it as CSV (UTF-8) and import that.",
                reason_zh="不是 CSV 文件；请另存为 CSV（UTF-8）再导入。",
            )
    text = _decoded(data)
    if text is None or "\x00" in text:
        raise SheetUnreadable(
            file=str(path),
            reason="its encoding is none of UTF-8, UTF-16 and GB18030; save it as CSV (UTF-8).",
            reason_zh="编码不是 UTF-8、UTF-16 或 GB18030；请另存为 CSV（UTF-8）。",
        )
    return text


def _decoded(data: bytes) -> str | None:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:  # the next encoding is tried
            continue
    return None
