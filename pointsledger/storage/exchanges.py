"""The tables of the shop: what was exchanged, under which invoice goods came in, which shop is paused."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from pointsledger.storage.columns import KEYED, key_text, key_whole, text, whole
from pointsledger.storage.registry import PREFIX, PointsTable


class Redemption(PointsTable, table=True):
    """See ``rows.Redemption``."""

    __tablename__: ClassVar[Any] = PREFIX + "redemption"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("state IN ('reserved', 'handed-over', 'cancelled', 'released', 'forfeited')", name="state"),
        CheckConstraint("state <> 'reserved' OR last_day <> ''", name="last_day"),
        CheckConstraint("ended_by = 0 OR ended_by > seq", name="ended_by"),
        CheckConstraint("refunded BETWEEN 0 AND points", name="refunded"),
        CheckConstraint("reversed_by = 0 OR refunded = 0", name="reversed_by"),
        CheckConstraint("cash_fen >= 0", name="cash_fen"),
        CheckConstraint("irregular IN (0, 1)", name="irregular"),
        Index(None, "village", "period", "seq"),
        Index(None, "village", "account", "seq"),
        # What is reserved, by the day on which it ends.
        Index(
            "ix_points_redemption_open",
            "village",
            "last_day",
            sqlite_where=sql("state = 'reserved'"),
            postgresql_where=sql("state = 'reserved'"),
        ),
        KEYED,
    )

    village: str = key_text()
    seq: int = key_whole()
    account: str = text()
    on_day: str = text()
    period: str = text()
    points: int = whole()
    by_operator: str = text()
    reversed_by: int = whole()
    shop: str = text()
    state: str = text()
    last_day: str = text()
    ended_by: int = whole()
    refunded: int = whole()
    collector: str = text()
    cash_fen: int = whole()
    irregular: int = whole()


class RedemptionLine(PointsTable, table=True):
    """See ``rows.RedemptionLine``."""

    __tablename__: ClassVar[Any] = PREFIX + "redemption_line"
    __table_args__ = (
        CheckConstraint("pieces > 0", name="pieces"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("stocked IN (0, 1)", name="stocked"),
        CheckConstraint("refunded BETWEEN 0 AND pieces", name="refunded"),
        CheckConstraint("returned BETWEEN 0 AND refunded", name="returned"),
        KEYED,
    )

    village: str = key_text()
    seq: int = key_whole()
    item: str = key_text()
    pieces: int = whole()
    price: int = whole()
    stocked: int = whole()
    refunded: int = whole()
    returned: int = whole()


class Invoice(PointsTable, table=True):
    """See ``rows.Invoice``."""

    __tablename__: ClassVar[Any] = PREFIX + "invoice"
    __table_args__ = (
        CheckConstraint("number <> ''", name="number"),
        CheckConstraint("reversed_by = 0 OR reversed_by > seq", name="reversed_by"),
        KEYED,
    )

    village: str = key_text()
    number: str = key_text()
    item: str = key_text()
    seq: int = whole()
    reversed_by: int = whole()


class Pause(PointsTable, table=True):
    """See ``rows.Pause``."""

    __tablename__: ClassVar[Any] = PREFIX + "pause"
    __table_args__ = (CheckConstraint("resumed_by = 0 OR resumed_by > seq", name="resumed_by"), KEYED)

    village: str = key_text()
    shop: str = key_text()
    seq: int = whole()
    last_day: str = text()
    resumed_by: int = whole()
