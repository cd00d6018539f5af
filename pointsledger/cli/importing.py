"""Commands that read sheets: the register, the paper book's openings, a month's deeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from pointsledger.cli.options import By, Db, File, Label, Replace, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say, table
from pointsledger.cli.words import language, many, speak
from pointsledger.errors import SheetFaulty
from pointsledger.ledger import Ledger
from pointsledger.sheets.importing import ImportReport
from pointsledger.sheets.lists import ListReport
from pointsledger.sheets.row_faults import RowFault, faulty_rows
from pointsledger.values.visible import quoted
from pointsledger.values.words import Words

_ROWS = Words("", "行")
_REDEEMED = Words("redemptions ", "笔兑换")
_IRREGULAR = ("of them without enough points or goods", "笔积分或库存不足")
_DOING = {True: ("trying", "试运行中"), False: ("importing", "导入中")}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("enrol")(enrol)
    app.command("opening")(opening)
    app.command("import")(import_deeds)


def enrol(file: File, db: Db, village: Village = None, by: By = None) -> None:
    """Enrol the households of a CSV sheet: 户号, 户主, 组, 成员."""
    with Ledger.open(db, village=village) as ledger, _faults_shown():
        _tell(ledger.enrol_list(file, by=by), "household", "enrolled", "户登记入册")


def opening(
    file: File,
    db: Db,
    village: Village = None,
    stock: Annotated[
        bool, typer.Option("--stock", help="The sheet holds goods: 商品, 数量, 单价, 保质期, 超市.")
    ] = False,
    by: By = None,
) -> None:
    """Bring forward what the paper book held: 户号 and 期初积分, or the goods on the shelf."""
    with Ledger.open(db, village=village) as ledger, _faults_shown():
        if stock:
            _tell(ledger.opening_stock_list(file, by=by), "item", "brought forward", "种商品期初入账")
        else:
            _tell(ledger.opening_list(file, by=by), "household", "brought forward", "户期初积分入账")


def import_deeds(
    file: File,
    db: Db,
    period: Annotated[str, typer.Option("--period", help="The month of the sheet, such as 2026-10.")],
    redemptions: Annotated[
        bool, typer.Option("--redemptions", help="The sheet holds goods that were handed over: 日期, 户号, 商品, 数量.")
    ] = False,
    village: Village = None,
    label: Label = None,
    replace: Replace = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show, keep nothing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave faulty rows out.")] = False,
    other_months: Annotated[bool, typer.Option("--other-months", help="Take rows of other months.")] = False,
    repeats: Annotated[bool, typer.Option("--repeats", help="Take rows that are alike.")] = False,
    by: By = None,
) -> None:
    """Import a month's awards and deductions, or its redemptions on paper, from a CSV sheet, all rows or none."""
    with Ledger.open(db, village=village) as ledger, _faults_shown(), bar(*_DOING[dry_run]) as progress:
        act = ledger.import_redemptions if redemptions else ledger.import_deeds
        report = act(
            file,
            period=period,
            by=by,
            label=label,
            replace=replace,
            dry_run=dry_run,
            skip_bad=skip_bad,
            other_months=other_months,
            repeats=repeats,
            progress=progress,
        )
    if report.faults:
        _show_faults(report.faults)
    if dry_run:
        _tell_trial(report, _REDEEMED if redemptions else _ROWS, replace=replace is not None, skip_bad=skip_bad)
    else:
        _tell_import(report, _REDEEMED if redemptions else _ROWS)
    if report.counts_in:
        say(
            speak(
                f"{report.period} is closed: what is posted counts in {report.counts_in}, for {report.period}.",
                f"{report.period} 已结账：入账的行计入 {report.counts_in}，所属周期为 {report.period}。",
            )
        )
    if report.faults:
        raise typer.Exit(1)


