"""The demo: a village's two months from the bundled sample, by the commands that a clerk would type.

Every line after a ``$`` is a command of this program, run as it stands; only the market day's redemptions go
through Python, as an embedding system would post them.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from pointsledger import sample
from pointsledger.cli.running import run_line
from pointsledger.cli.showing import say, say_lines
from pointsledger.cli.words import language, many, speak
from pointsledger.errors import InvalidSetting
from pointsledger.ledger import Ledger
from pointsledger.sheets.sheet import REDEMPTIONS, read_sheet

_FILES = (
    "rulebook.toml",
    "prices.toml",
    "households.csv",
    "opening.csv",
    "stock.csv",
    "deeds-2025-09.csv",
    "deeds-2025-10.csv",
    "deeds-2025-10-corrected.csv",
    "redemptions-2025-10.csv",
)
_BOOK = "demo.db"
_TAMPERED = "tampered.db"
_AMOUNT = b'"granted":5,"group"'
_FORGED = b'"granted":9,"group"'


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def demo(
        folder: Annotated[Path, typer.Argument(help="A new folder to build it in.")] = Path("pointsledger-demo"),
    ) -> None:
        """Build two months of an invented village from the bundled sample, and audit before and after tampering."""
        build(app, folder)


def build(app: typer.Typer, folder: Path) -> None:
    """Build the demo in ``folder`` and tell it step by step.

    Raises:
        InvalidSetting: if the folder holds a demo already.

    """
    if (folder / _BOOK).exists():
        other = _another(folder)
        raise InvalidSetting(
            name="folder",
            value=str(folder),
            allowed=f"a folder that holds no demo.db yet; name another one, such as {other}",
            allowed_zh=f"还没有 demo.db 的文件夹；请另起一个名字，如 {other}",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidSetting(
            name="folder",
            value=str(folder),
            allowed="a folder that can be made; name another one",
            allowed_zh="能够新建的文件夹；请另起一个名字",
        ) from error
    for name in _FILES:
        shutil.copyfile(sample.path(name), folder / name)
    with chdir(folder), _settings():
        _Demo(app).tell()
    where = shlex.quote(str(folder))
    say_lines(speak("\nWhat to type next:", "\n接下来可以输入："))
    say(f"  cd {where}")
    say(f"  export POINTSLEDGER_DB={_BOOK} POINTSLEDGER_BY=clerk:1")
    program = shlex.quote("pointsledger" if shutil.which("pointsledger") else str(Path(sys.argv[0]).resolve()))
    say(f"  {program} statement 03-017 --period 2025-10")
    say(f"  {program} tally 2025-10 --output tally.csv")
    say(f"  {program} --help")


def _another(folder: Path) -> str:
    """Return a folder beside ``folder`` that nothing stands in yet, as it would be typed."""
    names = (folder.parent / f"{folder.resolve().name}-{number}" for number in count(2))
    return shlex.quote(str(next(name for name in names if not name.exists())))


@contextmanager
def _settings() -> Iterator[None]:
    """Work on the demo's book as clerk:1, and leave the environment as it was."""
    ours = {"POINTSLEDGER_DB": _BOOK, "POINTSLEDGER_BY": "clerk:1", "POINTSLEDGER_VILLAGE": "nanyu"}
    ours["POINTSLEDGER_LANG"] = language()
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class _Demo:
    """The steps of the demo, in the folder that holds its files."""

    def __init__(self, app: typer.Typer) -> None:
        self._command = get_command(app)

    def tell(self) -> None:
        """Run every step."""
        self._title("A new book, with its rules and prices", "新建账本，采用细则与价目")
        self._type(f"init --db {_BOOK} --village nanyu --rulebook rulebook.toml --prices prices.toml")
        self._type("enrol households.csv")
        self._type("opening opening.csv")
        self._type("opening --stock stock.csv")
        self._title("September: a clean sheet, imported twice", "九月：一张没有错的表，导入两次")
        self._type("import deeds-2025-09.csv --period 2025-09")
        self._type("import deeds-2025-09.csv --period 2025-09")
        self._title(
            "October: a sheet as it really comes (GB18030), then corrected", "十月：常见的错表（GB18030），再更正"
        )
        self._type("import deeds-2025-10.csv --period 2025-10", status=1)
        self._type("import deeds-2025-10-corrected.csv --period 2025-10")
        self._title("Market day", "赶集兑换")
        self._redeem()
        self._title("The month in figures", "本月汇总")
        self._type("tally 2025-10 --level group")
        self._type("tally 2025-10 --level category")
        self._type("rank 2025-10 --first 10")
        self._type("stock show")
        self._type("trial-balance")
        self._title("Is the book whole?", "账本是否完整？")
        self._type("audit")
        offset = _tamper()
        self._title(
            f"One byte changed, at {offset:,} of a copy: an award of 5 made 9",
            f"在副本的第 {offset:,} 字节处改一个字节：把一笔 5 分改成 9 分",
        )
        self._type(f"audit --db {_TAMPERED}", status=1)

    def _title(self, en: str, zh: str) -> None:
        say_lines(f"\n== {speak(en, zh)}")

    def _type(self, line: str, *, status: int = 0) -> None:
        """Run a command of this program; it ends with ``status``, or the demo itself has failed."""
        say_lines(f"\n$ pointsledger {line}")
        ended = run_line(self._command, shlex.split(line))
        if ended != status:
            message = f"the demo broke: {line!r} ended with {ended}, not {status}"
            raise RuntimeError(message)

    def _redeem(self) -> None:
        sheet = read_sheet("redemptions-2025-10.csv", REDEMPTIONS, REDEMPTIONS[:5])
        with Ledger.open(_BOOK) as ledger:
            with ledger.batch(by="shop:1") as batch:
                for row in sheet.rows:
                    batch.redeem(
                        row.need("household"),
                        {row.need("item"): row.need("pieces")},
                        on=row.day("on"),
                        request=f"2025-10 market {row.need('no')}",
                    )
            made = ledger.redemptions("2025-10")
        points = sum(redemption.points for redemption in made)
        say(
            speak(f"{many(len(made), 'redemption')}, {many(points, 'point')}.", f"共 {len(made)} 笔兑换，{points} 分。")
        )


def _tamper() -> int:
    """Copy the closed book and change one byte of one record in the copy; return where."""
    data = bytearray(Path(_BOOK).read_bytes())
    start = data.index(_AMOUNT)
    data[start : start + len(_AMOUNT)] = _FORGED
    Path(_TAMPERED).write_bytes(data)
    return start + _AMOUNT.index(b"5")
