"""Commands for an inspection: the questions and the pack, and calling households back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pointsledger.cli.options import (
    AsCsv,
    AsJson,
    By,
    Db,
    Household,
    On,
    Output,
    Remark,
    Request,
    Village,
)
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say, say_lines, table, warn_lines, write
from pointsledger.cli.words import language, many, speak
from pointsledger.decisions.calling_back import ANSWERS
from pointsledger.errors import FileUnreadable, OptionRequired, OptionsConflict
from pointsledger.inspection.called_back import ANSWERS_IN_WORDS, DrawnHousehold
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.inspecting import Inspection
from pointsledger.inspection.pack import PackWritten, write_pack
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.ledger import Ledger
from pointsledger.values.sequences import MOST_RANGES, numbers
from pointsledger.values.visible import visible

_MATTER = ("check", "records", "who", "when", "finding", "next")
_CALLED = ("seq", "on", "household", "name", "answer", "size", "number", "period", "count", "by", "remark")
_DRAWN = ("place", "household", "name", "group", "ask", "id")

call_backs: typer.Typer = typer.Typer(no_args_is_help=True, help="Asking households themselves (抽查回访).")

_ThresholdsFile = Annotated[
    Path | None, typer.Option("--thresholds", help="A TOML file that sets some thresholds otherwise.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(inspect)
    app.add_typer(call_backs, name="call-backs")


def inspect(
    context: typer.Context,
    db: Db,
    period: Annotated[str | None, typer.Argument(help="2026-10, 2026Q4, 2026H2 or 2026.", show_default=False)] = None,
    village: Village = None,
    folder: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the pack to this new folder; index.html comes first.")
    ] = None,
    all_villages: Annotated[bool, typer.Option("--all-villages", help="Every village in the database.")] = False,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", help="With -o: what others kept, as of `audit --against`; repeatable."),
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="With -o: they are copies without names, such as the township's.")
    ] = False,
    thresholds: _ThresholdsFile = None,
    show_thresholds: Annotated[
        bool, typer.Option("--show-thresholds", help="Show the thresholds and their reasons, as such a file, and end.")
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Ask what inspectors ask (核查) of a period; with -o write everything they want to see to one folder."""
    chosen = Thresholds() if thresholds is None else Thresholds.from_file(thresholds)
    if show_thresholds:
        say_lines(chosen.to_toml(language()).rstrip("\n"))
        return
    if period is None:
        raise OptionRequired(
            option="a period",
            option_zh="周期",
            instead="such as 2026-10, 2026Q4 or 2026",
            instead_zh="如 2026-10、2026Q4 或 2026",
        )
    source = context.get_parameter_source("village")
    if all_villages and source is not None and source.name == "COMMANDLINE":  # the environment's is meant for others
        raise OptionsConflict(option="--village", beside="--all-villages")
    if folder is not None:
        if as_json or as_csv:
            raise OptionsConflict(option="--json" if as_json else "--csv", beside="--output")
        villages = None if all_villages else [_only(db, village)]
        with bar("inspecting", "核查中") as progress:
            pack = write_pack(
                db,
                period,
                folder,
                villages=villages,
                against=against or (),
                people=not copy,
                thresholds=chosen,
                lang=language(),
                progress=progress,
            )
        _tell_pack(pack)
        return
    if all_villages or against or copy:
        beside = "--all-villages" if all_villages else "--against" if against else "--copy"
        raise OptionRequired(
            option="--output",
            option_zh="选项 --output",
            instead=f"since {beside} goes with it",
            instead_zh=f"{beside} 须与 -o 同用",
        )
    with bar("inspecting", "核查中") as progress, Ledger.open(db, village=village) as ledger:
        found = ledger.inspect(period, thresholds=chosen, progress=progress)
    _tell(found, as_json=as_json, as_csv=as_csv)


def _only(db: str, village: str | None) -> str:
    """Return the village that is meant, which need not be named where there is only one."""
    if village is not None:
        return village
    with Ledger.open(db) as ledger:
        return ledger.village


def _tell_pack(pack: PackWritten) -> None:
    for one in pack.villages:
        if one.papers is None:
            told = one.error.say(language()) if one.error is not None else ""
            warn_lines(f"{visible(one.village)}{speak(': ', '：')}{told}")
            continue
        count = sum(one.papers.inspection.counts.values())
        broken = one.audit is not None and not one.audit.whole
        audit = speak("; its audit is BROKEN", "；审计有不符！") if broken else ""
        say(
            speak(
                f"{one.village}: {many(one.papers.inspection.records, 'record')}, {count} to look into{audit}.",
                f"{one.village}：核查 {one.papers.inspection.records} 笔，待核 {count} 项{audit}。",
            )
        )
    first = pack.folder / "index.html"
    say(speak(f"Open {first} first.", f"请先打开 {first}。"))
    if not pack.sound:
        raise typer.Exit(1)


