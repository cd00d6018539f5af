"""The attack suite: what somebody who holds the file can do to it, and the level at which each must be found.

The promise is the table at the end of ``semantics.md``, section 12; here it stands once more as data, table by table.
Every attack is done by plain SQL with the triggers dropped and put back as they were. What changes a table is found by
the audit alone. What makes everything anew, hashes, projections and the book's own list of what it gave out, is *not*
found by the audit alone, and found by it against anything that others hold.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, Table

from pointsledger import Ledger
from pointsledger.findings import AuditReport
from pointsledger.rules.signed_note import SignedNote
from pointsledger.signing import SigningKey
from pointsledger.storage.registry import METADATA
from pointsledger.verifying import verify
from tests.database import attacks
from tests.database.given_out import GIVEN, GROWN_FROM, SIGNED, TOWNSHIP_KEY, VILLAGE_KEY, go_on
from tests.database.lived_in import audited, codes, dump
from tests.server import Server

AUDIT = "found by the audit alone"
HELD = "not found: the list is the book's own, and what counts is that whoever got the last one has it"
NOTED = "told by the audit as irregular: no figure depends on it, and slips cannot be made without it"
NONE = "cannot be done: there is nothing like it in the table"

Level = str
ATTACKS: dict[str, Callable[[Path, Table], None]] = {
    "delete one in the middle": attacks.delete_in_the_middle,
    "delete the last": attacks.cut_off_the_last,
    "insert one": attacks.insert_a_copy,
    "swap two": attacks.swap_two,
    "swap two keys": attacks.swap_two_keys,
    "renumber": attacks.renumber,
}
"""What is done to the rows of one table; that of a value, column by column, stands by itself."""

BACK = "roll the table back"
ROWS: dict[str, Level] = dict.fromkeys([*ATTACKS, BACK], AUDIT)
NO_NUMBERS = ROWS | {"renumber": NONE}
ONE_ROW = dict.fromkeys(["swap two", "swap two keys", "renumber"], NONE)

TABLES: dict[str, dict[str, Level]] = {
    "points_account": NO_NUMBERS,
    "points_allocation": ROWS,
    "points_balance": NO_NUMBERS,
    "points_batch": ROWS,
    "points_batch_row": ROWS,
    "points_bridge": NO_NUMBERS,
    "points_capped": ROWS,
    # That the last was issued shows with whoever got it; of those before it each is linked to the next.
    "points_checkpoint": ROWS | {"delete the last": HELD, BACK: HELD},
    "points_close": ROWS,
    "points_edition": ROWS,
    "points_entry": ROWS,
    "points_grouping": NO_NUMBERS,
    "points_invoice": ROWS | {"swap two keys": NONE},  # of each number there is one row, and of one item
    "points_journal": ROWS,
    "points_lapse": ROWS | {"swap two": NONE},  # beside their keys these say the same
    "points_lot": ROWS,
    "points_operator": NO_NUMBERS,
    "points_pause": ROWS,
    "points_period_total": NO_NUMBERS,
    "points_profile": NO_NUMBERS,
    "points_redemption": ROWS,
    "points_redemption_line": ROWS,
    "points_remark": ROWS,
    "points_resident": NO_NUMBERS,
    "points_reversal": ROWS,
    "points_schema": ROWS | ONE_ROW | {"insert one": NONE, BACK: NONE},  # it holds one row and no other
    # What was salted with it cannot be checked any more; the book itself is what it was.
    "points_secret": ROWS | ONE_ROW | {"delete one in the middle": NOTED, "delete the last": NOTED, BACK: NONE},
    "points_usage": NO_NUMBERS,
    "points_village": ROWS | ONE_ROW,
}
"""Each table and the level at which each attack on it is found."""

PROMISED: dict[str, tuple[str, str, str]] = {
    "body": ("points_journal", "body", "true"),
    "leaf": ("points_journal", "leaf", "true"),
    "entry": ("points_entry", "amount", "true"),
    "allocation": ("points_allocation", "amount", "true"),
    "balance": ("points_balance", "balance", "unit = 'points'"),
    "lot": ("points_lot", "remaining", "unit = 'points'"),
    "price": ("points_edition", "content", "document = 'prices'"),
    "stock": ("points_balance", "balance", "unit LIKE 'item:%'"),
    "lot of stock": ("points_lot", "remaining", "unit LIKE 'item:%'"),
    "total": ("points_period_total", "amount", "true"),
    "total of a close": ("points_bridge", "closing", "true"),
}
"""What ``semantics.md`` names, and where it stands; claims are of a later release and have no table yet."""


@pytest.fixture(scope="module")
def grown(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the book a month later, with its second month closed."""
    folder = tmp_path_factory.mktemp("grown")
    path = Path(shutil.copy(original, folder / "grown.db"))
    go_on(path, folder, key=VILLAGE_KEY)
    return path


