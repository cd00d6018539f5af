"""Rehearsals at the command line: what the rules of now, or a draft, would have made of a past period."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pointsledger.cli.options import AsCsv, AsJson, Db, File, Output, Period, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say, table, write
from pointsledger.cli.words import language, many, speak
from pointsledger.errors import InvalidSetting
from pointsledger.ledger import Ledger
from pointsledger.reports.rehearsal import Rehearsal, RehearsedTotal

_LEVELS = ("household", "deed", "village")
_FIGURES = ("granted", "rehearsed", "difference")
_COLUMNS = {
    "household": ("household", "name", "group", "deeds", "bases", "refused", *_FIGURES),
    "deed": ("seq", "on", "household", "name", "kind", "activity", "activity_name", "rulebook", *_FIGURES, "refusal"),
    "village": ("deeds", "bases", "left_out", "refused", *_FIGURES),
}
_SHOWN = {
    "household": ("household", "name", "group", "deeds", *_FIGURES),
    "deed": ("seq", "on", "household", "name", "what", *_FIGURES, "note"),
    "village": ("deeds", *_FIGURES),
}

Level = Annotated[str, typer.Option("--level", help=f"One of {', '.join(_LEVELS)}.")]


def register(rules: typer.Typer) -> None:
    """Add the commands to those about rule books."""
    rules.command("replay")(replay)
    rules.command("what-if")(what_if)


def _parse_level(level: str) -> str:
    if level not in _LEVELS:
        allowed_zh = "household（户）、deed（每件事项）、village（全村）"
        raise InvalidSetting(name="tally level", value=level, allowed=", ".join(_LEVELS), allowed_zh=allowed_zh)
    return level


def replay(
    period: Period,
    db: Db,
    village: Village = None,
    level: Level = "household",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Decide a past period once more by the rules in force by now, and compare; nothing is posted."""
    asked = _parse_level(level)
    with Ledger.open(db, village=village) as ledger, bar("replaying", "重算中") as progress:
        found = ledger.replay(period, progress=progress)
    _show(found, asked, as_json=as_json, as_csv=as_csv, output=output)


def what_if(
    file: File,
    db: Db,
    period: Annotated[str, typer.Option("--period", help="2026-10, 2026Q4, 2026H2 or 2026.", show_default=False)],
    village: Village = None,
    level: Level = "household",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Decide a past period once more by a draft, and compare; nothing is posted and nothing is adopted."""
    asked = _parse_level(level)
    with Ledger.open(db, village=village) as ledger, bar("trying the draft", "试算中") as progress:
        found = ledger.what_if(file, period, progress=progress)
    _show(found, asked, as_json=as_json, as_csv=as_csv, output=output)


def _show(found: Rehearsal, level: str, *, as_json: bool, as_csv: bool, output: Any) -> None:  # noqa: ANN401 - a path or none
    if as_json or as_csv:
        write(_rows(found, level), _COLUMNS[level], as_json=as_json)
        return
    rows = [row for row in _rows(found, level) if level != "household" or row["difference"] or row["refused"]]
    total = _totalled(found) | {"household": speak("total", "合计")} if level == "household" and rows else None
    if rows or output is not None:
        table(rows, _SHOWN[level], total, output=output)
    _tell(found, level)


def _tell(found: Rehearsal, level: str) -> None:
    """Say in a sentence what it comes to."""
    total, period = found.total, found.period
    rules = speak("the rules in force by now", "现行积分细则")
    if found.rulebook:
        rules = speak(f"the draft {found.rulebook}", f"草案“{found.rulebook}”")
    say(
        speak(
            f"{_counted(total)} of {period}: granted {total.granted}, by {rules} {total.rehearsed}, "
            f"{total.difference:+f}. Nothing was posted.",
            f"{period} 共 {_counted(total)}：已计 {total.granted}，按{rules}为 {total.rehearsed}，"
            f"相差 {total.difference:+f}。未作任何记录。",
        )
    )
    if total.refused:
        listed = speak("the note says why", "原因见说明") if level == "deed" else ""
        listed = listed or speak("--level deed lists them", "用 --level deed 列出")
        say(
            speak(
                f"{total.refused} of them these rules refuse or say nothing of; {listed}.",
                f"其中 {total.refused} 件按此不予计分或没有规定；{listed}。",
            )
        )
    if found.left_out:
        say(
            speak(
                f"{found.left_out} that were reversed since are left out.",
                f"另有 {found.left_out} 件已冲销，不计在内。",
            )
        )


def _counted(total: RehearsedTotal) -> str:
    """Say how many deeds were gone through, and how many base grants if there were any."""
    deeds = many(total.deeds, "deed")
    if not total.bases:
        return speak(deeds, f"{total.deeds} 件")
    bases = many(total.bases, "base grant")
    return speak(f"{deeds} and {bases}", f"{total.deeds} 件及基础分 {total.bases} 笔")


def _rows(found: Rehearsal, level: str) -> list[dict[str, Any]]:
    if level == "village":
        return [_totalled(found)]
    if level == "household":
        return [_fields(one) | {"difference": one.difference} for one in found.households]
    return [
        _fields(deed)
        | {
            "difference": deed.difference,
            "refusal": deed.refusal.code if deed.refusal is not None else None,
            "what": deed.activity_name or deed.activity,
            "note": deed.say(language()),
        }
        for deed in found.deeds
    ]


def _totalled(found: Rehearsal) -> dict[str, Any]:
    return _fields(found.total) | {"difference": found.total.difference, "left_out": found.left_out}


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a deed or a total
    return {name: getattr(value, name) for name in value.__slots__}
