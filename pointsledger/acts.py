"""The acts: one method each, the same options in the same order everywhere.

``by`` is the operator who records (``clerk:1``), ``on`` the day of the deed (today if left out), ``request``
an id chosen by the caller that makes repeating harmless, ``remark`` free text that stays out of the journal,
``approved_by`` the operators who approved.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from pointsledger.calendar import Day
from pointsledger.catalog import PriceList
from pointsledger.deeds import Deed
from pointsledger.enrolling import HOUSEHOLD, RESIDENT
from pointsledger.errors import InvalidSetting
from pointsledger.points import Amount, scaled
from pointsledger.posting import Posting
from pointsledger.receipts import Receipt
from pointsledger.register import member_code, parse_code, parse_text, pin_of
from pointsledger.rulebook import RuleBook
from pointsledger.state import PRICES, RULEBOOK
from pointsledger.stocking import BOUGHT, SOURCES

Document = str | Path
"""The path of a TOML file."""


class Acts(ABC):
    """What can be done to a book; each act happens wholly and once, or not at all."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def adopt_rules(
        self, rulebook: Document | RuleBook, *, by: str | None = None, request: str | None = None
    ) -> Receipt:
        """Adopt a rule book, from its TOML file or as read from one; it governs from its first day.

        Raises:
            RuleBookInvalid: with every fault of the file.
            BeforeMandate: if it would govern days before it was decided.

        """
        with self._posting() as posting:
            if not isinstance(rulebook, RuleBook):
                rulebook = RuleBook.from_file(rulebook, decimals=posting.state.settings.decimals)
            return posting.act(RULEBOOK, {"document": rulebook.to_said()}, by=by, request=request)

    def adopt_prices(
        self, prices: Document | PriceList, *, by: str | None = None, request: str | None = None
    ) -> Receipt:
        """Adopt a price list, from its TOML file or as read from one; the first one reaches back to the beginning.

        Raises:
            PriceListInvalid: with every fault of the file.
            BeforeMandate: if it would govern days before it was decided.

        """
        with self._posting() as posting:
            if not isinstance(prices, PriceList):
                prices = PriceList.from_file(prices, decimals=posting.state.settings.decimals)
            return posting.act(PRICES, {"document": prices.to_said()}, by=by, request=request)

    def enrol(
        self,
        household: str,
        *,
        head: str,
        group: str | None = None,
        members: Iterable[str] = (),
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Open the account of a household; ``head`` is its first member, ``members`` are the others.

        Raises:
            AlreadyEnrolled: if the code is taken.
            InvalidCode, InvalidText: if a code or a name cannot be kept.

        """
        code = parse_code(household, "household")
        names = [parse_text(name, "member") for name in (head, *members)]
        with self._posting() as posting:
            register = posting.register
            account = register.newcomer(HOUSEHOLD, code, names[0])
            residents = []
            for number, name in enumerate(names, start=1):
                resident = register.newcomer(RESIDENT, member_code(code, number), name, account.id)
                residents.append({"resident": resident.id, "pin": pin_of(resident)})
            said = {
                "account": account.id,
                "pin": pin_of(account),
                "group": parse_text(group, "group", 32) if group else None,
                "residents": residents,
            }
            return posting.act("enrol", said, by=by, request=request, texts={"remark": remark})

    def bring_forward(
        self,
        household: str,
        points: Amount,
        *,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Bring the points that a household had in the paper book into the first period; they are never earned.

        Raises:
            UnknownAccount: if the household is not enrolled.
            OpeningExists: if its points were brought forward before.

        """
        with self._posting() as posting:
            said = {
                "account": posting.register.household(household),
                "points": scaled(points, posting.state.settings.decimals),
            }
            return posting.act("opening", said, by=by, request=request, texts={"remark": remark})

    def bring_forward_stock(
        self,
        item: str,
        pieces: Amount,
        *,
        unit_cost_fen: int = 0,
        best_before: Day | None = None,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Bring the pieces that lay on the shelf when the paper book ended into the first period.

        Raises:
            UnknownItem, NotStocked: if the price list has no such goods.

        """
        with self._posting() as posting:
            said = _goods(posting, item, pieces, unit_cost_fen, best_before)
            return posting.act("opening-stock", said, by=by, request=request, texts={"remark": remark})

    def award(
        self,
        household: str,
        activity: str,
        *,
        quantity: Amount | None = None,
        level: str | None = None,
        member: str | None = None,
        started_at: str | datetime | None = None,
        ended_at: str | datetime | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
        approved_by: Iterable[str] = (),
    ) -> Receipt:
        """Give the points that the rule book in force on ``on`` says for a deed, as far as its limit allows.

        ``activity`` is its code or name; ``quantity`` counts its unit (times, heads, hours, pieces), 1 if left
        out; ``member`` is who earned it, by name or code; the start and end of a service are local times.

        Raises:
            UnknownAccount, UnknownResident, UnknownActivity, UnknownLevel: if something named is not there.
            LimitReached: if the limit refuses more, where the rule book says ``reject``.
            RequestConflict: if ``request`` was used for another act.

        """
        deed = Deed(household, activity, quantity, level, member, started_at, ended_at, on, tuple(approved_by))
        with self._posting() as posting:
            return posting.act("award", deed.said(posting), by=by, request=request, texts={"remark": remark})

    def deduct(
        self,
        household: str,
        activity: str,
        *,
        quantity: Amount | None = None,
        level: str | None = None,
        member: str | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
        approved_by: Iterable[str] = (),
    ) -> Receipt:
        """Take the points that the rule book says for a breach; what is not there is owed (arrears).

        Raises:
            UnknownAccount, UnknownResident, UnknownActivity, UnknownLevel: if something named is not there.
            WrongSign: if the activity only awards.

        """
        deed = Deed(household, activity, quantity, level, member, None, None, on, tuple(approved_by))
        with self._posting() as posting:
            return posting.act("deduct", deed.said(posting), by=by, request=request, texts={"remark": remark})

    def stock_in(
        self,
        item: str,
        pieces: Amount,
        *,
        source: str = BOUGHT,
        unit_cost_fen: int = 0,
        best_before: Day | None = None,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Take goods onto the shelf; ``source`` is ``bought`` or ``donated``, ``unit_cost_fen`` the cost of a piece.

        Raises:
            UnknownItem, NotStocked: if the price list has no such goods.
            InvalidSetting: for another source.

        """
        if source not in SOURCES:
            raise InvalidSetting(name="source", value=source, allowed=" or ".join(SOURCES))
        with self._posting() as posting:
            said = _goods(posting, item, pieces, unit_cost_fen, best_before)
            said |= {"source": source, "on": posting.day(on)}
            return posting.act("intake", said, by=by, request=request, texts={"remark": remark})

    def redeem(
        self,
        household: str,
        items: Mapping[str, Amount],
        *,
        by: str | None = None,
        on: Day | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Exchange points for goods and hand them over, at the prices in force on ``on``.

        ``items`` says how many pieces of each item, by code or name.

        Raises:
            InsufficientPoints: if the household cannot pay.
            OutOfStock: if a piece is not on the shelf.
            NothingChosen, UnknownItem, UnknownAccount: if something is missing or not there.

        """
        with self._posting() as posting:
            day = posting.day(on)
            wanted: dict[str, int] = {}
            for item, pieces in items.items():
                code = posting.item(item, day)
                wanted[code] = wanted.get(code, 0) + scaled(pieces, 0, name="pieces")
            said = {
                "account": posting.register.household(household),
                "items": [{"item": code, "pieces": pieces} for code, pieces in sorted(wanted.items())],
                "on": day,
            }
            return posting.act("redeem", said, by=by, request=request, texts={"remark": remark})

    def reverse(self, seq: int, *, reason: str, by: str | None = None, request: str | None = None) -> Receipt:
        """Undo record ``seq`` exactly, once, in the open month.

        Raises:
            UnknownRecord, NotReversible, AlreadyReversed: if there is nothing to undo.
            AlreadySpent: if what the record brought is spent.

        """
        with self._posting() as posting:
            return posting.act("reverse", {"seq": seq}, by=by, request=request, texts={"reason": reason})


def _goods(posting: Posting, item: str, pieces: Amount, unit_cost_fen: int, best_before: Day | None) -> dict[str, Any]:
    """Return what is said of goods that come onto the shelf."""
    return {
        "item": posting.item(item),
        "pieces": scaled(pieces, 0, name="pieces"),
        "unit_cost_fen": scaled(unit_cost_fen, 0, name="unit_cost_fen") if unit_cost_fen else None,
        "best_before": posting.day(best_before),
    }
