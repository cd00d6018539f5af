"""The errors: each with a code of its own, a sentence in both languages that says what to do, and its data."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from pointsledger import errors
from pointsledger.decisions import kinds
from pointsledger.errors import (
    FloatRefused,
    InputError,
    InvalidText,
    LedgerBusy,
    NothingChosen,
    PointsLedgerError,
    RefusedError,
    StorageError,
    UnknownAccount,
    UnknownActivity,
)
from pointsledger.values.visible import visible

GROUPS: list[type[PointsLedgerError]] = [InputError, RefusedError, StorageError]
ROOTS: list[type[PointsLedgerError]] = [PointsLedgerError, *GROUPS]
CLASSES: list[type[PointsLedgerError]] = [
    held
    for _, held in inspect.getmembers(errors, inspect.isclass)
    if issubclass(held, PointsLedgerError) and held not in ROOTS
]
# Shared by its two children, and raised as one of them.
PARENTS = {errors.DocumentInvalid}

# What a hint is made of: an order to somebody, a word on what alone would do, or the list of it.
ORDERS = frozenset(
    """add adopt amend ask bring cancel change check choose close come correct create delete do enrol enter erase fill
    give go grant import install keep leave let look make move name only open pass read redeem refund resume retype
    reverse round run say set shorten skip try type use write""".split()  # noqa: SIM905 - read as words
)
CHOICES = frozenset({"allowed", "codes", "known", "listing", "reason", "size"})
HINTS_ZH = re.compile("请|允许：|可用：|无法加入此事务：|可冲销的有：|已有批次：|已有：|现有|更正|无需|才需|无法导入：")
# The rules say no to the whole, and there is nothing that anybody should do about it.
FINAL: set[type[PointsLedgerError]] = set()


def fields_of(sentence: str) -> set[str]:
    """Return the names that a sentence is filled with."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def needed(kind: type[PointsLedgerError]) -> set[str]:
    """Return the names that an error needs for both its sentences."""
    return fields_of(kind.en) | fields_of(kind.zh)


def sample(kind: type[PointsLedgerError]) -> PointsLedgerError:
    """Return an error of a kind with something in every field."""
    return kind(**{name: f"<{name}>" for name in sorted(needed(kind))})


def raised_in_the_package() -> Iterator[tuple[str, type[PointsLedgerError], ast.Call]]:
    """Yield every place of the package that makes an error, with its class and its call."""
    known = {held.__name__: held for held in CLASSES}
    package = Path(errors.__file__).parent
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in known:
                    yield f"{path.relative_to(package)}:{node.lineno}", known[name], node


