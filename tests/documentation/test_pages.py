"""Every block of every page is run as it stands, each page in an empty folder of its own.

How a page is written:

* A block whose info string ends with a file's name (```` ```csv deeds.csv gb18030 ````) is written to that file, in
  the encoding named, or else in UTF-8.
* ```` ```console ````: a line that begins with ``$ `` is a command for a POSIX shell, ended by ``# exit 1`` if it is to
  fail with that status; the lines behind it are all that it prints, errors included. In them ``…`` stands for any
  text within a line, and a line of ``…`` alone for any lines. A backslash at a command's end continues it.
* ```` ```python ```` runs, and ```` ```pycon ```` is a session whose answers are compared; both share one namespace.
* ```` ```text ```` and ```` ```sql ```` are shown and not run. ```` ```bash ```` stands in README.md alone, for the two
  commands that the gate in .ci runs. There is no other kind.

A page ``x.zh.md`` runs with ``POINTSLEDGER_LANG=zh``, as on a Chinese computer. A program that stands beside a page is
in the page's folder when it runs, as for somebody who saved it.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import pointsledger

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
SHOWN = ("text", "sql")
FILES = ("toml", "csv", "python", "sh")
SETTINGS = ("HOME", "POINTSLEDGER_BY", "POINTSLEDGER_DB", "POINTSLEDGER_LANG", "POINTSLEDGER_VILLAGE")
README_COMMANDS = {
    "the demo command": (
        "python3 -m venv .venv && .venv/bin/pip install --quiet '.[cli]' && .venv/bin/pointsledger demo demo-village"
    ),
    "the test command": ("python3 -m venv .venv && .venv/bin/pip install --quiet '.[cli,test]' && .venv/bin/pytest"),
}

_FENCE = re.compile(r"(?P<indent>[ \t]*)```(?P<info>.*)")
_STATUS = re.compile(r"\s+# exit (?P<status>[0-9]+)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the line of its fence, its kind, the file it names with its encoding, and its text."""

    line: int
    kind: str
    file: str
    encoding: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page, with the status and the output that it is to have."""

    line: int
    command: str
    status: int
    output: tuple[str, ...]


def blocks_in(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    opened: tuple[int, list[str]] | None = None
    held: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.fullmatch(line)
        if fence is None:
            held.append(line)
        elif opened is None:
            assert not fence["indent"], f"line {number}: a fence stands at the beginning of its line"
            opened, held = (number, fence["info"].split()), []
        else:
            assert not fence["info"], f"line {number}: the block of line {opened[0]} is not closed"
            start, info = opened
            kind, file, encoding = [*info, "", "", ""][:3]
            yield Block(start, kind, file, encoding or "utf-8", "".join(f"{one}\n" for one in held))
            opened = None
    assert opened is None, f"line {opened and opened[0]}: this block is not closed"


def steps_in(block: Block) -> Iterator[Step]:
    """Yield the commands of a console block."""
    lines = list(enumerate(block.text.splitlines(), block.line + 1))
    assert lines, f"line {block.line}: an empty block"
    assert lines[0][1].startswith("$ "), f"line {block.line}: a console block begins with a command"
    while lines:
        number, first = lines.pop(0)
        command = [first.removeprefix("$ ")]
        while command[-1].endswith("\\"):
            command.append(lines.pop(0)[1])
        status = _STATUS.search(command[-1])
        output = []
        while lines and not lines[0][1].startswith("$ "):
            output.append(lines.pop(0)[1])
        yield Step(number, "\n".join(command), int(status["status"]) if status else 0, tuple(output))


def same(expected: tuple[str, ...], printed: str) -> bool:
    """Tell whether what was printed is what a page shows, ``…`` standing for what differs from run to run."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line.strip() == "…" else r"[^\n]*?".join(map(re.escape, line.split("…"))) + r"\n"
        for line in expected
    )
    return re.fullmatch(pattern, printed) is not None


