"""Exchanges: points for goods, from the reservation to the refund."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from pointsledger.decisions.redeeming import REDEEM
from pointsledger.decisions.refunding import REFUND
from pointsledger.decisions.reserving import (
    CANCEL,
    CAUSES,
    HAND_OVER,
    RESERVE,
    RESIDENT,
    begun_in,
    redemption_in,
    unreversed,
)
from pointsledger.errors import InvalidNumber, InvalidSetting, NotAList, OptionsConflict
from pointsledger.posting import Posting
from pointsledger.receipts import Receipt
from pointsledger.rules import chart
from pointsledger.rules.said import DEAREST_FEN, MOST_PIECES
from pointsledger.values.calendar import Day
from pointsledger.values.points import Amount, record_number, scaled


class Exchanges(ABC):
    """What the shop does: goods for points, at once or in two steps, and back."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def redeem(
        self,
        household: str,
        items: Mapping[str, Amount],
        *,
        shop: str | None = None,
        collector: str | None = None,
        cash_fen: int | None = None,
        handed_over: bool = False,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Exchange points for goods and hand them over, at the prices in force on ``on``.

        ``items`` says how many pieces of each item, by code or name; ``collector`` is who took them, a member by name
        or code or anybody else by name, if it was not the head; ``cash_fen`` was paid beside the points, and is noted.
        With ``handed_over`` it has happened already, on paper: it is recorded as it was, and what it lacks in points
        becomes arrears, what it lacks on the shelf an intake that nobody explained.

        Raises:
            InsufficientPoints: if the household cannot pay.
            OutOfStock: if a piece is not on the shelf.
            NothingChosen, UnknownItem, UnknownAccount: if something is missing or not there.

        """
        texts = {"remark": remark}
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                account = posting.register.household(household)
                day = posting.day(on)
                if flag(handed_over, "handed_over") and day is None:
                    day = posting.today()
                order = {"account": account, "items": chosen(posting, items, day), "shop": shop_meant(posting, shop)}
                told = collected(posting, account, collector, cash_fen, texts)
                return order | told | {"on": day, "handed_over": 1 if handed_over else None}

            return posting.act(REDEEM, said, by=by, request=request, texts=texts, household=household, on=on)

    def reserve(
        self,
        household: str,
        items: Mapping[str, Amount],
        *,
        shop: str | None = None,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Promise goods for points, at today's prices; both are held until they change hands or the reservation ends.

        Raises:
            InsufficientPoints: if the household cannot pay.
            OutOfStock: if a piece is not on the shelf.
            NothingChosen, UnknownItem, UnknownAccount: if something is missing or not there.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                account = posting.register.household(household)
                return {"account": account, "items": chosen(posting, items, None), "shop": shop_meant(posting, shop)}

            texts = {"remark": remark}
            return posting.act(RESERVE, said, by=by, request=request, texts=texts, household=household)

    def hand_over(
        self,
        redemption: int,
        *,
        collector: str | None = None,
        cash_fen: int | None = None,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Hand over what record ``redemption`` reserved: now the points and the goods change hands.

        Done again without a request id, it is the same hand-over and gives the same receipt.

        Raises:
            NotAReservation, InvalidState: if nothing is reserved there, or not any more.

        """
        texts = {"remark": remark}
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                # Named by its request id, an earlier act is what it was; without one, it has to be one that stands.
                find = unreversed if request is None else begun_in
                account = find(posting.state, redemption).account
                return {"redemption": redemption} | collected(posting, account, collector, cash_fen, texts)

            return posting.once(HAND_OVER, _seq(redemption), said, by=by, request=request, texts=texts)

    def cancel(
        self,
        redemption: int,
        *,
        cause: str = RESIDENT,
        reason: str | None = None,
        by: str | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Cancel what record ``redemption`` reserved; points and goods are free again.

        ``cause`` is ``resident``, ``shop`` or ``force_majeure``: points that lapsed while they were held lapse at once,
        unless it was not the resident, who then has some days of grace. Done again without a request id, it gives the
        same receipt.

        Raises:
            NotAReservation, InvalidState: if nothing is reserved there, or not any more.
            InvalidSetting: for another cause.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                return {"redemption": redemption, "cause": _cause(cause)}

            return posting.once(CANCEL, _seq(redemption), said, by=by, request=request, texts={"reason": reason})

    def refund(
        self,
        redemption: int,
        items: Mapping[str, Amount] | None = None,
        *,
        points: Amount | None = None,
        returned: bool = True,
        cause: str = RESIDENT,
        reason: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
    ) -> Receipt:
        """Give points of record ``redemption`` back: for pieces of ``items``, so many ``points``, or all that is left.

        The pieces go back on the shelf unless they were not ``returned``. The points go back to their lots, in the
        reverse order of their consumption; those that lapsed meanwhile lapse at once, or, where ``cause`` is ``shop``
        or ``force_majeure``, come back for some days of grace.

        Raises:
            NotARedemption, NotRedeemed, InvalidState: if there is nothing to refund.
            OverRefund: if it is more than was spent and not refunded yet.
            InvalidSetting: for another cause.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                if items is not None and points is not None:
                    raise OptionsConflict(option="items", beside="points")
                day = posting.day(on)
                version = _price_list_of(posting, _seq(redemption))
                wanted = None if items is None else chosen(posting, items, None, version=version)
                amount = None if points is None else scaled(points, posting.state.settings.decimals)
                return {
                    "redemption": redemption,
                    "items": wanted,
                    "points": amount,
                    "returned": None if flag(returned, "returned") or points is not None else 0,
                    "cause": _cause(cause),
                    "on": day,
                }

            return posting.act(REFUND, said, by=by, request=request, texts={"reason": reason})


def _seq(redemption: int) -> int:
    if record_number(redemption, "redemption") < 1:
        raise InvalidNumber(name="redemption", value=redemption)
    return redemption


def _price_list_of(posting: Posting, seq: int) -> int | None:
    """Return the version of the price list by which a record exchanged or reserved something, if it did."""
    if redemption_in(posting.state, seq) is None:
        return None
    return int(posting.state.record(seq).decided["prices"])


def flag(value: object, name: str) -> bool:
    """Return a yes or no, of which no word is one: ``"no"`` would count as a yes.

    Raises:
        InvalidSetting: if it is neither.

    """
    if isinstance(value, bool):
        return value
    raise InvalidSetting(name=name, value=value, allowed="True or False", allowed_zh="True（是）或 False（否）")


def _cause(cause: str) -> str:
    if cause not in CAUSES:
        raise InvalidSetting(
            name="cause",
            value=cause,
            allowed=", ".join(CAUSES),
            allowed_zh="resident（居民）、shop（超市）或 force_majeure（不可抗力）",
        )
    return cause


def shop_meant(posting: Posting, shop: str | None) -> str | None:
    """Return the code of a shop that is not the one that is meant anyway."""
    if shop is None:
        return None
    code = posting.shop(shop)
    return None if code == chart.MAIN else code


def collected(
    posting: Posting, account: str, collector: str | None, cash_fen: int | None, texts: dict[str, str | None]
) -> dict[str, Any]:
    """Return who collected, and the cash that is noted; a name that nobody bears is one of the ``texts``, beside it."""
    found = "" if collector is None else posting.register.collector(account, collector)
    if found is None:
        texts["collector_name"] = collector
    cash = None if cash_fen is None else scaled(cash_fen, 0, name="cash_fen", limit=DEAREST_FEN)
    return {"collector": found or None, "cash_fen": cash}


def chosen(
    posting: Posting, items: Mapping[str, Amount], day: str | None, *, version: int | None = None
) -> list[dict[str, Any]]:
    """Return the items of a redemption in the order of their codes; the same one under code and name is one.

    Their names are those of the price list of ``day``, or of that ``version`` where it has them: a name may have gone
    to another item since.
    """
    if not isinstance(items, Mapping):
        raise NotAList(
            name="items", expected="a mapping of items to pieces", expected_zh="商品与数量的对照表", value=items
        )
    wanted: dict[str, int] = {}
    for item, pieces in items.items():
        code = posting.item(item, day, version)
        wanted[code] = wanted.get(code, 0) + scaled(pieces, 0, name="pieces", limit=MOST_PIECES)
        scaled(wanted[code], 0, name="pieces", limit=MOST_PIECES)
    return [{"item": code, "pieces": pieces} for code, pieces in sorted(wanted.items())]
