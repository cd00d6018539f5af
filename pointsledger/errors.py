"""Every way an act can be refused: one tree, one sentence each, a stable code, in English and Chinese.

The tree is grouped by who can put it right. ``InputError``: whoever typed it. ``RefusedError``: nobody has
to, the rules say no. ``StorageError``: whoever looks after the file and the machine. Each class is also the
standard exception that a stranger to this library would catch, carries its data as attributes, and its
sentence ends with what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any, ClassVar

from pointsledger.values.visible import quoted, visible
from pointsledger.values.vocabulary import KINDS_IN_WORDS, STATES_IN_WORDS

_NAMES_ZH = {
    "points": "积分",
    "quantity": "数量",
    "minutes": "分钟数",
    "pieces": "数量",
    "unit_cost": "单价",
    "unit_cost_fen": "单价（分）",
    "household": "户号",
    "after": "起始户号",
    "operator": "经办人",
    "member": "成员姓名",
    "members": "成员",
    "head": "户主",
    "group": "组",
    "remark": "备注",
    "reason": "原因",
    "label": "批次名",
    "batch": "批次名",
    "row": "表内行",
    "no": "序号",
    "village": "村代码",
    "request": "请求号",
    "decimals": "小数位数",
    "zone": "时区",
    "cut_off_day": "截止日",
    "first_period": "首个周期",
    "nonce": "随机数",
    "document": "文件内容",
    "level": "等级",
    "tally level": "汇总口径",
    "ranking level": "排名口径",
    "activity": "事项",
    "account": "户号",
    "resident": "成员",
    "on": "日期",
    "sign": "加扣",
    "approved_by": "审核人",
    "started_at": "开始时间",
    "ended_at": "结束时间",
    "items": "商品",
    "item": "商品",
    "source": "来源",
    "best_before": "保质期",
    "kind": "操作种类",
    "seq": "记录号",
    "ties": "并列排法",
    "view": "汇总视图",
    "limit": "每页户数",
    "collector": "领取人",
    "collector_name": "领取人",
    "cash": "现金",
    "from_shop": "调出超市",
    "to_shop": "调入超市",
    "shops": "超市",
    "handed_over": "已领取",
    "returned": "已退回",
    "counts": "盘点数",
    "fund": "基金",
    "amount": "金额",
    "purpose": "用途",
    "reference": "依据编号",
    "invoice": "票据号",
    "donor": "捐赠人",
    "wish": "捐赠意愿",
    "former_name": "原姓名",
    "former_code": "原编号",
    "organisation": "单位",
    "to": "奖励对象",
    "role": "对象类别",
    "goods": "奖品",
    "form of income": "收入性质",
    "cash_fen": "现金（分）",
    "shop": "超市",
    "cause": "责任方",
    "redemption": "兑换记录号",
    "state": "状态",
    "skip_bad": "跳过错行",
    "database": "账本位置",
    "villages": "村代码",
    "until": "止日",
    "kinds": "操作种类",
    "target": "目标",
    "session": "会话",
    "engine": "引擎",
    "encoding": "编码",
    "--db": "选项 --db",
    "--lang": "选项 --lang",
    "--format": "选项 --format",
    "--head": "选项 --head",
    "folder": "文件夹",
    "answer": "回访结果",
    "size": "记录数",
    "root": "校验根",
    "number": "抽签号码",
    "count": "户数",
    "checkpoint": "校验码",
    "field": "文字栏目",
    "ground": "依据",
    "form": "导出格式",
    "output": "输出位置",
    "lost_from": "丢失的首号",
    "lost_through": "丢失的末号",
    "last_on": "最后录入日期",
    "extends": "所补充的声明",
    "heads": "已发出的校验码",
}
KINDS_ZH: dict[str, str] = {kind: words.zh for kind, words in KINDS_IN_WORDS.items()}
"""What each kind of act is called in Chinese."""

_UNITS_ZH = {
    "time": "次",
    "head": "人",
    "hour": "小时",
    "piece": "件",
    "level": "等级",
    "deed": "笔",
    "day": "日",
    "week": "周",
    "month": "月",
    "quarter": "季度",
    "half": "半年",
    "year": "年",
    "ever": "次累计",
}
_INSTEAD = {
    "base": (
        "where it should not be there, reverse it; a base that was reversed is not granted again",
        "不该发的请冲销，冲销后不会再发",
    ),
    "close": (
        "a close is final, correct the deed itself, which then counts in the open month",
        "结账不可撤销，请更正有误的那一笔，它会计入未结账的月份",
    ),
    "lapse": (
        "a lapse follows from the points that lapsed, correct or reverse the record that brought them",
        "到期清零由当初所得的积分而来，请更正或冲销那一笔",
    ),
    "reverse": ("what was reversed by mistake is entered again", "误冲销的请重新录入"),
    "rulebook": ("adopt the right version", "请采用正确的版本"),
    "call-back": ("call again, and record what is said then", "请再次回访并记录结果"),
    "prices": ("adopt the right version", "请采用正确的版本"),
    "amend": ("amend once more, to what is right", "请再更正一次，写成正确的"),
    "erase": ("what was erased is gone; enrol the household anew", "已删除的无法恢复；请重新登记入册"),
    "recovered": ("declare once more what was lost, as it should read", "写错的请再声明一次，写明正确的范围"),
    **dict.fromkeys(("genesis", "operator", "enrol", "reverse-batch"), ("it stays as it is", "此类记录保持原样")),
}
"""What to do in place of a correction or a reversal, for the kinds that are not simply reversed and done again."""
_PLACES_ZH = {"the database in memory": "内存中的数据库", "the database": "数据库", "the journal": "台账"}
_PERIODS_ZH = {"its month": "该月"}
_BESIDE_ZH = {
    "a household": "户号",
    "a record": "记录号",
    "a fund": "基金",
    "a donor": "捐赠人",
    "size": "记录数",
    "checkpoint": "校验码",
    "a wish": "捐赠意愿",
    "goods that were bought": "购买的商品",
    "goods that were given": "捐赠的商品",
}
_REASONS_ZH = {
    "File name too long": "文件名太长",
    "Input/output error": "磁盘读写出错",
    "Invalid argument": "文件名或参数不合要求",
    "Is a directory": "这是文件夹，不是文件",
    "No space left on device": "磁盘已满",
    "No such file or directory": "没有这个文件或文件夹",
    "Not a directory": "路径中有一段不是文件夹",
    "Operation not permitted": "系统不允许",
    "Permission denied": "没有权限，或文件正被占用",
    "Read-only file system": "磁盘是只读的",
    "Too many open files": "打开的文件太多",
    "embedded null byte": "文件名含有不可用的字符",
    "embedded null character in path": "文件名含有不可用的字符",
}
_KNOWN_ZH = {"none": "无"}
_FILES_ZH = {"the output": "输出"}
_WHOLE = frozenset({"seq", "redemption", "after", "limit", "size"})
"""What is counted in whole numbers, or is the number of a record."""
_SPOKEN = {
    "file": _FILES_ZH,
    "known": _KNOWN_ZH,
    "reason": _REASONS_ZH,
    "name": _NAMES_ZH,
    "field": _NAMES_ZH,
    "kind": KINDS_ZH,
    "act": KINDS_ZH,
    "other": KINDS_ZH,
    "per": _UNITS_ZH,
    "place": _PLACES_ZH,
    "beside": _BESIDE_ZH,
    "option": _BESIDE_ZH,
    "period": _PERIODS_ZH,
    "state": {state: words.zh for state, words in STATES_IN_WORDS.items()},
    "unit": {"point": "分", "points": "分", "time": "次", "times": "次"},
}
"""How the Chinese sentences say what stands in English in an error's data: one word is not the same in every blank."""


class _Lines(str):
    """A value with lines of our own making, which keeps them."""

    __slots__ = ()


