"""Row faults: a clerk who opens a faulty sheet finds all there is to correct, each with its row, column and reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import LedgerBusy, SheetFaulty
from pointsledger.posting import Posting
from pointsledger.sheets.sheet import DEEDS, HEADINGS

Begin = Callable[..., Ledger]
Document = Callable[..., Path]
Sheet = Callable[..., Path]

SOUND = {
    "no": "1",
    "on": "2025-10-03",
    "household": "03-017",
    "member": "李四",
    "activity": "植树",
    "quantity": "2",
    "sign": "加分",
    "approved_by": "panel:1",
    "started_at": "2025-10-03T08:00",
    "ended_at": "2025-10-03T09:00",
    "remark": "东坡",
}

# What can be wrong with each cell of a deed: its column, what it and perhaps others say, and the code of the fault.
FAULTY_CELLS: list[tuple[str, dict[str, str], str]] = [
    ("no", {"no": "a/b"}, "invalid-code"),
    ("on", {"on": "2025-10-32"}, "invalid-date"),
    ("on", {"on": "2025-09-03"}, "other-period"),
    ("on", {"on": ""}, "missing-cell"),
    ("household", {"household": "99-999"}, "unknown-account"),
    ("household", {"household": "99 999"}, "invalid-code"),
    ("household", {"household": ""}, "missing-cell"),
    ("member", {"member": "外人"}, "unknown-resident"),
    ("member", {"member": "", "activity": "参加村民会议", "quantity": ""}, "resident-required"),
    ("activity", {"activity": "种树"}, "unknown-activity"),
    ("activity", {"activity": ""}, "missing-cell"),
    ("quantity", {"quantity": "两"}, "invalid-number"),
    ("quantity", {"quantity": "1.5"}, "unexpected-quantity"),
    ("quantity", {"quantity": "1.5", "level": "县级"}, "unexpected-quantity"),
    ("quantity", {"quantity": "2", "activity": "表彰", "level": "国家级"}, "unexpected-quantity"),
    ("quantity", {"quantity": "0.01", "activity": "义务巡逻"}, "worth-nothing"),
    ("minutes", {"minutes": "半", "activity": "义务巡逻", "quantity": ""}, "invalid-number"),
    ("minutes", {"minutes": "90"}, "unexpected-minutes"),
    ("level", {"level": "县级"}, "unexpected-level"),
    ("level", {"level": "国家级", "activity": "表彰"}, "unknown-level"),
    ("level", {"level": "国家级", "activity": "表彰", "quantity": "半"}, "unknown-level"),
    ("sign", {"sign": "减"}, "sign-required"),
    ("sign", {"sign": "减", "activity": "种树"}, "sign-required"),
    ("sign", {"sign": "减", "activity": ""}, "sign-required"),
    ("sign", {"sign": "", "activity": "门前卫生"}, "sign-required"),
    ("sign", {"sign": "扣分"}, "wrong-sign"),
    ("sign", {"sign": "加分", "activity": "乱倒垃圾"}, "wrong-sign"),
    ("approved_by", {"approved_by": "甲 乙"}, "invalid-code"),
    ("started_at", {"started_at": "八点"}, "invalid-time"),
    ("ended_at", {"ended_at": "九点"}, "invalid-time"),
    ("ended_at", {"started_at": "八点", "ended_at": "九点"}, "invalid-time"),
    ("started_at", {"ended_at": "2025-10-03T07:00"}, "invalid-time"),
    ("remark", {"remark": "东\x07坡"}, "invalid-text"),
]


def faults_of(ledger: Ledger, path: Path) -> list[tuple[int, str, str]]:
    """Return line, heading and code of each fault of a sheet that is refused."""
    with pytest.raises(SheetFaulty) as caught:
        ledger.import_deeds(path, period="2025-10", by="clerk:1")
    return [(fault.line, fault.column, fault.error.code) for fault in caught.value.data["faults"]]


def row_of(cells: dict[str, str]) -> tuple[str, str]:
    """Return the headings of all columns, and a row with these cells."""
    return ",".join(HEADINGS[column][0] for column in DEEDS), ",".join(cells.get(column, "") for column in DEEDS)


@pytest.mark.parametrize(("column", "cells", "code"), FAULTY_CELLS)
def test_a_faulty_cell_is_told_whatever_else_is_wrong(
    nanyu: Ledger, sheet: Sheet, column: str, cells: dict[str, str], code: str
) -> None:
    """What is wrong with any one cell is told once, with its column, beside a fault of another cell as without."""
    for beside in ({}, {"no": "c/d"}, {"on": "2025-11-31"}, {"household": "98-998"}):
        if code == "unknown-resident" and "household" in beside:
            continue  # whose member it is not cannot be said
        found = faults_of(nanyu, sheet(*row_of(SOUND | beside | cells)))
        assert 1 == found.count((2, HEADINGS[column][0], code)), found
        others = {HEADINGS[other][0] for other in beside if other not in cells}
        assert others <= {heading for _, heading, _ in found}


def test_every_column_of_a_deed_can_be_wrong() -> None:
    """No column of a month's sheet is left out of the test above."""
    assert set(DEEDS) == {column for column, *_ in FAULTY_CELLS}


