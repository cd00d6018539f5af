"""Queries: what the readings read, each an index look-up or a short range of one village's projections.

They are written with the models, for the reader of this file; only the balance, asked for at every till, is
constant SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal, or_, union_all
from sqlmodel import col, select

from pointsledger import rows
from pointsledger.records import POINTS
from pointsledger.storage.tables import (
    Account,
    Balance,
    Capped,
    EntryRow,
    Grouping,
    Lot,
    PeriodTotal,
    Profile,
    Redemption,
    RedemptionLine,
    Reversal,
)


def balances(
    connection: Connection, village: str, *, group: str | None, after: str | None, limit: int
) -> Sequence[Any]:
    """Return code, id, name, group and balance row of a page of households, in the order of their codes."""
    grouping = (
        select(Grouping.grouping)
        .where(Grouping.village == Account.village, Grouping.account == Account.account)
        .order_by(col(Grouping.from_on).desc())
        .limit(1)
        .scalar_subquery()
    )
    # A profile may be erased one day; its account stays, under its id.
    code = func.coalesce(Profile.code, Account.account)
    query = (
        select(  # type: ignore[call-overload]  # SQLModel types four columns
            code,
            Account.account,
            func.coalesce(Profile.name, ""),
            grouping,
            Balance.balance,
            Balance.held,
            Balance.pending,
            Balance.arrears,
        )
        .outerjoin(Profile, and_(Profile.village == Account.village, Profile.id == Account.account))  # type: ignore[arg-type]  # as SQLAlchemy sees it
        .outerjoin(
            Balance,
            and_(Balance.village == Account.village, Balance.account == Account.account, Balance.unit == POINTS),  # type: ignore[arg-type]  # as above
        )
        .where(Account.village == village)
        .order_by(code)
        .limit(limit)
    )
    if after is not None:
        query = query.where(code > after)
    if group is not None:
        query = query.where(grouping == group)
    return connection.execute(query).all()


def totals_of_account(connection: Connection, village: str, account: str, *, before: str) -> int:
    """Return what an account held at the end of the months before ``before``."""
    total = select(func.coalesce(func.sum(PeriodTotal.amount), 0)).where(
        PeriodTotal.village == village,
        PeriodTotal.account == account,
        PeriodTotal.unit == POINTS,
        col(PeriodTotal.period) < before,
    )
    return int(connection.execute(total).scalar_one())


def balance_on(connection: Connection, village: str, account: str, *, month: str, first: str, last: str) -> int:
    """Return what an account held at the end of day ``last`` of ``month``, which began on ``first``."""
    lines = _lines(village, account, first=first, last=last).subquery()
    within = int(connection.execute(select(func.coalesce(func.sum(lines.c.points), 0))).scalar_one())
    return totals_of_account(connection, village, account, before=month) + within


def statement(
    connection: Connection, village: str, account: str, *, first: str | None, last: str | None
) -> Sequence[Any]:
    """Return the movements of an account that count between two days, in the order they count in."""
    lines = _lines(village, account, first=first, last=last).subquery()
    query = (
        select(lines, Reversal.by_seq)
        .outerjoin(Reversal, and_(Reversal.village == village, Reversal.seq == lines.c.seq))  # type: ignore[arg-type]  # as above
        .order_by(lines.c.counts_on, lines.c.seq, lines.c.line)
    )
    return connection.execute(query).all()


def capped(connection: Connection, village: str, account: str, *, first: str | None, last: str | None) -> Sequence[Any]:
    """Return the deeds of an account that a limit cut, between two days, each with what reversed it."""
    query = (
        select(Capped, Reversal.by_seq)
        .outerjoin(Reversal, and_(Reversal.village == Capped.village, Reversal.seq == Capped.seq))  # type: ignore[arg-type]  # as above
        .where(Capped.village == village, Capped.account == account)
    )
    if first is not None:
        query = query.where(Capped.counts_on >= first)
    if last is not None:
        query = query.where(Capped.counts_on <= last)
    width = len(rows.Capped._fields)
    return [
        (rows.Capped._make(row[:width]), row[width] or 0) for row in connection.execute(query.order_by(col(Capped.seq)))
    ]


def _lines(village: str, account: str, *, first: str | None, last: str | None) -> Any:  # noqa: ANN401 - a compound select
    def side(own: Any, other: Any, sign: int) -> Select[Any]:  # noqa: ANN401 - columns
        query: Select[Any] = select(  # type: ignore[call-overload]  # SQLModel types four columns
            EntryRow.seq,
            EntryRow.line,
            EntryRow.on_day,
            EntryRow.counts_on,
            EntryRow.period,
            EntryRow.for_period,
            EntryRow.activity,
            EntryRow.resident,
            other.label("counterpart"),
            (EntryRow.amount * literal(sign)).label("points"),
        ).where(EntryRow.village == village, own == account, EntryRow.unit == POINTS)
        if first is not None:
            query = query.where(col(EntryRow.counts_on) >= first)
        if last is not None:
            query = query.where(col(EntryRow.counts_on) <= last)
        return query

    return union_all(
        side(EntryRow.target, col(EntryRow.source), 1),
        side(EntryRow.source, col(EntryRow.target), -1),
    )


def period_totals(connection: Connection, village: str, unit: str, first: str, last: str) -> Sequence[Any]:
    """Return account, grouping, category, heading, whether for another period, amount and deeds, of some months."""
    concerned = col(PeriodTotal.for_period)
    prior = case((and_(concerned != "", or_(concerned < first, concerned > last)), 1), else_=0)
    keys = (PeriodTotal.account, PeriodTotal.grouping, PeriodTotal.category, PeriodTotal.heading, prior)
    query = (
        select(*keys, func.sum(PeriodTotal.amount), func.sum(PeriodTotal.deeds))  # type: ignore[call-overload]  # as above
        .where(
            PeriodTotal.village == village,
            PeriodTotal.unit == unit,
            col(PeriodTotal.period) >= first,
            col(PeriodTotal.period) <= last,
        )
        .group_by(*keys)
    )
    return connection.execute(query).all()


def totals_before(connection: Connection, village: str, unit: str, first: str) -> Sequence[Any]:
    """Return account, grouping, category and amount of all months before ``first``."""
    keys = (PeriodTotal.account, PeriodTotal.grouping, PeriodTotal.category)
    query = (
        select(*keys, func.sum(PeriodTotal.amount))
        .where(PeriodTotal.village == village, PeriodTotal.unit == unit, col(PeriodTotal.period) < first)
        .group_by(*keys)
    )
    return connection.execute(query).all()


def redemptions(
    connection: Connection, village: str, *, first: str | None, last: str | None, account: str | None
) -> Sequence[Any]:
    """Return redemptions of some months, each with a line an item, in the order they were recorded."""
    query = (
        select(Redemption, RedemptionLine.item, RedemptionLine.pieces, RedemptionLine.price)
        .join(
            RedemptionLine,
            and_(RedemptionLine.village == Redemption.village, RedemptionLine.seq == Redemption.seq),  # type: ignore[arg-type]  # as above
        )
        .where(Redemption.village == village)
        .order_by(col(Redemption.seq), col(RedemptionLine.item))
    )
    if first is not None and last is not None:
        query = query.where(col(Redemption.period) >= first, col(Redemption.period) <= last)
    if account is not None:
        query = query.where(Redemption.account == account)
    width = len(rows.Redemption._fields)
    return [(rows.Redemption._make(row[:width]), *row[width:]) for row in connection.execute(query)]


def account_sums(connection: Connection, village: str) -> Sequence[Any]:
    """Return unit, account and the sum of entries of every account that keeps no balance."""
    incoming: Any = select(
        EntryRow.unit, col(EntryRow.target).label("account"), col(EntryRow.amount).label("amount")
    ).where(EntryRow.village == village)
    outgoing: Any = select(
        EntryRow.unit, col(EntryRow.source).label("account"), (-col(EntryRow.amount)).label("amount")
    ).where(EntryRow.village == village)
    moved = union_all(incoming, outgoing).subquery()
    kept = select(Balance.account).where(Balance.village == village, Balance.unit == moved.c.unit)
    query = (
        select(moved.c.unit, moved.c.account, func.sum(moved.c.amount))
        .where(moved.c.account.not_in(kept))
        .group_by(moved.c.unit, moved.c.account)
        .order_by(moved.c.unit, moved.c.account)
    )
    return connection.execute(query).all()


def kept_balances(connection: Connection, village: str) -> Sequence[Any]:
    """Return unit, account and balance of every account that keeps one."""
    query = select(Balance.unit, Balance.account, Balance.balance).where(Balance.village == village)
    return connection.execute(query).all()


def stock(connection: Connection, village: str) -> Sequence[Any]:
    """Return account, unit, pieces on hand and their cost in fen, of every shelf."""
    worth = (
        select(func.sum(Lot.remaining * Lot.unit_cost_fen))
        .where(
            Lot.village == Balance.village,
            Lot.account == Balance.account,
            Lot.unit == Balance.unit,
            col(Lot.remaining) > 0,
        )
        .scalar_subquery()
    )
    query = (
        select(Balance.account, Balance.unit, Balance.balance, func.coalesce(worth, 0))
        .where(Balance.village == village, Balance.unit != POINTS)
        .order_by(Balance.account, Balance.unit)
    )
    return connection.execute(query).all()
