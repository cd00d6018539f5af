"""The price list: what the shop gives for how many points, since when, and who decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pointsledger.errors import PriceListInvalid
from pointsledger.rules.allowance import Allowance, read_allowance
from pointsledger.rules.documents import (
    HEADING_KEYS,
    Document,
    Heading,
    Mandate,
    Table,
    from_said_keys,
    refuse_twins,
    with_present,
)
from pointsledger.rules.named import Named, find_named, nearest_named
from pointsledger.rules.shop import ONLY, Shop, read_shops
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pathlib import Path

UNIT_LIMIT = 20
_A_RULE_BOOK = Words(
    "holds [[activity]] blocks: it is a rule book; check and adopt it with rules, or give a price list.",
    "写有 [[activity]] 段，是积分细则，不是价目表；请用 rules check、rules adopt，或改给价目表。",
)


@dataclass(frozen=True, slots=True)
class Item(Named):
    """One good, or a service if it is not ``stocked``; ``points`` for one ``unit``, in the smallest unit of points.

    ``limit`` is how many pieces of it a household may have in a span of time.
    """

    unit: str | None
    points: int
    stocked: bool = True
    source: str | None = None
    limit: Allowance | None = None

    def to_said(self) -> dict[str, Any]:
        """Return the item as JSON values."""
        said: dict[str, Any] = {"code": self.code, "name": self.name}
        said |= {"points": self.points, "stocked": int(self.stocked)}
        said |= {} if self.limit is None else {"limit": self.limit.to_said()}
        return with_present(said, unit=self.unit, source=self.source)


@dataclass(frozen=True, slots=True)
class PriceList:
    """One version of a village's prices, in force from ``first_day`` on; items stand in the document's order."""

    name: str
    first_day: str
    retroactive: bool
    mandate: Mandate
    items: Mapping[str, Item]
    named_shops: tuple[Shop, ...] = ()

    @classmethod
    def from_toml(cls, text: str, *, file: str, decimals: int) -> Self:
        """Read TOML ``text``; ``decimals`` are the village's, ``file`` is the name given in faults.

        Raises:
            PriceListInvalid: with every fault of the text.

        """
        return cls._read(Document.from_toml(text, file=file, error=PriceListInvalid), decimals)

    @classmethod
    def from_file(cls, path: str | Path, *, decimals: int) -> Self:
        """Read the TOML file at ``path``, which is UTF-8.

        Raises:
            FileUnreadable: if it is not there or may not be read.
            PriceListInvalid: with every fault of the file.

        """
        return cls._read(Document.from_file(path, error=PriceListInvalid), decimals)

    @classmethod
    def from_said(cls, said: Mapping[str, Any]) -> Self:
        """Return the price list that ``to_said`` wrote.

        Raises:
            PriceListInvalid: if it is not something that ``to_said`` writes.

        """
        values = from_said_keys(said, {"items": "item", "shops": "shop"}, flags=("retroactive",))
        if isinstance(items := values.get("item"), list):
            values["item"] = [
                from_said_keys(each, {}, flags=("stocked",)) if isinstance(each, Mapping) else each for each in items
            ]
        return cls._read(Document("price list in the journal", values), 0)

    @classmethod
    def _read(cls, document: Document, decimals: int) -> Self:
        document.refuse_other("activity", _A_RULE_BOOK, PriceListInvalid)
        root = document.root
        root.only(*HEADING_KEYS, "item", "shop")
        heading = Heading.read(root)
        tables = root.tables("item")
        items = [_read_item(table, decimals) for table in tables]
        refuse_twins(tables, items)
        shops = read_shops(root, [item.code for item in items])
        document.refuse_faults(PriceListInvalid)
        return cls(
            name=heading.name,
            first_day=heading.first_day,
            retroactive=heading.retroactive,
            mandate=heading.mandate,
            items=MappingProxyType({item.code: item for item in items}),
            named_shops=shops,
        )

    def to_said(self) -> dict[str, Any]:
        """Return the price list as JSON of objects, lists, texts and integers only; the same list gives the same."""
        said = Heading(self.name, self.first_day, self.retroactive, self.mandate).to_said()
        return with_present(
            said,
            items=[item.to_said() for item in self.items.values()],
            shops=[shop.to_said() for shop in self.named_shops],
        )

    @property
    def shops(self) -> tuple[Shop, ...]:
        """The shops that give what is on the list: those it names, or the one there is."""
        return self.named_shops or ONLY

    def shop(self, code_or_name: str) -> Shop | None:
        """Return the shop of that code or name, or None; width, capitals and spaces make no difference."""
        return find_named(self.shops, code_or_name)

    def find(self, code_or_name: str) -> Item | None:
        """Return the item of that code or name, or None; width, capitals and spaces make no difference."""
        return self.items.get(code_or_name) or find_named(self.items.values(), code_or_name)

    def nearest(self, text: str) -> str | None:
        """Return the code or name most like ``text``, for a hint, or None."""
        return nearest_named(self.items.values(), text)


def _read_item(table: Table, decimals: int) -> Item:
    table.only("code", "name", "unit", "points", "stocked", "source", "limit")
    return Item(
        code=table.code(),
        name=table.text("name"),
        unit=table.optional_text("unit", UNIT_LIMIT),
        points=table.points("points", decimals),
        stocked=table.flag("stocked", default=True),
        source=table.optional_text("source"),
        limit=read_allowance(table, "limit", "pieces"),
    )
