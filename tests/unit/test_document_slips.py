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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[cap]\nof = "all"\n[[cap]]\nof = "all"', "cap"),
        ('[[cap]]\nof = "all"\n[cap]\nof = "all"', "cap"),
        ("[mandate]\npresent = 1\n[mandate]\nvotes_for = 1", "mandate"),
        ("expiry = {}\n[expiry]", "expiry"),
    ],
)
def test_a_header_that_stands_already(text: str, name: str) -> None:
    """A header that the file has already, with other brackets or the same, is one fault that says how to write it."""
    with pytest.raises(PriceListInvalid) as caught:
        PriceList.from_toml(text, file="p.toml", decimals=0)
    (fault,) = caught.value.data["faults"]
    assert fault.en.endswith(
        f"{name} stands above already: head each of several blocks with [[{name}]], or keep one [{name}]."
    )
    assert fault.zh.endswith(
        f"{name} 在前面已经写过：可有多段的，每段都以 [[{name}]] 开头；只能有一段的，只写一个 [{name}]。"
    )


def test_a_key_that_belongs_above_is_told_so() -> None:
    """A key of the whole document in a table below is told where it belongs, one that is nowhere known is not."""
    inline = "mandate = { decided_on = 2025-08-20, present = 46, votes_for = 44 }"
    table = "[mandate]\nretroactive = true\ndecided_by = 3\n" + "\n".join(inline[12:-2].split(", "))
    with pytest.raises(PriceListInvalid) as caught:
        PriceList.from_toml(PRICES.replace(inline, table), file="p.toml", decimals=0)
    found = {fault.key: fault for fault in caught.value.data["faults"]}
    assert ["mandate.decided_by", "mandate.retroactive"] == sorted(found)
    assert "it belongs above the first [header] of the file" in found["mandate.retroactive"].en
    assert "请写到文件最前面、第一个 [表头] 之上" in found["mandate.retroactive"].zh
    assert "above the first" not in found["mandate.decided_by"].en