@pytest.fixture
def book(grown: Path, tmp_path: Path) -> Path:
    """Return a copy of the book a month later, to be attacked."""
    return Path(shutil.copy(grown, tmp_path / "book.db"))


def without_sqlite(report: AuditReport) -> set[str]:
    """Return what was found but by the check of SQLite itself, which another program may have satisfied."""
    return codes(report) - {"file-damaged"}


# --- on each table -------------------------------------------------------------------------------------


def test_every_table_stands_in_the_promise() -> None:
    """A new table, or a new attack, has to be given its level."""
    assert sorted(METADATA.tables) == sorted(TABLES)
    assert [sorted([*ATTACKS, BACK])] * len(TABLES) == [sorted(levels) for levels in TABLES.values()]


def test_every_table_is_filled(original: Path, grown: Path) -> None:
    """No attack is on an empty table, and none rolls a table back to what it is."""
    before, now = dump(original), dump(grown)
    assert [] == [name for name in TABLES if not before[name]]
    assert sorted(name for name in TABLES if TABLES[name][BACK] == NONE) == sorted(
        name for name in TABLES if before[name] == now[name]
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(table, column, id=f"{table.name}.{column.name}")
        for table in METADATA.sorted_tables
        for column in table.columns
    ],
)
def test_a_changed_value_is_found(book: Path, table: Table, column: Column[Any]) -> None:
    """A changed value in any column of any table is a finding, which names the record where the row has one."""
    row = attacks.changed(book, table, column)
    report = audited(book)
    only = (table.name, column.name) == ("points_schema", "only")  # it is of no book, and SQLite's check knows it
    assert codes(report) if only else without_sqlite(report)
    told = "schema-differs" in codes(report)
    assert ((table.name, column.name) == ("points_schema", "version")) == told, "the triggers are back as they were"
    if "seq" in row and column.name not in {"seq", "village"}:
        assert row["seq"] in {seq for finding in report for seq in finding.seqs}


@pytest.mark.parametrize("name", PROMISED)
def test_what_the_promise_names_is_found_when_it_is_edited(book: Path, name: str) -> None:
    """Body, leaf, entry, allocation, balance, lot, price, stock and total: an edit of each is found by the audit."""
    table, column, where = PROMISED[name]
    attacks.changed(book, METADATA.tables[table], METADATA.tables[table].columns[column], where)
    assert without_sqlite(audited(book))


@pytest.mark.parametrize(
    ("table", "attack"),
    [
        pytest.param(METADATA.tables[name], attack, id=f"{name}: {attack}")
        for name, levels in TABLES.items()
        for attack, level in levels.items()
        if level != NONE and attack != BACK
    ],
)
def test_an_attack_on_a_table_is_found_at_its_level(book: Path, table: Table, attack: str) -> None:
    """Rows deleted, inserted, swapped or renumbered, in any table, are found at the level that was promised."""
    ATTACKS[attack](book, table)
    see_level(book, table.name, TABLES[table.name][attack])


@pytest.mark.parametrize("table", [name for name in TABLES if TABLES[name][BACK] != NONE])
def test_a_table_rolled_back_is_found_at_its_level(book: Path, original: Path, table: str) -> None:
    """Last month's rows of one table, in the place of this month's, do not fit the others."""
    attacks.exchange(book, METADATA.tables[table], dump(original)[table])
    see_level(book, table, TABLES[table][BACK])


def see_level(book: Path, table: str, level: Level) -> None:
    """See that the audit of a file finds at that level what was done to a table."""
    report = audited(book)
    found = without_sqlite(report)
    assert (level == AUDIT) == bool(found - {"secret-missing"}), [one.say() for one in report]
    assert (table == "points_schema") == ("schema-differs" in found), "the triggers are back as they were"
    assert (level == NOTED) == ("secret-missing" in {one.code for one in report})


# --- on the whole book ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def given(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what the book gave out at the end of the month, a file each."""
    folder = tmp_path_factory.mktemp("given")
    with Ledger.open(grown) as ledger:
        for name, make in GIVEN.items():
            (folder / name).write_text(make(ledger, tmp_path_factory.mktemp("made")), encoding="utf-8", newline="")
    return folder


