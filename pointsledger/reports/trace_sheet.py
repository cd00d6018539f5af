"""The sheet of a trace: a line for each link, indented below what it leads to, to be read out at the counter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from pointsledger.decisions.refunding import REFUND
from pointsledger.reports.reading_out import heading_in_words, rule_in_words, said, written
from pointsledger.reports.readings import YUAN
from pointsledger.rules import chart
from pointsledger.rules.said import ID_IN_TEXT
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.records import POINTS
from pointsledger.values.visible import visible
from pointsledger.values.vocabulary import KINDS_IN_WORDS, STATES_IN_WORDS, TEXTS_IN_WORDS
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.reports.trace import Origin, Trace, TracedRecord, Use

_HEADINGS = {
    "handed-over": Words("handed over", "领取"),
    "returned": Words("returned", "退回货架"),
    "written-off": Words("written off", "报损"),
    "rewarded": Words("given as a reward", "奖励"),
    "supplied": Words("paid to a supplier", "付供货方"),
    "donated": Words("given by a donor", "捐赠"),
    "granted": Words("granted", "拨款"),
    "found": Words("found", "盘盈"),
    "unexplained": Words("unexplained", "来源不明"),
    "paid": Words("paid", "支出"),
    "settled": Words("paid what was owed", "抵还欠分"),
    "held": Words("held", "预约占用"),
}
_DETAILS = {
    **TEXTS_IN_WORDS,
    "source": Words("source", "来源"),
    "shop": Words("shop", "超市"),
    "invoice": Words("invoice", "票据号"),
    "fund": Words("fund", "基金"),
    "item": Words("item", "商品"),
    "pieces": Words("pieces", "数量"),
    "unit_cost_fen": Words("yuan a piece", "单价（元）"),
    "best_before": Words("best before", "保质期至"),
    "cash_fen": Words("cash in yuan", "现金（元）"),
    "handed_over": Words("handed over on paper", "纸面已领取"),
    "cause": Words("cause", "责任方"),
    "quantity": Words("quantity", "数量"),
    "minutes": Words("minutes", "分钟"),
    "started_at": Words("from", "开始"),
    "ended_at": Words("to", "结束"),
    "batch": Words("sheet", "批次"),
    "row": Words("row", "行"),
    "reference": Words("reference", "依据"),
    "purpose": Words("purpose", "用途"),
    "fen": Words("yuan", "金额（元）"),
    "giver": Words("given by", "来自"),
    "nature": Words("as", "性质"),
    "from_shop": Words("from shop", "调出超市"),
    "to_shop": Words("to shop", "调入超市"),
    "ground": Words("for", "奖励依据"),
    "group": Words("group", "组"),
    "base": Words("base", "基础分"),
    "last_day": Words("last day", "最后可用日"),
    "answer": Words("answer", "回访结果"),
    "draw_size": Words("drawn from records", "抽签所据记录数"),
    "draw_number": Words("drawn with", "抽签号码"),
}
_COMING_BACK = frozenset({"refunded", "returned", "held"})
"""Headings that say by themselves that something came back."""

_VALUES = {
    "bought": Words("bought", "购买"),
    "donated": Words("donated", "捐赠"),
    "resident": Words("the resident", "居民"),
    "shop": Words("the shop", "超市"),
    "force_majeure": Words("nobody", "不可抗力"),
    "government": Words("government", "政府"),
    "villagers": Words("villagers", "村民"),
    "society": Words("society", "社会"),
    "grant": Words("a grant", "拨款"),
    "donation": Words("a donation", "捐款"),
    "title": Words("a title", "荣誉称号"),
    "rank": Words("a rank", "名次"),
    "acceptance": Words("an acceptance", "验收合格"),
    "confirmed": Words("confirmed", "属实"),
    "differs": Words("differs", "不符"),
    "not-reached": Words("not reached", "未联系上"),
    "refused": Words("refused to answer", "拒绝回答"),
}
_CODED = frozenset({"source", "cause", "giver", "nature", "ground", "answer"})
"""Details whose values are words of ours."""

_INDENT = "    "


def sheet(trace: Trace, lang: str) -> str:
    """Return a trace as lines of text: the record, what followed, where it came from, where it went."""
    lines = list(_record(trace.record, lang))
    if trace.owed:
        lines.append(
            _INDENT + said(Words(f"{trace.owed} was not there and is owed", f"其中 {trace.owed} 不足，记为欠分"), lang)
        )
    if trace.followed:
        lines.append(said(Words("what followed:", "后续："), lang))
        for record in trace.followed:
            lines += _below(_record(record, lang), 1)
    if trace.origins:
        lines.append(said(Words("where it came from:", "来源："), lang))
        lines += _origins(trace.origins, lang, 1)
    if not trace.whole:
        lines.append(
            said(Words("The chain goes on; trace its last record.", "链条未完；请对最后一笔记录再溯源。"), lang)
        )
    if trace.uses:
        lines.append(said(Words("where it went:", "去向："), lang))
        for use in trace.uses:
            lines += _use(use, lang)
    if trace.more:
        last = trace.uses[-1].record.seq
        lines.append(said(Words(f"There is more behind record {last}.", f"第 {last} 号记录之后还有。"), lang))
    return "\n".join(map(visible, lines))


def _below(lines: Iterable[str], depth: int) -> list[str]:
    return [_INDENT * depth + line for line in lines]


def _origins(origins: Iterable[Origin], lang: str, depth: int) -> Iterator[str]:
    for origin in origins:
        amount = said(_amount(origin.unit, origin.unit_name, abs(origin.amount)), lang)
        granted, lot_zh = f"{origin.granted:f}", f"{origin.granted:f} {_measure(origin.unit)}一批"
        back = Words("back to the ", "退回") if origin.amount < 0 else Words("of ", "出自")
        told = Words(
            f"{amount} {back.en}{granted} {_account(origin.account).en}{_until(origin).en}".rstrip(),
            f"{amount}，{back.zh}{_account(origin.account).zh}{lot_zh}{_until(origin).zh}",
        )
        first, *rest = _record(origin.record, lang)
        yield _INDENT * depth + said(told, lang) + said(Words(": ", "："), lang) + first
        yield from _below(rest, depth + 1)
        yield from _origins(origin.origins, lang, depth + 1)


def _use(use: Use, lang: str) -> list[str]:
    amount = said(_amount(use.unit, use.unit_name, abs(use.amount)), lang)
    heading = said(_HEADINGS[use.heading], lang) if use.heading in _HEADINGS else heading_in_words(use.heading, lang)
    if use.amount < 0 and use.heading == "held":
        heading = said(Words("free again", "释放"), lang)
    undone = use.amount < 0 and use.heading not in _COMING_BACK
    back = said(Words(" given back", "（退回）"), lang) if undone else ""
    first, *rest = _record(use.record, lang)
    return [_INDENT + f"{amount} {heading}{back}" + said(Words(": ", "："), lang) + first, *_below(rest, 2)]


def _account(account: str) -> Words:
    """Return where a lot lies that is not a household's."""
    if chart.shop_of(account):
        return Words(f"on the shelf of {chart.shop_of(account)} ", f" {chart.shop_of(account)} 货架 ")
    if chart.fund_of(account):
        return Words(f"in fund {chart.fund_of(account)} ", f"基金 {chart.fund_of(account)} ")
    return Words("", " ")