class Shell:
    """The commands of one page: each in a shell of its own, which finds the folder and settings of the one before."""

    def __init__(self, folder: Path, programs: Path, lang: str) -> None:
        """Start in ``folder`` with nothing set but the path and the language."""
        self._folder = folder
        self._state = folder.parent / f"{folder.name}.settings"
        self._environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
        if lang:
            self._environment["POINTSLEDGER_LANG"] = lang

    def run(self, command: str) -> tuple[int, str]:
        """Run a command; return its exit status and what it printed."""
        kept = f"'{self._state}'"
        script = f'[ ! -f {kept} ] || {{ . {kept}; cd "$PWD"; }}\ntrap "export -p >{kept}" EXIT\n{command}\n'
        done = subprocess.run(
            ["sh", "-c", script],  # noqa: S607 - whichever POSIX shell the system has
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout


class Answers(doctest.OutputChecker):
    """Compares the answers of a Python session as a console's output is compared."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        """Tell whether an answer is the one that the page shows."""
        return super().check_output(want, got, optionflags) or same(tuple(want.splitlines()), got)


class Page:
    """A page while it is run."""

    def __init__(self, path: str, folder: Path, programs: Path) -> None:
        """Start with an empty folder and an empty namespace."""
        self._path = path
        self._folder = folder
        self._shell = Shell(folder, programs, "zh" if path.endswith(".zh.md") else "")
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, block: Block) -> None:
        """Do what a block says."""
        where = f"{self._path}:{block.line}"
        if block.file:
            assert block.kind in FILES, f"{where}: a {block.kind} block cannot be a file"
            self._folder.joinpath(block.file).write_bytes(block.text.encode(block.encoding))
        elif block.kind == "console":
            for step in steps_in(block):
                self._type(step)
        elif block.kind == "python":
            code = "\n" * block.line + block.text  # so that a traceback names the line of the page
            exec(compile(code, self._path, "exec"), self._names)  # noqa: S102 - running the page is the test
        elif block.kind == "pycon":
            self._converse(block)
        elif block.kind == "bash":
            assert "README.md" == self._path, f"{where}: commands stand in console blocks"
            assert block.text.strip() in README_COMMANDS.values(), f"{where}: not a command that the gate runs"
        else:
            assert block.kind in SHOWN, f"{where}: a block of kind {block.kind!r} would not be tested"

    def close(self) -> None:
        """Give back the books that the page left open."""
        for value in self._names.values():
            if isinstance(value, pointsledger.Ledger):
                value.close()

    def _type(self, step: Step) -> None:
        status, printed = self._shell.run(step.command)
        shown = "".join(f"{line}\n" for line in step.output)
        told = f"{self._path}:{step.line}: $ {step.command}\n"
        if not same(step.output, printed):
            differing = difflib.unified_diff(shown.splitlines(), printed.splitlines(), "the page", "the program", n=99)
            pytest.fail(told + "\n".join(differing), pytrace=False)
        assert step.status == status, f"{told}{printed}"

    def _converse(self, block: Block) -> None:
        test = doctest.DocTestParser().get_doctest(block.text, self._names, self._path, self._path, block.line)
        told = io.StringIO()
        runner = doctest.DocTestRunner(checker=Answers(), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
        runner.run(test, out=told.write, clear_globs=False)
        self._names.update(test.globs)
        if told.getvalue():
            pytest.fail(told.getvalue(), pytrace=False)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_does_what_it_says(
    path: str, pages: dict[str, str], tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command, program and file of a page works as the page shows it."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "page"
    folder.mkdir()
    for program in (ROOT / path).parent.glob("*.py"):
        shutil.copy(program, folder)
    page = Page(path, folder, programs)
    with contextlib.chdir(folder), contextlib.closing(page):
        for block in blocks_in(pages[path]):
            page.run(block)


def test_the_shortcut_is_the_program(programs: Path, tmp_path: Path) -> None:
    """What the pages' shell calls pointsledger prints what the program itself prints."""
    entry = "from pointsledger.cli import main; main()"
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    for words in (["import", "--help"], ["balance", "--db", "none.db"]):
        shortcut, itself = (
            subprocess.run(
                [*start, *words], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
            )
            for start in ([str(programs / "pointsledger")], [sys.executable, "-P", "-c", entry])
        )
        assert itself.stdout.replace("Usage: -c ", "Usage: pointsledger ") == shortcut.stdout
        assert (itself.returncode, itself.stderr) == (shortcut.returncode, shortcut.stderr)


def test_readme_has_its_two_commands(pages: dict[str, str]) -> None:
    """README.md holds the demo command and the test command, each once below its comment."""
    for comment, command in README_COMMANDS.items():
        assert 1 == pages["README.md"].count(f"<!-- {comment} -->\n```bash\n{command}\n```\n")


CHINESE = " POINTSLEDGER_LANG=zh"


def test_twins_say_the_same_commands(pages: dict[str, str]) -> None:
    """A page in two languages has the same commands and files in both, but for the language that it asks for."""
    twins = [path for path in pages if path.endswith(".zh.md")]
    assert twins, "no page has a Chinese twin: this test would see nothing"
    for chinese in twins:
        english = chinese.removesuffix(".zh.md") + ".md"
        assert english in pages
        said, said_zh = (
            [
                (block.kind, block.file, [step.command.replace(CHINESE, "") for step in steps_in(block)] or None)
                if block.kind == "console"
                else (block.kind, block.file, block.text)
                for block in blocks_in(pages[path])
                if block.kind not in SHOWN
            ]
            for path in (english, chinese)
        )
        assert said == said_zh


@pytest.mark.parametrize(
    ("shown", "printed", "alike"),
    [
        (("root …",), "root ab12\n", True),
        (("root …", "more"), "root ab12\n", False),
        (("…",), "", True),
        (("first", "…", "last"), "first\nsecond\nthird\nlast\n", True),
        (("first", "last"), "first\nlast \n", False),
        (("a … c",), "a b\nc\n", False),
        ((), "", True),
        ((), "a word\n", False),
    ],
)
def test_output_is_compared_to_the_letter(shown: tuple[str, ...], printed: str, *, alike: bool) -> None:
    """What a program prints is compared exactly but for what an ellipsis stands for."""
    assert alike == same(shown, printed)
