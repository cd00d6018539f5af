"""What the database tests share: a book with every kind of act in it, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.database.lived_in import made
from tests.database.township import Scene


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the book that every test copies and none changes."""
    return made(tmp_path_factory.mktemp("original"))


@pytest.fixture
def book(original: Path, tmp_path: Path) -> Path:
    """Return a copy of the book, to be damaged as a test likes."""
    return Path(shutil.copy(original, tmp_path / "book.db"))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a village that has closed January, and a township that has seen nothing yet."""
    return Scene(tmp_path)