@pytest.fixture(scope="module", params=attacks.ON_THE_BOOK)
def attacked(
    grown: Path, original: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Return a book that was made anew as a whole, so that nothing in it contradicts anything else."""
    folder = tmp_path_factory.mktemp("attacked")
    path = Path(shutil.copy(grown, folder / "book.db"))
    attacks.ON_THE_BOOK[request.param](path, original, folder)
    return request.param, path


@pytest.mark.parametrize("name", GIVEN)
def test_what_was_given_out_of_an_untouched_book_holds(grown: Path, given: Path, name: str) -> None:
    """Against each thing that was given out the book that nobody touched is whole, to its last record."""
    report = Ledger.audit_at(grown, against=[given / name])
    assert (set(), report.size, name) == (codes(report), report.anchored, report.anchored_by)


def test_the_audit_alone_does_not_find_what_was_made_anew(attacked: tuple[str, Path]) -> None:
    """Whoever makes everything anew makes a whole book: the audit says so, and that nothing outside holds it."""
    report = Ledger.audit_at(attacked[1])
    assert (set(), True, 0) == (codes(report), report.whole, report.anchored)
    assert "nothing that others hold was compared" in report.say()


CUT = {"cut off the end", "cut off the last record", "roll the whole file back"}
"""What leaves fewer records than others have seen."""


@pytest.mark.parametrize("integrity", [False, True])
@pytest.mark.parametrize("name", GIVEN)
def test_it_is_found_against_anything_that_others_hold(
    attacked: tuple[str, Path], given: Path, name: str, *, integrity: bool
) -> None:
    """Against each thing that was given out, one is enough, the book is not the one that others hold."""
    attack, path = attacked
    report = Ledger.audit_at(path, against=[given / name], integrity=integrity)
    assert {"evidence-beyond" if attack in CUT else "evidence-differs"} == codes(report)
    assert (False, 0) == (report.whole, report.anchored)


def test_whoever_has_no_key_signs_no_other_book(attacked: tuple[str, Path], given: Path, tmp_path: Path) -> None:
    """A head of the forged book is not signed by the village: not by a key of its name, not by its old signatures."""
    with Ledger.open(Path(shutil.copy(attacked[1], tmp_path / "book.db"))) as ledger:
        own = ledger.checkpoint(key=SigningKey.generate("nanyu")).note
        head = ledger.growth(1).checkpoint.text()
    genuine = (given / "cosigned checkpoint").read_text(encoding="utf-8")
    lines = SignedNote.read(genuine).signatures
    path = tmp_path / "forged.checkpoint"
    for forged in (
        own,
        SignedNote(head, lines).note(),
        SignedNote(head, (*SignedNote.read(own).signatures, *lines)).note(),
    ):
        path.write_text(forged, encoding="utf-8")
        assert ("holds", "unsigned") == (verify(path).code, verify(path, keys=[VILLAGE_KEY.verifier]).code)
        assert "unsigned" == verify(path, keys=[TOWNSHIP_KEY.verifier]).code
    path.write_text(genuine, encoding="utf-8")
    assert verify(path, keys=[VILLAGE_KEY.verifier, TOWNSHIP_KEY.verifier]).holds


@pytest.mark.parametrize("name", SIGNED)
def test_what_was_given_out_is_verified_by_its_signature(given: Path, name: str) -> None:
    """What carries the village's signature holds with its key, and with no other of the same name."""
    assert verify(given / name, keys=[VILLAGE_KEY.verifier]).holds
    assert "unsigned" == verify(given / name, keys=[SigningKey.generate("nanyu").verifier]).code


def test_a_proof_of_growth_is_verified_with_the_head_that_it_begins_at(book: Path, given: Path) -> None:
    """Signed by the village it holds with the head that it begins at, and says nothing without one."""
    with Ledger.open(book) as ledger:
        older = ledger.growth(1, size=GROWN_FROM).checkpoint.text()
    held = book.with_name("older.checkpoint")
    held.write_text(older, encoding="utf-8")
    growth, key = given / "proof of growth", VILLAGE_KEY.verifier
    assert verify(growth, keys=[key], against=[held]).holds
    assert "not-compared" == verify(growth, keys=[key]).code
    other = SigningKey.generate("nanyu").verifier
    assert "unsigned" == verify(growth, keys=[other], against=[held]).code


def test_a_list_that_was_cut_short_shows_with_whoever_got_the_last(book: Path, given: Path) -> None:
    """Without its last entry the list of issued checkpoints is whole; the book still is the one that others hold."""
    table = METADATA.tables["points_checkpoint"]
    attacks.cut_off_the_last(book, table)
    report = Ledger.audit_at(book, against=[given / "signed checkpoint"])
    assert (set(), report.size) == (codes(report), report.anchored)
    with Ledger.open(book) as ledger:
        last = list(ledger.checkpoints())[-1].note
    assert last != (given / "signed checkpoint").read_text(encoding="utf-8"), "what was given out is not in the list"


# --- on PostgreSQL -------------------------------------------------------------------------------------

_COPIED = "INSERT INTO points_journal SELECT village, seq + 1, kind, recorded_at, period, 'x', body, leaf, nodes"
ON_POSTGRESQL: dict[str, tuple[str, ...]] = {
    "edit a body": ("UPDATE points_journal SET body = replace(body, '庭院', '院庭') WHERE seq = 3",),
    "edit a leaf": ("UPDATE points_journal SET leaf = sha256(leaf) WHERE seq = 14",),
    "delete one in the middle": ("DELETE FROM points_journal WHERE seq = 14",),
    "cut off the last": ("DELETE FROM points_journal WHERE seq = (SELECT max(seq) FROM points_journal)",),
    "insert one": (f"{_COPIED} FROM points_journal ORDER BY seq DESC LIMIT 1",),
    "swap two": (
        "UPDATE points_journal SET seq = 9000 WHERE seq = 14",
        "UPDATE points_journal SET seq = 14 WHERE seq = 15",
        "UPDATE points_journal SET seq = 15 WHERE seq = 9000",
    ),
    "renumber": (
        "DELETE FROM points_journal WHERE seq = 14",
        "UPDATE points_journal SET seq = -seq WHERE seq > 14",
        "UPDATE points_journal SET seq = -seq - 1 WHERE seq < 0",
    ),
    "edit an entry": ("UPDATE points_entry SET amount = amount + 1 WHERE seq = 14",),
    "delete an entry": ("DELETE FROM points_entry WHERE seq = 14",),
    "move an entry": ("UPDATE points_entry SET seq = 15, line = 9 WHERE seq = 14",),
    "edit a balance": ("UPDATE points_balance SET balance = balance + 1 WHERE unit = 'points'",),
    "delete a balance": ("DELETE FROM points_balance WHERE unit = 'points'",),
    "invent a balance": ("INSERT INTO points_balance VALUES ('nanyu', 'h-000000000000', 'points', 5, 0, 0, 0, 0)",),
    "edit a lot": ("UPDATE points_lot SET granted = granted + 1, remaining = remaining + 1 WHERE seq = 14",),
    "edit a price": ("UPDATE points_edition SET content = content || ' ' WHERE document = 'prices'",),
    "edit a total": ("UPDATE points_period_total SET amount = amount + 1",),
}
_GUARDS = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
_ENABLED = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}


