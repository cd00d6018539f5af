"""Tallying: the tally of one village from an open transaction, and of many villages one after another.

A township adds up thousands of villages. Each is asked for by its own key, in a short transaction of its own on one
connection: no query touches two villages, none is held open while the caller works, and what is the matter with one
village's book is told in its place instead of ending the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pointsledger.decisions.enrolling import HOUSEHOLD
from pointsledger.decisions.state import State
from pointsledger.errors import (
    BeforeFirstPeriod,
    FutureDate,
    InvalidSetting,
    LedgerDamaged,
    PointsLedgerError,
    UnknownVillage,
)
from pointsledger.reports.periods import months_asked
from pointsledger.reports.tally import LEVELS, OF_CATEGORIES, RESTATED, VIEWS, RowSums, Tally, TallyRow, row_sums
from pointsledger.reports.unrecorded import Unrecorded
from pointsledger.rules import chart
from pointsledger.storage import queries
from pointsledger.storage.store import Store
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import month_after

_VIEWS_ZH = "as_closed（结账数）、restated（重述数）"
_LEVELS_ZH = "household（户）、group（组）、category（类别）、village（全村）"


class VillageTally(NamedTuple):
    """The tally of a village, or the error that says why there is none; one of the two is None."""

    village: str
    tally: Tally | None
    error: PointsLedgerError | None


class Asked(NamedTuple):
    """What is asked of a book: the tally of a period at a level, in a view, as of the instant ``now``."""

    period: str
    level: str
    view: str
    now: str


def parse_level(level: str) -> str:
    """Return a level of a tally.

    Raises:
        InvalidSetting: if there is no such level.

    """
    if level in LEVELS:
        return level
    raise InvalidSetting(name="tally level", value=level, allowed=", ".join(LEVELS), allowed_zh=_LEVELS_ZH)


def parse_view(view: str) -> str:
    """Return a view of a period.

    Raises:
        InvalidSetting: if there is no such view.

    """
    if view in VIEWS:
        return view
    raise InvalidSetting(name="view", value=view, allowed=", ".join(VIEWS), allowed_zh=_VIEWS_ZH)


def tally_of(transaction: Transaction, asked: Asked) -> Tally:
    """Return the tally of a village's period; a lapse that is due by now needs no record.

    What it opens with is what the last closed month before it closed with, and what the open months between brought:
    no more of the book is read, however old it is.

    Raises:
        BeforeFirstPeriod, FutureDate: if all of it lies before the book, or it has not begun.

    """
    period, level, view, now = asked
    state = transaction.state
    settings = state.settings
    months = months_asked(state, period, state.calendar.day_of_instant(now))
    book = (transaction.connection, transaction.village)
    closed = min(settings.closed_through, month_after(months[0], -1)) if settings.closed_through else ""
    before: list[Any] = list(queries.opening(*book, months[0], closed=closed, level=level))
    if view == RESTATED:
        before += queries.restated_before(*book, months[0], level=level)
        within = list(queries.restated_totals(*book, months[0], months[-1], level=level))
    else:
        within = list(queries.period_totals(*book, months[0], months[-1], level=level))
    for lapse in Unrecorded(transaction, state.calendar.day_of_instant(now)).lapses():
        whose = (lapse.account, state.grouping(lapse.account, lapse.on), "")
        month = lapse.concerns if view == RESTATED else lapse.period
        if month < months[0]:
            before.append((*whose, -lapse.points))
        elif month <= months[-1]:
            prior = int(not months[0] <= lapse.concerns <= months[-1])
            within.append((*whose, chart.heading_and_category(lapse.to)[0], prior, -lapse.points, 0))
    found, whole = row_sums(level, before, within)
    rows = _rows(transaction, level, found, settings.decimals)
    total = whole.row("", "", "", settings.decimals)
    return Tally(transaction.village, period, level, rows, total, view, months[-1] <= settings.closed_through)


def tallies(store: Store, asked: Asked, *, villages: Sequence[str] | None, after: str | None) -> Iterator[VillageTally]:
    """Yield the tally of each village behind ``after``, of some villages or all, in the order of their codes.

    Raises:
        StorageError: if the database itself is in the way; the stream may be begun again behind the last village.

    """
    with store.rounds() as rounds:
        for village in rounds.villages(after) if villages is None else _behind(villages, after):
            try:
                with rounds.reading(village) as transaction:
                    found = VillageTally(village, tally_of(transaction, asked), None)
            except (BeforeFirstPeriod, FutureDate, LedgerDamaged, UnknownVillage) as error:
                found = VillageTally(village, None, error)
            yield found


def _behind(villages: Iterable[str], after: str | None) -> Iterator[str]:
    return (village for village in sorted(set(villages)) if after is None or village > after)


def category_names(state: State) -> dict[str, str]:
    """Return the names of all categories that any rule book ever had, the latest name winning."""
    return {code: name for book in state.rulebooks() for code, name in book.categories}


def _rows(transaction: Transaction, level: str, found: dict[str, RowSums], places: int) -> tuple[TallyRow, ...]:
    if level == "household":
        rows = []
        people = {profile.id: profile for profile in transaction.profiles()}
        groups = queries.groups(transaction.connection, transaction.village)
        for account in transaction.accounts():
            known = people.get(account)
            code, name = (known.code, known.name) if known else (account, "")
            rows.append((found.get(account) or RowSums()).row(code, name, groups.get(account, ""), places))
        return tuple(sorted(rows, key=lambda row: row.code))
    if level == "category":
        names = category_names(transaction.state)
        told = [key for key in sorted(found) if key] + [""] * found.get("", RowSums()).holds(OF_CATEGORIES)
        return tuple(found[key].row(key, names.get(key, key), "", places, kept=False) for key in told)
    first = _first_households(transaction) if level == "group" else {}
    ordered = sorted(found, key=lambda key: (first.get(key, key), key))
    return tuple(found[key].row(key, key, "", places) for key in ordered)


def _first_households(transaction: Transaction) -> dict[str, str]:
    """Return the first household code of each group: groups are put in that order, not in that of their characters."""
    first: dict[str, str] = {}
    groups = queries.groups(transaction.connection, transaction.village)
    for profile in transaction.profiles():
        if profile.role == HOUSEHOLD:
            group = groups.get(profile.id, "")
            first[group] = min(first.get(group, profile.code), profile.code)
    return first
