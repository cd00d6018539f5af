"""Imports: a month's sheet of deeds, posted whole or not at all, and known again when it comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import (
    FileUnreadable,
    NotAMonth,
    SheetFaulty,
    SheetUnreadable,
)
from pointsledger.testing.contract.book import SHEETS, needs
from pointsledger.testing.contract.october import GOOD, HEADINGS, TITLE, held

if TYPE_CHECKING:
    from pathlib import Path

    from pointsledger.testing.contract.book import Refused, Sheet

FAULTY = (
    *GOOD[:2],
    "3,2025-10-05,O3-018,,植树,1,,,,",
    "4,2025-10-06,03-018,王五五,植树,1,,,,",
    "5,2025-10-07,03-018,,种树,1,,,,",
    "6,2025-10-32,03-018,,植树,1,,,,",
    "7,2025-09-30,03-018,,植树,1,,,,",
    "8,2025-10-08,03-018,,植树,1.5,,,,",
    "9,2025-10-08,03-018,,植树,一,,,,",
    "10,2025-10-08,03-018,,门前卫生,,,,,",
    "11,2025-10-08,03-018,,表彰,,国家级,,,",
    "12,,03-018,,植树,1,,,,",
    "13,2025-10-08,03-018,,植树,1,,,,,多",
    "14,2025/10/4,03-018,,植树,3,,,,东坡",
    "15,2025-10-08,03-017,,参加村民会议,,,,,",
    "16,2025-10-08,03-018,,乱倒垃圾,,,加分,,",
)
FOUND = (
    (5, "户号", "unknown-account", "O3-018"),
    (6, "姓名", "unknown-resident", "王五五"),
    (7, "事项", "unknown-activity", "种树"),
    (8, "日期", "invalid-date", "2025-10-32"),
    (9, "日期", "other-period", "2025-09-30"),
    (10, "数量", "unexpected-quantity", "1.5"),
    (11, "数量", "invalid-number", "一"),
    (12, "加扣", "sign-required", "tidy"),
    (13, "等级", "unknown-level", "国家级"),
    (14, "日期", "missing-cell", "日期"),
    (15, "", "torn-row", "11"),
    (16, "", "repeated-row", "4"),
    (17, "姓名", "resident-required", "meeting"),
    (18, "加扣", "wrong-sign", "litter"),
)


def test_a_sheet_is_posted(nanyu: Ledger, sheet: Sheet) -> None:
    """Every row becomes an award or a deduction, however its day and its activity are written."""
    report = nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1")
    assert (f"2025-10 {TITLE}", "2025-10", 5, 5, 0, 0) == (
        report.label,
        report.period,
        report.rows,
        report.posted,
        report.unchanged,
        report.capped,
    )
    assert Decimal(12 + 9 + 15 - 2 + 6) == report.points
    assert [10, 15, 15] == held(nanyu)
    lines = list(nanyu.statement("03-018"))
    assert ["2025-10-04", "2025-10-07"] == [line.on for line in lines]
    assert ["李四", ""] == [line.member for line in nanyu.statement("03-017")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_sheet_may_come_in_any_of_four_encodings(nanyu: Ledger, sheet: Sheet, encoding: str) -> None:
    """A sheet is read as Excel and other programs write it, in Chinese with and without marks."""
    path = sheet(TITLE, HEADINGS, *GOOD, encoding=encoding)
    assert f"2025-10 {TITLE}" == nanyu.import_deeds(path, period="2025-10", by="clerk:1").label
    assert [10, 15, 15] == held(nanyu)


def test_a_sheet_may_be_in_english(nanyu: Ledger, sheet: Sheet) -> None:
    """English headings in any order and another delimiter do as well."""
    rows = ("activity;Household;DATE;sign", "tidy;03-017;2025-10-03;+", "tidy;03-018;2025-10-03;deduct")
    nanyu.import_deeds(sheet(*rows), period="2025-10", by="clerk:1")
    assert [2, -2, 0] == held(nanyu)


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("南峪村　积分表", "2025-10 南峪村 积分表"),
        ('"南峪村\n积分表"', "2025-10 南峪村 积分表"),
        ("南峪村\u200b积分表\u200f", "2025-10 南峪村积分表"),
        ("表" * 90, "2025-10 " + "表" * 72),
        ("表" * 71 + " 表", "2025-10 " + "表" * 71),
        ("", "2025-10"),
    ],
)
def test_any_title_makes_a_label(nanyu: Ledger, sheet: Sheet, title: str, label: str) -> None:
    """A title that is no label as it stands is cut and cleaned, since nobody typed it as one, and found again."""
    for posted in (5, 0):
        report = nanyu.import_deeds(sheet(title, HEADINGS, *GOOD), period="2025-10", by="clerk:1")
        assert (label, posted) == (report.label, report.posted)


def test_every_fault_is_named(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """One faulty row refuses the sheet, and every fault has its line, its column and a sentence in both languages."""
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        nanyu.import_deeds(sheet(TITLE, HEADINGS, *FAULTY), period="2025-10", by="clerk:1")
    faults = caught.value.data["faults"]
    assert list(FOUND) == [
        (fault.line, fault.column, fault.error.code, word) for fault, (*_, word) in zip(faults, FOUND, strict=True)
    ]
    for fault, (*_, word) in zip(faults, FOUND, strict=True):
        assert word in fault.say()
        assert word in fault.say("zh")
        unnamed = fault.say().replace(f" ({fault.error.data.get('activity_name')})", "")
        assert unnamed.isascii() == word.isascii()
        assert not fault.say("zh").isascii()


def test_faulty_rows_may_be_skipped(nanyu: Ledger, sheet: Sheet) -> None:
    """With skip_bad the sound rows are posted, and the corrected sheet adds only what was missing."""
    report = nanyu.import_deeds(
        sheet(TITLE, HEADINGS, *GOOD[:3], "4,2025-10-06,O3-018,,植树,1,,,,"),
        period="2025-10",
        by="clerk:1",
        skip_bad=True,
    )
    assert (4, 3, ["unknown-account"]) == (report.rows, report.posted, [fault.error.code for fault in report.faults])
    assert [12, 9, 15] == held(nanyu)
    again = nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1")
    assert (2, 3) == (again.posted, again.unchanged)
    assert [10, 15, 15] == held(nanyu)


def test_torn_rows_count_as_rows(nanyu: Ledger, sheet: Sheet) -> None:
    """A row with a cell too many, and one of totals, are rows of the sheet that were left out."""
    rows = ("13,2025-10-08,03-018,,植树,1,,,,,多", ",,合计,,,1,,,,")
    report = nanyu.import_deeds(sheet(HEADINGS, *GOOD, *rows), period="2025-10", by="clerk:1", skip_bad=True)
    assert (7, 5, 2) == (report.rows, report.posted, len(report.faults))


def test_rows_alike_but_for_their_content_are_known_in_any_order(nanyu: Ledger, sheet: Sheet) -> None:
    """Without numbers, deeds of one household, activity and day are told apart by what else they say."""
    rows = [f"2025-10-03,03-017,植树,{quantity},{remark}" for quantity, remark in (("1", "东坡"), ("2", ""), ("1", ""))]
    nanyu.import_deeds(sheet("日期,户号,事项,数量,备注", *rows), period="2025-10", by="clerk:1")
    for order in (rows[::-1], rows[1:] + rows[:1]):
        report = nanyu.import_deeds(sheet("日期,户号,事项,数量,备注", *order), period="2025-10", by="clerk:1")
        assert (0, 3) == (report.posted, report.unchanged)


def test_a_rehearsal_posts_nothing(nanyu: Ledger, sheet: Sheet) -> None:
    """A dry run reports what an import would do, faults included, and leaves the book as it was."""
    before = nanyu.head(), nanyu.balances()
    sound = nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:9", dry_run=True)
    faulty = nanyu.import_deeds(sheet(TITLE, HEADINGS, *FAULTY), period="2025-10", by="clerk:1", dry_run=True)
    assert (True, 5, ()) == (sound.dry_run, sound.posted, sound.faults)
    assert (2, len(FOUND)) == (faulty.posted, len(faulty.faults))
    assert before == (nanyu.head(), nanyu.balances())
    assert 5 == nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:9").posted


@pytest.mark.parametrize("headings", [HEADINGS, HEADINGS.removeprefix("序号,")])
def test_the_same_sheet_again_changes_nothing(nanyu: Ledger, sheet: Sheet, headings: str) -> None:
    """A sheet imported twice, or with its lines shuffled, posts nothing new, numbered or not."""
    rows = [row if headings == HEADINGS else row.partition(",")[2] for row in GOOD]
    nanyu.import_deeds(sheet(TITLE, headings, *rows), period="2025-10", by="clerk:1")
    before = nanyu.head()
    for order in (rows, rows[::-1], rows[2:] + rows[:2]):
        report = nanyu.import_deeds(sheet(TITLE, headings, "", *order), period="2025-10", by="clerk:2")
        assert (0, 5) == (report.posted, report.unchanged)
    assert before == nanyu.head()


def test_a_longer_sheet_adds_only_what_is_new(nanyu: Ledger, sheet: Sheet) -> None:
    """Rows added to a sheet that was imported are posted, and the others stand."""
    nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD[1:4]), period="2025-10", by="clerk:1")
    report = nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1")
    assert (2, 3) == (report.posted, report.unchanged)


def test_a_changed_row_is_a_fault(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A row that reads otherwise than it was imported is refused with what differs and how to replace it."""
    label = nanyu.import_deeds(sheet(TITLE, HEADINGS, *GOOD), period="2025-10", by="clerk:1").label
    changes = {
        "quantity": "2,2025/10/4,03-018,,植树,4,,,,东坡",
        "remark": "2,2025/10/4,03-018,,植树,3,,,,西坡",
        "account": "2,2025/10/4,03-017,,植树,3,,,,东坡",
        "on": "2,2025/10/5,03-018,,植树,3,,,,东坡",
        "sign": "4,2025-10-06,03-017,,门前卫生,,,加分,,",
    }
    for field, row in changes.items():
        rows = [row if row[:2] == old[:2] else old for old in GOOD]
        with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
            nanyu.import_deeds(sheet(TITLE, HEADINGS, *rows), period="2025-10", by="clerk:1")
        (fault,) = caught.value.data["faults"]
        assert ("row-changed", field, label) == (fault.error.code, fault.error.data["field"], fault.error.data["label"])


