"""A village for tests: what its book is begun with, who lives there, and a small one that is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict

from pointsledger.ledger import Ledger
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.testing.clock import FixedClock
from pointsledger.values.calendar import Calendar, Clock

OPERATOR = "clerk:1"
"""Who begins the books of tests and enrols their households."""

_HEADING = """\
format = 1
name = "{name}"
first_day = 2025-09-01
mandate = {{ decided_on = 2025-08-20, present = 31, votes_for = 29 }}
"""

_RULES = """\
[[activity]]
code = "yard-clean"
name = "庭院整洁"
category = "cleanup"
points = 5
per = "time"
limit = { points = 15, per = "month" }
[[activity]]
code = "tidy"
name = "门前卫生"
category = "cleanup"
points = 2
per = "time"
sign = "both"
[[activity]]
code = "litter"
name = "乱倒垃圾"
category = "cleanup"
points = 5
per = "time"
sign = "minus"
[[activity]]
code = "clean-up-day"
name = "集中整治"
category = "cleanup"
points = 5
per = "head"
[[activity]]
code = "patrol"
name = "义务巡逻"
category = "volunteering"
points = 4
per = "hour"
[[activity]]
code = "meeting"
name = "参加村民会议"
category = "volunteering"
points = 10
per = "time"
limit = { times = 1, per = "week", by = "resident" }
[[activity]]
code = "honour"
name = "表彰"
category = "model-household"
per = "level"
limit = { times = 1, per = "ever" }
[[activity.level]]
code = "county"
name = "县级"
points = 15
[[activity.level]]
code = "village"
name = "村级"
points = 5
"""

_PRICES = """\
[[item]]
code = "soap"
name = "肥皂"
unit = "块"
points = 10
[[item]]
code = "towel"
name = "毛巾"
points = 5
[[item]]
code = "haircut"
name = "理发"
points = 8
stocked = false
"""


class Enrolment(TypedDict):
    """What ``enrol`` is told of a household."""

    household: str
    head: str
    group: NotRequired[str]
    members: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Village:
    """What a village's book is begun with, and the households that are enrolled in it."""

    code: str
    rulebook: RuleBook
    prices: PriceList
    households: tuple[Enrolment, ...]
    first_period: str
    decimals: int = 0
    cut_off_day: int = 0

    @property
    def first_day(self) -> str:
        """The first day on which a deed can be recorded: the book has begun and the rules are in force."""
        return max(Calendar(cut_off_day=self.cut_off_day).bounds(self.first_period)[0], self.rulebook.first_day)

    def begin(self, place: str | Path = "sqlite://", *, clock: Clock | None = None) -> Ledger:
        """Begin the village's book at ``place``, in memory if it is left out, and enrol its households.

        ``clock`` is a ``FixedClock`` if it is left out. Whoever begins the book closes it; ``temporary_ledger`` does.
        """
        ledger = Ledger.create(
            place,
            village=self.code,
            rulebook=self.rulebook,
            prices=self.prices,
            first_period=self.first_period,
            decimals=self.decimals,
            cut_off_day=self.cut_off_day,
            by=OPERATOR,
            clock=clock or FixedClock(),
        )
        try:
            with ledger.batch(by=OPERATOR) as batch:
                for enrolment in self.households:
                    batch.enrol(**enrolment)
        except BaseException:
            ledger.close()
            raise
        return ledger


SMALL_VILLAGE: Final = Village(
    code="liuwan",
    rulebook=RuleBook.from_toml(_HEADING.format(name="柳湾村积分细则") + _RULES, file="rules", decimals=0),
    prices=PriceList.from_toml(_HEADING.format(name="柳湾村价目表") + _PRICES, file="prices", decimals=0),
    households=(
        {"household": "01-001", "head": "王秀兰", "group": "一组", "members": ["李国强"]},
        {"household": "01-002", "head": "赵大成", "group": "一组"},
        {"household": "02-001", "head": "买买提·艾力", "group": "二组", "members": ["古丽"]},
    ),
    first_period="2025-09",
)
"""Seven activities, three items and three households: what the fixtures begin with."""


@contextmanager
def temporary_ledger(
    village: Village = SMALL_VILLAGE, place: str | Path = "sqlite://", *, clock: Clock | None = None
) -> Iterator[Ledger]:
    """Begin the book of ``village`` for a block, close it behind it, and see that it is whole.

    Raises:
        AssertionError: with every finding, if the audit finds the book broken at the end of the block.

    """
    ledger = village.begin(place, clock=clock)
    try:
        yield ledger
        see_whole(ledger)
    finally:
        ledger.close()


def see_whole(ledger: Ledger) -> None:
    """Audit a book.

    Raises:
        AssertionError: with every finding, if it is broken.

    """
    report = ledger.audit()
    if not report.whole:
        message = "\n".join(finding.say() for finding in report)
        raise AssertionError(message)
