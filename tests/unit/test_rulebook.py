"""The rule book: what a deed is worth, which books are refused, and what is said of one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsledger.errors import (
    AmountTooLarge,
    FileUnreadable,
    FloatRefused,
    PointsLedgerError,
    RuleBookInvalid,
    UnexpectedLevel,
    UnexpectedQuantity,
    UnknownLevel,
)
from pointsledger.rules.activities import Activity, Level
from pointsledger.rules.documents import Fault, Mandate
from pointsledger.rules.limits import Limit
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.points import number_text

RULES = """\
format = 1
name = "南峪村积分细则"
first_day = 2025-09-01
[mandate]
decided_on = 2025-08-20
present = 46
votes_for = 44
[[category]]
code = "cleanup"
name = "环境整治"
[[activity]]
code = "tidy"
name = "庭院整洁"
category = "cleanup"
points = 2
per = "time"
sign = "both"
limit = { points = 30, per = "month" }
[[activity]]
code = "honour"
name = "获得荣誉"
category = "cleanup"
per = "level"
text = "国家级五十分"
limit = { times = 1, per = "ever", by = "resident", mode = "reject" }
[[activity.level]]
code = "national"
name = "国家级"
points = 50
[[activity.level]]
code = "provincial"
name = "省级"
points = 30
"""
LADDER = {"national": 50, "provincial": 30, "prefecture": 20, "county": 15, "sub-district": 10, "community": 5}


def rules(text: str = RULES, *, decimals: int = 0) -> RuleBook:
    """Read a rule book."""
    return RuleBook.from_toml(text, file="rulebook.toml", decimals=decimals)


def counted(per: str, points: int = 5) -> Activity:
    """Return an activity that is counted."""
    return Activity("deed", "好事", "cleanup", points, per)


def ladder() -> Activity:
    """Return the award ladder of S-27."""
    levels = tuple(Level(code, f"{code} 级", points) for code, points in LADDER.items())
    return Activity(
        "honour",
        "获得荣誉",
        "model",
        None,
        "level",
        limits=(Limit(None, 1, "ever", "household", "partial"),),
        levels=levels,
    )


def test_rules_are_read() -> None:
    """Every key finds its place, and what is absent takes its default."""
    book = rules()
    expected = (
        Activity(
            "tidy",
            "庭院整洁",
            "cleanup",
            2,
            "time",
            "both",
            None,
            None,
            (Limit(30, None, "month", "household", "partial"),),
        ),
        Activity(
            "honour",
            "获得荣誉",
            "cleanup",
            None,
            "level",
            "plus",
            "国家级五十分",
            None,
            (Limit(None, 1, "ever", "resident", "reject"),),
            (Level("national", "国家级", 50), Level("provincial", "省级", 30)),
        ),
    )
    assert expected == tuple(book.activities.values())
    assert ("南峪村积分细则", "2025-09-01", False, "allow") == (
        book.name,
        book.first_day,
        book.retroactive,
        book.arrears,
    )
    assert (Mandate("2025-08-20", 46, 44), (("cleanup", "环境整治"),)) == (book.mandate, book.categories)


def test_decimals() -> None:
    """Points and limits become integers of the village's smallest unit."""
    book = rules(RULES.replace("points = 2\n", 'points = "2.5"\n'), decimals=2)
    tidy = book.activities["tidy"]
    assert (250, 3000) == (tidy.points, tidy.limits[0].points)


def test_paired_item_is_one_size() -> None:
    """S-26: a paired item has one value, which its sign turns either way."""
    tidy = rules().activities["tidy"]
    assert ("both", 2) == (tidy.sign, tidy.value())


@pytest.mark.parametrize(("level", "points"), LADDER.items())
def test_ladder(level: str, points: int) -> None:
    """S-27: each rung of the award ladder has its own points, and its name leads to its code."""
    assert points == ladder().value(level=level)
    assert points == ladder().value("1", level)
    assert [Level(level, f"{level} 级", points)] * 2 == [
        ladder().find_level(f"{level}级"),
        ladder().find_level(level.upper()),
    ]


def test_two_heads() -> None:
    """S-27: sanitation is 5 a head and so 10 for two members of one household."""
    assert [5, 5, 10] == [counted("head").value(quantity) for quantity in (None, "1", "2")]


