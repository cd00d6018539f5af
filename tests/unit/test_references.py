"""References: every number of a record that may be said is followed, or is left out for a reason."""

from __future__ import annotations

from pointsledger.decisions.kinds import KINDS
from pointsledger.decisions.references import NOT_FOLLOWED, REFERENCES

FIGURES = {
    *("decimals", "cut_off_day", "minutes", "points", "pieces", "unit_cost_fen", "fen", "cash_fen"),
    *("handed_over", "returned", "replaced", "draw_size", "draw_count"),
}
"""The whole numbers that are no record's: amounts, settings, and what is said by 1 or 0."""


def test_every_number_of_a_record_is_followed_or_left_out_for_a_reason() -> None:
    """Whoever gives a kind a whole number says here whether it is a record's, and the table what it is about."""
    said = {
        kind: {field.name for field in form.said if field.type is int} - FIGURES for (kind, _), form in KINDS.items()
    }
    followed = {kind: left for kind, names in said.items() if (left := names - set(NOT_FOLLOWED))}
    assert {kind: set(fields) for kind, fields in REFERENCES.items()} == followed
    assert set(NOT_FOLLOWED) == set().union(*said.values()) - set().union(*followed.values())
    assert all(NOT_FOLLOWED.values())
