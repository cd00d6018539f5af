"""The papers of a village as pages and tables: tally, redemptions, books, audit, documents in force, call-backs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pointsledger.inspection.called_back import ANSWERS_IN_WORDS
from pointsledger.inspection.pack_files import csv_text
from pointsledger.inspection.papers import Papers
from pointsledger.page import FIGURES, KEPT, Column, Page
from pointsledger.reports.books import BookLine
from pointsledger.reports.reading_out import UNITS, heading_in_words
from pointsledger.reports.readings import RedemptionMade
from pointsledger.rules.activities import Activity
from pointsledger.rules.bridge import FIGURES as BRIDGE
from pointsledger.values.points import unscaled
from pointsledger.values.vocabulary import STATES_IN_WORDS
from pointsledger.values.words import Words

_BOOKS = {
    "points": Words("points", "积分"),
    "goods": Words("pieces", "实物"),
    "worth": Words("worth (yuan)", "实物（元）"),
    "fund": Words("fund (yuan)", "基金（元）"),
}
_MOVEMENTS = {
    "supplied": Words("bought or paid for", "采购"),
    "donated": Words("donated", "受赠"),
    "granted": Words("granted", "拨入"),
    "handed-over": Words("handed over", "领取"),
    "returned": Words("returned", "退回货架"),
    "written-off": Words("written off", "报损"),
    "found": Words("found in a count", "盘盈"),
    "unexplained": Words("unexplained", "来源不明"),
    "rewarded": Words("given as a reward", "奖励"),
    "paid": Words("paid", "支付"),
}
_BRIDGE = {
    "opening": Words("opening", "期初"),
    "closing": Words("closing", "期末"),
}
_SELDOM = frozenset({"base", "prior", "refunded", "expired", "forfeited", "moved"})


def _movement(heading: str) -> Words:
    if heading in _BRIDGE:
        return _BRIDGE[heading]
    return _MOVEMENTS.get(heading) or Words(heading_in_words(heading, "en"), heading_in_words(heading, "zh"))


def _tally(page: Page, papers: Papers) -> None:
    tally = papers.tally
    closed = (
        Words("Every month of it is closed.", "各月均已结账。")
        if tally.closed
        else Words("Not every month of it is closed.", "尚有月份未结账。")
    )
    page.tell(closed, "soft")
    figures = _shown(papers)
    columns = (
        Column(Words("household", "户号"), KEPT),
        Column(Words("head", "户主")),
        Column(Words("group", "组")),
        *(Column(_movement(name), FIGURES) for name in figures),
    )
    rows: list[Sequence[Any]] = [
        (row.code, row.name, row.group, *(getattr(row, name) for name in figures)) for row in tally
    ]
    total = (page.say(Words("total", "合计")), "", "", *(getattr(tally.total, name) for name in figures))
    page.table(columns, [*rows, total])


def _shown(papers: Papers) -> list[str]:
    """Return the columns of the bridge, those that seldom hold anything only where they do."""
    return [name for name in BRIDGE if name not in _SELDOM or getattr(papers.tally.total, name)]


def _redemptions(page: Page, papers: Papers) -> None:
    columns = tuple(Column(words, kind) for words, kind in _REDEMPTION)
    empty = Words("Nothing was redeemed.", "本期无兑换。")
    page.table(columns, (_redeemed(page.say, one) for one in papers.redemptions), empty=empty)


_REDEMPTION = (
    (Words("record", "记录号"), FIGURES),
    (Words("day", "日期"), KEPT),
    (Words("household", "户号"), KEPT),
    (Words("head", "户主"), ""),
    (Words("goods", "商品"), ""),
    (Words("points", "积分"), FIGURES),
    (Words("collected by", "领取人"), ""),
    (Words("recorded by", "经办"), ""),
    (Words("state", "状态"), ""),
)


def _redeemed(say: Callable[[Words], str], one: RedemptionMade) -> Sequence[Any]:
    goods = "，".join(f"{item.name} × {item.pieces}" for item in one.items)
    state = say(STATES_IN_WORDS[one.state])
    if one.refunded:
        state += say(Words(f", {one.refunded} refunded", f"，已退 {one.refunded}"))
    if one.irregular:
        state += say(Words(", typed from paper, not covered", "，纸面补录，积分或库存不足"))
    collector = one.collector_name or one.collector
    return one.seq, one.on, one.household, one.name, goods, one.points, collector, one.by, state


def _books(page: Page, papers: Papers) -> None:
    page.tell(
        Words("Every line foots.", "各行均平。")
        if papers.books.foots
        else Words("A line does NOT foot.", "有账不平！"),
        "soft" if papers.books.foots else "warn",
    )
    columns = (
        Column(Words("book", "账"), KEPT),
        Column(Words("of", "名称")),
        Column(Words("shop", "超市")),
        Column(Words("opening", "期初"), FIGURES),
        Column(Words("in and out", "增减")),
        Column(Words("closing", "期末"), FIGURES),
    )
    page.table(columns, (_book(page.say, line) for line in papers.books))


def _book(say: Callable[[Words], str], line: BookLine) -> Sequence[Any]:
    moved = say(Words(", ", "，")).join(f"{say(_movement(one.heading))} {one.amount:+f}" for one in line.movements)
    return say(_BOOKS[line.book]), line.name, line.shop, line.opening, moved, line.closing


def _rules(page: Page, papers: Papers) -> None:
    inspection = papers.inspection
    page.heading(Words("Rule book", "积分细则"))
    if inspection.rules is None:
        page.tell(Words("None is in force.", "没有适用的积分细则。"), "warn")
    else:
        version, book = inspection.rules
        _heading_of(page, version, book)
        columns = (
            Column(Words("code", "代码"), KEPT),
            Column(Words("activity", "事项")),
            Column(Words("points", "分值")),
            Column(Words("per", "计量"), KEPT),
            Column(Words("text", "条文")),
        )
        page.table(columns, [_activity(page, one, inspection.decimals) for one in book.activities.values()])
    page.heading(Words("Price list", "价目表"))
    if inspection.prices is None:
        page.tell(Words("None is in force.", "没有适用的价目表。"), "warn")
        return
    version, prices = inspection.prices
    _heading_of(page, version, prices)
    named = (
        Column(Words("code", "代码"), KEPT),
        Column(Words("item", "商品")),
        Column(Words("unit", "单位")),
        Column(Words("points", "积分"), FIGURES),
    )
    goods = [
        (item.code, item.name, item.unit or "", unscaled(item.points, inspection.decimals))
        for item in prices.items.values()
    ]
    page.table(named, goods)


def _heading_of(page: Page, version: int, document: Any) -> None:  # noqa: ANN401 - a rule book or a price list
    mandate = document.mandate
    filing = Words(f", filed as {mandate.filing_number}", f"，备案号 {mandate.filing_number}")
    filed = filing if mandate.filing_number else Words("", "")
    page.tell(
        Words(
            f"{document.name}, version {version}, in force from {document.first_day}; decided on "
            f"{mandate.decided_on} by {mandate.votes_for} of {mandate.present} present{filed.en}.",
            f"{document.name}，第 {version} 版，自 {document.first_day} 起施行；{mandate.decided_on} 表决，"
            f"到会 {mandate.present} 人，同意 {mandate.votes_for} 人{filed.zh}。",
        )
    )


def _activity(page: Page, one: Activity, decimals: int) -> Sequence[Any]:
    sign = {"minus": "−", "both": "±"}.get(one.sign, "")
    if one.points is not None:
        points = f"{sign}{unscaled(one.points, decimals):f}"
    elif one.levels:
        points = "；".join(f"{level.name} {unscaled(level.points, decimals):f}" for level in one.levels)
    else:
        points = "；".join(
            f"{tier.first_day or ''}–{tier.last_day or ''} {unscaled(tier.points, decimals):f}" for tier in one.tiers
        )
    return one.code, one.name, points, page.say(UNITS[one.per]), one.text or ""


def _call_backs(page: Page, papers: Papers) -> None:
    counts = papers.call_backs.counts
    told = [f"{page.say(ANSWERS_IN_WORDS[answer])} {count}" for answer, count in counts.items()]
    page.tell(page.say(Words(", ", "，")).join(told))
    columns = (
        Column(Words("record", "记录号"), FIGURES),
        Column(Words("day", "日期"), KEPT),
        Column(Words("household", "户号"), KEPT),
        Column(Words("head", "户主")),
        Column(Words("answer", "结果"), KEPT),
        Column(Words("drawn from", "抽签依据")),
        Column(Words("remark", "备注")),
        Column(Words("recorded by", "经办")),
    )
    rows = []
    for one in papers.call_backs:
        drawn = Words(
            f"{one.count} from {one.size} records, {one.number}{', ' if one.period else ''}{one.period}",
            f"{one.size} 笔记录，{one.number}，{one.period}{'，' if one.period else ''}抽 {one.count} 户",
        )
        answer, where = page.say(ANSWERS_IN_WORDS[one.answer]), page.say(drawn) if one.size else ""
        rows.append((one.seq, one.on, one.household, one.name, answer, where, one.remark, one.by))
    page.table(columns, rows, empty=Words("Nobody was called back in this period.", "本期没有回访记录。"))


WRITERS: Mapping[str, Callable[[Page, Papers], None]] = {
    "tally": _tally,
    "redemptions": _redemptions,
    "books": _books,
    "rules": _rules,
    "call-backs": _call_backs,
}
"""What writes each paper on a page."""


def tables(papers: Papers, lang: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each paper that is a table for a spreadsheet as well."""

    def say(words: Words) -> str:
        return words.zh if lang == "zh" else words.en

    figures = list(BRIDGE)
    named = (Words("household", "户号"), Words("head", "户主"), Words("group", "组"), *map(_movement, figures))
    rows = [(row.code, row.name, row.group, *(getattr(row, name) for name in figures)) for row in papers.tally]
    yield "tally.csv", csv_text(map(say, named), rows)
    yield (
        "redemptions.csv",
        csv_text((say(words) for words, _ in _REDEMPTION), (_redeemed(say, one) for one in papers.redemptions)),
    )
    columns = ("book", "of", "shop", "opening", "in and out", "closing")
    chinese = ("账", "名称", "超市", "期初", "增减", "期末")
    yield "books.csv", csv_text(map(say, map(Words, columns, chinese)), (_book(say, line) for line in papers.books))
