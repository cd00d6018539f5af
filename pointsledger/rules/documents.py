"""What a rule book and a price list have in common: TOML text, read with all its faults at once.

A clerk who mends one line only to meet the next fault gives up after the third. So a reading notes a fault, takes an
empty value (``""`` or 0, which no sound value equals) in its place and goes on; at the end all are refused together:

    rulebook.toml:14: activity[2].ponits: is no key of this table (did you mean points?); allowed: code, name, ...
"""

from __future__ import annotations

import difflib
import json
import math
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pointsledger.errors import FileUnreadable, InputError, InvalidDate, NotPositive
from pointsledger.rules.named import NAME_LIMIT, Named, lookup_key
from pointsledger.rules.toml_lines import KeyPath, key_lines, key_text
from pointsledger.values.calendar import parse_day_text
from pointsledger.values.hidden import IN_A_DOCUMENT, hidden_in
from pointsledger.values.points import LARGEST_AMOUNT, MAX_DECIMALS, number_text, scaled
from pointsledger.values.visible import visible
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pointsledger.errors import DocumentInvalid

FORMAT = 1
LARGEST_DOCUMENT = 1_000_000  # bytes; a village's rules take a few thousand
LARGEST_COUNT = 10_000_000  # people present, or times a limit allows: above it a finger slipped
CODE_FORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
HEADING_KEYS = ("format", "name", "first_day", "retroactive", "mandate")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct: the key path (empty for the file as a whole), its line if known, and the sentence."""

    key: str
    line: int | None
    en: str
    zh: str

    def say(self, file: str, lang: str = "en") -> str:
        """Return the sentence with its place in front, as one line in ``lang``: ``"en"`` or ``"zh"``."""
        if lang == "zh":
            line = f" 第 {self.line} 行" if self.line else ""
            return visible(f"{file}{line}{'，' if self.key else ''}{self.key}：{self.zh}")
        line = f":{self.line}" if self.line else ""
        return visible(f"{file}{line}: {self.key}{': ' if self.key else ''}{self.en}")


_NOT_UTF8 = Words("is not UTF-8 text; save it again as UTF-8.", "不是 UTF-8 编码；请另存为 UTF-8。")
_TOO_LARGE = Words(f"has over {LARGEST_DOCUMENT} bytes; is it the right file?", "文件过大；请核对是否选错了文件。")
_TOO_DEEP = Words("holds a number too long, or brackets nested too deeply.", "含有过长的数字，或括号嵌套过深。")


def refusal(error: type[DocumentInvalid], file: str, *faults: Fault) -> DocumentInvalid:
    """Return the ``error`` that lists these faults in both languages."""
    return error(
        file=file,
        count=len(faults),
        listing="\n".join(fault.say(file) for fault in faults),
        listing_zh="\n".join(fault.say(file, "zh") for fault in faults),
        faults=faults,
    )


@dataclass(slots=True)
class Document:
    """One document while it is read: its values, the line of each key, and the faults met so far."""

    file: str
    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    above: set[str] = field(default_factory=set)
    """The keys that stand above the first header, known once these were read."""

    @classmethod
    def from_toml(cls, text: str, *, file: str, error: type[DocumentInvalid]) -> Self:
        """Parse ``text``; ``file`` is the name that faults give it. A syntax fault raises ``error`` at once."""
        text = text.removeprefix("\ufeff")
        return cls(file, _parsed(text, file, error), key_lines(text))

    @classmethod
    def from_file(cls, path: str | Path, *, error: type[DocumentInvalid]) -> Self:
        """Read the UTF-8 file at ``path``; raise ``FileUnreadable``, or ``error`` if it holds no such text."""
        try:
            with Path(path).open("rb") as stream:
                raw = stream.read(LARGEST_DOCUMENT + 1)
        except OSError as failure:  # a wrong path, a folder, or a file that another program has locked
            raise FileUnreadable(file=str(path), reason=failure.strerror or type(failure).__name__) from failure
        if len(raw) > LARGEST_DOCUMENT:
            raise refusal(error, str(path), Fault("", None, *_TOO_LARGE))
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as failure:  # Windows editors still save Chinese text as GBK
            line = raw.count(b"\n", 0, failure.start) + 1
            raise refusal(error, str(path), Fault("", line, *_NOT_UTF8)) from failure
        return cls.from_toml(text, file=str(path), error=error)

    @property
    def root(self) -> Table:
        """The table of the keys above the first header."""
        return Table(self, (), self.values)

    def refuse_other(self, mark: str, other: Words, error: type[DocumentInvalid]) -> None:
        """Raise ``error`` at once if the document has the key ``mark``, by which it is plainly the ``other`` one."""
        if isinstance(self.values.get(mark), list):
            raise refusal(error, self.file, Fault("", self.lines.get((mark, 1)) or self.lines.get((mark,)), *other))

    def fault(self, path: KeyPath, wrong: Words, allowed: Words) -> None:
        """Note that the value at ``path`` is ``wrong``, and what is ``allowed`` there."""
        # The line of the longest path that was seen: an inline table has the line of its own key.
        line = next((self.lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in self.lines), None)
        en, zh = f"{wrong.en}; allowed: {allowed.en}.", f"{wrong.zh}；允许：{allowed.zh}。"
        self.faults.append(Fault(key=key_text(path), line=line, en=en, zh=zh))

    def refuse_faults(self, error: type[DocumentInvalid]) -> None:
        """Raise ``error`` with every fault, in the order of their lines, if there is one."""
        if self.faults:
            raise refusal(error, self.file, *sorted(self.faults, key=lambda fault: fault.line or 0))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a document; each method reads a key, and a key at fault gives the empty value of its type."""

    document: Document
    path: KeyPath
    values: Mapping[str, Any]

    def only(self, *allowed: str) -> None:
        """Refuse every other key, naming the nearest allowed one."""
        if not self.path:
            self.document.above.update(allowed)
        for key, value in self.values.items():
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1)
                hint = Words(f" (did you mean {near[0]}?)", f"（是否想写 {near[0]}？）") if near else Words("", "")
                if key in self.document.above and not isinstance(value, dict | list):  # those have headers of their own
                    hint = Words(
                        "; it belongs above the first [header] of the file, which takes everything below it",
                        "；请写到文件最前面、第一个 [表头] 之上，表头以下的键都归那个表头",
                    )
                wrong = Words(f"is no key of this table{hint.en}", f"此处没有这个键{hint.zh}")
                self.fault(key, wrong, Words(", ".join(allowed), "、".join(allowed)))

    def fault(self, key: str, wrong: Words, allowed: Words) -> None:
        """Note a fault of ``key``."""
        self.document.fault((*self.path, key), wrong, allowed)

    def fault_of_all(self, wrong: Words, allowed: Words) -> None:
        """Note a fault of the table as a whole."""
        self.document.fault(self.path, wrong, allowed)

    def where(self, key: str) -> str:
        """Return the path of ``key`` as faults write it."""
        return key_text((*self.path, key))

    def optional_text(self, key: str, limit: int = NAME_LIMIT, *, lines: bool = False) -> str | None:
        """Return a text as ``text`` does, or None if the key is absent."""
        return self.text(key, limit, lines=lines) if key in self.values else None

    def text(self, key: str, limit: int = NAME_LIMIT, *, lines: bool = False) -> str:
        """Return a required text of 1 to ``limit`` characters, spaces around it removed; ``lines`` allows several."""
        allowed = Words(f"text in quotes, 1 to {limit} characters", f"加引号的文字，1 至 {limit} 个字符")
        taken = self._taken(key, str, allowed)
        if taken is None:
            return ""
        value = taken.strip()
        hidden = [sign for sign in hidden_in(value, IN_A_DOCUMENT) if not (lines and sign in "\n\t")]
        if hidden:
            named = f"U+{ord(hidden[0]):04X}"
            wrong = Words(f"holds the invisible character {named}; delete it", f"含有不可见字符 {named}，请删去")
        elif 1 <= len(value) <= limit:
            return value
        else:
            wrong = _written(value)
        self.fault(key, wrong, allowed)
        return ""

    def code(self, key: str = "code") -> str:
        """Return a required code."""
        allowed = Words(
            "a text of a-z, 0-9, dot, underscore and hyphen, a letter or digit first, at most 64",
            "由小写字母、数字、点、下划线、连字符组成的文字，以字母或数字开头，最多 64 个字符",
        )
        return self._taken(key, str, allowed, lambda value: CODE_FORM.fullmatch(value) is not None) or ""

    def whole(self, key: str, *, least: int, most: int = LARGEST_COUNT) -> int:
        """Return a required whole number between the two bounds, both allowed."""
        allowed = Words(f"a whole number from {least} to {most}", f"{least} 至 {most} 的整数")
        return self._taken(key, int, allowed, lambda value: least <= value <= most) or 0

    def points(self, key: str, decimals: int, *, below_zero: Words | None = None) -> int:
        """Return a required amount in the smallest unit; ``below_zero`` says what to write instead of a negative."""
        value = self.values.get(key)
        allowed = _points_allowed(decimals, partial=_is_partial(value))
        if not isinstance(value, int | str) or isinstance(value, bool):
            self._taken(key, int, allowed)
            return 0
        try:
            return scaled(value, decimals, name=key)
        except NotPositive:  # a minus sign here would turn a merit into a breach
            hint = below_zero or Words("", "")
            wrong = Words(f"is {value}, not more than zero{hint.en}", f"写的是 {value}，不大于零{hint.zh}")
        except InputError:  # no number, an extra digit, or places that only the village itself may round away
            wrong = _written(value)
        self.fault(key, wrong, allowed)
        return 0

    def exact(self, key: str, decimals: int, most: int) -> int:
        """Return a required number above 0 and up to ``most``, as an integer of the unit with ``decimals`` places."""
        value = self.values.get(key)
        allowed = Words(
            f'a number above 0 and up to {most}, in quotes if it has decimals ("1.5"), at most {decimals} of them',
            f'大于 0、不超过 {most} 的数，有小数的加引号（"1.5"），最多 {decimals} 位小数',
        )
        if isinstance(value, int | str) and not isinstance(value, bool):
            try:
                return scaled(value, decimals, name=key, limit=most * 10**decimals)
            except InputError:
                self.fault(key, _written(value), allowed)
                return 0
        self._taken(key, int, allowed)
        return 0

    def date(self, key: str) -> str:
        """Return a required day as ISO text; it may be written as a TOML date or as a text."""
        allowed = Words("a day that exists, such as 2025-09-01", "实际存在的日期，如 2025-09-01")
        value = self.values.get(key)
        if isinstance(value, date) and not isinstance(value, datetime) and _is_day(value.isoformat()):
            return value.isoformat()
        return self._taken(key, str, allowed, _is_day) or ""

    def flag(self, key: str, *, default: bool) -> bool:
        """Return an optional true or false."""
        if key not in self.values:
            return default
        return bool(self._taken(key, bool, Words("true or false, without quotes", "true 或 false，不加引号")))

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Return one of the words ``allowed``; without a ``default`` the key is required."""
        if default is not None and key not in self.values:
            return default
        words = Words(" | ".join(allowed), " | ".join(allowed))
        return self._taken(key, str, words, lambda value: value in allowed) or ""

    def wholes(self, key: str, *, least: int, most: int) -> tuple[int, ...]:
        """Return a list of different whole numbers between the two bounds, in their order; none if there is none."""
        allowed = Words(
            f"a list of different whole numbers from {least} to {most}", f"{least} 至 {most} 的不同整数的列表"
        )
        sound: Callable[[object], bool] = lambda one: type(one) is int and least <= one <= most  # noqa: E731 - its type is its docstring
        return tuple(sorted(self._several(key, allowed, sound)))

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of different texts, as they stand; none if there is none."""
        allowed = Words("a list of different codes in quotes", "加引号的不同代码的列表")
        return tuple(self._several(key, allowed, lambda one: isinstance(one, str)))

    def _several(self, key: str, allowed: Words, sound: Callable[[object], bool]) -> list[Any]:
        def different(value: list[Any]) -> bool:
            return bool(value) and all(map(sound, value)) and len(set(value)) == len(value)

        return (self._taken(key, list, allowed, different) or []) if key in self.values else []

    def table(self, key: str) -> Table | None:
        """Return the required table under ``key``, or None if it is at fault."""
        allowed = Words(f"a table, [{self.where(key)}] or {{ ... }}", f"表，写作 [{self.where(key)}] 或 {{ ... }}")
        value = self._taken(key, dict, allowed)
        return None if value is None else Table(self.document, (*self.path, key), value)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the blocks written ``[[key]]``, in order; none if there is none."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            header = ".".join(str(part) for part in (*self.path, key) if not isinstance(part, int))
            single = Words(f"is written as one table, [{header}]", f"写成了单个表 [{header}]")
            wrong = single if isinstance(values, dict) else _written(values)
            self.fault(key, wrong, Words(f"blocks headed [[{header}]]", f"以 [[{header}]] 开头的段"))
            return ()
        return tuple(Table(self.document, (*self.path, key, number), value) for number, value in enumerate(values, 1))

    def one_or_several(self, key: str) -> tuple[Table, ...]:
        """Return what stands under ``key``, one table or several blocks; none if there is none, or it is at fault."""
        if key not in self.values:
            return ()
        if isinstance(self.values[key], list):
            return self.tables(key)
        table = self.table(key)
        return () if table is None else (table,)

    def _taken(self, key: str, kind: type[T], allowed: Words, sound: Callable[[T], bool] = lambda _: True) -> T | None:
        value = self.values.get(key)
        # bool is an int to Python and none to people
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) and sound(value):
            return value
        self.fault(key, _written(value) if key in self.values else Words("is missing", "缺少此项"), allowed)
        return None