@pytest.mark.parametrize(
    ("quantity", "points", "expected"), [("1.5", 5, 7), ("0.1", 5, 0), ("2", 5, 10), ("0.33", 100, 33), (None, 5, 5)]
)
def test_part_of_an_hour(quantity: str | None, points: int, expected: int) -> None:
    """Part of an hour is paid in part and rounded towards zero."""
    assert expected == counted("hour", points).value(quantity)


@given(st.integers(1, 10**4), st.integers(1, 10**5))
def test_hours_never_round_up(points: int, hundredths: int) -> None:
    """The value of hours is the largest whole number not above the exact product."""
    value = counted("hour", points).value(number_text(hundredths, 2))
    assert True is (value * 100 <= points * hundredths < (value + 1) * 100)


@pytest.mark.parametrize(("per", "spoken"), [("time", "次"), ("head", "人"), ("piece", "件")])
def test_part_of_a_whole(per: str, spoken: str) -> None:
    """Part of what is counted whole is refused with what it is counted by."""
    with pytest.raises(UnexpectedQuantity) as caught:
        counted(per).value("1.5")
    named = {"activity": "deed", "activity_name": "好事"}
    assert named | {"per": per, "quantity": "1.5", "only_one": "", "only_one_zh": ""} == caught.value.data
    en = f"Activity deed (好事) is counted per {per}; 1.5 is not a count of that, enter a whole number."
    zh = f"事项 好事（deed）按 {spoken} 计；1.5 不是合格的数量，请填整数。"
    assert (en, zh) == (str(caught.value), caught.value.say("zh"))


def test_several_of_a_level() -> None:
    """A level is reached once, so any quantity but 1 is refused."""
    with pytest.raises(UnexpectedQuantity) as caught:
        ladder().value("2", "county")
    assert "2 is not a count of that, enter a whole number, and only 1 of a level." == str(caught.value).split("; ")[1]
    assert "2 不是合格的数量，请填整数，且每个等级只能填 1。" == caught.value.say("zh").split("；")[1]


@pytest.mark.parametrize("level", [None, "", "galactic", "国家级", "National"])
def test_unknown_level(level: str | None) -> None:
    """A level that is not on the ladder, not named, or not given by its code is refused with those that are."""
    with pytest.raises(UnknownLevel) as caught:
        rules().activities["honour"].value(level=level)
    named = rules().activities["honour"].name
    allowed = "national (国家级), provincial (省级)"
    assert {"activity": "honour", "activity_name": named, "level": level or "", "allowed": allowed} == caught.value.data
    told = f"没有等级“{level}”" if level else "的等级为空，请补填"
    assert f"事项 {named}（honour）{told}；可用：{allowed}。" == caught.value.say("zh")
    assert f"ctivity honour ({named})" in caught.value.say("en")


def test_unexpected_level() -> None:
    """A level named for what has none is refused."""
    with pytest.raises(UnexpectedLevel) as caught:
        counted("time").value(level="county")
    assert {"activity": "deed", "activity_name": "好事", "level": "county"} == caught.value.data


@pytest.mark.parametrize(
    ("per", "quantity", "limit"), [("time", "1428572", "1428571"), ("hour", "1428571.5", "1428571.42")]
)
def test_too_much(per: str, quantity: str, limit: str) -> None:
    """A quantity worth more than one act may move is refused with the largest that is not."""
    with pytest.raises(AmountTooLarge) as caught:
        counted(per, 700).value(quantity)
    assert {"name": "quantity", "value": quantity, "limit": limit} == caught.value.data
    assert int(700 * Decimal(limit)) == counted(per, 700).value(limit)


def test_float_quantity() -> None:
    """A float is no quantity, whoever passes it."""
    with pytest.raises(FloatRefused):
        counted("hour").value(1.5)  # type: ignore[arg-type] # the very thing refused


def test_find() -> None:
    """An activity is found by code or name; width, capitals and spaces make no difference."""
    book = rules()
    for text in ("tidy", "庭院整洁", " 庭院 整洁 ", "ＴＩＤＹ"):
        assert book.activities["tidy"] == book.find(text)
    assert (None, None) == (book.find("庭院"), book.find(""))


def test_nearest() -> None:
    """A slip of the pen is answered with the nearest code or name."""
    book = rules()
    assert ["honour", "庭院整洁", None] == [book.nearest("honuor"), book.nearest("庭院清洁"), book.nearest("xyz")]


