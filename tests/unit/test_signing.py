"""Signing: the published example, a witness's signature, and keys that stay with their owner."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.errors import (
    FileExists,
    FileUnreadable,
    FileUnwritable,
    KeyNameInvalid,
    KeyReadable,
    PrivateKeyInvalid,
)
from pointsledger.rules.signed_note import COSIGNATURE, ED25519, SignedNote, VerifierKey
from pointsledger.signing import SigningKey, seen_at
from tests.unit.test_signed_note import KEY, NOTE

PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
TEXT = "pointsledger/nanyu\n18\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


@pytest.fixture
def published(tmp_path: Path) -> SigningKey:
    """Load the private key of the published example."""
    path = tmp_path / "published.key"
    path.write_text(PRIVATE, encoding="utf-8")
    path.chmod(0o600)
    return SigningKey.load(path)


def test_the_published_note_holds(published: SigningKey) -> None:
    """The example's signature is its key's, and its private key makes the same once more."""
    note = SignedNote.read(NOTE)
    assert KEY == published.verifier.text()
    assert 0 == seen_at(note, VerifierKey.read(KEY))
    assert note.signatures == (published.sign(note.text),)


def test_a_witness_says_when() -> None:
    """A witness's signature holds the instant at which it saw the text, and stands beside that of the village."""
    village, witness = SigningKey.generate("pointsledger/nanyu"), SigningKey.generate("township", witness=True)
    assert (ED25519, COSIGNATURE) == (village.verifier.algorithm, witness.verifier.algorithm)
    note = SignedNote(TEXT, (village.sign(TEXT), witness.sign(TEXT, at=1_764_000_000)))
    read = SignedNote.read(note.note())
    assert (0, 1_764_000_000) == (seen_at(read, village.verifier), seen_at(read, witness.verifier))
    assert None is seen_at(read, SigningKey.generate("township", witness=True).verifier)


@given(st.data(), st.booleans())
def test_a_flipped_bit_is_no_signature(data: st.DataObject, witness: bool) -> None:  # noqa: FBT001 - drawn
    """One changed bit, in the text, the time or the signature, and the key has not signed it."""
    key = SigningKey("pointsledger/nanyu", COSIGNATURE if witness else ED25519, bytes(range(32)))
    made = key.sign(TEXT, at=1_764_000_000)
    event("a witness" if witness else "a village")
    if data.draw(st.booleans()):
        event("the signature")
        bit = data.draw(st.integers(0, 8 * len(made.signed) - 1))
        signed = (int.from_bytes(made.signed, "big") ^ 1 << bit).to_bytes(len(made.signed), "big")
        changed = SignedNote(TEXT, (type(made)(made.name, made.key_hash, signed),))
    else:
        event("the text")
        place = data.draw(st.integers(0, len(TEXT) - 2))
        changed = SignedNote(TEXT[:place] + chr(ord(TEXT[place]) ^ 1) + TEXT[place + 1 :], (made,))
    assert None is seen_at(changed, key.verifier)
    assert None is not seen_at(SignedNote(TEXT, (made,)), key.verifier)


def test_a_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    """A key's file is new, only its owner can read it, and it gives the same key again."""
    key = SigningKey.generate("pointsledger/nanyu")
    key.keep(tmp_path / "nanyu.key")
    assert key == SigningKey.load(tmp_path / "nanyu.key")
    if os.name == "posix":
        assert 0o600 == stat.S_IMODE((tmp_path / "nanyu.key").stat().st_mode)
    with pytest.raises(FileExists):
        key.keep(tmp_path / "nanyu.key")
    with pytest.raises(FileUnwritable):
        key.keep(tmp_path / "missing" / "nanyu.key")
    assert key.seed.hex() not in repr(key)


@pytest.mark.skipif(os.name != "posix", reason="the rights of a file are otherwise there")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A private key whose file has rights for others is not used."""
    SigningKey.generate("pointsledger/nanyu").keep(tmp_path / "nanyu.key")
    (tmp_path / "nanyu.key").chmod(0o640)
    with pytest.raises(KeyReadable):
        SigningKey.load(tmp_path / "nanyu.key")
    public = tmp_path / "nanyu.pub"  # which everybody may read, and which signs nothing
    public.write_text(SigningKey.generate("nanyu").verifier.text(), encoding="utf-8")
    public.chmod(0o644)
    with pytest.raises(PrivateKeyInvalid):
        SigningKey.load(public)


@pytest.mark.parametrize("place", [0, 12, 26, 40, len(PRIVATE) - 3])
def test_what_is_no_private_key_is_refused(tmp_path: Path, place: int) -> None:
    """A file with a changed key, or with none, is refused, and so is one that is not there."""
    path = tmp_path / "some.key"
    path.write_text(PRIVATE[:place] + "~" + PRIVATE[place + 1 :], encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(PrivateKeyInvalid):
        SigningKey.load(path)
    path.write_bytes(b"\xff\xfe")
    for wrong in (path, tmp_path / "missing.key"):
        with pytest.raises(FileUnreadable):
            SigningKey.load(wrong)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "x" * 201])
def test_names_that_no_key_can_have(name: str) -> None:
    """A name that would break the lines of a note is refused."""
    with pytest.raises(KeyNameInvalid):
        SigningKey.generate(name)
