"""Exact amounts: points as integers of the village's smallest unit, quantities in hundredths.

A village chooses 0, 1 or 2 decimal places once. Inside, 12.5 points of a village with one place are the
integer 125; outside they are ``Decimal("12.5")``. A float never enters: 0.1 + 0.2 would not tie out.
"""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation

from pointsledger.errors import (
    AmountTooLarge,
    FloatRefused,
    InvalidNumber,
    InvalidSetting,
    NegativeCount,
    NotPositive,
    TooManyDecimals,
)
from pointsledger.values.widths import narrow

MAX_DECIMALS = 2
"""Decimal places a village may choose at most."""

LARGEST_AMOUNT = 1_000_000_000
"""Smallest units that one act may move at most; sums of millions of acts stay below 2**53."""

LAST_NUMBER = 2**63 - 1
"""The greatest number that a record can have in any database."""

QUANTITY_DECIMALS = 2
FEN_DECIMALS = 2

_LONGEST_NUMBER = 60
# Arithmetic of our own: a host's decimal context may round to six places, and nothing here may round at all.
_EXACT = Context(prec=4 * _LONGEST_NUMBER)

Amount = int | str | Decimal
"""What the public face takes for a number of points or a quantity."""


def parse_decimals(value: object) -> int:
    """Return ``value`` if a village may choose so many decimal places.

    Raises:
        InvalidSetting: if it may not.

    """
    if type(value) is int and 0 <= value <= MAX_DECIMALS:
        return value
    raise InvalidSetting(name="decimals", value=value, allowed="0, 1 or 2", allowed_zh="0、1 或 2")


def scaled(value: Amount, decimals: int, *, name: str = "points", limit: int = LARGEST_AMOUNT) -> int:
    """Return ``value`` as a positive integer of the unit with ``decimals`` places; it is never rounded.

    Raises:
        FloatRefused: for a float (a bool is no number either).
        InvalidNumber: for what is no plain finite number; ``"1e3"`` and ``"٣"`` are not plain, ``"３"`` is.
        TooManyDecimals: if digits other than 0 stand beyond ``decimals`` places.
        NotPositive: for zero and below.
        AmountTooLarge: beyond ``limit``, in the smallest unit.

    """
    if type(value) is int:
        if value.bit_length() > 4 * _LONGEST_NUMBER:
            raise AmountTooLarge(name=name, value=_digits(value), limit=unscaled(limit, decimals))
        amount: int = value * 10**decimals
    else:
        exact = _exact(value, name).scaleb(decimals, _EXACT)
        if exact != exact.to_integral_value():
            raise TooManyDecimals(name=name, value=value, decimals=decimals)
        amount = int(exact)
    if amount <= 0:
        raise NotPositive(name=name, value=value)
    if amount > limit:
        raise AmountTooLarge(name=name, value=value, limit=unscaled(limit, decimals))
    return amount


def record_number(value: object, name: str) -> int:
    """Return what may be the number of a record, if there is one so far.

    Raises:
        InvalidNumber: for what is no integer, or one so long that no sentence could hold it.

    """
    if type(value) is not int:
        raise InvalidNumber(name=name, value=value)
    if value.bit_length() > 4 * _LONGEST_NUMBER:
        raise InvalidNumber(name=name, value=_digits(value))
    return value


def _digits(value: int) -> str:
    """Return how long an integer is of which nobody wants to see every digit."""
    return f"of about {value.bit_length() * 3 // 10} digits"


def counted(value: Amount, *, name: str, limit: int) -> int:
    """Return a whole number of things that somebody counted, which may be none.

    Raises:
        NegativeCount: for less than none.
        FloatRefused, InvalidNumber, TooManyDecimals, AmountTooLarge: as ``scaled``.

    """
    try:
        return scaled(value, 0, name=name, limit=limit)
    except NotPositive:
        if _exact(Decimal(value) if type(value) is int else value, name):
            raise NegativeCount(name=name, value=value) from None
        return 0


def unscaled(amount: int, decimals: int) -> Decimal:
    """Return integer ``amount`` of the smallest unit as the Decimal that people read."""
    return Decimal(amount).scaleb(-decimals, _EXACT)


def quantity_text(value: Amount, *, name: str = "quantity") -> str:
    """Return a quantity in its one normal form: ``"2"``, ``"1.5"``; two places at most."""
    return number_text(scaled(value, QUANTITY_DECIMALS, name=name), QUANTITY_DECIMALS)


def number_text(amount: int, decimals: int) -> str:
    """Return integer ``amount`` with ``decimals`` places as its shortest decimal text."""
    whole, rest = divmod(abs(amount), 10**decimals)
    fraction = f"{rest:0{decimals}d}".rstrip("0") if decimals else ""
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _exact(value: object, name: str) -> Decimal:
    if isinstance(value, float):
        raise FloatRefused(name=name, value=value)
    if isinstance(value, Decimal):
        exact = value
    elif (
        isinstance(value, str)
        and len(value) <= _LONGEST_NUMBER
        and not set(narrow(value).strip()) - set("+-.0123456789")
    ):
        try:
            exact = Decimal(narrow(value).strip())
        except InvalidOperation as error:
            raise InvalidNumber(name=name, value=value) from error
    else:
        raise InvalidNumber(name=name, value=value)
    if (
        not exact.is_finite()
        or len(exact.as_tuple().digits) > _LONGEST_NUMBER
        or abs(exact.adjusted()) > _LONGEST_NUMBER
    ):
        raise InvalidNumber(name=name, value=value)
    return exact
