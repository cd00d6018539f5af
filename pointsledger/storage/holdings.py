"""Queries of what is held in goods and money: shelves, funds, and how they came to be what they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, union_all
from sqlmodel import col

from pointsledger.rules import chart
from pointsledger.storage.months import PeriodTotal
from pointsledger.storage.tables import Allocation, Balance, EntryRow, Lot
from pointsledger.values.records import POINTS

_SPEND = "spend"


def stock(connection: Connection, village: str, shelf: str | None) -> Sequence[Any]:
    """Return account, unit, pieces, held, cost in fen and soonest best-before of each item, of one shelf or all."""
    own = (
        col(Lot.village) == col(Balance.village),
        col(Lot.account) == col(Balance.account),
        col(Lot.unit) == col(Balance.unit),
        col(Lot.remaining) > 0,
    )
    cost = select(func.sum(col(Lot.remaining) * col(Lot.unit_cost_fen))).where(*own).scalar_subquery()
    soonest = select(func.min(col(Lot.expires_on))).where(*own).scalar_subquery()
    query = (
        select(
            col(Balance.account),
            col(Balance.unit),
            col(Balance.balance),
            col(Balance.held),
            func.coalesce(cost, 0),
            soonest,
        )
        .where(col(Balance.village) == village, col(Balance.unit).not_in((POINTS, chart.FEN)))
        .order_by(col(Balance.account), col(Balance.unit))
    )
    if shelf is not None:
        query = query.where(col(Balance.account) == shelf)
    return connection.execute(query).all()


def funds(connection: Connection, village: str) -> dict[str, int]:
    """Return what each fund holds that ever held anything, in fen, by its account."""
    query = select(col(Balance.account), col(Balance.balance)).where(
        col(Balance.village) == village, col(Balance.unit) == chart.FEN
    )
    return {account: int(balance) for account, balance in connection.execute(query)}


def outstanding(connection: Connection, village: str) -> tuple[int, int, int]:
    """Return the sums of the households' balances, arrears and floors."""
    columns = (col(Balance.balance), col(Balance.arrears), col(Balance.floor))
    sums: list[Any] = [func.coalesce(func.sum(column), 0) for column in columns]
    query = select(*sums).where(col(Balance.village) == village, col(Balance.unit) == POINTS)
    balance, arrears, floor = connection.execute(query).one()
    return int(balance), int(arrears), int(floor)


def totals(connection: Connection, village: str, accounts: Collection[str], first: str, last: str) -> Sequence[Any]:
    """Return account, unit, when, heading and amount of all that came and went on some accounts.

    When is 0 before the month ``first``, 2 behind the month ``last``, and 1 between the two.
    """
    when = case((col(PeriodTotal.period) < first, 0), (col(PeriodTotal.period) > last, 2), else_=1)
    kept_apart = (col(PeriodTotal.account), col(PeriodTotal.unit), when, col(PeriodTotal.heading))
    query = (
        select(*kept_apart, func.sum(col(PeriodTotal.amount)))
        .where(col(PeriodTotal.village) == village, col(PeriodTotal.account).in_(accounts))
        .group_by(*kept_apart)
    )
    return connection.execute(query).all()


def worth(
    connection: Connection, village: str, shelves: Collection[str], since: str, months: tuple[str, str]
) -> Sequence[Any]:
    """Return shelf, unit, counterpart, whether behind the last of the ``months``, and the change of its worth in fen.

    It is of what counts in the first of them or later, whose first day is ``since``. What a line takes from a lot is
    worth what the lot cost, and so is the lot that it makes; a line gives back to a lot by a negative part.
    """
    first, last = months
    concerned = (
        col(EntryRow.village) == village,
        col(EntryRow.counts_on) >= since,
        col(EntryRow.period) >= first,
        or_(col(EntryRow.source).in_(shelves), col(EntryRow.target).in_(shelves)),
    )
    later: Any = case((col(EntryRow.period) > last, 1), else_=0).label("later")
    other: Any = case((col(Lot.account) == col(EntryRow.source), col(EntryRow.target)), else_=col(EntryRow.source))
    told: tuple[Any, ...] = (
        col(Lot.account).label("account"),
        col(Lot.unit).label("unit"),
        other.label("other"),
        later,
    )
    made: Any = (
        select(*told, (col(Lot.granted) * col(Lot.unit_cost_fen)).label("fen"))
        .select_from(EntryRow)
        .join(
            Lot,
            and_(
                col(Lot.village) == col(EntryRow.village),
                col(Lot.seq) == col(EntryRow.seq),
                col(Lot.line) == col(EntryRow.line),
            ),
        )
        .where(*concerned, col(Lot.account).in_(shelves))
    )
    taken: Any = (
        select(*told, (-col(Allocation.amount) * col(Lot.unit_cost_fen)).label("fen"))
        .select_from(EntryRow)
        .join(
            Allocation,
            and_(
                col(Allocation.village) == col(EntryRow.village),
                col(Allocation.seq) == col(EntryRow.seq),
                col(Allocation.line) == col(EntryRow.line),
                col(Allocation.cause) == _SPEND,
            ),
        )
        .join(
            Lot,
            and_(
                col(Lot.village) == col(Allocation.village),
                col(Lot.seq) == col(Allocation.lot_seq),
                col(Lot.line) == col(Allocation.lot_line),
            ),
        )
        .where(*concerned, col(Lot.account).in_(shelves))
    )
    changes = union_all(made, taken).subquery()
    kept_apart = (changes.c.account, changes.c.unit, changes.c.other, changes.c.later)
    return connection.execute(select(*kept_apart, func.sum(changes.c.fen)).group_by(*kept_apart)).all()