def _tell(found: Inspection, *, as_json: bool, as_csv: bool) -> None:
    titles = {check.code: speak(check.title.en, check.title.zh) for check in CHECKS}
    rows = []
    for matter in found:
        told = numbers(matter.seqs, MOST_RANGES)
        seqs: Any = list(matter.seqs) if as_json else ";".join(map(str, matter.seqs))
        rows.append(
            {
                "check": matter.check if as_json or as_csv else titles[matter.check],
                "records": seqs if as_json or as_csv else speak(told.en, told.zh),
                "who": matter.who,
                "when": matter.when,
                "finding": matter.say(language()),
                "next": matter.look_at(language()),
            }
        )
    if as_json or as_csv:
        write(rows, _MATTER, as_json=as_json)
        return
    if rows:
        table(rows, ("check", "finding", "next"))
    total = sum(found.counts.values())
    say(
        speak(
            f"{many(found.records, 'record')} of {found.period} looked at, {total} to look into; no accusation.",
            f"{found.period} 核查记录 {found.records} 笔，待核 {total} 项；均为待核，并非指控。",
        )
    )


Number = Annotated[str, typer.Option("--number", help="A number that was fixed after the head, such as a lottery's.")]


@call_backs.command("draw")
def draw(
    db: Db,
    number: Number,
    count: Annotated[int, typer.Option("--count", min=1, help="How many households.")],
    village: Village = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Among those whose points moved in it; among all if left out.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint's file, in place of size and root.")
    ] = None,
    size: Annotated[int | None, typer.Option("--size", min=1, help="The records of the head.")] = None,
    root: Annotated[str | None, typer.Option("--root", help="The root of the head, 64 hexadecimal digits.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Draw households to be asked, by a head of the book and a number fixed after it; anybody draws the same."""
    text = None if checkpoint is None else _text(checkpoint)
    with Ledger.open(db, village=village) as ledger:
        found = ledger.draw_call_backs(period, number=number, count=count, checkpoint=text, size=size, root=root)
    rows = [{"place": one.place, "household": one.household, "name": one.name} | _ask(one) for one in found]
    if as_json or as_csv:
        write(rows, _DRAWN, as_json=as_json)
        return
    table(rows, _DRAWN[:-1], output=output)
    if output is None:
        say(
            speak(
                f"{len(found)} of {many(found.households, 'household')}, from {many(found.size, 'record')} with root "
                f"{found.root} and number {found.number}.",
                f"共 {found.households} 户，抽取 {len(found)} 户；依据 {found.size} 笔记录、校验根 {found.root} "
                f"与号码 {found.number}。",
            )
        )


def _text(file: Path) -> str:
    """Return what stands in a checkpoint's file.

    Raises:
        FileUnreadable: if it cannot be read as text.

    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(file=str(file), reason=error.strerror or type(error).__name__) from error
    except ValueError as error:  # a name that no file can have, or bytes that are no text
        raise FileUnreadable(file=str(file), reason="Invalid argument") from error


def _ask(one: DrawnHousehold) -> dict[str, Any]:
    """Return what to ask a household: each movement of its points, and the goods it got."""
    goods = {made.seq: made for made in one.redemptions}
    asked = []
    for line in one.lines:
        made = goods.get(line.seq) or goods.get(line.reservation)
        what = line.activity_name
        if made is not None:
            what = speak(", ", "、").join(f"{item.name} x {item.pieces}" for item in made.items)
        asked.append(f"{line.on} {what} {line.points:+f}" if what else f"{line.on} {line.points:+f}")
    return {"group": one.group, "ask": speak("; ", "；").join(asked), "id": one.account}


@call_backs.command("record")
def record(
    household: Household,
    db: Db,
    answer: Annotated[str, typer.Option("--answer", help=f"One of {', '.join(ANSWERS)}.")],
    village: Village = None,
    size: Annotated[int | None, typer.Option("--size", min=1, help="The records of the head drawn from.")] = None,
    number: Annotated[str | None, typer.Option("--number", help="The number drawn with.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="The period drawn among; left out if it was among all.")
    ] = None,
    count: Annotated[int | None, typer.Option("--count", min=1, help="How many were drawn.")] = None,
    by: By = None,
    on: On = None,
    request: Request = None,
    remark: Remark = None,
) -> None:
    """Record what a household answered; its words go to --remark, and the draw is named as it was made."""
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.call_back(
            household,
            answer=answer,
            size=size,
            number=number,
            period=period,
            count=count,
            by=by,
            on=on,
            request=request,
            remark=remark,
        )
    told = ANSWERS_IN_WORDS[answer]
    say(speak(f"{household}: {told.en}, record {receipt.seq}.", f"{household}：{told.zh}，第 {receipt.seq} 号记录。"))


@call_backs.command("list")
def listed(
    db: Db,
    period: Annotated[str | None, typer.Argument(help="2026-10, 2026Q4 …; all if left out.")] = None,
    village: Village = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """List the calls of a period, and what the answers come to."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.call_backs(period)
    rows = [
        {name: getattr(one, name) for name in one.__slots__} | {"size": one.size or None, "count": one.count or None}
        for one in found
    ]
    if as_json or as_csv:
        write(rows, _CALLED, as_json=as_json)
        return
    for row in rows:
        words = ANSWERS_IN_WORDS[row["answer"]]
        row["answer"] = speak(words.en, words.zh)
    table(rows, _CALLED, output=output)
    if output is None:
        said = [f"{speak(words.en, words.zh)} {found.counts[answer]}" for answer, words in ANSWERS_IN_WORDS.items()]
        say(speak(", ", "，").join(said) + speak(".", "。"))
