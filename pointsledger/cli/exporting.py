"""Commands that carry a book out for other tools, and that say what was lost when a backup was put back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pointsledger.cli.acting import Reason
from pointsledger.cli.options import AsCsv, AsJson, By, Db, NewPlace, Output, Request, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say, show, warn
from pointsledger.cli.words import many, speak
from pointsledger.copies import BODIES, CSV, FORMS
from pointsledger.decisions.recovering import lost_in_words
from pointsledger.errors import InvalidSetting, OptionRequired, OptionsConflict
from pointsledger.ledger import Ledger
from pointsledger.recoveries import Recovery

_RECOVERIES = (
    *("seq", "on", "lost_from", "lost_through", "last_on", "heads", "extends"),
    *("size", "root", "by", "reason"),
)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (export, recovered, recoveries):
        app.command()(command)


def export(
    db: Db,
    village: Village = None,
    form: Annotated[
        str, typer.Option("--format", help="bodies (JSON lines), hledger (plain-text accounts) or csv (every table).")
    ] = BODIES,
    after: Annotated[int, typer.Option("--after", help="Of the bodies: only those behind this record.")] = 0,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="In csv: the tables with names and free text too.")
    ] = False,
    output: NewPlace = None,
) -> None:
    """Write the book for other tools (导出), every record held against its hash on the way."""
    _see_together(form, output, after=after, with_names=with_names)
    with Ledger.open(db, village=village) as ledger, bar("writing", "导出中") as progress:
        head = ledger.export(output or _Screen(), form=form, after=after, with_names=with_names, progress=progress)
    tell = say if output else warn
    where, where_zh = (f"{output}: ", f"{output}：") if output else ("", "")
    tell(
        speak(
            f"{where}{many(head.size, 'record')}, root {head.root.hex()}",
            f"{where_zh}{head.size} 笔记录，校验根 {head.root.hex()}",
        )
    )
    if form == CSV and not with_names:
        say(speak("Names and free text are left out (--with-names).", "未含姓名与备注（需要时加 --with-names）。"))


def _see_together(form: str, output: Path | None, *, after: int, with_names: bool) -> None:
    """See that what is asked for goes together, in the words of the command line.

    Raises:
        InvalidSetting, OptionsConflict, OptionRequired: if it does not.

    """
    if form not in FORMS:
        told = ", ".join(FORMS)
        raise InvalidSetting(name="--format", value=form, allowed=told, allowed_zh=told)
    if after and form != BODIES:
        raise OptionsConflict(option="--after", beside=f"--format {form}")
    if with_names and form != CSV:
        raise OptionsConflict(option="--with-names", beside=f"--format {form}")
    if form == CSV and output is None:
        raise OptionRequired(
            option="a folder", option_zh="文件夹", instead="as --output FOLDER", instead_zh="如 --output 文件夹"
        )


class _Screen:
    """The standard output as bytes: what a stranger hashes must not have other line ends."""

    def write(self, data: bytes, /) -> object:
        """Write bytes; where the output takes only text, they are UTF-8."""
        binary = getattr(sys.stdout, "buffer", None)
        return sys.stdout.write(data.decode()) if binary is None else binary.write(data)


def recovered(
    lost_from: Annotated[int, typer.Argument(help="The first record that was lost.", show_default=False)],
    reason: Reason,
    db: Db,
    village: Village = None,
    head: Annotated[
        list[str] | None,
        typer.Option(
            "--head", help="SIZE:ROOT of a slip or notice of what was lost, which shows how far it reaches; repeatable."
        ),
    ] = None,
    last_on: Annotated[
        str | None, typer.Option("--last-on", help="Where no head is known: the day of the last entry that was lost.")
    ] = None,
    by: By = None,
    request: Request = None,
) -> None:
    """Declare that a backup was put back (备份恢复声明), and which records were lost with it."""
    heads = [_head(written) for written in head or ()]
    with Ledger.open(db, village=village) as ledger:
        receipt = ledger.recovered(
            lost_from=lost_from, reason=reason, heads=heads, last_on=last_on, by=by, request=request
        )
        lost = lost_in_words(ledger.record(receipt.seq).said)
    say(
        speak(
            f"Declared in record {receipt.seq}: records were lost, {lost.en}.",
            f"已由第 {receipt.seq} 号记录声明：记录丢失，{lost.zh}。",
        )
    )


def recoveries(
    db: Db, village: Village = None, as_json: AsJson = False, as_csv: AsCsv = False, output: Output = None
) -> None:
    """Show what was declared lost when backups were put back."""
    with Ledger.open(db, village=village) as ledger:
        found = ledger.recoveries()
    rows = [_row(one, as_json=as_json) for one in found]
    show(rows, _RECOVERIES, as_json=as_json, as_csv=as_csv, output=output)


def _row(one: Recovery, *, as_json: bool) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in _RECOVERIES}
    told = [{"size": size, "root": root} for size, root in one.heads]
    return row | {"heads": told if as_json else ";".join(f"{size}:{root}" for size, root in one.heads)}


def _head(written: str) -> tuple[int, str]:
    """Take a head as it is written: the number of records, a colon, the root, in which spaces do no harm.

    Raises:
        InvalidSetting: if it is none.

    """
    size, mark, root = written.replace("：", ":").partition(":")
    if not (mark and size.strip().isascii() and size.strip().isdigit()):
        raise InvalidSetting(name="--head", value=written, allowed="SIZE:ROOT", allowed_zh="记录数:校验根")
    return int(size), root.strip()