def test_a_sound_row_has_no_fault(nanyu: Ledger, sheet: Sheet) -> None:
    """The row that the faults are put into is sound without them, and so is a deduction with all its cells."""
    breach = SOUND | {"no": "2", "activity": "乱倒垃圾", "sign": "扣分"}
    rows = [row_of(cells) for cells in (SOUND, breach)]
    report = nanyu.import_deeds(sheet(rows[0][0], rows[0][1], rows[1][1]), period="2025-10", by="clerk:1")
    assert 2 == report.posted
    assert "2025-10-03T08:00" == nanyu.record(nanyu.head().size).said["started_at"]


def test_a_day_that_cannot_be_is_told_beside_other_faults(begin: Begin, sheet: Sheet) -> None:
    """A day after today, or before the book begins, is told also where the household is not known."""
    ledger = begin(first_period="2025-11")
    for on, code in (("2025-11-04", "future-date"), ("2025-10-31", "before-first-period")):
        with pytest.raises(SheetFaulty) as caught:
            ledger.import_deeds(sheet("日期,户号,事项", f"{on},99-999,植树"), period=on[:7], by="clerk:1")
        found = {(fault.column, fault.error.code) for fault in caught.value.data["faults"]}
        assert {("日期", code), ("户号", "unknown-account")} == found


def test_a_month_without_rules_hides_no_other_fault(begin: Begin, sheet: Sheet) -> None:
    """Where no rule book is in force yet, that is told, and what is wrong with the other cells too."""
    ledger = begin(first_period="2025-08")
    with pytest.raises(SheetFaulty) as caught:
        ledger.import_deeds(sheet("日期,户号,事项,加扣", "2025-08-03,99-999,植树,减"), period="2025-08", by="clerk:1")
    found = {(fault.column, fault.error.code) for fault in caught.value.data["faults"]}
    assert {("日期", "rule-silent"), ("户号", "unknown-account"), ("加扣", "sign-required")} == found


def test_a_cell_is_read_by_the_rules_of_its_month(nanyu: Ledger, sheet: Sheet, document: Document) -> None:
    """Where the day cannot be read, the other cells are held against the rules that the month ended with."""
    rules = '[[activity]]\ncode = "new"\nname = "新事项"\ncategory = "cleanup"\npoints = 1\nper = "time"\n'
    nanyu.adopt_rules(document(rules, first_day="2025-10-20"), by="clerk:1")
    assert [(2, "日期", "invalid-date")] == faults_of(nanyu, sheet("日期,户号,事项", "十月,03-017,新事项"))
    assert (3, "事项", "unknown-activity") in faults_of(nanyu, sheet("日期,户号,事项", "", "十月,03-017,植树"))