@dataclass(frozen=True, slots=True)
class Mandate:
    """The villagers' decision behind a document: the day, how many were present, how many voted for it."""

    decided_on: str
    present: int
    votes_for: int
    filing_number: str | None = None

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read the table ``[mandate]``."""
        table.only("decided_on", "present", "votes_for", "filing_number")
        mandate = cls(
            decided_on=table.date("decided_on"),
            present=table.whole("present", least=1),
            votes_for=table.whole("votes_for", least=0),
            filing_number=table.optional_text("filing_number"),
        )
        if mandate.present and mandate.votes_for > mandate.present:
            votes, other = mandate.votes_for, table.where("present")
            present = f"{other} {mandate.present}"
            wrong = Words(f"{votes} is more than {present}", f"{votes} 多于 {present}")
            table.fault("votes_for", wrong, Words(f"0 to {other}", f"0 至 {other}"))
        return mandate

    def to_said(self) -> dict[str, Any]:
        """Return the decision as JSON values, absent things absent."""
        said: dict[str, Any] = {"decided_on": self.decided_on, "present": self.present, "votes_for": self.votes_for}
        return with_present(said, filing_number=self.filing_number)


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands at the top of both kinds of document."""

    name: str
    first_day: str
    retroactive: bool
    mandate: Mandate

    @classmethod
    def read(cls, root: Table) -> Self:
        """Read and compare the keys above the blocks."""
        root.whole("format", least=FORMAT, most=FORMAT)  # the only one there is; the bounds refuse any other
        table = root.table("mandate")
        mandate = Mandate.read(table) if table else Mandate("", 0, 0)
        heading = cls(
            name=root.text("name"),
            first_day=root.date("first_day"),
            retroactive=root.flag("retroactive", default=False),
            mandate=mandate,
        )
        if heading.first_day and heading.first_day < mandate.decided_on and not heading.retroactive:
            decided = f"mandate.decided_on {mandate.decided_on}"
            wrong = Words(f"{heading.first_day} lies before {decided}", f"{heading.first_day} 早于 {decided}")
            allowed = Words("that day or later, or retroactive = true", "当日或以后，或写明 retroactive = true")
            root.fault("first_day", wrong, allowed)
        return heading

    def to_said(self) -> dict[str, Any]:
        """Return the heading as JSON values."""
        return {
            "format": FORMAT,
            "name": self.name,
            "first_day": self.first_day,
            "retroactive": int(self.retroactive),
            "mandate": self.mandate.to_said(),
        }


