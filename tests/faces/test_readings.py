"""Readings at the command line: a table for people, in both languages, and JSON and CSV for scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger

if TYPE_CHECKING:
    from tests.faces.conftest import Run

# Of each reading: its words, its columns for scripts, its headings for people in both languages, and how many rows.
SHOWN = "household name group balance held pending arrears available"
BALANCE = f"{SHOWN} floor"
READINGS: dict[str, tuple[str, str, str, str, int]] = {
    "balance": (
        "balance",
        BALANCE,
        SHOWN.replace(" ", "|"),
        "户号|户主|组|余额|预约占用|待生效|欠分|可用",
        3,
    ),
    "balance --group": (
        "balance --group 三组",
        BALANCE,
        SHOWN.replace(" ", "|"),
        "户号|户主|组|余额|预约占用|待生效|欠分|可用",
        2,
    ),
    "balance --on": (
        "balance 03-017 --on 2025-10-02",
        "household name group on balance",
        "household|name|group|on|balance",
        "户号|户主|组|日期|余额",
        1,
    ),
    "statement": (
        "statement 03-017 --period 2025-10",
        (
            "seq on counts_on period heading activity name member points balance requested for_period recorded_at "
            "reversed_by quantity reverses reason remark corrects corrected_by reservation refunds refunded written_off"
        ),
        "record|on|what|quantity|member|worth|points|balance|note",
        "记录号|日期|事由|数量|成员|应得|积分|余额|说明",
        6,
    ),
    "tally": (
        "tally 2025-10",
        "code name group deeds opening base earned prior deducted redeemed refunded expired forfeited moved closing",
        "code|name|group|deeds|opening|earned|prior|deducted|redeemed|closing",
        "编号|户主|组|事项数|期初|加分|前期更正|扣分|兑换|期末",
        3,
    ),
    "tally --level group": (
        "tally 2025Q4 --level group",
        "code deeds opening base earned prior deducted redeemed refunded expired forfeited moved closing",
        "code|deeds|opening|earned|prior|deducted|redeemed|closing",
        "编号|事项数|期初|加分|前期更正|扣分|兑换|期末",
        2,
    ),
    "tally --level category": (
        "tally 2025 --level category",
        "code name deeds base earned prior deducted",
        "code|name|deeds|earned|prior|deducted",
        "编号|名称|事项数|加分|前期更正|扣分",
        1,
    ),
    "tally --level village": (
        "tally 2025H2 --level village",
        "deeds opening base earned prior deducted redeemed refunded expired forfeited moved closing",
        "deeds|opening|earned|prior|deducted|redeemed|closing",
        "事项数|期初|加分|前期更正|扣分|兑换|期末",
        1,
    ),
    "rank": (
        "rank 2025-10 --ties dense",
        "rank code name group points deeds",
        "rank|code|name|group|points|deeds",
        "名次|编号|户主|组|积分|事项数",
        3,
    ),
    "rank --first": (
        "rank 2025-10 --first 1",
        "rank code name group points deeds",
        "rank|code|name|group|points|deeds",
        "名次|编号|户主|组|积分|事项数",
        1,
    ),
    "redemptions": (
        "redemptions --period 2025-10 --household 03-017",
        (
            "seq on period household name items points by reversed_by state shop collector collector_name cash_fen "
            "refunded irregular last_day ended_by"
        ),
        "record|on|household|name|items|points|state|by|note",
        "记录号|日期|户号|户主|商品|积分|状态|经办|说明",
        2,
    ),
    "head": ("head", "records root", "records|root", "笔数|校验根", 1),
    "stock show": (
        "stock show",
        "shop item name pieces held free cost best_before",
        "item|name|pieces|cost (yuan)",
        "商品|名称|数量|成本（元）",
        1,
    ),
    "trial-balance": (
        "trial-balance",
        "unit account balance",
        "book|account|balance",
        "账|科目|余额",
        10,
    ),
}

ENDINGS = {
    "statement": 1,
    "tally": 1,
    "tally --level group": 1,
    "tally --level category": 1,
    "redemptions": 1,
    "stock show": 1,
    "trial-balance": 1,
}
"""The lines that some tables have below their rows: a total, a closing, a verdict."""

AUDITED = ("grade", "code", "seqs", "what", "finding")


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the rows of CSV text."""
    return list(csv.DictReader(io.StringIO(text), strict=True))


