"""The command line, for scripts as well as people."""

from __future__ import annotations

import sys

from pointsledger.errors import ExtraMissing

_PARTS = frozenset({"typer", "rich"})


def main() -> None:
    """Run ``pointsledger``; exit with 0 if all is well, 1 for findings or a refusal, 2 for wrong use."""
    try:
        from pointsledger.cli.app import run  # noqa: PLC0415 - so that a missing part is told in one sentence
    except ModuleNotFoundError as error:
        if error.name not in _PARTS:
            raise
        sys.stderr.write(f"{ExtraMissing(feature='The command line', extra='cli')}\n")
        sys.exit(2)
    run()
