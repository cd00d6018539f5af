"""Exact amounts hold for every number of decimals: in and out again, and never rounded."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import cast

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from pointsledger.errors import AmountTooLarge, FloatRefused, InputError, InvalidNumber, NotPositive, TooManyDecimals
from pointsledger.values.points import (
    LARGEST_AMOUNT,
    MAX_DECIMALS,
    Amount,
    number_text,
    quantity_text,
    scaled,
    unscaled,
)

places = st.integers(0, MAX_DECIMALS)
amounts = st.integers(1, LARGEST_AMOUNT) | st.integers(1, 250) | st.integers(1, 10**7).map(lambda half: 100 * half)
plain_texts = st.from_regex(r"[+-]?[0-9]{1,12}(\.[0-9]{0,5})?", fullmatch=True)


def outcome(value: object, decimals: int) -> int | type[InputError]:
    """Return the integer that a value becomes, or the kind of its refusal."""
    try:
        return scaled(cast("Amount", value), decimals)
    except InputError as refused:
        return type(refused)


@given(amounts, places)
def test_what_is_shown_can_be_entered_again(amount: int, decimals: int) -> None:
    """An amount survives the way out and in, as a Decimal, as its text and as the shortest text."""
    event(f"{decimals} decimals")
    shown = unscaled(amount, decimals)
    event("whole points" if shown == shown.to_integral_value() else "part of a point")
    assert [amount] * 3 == [scaled(value, decimals) for value in (shown, str(shown), number_text(amount, decimals))]


@given(amounts, places)
def test_whole_points_can_be_entered_as_integers(amount: int, decimals: int) -> None:
    """An int, its text and its Decimal are the same amount, or are all too large."""
    forms: list[Amount] = [amount, str(amount), Decimal(amount)]
    if amount * 10**decimals > LARGEST_AMOUNT:
        event("too large")
        for form in forms:
            with pytest.raises(AmountTooLarge):
                scaled(form, decimals)
    else:
        event("within the limit")
        assert [amount * 10**decimals] * 3 == [scaled(form, decimals) for form in forms]


@given(plain_texts, places)
@example("0.00", 2)
@example("1.005", 2)
@example("10000000.01", 2)
def test_a_plain_text_is_taken_exactly_or_refused(text: str, decimals: int) -> None:
    """Plain digits are the very number they say, or are refused for the reason that holds; none is rounded."""
    exact = Fraction(text.rstrip(".")) * 10**decimals
    reasons = {
        TooManyDecimals: exact.denominator != 1,
        NotPositive: exact <= 0,
        AmountTooLarge: abs(exact) > LARGEST_AMOUNT,
    }
    found = outcome(text, decimals)
    if isinstance(found, int):
        event("taken")
        assert (exact, False) == (found, any(reasons.values()))
    else:
        event(found.__name__)
        assert reasons[found]


@given(st.text(max_size=6) | st.from_regex(r"[0-9]{1,3}[eE_,，．０-９]?[0-9]{0,2}", fullmatch=True))
def test_a_text_of_anything_but_digits_is_no_number(text: str) -> None:
    """A text is refused as no number exactly where it is not a sign, digits and one point, in plain or full width."""
    plain = re.fullmatch(r"[+＋－−-]?(?:[0-9０-９]+[.．]?[0-9０-９]*|[.．][0-9０-９]+)", text.strip()) is not None
    event("plain" if plain else "no number")
    if re.search(r"[^\W0-9]|[,，．０-９]", text) and not plain:
        event("letters, separators or other digits")
    assert plain is (outcome(text, 2) is not InvalidNumber)


@given(st.integers(1, LARGEST_AMOUNT), places)
def test_a_sign_is_never_lost(amount: int, decimals: int) -> None:
    """The negative of an amount is refused in every form and shown with its sign."""
    event("shown with a fraction" if amount % 10**decimals else "shown whole")
    assert Fraction(-amount, 10**decimals) == Fraction(number_text(-amount, decimals))
    for form in (-amount, unscaled(-amount, decimals), number_text(-amount, decimals)):
        with pytest.raises((NotPositive, AmountTooLarge)):
            scaled(form, decimals)


@given(amounts)
def test_a_quantity_keeps_its_form(hundredths: int) -> None:
    """The text of a quantity is its value, and the text of that text is itself."""
    text = quantity_text(unscaled(hundredths, 2))
    event(f"{len(text.partition('.')[2])} places written")
    assert Fraction(hundredths, 100) == Fraction(text)
    assert text == quantity_text(text)


@given(st.floats() | st.booleans() | st.none() | st.binary(max_size=3), places)
def test_what_is_no_exact_number_is_refused(value: object, decimals: int) -> None:
    """A float, a boolean, nothing and bytes are refused whatever they hold."""
    event(type(value).__name__)
    assert (FloatRefused if isinstance(value, float) else InvalidNumber) is outcome(value, decimals)
