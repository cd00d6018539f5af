"""The command that audits: one book, or every book of a database on all cores; as text, JSON, CSV or a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from pointsledger.audit_page import audit_page
from pointsledger.cli.options import AsCsv, AsJson, Db, Output, Village
from pointsledger.cli.progress_bar import bar
from pointsledger.cli.showing import say, table, write
from pointsledger.cli.words import language, speak
from pointsledger.errors import OptionsConflict
from pointsledger.findings import GRADE_WORDS, AuditReport
from pointsledger.ledger import Ledger
from pointsledger.values.calendar import SystemClock
from pointsledger.values.new_files import new_file

_COLUMNS = ("grade", "code", "seqs", "what", "finding")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(audit)


def audit(
    db: Db,
    village: Village = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against", help="What others kept: a file, a folder of files, or a line from paper; repeatable."
        ),
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="It is a copy without names, such as the township's.")] = False,
    integrity: Annotated[
        bool, typer.Option("--integrity", help="The journal alone: quick, and no figure is derived again.")
    ] = False,
    all_villages: Annotated[
        bool, typer.Option("--all-villages", help="Every village of the database, on all cores.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="With --all-villages: so many at once, not one a core.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write it as a page to be printed (HTML) to a new file.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Derive everything from the journal again and compare; exit with 1 if anything is broken."""
    if all_villages and village is not None:
        raise OptionsConflict(option="--all-villages", beside="--village")
    if jobs is not None and not all_villages:
        raise OptionsConflict(option="--jobs", beside=speak("one village", "单村审计"))
    asked: dict[str, Any] = {"against": against or (), "people": not copy, "integrity": integrity}
    kept: list[AuditReport] = []
    with nullcontext() if page is None else new_file(page) as file:
        found = _reports(db, village, asked, all_villages=all_villages, jobs=jobs)
        reports = _noted(found, kept, whole=page is not None)
        if as_json or as_csv:
            write(_rows(reports, all_villages=all_villages, as_json=as_json), _columns(all_villages), as_json=as_json)
        else:
            _tell(reports, output, all_villages=all_villages)
        if file is not None:
            now = SystemClock().now()
            file.write(audit_page(kept, at=now, against=against or (), lang=language()).encode())
    if not all(report.whole for report in kept):
        raise typer.Exit(1)


def _reports(
    db: str, village: str | None, asked: dict[str, Any], *, all_villages: bool, jobs: int | None
) -> Iterator[AuditReport]:
    if all_villages:
        yield from Ledger.audits(db, processes=jobs, **asked)
        return
    with bar("auditing", "审计中") as progress:
        report = Ledger.audit_at(db, village=village, progress=progress, **asked)
    yield report


def _noted(reports: Iterable[AuditReport], kept: list[AuditReport], *, whole: bool) -> Iterator[AuditReport]:
    """Pass reports on, and keep what is asked for in the end: for a page all of each, else whether it is whole."""
    for report in reports:
        kept.append(report if whole or not report.whole else replace(report, findings=()))
        yield report


def _columns(all_villages: bool) -> tuple[str, ...]:  # noqa: FBT001 - what the command was told
    return (*(("village",) if all_villages else ()), *_COLUMNS)


def _rows(reports: Iterable[AuditReport], *, all_villages: bool, as_json: bool) -> Iterator[dict[str, Any]]:
    for report in reports:
        for finding in report:
            seqs = list(finding.seqs) if as_json else ";".join(str(seq) for seq in finding.seqs)
            row = {"grade": finding.grade, "code": finding.code, "seqs": seqs, "what": finding.what}
            own = {"village": report.village} if all_villages else {}
            yield own | row | {"finding": finding.say()}


def _tell(reports: Iterable[AuditReport], output: Path | None, *, all_villages: bool) -> None:
    shown, heads = [], []
    for report in reports:
        for finding in report:
            row = {
                "grade": speak(*GRADE_WORDS[finding.grade]),
                "code": finding.code,
                "seqs": " ".join(str(seq) for seq in finding.seqs),
                "finding": finding.say(language()),
            }
            shown.append(({"village": report.village} if all_villages else {}) | row)
        heads.append((report.village, report.say(language()), report.root))
    if shown or output is not None:
        columns = ("village",) if all_villages else ()
        table(shown, (*columns, "grade", "code", "seqs", "finding"), output=output)
    for village, told, root in heads:
        say(f"{village}{speak(': ', '：')}{told}" if all_villages else told)
        say(speak(f"root {root}", f"校验根 {root}"))
