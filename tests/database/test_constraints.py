"""The constraints of the tables, in both databases: what each of them alone refuses, and that the audit misses it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import CheckViolation, UniqueViolation
from sqlalchemy import CheckConstraint, UniqueConstraint

from pointsledger.findings import NOTE
from pointsledger.storage.registry import METADATA
from tests.database.lived_in import StepClock, audited, begin, drop_triggers, live_in, plain
from tests.server import Server

# For each constraint, what it alone refuses, once the triggers are out of the way.
VIOLATIONS = {
    "ck_points_lapse_last_day": "UPDATE points_lapse SET last_day = '2026-04'",
    "ck_points_lapse_undone_by": "UPDATE points_lapse SET undone_by = 1",
    "ck_points_schema_only": 'UPDATE points_schema SET "only" = 2',
    "ck_points_journal_village": "UPDATE points_journal SET village = '' WHERE seq = 5",
    "ck_points_journal_seq": "UPDATE points_journal SET seq = 0 WHERE seq = 5",
    "ck_points_journal_kind": "UPDATE points_journal SET kind = '' WHERE seq = 5",
    "ck_points_journal_recorded_at": "UPDATE points_journal SET recorded_at = replace(recorded_at, 'T', ' ')",
    "ck_points_journal_period": "UPDATE points_journal SET period = '2026Q1'",
    "ck_points_journal_request_id": "UPDATE points_journal SET request_id = '' WHERE seq = 5",
    "ck_points_journal_body": "UPDATE points_journal SET body = '' WHERE seq = 5",
    "ck_points_journal_leaf": "UPDATE points_journal SET leaf = x'00' WHERE seq = 5",
    "ck_points_journal_nodes": "UPDATE points_journal SET nodes = x'00' WHERE seq = 5",
    "ck_points_village_size": "UPDATE points_village SET size = -1",
    "ck_points_village_decimals": "UPDATE points_village SET decimals = 3",
    "ck_points_village_cut_off_day": "UPDATE points_village SET cut_off_day = 29",
    "ck_points_village_root": "UPDATE points_village SET root = x'00'",
    "ck_points_entry_amount": "UPDATE points_entry SET amount = 0",
    "ck_points_entry_moves": "UPDATE points_entry SET target = source",
    "ck_points_entry_on_day": "UPDATE points_entry SET on_day = '2026-01'",
    "ck_points_entry_counts_on": "UPDATE points_entry SET counts_on = '2026-01-01'",
    "ck_points_allocation_amount": "UPDATE points_allocation SET amount = 0",
    "ck_points_allocation_cause": "UPDATE points_allocation SET cause = 'gift' WHERE seq = 21 AND lot_seq = 8",
    "ck_points_edition_document": "UPDATE points_edition SET document = 'x' WHERE document = 'prices'",
    "ck_points_edition_version": "UPDATE points_edition SET version = 0 WHERE version = 1",
    "ck_points_balance_shelf": "UPDATE points_balance SET balance = -1, arrears = 1, held = 0 WHERE unit <> 'points'",
    "ck_points_balance_held": "UPDATE points_balance SET held = -1",
    "ck_points_balance_held_cover": "UPDATE points_balance SET held = balance + arrears + 1",
    "ck_points_balance_pending": "UPDATE points_balance SET pending = -1",
    "ck_points_balance_arrears": "UPDATE points_balance SET arrears = -1",
    "ck_points_checkpoint_number": "UPDATE points_checkpoint SET number = 0 WHERE number = 1",
    "ck_points_checkpoint_size": "UPDATE points_checkpoint SET size = 0",
    "ck_points_checkpoint_issued_at": "UPDATE points_checkpoint SET issued_at = replace(issued_at, 'T', ' ')",
    "ck_points_checkpoint_note": "UPDATE points_checkpoint SET note = ''",
    "ck_points_checkpoint_link": "UPDATE points_checkpoint SET link = x'00'",
    "ck_points_secret_secret": "UPDATE points_secret SET secret = x'00'",
    "ck_points_lot_granted": "UPDATE points_lot SET granted = 0, remaining = 0, settled = 0, held = 0",
    "ck_points_lot_remaining": "UPDATE points_lot SET remaining = -1",
    "ck_points_lot_settled": "UPDATE points_lot SET settled = -1",
    "ck_points_lot_whole": "UPDATE points_lot SET remaining = granted + 1",
    "ck_points_lot_unit_cost_fen": "UPDATE points_lot SET unit_cost_fen = -1",
    "ck_points_lot_clears_with": "UPDATE points_lot SET clears_with = '2026-03', expires_on = NULL",
    "ck_points_lot_held": "UPDATE points_lot SET held = remaining + 1",
    "ck_points_lot_floor": "UPDATE points_lot SET floor = 2",
    "ck_points_balance_floor": "UPDATE points_balance SET floor = -1",
    "ck_points_close_period": "UPDATE points_close SET period = '2026Q1' WHERE period = '2026-03'",
    "ck_points_close_seq": "UPDATE points_close SET size = seq",
    "ck_points_close_accounts": "UPDATE points_close SET accounts = -1",
    "ck_points_bridge_foots": "UPDATE points_bridge SET closing = closing + 1",
    "ck_points_usage_points": "UPDATE points_usage SET points = -1",
    "ck_points_usage_times": "UPDATE points_usage SET times = -1",
    "ck_points_capped_cut": "UPDATE points_capped SET granted = requested",
    "ck_points_capped_granted": "UPDATE points_capped SET granted = -1",
    "ck_points_redemption_points": "UPDATE points_redemption SET points = 0 WHERE refunded = 0",
    "ck_points_redemption_state": "UPDATE points_redemption SET state = 'lost' WHERE state <> 'reserved'",
    "ck_points_redemption_last_day": "UPDATE points_redemption SET last_day = '' WHERE state = 'reserved'",
    "ck_points_redemption_ended_by": "UPDATE points_redemption SET ended_by = 1",
    "ck_points_redemption_refunded": "UPDATE points_redemption SET refunded = points + 1 WHERE reversed_by = 0",
    "ck_points_redemption_reversed_by": "UPDATE points_redemption SET reversed_by = 1000 WHERE refunded > 0",
    "ck_points_redemption_cash_fen": "UPDATE points_redemption SET cash_fen = -1",
    "ck_points_redemption_irregular": "UPDATE points_redemption SET irregular = 2",
    "ck_points_redemption_line_pieces": "UPDATE points_redemption_line SET pieces = 0 WHERE refunded = 0",
    "ck_points_redemption_line_price": "UPDATE points_redemption_line SET price = 0",
    "ck_points_redemption_line_stocked": "UPDATE points_redemption_line SET stocked = 2",
    "ck_points_redemption_line_refunded": "UPDATE points_redemption_line SET refunded = pieces + 1",
    "ck_points_redemption_line_returned": "UPDATE points_redemption_line SET returned = refunded + 1",
    "ck_points_invoice_number": "UPDATE points_invoice SET number = ''",
    "ck_points_invoice_reversed_by": "UPDATE points_invoice SET reversed_by = 1",
    "ck_points_pause_resumed_by": "UPDATE points_pause SET resumed_by = 1",
    "ck_points_reversal_later": "UPDATE points_reversal SET by_seq = seq",
    "ck_points_batch_generation": "UPDATE points_batch SET generation = 0",
    "ck_points_batch_row_generation": "UPDATE points_batch_row SET generation = 0",
    "ck_points_batch_row_revision": "UPDATE points_batch_row SET revision = 0",
    "ck_points_batch_row_live": "UPDATE points_batch_row SET live = 2",
    "ck_points_profile_role": "UPDATE points_profile SET role = 'guest' WHERE code = '03-017'",
    "ck_points_profile_code": "UPDATE points_profile SET code = '' WHERE code = '03-017'",
    "ck_points_profile_salt": "UPDATE points_profile SET salt = x'00'",
    "ck_points_remark_salt": "UPDATE points_remark SET salt = x'00'",
    "uq_points_journal_village_request_id": "UPDATE points_journal SET request_id = 'e-1' WHERE seq = 6",
    "uq_points_profile_village_role_code": "UPDATE points_profile SET code = '03-017' WHERE code = '03-018'",
}
# What stands behind another: nothing that it refuses would get past that one.
BEHIND = {"ck_points_lot_remaining": "ck_points_lot_held"}
CONSTRAINTS = {
    str(constraint.name): table.name
    for table in METADATA.sorted_tables
    for constraint in table.constraints
    if isinstance(constraint, CheckConstraint | UniqueConstraint)
}


def loosened(connection: sqlite3.Connection, table: str, constraint: str) -> None:
    """Make a table anew with one constraint left out, its rows, indexes and triggers kept."""
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    others = connection.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'table' AND sql IS NOT NULL", (table,)
    ).fetchall()
    start = made.index(f", CONSTRAINT {constraint} ")
    end = made.find(", CONSTRAINT ", start + 1)
    without = made[:start] + made[end if end > 0 else made.rindex(")") :]
    connection.execute(f"CREATE TABLE aside AS SELECT * FROM {table}")  # noqa: S608 - a table of ours
    connection.execute(f"DROP TABLE {table}")
    connection.execute(without)
    connection.execute(f"INSERT INTO {table} SELECT * FROM aside ORDER BY 1, 2")  # noqa: S608 - as above
    connection.execute("DROP TABLE aside")
    for (other,) in others:
        connection.execute(other)


def test_every_constraint_has_an_attack() -> None:
    """Each CHECK and UNIQUE constraint of the tables stands in the list of attacks below, and nothing else does."""
    assert sorted(CONSTRAINTS) == sorted(VIOLATIONS)


@pytest.mark.parametrize("constraint", VIOLATIONS)
def test_each_constraint_alone_stops_something(book: Path, constraint: str) -> None:
    """What a constraint refuses goes through once that one constraint is left out."""
    with plain(book) as connection:
        drop_triggers(connection)
        if constraint in BEHIND:
            loosened(connection, CONSTRAINTS[constraint], BEHIND[constraint])
        with pytest.raises(sqlite3.IntegrityError, match=constraint if constraint.startswith("ck_") else "UNIQUE"):
            connection.execute(VIOLATIONS[constraint])
        loosened(connection, CONSTRAINTS[constraint], constraint)
        assert 1 <= connection.execute(VIOLATIONS[constraint]).rowcount


@pytest.fixture(scope="module")
def lived_in(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name a database with the book that was lived in, in which nothing stays that a test does."""
    with server.lent("template0") as name:
        clock = StepClock()
        with begin(server.url(name), clock=clock) as ledger:
            live_in(ledger, clock, tmp_path_factory.mktemp("constraints"))
        yield name


