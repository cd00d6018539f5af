"""Correcting, explaining and rehearsing at the command line: what a clerk reads, and what a script does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from tests.faces.conftest import Run


def last_record() -> int:
    """Return the number of the book's last record."""
    with Ledger.open("book.db") as ledger:
        return ledger.head().size


@pytest.mark.usefixtures("clerk")
def test_a_sheet_is_read_out(run: Run) -> None:
    """The sheet stands in the language spoken, from the opening to the sum, its reasons below each line."""
    chinese, english = (run("--lang", lang, "explain", "03-017", "2025-10") for lang in ("zh", "en"))
    assert (0, "") == (chinese.status, chinese.err)
    with Ledger.open("book.db") as ledger:
        explanation = ledger.explain("03-017", "2025-10")
    assert explanation.say("zh") + "\n" == chinese.out
    assert explanation.say("en") + "\n" == english.out
    assert "    超过“庭院整洁”的限额（每户每月 30 分），削减 6，此前已用 24" in chinese.lines
    assert "    at the prices of list version 1: 理发 1 x 10 = 10, 肥皂 1 x 10 = 10" in english.lines
    assert "期初 10 + 加分 30 - 兑换 20 = 期末 20" == chinese.lines[-1]


@pytest.mark.usefixtures("clerk")
def test_a_script_reads_every_reason(run: Run) -> None:
    """JSON has the limits, the lots and the goods as objects, CSV as one text each, with points as exact text."""
    rows = json.loads(run("explain", "03-017", "2025-10", "--json").out)
    cut = next(row for row in rows if row["cuts"])
    assert ("12", "6", 1, "30") == (cut["requested"], cut["granted"], cut["rulebook"], cut["cuts"][0]["points"])
    assert {"of": "activity:yard", "used": "24", "cut": "6"}.items() <= cut["cuts"][0].items()
    bought = next(row for row in rows if row["items"])
    assert (1, ["理发", "肥皂"]) == (bought["prices"], [item["name"] for item in bought["items"]])
    listed = run("explain", "03-017", "2025-10", "--csv").out
    assert "activity:yard=6" in listed
    assert "haircut=1;soap=1" in listed
    assert listed == run("--lang", "zh", "explain", "03-017", "2025-10", "--csv").out


def test_a_sheet_is_kept_for_a_spreadsheet(clerk: Path, run: Run) -> None:
    """The table that a spreadsheet opens has the reasons of each line in one cell, between opening and closing."""
    assert 0 == run("--lang", "zh", "explain", "03-017", "2025-10", "--output", "wall.csv").status
    lines = (clerk / "wall.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "记录号,日期,事由,积分,余额,说明" == lines[0]
    assert (",,期初,,10,", ",,期末,,20,") == (lines[1], lines[-1])
    assert any("应得 12，实得 6；超过“庭院整洁”的限额" in line for line in lines)


@pytest.mark.usefixtures("clerk")
def test_a_statement_shows_the_pair_as_a_pair(run: Run) -> None:
    """After a correction each of the three lines names the others, people in words, scripts by number."""
    assert 0 == run("correct", "14", "--quantity", "2", "--reason", "数错了").status
    last = last_record()
    undone, right = last - 1, last
    notes = {
        "en": {14: f"reversed by {undone}, corrected by {right}: 数错了", right: "corrects 14: 数错了"},
        "zh": {14: f"已由 {undone} 号冲销，已由 {right} 号更正：数错了", right: "更正第 14 号：数错了"},
    }
    for lang, expected in notes.items():
        lines = {int(line.split()[0]): line for line in run("--lang", lang, "statement", "04-001").lines[2:-1]}
        assert dict.fromkeys(expected, True) == {seq: lines[seq].endswith(note) for seq, note in expected.items()}
    rows = {row["seq"]: row for row in json.loads(run("statement", "04-001", "--json").out)}
    assert (right, None) == (rows[14]["corrected_by"], rows[14]["corrects"])
    assert (14, None) == (rows[right]["corrects"], rows[right]["reversed_by"])
    assert ("-6", "6", "-4") == tuple(rows[seq]["points"] for seq in (14, undone, right))


@pytest.mark.usefixtures("clerk")
def test_a_correction_can_be_sent_again(run: Run) -> None:
    """Under its request id a correction changes nothing more and says so."""
    words = ("correct", "14", "--quantity", "2", "--reason", "数错了", "--request", "c-14")
    first, again = run("--lang", "zh", *words), run("--lang", "zh", *words)
    assert first.out.replace("。\n", "。（此前已录入，未作改动）\n") == again.out
    other = run("--lang", "zh", *words, "--level", "x")
    assert (1, "“等级”不同" in other.err) == (other.status, True)


@pytest.mark.usefixtures("clerk")
def test_a_replay_says_what_it_comes_to(run: Run) -> None:
    """Where nothing differs a replay is one sentence, and reversed redemptions are no deeds."""
    told = "4 deeds of 2025-10: granted 24, by the rules in force by now 24, +0. Nothing was posted."
    assert [told] == run("--lang", "en", "rules", "replay", "2025-10").lines
    assert ["2025-10 共 4 件：已计 24，按现行积分细则为 24，相差 +0。未作任何记录。"] == run(
        "--lang", "zh", "rules", "replay", "2025-10"
    ).lines


def test_a_draft_is_tried(clerk: Path, run: Run) -> None:
    """What a draft would change stands household by household with a total; what it refuses is counted, and listed."""
    draft = (clerk / "rules.toml").read_text(encoding="utf-8").replace("points = 30", "points = 20")
    (clerk / "draft.toml").write_text(draft.replace('code = "tidy"', 'code = "neat"'), encoding="utf-8")
    run("reverse", "13", "--reason", "记错了")
    before = last_record()
    words = ("rules", "what-if", "draft.toml", "--period", "2025-10")
    told = run("--lang", "zh", *words).lines
    assert ["户号", "户主", "组", "事项数", "已计", "重算", "相差"] == told[0].split()
    assert [["03-017", "张三", "三组", "2", "24", "20", "-4"], ["04-001", "赵六", "四组", "1", "-6", "0", "6"]] == [
        line.split() for line in told[1:3]
    ]
    assert ["合计", "3", "18", "20", "2"] == told[3].split()
    assert [
        "2025-10 共 3 件：已计 18，按草案“南峪村”为 20，相差 +2。未作任何记录。",
        "其中 1 件按此不予计分或没有规定；用 --level deed 列出。",
        "另有 1 件已冲销，不计在内。",
    ] == told[4:]
    deeds = run("--lang", "zh", *words, "--level", "deed").lines
    assert deeds[2].endswith("这些规定中没有此项")
    assert "其中 1 件按此不予计分或没有规定；原因见说明。" == deeds[4]
    rows = json.loads(run(*words, "--level", "deed", "--json").out)
    assert [None, "unknown-activity"] == [row["refusal"] for row in rows]
    (village,) = json.loads(run(*words, "--level", "village", "--json").out)
    assert (3, 1, 1, "2") == tuple(village[name] for name in ("deeds", "left_out", "refused", "difference"))
    assert before == last_record()
