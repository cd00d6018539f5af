"""Rebuilding: every projection derived from the journal again, after damage, and from a file kept of each release."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pointsledger import Ledger
from pointsledger.decisions import enrolling, kinds
from pointsledger.errors import LedgerDamaged
from pointsledger.storage import schema
from pointsledger.storage.places import DIALECTS
from pointsledger.storage.tables import table_name
from pointsledger.values import rows
from tests.database.lived_in import SIZE, audited, bodies, dump, plain

PROJECTIONS = pytest.mark.parametrize("kind", rows.PROJECTIONS, ids=lambda kind: kind.__name__)
ROOT = "f499a673dbe9a2d28909d7fb9e025cf02e4873fd8627ff5601bc8a0fed2c1d30"
"""The root of the kept file's book, as it stood on the day it was made."""

KEPT = Path(__file__).parent / "kept" / "v1.db"


def table_of(kind: Any) -> str:  # noqa: ANN401 - a named tuple's class
    """Return the table of a row's class."""
    return table_name(kind)


def cure(path: Path, kind: Any) -> None:  # noqa: ANN401 - as above
    """Rebuild a book; without its kept head that takes a word of trust."""
    if kind is rows.Village:
        with pytest.raises(LedgerDamaged, match="head"):
            Ledger.rebuild(path)
    Ledger.rebuild(path, trust_journal=kind is rows.Village)


def test_a_rebuild_reproduces_every_byte(book: Path) -> None:
    """Rebuilding a sound book changes no row of any table and nothing of the schema."""
    before = dump(book)
    assert [] == [name for name, found in before.items() if not found], "no table of the book is empty"
    heads = Ledger.rebuild(book).heads
    assert before == dump(book)
    assert {"nanyu": SIZE} == {village: head.size for village, head in heads.items()}
    assert audited(book).root == heads["nanyu"].root.hex()


def test_the_book_has_every_kind_of_act(book: Path) -> None:
    """The book that these tests rebuild, damage and keep holds a record of every kind there is."""
    assert {kind for kind, _ in kinds.KINDS} == {body["kind"] for body in bodies(book)}


def test_everybody_came_in_by_a_record_that_says_so(book: Path) -> None:
    """Whoever stands in the register was brought in by a record of the kinds that do that, under the same role."""
    with plain(book) as connection:
        people = set(connection.execute("SELECT role, id FROM points_profile"))
    with Ledger.open(book) as ledger:
        came_in = {one for record in ledger.records(kinds=enrolling.BRING_IN) for one in enrolling.brought_in(record)}
        erased = {one for record in ledger.records(kinds=["erase"]) for one in record.said.get("erased", ())}
    assert {(role, one) for role, one in came_in if one not in erased} == people


@PROJECTIONS
def test_an_emptied_projection_is_cured(book: Path, kind: Any) -> None:  # noqa: ANN401 - as above
    """A projection of which nothing is left is a finding, and the same as ever after a rebuild."""
    before = dump(book)
    with plain(book, guarded=False) as connection:
        connection.execute(f"DELETE FROM {table_of(kind)}")  # noqa: S608 - a table of ours
    assert not audited(book).whole
    cure(book, kind)
    assert before == dump(book)


