"""Redemption cells: what each cell of a row of goods that changed hands says, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from pointsledger.decisions.shops import shop_on
from pointsledger.decisions.stocking import priced
from pointsledger.rules import chart
from pointsledger.rules.said import DEAREST_FEN, MOST_PIECES
from pointsledger.sheets.cells import Cells
from pointsledger.values.points import FEN_DECIMALS, scaled

_NOTHING = re.compile(r"0+(\.0+)?")


class RedemptionCells(Cells):
    """The cells of an item that was redeemed."""

    def item(self, on: str) -> str:
        """Return the code of the item, or what is written if the price list of the day has none.

        Raises:
            MissingCell, InvalidText: if there is none.

        """
        return self._posting.item(self._row.need("item"), on)

    def pieces(self) -> int:
        """Return how many pieces.

        Raises:
            MissingCell, InvalidNumber, TooManyDecimals, NotPositive, AmountTooLarge: if it is no number of pieces.

        """
        return scaled(self._row.need("pieces"), 0, name="pieces", limit=MOST_PIECES)

    def shop(self, on: str) -> str | None:
        """Return the code of the shop, or None where none is named.

        Raises:
            UnknownShop, InvalidText: if it can be none.

        """
        shop = self._row.get("shop")
        return None if shop is None else self._posting.shop(shop, on)

    def cash_fen(self) -> int | None:
        """Return the cash that is noted, in fen; a column filled with zeros says that none was paid.

        Raises:
            InvalidNumber, TooManyDecimals, NotPositive, AmountTooLarge: if it is no sum in yuan.

        """
        cash = self._row.get("cash")
        if cash is None or _NOTHING.fullmatch(unicodedata.normalize("NFKC", cash)):
            return None
        return scaled(cash, FEN_DECIMALS, name="cash", limit=DEAREST_FEN)

    def _steps(self) -> Sequence[Callable[[], object]]:
        return (
            self.number,
            self._possible_day,
            self._account,
            self._priced,
            self.pieces,
            self._collector,
            self._given_at,
            self.cash_fen,
            self._remark,
        )

    def _priced(self) -> None:
        on = self._ruled_on()
        priced(self._posting.state, self.item(on), on)

    def _given_at(self) -> None:
        on = self._ruled_on()
        shop_on(self._posting.state, self.shop(on) or chart.MAIN, on)

    def _collector(self) -> None:
        collector = self._row.get("collector")
        if collector is not None:
            self._posting.register.collector(self._account(), collector)
