"""Queries: what the readings read, each an index look-up or a short range of one village's projections.

They are written with the models, for the reader of this file; ``col`` says that a field of a model stands for its
column. What acts ask for is constant SQL, in ``statements``, and so is what readings have in common with them or ask
for often: a balance, what has ended and is not recorded, the rows of a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Mapped
from sqlmodel import col

from pointsledger.storage.months import Bridge, PeriodTotal
from pointsledger.storage.tables import (
    Account,
    Balance,
    Capped,
    Edition,
    EntryRow,
    Grouping,
    Journal,
    Profile,
    Reversal,
    Usage,
)
from pointsledger.values import rows
from pointsledger.values.records import POINTS

_TALLIED = {
    "household": col(PeriodTotal.account),
    "group": col(PeriodTotal.grouping),
    "category": col(PeriodTotal.category),
}


def balances(
    connection: Connection, village: str, *, group: str | None, after: str | None, limit: int
) -> Sequence[Any]:
    """Return code, id, name, group and balance row of a page of households, in the order of their codes."""
    grouping = (
        select(col(Grouping.grouping))
        .where(col(Grouping.village) == col(Account.village), col(Grouping.account) == col(Account.account))
        .order_by(col(Grouping.from_on).desc())
        .limit(1)
        .scalar_subquery()
    )
    # A profile may be erased one day; its account stays, under its id.
    code = func.coalesce(col(Profile.code), col(Account.account))
    known = and_(col(Profile.village) == col(Account.village), col(Profile.id) == col(Account.account))
    held = and_(
        col(Balance.village) == col(Account.village),
        col(Balance.account) == col(Account.account),
        col(Balance.unit) == POINTS,
    )
    query = (
        select(
            code,
            col(Account.account),
            func.coalesce(col(Profile.name), ""),
            grouping,
            col(Balance.balance),
            col(Balance.held),
            col(Balance.pending),
            col(Balance.arrears),
            col(Balance.floor),
        )
        .outerjoin(Profile, known)
        .outerjoin(Balance, held)
        .where(col(Account.village) == village)
        .order_by(code)
        .limit(limit)
    )
    if after is not None:
        query = query.where(code > after)
    if group is not None:
        query = query.where(grouping == group)
    return connection.execute(query).all()


def totals_of_account(connection: Connection, village: str, account: str, *, closed: str, before: str) -> int:
    """Return what the months behind ``closed`` and before ``before`` brought an account."""
    # Compared as a pair, so that SQLite searches by the account: by the month alone it would read every household's.
    of_month = tuple_(col(PeriodTotal.account), col(PeriodTotal.period))
    total = select(func.coalesce(func.sum(col(PeriodTotal.amount)), 0)).where(
        col(PeriodTotal.village) == village,
        col(PeriodTotal.unit) == POINTS,
        of_month > tuple_(literal(account), literal(closed)),
        of_month < tuple_(literal(account), literal(before)),
    )
    return int(connection.execute(total).scalar_one())


def movement(connection: Connection, village: str, account: str, *, first: str, last: str) -> int:
    """Return what came in less what went out on an account from day ``first`` to day ``last``."""
    lines = _lines(village, account, first=first, last=last).subquery()
    return int(connection.execute(select(func.coalesce(func.sum(lines.c.points), 0))).scalar_one())


def statement(
    connection: Connection, village: str, account: str, *, first: str | None, last: str | None
) -> Sequence[Any]:
    """Return the movements of an account that count between two days, in the order they count in."""
    lines = _lines(village, account, first=first, last=last).subquery()
    return connection.execute(select(lines).order_by(lines.c.counts_on, lines.c.seq, lines.c.line)).all()


def capped(connection: Connection, village: str, account: str, *, first: str | None, last: str | None) -> Sequence[Any]:
    """Return the deeds of an account that a limit cut, between two days."""
    query = select(Capped).where(col(Capped.village) == village, col(Capped.account) == account)
    if first is not None:
        query = query.where(col(Capped.counts_on) >= first)
    if last is not None:
        query = query.where(col(Capped.counts_on) <= last)
    return [rows.Capped._make(row) for row in connection.execute(query.order_by(col(Capped.seq)))]


def _lines(village: str, account: str, *, first: str | None, last: str | None) -> Any:  # noqa: ANN401 - a compound select
    def side(own: Mapped[str], other: Mapped[str], sign: int) -> Select[*tuple[Any, ...]]:
        query: Select[*tuple[Any, ...]] = select(
            col(EntryRow.seq),
            col(EntryRow.line),
            col(EntryRow.on_day),
            col(EntryRow.counts_on),
            col(EntryRow.period),
            col(EntryRow.for_period),
            col(EntryRow.activity),
            col(EntryRow.resident),
            other.label("counterpart"),
            (col(EntryRow.amount) * literal(sign)).label("points"),
        ).where(col(EntryRow.village) == village, own == account, col(EntryRow.unit) == POINTS)
        if first is not None:
            query = query.where(col(EntryRow.counts_on) >= first)
        if last is not None:
            query = query.where(col(EntryRow.counts_on) <= last)
        return query

    return union_all(
        side(col(EntryRow.target), col(EntryRow.source), 1),
        side(col(EntryRow.source), col(EntryRow.target), -1),
    )


def adoptions(connection: Connection, village: str) -> Sequence[Any]:
    """Return document, version, record, first day and instant of each adoption, a document's in their order."""
    record = and_(col(Journal.village) == col(Edition.village), col(Journal.seq) == col(Edition.seq))
    query = (
        select(
            col(Edition.document),
            col(Edition.version),
            col(Edition.seq),
            col(Edition.first_on),
            col(Journal.recorded_at),
        )
        .join(Journal, record)
        .where(col(Edition.village) == village)
        .order_by(col(Edition.document), col(Edition.version))
    )
    return connection.execute(query).all()