def _measure(unit: str) -> str:
    """Return the Chinese measure word of what a lot is counted in."""
    return {POINTS: "分", YUAN: "元"}.get(unit, "件")


def _until(origin: Origin) -> Words:
    cost = Words("", "")
    if origin.unit_cost_fen:
        yuan = unscaled(origin.unit_cost_fen, FEN_DECIMALS)
        cost = Words(f"at {yuan} yuan a piece ", f"，单价 {yuan} 元")
    if not origin.last_day:
        return Words(cost.en.rstrip(), cost.zh)
    if chart.item_of(origin.unit):
        until = Words(f"best before {origin.last_day}", f"，保质期至 {origin.last_day}")
    else:
        until = Words(f"until {origin.last_day}", f"，有效至 {origin.last_day}")
    return Words(cost.en + until.en, cost.zh + until.zh)


def _amount(unit: str, name: str, amount: Decimal) -> Words:
    if unit == POINTS:
        return Words(f"{amount} points", f"{amount} 分")
    if unit == YUAN:
        return Words(f"{amount} yuan", f"{amount} 元")
    return Words(f"{amount} {name}", f"{name} {amount}")


def record_in_words(record: TracedRecord, lang: str) -> list[str]:
    """Return what there is to say of a record, what was done first and a line for each of the rest."""
    return list(_record(record, lang))


