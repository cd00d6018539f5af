"""The application: its commands, and what becomes of an error."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer
from typer.main import get_command

from pointsledger.cli import (
    acting,
    auditing,
    base_points,
    books,
    checkpoints,
    closing,
    demo,
    disputes,
    documents,
    exchanging,
    expiring,
    exporting,
    funds,
    importing,
    inspecting,
    keeping,
    personal,
    proving,
    reading,
    redemptions,
    shops,
    stock,
    tracing,
)
from pointsledger.cli.misuse import run_words
from pointsledger.cli.running import REFUSED, told
from pointsledger.cli.showing import say
from pointsledger.cli.words import LANGUAGES, choose
from pointsledger.errors import FileUnwritable, InvalidSetting, PointsLedgerError
from pointsledger.release import RELEASE

app: typer.Typer = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    help="A village's book of merit points (积分): append-only, and auditable.",
)
demo.register(app)
documents.register(app)
acting.register(app)
exchanging.register(app)
base_points.register(app)
expiring.register(app)
importing.register(app)
closing.register(app)
reading.register(app)
redemptions.register(app)
shops.register(app)
books.register(app)
stock.register(app)
funds.register(app)
disputes.register(app)
tracing.register(app)
personal.register(app)
auditing.register(app)
checkpoints.register(app)
proving.register(app)
inspecting.register(app)
keeping.register(app)
exporting.register(app)


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - typer passes the value by its place
    if asked:
        say(f"pointsledger {RELEASE}")
        raise typer.Exit


def _speak(lang: str | None) -> str | None:
    """Choose the language while the line is still being read, so that a mistake further on is told in it."""
    if lang is not None and lang not in LANGUAGES:
        raise InvalidSetting(name="--lang", value=lang, allowed="zh or en", allowed_zh="zh 或 en")
    choose(lang)
    return lang


@app.callback()
def _choose_language(
    _lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            envvar="POINTSLEDGER_LANG",
            callback=_speak,
            is_eager=True,
            help="zh or en; the locale's if left out.",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, help="Say which release this is, and end."),
    ] = False,
) -> None:
    """Keep a village's book of merit points (积分): append-only, and auditable."""


def run() -> None:
    """Run the command line; a user's mistake is one sentence and an exit status, never a traceback."""
    choose(None)
    _write_every_character()
    try:
        with told():
            sys.exit(_run_and_flush())
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        _write_nowhere()
        sys.exit(REFUSED)


def _run_and_flush() -> int:
    """Run the words of this process; what was written is out when this returns.

    Raises:
        FileUnwritable: if the output has no room, or cannot be written for another reason.

    """
    try:
        status = run_words(get_command(app))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None or isinstance(error, PointsLedgerError):
            raise
        _write_nowhere()
        raise FileUnwritable(file="the output", reason=error.strerror or type(error).__name__) from error
    return status


def _write_nowhere() -> None:
    """Send what is still to be written to where nothing is refused, since the interpreter writes it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_every_character() -> None:
    """Write UTF-8 to files and pipes, and what a screen cannot show as a question mark, rather than stop half-way."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in {"utf-8", "utf8"}:
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
