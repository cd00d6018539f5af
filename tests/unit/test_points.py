"""Exact amounts: which inputs are numbers, what they are inside, and how they are shown."""

from __future__ import annotations

from decimal import Decimal, localcontext
from enum import IntEnum
from fractions import Fraction
from typing import cast

import pytest

from pointsledger.errors import (
    AmountTooLarge,
    FloatRefused,
    InvalidNumber,
    NotPositive,
    PointsLedgerError,
    TooManyDecimals,
)
from pointsledger.values.points import LARGEST_AMOUNT, Amount, number_text, quantity_text, scaled, unscaled


class Grade(IntEnum):
    """A number that is more than a number."""

    GOOD = 1


SOUND: list[tuple[Amount, int, int]] = [
    (12, 0, 12),
    (12, 1, 120),
    (12, 2, 1200),
    ("12", 0, 12),
    ("12.5", 1, 125),
    ("12.50", 1, 125),
    ("12.5", 2, 1250),
    ("12.0", 0, 12),
    ("12.", 0, 12),
    (".5", 1, 5),
    ("+3", 0, 3),
    ("007", 0, 7),
    (" 2.5 ", 1, 25),
    ("\u30002\t", 0, 2),
    (Decimal(12), 0, 12),
    (Decimal("12.5"), 1, 125),
    (Decimal("12.500"), 1, 125),
    (Decimal("1E+3"), 0, 1000),
    (LARGEST_AMOUNT, 0, LARGEST_AMOUNT),
    ("10000000.00", 2, LARGEST_AMOUNT),
    (Decimal("10000000.00"), 2, LARGEST_AMOUNT),
    ("0.01", 2, 1),
]

REFUSED: list[tuple[object, int, type[PointsLedgerError]]] = [
    (1.0, 0, FloatRefused),
    (0.1, 2, FloatRefused),
    (float("nan"), 0, FloatRefused),
    (float("inf"), 0, FloatRefused),
    (True, 0, InvalidNumber),
    (False, 0, InvalidNumber),
    (None, 0, InvalidNumber),
    (b"1", 0, InvalidNumber),
    (Fraction(1, 2), 1, InvalidNumber),
    (Grade.GOOD, 0, InvalidNumber),
    ("", 0, InvalidNumber),
    (" ", 0, InvalidNumber),
    (".", 0, InvalidNumber),
    ("-", 0, InvalidNumber),
    ("+-1", 0, InvalidNumber),
    ("1.2.3", 2, InvalidNumber),
    ("1e3", 0, InvalidNumber),
    ("1E3", 0, InvalidNumber),
    ("1_000", 0, InvalidNumber),
    ("1,000", 0, InvalidNumber),
    ("1 000", 0, InvalidNumber),
    ("0x10", 0, InvalidNumber),
    ("1²", 0, InvalidNumber),
    ("①", 0, InvalidNumber),
    ("٣", 0, InvalidNumber),
    ("三", 0, InvalidNumber),
    ("2分", 0, InvalidNumber),
    ("NaN", 0, InvalidNumber),
    ("Infinity", 0, InvalidNumber),
    ("-inf", 0, InvalidNumber),
    (Decimal("NaN"), 0, InvalidNumber),
    (Decimal("sNaN"), 0, InvalidNumber),
    (Decimal("Infinity"), 0, InvalidNumber),
    (Decimal("-Infinity"), 0, InvalidNumber),
    (Decimal("1E+999999"), 0, InvalidNumber),
    ("1" * 5_000, 0, InvalidNumber),
    (0, 0, NotPositive),
    (-1, 0, NotPositive),
    (-(10**12), 0, NotPositive),
    ("0", 0, NotPositive),
    ("0.00", 1, NotPositive),
    ("-0", 0, NotPositive),
    ("-2.5", 1, NotPositive),
    (Decimal(0), 2, NotPositive),
    (Decimal("-0.5"), 1, NotPositive),
    ("0.5", 0, TooManyDecimals),
    ("12.55", 1, TooManyDecimals),
    ("12.001", 2, TooManyDecimals),
    ("-0.001", 2, TooManyDecimals),
    (Decimal("12.001"), 2, TooManyDecimals),
    ("1.00000000000000000001", 2, TooManyDecimals),
    (LARGEST_AMOUNT + 1, 0, AmountTooLarge),
    (LARGEST_AMOUNT, 1, AmountTooLarge),
    (10**30, 0, AmountTooLarge),
    ("10000000.01", 2, AmountTooLarge),
    ("1" * 30, 0, AmountTooLarge),
    (Decimal("1E+30"), 0, AmountTooLarge),
]


@pytest.mark.parametrize(("value", "decimals", "expected"), SOUND)
def test_a_plain_number_becomes_an_integer(value: Amount, decimals: int, expected: int) -> None:
    """An int, plain text or Decimal becomes the same amount in the village's smallest unit."""
    found = scaled(value, decimals)
    assert (expected, int) == (found, type(found))


@pytest.mark.parametrize(("value", "decimals", "expected"), REFUSED, ids=lambda value: ascii(value)[:30])
def test_anything_else_is_refused(value: object, decimals: int, expected: type[PointsLedgerError]) -> None:
    """What is no plain positive amount within the limits is refused, each kind by its own error."""
    with pytest.raises(PointsLedgerError) as caught:
        scaled(cast("Amount", value), decimals)
    assert expected is type(caught.value)


