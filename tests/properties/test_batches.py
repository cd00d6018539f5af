"""Batches: whatever a sheet and its rows are called, each of its acts has a request id of its own."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from pointsledger.batches import request_of_row

names = st.text("a/%125F:", min_size=1, max_size=6)
rows = st.tuples(names, st.integers(1, 3), st.integers(1, 3), names)


@given(rows, rows)
@example(("a/1", 1, 1, "b"), ("a", 1, 1, "1/b"))
@example(("a/b", 1, 1, "c"), ("a%2Fb", 1, 1, "c"))
def test_rows_that_differ_have_other_request_ids(
    one: tuple[str, int, int, str], other: tuple[str, int, int, str]
) -> None:
    """Two rows share a request id only if they are the same row of the same sheet for the same time."""
    assert (one == other) == (request_of_row(*one) == request_of_row(*other))
