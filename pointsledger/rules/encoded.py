"""Encoded bytes: base64 as it stands in checkpoints, signatures and proofs, of which each has one spelling."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64


def encoded(held: bytes) -> str:
    """Return bytes in base64 (RFC 4648, section 4)."""
    return b64encode(held).decode()


def decoded(text: str) -> bytes | None:
    """Return the bytes that a text says, or None unless it is written as ``encoded`` writes them."""
    try:
        found = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None
    return found if encoded(found) == text else None
