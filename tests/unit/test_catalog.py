"""The price list: items with points, found by code or name."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.errors import PriceListInvalid
from pointsledger.rules.catalog import Item, PriceList
from pointsledger.rules.documents import Mandate

PRICES = """\
format = 1
name = "油榨村积分超市价目表"
first_day = "2025-09-01"
[mandate]
decided_on = 2025-08-20
present = 46
votes_for = 44
[[item]]
code = "soap"
name = "肥皂"
unit = "块"
points = "2.5"
source = "德阳市三合村"
[[item]]
code = "haircut"
name = "理发（老人）"
points = 10
stocked = false
"""

codes = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,10}", fullmatch=True)
names = st.text("积分超市肥皂牙膏大米abc", min_size=1, max_size=10)
mandates = st.builds(
    Mandate,
    decided_on=st.dates(date(1900, 1, 1), date(9998, 12, 31)).map(str),
    present=st.integers(50, 99),
    votes_for=st.integers(0, 50),
    filing_number=st.none() | names,
)
items = st.builds(
    Item,
    code=codes,
    name=names,
    unit=st.none() | names,
    points=st.integers(1, 10**9),
    stocked=st.booleans(),
    source=st.none() | names,
)


def distinct(chosen: list[Item]) -> bool:
    """Say whether no code or name stands for two items."""
    words = [word for item in chosen for word in {item.code, item.name}]
    return len(words) == len(set(words))


@st.composite
def price_lists(draw: st.DrawFn) -> PriceList:
    """Build price lists that a village could have adopted."""
    chosen = draw(st.lists(items, max_size=5).filter(distinct))
    mandate = draw(mandates)
    return PriceList(
        name=draw(names),
        first_day=mandate.decided_on,
        retroactive=draw(st.booleans()),
        mandate=mandate,
        items={item.code: item for item in chosen},
    )


def prices(text: str = PRICES) -> PriceList:
    """Read a price list of a village with one decimal place."""
    return PriceList.from_toml(text, file="prices.toml", decimals=1)


def test_items_are_read() -> None:
    """Points become integers of the smallest unit, and what is absent takes its default."""
    expected = (
        Item("soap", "肥皂", "块", 25, stocked=True, source="德阳市三合村"),
        Item("haircut", "理发（老人）", None, 100, stocked=False, source=None),
    )
    assert expected == tuple(prices().items.values())


def test_heading_is_read() -> None:
    """A date in quotes is as good as a bare one."""
    read = prices()
    assert ("油榨村积分超市价目表", "2025-09-01", False) == (read.name, read.first_day, read.retroactive)
    assert Mandate("2025-08-20", 46, 44) == read.mandate


def test_find() -> None:
    """An item is found by code or name, however wide its brackets were typed."""
    read = prices()
    assert read.items["soap"] == read.find("soap")
    assert read.items["soap"] == read.find(" SOAP ")
    assert read.items["haircut"] == read.find("理发(老人)")
    assert None is read.find("大米")
    assert None is read.find("")


def test_nearest() -> None:
    """A slip of the pen is answered with the nearest code or name."""
    assert "haircut" == prices().nearest("hiarcut")
    assert "肥皂" == prices().nearest("肥造")
    assert None is prices().nearest("拖拉机")


def test_said() -> None:
    """What is said holds no float, truth value or null, and absent things are absent."""
    said = {
        "format": 1,
        "name": "油榨村积分超市价目表",
        "first_day": "2025-09-01",
        "retroactive": 0,
        "mandate": {"decided_on": "2025-08-20", "present": 46, "votes_for": 44},
        "items": [
            {"code": "soap", "name": "肥皂", "points": 25, "stocked": 1, "unit": "块", "source": "德阳市三合村"},
            {"code": "haircut", "name": "理发（老人）", "points": 100, "stocked": 0},
        ],
    }
    assert json.dumps(said, sort_keys=True) == json.dumps(prices().to_said(), sort_keys=True)


@given(price_lists())
def test_said_round_trip(prices: PriceList) -> None:
    """A price list comes back from what it said, also by way of JSON."""
    assert prices == PriceList.from_said(prices.to_said())
    assert prices.to_said() == PriceList.from_said(json.loads(json.dumps(prices.to_said()))).to_said()


def test_said_is_checked() -> None:
    """What was said and then spoiled is refused like a document."""
    said = prices().to_said()
    said["items"][0]["points"] = -25
    with pytest.raises(PriceListInvalid) as caught:
        PriceList.from_said(said)
    assert ["item[1].points"] == [fault.key for fault in caught.value.data["faults"]]


@pytest.mark.parametrize("spoiled", [{}, {"items": 7}, {"items": ["x"]}, {"retroactive": 2}])
def test_said_of_another_kind(spoiled: dict[str, object]) -> None:
    """What was never said by a price list is refused and not half read."""
    with pytest.raises(PriceListInvalid):
        PriceList.from_said({key: value for key, value in prices().to_said().items() if spoiled} | spoiled)


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "other"),
    [
        ('"haircut"', '"soap"', "item[2].code", 15, "soap stands already at item[1].code"),
        ('"理发（老人）"', '"肥 皂"', "item[2].name", 16, "肥 皂 stands already at item[1].name"),
        ('"理发（老人）"', '"SOAP"', "item[2].name", 16, "SOAP stands already at item[1].code"),
    ],
)
def test_twins(old: str, new: str, key: str, line: int, other: str) -> None:
    """A code or name that would find two items is refused with both keys named."""
    with pytest.raises(PriceListInvalid) as caught:
        prices(PRICES.replace(old, new))
    (fault,) = caught.value.data["faults"]
    assert (key, line) == (fault.key, fault.line)
    assert f"{other}; allowed: a code and a name of its own for each." == fault.en
    assert f"{other.replace('stands already at', '与')}".split(" 与 ")[0] == fault.zh.split(" 与 ")[0]
    assert fault.zh.endswith("重复；允许：各自不同的代码和名称。")


def test_long_unit() -> None:
    """A unit is a word and no sentence."""
    with pytest.raises(PriceListInvalid) as caught:
        prices(PRICES.replace('"块"', f'"{"块" * 21}"'))
    (fault,) = caught.value.data["faults"]
    assert "item[1].unit" == fault.key
    assert fault.en.endswith("allowed: text in quotes, 1 to 20 characters.")
    assert fault.zh.endswith("允许：加引号的文字，1 至 20 个字符。")


def test_items_cannot_be_changed() -> None:
    """A price list is a value and nobody edits a price in place."""
    with pytest.raises(TypeError):
        prices().items["soap"] = Item("soap", "肥皂", None, 1)  # type: ignore[index] # the very thing refused
