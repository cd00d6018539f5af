"""The form of redemptions: goods that were handed over on paper, an item a row.

Rows of one number are one redemption; so a household that took three things is one line in its statement, and a cell
for who collected, the shop or the remark need not be filled in thrice. Cash of several rows adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pointsledger.decisions.redeeming import REDEEM
from pointsledger.errors import NumberShared
from pointsledger.exchanges import chosen, collected, shop_meant
from pointsledger.posting import Posting
from pointsledger.rules.said import DEAREST_FEN
from pointsledger.sheets.forms import Form, Line, Row
from pointsledger.sheets.redemption_cells import RedemptionCells
from pointsledger.sheets.sheet import REDEMPTIONS, SheetRow
from pointsledger.values.points import scaled
from pointsledger.values.records import Record

_CONTENT = ("pieces", "collector", "shop", "cash", "remark")


@dataclass(frozen=True, slots=True)
class ItemLine(Line):
    """A row of a redemption: so many pieces of an item.

    ``collector`` is a member's id or anybody's name, empty for the household's head, and None where nobody is named.
    """

    account: str
    on: str
    item: str
    pieces: int
    shop: str | None
    collector: dict[str, str] | None
    cash_fen: int


class RedemptionForm(Form[ItemLine]):
    """A market day's redemptions."""

    columns: ClassVar[Sequence[str]] = REDEMPTIONS
    required: ClassVar[Sequence[str]] = REDEMPTIONS[1:5]
    kinds: ClassVar[frozenset[str]] = frozenset({REDEEM})
    titled = "兑换"
    shares_numbers = True

    def cells(self, posting: Posting, row: SheetRow, period: str | None) -> RedemptionCells:
        """Return the cells of an item."""
        return RedemptionCells(posting, row, period)

    def line(self, posting: Posting, row: SheetRow, period: str | None) -> ItemLine:
        """Read an item: it is known by household, item and day."""
        cells = self.cells(posting, row, period)
        on = cells.day()
        account = posting.register.household(row.need("household"))
        item, pieces, shop = cells.item(on), cells.pieces(), cells.shop(on)
        texts: dict[str, str | None] = {}
        told_of = row.get("collector")
        told = collected(posting, account, told_of, cells.cash_fen(), texts)
        named = {"collector": told["collector"], "collector_name": texts.get("collector_name")}
        return ItemLine(
            sheet_row=row,
            base=f"{account}/{item}/{on}",
            content=tuple(row.get(name) or "" for name in _CONTENT),
            number=cells.number(),
            account=account,
            on=on,
            item=item,
            pieces=pieces,
            shop=shop,
            collector=None if told_of is None else {name: value for name, value in named.items() if value},
            cash_fen=told["cash_fen"] or 0,
        )

    def clash(self, first: ItemLine, other: ItemLine) -> NumberShared | None:
        """Return what makes two rows of one number two redemptions, if anything does."""
        differing = {
            "household": first.account != other.account,
            "on": first.on != other.on,
            "shop": None not in (first.shop, other.shop) and first.shop != other.shop,
            "collector": None not in (first.collector, other.collector) and first.collector != other.collector,
        }
        field = next((field for field, differs in differing.items() if differs), None)
        return None if field is None else NumberShared(first=first.at, number=other.number, field=field)

    def row(self, key: str, lines: Sequence[ItemLine]) -> Row:
        """Return the redemption of the items under a key; it is the same in whatever order they stand."""
        lines = sorted(lines, key=lambda line: (line.item, line.content))
        first = lines[0]
        shop = next((line.shop for line in lines if line.shop), None)
        collector = next((line.collector for line in lines if line.collector is not None), {})
        remarks = dict.fromkeys(remark for line in lines if (remark := line.sheet_row.get("remark")))
        texts = {"remark": "；".join(remarks)} if remarks else {}
        pieces: dict[str, int] = {}
        for line in lines:
            pieces[line.item] = pieces.get(line.item, 0) + line.pieces
        cash = sum(line.cash_fen for line in lines)

        def said(posting: Posting) -> dict[str, Any]:
            return {
                "account": first.account,
                "items": chosen(posting, pieces, first.on),
                "shop": shop_meant(posting, shop),
                "collector": collector.get("collector"),
                "cash_fen": scaled(cash, 0, name="cash_fen", limit=DEAREST_FEN) if cash else None,
                "on": first.on,
                "handed_over": 1,
            }

        return Row(
            sheet_rows=[line.sheet_row for line in sorted(lines, key=lambda line: line.at)],
            kind=REDEEM,
            key=key,
            place=(first.account, "", "", first.on),
            texts=texts | {name: value for name, value in collector.items() if name == "collector_name"},
            said=said,
        )

    def points(self, record: Record) -> int:
        """Return what the goods cost, which is taken."""
        return -int(record.decided["points"])
