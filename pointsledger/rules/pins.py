"""Pins: salted digests by which the journal holds on to text that it must not contain.

A name or a phone number is guessed in no time from a bare hash. With 32 random bytes of salt, kept beside the
text and erased with it, the digest in the journal says nothing, and still shows when the text was swapped.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from pointsledger.values.canonical import canonical

SALT_BYTES = 32


def new_salt() -> bytes:
    """Return fresh salt."""
    return secrets.token_bytes(SALT_BYTES)


def new_id(mark: str) -> str:
    """Return a fresh opaque id; ``mark`` says of what kind."""
    return mark + secrets.token_hex(6)


def text_pin(salt: bytes, text: str) -> str:
    """Return the digest that pins free text."""
    return sha256(salt + text.encode()).hexdigest()


def person_pin(salt: bytes, code: str, name: str) -> str:
    """Return the digest that pins a code and a name."""
    return sha256(salt + canonical({"code": code, "name": name})).hexdigest()
