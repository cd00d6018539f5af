"""Funds: the money of the shop, what comes in and what is paid; and rewards: goods or money without points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from pointsledger.decisions.funding import DONATION, FUND_IN, FUND_OUT, GIVERS, GOVERNMENT, GRANT, NATURES
from pointsledger.decisions.rewarding import GROUNDS, RECIPIENTS, REWARD
from pointsledger.errors import InvalidSetting, NotAList, OptionRequired
from pointsledger.posting import LONGEST_REMARK, Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.register import parse_text
from pointsledger.rules.said import LONGEST_GROUP, MOST_PIECES
from pointsledger.stores import number_said, shop_said
from pointsledger.values.calendar import Day
from pointsledger.values.points import FEN_DECIMALS, Amount, scaled

_GIVERS_ZH = "government（政府）、villagers（村民）或 society（社会）"
_NATURES_ZH = "grant（拨款）或 donation（捐赠）"
_RECIPIENTS_ZH = "household（户）、group（组）或 organisation（单位）"
_GROUNDS_ZH = "title（荣誉称号）、rank（排名）或 acceptance（验收）"


class Funds(ABC):
    """What is done with the money of the shop."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def fund_in(
        self,
        fund: str,
        amount: Amount,
        *,
        source: str,
        kind: str | None = None,
        reference: str | None = None,
        donor: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Enter ``amount`` yuan that a fund was given.

        ``source`` is ``government``, ``villagers`` or ``society``; ``kind`` is ``grant`` or ``donation``, a grant where
        it comes from the government unless it is said. ``reference`` is the number of the document, never a name: it
        stands in the journal. ``donor`` is free text, kept beside it.

        Raises:
            UnknownFund: if the rule book in force on that day declares no such fund.
            InvalidSetting: for another source or kind.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                day = posting.day(on)
                usual = GRANT if source == GOVERNMENT else DONATION
                return _money(posting, fund, amount, reference, day) | {
                    "giver": _one_of(GIVERS, source, "source", _GIVERS_ZH),
                    "nature": _one_of(tuple(NATURES), usual if kind is None else kind, "form of income", _NATURES_ZH),
                }

            return posting.act(FUND_IN, said, by=by, request=request, texts={"remark": remark, "donor": donor})

    def fund_out(
        self,
        fund: str,
        amount: Amount,
        *,
        purpose: str,
        reference: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Pay ``amount`` yuan from a fund for something that is neither goods for the shop nor a reward.

        ``purpose`` says for what, in the same few words each time (``电费``), since it is a heading of the books; like
        ``reference`` it stands in the journal, cannot be erased there, and so is to name no person.

        Raises:
            UnknownFund: if the rule book in force on that day declares no such fund.
            FundShort: if it does not hold so much.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                day = posting.day(on)
                for_what = parse_text(purpose, "purpose", LONGEST_GROUP)
                return _money(posting, fund, amount, reference, day) | {"purpose": for_what}

            return posting.act(FUND_OUT, said, by=by, request=request, texts={"remark": remark})

    def reward(
        self,
        to: str,
        *,
        ground: str,
        role: str = RECIPIENTS[0],
        goods: Mapping[str, Amount] | None = None,
        amount: Amount | None = None,
        fund: str | None = None,
        shop: str | None = None,
        reference: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Give goods or money without points: from a shop's shelf, and ``amount`` yuan from a ``fund``.

        ``to`` is a household by its code or, as ``role`` says, a ``group`` or an ``organisation`` by its name; that of
        an organisation is kept beside the journal. ``ground`` is what it is for: a ``title``, a ``rank`` or an
        ``acceptance``; ``reference`` is the number of the decision on it.

        Raises:
            NothingRewarded: if it is neither goods nor money.
            UnknownAccount, UnknownGroup, UnknownFund: if whom or what is named is not there.
            UnknownShop, UnknownItem, NotStocked: the same of the goods.
            OutOfStock, FundShort: if shelf or fund do not hold so much.
            InvalidSetting, OptionRequired: for another ground or role, or money without a fund.

        """
        recipient = _one_of(RECIPIENTS, role, "role", _RECIPIENTS_ZH)
        organisation = parse_text(to, "organisation", LONGEST_REMARK) if recipient == "organisation" else None
        texts = {"remark": remark, "organisation": organisation}
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                day = posting.day(on)
                if amount is not None and fund is None:
                    raise OptionRequired(
                        option="a fund (fund, --fund)",
                        option_zh="基金（fund、--fund）",
                        instead="since money comes from one",
                        instead_zh="资金须出自某一基金",
                    )
                if fund is not None and amount is None:
                    raise OptionRequired(
                        option="an amount (amount, --amount)",
                        option_zh="金额（amount、--amount）",
                        instead="since a fund was named",
                        instead_zh="因为已写明基金",
                    )
                return {
                    "household": posting.register.household(to) if recipient == "household" else None,
                    "group": posting.register.group(to) if recipient == "group" else None,
                    "ground": _one_of(GROUNDS, ground, "ground", _GROUNDS_ZH),
                    "items": None if goods is None else _given(posting, goods) or None,
                    "shop": shop_said(posting, shop),
                    "fund": None if fund is None else posting.fund(fund, day),
                    "fen": None if amount is None else _fen(amount),
                    "reference": None if reference is None else number_said(reference, "reference"),
                    "on": day,
                }

            return posting.act(REWARD, said, by=by, request=request, texts=texts)


def _money(posting: Posting, fund: str, amount: Amount, reference: str | None, day: str | None) -> dict[str, Any]:
    """Return what is said of money that comes into a fund or goes out of it."""
    return {
        "fund": posting.fund(fund, day),
        "fen": _fen(amount),
        "reference": None if reference is None else number_said(reference, "reference"),
        "on": day,
    }


def _fen(amount: Amount) -> int:
    return scaled(amount, FEN_DECIMALS, name="amount")


def _one_of(allowed: tuple[str, ...], value: str, name: str, allowed_zh: str) -> str:
    if value not in allowed:
        raise InvalidSetting(name=name, value=value, allowed=", ".join(allowed), allowed_zh=allowed_zh)
    return value


def _given(posting: Posting, goods: Mapping[str, Amount]) -> list[dict[str, Any]]:
    """Return goods in the order of their codes; the same item under code and name is one."""
    if not isinstance(goods, Mapping):
        raise NotAList(
            name="goods", expected="a mapping of items to pieces", expected_zh="商品与数量的对照表", value=goods
        )
    wanted: dict[str, int] = {}
    for item, pieces in goods.items():
        code = posting.good(item)
        wanted[code] = wanted.get(code, 0) + scaled(pieces, 0, name="pieces", limit=MOST_PIECES)
        scaled(wanted[code], 0, name="pieces", limit=MOST_PIECES)
    return [{"item": code, "pieces": pieces} for code, pieces in sorted(wanted.items())]
