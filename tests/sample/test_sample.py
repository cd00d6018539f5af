"""The bundled sample: it is made by its program, valid, believable, and faulty only where it says so."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pointsledger import sample
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook

ROOT = Path(__file__).parents[2]
SEPTEMBER, OCTOBER, CORRECTED = "deeds-2025-09.csv", "deeds-2025-10.csv", "deeds-2025-10-corrected.csv"
MONTHS = {SEPTEMBER: 9, OCTOBER: 10, CORRECTED: 10}
ENCODINGS = {SEPTEMBER: "utf-8", OCTOBER: "gb18030"}
HEADINGS = ["序号", "日期", "户号", "姓名", "事项", "数量", "等级", "加扣", "审核人", "开始", "结束", "备注"]
WHOLE_ROW = "整行"
MARK = b"\xef\xbb\xbf"
DAY_FORMS = {
    "2025-09-03": re.compile(r"2025-\d\d-\d\d"),
    "2025/9/3": re.compile(r"2025/\d{1,2}/\d{1,2}"),
    "2025年9月3日": re.compile(r"2025年\d{1,2}月\d{1,2}日"),
}

Row = dict[str, str]


def table(name: str, headings: list[str]) -> list[Row]:
    """Return the rows of a CSV file of the sample, which has exactly these headings in its first row."""
    lines = list(csv.reader(sample.path(name).read_text(encoding="utf-8-sig").splitlines()))
    assert headings == lines[0]
    return [dict(zip(headings, line, strict=True)) for line in lines[1:]]


def deeds(name: str) -> dict[int, Row]:
    """Return the rows of a sheet of deeds by their row in the file."""
    text = sample.path(name).read_text(encoding=ENCODINGS.get(name, "utf-8-sig"))
    lines = list(csv.reader(text.splitlines()))
    assert f"南峪村2025年{MONTHS[name]}月积分登记表" == "".join(lines[0])
    assert HEADINGS == lines[1]
    return {number: dict(zip(HEADINGS, line, strict=True)) for number, line in enumerate(lines[2:], 3)}


def day_of(text: str) -> date | None:
    """Return the day that is written in one of the three ways, or None if there is no such day."""
    assert any(form.fullmatch(text) for form in DAY_FORMS.values()), text
    year, month, day = re.findall(r"\d+", text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:  # October the 32nd
        return None


@dataclass(frozen=True, slots=True)
class Village:
    """What the sheets are held against: the members of each household, and the rules."""

    members: dict[str, list[str]]
    book: RuleBook

    def faults(self, name: str) -> set[tuple[int, str]]:
        """Return row and column of every fault of a sheet of deeds."""
        found, seen = set(), set()
        for number, row in deeds(name).items():
            content = tuple(row[heading] for heading in HEADINGS[1:])
            columns = self.faulty_columns(row, MONTHS[name]) + ([WHOLE_ROW] if content in seen else [])
            seen.add(content)
            found |= {(number, column) for column in columns}
        return found

    def faulty_columns(self, row: Row, month: int) -> list[str]:
        """Return the columns of one row that cannot be right."""
        on, activity = day_of(row["日期"]), self.book.find(row["事项"])
        known = self.members.get(row["户号"], [row["姓名"]])
        quantity = Decimal(row["数量"] or 1)
        whole = quantity == int(quantity) or (activity is not None and activity.per == "hour")
        sound = {
            "日期": on is not None and (2025, month) == (on.year, on.month),
            "户号": row["户号"] in self.members,
            "姓名": row["姓名"] in {"", *known},
            "事项": activity is not None,
            "数量": quantity > 0 and whole,
        }
        if activity is not None:
            level = activity.find_level(row["等级"])
            sound["等级"] = level is not None if activity.levels else row["等级"] == ""
            sound["加扣"] = row["加扣"] in ({"加分", "扣分"} if activity.sign == "both" else {""})
        return [column for column, holds in sound.items() if not holds]

    def points(self, row: Row) -> int:
        """Return what the rule book gives or takes for a sound row, limits left out."""
        activity = self.book.find(row["事项"])
        assert activity is not None
        level = activity.find_level(row["等级"])
        points = activity.value(row["数量"] or None, level.code if level else None)
        return -points if row["加扣"] == "扣分" else points

    def earned(self, name: str) -> Counter[str]:
        """Return what each household earns by a sheet of one month, limits in points applied."""
        used, totals = Counter[tuple[str, ...]](), Counter[str]()
        for row in deeds(name).values():
            activity, points = self.book.find(row["事项"]), self.points(row)
            if activity is not None and activity.limits and activity.limits[0].points is not None:
                (limit,) = activity.limits
                most = limit.points or 0
                holder = (activity.code, row["户号"], row["姓名"] if limit.by == "resident" else "")
                points = min(points, most - used[holder])
                used[holder] += points
            totals[row["户号"]] += points
        return totals


@pytest.fixture(scope="module")
def village() -> Village:
    """Return the sample's village."""
    rows = table("households.csv", ["户号", "组", "户主", "成员"])
    members = {row["户号"]: [row["户主"], *filter(None, row["成员"].split("、"))] for row in rows}
    assert len(rows) == len(members)
    return Village(members, RuleBook.from_file(sample.path("rulebook.toml"), decimals=0))


