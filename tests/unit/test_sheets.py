"""Sheets: every form that clerks' files come in, and what is said of one that cannot be taken."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from pointsledger.errors import FileUnreadable, InvalidDate, MissingCell, SheetUnreadable, TornRow
from pointsledger.sheets import sheet as sheets
from pointsledger.sheets.sheet import DEEDS, HEADINGS, HOUSEHOLDS, OPENINGS, REDEMPTIONS, STOCK, Sheet, read_sheet

TABLES = {
    "deeds": DEEDS,
    "households": HOUSEHOLDS,
    "openings": OPENINGS,
    "stock": STOCK,
    "redemptions": REDEMPTIONS,
}
CHINESE = "日期,户号,事项\n2026年10月3日,A-01,庭院整洁\n2026-10-04,A-02,志愿服务\n"
CELLS = [
    {"on": "2026年10月3日", "household": "A-01", "activity": "庭院整洁"},
    {"on": "2026-10-04", "household": "A-02", "activity": "志愿服务"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a sheet is put."""
    return tmp_path / "十月.csv"


def read(
    file: Path,
    data: str | bytes,
    columns: Sequence[str] = DEEDS,
    required: Sequence[str] = ("on", "household", "activity"),
) -> Sheet:
    """Write a sheet and read it."""
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_sheet(file, columns, required)


def cells(sheet: Sheet) -> list[dict[str, str]]:
    """Return the cells of every sound row."""
    return [dict(row.cells) for row in sheet.rows]


def lines(sheet: Sheet) -> list[int]:
    """Return the line of every sound row."""
    return [row.line for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_an_encoding_is_recognised(file: Path, encoding: str) -> None:
    """UTF-8 with or without a mark, UTF-16 with one and GB18030 give the same rows."""
    assert CELLS == cells(read(file, CHINESE.encode(encoding)))


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_both_orders_of_utf16_are_recognised(file: Path, mark: str) -> None:
    """The mark at the beginning says which byte comes first."""
    assert CELLS == cells(read(file, ("\ufeff" + CHINESE).encode(mark)))


def test_a_rare_character_comes_through_gb18030(file: Path) -> None:
    """A surname beyond the first plane, as registers hold them, is read from GB18030."""
    sheet = read(file, "户号,户主\nA-01,\U00020bb7田\n".encode("gb18030"), HOUSEHOLDS, ("household", "head"))
    assert [{"household": "A-01", "head": "\U00020bb7田"}] == cells(sheet)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_newline_of_any_system_ends_a_row(file: Path, newline: str) -> None:
    """Rows end as Windows, Unix or an old Mac end them, and are counted alike."""
    sheet = read(file, CHINESE.replace("\n", newline))
    assert (CELLS, [2, 3]) == (cells(sheet), lines(sheet))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_a_delimiter_is_recognised(file: Path, delimiter: str) -> None:
    """Cells are parted by commas, semicolons, tabs or full-width commas."""
    assert CELLS == cells(read(file, CHINESE.replace(",", delimiter)))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_commonest_delimiter_wins(file: Path, delimiter: str) -> None:
    """A comma inside a remark does not make a sheet of semicolons or tabs one of commas."""
    text = "日期,户号,事项,备注\n2026-10-03,A-01,庭院整洁,甲、乙和丙\n".replace(",", delimiter).replace("、", ",")
    assert "甲,乙和丙" == read(file, text).rows[0].get("remark")


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, held in TABLES.items() for column in held])
def test_every_heading_is_understood(file: Path, table: str, column: str) -> None:
    """Each name of each column of each table, Chinese or English, in any capitals, means that column there."""
    other = "household" if column == "remark" else "remark"
    columns = (*TABLES[table], "household")
    for name in HEADINGS[column]:
        for written in (name, name.upper(), f" {name} "):
            sheet = read(file, f"{written},{other}\nx,\n", columns, ())
            assert ([{column: "x"}], {column: written.strip(), other: other}) == (cells(sheet), dict(sheet.headings))


