"""What was written off at the command line: said at once, and seen in the statement; and words that fit one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faces.conftest import HEADING, RULES

if TYPE_CHECKING:
    from tests.faces.conftest import Run


@pytest.fixture(autouse=True)
def lenient(clerk: Path, run: Run) -> Path:
    """Adopt rules that let go what is not there, for a household that has 2 points."""
    (clerk / "lenient.toml").write_text('arrears = "write_off"\n' + HEADING + RULES, encoding="utf-8")
    assert 0 == run("rules", "adopt", "lenient.toml").status
    (clerk / "new.csv").write_text("户号,户主\n09-001,周一\n", encoding="utf-8")
    assert 0 == run("enrol", "new.csv").status
    return clerk


def number(run: Run, *words: str) -> str:
    """Run an act and return the number of its record."""
    done = run("--lang", "en", *words)
    assert (0, "") == (done.status, done.err)
    return done.lines[0].split("record ")[1].split(";")[0].rstrip(".")


def test_whoever_acts_is_told(run: Run) -> None:
    """A deduction, a reversal and a correction say how many points were not there, in both languages."""
    award = number(run, "award", "09-001", "tidy")
    part = run("--lang", "en", "deduct", "09-001", "tidy", "--quantity", "2").lines
    assert "2 points were not there to take, and written off; see explain." == part[1]
    whole = run("--lang", "zh", "deduct", "09-001", "tidy", "--quantity", "2").lines
    assert "有 4 分不足，不再追扣；详见 explain。" == whole[1]
    undone = run("--lang", "en", "reverse", award, "--reason", "记错").lines
    assert "2 points were not there to take, and written off; see explain." == undone[1]
    again = number(run, "deduct", "09-001", "tidy")
    right = run("--lang", "en", "correct", again, "--quantity", "3", "--reason", "记错").lines
    assert "6 points were not there to take, and written off; see explain." == right[1]
    assert "with 0 points stands" in right[0]


def test_the_statement_says_it(run: Run) -> None:
    """People read it in the note beside what it undoes, and scripts as a figure; no limit is blamed for it."""
    whole = number(run, "deduct", "09-001", "tidy")
    number(run, "reverse", whole, "--reason", "记错")
    english = run("--lang", "en", "statement", "09-001").out
    assert "2 not there, written off" in english
    assert "cut by the limit" not in english
    assert "2 不足，不再追扣" in run("--lang", "zh", "statement", "09-001").out
    rows = json.loads(run("statement", "09-001", "--json").out)
    assert [("deducted", "0", "2", "2"), ("deducted", "0", "2", None)] == [
        (row["heading"], row["points"], row["requested"], row["written_off"]) for row in rows
    ]
    assert int(whole) == rows[1]["reverses"]


def test_one_is_counted_as_one(clerk: Path, run: Run) -> None:
    """Where there is one of something, English says so in the singular."""
    (clerk / "one.csv").write_text(
        "序号,日期,户号,事项,数量,加扣\n1,2025-10-05,09-001,门前卫生,1,加分\n", encoding="utf-8"
    )
    done = run("--lang", "en", "import", "one.csv", "--period", "2025-10", "--label", "one")
    assert (0, "batch 'one', 1 row: 1 posted; points +2.") == (done.status, done.lines[-1])
    undone = run("--lang", "en", "reverse", "--batch", "one", "--reason", "记错")
    assert ["1 row of 'one' is reversed; the sheet can be imported anew."] == undone.lines
    assert ["0 lapses recorded, of 0 households, 0 points."] == run("--lang", "en", "expire").lines