def as_cell(value: object) -> str:
    """Return what a value of JSON is in a cell of CSV."""
    if isinstance(value, list):
        return ";".join(f"{each['item']}={each['pieces']}" if isinstance(each, dict) else str(each) for each in value)
    return "" if value is None else str(value)


def forge(book: Path) -> None:
    """Raise an award of 12 to 92 in a record of a closed book."""
    data = book.read_bytes()
    assert b'"granted":12,' in data
    book.write_bytes(data.replace(b'"granted":12,', b'"granted":92,', 1))


def undoing() -> int:
    """Return the number of the record that undid another."""
    with Ledger.open("book.db") as ledger:
        (seq,) = (record.seq for record in ledger.records() if record.kind == "reverse")
    return seq


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.usefixtures("clerk")
def test_a_reading_is_a_table_for_people(run: Run, reading: str, lang: str) -> None:
    """A reading is a table with headings in the language spoken, and a row for each thing found."""
    words, _, en, zh, count = READINGS[reading]
    ended = run("--lang", lang, *words.split())
    assert (0, "") == (ended.status, ended.err)
    lines = ended.lines[1:] if reading == "statement" else ended.lines
    assert {"en": en, "zh": zh}[lang].split("|") == re.split(r" {2,}", lines[0].strip())
    assert 1 + count + ENDINGS.get(reading, 0) == len(lines)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.usefixtures("clerk")
def test_a_reading_is_json_and_csv_for_scripts(run: Run, reading: str) -> None:
    """JSON and CSV hold the same rows under English names in a fixed order, whatever language is spoken."""
    words, columns, *_, count = READINGS[reading]
    told, listed = (run("--lang", "en", *words.split(), form).out for form in ("--json", "--csv"))
    found = json.loads(told)
    assert [columns.split()] * count == [list(row) for row in found]
    assert columns.replace(" ", ",") == listed.splitlines()[0]
    assert [{name: as_cell(value) for name, value in row.items()} for row in found] == rows_of(listed)
    assert told == run("--lang", "zh", *words.split(), "--json").out
    assert listed == run("--lang", "zh", *words.split(), "--csv").out


@pytest.mark.usefixtures("clerk")
def test_figures_are_exact_text(run: Run) -> None:
    """Points and yuan are decimal text, counts and record numbers are numbers, and what is unknown is null."""
    (stock,) = json.loads(run("stock", "show", "--json").out)
    expected = {"shop": "main", "item": "soap", "name": "肥皂", "pieces": 9, "held": 0, "free": 9, "cost": "22.50"}
    assert expected | {"best_before": None} == stock
    (tally,) = json.loads(run("tally", "2025-10", "--level", "village", "--json").out)
    expected = {"deeds": 4, "opening": "10", "earned": "30", "prior": "0", "deducted": "-6", "redeemed": "-20"}
    others = dict.fromkeys(("base", "refunded", "expired", "forfeited", "moved"), "0")
    assert expected | others | {"closing": "14"} == tally
    opening, first, _, cut, *_ = json.loads(run("statement", "03-017", "--json").out)
    assert ("earned", "yard", "庭院整洁", "李四") == tuple(
        cut[name] for name in ("heading", "activity", "name", "member")
    )
    assert ("12", "6", None, None) == tuple(cut[name] for name in ("requested", "points", "for_period", "reversed_by"))
    assert ("12", None) == (first["points"], first["requested"])
    assert ("opening", None, None) == (opening["heading"], opening["activity"], opening["member"])


@pytest.mark.usefixtures("clerk")
def test_goods_are_apart_for_scripts(run: Run) -> None:
    """The goods of a redemption are objects in JSON, and in CSV one text that the command redeem would take."""
    made, _ = json.loads(run("redemptions", "--json").out)
    of_each = {"pieces": 1, "price": "10", "refunded": 0, "returned": 0}
    assert [{"item": "haircut", "name": "理发", **of_each}, {"item": "soap", "name": "肥皂", **of_each}] == made[
        "items"
    ]
    assert ("2025-10", "20") == (made["period"], made["points"])
    assert "haircut=1;soap=1" == rows_of(run("redemptions", "--csv").out)[0]["items"]
    assert "理发 x 1，肥皂 x 1" in run("redemptions").lines[1]