def refuse_twins(tables: Sequence[Table], things: Sequence[Named]) -> None:
    """Note a fault for every code or name that would find two things; both keys are named."""
    seen: dict[str, tuple[int, str]] = {}
    for number, (table, thing) in enumerate(zip(tables, things, strict=True)):
        for key, value in (("code", thing.code), ("name", thing.name)):
            first, where = seen.setdefault(lookup_key(value), (number, table.where(key)))
            if value and first != number:
                wrong = Words(f"{value} stands already at {where}", f"{value} 与 {where} 重复")
                table.fault(key, wrong, Words("a code and a name of its own for each", "各自不同的代码和名称"))


def with_present(said: dict[str, Any], **optional: str | int | list[Any] | None) -> dict[str, Any]:
    """Return ``said`` with those optional values that are there: None and the empty list are not."""
    return said | {key: value for key, value in optional.items() if value is not None and value != []}


def from_said_keys(said: Mapping[str, Any], renamed: Mapping[str, str], flags: Sequence[str] = ()) -> dict[str, Any]:
    """Return ``said`` with the keys and the true and false of the TOML form, so that one reader checks both."""
    return {
        renamed.get(key, key): value == 1 if key in flags and value in (0, 1) else value for key, value in said.items()
    }


_PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)| \(at end of document\)")
_UNQUOTED_DATE = re.compile(r"(=[ \t]*)([0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?)(?![0-9T:]|[ ][0-9])")
_TWICE = re.compile(r"[ \t]*\[{1,2}[ \t]*(?P<name>[A-Za-z0-9_.-]+)[ \t]*\]")
_FULL_WIDTH = frozenset("“”‘’＂＇＝，。．［］｛｝【】＃")