def groups(connection: Connection, village: str) -> dict[str, str]:
    """Return the group that each account was put in last."""
    found = connection.execute(_GROUPS, {"village": village})
    return {account: group for account, group in found}  # noqa: C416 - a row is no pair to mypy; the last of each stays


def period_totals(connection: Connection, village: str, first: str, last: str, *, level: str) -> Sequence[Any]:
    """Return account, grouping, category, heading, whether for another period, amount and deeds, of some months.

    Of the first three only the one that ``level`` goes by is told apart, the others are empty.
    """
    return connection.execute(_period_totals(level), {"village": village, "first": first, "last": last}).all()


def restated_totals(connection: Connection, village: str, first: str, last: str, *, level: str) -> Sequence[Any]:
    """Return the same of what is for some months, whenever it counted."""
    return connection.execute(_restated_totals(level), {"village": village, "first": first, "last": last}).all()


def opening(connection: Connection, village: str, first: str, *, closed: str, level: str) -> Sequence[Any]:
    """Return account, grouping, category and amount of what there was before the month ``first``.

    By household and for the village it rests on the bridges of the month ``closed``, the last closed one before it.
    Those do not know the groups, which are added up from the totals of every month; a category has no opening.
    """
    asked = {"village": village, "first": first}
    if level == "group":
        return connection.execute(_totals_between(level), asked | {"closed": ""}).all()
    own = "household" if level == "household" else "village"
    since = connection.execute(_totals_between(own), asked | {"closed": closed}).all()
    return [*connection.execute(_closings(own), {"village": village, "closed": closed}).all(), *since]


def restated_before(connection: Connection, village: str, first: str, *, level: str) -> Sequence[Any]:
    """Return account, grouping, category and amount of what counted in ``first`` or later, for a month before it."""
    own = "village" if level == "category" else level  # a category has no opening
    return connection.execute(_restated_before(own), {"village": village, "first": first}).all()


# A township tallies thousands of villages in a row. Building these statements anew cost three quarters of a village's
# tally; built once for each level they are constant, and only their values change.
_GROUPS = (
    select(col(Grouping.account), col(Grouping.grouping))
    .where(col(Grouping.village) == bindparam("village"))
    .order_by(col(Grouping.account), col(Grouping.from_on))
)
_OWN = (col(PeriodTotal.village) == bindparam("village"), col(PeriodTotal.unit) == POINTS)


@cache
def _period_totals(level: str) -> Select[*tuple[Any, ...]]:
    first: Any = bindparam("first")
    last: Any = bindparam("last")
    concerned = col(PeriodTotal.for_period)
    prior = case((and_(concerned != "", or_(concerned < first, concerned > last)), 1), else_=0)
    heading = col(PeriodTotal.heading)
    return (
        select(*_tallied(level), heading, prior, func.sum(col(PeriodTotal.amount)), func.sum(col(PeriodTotal.deeds)))
        .where(*_OWN, col(PeriodTotal.period) >= first, col(PeriodTotal.period) <= last)
        .group_by(*_kept_apart(level), heading, prior)
    )


@cache
def _restated_totals(level: str) -> Select[*tuple[Any, ...]]:
    first: Any = bindparam("first")
    last: Any = bindparam("last")
    heading = col(PeriodTotal.heading)
    amount, deeds = func.sum(col(PeriodTotal.amount)), func.sum(col(PeriodTotal.deeds))
    concerned: Any = case(
        (col(PeriodTotal.for_period) != "", col(PeriodTotal.for_period)), else_=col(PeriodTotal.period)
    )
    return (
        select(*_tallied(level), heading, literal(0), amount, deeds)
        # Nothing counts before the month that it is for.
        .where(*_OWN, col(PeriodTotal.period) >= first, concerned >= first, concerned <= last)
        .group_by(*_kept_apart(level), heading)
    )