def test_every_table_has_its_own_meaning_of_a_heading(file: Path) -> None:
    """The heading 数量 is the quantity of a deed and the pieces of goods."""
    assert [{"quantity": "2"}] == cells(read(file, "数量,备注\n2,\n", DEEDS, ()))
    assert [{"pieces": "2"}] == cells(read(file, "数量,备注\n2,\n", STOCK, ()))


def test_no_heading_means_two_columns_of_one_table() -> None:
    """Within a table no two columns go by the same name."""
    for columns in TABLES.values():
        names = [name for column in columns for name in HEADINGS[column]]
        assert sorted(set(names)) == sorted(names)


def test_english_and_chinese_headings_mix(file: Path) -> None:
    """A heading in each language and columns in any order are understood."""
    sheet = read(file, "Activity,户号,Date\n庭院整洁,A-01,2026-10-03\n")
    assert [{"activity": "庭院整洁", "household": "A-01", "on": "2026-10-03"}] == cells(sheet)


def test_a_title_line_names_the_sheet(file: Path) -> None:
    """A line with one filled cell above the headings is the title, and lines are counted from it."""
    sheet = read(file, "南峪村2026年10月积分表,,\n" + CHINESE)
    assert ("南峪村2026年10月积分表", CELLS, [3, 4]) == (sheet.title, cells(sheet), lines(sheet))


def test_a_title_may_stand_alone_on_its_line(file: Path) -> None:
    """A title without delimiters behind it, or with an empty line below it, is a title too."""
    assert "十月" == read(file, "十月\n\n" + CHINESE).title


def test_several_title_lines_may_stand_above_the_headings(file: Path) -> None:
    """Each line of one filled cell above the headings is passed over, and the first names the sheet."""
    sheet = read(file, "南峪村2026年10月积分表,,\n,填表人：张三,\n\n单位：分\n" + CHINESE)
    assert ("南峪村2026年10月积分表", CELLS, [6, 7]) == (sheet.title, cells(sheet), lines(sheet))


@pytest.mark.parametrize("line", ["sep=,", "SEP=,", '"sep=,"', "sep=;", "sep=,,,", "sep=\t", "sep="])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("title", ["", "十月\n"])
def test_a_separator_line_is_no_title(file: Path, line: str, newline: str, title: str) -> None:
    """The line that tells Excel what stands between cells is passed over and still counted."""
    sheet = read(file, f"{line}\n{title}{CHINESE}".replace("\n", newline))
    above = 3 + bool(title)
    assert (title.strip(), CELLS, [above, above + 1]) == (sheet.title, cells(sheet), lines(sheet))


@pytest.mark.parametrize("heading", ["日 期,户  号,事　项", '"日\n期",户号,事项', "日期,ＨＯＵＳＥＨＯＬＤ,事项"])
def test_a_heading_may_be_spaced(file: Path, heading: str) -> None:
    """Spaces and line breaks inside a heading, by which columns are lined up, make no difference, nor does width."""
    sheet = read(file, heading + CHINESE.removeprefix("日期,户号,事项"))
    assert CELLS == cells(sheet)
    assert [] == [written for written in sheet.headings.values() if "\n" in written]


def test_a_total_is_told_by_its_place(file: Path) -> None:
    """A row is a total if it lacks what a deed needs and says so anywhere but in the remark."""
    rows = (
        "1,2026-10-03,A-01,扫地,2,累计",
        "合计,2026-10-03,A-01,扫地,2,",
        "合计,,,,2,",
        ",,,合计,2,",
        ",2026-10-31,总计：,扫地,2,",
        "2,2026-10-03,A-02,扫地,小计,",
        ",,,,2,合计",
    )
    sheet = read(file, "序号,日期,户号,事项,数量,备注\n" + "\n".join(rows) + "\n")
    assert [2, 3, 7, 8] == lines(sheet)
    assert [(4, "合计"), (5, "合计"), (6, "总计：")] == [
        (fault.line, fault.error.data["label"]) for fault in sheet.torn
    ]


def test_a_lone_cell_is_no_title(file: Path) -> None:
    """Where nothing stands below a line, it is taken for the headings and not for the title of an empty sheet."""
    reason, _ = refusal(file, "南峪村\n")
    assert reason.startswith("unknown headings: 南峪村; missing columns: household, points.")


