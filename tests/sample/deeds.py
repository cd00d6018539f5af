"""The sample's deeds: what the households of the village did in a month, as rows of a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tests.sample.chance import Dice
from tests.sample.households import GROUPS
from tests.sample.rules import (
    ACTIVITIES,
    BRAVERY,
    CLASS,
    CLEAN_UP,
    CLEANEST,
    DAUGHTER,
    DISPUTE,
    ELDERS,
    FRONTAGE,
    GREEN,
    HAIRCUT,
    HONOUR,
    MEETING,
    UNIVERSITY,
    VOLUNTEERING,
    WEDDING,
    YARD,
    Activity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sample.households import Household


@dataclass(frozen=True, slots=True)
class Deed:
    """One row of a sheet of deeds."""

    day: date
    activity: Activity
    household: Household
    name: str
    quantity: str = ""
    level: str = ""
    sign: str = ""
    hours: tuple[str, str] = ("", "")
    remark: str = ""


class Event(NamedTuple):
    """What happens on a day to some households: an activity, its level, whom of the family it suits, to how many."""

    day: int
    activity: Activity
    level: str
    roles: str
    how_many: int


@dataclass(frozen=True, slots=True)
class Month:
    """When a month's checks, meetings and clean-ups are; pairs are for groups 1 to 4 and groups 5 to 8."""

    number: int
    holiday: int
    frontage: tuple[tuple[int, ...], tuple[int, ...]]
    meetings: tuple[tuple[int, ...], tuple[int, ...]]
    clean_ups: tuple[int, ...]
    events: tuple[Event, ...]

    @property
    def days(self) -> list[date]:
        """Every day of the month."""
        first = date(2025, self.number, 1)
        days = [first + timedelta(days=count) for count in range(31)]
        return [day for day in days if day.month == self.number]


GROWN = "EFHWS"
SEPTEMBER = Month(
    number=9,
    holiday=0,
    frontage=((8, 22), (15, 29)),
    meetings=((3, 24), (4, 25)),
    clean_ups=(13, 27),
    events=(
        *(Event(6, UNIVERSITY, "大学", "S", 9), Event(6, UNIVERSITY, "硕士", "S", 2)),
        *(Event(11, CLASS, "", GROWN, 27), Event(25, CLASS, "", GROWN, 24), Event(20, HAIRCUT, "", "HW", 5)),
        *(Event(5, DISPUTE, "", "EH", 2), Event(17, DISPUTE, "", "EFH", 3), Event(14, BRAVERY, "", "H", 1)),
        *(Event(20, WEDDING, "", "H", 2), Event(28, ELDERS, "", "W", 4), Event(30, GREEN, "", "EH", 3)),
        *(Event(10, HONOUR, "县级", GROWN, 1), Event(26, HONOUR, "街道级", GROWN, 2)),
        Event(26, HONOUR, "社区级", GROWN, 3),
    ),
)
OCTOBER = Month(
    number=10,
    holiday=3,
    frontage=((13, 27), (20, 30)),
    meetings=((9, 28), (10, 29)),
    clean_ups=(11, 18),
    events=(
        *(Event(2, WEDDING, "", "H", 2), Event(5, WEDDING, "", "EH", 2), Event(22, BRAVERY, "", "HW", 1)),
        *(Event(16, CLASS, "", GROWN, 25), Event(30, CLASS, "", GROWN, 26), Event(19, HAIRCUT, "", "HW", 5)),
        *(Event(8, DISPUTE, "", "EH", 2), Event(21, DISPUTE, "", "EFH", 3), Event(29, DAUGHTER, "", "W", 8)),
        *(Event(29, ELDERS, "", "W", 5), Event(31, GREEN, "", "EH", 2)),
        *(Event(17, HONOUR, "省级", GROWN, 1), Event(17, HONOUR, "县级", GROWN, 1)),
        Event(24, HONOUR, "社区级", GROWN, 2),
    ),
)
DEED_HEADINGS = ["序号", "日期", "户号", "姓名", "事项", "数量", "等级", "加扣", "审核人", "开始", "结束", "备注"]
UNTIDY = ("柴草乱堆", "门前有垃圾", "污水外流", "杂物占道")
SERVICES = ("清理河道", "护林巡查", "为老人送餐", "护送学生", "清扫广场")
SATURDAY = 5


