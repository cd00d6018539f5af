"""The pages of one village in a pack: what came out first, a page a check, and the papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pointsledger.audit_page import write_audit, write_head
from pointsledger.inspection import paper_pages
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.index_page import NO_ACCUSATION, PERSONAL
from pointsledger.inspection.papers import Papers, VillageInspected
from pointsledger.inspection.view import Check
from pointsledger.page import FIGURES, KEPT, Column, Markup, Page, count, lines, link
from pointsledger.values.words import Words

_PAPERS = (
    ("tally", Words("Tally of the period", "本期积分汇总"), True),
    ("redemptions", Words("Redemptions", "兑换清单"), True),
    (
        "books",
        Words("Points, goods and money: opening + in − out = closing", "积分、实物、资金：期初 + 收入 − 支出 = 期末"),
        True,
    ),
    ("rules", Words("Rule book and price list in force", "现行积分细则与价目表"), False),
    ("call-backs", Words("Call-backs", "抽查回访"), False),
)


def pages(found: VillageInspected, period: str, lang: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each file of a village."""
    yield "index.html", _first(found, period, lang)
    if found.audit is not None:
        page = _page(found, Words("Audit", "审计"), lang)
        write_audit(page, found.audit, lang)
        yield "audit.html", page.text()
    if found.papers is None:
        return
    for check in CHECKS:
        yield f"{check.code}.html", _check(found, found.papers, check, lang)
    for name, title, _ in _PAPERS:
        page = _page(found, title, lang)
        paper_pages.WRITERS[name](page, found.papers)
        yield f"{name}.html", page.text()
    for name, text in paper_pages.tables(found.papers, lang):
        yield name, text


def _page(found: VillageInspected, title: Words, lang: str, *, first: bool = False) -> Page:
    chinese = lang == "zh"
    above: list[Markup] = [link("全部村" if chinese else "All villages", "../index.html")]
    if not first:
        above.append(link(found.village, "index.html"))
    told = title.zh if chinese else title.en
    return Page(f"{found.village} {told}", lang, above=above, footer=PERSONAL.zh if chinese else PERSONAL.en)


def _first(found: VillageInspected, period: str, lang: str) -> str:
    page = _page(found, Words(f"inspection of {period}", f"{period} 核查情况"), lang, first=True)
    if found.audit is not None:
        page.tell(found.audit.say(lang), "" if found.audit.whole else "warn")
        write_head(page, found.audit)
        page.listed([link(page.say(Words("Audit", "审计")), "audit.html")])
    if found.error is not None:
        page.tell(
            Words(f"Not inspected: {found.error.say()}", f"未能核查：{found.error.say('zh')}"),
            "" if found.began_later else "warn",
        )
    if found.papers is None:
        return page.text()
    inspection = found.papers.inspection
    page.heading(Words("What came out", "核查结果"))
    page.tell(
        Words(
            f"{inspection.records:,} records of {inspection.first_day} to {inspection.last_day}, as of record "
            f"{inspection.size:,}.",
            f"{inspection.first_day} 至 {inspection.last_day} 的记录 {inspection.records:,} 笔，"
            f"截至第 {inspection.size:,} 号记录。",
        )
    )
    page.tell(NO_ACCUSATION, "soft")
    columns = (
        Column(Words("check", "核查项"), KEPT),
        Column(Words("question", "问题")),
        Column(Words("found", "发现"), FIGURES),
    )
    rows = (
        (
            link(page.say(check.title), f"{check.code}.html"),
            page.say(check.question),
            count(inspection.counts[check.code]),
        )
        for check in CHECKS
    )
    page.table(columns, rows)
    page.heading(Words("Papers", "随附资料"))
    page.listed([_paper(page, *paper) for paper in _PAPERS])
    return page.text()


def _paper(page: Page, name: str, title: Words, tabled: bool) -> Markup:  # noqa: FBT001 - a column of the table above
    here = link(page.say(title), f"{name}.html")
    return Markup(f"{here} ({link(f'{name}.csv', f'{name}.csv')})") if tabled else here


def _check(found: VillageInspected, papers: Papers, check: type[Check], lang: str) -> str:
    page = _page(found, check.title, lang)
    page.tell(check.question)
    inspection = papers.inspection
    own = [(one, value) for one, value in inspection.thresholds.rows() if one.check == check.code]
    if own:
        told = ", ".join(f"{one.name} = {value}" for one, value in own)
        page.tell(
            Words(f"Thresholds: {told} (thresholds.toml says why).", f"阈值：{told}（理由见 thresholds.toml）。"),
            "soft",
        )
    matters, total = inspection.of(check.code), inspection.counts[check.code]
    columns = (
        Column(Words("no.", "序号"), FIGURES),
        Column(Words("found", "情况")),
        Column(Words("look at next", "下一步核对")),
    )
    rows: Iterator[Sequence[Any]] = (
        (number, matter.say(lang), matter.look_at(lang)) for number, matter in enumerate(matters, start=1)
    )
    page.table(columns, rows, empty=Words("Nothing found.", "未发现。"))
    if total > len(matters):
        more = total - len(matters)
        page.tell(Words(f"{more:,} more are not listed.", f"另有 {more:,} 项未列出。"), "soft")
    if matters:
        page.tell(
            lines(
                [
                    page.say(Words("Every number of a record: findings.csv.", "全部记录号见 findings.csv。")),
                    page.say(Words("To read a record:", "查看某笔记录：")) + " pointsledger record NUMBER",
                    page.say(Words("To follow its points:", "溯源其积分：")) + " pointsledger trace NUMBER",
                ]
            ),
            "soft",
        )
    return page.text()
