"""Shops: where a village hands over what its price list has; one, unless the list names several.

A list without a block ``[[shop]]`` has one shop, ``main``, which gives everything. Where there are blocks, they are all
the shops there are, and each gives the items that it names, or all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pointsledger.rules import chart
from pointsledger.rules.documents import refuse_twins, with_present
from pointsledger.rules.named import Named
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table


@dataclass(frozen=True, slots=True)
class Shop(Named):
    """One shop, and the codes of the items that it gives; none stands for all of them."""

    items: tuple[str, ...] = ()

    def gives(self, item: str) -> bool:
        """Tell whether an item can be had here."""
        return not self.items or item in self.items

    def to_said(self) -> dict[str, Any]:
        """Return the shop as JSON values."""
        return with_present({"code": self.code, "name": self.name}, items=list(self.items))


ONLY = (Shop(chart.MAIN, "积分超市"),)
"""The shops of a village that names none."""


def read_shops(root: Table, items: Collection[str]) -> tuple[Shop, ...]:
    """Read the blocks ``[[shop]]``; ``items`` are the codes that the list has."""
    tables = root.tables("shop")
    shops = []
    for table in tables:
        table.only("code", "name", "items")
        shops.append(Shop(code=table.code(), name=table.text("name"), items=table.codes("items")))
        unknown = [code for code in shops[-1].items if code not in items]
        if unknown:
            wrong = Words(
                f"{unknown[0]} is the code of no [[item]] (item[].code)",
                f"{unknown[0]} 不在 [[item]] 的代码（item[].code）之中",
            )
            table.fault("items", wrong, Words(", ".join(items), "、".join(items)))
    refuse_twins(tables, shops)
    return tuple(shops)