@pytest.mark.parametrize("constraint", VIOLATIONS)
def test_each_constraint_alone_stops_something_on_a_server(server: Server, lived_in: str, constraint: str) -> None:
    """On PostgreSQL too, what a constraint refuses goes through once that one is dropped."""
    table, attack = CONSTRAINTS[constraint], VIOLATIONS[constraint].replace("x'00'", r"'\x00'")
    with psycopg.connect(server.dsn(lived_in)) as connection:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if constraint in BEHIND:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {BEHIND[constraint]}")
        with pytest.raises((CheckViolation, UniqueViolation)) as refused, connection.transaction():
            connection.execute(attack)
        assert constraint == refused.value.diag.constraint_name
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        assert 1 <= connection.execute(attack).rowcount
        connection.rollback()


@pytest.mark.parametrize("constraint", VIOLATIONS)
def test_a_loosened_constraint_is_found(book: Path, constraint: str) -> None:
    """A table made anew with one constraint less is a finding, although its rows are all there."""
    with plain(book) as connection:
        loosened(connection, CONSTRAINTS[constraint], constraint)
    found = [(finding.code, finding.what) for finding in audited(book) if finding.grade != NOTE]
    assert [("schema-differs", f"{CONSTRAINTS[constraint]} changed")] == found


@pytest.mark.parametrize("index", sorted(str(one.name) for table in METADATA.sorted_tables for one in table.indexes))
def test_a_dropped_index_is_found(book: Path, index: str) -> None:
    """An index that is gone is a finding: readings would walk through whole histories."""
    with plain(book) as connection:
        connection.execute(f"DROP INDEX {index}")
    assert [f"{index} missing"] == [finding.what for finding in audited(book) if finding.grade != NOTE]
