"""What a host's tests are given: fixtures, temporary books, and the contract, each in a run of pytest of its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

import pointsledger.testing
from pointsledger import BoundLedger, Ledger
from pointsledger.acts import Acts
from pointsledger.errors import ExtraMissing, VillageExists
from pointsledger.questions import Questions
from pointsledger.testing import SMALL_VILLAGE, FixedClock, Village, contract, temporary_ledger
from pointsledger.testing.contract.book import SHEETS, STREAM, THREADS, needed
from pointsledger.testing.plugin import Ledgers, points_clock, points_ledger, points_ledgers, points_place

__all__ = ["points_clock", "points_ledger", "points_ledgers", "points_place"]

SETTINGS = "import pytest\npytest_plugins = ['pointsledger.testing.plugin']\n"
OWNED = """\
from pointsledger import Ledger
@pytest.fixture
def points_create():
    return lambda **settings: Ledger.create("sqlite://", **settings)
"""
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == {part!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Missing())
"""


def a_run(folder: Path, *words: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder with these files, as a host does."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", *words],
        cwd=folder,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


# --- names ---------------------------------------------------------------------------------------------


def test_every_name_can_be_had() -> None:
    """The names are listed in order and once each, and each leads somewhere."""
    names = pointsledger.testing.__all__
    assert sorted(set(names)) == sorted(names)
    assert [] == [name for name in names if not hasattr(pointsledger.testing, name)]
    assert set(names) <= set(dir(pointsledger.testing))
    with pytest.raises(AttributeError, match="nothing"):
        _ = pointsledger.testing.nothing


