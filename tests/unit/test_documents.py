"""What both documents share: reading, places, the form of each kind of value."""

from __future__ import annotations

import codecs
import json
import pickle
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.errors import FileUnreadable, PriceListInvalid
from pointsledger.rules.activities import SIGNS, Activity, Level
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.documents import LARGEST_DOCUMENT, Fault, Mandate
from pointsledger.rules.limits import LIMIT_MODES, LIMIT_SCOPES, LIMIT_SPANS, Limit
from pointsledger.rules.named import lookup_key
from pointsledger.rules.rulebook import ARREARS, RuleBook
from pointsledger.rules.toml_lines import key_lines
from tests.unit.test_expiry import expiries

if TYPE_CHECKING:
    from pathlib import Path

DAYS = st.dates(date(1900, 1, 1), date(9998, 12, 31))
PRICES = """\
format = 1
name = "积分超市价目表"
first_day = 2025-09-01

[mandate]
decided_on = 2025-08-20
present = 46
votes_for = 44

[[item]]
code = "soap"
name = "肥皂"
points = 10
stocked = true
"""


def refused(text: str, *, decimals: int = 0) -> PriceListInvalid:
    """Return the refusal of a price list."""
    with pytest.raises(PriceListInvalid) as caught:
        PriceList.from_toml(text, file="prices.toml", decimals=decimals)
    return caught.value


def only_fault(old: str, new: str, *, decimals: int = 0) -> Fault:
    """Return the one fault of the sample with one text changed."""
    assert 1 == PRICES.count(old)
    error = refused(PRICES.replace(old, new), decimals=decimals)
    assert 1 == error.data["count"], error
    fault: Fault = error.data["faults"][0]
    return fault


DAY = ("; allowed: a day that exists, such as 2025-09-01.", "；允许：实际存在的日期，如 2025-09-01。")
POINTS = ("; allowed: a whole number above 0, up to 1000000000.", "；允许：整数，大于 0，不超过 1000000000。")
WHOLE = (
    (
        f"{POINTS[0].removesuffix('.')}, as the points of this village have no decimal places; one that has them "
        'writes "2.5" in quotes and says so with --decimals 1, when checking and once for ever at init.'
    ),
    (
        "；允许：大于 0、不超过 1000000000 的整数，因为本村积分没有小数；积分有小数的村写成带引号的 "
        '"2.5"，并在检查和 init 建账时加 --decimals 1（建账后不能改）。'
    ),
)
CODE = (
    "; allowed: a text of a-z, 0-9, dot, underscore and hyphen, a letter or digit first, at most 64.",
    "；允许：由小写字母、数字、点、下划线、连字符组成的文字，以字母或数字开头，最多 64 个字符。",
)
NAME = ("; allowed: text in quotes, 1 to 100 characters.", "；允许：加引号的文字，1 至 100 个字符。")
FLAG = ("; allowed: true or false, without quotes.", "；允许：true 或 false，不加引号。")

