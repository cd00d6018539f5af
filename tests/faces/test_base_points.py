"""Base points at the command line: the run, what it says, and what a balance shows of a floor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faces.conftest import HEADING, RULES

if TYPE_CHECKING:
    from tests.faces.conftest import Run

BASE = '[[base]]\ncode = "floor"\nname = "保底分"\npoints = 100\nper = "ever"\nfloor = true\n'
CEILING = '[ceiling]\npoints = 110\nper = "year"\nwith_base = true\n'


@pytest.fixture(autouse=True)
def granting(clerk: Path, run: Run) -> Path:
    """Adopt rules with a floor and a ceiling."""
    (clerk / "base.toml").write_text(HEADING + RULES + BASE + CEILING, encoding="utf-8")
    assert 0 == run("rules", "adopt", "base.toml").status
    return clerk


def this_month(run: Run) -> str:
    """Return the month in which these tests run: a clerk's clock cannot be set."""
    found = run("--lang", "en", "award", "03-017", "tidy").lines
    assert found[0].startswith("Awarded 2")
    statement = json.loads(run("statement", "03-017", "--json").out)
    return str(statement[-1]["on"])[:7]


def test_a_run_says_what_it_did(run: Run) -> None:
    """A run says how many grants of how many points it made, in both languages, and made again that nothing lacks."""
    month = this_month(run)
    first = run("--lang", "en", "base", month)
    count = int(first.lines[0].split()[0])
    assert first.lines[0].startswith(f"{count} base grants for {month}, {count * 100} points; 0 stood already")
    deeds = f"1 deed and {count} base grants of {month}: granted {count * 100 + 2},"
    assert run("--lang", "en", "rules", "replay", month).lines[0].startswith(deeds)
    last = run("--lang", "en", "tally", month, "--level", "category").lines[-2]
    assert ["(no", "category)", "0", str(count * 100)] == last.split()[:4]
    again = run("--lang", "zh", "base", month).lines
    assert [f"{month} 发放基础分 0 笔，共 0 分；已有 {count} 笔，0 户当时尚未在册。"] == again
    told = json.loads(run("balance", "03-017", "--json").out)
    assert ["100"] == [str(row["floor"]) for row in told]


def test_a_close_warns_of_bases_that_were_not_made(clerk: Path, run: Run) -> None:
    """Where base points were due and not granted, a close says so beside what it says, and closed again says both."""
    for lang, warning, again in (
        ("en", "base grants due in 2025-09 were not made before it was closed.", ""),
        ("zh", "注意：2025-09 结账前有", "（此前已录入，未作改动）"),
    ):
        closed = run("--lang", lang, "close", "2025-09", "--request", "c-09")
        assert (0, True, True) == (closed.status, warning in closed.err, again in closed.lines[0])
    told = json.loads(run("close", "2025-09", "--request", "c-09", "--json").out)
    assert len(run("balance", "--csv").lines) - 1 == told["bases_missing"]
    assert clerk.is_dir()


def test_what_cut_an_award_is_said(run: Run) -> None:
    """Where a ceiling cuts an award the clerk is told so, by its name."""
    month = this_month(run)
    run("base", month)
    lines = run("--lang", "en", "award", "03-017", "yard").lines
    assert "Cut by the limit on the whole programme; see explain." == lines[1]


def test_a_run_without_a_base_is_refused(clerk: Path, run: Run) -> None:
    """Where the rules grant no base, the run says what is missing and ends with 1."""
    month = this_month(run)
    (clerk / "none.toml").write_text(HEADING + RULES, encoding="utf-8")
    run("rules", "adopt", "none.toml")
    refused = run("--lang", "en", "base", month)
    assert 1 == refused.status
    assert f"says nothing of a base for {month}" in refused.err