def _tell_import(report: ImportReport, of: Words) -> None:
    """Say what an import did; what it posts is counted in ``of``."""
    counts = [
        (report.posted, f"{of.en}posted", f"{of.zh}入账"),
        (report.irregular, *_IRREGULAR),
        (report.unchanged, f"{of.en}stood already", f"{of.zh}此前已入账"),
        (report.reversed_rows, f"{of.en}reversed", f"{of.zh}冲销"),
        (report.left_reversed, f"{of.en}stand reversed", f"{of.zh}此前已冲销"),
        (report.capped, "cut by a limit", "行超限额被削减"),
        (faulty_rows(report.faults), "faulty and left out", "行有误未录"),
    ]
    say(f"{_batch(report)}{_counted(counts)}{speak('; points', '；积分')} {report.points:+}{speak('.', '。')}")


def _tell_trial(report: ImportReport, of: Words, *, replace: bool, skip_bad: bool) -> None:
    """Say what an import would do, in words that nobody takes for what it did."""
    trial = speak("Trial run, nothing kept: ", "试运行，未保存：")
    faulty = faulty_rows(report.faults)
    if faulty and not skip_bad:
        sound = report.rows - len({fault.line for fault in report.faults if fault.line})
        counts = [(sound, "sound", "行无误"), (faulty, "faulty", "行有误")]
        skip = "" if replace else speak(", or leave faulty rows out with --skip-bad", "，或用 --skip-bad 跳过有误的行")
        refused = speak("; the sheet would be refused as a whole, correct it", "；照此导入将整张不录，请更正")
        say(f"{trial}{_batch(report)}{_counted(counts)}{refused}{skip}{speak('.', '。')}")
        return
    counts = [
        (report.posted, f"{of.en}would be posted", f"{of.zh}将入账"),
        (report.irregular, *_IRREGULAR),
        (report.unchanged, f"{of.en}stood already", f"{of.zh}此前已入账"),
        (report.reversed_rows, f"{of.en}would be reversed", f"{of.zh}将冲销"),
        (report.left_reversed, f"{of.en}stand reversed", f"{of.zh}此前已冲销"),
        (report.capped, "would be cut by a limit", "行将因超限额被削减"),
        (faulty, "faulty and would be left out", "行有误，将不录"),
    ]
    change = speak("; points would change by", "；积分将变动")
    say(f"{trial}{_batch(report)}{_counted(counts)}{change} {report.points:+}{speak('.', '。')}")


def _batch(report: ImportReport) -> str:
    label, rows = report.label, report.rows
    return speak(f"batch {quoted(label)}, {many(rows, 'row')}: ", f"批次“{label}”共 {rows} 行：")


def _counted(counts: Sequence[tuple[int, str, str]]) -> str:
    """Return how many rows came, or would come, to what; what no row came to is left out."""
    told = [f"{count} {speak(en, zh)}" for count, en, zh in counts if count]
    return speak(", ", "，").join(told) or speak("nothing to do", "没有要做的")


def _tell(report: ListReport, noun: str, done: str, zh: str) -> None:
    """Say what a list did: how many of ``noun`` were ``done`` (both in English), or how many ``zh``."""
    say(
        speak(
            f"{many(report.posted, noun)} {done}, {report.unchanged} stood already.",
            f"{report.posted} {zh}，{report.unchanged} 此前已有。",
        )
    )
    if report.counts_in:
        say(
            speak(
                f"{report.period} is closed: it counts in {report.counts_in}, for {report.period}.",
                f"{report.period} 已结账：计入 {report.counts_in}，属 {report.period}。",
            )
        )


@contextmanager
def _faults_shown() -> Iterator[None]:
    """Show every fault of a sheet before its error says what to do."""
    try:
        yield
    except SheetFaulty as error:
        _show_faults(error.data["faults"])
        raise


def _show_faults(faults: Sequence[RowFault]) -> None:
    lang = language()
    table(
        # a row that is gone from a corrected sheet has no line there
        [{"row": fault.line or None, "column": fault.column, "fault": fault.say(lang)} for fault in faults],
        ("row", "column", "fault"),
    )
