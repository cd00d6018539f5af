"""Signed notes and the keys that sign them: the published example, and what is refused as none."""

from __future__ import annotations

import pytest

from pointsledger.errors import KeyInvalid, NotASignedNote
from pointsledger.rules.signed_note import ED25519, SignedNote, VerifierKey, is_key_name

# The example of the reference implementation, golang.org/x/mod/sumdb/note.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNED = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    f"— PeterNeumann {SIGNED}\n"
)


def test_the_published_note_is_read() -> None:
    """The text, the name of the key and the four bytes that tell it apart are those of the example."""
    note = SignedNote.read(NOTE)
    (signature,) = note.signatures
    assert NOTE.split("\n\n", maxsplit=1)[0] + "\n" == note.text
    assert ("PeterNeumann", "c74f20a3", 64) == (signature.name, signature.key_hash.hex(), len(signature.signed))
    assert NOTE == note.note()


def test_the_published_key_is_read() -> None:
    """A key says its name, what it signs and its bytes, and is written as it was."""
    key = VerifierKey.read(f" {KEY}\n")
    assert ("PeterNeumann", ED25519, KEY) == (key.name, key.algorithm, key.text())


def test_a_text_may_have_empty_lines() -> None:
    """What stands below the last empty line is the signatures; those above belong to the text."""
    note = SignedNote.read("one\n\ntwo\n\n" + NOTE.split("\n\n")[1])
    assert ("one\n\ntwo\n", 1) == (note.text, len(note.signatures))


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("", 1),
        ("text\n", 1),
        (NOTE.rstrip("\n"), 1),
        (NOTE.replace("problem,", "problem\t"), 1),
        (NOTE + "x" * 70_000, 1),
        (NOTE.replace("— ", "- "), 4),
        (NOTE.replace("PeterNeumann ", "Peter+Neumann "), 4),
        (NOTE.replace(SIGNED, "x08gow=="), 4),
        (NOTE.replace(SIGNED, "not base64"), 4),
        (NOTE + "— PeterNeumann\n", 5),
    ],
)
def test_what_is_no_note_is_refused(note: str, line: int) -> None:
    """A text without signatures, or with a line below it that is none, is refused, with the line at fault."""
    with pytest.raises(NotASignedNote) as caught:
        SignedNote.read(note)
    assert ("not-a-signed-note", line) == (caught.value.code, caught.value.data["line"])


@pytest.mark.parametrize("place", range(len(KEY)))
def test_a_key_with_one_character_changed_is_refused(place: int) -> None:
    """Wherever somebody who types a key off a sheet goes wrong, it is told."""
    wrong = "A" if KEY[place] != "A" else "B"
    with pytest.raises(KeyInvalid):
        VerifierKey.read(KEY[:place] + wrong + KEY[place + 1 :])


@pytest.mark.parametrize(
    "given", ["", KEY[:-1], "x" * 40, "x" * 41, "SQLite format 3\0\0", "x+" * 60_000, "PRIVATE+KEY+nanyu+00+secret"]
)
def test_a_key_that_is_none_is_not_told_at_length(given: str) -> None:
    """The sentence has 40 characters of it at most, and of a private key none that is secret."""
    with pytest.raises(KeyInvalid) as refused:
        VerifierKey.read(f" {given}\n")
    told = refused.value.data["key"]
    assert len(told) <= 40
    assert told == given or (told[-1] == "…" and given.startswith(told[:-1]))
    assert "secret" not in told


def test_names_of_keys() -> None:
    """A name may hold what an origin does, and neither a space nor a plus sign."""
    assert [True, False, False, False] == [is_key_name(name) for name in ("pointsledger/nanyu", "a b", "a+b", "")]
