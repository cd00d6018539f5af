"""Make the bundled sample of 南峪村: ``python -m tests.sample.make_sample pointsledger/sample`` from the checkout.

Village, people and deeds are invented; the points and prices are ones that real villages published, each with its
source. The same program makes the same bytes wherever it runs.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.sample.chance import Dice
from tests.sample.deeds import DEED_HEADINGS, OCTOBER, SEPTEMBER, make_month, rows_of
from tests.sample.households import GROUPS, make_households
from tests.sample.market import budgets, make_openings, make_redemptions
from tests.sample.mistakes import numbered, plant
from tests.sample.rules import ITEMS, VILLAGE, prices_text, rulebook_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sample.households import Household
    from tests.sample.mistakes import Mistake

UTF8, UTF8_MARKED, CHINESE_WINDOWS = "utf-8", "utf-8-sig", "gb18030"

README = """\
# 南峪村, the bundled sample

**本村、村民和全部登记均为虚构，与任何叫南峪村的地方无关。** The village, its people and what they did are
invented; should a place of that name exist, it is not meant. What is not invented are the points and prices: real
villages published them, and each activity and item names its source. Where a scheme was published without its place,
the source says so; the haircut's price is the one figure without any. The limits are the sample's own.

The files are made by the program in `tests/sample` and are not edited by hand.

| file | what | encoding |
| --- | --- | --- |
| `rulebook.toml` | the rule book, in force from 2025-09-01 | UTF-8 |
| `prices.toml` | the price list, from the same day | UTF-8 |
| `households.csv` | 户号,组,户主,成员: the members beside the head, separated by 、 | UTF-8 with a mark |
| `opening.csv` | 户号,期初积分: what the old paper book held | UTF-8 |
| `stock.csv` | 商品,数量,单价,保质期: the shelf on the first day, unit cost in yuan | UTF-8 |
| `deeds-2025-09.csv` | September's deeds, without a mistake | UTF-8 |
| `deeds-2025-10.csv` | October's deeds with the mistakes below, as Excel saves it on Chinese Windows | GB18030 |
| `deeds-2025-10-corrected.csv` | October's deeds, corrected; the numbers (序号) are the same | UTF-8 with a mark |
| `redemptions-2025-10.csv` | 序号,日期,户号,商品,数量: the market days 2025-10-15 and 2025-10-25 | UTF-8 |

A sheet of deeds has a title in its first row and these headings in its second: {headings}.
Days are written in three ways: 2025-09-03, 2025/9/3 and 2025年9月3日. All CSV files end their lines as
Excel does (CR LF).

Every redemption can be paid from the opening and September's points alone, and the shelf is never empty under one.

## The mistakes in `deeds-2025-10.csv`

The row is that of the file: the title is row 1, the headings are row 2.

| row | column | written | corrected | mistake |
| --- | --- | --- | --- | --- |
{mistakes}
"""


def csv_bytes(rows: Iterable[Iterable[object]], encoding: str = UTF8) -> bytes:
    """Return rows as a CSV file with the line ends of Excel."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def households_rows(households: list[Household]) -> list[list[str]]:
    """Return the rows of households.csv; the members are those beside the head."""
    rows = [["户号", "组", "户主", "成员"]]
    for household in households:
        head, *others = [name for name, _ in household.people]
        rows.append([household.code, f"{GROUPS[household.group - 1]}组", head, "、".join(others)])
    return rows


def deeds_rows(month: int, rows: list[list[str]]) -> list[list[str]]:
    """Return a sheet of deeds: the title, as Excel pads it, the headings and the rows."""
    title = [f"{VILLAGE}2025年{month}月积分登记表"]
    return [title + [""] * (len(DEED_HEADINGS) - 1), DEED_HEADINGS, *rows]


def readme_text(mistakes: list[Mistake]) -> str:
    """Return README.md."""
    lines = []
    for mistake in mistakes:
        wrong, right = mistake.wrong or "(empty)", mistake.right or "(deleted)"
        lines.append(f"| {mistake.row} | {mistake.column} | {wrong} | {right} | {mistake.what} |")
    return README.format(headings=",".join(DEED_HEADINGS), mistakes="\n".join(lines))


def make_files() -> dict[str, bytes]:
    """Return the content of every file of the sample, by name."""
    households = make_households()
    openings = make_openings(households, Dice("openings"))
    honoured: set[tuple[str, str]] = set()
    september = make_month(SEPTEMBER, households, honoured)
    october = make_month(OCTOBER, households, honoured)
    faulty, corrected, mistakes = plant(rows_of(october, Dice("days of October")))
    redemptions = make_redemptions(budgets(openings, september, october), Dice("market"))
    september_rows = numbered(rows_of(september, Dice("days of September")))
    shelf = [[item.name, item.pieces, item.unit_cost, item.best_before] for item in ITEMS if item.pieces]
    bought = [
        [number, each.day, each.household, each.item.name, each.pieces] for number, each in enumerate(redemptions, 1)
    ]
    return {
        "rulebook.toml": rulebook_text().encode(),
        "prices.toml": prices_text().encode(),
        "households.csv": csv_bytes(households_rows(households), UTF8_MARKED),
        "opening.csv": csv_bytes([["户号", "期初积分"], *openings.items()]),
        "stock.csv": csv_bytes([["商品", "数量", "单价", "保质期"], *shelf]),
        "deeds-2025-09.csv": csv_bytes(deeds_rows(9, september_rows)),
        "deeds-2025-10.csv": csv_bytes(deeds_rows(10, faulty), CHINESE_WINDOWS),
        "deeds-2025-10-corrected.csv": csv_bytes(deeds_rows(10, corrected), UTF8_MARKED),
        "redemptions-2025-10.csv": csv_bytes([["序号", "日期", "户号", "商品", "数量"], *bought]),
        "README.md": readme_text(mistakes).encode(),
    }


def main(folder: Path) -> None:
    """Write every file of the sample into a folder that exists."""
    for name, content in make_files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