@pytest.mark.parametrize("value", ["一", "0", "1.5", 10**10])
def test_a_refusal_says_what_the_number_was_for(value: Amount) -> None:
    """The error carries the name of the number and the value as it was given."""
    with pytest.raises(PointsLedgerError) as caught:
        scaled(value, 0, name="pieces")
    assert {"name": "pieces", "value": value} == {name: caught.value.data[name] for name in ("name", "value")}
    assert str(caught.value).startswith("pieces ")


@pytest.mark.parametrize(
    ("typed", "plain"), [("２", "2"), ("１2", "12"), ("２．５", "2.5"), ("＋３", "3"), ("\u3000５", "5"), ("＝", None)]
)
def test_full_width_digits_are_digits(typed: str, plain: str | None) -> None:
    """What a Chinese input method writes for digits, a sign and a point is taken for them, and nothing else is."""
    if plain is None:
        with pytest.raises(InvalidNumber):
            scaled(typed, 2)
    else:
        assert scaled(plain, 2) == scaled(typed, 2)
        assert quantity_text(plain) == quantity_text(typed)


@pytest.mark.parametrize("typed", ["−5", "－５"])
def test_a_minus_sign_of_any_kind_is_one(typed: str) -> None:
    """A minus sign, full-width or that of mathematics, makes a number negative and is not taken for rubbish."""
    with pytest.raises(NotPositive):
        scaled(typed, 0)


def test_the_limit_is_shown_in_points() -> None:
    """A village with two decimals reads the limit of one act in points, not in hundredths."""
    with pytest.raises(AmountTooLarge, match=r"\(10000000\.00\)"):
        scaled("10000000.01", 2)


def test_a_caller_may_set_a_limit_of_its_own() -> None:
    """Under a limit of its own a number is taken up to that limit, in whatever form it is written."""
    assert (25, 25) == (scaled("2.5", 1, limit=25), scaled(25, 0, limit=25))
    beyond: list[tuple[Amount, int]] = [("2.6", 1), (26, 0), (Decimal(26), 0)]
    for value, decimals in beyond:
        with pytest.raises(AmountTooLarge, match=r"\((2\.5|25)\)"):
            scaled(value, decimals, limit=25)


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [
        (125, 0, "125"),
        (125, 1, "12.5"),
        (120, 1, "12.0"),
        (5, 2, "0.05"),
        (0, 2, "0.00"),
        (0, 0, "0"),
        (-125, 1, "-12.5"),
        (LARGEST_AMOUNT, 2, "10000000.00"),
    ],
)
def test_an_amount_is_shown_with_the_places_of_the_village(amount: int, decimals: int, expected: str) -> None:
    """Outside, an integer of the smallest unit is a Decimal with the village's places."""
    assert expected == str(unscaled(amount, decimals))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2, "2"),
        ("2", "2"),
        ("2.0", "2"),
        ("02.50", "2.5"),
        ("1.25", "1.25"),
        (".5", "0.5"),
        ("10", "10"),
        ("100.00", "100"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E+1"), "10"),
    ],
)
def test_a_quantity_has_one_form(value: Amount, expected: str) -> None:
    """However a quantity was written, its text is the shortest."""
    assert expected == quantity_text(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.001", TooManyDecimals),
        ("0", NotPositive),
        (-2, NotPositive),
        ("一", InvalidNumber),
        ("1e1", InvalidNumber),
        (1.5, FloatRefused),
        ("10000000.01", AmountTooLarge),
    ],
)
def test_a_quantity_is_refused_as_points_are(value: object, expected: type[PointsLedgerError]) -> None:
    """A quantity has two decimals at most and is refused under its own name."""
    with pytest.raises(PointsLedgerError) as caught:
        quantity_text(cast("Amount", value))
    assert (expected, "quantity") == (type(caught.value), caught.value.data["name"])


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [(0, 0, "0"), (0, 2, "0"), (5, 1, "0.5"), (-5, 1, "-0.5"), (-105, 2, "-1.05"), (1200, 2, "12"), (120, 0, "120")],
)
def test_a_number_is_written_shortest(amount: int, decimals: int, expected: str) -> None:
    """No zero stands behind the last digit of a fraction, and whole tens keep theirs."""
    assert expected == number_text(amount, decimals)


def test_a_hosts_decimal_context_rounds_nothing() -> None:
    """A host that computes with six places still gets every digit of an amount, in and out."""
    with localcontext() as context:
        context.prec = 6
        assert 123_456_789 == scaled("1234567.89", 2)
        assert "1234567.89" == str(unscaled(123_456_789, 2))


def test_a_digit_far_behind_the_point_is_seen() -> None:
    """A digit beyond the places of any context is a decimal too many, never rounded away."""
    with pytest.raises(TooManyDecimals):
        scaled("1.0000000000000000000000000001", 2)


def test_an_integer_of_thousands_of_digits_is_too_large() -> None:
    """A number too long to be printed still gets the sentence about its size."""
    with pytest.raises(AmountTooLarge):
        scaled(10**5000, 0)
