"""The columns that a script reads: those that the reference names are those that are written, for every reading."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from pointsledger.cli.app import app

if TYPE_CHECKING:
    from tests.faces.conftest import Run

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"

# What is typed for each form of each reading: the form is the options that change its columns.
FORMS: dict[tuple[str, str], str] = {
    ("balance", ""): "balance",
    ("balance", "--on"): "balance 03-017 --on 2025-10-02",
    ("statement", ""): "statement 03-017",
    ("tally", ""): "tally 2025-10",
    ("tally", "--level group"): "tally 2025-10 --level group",
    ("tally", "--level category"): "tally 2025-10 --level category",
    ("tally", "--level village"): "tally 2025-10 --level village",
    ("tally", "--all-villages"): "tally 2025-10 --all-villages",
    ("due", ""): "due 2025-10-01",
    ("rank", ""): "rank 2025-10",
    ("rank", "--level group"): "rank 2025-10 --level group",
    ("redemptions", ""): "redemptions",
    ("redemptions", "--totals"): "redemptions --totals",
    ("trace", ""): "trace 15",
    ("stock show", ""): "stock show",
    ("shop show", ""): "shop show",
    ("fund show", ""): "fund show",
    ("books", ""): "books 2025-10",
    ("liability", ""): "liability",
    ("trial-balance", ""): "trial-balance",
    ("audit", ""): "audit",
    ("checkpoint list", ""): "checkpoint list",
    ("inspect", ""): "inspect 2025-10",
    ("call-backs list", ""): "call-backs list 2025-10",
    ("call-backs draw", ""): "call-backs draw --size 12 --root ROOT --number 7 --count 1",
    ("head", ""): "head",
    ("recoveries", ""): "recoveries",
    ("explain", ""): "explain 03-017 2025-10",
    ("rules replay", ""): "rules replay 2025-10",
    ("rules replay", "--level deed"): "rules replay 2025-10 --level deed",
    ("rules replay", "--level village"): "rules replay 2025-10 --level village",
    ("rules what-if", ""): "rules what-if risky.toml --period 2025-10",
    ("rules what-if", "--level deed"): "rules what-if risky.toml --period 2025-10 --level deed",
    ("rules what-if", "--level village"): "rules what-if risky.toml --period 2025-10 --level village",
}

# What has no rows in a book that is whole, never was restored or shown to anybody, and whose rules never changed.
NOTHING_FOUND = {
    *((name, "") for name in ("audit", "recoveries", "checkpoint list", "call-backs list")),
    ("rules replay", "--level deed"),
}


def sections() -> dict[str, str]:
    """Return what the reference says of each command."""
    _, *parts = re.split(r"^### (.+)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: text.partition("\n## ")[0] for name, text in zip(parts[::2], parts[1::2], strict=True)}


def documented() -> dict[tuple[str, str], list[str]]:
    """Return the columns that the reference gives each form of each reading."""
    found = {}
    for name, text in sections().items():
        told = re.search(r"^Columns: (?P<columns>.+?)\.\n\n", text, flags=re.MULTILINE | re.DOTALL)
        for form in told["columns"].split(";") if told else ():
            options, _, columns = form.rpartition(": ")
            found[name, options.strip().removeprefix("with ").strip("`")] = re.findall("`([a-z_]+)`", columns)
    return found


def readings(command: Any = None, name: str = "") -> Iterator[str]:  # noqa: ANN401 - typer's own classes
    """Yield the name of every command that writes a table in JSON and CSV."""
    command = command or get_command(app)
    for part, inner in getattr(command, "commands", {}).items():
        yield from readings(inner, f"{name} {part}".strip())
    if any("--csv" in parameter.opts for parameter in command.params):
        yield name


def test_every_reading_names_its_columns() -> None:
    """The reference names the columns of each command that writes JSON, in every form that is tried here."""
    assert {name for name, _ in FORMS} == set(readings())
    assert set(FORMS) == set(documented())


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_the_columns_are_those_of_the_reference(kept: Path, run: Run, name: str, form: str) -> None:
    """A reading writes the columns that the reference names, in that order, in CSV and in every object of JSON."""
    columns = documented()[name, form]
    book = str(kept / "book.db")
    root = json.loads(run("head", "--size", "12", "--db", book, "--json").out)[0]["root"]
    words = FORMS[name, form].replace("ROOT", root).split()
    assert ",".join(columns) == run(*words, "--db", book, "--csv").lines[0]
    rows = json.loads(run(*words, "--db", book, "--json").out)
    assert [columns] * len(rows) == [list(row) for row in rows]
    assert rows or (name, form) in NOTHING_FOUND


@pytest.mark.parametrize("name", sorted({name for name, _ in FORMS}))
def test_every_column_is_explained(name: str) -> None:
    """The reference says what each column of a reading holds, and explains none that is not written."""
    explained = re.findall(r"^\| `([a-z_]+)` \| .+ \|$", sections()[name], flags=re.MULTILINE)
    assert sorted({column for (of, _), columns in documented().items() if of == name for column in columns}) == sorted(
        explained
    )