@pytest.mark.usefixtures("clerk")
def test_tables_end_with_a_total(run: Run) -> None:
    """A tally has its total, a statement its opening and closing and a trial balance its verdict, for people alone."""
    assert ["total", "4", "10", "30", "0", "-6", "-20", "14"] == run("tally", "2025-10").lines[-1].split()
    assert "合计" == run("--lang", "zh", "tally", "2025-10").lines[-1].split()[0]
    statement = run("statement", "03-017", "--period", "2025-10").lines
    assert ("03-017 张三: opening 10", "closing 20") == (statement[0], statement[-1])
    statement = run("--lang", "zh", "statement", "03-017").lines
    assert ("03-017 张三：期初 0", "期末 20") == (statement[0], statement[-1])
    assert "Every book sums to zero." == run("trial-balance").lines[-1]
    assert "各账借贷相抵，合计为零。" == run("--lang", "zh", "trial-balance").lines[-1]


@pytest.mark.usefixtures("clerk")
def test_a_trial_balance_has_names_for_people(run: Run) -> None:
    """Books and accounts stand with the names of goods and categories for people, and with their codes for scripts."""
    seen = [line.split()[:2] for line in run("--lang", "zh", "trial-balance").lines]
    assert ["积分", "发放:环境整治"] in seen
    assert ["积分", "扣分:环境整治"] in seen
    assert ["肥皂", "货架:main"] in seen
    assert ["points", "issued:环境整治"] in [line.split()[:2] for line in run("--lang", "en", "trial-balance").lines]
    units = {row["unit"] for row in json.loads(run("trial-balance", "--json").out)}
    assert {"points", "item:soap", "yuan"} == units


@pytest.mark.usefixtures("clerk")
def test_a_note_says_what_became_of_it(run: Run) -> None:
    """A statement and the list of redemptions name the record that undid one: people in words, scripts by number."""
    last = undoing()
    for words, why in ((("statement", "03-017"), True), (("redemptions",), False)):
        for lang, note, reason in (
            ("en", f"reversed by {last}", ": 记错了"),
            ("zh", f"已由 {last} 号冲销", "：记错了"),
        ):
            ends = [line for line in run("--lang", lang, *words).lines if line.lstrip().startswith(f"{last - 1} ")]
            assert [True] == [line.endswith(note + reason * why) for line in ends]
        rows = json.loads(run(*words, "--json").out)
        assert {last - 1: last} == {row["seq"]: row["reversed_by"] for row in rows if row["reversed_by"] is not None}


@pytest.mark.usefixtures("clerk")
def test_a_reversal_says_what_it_reverses_and_why(run: Run) -> None:
    """In a statement a reversal names the record that it undid and the reason, to people and to scripts."""
    last = undoing()
    for lang, note in (("en", f"reverses {last - 1}: 记错了"), ("zh", f"冲销第 {last - 1} 号：记错了")):
        assert [note] == [
            line[-len(note) :]
            for line in run("--lang", lang, "statement", "03-017").lines
            if line.lstrip().startswith(f"{last} ")
        ]
    rows = {row["seq"]: row for row in json.loads(run("statement", "03-017", "--json").out)}
    assert (last - 1, "记错了") == (rows[last]["reverses"], rows[last]["reason"])
    assert (None, "记错了") == (rows[last - 1]["reverses"], rows[last - 1]["reason"])


@pytest.mark.usefixtures("clerk")
def test_remarks_and_reasons_can_be_read(run: Run) -> None:
    """Below a record stands its remark, or the reason of a reversal; a statement has the remark in its note."""
    last = undoing()
    assert "原因：记错了" in run("--lang", "zh", "record", str(last)).lines
    assert "reason: 记错了" in run("--lang", "en", "record", str(last)).lines
    assert "记错了" not in run("record", str(last), "--json").out
    run("award", "03-018", "tidy", "--on", "2025-10-09", "--remark", "组长来电")
    with Ledger.open("book.db") as ledger:
        remarked = ledger.head().size
    assert "备注：组长来电" in run("--lang", "zh", "record", str(remarked)).lines
    assert run("--lang", "zh", "statement", "03-018").lines[-2].endswith("备注：组长来电")
    assert "组长来电" == json.loads(run("statement", "03-018", "--json").out)[-1]["remark"]


@pytest.mark.usefixtures("clerk")
def test_the_reason_of_a_replacement_is_in_the_language_spoken(clerk: Path, run: Run) -> None:
    """What the library itself gives as a reason for a reversal is told in Chinese where that is spoken."""
    run("import", "deeds.csv", "--period", "2025-10")
    sheet = clerk / "deeds.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("门前卫生,3", "门前卫生,2"), encoding="utf-8")
    assert 0 == run("import", "deeds.csv", "--period", "2025-10", "--replace", "2025-10").status
    assert "由更正后的表替换" in run("--lang", "zh", "statement", "03-018").out
    assert "replaced by a corrected sheet" in run("--lang", "en", "statement", "03-018").out