class _Sentences(Formatter):
    """Fills the blanks of a sentence, so that no value brings a line of its own or a sign that a screen obeys."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as each class names it
        """Return what stands for a blank; a listing has a line for each fault."""
        value = super().get_value(key, args, kwargs)
        return _Lines(value) if key in _LISTINGS else value

    def convert_field(self, value: Any, conversion: Any) -> Any:  # noqa: ANN401 - as above
        """Return a value in quotation marks where they are asked for, its signs escaped as everywhere else."""
        if conversion == "r" and isinstance(value, str):
            return quoted(value)
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as above
        """Return a value as it stands in the sentence."""
        text = str(super().format_field(value, format_spec))
        return text if isinstance(value, _Lines) else visible(text)


_LISTINGS = ("listing", "listing_zh")
_SENTENCES = _Sentences()


class PointsLedgerError(Exception):
    """Root of every error this library raises on purpose.

    The keyword arguments become attributes and fill the sentence; ``code`` never changes between releases.
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    en: ClassVar[str] = "The ledger refused this."
    zh: ClassVar[str] = "账本拒绝了此操作。"

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 - each class names its own data
        """Keep the data and make the English sentence."""
        self.data = data
        for name, value in data.items():
            setattr(self, name, value)
        super().__init__(self.say("en"))

    def say(self, lang: str = "en") -> str:
        """Return the sentence in ``lang``, ``"en"`` or ``"zh"``: one line, but where it lists faults, and visible."""
        code, name = self.data.get("activity"), self.data.get("activity_name")
        if lang != "zh":
            told = self.data | ({"activity": f"{code} ({name})"} if name else {})
            return _SENTENCES.vformat(self._sentence(lang), (), told)
        spoken = {word: _SPOKEN[word].get(str(self.data[word])) for word in _SPOKEN if word in self.data}
        spoken["activity"] = f"{name}（{code}）" if name else None
        sentence = self._sentence(lang)
        told = self.data | {word: said for word, said in spoken.items() if said is not None}
        return _SENTENCES.vformat(sentence.replace("{activity} ", "{activity}") if name else sentence, (), told)

    def _sentence(self, lang: str) -> str:
        """Return the sentence with its blanks."""
        return self.zh if lang == "zh" else self.en

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with the data."""
        return _revive, (type(self), self.data)


def _revive(kind: type[PointsLedgerError], data: dict[str, Any]) -> PointsLedgerError:
    return kind(**data)


class InputError(PointsLedgerError):
    """What was typed or passed cannot be taken; whoever typed it can put it right."""

    code = "input"


class RefusedError(PointsLedgerError):
    """The input is sound and the rules of the book say no."""

    code = "refused"


class StorageError(PointsLedgerError):
    """The file, the database or the machine is in the way; whoever looks after it can put it right."""

    code = "storage"


# --- numbers -------------------------------------------------------------------------------------------


class FloatRefused(InputError, TypeError):
    """A float was passed where an exact number is needed."""

    code = "float-refused"
    en = "{name} is the float {value}, which is not exact; pass an int, a string like '2.5' or a Decimal."
    zh = "{name} 是浮点数 {value}，不精确；请传入整数、'2.5' 这样的字符串或 Decimal。"


class InvalidNumber(InputError, ValueError):
    """Something that is not a number, or not a number of the form needed here."""

    code = "invalid-number"
    en = "{name} {value!r} is not a number; write digits, such as 12 or 2.5."
    zh = "{name}“{value}”不是数字；请写数字，如 12 或 2.5。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence; what counts records or households is a whole number."""
        if self.data["name"] not in _WHOLE:
            return super()._sentence(lang)
        if lang == "zh":
            return "{name}“{value}”不是整数；请写整数，如 12。"
        return "{name} {value!r} is not a whole number; write one, such as 12."


class TooManyDecimals(InputError, ValueError):
    """More decimal places than the village, or the quantity, allows."""

    code = "too-many-decimals"
    en = "{name} {value} has more than {decimals} decimal places; round it yourself and enter it again."
    zh = "{name} {value} 的小数超过 {decimals} 位；请先自行取整再录入。"


class NotPositive(InputError, ValueError):
    """Zero or a negative number where only a positive one means something."""

    code = "not-positive"
    en = "{name} {value} must be more than zero; enter what takes points away as a deduction, and undo by a reversal."
    zh = "{name} {value} 必须大于零；要扣的请作为扣分录入，要更正的请冲销。"


class AmountTooLarge(InputError, OverflowError):
    """An amount beyond what one act may move."""

    code = "amount-too-large"
    en = "{name} {value} is more than one act may move ({limit}); check for extra digits."
    zh = "{name} {value} 超过单笔上限（{limit}）；请检查是否多打了数字。"


# --- dates ---------------------------------------------------------------------------------------------


class InvalidDate(InputError, ValueError):
    """A text that is no civil date, or a date that does not exist."""

    code = "invalid-date"
    en = "{value!r} is not a date; write year-month-day, such as 2026-10-03."
    zh = "“{value}”不是日期；请写 年-月-日，如 2026-10-03。"


class ZoneMissing(InvalidDate):
    """A datetime without a time zone, of which nobody can tell the day in the village."""

    code = "zone-missing"
    en = "The datetime {value} has no time zone; give it one, such as tzinfo=UTC, or pass a date."
    zh = "时刻 {value} 没有时区；请带上时区（如 tzinfo=UTC），或只传日期。"


class InvalidTime(InputError, ValueError):
    """A start or end of service that is no time, or an end that is not after its start."""

    code = "invalid-time"
    en = "{value!r} is not a usable time of service; write 2026-10-03T08:30, the end after the start."
    zh = "“{value}”不是可用的服务时间；请写 2026-10-03T08:30，结束须晚于开始。"


class InvalidPeriod(InputError, ValueError):
    """A text that names no period."""

    code = "invalid-period"
    en = "{value!r} is not a period; write a month 2026-10, a quarter 2026Q4, a half-year 2026H2 or a year 2026."
    zh = "“{value}”不是积分周期；请写月 2026-10、季 2026Q4、半年 2026H2 或年 2026。"


class NotAMonth(InvalidPeriod):
    """A quarter, half-year or year, or no period at all, where a month is wanted."""

    code = "not-a-month"
    en = "{value!r} is not a month, and only a month can stand here; write it as 2026-10."
    zh = "“{value}”不是月份，这里只能写月份；请写作 2026-10。"


class FutureDate(InputError, ValueError):
    """A deed dated after today, in the village's zone."""

    code = "future-date"
    en = "{on} is after today, {today}; enter the deed once it has happened, or correct the date."
    zh = "{on} 晚于今天（{today}）；请在事情发生后再录入，或更正日期。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence; of a period that is to be read and has not begun it names that."""
        if type(self) is not FutureDate or "period" not in self.data:
            return super()._sentence(lang)
        if lang == "zh":
            return "{period} 自 {on} 开始，今天是 {today}；请改查已经开始的周期。"
        return "{period} begins on {on}, and today is {today}; ask for a period that has begun."


class BaseTooEarly(FutureDate):
    """A month whose base points are to be granted before it has begun."""

    code = "base-too-early"
    en = "{period} begins on {on}, and today is {today}; grant its base points on that day or later."
    zh = "{period} 自 {on} 开始，今天是 {today}；请在该日或以后发放基础分。"


class BeforeFirstPeriod(InputError, ValueError):
    """A date before the first period of the book."""

    code = "before-first-period"
    en = "{on} lies before the book's first period, {first_period}; bring earlier points in as an opening balance."
    zh = "{on} 早于本账本的首个周期 {first_period}；以前的积分请作期初余额录入。"


class OtherPeriod(InputError, ValueError):
    """A row dated outside the period that its sheet was imported for."""

    code = "other-period"
    en = "{on} is not in {period}; correct the date, or import with other_months (--other-months) if it is meant."
    zh = "{on} 不在 {period} 内；请更正日期，确属本表的请加 --other-months 导入。"


# --- names and codes -----------------------------------------------------------------------------------


class InvalidCode(InputError, ValueError):
    """A code of the wrong form."""

    code = "invalid-code"
    en = "{name} {value!r} is not a code; allowed: {allowed}."
    zh = "{name}“{value}”不是合格的代码；允许：{allowed_zh}。"


class InvalidText(InputError, ValueError):
    """A text that is empty, too long, or holds characters that cannot be kept."""

    code = "invalid-text"
    en = (
        "{name} must be 1 to {limit} characters of plain text, without control characters{found}; shorten or retype it."
    )
    zh = "{name} 须为 1 至 {limit} 个普通字符，不含控制字符{found_zh}；请缩短或重打。"


class UnknownAccount(InputError, LookupError):
    """No household of that code is enrolled."""

    code = "unknown-account"
    en = "No household {account!r} is enrolled; check the code, or enrol the household first."
    zh = "名册中没有户号“{account}”；请核对户号，或先登记入册。"


class UnknownGroup(InputError, LookupError):
    """No household is, or ever was, in a group of that name."""

    code = "unknown-group"
    en = "No household is in a group {group!r}{hint}; use one of: {allowed}."
    zh = "名册中没有“{group}”这个组{hint_zh}；可用：{allowed_zh}。"


class UnknownResident(InputError, LookupError):
    """No such member in that household."""

    code = "unknown-resident"
    en = "{resident!r} is not a member of household {account}; check the name against the register."
    zh = "“{resident}”不是 {account} 户的成员；请对照名册核对姓名。"


class AmbiguousResident(InputError, LookupError):
    """Two members of one household bear the same name."""

    code = "ambiguous-resident"
    en = "Household {account} has more than one member named {resident!r}; use the member's code: {codes}."
    zh = "{account} 户有多名成员叫“{resident}”；请用成员编号：{codes}。"


class ResidentRequired(InputError, ValueError):
    """The rule limits each resident, and the act names none."""

    code = "resident-required"
    en = "Activity {activity} is limited by resident; say which member of {account} earned it."
    zh = "事项 {activity} 按个人限额；请注明是 {account} 户哪位成员所得。"


class UnknownActivity(InputError, LookupError):
    """The rule book in force on that day has no such activity."""

    code = "unknown-activity"
    en = "The rule book in force on {on} has no activity {activity!r}; use one of its codes or names{hint}."
    zh = "{on} 适用的积分细则没有事项“{activity}”；请用细则中的代码或名称{hint_zh}。"


class UnknownLevel(InputError, LookupError):
    """The award ladder has no such level, or none was named."""

    code = "unknown-level"
    en = "Activity {activity} has no level {level!r}; use one of: {allowed}."
    zh = "事项 {activity} 没有等级“{level}”；可用：{allowed}。"
    en_empty: ClassVar[str] = "The level of activity {activity} is empty; fill it in with one of: {allowed}."
    zh_empty: ClassVar[str] = "事项 {activity} 的等级为空，请补填；可用：{allowed}。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence about a wrong level, or about none."""
        if self.data["level"]:
            return super()._sentence(lang)
        return self.zh_empty if lang == "zh" else self.en_empty


class UnexpectedLevel(InputError, ValueError):
    """A level was named for an activity that has none."""

    code = "unexpected-level"
    en = "Activity {activity} has no levels, yet level {level!r} was given; leave the level out."
    zh = "事项 {activity} 不分等级，却填了“{level}”；请去掉等级。"