def _record(record: TracedRecord, lang: str) -> Iterator[str]:
    """Yield what was done and by whom, then, line by line, what is said of it."""
    kind = said(KINDS_IN_WORDS[record.kind], lang) if record.kind in KINDS_IN_WORDS else record.kind
    gone = said(Words("(erased)", "（已删除）"), lang) if ID_IN_TEXT.fullmatch(record.household) else ""
    whose = f"{record.household} {record.name or gone}".strip()
    member = said(Words(f" ({record.member})", f"（{record.member}）"), lang) if record.member else ""
    what = f" {record.rule.name}" if record.rule is not None else ""
    by = said(Words(f", recorded by {record.by}", f"，经办 {record.by}"), lang)
    approved = ""
    if record.approved_by:
        names = said(Words(", ", "、"), lang).join(record.approved_by)
        approved = said(Words(f", approved by {names}", f"，审核 {names}"), lang)
    points = (
        said(Words(f", {record.points} points", f"，{record.points} 分"), lang) if record.points is not None else ""
    )
    seq = said(Words(f"record {record.seq}", f"第 {record.seq} 号"), lang)
    yield f"{seq} {record.on} {kind}{what} {whose}".rstrip() + f"{member}{points}{by}{approved}"
    if record.rule is not None:
        yield rule_in_words(record.rule, lang)
    if record.items:
        yield _items(record, lang)
    yield from (said(words, lang) for words in (*_exchange(record), *_undone(record), *_words(record)))


def _items(record: TracedRecord, lang: str) -> str:
    each = [f"{item.name} x {item.pieces}" for item in record.items]
    return said(Words(f"goods: {', '.join(each)}", f"商品：{'，'.join(each)}"), lang)


def _exchange(record: TracedRecord) -> Iterator[Words]:
    if record.redemption and record.redemption != record.seq:
        yield Words(f"of record {record.redemption}", f"对应第 {record.redemption} 号记录")
    if record.state and record.redemption == record.seq:
        state = STATES_IN_WORDS[record.state]
        yield Words(f"now: {state.en}", f"现状：{state.zh}")
    if record.refunded and record.kind != REFUND:
        yield Words(f"{record.refunded} of it refunded", f"其中已退 {record.refunded} 分")
    collector = f"{record.collector} {record.collector_name}".strip()
    if collector:
        yield Words(f"collected by {collector}", f"领取人：{collector}")


def _undone(record: TracedRecord) -> Iterator[Words]:
    if record.reverses:
        yield Words(f"undoes record {record.reverses}", f"冲销第 {record.reverses} 号记录")
    if record.reversed_by:
        yield Words(f"undone by record {record.reversed_by}", f"已由第 {record.reversed_by} 号记录冲销")
    if record.corrects:
        yield Words(f"stands in the place of record {record.corrects}", f"更正第 {record.corrects} 号记录")
    if record.corrected_by:
        right = record.corrected_by
        yield Words(f"corrected: record {right} stands in its place", f"已更正：由第 {right} 号记录代替")
    if record.reason:
        yield Words(f"reason: {record.reason}", f"原因：{written(record.reason, 'zh')}")


def _words(record: TracedRecord) -> Iterator[Words]:
    if record.details:
        named = [(_DETAILS.get(name, Words(name, name)), _value(name, value)) for name, value in record.details.items()]
        yield Words(
            ", ".join(f"{name.en} {value.en}" for name, value in named),
            "，".join(f"{name.zh}：{value.zh}" for name, value in named),
        )
    for field, text in record.texts.items():
        name = _DETAILS.get(field, Words(field, field))
        yield Words(f"{name.en}: {text}", f"{name.zh}：{text}")
    if record.remark:
        yield Words(f"remark: {record.remark}", f"备注：{record.remark}")


def _value(name: str, value: str | int) -> Words:
    """Return a detail in words: money in yuan, and what is a word of ours in both languages."""
    if isinstance(value, int) and name.rpartition("_")[2] == "fen":
        return Words(*[f"{unscaled(value, FEN_DECIMALS)}"] * 2)
    if name in _CODED and value in _VALUES:
        return _VALUES[str(value)]
    if name == "handed_over":
        return Words("yes", "是")
    return Words(f"{value}", f"{value}")
