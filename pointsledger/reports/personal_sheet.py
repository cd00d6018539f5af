"""Personal data as a sheet: text to read on a screen, and a page that is printed and handed over."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from pointsledger.reports.reading_out import said
from pointsledger.reports.trace_sheet import record_in_words
from pointsledger.values.visible import visible
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.reports.personal import PersonalData

_ROLES = {"household": Words("household", "户"), "resident": Words("member", "成员")}
_FIGURES = {
    "balance": Words("balance", "余额"),
    "held": Words("reserved", "预约占用"),
    "pending": Words("pending", "待生效"),
    "arrears": Words("arrears", "欠分"),
    "available": Words("available", "可用"),
}
_PEOPLE = Words("Who is in the register", "名册资料")
_GROUPS = Words("Group", "所在组")
_POINTS = Words("Points", "积分")
_RECORDS = Words("Records", "台账记录")
_FROM = Words("from", "自")
_NOTE = Words(
    "This is everything that the points book holds of this household. It holds personal data: keep it safe.",
    "以上为积分账本中关于本户的全部内容，含个人信息，请妥善保管。",
)
_STYLE = """
body { font: 11pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; margin: 2em auto;
  max-width: 46em; padding: 0 1em; }
h1 { font-size: 1.3em; } h2 { font-size: 1.1em; margin: 1.4em 0 .4em; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #999; padding: .25em .5em; text-align: left; }
ol { list-style: none; padding: 0; } li { border-top: 1px solid #ccc; padding: .35em 0; }
li span { display: block; } li span + span { color: #444; margin-left: 1.5em; }
@media print { li, tr { break-inside: avoid; } body { margin: 0; max-width: none; } }
"""


def sheet(data: PersonalData, lang: str) -> str:
    """Return it as lines of text."""
    lines = [_title(data, lang), "", f"{said(_PEOPLE, lang)}:" if lang != "zh" else f"{_PEOPLE.zh}："]
    lines += ["  " + "  ".join(row) for row in _people(data, lang)]
    lines += ["", *(f"{what}  {value}" for what, value in _figures(data, lang))]
    lines += [
        "",
        f"{said(_RECORDS, lang)} ({len(data.records)})" if lang != "zh" else f"{_RECORDS.zh}（{len(data.records)}）",
    ]
    for words in _records(data, lang):
        lines += [f"  {words[0]}", *(f"    {line}" for line in words[1:])]
    return "\n".join(map(visible, [*lines, "", said(_NOTE, lang)]))


def page(data: PersonalData, lang: str) -> str:
    """Return it as one page of HTML that needs nothing beside it."""
    title = escape(_title(data, lang))
    people = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in _people(data, lang))
    figures = "".join(
        f"<tr><th>{escape(what)}</th><td>{escape(value)}</td></tr>" for what, value in _figures(data, lang)
    )
    records = "".join(
        f"<li>{''.join(f'<span>{escape(line)}</span>' for line in words)}</li>" for words in _records(data, lang)
    )
    tongue = "zh-CN" if lang == "zh" else "en"
    return f"""<!DOCTYPE html>
<html lang="{tongue}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{_STYLE}</style></head><body>
<h1>{title}</h1>
<h2>{escape(said(_PEOPLE, lang))}</h2><table>{people}</table>
<h2>{escape(said(_POINTS, lang))}</h2><table>{figures}</table>
<h2>{escape(said(_RECORDS, lang))} ({len(data.records)})</h2><ol>{records}</ol>
<p>{escape(said(_NOTE, lang))}</p>
</body></html>
"""


def _title(data: PersonalData, lang: str) -> str:
    words = Words(
        f"Personal data of {data.household} {data.name}, {data.village}, {data.on}",
        f"{data.village} {data.household} {data.name} 个人信息（{data.on}）",
    )
    return said(words, lang)


def _people(data: PersonalData, lang: str) -> Iterator[tuple[str, ...]]:
    for one in data.people:
        yield said(_ROLES[one.role], lang), one.code, one.name, one.id


def _figures(data: PersonalData, lang: str) -> Iterator[tuple[str, str]]:
    for group, from_on in data.groups:
        yield (
            said(_GROUPS, lang),
            f"{group} ({said(_FROM, lang)} {from_on})" if lang != "zh" else f"{group}（自 {from_on}）",
        )
    for name, words in _FIGURES.items():
        yield said(words, lang), f"{getattr(data, name):f}"


def _records(data: PersonalData, lang: str) -> Iterator[list[str]]:
    for record in data.records:
        yield record_in_words(record, lang)
