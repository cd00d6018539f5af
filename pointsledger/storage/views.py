"""Views, for people who write SQL: what they hold stays as it is, however the tables under them change.

They are read-only on every database: each joins several tables, which neither writes through. Points stand in them as
whole numbers of the smallest unit, with the village's ``decimals`` beside. Where they look an account up they do it by
a row comparison and not by two equations, or ask besides for a day that every row has: SQLite's planner knows nothing
of how many rows a value has, and would walk the whole village.
"""

from __future__ import annotations

VIEWS = (
    "points_view_balances",
    "points_view_statement_lines",
    "points_view_period_totals",
    "points_view_tallies",
    "points_view_redemptions",
    "points_view_closes",
    "points_view_bridges",
)
"""Their names, in an order in which each can be made; in the other each can be dropped."""
