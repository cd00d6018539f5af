"""What the contract tests share: the places a book may be kept in, a clock that stands still, and the village of Nanyu.

Every book in a file is audited when its test ends, so each test also says that its acts left the book whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pointsledger import Ledger
from pointsledger.errors import PointsLedgerError
from tests.server import Server

HEADING = """\
format = 1
name = "{name}"
first_day = {first_day}
retroactive = {retroactive}
[mandate]
decided_on = {decided_on}
present = 46
votes_for = 44
"""

NANYU_RULES = """\
[[category]]
code = "cleanup"
name = "环境整治"
[[category]]
code = "volunteering"
name = "志愿服务"
[[category]]
code = "model-household"
name = "文明户"
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
limit = { points = 30, per = "month" }
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
code = "sanitation"
name = "集中清扫"
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
code = "trees"
name = "植树"
category = "volunteering"
points = 3
per = "piece"
[[activity]]
code = "meeting"
name = "参加村民会议"
category = "volunteering"
points = 10
per = "time"
limit = { times = 1, per = "week", by = "resident" }
[[activity]]
code = "lecture"
name = "政策宣讲"
category = "volunteering"
points = 10
per = "time"
limit = { points = 25, per = "quarter", mode = "reject" }
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

NANYU_PRICES = """\
[[item]]
code = "soap"
name = "肥皂"
unit = "块"
points = 10
[[item]]
code = "towel"
name = "毛巾"
unit = "条"
points = 5
[[item]]
code = "rice"
name = "大米"
unit = "袋"
points = 80
[[item]]
code = "haircut"
name = "理发"
points = 10
stocked = false
"""

IN_MEMORY = "sqlite://"

Text = str | Path | None
"""The blocks of a document, or the file of one that is written already, or none."""

Begin = Callable[..., Ledger]
"""Begins a book; see the fixture ``begin``."""

Document = Callable[..., Path]
"""Writes a rule book or a price list; see the fixture ``document``."""

Sheet = Callable[..., Path]
"""Writes a sheet; see the fixture ``sheet``."""

Refused = Callable[
    [Ledger, type[PointsLedgerError], str], AbstractContextManager[pytest.ExceptionInfo[PointsLedgerError]]
]
"""Holds a block to one refusal; see the fixture ``refused``."""


class Clock:
    """A clock that stands at ``instant`` until a test moves it."""

    def __init__(self, instant: datetime) -> None:
        """Stand at ``instant``."""
        self.instant = instant

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self.instant

    def noon(self, day: str) -> None:
        """Move to noon of ``day`` in the village."""
        self.instant = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def clock() -> Clock:
    """Stand at noon of 3 November 2025 in the village."""
    return Clock(datetime(2025, 11, 3, 4, tzinfo=UTC))


@pytest.fixture(params=["memory", "file", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a database of each sort; what is in memory lives as long as the ledger that began it."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        with server.lent() as name:
            yield server.url(name)
    else:
        yield IN_MEMORY if request.param == "memory" else str(tmp_path / "book.db")


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Write a document of the blocks given under the heading of a village that has decided it."""
    written = 0

    def write(
        blocks: str,
        *,
        name: str = "南峪村",
        first_day: str = "2025-09-01",
        decided_on: str = "2025-08-20",
        retroactive: bool = False,
    ) -> Path:
        nonlocal written
        written += 1
        heading = HEADING.format(
            name=name, first_day=first_day, decided_on=decided_on, retroactive=str(retroactive).lower()
        )
        path = tmp_path / f"document-{written}.toml"
        path.write_text(heading + blocks, encoding="utf-8")
        return path

    return write


@pytest.fixture
def begin(place: str, clock: Clock, document: Document) -> Iterator[Begin]:
    """Begin books at the place under test, with rules and prices; when the test ends, see that they are whole."""
    begun: list[Ledger] = []

    def start(rules: Text = NANYU_RULES, prices: Text = NANYU_PRICES, **settings: object) -> Ledger:
        given: dict[str, object] = {
            "village": "nanyu",
            "rulebook": document(rules) if isinstance(rules, str) else rules,
            "prices": document(prices) if isinstance(prices, str) else prices,
            "by": "clerk:1",
            "clock": clock,
        }
        ledger = Ledger.create(place, **(given | settings))  # type: ignore[arg-type]  # each test passes what create takes
        begun.append(ledger)
        return ledger

    yield start
    for ledger in begun:
        assert ledger.trial_balance().foots
        if place != IN_MEMORY:  # the audit costs as much as the test, and the acts are the same
            assert [] == [finding.say() for finding in ledger.audit()]
        ledger.close()


@pytest.fixture
def nanyu(begin: Begin) -> Ledger:
    """Begin the book of Nanyu with three households in two groups."""
    ledger = begin()
    ledger.enrol("03-017", head="张三", group="三组", members=["李四"], by="clerk:1")
    ledger.enrol("03-018", head="王五", group="三组", by="clerk:1")
    ledger.enrol("04-001", head="赵六", group="四组", by="clerk:1")
    return ledger


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Write the lines of a sheet to a file, in the encoding given."""

    def write(*lines: str, name: str = "sheet.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return path

    return write


@pytest.fixture
def refused() -> Refused:
    """Expect a block to raise exactly one class of error, with its stable code, and to leave the book as it was."""

    @contextmanager
    def expect(
        ledger: Ledger, error: type[PointsLedgerError], code: str
    ) -> Iterator[pytest.ExceptionInfo[PointsLedgerError]]:
        before = ledger.head()
        with pytest.raises(error) as caught:
            yield caught
        assert error is type(caught.value)
        assert code == caught.value.code
        assert before == ledger.head()

    return expect
