"""The words of the command line: whatever an account or a movement can be called has its words in both languages."""

from __future__ import annotations

import re

import pytest

from pointsledger.cli import words
from pointsledger.rules import chart

NO_ACCOUNTS = re.compile("-$|^main$|^fen$|^item:")
KINDS = sorted(
    {
        value.partition(":")[0]
        for name, value in vars(chart).items()
        if re.fullmatch(r"_?[A-Z_]+", name) and isinstance(value, str) and not NO_ACCOUNTS.search(value)
    }
)


def test_there_are_accounts() -> None:
    """The list that the tests below go through has the accounts of all three books."""
    assert {"issued", "redeemed", "shelf", "supplier", "fund", "paid"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_account_has_its_words(kind: str) -> None:
    """Each account of the chart has a name in English and in Chinese, which a trial balance shows."""
    english, chinese = words.ACCOUNTS[kind]
    assert english.isascii()
    assert re.search("[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize("heading", sorted({chart.heading_and_category(kind)[0] for kind in chart._HEADING_OF}))
def test_every_movement_has_its_words(heading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each heading under which points, goods or money move has a name, which the page of the three books shows."""
    monkeypatch.setattr(words, "language", lambda: "zh")
    assert re.search("[\u4e00-\u9fff]", words.movement_name(heading))
    monkeypatch.setattr(words, "language", lambda: "en")
    assert words.movement_name(heading).isascii()
