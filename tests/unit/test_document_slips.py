"""Slips in a rule book or price list that need a sentence of their own: the wrong file, a day as people write it."""

from __future__ import annotations

import pytest

from pointsledger.errors import PriceListInvalid, RuleBookInvalid
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook

PRICES = """\
format = 1
name = "价目表"
first_day = 2025-09-01
mandate = { decided_on = 2025-08-20, present = 46, votes_for = 44 }

[[item]]
code = "soap"
name = "肥皂"
points = 10
"""


def test_a_day_written_with_slashes_is_told() -> None:
    """A day without quotes that TOML does not take is found as what it is, and other faults with it."""
    for written in ("2025/09/01", "2025.9.1", "2025年9月1日", "2025-9-1"):
        with pytest.raises(PriceListInvalid) as caught:
            PriceList.from_toml(PRICES.replace("2025-09-01", written).replace("= 10", "= 0"), file="p", decimals=0)
        told = caught.value.say("zh")
        assert f'first_day：写的是 "{written}"；允许：实际存在的日期，如 2025-09-01。' in told
        assert "写的是 0，不大于零" in told


def test_a_document_given_for_the_other_is_told() -> None:
    """A rule book read as a price list, and the other way round, is one fault that says which it is."""
    rules = PRICES.replace("[[item]]", "[[activity]]")
    with pytest.raises(PriceListInvalid) as caught:
        PriceList.from_toml(rules, file="r.toml", decimals=0)
    assert 1 == len(caught.value.data["faults"])
    assert "是积分细则，不是价目表" in caught.value.say("zh")
    with pytest.raises(RuleBookInvalid) as other:
        RuleBook.from_toml(PRICES, file="p.toml", decimals=0)
    assert 1 == len(other.value.data["faults"])
    assert "it is a price list" in other.value.say("en")


def test_blocks_within_a_block_are_named_in_full() -> None:
    """A level that is not a block is told the header that it needs, with the activity's before it."""
    text = PRICES[: PRICES.index("[[item]]")] + (
        '[[activity]]\ncode = "h"\nname = "荣誉"\ncategory = "c"\nper = "level"\nlevel = 3\n'
    )
    with pytest.raises(RuleBookInvalid) as caught:
        RuleBook.from_toml(text, file="r.toml", decimals=0)
    assert "blocks headed [[activity.level]]" in caught.value.say("en")
