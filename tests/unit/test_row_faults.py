"""Row faults: which column of a sheet an error speaks of, where it does not say so itself."""

from __future__ import annotations

import pytest

from pointsledger import errors
from pointsledger.errors import MissingCell, NotPositive, PointsLedgerError
from pointsledger.sheets.row_faults import _COLUMNS_OF, RowFault, faulty_rows, row_fault
from pointsledger.sheets.sheet import DEEDS, HEADINGS, HOUSEHOLDS, OPENINGS, REDEMPTIONS, STOCK

ANY = {column: HEADINGS[column][0] for column in dict.fromkeys((*DEEDS, *HOUSEHOLDS, *OPENINGS, *STOCK, *REDEMPTIONS))}

# By column, the codes of all errors that speak of it.
CODES: dict[str, str] = {
    "household": "unknown-account already-enrolled opening-exists invalid-code",
    "member": "unknown-resident ambiguous-resident resident-required",
    "activity": "unknown-activity",
    "sign": "wrong-sign sign-required",
    "minutes": "unexpected-minutes",
    "level": "unknown-level unexpected-level",
    "quantity": (
        "unexpected-quantity invalid-number not-positive too-many-decimals amount-too-large worth-nothing limit-reached"
    ),
    "started_at": "invalid-time",
    "on": "invalid-date future-date before-first-period other-period rule-silent",
    "remark": "invalid-text",
    "item": "unknown-item not-stocked",
    "shop": "unknown-shop",
    "no": "repeated-number row-left-out",
}
COLUMN_OF = {code: column for column, codes in CODES.items() for code in codes.split()}


def bare(kind: type[PointsLedgerError]) -> PointsLedgerError:
    """Return an error that names no column."""
    error = kind.__new__(kind)
    error.data = {}
    return error


@pytest.mark.parametrize("code", sorted(COLUMN_OF))
def test_an_error_is_told_in_its_column(code: str) -> None:
    """Each error that a row can meet is shown under the heading that the sheet itself gives the column."""
    kind = next(kind for kind in vars(errors).values() if isinstance(kind, type) and getattr(kind, "code", "") == code)
    assert RowFault(3, ANY[COLUMN_OF[code]], (error := bare(kind))) == row_fault(3, ANY, error)
    # Of these some errors speak in a sheet that has no other.
    others = {COLUMN_OF[code], "best_before", "collector", "pieces"}
    without = {column: heading for column, heading in ANY.items() if column not in others}
    assert RowFault(3, "", error) == row_fault(3, without, error), "a sheet without the column has no place for it"


def test_no_column_of_an_error_is_left_out() -> None:
    """The table holds these errors and no other."""
    assert set(COLUMN_OF) == {kind.code for kind in _COLUMNS_OF}


def test_a_date_that_is_not_the_deed_s_is_found() -> None:
    """In a list of goods the only date is the one before which they are best."""
    goods = {column: ANY[column] for column in STOCK}
    assert "保质期" == row_fault(2, goods, bare(errors.InvalidDate)).column


def test_who_is_meant_among_two_may_be_a_collector() -> None:
    """In a sheet of redemptions the only member is the one who collected."""
    goods = {column: ANY[column] for column in REDEMPTIONS}
    assert "领取人" == row_fault(2, goods, bare(errors.AmbiguousResident)).column


@pytest.mark.parametrize(
    ("data", "column"),
    [
        ({"name": "points"}, "期初积分"),
        ({"name": "operator"}, "审核人"),
        ({"name": "nowhere"}, "数量"),
        ({"field": "remark"}, "备注"),
        ({"field": "items"}, "商品"),
        ({"field": "collector_name"}, "领取人"),
        ({"field": "cash_fen"}, "现金"),
        ({"field": "account"}, "户号"),
        ({"field": "resident"}, "姓名"),
        ({"column": "备注"}, "备注"),
    ],
)
def test_an_error_that_names_its_column_is_believed(data: dict[str, str], column: str) -> None:
    """What an error says of itself goes before what is usual for its kind."""
    error = bare(NotPositive)
    error.data = data
    assert column == row_fault(2, ANY, error).column


def test_rows_are_counted_and_not_faults() -> None:
    """Two faults of one row are one row, and each row that is gone from the sheet is one."""
    faults = [RowFault(line, "", MissingCell(column="日期")) for line in (2, 2, 3, 0, 0)]
    assert 4 == faulty_rows(faults)