class UnexpectedQuantity(InputError, ValueError):
    """A fraction, or several, of something that is counted whole or once."""

    code = "unexpected-quantity"
    en = "Activity {activity} is counted per {per}; {quantity} is not a count of that, enter a whole number{only_one}."
    zh = "事项 {activity} 按 {per} 计；{quantity} 不是合格的数量，请填整数{only_one_zh}。"


class WrongSign(InputError, ValueError):
    """An award of an activity that only deducts, or the other way round."""

    code = "wrong-sign"
    en = "The rule book does not let activity {activity} be used with {act}; use {other}, or correct the activity."
    zh = "积分细则不允许事项 {activity} 用于 {act}；请改用 {other}，或更正事项。"


class SignRequired(InputError, ValueError):
    """A row of a paired activity that does not say whether it adds or takes."""

    code = "sign-required"
    en = "Activity {activity} can add or take points; say award or deduct in the sheet's sign column."
    zh = "事项 {activity} 可加可扣；请在“加扣”一栏写明加分或扣分。"


class UnknownItem(InputError, LookupError):
    """The price list in force on that day has no such item."""

    code = "unknown-item"
    en = "The price list in force on {on} has no item {item!r}{hint}; use one of: {allowed}."
    zh = "{on} 适用的价目表没有商品“{item}”{hint_zh}；可用：{allowed}。"


class UnknownShop(InputError, LookupError):
    """The price list in force on that day has no such shop."""

    code = "unknown-shop"
    en = "The price list in force on {on} has no shop {shop!r}{hint}; use one of: {allowed}."
    zh = "{on} 适用的价目表没有超市“{shop}”{hint_zh}；可用：{allowed}。"


class NotAtThisShop(InputError, ValueError):
    """An item that the shop does not give; ``shops`` do."""

    code = "not-at-this-shop"
    en = "Item {item} is not given at shop {shop}; choose another item, or go to: {shops}."
    zh = "“{item}”不在超市“{shop}”兑换；请换一样商品，或到：{shops}。"


class NotStocked(InputError, ValueError):
    """Stock was booked for a service that has none."""

    code = "not-stocked"
    en = "Item {item} is a service without stock; book stock only for goods."
    zh = "“{item}”是无库存的服务；只有实物商品才需入库。"


class UnknownFund(InputError, LookupError):
    """The rule book in force on that day declares no such fund."""

    code = "unknown-fund"
    en = (
        "The rule book in force on {on} has no fund {fund!r}{hint}; use one of: {allowed}; or declare it as a [[fund]]."
    )
    zh = "{on} 适用的细则没有基金“{fund}”{hint_zh}；可用：{allowed_zh}；或在细则中以 [[fund]] 写明。"


class CostRequired(InputError, ValueError):
    """Goods were bought from a fund and nobody said what a piece cost."""

    code = "cost-required"
    en = (
        "Goods bought from fund {fund} need what a piece cost; give unit_cost_fen (--unit-cost), or leave the fund out."
    )
    zh = "用基金“{fund}”购买须写明单价；请给出单价（--unit-cost），或不写基金。"


class ReasonRequired(InputError, ValueError):
    """Goods are written off, or a count differs from the book, and nobody said why."""

    code = "reason-required"
    en = "{item} changes from {booked} to {counted}; say why with reason (--reason)."
    zh = "“{item}”由 {booked} 变为 {counted}；请用 --reason 写明原因。"


class NegativeCount(InputError, ValueError):
    """A count of fewer than no pieces."""

    code = "negative-count"
    en = "{name} {value} is less than nothing; a count is 0 or more: enter what lies there."
    zh = "{name} {value} 小于零；盘点数须为 0 或以上，请按实际数量填写。"


class NothingCounted(InputError, ValueError):
    """A stocktake without an item."""

    code = "nothing-counted"
    en = "A stocktake needs at least one item; name an item and how many pieces lie there."
    zh = "盘点至少要有一样商品；请写明商品和实际数量。"


class NothingRewarded(InputError, ValueError):
    """A reward of neither goods nor money."""

    code = "nothing-rewarded"
    en = "A reward needs goods or money; name an item and how many pieces, or an amount and its fund."
    zh = "奖励须有实物或资金；请写明商品和数量，或金额和基金。"


class NothingChosen(InputError, ValueError):
    """A redemption without an item."""

    code = "nothing-chosen"
    en = "A redemption needs at least one item; name an item and how many pieces."
    zh = "兑换至少要有一样商品；请写明商品和数量。"


class UnknownOperator(InputError, LookupError):
    """Somebody records or approves who was never introduced, or approves twice."""

    code = "unknown-operator"
    en = "Operator {operator!r} is not known to the book, or stands twice; check who recorded and approved."
    zh = "账本中没有经办人“{operator}”，或重复列出；请核对经办人与审核人。"


class UnexpectedMinutes(InputError, ValueError):
    """Minutes of an activity that is not counted in hours, or beside a quantity."""

    code = "unexpected-minutes"
    en = (
        "Minutes are for what is counted by the hour, in place of a quantity, and {activity} is counted by the "
        "{per}{also}; leave one out."
    )
    zh = "分钟数只用于按小时计的事项，且不与数量并填，而 {activity} 按{per}计{also_zh}；请去掉其中一项。"


class WorthNothing(InputError, ValueError):
    """A deed that the rule book gives nothing for, such as a sliver of an hour."""

    code = "worth-nothing"
    en = "{quantity} of activity {activity} is worth 0 points by the rule book; enter more of it, or leave it out."
    zh = "按细则，事项 {activity} 的数量 {quantity} 折合 0 分；请合并后再录，或不录。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence; of a day on which the rule book gives 0 points, more of it is worth nothing either."""
        if "on" not in self.data:
            return super()._sentence(lang)
        if lang == "zh":
            return "按细则，事项 {activity} 在 {on} 计 0 分，做多少都一样；请不录，或核对日期。"
        return (
            "The rule book gives 0 points for activity {activity} on {on}, however much of it; leave it out, or check "
            "the day."
        )


class NotAList(InputError, TypeError):
    """A single text, or something else, where several were asked for."""

    code = "not-a-list"
    en = "{name} takes {expected}, not {value!r}; put it into one even if there is only one."
    zh = "{name} 应为{expected_zh}，而不是“{value}”；即使只有一个也请写成{expected_zh}。"


class UnknownRecord(InputError, LookupError):
    """No record of that number."""

    code = "unknown-record"
    en = "The journal has no record {seq}; it holds records 1 to {size}."
    zh = "台账没有第 {seq} 号记录；现有 1 至 {size} 号。"


class UnknownBatch(InputError, LookupError):
    """No imported rows under that label."""

    code = "unknown-batch"
    en = "No imported rows stand under the label {label!r}; known labels: {known}."
    zh = "没有批次“{label}”的导入记录；已有批次：{known}。"


class UnknownVillage(InputError, LookupError):
    """The database holds no book of that village."""

    code = "unknown-village"
    en = "{place} holds no book of village {village!r}; villages in it: {known}."
    zh = "{place} 中没有村“{village}”的账本；已有：{known}。"


class VillageRequired(InputError, ValueError):
    """The database holds several villages and none was named."""

    code = "village-required"
    en = "{place} holds several villages; say which one with village= (--village): {known}."
    zh = "{place} 中有多个村的账本；请用 --village 指明：{known}。"


class OperatorRequired(InputError, ValueError):
    """An act without the operator who records it."""

    code = "operator-required"
    en = "Every act needs the operator who records it; pass by= (--by, or POINTSLEDGER_BY), such as clerk:1."
    zh = "每笔操作都要注明经办人；请用 --by（或 POINTSLEDGER_BY）给出，如 clerk:1。"


class InvalidSetting(InputError, ValueError):
    """A setting chosen once for the book, outside what is allowed."""

    code = "invalid-setting"
    en = "{name} {value!r} is not allowed; allowed: {allowed}."
    zh = "{name}“{value}”不可用；允许：{allowed_zh}。"


class OptionsConflict(InputError, ValueError):
    """Two options of a command of which only one could be followed."""

    code = "options-conflict"
    en = "{option} and {beside} do not go together; leave one of them out."
    zh = "{option} 与 {beside} 不能同时使用；请去掉其中一个。"


class OptionRequired(InputError, ValueError):
    """Something is missing that the other options of a command ask for."""

    code = "option-required"
    en = "Here {option} is missing; give it, {instead}."
    zh = "这里缺少{option_zh}；请补上，{instead_zh}。"


class ChosenTwice(InputError, ValueError):
    """An item that stands twice among what is redeemed, so that its pieces are in doubt."""

    code = "chosen-twice"
    en = "{item} stands twice; give its pieces once, as {item}=2."
    zh = "“{item}”写了两次；请只写一次并写明数量，如 {item}=2。"


# --- files ---------------------------------------------------------------------------------------------


class FileUnreadable(InputError, OSError):
    """A file that is not there or cannot be read."""

    code = "file-unreadable"
    en = "{file} cannot be read ({reason}); check the name and that the file is not locked by another program."
    zh = "无法读取 {file}（{reason}）；请核对文件名，并确认未被其他程序占用。"


class FolderUnreadable(InputError, OSError):
    """A folder that cannot be read."""

    code = "folder-unreadable"
    en = "The folder {folder} cannot be read ({reason}); check its name and its permissions."
    zh = "无法读取文件夹 {folder}（{reason}）；请核对名称和权限。"


class FileExists(InputError, FileExistsError):
    """A file that a reading is to be written to, and that is there already."""

    code = "file-exists"
    en = "{file} is there already, and nothing is overwritten; give another name."
    zh = "{file} 已存在，不会覆盖；请另起名称。"