@PROJECTIONS
def test_a_dropped_projection_is_cured(book: Path, kind: Any) -> None:  # noqa: ANN401 - as above
    """A projection whose table is gone is a finding, and the same as ever after a rebuild."""
    before = dump(book)
    with plain(book) as connection:
        connection.execute(f"DROP TABLE {table_of(kind)}")
    assert {"schema-differs", "table-unreadable"} <= {finding.code for finding in audited(book)}
    cure(book, kind)
    assert before == dump(book)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE points_balance SET balance = balance + 100, arrears = arrears + 1",
        "UPDATE points_lot SET remaining = 0, settled = 0, held = 0",
        "UPDATE points_entry SET amount = amount + 1",
        "DELETE FROM points_allocation WHERE seq > 20",
        "UPDATE points_usage SET points = 0, times = 0",
        "UPDATE points_period_total SET amount = -amount",
        "UPDATE points_edition SET content = 'x', digest = 'x'",
        "UPDATE points_village SET frontier = x'', recorded_at = '', zone = 'Mars', decimals = 2",
        "UPDATE points_batch_row SET live = 1 - live",
        "UPDATE points_account SET opening_seq = 0",
        "INSERT INTO points_reversal VALUES ('nanyu', 14, 15)",
        "DROP TRIGGER points_journal_no_delete",
        "DROP TRIGGER points_journal_next",
        "DROP INDEX ix_points_lot_open",
    ],
)
def test_a_damaged_projection_is_cured(book: Path, damage: str) -> None:
    """Whatever was done to projections, indexes or triggers, a rebuild puts it right and keeps the journal."""
    before = dump(book)
    with plain(book) as connection:
        guards = (
            []
            if damage.startswith("DROP")
            else connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        )
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(damage)
    damaged = dump(book)
    assert before != damaged
    assert before["points_journal"] == damaged["points_journal"]
    Ledger.rebuild(book)
    assert before == dump(book)
    assert audited(book).whole


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE points_journal SET body = replace(body, '肥皂', '肥肉') WHERE seq = 4",
        "UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 14",
        "UPDATE points_journal SET body = 'x' WHERE seq = 14",
        "DELETE FROM points_journal WHERE seq = 14",
        "DELETE FROM points_journal WHERE seq = 1",
        f"DELETE FROM points_journal WHERE seq = {SIZE}",  # noqa: S608 - a constant
        "DELETE FROM points_journal",
        "UPDATE points_journal SET nodes = zeroblob(32) WHERE seq = 2",
    ],
)
def test_a_damaged_journal_is_not_rebuilt_from(book: Path, damage: str) -> None:
    """Where the journal itself is damaged a rebuild refuses, says which record it is, and changes nothing."""
    with plain(book, guarded=False) as connection:
        assert 1 <= connection.execute(damage).rowcount
    before = dump(book)
    with pytest.raises(LedgerDamaged, match=r"record|kept head"):
        Ledger.rebuild(book)
    assert before == dump(book)


def test_a_rebuild_tells_how_far_it_is(book: Path) -> None:
    """Progress is told record by record, up to the number there are."""
    told: list[tuple[int, int]] = []
    Ledger.rebuild(book, progress=lambda done, there: told.append((done, there)))
    assert [(seq, SIZE) for seq in range(1, SIZE + 1)] == told


def test_a_rebuilt_book_goes_on(book: Path, tmp_path: Path) -> None:
    """A book that was rebuilt and one that was not take the same acts to the same figures."""
    rebuilt = Path(shutil.copy(book, tmp_path / "rebuilt.db"))
    Ledger.rebuild(rebuilt)
    figures = []
    for path in (book, rebuilt):
        with Ledger.open(path) as ledger:
            ledger.award("03-017", "yard", on="2026-04-02", by="clerk:1", request="n-1")
            ledger.redeem("03-017", {"soap": 2}, on="2026-04-02", by="shop:1", request="n-2")
            ledger.reverse(30, reason="x", by="clerk:1", request="n-3")
            figures.append((ledger.balances(), ledger.stock(), ledger.tally("2026-04"), ledger.trial_balance()))
            assert ledger.audit().whole
    assert figures[0] == figures[1]


# --- kept files ----------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a copy of the file kept of release 0.1; `kept/make_v1.py` says how it came about."""
    return Path(shutil.copy(KEPT, tmp_path / "v1.db"))


def test_the_kept_file_is_whole(kept: Path) -> None:
    """The kept file audits whole after its upgrade."""
    Ledger.upgrade(kept)
    with Ledger.open(kept) as ledger:
        report = ledger.audit()
    assert () == report.findings
    assert (42, ROOT) == (report.size, report.root)


