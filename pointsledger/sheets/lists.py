"""Lists: the register of households, and what a paper book held, read from a sheet; all of it or nothing.

Doing it twice changes nothing: each row goes under a request id made of what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pointsledger.acts import Acts
from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.errors import (
    EnrolledOtherwise,
    ListedTwice,
    NamedTwice,
    NamesRunTogether,
    OpeningExists,
    PointsLedgerError,
    RequestConflict,
    StorageError,
)
from pointsledger.posting import Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.register import parse_code, parse_text
from pointsledger.rules import chart
from pointsledger.rules.named import lookup_key
from pointsledger.sheets.row_faults import RowFault, row_fault, sheet_faulty
from pointsledger.sheets.sheet import HOUSEHOLDS, OPENINGS, STOCK, Sheet, SheetRow, read_sheet
from pointsledger.values.points import FEN_DECIMALS, scaled

_BETWEEN_NAMES = str.maketrans("，,；;", "、、、、")
_SEVERAL = re.compile(r"[\u4e00-\u9fff]{2,3}(?:\s+[\u4e00-\u9fff]{2,3})+")
"""Two names or more with nothing but a space between; 王 芳, spaced to the width of three, is one."""


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a list did: ``posted`` rows are new, ``unchanged`` stood already.

    Where openings were posted after their month ``period`` was closed, they count in the open month ``counts_in``.
    """

    rows: int
    posted: int
    unchanged: int
    period: str = ""
    counts_in: str = ""


def enrol_list(acts: Acts, posting: Posting, file: str | Path) -> ListReport:
    """Enrol every household of a sheet: household, head, and perhaps group and members (separated by 、 or commas)."""
    sheet = read_sheet(file, HOUSEHOLDS, ("household", "head"))
    posting.register.load()

    def enrol(row: SheetRow) -> Receipt:
        code, head = parse_code(row.need("household"), "household"), parse_text(row.need("head"), "member")
        written = (row.get("members") or "").translate(_BETWEEN_NAMES).split("、")
        members = [name.strip() for name in written if name.strip()]
        _check_names(code, [head, *members])
        return acts.enrol(
            code,
            head=head,
            group=row.get("group"),
            members=members,
            request=f"enrol/{posting.register.newcomer(HOUSEHOLD, code, head).id}",
            remark=row.get("remark"),
        )

    def enrol_or_tell(row: SheetRow) -> Receipt:
        try:
            return enrol(row)
        except RequestConflict as error:
            field, seq = error.data["field"], error.data["seq"]
            raise EnrolledOtherwise(account=row.need("household"), field=field, seq=seq) from None

    return _every(sheet, enrol_or_tell)


def _check_names(household: str, names: list[str]) -> None:
    """See that nobody stands twice in a household, and no two people as one: the register is for ever.

    Raises:
        NamedTwice, NamesRunTogether: if somebody does.

    """
    seen: set[str] = set()
    for name in names:
        if _SEVERAL.fullmatch(name):
            raise NamesRunTogether(resident=name, field="members" if seen else "head")
        if lookup_key(name) in seen:
            raise NamedTwice(resident=name, account=household, field="members")
        seen.add(lookup_key(name))


def opening_list(acts: Acts, posting: Posting, file: str | Path) -> ListReport:
    """Bring forward the points of every household on a sheet: household, points."""
    sheet = read_sheet(file, OPENINGS, OPENINGS[:2])
    posting.register.load()

    def bring(row: SheetRow) -> Receipt:
        code, points = row.need("household"), row.need("points")
        standing = posting.state.account(posting.register.household(code)).opening_seq
        if not standing:
            return acts.bring_forward(code, points, remark=row.get("remark"))
        record = posting.state.record(standing)
        if record.said["points"] != scaled(points, posting.state.settings.decimals):
            raise OpeningExists(account=code, seq=standing)
        return posting.receipt(record, repeated=True)

    return _told_late(posting, _every(sheet, bring))


def opening_stock_list(acts: Acts, posting: Posting, file: str | Path) -> ListReport:
    """Bring forward the goods on a sheet: item, pieces, and perhaps cost of one in yuan, best-before date and shop."""
    sheet = read_sheet(file, STOCK, STOCK[:2])

    def bring(row: SheetRow) -> Receipt:
        item, best_before = row.need("item"), row.day("best_before") if row.get("best_before") else None
        shop = posting.shop(row.need("shop")) if row.get("shop") else chart.MAIN
        place = "" if shop == chart.MAIN else f"/{shop}"
        cost = scaled(row.need("unit_cost"), FEN_DECIMALS, name="unit_cost") if row.get("unit_cost") else 0
        return acts.bring_forward_stock(
            item,
            row.need("pieces"),
            unit_cost_fen=cost,
            best_before=best_before,
            shop=shop,
            request=f"opening-stock/{posting.item(item)}/{best_before or ''}{place}",
            remark=row.get("remark"),
        )

    return _told_late(posting, _every(sheet, bring))


def _told_late(posting: Posting, report: ListReport) -> ListReport:
    """Return a report of openings with the months that matter, where the book's first is closed already."""
    first, open_month = posting.state.settings.first_period, posting.state.first_open
    late = report.posted and first < open_month
    return replace(report, period=first, counts_in=open_month) if late else report


def _every(sheet: Sheet, act: Callable[[SheetRow], Receipt]) -> ListReport:
    """Post every row; if any cannot be, raise with all faults, and the caller's transaction is dropped."""
    faults = list(sheet.torn)
    receipts: list[Receipt] = []
    line_of: dict[int, int] = {}
    for row in sheet.rows:
        try:
            receipt = act(row)
            first = line_of.setdefault(receipt.seq, row.line)
            if first != row.line:
                faults.append(RowFault(row.line, "", ListedTwice(first=first)))
            receipts.append(receipt)
        except StorageError:
            raise
        except PointsLedgerError as error:
            twice = line_of.get(error.data.get("seq", 0))  # a record of this very list, which nobody will find
            told = ListedTwice(first=twice) if twice else error
            faults.append(row_fault(row.line, sheet.headings, told))
    if faults:
        raise sheet_faulty(sheet.file, faults)
    posted = sum(not receipt.repeated for receipt in receipts)
    return ListReport(len(receipts), posted, len(receipts) - posted)
