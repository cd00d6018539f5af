"""Findings: faults found in a book are values in a report, never exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BROKEN = "broken"
IRREGULAR = "irregular"
NOTE = "note"

_TEXTS = {
    "file-damaged": ("SQLite finds the file damaged: {what}", "SQLite 检查发现文件损坏：{what}"),
    "schema-differs": ("{what}: the database guards itself less than it should", "{what}：数据库的自我保护不完整"),
    "table-unreadable": ("table {what} cannot be read", "表 {what} 无法读取"),
    "village-unknown": ("rows of a village that has no journal: {what}", "有无台账之村的数据：{what}"),
    "journal-gap": ("record {seq} is missing from the journal", "台账缺第 {seq} 号记录"),
    "leaf-mismatch": ("the text of record {seq} is not the one that was written", "第 {seq} 号记录的内容与写入时不符"),
    "node-mismatch": ("the tree hashes beside record {seq} are not its own", "第 {seq} 号记录旁的树节点不符"),
    "body-unreadable": ("record {seq} is no record: {what}", "第 {seq} 号记录不是合格的记录：{what}"),
    "column-mismatch": ("column {what} of record {seq} contradicts its text", "第 {seq} 号记录的 {what} 列与内容不符"),
    "time-reversed": ("record {seq} was written before the one before it", "第 {seq} 号记录的时间早于前一号"),
    "decision-differs": (
        "the rules do not give what record {seq} says: {what}",
        "按细则得不出第 {seq} 号记录的结果：{what}",
    ),
    "head-mismatch": ("the head of the book is not that of its records: {what}", "账本的校验根与记录不符：{what}"),
    "projection-differs": ("{what} is not what the records say", "{what} 与台账推算结果不符"),
    "profile-differs": (
        "the code or name of {what} is not the one that was enrolled",
        "{what} 的编号或姓名与登记时不符",
    ),
    "profile-missing": ("{what} has no profile", "{what} 没有名册资料"),
    "profile-unknown": ("a profile {what} belongs to nobody in the journal", "名册资料 {what} 在台账中无对应"),
    "remark-differs": (
        "the {what} of record {seq} is not the one that was written",
        "第 {seq} 号记录的 {what} 与写入时不符",
    ),
    "remark-missing": ("the {what} of record {seq} is gone", "第 {seq} 号记录的 {what} 不见了"),
    "remark-unknown": ("a {what} stands beside record {seq}, which has none", "第 {seq} 号记录本无 {what}，却存有一条"),
    "book-unbalanced": ("the balance of {what} is not what its entries add up to", "{what} 的余额与分录合计不符"),
    "balance-differs": (
        "the balance of {what} is not what its lots hold less its arrears",
        "{what} 的余额与各批次合计减欠分不符",
    ),
    "held-differs": (
        "what is held of {what} is not what its reservations hold",
        "{what} 的预约占用与各预约合计不符",
    ),
    "arrears-unsettled": ("{what} owes points and has points to pay with", "{what} 既欠分又有积分可抵"),
    "below-floor": ("{what} is below zero", "{what} 低于零"),
    "lot-differs": ("lot {what} is not what was taken from it", "批次 {what} 与使用情况不符"),
    "debit-differs": (
        "line {what} of record {seq} is not what its lots and arrears add up to",
        "第 {seq} 号记录第 {what} 行与所用批次及欠分之和不符",
    ),
    "counts-in-closed": (
        "record {seq} counts in {what}, which was closed before it",
        "第 {seq} 号记录计入 {what}，而该月此前已结账",
    ),
    "close-differs": (
        "the close in record {seq} is not what the lines of its month add up to: {what}",
        "第 {seq} 号结账记录与当月分录合计不符：{what}",
    ),
    "handed-over-uncovered": (
        "record {seq}, handed over on paper, lacked {what}",
        "第 {seq} 号纸面补录的兑换，当时{what}",
    ),
    "outside-fund-use": (
        "record {seq} spent money on what its fund is not for: {what}",
        "第 {seq} 号记录的支出不属于该基金的用途：{what}",
    ),
    "over-fund-budget": ("record {seq} went beyond a fund's budget: {what}", "第 {seq} 号记录超出基金预算：{what}"),
    "closing-below-zero": ("a month was closed with less than nothing: {what}", "月末结存低于零：{what}"),
    "books-differ": (
        "the books of {what} do not tie out: totals and balance differ",
        "{what} 三账不符：各期合计与余额不一致",
    ),
    "more": ("{what} more findings of this code are not listed", "同类发现另有 {what} 条未列出"),
}


GRADES = dict.fromkeys(
    ("handed-over-uncovered", "outside-fund-use", "over-fund-budget", "closing-below-zero"), IRREGULAR
)
"""The grade of each code that is not ``broken``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: its stable code, grade, the records concerned, and a sentence."""

    code: str
    grade: str
    seqs: tuple[int, ...]
    what: str
    what_zh: str = ""
    """The same in Chinese, where it is not the same in both."""

    def say(self, lang: str = "en") -> str:
        """Return the sentence in ``lang``: ``"en"`` or ``"zh"``."""
        text = _TEXTS[self.code][1 if lang == "zh" else 0]
        what = self.what_zh or self.what if lang == "zh" else self.what
        return text.format(what=what, seq=", ".join(str(seq) for seq in self.seqs))


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found: ``size`` records with head ``root`` (hexadecimal), re-derived from the journal."""

    village: str
    size: int
    root: str
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Tell whether nothing is broken."""
        return not any(finding.grade == BROKEN for finding in self.findings)

    def say(self, lang: str = "en") -> str:
        """Return one sentence on what this audit assures, and what it cannot."""
        broken = sum(finding.grade == BROKEN for finding in self.findings)
        if lang == "zh":
            state = "完整" if self.whole else f"有 {broken} 处不符"
            return f"共 {self.size:,} 笔记录，{state}；尚无记录在账本之外留存校验码，请抄存校验根以备日后比对。"
        state = "whole" if self.whole else f"{broken} finding(s) broken"
        return (
            f"{self.size:,} records, {state}; none is held outside this file: keep the root elsewhere to compare later."
        )

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings."""
        return iter(self.findings)