# Three lines a fault: the key with its line, and the change that makes it; the sentence in English; in Chinese.
BAD_RULES = r"""
activity[1].points:15 points = 2\n => points = 2.0\n
is the float 2.0, which is not exact; allowed: a whole number above 0, up to 1000000000.
写的是浮点数 2.0，不精确；允许：整数，大于 0，不超过 1000000000。
activity[1].points:15 points = 2\n => points = -2\n
is -2, not more than zero; to take points away write sign = "minus"; allowed: a whole number above 0, up to 1000000000.
写的是 -2，不大于零；扣分请写 sign = "minus"；允许：整数，大于 0，不超过 1000000000。
activity[1].points:11 points = 2\n => <nothing>
is missing; allowed: a whole number above 0, up to 1000000000.
缺少此项；允许：整数，大于 0，不超过 1000000000。
activity[2].level[1].points:29 points = 50\n => points = 0\n
is 0, not more than zero; allowed: a whole number above 0, up to 1000000000.
写的是 0，不大于零；允许：整数，大于 0，不超过 1000000000。
activity[1].per:16 per = "time" => per = "times"
is "times"; allowed: time | head | hour | piece | level.
写的是 "times"；允许：time | head | hour | piece | level。
activity[1].per:11 per = "time"\n => <nothing>
is missing; allowed: time | head | hour | piece | level.
缺少此项；允许：time | head | hour | piece | level。
activity[1].sign:17 sign = "both" => sign = "-"
is "-"; allowed: plus | minus | both.
写的是 "-"；允许：plus | minus | both。
arrears:2 format = 1\n => format = 1\narrears = "forgive"\n
is "forgive"; allowed: allow | block | write_off.
写的是 "forgive"；允许：allow | block | write_off。
activity[1].limit.per:18 per = "month" => per = "fortnight"
is "fortnight"; allowed: deed | day | week | month | quarter | half | year | ever.
写的是 "fortnight"；允许：deed | day | week | month | quarter | half | year | ever。
activity[1].limit.per:18 , per = "month" => <nothing>
is missing; allowed: deed | day | week | month | quarter | half | year | ever.
缺少此项；允许：deed | day | week | month | quarter | half | year | ever。
activity[2].limit.by:25 by = "resident" => by = "all"
is "all"; allowed: household | resident | village.
写的是 "all"；允许：household | resident | village。
activity[2].limit.mode:25 mode = "reject" => mode = "cut"
is "cut"; allowed: partial | reject.
写的是 "cut"；允许：partial | reject。
activity[2].limit.times:25 times = 1, => times = 0,
is 0; allowed: a whole number from 1 to 10000000.
写的是 0；允许：1 至 10000000 的整数。
activity[2].limit:25 times = 1, => times = 1, points = 60,
has both points and times; allowed: exactly one of points | times.
同时写了 points 和 times；允许：points | times 二者恰取其一。
activity[2].limit:25 times = 1, => <nothing>
has neither points nor times; allowed: exactly one of points | times.
points 和 times 都没有写；允许：points | times 二者恰取其一。
activity[1].limit:18 limit = { points = 30, per = "month" } => limit = 30
is 30; allowed: a table, [activity[1].limit] or { ... }.
写的是 30；允许：表，写作 [activity[1].limit] 或 { ... }。
activity[1].limit.points:18 points = 30, => points = 1,
1 is less than activity[1].points 2; allowed: 2 or more.
1 小于 activity[1].points 2；允许：不小于 2。
activity[2].limit.points:25 times = 1, => points = 40,
40 is less than activity[2].level[1].points 50; allowed: 50 or more.
40 小于 activity[2].level[1].points 50；允许：不小于 50。
activity[2].points:24 per = "level"\n => per = "level"\npoints = 5\n
stands beside activity[2].per = "level"; allowed: points in each level only.
与 activity[2].per = "level" 并列；允许：只在各等级内写 points。
activity[2].level:27 per = "level"\n => per = "time"\npoints = 5\n
stands beside activity[2].per = "time"; allowed: levels with activity[2].per = "level" only.
与 activity[2].per = "time" 并列；允许：仅在 activity[2].per = "level" 时分等级。
activity[2].level:19 <levels> => <nothing>
is missing, and activity[2].per = "level" needs it; allowed: one block [[activity.level]] or more.
缺少等级，而 activity[2].per = "level"；允许：一个或多个 [[activity.level]] 段。
activity[2].level[2].code:31 code = "provincial" => code = "national"
national stands already at activity[2].level[1].code; allowed: a code and a name of its own for each.
national 与 activity[2].level[1].code 重复；允许：各自不同的代码和名称。
activity[2].code:20 code = "honour" => code = "tidy"
tidy stands already at activity[1].code; allowed: a code and a name of its own for each.
tidy 与 activity[1].code 重复；允许：各自不同的代码和名称。
activity[2].name:21 name = "获得荣誉" => name = "庭院整洁"
庭院整洁 stands already at activity[1].name; allowed: a code and a name of its own for each.
庭院整洁 与 activity[1].name 重复；允许：各自不同的代码和名称。
category[2].code:12 [[category]]\n => <category>[[category]]\n
cleanup stands already at category[1].code; allowed: a code and a name of its own for each.
cleanup 与 category[1].code 重复；允许：各自不同的代码和名称。
activity[1].category:14 category = "cleanup"\npoints => category = "clean"\npoints
clean is the code of no [[category]] (category[].code); allowed: cleanup.
clean 不在 [[category]] 的代码（category[].code）之中；允许：cleanup。
activity[1].sgin:17 sign = "both" => sgin = "both"
is no key of this table (did you mean sign?); allowed: <keys>.
此处没有这个键（是否想写 sign？）；允许：<keys、>。
activity[2].text:24 text = "国家级五十分" => text = "<long>"
is "<99>…; allowed: text in quotes, 1 to 2000 characters.
写的是 "<99>…；允许：加引号的文字，1 至 2000 个字符。
first_day:3 first_day = 2025-09-01 => first_day = 2025-08-01
2025-08-01 lies before mandate.decided_on 2025-08-20; allowed: that day or later, or retroactive = true.
2025-08-01 早于 mandate.decided_on 2025-08-20；允许：当日或以后，或写明 retroactive = true。
"""
LONG_FORMS = {
    r"\n": "\n",
    "<nothing>": "",
    "<keys、>": "code、name、category、points、per、rounding、sign、text、source、limit、level、tier",
    "<keys>": "code, name, category, points, per, rounding, sign, text, source, limit, level, tier",
    "<levels>": RULES[RULES.index("[[activity.level]]") :],
    "<category>": '[[category]]\ncode = "cleanup"\nname = "别的"\n',
    "<long>": "分" * 2001,
    "<99>": "分" * 99,
}


