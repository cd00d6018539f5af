"""What is shown of a text that somebody else wrote."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.finding_list import Findings
from pointsledger.values.visible import quoted, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\u001b[2J"),
        ("a\x9b8mb\x7f", "a\\u009b8mb\\u007f"),
        ("whole.\nsigned\r", "whole.\\nsigned\\r"),
        ("\u202e\u2028\ud800", "\\u202e\\u2028\\ud800"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("王　芳\u00a0二组", "王　芳\u00a0二组"),
        ("𠮷野家 é", "𠮷野家 é"),
    ],
)
def test_a_sign_that_a_screen_obeys_is_seen(text: str, shown: str) -> None:
    """It stands there as JSON escapes it, while letters and spaces of any kind stay as they are."""
    assert shown == visible(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("03-017", "'03-017'"),
        ("a\x1b[2J\n", "'a\\u001b[2J\\n'"),
        ("it's", '"it\'s"'),
        ('it\'s "so"', "'it\\'s \"so\"'"),
    ],
)
def test_a_value_in_quotation_marks(text: str, shown: str) -> None:
    """It ends where it ends, and a sign in it is escaped as it is without the marks."""
    assert shown == quoted(text)


@given(text=st.text(st.characters()))
def test_a_value_is_one_line_that_can_be_written(text: str) -> None:
    """Whatever a value is, it stays one line, can be encoded, and no sign of it but a space is unprintable."""
    shown = visible(text)
    assert len(shown.encode().decode().splitlines()) <= 1
    assert all(sign.isprintable() or unicodedata.category(sign) == "Zs" for sign in shown)
    assert shown == visible(shown)


@given(told=st.dictionaries(st.text(st.characters()), st.text(st.characters())))
def test_json_says_the_same(told: dict[str, str]) -> None:
    """JSON keeps its lines and what it says, also where its writer left a sign raw."""
    written = json.dumps(told, ensure_ascii=False, indent=2)
    assert told == json.loads(visible_lines(written))
    assert written.count("\n") == visible_lines(written).count("\n")


def test_a_finding_is_one_line() -> None:
    """What a finding quotes from a book brings no line of its own, nor does the code of whom it names."""
    findings = Findings()
    findings.add("schema-differs", "\x1b[H\n87 records, whole")
    findings.add("below-floor", "h-00000000000a")
    findings.name({"h-00000000000a": "03\n017"})
    finding, named = findings.all()
    assert "03\\n017 (h-00000000000a) is below zero" == named.say()
    assert "\\u001b[H\\n87 records, whole: the database guards itself less than it should" == finding.say()
