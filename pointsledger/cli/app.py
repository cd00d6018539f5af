"""The application: its commands, and what becomes of an error."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from pointsledger.cli import acting, demo, documents, importing, reading
from pointsledger.cli.running import REFUSED, told
from pointsledger.cli.showing import say
from pointsledger.cli.words import LANGUAGES, choose
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
importing.register(app)
reading.register(app)


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - typer passes the value by its place
    if asked:
        say(f"pointsledger {RELEASE}")
        raise typer.Exit


@app.callback()
def _choose_language(
    lang: Annotated[
        str | None, typer.Option("--lang", envvar="POINTSLEDGER_LANG", help="zh or en; the locale's if left out.")
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, help="Say which release this is, and end."),
    ] = False,
) -> None:
    """Keep a village's book of merit points (积分): append-only, and auditable."""
    if lang is not None and lang not in LANGUAGES:
        message = f"--lang is {lang!r}; use zh or en."
        raise typer.BadParameter(message)
    choose(lang)


def run() -> None:
    """Run the command line; a user's mistake is one sentence and an exit status, never a traceback."""
    choose(None)
    _write_every_character()
    try:
        with told():
            app()
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(REFUSED)


def _write_every_character() -> None:
    """Write UTF-8 to files and pipes, and what a screen cannot show as a question mark, rather than stop half-way."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in {"utf-8", "utf8"}:
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