BAD_VALUES = [
    (
        "format = 1",
        "format = 2",
        "format",
        1,
        "is 2; allowed: a whole number from 1 to 1.",
        "写的是 2；允许：1 至 1 的整数。",
    ),
    (
        "format = 1\n",
        "",
        "format",
        None,
        "is missing; allowed: a whole number from 1 to 1.",
        "缺少此项；允许：1 至 1 的整数。",
    ),
    ("2025-09-01", "2025-02-30", "first_day", 3, f'is "2025-02-30"{DAY[0]}', f'写的是 "2025-02-30"{DAY[1]}'),
    ("2025-09-01", '"2025-02-30"', "first_day", 3, f'is "2025-02-30"{DAY[0]}', f'写的是 "2025-02-30"{DAY[1]}'),
    ("2025-09-01", '"2025-W36-1"', "first_day", 3, f'is "2025-W36-1"{DAY[0]}', f'写的是 "2025-W36-1"{DAY[1]}'),
    ("2025-09-01", '"20250901"', "first_day", 3, f'is "20250901"{DAY[0]}', f'写的是 "20250901"{DAY[1]}'),
    ("2025-09-01", "20250901", "first_day", 3, f"is 20250901{DAY[0]}", f"写的是 20250901{DAY[1]}"),
    (
        "2025-09-01",
        "2025-09-01T08:00:00",
        "first_day",
        3,
        f'is "2025-09-01 08:00:00"{DAY[0]}',
        f'写的是 "2025-09-01 08:00:00"{DAY[1]}',
    ),
    ("first_day = 2025-09-01\n", "", "first_day", None, f"is missing{DAY[0]}", f"缺少此项{DAY[1]}"),
    (
        "= 10",
        "= 2.5",
        "item[1].points",
        13,
        f"is the float 2.5, which is not exact{WHOLE[0]}",
        f"写的是浮点数 2.5，不精确{WHOLE[1]}",
    ),
    (
        "= 10",
        "= nan",
        "item[1].points",
        13,
        f"is the float NaN, which is not exact{POINTS[0]}",
        f"写的是浮点数 NaN，不精确{POINTS[1]}",
    ),
    ("= 10", '= "2.5"', "item[1].points", 13, f'is "2.5"{WHOLE[0]}', f'写的是 "2.5"{WHOLE[1]}'),
    ("= 10", '= "１０元"', "item[1].points", 13, f'is "１０元"{POINTS[0]}', f'写的是 "１０元"{POINTS[1]}'),
    ("= 10", '= "1e3"', "item[1].points", 13, f'is "1e3"{POINTS[0]}', f'写的是 "1e3"{POINTS[1]}'),
    ("= 10", "= true", "item[1].points", 13, f"is true{POINTS[0]}", f"写的是 true{POINTS[1]}"),
    ("= 10", "= 0", "item[1].points", 13, f"is 0, not more than zero{POINTS[0]}", f"写的是 0，不大于零{POINTS[1]}"),
    ("= 10", "= -5", "item[1].points", 13, f"is -5, not more than zero{POINTS[0]}", f"写的是 -5，不大于零{POINTS[1]}"),
    ("= 10", "= 1_000_000_001", "item[1].points", 13, f"is 1000000001{POINTS[0]}", f"写的是 1000000001{POINTS[1]}"),
    ("points = 10\n", "", "item[1].points", 10, f"is missing{POINTS[0]}", f"缺少此项{POINTS[1]}"),
    ('"soap"', '"Soap"', "item[1].code", 11, f'is "Soap"{CODE[0]}', f'写的是 "Soap"{CODE[1]}'),
    ('"soap"', '"-soap"', "item[1].code", 11, f'is "-soap"{CODE[0]}', f'写的是 "-soap"{CODE[1]}'),
    ('"soap"', '"soap\\n"', "item[1].code", 11, f'is "soap\\n"{CODE[0]}', f'写的是 "soap\\n"{CODE[1]}'),
    ('"soap"', f'"{"s" * 65}"', "item[1].code", 11, f'is "{"s" * 65}"{CODE[0]}', f'写的是 "{"s" * 65}"{CODE[1]}'),
    ('"soap"', "7", "item[1].code", 11, f"is 7{CODE[0]}", f"写的是 7{CODE[1]}"),
    ('"肥皂"', '"  "', "item[1].name", 12, f'is ""{NAME[0]}', f'写的是 ""{NAME[1]}'),
    ('"肥皂"', f'"{"皂" * 101}"', "item[1].name", 12, f'is "{"皂" * 99}…{NAME[0]}', f'写的是 "{"皂" * 99}…{NAME[1]}'),
    (
        '"肥皂"',
        '"肥\u200b皂"',
        "item[1].name",
        12,
        f"holds the invisible character U+200B; delete it{NAME[0]}",
        f"含有不可见字符 U+200B，请删去{NAME[1]}",
    ),
    (
        '"肥皂"',
        '"肥\\n皂"',
        "item[1].name",
        12,
        f"holds the invisible character U+000A; delete it{NAME[0]}",
        f"含有不可见字符 U+000A，请删去{NAME[1]}",
    ),
    ("stocked = true", "stocked = 1", "item[1].stocked", 14, f"is 1{FLAG[0]}", f"写的是 1{FLAG[1]}"),
    ("stocked = true", 'stocked = "no"', "item[1].stocked", 14, f'is "no"{FLAG[0]}', f'写的是 "no"{FLAG[1]}'),
    (
        "stocked =",
        "stoked =",
        "item[1].stoked",
        14,
        "is no key of this table (did you mean stocked?); allowed: code, name, unit, points, stocked, source, limit.",
        "此处没有这个键（是否想写 stocked？）；允许：code、name、unit、points、stocked、source、limit。",
    ),
    (
        "votes_for = 44",
        "votes_for = 44\nzzz = 1",
        "mandate.zzz",
        9,
        "is no key of this table; allowed: decided_on, present, votes_for, filing_number.",
        "此处没有这个键；允许：decided_on、present、votes_for、filing_number。",
    ),
    (
        "present = 46",
        "present = 0",
        "mandate.present",
        7,
        "is 0; allowed: a whole number from 1 to 10000000.",
        "写的是 0；允许：1 至 10000000 的整数。",
    ),
    (
        "= 44",
        "= 47",
        "mandate.votes_for",
        8,
        "47 is more than mandate.present 46; allowed: 0 to mandate.present.",
        "47 多于 mandate.present 46；允许：0 至 mandate.present。",
    ),
    (
        "2025-09-01",
        "2025-08-19",
        "first_day",
        3,
        "2025-08-19 lies before mandate.decided_on 2025-08-20; allowed: that day or later, or retroactive = true.",
        "2025-08-19 早于 mandate.decided_on 2025-08-20；允许：当日或以后，或写明 retroactive = true。",
    ),
    (
        "[[item]]",
        "[item]",
        "item",
        10,
        "is written as one table, [item]; allowed: blocks headed [[item]].",
        "写成了单个表 [item]；允许：以 [[item]] 开头的段。",
    ),
    (
        PRICES[PRICES.index("[mandate]") : PRICES.index("[[item]]")],
        "",
        "mandate",
        None,
        "is missing; allowed: a table, [mandate] or { ... }.",
        "缺少此项；允许：表，写作 [mandate] 或 { ... }。",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "line", "en", "zh"), BAD_VALUES)