def names_given(call: ast.Call) -> set[str]:
    """Return the names that a call gives what it refuses, or has refused for it."""
    called = ast.unparse(call.func).rpartition(".")[2]
    given: list[ast.expr] = []
    if called in {held.__name__ for held in CLASSES} | {"scaled"}:
        given += [keyword.value for keyword in call.keywords if keyword.arg in {"name", "field"}]
    elif called in {"parse_code", "parse_text"}:
        given += call.args[1:2]
    return {node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_there_are_errors() -> None:
    """The list that these tests go through is not empty and holds each group's errors."""
    assert [] == [group.__name__ for group in GROUPS if not any(issubclass(each, group) for each in CLASSES)]


def test_codes_are_unique() -> None:
    """No two errors, groups and root included, have the same code."""
    codes = [held.code for held in [*ROOTS, *CLASSES]]
    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize("kind", [*ROOTS, *CLASSES])
def test_a_code_is_a_plain_word(kind: type[PointsLedgerError]) -> None:
    """Each class sets a code of its own, in lower-case words joined by hyphens."""
    assert "code" in vars(kind)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_belongs_to_one_group(kind: type[PointsLedgerError]) -> None:
    """Each error says by its group who can put it right: who typed it, nobody, or who looks after the machine."""
    assert 1 == sum(issubclass(kind, group) for group in GROUPS)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_is_also_a_standard_exception(kind: type[PointsLedgerError]) -> None:
    """A stranger who knows only Python's exceptions catches it by one that says something."""
    standard = [held for held in kind.__mro__ if not issubclass(held, PointsLedgerError)]
    assert [] != [held for held in standard if held not in {Exception, BaseException, object}]


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_has_a_docstring(kind: type[PointsLedgerError]) -> None:
    """Each class says in a sentence of its own when it comes up."""
    own = vars(kind).get("__doc__")
    assert own is not None
    assert own.endswith(".")


def test_english_sentences_say_what_to_do() -> None:
    """Behind what is wrong stands an order or a list of what would do, but where the rules simply say no."""
    without = set()
    for kind in CLASSES:
        hint = "".join(re.split(r"([;:,])", kind.en, maxsplit=1)[1:])
        if not (ORDERS & set(re.findall(r"[a-z]+", hint)) or CHOICES & fields_of(hint)):
            without.add(kind)
    assert FINAL == without


def test_chinese_sentences_say_what_to_do() -> None:
    """Behind what is wrong stands a request or a list of what would do, but where the rules simply say no."""
    assert FINAL == {kind for kind in CLASSES if not HINTS_ZH.search(kind.zh)}


@pytest.mark.parametrize("kind", CLASSES)
def test_each_language_is_itself(kind: type[PointsLedgerError]) -> None:
    """The English sentence has no Chinese in it, and the Chinese one is in Chinese."""
    assert re.search(r"[\u3000-\u9fff\uff00-\uffef]", kind.en) is None
    assert re.search(r"[\u4e00-\u9fff]", kind.zh) is not None


@pytest.mark.parametrize("kind", CLASSES)
def test_sentences_end_properly(kind: type[PointsLedgerError]) -> None:
    """A sentence ends in its language's full stop, or in what a list or command fills in."""
    assert re.search(r"[.}'\]]$", kind.en), kind.en
    assert re.search(r"[。}'\]]$", kind.zh), kind.zh


@pytest.mark.parametrize("kind", CLASSES)
def test_both_sentences_say_the_same_data(kind: type[PointsLedgerError]) -> None:
    """What one language names the other names too, where needed in words of its own."""
    assert fields_of(kind.en) == {name.removesuffix("_zh") for name in fields_of(kind.zh)}


@pytest.mark.parametrize("kind", CLASSES)
def test_both_sentences_are_filled(kind: type[PointsLedgerError]) -> None:
    """With its data an error fills both sentences, and its text is the English one."""
    error = sample(kind)
    for lang, sentence in (("en", kind.en), ("zh", kind.zh)):
        assert [] == [name for name in fields_of(sentence) if f"<{name}>" not in error.say(lang)]
    assert kind.en.format_map(error.data) == error.say() == str(error)


@pytest.mark.parametrize("kind", CLASSES)
def test_no_value_brings_a_line_or_a_sign_of_its_own(kind: type[PointsLedgerError]) -> None:
    """Whatever stands in the blanks, the sentence is one line that moves no screen; a listing alone has its lines."""
    loud = {name: f"<{name}\r\n\x1b[2J\u202e>" for name in needed(kind) if not name.startswith("listing")}
    error = kind(**(loud | dict.fromkeys(needed(kind) - set(loud), "1\n2")))
    own = 2 if issubclass(kind, errors.DocumentInvalid) else 0
    for lang in ("en", "zh"):
        told = error.say(lang)
        assert own == told.count("\n")
        assert all(line == visible(line) for line in told.split("\n"))
        assert "\\x1b" not in told, "and not as Python would escape it"
    assert all(error.data[name] == value for name, value in loud.items()), "the data are as they were given"


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_carries_its_data(kind: type[PointsLedgerError]) -> None:
    """Each piece of data is an attribute of its name, and hides nothing that every error has."""
    error = sample(kind)
    assert {name: f"<{name}>" for name in needed(kind)} == {name: getattr(error, name) for name in error.data}
    assert set() == {"args", "code", "data", "en", "retryable", "say", "zh"} & set(error.data)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_travels_between_processes(kind: type[PointsLedgerError]) -> None:
    """An error that was pickled, by any protocol, comes back with its class, data and sentences."""
    error = sample(kind)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - pickled on the line itself
        expected = (kind, error.data, str(error), error.say("zh"))
        assert expected == (type(back), back.data, str(back), back.say("zh"))


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_can_be_copied(kind: type[PointsLedgerError]) -> None:
    """A copy, as test runners and queues make them, is the same error."""
    error = sample(kind)
    assert (kind, error.data) == (type(copy.copy(error)), copy.deepcopy(error).data)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_can_be_caught(kind: type[PointsLedgerError]) -> None:
    """An error raised is caught by its own class and by the root."""
    with pytest.raises(kind) as caught:
        raise sample(kind)
    assert isinstance(caught.value, PointsLedgerError)


def test_every_error_made_in_the_package_is_given_its_data() -> None:
    """Wherever the package makes an error it gives all the data that both sentences need."""
    faults, seen = [], set()
    for place, kind, call in raised_in_the_package():
        seen.add(kind)
        given = {keyword.arg for keyword in call.keywords}
        if None not in given and needed(kind) - given:
            faults.append(f"{place}: {kind.__name__} lacks {sorted(needed(kind) - given)}")
    assert [] == faults
    assert len(seen) > len(CLASSES) / 2, "hardly any error found: this test would see nothing"


def test_every_error_is_used() -> None:
    """No error is left in the tree that nothing in the package raises."""
    package = Path(errors.__file__).parent
    text = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.name != "errors.py")
    unused = [each.__name__ for each in CLASSES if each not in PARENTS and not re.search(rf"\b{each.__name__}\b", text)]
    assert [] == unused


