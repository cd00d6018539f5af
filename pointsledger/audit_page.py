"""The audit as a page to be printed, filed and signed: what was looked at, what was found, and how far it reaches."""

from __future__ import annotations

from collections.abc import Sequence

from pointsledger.findings import GRADE_WORDS, AuditReport
from pointsledger.page import FIGURES, KEPT, Column, Page
from pointsledger.values.sequences import MOST_RANGES, numbers
from pointsledger.values.words import Words

_COLUMNS = (
    Column(Words("grade", "等级"), KEPT),
    Column(Words("code", "代码"), KEPT),
    Column(Words("records", "记录号")),
    Column(Words("finding", "发现")),
)
_NOTHING = Words("Nothing was found.", "未发现问题。")
_VILLAGES = (
    Column(Words("village", "村代码"), KEPT),
    Column(Words("records", "笔数"), FIGURES),
    Column(Words("findings", "发现"), FIGURES),
    Column(Words("what this assures", "结论")),
)


def audit_page(reports: Sequence[AuditReport], *, lang: str = "zh") -> str:
    """Return one page of HTML on the audits of one village or several; it needs nothing beside it."""
    title = Words("Audit of the points book", "积分账本审计报告")
    page = Page(title.zh if lang == "zh" else title.en, lang)
    if len(reports) > 1:
        rows = [(one.village, one.size, len(one.findings), one.say(lang)) for one in reports]
        page.table(_VILLAGES, rows)
    for report in reports:
        page.heading(Words(f"Village {report.village}", f"村 {report.village}"))
        write_audit(page, report, lang)
    return page.text()


def write_audit(page: Page, report: AuditReport, lang: str) -> None:
    """Write the verdict of an audit, the head, and what it found."""
    page.tell(report.say(lang), "" if report.whole else "warn")
    page.tell(Words(f"Root over {report.size:,} records:", f"{report.size:,} 笔记录的校验根："), "soft")
    page.code(report.root)
    found = [
        (page.say(GRADE_WORDS[one.grade]), one.code, page.say(numbers(one.seqs, MOST_RANGES)), one.say(lang))
        for one in report
    ]
    page.table(_COLUMNS, found, _NOTHING)
