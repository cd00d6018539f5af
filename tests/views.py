"""The views held against the readings: two ways to the same figures, one in Python and one in SQL."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from pointsledger import Ledger
from pointsledger.rules.bridge import FIGURES

Rows = list[tuple[Any, ...]]

BALANCE = ("household", "name", "group", "balance", "held", "pending", "arrears", "available")
BRIDGE = ("code", "name", "group", "deeds", *FIGURES)
LINE = (
    *("seq", "on", "counts_on", "period", "for_period", "recorded_at", "heading", "activity", "member", "points"),
    *("balance", "requested", "reversed_by"),
)
CLOSED = ("household", "name", *FIGURES)
REDEMPTION = (
    *("seq", "household", "name", "on", "period", "by", "reversed_by", "state", "shop", "last_day", "ended_by"),
    *("refunded", "collector", "collector_name", "cash_fen", "irregular"),
)
ITEM = ("item", "pieces", "price", "refunded", "returned")
COLUMN_OF = {"group": "group_name", "on": "on_day", "code": "household", "by": "by_operator"}
"""What the views call what a reading calls otherwise."""


def check_views(ledger: Ledger) -> None:
    """See that the views hold what the readings say; in a village that counts in whole points."""
    assert [attrgetter(*BALANCE)(row) for row in ledger.balances()] == viewed(ledger, "balances", BALANCE, "household")
    for held in ledger.balances():
        lines = [attrgetter(*LINE)(line) for line in ledger.statement(held.household)]
        assert lines == viewed(ledger, "statement_lines", LINE, "counts_on, seq, line", household=held.household)
    for (month,) in viewed(ledger, "tallies", ("DISTINCT period",), "1"):
        tally = [attrgetter(*BRIDGE)(row) for row in ledger.tally(month)]
        assert tally == viewed(ledger, "tallies", BRIDGE, "household", period=month)
        check_categories(ledger, month)
    check_closes(ledger)
    redeemed = [
        (*attrgetter(*REDEMPTION)(made), *attrgetter(*ITEM)(item))
        for made in ledger.redemptions()
        for item in made.items
    ]
    pieces = ("item", "pieces", "price", "refunded_pieces", "returned_pieces")
    assert redeemed == viewed(ledger, "redemptions", (*REDEMPTION, *pieces), "seq, item")


def check_closes(ledger: Ledger) -> None:
    """See that the view of closes says what their records do, and the bridges what the tallies of closed months do."""
    closes = [
        (record.said["period"], record.seq, record.recorded_at, record.decided["size"], record.decided["accounts"])
        for record in ledger.records(kinds=["close"])
    ]
    assert closes == viewed(ledger, "closes", ("period", "seq", "recorded_at", "size", "accounts"), "period")
    for month, *_ in closes:
        tally = [
            (row.code, row.name, *(getattr(row, name) for name in FIGURES))
            for row in ledger.tally(month)
            if any(getattr(row, name) for name in FIGURES)
        ]
        assert tally == viewed(ledger, "bridges", CLOSED, "household", period=month)


def check_categories(ledger: Ledger, month: str) -> None:
    """See that the totals of a month, added up by category, are its tally by category."""
    sums: dict[tuple[str, str], int] = {}
    columns = ("category", "heading", "for_period", "points")
    for category, heading, concerned, points in viewed(ledger, "period_totals", columns, "1", period=month):
        name = "prior" if concerned not in {"", month} else heading
        sums[category, name] = sums.get((category, name), 0) + points
    told = {
        (row.code, name): getattr(row, name)
        for row in ledger.tally(month, level="category")
        for name in ("base", "earned", "prior", "deducted")
    }
    # Of what belongs to no category the tally knows lapses that are due, too, and a view only what is recorded.
    compared = {key for key in (*told, *sums) if key[0] or key[1] in {"base", "earned", "deducted"}}
    assert {key: told[key] for key in compared if told.get(key)} == {
        key: sums[key] for key in compared if sums.get(key)
    }


def viewed(ledger: Ledger, view: str, columns: tuple[str, ...], order: str, **where: str) -> Rows:
    """Return the rows of a view of a village, in an order, with points as they stand there."""
    asked = ", ".join(COLUMN_OF.get(column, column) for column in columns)
    told = " AND ".join(f"{name} = '{value}'" for name, value in {"village": ledger.village, **where}.items())
    statement = f"SELECT {asked} FROM points_view_{view} WHERE {told} ORDER BY {order}"  # noqa: S608 - the tests' own words
    with ledger._store.connected(writes=False) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]