class FolderTaken(InputError, FileExistsError):
    """A folder to be written that is there already with something in it."""

    code = "folder-taken"
    en = "{folder} holds files already, and nothing is mixed with them; name a new folder, or an empty one."
    zh = "{folder} 里已有文件，不能与其混放；请另起一个新文件夹名，或用空文件夹。"


class NotALedger(InputError, ValueError):
    """A place where there is no file, or one that holds no points ledger: the path is what has to be put right."""

    code = "not-a-ledger"
    en = "{place} is no points ledger; check the path, or create a book there first."
    zh = "{place} 不是积分账本；请核对路径，或先在此新建账本。"


class NotForCopies(InputError, ValueError):
    """A database with a village's own book, where the township's copies were to be begun."""

    code = "not-for-copies"
    en = "{place} holds the own book of {village}, with names; keep the copies in a database of their own (--db)."
    zh = "{place} 里有村 {village} 自己的账本和名册；副本请另用一个数据库存放（--db）。"


class DocumentInvalid(InputError, ValueError):
    """A rule book or price list with faults; ``faults`` has every one of them."""

    code = "document-invalid"
    en = "{file} cannot be used, {count} fault(s) to correct:\n{listing}"
    zh = "{file} 不能采用，有 {count} 处需更正：\n{listing_zh}"


class RuleBookInvalid(DocumentInvalid):
    """A rule book with faults."""

    code = "rulebook-invalid"


class PriceListInvalid(DocumentInvalid):
    """A price list with faults."""

    code = "prices-invalid"


class NotAHandIn(InputError, ValueError):
    """A file that is no monthly hand-in; ``line`` is the one at fault."""

    code = "not-a-hand-in"
    en = "This is no monthly hand-in, by its line {line}: {reason}; give the file as the village made it."
    zh = "这不是上报包（第 {line} 行：{reason_zh}）；请给出村里生成的原文件。"


class ThresholdsInvalid(DocumentInvalid):
    """A file of thresholds for an inspection, with faults."""

    code = "thresholds-invalid"


class NotACheckpoint(InputError, ValueError):
    """A text that is no checkpoint; ``line`` is the one at fault."""

    code = "not-a-checkpoint"
    en = "This is no checkpoint, by its line {line}: {reason}; give one as it was issued, every line of it."
    zh = "这不是校验码（第 {line} 行：{reason_zh}）；请给出签发时的原文，一行不缺。"


class NotASignedNote(InputError, ValueError):
    """A text that is no signed note; ``line`` is the one at fault."""

    code = "not-a-signed-note"
    en = "This is no signed note, by its line {line}: {reason}; give one as it was issued, every line of it."
    zh = "这不是已签名的文本（第 {line} 行：{reason_zh}）；请给出签发时的原文，一行不缺。"


class LineInvalid(InputError, ValueError):
    """A line typed from paper that is no head: too few digits, or something else between them."""

    code = "line-invalid"
    en = "{line!r} is no file and no line from paper; type the number of records and at least 32 digits of the root."
    zh = "“{line}”既不是文件，也不是抄写行；请写明总笔数和校验码的至少 32 位。"


class NotAProof(InputError, ValueError):
    """A text that is no proof; ``line`` is the one at fault."""

    code = "not-a-proof"
    en = "This is no proof, by its line {line}: {reason}; give the file as it was handed out, every line of it."
    zh = "这不是凭证（第 {line} 行：{reason_zh}）；请给出交付时的原文件，一行不缺。"


class KeyInvalid(InputError, ValueError):
    """A text that is no public key for signed notes, or one that was changed."""

    code = "key-invalid"
    en = "{key!r} is no public key for checkpoints; give one that its owner made, NAME+HASH+KEY, every character of it."
    zh = "“{key}”不是校验码的公钥；请给出由其持有者生成的公钥（名称+哈希+密钥），一字不差。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence; of a file it says how that begins, since most likely it is another one."""
        if "file" not in self.data:
            return super()._sentence(lang)
        if lang == "zh":
            return "文件 {file} 不是校验码的公钥（其开头为“{key}”）；请给出由密钥持有者生成的公钥文件。"
        return "{file} holds no public key for checkpoints (it begins with {key!r}); give the file that its owner made."


class KeyNameInvalid(InputError, ValueError):
    """A name that no key of signed notes can have."""

    code = "key-name-invalid"
    en = "{name!r} cannot be the name of a key; choose one of 1 to 200 characters without a space or a plus sign."
    zh = "“{name}”不能作密钥名称；请用 1 至 200 个字符，不含空格和加号。"


class PrivateKeyInvalid(InputError, ValueError):
    """A file that holds no private key, or one that was changed."""

    code = "private-key-invalid"
    en = "{file} holds no private key for checkpoints; give the file that was made with the key."
    zh = "{file} 不是校验码的私钥文件；请给出生成密钥时写出的文件。"


class KeyReadable(InputError, PermissionError):
    """A private key whose file others than its owner can read."""

    code = "key-readable"
    en = "Others than its owner can read {file}; make a new key if they may have, else take their rights away first."
    zh = "除所有者外，其他人也能读取 {file}；若可能已被读取，请另生成密钥，否则请先收回他人权限。"


class KeyOfWitness(InputError, ValueError):
    """A witness's key where a village issues a checkpoint: it would vouch for a book that its owner did not look at."""

    code = "key-of-witness"
    en = "The key {name} is a witness's; give the village's own, or cosign with `checkpoint cosign`, which looks first."
    zh = "密钥 {name} 是见证人的；请用本村自己的密钥，见证人联署请用 checkpoint cosign，它会先核对。"


class KeyOfVillage(InputError, ValueError):
    """A village's key where a witness cosigns: what the village has signed itself would pass for what others saw."""

    code = "key-of-village"
    en = "The key {name} is no witness's; give one of this witness, made with `checkpoint key --witness`."
    zh = "密钥 {name} 不是见证人的；请给出本见证人以 checkpoint key --witness 生成的密钥。"


class SheetUnreadable(InputError, ValueError):
    """A sheet that is empty, wrongly encoded, or lacks the columns it needs."""

    code = "sheet-unreadable"
    en = "{file} is no sheet that can be imported: {reason}"
    zh = "{file} 无法导入：{reason_zh}"


class SheetFaulty(InputError, ValueError):
    """A sheet with faulty rows; ``faults`` has every one of them, and nothing was posted."""

    code = "sheet-faulty"
    en = "{file} has {count} faulty row(s) and nothing was posted; correct them{or_skip}."
    zh = "{file} 有 {count} 行有误，未录入任何一行；请更正{or_skip_zh}。"


class RepeatedRow(InputError, ValueError):
    """A second row of a sheet alike in all but its line."""

    code = "repeated-row"
    en = "This row repeats row {first}; delete one, or import with repeats (--repeats) if both are meant."
    zh = "此行与第 {first} 行重复；请删去一行，确为两次的请加 --repeats 导入。"


class RepeatedNumber(InputError, ValueError):
    """A number that two rows of a sheet bear for different deeds."""

    code = "repeated-number"
    en = "Row {first} bears the number {number} already for another deed; give this row a number of its own."
    zh = "第 {first} 行的另一事项已用序号 {number}；请给此行另编序号。"


class NumberShared(InputError, ValueError):
    """A number that two rows of a sheet bear, which cannot be of one redemption: ``field`` differs."""

    code = "number-shared"
    en = (
        "Row {first} bears the number {number} as well, with another {field}; rows of one number are one redemption: "
        "make the two agree, or give this row a number of its own."
    )
    zh = "第 {first} 行也用序号 {number}，但“{field}”不同；同一序号为同一笔兑换：请改为一致，或给此行另编序号。"


class RowLeftOut(InputError, ValueError):
    """A sound row of a redemption of which another row is faulty; it is not recorded by half."""

    code = "row-left-out"
    en = "This row is left out with row {first}, which bears the same number {number} and is faulty; correct that one."
    zh = "此行与第 {first} 行同用序号 {number}，该行有误，故一并未录；请改正该行。"


class ListedTwice(InputError, ValueError):
    """A second row of a list about the same household or goods."""

    code = "listed-twice"
    en = "Row {first} is about the same; make one row of the two."
    zh = "第 {first} 行已列此项；请并为一行。"


class TotalRow(InputError, ValueError):
    """A row of totals among the rows of a sheet."""

    code = "total-row"
    en = "This row is a total ({label}); delete it from the sheet, the ledger adds up by itself."
    zh = "此行是“{label}”；请从表中删去，账本会自行汇总。"


class NamedTwice(InputError, ValueError):
    """Two people of one name among the members of a household on a list; most often its head once more."""

    code = "named-twice"
    en = (
        "{resident} stands twice in household {account}; leave the head out of the members, "
        "and write behind two people of one name what tells them apart."
    )
    zh = "{account} 户里“{resident}”写了两次；成员中请不要再写户主，确有两人同名的请写成 张伟（大）、张伟（小）。"


class NamesRunTogether(InputError, ValueError):
    """A name with a space in it that is most likely the names of several people."""

    code = "names-run-together"
    en = "{resident!r} looks like several people; write a comma between them, or leave the space out of a single name."
    zh = "“{resident}”像是几个人的名字；请用 、 隔开，若是一个人请去掉空格。"


class MissingCell(InputError, ValueError):
    """A row without something that every row needs."""

    code = "missing-cell"
    en = "{column} is empty; fill it in."
    zh = "{column} 为空；请补填。"


class TornRow(InputError, ValueError):
    """A row with more cells than the heading has columns."""

    code = "torn-row"
    en = "This row has {found} cells where the heading has {expected}; look for a stray comma."
    zh = "此行有 {found} 格，而表头只有 {expected} 格；请检查是否多了逗号。"


