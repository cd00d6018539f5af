"""The command that closes a month: what it says, what a script gets, and the two views of what was closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pointsledger.rules.bridge import FIGURES
from tests.faces.conftest import HEADING, RULES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faces.conftest import Run


@pytest.mark.usefixtures("clerk")
def test_a_close_says_what_the_month_came_to(run: Run) -> None:
    """It names its record, the figures that are in use, the root and the digest, in both languages."""
    before = json.loads(run("head", "--json").out)[0]
    closed = run("close", "2025-09", "--request", "c-09")
    lines = closed.out.splitlines()
    assert (0, 4) == (closed.status, len(lines))
    assert lines[0].startswith(f"2025-09 closed as record {before['records'] + 1}: {before['records']} records, ")
    assert lines[1].startswith("opening 10, earned 0, prior 0, deducted 0, redeemed 0, closing 10")
    assert f"root {before['root']}" == lines[2]
    chinese = run("--lang", "zh", "close", "2025-09", "--request", "c-09").out.splitlines()
    assert [lines[2].split()[-1], lines[3].split()[-1]] == [line.split()[-1] for line in chinese[2:]]
    assert chinese[0].startswith("2025-09 已结账")


@pytest.mark.usefixtures("clerk")
def test_a_script_gets_a_close_as_json(run: Run) -> None:
    """Figures are exact text, and a repeated close says that it is one."""
    for repeated in (False, True):
        told = json.loads(run("close", "2025-09", "--request", "c-09", "--json").out)
        assert ["seq", "period", "size", "root", "accounts", "bridge", "digest", "bases_missing", "repeated"] == list(
            told
        )
        assert ([*FIGURES], "10", repeated) == (list(told["bridge"]), told["bridge"]["closing"], told["repeated"])


@pytest.mark.usefixtures("clerk")
def test_a_refused_close_is_one_sentence(run: Run) -> None:
    """A month whose turn it is not is refused with status 1, in the language spoken."""
    refused = run("close", "2025-10")
    assert (1, "") == (refused.status, refused.out)
    assert refused.err.startswith("2025-09 is not closed yet")
    assert run("--lang", "zh", "close", "2025-10").err.startswith("2025-09 尚未结账")


@pytest.mark.usefixtures("clerk")
def test_both_views_are_at_hand(run: Run) -> None:
    """A late deed is in the restated tally and ranking of its month, and in neither as closed."""
    run("close", "2025-09")
    late = run("--lang", "en", "award", "03-017", "tidy", "--on", "2025-09-20").lines
    assert (2, "2025-09 is closed: it counts in 2025-10, for 2025-09.") == (len(late), late[1])
    taken = run("--lang", "zh", "deduct", "03-018", "tidy", "--on", "2025-09-21").lines
    assert "2025-09 已结账：计入 2025-10，属 2025-09。" == taken[1]
    for words in (("tally", "2025-09", "--level", "village"), ("rank", "2025-09")):
        column = "earned" if words[0] == "tally" else "points"
        shown = [json.loads(run(*words, "--view", view, "--json").out)[0][column] for view in ("as_closed", "restated")]
        assert ["0", "2"] == shown
    wrong = run("tally", "2025-09", "--view", "final")
    assert 2 == wrong.status
    assert "as_closed, restated" in wrong.err


def test_whatever_counts_later_says_so(clerk: Path, run: Run) -> None:
    """A correction, a reversal and an opening of a month that is closed say once in which month they count."""
    (clerk / "late.csv").write_text("户号,期初积分\n04-001,7\n", encoding="utf-8")
    run("award", "03-017", "tidy", "--on", "2025-09-20")
    award = json.loads(run("head", "--json").out)[0]["records"]
    run("close", "2025-09")
    told = {
        "en": "2025-09 is closed: it counts in 2025-10, for 2025-09.",
        "zh": "2025-09 已结账：计入 2025-10，属 2025-09。",
    }
    for lang, words in (
        ("en", ("correct", str(award), "--quantity", "2", "--reason", "数错了")),
        ("zh", ("reverse", str(award + 2), "--reason", "记错了")),
        ("en", ("opening", "late.csv")),
    ):
        said = run("--lang", lang, *words)
        assert (0, 2, told[lang]) == (said.status, len(said.lines), said.lines[-1]), said
    assert 1 == len(run("opening", "late.csv").lines), "nothing was posted again"


def test_points_that_ended_at_once_are_told(clerk: Path, run: Run) -> None:
    """An award of a day so long ago that its points are over says so, in both languages."""
    short = HEADING + '[expiry]\npolicy = "days"\ndays = 1\n' + RULES
    (clerk / "short.toml").write_text(short, encoding="utf-8")
    assert 0 == run("rules", "adopt", "short.toml").status
    for lang, told in (
        ("en", "2 of it had ended before it was recorded and are not there to spend; see explain."),
        ("zh", "其中 2 分在录入前已到期，不能使用；详见 explain。"),
    ):
        assert told == run("--lang", lang, "award", "03-017", "tidy", "--on", "2025-10-09").lines[-1]