@pytest.mark.parametrize("on", ["2025-10-03", "十月"])
def test_a_book_in_the_way_is_no_fault_of_a_row(
    nanyu: Ledger, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, on: str
) -> None:
    """A book that fails while a row is read, or while its cells are looked at, is not told as a fault of the row."""
    failures = [LedgerBusy(place="book.db")]

    def fail(*_: object) -> None:
        if failures:
            raise failures.pop()

    path = sheet("日期,户号,事项", f"{on},03-017,植树")
    with monkeypatch.context() as patched:
        patched.setattr(Posting, "activity", fail)
        with pytest.raises(LedgerBusy):
            nanyu.import_deeds(path, period="2025-10", by="clerk:1", skip_bad=True)


@pytest.mark.parametrize("sign", ["扣分", "扣", "-", "－", "deduct", "DEDUCT", "Ｄeduct"])
def test_a_sign_is_known_however_it_is_typed(nanyu: Ledger, sheet: Sheet, sign: str) -> None:
    """Capitals, full width and the spaces around it make no difference to a sign."""
    path = sheet("日期,户号,事项,加扣", f"2025-10-03,03-017,门前卫生, {sign}　")
    nanyu.import_deeds(path, period="2025-10", by="clerk:1")
    assert -2 == nanyu.balance("03-017").balance


def test_every_faulty_cell_of_a_row_is_told(nanyu: Ledger, sheet: Sheet) -> None:
    """A row with several faults tells them all, each with its column, so that it is opened once."""
    path = sheet(
        "序号,日期,户号,姓名,事项,数量,加扣,审核人",
        "1,2025-11-03,99-999,,植数,半,,",
        "2,2025-02-30,03-017,外人,植树,-1,减,甲 乙",
        "3,2025-10-03,03-017,张三,植树,1.5,,",
    )
    with pytest.raises(SheetFaulty) as caught:
        nanyu.import_deeds(path, period="2025-10", by="clerk:1")
    found = sorted((fault.line, fault.column, fault.error.code) for fault in caught.value.data["faults"])
    expected = [
        (2, "日期", "other-period"),
        (2, "户号", "unknown-account"),
        (2, "事项", "unknown-activity"),
        (2, "数量", "invalid-number"),
        (3, "日期", "invalid-date"),
        (3, "姓名", "unknown-resident"),
        (3, "数量", "not-positive"),
        (3, "加扣", "sign-required"),
        (3, "审核人", "invalid-code"),
        (4, "数量", "unexpected-quantity"),
    ]
    assert sorted(expected) == found
    assert 3 == caught.value.data["count"], "rows are counted, not cells"


def test_a_number_used_for_two_deeds_is_told_as_such(nanyu: Ledger, sheet: Sheet) -> None:
    """Two deeds under one number are no repetition: the second needs a number of its own, repeats or not."""
    path = sheet(
        "序号,日期,户号,事项", "7,2025-10-03,03-017,植树", "7,2025-10-04,03-018,植树", "7,2025-10-03,03-017,植树"
    )
    for repeats, codes in ((False, ["repeated-number", "repeated-row"]), (True, ["repeated-number"] * 2)):
        with pytest.raises(SheetFaulty) as caught:
            nanyu.import_deeds(path, period="2025-10", by="clerk:1", repeats=repeats)
        faults = caught.value.data["faults"]
        assert [(3, codes[0]), (4, codes[1])] == [(fault.line, fault.error.code) for fault in faults]
        assert [2, 2] == [fault.error.data["first"] for fault in faults]


@pytest.mark.parametrize("total", ["合计", "合　计：", "总计", "Total"])
def test_a_row_of_totals_is_told_as_such(nanyu: Ledger, sheet: Sheet, total: str) -> None:
    """A sheet's own total is no deed, and the clerk is told to delete the row."""
    path = sheet("序号,日期,户号,事项,数量", "1,2025-10-03,03-017,植树,2", f",,{total},,2")
    with pytest.raises(SheetFaulty, match="--skip-bad") as caught:
        nanyu.import_deeds(path, period="2025-10", by="clerk:1")
    assert [(3, "total-row")] == [(fault.line, fault.error.code) for fault in caught.value.data["faults"]]