def spelt_out(text: str) -> str:
    """Put the long forms back."""
    for short, full in LONG_FORMS.items():
        text = text.replace(short, full)
    return text


LINES = BAD_RULES.strip("\n").split("\n")


@pytest.mark.parametrize(("change", "en", "zh"), list(zip(LINES[::3], LINES[1::3], LINES[2::3], strict=True)))
def test_bad_rules(change: str, en: str, zh: str) -> None:
    """A rule at fault is one fault with its key, its line and a sentence in both languages."""
    place, _, words = change.partition(" ")
    key, _, line = place.partition(":")
    old, new = (spelt_out(side) for side in words.split(" => "))
    assert 1 == RULES.count(old)
    with pytest.raises(RuleBookInvalid) as caught:
        rules(RULES.replace(old, new))
    en, zh = spelt_out(en), spelt_out(zh)
    assert (Fault(key=key, line=int(line), en=en, zh=zh),) == caught.value.data["faults"]
    assert f"rulebook.toml:{line}: {key}: {en}" == caught.value.data["listing"]
    assert f"rulebook.toml 第 {line} 行，{key}：{zh}" == caught.value.data["listing_zh"]


def test_retroactive_by_decision() -> None:
    """A first day before the decision is taken where the villagers said so."""
    text = RULES.replace("first_day = 2025-09-01", "first_day = 2025-08-01\nretroactive = true")
    assert (True, "2025-08-01") == (rules(text).retroactive, rules(text).first_day)


def test_categories_may_be_left_out() -> None:
    """Without a list of categories any category is taken."""
    text = RULES.replace('[[category]]\ncode = "cleanup"\nname = "环境整治"\n', "")
    assert () == rules(text).categories


def test_text_of_several_lines() -> None:
    """The words of a rule may fill several lines, and keys inside them are no keys."""
    text = RULES.replace('"国家级五十分"', '"""\n国家级：\npoints = 50\n"""').replace("points = 30\n", "points = 3.5\n")
    with pytest.raises(RuleBookInvalid) as caught:
        rules(text)
    assert [("activity[2].level[2].points", 36)] == [(fault.key, fault.line) for fault in caught.value.data["faults"]]
    good = rules(text.replace("3.5", "35"))
    assert "国家级：\npoints = 50" == good.activities["honour"].text