def test_a_sheet_without_title_has_none(file: Path) -> None:
    """Where the headings come first there is no title."""
    assert "" == read(file, CHINESE).title


def test_empty_rows_and_cells_are_left_out(file: Path) -> None:
    """Empty rows are passed over and still counted, and an empty cell is absent."""
    sheet = read(file, "日期,户号,事项,备注\n\n,,,\n  , ,\t,\n2026-10-03,A-01,庭院整洁,\n")
    assert ([5], ["on", "household", "activity"]) == (lines(sheet), list(sheet.rows[0].cells))
    assert sheet.rows[0].get("remark") is None


def test_cells_lose_the_space_around_them(file: Path) -> None:
    """Space around a cell, the ideographic one too, is none of it, while that inside stays."""
    sheet = read(file, "日期,户号,事项\n 2026-10-03\u3000, A 01 ,\u3000庭院整洁\n")
    assert [{"on": "2026-10-03", "household": "A 01", "activity": "庭院整洁"}] == cells(sheet)


def test_a_row_may_be_shorter_than_the_heading(file: Path) -> None:
    """Cells left out at the end of a row are empty."""
    assert [{"on": "2026-10-03", "household": "A-01"}] == cells(read(file, "日期,户号,事项\n2026-10-03,A-01\n"))


def test_empty_columns_at_the_end_are_no_columns(file: Path) -> None:
    """Delimiters without end, as Excel leaves them behind, mean nothing."""
    text = CHINESE.replace("\n", ",,,\n")
    assert CELLS == cells(read(file, text))


def test_a_quoted_cell_may_hold_anything(file: Path) -> None:
    """Delimiters, doubled quotes and line breaks inside quotes belong to the cell."""
    text = '日期,户号,事项,备注\n2026-10-03,A-01,庭院整洁,"说""好"", 第一行\n第二行"\n'
    assert '说"好", 第一行\n第二行' == read(file, text).rows[0].get("remark")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_quoted_line_breaks_keep_line_numbers(file: Path, newline: str) -> None:
    """A row is found on the line it ends on, and the rows behind a cell of three lines on their own."""
    text = '日期,户号,事项,备注\n2026-10-03,A-01,扫地,"一\n二\n三"\n2026-10-04,A-02,扫地,\n1,2,3,4,5\n'
    sheet = read(file, text.replace("\n", newline))
    assert ([4, 5], [6]) == (lines(sheet), [fault.line for fault in sheet.torn])


def test_a_torn_row_is_put_aside(file: Path) -> None:
    """A row with more cells than headings comes back as a fault with its line, and the others stay."""
    text = "日期,户号,事项\n2026-10-03,A-01,扫地,捡拾\n2026-10-04,A-02,扫地\n\n2026-10-05,A-03,扫,地,,\n"
    sheet = read(file, text)
    assert [3] == lines(sheet)
    assert [(2, 4, 3), (5, 6, 3)] == [
        (fault.line, fault.error.data["found"], fault.error.data["expected"]) for fault in sheet.torn
    ]
    fault = sheet.torn[0]
    assert (TornRow, "", TornRow(found=4, expected=3).say("zh")) == (type(fault.error), fault.column, fault.say("zh"))
    assert "This row has 4 cells where the heading has 3; look for a stray comma." == fault.say()


def refusal(file: Path, data: str | bytes, columns: Sequence[str] = OPENINGS) -> tuple[str, str]:
    """Return why a sheet of openings is refused, in English and Chinese."""
    with pytest.raises(SheetUnreadable) as caught:
        read(file, data, columns, columns[:2])
    assert str(file) == caught.value.data["file"]
    assert f"{file} is no sheet that can be imported: {caught.value.data['reason']}" == str(caught.value)
    assert f"{file} 无法导入：{caught.value.data['reason_zh']}" == caught.value.say("zh")
    return caught.value.data["reason"], caught.value.data["reason_zh"]


