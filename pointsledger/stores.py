"""Stores: the goods of the shops, from the intake to the stocktake."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from pointsledger.decisions.shelving import STOCKTAKE, TRANSFER, WRITE_OFF
from pointsledger.decisions.stocking import BOUGHT, DONATED, INTAKE, SOURCES
from pointsledger.errors import InvalidSetting, NotAList, OptionsConflict
from pointsledger.posting import LONGEST_REMARK, Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.register import parse_text
from pointsledger.rules import chart
from pointsledger.rules.said import DEAREST_FEN, LONGEST_NUMBER, MOST_PIECES
from pointsledger.values.calendar import Day
from pointsledger.values.points import Amount, counted, scaled


class Stores(ABC):
    """What is done with the goods of the shops."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def bring_forward_stock(
        self,
        item: str,
        pieces: Amount,
        *,
        unit_cost_fen: int = 0,
        best_before: Day | None = None,
        shop: str | None = None,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Bring the pieces that lay on a shelf when the paper book ended into the first period.

        Raises:
            UnknownItem, NotStocked: if the price list has no such goods.
            UnknownShop: if the price list of the first day has no such shop.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                goods = _goods(posting, item, pieces, unit_cost_fen, best_before=best_before)
                return goods | {"shop": shop_said(posting, shop)}

            return posting.act("opening-stock", said, by=by, request=request, texts={"remark": remark})

    def stock_in(
        self,
        item: str,
        pieces: Amount,
        *,
        source: str = BOUGHT,
        unit_cost_fen: int = 0,
        best_before: Day | None = None,
        shop: str | None = None,
        fund: str | None = None,
        invoice: str | None = None,
        donor: str | None = None,
        wish: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Take goods onto the shelf; ``source`` is ``bought`` or ``donated``, ``unit_cost_fen`` the cost of a piece.

        With ``fund`` they are paid from it in the same record. ``invoice`` is the number of an invoice or of a gift,
        used once an item. Who gave them (``donor``) and for what (``wish``) is free text, kept beside the journal.

        Raises:
            UnknownItem, NotStocked: if the price list has no such goods.
            InvoiceUsed: if the item came in under that number before.
            UnknownFund, FundShort, CostRequired: if the fund cannot pay.
            InvalidSetting, OptionsConflict: for another source, or what does not go with it.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                _check_source(source, fund=fund, donor=donor, wish=wish)
                day = posting.day(on)
                return _goods(posting, item, pieces, unit_cost_fen, best_before=best_before, day=day) | {
                    "source": source,
                    "shop": shop_said(posting, shop),
                    "fund": None if fund is None else posting.fund(fund, day),
                    "invoice": None if invoice is None else _invoice(invoice),
                    "on": day,
                }

            texts = {"remark": remark, "donor": donor, "wish": wish}
            return posting.act(INTAKE, said, by=by, request=request, texts=texts)

    def transfer_stock(
        self,
        item: str,
        pieces: Amount,
        *,
        from_shop: str,
        to_shop: str,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Move pieces from one shop's shelf to another's, soonest best-before first; they keep their cost and date.

        Raises:
            UnknownItem, NotStocked: if no price list has such goods.
            OutOfStock: if the shelf has not so many that are promised to nobody.
            InvalidSetting: if both are one shop.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                shops = {"from_shop": posting.shop(from_shop), "to_shop": posting.shop(to_shop)}
                return _pieces_of(posting, item, pieces) | shops | {"on": posting.day(on)}

            return posting.act(TRANSFER, said, by=by, request=request, texts={"remark": remark})

    def write_off(
        self,
        item: str,
        pieces: Amount,
        *,
        reason: str,
        shop: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Take pieces off the shelf that are spoiled, broken or gone, soonest best-before first.

        Raises:
            UnknownItem, NotStocked: if no price list has such goods.
            OutOfStock: if the shelf has not so many that are promised to nobody.
            InvalidText: without a reason.

        """
        texts = {"remark": remark, "reason": parse_text(reason, "reason", LONGEST_REMARK)}
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                return _pieces_of(posting, item, pieces) | {"shop": shop_said(posting, shop), "on": posting.day(on)}

            return posting.act(WRITE_OFF, said, by=by, request=request, texts=texts)

    def stocktake(
        self,
        counts: Mapping[str, Amount],
        *,
        shop: str | None = None,
        reason: str | None = None,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Bring the book to what was counted on a shelf: what lacks is written off, what is more was found.

        ``counts`` says how many pieces of each item lie there, what is reserved included; items that are not named stay
        as they are. It is of now, so that nothing that changed hands since the count makes a difference: enter it
        before the shop opens again.

        Raises:
            ReasonRequired: if a count differs from the book and no reason is given.
            CountBelowReserved: if fewer were counted than are reserved.
            NothingCounted, NegativeCount, UnknownItem, NotStocked: if a count is none.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                return {"counts": _counts(posting, counts), "shop": shop_said(posting, shop)}

            texts = {"remark": remark, "reason": reason}
            return posting.act(STOCKTAKE, said, by=by, request=request, texts=texts)


def shop_said(posting: Posting, shop: str | None) -> str | None:
    """Return the code of a shop that is not the one that is meant anyway."""
    if shop is None:
        return None
    code = posting.shop(shop)
    return None if code == chart.MAIN else code


def number_said(value: str, name: str) -> str:
    """Return the number of a document as it is written, full-width signs made plain."""
    text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
    return parse_text(text, name, LONGEST_NUMBER)


def _invoice(value: str) -> str:
    """Return the number of an invoice or a gift: small letters and spaces make no difference to it."""
    return parse_text("".join(number_said(value, "invoice").upper().split()), "invoice", LONGEST_NUMBER)


def _check_source(source: str, *, fund: str | None, donor: str | None, wish: str | None) -> None:
    """See that goods come from somewhere, and that what is said beside it goes with it."""
    if source not in SOURCES:
        raise InvalidSetting(
            name="source", value=source, allowed=" or ".join(SOURCES), allowed_zh="bought（购买）或 donated（捐赠）"
        )
    if source == DONATED and fund is not None:
        raise OptionsConflict(option="a fund", beside="goods that were given")
    for option, given in (("a donor", donor), ("a wish", wish)):
        if source == BOUGHT and given is not None:
            raise OptionsConflict(option=option, beside="goods that were bought")


def _goods(
    posting: Posting,
    item: str,
    pieces: Amount,
    unit_cost_fen: int,
    *,
    best_before: Day | None,
    day: str | None = None,
) -> dict[str, Any]:
    """Return what is said of goods that come onto the shelf."""
    free = type(unit_cost_fen) is int and not unit_cost_fen
    return {
        "item": posting.item(item, day),
        "pieces": scaled(pieces, 0, name="pieces", limit=MOST_PIECES),
        "unit_cost_fen": None if free else scaled(unit_cost_fen, 0, name="unit_cost_fen", limit=DEAREST_FEN),
        "best_before": posting.day(best_before),
    }


def _pieces_of(posting: Posting, item: str, pieces: Amount) -> dict[str, Any]:
    """Return what is said of goods that are on a shelf already."""
    return {"item": posting.good(item), "pieces": scaled(pieces, 0, name="pieces", limit=MOST_PIECES)}


def _counts(posting: Posting, counts: Mapping[str, Amount]) -> list[dict[str, Any]]:
    """Return counts in the order of the items' codes; the same item under code and name is counted together."""
    if not isinstance(counts, Mapping):
        raise NotAList(
            name="counts", expected="a mapping of items to pieces", expected_zh="商品与数量的对照表", value=counts
        )
    found: dict[str, int] = {}
    for item, pieces in counts.items():
        code = posting.good(item)
        found[code] = found.get(code, 0) + counted(pieces, name=code, limit=MOST_PIECES)
        counted(found[code], name=code, limit=MOST_PIECES)
    return [{"item": code, "pieces": pieces} for code, pieces in sorted(found.items())]
