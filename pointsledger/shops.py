"""Shops: which a village has, and pausing one while it counts its goods or its keeper is away."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any

from pointsledger.decisions.shops import PAUSE, RESUME, pause_on
from pointsledger.posting import LONGEST_REMARK, Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.readings import ShopOpen
from pointsledger.reports.register import parse_text
from pointsledger.reports.statement_lines import texts_of
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock, Day, instant_text


class Shops(ABC):
    """What is done with the shops of a book, and what can be asked of them."""

    _clock: Clock

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one moment of the book."""

    def pause_shop(
        self,
        shop: str,
        *,
        reason: str,
        until: Day | None = None,
        by: str | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Pause a shop from now on: nobody can redeem, reserve or collect there.

        It ends after the day ``until``, or when it is resumed. Reservations go on living, and end on their day.

        Raises:
            UnknownShop: if the price list has no such shop.
            AlreadyPaused: if it is paused.
            InvalidSetting: if ``until`` is over.
            InvalidText: without a reason.

        """
        texts = {"reason": parse_text(reason, "reason", LONGEST_REMARK)}
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                return {"shop": posting.shop(shop), "until": posting.day(until)}

            return posting.act(PAUSE, said, by=by, request=request, texts=texts)

    def resume_shop(
        self, shop: str, *, by: str | None = None, request: str | None = None, remark: str | None = None
    ) -> Receipt:
        """End the pause of a shop before its day, or one that has none.

        Raises:
            UnknownShop: if there is no such shop.
            NotPaused: if it is not paused.

        """
        with self._posting() as posting:
            return posting.act(
                RESUME, lambda: {"shop": posting.shop(shop)}, by=by, request=request, texts={"remark": remark}
            )

    def shops(self) -> tuple[ShopOpen, ...]:
        """Return the shops that the price list of today has, in its order, and whether they are paused.

        Raises:
            RuleSilent: if no price list was adopted.

        """
        with self._reading() as transaction:
            state = transaction.state
            today = state.calendar.day_of_instant(instant_text(self._clock.now()))
            _, prices = state.price_list(today)
            found = []
            for shop in prices.shops:
                items = tuple(code for code in prices.items if shop.gives(code))
                pause = pause_on(state, shop.code, today)
                if pause is None:
                    found.append(ShopOpen(shop.code, shop.name, items))
                    continue
                reason = texts_of(transaction, pause.seq).get("reason", "")
                found.append(ShopOpen(shop.code, shop.name, items, pause.seq, pause.last_day, reason))
            return tuple(found)
