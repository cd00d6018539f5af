"""The story of a clerk's month: a faulty sheet, its correction, market day and a disputed total."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger.errors import SheetFaulty

if TYPE_CHECKING:
    from pointsledger.testing import FixedClock
    from tests.stories.conftest import Begin

RULES = """\
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
limit = { points = 30, per = "month" }
[[activity]]
code = "patrol"
name = "义务巡逻"
category = "volunteering"
points = 4
per = "hour"
"""

PRICES = """\
[[item]]
code = "soap"
name = "肥皂"
points = 10
"""

HEADINGS = "日期,户号,事项,数量"


def test_a_month_in_nanyu(begin: Begin, clock: FixedClock, tmp_path: Path) -> None:
    """A sheet with a misspelt household is refused, corrected, imported, disputed and put right.

    October's sheet, as it was typed:       after correction:        as put right after the dispute:

    2025-10-03 01-001 庭院整洁     12
    2025-10-10 O1-001 庭院整洁     fault     01-001      12
    2025-10-17 01-001 庭院整洁              capped to   6
    2025-10-18 01-002 义务巡逻 2   8                                 3 hours, 12

    Balances on 31 October:                 30 and 8                 30 and 12
    On 5 November 01-001 takes two soaps, and has 10 left.
    """
    households = {"01-001": "张三", "01-002": "李四"}
    ledger = begin("nanyu", RULES, PRICES, first_day="2025-10-01", households=households)
    clock.noon("2025-11-03")
    sheet = tmp_path / "十月.csv"
    rows = ["2025-10-03,01-001,庭院整洁,", "2025-10-10,O1-001,庭院整洁,", "2025-10-17,01-001,庭院整洁,"]
    rows.append("2025-10-18,01-002,义务巡逻,2")

    def save(encoding: str) -> None:
        sheet.write_text("\n".join(["南峪村十月", HEADINGS, *rows]), encoding=encoding)

    save("gb18030")
    before = ledger.head()
    with pytest.raises(SheetFaulty) as caught:
        ledger.import_deeds(sheet, period="2025-10", by="clerk:1")
    assert [(4, "户号", "unknown-account")] == [
        (fault.line, fault.column, fault.error.code) for fault in caught.value.data["faults"]
    ]
    assert before == ledger.head()

    rows[1] = rows[1].replace("O1", "01")
    save("gb18030")
    report = ledger.import_deeds(sheet, period="2025-10", by="clerk:1")
    expected: object = ("2025-10 南峪村十月", 4, 1, 38)
    assert expected == (report.label, report.posted, report.capped, report.points)
    assert [30, 8] == [ledger.balance(code, on="2025-10-31").balance for code in households]
    assert 0 == ledger.import_deeds(sheet, period="2025-10", by="clerk:1").posted

    clock.noon("2025-11-05")
    ledger.stock_in("soap", 20, by="shop:1")
    assert 10 == ledger.redeem("01-001", {"肥皂": 2}, by="shop:1").balance

    rows[3] = rows[3].replace(",2", ",3")
    save("utf-8-sig")
    report = ledger.import_deeds(sheet, period="2025-10", by="clerk:1", replace=report.label)
    assert (1, 1, 3) == (report.posted, report.reversed_rows, report.unchanged)
    assert [10, 12] == [held.balance for held in ledger.balances()]
    october = ledger.tally("2025-10").total
    following: object = (42, 0, 4)
    assert following == (october.earned, october.prior, october.deeds)
    assert [(1, "01-001"), (2, "01-002")] == [(row.rank, row.code) for row in ledger.ranking("2025-10")]
    assert -20 == ledger.tally("2025-11").total.redeemed
