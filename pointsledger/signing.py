"""Signing: a village vouches for its checkpoints, and a township that it has seen them.

A key signs either a note as it stands (a village's), or that its owner saw a checkpoint at an instant (a witness's).
The private key is a line of text in a file that only its owner can read; the public one is given to everybody.

Needs the extra ``sign``.

Source: C2SP signed-note and tlog-cosignature; RFC 8032 (Ed25519).
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pointsledger.errors import (
    ExtraMissing,
    FileExists,
    FileUnreadable,
    FileUnwritable,
    KeyNameInvalid,
    KeyReadable,
    PrivateKeyInvalid,
)
from pointsledger.rules.encoded import decoded, encoded
from pointsledger.rules.signed_note import (
    COSIGNATURE,
    ED25519,
    KEY_BYTES,
    PRIVATE_MARK,
    Signature,
    SignedNote,
    VerifierKey,
    is_key_name,
)

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
except ModuleNotFoundError as _missing:
    raise ExtraMissing(feature=__name__, extra="sign") from _missing

_OWNER_ALONE = stat.S_IRUSR | stat.S_IWUSR
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_TIME_BYTES = 8


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key: its ``name``, what it signs (see ``VerifierKey``), and its seed. It does not show itself."""

    name: str
    algorithm: int
    seed: bytes

    @classmethod
    def generate(cls, name: str, *, witness: bool = False) -> Self:
        """Make a new key, for a village's own checkpoints or for a ``witness`` of them.

        Raises:
            KeyNameInvalid: if the name holds a space or a plus sign.

        """
        if not is_key_name(name):
            raise KeyNameInvalid(name=name)
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        return cls(name, COSIGNATURE if witness else ED25519, seed)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read the key that ``keep`` wrote.

        Raises:
            FileUnreadable: if it is not there or may not be read.
            KeyReadable: if others than its owner can read the file.
            PrivateKeyInvalid: if the file holds no private key.

        """
        try:
            with Path(path).open(encoding="utf-8") as file:
                others = os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS
                text = file.read(1_024)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise FileUnreadable(file=str(path), reason=reason) from error
        if others and text.startswith(PRIVATE_MARK):
            raise KeyReadable(file=str(path))
        return cls._read(text.strip(), str(path))

    @classmethod
    def _read(cls, text: str, file: str) -> Self:
        name, _, rest = text.removeprefix(PRIVATE_MARK).partition("+")
        digits, _, key_text = rest.partition("+")
        held = decoded(key_text) or b""
        sound = text.startswith(PRIVATE_MARK) and len(held) == 1 + KEY_BYTES and held[0] in {ED25519, COSIGNATURE}
        if not sound or not is_key_name(name):
            raise PrivateKeyInvalid(file=file)
        key = cls(name, held[0], held[1:])
        if key.verifier.key_hash.hex() != digits:
            raise PrivateKeyInvalid(file=file)
        return key

    def keep(self, path: str | Path) -> None:
        """Write the key into a new file that only its owner can read.

        Raises:
            FileExists: if there is a file of that name; a key is never overwritten.
            FileUnwritable: if it cannot be written.

        """
        key_text = encoded(bytes([self.algorithm]) + self.seed)
        line = f"{PRIVATE_MARK}{self.name}+{self.verifier.key_hash.hex()}+{key_text}\n"
        try:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(line)
        except FileExistsError as error:
            raise FileExists(file=str(path)) from error
        except OSError as error:
            raise FileUnwritable(file=str(path), reason=error.strerror or str(error)) from error

    @property
    def verifier(self) -> VerifierKey:
        """The public key that goes with it."""
        return VerifierKey(self.name, self.algorithm, self._key().public_key().public_bytes_raw())

    def sign(self, text: str, *, at: int = 0) -> Signature:
        """Sign a text, or as a witness that it was seen ``at`` an instant, in seconds since 1970."""
        if self.algorithm == ED25519:
            signed = self._key().sign(text.encode())
        else:
            signed = at.to_bytes(_TIME_BYTES, "big") + self._key().sign(_witnessed(text, at))
        return Signature(self.name, self.verifier.key_hash, signed)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def seen_at(note: SignedNote, key: VerifierKey) -> int | None:
    """Return when the owner of a key signed a note: 0 where its signatures do not say; None if it did not."""
    for signature in note.signatures:
        if (signature.name, signature.key_hash) == (key.name, key.key_hash):
            at, text, signed = 0, note.text.encode(), signature.signed
            if key.algorithm == COSIGNATURE:
                at, signed = int.from_bytes(signed[:_TIME_BYTES], "big"), signed[_TIME_BYTES:]
                text = _witnessed(note.text, at)
            if _holds(key, signed, text):
                return at
    return None


def _witnessed(text: str, at: int) -> bytes:
    """Return what a witness signs."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _holds(key: VerifierKey, signed: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signed, text)
    except (InvalidSignature, ValueError):
        return False
    return True
