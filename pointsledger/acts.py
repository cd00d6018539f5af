"""The acts: one method each, the same options in the same order everywhere.

``by`` is the operator who records (``clerk:1``), ``on`` the day of the deed (today if left out), ``request``
an id chosen by the caller that makes repeating harmless, ``remark`` free text that stays out of the journal,
``approved_by`` the operators who approved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pointsledger.balance_secrets import secret_pin
from pointsledger.base_runs import bases_missing
from pointsledger.corrections import Corrections
from pointsledger.decisions.awarding import AWARD, DEDUCT
from pointsledger.decisions.closing import CLOSE, check_close
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.enrolling import HOUSEHOLD, RESIDENT
from pointsledger.deeds import Deed
from pointsledger.errors import NotAList
from pointsledger.exchanges import Exchanges
from pointsledger.funds import Funds
from pointsledger.period_audit import see_sound
from pointsledger.persons import Persons
from pointsledger.receipts import Receipt
from pointsledger.reports.register import Register, member_code, parse_code, parse_text, pin_of
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.rules.said import LONGEST_GROUP
from pointsledger.stores import Stores
from pointsledger.values.calendar import Day, parse_month
from pointsledger.values.points import Amount, scaled
from pointsledger.values.progress import Progress

TomlFile = str | Path
"""The path of a rule book or price list."""


class Acts(Corrections, Exchanges, Stores, Funds, Persons):
    """What can be done to a book; each act happens wholly and once, or not at all."""

    def adopt_rules(
        self, rulebook: TomlFile | RuleBook, *, by: str | None = None, request: str | None = None
    ) -> Receipt:
        """Adopt a rule book, from its TOML file or as read from one; it governs from its first day.

        Raises:
            RuleBookInvalid: with every fault of the file.

        """
        with self._posting() as posting:
            if not isinstance(rulebook, RuleBook):
                rulebook = RuleBook.from_file(rulebook, decimals=posting.state.settings.decimals)
            document = {"document": rulebook.to_said()}
            return posting.act(RULEBOOK, lambda: document, by=by, request=request)

    def adopt_prices(
        self, prices: TomlFile | PriceList, *, by: str | None = None, request: str | None = None
    ) -> Receipt:
        """Adopt a price list, from its TOML file or as read from one; the first one reaches back to the beginning.

        Raises:
            PriceListInvalid: with every fault of the file.

        """
        with self._posting() as posting:
            if not isinstance(prices, PriceList):
                prices = PriceList.from_file(prices, decimals=posting.state.settings.decimals)
            document = {"document": prices.to_said()}
            return posting.act(PRICES, lambda: document, by=by, request=request)

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
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                return _enrolment(posting.register, household, head, members, group)

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

            def said() -> dict[str, Any]:
                places = posting.state.settings.decimals
                return {"account": posting.register.household(household), "points": scaled(points, places)}

            texts = {"remark": remark}
            return posting.act("opening", said, by=by, request=request, texts=texts, household=household)

    def award(
        self,
        household: str,
        activity: str,
        *,
        quantity: Amount | None = None,
        minutes: Amount | None = None,
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
        """Give the points that the rule book in force on ``on`` says for a deed, as far as its limits allow.

        ``activity`` is its code or name; ``quantity`` counts its unit (times, heads, hours, pieces), 1 if left
        out; ``minutes`` of a service stand in place of hours; ``member`` is who earned it, by name or code; the
        start and end of a service are local times, and give its minutes where the activity says how to round them.

        Raises:
            UnknownAccount, UnknownResident, UnknownActivity, UnknownLevel: if something named is not there.
            LimitReached: if a limit refuses more, where the rule book says ``reject``.
            RuleSilent: if the rules say nothing of that day.
            RequestConflict: if ``request`` was used for another act.

        """
        deed = Deed(household, activity, quantity, level, member, started_at, ended_at, on, approved_by, minutes)
        return self._deed(AWARD, deed, by=by, request=request, remark=remark)

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
        deed = Deed(household, activity, quantity, level, member, None, None, on, approved_by)
        return self._deed(DEDUCT, deed, by=by, request=request, remark=remark)

    def _deed(self, kind: str, deed: Deed, *, by: str | None, request: str | None, remark: str | None) -> Receipt:
        with self._posting() as posting:
            said, texts = lambda: deed.said(posting), {"remark": remark}
            return posting.act(kind, said, by=by, request=request, texts=texts, household=deed.household, on=deed.on)

    def close(
        self,
        period: str,
        *,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
        progress: Progress | None = None,
    ) -> Receipt:
        """Close a month whose last day is over: what lapses with it leaves its accounts, and nothing more counts in it.

        A close is final. Months are closed one after another, and only if nothing in them is broken. Deeds that come
        late, and corrections, count in the open month for the closed one. Base points are no such thing: grant them
        before (``grant_base``); ``bases_missing`` of the receipt tells how many were due and not granted.

        Raises:
            NotAMonth, BeforeFirstPeriod: if it is no month, or lies before the book.
            PeriodNotOver, EarlierPeriodOpen, AlreadyClosed: if it is not this month's turn.
            PeriodBroken: if something in it is not what its records say.

        """
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                month = parse_month(period)
                if not posting.repeats:
                    check_close(posting.state, month, posting.today())
                    see_sound(posting.transaction, month, progress)
                return {"period": month, "secret": secret_pin(posting)}

            receipt = posting.act(CLOSE, said, by=by, request=request, texts={"remark": remark})
            return replace(receipt, bases_missing=bases_missing(posting, period))


def _enrolment(
    register: Register, household: str, head: str, members: Iterable[str], group: str | None
) -> dict[str, Any]:
    """Return what is said of a household; its people become newcomers where they are not known."""
    if isinstance(members, str):
        raise NotAList(name="members", expected="a list of names", expected_zh="姓名列表", value=members)
    code = parse_code(household, "household")
    names = [parse_text(name, "member") for name in (head, *members)]
    account = register.newcomer(HOUSEHOLD, code, names[0])
    residents = []
    for number, name in enumerate(names, start=1):
        resident = register.newcomer(RESIDENT, member_code(code, number), name, account.id)
        residents.append({"resident": resident.id, "pin": pin_of(resident)})
    return {
        "account": account.id,
        "pin": pin_of(account),
        "group": None if group is None else parse_text(group, "group", LONGEST_GROUP),
        "residents": residents,
    }
