"""What the house tests read: the checkout's own files, not the installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

OURS = ("pointsledger", "docs", "tests", ".ci")
"""Folders whose every file is written by hand."""

TESTS = ("tests/", "pointsledger/testing/contract/")
"""Where tests stand: our own, and those that are handed out."""


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project_files(root: Path) -> dict[str, str]:
    """Return the text of every file of ours, by its path from the root; what is no text reads as best it can."""
    # Hidden files at the top are made by tools (coverage's data holds paths of the machine), but for this one.
    found = [path for path in root.iterdir() if path.is_file() and path.name.lstrip(".") in {path.name, "gitignore"}]
    for folder in OURS:
        found += [path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8", errors="replace") for path in sorted(found)
    }


@pytest.fixture(scope="session")
def python_files(project_files: dict[str, str]) -> dict[str, str]:
    """Return the text of every Python file of ours, by its path from the root."""
    found = {path: text for path, text in project_files.items() if path.endswith(".py")}
    assert any(path.startswith("pointsledger/") for path in found), "no module found: the house tests would see nothing"
    assert any(path.startswith("tests/") for path in found), "no test found: the house tests would see nothing"
    return found