def test_no_file() -> None:
    """A rule book that is not there is unreadable."""
    with pytest.raises(FileUnreadable):
        RuleBook.from_file("/nowhere/rulebook.toml", decimals=0)


def test_said() -> None:
    """A limit is said as a list of one, and absent things are absent."""
    honour = {
        "code": "honour",
        "name": "获得荣誉",
        "category": "cleanup",
        "per": "level",
        "sign": "plus",
        "text": "国家级五十分",
        "limits": [{"per": "ever", "by": "resident", "mode": "reject", "times": 1}],
        "levels": [
            {"code": "national", "name": "国家级", "points": 50},
            {"code": "provincial", "name": "省级", "points": 30},
        ],
    }
    said = rules().to_said()
    assert honour == said["activities"][1]
    assert (1, 0, "allow") == (said["format"], said["retroactive"], said["arrears"])


@pytest.mark.parametrize(
    ("spoiled", "key"),
    [
        ({"points": -1}, "activity[1].points"),
        ({"limits": []}, "activity[1].limits"),
        ({"limits": [{"times": 1, "per": "day"}] * 2}, "activity[1].limit[2].per"),
        ({"limits": ["x"]}, "activity[1].limit"),
        ({"code": 7}, "activity[1].code"),
    ],
)
def test_said_is_checked(spoiled: dict[str, object], key: str) -> None:
    """What was said and then spoiled is refused like a document."""
    said = rules().to_said()
    said["activities"][0] |= spoiled
    with pytest.raises(RuleBookInvalid) as caught:
        RuleBook.from_said(said)
    assert [key] == [fault.key for fault in caught.value.data["faults"]]


@pytest.mark.parametrize("said", [{}, {"activities": 7}, {"activities": [7]}, {"mandate": []}])
def test_said_of_another_kind(said: dict[str, object]) -> None:
    """What no rule book ever said is refused and nothing else happens."""
    with pytest.raises(RuleBookInvalid):
        RuleBook.from_said(said)


@pytest.mark.parametrize(
    ("field", "words", "topic", "word"),
    [
        ("name", "不上访", "petitioning", "上访"),
        ("text", "越级信访每次扣分", "petitioning", "信访"),
        ("code", "no-petitions", "petitioning", "petitions"),
        ("name", "按政策生育", "births", "生育"),
        ("code", "family-planning", "births", "family-planning"),
        ("text", "计生先进", "births", "计生"),
        ("name", "取消低保", "welfare", "低保"),
        ("text", "Welfare is suspended", "welfare", "Welfare"),
        ("name", "不参加教会", "religion", "教会"),
        ("text", "修缮寺庙", "religion", "寺庙"),
        ("code", "church", "religion", "church"),
        ("name", "罚款五十元", "fines", "罚款"),
        ("text", "a fine of 50", "fines", "fine"),
    ],
)
def test_risky_rules(field: str, words: str, topic: str, word: str) -> None:
    """A rule on what law or policy keeps from points is adopted with a warning that says whom to ask."""
    old = {"name": "庭院整洁", "code": '"tidy"', "text": "国家级五十分"}[field]
    book = rules(RULES.replace(old, f'"{words}"' if field == "code" else words))
    (risk,) = book.warnings()
    assert (topic, word) == (risk.topic, risk.word)
    assert risk.activity in book.activities
    assert True is ("Ask the " in risk.en and "采用前请咨询" in risk.zh)


@pytest.mark.parametrize("words", ["设计生态小院", "环境卫生育人", "refine the yard", "统计生活垃圾", "birthday party"])
def test_harmless_rules(words: str) -> None:
    """Words that only hold the letters of a risky one raise no warning."""
    assert () == rules(RULES.replace("国家级五十分", words)).warnings()


def test_risky_level() -> None:
    """A level is read for risky words like an activity."""
    (risk,) = rules(RULES.replace("省级", "零上访")).warnings()
    assert ("honour", "上访") == (risk.activity, risk.word)


def test_errors_share_a_root() -> None:
    """Whatever a rule book refuses, the library's root error catches."""
    with pytest.raises(PointsLedgerError):
        rules("format = 2")