def test_the_kept_file_upgrades_to_itself(kept: Path) -> None:
    """The upgrade leaves what its own release wrote in every table, and adds new columns and what is redeemed."""
    shared = schema.shared_columns(DIALECTS["sqlite"], 1)
    before = dump(kept)
    Ledger.upgrade(kept)
    after = dump(kept)
    assert set(before) - {"schema"} == set(shared)
    redeemed = [row for row in after["points_usage"] if row[1].startswith("~")]
    assert {"~redeem", "~item:soap", "~item:cut"} == {row[1] for row in redeemed}
    after["points_usage"] = [row for row in after["points_usage"] if row not in redeemed]
    kept_as_it_was = {table: [row[: len(shared[table])] for row in after[table]] for table in shared}
    assert {"points_schema"} == {table for table in shared if before[table] != kept_as_it_was[table]}


def test_the_kept_file_gives_its_figures(kept: Path) -> None:
    """The kept file gives the figures it gave on the day it was made: balances, tallies, stock, redemptions, books."""
    Ledger.upgrade(kept)
    with Ledger.open(kept) as ledger:
        balances = [(row.household, row.group, int(row.balance), int(row.arrears or 0)) for row in ledger.balances()]
        tally = ledger.tally("2026-03")
        months = [(row.code, row.deeds, *map(int, figures(row))) for row in (*tally, tally.total)]
        stock = [(row.item, row.pieces, row.cost_fen) for row in ledger.stock()]
        redeemed = [(row.seq, row.household, int(row.points), row.reversed_by) for row in ledger.redemptions()]
        trial = {f"{row.unit} {row.account}": int(row.balance) for row in ledger.trial_balance()}
        statement = [(line.seq, int(line.points), int(line.balance)) for line in ledger.statement("03-019")]
    assert [("03-017", "三组", 29, 0), ("03-018", "四组", 19, 0), ("03-019", "", 18, 0)] == balances
    assert [
        ("03-017", 4, 20, 37, 0, 0, -38, 19),
        ("03-018", 3, 0, 21, 0, -2, 0, 19),
        ("03-019", 3, 0, 16, 0, -6, 0, 10),
        ("", 10, 20, 74, 0, -8, -38, 48),
    ] == months
    assert [("soap", 6, 1300)] == stock
    assert [(21, "03-017", 38, 0), (31, "03-018", 12, 32)] == redeemed
    assert {
        "points deducted:cleanup": 8,
        "points households": 66,
        "points issued:cleanup": -70,
        "points issued:model-household": -15,
        "points issued:volunteering": -7,
        "points opening": -20,
        "points redeemed": 38,
        "item:soap donor": -2,
        "item:soap handed-over": 3,
        "item:soap opening": -4,
        "item:soap shelf:main": 6,
        "item:soap supplier": -3,
    } == trial
    walk = [(25, 12, 12), (37, -12, 0), (42, 12, 12), (19, -6, 6), (20, 4, 10), (33, -40, -30), (35, 40, 10)]
    assert [*walk, (34, 8, 18)] == statement


def figures(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of a tally
    """Return the bridge of a row of a tally."""
    return row.opening, row.earned, row.prior, row.deducted, row.redeemed, row.closing


def test_the_kept_file_takes_new_records(kept: Path) -> None:
    """A book begun by the kept release goes on under this one, and a repeated request of old gives its old receipt."""
    Ledger.upgrade(kept)
    with Ledger.open(kept) as ledger:
        again = ledger.award(
            "03-018", "honour", level="county", on="2026-03-03", by="clerk:1", remark="县里评", request="a-4"
        )
        assert (18, True) == (again.seq, again.repeated)
        assert 43 == ledger.award("03-017", "yard", on="2026-04-02", by="clerk:1").seq
        assert ledger.audit().whole


def test_a_row_that_cannot_be_read_hides_nothing(book: Path) -> None:
    """What became of a table is named also where one of its rows is no text, and where it is a stranger's."""
    with plain(book) as connection:
        connection.execute("UPDATE points_balance SET balance = balance + 5 WHERE unit = 'points'")
        connection.execute("INSERT INTO points_balance VALUES ('nanyu', CAST(x'ff' AS TEXT), 'points', 0, 0, 0, 0, 0)")
        connection.execute("INSERT INTO points_usage VALUES ('ghost', 'yard', 'h', '2026-03', 1, 1)")
    assert ("points_balance", "points_usage") == Ledger.rebuild(book).changed
    assert audited(book).whole
