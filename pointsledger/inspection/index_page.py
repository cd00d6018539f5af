"""The first page of a pack: what was asked, what came out of each village, and where it all stands."""

from __future__ import annotations

from collections.abc import Sequence

from pointsledger.audit_page import HEADS
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.papers import VillageInspected
from pointsledger.page import FIGURES, KEPT, Cell, Column, Page, count, link
from pointsledger.values.words import Words

NO_ACCUSATION = Words(
    "What stands here is no accusation: each line names a paper to look at or a person to ask.",
    "本包所列均为待核事项，不是结论，更不是指控；每条都写明下一步该看什么、问谁。",
)
PERSONAL = Words(
    "This pack names residents and operators. It is for the inspection, not for the wall.",
    "本包含有村民和经办人姓名，仅供检查使用，不得张贴公示。",
)


def index_page(period: str, villages: Sequence[VillageInspected], audited: Words, lang: str) -> str:
    """Return the page; ``audited`` says when the books were audited, and against what."""
    title = Words(f"Points ledger: inspection of {period}", f"积分台账检查包：{period}")
    page = Page(title.zh if lang == "zh" else title.en, lang, footer=PERSONAL.zh if lang == "zh" else PERSONAL.en)
    inspected = [one for one in villages if one.papers is not None]
    total = sum(sum(one.papers.inspection.counts.values()) for one in inspected if one.papers)
    records = sum(one.papers.inspection.records for one in inspected if one.papers)
    page.tell(
        Words(
            f"{len(inspected):,} of {len(villages):,} villages inspected, {records:,} records looked at, {total:,} "
            "things to look into.",
            f"共 {len(villages)} 个村，已核查 {len(inspected)} 个，核查记录 {records:,} 笔，待核事项 {total:,} 项。",
        )
    )
    page.tell(audited)
    page.tell(NO_ACCUSATION, "soft")
    page.heading(Words("Village by village", "各村情况"))
    columns = (
        Column(Words("village", "村"), KEPT),
        Column(Words("records", "记录"), FIGURES),
        Column(Words("to look into", "待核"), FIGURES),
        Column(Words("audit", "审计"), KEPT),
        Column(Words("root of the book", "校验根")),
    )
    page.table(columns, [_village(page, one) for one in villages])
    heads = [one.audit.checkpoint for one in villages if one.audit is not None and one.audit.checkpoint is not None]
    if heads:
        page.kept(HEADS, "\n".join(heads))
    page.heading(Words("What was asked", "核查了什么"))
    asked = (
        Column(Words("check", "核查项"), KEPT),
        Column(Words("question", "问题")),
        Column(Words("found", "发现"), FIGURES),
        Column(Words("villages", "涉及村")),
    )
    page.table(asked, [_check(page, check.code, inspected) for check in CHECKS])
    page.tell(
        Words(
            "A record belongs to the period if it was recorded on one of its days or counts in it.",
            "凡在该周期内录入的、或计入该周期的记录，均在核查之列。",
        ),
        "soft",
    )
    page.heading(Words("Beside this page", "同夹文件"))
    page.listed(
        [
            link("findings.csv", "findings.csv"),
            link("findings.json", "findings.json"),
            link("thresholds.toml", "thresholds.toml"),
        ]
    )
    return page.text()


def _village(page: Page, one: VillageInspected) -> Sequence[Cell]:
    here = link(one.village, f"{one.folder}/index.html")
    if one.audit is None:
        audit, root = page.say(Words("not possible", "无法审计")), ""
    else:
        audit = page.say(Words("whole", "完整") if one.audit.whole else Words("BROKEN", "有不符"))
        root = f"{one.audit.size:,}: {one.audit.root[:32]}…" if one.audit.size else ""
    if one.papers is None:
        later = Words("begins later", "建账在后") if one.began_later else Words("not inspected", "未能核查")
        return here, "", page.say(later), audit, root
    inspection = one.papers.inspection
    return here, f"{inspection.records:,}", count(sum(inspection.counts.values())), audit, root


def _check(page: Page, code: str, inspected: Sequence[VillageInspected]) -> Sequence[Cell]:
    check = next(one for one in CHECKS if one.code == code)
    found = [(one, one.papers.inspection.counts[code]) for one in inspected if one.papers]
    where = [one.village for one, number in found if number]
    return (
        page.say(check.title),
        page.say(check.question),
        count(sum(number for _, number in found)),
        page.say(Words(", ".join(where), "、".join(where))),
    )