@dataclass(slots=True)
class Sheet:
    """A month's deeds on the way to paper; nobody is written down twice for one thing on one day."""

    month: Month
    dice: Dice
    deeds: list[Deed] = field(default_factory=list)

    def on(self, day: int) -> date:
        """Return that day of the month."""
        return date(2025, self.month.number, day)

    def someone(self, household: Household) -> str:
        """Return who of a household is written down, its head more often than not."""
        return household.adults[0] if self.dice.chance(0.7) else self.dice.pick(household.adults)

    def yard_checks(self, households: list[Household]) -> None:
        """Check groups 1 and 2 each Tuesday, 3 and 4 each Wednesday, and so on; one row in eight bears no name."""
        for household in households:
            for day in self.month.days[self.month.holiday :]:
                if day.weekday() == (household.group + 1) // 2 and self.dice.chance(household.tidy):
                    name = "" if self.dice.chance(0.12) else self.someone(household)
                    self.deeds.append(Deed(day, YARD, household, name))

    def frontage_checks(self, households: list[Household]) -> None:
        """Look at half of the households without notice, twice a month."""
        for household in households:
            for day in self.month.frontage[household.group > len(GROUPS) // 2]:
                if self.dice.chance(0.5):
                    deed = Deed(self.on(day), FRONTAGE, household, self.someone(household), sign="加分")
                    untidy = self.dice.chance(0.36 * (1.05 - household.tidy) / 0.7)
                    remark = self.dice.pick(UNTIDY) if untidy else ""
                    self.deeds.append(replace(deed, sign="扣分", remark=remark) if untidy else deed)

    def meetings(self, households: list[Household]) -> None:
        """Bring one of each household to the group's meeting, or nobody; a few are late."""
        for household in households:
            for day in self.month.meetings[household.group > len(GROUPS) // 2]:
                if self.dice.chance(0.25 + 0.6 * household.keen):
                    deed = Deed(self.on(day), MEETING, household, self.someone(household), sign="加分")
                    late = self.dice.chance(0.15)
                    self.deeds.append(replace(deed, sign="扣分", remark="迟到") if late else deed)

    def clean_ups(self, households: list[Household]) -> None:
        """Clean up on a Saturday, with the whole village; the quantity counts heads and is left empty for one."""
        for household in households:
            for day in self.month.clean_ups:
                if self.dice.chance(0.1 + 0.6 * household.keen):
                    heads = 1 + sum(self.dice.chance(0.35) for _ in household.adults[1:3])
                    quantity = str(heads) if heads > 1 else ""
                    self.deeds.append(Deed(self.on(day), CLEAN_UP, household, self.someone(household), quantity))

    def services(self, households: list[Household]) -> None:
        """Let volunteers serve at weekends, one hour to four, on record with their hours."""
        for household in households:
            for name in household.adults:
                zeal = self.dice.spread(0.1, 0.9) if self.dice.chance(0.35 * household.keen + 0.06) else 0.0
                for day in self.month.days:
                    if day.weekday() >= SATURDAY and self.dice.chance(zeal):
                        self.deeds.append(self._service(day, household, name))

    def _service(self, day: date, household: Household, name: str) -> Deed:
        start = 60 * self.dice.pick((8, 8, 9, 14, 15)) + self.dice.pick((0, 30))
        minutes = 30 * self.dice.weighed(((2, 2), (3, 3), (5, 4), (2, 5), (3, 6), (2, 8)))
        clock = tuple(f"{day}T{at // 60:02}:{at % 60:02}" for at in (start, start + minutes))
        remark = self.dice.pick(SERVICES) if self.dice.chance(0.3) else ""
        return Deed(
            *(day, VOLUNTEERING, household, name), f"{minutes / 60:g}", hours=(clock[0], clock[1]), remark=remark
        )

    def events(self, households: list[Household], honoured: set[tuple[str, str]]) -> None:
        """Add what is rare: each household at most once in the sample for the same thing and level."""
        for event in self.month.events:
            suited = [
                (household, name)
                for household in self.dice.some(households, len(households))
                if (event.activity.code + event.level, household.code) not in honoured
                for name, role in household.people[:3]
                if role in event.roles
            ]
            for household, name in list({each.code: (each, name) for each, name in suited}.values())[: event.how_many]:
                honoured.add((event.activity.code + event.level, household.code))
                self.deeds.append(Deed(self.on(event.day), event.activity, household, name, level=event.level))

    def cleanest(self, households: list[Household]) -> None:
        """Name three households of each group, out of the tidy ones, on the month's last day."""
        for group in range(1, len(GROUPS) + 1):
            tidy = [household for household in households if household.group == group and household.tidy > 0.8]
            for household in self.dice.some(tidy, 3):
                self.deeds.append(Deed(self.month.days[-1], CLEANEST, household, household.adults[0]))


def make_month(month: Month, households: list[Household], honoured: set[tuple[str, str]]) -> list[Deed]:
    """Return a month's deeds in the order of the sheet: by day, then activity, then household."""
    sheet = Sheet(month, Dice(f"deeds {month.number}"))
    for part in (sheet.yard_checks, sheet.frontage_checks, sheet.meetings, sheet.clean_ups, sheet.services):
        part(households)
    sheet.events(households, honoured)
    sheet.cleanest(households)
    order = {activity.code: place for place, activity in enumerate(ACTIVITIES)}
    return sorted(sheet.deeds, key=lambda deed: (deed.day, order[deed.activity.code], deed.household.code, deed.name))


def day_forms(dice: Dice) -> Iterator[Callable[[date], str]]:
    """Yield how a clerk writes the day: mostly ISO, at times with slashes or in Chinese, some rows in a row."""
    while True:
        form = dice.weighed(
            (
                (8, date.isoformat),
                (2, lambda day: f"{day.year}/{day.month}/{day.day}"),
                (1, lambda day: f"{day.year}年{day.month}月{day.day}日"),
            )
        )
        for _ in range(20 + int(dice.spread(0, 40))):
            yield form


def rows_of(deeds: list[Deed], dice: Dice) -> list[list[str]]:
    """Return the cells of each deed, the first (its number) still empty."""
    rows = []
    for deed, form in zip(deeds, day_forms(dice), strict=False):
        group = deed.household.group
        panel = f"panel:{group};panel:{group % len(GROUPS) + 1}"
        row = ["", form(deed.day), deed.household.code, deed.name, deed.activity.name, deed.quantity, deed.level]
        rows.append([*row, deed.sign, panel, *deed.hours, deed.remark])
    return rows
