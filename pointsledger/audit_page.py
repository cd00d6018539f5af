"""The audit as a page to be printed, filed and signed: what was looked at, what was found, and how far it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pointsledger.findings import GRADE_WORDS, AuditReport
from pointsledger.page import FIGURES, KEPT, Column, Page
from pointsledger.values.calendar import Calendar
from pointsledger.values.sequences import MOST_RANGES, numbers
from pointsledger.values.words import Words

_COLUMNS = (
    Column(Words("grade", "等级"), KEPT),
    Column(Words("code", "代码"), KEPT),
    Column(Words("records", "记录号")),
    Column(Words("finding", "发现")),
)
_SIGNED = Words(
    "Audited by: ____________________    Day: ____________________",
    "审计人：____________________    日期：____________________",
)
_NOTHING = Words("Nothing was found.", "未发现问题。")
_VILLAGES = (
    Column(Words("village", "村代码"), KEPT),
    Column(Words("records", "笔数"), FIGURES),
    Column(Words("findings", "发现"), FIGURES),
    Column(Words("what this assures", "结论")),
)


HEADS = Words("To hold the book against this page later (--against)", "日后可用本页核对账本（--against）")
"""What is said of the checkpoints on a page."""


def audit_page(reports: Sequence[AuditReport], *, at: datetime, against: Sequence[str] = (), lang: str = "zh") -> str:
    """Return one page of HTML on the audits of one village or several; it needs nothing beside it.

    ``at`` is when they were made, and ``against`` names what the books were held against.
    """
    title = Words("Audit of the points book", "积分账本审计报告")
    page = Page(title.zh if lang == "zh" else title.en, lang)
    page.tell(occasion(at, against), "soft")
    if len(reports) > 1:
        rows = [(one.village, one.size, len(one.findings), one.say(lang)) for one in reports]
        page.table(_VILLAGES, rows)
    for report in reports:
        page.heading(Words(f"Village {report.village}", f"村 {report.village}"))
        write_audit(page, report, lang)
    page.tell(_SIGNED)
    return page.text()


def occasion(at: datetime, against: Sequence[str]) -> Words:
    """Return the sentence that says when something was audited, and against what others hold."""
    minute = Calendar().minute(at).replace("T", " ")
    if not against:
        return Words(
            f"Audited on {minute} (Beijing time), against nothing that others hold.",
            f"审计时间：{minute}（北京时间）；未与账外留存比对。",
        )
    return Words(
        f"Audited on {minute} (Beijing time), against {', '.join(against)}.",
        f"审计时间：{minute}（北京时间）；比对的账外留存：{'、'.join(against)}。",
    )


def write_head(page: Page, report: AuditReport) -> None:
    """Write the head that was audited, for people and as the checkpoint that the book can be held against later."""
    if report.checkpoint is not None:
        page.tell(Words(f"Root over {report.size:,} records:", f"{report.size:,} 笔记录的校验根："), "soft")
        page.code(report.root)
        page.kept(HEADS, report.checkpoint)


def write_audit(page: Page, report: AuditReport, lang: str) -> None:
    """Write the verdict of an audit, the head, and what it found."""
    page.tell(report.say(lang), "" if report.whole else "warn")
    write_head(page, report)
    found = [
        (page.say(GRADE_WORDS[one.grade]), one.code, page.say(numbers(one.seqs, MOST_RANGES)), one.say(lang))
        for one in report
    ]
    page.table(_COLUMNS, found, _NOTHING)
