"""The tally of many villages at the command line: streamed for scripts, summed for people, and going on past damage."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from tests.faces.conftest import Run

TALLY = ("tally", "2025-10", "--all-villages")
BRIDGE = "opening,base,earned,prior,deducted,redeemed,refunded,expired,forfeited,moved,closing"
LEVELS = {
    "household": f"village,code,name,group,deeds,{BRIDGE}",
    "group": f"village,code,deeds,{BRIDGE}",
    "category": "village,code,name,deeds,base,earned,prior,deducted",
    "village": f"village,deeds,{BRIDGE}",
}


@pytest.fixture
def township(clerk: Path) -> Path:
    """Stand as a clerk beside a file with the books of three villages, of which the last begins a month later."""
    for village, settings in (
        ("beiyu", {"rulebook": "rules.toml"}),
        ("xiyu", {"first_period": "2025-11"}),
    ):
        with Ledger.create("book.db", village=village, by="clerk:1", **settings) as ledger:  # type: ignore[arg-type]  # as create takes it
            ledger.enrol("01-001", head="周九", by="clerk:1")
    with Ledger.open("book.db", village="beiyu") as ledger:
        ledger.award("01-001", "tidy", quantity=4, on="2025-10-03", by="clerk:1")
    return clerk


def damage(book: Path) -> None:
    """Take away what the book of Nanyu keeps of its village."""
    with sqlite3.connect(book) as file:
        file.execute("DELETE FROM points_village WHERE village = 'nanyu'")
    file.close()


@pytest.mark.usefixtures("township")
@pytest.mark.parametrize("level", LEVELS)
def test_every_village_comes_with_its_name(run: Run, level: str) -> None:
    """At each level the rows of every village stand one after another, the village in front of its own columns."""
    ended = run(*TALLY, "--level", level, "--csv")
    assert (0, LEVELS[level]) == (ended.status, ended.lines[0])
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    for village in ("beiyu", "nanyu"):
        own = list(csv.DictReader(io.StringIO(run(*TALLY[:2], "--village", village, "--level", level, "--csv").out)))
        assert own == [
            {name: row[name] for name in row if name != "village"} for row in rows if village == row["village"]
        ]
        assert own
    assert {"beiyu", "nanyu"} == {row["village"] for row in rows}
    assert rows == [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in json.loads(run(*TALLY, "--level", level, "--json").out)
    ]


@pytest.mark.usefixtures("township")
def test_a_village_that_began_later_is_told(run: Run) -> None:
    """A village that has no such period is told on the standard error, in the language spoken, and is no failure."""
    for lang, told in (("en", "xiyu: 2025-10 lies before"), ("zh", "xiyu：2025-10 早于")):
        ended = run("--lang", lang, *TALLY)
        assert 0 == ended.status
        assert "(before-first-period)" in ended.err
        assert ended.err.startswith(told)


@pytest.mark.usefixtures("township")
def test_a_township_has_a_sum(run: Run) -> None:
    """The table for people ends with the sum of all villages."""
    lines = run(*TALLY, "--level", "village").lines
    assert ["village", "deeds", "opening", "earned", "prior", "deducted", "redeemed", "closing"] == lines[0].split()
    assert ["total", "5", "10", "38", "0", "-6", "-20", "22"] == lines[-1].split()
    assert "村代码" == run("--lang", "zh", *TALLY, "--level", "village").lines[0].split()[0]
    assert 0 == run(*TALLY, "--level", "village", "--output", "all.csv").status
    assert 4 == len(Path("all.csv").read_text(encoding="utf-8-sig").splitlines())


def test_a_damaged_village_is_told_and_passed_over(township: Path, run: Run) -> None:
    """A village whose book is damaged is told with its code, the others are written, and the status is 1."""
    damage(township / "book.db")
    for form in ("--csv", "--json"):
        ended = run(*TALLY, "--level", "village", form)
        assert 1 == ended.status
        assert ["(ledger-damaged)", "(before-first-period)"] == [line.split()[-1] for line in ended.err.splitlines()]
        assert "beiyu" in ended.out
        assert "nanyu" not in ended.out
    assert 1 == len(json.loads(run(*TALLY, "--level", "village", "--json").out))


@pytest.mark.usefixtures("township")
def test_a_stream_goes_on_behind_a_village(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --after only the villages behind one come, and what the environment says of one village is not asked."""
    monkeypatch.setenv("POINTSLEDGER_VILLAGE", "beiyu")
    rows = json.loads(run(*TALLY, "--level", "village", "--after", "beiyu", "--json").out)
    assert ["nanyu"] == [row["village"] for row in rows]
    assert [] == json.loads(run(*TALLY, "--after", "xiyu", "--json").out)


@pytest.mark.usefixtures("township")
def test_options_that_do_not_go_together_are_refused(run: Run) -> None:
    """One village and all of them exclude each other, and --after belongs to all of them."""
    for words, code in (
        ((*TALLY, "--village", "nanyu"), "options-conflict"),
        (("tally", "2025-10", "--village", "nanyu", "--after", "beiyu"), "option-required"),
        ((*TALLY, "--level", "street"), "invalid-setting"),
        (("tally", "October", "--all-villages"), "invalid-period"),
        ((*TALLY, "--after", "a b"), "invalid-code"),
    ):
        ended = run(*words)
        assert (2, f"({code})") == (ended.status, ended.err.split()[-1])
