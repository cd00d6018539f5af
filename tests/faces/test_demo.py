"""The demo: two months of a village built from the sample, told step by step, and a tampered byte found."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from tests.faces.conftest import Ended, Run


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that ran: what it came to, where its files are, and what it left of its surroundings."""

    ended: Ended
    folder: Path
    changed: dict[str, tuple[object, object]]


@pytest.fixture(scope="module")
def demo(command: Run, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Run the demo once; it is the longest command there is."""
    folder = tmp_path_factory.mktemp("demo") / "新的" / "village"
    before = {"folder": Path.cwd(), "environment": dict(os.environ)}
    ended = command("--lang", "en", "demo", str(folder))
    after = {"folder": Path.cwd(), "environment": dict(os.environ)}
    return Demo(ended, folder, {name: (before[name], after[name]) for name in before if before[name] != after[name]})


def test_the_demo_runs(demo: Demo) -> None:
    """The demo ends with 0, and all that it says on the standard error is why the faulty sheet was refused."""
    assert 0 == demo.ended.status
    assert ["(sheet-faulty)"] == [line.rsplit(" ", 1)[1] for line in demo.ended.err.splitlines()]


def test_the_demo_leaves_its_surroundings(demo: Demo) -> None:
    """Folder and environment are after the demo what they were before it."""
    assert {} == demo.changed


def test_the_demo_shows_every_command_it_runs(demo: Demo) -> None:
    """Behind each prompt stands a command, and its output follows."""
    typed = [line.removeprefix("$ pointsledger ") for line in demo.ended.lines if line.startswith("$ ")]
    expected = ["init", "enrol", "opening", "opening", "import", "import", "import", "import"]
    expected += ["tally", "tally", "rank", "stock", "trial-balance", "audit", "audit"]
    assert expected == [line.split()[0] for line in typed]
    assert "302 households enrolled, 0 stood already." in demo.ended.lines
    assert "Every book sums to zero." in demo.ended.lines
    assert [" 101  户号    No household"] == [line[:24] for line in demo.ended.lines if line.startswith(" 101")]


def test_the_second_import_of_the_demo_posts_nothing(demo: Demo) -> None:
    """The same sheet twice is told as having stood already."""
    told = [line for line in demo.ended.lines if line.startswith("batch '2025-09")]
    assert ["2564 posted", "2564 stood already"] == [re.split(": |, |;", line)[2] for line in told]


def test_the_demo_leaves_a_book_to_work_on(demo: Demo) -> None:
    """The book of the demo opens, and beside it lie its files and the tampered copy."""
    names = {path.name for path in demo.folder.iterdir()}
    assert {"demo.db", "tampered.db", "rulebook.toml", "deeds-2025-10.csv"} <= names
    assert {"README.md", "__init__.py"}.isdisjoint(names)
    with Ledger.open(demo.folder / "demo.db") as ledger:
        assert "nanyu" == ledger.village
        assert f"root {ledger.head().root.hex()}" in demo.ended.lines


def test_the_demo_changes_one_byte(demo: Demo) -> None:
    """The copy differs from the book in the byte that the demo names and in no other."""
    book, copy = ((demo.folder / name).read_bytes() for name in ("demo.db", "tampered.db"))
    (title,) = [line for line in demo.ended.lines if line.startswith("== One byte changed")]
    offset = int(title.split(" at ")[1].split(" of ")[0].replace(",", ""))
    assert b"59" == book[offset : offset + 1] + copy[offset : offset + 1]
    assert book[:offset] + copy[offset : offset + 1] + book[offset + 1 :] == copy


def test_the_demo_names_the_tampered_record(demo: Demo) -> None:
    """The audit of the copy names the one record that says more than it did."""
    found = [line.split() for line in demo.ended.lines if line.startswith("broken ")]
    assert ["leaf-mismatch", "decision-differs"] == [code for _, code, *_ in found]
    (named,) = {int(seq) for _, _, seq, *_ in found}
    granted = []
    for name in ("demo.db", "tampered.db"):
        with Ledger.open(demo.folder / name) as ledger:
            granted.append(ledger.record(named).decided["granted"])
    assert [5, 9] == granted


def test_the_demo_says_how_to_go_on(demo: Demo) -> None:
    """The last lines are commands for the shell, beginning with the folder."""
    assert "What to type next:" in demo.ended.lines
    assert f"  cd '{demo.folder}'" in demo.ended.lines or f"  cd {demo.folder}" in demo.ended.lines


def test_a_second_demo_in_the_same_folder_is_refused(demo: Demo, command: Run) -> None:
    """A folder that holds a demo is left as it is, and the refusal says what to do, in both languages."""
    before = {path.name: path.stat().st_mtime_ns for path in demo.folder.iterdir()}
    other = shlex.quote(f"{demo.folder}-2")
    for lang, word in (("en", f"name another one, such as {other}."), ("zh", f"请另起一个名字，如 {other}。")):
        ended = command("--lang", lang, "demo", str(demo.folder))
        assert (2, "") == (ended.status, ended.out)
        assert word in ended.err
        assert ended.err.endswith("(invalid-setting)\n")
    assert before == {path.name: path.stat().st_mtime_ns for path in demo.folder.iterdir()}
