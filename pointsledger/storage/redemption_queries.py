"""Redemption queries: which exchanges somebody asks for, a page of them, and what all of them come to.

What became of an exchange goes by the date: a reservation whose last day is over has ended, though no act has come upon
it yet. So each query is told the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from pointsledger.decisions.reserving import CANCELLED, FORFEITED, HANDED_OVER, RELEASED, REVERSED
from pointsledger.decisions.state import RESERVED
from pointsledger.storage.exchanges import Redemption, RedemptionLine
from pointsledger.storage.tables import Profile, Remark
from pointsledger.values import rows

STATES = (RESERVED, HANDED_OVER, CANCELLED, RELEASED, FORFEITED, REVERSED)
"""What may have become of an exchange."""

COLLECTOR_NAME = "collector_name"
"""The field of the free text that names a collector who is no member."""


class Asked(NamedTuple):
    """Which redemptions are meant: those that are all of what is given here.

    ``today`` is the day they are looked at, and ``forfeiting`` those over by then whose points are taken. ``collector``
    is a member's code or name, or the name of somebody else as it was written. ``on`` is the day on which it was
    handed over, or of a reservation that was not, reserved.
    """

    today: str
    forfeiting: Sequence[int] = ()
    months: tuple[str, str] | None = None
    on: str | None = None
    account: str | None = None
    item: str | None = None
    shop: str | None = None
    operator: str | None = None
    collector: str | None = None
    state: str | None = None


class Found(NamedTuple):
    """One item of a redemption, with the state of the whole by the date and the names of those in it, or None."""

    redemption: rows.Redemption
    state: str
    household: str | None
    name: str | None
    operator: str | None
    collector: str | None
    collector_name: str | None
    stranger: str | None
    item: str
    pieces: int
    price: int
    refunded: int
    returned: int


def page(connection: Connection, village: str, asked: Asked, *, after: int, limit: int) -> Iterator[Found]:
    """Yield a page of redemptions behind record ``after`` by their numbers, a row an item."""
    some = (
        select(col(Redemption.seq))
        .where(*_where(village, asked), col(Redemption.seq) > after)
        .order_by(col(Redemption.seq))
        .limit(limit)
        .subquery()
    )
    # A profile may be erased one day; what it stood for stays, under its id.
    household, operator, collector = aliased(Profile), aliased(Profile), aliased(Profile)

    def known(profile: Any, own: Any) -> ColumnElement[bool]:  # noqa: ANN401 - an alias, and a column
        return and_(col(profile.village) == col(Redemption.village), col(profile.id) == own)

    query: Select[*tuple[Any, ...]] = (
        select(
            Redemption,
            _state(asked).label("state_by_date"),
            col(household.code).label("household_code"),
            col(household.name).label("household_name"),
            col(operator.code).label("operator_code"),
            col(collector.code).label("collector_code"),
            col(collector.name).label("collector_name"),
            col(Remark.text).label("stranger"),
            col(RedemptionLine.item),
            col(RedemptionLine.pieces),
            col(RedemptionLine.price),
            col(RedemptionLine.refunded).label("refunded_pieces"),
            col(RedemptionLine.returned),
        )
        .join(some, some.c.seq == col(Redemption.seq))
        .join(RedemptionLine, _own_lines())
        .outerjoin(household, known(household, col(Redemption.account)))
        .outerjoin(operator, known(operator, col(Redemption.by_operator)))
        .outerjoin(collector, known(collector, col(Redemption.collector)))
        .outerjoin(Remark, _of_collector())
        .where(col(Redemption.village) == village)
        .order_by(col(Redemption.seq), col(RedemptionLine.item))
    )
    width = len(rows.Redemption._fields)
    for row in connection.execute(query):
        yield Found(rows.Redemption._make(row[:width]), *row[width:])


def totals(connection: Connection, village: str, asked: Asked) -> Any:  # noqa: ANN401 - a query's row
    """Return how many there are, and points, refunded, reserved, forfeited and cash of them."""
    state = _state(asked)
    handed = state == HANDED_OVER
    sums = (
        _sum(handed, col(Redemption.points)),
        _sum(handed, col(Redemption.refunded)),
        _sum(state == RESERVED, col(Redemption.points)),
        _sum(state == FORFEITED, col(Redemption.points)),
        _sum(handed, col(Redemption.cash_fen)),
    )
    return connection.execute(select(func.count(), *sums).where(*_where(village, asked))).one()


def item_totals(connection: Connection, village: str, asked: Asked) -> Sequence[Any]:
    """Return item, pieces, their points, refunded, returned and reserved pieces, of each item in them."""
    state = _state(asked)
    handed = state == HANDED_OVER
    sums = (
        _sum(handed, col(RedemptionLine.pieces)),
        _sum(handed, col(RedemptionLine.pieces) * col(RedemptionLine.price)),
        _sum(handed, col(RedemptionLine.refunded)),
        _sum(handed, col(RedemptionLine.returned)),
        _sum(state == RESERVED, col(RedemptionLine.pieces)),
    )
    query = (
        select(col(RedemptionLine.item), *sums)
        .join(Redemption, _own_lines())
        .where(*_where(village, asked))
        .group_by(col(RedemptionLine.item))
        .order_by(col(RedemptionLine.item))
    )
    return connection.execute(query).all()


def not_collected(connection: Connection, village: str, *, first: str, last: str) -> Sequence[Any]:
    """Return last day, number, account and points of the reservations that nobody collected by a last day between two.

    None can be handed over or cancelled behind its last day, so that the answer for a day that is over stays the same.
    """
    query = (
        select(col(Redemption.last_day), col(Redemption.seq), col(Redemption.account), col(Redemption.points))
        .where(
            col(Redemption.village) == village,
            col(Redemption.last_day) >= first,
            col(Redemption.last_day) <= last,
            col(Redemption.state).in_((RESERVED, RELEASED, FORFEITED)),
        )
        .order_by(col(Redemption.last_day), col(Redemption.seq))
    )
    return connection.execute(query).all()


def _sum(condition: ColumnElement[bool], amount: Any) -> ColumnElement[int]:  # noqa: ANN401 - a column
    return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)


def _own_lines() -> ColumnElement[bool]:
    return and_(col(RedemptionLine.village) == col(Redemption.village), col(RedemptionLine.seq) == col(Redemption.seq))


def _state(asked: Asked) -> ColumnElement[str]:
    """Return what became of a redemption by the day."""
    over = and_(col(Redemption.state) == RESERVED, col(Redemption.last_day) < asked.today)
    forfeited = and_(over, col(Redemption.seq).in_(asked.forfeiting)) if asked.forfeiting else literal(0) == 1
    return case(
        (col(Redemption.reversed_by) > 0, REVERSED),
        (forfeited, FORFEITED),
        (over, RELEASED),
        else_=col(Redemption.state),
    )


def _where(village: str, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(Redemption.village) == village]
    if asked.months is not None:
        first, last = asked.months
        found += [col(Redemption.period) >= first, col(Redemption.period) <= last]
    for column, value in (
        (col(Redemption.on_day), asked.on),
        (col(Redemption.account), asked.account),
        (col(Redemption.shop), asked.shop),
        (col(Redemption.by_operator), asked.operator),
    ):
        if value is not None:
            found.append(column == value)
    if asked.item is not None:
        found.append(exists().where(_own_lines(), col(RedemptionLine.item) == asked.item).correlate(Redemption))
    if asked.collector is not None:
        found.append(_collected_by(asked.collector))
    if asked.state is not None:
        found.append(_state(asked) == asked.state)
    return found


def _collected_by(collector: str) -> ColumnElement[bool]:
    """Tell which were collected by a member of that code or name, or by somebody else of that name."""
    member = exists().where(
        col(Profile.village) == col(Redemption.village),
        col(Profile.id) == col(Redemption.collector),
        or_(col(Profile.code) == collector, col(Profile.name) == collector),
    )
    return or_(member, exists().where(_of_collector(), col(Remark.text) == collector))


def _of_collector() -> ColumnElement[bool]:
    """Tell which free text names who collected, which is said when the goods are handed over."""
    said_by = case((col(Redemption.ended_by) > 0, col(Redemption.ended_by)), else_=col(Redemption.seq))
    return and_(
        col(Remark.village) == col(Redemption.village),
        col(Remark.seq) == said_by,
        col(Remark.field) == COLLECTOR_NAME,
    )