def test_bad_value(*, old: str, new: str, key: str, line: int | None, en: str, zh: str) -> None:
    """A value at fault is one fault with its key, its line and a sentence in both languages."""
    assert Fault(key=key, line=line, en=en, zh=zh) == only_fault(old, new)


def test_bad_places() -> None:
    """A village with decimals is told how many it has and how to write them."""
    fault = only_fault("= 10", '= "2.55"', decimals=1)
    allowed = 'a whole number, or a text such as "2.5" with at most 1 decimal places, above 0, up to 100000000'
    en = f'is "2.55"; allowed: {allowed}.'
    zh = '写的是 "2.55"；允许：整数，或加引号的小数如 "2.5"（最多 1 位小数），大于 0，不超过 100000000。'
    assert (en, zh) == (fault.en, fault.zh)


def test_all_faults_at_once() -> None:
    """A refusal lists every fault in the order of the lines, naming the file each time."""
    text = PRICES.replace("= 10", "= 2.5").replace('"soap"', '"Soap"').replace("2025-09-01", "2025-02-30")
    text = text.replace("present = 46", "present = 0")
    error = refused(text)
    assert [3, 7, 11, 13] == [fault.line for fault in error.data["faults"]]
    assert "prices.toml cannot be used, 4 fault(s) to correct:" == str(error).split("\n")[0]
    assert "prices.toml 不能采用，有 4 处需更正：" == error.say("zh").split("\n")[0]
    starts = [
        "prices.toml:3: first_day: is",
        "prices.toml:7: mandate.present: is",
        "prices.toml:11: item[1].code: is",
        "prices.toml:13: item[1].points: is",
    ]
    assert starts == [line[: line.index(" is") + 3] for line in error.data["listing"].split("\n")]
    starts = [
        "prices.toml 第 3 行，first_day",
        "prices.toml 第 7 行，mandate.present",
        "prices.toml 第 11 行，item[1].code",
        "prices.toml 第 13 行，item[1].points",
    ]
    assert starts == [line.split("：")[0] for line in error.data["listing_zh"].split("\n")]


def test_refusal_travels() -> None:
    """A refusal keeps its faults when it is sent to another process."""
    error = refused(PRICES.replace("= 10", "= 2.5"))
    assert error.data == pickle.loads(pickle.dumps(error)).data  # noqa: S301 - our own bytes


WIDE = (
    " The line holds full-width “”; TOML wants half-width signs.",
    "此行有全角符号 “”，TOML 的引号、等号等须用半角。",
)


@pytest.mark.parametrize(
    ("text", "line", "hint_en", "hint_zh"),
    [
        (PRICES.replace('"肥皂"', "“肥皂”"), 12, *WIDE),
        (PRICES + 'name = "again"\n', 15, "", ""),
        ("name = 1\nformat =", 2, "", ""),
        ("format = 2025-02-30T99:00:00", 1, "", ""),
    ],
    ids=["full-width", "twice", "end", "time"],
)
def test_no_toml(text: str, line: int, hint_en: str, hint_zh: str) -> None:
    """A text that is no TOML is one fault at the parser's own line, with a hint if full-width signs may be why."""
    (fault,) = refused(text).data["faults"]
    assert ("", line) == (fault.key, fault.line)
    # the middle is the parser's own sentence, which differs between releases of Python
    assert ["is no TOML: ", f'; allowed: key = value, with text in "quotes".{hint_en}'] == [
        fault.en[:12],
        fault.en[fault.en.index("; allowed") :],
    ]
    assert ["不符合 TOML 写法（", f"）；允许：键 = 值，文字加半角双引号。{hint_zh}"] == [
        fault.zh[:12],
        fault.zh[fault.zh.index("）；允许") :],
    ]


