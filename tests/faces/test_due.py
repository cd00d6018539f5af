"""What is due at the command line: sentences for people in both languages, names and figures for scripts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faces.conftest import HEADING, PRICES, RULES

if TYPE_CHECKING:
    from tests.faces.conftest import Run

FIRST = "2199-01-01"


@pytest.fixture(autouse=True)
def changing(clerk: Path, run: Run) -> Path:
    """Adopt rules and prices that hold from the first of January 2199, which no clock has reached."""
    later = HEADING.replace("2025-09-01", FIRST)
    extra = (
        RULES[RULES.index("[[activity]]") :]
        .replace("tidy", "new")
        .replace("yard", "more")
        .replace("points = 12", "points = 7")
    )
    changed = RULES.replace("points = 12", "points = 9").replace('sign = "both"', 'sign = "plus"')
    (clerk / "next-rules.toml").write_text(
        later + changed + extra.replace("门前卫生", "新事").replace("庭院整洁", "别事"), encoding="utf-8"
    )
    soap = PRICES[: PRICES.index('[[item]]\ncode = "haircut"')].replace("points = 10", "points = 12")
    (clerk / "next-prices.toml").write_text(later + soap, encoding="utf-8")
    assert 0 == run("rules", "adopt", "next-rules.toml").status
    assert 0 == run("prices", "adopt", "next-prices.toml").status
    return clerk


def test_people_read_what_comes_about(run: Run) -> None:
    """Each thing that is due is a line with its day, what it is and what it changes, in the language spoken."""
    lines = run("--lang", "en", "due", FIRST).lines
    assert ["on", "what", "note"] == lines[0].split()
    changed = "门前卫生: other terms, 庭院整洁: 12 to 9, 新事: new, 2, 别事: new, 7"
    assert [
        f"{FIRST}  month 2199-01 begins",
        f"{FIRST}  rule book version 2 comes into force   {changed}",
        f"{FIRST}  price list version 2 comes into force  肥皂: 10 to 12, 理发: gone",
    ] == lines[1:]
    chinese = run("--lang", "zh", "due", "2199年1月1日").lines
    assert ["日期", "事由", "说明"] == chinese[0].split()
    assert "2199-01 周期开始" in chinese[1]
    assert "积分细则第 2 版开始施行" in chinese[2]
    assert "庭院整洁：12 分改为 9 分；新事：新增，2 分" in chinese[2]
    assert "价目表第 2 版开始施行" in chinese[3]
    assert chinese[3].endswith("肥皂：10 分改为 12 分；理发：取消")


def test_scripts_read_names_and_figures(run: Run) -> None:
    """JSON has the changes as objects, CSV as one text, and a day without anything has no rows."""
    month, rules, prices = json.loads(run("due", "2198-12-31", "--until", FIRST, "--json").out)
    assert ("period-begins", "2199-01", None, []) == (month["kind"], month["period"], month["seq"], month["changes"])
    assert {"code": "yard", "name": "庭院整洁", "before": "12", "after": "9"} in rules["changes"]
    assert [{"code": "soap", "name": "肥皂", "before": "10", "after": "12"}, "haircut"] == [
        prices["changes"][0],
        prices["changes"][1]["code"],
    ]
    *_, last = csv.DictReader(io.StringIO(run("due", FIRST, "--csv").out))
    assert ("prices-in-force", "2", "soap=10>12;haircut=10>") == (last["kind"], last["version"], last["changes"])
    assert [] == json.loads(run("due", "2199-01-02", "--json").out)


def test_a_range_that_cannot_be_is_refused(run: Run) -> None:
    """More than a year at once, and a day that does not exist, are wrong use."""
    for words, code in (((FIRST, "--until", "2200-01-02"), "invalid-setting"), (("2199-02-30",), "invalid-date")):
        ended = run("due", *words)
        assert (2, f"({code})") == (ended.status, ended.err.split()[-1])
    assert "自 2199-01-01 起至多 366 天" in run("--lang", "zh", "due", FIRST, "--until", "2200-01-02").err
