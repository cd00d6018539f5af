"""Signatures that somebody asked for: only looking at one takes what the extra ``sign`` brings."""

from __future__ import annotations

from collections.abc import Iterable

from pointsledger.errors import CheckpointUnsigned
from pointsledger.rules.signed_note import SignedNote, VerifierKey


def signed_at(note: SignedNote, key: VerifierKey) -> int | None:
    """Return when the owner of a key signed, in seconds since 1970, 0 where that is not said; None if it did not.

    Raises:
        ExtraMissing: if the extra ``sign`` is not installed.

    """
    from pointsledger.signing import seen_at  # noqa: PLC0415 - an extra

    return seen_at(note, key)


def see_signed(note: SignedNote, keys: Iterable[VerifierKey], village: str) -> None:
    """See that one of ``keys`` has signed, if any are given.

    Raises:
        CheckpointUnsigned: if none has.

    """
    asked = list(keys)
    if asked and all(signed_at(note, key) is None for key in asked):
        raise CheckpointUnsigned(village=village, keys=", ".join(key.name for key in asked))