class ExtraMissing(InputError, ImportError):
    """A feature whose optional dependency is not installed."""

    code = "extra-missing"
    en = "{feature} needs an optional part; install it with: pip install 'pointsledger[{extra}]'"
    zh = "{feature} 需要可选组件；请安装：pip install 'pointsledger[{extra}]'"


# --- refused by the rules ------------------------------------------------------------------------------


class InsufficientPoints(RefusedError, ValueError):
    """The account cannot pay: ``available`` and ``required`` in points."""

    code = "insufficient-points"
    en = "{account} has {available} points available and {required} are required; choose less, or earn more first."
    zh = "{account} 户可用积分 {available}，需要 {required}；请少兑一些，或积分够了再来。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence; where points are taken instead of spent, it is the rule book that lets nobody owe."""
        if "arrears" not in self.data:
            return super()._sentence(lang)
        if lang == "zh":
            return (
                '{account} 户现有 {available} 分，要扣 {required} 分，而细则规定不得欠分（arrears = "{arrears}"）；'
                "未作任何记录，请在积分够扣时再录。"
            )
        return (
            "{account} has {available} points of the {required} that are to be taken, and the rule book lets nobody "
            'owe (arrears = "{arrears}"); nothing was posted, enter it again once they are there.'
        )


class OutOfStock(RefusedError, ValueError):
    """The shelf does not hold the pieces: ``available`` and ``required``."""

    code = "out-of-stock"
    en = (
        "The shelf holds {available} of {item} and {required} are asked for; "
        "correct the number, or, where goods came in that were not booked, book the intake first."
    )
    zh = "“{item}”库存 {available}，需要 {required}；请核对数量，若有到货未入账的，请先办理入库。"


class BelowMinimum(RefusedError, ValueError):
    """A household with less than the rule book wants one to have who redeems."""

    code = "below-minimum"
    en = "Household {account} has {balance}, and the rule book lets one redeem from {minimum} on; come again with that."
    zh = "{account} 户有 {balance} 分，积分细则规定满 {minimum} 分方可兑换；请积满后再来。"


class NotMultiple(RefusedError, ValueError):
    """A redemption that comes to points which are no multiple of what the rule book says."""

    code = "not-multiple"
    en = "{points} points are no multiple of {multiple}, as the rule book wants; choose goods that come to one."
    zh = "{points} 分不是 {multiple} 的整数倍，不合积分细则；请另选商品凑成整数倍。"


class RedemptionLimit(RefusedError, ValueError):
    """A household has redeemed as often, or as many points (``measure``), as the rule book allows in a span."""

    code = "redemption-limit"
    en = (
        "Household {account} has redeemed {used} of the {limit} points that the rule book allows a {per}, and "
        "{required} are asked for; choose less, or come again from {next_day} on."
    )
    zh = (
        "积分细则规定每户每{per}最多兑换 {limit} 分，{account} 户已兑 {used}，本次 {required}；"
        "请少兑一些，或 {next_day} 起再来。"
    )

    def _sentence(self, lang: str) -> str:
        """Return the sentence; of times nothing can be less."""
        if self.data.get("measure", "points") == "points":
            return super()._sentence(lang)
        if lang == "zh":
            return "积分细则规定每户每{per}最多兑换 {limit} 次，{account} 户已兑 {used} 次；请 {next_day} 起再来。"
        return (
            "Household {account} has redeemed {used} of the {limit} times that the rule book allows a {per}; "
            "come again from {next_day} on."
        )


class ItemLimit(RefusedError, ValueError):
    """A household has had, or would have, more pieces of an item than the price list allows in a span."""

    code = "item-limit"
    en = (
        "Of {item} the price list allows a household {limit} a {per}; {used} were had and {required} are asked for: "
        "choose less, or come again from {next_day} on."
    )
    zh = (
        "价目表规定每户每{per}最多兑换“{item}”{limit} 件，已兑 {used}，本次 {required}；"
        "请少兑一些，或 {next_day} 起再来。"
    )


class NotRedemptionDay(RefusedError, ValueError):
    """A day on which the rule book lets nobody redeem; ``next_day`` is the next on which it does."""

    code = "not-redemption-day"
    en = "{on} is no day for redeeming by the rule book; come again on {next_day}."
    zh = "按积分细则 {on} 不是兑换日；请 {next_day} 再来。"


class ShopPaused(RefusedError, ValueError):
    """A shop that is paused, by record ``seq``: ``until`` a day, or (empty) until it is resumed."""

    code = "shop-paused"
    en = "Shop {shop} is paused, by record {seq}, until it is resumed; go to another shop, or resume it first."
    zh = "超市“{shop}”已暂停（第 {seq} 号记录），何时恢复另行通知；请到别的超市，或先恢复营业。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence, with the last day where there is one."""
        if not self.data.get("until"):
            return super()._sentence(lang)
        if lang == "zh":
            return "超市“{shop}”暂停至 {until}（第 {seq} 号记录）；请在该日之后再来。"
        return "Shop {shop} is paused, by record {seq}, until {until}; come again after that day."


class AlreadyPaused(RefusedError, ValueError):
    """A shop that is to be paused and is, by record ``seq``."""

    code = "already-paused"
    en = "Shop {shop} is paused already, by record {seq}; resume it first to pause it otherwise."
    zh = "超市“{shop}”已暂停（第 {seq} 号记录）；要改期请先恢复营业。"


class NotPaused(RefusedError, ValueError):
    """A shop that is to be resumed and is not paused."""

    code = "not-paused"
    en = "Shop {shop} is not paused; there is nothing to resume."
    zh = "超市“{shop}”没有暂停；无需恢复。"


class CollectorNotAllowed(RefusedError, ValueError):
    """Somebody comes for the goods whom the rule book does not let collect them."""

    code = "collector-not-allowed"
    en = "By the rule book only {allowed} may collect for {account}; let them come themselves."
    zh = "按积分细则，{account} 户的商品只能由{allowed_zh}领取；请其亲自来领。"


class FundShort(RefusedError, ValueError):
    """The fund does not hold the money: ``available`` and ``required`` in yuan."""

    code = "fund-short"
    en = "Fund {fund} holds {available} yuan and {required} are needed; enter what came in first, or spend less."
    zh = "基金“{fund}”结余 {available} 元，需要 {required} 元；请先登记收入，或减少支出。"


class InvoiceUsed(RefusedError, ValueError):
    """An invoice or gift number under which the item came in before, in record ``seq``."""

    code = "invoice-used"
    en = (
        "Item {item} came in under number {invoice} before, in record {seq}; check the number, or reverse that record "
        "if it was wrong."
    )
    zh = "“{item}”已凭 {invoice} 号入库（第 {seq} 号记录）；请核对票号，若该记录有误请先冲销。"


class CountBelowReserved(RefusedError, ValueError):
    """Fewer pieces were counted than are promised to reservations, which are the records ``redemptions``."""

    code = "count-below-reserved"
    en = (
        "{counted} of {item} were counted and {reserved} are reserved there; cancel enough of the reservations first: "
        "{redemptions}."
    )
    zh = "“{item}”盘点为 {counted}，而已预约 {reserved}；请先取消足够的预约：{redemptions}。"


class LimitReached(RefusedError, ValueError):
    """A limit of the rule book, in mode ``reject``, leaves no room for the whole award, or rehearsed award."""

    code = "limit-reached"
    en = (
        "Activity {activity} allows {limit} {unit} per {per} and {used} are used; "
        "nothing was posted, as the rule book says; enter less, or wait for the next {per}."
    )
    zh = "事项 {activity} 每{per}上限 {limit} {unit}，已用 {used}；按细则整笔不予计分，未录入；请减少数量或下期再录。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence; a limit of the rule book as a whole says what it limits."""
        whole = "scope" in self.data
        if "rehearsed" in self.data and lang == "zh":
            of = "{scope_zh}" if whole else "事项 {activity} "
            return f"{of}每{{per}}上限 {{limit}} {{unit}}，已用 {{used}}，整笔不予计分"
        if "rehearsed" in self.data:
            of = "{scope}" if whole else "activity {activity}"
            return f"{of} is allowed {{limit}} {{unit}} per {{per}}, {{used}} are used: no room for all of it"
        if not whole:
            return super()._sentence(lang)
        if lang == "zh":
            return (
                "细则规定{scope_zh}每{per}上限 {limit} {unit}，已用 {used}；"
                "按细则整笔不予计分，事项 {activity} 未录入；请减少数量或下期再录。"
            )
        return (
            "The rule book allows {scope} {limit} {unit} per {per} and {used} are used; nothing of activity {activity} "
            "was posted, as the rule book says; enter less, or wait for the next {per}."
        )


class RuleSilent(RefusedError, LookupError):
    """No adopted document says anything about that day, or the one in force has a ``gap`` there."""

    code = "rule-silent"
    en = "No {document} is in force on {on}; adopt one whose first day is not later, then try again."
    zh = "{on} 没有生效的{document_zh}；请先采用生效日不晚于此日的版本。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence, which names the gap where a document is in force."""
        if "gap" not in self.data:
            return super()._sentence(lang)
        if lang == "zh":
            return "{on} 生效的{document_zh}对“{gap_zh}”没有规定；请先由村民商定，采用写明此项的版本后再试。"
        return (
            "The {document} in force on {on} says nothing of {gap}; let the villagers decide it, "
            "adopt a version that says it, then try again."
        )


class AlreadyAdopted(RefusedError, ValueError):
    """A document that is the newest version already, word for word."""

    code = "already-adopted"
    en = "This {document} is version {version} already, record {seq}; nothing to adopt, or change it first."
    zh = "这份{document_zh}已是第 {version} 版（第 {seq} 号记录）；无需再采用，或请先修改。"


