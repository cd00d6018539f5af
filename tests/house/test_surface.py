"""The surface: what a stranger sees of the package, of the folder and of the wheel."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import pointsledger
from pointsledger.release import RELEASE

TOP_LEVEL = frozenset({"CHANGELOG.md", "LICENSE", "README.md", "docs", "pointsledger", "pyproject.toml", "tests"})

# Loaded by nothing but a ledger that is opened; `import pointsledger` and `verify` do without.
HEAVY = ("hypothesis", "pydantic", "pytest", "rich", "sqlalchemy", "sqlmodel", "typer")

# Each written in two halves, so that this file does not name what no file may name.
MACHINE_PATHS = [
    r"(?<![\w.~-])/" + folder + "/"
    for folder in ("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers", "fa" + "rm", "tmp/ba" + r"sh_\w+")
] + [r"\b[A-Za-z]:" + r"\\+Users\b"]
REGISTRY_HOSTS = [
    "py" + r"pi\.org",
    "python" + r"hosted\.org",
    "registry" + r"\.(?:npmjs|yarnpkg)",
    "deb" + r"ian\.org",
    "ana" + r"conda\.org",
    "proxy" + r"\.golang",
]
NEVER_NAMED = re.compile("|".join(MACHINE_PATHS + REGISTRY_HOSTS), re.IGNORECASE)


def tracked_names(root: Path) -> set[str]:
    """Return the names at the top of the checkout that git tracks; none in a copy without git, where nobody knows."""
    git = shutil.which("git")
    listed = git and subprocess.run(
        [git, "-c", "core.quotePath=false", "ls-files"], cwd=root, check=False, capture_output=True, encoding="utf-8"
    )
    if not listed or listed.returncode:
        return set()
    return {line.partition("/")[0] for line in listed.stdout.splitlines()}


def in_a_fresh_interpreter(program: str) -> str:
    """Run a program that sees the package under test and no other copy, and return what it printed."""
    package = Path(pointsledger.__file__).parent
    return subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


def test_public_names_are_sorted() -> None:
    """The public names are listed in order and once each."""
    assert sorted(set(pointsledger.__all__)) == list(pointsledger.__all__)


def test_public_names_resolve() -> None:
    """Every public name can be had from the package."""
    assert [] == [name for name in pointsledger.__all__ if not hasattr(pointsledger, name)]


def test_importing_the_package_loads_no_database() -> None:
    """A program that imports the package alone waits for no database library."""
    program = "import json, sys, pointsledger; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(in_a_fresh_interpreter(program)))
    assert "pointsledger" in loaded
    assert [] == [name for name in HEAVY if name in loaded]


def test_the_package_knows_its_release(root: Path) -> None:
    """What the program says of its release is what it is installed as, and has its section in the changelog."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == RELEASE
    heading = rf"^## {re.escape(RELEASE)}( \(not released yet\))?$"
    assert re.search(heading, (root / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_package_carries_its_data(root: Path) -> None:
    """What is installed holds every file of the source folder: modules, samples and the mark that it is typed."""
    source, installed = root / "pointsledger", Path(pointsledger.__file__).parent
    wanted = [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert source / "py.typed" in wanted
    assert [] == [
        str(path.relative_to(source)) for path in wanted if not (installed / path.relative_to(source)).is_file()
    ]


def test_the_folder_holds_only_what_belongs(root: Path) -> None:
    """The top of the checkout lists the package, its tests, its documents and nothing else."""
    assert set() == {name for name in tracked_names(root) if not name.startswith(".")} - TOP_LEVEL


def test_a_file_of_somebody_else_is_no_fault(tmp_path: Path) -> None:
    """What lies in the folder and is not tracked, such as a book that was tried out, is nobody's fault."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("this needs git")
    for name in ("LICENSE", "trial.db"):
        (tmp_path / name).write_text("", encoding="utf-8")
    for words in (["init", "--quiet"], ["add", "LICENSE"]):
        subprocess.run([git, *words], cwd=tmp_path, check=True)
    assert {"LICENSE"} == tracked_names(tmp_path)


def test_no_file_names_a_machine(project_files: dict[str, str]) -> None:
    """No file names a path of somebody's machine or the host of a registry."""
    faults = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in project_files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if NEVER_NAMED.search(line)
    ]
    assert [] == faults
