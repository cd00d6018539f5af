"""The canonical form: which bytes a value has, and what has none."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import cast

import pytest

from pointsledger.values.canonical import LARGEST_INTEGER, Json, canonical, parse

GOLDEN: list[tuple[Json, bytes]] = [
    ({}, b"{}"),
    ([], b"[]"),
    ("", b'""'),
    (0, b"0"),
    (-7, b"-7"),
    (2**53 - 1, b"9007199254740991"),
    (-(2**53) + 1, b"-9007199254740991"),
    ({"b": 1, "a": [2, "x", {}, []], "": "empty"}, b'{"":"empty","a":[2,"x",{},[]],"b":1}'),
    ({"A": 1, "a": 2, "_": 3, "10": 4, "9": 5}, b'{"10":4,"9":5,"A":1,"_":3,"a":2}'),
    ({"积分": "台账"}, b'{"\xe7\xa7\xaf\xe5\x88\x86":"\xe5\x8f\xb0\xe8\xb4\xa6"}'),
    (["\U0001f33e", "\ufeff"], b'["\xf0\x9f\x8c\xbe","\xef\xbb\xbf"]'),
]

RFC_NAMES: dict[str, Json] = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}


class Grade(IntEnum):
    """A number that is more than a number."""

    GOOD = 1


NO_VALUES: list[object] = [
    1.0,
    float("nan"),
    None,
    True,
    False,
    Decimal(1),
    b"text",
    ("a", "b"),
    {"a"},
    Grade.GOOD,
    {1: "a"},
    {None: "a"},
    {b"a": "a"},
]

NO_NUMBERS_OR_TEXTS: list[object] = [2**53, -(2**53), 10**400, "\ud800", "a\udfff", {"\ud800": 1}, {"é\udc00": 1}]


@pytest.mark.parametrize(("value", "expected"), GOLDEN)
def test_a_value_has_these_bytes(value: Json, expected: bytes) -> None:
    """Each value is written in the bytes that were frozen here."""
    assert expected == canonical(value)


@pytest.mark.parametrize(("value", "text"), GOLDEN)
def test_these_bytes_are_read_back(value: Json, text: bytes) -> None:
    """The frozen bytes stand for the value they were made of."""
    assert value == parse(text)


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("\b", b'"\\b"'),
        ("\t", b'"\\t"'),
        ("\n", b'"\\n"'),
        ("\f", b'"\\f"'),
        ("\r", b'"\\r"'),
        ('"', b'"\\""'),
        ("\\", b'"\\\\"'),
        ("\x00", b'"\\u0000"'),
        ("\x0b", b'"\\u000b"'),
        ("\x1f", b'"\\u001f"'),
        ("/", b'"/"'),
        ("\x7f", b'"\x7f"'),
        ("\u2028", b'"\xe2\x80\xa8"'),
    ],
)
def test_only_what_must_be_escaped_is(character: str, expected: bytes) -> None:
    """Five controls have short escapes, the others six lower-case characters, and nothing else is escaped."""
    assert expected == canonical(character)


def test_names_are_ordered_by_utf16_units() -> None:
    """The example of RFC 8785, section 3.2.3, comes in that section's order, the emoji before U+FB33."""
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    parsed = cast("dict[str, Json]", parse(canonical(RFC_NAMES)))
    assert expected == list(parsed)


def test_astral_names_have_these_bytes() -> None:
    """A name beyond U+FFFF stands before one of U+E000 to U+FFFF, also deep inside."""
    value: Json = [{"a": {"\uffff": 1, "\U00010000": 2, "z": 3}}]
    assert b'[{"a":{"z":3,"\xf0\x90\x80\x80":2,"\xef\xbf\xbf":1}}]' == canonical(value)


@pytest.mark.parametrize("value", NO_VALUES, ids=repr)
@pytest.mark.parametrize("place", ["alone", "in a list", "in an object", "behind a name to reorder"])
def test_what_has_no_canonical_form_is_refused(value: object, place: str) -> None:
    """Neither a float, null, boolean, foreign type nor a name that is no string gets through, wherever it stands."""
    placed = {
        "alone": value,
        "in a list": ["a", value],
        "in an object": {"a": value},
        "behind a name to reorder": {"\uffff": 1, "\U00010000": [value]},
    }[place]
    with pytest.raises(TypeError):
        canonical(cast("Json", placed))


@pytest.mark.parametrize("value", NO_NUMBERS_OR_TEXTS, ids=ascii)
@pytest.mark.parametrize("place", ["alone", "in a list", "in an object", "behind a name to reorder"])
def test_numbers_and_texts_that_readers_disagree_on_are_refused(value: object, place: str) -> None:
    """An integer beyond 2**53 - 1 and half of a surrogate pair are refused, wherever they stand."""
    placed = {
        "alone": value,
        "in a list": ["a", value],
        "in an object": {"a": value},
        "behind a name to reorder": {"\uffff": 1, "\U00010000": [value]},
    }[place]
    with pytest.raises(ValueError, match=r"2\*\*53|surrogates"):
        canonical(cast("Json", placed))


def test_the_largest_integer_is_that_of_every_reader() -> None:
    """The limit is the largest integer that a double keeps exactly together with all below it."""
    assert 9_007_199_254_740_991 == LARGEST_INTEGER


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"{}{}",
        b" {}",
        b"{}\n",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000B"',
        b'"\\u0009"',
        b'"\\ud800"',
        b"-0",
        b"1.0",
        b"1e2",
        b"01",
        b"true",
        b"null",
        b"[NaN]",
        b"9007199254740992",
        b"1" * 5_000,
        b'"\xff"',
        b'\xef\xbb\xbf"a"',
        '"a"'.encode("utf-16"),
        '{"\uffff":1,"\U00010000":2}'.encode(),
        b"[" * 100_000 + b"]" * 100_000,
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_any_other_text_is_refused(text: bytes) -> None:
    """A text that is no JSON, or JSON in any but its canonical form, is not read."""
    with pytest.raises(ValueError):  # noqa: PT011 - each reader words its own complaint
        parse(text)
