"""Checkpoints: the form that transparency logs share, and what is refused as none."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pointsledger.errors import NotACheckpoint
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.merkle import HASH_BYTES

ROOT = bytes(range(HASH_BYTES))
TEXT = "pointsledger/nanyu\n18\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
EXTENDED = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\nand more\n"


def test_a_checkpoint_is_three_lines() -> None:
    """The origin, the number of records and the root in base64 stand in a line each, and are read again."""
    head = Checkpoint(origin_of("nanyu"), 18, ROOT)
    assert TEXT == head.text()
    assert head == Checkpoint.read(TEXT)
    assert "nanyu" == head.village


def test_the_short_form_is_half_of_the_root() -> None:
    """On paper stand 32 hexadecimal digits of the root, in groups of eight."""
    assert "00010203 04050607 08090a0b 0c0d0e0f" == Checkpoint.read(TEXT).short


def test_a_checkpoint_of_another_log_is_read() -> None:
    """One with lines of its own behind the root keeps them, and is of no village."""
    other = Checkpoint.read(EXTENDED)
    assert ("example.com/behind-the-sofa", 20852163, None) == (other.origin, other.size, other.village)
    assert (("more", "and more"), EXTENDED) == (other.extensions, other.text())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        (TEXT.rstrip("\n"), 1),
        (TEXT + "x" * 5_000 + "\n", 1),
        ("\n18\n" + TEXT.splitlines()[2] + "\n", 1),
        ("points\tledger\n18\n" + TEXT.splitlines()[2] + "\n", 1),
        ("pointsledger/nanyu\n", 2),
        (TEXT.replace("18", "018"), 2),
        (TEXT.replace("18", "-1"), 2),
        (TEXT.replace("18", "１８"), 2),
        (TEXT.replace("18", "1" * 20), 2),
        ("pointsledger/nanyu\n18\n", 3),
        (TEXT.replace("Hh8=", "Hh8"), 3),
        (TEXT.replace("Hh8=", "Hh9="), 3),
        (TEXT.replace("AAEC", "AAE!"), 3),
        (TEXT.replace("AAEC", ""), 3),
        (TEXT + "\n", 4),
        (EXTENDED.replace("more\n", "more\n\n", 1), 5),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, line: int) -> None:
    """A text in which anything is missing, more or written otherwise is refused, with the line at fault."""
    with pytest.raises(NotACheckpoint) as caught:
        Checkpoint.read(text)
    assert ("not-a-checkpoint", line) == (caught.value.code, caught.value.data["line"])


@given(st.data(), st.integers(0, 2**60), st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES))
def test_no_other_text_is_the_same_checkpoint(data: st.DataObject, size: int, root: bytes) -> None:
    """A text with one character left out, put in or changed is another checkpoint or none: never the same."""
    head = Checkpoint("pointsledger/nanyu", size, root)
    text = head.text()
    place = data.draw(st.integers(0, len(text) - 1))
    how = data.draw(st.sampled_from(["left out", "put in", "changed"]))
    new = data.draw(st.sampled_from("0aA=\n /+é")) if how != "left out" else ""
    changed = text[:place] + new + text[place + (how != "put in") :]
    if changed == text:
        return
    try:
        other = Checkpoint.read(changed)
    except NotACheckpoint:
        event(f"{how}: none")
        return
    event(f"{how}: another")
    assert head != other


def test_ours_have_no_lines_behind_the_root() -> None:
    """A second head behind the first would be passed over, so one of ours with more lines is none."""
    with pytest.raises(NotACheckpoint) as caught:
        Checkpoint.read(TEXT + TEXT)
    assert 4 == caught.value.data["line"]
