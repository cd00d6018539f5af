"""Running a command: what becomes of an error, and of a command that another one runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pointsledger.cli.misuse import run_words
from pointsledger.cli.showing import warn_lines
from pointsledger.cli.words import language
from pointsledger.errors import InputError, PointsLedgerError

REFUSED = 1
WRONG_USE = 2


@contextmanager
def told() -> Iterator[None]:
    """Turn an error of ours into its sentence, its code and an exit status."""
    try:
        yield
    except PointsLedgerError as error:
        sys.stdout.flush()
        warn_lines(f"{error.say(language())} ({error.code})")
        wrong_use = isinstance(error, InputError) and "faults" not in error.data
        sys.exit(WRONG_USE if wrong_use else REFUSED)


def run_line(command: Any, words: Sequence[str]) -> int:  # noqa: ANN401 - whatever typer makes of an application
    """Run one command line within this program; return its exit status."""
    try:
        with told():
            return run_words(command, list(words))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
