"""The mistakes that October's sheet holds on purpose: such as clerks make, each in a known row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.sample.deeds import DEED_HEADINGS
from tests.sample.rules import CLEAN_UP, VOLUNTEERING, YARD

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER, DAY, HOUSEHOLD, NAME, ACTIVITY, QUANTITY = range(6)
LINES_ABOVE = 2
"""The title and the headings."""

WHOLE_ROW = "整行"
REPEATED_AT, REPEATED_AFTER = 0.86, 5
HOMOPHONES = {"兰": "蓝", "英": "瑛", "军": "君", "梅": "枚", "芳": "方", "平": "萍", "伟": "炜", "华": "花"}


class Mistake(NamedTuple):
    """One mistake: the row of the file, counted from 1, the column's heading, both cells, and what it is."""

    row: int
    column: str
    wrong: str
    right: str
    what: str


class Slip(NamedTuple):
    """A kind of mistake: how far down the sheet, in which column, on what rows it can happen, and what comes of it."""

    place: float
    column: int
    what: str
    suits: Callable[[list[str]], bool]
    spoil: Callable[[str], str]


SLIPS = (
    Slip(
        place=0.04,
        column=HOUSEHOLD,
        what="misspelt code: a letter O for a zero",
        suits=lambda row: row[NAME] != "",
        spoil=lambda code: "O" + code[1:],
    ),
    Slip(
        place=0.14,
        column=DAY,
        what="a day of another month",
        suits=lambda row: row[DAY].startswith("2025-10-"),
        spoil=lambda day: day.replace("-10-", "-09-", 1),
    ),
    Slip(
        place=0.25,
        column=NAME,
        what="misspelt name: a character that sounds alike",
        suits=lambda row: row[NAME][-1:] in HOMOPHONES,
        spoil=lambda name: name[:-1] + HOMOPHONES[name[-1]],
    ),
    Slip(
        place=0.37,
        column=HOUSEHOLD,
        what="the household is missing",
        suits=lambda row: row[NAME] != "",
        spoil=lambda _: "",
    ),
    Slip(
        place=0.41,
        column=ACTIVITY,
        what="an activity that the rule book does not know",
        suits=lambda row: row[ACTIVITY] == YARD.name,
        spoil=lambda _: "庭院清洁",
    ),
    Slip(
        place=0.47,
        column=QUANTITY,
        what="two and a half heads",
        suits=lambda row: row[ACTIVITY] == CLEAN_UP.name and row[QUANTITY] == "2",
        spoil=lambda _: "2.5",
    ),
    Slip(
        place=0.545,
        column=QUANTITY,
        what="a negative quantity",
        suits=lambda row: row[ACTIVITY] == VOLUNTEERING.name and row[QUANTITY] == "2",
        spoil=lambda _: "-2",
    ),
    Slip(
        place=0.64,
        column=DAY,
        what="a day that does not exist",
        suits=lambda row: row[DAY] == "2025-10-23",
        spoil=lambda _: "2025-10-32",
    ),
)


def numbered(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows with their running number in the first cell."""
    return [[str(number), *row[1:]] for number, row in enumerate(rows, 1)]


def plant(rows: list[list[str]]) -> tuple[list[list[str]], list[list[str]], list[Mistake]]:
    """Return the sheet with its mistakes, the corrected sheet with the same numbers, and the mistakes by row."""
    original = next(place for place in range(int(len(rows) * REPEATED_AT), len(rows)) if rows[place][NAME])
    repeated = original + REPEATED_AFTER
    sound = numbered([*rows[:repeated], rows[original], *rows[repeated:]])
    faulty = [list(row) for row in sound]
    mistakes = []
    for slip in SLIPS:
        start = int(slip.place * len(sound))
        place = next(place for place in range(start, original) if slip.suits(sound[place]))
        right = sound[place][slip.column]
        faulty[place][slip.column] = slip.spoil(right)
        row = place + 1 + LINES_ABOVE
        mistakes.append(Mistake(row, DEED_HEADINGS[slip.column], faulty[place][slip.column], right, slip.what))
    again = f"row {original + 1 + LINES_ABOVE} once more under another number"
    mistakes.append(Mistake(repeated + 1 + LINES_ABOVE, WHOLE_ROW, sound[repeated][NUMBER], "", again))
    return faulty, [*sound[:repeated], *sound[repeated + 1 :]], sorted(mistakes)