def _parsed(text: str, file: str, error: type[DocumentInvalid]) -> dict[str, Any]:
    if len(text) > LARGEST_DOCUMENT:
        raise refusal(error, file, Fault("", None, *_TOO_LARGE))
    while True:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as failure:
            # A day that does not exist, or is not written as TOML has it, stops the parser; in quotes it is found
            # again with all the other faults.
            quoted = _with_date_quoted(text, failure)
            if quoted is None:
                raise refusal(error, file, _syntax_fault(text, failure)) from failure
            text = quoted
        except (RecursionError, ValueError) as failure:  # brackets nested without end, a number of 5,000 digits
            raise refusal(error, file, Fault("", None, *_TOO_DEEP)) from failure


def _with_date_quoted(text: str, failure: ValueError) -> str | None:
    place = _PLACE.search(str(failure))
    if place is None or place[1] is None:
        return None
    lines = text.split("\n")
    number = int(place[1]) - 1
    found = _UNQUOTED_DATE.search(lines[number])
    if found is None or _is_day(found[2]):
        return None
    lines[number] = f'{lines[number][: found.start(2)]}"{found[2]}"{lines[number][found.end(2) :]}'
    return "\n".join(lines)


def _syntax_fault(text: str, failure: ValueError) -> Fault:
    place = _PLACE.search(str(failure))
    number = int(place[1]) if place and place[1] else text.count("\n") + 1
    wide = "".join(sorted(_FULL_WIDTH.intersection(text.split("\n")[number - 1])))
    hint_en = f" The line holds full-width {wide}; TOML wants half-width signs." if wide else ""
    hint_zh = f"此行有全角符号 {wide}，TOML 的引号、等号等须用半角。" if wide else ""
    twice = _TWICE.match(text.split("\n")[number - 1])
    if twice is not None and ("twice" in str(failure) or "overwrite" in str(failure)):
        name = twice["name"]
        hint_en += f" {name} stands above already: head each of several blocks with [[{name}]], or keep one [{name}]."
        hint_zh += f"{name} 在前面已经写过：可有多段的，每段都以 [[{name}]] 开头；只能有一段的，只写一个 [{name}]。"
    en = f'is no TOML: {failure}; allowed: key = value, with text in "quotes".{hint_en}'
    zh = f"不符合 TOML 写法（{failure}）；允许：键 = 值，文字加半角双引号。{hint_zh}"
    return Fault(key="", line=number, en=en, zh=zh)


