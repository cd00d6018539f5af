"""What the tests of the command line share: a way to run it, and the book of Nanyu to run it on.

A command runs in this process, by the very ``main`` that the installed script runs: what it raises fails the test, so
none of these tests can overlook a traceback. Starting an interpreter costs a second; only what needs one has its own.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

import pointsledger
from pointsledger import Ledger
from pointsledger.cli import main

HEADING = """\
format = 1
name = "南峪村"
first_day = 2025-09-01
[mandate]
decided_on = 2025-08-20
present = 46
votes_for = 44
"""

RULES = """\
[[category]]
code = "cleanup"
name = "环境整治"
[[activity]]
code = "tidy"
name = "门前卫生"
category = "cleanup"
points = 2
per = "time"
sign = "both"
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 12
per = "time"
limit = { points = 30, per = "month" }
"""

RISKY = """\
[[activity]]
code = "petition"
name = "不越级上访"
category = "cleanup"
points = 2
per = "time"
"""

FUNDS = """\
[[fund]]
code = "shop"
name = "兑换基金"
purpose = "采购积分超市商品"
uses = ["purchases", "rewards"]
budget = 600
per = "year"
[liability]
yuan_per_point = "0.50"
"""

PRICES = """\
[[item]]
code = "soap"
name = "肥皂"
points = 10
[[item]]
code = "haircut"
name = "理发"
points = 10
stocked = false
"""

HOUSEHOLDS = "户号,户主,组,成员\n05-001,钱七,五组,周九、吴十\n05-002,孙八,,\n"
OPENINGS = "户号,期初积分\n03-018,50\n04-001,7\n"
STOCK = "商品,数量,单价,保质期\n肥皂,7,2.50,2027/3/1\n"
DEEDS = "序号,日期,户号,事项,数量,加扣\n1,2025-10-05,03-018,门前卫生,3,加分\n2,2025-10-06,03-018,门前卫生,1,扣分\n"
MARKET = (
    "序号,日期,户号,商品,数量\n1,2025-10-08,03-017,肥皂,1\n1,2025-10-08,03-017,理发,1\n2,2025-10-08,03-018,肥皂,1\n"
)
FILES = {
    "rules.toml": HEADING + RULES + FUNDS,
    "later-rules.toml": HEADING.replace("2025-09-01", "2025-10-01") + RULES,
    "risky.toml": HEADING + RISKY,
    "prices.toml": HEADING + PRICES,
    "later-prices.toml": HEADING.replace("2025-09-01", "2025-10-01") + PRICES,
    "faulty.toml": HEADING + RULES.replace("points = 2", "points = -2"),
    "households.csv": HOUSEHOLDS,
    "openings.csv": OPENINGS,
    "stock.csv": STOCK,
    "deeds.csv": DEEDS,
    "market.csv": MARKET,
    "faulty.csv": DEEDS.replace("03-018,门前卫生,1", "O3-018,门前卫生,1"),
    "twice.csv": HOUSEHOLDS.replace("05-002", "03-017"),
    "text.db": "户号,积分\n" * 200,
    "empty.csv": "",
}

BOOK = "book.db"

PROGRAM = "from pointsledger.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of its output."""
        return self.out.splitlines()


Run = Callable[..., Ended]
"""Runs a command; see the fixture ``run``."""

Start = Callable[..., "subprocess.Popen[str]"]
"""Starts a command in an interpreter of its own; see the fixture ``start``."""


def run_here(*words: str) -> Ended:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    status: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["pointsledger", *words])
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
    assert isinstance(status, int)
    return Ended(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module", autouse=True)
def _bare_environment() -> Iterator[None]:
    """Take away what a developer's environment says to the command line."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("POINTSLEDGER_") or name in {"LC_ALL", "LC_MESSAGES"}:
                patch.delenv(name)
        patch.setenv("LANG", "C.UTF-8")
        yield


@pytest.fixture(scope="session")
def command() -> Run:
    """Run a command wherever the test stands."""
    return run_here


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep a folder with the files and the book of Nanyu, in which something of every kind has happened."""
    folder = tmp_path_factory.mktemp("nanyu")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    book, rules, prices = folder / BOOK, folder / "rules.toml", folder / "prices.toml"
    with (
        Ledger.create(book, village="nanyu", rulebook=rules, prices=prices, by="clerk:1") as ledger,
        ledger.batch(by="clerk:1") as batch,
    ):
        batch.enrol("03-017", head="张三", group="三组", members=["李四"])
        batch.enrol("03-018", head="王五", group="三组")
        batch.enrol("04-001", head="赵六", group="四组")
        batch.bring_forward("03-017", 10)
        batch.stock_in("soap", 10, unit_cost_fen=250, on="2025-09-05", by="shop:1")
        for day in range(1, 4):
            batch.award("03-017", "yard", member="李四", on=f"2025-10-0{day}")
        batch.deduct("04-001", "tidy", quantity=3, on="2025-10-04")
        batch.redeem("03-017", {"soap": 1, "haircut": 1}, on="2025-10-05", by="shop:1")
        wrong = batch.redeem("03-017", {"soap": 1}, on="2025-10-06", by="shop:1")
        batch.reverse(wrong.seq, reason="记错了")
        batch.fund_in("shop", 500, source="government", on="2025-10-07")
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a copy of the files and the book."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def clerk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand there as a clerk whose environment names the book and the operator."""
    monkeypatch.setenv("POINTSLEDGER_DB", BOOK)
    monkeypatch.setenv("POINTSLEDGER_BY", "clerk:1")
    return folder


@pytest.fixture
def run(folder: Path, command: Run) -> Run:
    """Run a command in the folder and return what it came to."""
    assert folder == Path.cwd()
    return command


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start a command, or another program, in an interpreter of its own that sees the package under test."""
    started: list[subprocess.Popen[str]] = []
    package = Path(pointsledger.__file__).parent.parent

    def begin(*words: str, program: str = PROGRAM) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", program, *words],
            env={**os.environ, "PYTHONPATH": str(package), "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        started.append(process)
        return process

    assert folder == Path.cwd()
    yield begin
    for process in started:
        process.communicate()