@pytest.mark.usefixtures("clerk")
def test_a_statement_says_how_much_was_done(run: Run) -> None:
    """The quantity of a deed stands in the statement, and where there was no deed there is none."""
    rows = json.loads(run("statement", "04-001", "--json").out)
    assert ["3"] == [row["quantity"] for row in rows]
    assert ["门前卫生", "3"] == run("statement", "04-001").lines[2].split()[2:4]
    opening = json.loads(run("statement", "03-017", "--json").out)[0]
    assert (None, None) == (opening["quantity"], opening["reason"])


@pytest.mark.usefixtures("clerk")
def test_a_record_is_shown_as_it_was_written(run: Run) -> None:
    """A record comes out as the JSON of its body, with no name in it; people read below it who is meant."""
    ended = run("record", "16", "--json")
    with Ledger.open("book.db") as ledger:
        assert (0, json.loads(ledger.record(16).body())) == (ended.status, json.loads(ended.out))
        people = ledger.people_in(16)
    assert "张三" not in ended.out
    assert ["household", "operator"] == [person.role for person in people]
    shown = run("record", "16")
    assert shown.out.startswith(ended.out)
    below = shown.out.removeprefix(ended.out).splitlines()[1:]
    assert [[person.id, person.code, person.name] for person in people] == [line.split() for line in below]


def test_an_audit_tells_a_whole_book(clerk: Path, run: Run) -> None:
    """A whole book ends with 0, its size and its root, and has no findings for scripts."""
    with Ledger.open(clerk / "book.db") as ledger:
        size, root = ledger.head().size, ledger.head().root.hex()
    for lang, words in (("en", (f"{size} records, whole", f"root {root}")), ("zh", (f"共 {size} 笔记录，完整", root))):
        ended = run("--lang", lang, "audit")
        assert (0, 2) == (ended.status, len(ended.lines))
        assert [True, True] == [word in line for word, line in zip(words, ended.lines, strict=True)]
    assert [] == json.loads(run("audit", "--json").out)
    assert [",".join(AUDITED)] == run("audit", "--csv").lines


def test_an_audit_tells_a_forged_one(clerk: Path, run: Run) -> None:
    """A forged record is named by number and code, and ends with 1 in every form."""
    forge(clerk / "book.db")
    for lang, grade in (("en", "broken"), ("zh", "不符")):
        ended = run("--lang", lang, "audit")
        assert (1, "") == (ended.status, ended.err)
        assert [grade, "leaf-mismatch", "12"] == ended.lines[1].split()[:3]
    told, listed = run("audit", "--json"), run("audit", "--csv")
    assert (1, 1) == (told.status, listed.status)
    found = json.loads(told.out)
    assert ["leaf-mismatch", "decision-differs"] == [finding["code"] for finding in found[:2]]
    assert [list(AUDITED)] * len(found) == [list(finding) for finding in found]
    assert [12] == found[0]["seqs"]
    assert [{name: as_cell(value) for name, value in row.items()} for row in found] == rows_of(listed.out)
    assert (told, listed) == (run("--lang", "zh", "audit", "--json"), run("--lang", "zh", "audit", "--csv"))


def test_what_looks_like_a_formula_is_defused(clerk: Path, run: Run) -> None:
    """In CSV a text that a spreadsheet would run has a quote before it; numbers, and JSON, are as they are."""
    heads = ("=1+1", "+86", "@SUM(A1)", "-x", "-5", "钱七")
    rows = [f"06-00{number},{head},=组" for number, head in enumerate(heads, start=1)]
    (clerk / "households.csv").write_text("\n".join(["户号,户主,组", *rows, "=A1,冯九,"]) + "\n", encoding="utf-8")
    assert 0 == run("enrol", "households.csv").status
    run("deduct", "06-001", "tidy", "--on", "2025-10-07")
    words = ("balance", "--group", "=组")
    listed = rows_of(run(*words, "--csv").out)
    assert ["'=1+1", "'+86", "'@SUM(A1)", "'-x", "-5", "钱七"] == [row["name"] for row in listed]
    assert {"'=组"} == {row["group"] for row in listed}
    assert "-2" == listed[0]["balance"]
    assert "'=A1" == rows_of(run("tally", "2025-10", "--csv").out)[-1]["code"]
    assert list(heads) == [row["name"] for row in json.loads(run(*words, "--json").out)]
