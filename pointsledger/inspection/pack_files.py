"""The findings of a pack as files for a spreadsheet and for a program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pointsledger.inspection.matter import Matter
from pointsledger.inspection.papers import VillageInspected
from pointsledger.values.formulas import unformula
from pointsledger.values.sequences import numbers
from pointsledger.values.words import Words

_HEADINGS = (
    Words("village", "村代码"),
    Words("check", "核查项"),
    Words("records", "记录号"),
    Words("who", "涉及人"),
    Words("when", "时间"),
    Words("what was found", "情况"),
    Words("look at next", "下一步核对"),
)


def csv_text(headings: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV in which no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([unformula(_plain(cell)) for cell in row] for row in rows)
    return text.getvalue()


def written_findings(period: str, villages: Sequence[VillageInspected], lang: str) -> Mapping[str, str]:
    """Return the two files with the findings of all villages, by their names."""
    headings = [words.zh if lang == "zh" else words.en for words in _HEADINGS]
    told = {"format": 1, "period": period, "villages": [_told(one) for one in villages]}
    return {
        "findings.csv": csv_text(headings, _rows(villages, lang)),
        "findings.json": json.dumps(told, ensure_ascii=False, indent=1, default=_plain) + "\n",
    }


def _rows(villages: Sequence[VillageInspected], lang: str) -> Iterator[Sequence[Any]]:
    for one in villages:
        for matter in one.papers.inspection if one.papers else ():
            seqs = numbers(matter.seqs)
            told = seqs.zh if lang == "zh" else seqs.en
            yield one.village, matter.check, told, matter.who, matter.when, matter.say(lang), matter.look_at(lang)


def _told(one: VillageInspected) -> dict[str, Any]:
    """Return a village with its findings as JSON has them, in both languages."""
    inspection = one.papers.inspection if one.papers else None
    return {
        "village": one.village,
        "error": None
        if one.error is None
        else {"code": one.error.code, "en": one.error.say(), "zh": one.error.say("zh")},
        "audit": None
        if one.audit is None
        else {
            "whole": one.audit.whole,
            "size": one.audit.size,
            "root": one.audit.root,
            "checkpoint": None if one.audit.checkpoint is None else one.audit.checkpoint.splitlines(),
            "findings": [
                {
                    "code": finding.code,
                    "grade": finding.grade,
                    "records": list(finding.seqs),
                    "en": finding.say(),
                    "zh": finding.say("zh"),
                }
                for finding in one.audit
            ],
        },
        "records": None if inspection is None else inspection.records,
        "counts": None if inspection is None else dict(inspection.counts),
        "matters": None if inspection is None else [_matter(matter) for matter in inspection],
    }


def _matter(matter: Matter) -> dict[str, Any]:
    return {
        "check": matter.check,
        "records": list(matter.seqs),
        "who": matter.who,
        "when": matter.when,
        "figures": dict(matter.figures),
        "en": matter.say(),
        "zh": matter.say("zh"),
        "look_en": matter.look_at(),
        "look_zh": matter.look_at("zh"),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a cell
    return f"{value:f}" if isinstance(value, Decimal) else value