@pytest.fixture(scope="module")
def served(server: Server, grown: Path) -> str:
    """Return the name of a PostgreSQL database that has the book a month later."""
    name = server.made("kept")
    Ledger.migrate(grown, server.url(name))
    return name


def attack_served(server: Server, name: str, statements: Iterable[str]) -> None:
    """Attack a database as its owner: without constraints and triggers, which are back as they were at the end."""
    with psycopg.connect(server.dsn(name), autocommit=True) as connection:
        guards = connection.execute(_GUARDS).fetchall()
        checks = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE "
            "contype = 'c' AND conrelid = 'points_journal'::regclass AND conname LIKE '%%seq%%'"
        ).fetchall()
        for table, guard, _ in guards:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
        for table, check, _ in checks:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        for table, check, said in checks:
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check} {said}")
        for table, guard, enabled in guards:
            connection.execute(f"ALTER TABLE {table} {_ENABLED[enabled]} TRIGGER {guard}")


@pytest.mark.parametrize("attack", ON_POSTGRESQL)
def test_an_attack_on_postgresql_is_found(server: Server, served: str, attack: str) -> None:
    """Whoever owns a database on PostgreSQL changes it no more unseen than whoever holds a file."""
    with server.lent(served) as name:
        assert Ledger.audit_at(server.url(name)).whole
        attack_served(server, name, ON_POSTGRESQL[attack])
        found = codes(Ledger.audit_at(server.url(name)))
    assert found
    assert "schema-differs" not in found, "the guards are back as they were"


@pytest.mark.parametrize("name", ["signed checkpoint", "line from paper"])
def test_a_book_made_anew_on_postgresql_is_found_against_what_others_hold(
    server: Server, served: str, attacked: tuple[str, Path], given: Path, name: str
) -> None:
    """Moved to PostgreSQL a book that was made anew is whole by itself, and not the one that others hold."""
    assert Ledger.audit_at(server.url(served), against=[given / name]).whole
    with server.lent() as moved:
        Ledger.migrate(attacked[1], server.url(moved))
        assert set() == codes(Ledger.audit_at(server.url(moved)))
        report = Ledger.audit_at(server.url(moved), against=[given / name])
    assert {"evidence-beyond" if attacked[0] in CUT else "evidence-differs"} == codes(report)
