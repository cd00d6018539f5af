"""Base grants (基础分): points that every account is given without a deed, once or anew in each span of time.

A base is spent like any other points, unless it is a ``floor`` (保底分): then it stands in the balance and nobody can
redeem it. It counts in no ranking, unless the rule book says ``ranked = true``: then it is part of what is earned.

Worked example (S-16): base 100 as a floor and 10 for a tidy yard are a balance of 110, of which 10 can be redeemed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pointsledger.rules.documents import refuse_twins, with_present
from pointsledger.rules.named import Named
from pointsledger.values.points import number_text
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table
    from pointsledger.rules.expiry import Expiry
    from pointsledger.rules.limits import Limit

BASE_SPANS = ("month", "quarter", "half", "year", "ever")
"""How often a base is granted; ``ever`` is once."""

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class BaseGrant(Named):
    """One base: so many points, in the smallest unit, for each account once in each span."""

    points: int
    per: str
    floor: bool = False
    ranked: bool = False
    text: str | None = None

    def to_said(self) -> dict[str, Any]:
        """Return the base as JSON values."""
        said: dict[str, Any] = {"code": self.code, "name": self.name, "points": self.points, "per": self.per}
        return with_present(said, floor=1 if self.floor else None, ranked=1 if self.ranked else None, text=self.text)


def read_bases(
    root: Table, decimals: int, expiry: Expiry, ceilings: Sequence[Limit], text_limit: int
) -> tuple[BaseGrant, ...]:
    """Read the blocks ``[[base]]``, and refuse what cannot be beside the expiry and the ceilings."""
    tables = root.tables("base")
    bases = []
    for table in tables:
        table.only("code", "name", "points", "per", "floor", "ranked", "text")
        bases.append(
            BaseGrant(
                code=table.code(),
                name=table.text("name"),
                points=table.points("points", decimals),
                per=table.choice("per", BASE_SPANS),
                floor=table.flag("floor", default=False),
                ranked=table.flag("ranked", default=False),
                text=table.optional_text("text", text_limit, lines=True),
            )
        )
    refuse_twins(tables, bases)
    _refuse_above(root, tables, bases, ceilings, decimals)
    _refuse_heaps(root, tables, bases, expiry)
    return tuple(bases)


def _refuse_above(
    root: Table, tables: Sequence[Table], bases: Sequence[BaseGrant], ceilings: Sequence[Limit], decimals: int
) -> None:
    """Refuse bases that alone go beyond what a ceiling lets through of them."""
    places = root.one_or_several("ceiling")
    for place, ceiling in zip(places, ceilings, strict=True):
        so_far = 0
        for table, one in zip(tables, bases, strict=True):
            so_far += one.points * _times_in(one.per, ceiling.per)
            if ceiling.with_base and ceiling.points and one.points and one.per and so_far > ceiling.points:
                key = f"{place.where('points')} {number_text(ceiling.points, decimals)}"
                shown = number_text(so_far, decimals)
                wrong = Words(f"comes to {shown} in the ceiling's span, more than {key}", f"合计 {shown}，超过 {key}")
                table.fault("points", wrong, Words("bases within the ceiling", "基础分不超过总上限"))


def _times_in(per: str, span: str) -> int:
    """Return how often a base is granted within a span of a ceiling; without an end, once is what is sure."""
    return max(1, _MONTHS.get(span, 1) // _MONTHS.get(per, 12))


def _refuse_heaps(root: Table, tables: Sequence[Table], bases: Sequence[BaseGrant], expiry: Expiry) -> None:
    """Refuse floors that come again and never end: they would heap up, and nobody could ever spend one."""
    if expiry.policy != "never":
        return
    for table, one in zip(tables, bases, strict=True):
        if one.floor and one.per in _MONTHS:
            key = f'{root.where("expiry")}.policy = "never"'
            wrong = Words(
                f"is a floor that comes every {one.per} and never ends, by {key}",
                f"是周期性发放的保底分，而按 {key} 永不到期",
            )
            table.fault("floor", wrong, Words('per = "ever", or an [expiry]', 'per = "ever"，或写明 [expiry]'))