@cache
def _totals_between(level: str) -> Select[*tuple[Any, ...]]:
    period = col(PeriodTotal.period)
    return (
        select(*_tallied(level), func.coalesce(func.sum(col(PeriodTotal.amount)), 0))
        .where(*_OWN, period > bindparam("closed"), period < bindparam("first"))
        .group_by(*_kept_apart(level))
    )


@cache
def _restated_before(level: str) -> Select[*tuple[Any, ...]]:
    first: Any = bindparam("first")
    concerned = col(PeriodTotal.for_period)
    return (
        select(*_tallied(level), func.coalesce(func.sum(col(PeriodTotal.amount)), 0))
        .where(*_OWN, col(PeriodTotal.period) >= first, concerned != "", concerned < first)
        .group_by(*_kept_apart(level))
    )


@cache
def _closings(level: str) -> Select[*tuple[Any, ...]]:
    own = [col(Bridge.account)] if level == "household" else []
    nobody = [literal("")] * (1 - len(own))
    return (
        select(*own, *nobody, literal(""), literal(""), func.coalesce(func.sum(col(Bridge.closing)), 0))
        .where(col(Bridge.village) == bindparam("village"), col(Bridge.period) == bindparam("closed"))
        .group_by(*own)
    )


def _tallied(level: str) -> list[Any]:
    return [column if name == level else literal("") for name, column in _TALLIED.items()]


def _kept_apart(level: str) -> list[Any]:
    return [_TALLIED[level]] if level in _TALLIED else []


def bodies(
    connection: Connection, village: str, *, after: int, kinds: Sequence[str] | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Return number and body of the records behind ``after``, of some kinds or all, in their order."""
    query = (
        select(col(Journal.seq), col(Journal.body))
        .where(col(Journal.village) == village, col(Journal.seq) > after)
        .order_by(col(Journal.seq))
        .limit(limit)
    )
    if kinds is not None:
        query = query.where(col(Journal.kind).in_(kinds))
    return [(seq, body) for seq, body in connection.execute(query)]


def deeds(
    connection: Connection, village: str, *, kinds: Sequence[str], first: str, after: int, limit: int
) -> Sequence[tuple[int, str, int]]:
    """Return number, body and what reversed it (or 0) of the records of some kinds that count in ``first`` or later."""
    undone = and_(col(Reversal.village) == col(Journal.village), col(Reversal.seq) == col(Journal.seq))
    query = (
        select(col(Journal.seq), col(Journal.body), func.coalesce(col(Reversal.by_seq), 0))
        .outerjoin(Reversal, undone)
        .where(
            col(Journal.village) == village,
            col(Journal.seq) > after,
            col(Journal.period) >= first,
            col(Journal.kind).in_(kinds),
        )
        .order_by(col(Journal.seq))
        .limit(limit)
    )
    return [(seq, body, by_seq) for seq, body, by_seq in connection.execute(query)]


def without_usage(connection: Connection, village: str, *, activity: str, span: str, opened_by: str) -> int:
    """Return how many accounts opened by a day have no usage of ``activity`` in ``span`` noted as theirs."""
    noted = select(col(Usage.holder)).where(
        col(Usage.village) == village, col(Usage.activity) == activity, col(Usage.span) == span
    )
    query = select(func.count()).where(
        col(Account.village) == village,
        col(Account.opened_on) <= opened_by,
        col(Account.pin) != "",  # which one that was erased has not
        (literal("household:") + col(Account.account)).not_in(noted),
    )
    return int(connection.execute(query).scalar_one())


def account_sums(connection: Connection, village: str) -> Sequence[Any]:
    """Return unit, account and the sum of entries of every account that keeps no balance."""
    incoming: Any = select(
        col(EntryRow.unit), col(EntryRow.target).label("account"), col(EntryRow.amount).label("amount")
    ).where(col(EntryRow.village) == village)
    outgoing: Any = select(
        col(EntryRow.unit), col(EntryRow.source).label("account"), (-col(EntryRow.amount)).label("amount")
    ).where(col(EntryRow.village) == village)
    moved = union_all(incoming, outgoing).subquery()
    kept = select(col(Balance.account)).where(col(Balance.village) == village, col(Balance.unit) == moved.c.unit)
    query = (
        select(moved.c.unit, moved.c.account, func.sum(moved.c.amount))
        .where(moved.c.account.not_in(kept))
        .group_by(moved.c.unit, moved.c.account)
        .order_by(moved.c.unit, moved.c.account)
    )
    return connection.execute(query).all()


def kept_balances(connection: Connection, village: str) -> Sequence[Any]:
    """Return unit, account, balance and arrears of every account that keeps a balance."""
    kept = (col(Balance.unit), col(Balance.account), col(Balance.balance), col(Balance.arrears))
    query = select(*kept).where(col(Balance.village) == village)
    return connection.execute(query).all()
