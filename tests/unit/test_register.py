"""The register: which codes and names can be kept, and what is said of one that cannot."""

from __future__ import annotations

import pytest

from pointsledger.errors import InvalidCode, InvalidText
from pointsledger.reports.register import parse_code, parse_text, without_hidden

HIDDEN = ["\u200b", "\u200f", "\ufeff", "\u00ad", "\ue000", "\x07", "\n", "\ud800", "\x85", "\x9b", "\u2028", "\u2029"]


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_a_code_holds_nothing_that_nobody_sees(hidden: str) -> None:
    """Two codes that look the same would be two households, so an invisible character is refused wherever it stands."""
    for code in (f"03{hidden}-017", f"03-017{hidden}x", f"x{hidden}03-017"):
        with pytest.raises(InvalidCode):
            parse_code(code, "household")


@pytest.mark.parametrize(
    ("typed", "code"), [("03-017", "03-017"), (" ０３－０１７ ", "03-017"), ("clerk：1", "clerk:1")]
)
def test_a_code_is_made_plain(typed: str, code: str) -> None:
    """Full width and the spaces around it make no difference to a code."""
    assert code == parse_code(typed, "household")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_a_character_that_cannot_be_kept_is_named(hidden: str) -> None:
    """What nobody sees is named by its number, in both languages."""
    with pytest.raises(InvalidText) as caught:
        parse_text(f"张{hidden}三", "member")
    for lang in ("en", "zh"):
        assert f"U+{ord(hidden):04X}" in caught.value.say(lang)


@pytest.mark.parametrize(
    "sign", ["\n", "\x1b", "\x7f", "\x80", "\x85", "\x9f", "\u2028", "\u2029", "\ud800"], ids=ascii
)
def test_a_line_break_in_a_remark_is_named(sign: str) -> None:
    """A long text is refused for control characters and ends of lines alone, by name, and keeps what only is unseen."""
    with pytest.raises(InvalidText, match=rf"\(here U\+{ord(sign):04X}\)"):
        parse_text(f"东坡{sign}西坡", "remark", 1_000)
    assert "东\u200b坡" == parse_text("东\u200b坡", "remark", 1_000)


@pytest.mark.parametrize("text", ["", "长" * 101])
def test_a_length_that_cannot_be_kept_names_no_character(text: str) -> None:
    """A text that is only empty or too long is not said to hold anything."""
    with pytest.raises(InvalidText) as caught:
        parse_text(text, "member")
    assert "U+" not in caught.value.say() + caught.value.say("zh")


def test_hidden_characters_can_be_left_out() -> None:
    """A title loses what nobody sees, and its lines become one."""
    assert "十月 积分表" == without_hidden("\ufeff十月\n积\u200b分表\t")