@pytest.mark.parametrize(
    ("part", "wanted"),
    [("hypothesis", "from pointsledger.testing import deeds"), ("pytest", "import pointsledger.testing.contract")],
)
def test_a_missing_part_is_told(part: str, wanted: str) -> None:
    """Without Hypothesis or pytest one sentence names what to install, and the clock and the books go on."""
    program = WITHOUT.format(part=part) + (
        "from pointsledger.testing import FixedClock, temporary_ledger\n"
        "with temporary_ledger() as ledger: print(ledger.head().size)\n"
        f"try:\n    {wanted}\nexcept ImportError as error:\n    print(error.code, error)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], check=True, capture_output=True, encoding="utf-8")
    size, told = done.stdout.splitlines()
    assert 7 == int(size)
    assert told.startswith("extra-missing pointsledger.testing.")
    assert told.endswith("install it with: pip install 'pointsledger[testing]'")
    assert "extra-missing" == ExtraMissing.code


# --- temporary books -----------------------------------------------------------------------------------


def test_a_temporary_book_has_a_village(points_ledger: Ledger, points_clock: FixedClock) -> None:
    """The fixture's book has rules and prices in force and its households enrolled, and goes by the fixture's clock."""
    codes = [household["household"] for household in SMALL_VILLAGE.households]
    assert codes == [held.household for held in points_ledger.balances()]
    assert "2025-11-03" == points_ledger.award(codes[0], "tidy", by="clerk:1").on
    points_clock.advance(days=30)
    assert "2025-12-03" == points_ledger.award(codes[0], "tidy", quantity=4, by="clerk:1").on
    assert 2 == points_ledger.redeem(codes[0], {"haircut": 1}, by="shop:1").balance


def test_more_books_can_be_begun(
    points_ledger: Ledger, points_ledgers: Ledgers, points_place: str, tmp_path: Path
) -> None:
    """Another village stands in the same database, a village has one book there, and another place has its own."""
    small = SMALL_VILLAGE
    other = Village("beiyu", small.rulebook, small.prices, (), small.first_period)
    assert ("beiyu", "liuwan") == (points_ledgers(other).village, points_ledger.village)
    assert ("beiyu", "liuwan") == Ledger.villages(points_place)
    with pytest.raises(VillageExists):
        points_ledgers()
    points_ledgers(place=tmp_path / "elsewhere.db")
    assert ("liuwan",) == Ledger.villages(tmp_path / "elsewhere.db")


def test_a_damaged_book_fails_its_test() -> None:
    """A book that is not whole at the end of its block is told with its findings, and a failing block with its own."""

    def damaged() -> None:
        with temporary_ledger() as ledger:
            ledger.bring_forward("01-001", 5, by="clerk:1")
            with ledger._store.connected(writes=True) as connection:
                connection.exec_driver_sql("UPDATE points_balance SET balance = balance + 1")

    def failing() -> None:
        with temporary_ledger() as ledger:
            ledger.close()
            message = "its own"
            raise KeyError(message)

    with pytest.raises(AssertionError, match=r"Balance .* is not what the records say"):
        damaged()
    with pytest.raises(KeyError, match="its own"):
        failing()


def test_a_book_that_cannot_be_begun_is_closed(tmp_path: Path) -> None:
    """A village with a household twice is refused, and no connection to its book stays open."""
    small = SMALL_VILLAGE
    twice = Village("liuwan", small.rulebook, small.prices, small.households * 2, small.first_period)
    with pytest.raises(ValueError, match="01-001"):
        twice.begin(tmp_path / "book.db")
    (tmp_path / "book.db").unlink()
    assert [] == list(tmp_path.iterdir())


# --- the contract --------------------------------------------------------------------------------------


def written_in(part: str) -> list[str]:
    """Return the names of the tests in a module of the contract, as they are written in its file."""
    source = Path(str(import_module(f"{contract.__name__}.{part}").__file__)).read_text(encoding="utf-8")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return [function.name for function in functions if function.name.startswith("test_")]


def test_the_contract_hands_out_every_test() -> None:
    """Every module of the contract is a part of it, and no two tests share a name, by which one would be lost."""
    folder = Path(str(contract.__file__)).parent
    assert {path.stem for path in folder.glob("*.py")} == {*contract.PARTS, "__init__", "book", "october"}
    written = Counter(name for part in contract.PARTS for name in written_in(part))
    assert Counter(name for name in contract.__all__ if name.startswith("test_")) == written
    assert 150 <= len(written)


def test_no_part_of_the_contract_hides_another() -> None:
    """A test or fixture has a name of its own in all of the contract, since a module takes all of them at once."""
    parts = (import_module(f"{contract.__name__}.{part}") for part in ("book", *contract.PARTS))
    sources = [Path(str(part.__file__)).read_text(encoding="utf-8") for part in parts]
    functions = [node for source in sources for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    named = Counter(
        node.name
        for node in functions
        if node.name.startswith("test_") or any("fixture" in ast.unparse(one) for one in node.decorator_list)
    )
    assert named["nanyu"]
    assert [] == [name for name, times in named.items() if times > 1]


def test_what_every_book_offers_is_needed_by_name_in_no_test() -> None:
    """A test that needs more than acts and questions names it, and nothing is named that every book has."""
    values = {name: getattr(contract, name) for name in contract.__all__ if name.startswith("test_")}
    named = {name: needed(value, []) for name, value in values.items()}
    kinds = {what for wants in named.values() for what in wants}
    assert {"audit", "batch", "expire", "grant_base", SHEETS, STREAM, THREADS} == kinds
    for what in kinds - {STREAM, THREADS}:
        assert hasattr(Ledger, what)
        assert not hasattr(Acts, what)
        assert not hasattr(Questions, what)
    assert len(named) / 2 <= sum(not wants for wants in named.values())
    assert [SHEETS] == needed(values["test_a_sheet_is_posted"], ["sheet"])
    assert issubclass(BoundLedger, Acts)
    assert issubclass(BoundLedger, Questions)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Run the contract as three hosts do: one soundly, one in another zone, one whose book has no batches."""
    lines = "import pytest\nfrom pointsledger.testing.contract import *\n"
    less = (
        "class Less:\n"
        "    def __init__(self, ledger):\n        self.ledger = ledger\n"
        "    def __getattr__(self, name):\n"
        "        if name == 'batch':\n            raise AttributeError(name)\n"
        "        return getattr(self.ledger, name)\n"
    )
    done = a_run(
        tmp_path_factory.mktemp("hosts"),
        *("-vv", "-rs", "-k", "test_the_day_of_a_deed_is_today or test_a_batch_names_its_operator_once"),
        test_sound=lines + OWNED,
        test_elsewhere=lines + OWNED.replace("**settings)", "**settings | {'zone': 'Europe/Berlin'})"),
        test_less=lines + less + OWNED.replace(" Ledger.create(", " Less(Ledger.create(").rstrip() + ")\n",
    )
    assert 1 == done.returncode, done.stdout
    return done.stdout


def test_a_host_runs_the_contract_in_two_lines(told: str) -> None:
    """A test module that imports the contract, with a fixture that begins books, runs its tests."""
    assert "test_sound.py::test_the_day_of_a_deed_is_today_if_left_out PASSED" in told
    assert "test_sound.py::test_a_batch_names_its_operator_once PASSED" in told


def test_a_contract_that_is_broken_shows_what_differs(told: str) -> None:
    """Where a host's book does otherwise the test fails and shows both values."""
    assert "test_elsewhere.py::test_the_day_of_a_deed_is_today_if_left_out FAILED" in told
    assert "At index 1 diff: '2025-11-04' != '2025-11-03'" in told


def test_a_book_that_offers_less_is_held_to_that(told: str) -> None:
    """On a book without batches the tests of batches are skipped, with what is missing, and the others run."""
    assert "test_less.py::test_the_day_of_a_deed_is_today_if_left_out PASSED" in told
    assert "test_less.py::test_a_batch_names_its_operator_once SKIPPED" in told
    assert "Less offers no batch" in told


def test_a_host_names_the_plugin(tmp_path: Path) -> None:
    """With the plugin named a host's test takes the fixtures, and its own place stands where it defines one."""
    own = "@pytest.fixture\ndef points_place(tmp_path):\n    return str(tmp_path / 'mine.db')\n"
    test = (
        "def test_mine(points_ledger, points_clock, tmp_path):\n"
        '    """It runs."""\n'
        "    assert (tmp_path / 'mine.db').exists()\n"
        "    assert points_clock.today == points_ledger.award('01-001', 'tidy', by='c').on\n"
    )
    done = a_run(tmp_path, conftest=SETTINGS + own, test_mine=test)
    assert 0 == done.returncode, done.stdout
    assert "1 passed" in done.stdout