class DocumentsContradict(RefusedError, ValueError):
    """A rule book and a price list beside each other let nobody redeem anything."""

    code = "documents-contradict"
    en = (
        "This {document} and the {other_document} in force on {on} let nobody redeem: {key} is {value}, and the least "
        "that can be redeemed is {least}, by {other_key}; change one of the two."
    )
    zh = (
        "这份{document_zh}与 {on} 生效的{other_document_zh}相抵触，谁也无法兑换：{key} 为 {value}，"
        "而按 {other_key} 最少须兑 {least}；请修改其一。"
    )


class AlreadyEnrolled(RefusedError, ValueError):
    """The household code is taken."""

    code = "already-enrolled"
    en = "Household {account} is already enrolled; use another code, or leave it as it is."
    zh = "{account} 户已在册；请换一个户号，或保持原样。"


class HouseholdHolds(RefusedError, ValueError):
    """A household is to be erased while points, reservations or arrears are left on its account."""

    code = "household-holds"
    en = (
        "Household {account} still has {balance} points, {held} of them reserved, and arrears of {arrears}, which "
        "would be nobody's; redeem, cancel or reverse until nothing is left, then erase it."
    )
    zh = (
        "{account} 户尚有积分 {balance}（其中预约占用 {held}）、欠分 {arrears}，删除后无人可用；"
        "请先兑换、取消或冲销至零，再删除。"
    )


class HouseholdErased(RefusedError, LookupError):
    """Something is to move on the account of a household that was erased."""

    code = "household-erased"
    en = "The household behind {account} was erased, and nothing moves on its account any more; leave it as it is."
    zh = "{account} 户的个人信息已删除，其账户不再变动；请保持原样。"


class RetentionRunning(RefusedError, ValueError):
    """Personal data is to be erased that a rule book keeps for longer, whatever the ground and the later versions."""

    code = "retention-running"
    en = (
        "Version {version} of the rule book keeps personal data for {months} months after a record of {period}, so "
        "until {until}, and neither a ground nor a later version shortens that; erase it from {day} on."
    )
    zh = (
        "按第 {version} 版细则，个人信息自 {period} 的记录起保存 {months} 个月，至 {until} 止，"
        "任何理由和之后的细则都不缩短；请自 {day} 起再删除。"
    )


class AlreadyErased(RefusedError, LookupError):
    """Somebody was erased before."""

    code = "already-erased"
    en = "{person} was erased before; leave it as it is."
    zh = "{person} 的个人信息此前已删除；请保持原样。"


class OwnErasure(RefusedError, ValueError):
    """An operator is to be erased by a record of their own."""

    code = "own-erasure"
    en = "Operator {operator} cannot erase their own entry; let another operator do it (by, --by)."
    zh = "经办人 {operator} 不能删除自己的资料；请由另一位经办人办理（by、--by）。"


class NameRemains(RefusedError, ValueError):
    """The head of a household is to be erased alone, while the household bears the name."""

    code = "name-remains"
    en = "Household {account} bears the name of {resident}; amend the name of the household first, or erase all of it."
    zh = "{account} 户仍以 {resident} 为户主；请先更正户主姓名，或整户删除。"


class NothingToErase(InputError, LookupError):
    """Nothing was named that could be erased, or what was named has no free text."""

    code = "nothing-to-erase"
    en = "There is nothing to erase; name a household, a member, an operator, or a record that has free text."
    zh = "没有可删除的内容；请写明户号、成员、经办人，或有文字的记录。"


class NothingToAmend(InputError, ValueError):
    """An amendment that changes neither code nor name."""

    code = "nothing-to-amend"
    en = "Code and name stay what they are; give a new code or a new name."
    zh = "编号和姓名都没有变化；请写明新的编号或姓名。"


class EnrolledOtherwise(RefusedError, ValueError):
    """A list says something else of a household than the register does; ``field`` names it."""

    code = "enrolled-otherwise"
    en = (
        "Household {account} is enrolled with another {field} (record {seq}); correct the list, amend the "
        "household, or leave the row out."
    )
    zh = "{account} 户登记的“{field}”与此不同（第 {seq} 号记录）；请更正表格或更正名册，或删去此行。"


class ImportedElsewhere(RefusedError, ValueError):
    """A row that stands already, under another number or label."""

    code = "imported-elsewhere"
    en = (
        "This row stands already as record {seq} of batch {label!r}; "
        "import a corrected sheet with --replace {label!r}, or with --repeats if it is meant again."
    )
    zh = (
        "此行已作第 {seq} 号记录在批次“{label}”中入账；"
        '更正后的表请用 --replace "{label}"，确须再记一次的请加 --repeats。'
    )


class ReplacementDoubtful(RefusedError, ValueError):
    """A sheet that would take back what it can hardly be meant to correct."""

    code = "replacement-doubtful"
    en = "This sheet cannot replace batch {label!r}: {reason}; check file, label and period, or reverse the batch."
    zh = "此表不能替换批次“{label}”：{reason_zh}；请核对文件、批次名和月份，或冲销整个批次。"


class BatchReversed(RefusedError, ValueError):
    """A batch of which nothing stands any more."""

    code = "batch-reversed"
    en = "No row of batch {label!r} stands any more; nothing to reverse, the sheet can be imported anew."
    zh = "批次“{label}”已无有效的行，无需冲销；可重新导入该表。"


class OpeningExists(RefusedError, ValueError):
    """The account, or the item, already has an opening from the paper book."""

    code = "opening-exists"
    en = "{account} already has an opening balance, record {seq}; reverse it first if it is wrong."
    zh = "{account} 已有期初余额（第 {seq} 号记录）；如有误请先冲销。"


class AlreadyReversed(RefusedError, ValueError):
    """A record that was reversed before."""

    code = "already-reversed"
    en = "Record {seq} was already reversed by record {by_seq}; nothing more to do."
    zh = "第 {seq} 号记录已由第 {by_seq} 号冲销；无需再做。"


class NotReversible(RefusedError, ValueError):
    """A record of a kind that has no reverse."""

    code = "not-reversible"
    en = "Record {seq} is of kind {kind}, which cannot be reversed; reversible are: {allowed}."
    zh = "第 {seq} 号记录属于 {kind}，不能冲销；可冲销的有：{allowed_zh}。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence, with what can be done about a record of that kind."""
        kind = self.data["kind"]
        if kind not in _INSTEAD:
            return super()._sentence(lang)
        en, zh = _INSTEAD[kind]
        if lang == "zh":
            return f"第 {{seq}} 号记录属于 {{kind}}，不能冲销；{zh}。"
        return f"Record {{seq}} is of kind {{kind}}, which cannot be reversed: {en}."


class NotCorrectable(RefusedError, ValueError):
    """A record in whose place no right one can be put."""

    code = "not-correctable"
    en = (
        "Record {seq} is of kind {kind}; only an award or a deduction can be corrected: reverse it, then do it rightly."
    )
    zh = "第 {seq} 号记录属于 {kind}，只有加分、扣分可以更正；请先冲销，再重新办理。"

    def _sentence(self, lang: str) -> str:
        """Return the sentence, with what can be done about a record of that kind."""
        kind = self.data["kind"]
        if kind not in _INSTEAD:
            return super()._sentence(lang)
        en, zh = _INSTEAD[kind]
        if lang == "zh":
            return f"第 {{seq}} 号记录属于 {{kind}}，只有加分、扣分可以更正；{zh}。"
        return f"Record {{seq}} is of kind {{kind}}; only an award or a deduction can be corrected: {en}."


class NothingCorrected(RefusedError, ValueError):
    """A correction that would say what stands already."""

    code = "nothing-corrected"
    en = "Record {seq} says just that already; say what is right, or reverse it if nothing of it is."
    zh = "第 {seq} 号记录本来就是这样；请写明正确的内容，若整笔有误请冲销。"


class AlreadySpent(RefusedError, ValueError):
    """Goods that a reversal would take back are gone: ``remaining`` of ``granted`` pieces are left."""

    code = "already-spent"
    en = "Of the {granted} that record {seq} brought, {remaining} are left; reverse what spent them first."
    zh = "第 {seq} 号记录带来的 {granted} 只剩 {remaining}；请先冲销用掉它们的记录。"


class InvalidState(RefusedError, ValueError):
    """A redemption that is not what an act needs, or not any more: its ``state``, and ``on`` which day that began."""

    code = "invalid-state"
    en = "Reservation {seq} is {state} since {on}; redeem or reserve again."
    zh = "第 {seq} 号预约自 {on} 起{state}；请重新兑换或预约。"

    _ADVICE: ClassVar[dict[str, tuple[str, str]]] = {
        "reserved": (
            "Reservation {seq} stands since {on} and nobody has collected it; hand it over, or cancel it.",
            "第 {seq} 号是 {on} 的预约，尚未领取；请办理领取或取消。",
        ),
        "handed-over": (
            "Reservation {seq} is handed over since {on}; what comes back is a refund: use refund.",
            "第 {seq} 号预约自 {on} 起{state}；退回的请用 refund 办理退货退分。",
        ),
        "reversed": (
            "Redemption {seq} is reversed since {on}; redeem or reserve again.",
            "第 {seq} 号兑换自 {on} 起{state}；请重新兑换或预约。",
        ),
    }

    def _sentence(self, lang: str) -> str:
        """Return the sentence; what can still be done depends on how far the redemption went."""
        known = self._ADVICE.get(str(self.data.get("state")))
        return known[lang == "zh"] if known else super()._sentence(lang)