def _is_partial(value: object) -> bool:
    """Tell whether an amount was written with part of a point, in quotes or without."""
    if isinstance(value, float):
        return math.isfinite(value) and not value.is_integer()
    try:
        return isinstance(value, str) and scaled(value, MAX_DECIMALS) % 10**MAX_DECIMALS > 0
    except InputError:
        return False


def _points_allowed(decimals: int, *, partial: bool = False) -> Words:
    most = number_text(LARGEST_AMOUNT, decimals)
    if partial and not decimals:
        return Words(
            f"a whole number above 0, up to {most}, as the points of this village have no decimal places; one that "
            'has them writes "2.5" in quotes and says so with --decimals 1, when checking and once for ever at init',
            f"大于 0、不超过 {most} 的整数，因为本村积分没有小数；积分有小数的村写成带引号的 "
            '"2.5"，并在检查和 init 建账时加 --decimals 1（建账后不能改）',
        )
    en = f', or a text such as "2.5" with at most {decimals} decimal places,' if decimals else ""
    zh = f'或加引号的小数如 "2.5"（最多 {decimals} 位小数），' if decimals else ""
    return Words(f"a whole number{en} above 0, up to {most}", f"整数，{zh}大于 0，不超过 {most}")


def _written(value: object) -> Words:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= NAME_LIMIT else f"{shown[:NAME_LIMIT]}…"
    if isinstance(value, float):
        return Words(f"is the float {shown}, which is not exact", f"写的是浮点数 {shown}，不精确")
    return Words(f"is {shown}", f"写的是 {shown}")


def _is_day(text: str) -> bool:
    try:
        return parse_day_text(text) == text
    except InvalidDate:  # the 30th of February, or a year that no village's calendar has
        return False
