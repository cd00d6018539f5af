"""A progress bar on the standard error, for what takes long; nothing where nobody sits and watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar

from pointsledger.cli.words import speak
from pointsledger.values.progress import Progress

WORTH_A_BAR = 3_000
"""Rows or records from which on a command shows how far it is."""


@contextmanager
def bar(en: str, zh: str) -> Iterator[Progress]:
    """Give a progress function that draws a bar, if there is enough to do; it says ``en`` or ``zh``."""
    with Bar(console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()) as drawn:
        task = drawn.add_task(speak(en, zh), visible=False)

        def progress(done: int, count: int) -> None:
            if count >= WORTH_A_BAR and done % 100 == 0:
                drawn.update(task, completed=done, total=count, visible=True)

        yield progress