@pytest.mark.parametrize(
    ("heading", "expected", "expected_zh"),
    [
        ("户号,积分,年龄", "unknown headings: 年龄", "不认识的列名：年龄"),
        ("户号,积分,年龄,job", "unknown headings: 年龄, job", "不认识的列名：年龄、job"),
        ("户号,,积分", "unknown headings: #2", "不认识的列名：#2"),
        ("户号,备注", "missing columns: points", "缺少列：期初积分"),
        ("备注,remark", "headings that stand twice: remark; missing columns: household, points", None),
        ("户号,积分,household", "headings that stand twice: household", "重复的列名：household"),
        ("户号,户号,分数", "unknown headings: 分数; headings that stand twice: 户号; missing columns: points", None),
    ],
)
def test_faulty_headings_are_named(file: Path, heading: str, expected: str, expected_zh: str | None) -> None:
    """Headings that are unknown, missing or stand twice are all named at once, with those that are allowed."""
    reason, reason_zh = refusal(file, f"{heading}\nA-01,5,x\n")
    assert f"{expected}. Allowed headings: 户号/household, 期初积分/points, 备注/remark." == reason
    assert reason_zh.endswith("。可用的列名：户号/household, 期初积分/points, 备注/remark。")
    if expected_zh is not None:
        assert expected_zh == reason_zh.partition("。")[0]


@pytest.mark.parametrize("data", ["", "\n\n", " , ,\n", "\ufeff"])
def test_an_empty_sheet_is_refused(file: Path, data: str) -> None:
    """A file without a filled cell is said to be empty."""
    expected = ("it is empty; check that it was saved.", "文件为空；请检查是否已保存。")
    assert expected == refusal(file, data)


def test_headings_alone_are_a_sheet_without_rows(file: Path) -> None:
    """A month in which nothing happened is no fault."""
    assert ([], []) == (cells(read(file, "日期,户号,事项\n")), list(read(file, "日期,户号,事项").torn))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_workbook_is_recognised(file: Path, data: bytes, what: str) -> None:
    """An xlsx, xls or PDF file is named as what it is, whatever its name says."""
    reason, reason_zh = refusal(file, data)
    assert f"it is {what}; save it as CSV (UTF-8) and import that." == reason
    assert "不是 CSV 文件；请另存为 CSV（UTF-8）再导入。" == reason_zh


@pytest.mark.parametrize(
    "data",
    [
        CHINESE.encode("utf-16")[:-1],
        CHINESE.encode("utf-16-le"),
        "户号,积分\nA-01,5\0\n".encode(),
        b"\xff\xff\xff\xff",
    ],
    ids=["torn UTF-16", "UTF-16 without a mark", "a NUL", "no text"],
)
def test_an_unknown_encoding_is_refused(file: Path, data: bytes) -> None:
    """Bytes that are text in none of the encodings are not guessed at."""
    reason, reason_zh = refusal(file, data)
    assert "its encoding is none of UTF-8, UTF-16 and GB18030; save it as CSV (UTF-8)." == reason
    assert "编码不是 UTF-8、UTF-16 或 GB18030；请另存为 CSV（UTF-8）。" == reason_zh


@pytest.mark.parametrize("text", ['户号,积分\n"A-01,5\n', '户号,积分\n"A"-01,5\n'])
def test_an_unclosed_quote_is_refused(file: Path, text: str) -> None:
    """A quote that is left open, or goes on behind its end, is refused and swallows no rows."""
    reason, reason_zh = refusal(file, text)
    assert (".", "。") == (reason[-1], reason_zh[-1])