class NotAReservation(RefusedError, LookupError):
    """A record that reserved nothing."""

    code = "not-a-reservation"
    en = "Record {seq} is no reservation; give the number on the receipt of the reservation."
    zh = "第 {seq} 号记录不是预约；请填写预约回执上的记录号。"


class NotARedemption(RefusedError, LookupError):
    """A record that handed nothing over."""

    code = "not-a-redemption"
    en = "Record {seq} is no redemption; give the number on the receipt of the redemption or reservation."
    zh = "第 {seq} 号记录不是兑换；请填写兑换或预约回执上的记录号。"


class NotRedeemed(RefusedError, LookupError):
    """An item that is none of a redemption."""

    code = "not-redeemed"
    en = "Redemption {seq} has no {item}; choose among what was handed over."
    zh = "第 {seq} 号兑换中没有“{item}”；请从已领取的商品中选择。"


class OverRefund(RefusedError, ValueError):
    """More than is left to refund: ``refundable`` and ``required`` in points."""

    code = "over-refund"
    en = "Of redemption {seq}, {refundable} points are left to refund and {required} are asked for; refund less."
    zh = "第 {seq} 号兑换还可退 {refundable} 分，要求退 {required} 分；请减少。"


class AlreadyRefunded(RefusedError, ValueError):
    """A redemption that cannot be reversed any more: ``refunded`` points of it were given back."""

    code = "already-refunded"
    en = "Of redemption {seq}, {refunded} points were refunded, so it is no slip of the pen: refund the rest instead."
    zh = "第 {seq} 号兑换已退 {refunded} 分，不能再作为录入错误冲销；其余部分请用 refund 办理退货退分。"


class NothingLost(RefusedError, ValueError):
    """A head that was issued for the lost part of a book, and that the book has."""

    code = "nothing-lost"
    en = "This book has the head of {size} records that is said to be lost; leave it out, or name what really was lost."
    zh = "本账本就含有所称丢失的 {size} 笔记录的校验根；请去掉它，或写明真正丢失的部分。"


class AlreadyDeclared(RefusedError, ValueError):
    """A loss that is declared once more, with nothing that the earlier declaration does not say."""

    code = "already-declared"
    en = "Record {seq} declares this loss already; declare it again only with a head, or a later day, that it lacks."
    zh = "第 {seq} 号记录已声明这次丢失；只有补充其中没有的校验根或更晚的日期时，才需再次声明。"


class RequestConflict(RefusedError, ValueError):
    """A request id used before for something else; ``field`` names what differs."""

    code = "request-conflict"
    en = (
        "Request {request!r} was already used by record {seq} with another {field}; use a new request id for a new act."
    )
    zh = "请求号“{request}”已用于第 {seq} 号记录，但“{field}”不同；新的操作请换新的请求号。"


class RowChanged(RefusedError, ValueError):
    """A row that was imported before and reads otherwise now."""

    code = "row-changed"
    en = (
        "This row was imported as record {seq} with another {field}; import the corrected sheet with "
        "--replace {label!r}, or, if it is another sheet, give it a --label of its own."
    )
    zh = (
        '此行已作第 {seq} 号记录导入，但“{field}”不同；更正后的表请用 --replace "{label}" 导入，'
        "若是另一张表，请用 --label 另起批次名。"
    )


class PeriodClosed(RefusedError, ValueError):
    """A record that would count in a month which is closed."""

    code = "period-closed"
    en = (
        "Nothing more counts in {period}, which is closed; name a month that is open: what comes late counts there, "
        "for the closed one."
    )
    zh = "{period} 已结账，不再计入任何记录；请改用未结账的月份，迟到的计入那里，并注明所属周期。"


class BaseTooLate(PeriodClosed):
    """A month whose base points are to be granted after it was closed: they are granted in it or never."""

    code = "base-too-late"
    en = (
        "{period} is closed, and base points of a closed month can no longer be granted; grant those of a month that "
        "is open, and with them what is missing of its quarter, half-year and year."
    )
    zh = "{period} 已结账，已结账月份的基础分不能再发；请对未结账的月份发放，其所在季度、半年、年度未发的会一并补发。"


class ReachesIntoClosed(PeriodClosed):
    """A rule book or price list that would govern days of a month which is closed."""

    code = "reaches-into-closed"
    en = (
        "A {document} that begins on {on} would reach into {period}, which is closed; "
        "give it a first day of {earliest} or later."
    )
    zh = "{document_zh}自 {on} 起施行，会及于已结账的 {period}；请把施行日改为 {earliest} 或以后。"


class AlreadyClosed(RefusedError, ValueError):
    """A month that was closed before, by record ``seq``."""

    code = "already-closed"
    en = "{period} was closed by record {seq}, and a close is final; correct a mistake in the open month."
    zh = "{period} 已由第 {seq} 号记录结账，结账不可撤销；有错请在未结账的月份更正。"


class PeriodNotOver(RefusedError, ValueError):
    """A month that is to be closed before its last day is over."""

    code = "period-not-over"
    en = "{period} runs to {last_day}, and today is {today}; close it after that day."
    zh = "{period} 到 {last_day} 为止，今天是 {today}；请在该日之后结账。"


class NotClosed(RefusedError, ValueError):
    """A month of which something is asked that there is only once it was closed."""

    code = "not-closed"
    en = "{period} is not closed yet; close it first, or ask for a month that is."
    zh = "{period} 尚未结账；请先结账，或改为已结账的月份。"


class NoClosingBalance(RefusedError, LookupError):
    """A closing balance that cannot be proved: nothing was there, or what it takes is not in this book."""

    code = "no-closing-balance"
    en = (
        "There is no closing balance of {household} in {period} to prove: it had no points then, or the close has no "
        "balance tree, or the secret that salts it is not in this copy; show the statement of that month instead."
    )
    zh = (
        "{household} 在 {period} 没有可供证明的结存：当时无积分，或该次结账没有结存树，"
        "或此副本没有加盐密值；请改看该月对账单。"
    )


class EarlierPeriodOpen(RefusedError, ValueError):
    """A month that is to be closed while an ``earlier`` one is open."""

    code = "earlier-period-open"
    en = "{earlier} is not closed yet, and months are closed one after another; close {earlier} before {period}."
    zh = "{earlier} 尚未结账，各月须依次结账；请先结 {earlier}，再结 {period}。"


class PeriodBroken(RefusedError, ValueError):
    """A month that cannot be closed because something in it is broken: ``finding``, with its ``finding_code``."""

    code = "period-broken"
    en = "{period} cannot be closed, something in it is broken: {finding}; run audit, and see what it says to do."
    zh = "{period} 无法结账，其中有不符之处：{finding_zh}；请运行 audit，按其提示处理。"


class BatchStands(RefusedError, ValueError):
    """An imported sheet is to begin anew while rows of it still stand."""

    code = "batch-stands"
    en = "Rows of batch {label!r} are not reversed yet; reverse the whole batch."
    zh = "批次“{label}”还有未冲销的行；请先冲销整个批次。"


class BatchEnded(RefusedError, RuntimeError):
    """A batch was used after its block had ended."""

    code = "batch-ended"
    en = "This batch has ended and posts nothing more; open a new one with ledger.batch()."
    zh = "此批处理已结束，不再入账；请用 ledger.batch() 另开一个。"


class RecordsProvisional(RefusedError, RuntimeError):
    """The stream of records was asked for in a transaction that has posted acts and may still take them back."""

    code = "records-provisional"
    en = "This transaction has posted acts that may still be rolled back; read the records after its end, in another."
    zh = "此事务中已有尚可回滚的操作；请在其结束之后，另开事务读取记录。"


class CheckpointForeign(RefusedError, ValueError):
    """A checkpoint of another book than the one it was held against."""

    code = "checkpoint-foreign"
    en = "This checkpoint is of {origin}, not of village {village}; give one of this village's book."
    zh = "该校验码属于 {origin}，不是村 {village} 的；请给出本村账本的校验码。"


class CheckpointUnsigned(RefusedError, ValueError):
    """A checkpoint without a signature of those who were asked for."""

    code = "checkpoint-unsigned"
    en = "No signature of {keys} holds on this checkpoint of {village}; have it signed by them, or name the right keys."
    zh = "该校验码（村 {village}）上没有 {keys} 的有效签名；请由其签名，或改用正确的公钥。"


class NotCosigned(RefusedError, ValueError):
    """A file in a witness's folder that none of its keys has signed, so that somebody else put it there."""

    code = "not-cosigned"
    en = (
        "The file {file} has no valid signature of {keys}, so it is nothing that this witness kept; name its other "
        "public keys as well (--own-key), or put the folder back from a backup, and ask who wrote the file."
    )
    zh = (
        "文件 {file} 上没有 {keys} 的有效签名，不是本见证人所存；请一并给出本方其他公钥（--own-key），"
        "或用备份恢复该文件夹，并查明文件是谁写入的。"
    )


class CheckpointForked(RefusedError, ValueError):
    """A checkpoint of this village with a head that its book never had."""

    code = "checkpoint-forked"
    en = (
        "The book of {village} ({found} records) never had the head of {size} records that this checkpoint says; "
        "keep both as they are, and ask who has changed, cut off or put back records."
    )
    zh = (
        "村 {village} 的账本（共 {found} 笔）从未有过该校验码所写 {size} 笔时的校验根；"
        "请保留两者原样，查明何人改动、截去或恢复过记录。"
    )


class CheckpointBehind(RefusedError, ValueError):
    """A head that was never seen, and comes after one of more records was cosigned, which it cannot be held against."""

    code = "checkpoint-behind"
    en = (
        "{village} was seen last at {seen} records, beyond the {size} of this head, so it is not cosigned; "
        "have a later head cosigned, and take a hand-in that ends here without a key."
    )
    zh = (
        "村 {village} 上次见到时已有 {seen} 笔，多于此校验码的 {size} 笔，故不联署；"
        "请待更晚的校验码再联署，止于此处的上报包不带密钥收存。"
    )


