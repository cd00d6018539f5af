"""The canonical form holds for every value: against an independent writer, and against every other spelling."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import cast

import pytest
import rfc8785
from hypothesis import assume, event, example, given
from hypothesis import strategies as st

from pointsledger.values.canonical import LARGEST_INTEGER, Json, canonical, parse

# Where the order of UTF-16 units and that of code points part, what must be escaped, and what looks as if it must.
TRICKY = "\ue000\uffff\U00010000\U0010ffff\x00\x1f\n\\/\x7f\u2028é积" + '"'

characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from(TRICKY)
texts = st.text(characters, max_size=6)
plain_names = st.text(st.sampled_from("aAbB19_"), max_size=2)
tricky_names = st.text(st.sampled_from(TRICKY), min_size=1, max_size=2)
integers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
leaves: st.SearchStrategy[Json] = texts | integers
values: st.SearchStrategy[Json] = st.recursive(
    leaves | st.dictionaries(tricky_names, leaves, min_size=3, max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_names | texts, inner, max_size=4),
    max_leaves=8,
)

ASTRAL_BEFORE_PRIVATE: Json = {"\uffff": 1, "\U00010000": ["\x1f"]}


def objects_in(value: Json) -> Iterator[dict[str, Json]]:
    """Yield every object inside a value."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for held in value.values() if isinstance(value, dict) else value:
            yield from objects_in(held)


def texts_in(value: Json) -> Iterator[str]:
    """Yield every text inside a value, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for held in value:
            yield from texts_in(held)
    elif isinstance(value, dict):
        for name, held in value.items():
            yield name
            yield from texts_in(held)


def tell(value: Json) -> None:
    """Note which of the interesting cases a value is."""
    if any(sorted(held) != sorted(held, key=lambda name: name.encode("utf-16-be")) for held in objects_in(value)):
        event("the two orders of names differ")
    together = "".join(texts_in(value))
    if any(character > "\uffff" for character in together):
        event("an astral character")
    if any(character < " " for character in together):
        event("a control character")
    if sum(1 for _ in objects_in(value)) > 1:
        event("an object inside another value")


def respelt(value: Json, chance: Random) -> str:
    """Write a value as JSON in some spelling: white space, escapes and the order of names as they come."""

    def gap() -> str:
        return chance.choice(["", "", "", "", " ", "\n", "\t"])

    def text(held: str) -> str:
        written = []
        for character in held:
            units = character.encode("utf-16-be")
            pairs = [units[place : place + 2].hex() for place in range(0, len(units), 2)]
            plain = json.dumps(character, ensure_ascii=False)[1:-1]
            written.append("".join(f"\\u{pair}" for pair in pairs) if chance.random() < 0.1 else plain)
        return f'"{"".join(written)}"'

    if isinstance(value, str):
        return gap() + text(value)
    if isinstance(value, int):
        return gap() + str(value)
    if isinstance(value, list):
        return f"[{','.join(respelt(held, chance) for held in value)}{gap()}]"
    shuffled = sorted(value)
    chance.shuffle(shuffled)
    inner = ",".join(f"{gap()}{text(name)}{gap()}:{respelt(value[name], chance)}" for name in shuffled)
    return f"{{{inner}{gap()}}}"


@given(values)
@example(ASTRAL_BEFORE_PRIVATE)
def test_the_bytes_are_those_of_an_independent_writer(value: Json) -> None:
    """Every value is written as the package ``rfc8785`` writes it."""
    tell(value)
    # A copy by json: the other package's type of a value is wider than ours, so ours is no such type to a checker.
    assert rfc8785.dumps(json.loads(json.dumps(value))) == canonical(value)


@given(values)
@example(ASTRAL_BEFORE_PRIVATE)
def test_what_was_written_is_read_back(value: Json) -> None:
    """Reading the bytes of a value gives the value."""
    tell(value)
    assert value == parse(canonical(value))


@given(values, st.randoms(use_true_random=False))
@example(ASTRAL_BEFORE_PRIVATE, Random(1))  # noqa: S311 - no secret is drawn from it
def test_every_other_spelling_is_refused(value: Json, chance: Random) -> None:
    """A text that means the same value and is not its canonical bytes is refused."""
    spelling = (respelt(value, chance) + chance.choice(["", "", "\n"])).encode()
    assert value == json.loads(spelling)
    assume(spelling != canonical(value))
    event("escaped" if b"\\u" in spelling and b"\\u" not in canonical(value) else "spaced or reordered")
    if sorted(spelling) == sorted(canonical(value)):
        event("only reordered")
    with pytest.raises(ValueError, match="canonical"):
        parse(spelling)


@given(
    st.dictionaries(texts, values, min_size=1, max_size=4),
    st.sampled_from([1.5, None, True, 2**53, "\ud800"]),
    st.randoms(use_true_random=False),
)
def test_one_bad_value_anywhere_spoils_the_whole(value: dict[str, Json], bad: object, chance: Random) -> None:
    """A value is refused as a whole when anything inside it has no canonical form."""
    holders = list(objects_in(value))
    event("several objects to spoil" if len(holders) > 1 else "one object to spoil")
    spoilt = chance.choice(holders)
    spoilt[chance.choice(sorted(spoilt) or ["bad"])] = cast("Json", bad)
    with pytest.raises((TypeError, ValueError)):
        canonical(value)
