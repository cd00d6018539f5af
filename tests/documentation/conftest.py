"""What the documentation tests share: the pages of the checkout and a shell in which a page's commands run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser
from tests.documentation.given_out import give_out


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pages(root: Path) -> dict[str, str]:
    """Return the text of README.md and of every page in docs/, by its path from the root."""
    found = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """Return a folder with ``pointsledger`` and ``python`` as the pages' shell finds them."""
    if shutil.which("sh") is None or not hasattr(os, "fork"):
        pytest.skip("the pages' commands need a POSIX shell")
    # Not pytest's own folder: the path of a socket may have no more than about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="pages-"))
    server = Path(__file__).parent / "command_server.py"
    place = folder / "socket"
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    with subprocess.Popen(
        [sys.executable, "-P", str(server), "serve", str(place)], env=environment, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith(b"ready")
        _program(folder / "pointsledger", [sys.executable, "-I", "-S", str(server), "call", str(place)])
        _program(folder / "python", [sys.executable])
        yield folder
        running.terminate()
    shutil.rmtree(folder)


def _program(path: Path, words: list[str]) -> None:
    path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="session")
def given_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what a book gives out, which no test changes."""
    return give_out(tmp_path_factory.mktemp("given-out"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser that the tests of one process share."""
    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started
