"""Funds (积分兑换基金): what money there is for the shop, each with its purpose and what it may be spent on.

A rule book declares them in blocks ``[[fund]]``; nothing is entered into a fund that the book of the day does not
declare. Money spent on something else, or beyond a budget, is recorded all the same, since it is gone; the audit lists
it.

Worked example: a budget of 12,000.00 a year, of which 11,900.00 are spent. Another 150.00 are 50.00 beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pointsledger.rules.documents import refuse_twins, with_present
from pointsledger.rules.named import Named
from pointsledger.values.points import FEN_DECIMALS
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

PURCHASES = "purchases"
REWARDS = "rewards"
PAYMENTS = "payments"
USES = (PURCHASES, REWARDS, PAYMENTS)
"""What a fund may be spent on: goods for the shop, rewards, and whatever else is paid."""

BUDGET_SPANS = ("quarter", "year")

_DEAREST_YUAN = 1_000_000_000
_TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Fund(Named):
    """One fund: what it is for, what it may be spent on, and how much of it in each span, if that is limited."""

    purpose: str
    uses: tuple[str, ...] = USES
    budget_fen: int | None = None
    per: str | None = None

    def to_said(self) -> dict[str, Any]:
        """Return the fund as JSON values."""
        said: dict[str, Any] = {"code": self.code, "name": self.name, "purpose": self.purpose, "uses": list(self.uses)}
        return with_present(said, budget_fen=self.budget_fen, per=self.per)

    def beyond(self, before: int, fen: int) -> int:
        """Return how much of ``fen`` goes beyond the budget, ``before`` having been spent in the span."""
        if self.budget_fen is None:
            return 0
        return max(0, min(fen, before + fen - self.budget_fen))


def read_funds(root: Table) -> tuple[Fund, ...]:
    """Read the blocks ``[[fund]]``."""
    tables = root.tables("fund")
    funds = []
    for table in tables:
        table.only("code", "name", "purpose", "uses", "budget", "budget_fen", "per")
        budget = _read_budget(table)
        funds.append(
            Fund(
                code=table.code(),
                name=table.text("name"),
                purpose=table.text("purpose", _TEXT_LIMIT, lines=True),
                uses=_read_uses(table),
                budget_fen=budget,
                per=None if budget is None else table.choice("per", BUDGET_SPANS),
            )
        )
        if budget is None and "per" in table.values:
            table.fault(
                "per", Words("says how often a budget begins anew, and there is none", "没有预算而写了周期"), _BOTH
            )
    refuse_twins(tables, funds)
    return tuple(funds)


_BOTH = Words('budget = "12000.00" and per = "year", or neither', 'budget = "12000.00" 与 per = "year" 同写或都不写')


def _read_budget(table: Table) -> int | None:
    """Read a budget in yuan, or in fen."""
    if "budget_fen" in table.values:
        if "budget" in table.values:
            other = table.where("budget")
            wrong = Words(f"stands beside {other}", f"与 {other} 并列")
            table.fault("budget_fen", wrong, Words("one of the two", "二者只写一个"))
        return table.whole("budget_fen", least=1, most=_DEAREST_YUAN * 10**FEN_DECIMALS)
    return table.exact("budget", FEN_DECIMALS, _DEAREST_YUAN) if "budget" in table.values else None


def _read_uses(table: Table) -> tuple[str, ...]:
    """Read what a fund may be spent on, in the order of ``USES``; anything, unless it says so."""
    if "uses" not in table.values:
        return USES
    written = table.values["uses"]
    if isinstance(written, list) and written and all(written.count(use) == 1 and use in USES for use in written):
        return tuple(use for use in USES if use in written)
    named = ", ".join(f'"{use}"' for use in USES)
    wrong = Words(f"is {written}", f"写的是 {written}")
    table.fault("uses", wrong, Words(f"a list of {named}, each once", f"{named} 组成的列表，各写一次"))
    return ()


def of_code(funds: Iterable[Fund], code: str) -> Fund | None:
    """Return the fund of that code, if there is one."""
    return next((fund for fund in funds if fund.code == code), None)
