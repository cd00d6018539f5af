"""Row faults: a clerk who opens a faulty sheet finds all there is to correct, each with its row, column and reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import SheetFaulty

Sheet = Callable[..., Path]


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