def test_only_what_passes_is_worth_trying_again() -> None:
    """An error is retryable where the same call may succeed in a moment: another writer ends, a server comes back."""
    assert {LedgerBusy, errors.DatabaseUnavailable} == {held for held in [*ROOTS, *CLASSES] if held.retryable}


def test_an_unknown_language_is_english() -> None:
    """Asked for a language that there is not, an error says its English sentence."""
    error = UnknownAccount(account="A-09")
    assert "No household 'A-09' is enrolled; check the code, or enrol the household first." == error.say("fr")


def test_an_error_without_data_needs_none() -> None:
    """An error whose sentence has no blanks is raised by its bare name."""
    with pytest.raises(NothingChosen, match="needs at least one item"):
        raise NothingChosen


def test_data_with_braces_is_no_format() -> None:
    """Braces in what somebody typed are shown as they are."""
    assert "{on}" in UnknownAccount(account="{on}").say("zh")


def test_a_hint_may_be_worded_in_both_languages() -> None:
    """A hint that only one sentence has a place for is filled in by its own words."""
    error = UnknownActivity(activity="tidi", on="2026-10-03", hint=" (did you mean tidy?)", hint_zh="（是否指 tidy？）")
    assert error.say().endswith("use one of its codes or names (did you mean tidy?).")
    assert error.say("zh").endswith("请用细则中的代码或名称（是否指 tidy？）。")


def test_names_of_data_are_said_in_chinese() -> None:
    """The Chinese sentence says in Chinese what a number, a span, an act or a unit is called in the data."""
    assert FloatRefused(name="points", value=1.5).say("zh").startswith("积分 是浮点数 1.5")
    assert InvalidText(name="remark", limit=200, found="", found_zh="").say("zh").startswith("备注 须为 1 至 200 个")
    reached = errors.LimitReached(activity="tidy", limit=30, unit="points", used=30, per="month")
    assert "每月上限 30 分" in reached.say("zh")
    assert FloatRefused(name="points", value=1.5).say().startswith("points is the float 1.5")


def test_a_word_is_said_as_the_blank_it_stands_in_means_it() -> None:
    """A column and a unit, or an act and a column, may share an English word, and have Chinese ones of their own."""
    conflict = errors.RequestConflict(request="r", field="head", seq=7)
    assert "但“户主”不同" in conflict.say("zh")
    enrolled = errors.EnrolledOtherwise(account="01-001", field="head", seq=7)
    assert "登记的“户主”与此不同" in enrolled.say("zh")
    counted = errors.UnexpectedQuantity(activity="a", per="head", quantity="1.5", only_one="", only_one_zh="")
    assert "按 人 计" in counted.say("zh")
    assert "操作种类" in errors.RequestConflict(request="r", field="kind", seq=7).say("zh")
    assert "属于 经办人登记，" in errors.NotReversible(seq=2, kind="operator", allowed="", allowed_zh="").say("zh")


def test_a_database_without_a_file_has_a_chinese_name() -> None:
    """Where there is no file to name, the Chinese sentence says in Chinese which database is meant."""
    assert "内存中的数据库 正被其他程序写入" in LedgerBusy(place="the database in memory").say("zh")
    assert "数据库 已有村“a”的账本" in errors.VillageExists(place="the database", village="a").say("zh")


def test_every_kind_and_name_has_a_chinese_word() -> None:
    """Each kind of record, and each name that the package gives what it refuses, is said in Chinese."""
    assert set() == {kind for kind, _ in kinds.KINDS} - set(errors.KINDS_ZH)
    package = Path(errors.__file__).parent
    given = set()
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                given |= names_given(node)
    assert given >= {"label", "request", "pieces", "source", "ties"}, (
        "hardly any name found: this test would see nothing"
    )
    assert set() == given - set(errors._NAMES_ZH)


def test_what_is_allowed_is_worded_in_chinese() -> None:
    """Wherever the package words for a Chinese sentence what would do, it does so in Chinese."""
    faults, seen = [], 0
    for place, kind, call in raised_in_the_package():
        for keyword in call.keywords:
            if (keyword.arg or "").endswith("_zh") and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
                seen += 1
                if not re.search(r"[\u4e00-\u9fff]", ast.unparse(keyword.value)):
                    faults.append(f"{place}: {kind.__name__}.{keyword.arg}")
    assert [] == faults
    assert seen > 10, "hardly any found: this test would see nothing"