@pytest.fixture(scope="module")
def documented() -> dict[tuple[int, str], tuple[str, str]]:
    """Return the mistakes that README.md lists: row and column, what is written and what is right."""
    text = sample.path("README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\S+) \| (.+?) \| (.+?) \|", text, re.MULTILINE)
    empty = {"(empty)": "", "(deleted)": ""}
    return {
        (int(row), column): (empty.get(wrong, wrong), empty.get(right, right)) for row, column, wrong, right in rows
    }


def test_the_program_makes_the_sample(tmp_path: Path) -> None:
    """Made again, every file of the sample is the same to the byte."""
    subprocess.run(
        [sys.executable, "-m", "tests.sample.make_sample", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=True,
    )
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    bundled = {path.name for path in sample.path("").iterdir() if path.is_file() and path.suffix != ".py"}
    assert bundled == set(made)
    assert [] == [name for name, content in made.items() if content != sample.path(name).read_bytes()]


def test_the_rule_book_is_sound(village: Village) -> None:
    """The rule book has its activities, each with its words and where the value was published, and none is risky."""
    activities = village.book.activities.values()
    assert 16 == len(activities)
    assert [] == [activity.code for activity in activities if not (activity.source and activity.text)]
    assert () == village.book.warnings()


def test_the_price_list_is_sound() -> None:
    """The price list has its items, each with its source, and one service."""
    items = PriceList.from_file(sample.path("prices.toml"), decimals=0).items
    assert 12 == len(items)
    assert [] == [item.code for item in items.values() if not item.source]
    assert ["haircut"] == [item.code for item in items.values() if not item.stocked]


def test_the_village_has_its_size(village: Village) -> None:
    """About 300 households in eight groups have 2.9 members on average, and namesakes live apart."""
    rows = table("households.csv", ["户号", "组", "户主", "成员"])
    assert 302 == len(rows)
    assert {f"{number}组" for number in "一二三四五六七八"} == {row["组"] for row in rows}
    assert [] == [row["户号"] for row in rows if row["组"] != "一二三四五六七八"[int(row["户号"][:2]) - 1] + "组"]
    assert pytest.approx(2.9, abs=0.1) == sum(map(len, village.members.values())) / len(rows)
    assert [] == [code for code, names in village.members.items() if len(set(names)) != len(names)]


def test_the_opening_is_for_half_of_the_village(village: Village) -> None:
    """About half of the households bring points from the paper book, each once."""
    openings = {row["户号"]: int(row["期初积分"]) for row in table("opening.csv", ["户号", "期初积分"])}
    assert set(openings) <= set(village.members)
    assert min(openings.values()) > 0
    assert pytest.approx(0.5, abs=0.05) == len(openings) / len(village.members)


def test_the_stock_is_of_the_price_list() -> None:
    """The shelf holds every good of the price list and no service, with cost in yuan and fen."""
    items = PriceList.from_file(sample.path("prices.toml"), decimals=0).items.values()
    rows = table("stock.csv", ["商品", "数量", "单价", "保质期"])
    assert [item.name for item in items if item.stocked] == [row["商品"] for row in rows]
    assert [] == [row for row in rows if not (int(row["数量"]) > 0 and re.fullmatch(r"\d+\.\d\d", row["单价"]))]
    assert [] == [row for row in rows if row["保质期"] and date.fromisoformat(row["保质期"]) < date(2026, 1, 1)]


def test_the_encodings_are_those_of_clerks() -> None:
    """October is saved as Chinese Windows saves it, what was corrected has a mark, and no sheet is large."""
    with pytest.raises(UnicodeDecodeError):
        sample.path(OCTOBER).read_text(encoding="utf-8")
    marked = [path.name for path in sample.path("").glob("*.csv") if path.read_bytes().startswith(MARK)]
    assert [CORRECTED, "households.csv"] == sorted(marked)
    assert [] == [name for name in MONTHS if sample.path(name).stat().st_size >= 250_000]


@pytest.mark.parametrize("name", MONTHS)
def test_a_month_is_believable(name: str) -> None:
    """A month has about 2,500 rows, numbered upwards, few of them deductions, with days in three ways."""
    rows = list(deeds(name).values())
    numbers = [int(row["序号"]) for row in rows]
    assert pytest.approx(2_500, abs=100) == len(rows)
    assert sorted(set(numbers)) == numbers
    assert pytest.approx(0.04, abs=0.01) == sum(row["加扣"] == "扣分" for row in rows) / len(rows)
    assert {True} == {any(form.fullmatch(row["日期"]) for row in rows) for form in DAY_FORMS.values()}


@pytest.mark.parametrize("name", [SEPTEMBER, CORRECTED])
def test_service_has_its_hours(name: str) -> None:
    """Each row of service names who served, on the day and for the hours that its times say; no other row has times."""
    for row in deeds(name).values():
        if row["事项"] == "志愿服务":
            start, end = datetime.fromisoformat(row["开始"]), datetime.fromisoformat(row["结束"])
            assert row["姓名"]
            assert {day_of(row["日期"])} == {start.date(), end.date()}
            assert Decimal(row["数量"]) == Decimal((end - start).seconds) / 3600
        else:
            assert ("", "") == (row["开始"], row["结束"])


@pytest.mark.parametrize("name", [SEPTEMBER, CORRECTED])
def test_a_sound_month_has_no_mistake(village: Village, name: str) -> None:
    """September and the corrected October have no faulty row."""
    assert set() == village.faults(name)


def test_october_has_the_documented_mistakes(
    village: Village, documented: dict[tuple[int, str], tuple[str, str]]
) -> None:
    """October's faulty rows are those of the README and no others, with the words that it says."""
    assert 9 == len(documented)
    assert set(documented) == village.faults(OCTOBER)
    written = {
        (number, column): deeds(OCTOBER)[number]["序号" if column == WHOLE_ROW else column]
        for number, column in documented
    }
    assert {place: wrong for place, (wrong, _) in documented.items()} == written


def test_the_corrected_october_corrects_nothing_else(documented: dict[tuple[int, str], tuple[str, str]]) -> None:
    """October with the README's corrections made is the corrected October."""
    rows = deeds(OCTOBER)
    for (number, column), (_, right) in documented.items():
        if column == WHOLE_ROW:
            del rows[number]
        else:
            rows[number][column] = right
    assert list(rows.values()) == list(deeds(CORRECTED).values())


def test_market_days_can_be_paid(village: Village) -> None:
    """Opening and September, less October's deductions, pay for every redemption, and the shelf suffices."""
    prices = PriceList.from_file(sample.path("prices.toml"), decimals=0)
    left = village.earned(SEPTEMBER)
    left.update({row["户号"]: int(row["期初积分"]) for row in table("opening.csv", ["户号", "期初积分"])})
    for row in deeds(CORRECTED).values():
        left[row["户号"]] += min(0, village.points(row))
    shelf = {row["商品"]: int(row["数量"]) for row in table("stock.csv", ["商品", "数量", "单价", "保质期"])}
    rows = table("redemptions-2025-10.csv", ["序号", "日期", "户号", "商品", "数量"])
    for row in rows:
        item = prices.find(row["商品"])
        assert item is not None
        left[row["户号"]] -= item.points * int(row["数量"])
        shelf[row["商品"]] = shelf.get(row["商品"], len(rows)) - int(row["数量"])
        assert min(left[row["户号"]], shelf[row["商品"]]) >= 0, row
    assert pytest.approx(150, abs=15) == len(rows)
    assert {"2025-10-15", "2025-10-25"} == {row["日期"] for row in rows}
