"""Signed notes: a text and the lines below it with which others vouch for it.

A note is a text, an empty line, and a line for each signature: an em dash, the name of the key, and in base64 four
bytes that tell the key from others of that name, with the signature behind them. Whoever checks it looks for the
lines of the keys that are trusted, and passes over all others.

A key is written ``name+hash+key``: the hash is of the name and the key, in eight hexadecimal digits, and the key is in
base64 behind a byte that says what it signs: 1 the text itself (Ed25519), 4 a checkpoint, with the time at which its
witness saw it.

Source: C2SP signed-note, https://c2sp.org/signed-note, and tlog-cosignature, https://c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from typing import Protocol, Self

from pointsledger.errors import KeyInvalid, NotASignedNote
from pointsledger.rules.encoded import decoded, encoded
from pointsledger.values.words import Words

ED25519 = 1
COSIGNATURE = 4
"""What the first byte of a key says that it signs."""

PRIVATE_MARK = "PRIVATE+KEY+"
"""How a private key begins, which nobody else may see."""

HASH_BYTES = 4
KEY_BYTES = 32
_MARK = "— "  # an em dash and a space
_NAME = re.compile(r"[^\s+]{1,200}")
_SHOWN = 40
"""The most characters that are shown of what was given for a key: it may be a whole file of something else."""
_LONGEST = 65_536
"""The most characters of a note that are looked at."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: the ``name`` of a key, the ``key_hash`` that tells it apart, and what it signed."""

    name: str
    key_hash: bytes
    signed: bytes

    def line(self) -> str:
        """Return the line, without its end."""
        return f"{_MARK}{self.name} {encoded(self.key_hash + self.signed)}"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, which ends with a line feed, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, note: str) -> Self:
        """Read a text, an empty line and one signature or more.

        Raises:
            NotASignedNote: if it is none, with the line at fault.

        """
        text, gap, below = note.rpartition("\n\n")
        if len(note) > _LONGEST:
            raise _no_note(1, Words(f"it is longer than {_LONGEST:,} characters", f"长度超过 {_LONGEST:,} 个字符"))
        if not gap or not below.endswith("\n"):
            raise _no_note(1, Words("there is no empty line with signatures below it", "缺少空行和其下的签名"))
        if any(sign < " " and sign != "\n" for sign in text):
            raise _no_note(1, Words("the text holds a control character", "正文含有控制字符"))
        first = text.count("\n") + 3
        lines = below[:-1].split("\n")
        return cls(f"{text}\n", tuple(_signature(line, first + place) for place, line in enumerate(lines)))

    def note(self) -> str:
        """Return the whole note."""
        return self.text + "\n" + "".join(f"{signature.line()}\n" for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key: its ``name``, what it signs (see ``ED25519``), and its bytes."""

    name: str
    algorithm: int
    public: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a key that is written ``name+hash+key``.

        Raises:
            KeyInvalid: if it is none, of another sort, or its hash is not that of the name and the key.

        """
        name, _, rest = text.strip().partition("+")
        digits, _, key_text = rest.partition("+")
        held = decoded(key_text) or b""
        if not _NAME.fullmatch(name) or len(held) != 1 + KEY_BYTES or held[0] not in {ED25519, COSIGNATURE}:
            raise KeyInvalid(key=_shown(text))
        key = cls(name, held[0], held[1:])
        if digits != key.key_hash.hex():
            raise KeyInvalid(key=_shown(text))
        return key

    @property
    def key_hash(self) -> bytes:
        """The four bytes that tell it from other keys of its name."""
        return sha256(f"{self.name}\n".encode() + bytes([self.algorithm]) + self.public).digest()[:HASH_BYTES]

    def text(self) -> str:
        """Return the key as it is given to others."""
        return f"{self.name}+{self.key_hash.hex()}+{encoded(bytes([self.algorithm]) + self.public)}"


def _shown(text: str) -> str:
    """Return what was given for a key, to be shown; never a private one, which would be in every log then."""
    if "PRIVATE" in text.upper():
        return "PRIVATE+KEY…"
    found = text.strip()
    shown = "".join(takewhile(str.isprintable, found[:_SHOWN]))  # of a file of something else, no more than a line
    return found if shown == found else f"{shown[: _SHOWN - 1]}…"


class Signer(Protocol):
    """Whoever can sign: see ``pointsledger.signing.SigningKey``, or a device that gives its key to nobody."""

    @property
    def verifier(self) -> VerifierKey:
        """The public key that goes with it."""

    def sign(self, text: str, *, at: int = 0) -> Signature:
        """Sign a text, or as a witness that it was seen ``at`` an instant, in seconds since 1970."""


def is_key_name(name: str) -> bool:
    """Tell whether a key may have that name: no space and no plus sign in it."""
    return _NAME.fullmatch(name) is not None


def _signature(line: str, number: int) -> Signature:
    name, _, signature = line.removeprefix(_MARK).partition(" ")
    held = decoded(signature)
    if not line.startswith(_MARK) or not _NAME.fullmatch(name) or held is None or len(held) <= HASH_BYTES:
        raise _no_note(number, Words("the line is no signature", "该行不是签名"))
    return Signature(name, held[:HASH_BYTES], held[HASH_BYTES:])


def _no_note(line: int, reason: Words) -> NotASignedNote:
    return NotASignedNote(line=line, reason=reason.en, reason_zh=reason.zh)