def test_what_somebody_typed_is_not_translated() -> None:
    """A household that calls itself ``points`` is shown as it was typed."""
    assert UnknownAccount(account="points").say("zh").startswith("名册中没有户号“points”")


def test_one_thing_is_asked_for_as_what_it_is() -> None:
    """Where a mapping is wanted, the advice for a single thing does not ask for a list."""
    wanted = errors.NotAList(name="items", expected="a mapping", expected_zh="商品与数量的对照表", value="soap")
    assert "请写成商品与数量的对照表" in wanted.say("zh")


@pytest.mark.parametrize(
    ("kind", "word", "word_zh"),
    [
        ("close", "a close is final", "结账不可撤销"),
        ("lapse", "correct or reverse the record that brought them", "请更正或冲销那一笔"),
        ("base", "a base that was reversed is not granted again", "冲销后不会再发"),
        ("redeem", "reverse it, then do it rightly", "请先冲销，再重新办理"),
    ],
)
def test_what_cannot_be_corrected_says_what_can_be_done(kind: str, word: str, word_zh: str) -> None:
    """The advice fits the kind of record: nobody is sent to reverse what cannot be reversed."""
    error = errors.NotCorrectable(seq=7, kind=kind)
    assert [True, True] == [word in error.say("en"), word_zh in error.say("zh")]


@pytest.mark.parametrize(
    ("kind", "word", "word_zh"),
    [
        ("close", "correct the deed itself", "请更正有误的那一笔"),
        ("lapse", "correct or reverse the record that brought them", "请更正或冲销那一笔"),
        ("reverse", "is entered again", "误冲销的请重新录入"),
        ("rulebook", "adopt the right version", "请采用正确的版本"),
    ],
)
def test_what_cannot_be_reversed_says_what_can_be_done(kind: str, word: str, word_zh: str) -> None:
    """The advice is the same as where a correction is refused."""
    error = errors.NotReversible(seq=7, kind=kind, allowed="award", allowed_zh="加分")
    assert [True, True] == [word in error.say("en"), word_zh in error.say("zh")]


@pytest.mark.parametrize("scope", [{}, {"scope": "all activities together", "scope_zh": "各事项合计"}])
def test_a_limit_in_a_rehearsal_speaks_of_no_posting(scope: dict[str, str]) -> None:
    """Where nothing would have been posted anyhow, nobody is told that nothing was, nor to enter less."""
    posted, rehearsed = (
        errors.LimitReached(activity="tidy", limit=1, unit="time", used=1, per="week", **scope, **more)
        for more in ({}, {"rehearsed": True})
    )
    assert "posted" in posted.say("en")
    assert "is allowed 1 time per week, 1 are used: no room for all of it" in rehearsed.say("en")
    assert "每周上限 1 次，已用 1，整笔不予计分" in rehearsed.say("zh")
    for lang, words in (("en", ("posted", "enter")), ("zh", ("未录入", "请"))):
        assert [False, False] == [word in rehearsed.say(lang) for word in words]


@pytest.mark.parametrize(
    ("state", "en", "zh"),
    [
        ("cancelled", "Reservation 14 is cancelled", "第 14 号预约自 2025-10-12 起已取消"),
        ("released", "Reservation 14 is released", "第 14 号预约自 2025-10-12 起已到期释放"),
        ("reserved", "Reservation 14 stands", "第 14 号是 2025-10-12 的预约，尚未领取"),
        ("handed-over", "Reservation 14 is handed over", "第 14 号预约自 2025-10-12 起已领取"),
        ("reversed", "Redemption 14 is reversed", "第 14 号兑换自 2025-10-12 起已冲销"),
    ],
)
def test_a_reservation_is_not_called_a_redemption(state: str, en: str, zh: str) -> None:
    """What was promised is called a reservation however it ended, and what was reversed a redemption."""
    error = errors.InvalidState(seq=14, state=state, on="2025-10-12")
    assert en == error.say("en").partition(" since ")[0]
    assert zh == error.say("zh").partition("；")[0]


def test_a_record_has_a_whole_number() -> None:
    """What counts records is told to be whole, in place of an example with a decimal."""
    error = errors.InvalidNumber(name="seq", value="2.5")
    assert "seq '2.5' is not a whole number; write one, such as 12." == error.say("en")
    assert "记录号“2.5”不是整数；请写整数，如 12。" == error.say("zh")
