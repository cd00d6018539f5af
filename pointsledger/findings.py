"""Findings: faults found in a book are values in a report, never exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pointsledger.decisions.recovering import RECOVERED
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.values.records import VILLAGE_CODE
from pointsledger.values.words import Words

BROKEN = "broken"
IRREGULAR = "irregular"
NOTE = "note"

GRADE_WORDS = {
    BROKEN: Words("broken", "不符"),
    IRREGULAR: Words("irregular", "存疑"),
    NOTE: Words("note", "提示"),
}
"""What each grade is called."""

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
    "names-missing": (
        "no name and no remark is here: a copy without names is audited with --copy, and if this is none they are gone",
        "没有任何姓名和备注：若是镇里那样不含姓名的副本，请加 --copy 审计；若不是，则已被删除",
    ),
    "profile-missing": ("{what} has no profile", "{what} 没有名册资料"),
    "profile-unknown": ("a profile {what} belongs to nobody in the journal", "名册资料 {what} 在台账中无对应"),
    "profile-erased": (
        "{what} was erased, and its profile stands there",
        "{what} 的个人信息已删除，名册中却存有资料",
    ),
    "remark-differs": (
        "the {what} of record {seq} is not the one that was written",
        "第 {seq} 号记录的 {what} 与写入时不符",
    ),
    "remark-missing": ("the {what} of record {seq} is gone", "第 {seq} 号记录的 {what} 不见了"),
    "remark-unknown": ("a {what} stands beside record {seq}, which has none", "第 {seq} 号记录本无 {what}，却存有一条"),
    "remark-erased": (
        "the {what} of record {seq} was erased, and stands there",
        "第 {seq} 号记录的 {what} 已删除，却仍存有一条",
    ),
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
    RECOVERED: (
        "record {seq} declares that a backup was put back and records were lost: {what}",
        "第 {seq} 号记录声明账本由备份恢复，丢失了记录：{what}",
    ),
    "checkpoint-changed": (
        "issued checkpoint {what} is not the one that was kept, or one before it is gone, or its time cannot be",
        "第 {what} 号已签发的校验码与留存时不符，或其前有缺失，或时间不可能",
    ),
    "checkpoint-differs": (
        "issued checkpoint {what} is of a head that this book never had",
        "第 {what} 号已签发的校验码不是本账本曾有的校验根",
    ),
    "checkpoint-declared": (
        "checkpoint {what} that was kept is of the book that was lost; record {seq} declares it",
        "留存的第 {what} 号校验码属于已丢失的那部分账本，第 {seq} 号记录已声明",
    ),
    "evidence-differs": (
        "the book is not the one that others hold: {what}, it had another root",
        "账本与账外留存不符：{what}，校验根不同",
    ),
    "evidence-beyond": (
        "records were cut off, or an old copy was put back: {what} records",
        "账本末尾被截去，或被换回旧副本：{what}",
    ),
    "evidence-declared": (
        "{what}, is of the book that was lost; record {seq} declares it",
        "{what}属于已丢失的那部分账本，第 {seq} 号记录已声明",
    ),
    "evidence-foreign": ("evidence of another book was left aside: {what}", "所给留存属于另一账本，未用：{what}"),
    "evidence-unusable": ("evidence that says nothing was left aside: {what}", "所给留存无法使用：{what}"),
    "secret-differs": (
        "the secret that closing balances are salted with is not the one of record {seq}",
        "结存加盐所用的密值与第 {seq} 号记录所记不符",
    ),
    "secret-missing": (
        "the secret that salts closing balances is gone from this book, and slips of them cannot be made: {what}",
        "本账本缺少结存加盐的密值，无法再出具或核对结存告知单：{what}",
    ),
    "balances-unchecked": (
        "closing balances are not checkable here, the secret that salts them is not in this copy: {what}",
        "此副本没有加盐密值，无法核对各户结存的校验根：{what}",
    ),
    "more": ("{what} more findings of this code are not listed", "同类发现另有 {what} 条未列出"),
}


GRADES = dict.fromkeys(
    (
        "handed-over-uncovered",
        "outside-fund-use",
        "over-fund-budget",
        "closing-below-zero",
        "checkpoint-declared",
        "secret-missing",
        "evidence-declared",
        "evidence-unusable",
    ),
    IRREGULAR,
) | dict.fromkeys(("evidence-foreign", "balances-unchecked", RECOVERED), NOTE)
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
    anchored: int = 0
    """Over how many of its records something reaches that others hold."""
    anchored_by: str = ""
    """What reaches so far: the name of a file, or a line from paper."""
    integrity: bool = False
    """Whether the journal alone was looked at, and nothing decided or derived again."""

    @property
    def checkpoint(self) -> str | None:
        """The head as a checkpoint, to hold the book against later; None where there is none.

        That is where no record could be read, or the code of the village was changed into what might say anything.
        """
        if not self.size or not VILLAGE_CODE.fullmatch(self.village):
            return None
        return Checkpoint(origin_of(self.village), self.size, bytes.fromhex(self.root)).text()

    @property
    def whole(self) -> bool:
        """Tell whether nothing is broken."""
        return not any(finding.grade == BROKEN for finding in self.findings)

    def say(self, lang: str = "en") -> str:
        """Return one sentence on what this audit assures, and what it cannot."""
        broken = sum(finding.grade == BROKEN for finding in self.findings)
        left = self.size - self.anchored
        if lang == "zh":
            state = "完整" if self.whole else f"有 {broken} 处不符"
            held = "未与账外留存比对，请抄存校验根以备日后比对。"
            if self.anchored:
                rest = "其后再无记录" if not left else f"其后 {left:,} 笔尚无账外留存"
                held = f"前 {self.anchored:,} 笔有账外留存（{self.anchored_by}）；{rest}。"
            alone = "；仅核对记录本身，未重算各项数字" if self.integrity else ""
            lost = "".join(f"账本曾由备份恢复：{one.what_zh or one.what}丢失。" for one in self.recoveries)
            return f"共 {self.size:,} 笔记录，{state}{alone}；{held}{lost}"
        state = "whole" if self.whole else f"{broken} finding(s) broken"
        held = "nothing that others hold was compared; keep the root elsewhere to compare later."
        if self.anchored:
            are = "1 record since then is" if left == 1 else f"{left:,} records since then are"
            rest = "there are none since then" if not left else f"{are} not yet anchored"
            held = f"held outside up to {self.anchored:,} by {self.anchored_by}; {rest}."
        alone = " (the records alone: no figure was derived again)" if self.integrity else ""
        lost = "".join(f" A backup was put back, and records were lost: {one.what}." for one in self.recoveries)
        return f"{self.size:,} records, {state}{alone}; {held}{lost}"

    @property
    def recoveries(self) -> tuple[Finding, ...]:
        """The findings that list what the book itself declares lost."""
        return tuple(finding for finding in self.findings if finding.code == RECOVERED)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings."""
        return iter(self.findings)
