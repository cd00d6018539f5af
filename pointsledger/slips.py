"""Slips (积分告知单): what a resident takes home, on paper, with a code that a phone reads.

Each is one self-contained page, to be printed on a quarter of A4: what it is, the number of records and 32 digits of
the root, to be held against the notice on the wall, and a QR code with the whole of the proof. What is too long for a
code, such as a rule book, has the checkpoint in it instead, with the whole root, and the proof stays in its file.

Needs the extra ``slips``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from pointsledger.errors import KINDS_ZH, ExtraMissing
from pointsledger.page import folded
from pointsledger.recoveries import Recovery
from pointsledger.reports.trace import TracedRecord
from pointsledger.rules import chart
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.proof import Proof, head_of
from pointsledger.values.points import unscaled
from pointsledger.values.records import POINTS, Record
from pointsledger.values.words import Words

try:
    import segno
except ModuleNotFoundError as _missing:
    raise ExtraMissing(feature=f"{__name__} (QR 二维码)", extra="slips") from _missing

MOST_IN_A_CODE = 2_900
"""Bytes that a QR code holds at its lowest level of correction, which is enough on clean paper: 2,953 at most."""

_STYLE = """
@page { size: A6; margin: 7mm }
body { font: 11pt/1.45 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif }
body { max-width: 89mm; margin: 1em auto }
h1 { font-size: 13pt; margin: 0 0 .4em }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em .8em; margin: 0 }
dt { color: #444 }
dd { margin: 0; overflow-wrap: anywhere }
.root { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: 10pt; max-width: 19ch }
svg { display: block; width: 80mm; height: auto; margin: .6em auto }
p, details { margin: .4em 0; font-size: 9pt }
pre { overflow: auto }
@media print { details { display: none } }
"""

_NOTICE = """
@page { size: A4; margin: 18mm }
body { font-size: 20pt; max-width: 174mm }
h1 { font-size: 32pt }
.root { font-size: 40pt; line-height: 1.3 }
svg { width: 100mm }
p { font-size: 15pt }
@media (max-width: 700px) { body { font-size: 13pt } .root { font-size: 20pt } }
"""

_KEEP = Words(
    "Keep this slip. Compare the number of records and the digits with the notice on the wall; the code is read by "
    "the checking page or by anybody's phone.",
    "请妥善保存。可将总笔数与校验码同公示栏核对；二维码可用核验网页或手机读取。",
)
_COMPARE = Words(
    "Whoever has a slip that says as many records: these digits must be the same. The code has all of them. If they "
    "differ, show the slip to the supervisory committee or to the township.",
    "手中告知单总笔数相同的，校验码应与此一致；二维码中是完整的校验码。如不一致，请持告知单向村务监督委员会或镇里反映。",
)

_PROOF = Words("The proof, as it stands in the code", "二维码中的凭证原文")
_PROOF_ALONE = Words("The proof", "凭证原文")
_TOO_LONG = Words(
    "This is too long for the code, which has the checkpoint alone; ask for the file as well.",
    "内容过长，二维码中只有校验码；请另要一份凭证文件。",
)


def receipt_slip(proof: Proof, *, told: TracedRecord | None = None, lang: str = "zh", decimals: int = 0) -> str:
    """Return the slip of a record as an HTML page; ``decimals`` are the places of a point in that village.

    ``told`` is what the book says of the record in people's words (``trace``): the proof knows them by their ids alone.
    """
    record = Record.from_body(proof.body)
    lines = [
        (Words("village", "村"), record.village),
        (Words("record", "记录号"), str(record.seq)),
        (Words("act", "事由"), _said(Words(record.kind, KINDS_ZH.get(record.kind, record.kind)), lang)),
        *(_in_words(told, lang) if told is not None else ()),
        (Words("day", "日期"), record.on),
        *_points(record, lang, decimals),
    ]
    return _page(Words("Receipt", "积分告知单"), lines, proof.text(), proof.note, lang=lang)


def _in_words(told: TracedRecord, lang: str) -> Iterator[tuple[Words, str]]:
    """Yield for whom and for what a record is, as far as it is for somebody and for something."""
    if told.household:
        member = f" · {told.member}" if told.member else ""
        yield Words("household", "户号"), f"{told.household}{member}"
    if told.rule is not None:
        yield Words("for", "事项"), told.rule.name
    if told.items:
        goods = (f"{item.name} × {item.pieces}" for item in told.items)
        yield Words("goods", "商品"), _said(Words(", ", "、"), lang).join(goods)


def _points(record: Record, lang: str, decimals: int) -> Iterator[tuple[Words, str]]:
    """Yield what a record brought the household or took from it, and what it held then."""
    unit = _said(Words("points", "分"), lang)
    # By the entries alone: a reversal or a hand-over says the number of a record, and no account.
    moved = sum(
        entry.amount if chart.holds_points(entry.target) else -entry.amount
        for entry in record.entries
        if entry.unit == POINTS
    )
    if moved:
        yield Words("moved", "变动"), f"{unscaled(moved, decimals):+f} {unit}"
    if "account" in record.said and "balance" in record.decided:
        yield Words("balance then", "当时余额"), f"{unscaled(record.decided['balance'], decimals):f} {unit}"


def closing_slip(slip: ClosingSlip, *, household: str = "", lang: str = "zh") -> str:
    """Return the slip of a closing balance as an HTML page; ``household`` is the code that people know.

    The proof knows the account by its id alone, which stands on the slip as well.
    """
    balance = slip.balance
    lines = [
        (Words("village", "村"), balance.village),
        *([(Words("household", "户号"), household)] if household else []),
        (Words("account", "账户"), balance.account),
        (Words("month", "月份"), balance.period),
        (Words("closing points", "期末积分"), f"{balance.points:f}"),
    ]
    return _page(Words("Closing slip", "结存告知单"), lines, slip.text(), slip.close.note, lang=lang)


def checkpoint_slip(note: str, *, on: str, recoveries: Iterable[Recovery] = (), lang: str = "zh") -> str:
    """Return a checkpoint as an HTML page in large, on A4, to be put on the wall on day ``on``.

    It lists the ``recoveries`` that the book declares: whoever holds a slip of what was lost finds the reason there.
    """
    head = head_of(note)
    lines = [
        (Words("village", "村"), head.village or head.origin),
        (Words("day", "日期"), on),
        *((Words("declared", "声明"), one.say(lang)) for one in recoveries),
    ]
    return _page(
        Words("Checkpoint", "校验码公示"), lines, note, note, advice=_COMPARE, style=_STYLE + _NOTICE, lang=lang
    )


def _page(
    title: Words,
    lines: Sequence[tuple[Words, str]],
    text: str,
    note: str,
    *,
    advice: Words = _KEEP,
    style: str = _STYLE,
    lang: str,
) -> str:
    head = head_of(note)
    shown = [
        *lines,
        (Words("records", "总笔数"), f"{head.size:,}"),
        (Words("root", "校验码"), head.short),
    ]
    rows = "\n".join(
        f"<dt>{escape(_said(name, lang))}</dt><dd{_CLASS.get(name.en, '')}>{escape(value)}</dd>"
        for name, value in shown
    )
    heading, held = escape(_said(title, lang)), _held(text, note)
    below, proof = ((advice,), _PROOF) if held == text else ((_TOO_LONG, advice), _PROOF_ALONE)
    told = "\n".join(f"<p>{escape(_said(words, lang))}</p>" for words in below)
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{heading}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n<dl>\n{rows}\n</dl>\n{_code_of(held)}\n"
        f"{told}\n{folded(_said(proof, lang), text)}\n</body>\n</html>\n"
    )


def _held(text: str, note: str) -> str:
    """Return what the code of a slip holds: its whole text, or its checkpoint, or that without its signatures."""
    return next(one for one in (text, note, head_of(note).text()) if len(one.encode()) <= MOST_IN_A_CODE)


def _code_of(held: str) -> str:
    """Return the QR code of a text as SVG."""
    # Light around it, which scanners look for; without a size of its own it is drawn as large as the page says.
    drawn: str = segno.make(held, error="l", micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return drawn


_CLASS = {"root": ' class="root"'}


def _said(words: Words, lang: str) -> str:
    return words.zh if lang == "zh" else words.en
