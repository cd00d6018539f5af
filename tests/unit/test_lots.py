"""Lots: which points are spent first, and what may be spent at all."""

from __future__ import annotations

import pytest

from pointsledger.rules.lots import available, order_of, take, unsettle
from pointsledger.values.rows import Balance, Lot


def lot(seq: int, remaining: int, earned_on: str, expires_on: str | None, *, line: int = 1, settled: int = 0) -> Lot:
    """Return a lot of household 1."""
    granted = remaining + settled
    return Lot("v", seq, line, "h-1", "points", granted, remaining, settled, earned_on, earned_on, expires_on, 0)


def held(balance: int, *, promised: int = 0, pending: int = 0, arrears: int = 0) -> Balance:
    """Return a balance of household 1."""
    return Balance("v", "h-1", "points", balance, promised, pending, arrears)


def test_the_soonest_to_lapse_is_spent_first() -> None:
    """S-03: Of A 100 (to 2026-01-31), B 50 (to 2026-02-28) and C 30 (to 2025-06-30), 60 are C 30 + A 30."""
    a = lot(1, 100, "2025-01-01", "2026-01-31")
    b = lot(2, 50, "2025-02-01", "2026-02-28")
    c = lot(3, 30, "2025-03-01", "2025-06-30")
    assert ([(3, 1, 30), (1, 1, 30)], 0) == take(sorted([a, b, c], key=order_of), 60)


def test_the_day_of_expiry_comes_before_the_day_earned() -> None:
    """S-04: Of A 40 earned first and lapsing last and B 40 earned later and lapsing first, a spend of 30 takes B."""
    a = lot(1, 40, "2026-01-01", "2026-12-31")
    b = lot(2, 40, "2026-02-01", "2026-03-31")
    assert ([(2, 1, 30)], 0) == take(sorted([a, b], key=order_of), 30)


def test_the_order_of_consumption() -> None:
    """Lots go by expiry with none last, then by the day earned, then by record, then by line."""
    expected = (
        lot(9, 1, "2026-03-01", "2026-03-31"),
        lot(8, 1, "2026-01-01", "2026-12-31"),
        lot(3, 1, "2026-02-01", "2026-12-31"),
        lot(4, 1, "2026-02-01", "2026-12-31", line=2),
        lot(4, 1, "2026-02-01", "2026-12-31", line=10),
        lot(10, 1, "2026-02-01", "2026-12-31"),
        lot(7, 1, "2025-12-31", None),
        lot(1, 1, "2026-01-01", None),
        lot(2, 1, "2026-01-01", None),
    )
    mixed = [*expected[5:], *expected[2:5], *expected[:2]]
    assert list(expected) == sorted(mixed, key=order_of)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, ([], 0)),
        (1, ([(1, 1, 1)], 0)),
        (10, ([(1, 1, 10)], 0)),
        (11, ([(1, 1, 10), (3, 1, 1)], 0)),
        (15, ([(1, 1, 10), (3, 1, 5)], 0)),
        (16, ([(1, 1, 10), (3, 1, 5)], 1)),
    ],
)
def test_lots_are_taken_in_the_order_given(amount: int, expected: tuple[list[tuple[int, int, int]], int]) -> None:
    """Each lot is emptied before the next is touched, an empty one names no part, and what is short is returned."""
    lots = [lot(1, 10, "2026-01-01", None), lot(2, 0, "2026-01-01", None), lot(3, 5, "2026-01-01", None)]
    assert expected == take(lots, amount)


def test_nothing_can_be_taken_from_no_lots() -> None:
    """Where there is no lot, all of it is short."""
    assert ([], 7) == take([], 7)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (3, [(5, 2, 3)]),
        (5, [(5, 2, 4), (5, 1, 1)]),
        (10, [(5, 2, 4), (5, 1, 2), (1, 1, 4)]),
        (0, []),
    ],
)
def test_what_was_paid_into_arrears_comes_back_last_first(amount: int, expected: list[tuple[int, int, int]]) -> None:
    """What lots had settled goes back to the lot that came last first, and never more than it had paid."""
    lots = [
        lot(1, 0, "2026-01-01", None, settled=6),
        lot(5, 3, "2026-01-05", None, settled=2),
        lot(3, 9, "2026-01-03", None),
        lot(5, 3, "2026-01-05", None, line=2, settled=4),
    ]
    assert expected == unsettle(lots, amount)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (held(0), 0),
        (held(14), 14),
        (held(120, promised=80), 40),
        (held(50, pending=20), 30),
        (held(50, promised=30, pending=20), 0),
        (held(10, promised=30), 0),
        (held(-6, arrears=6), 0),
        (held(70, promised=80, arrears=10), 0),
        (held(14, arrears=1), 0),
    ],
)
def test_what_may_be_spent(balance: Balance, expected: int) -> None:
    """What is held or pending may not be spent, and in arrears nothing may."""
    assert expected == available(balance)
