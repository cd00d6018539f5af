"""The tables of what goes by months and days: totals, lapses, closes. For the others see ``tables``."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index

from pointsledger.storage.columns import KEYED, MONTH, key_text, key_whole, text, whole
from pointsledger.storage.registry import PREFIX, PointsTable


class PeriodTotal(PointsTable, table=True):
    """See ``rows.PeriodTotal``."""

    __tablename__: ClassVar[Any] = PREFIX + "period_total"
    __table_args__ = (Index(None, "village", "account", "period"), KEYED)

    village: str = key_text()
    period: str = key_text()
    for_period: str = key_text()
    account: str = key_text()
    unit: str = key_text()
    heading: str = key_text()
    category: str = key_text()
    grouping: str = key_text()
    amount: int = whole()
    deeds: int = whole()


class Lapse(PointsTable, table=True):
    """See ``rows.Lapse``."""

    __tablename__: ClassVar[Any] = PREFIX + "lapse"
    __table_args__ = (
        CheckConstraint("length(last_day) = 10", name="last_day"),
        CheckConstraint("undone_by = 0 OR undone_by > seq", name="undone_by"),
        KEYED,
    )

    village: str = key_text()
    account: str = key_text()
    last_day: str = key_text()
    seq: int = key_whole()
    undone_by: int = whole()


class Close(PointsTable, table=True):
    """See ``rows.Close``."""

    __tablename__: ClassVar[Any] = PREFIX + "close"
    __table_args__ = (
        CheckConstraint(f"period LIKE '{MONTH}'", name="period"),
        CheckConstraint("seq > size", name="seq"),
        CheckConstraint("accounts >= 0", name="accounts"),
        KEYED,
    )

    village: str = key_text()
    period: str = key_text()
    seq: int = whole()
    size: int = whole()
    accounts: int = whole()
    digest: str = text()


class Bridge(PointsTable, table=True):
    """See ``rows.Bridge``."""

    __tablename__: ClassVar[Any] = PREFIX + "bridge"
    __table_args__ = (
        CheckConstraint(
            "opening + base + earned + prior + deducted + redeemed + refunded + expired + forfeited + moved = closing",
            name="foots",
        ),
        KEYED,
    )

    village: str = key_text()
    period: str = key_text()
    account: str = key_text()
    opening: int = whole()
    base: int = whole()
    earned: int = whole()
    prior: int = whole()
    deducted: int = whole()
    redeemed: int = whole()
    refunded: int = whole()
    expired: int = whole()
    forfeited: int = whole()
    moved: int = whole()
    closing: int = whole()
