"""Pages: plain HTML of our own, that needs no network and no program but a browser, on a screen, a phone and A4 paper.

Everything that stands on a page goes through ``escape``; only what this module makes is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape, unescape
from typing import Final, NamedTuple

from pointsledger.values.words import Words

STYLE: Final = """
:root{--ink:#1c2624;--soft:#5a6663;--line:#d8dedb;--head:#eef3f0;--mark:#0b5d4e;--warn:#9a3412}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:64rem;padding:1.25rem 1rem 3rem;color:var(--ink);background:#fff;
font:16px/1.6 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","WenQuanYi Zen Hei",sans-serif}
nav,footer{color:var(--soft);font-size:.875rem}
nav{margin-bottom:.5rem}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.5rem}
h1{font-size:1.5rem;line-height:1.3;margin:.25rem 0 .5rem}
h2{font-size:1.125rem;margin:1.75rem 0 .5rem}
p{margin:.4rem 0;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.warn{color:var(--warn);font-weight:600}
a{color:var(--mark)}
table{border-collapse:collapse;width:100%;font-size:.9375rem;margin:.5rem 0 1rem}
th,td{border-bottom:1px solid var(--line);padding:.4rem .5rem;text-align:left;vertical-align:top;
overflow-wrap:anywhere}
th{background:var(--head);font-weight:600;overflow-wrap:break-word}
th.n,td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.k,th.k{white-space:nowrap}
details{font-size:.875rem}
pre{overflow:auto;margin:.4rem 0}
code{font:.875rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
ul{margin:.4rem 0;padding-left:1.25rem}
@media (max-width:40rem){
thead{display:none}
table,tbody,tr,td{display:block;width:100%}
tr{border-bottom:1px solid var(--line);padding:.5rem 0}
td,td.n,td.k{border:0;padding:.1rem 0 .1rem 6.5rem;text-align:left;white-space:normal;min-height:1.6em;
position:relative}
td::before{content:attr(data-label);position:absolute;left:0;width:6rem;color:var(--soft);overflow-wrap:anywhere}
td:empty{display:none}
}
@page{size:A4;margin:15mm}
@media print{
body{max-width:none;padding:0;font-size:10.5pt}
nav,details{display:none}
a{color:inherit;text-decoration:none}
table{font-size:9.5pt}
thead{display:table-header-group}
tr,h2{break-inside:avoid}
h2{break-after:avoid}
}
"""


GENERATED: Final = '<meta name="generator" content="pointsledger">'
"""What says of a page that it is one of these."""


def folded(name: str, text: str) -> str:
    """Return lines for a program, folded up under a name; ``kept_in`` reads them again."""
    return f"<details><summary>{escape(name)}</summary>\n<pre>\n{escape(text)}</pre></details>"


_KEPT_IN = re.compile(r"<details[^<>]*>\s*<summary>[^<]*</summary>\s*<pre>([^<]*)</pre>")


def kept_in(page: str) -> str:
    """Return what was written on a page for a program (`Page.kept`), from its file or a browser's copy of it."""
    return "\n".join(unescape(found) for found in _KEPT_IN.findall(page))


class Markup(str):
    """Text that is markup already, made by this module."""

    __slots__ = ()


class Column(NamedTuple):
    """A column of a table: what it is called; whether it holds figures, or words that stay in one line."""

    name: Words
    kind: str = ""


FIGURES: Final = "n"
KEPT: Final = "k"

Cell = str | int | Decimal | Markup


def link(text: str, target: str) -> Markup:
    """Return a link to a file beside the page."""
    return Markup(f'<a href="{escape(target)}">{escape(text)}</a>')


def count(number: int) -> Cell:
    """Return how many there are, so that it stands out where there are any."""
    return Markup(f"<strong>{number:,}</strong>") if number else "0"


def lines(texts: Iterable[str]) -> Markup:
    """Return several lines of one cell."""
    return Markup("<br>".join(_safe(text) for text in texts))


def _safe(text: Cell) -> str:
    if isinstance(text, Markup):
        return text
    return escape(f"{text:f}" if isinstance(text, Decimal) else str(text))


class Page:
    """One page while it is written, in one language."""

    def __init__(self, title: str, lang: str, *, above: Sequence[Markup] = (), footer: str = "") -> None:
        """Begin it; ``above`` are the links to the pages that lead here."""
        self._title = title
        self._lang = lang
        self._footer = footer
        self._parts: list[str] = []
        if above:
            self._parts.append(f"<nav>{' › '.join(above)}</nav>")
        self._parts.append(f"<h1>{escape(title)}</h1>")

    def say(self, words: Words) -> str:
        """Return the one of two texts that is in the page's language."""
        return words.zh if self._lang == "zh" else words.en

    def heading(self, words: Words) -> None:
        """Begin a part of the page."""
        self._parts.append(f"<h2>{escape(self.say(words))}</h2>")

    def tell(self, text: Words | Cell, kind: str = "") -> None:
        """Write a paragraph; of ``kind`` ``soft`` or ``warn`` it stands back, or out."""
        told = self.say(text) if isinstance(text, Words) else text
        named = f' class="{kind}"' if kind else ""
        self._parts.append(f"<p{named}>{_safe(told)}</p>")

    def code(self, text: str) -> None:
        """Write a line of signs that have to be compared one by one."""
        self._parts.append(f"<p><code>{escape(text)}</code></p>")

    def kept(self, name: Words, text: str) -> None:
        """Write lines for a program that reads the page again; folded up on the screen, and not printed."""
        self._parts.append(folded(self.say(name), text))

    def listed(self, entries: Iterable[Cell]) -> None:
        """Write a list."""
        self._parts.append("<ul>" + "".join(f"<li>{_safe(entry)}</li>" for entry in entries) + "</ul>")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], empty: Words | None = None) -> None:
        """Write a table, or ``empty`` where it has no rows; on a phone each row is a card with its headings beside."""
        heads = [escape(self.say(column.name)) for column in columns]
        marks = [f' class="{column.kind}"' if column.kind else "" for column in columns]
        written = [
            "<tr>"
            + "".join(
                f'<td{mark} data-label="{head}">{_safe(cell)}</td>'
                for mark, head, cell in zip(marks, heads, row, strict=True)
            )
            + "</tr>"
            for row in rows
        ]
        if not written and empty is not None:
            self.tell(empty, "soft")
            return
        top = "".join(f"<th{mark}>{head}</th>" for mark, head in zip(marks, heads, strict=True))
        self._parts.append(f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(written)}</tbody></table>")

    def text(self) -> str:
        """Return the whole page."""
        footer = f"<footer>{escape(self._footer)}</footer>" if self._footer else ""
        spoken = "zh-CN" if self._lang == "zh" else "en"
        return (
            f'<!DOCTYPE html>\n<html lang="{spoken}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{GENERATED}<title>{escape(self._title)}</title><style>{STYLE}</style></head>\n<body>"
            + "\n".join(self._parts)
            + f"{footer}</body></html>\n"
        )