def test_repeated_rows_may_be_meant(nanyu: Ledger, sheet: Sheet) -> None:
    """With repeats rows that are alike count each, and still only once when the sheet comes again."""
    rows = ("日期,户号,事项", *["2025-10-03,03-017,植树"] * 3)
    for expected in ((3, 0), (0, 3)):
        report = nanyu.import_deeds(sheet(*rows), period="2025-10", by="clerk:1", repeats=True)
        assert expected == (report.posted, report.unchanged)
    assert [9, 0, 0] == held(nanyu)


def test_other_months_may_be_meant(nanyu: Ledger, sheet: Sheet) -> None:
    """With other_months a row of another month counts in its own."""
    path = sheet("日期,户号,事项", "2025-09-03,03-017,植树", "2025-10-03,03-017,植树")
    assert 2 == nanyu.import_deeds(path, period="2025-10", by="clerk:1", other_months=True).posted
    assert [3, 3] == [nanyu.tally(period).total.earned for period in ("2025-09", "2025-10")]


def test_the_same_rows_under_another_label_are_faults(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A row that stands in another batch is refused with that batch and its record, unless it is meant again."""
    nanyu.import_deeds(sheet(HEADINGS, *GOOD[1:3]), period="2025-10", by="clerk:1", label="一组")
    standing = [nanyu.statement(household).lines[0].seq for household in ("03-018", "04-001")]
    rows = (*GOOD[1:3], "9,2025-10-09,03-017,,植树,1,,,,")
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        nanyu.import_deeds(sheet(HEADINGS, *rows), period="2025-10", by="clerk:1", label="二组")
    expected = [(line, "imported-elsewhere", "一组", seq) for line, seq in zip((2, 3), standing, strict=True)]
    assert expected == [
        (fault.line, fault.error.code, fault.error.data["label"], fault.error.data["seq"])
        for fault in caught.value.data["faults"]
    ]
    report = nanyu.import_deeds(sheet(HEADINGS, *rows), period="2025-10", by="clerk:1", label="二组", repeats=True)
    assert 3 == report.posted
    assert [3, 18, 15] == held(nanyu)


def test_other_rows_under_another_label_are_posted(nanyu: Ledger, sheet: Sheet) -> None:
    """Two sheets of one month may number their rows alike."""
    for label, household in (("一组", "03-017"), ("二组", "03-018")):
        path = sheet(HEADINGS, f"1,2025-10-03,{household},,植树,3,,,,")
        assert 1 == nanyu.import_deeds(path, period="2025-10", by="clerk:1", label=label).posted
    assert [9, 9, 0] == held(nanyu)


def test_a_renumbered_sheet_is_known_again(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """Rows that stand already under another number are refused one by one, and nothing counts twice."""
    nanyu.import_deeds(sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", label="十月")
    rows = [f"{number + 20}{row[1:]}" for number, row in enumerate(GOOD)]
    with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
        nanyu.import_deeds(sheet(HEADINGS, *rows), period="2025-10", by="clerk:1", label="十月")
    assert ["imported-elsewhere"] * 5 == [fault.error.code for fault in caught.value.data["faults"]]
    assert [10, 15, 15] == held(nanyu)


def test_a_deed_that_a_limit_cut_to_nothing_is_known_again(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """A sheet under another title is refused row by row, also where a limit had left nothing of a deed."""
    rows = (
        "日期,户号,事项,等级",
        *(f"2025-10-0{day},03-017,庭院整洁," for day in range(1, 6)),
        "2025-10-06,03-018,表彰,县级",
    )
    nanyu.import_deeds(sheet(*rows, "2025-10-07,03-018,表彰,县级"), period="2025-10", by="clerk:1", label="十月")
    for other in (rows, ("十月表", *rows, "2025-10-07,03-018,表彰,县级")):
        with refused(nanyu, SheetFaulty, "sheet-faulty") as caught:
            nanyu.import_deeds(sheet(*other), period="2025-10", by="clerk:1")
        count = sum("2025" in row for row in other)
        assert ["imported-elsewhere"] * count == [fault.error.code for fault in caught.value.data["faults"]]
    nanyu.reverse_batch("十月", reason="录错", by="clerk:1")
    assert 7 == nanyu.import_deeds(sheet(*rows, "2025-10-07,03-018,表彰,县级"), period="2025-10", by="clerk:1").posted


def test_a_number_is_known_as_spreadsheets_write_it(nanyu: Ledger, sheet: Sheet) -> None:
    """A row's number is the same with zeros before it, as a decimal, or in full-width digits."""
    for number in ("1", "001", "1.0", "１"):
        path = sheet(HEADINGS, f"{number},2025-10-03,03-017,,植树,3,,,,")
        nanyu.import_deeds(path, period="2025-10", by="clerk:1", label="十月")
    assert [9, 0, 0] == held(nanyu)


def test_a_cut_row_is_counted(nanyu: Ledger, sheet: Sheet) -> None:
    """Rows that a limit cuts are posted with what it leaves and counted in the report."""
    rows = ("日期,户号,事项", *(f"2025-10-0{day},03-017,庭院整洁" for day in range(1, 6)))
    report = nanyu.import_deeds(sheet(*rows), period="2025-10", by="clerk:1")
    assert (5, 3, Decimal(30)) == (report.posted, report.capped, report.points)


def test_an_import_tells_how_far_it_is(nanyu: Ledger, sheet: Sheet) -> None:
    """The progress of an import is told row by row, to the last."""
    told: list[tuple[int, int]] = []
    nanyu.import_deeds(
        sheet(HEADINGS, *GOOD), period="2025-10", by="clerk:1", progress=lambda done, of: told.append((done, of))
    )
    assert [(done, 5) for done in range(1, 6)] == told


@needs(SHEETS)
def test_a_file_that_is_no_sheet_is_refused(nanyu: Ledger, refused: Refused, tmp_path: Path) -> None:
    """An empty file, another encoding, a workbook and a sheet without its columns each say what to do."""
    path = tmp_path / "deeds.csv"
    contents = (
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"\xff\xff\xff\xff",
        b"PK\x03\x04rest of a workbook",
        b"a\x00b",
        HEADINGS.replace("户号", "门牌").encode(),
        "日期,户号,事项,日期".encode(),
        "日期,事项".encode(),
    )
    for content in contents:
        path.write_bytes(content)
        with refused(nanyu, SheetUnreadable, "sheet-unreadable"):
            nanyu.import_deeds(path, period="2025-10", by="clerk:1")
    with refused(nanyu, FileUnreadable, "file-unreadable"):
        nanyu.import_deeds(tmp_path / "missing.csv", period="2025-10", by="clerk:1")


def test_a_sheet_is_imported_for_a_month(nanyu: Ledger, sheet: Sheet, refused: Refused) -> None:
    """The period of an import is one month."""
    for period in ("2025Q4", "2025", "October", ""):
        with refused(nanyu, NotAMonth, "not-a-month"):
            nanyu.import_deeds(sheet(HEADINGS, *GOOD), period=period, by="clerk:1")
