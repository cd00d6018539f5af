"""The trace at the command line: a sheet in both languages, and a row for each link for scripts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from pointsledger.reports.trace import Trace
    from tests.faces.conftest import Run


@pytest.fixture
def spent(clerk: Path) -> int:
    """Redeem what three awards and an intake stand behind; return the record's number."""
    with Ledger.open(clerk / "book.db") as ledger:
        ledger.stock_in("soap", 2, source="donated", remark="王老板", by="shop:1")
        return ledger.redeem("03-017", {"soap": 2}, by="shop:1", collector="周九").seq


def test_people_read_a_sheet(run: Run, spent: int) -> None:
    """The sheet has the record, where it came from and, of an intake, where it went, in the language spoken."""
    chinese = run("--lang", "zh", "trace", str(spent)).lines
    assert chinese[0].endswith("兑换 03-017 张三，20 分，经办 shop:1")
    assert ["商品：肥皂 x 2", "现状：已领取", "领取人：周九", "来源："] == chinese[1:5]
    assert any("加分 庭院整洁 03-017 张三（李四），12 分，经办 clerk:1" in line for line in chinese)
    assert any(line.startswith("    肥皂 2，出自 main 货架 10 件一批，单价 2.50 元：第 ") for line in chinese)
    intake = next(one for one in trace_of(spent).origins if one.unit_name)
    english = run("--lang", "en", "trace", str(intake.record.seq)).out
    assert "where it went:" in english
    assert "    2 肥皂 handed over: record " in english


def trace_of(seq: int) -> Trace:
    """Return what the ledger answers."""
    with Ledger.open("book.db") as ledger:
        return ledger.trace(seq)


def test_scripts_read_links(run: Run, spent: int) -> None:
    """Each link is a row with its number and that of the one it leads to; JSON and CSV say the same."""
    links = json.loads(run("trace", str(spent), "--json").out)
    assert [("record", None), ("origin", 1)] == [(link["way"], link["of"]) for link in links][:2]
    assert list(range(1, len(links) + 1)) == [link["step"] for link in links]
    award, *_, goods = (link for link in links if link["way"] == "origin")
    assert ("points", "award", "yard", 1) == (award["unit"], award["kind"], award["activity"], award["rulebook"])
    assert ("2", "item:soap", "intake") == (goods["amount"], goods["unit"], goods["kind"])
    rows = list(csv.DictReader(io.StringIO(run("trace", str(spent), "--csv").out)))
    assert [str(link["seq"]) for link in links] == [row["seq"] for row in rows]
    assert "soap=2" == rows[0]["items"]


def test_where_it_went_is_a_page(run: Run, spent: int) -> None:
    """What goes beyond the limit is told, and shown behind the last record."""
    first = trace_of(spent).origins[0].record.seq
    assert 0 == run("reverse", str(spent), "--reason", "记错").status
    went = [use.record.seq for use in trace_of(first).uses]
    cut = run("--lang", "zh", "trace", str(first), "--limit", "1").lines
    assert f"第 {went[0]} 号记录之后还有。" == cut[-1]
    rest = json.loads(run("trace", str(first), "--after", str(went[0]), "--json").out)
    assert went[1:] == [link["seq"] for link in rest if link["way"] == "use"]
    assert (2, True) == ((ended := run("trace", "999")).status, "(unknown-record)" in ended.err)