def test_too_large_a_file_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is refused before it is read, and one at the limit is read."""
    monkeypatch.setattr(sheets, "LARGEST_BYTES", len(CHINESE.encode()))
    assert CELLS == cells(read(file, CHINESE))
    expected = ("it is larger than 256 MiB; split it.", "超过 256 MiB；请拆分。")
    assert expected == refusal(file, CHINESE + "\n")


def test_the_limit_is_the_one_that_is_said() -> None:
    """The sentence about too large a file names the limit that holds."""
    assert 256 * 1024**2 == sheets.LARGEST_BYTES


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    """A file that is not there is named, with the reason of the system."""
    file = tmp_path / "gone.csv"
    with pytest.raises(FileUnreadable) as caught:
        read_sheet(file, OPENINGS, ())
    assert {"file": str(file), "reason": os.strerror(2)} == caught.value.data


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    """A folder in place of a file is refused as unreadable."""
    with pytest.raises(FileUnreadable) as caught:
        read_sheet(str(tmp_path), OPENINGS, ())
    assert str(tmp_path) == caught.value.data["file"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-10-03", "2026-10-03"),
        ("2026-1-3", "2026-01-03"),
        ("2026/10/3", "2026-10-03"),
        ("2026.10.3", "2026-10-03"),
        ("2026年10月3日", "2026-10-03"),
        ("2026年1月03日", "2026-01-03"),
        ("2026年10月3", "2026-10-03"),
        ("2026/10/3 0:00", "2026-10-03"),
    ],
)
def test_a_day_is_read_in_any_of_its_forms(file: Path, written: str, expected: str) -> None:
    """A day with hyphens, slashes, points or in Chinese, padded or not, becomes its ISO form."""
    assert expected == read(file, f"日期,户号,事项\n{written},A-01,扫地\n").rows[0].day("on")


@pytest.mark.parametrize(
    "written",
    ["10月3日", "3.10.2026", "26-10-03", "2026-10", "2026-10-03 08:00", "46298", "２０２６", "昨天", "2026/2/30"],
)
def test_what_is_no_day_is_refused(file: Path, written: str) -> None:
    """A date without its year, in another order, or as Excel counts days is refused, never guessed."""
    row = read(file, f"日期,户号,事项\n{written},A-01,扫地\n").rows[0]
    with pytest.raises(InvalidDate) as caught:
        row.day("on")
    assert written == caught.value.data["value"]


def test_a_missing_cell_is_named_as_the_sheet_names_it(file: Path) -> None:
    """A cell that is needed and empty is named by its heading, or by its column where the sheet has none."""
    row = read(file, "日期,户号,积分事项\n2026-10-03,A-01,\n").rows[0]
    for column, name in (("activity", "积分事项"), ("quantity", "quantity")):
        with pytest.raises(MissingCell) as caught:
            row.need(column)
        assert name == caught.value.data["column"]
    with pytest.raises(MissingCell):
        row.day("activity")
    assert ("A-01", None) == (row.need("household"), row.get("activity"))


@pytest.mark.parametrize(
    ("text", "columns", "cells"),
    [
        ("户号,组,户主,成员\n1,一组,李四,李四，王五，赵六，孙八\n", HOUSEHOLDS, {"members": "李四，王五，赵六，孙八"}),
        ("户号,积分,备注\n1,50,上年结转，经核对，无误，已公示，无异议\n", OPENINGS, {"points": "50"}),
        ("南峪村，2026年，十月\n户号,积分\n1,5\n", OPENINGS, {"points": "5"}),
        ("\n\n\n户号;积分\n1;5\n", OPENINGS, {"points": "5"}),
        ("标题\n\n\n户号;积分\n1;5\n", OPENINGS, {"points": "5"}),
        ("户号,积分\r1,5\r", OPENINGS, {"points": "5"}),
    ],
)
def test_the_headings_tell_the_delimiter(
    tmp_path: Path, text: str, columns: tuple[str, ...], cells: dict[str, str]
) -> None:
    """Chinese commas in names, remarks and titles do not pass for the mark between cells."""
    file = tmp_path / "sheet.csv"
    file.write_text(text, encoding="utf-8", newline="")
    (row,) = read_sheet(file, columns, columns[:2]).rows
    assert cells == {name: row.get(name) for name in cells}


def test_a_quote_that_is_not_closed_is_told(tmp_path: Path) -> None:
    """A sheet with a stray quotation mark is refused in words that say what to look for."""
    file = tmp_path / "sheet.csv"
    file.write_text('户号,积分\n1,"5\n', encoding="utf-8")
    with pytest.raises(SheetUnreadable, match="quotation mark"):
        read_sheet(file, OPENINGS, OPENINGS[:2])


def test_a_name_that_no_file_has_is_unreadable() -> None:
    """A path with a zero byte is a file that cannot be read, not a traceback."""
    with pytest.raises(FileUnreadable):
        read_sheet("a\0b.csv", OPENINGS, OPENINGS[:2])
