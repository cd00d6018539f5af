"""Pins: what a digest binds, and that fresh salt and ids are fresh."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from pointsledger.rules.pins import SALT_BYTES, new_id, new_salt, person_pin, text_pin

SALT = bytes(range(32))


def test_a_text_has_this_pin() -> None:
    """The pin of a text is the hash of the salt and the text's UTF-8 bytes, frozen here."""
    expected = "02dbcf14d4edbd9627f855342b783f99b3158643e35a5ecbd52390f6c0a67e98"
    assert expected == text_pin(SALT, "一组路灯") == sha256(SALT + "一组路灯".encode()).hexdigest()


def test_a_person_has_this_pin() -> None:
    """The pin of a person is the hash of the salt and of code and name in canonical form, frozen here."""
    expected = "bc1ac3297da07084603143e4031dd561407c9995ad4eba55914a351254b1d83b"
    written = '{"code":"A-01","name":"李\\"四\\""}'.encode()
    assert expected == person_pin(SALT, "A-01", '李"四"') == sha256(SALT + written).hexdigest()


def test_a_pin_binds_code_and_name_apart() -> None:
    """Moving a character from the code to the name gives another pin."""
    assert person_pin(SALT, "A1", "B") != person_pin(SALT, "A", "1B")


@pytest.mark.parametrize("other", ["李四 ", "李三", "李 四", ""])
def test_another_text_has_another_pin(other: str) -> None:
    """A text that was swapped, or only touched, shows."""
    assert text_pin(SALT, "李四") != text_pin(SALT, other)


def test_another_salt_gives_another_pin() -> None:
    """The same name under two salts has two pins, so that pins cannot be compared across books."""
    other = bytes(32)
    assert text_pin(SALT, "李四") != text_pin(other, "李四")
    assert person_pin(SALT, "A", "李四") != person_pin(other, "A", "李四")


def test_salt_is_fresh_and_long() -> None:
    """Salt has 32 bytes and never comes twice."""
    salts = {new_salt() for _ in range(100)}
    assert (100, {32}, 32) == (len(salts), set(map(len, salts)), SALT_BYTES)


def test_ids_are_fresh_and_say_their_kind() -> None:
    """An id is its mark and twelve hexadecimal digits, and never comes twice."""
    ids = {new_id("h-") for _ in range(100)}
    assert 100 == len(ids)
    assert [] == [each for each in ids if not re.fullmatch(r"h-[0-9a-f]{12}", each)]