class RecoveryDeclared(RefusedError, ValueError):
    """A book that does not extend the head that was seen, and declares that a backup was put back."""

    code = "recovery-declared"
    en = (
        "Record {seq} of {village} declares that a backup was put back: its book does not extend the {size} records "
        "that were seen; ask what was lost, and accept it by naming record {seq} (--accept-recovery)."
    )
    zh = (
        "村 {village} 的第 {seq} 号记录声明账本由备份恢复，其账本不是此前所见 {size} 笔的延续；"
        "请问明丢失了什么，确认后写明该号（--accept-recovery）收存。"
    )


class RecoveryMissing(RefusedError, ValueError):
    """A record that was named to accept a recovery, and that declares nothing lost of what was taken."""

    code = "recovery-missing"
    en = (
        "Record {seq} of {village} declares nothing lost of the {size} records that were taken; name the record that "
        "does, or ask the village to declare it."
    )
    zh = "村 {village} 的第 {seq} 号记录没有声明所收 {size} 笔中有任何丢失；请写明作出声明的记录号，或请该村补作声明。"


class HandInDiffers(RefusedError, ValueError):
    """A hand-in with a record that the rules would not have given, or that is not under its head."""

    code = "hand-in-differs"
    en = (
        "The hand-in of {village} is not what its book would give, from record {seq} on, and nothing of it was kept; "
        "keep the file, and ask the village for its audit."
    )
    zh = "村 {village} 的上报包自第 {seq} 号记录起与账本应有内容不符，整包未收；请保留该文件，并要求该村出示审计结果。"


class HandInNewer(RefusedError, ValueError):
    """A hand-in with a record of a kind that this release does not know."""

    code = "hand-in-newer"
    en = (
        "The hand-in of {village} has a record {seq} of kind {kind}, version {version}, which this release does not "
        "know, and nothing of it was kept; ask the village which release it has, and install that or a newer one."
    )
    zh = (
        "村 {village} 的上报包第 {seq} 号记录的种类 {kind}（版本 {version}）本程序不认识，整包未收；"
        "请问明该村所用版本，安装同样或更新的版本。"
    )


class NotExtending(RefusedError, ValueError):
    """A proof that a book has grown which does not begin where the witness saw it last."""

    code = "not-extending"
    en = "The proof begins at {old} records and {village} was seen last at {size}; ask for one that begins at {size}."
    zh = "该凭证从 {old} 笔起，而上次见到村 {village} 是 {size} 笔；请索取从 {size} 笔起的凭证。"


class InsideBatch(RefusedError, RuntimeError):
    """A thread that is inside a batch, or another act, asked the book itself for one more transaction."""

    code = "inside-batch"
    en = "This thread is inside a batch on {place} already; use the methods of the batch, or end it first."
    zh = "本线程正在 {place} 的一个批处理之中；请用该批处理的方法，或先结束它。"


class NotThisBook(RefusedError, ValueError):
    """A head, of so many records and with such a root, that this book never had."""

    code = "not-this-book"
    en = (
        "The book of {village} never had {size} records with root {root}; check the village, the number and the root, "
        "and run audit if all three are right."
    )
    zh = (
        "{village} 的账本从未有过 {size} 笔记录、校验根 {root} 的状态；"
        "请核对村代码、记录数和校验根，三者无误时请运行 audit。"
    )


class LedgerClosed(RefusedError, ValueError):
    """A ledger was used after it had been closed."""

    code = "ledger-closed"
    en = "This ledger on {place} is closed; open it again with Ledger.open()."
    zh = "{place} 的账本对象已关闭；请用 Ledger.open() 重新打开。"


class VillageExists(RefusedError, ValueError):
    """The database already holds a book of that village."""

    code = "village-exists"
    en = "{place} already holds the book of village {village!r}; open it instead of creating it."
    zh = "{place} 已有村“{village}”的账本；请直接打开，不要新建。"


# --- storage -------------------------------------------------------------------------------------------


class LedgerNewer(StorageError, ValueError):
    """A ledger written by a later release."""

    code = "ledger-newer"
    en = "{place} has schema {found}, this release knows up to {known}; install a newer pointsledger."
    zh = "{place} 的结构版本是 {found}，本程序只认到 {known}；请安装更新的 pointsledger。"


class LedgerOlder(StorageError, ValueError):
    """A ledger written by an earlier release, not upgraded yet."""

    code = "ledger-older"
    en = (
        "{place} has schema {found}, this release needs {known}; run upgrade once: it derives every other table from "
        "the records, which stay as they are, and {news}."
    )
    zh = (
        "{place} 的结构版本是 {found}，本程序需要 {known}；请运行一次 upgrade："
        "它由台账记录重新生成其他各表，记录本身不变，并{news_zh}。"
    )


class LedgerBusy(StorageError, TimeoutError):
    """Another writer holds the book."""

    code = "ledger-busy"
    retryable = True
    en = "{place} is locked by another writer; nothing was posted, try again in a moment."
    zh = "{place} 正被其他程序写入；未录入任何内容，请稍后重试。"


class DiskFull(StorageError, OSError):
    """No room left for the record."""

    code = "disk-full"
    en = "The disk that holds {place} is full; nothing was posted, make room and try again."
    zh = "{place} 所在磁盘已满；未录入任何内容，请腾出空间后重试。"


class FileUnwritable(StorageError, OSError):
    """A reading that cannot be written where it was to go."""

    code = "file-unwritable"
    en = "{file} cannot be written ({reason}); check the folder, its permissions and the room on the disk."
    zh = "无法写入 {file}（{reason}）；请检查文件夹、权限和磁盘空间。"


class ReadOnlyLedger(StorageError, PermissionError):
    """The file may be read only, or not at all."""

    code = "read-only"
    en = "{place} cannot be opened or written; check that its folder exists, and the permissions of both."
    zh = "{place} 无法打开或写入；请检查所在文件夹是否存在，以及两者的权限。"


class ServerReadOnly(StorageError, PermissionError):
    """The database server takes no writing: a standby, or a session that was set so."""

    code = "server-read-only"
    en = "{place} takes no writing ({reason}); use the primary server, and no read-only transaction or default."
    zh = "{place} 目前只读（{reason}）；请改用主库，且不要设成只读事务。"


class NetworkFolder(StorageError, OSError):
    """An SQLite file in a folder that lies on another machine, where its locks and its log do not hold."""

    code = "network-folder"
    en = "{place} lies in a network folder ({system}), unsafe for SQLite; move it to a local disk, or use PostgreSQL."
    zh = "{place} 在网络文件夹（{system}）中，SQLite 在那里不安全；请移到本机磁盘，或改用 PostgreSQL。"


class DatabaseTooOld(StorageError, RuntimeError):
    """A database server, or the SQLite library of this Python, older than what the tables and their guards need."""

    code = "database-too-old"
    en = "{software} {found} is too old for this release, which needs {needed} or newer; install a newer one."
    zh = "{software} {found} 太旧，本程序需要 {needed} 或更新；请安装更新的版本。"


class UnsafeTransaction(StorageError, RuntimeError):
    """A host's transaction that would not take back what is written in it."""

    code = "unsafe-transaction"
    en = "This transaction cannot be joined: {reason}."
    zh = "无法加入此事务：{reason_zh}。"


class DatabaseUnavailable(StorageError, ConnectionError):
    """The database server cannot be reached, or does not let this user in."""

    code = "database-unavailable"
    retryable = True
    en = "{place} cannot be reached ({reason}); check that the server runs, and address, database, user and password."
    zh = "无法连接 {place}（{reason}）；请检查服务器是否运行，以及地址、数据库名、用户和密码。"


class NotPermitted(StorageError, PermissionError):
    """The database user lacks a right that the act or the question needs."""

    code = "not-permitted"
    en = "The database user may not do this in {place} ({reason}); ask its owner for the role that may."
    zh = "数据库用户无权在 {place} 中执行此操作（{reason}）；请向其所有者申请相应的角色。"


class OthersDepend(StorageError, RuntimeError):
    """Something of others rests on a table or view that has to be made anew, or points to one that is emptied."""

    code = "others-depend"
    en = "{place} was left as it was: {reason}; drop that, repeat, and make it again."
    zh = "{place} 未作改动：{reason}；请先删除该对象，重做一次，再重新建立它。"


class ClockBehind(StorageError, ValueError):
    """The machine's clock is more than five seconds behind the last record."""

    code = "clock-behind"
    en = "The clock says {now}, before the last record at {last}; set the machine's clock right and try again."
    zh = "时钟为 {now}，早于最后一笔记录的 {last}；请校准机器时钟后重试。"


class BackupBroken(StorageError, RuntimeError):
    """The copy was made, and audited, and something in it is broken: so it is in the book."""

    code = "backup-broken"
    en = (
        "No backup of {place} was kept: in the book of {village}, {finding}; "
        "run audit, and until it is put right copy the files by hand."
    )
    zh = "未留下 {place} 的备份：{village} 的账本中，{finding_zh}；请运行 audit，修复前先手工复制文件。"


class LedgerDamaged(StorageError, RuntimeError):
    """Something in the file contradicts the journal, and posting on top of it would spread it."""

    code = "ledger-damaged"
    en = "{place} is damaged: {reason}; run audit to see where, and keep a copy before anything else."
    zh = "{place} 已损坏：{reason_zh}；请运行 audit 查明位置，并先另存一份副本。"