DEEP = ("holds a number too long, or brackets nested too deeply.", "含有过长的数字，或括号嵌套过深。")
LARGE = ("has over 1000000 bytes; is it the right file?", "文件过大；请核对是否选错了文件。")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format = " + "[" * 10_000, DEEP),
        ("format = " + "9" * 5_000, DEEP),
        ("#" * (LARGEST_DOCUMENT + 1), LARGE),
    ],
    ids=["deep", "digits", "large"],
)
def test_monstrous_text(text: str, words: tuple[str, str]) -> None:
    """A text made to exhaust the reader is refused as a fault and not as a crash."""
    assert (Fault("", None, *words),) == refused(text).data["faults"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_file_with_or_without_mark(tmp_path: Path, encoding: str) -> None:
    """A file reads alike with and without a byte order mark, and with the line ends of Windows."""
    path = tmp_path / "prices.toml"
    path.write_bytes(PRICES.replace("\n", "\r\n").encode(encoding))
    expected = PriceList.from_toml(PRICES, file="prices.toml", decimals=0)
    assert expected == PriceList.from_file(path, decimals=0)
    assert expected == PriceList.from_toml("\ufeff" + PRICES, file="prices.toml", decimals=0)


def test_lines_of_windows() -> None:
    """The line ends of Windows do not shift the lines of faults."""
    error = refused(PRICES.replace("= 10", "= 2.5").replace("\n", "\r\n"))
    assert [13] == [fault.line for fault in error.data["faults"]]


@pytest.mark.parametrize(
    ("raw", "line"),
    [(PRICES.encode("gb18030"), 2), (codecs.BOM_UTF16_LE + PRICES.encode("utf-16-le"), 1)],
    ids=["gb18030", "utf-16"],
)
def test_other_encodings(tmp_path: Path, raw: bytes, line: int) -> None:
    """A file in another encoding is refused with the advice to save it as UTF-8."""
    path = tmp_path / "prices.toml"
    path.write_bytes(raw)
    with pytest.raises(PriceListInvalid) as caught:
        PriceList.from_file(path, decimals=0)
    en, zh = "is not UTF-8 text; save it again as UTF-8.", "不是 UTF-8 编码；请另存为 UTF-8。"
    assert (Fault(key="", line=line, en=en, zh=zh),) == caught.value.data["faults"]
    assert f"{path}:{line}: {en}" == caught.value.data["listing"]
    assert f"{path} 第 {line} 行：{zh}" == caught.value.data["listing_zh"]


def test_large_file(tmp_path: Path) -> None:
    """A file too large to be a document is refused before it is decoded."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\xff" * (LARGEST_DOCUMENT + 1))
    with pytest.raises(PriceListInvalid, match="has over 1000000 bytes"):
        PriceList.from_file(path, decimals=0)


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is unreadable and named."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(FileUnreadable) as caught:
            PriceList.from_file(path, decimals=0)
        assert str(path) == caught.value.data["file"]


def test_lines_are_found() -> None:
    """The scan finds headers, keys, nested blocks and dotted keys, and skips what stands inside a long text."""
    text = 'name = "x"\n[[a]]\nk = """\n[[a]]\nk = 1\n"""\n[[a.b]]\n"q" = 1\n[[a.b]]\n'
    text += '[[ a ]] # second\nlimit.per = "x"\n[a.c]\nd = 2'
    expected = {
        ("name",): 1,
        ("a",): 2,
        ("a", 1): 2,
        ("a", 1, "k"): 3,
        ("a", 1, "b"): 7,
        ("a", 1, "b", 1): 7,
        ("a", 1, "b", 1, "q"): 8,
        ("a", 1, "b", 2): 9,
        ("a", 2): 10,
        ("a", 2, "limit"): 11,
        ("a", 2, "limit", "per"): 11,
        ("a", 2, "c"): 12,
        ("a", 2, "c", "d"): 13,
    }
    assert expected == key_lines(text)


snippets = st.sampled_from(
    ["[[item]]", "[mandate]", "points = ", "2025-02-30", '"""', "'", "=", "\n", "{", "肥皂", "“"]
)


@given(st.lists(snippets | st.text(max_size=5), max_size=20).map("".join))
def test_any_text(text: str) -> None:
    """Whatever is typed, a document without a heading is refused with at least one fault, and nothing else happens."""
    assert 1 <= len(refused(text).data["faults"])


def test_text_is_stripped() -> None:
    """Spaces around a text are dropped."""
    prices = PriceList.from_toml(PRICES.replace('"肥皂"', '" 肥皂 "'), file="prices.toml", decimals=0)
    assert "肥皂" == prices.items["soap"].name


def test_mandate_said() -> None:
    """A filing number that is absent is absent from what is said."""
    bare = Mandate("2025-08-20", 46, 44)
    assert {"decided_on": "2025-08-20", "present": 46, "votes_for": 44} == bare.to_said()
    filed = Mandate("2025-08-20", 46, 44, "3号")
    assert bare.to_said() | {"filing_number": "3号"} == filed.to_said()


def test_lookup_key() -> None:
    """Width, capitals and spaces make no difference when something is looked up."""
    assert "庭院(a1)" == lookup_key(" 庭院 （Ａ1） ")


# No two of these read alike, so that drawing them apart is enough to find each by itself.
code_pool = [f"c{number}" for number in range(40)]
name_pool = [f"事项{number}号" for number in range(40)]
amounts = st.integers(1, 10**6)
words = st.text("庭院整洁志愿服务 ab\n", min_size=1).map(str.strip).filter(bool)


@st.composite
def limits(draw: st.DrawFn, least: int) -> Limit:
    """Build limits that leave room for ``least`` points."""
    by_points = draw(st.booleans())
    return Limit(
        points=draw(st.integers(least, 10**7)) if by_points else None,
        times=None if by_points else draw(st.integers(1, 99)),
        per=draw(st.sampled_from(LIMIT_SPANS)),
        by=draw(st.sampled_from(LIMIT_SCOPES)),
        mode=draw(st.sampled_from(LIMIT_MODES)),
    )


@st.composite
def rule_books(draw: st.DrawFn) -> RuleBook:
    """Build rule books that a village could have adopted."""
    categories = tuple(zip(["cleanup", "model"], ["环境", "模范"], strict=True))[: draw(st.sampled_from([0, 2]))]
    size = draw(st.integers(0, 5))
    codes = draw(st.permutations(code_pool))
    names = draw(st.permutations(name_pool))
    activities = {}
    for code, name in zip(codes[:size], names[:size], strict=True):
        per = draw(st.sampled_from(["time", "head", "hour", "piece", "level"]))
        values = draw(st.lists(amounts, min_size=1, max_size=3))
        levels = tuple(Level(f"l{number}", f"{number}级", value) for number, value in enumerate(values))
        activities[code] = Activity(
            code,
            name,
            category=draw(st.sampled_from(["cleanup", "model"])),
            points=None if per == "level" else values[0],
            per=per,
            sign=draw(st.sampled_from(SIGNS)),
            text=draw(st.none() | words),
            source=draw(st.none() | st.just("双堡村")),
            limits=draw(st.just(()) | limits(max(values)).map(lambda limit: (limit,))),
            levels=levels if per == "level" else (),
        )
    present = draw(st.integers(1, 500))
    mandate = Mandate(str(draw(DAYS)), present, draw(st.integers(0, present)), draw(st.none() | st.just("3号")))
    retroactive = draw(st.booleans())
    first_day = str(draw(DAYS)) if retroactive else mandate.decided_on
    arrears = draw(st.sampled_from(ARREARS))
    return RuleBook("细则", first_day, retroactive, mandate, arrears, categories, activities, draw(expiries()))


@given(rule_books())
def test_said_round_trip(book: RuleBook) -> None:
    """A rule book comes back from what it said, also by way of JSON, and says the same again."""
    said = book.to_said()
    assert book == RuleBook.from_said(said)
    again = RuleBook.from_said(json.loads(json.dumps(said)))
    assert json.dumps(said) == json.dumps(again.to_said())


def kinds_in(value: object) -> set[type]:
    """Return the type of every value inside a said one."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(value)}.union(*(kinds_in(each) for each in inside))


@given(rule_books())
def test_said_is_plain(book: RuleBook) -> None:
    """What is said holds objects, lists, texts and integers only."""
    assert set() == kinds_in(book.to_said()) - {dict, list, str, int}
