"""The tables, as SQLModel classes on a registry of their own, so that a host's metadata stays clean.

They are shapes to create and to read with. ``table=True`` classes do not validate, so the rules stand in the
value types and again here as CHECK constraints. Every key, index and unique constraint begins with the
village: no query of one village touches another, and a distributed database can keep each in one place.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql

from pointsledger.storage import exchanges, months  # noqa: F401 - their tables join the registry
from pointsledger.storage.columns import (
    KEYED,
    MONTH,
    STRICT,
    key_text,
    key_whole,
    optional_text,
    raw_bytes,
    text,
    whole,
)
from pointsledger.storage.registry import PREFIX, PointsTable
from pointsledger.values import rows

# For LIKE, one underscore a character: the length and the signs between the figures, in words that SQLite and
# PostgreSQL have in common. SQLite takes a small letter for a capital; the audit, which knows the body, does not.
_INSTANT = "____-__-__T__:__:__.______Z"


class SchemaVersion(PointsTable, table=True):
    """The one row that says which schema this database has."""

    __tablename__: ClassVar[Any] = PREFIX + "schema"
    # PostgreSQL keeps the word to itself, unless it is quoted.
    __table_args__ = (CheckConstraint('"only" = 1', name="only"), STRICT)

    only: int = key_whole()
    version: int = whole()


class Journal(PointsTable, table=True):
    """The records. An ordinary rowid table: without rowids, bodies of a kilobyte are three times slower."""

    __tablename__: ClassVar[Any] = PREFIX + "journal"
    __table_args__ = (
        UniqueConstraint("village", "request_id"),
        CheckConstraint("village <> ''", name="village"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("kind <> ''", name="kind"),
        CheckConstraint(f"recorded_at LIKE '{_INSTANT}'", name="recorded_at"),
        CheckConstraint(f"period LIKE '{MONTH}'", name="period"),
        CheckConstraint("request_id <> ''", name="request_id"),
        CheckConstraint("body <> ''", name="body"),
        CheckConstraint("length(leaf) = 32", name="leaf"),
        CheckConstraint("length(nodes) % 32 = 0", name="nodes"),
        STRICT,
    )

    village: str = key_text()
    seq: int = key_whole()
    kind: str = text()
    recorded_at: str = text()
    period: str = text()
    request_id: str = text()
    body: str = text()
    leaf: bytes = raw_bytes()
    nodes: bytes = raw_bytes()


class Village(PointsTable, table=True):
    """See ``rows.Village``."""

    __tablename__: ClassVar[Any] = PREFIX + "village"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("decimals BETWEEN 0 AND 2", name="decimals"),
        CheckConstraint("cut_off_day BETWEEN 0 AND 28", name="cut_off_day"),
        CheckConstraint("length(root) = 32", name="root"),
        KEYED,
    )

    village: str = key_text()
    zone: str = text()
    decimals: int = whole()
    cut_off_day: int = whole()
    first_period: str = text()
    size: int = whole()
    root: bytes = raw_bytes()
    frontier: bytes = raw_bytes()
    recorded_at: str = text()
    closed_through: str = text()


class EntryRow(PointsTable, table=True):
    """See ``rows.EntryRow``."""

    __tablename__: ClassVar[Any] = PREFIX + "entry"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("source <> target", name="moves"),
        CheckConstraint("length(on_day) = 10", name="on_day"),
        CheckConstraint("counts_on >= on_day", name="counts_on"),
        Index(None, "village", "source", "counts_on", "seq"),
        Index(None, "village", "target", "counts_on", "seq"),
        KEYED,
    )

    village: str = key_text()
    seq: int = key_whole()
    line: int = key_whole()
    source: str = text()
    target: str = text()
    unit: str = text()
    amount: int = whole()
    on_day: str = text()
    counts_on: str = text()
    period: str = text()
    for_period: str = text()
    activity: str = text()
    resident: str = text()


class Allocation(PointsTable, table=True):
    """See ``rows.Allocation``."""

    __tablename__: ClassVar[Any] = PREFIX + "allocation"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("cause IN ('spend', 'settle', 'hold')", name="cause"),
        KEYED,
    )

    village: str = key_text()
    seq: int = key_whole()
    line: int = key_whole()
    lot_seq: int = key_whole()
    lot_line: int = key_whole()
    cause: str = key_text()
    amount: int = whole()


class Account(PointsTable, table=True):
    """See ``rows.Account``."""

    __tablename__: ClassVar[Any] = PREFIX + "account"
    __table_args__ = (KEYED,)

    village: str = key_text()
    account: str = key_text()
    role: str = text()
    opened_on: str = text()
    opening_seq: int = whole()
    pin: str = text()


class Resident(PointsTable, table=True):
    """See ``rows.Resident``."""

    __tablename__: ClassVar[Any] = PREFIX + "resident"
    __table_args__ = (KEYED,)

    village: str = key_text()
    resident: str = key_text()
    account: str = text()
    pin: str = text()


class Operator(PointsTable, table=True):
    """See ``rows.Operator``."""

    __tablename__: ClassVar[Any] = PREFIX + "operator"
    __table_args__ = (KEYED,)

    village: str = key_text()
    operator: str = key_text()
    pin: str = text()


class Grouping(PointsTable, table=True):
    """See ``rows.Grouping``."""

    __tablename__: ClassVar[Any] = PREFIX + "grouping"
    __table_args__ = (KEYED,)

    village: str = key_text()
    account: str = key_text()
    from_on: str = key_text()
    grouping: str = text()


class Edition(PointsTable, table=True):
    """See ``rows.Edition``."""

    __tablename__: ClassVar[Any] = PREFIX + "edition"
    __table_args__ = (
        CheckConstraint("document IN ('rulebook', 'prices')", name="document"),
        CheckConstraint("version > 0", name="version"),
        STRICT,
    )

    village: str = key_text()
    document: str = key_text()
    version: int = key_whole()
    first_on: str = text()
    seq: int = whole()
    digest: str = text()
    content: str = text()


class Balance(PointsTable, table=True):
    """See ``rows.Balance``."""

    __tablename__: ClassVar[Any] = PREFIX + "balance"
    __table_args__ = (
        CheckConstraint("balance >= 0 OR unit = 'points'", name="shelf"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("held <= balance + arrears", name="held_cover"),
        CheckConstraint("pending >= 0", name="pending"),
        CheckConstraint("arrears >= 0", name="arrears"),
        CheckConstraint("floor >= 0", name="floor"),
        KEYED,
    )

    village: str = key_text()
    account: str = key_text()
    unit: str = key_text()
    balance: int = whole()
    held: int = whole()
    pending: int = whole()
    arrears: int = whole()
    floor: int = whole()


class Lot(PointsTable, table=True):
    """See ``rows.Lot``."""

    __tablename__: ClassVar[Any] = PREFIX + "lot"
    __table_args__ = (
        CheckConstraint("granted > 0", name="granted"),
        CheckConstraint("remaining >= 0", name="remaining"),
        CheckConstraint("settled >= 0", name="settled"),
        CheckConstraint("remaining + settled <= granted", name="whole"),
        CheckConstraint("unit_cost_fen >= 0", name="unit_cost_fen"),
        CheckConstraint("clears_with IS NULL OR expires_on IS NOT NULL", name="clears_with"),
        CheckConstraint("floor IN (0, 1)", name="floor"),
        CheckConstraint("held BETWEEN 0 AND remaining", name="held"),
        # The open lots of an account, however long its history is, in their order: a spend reads the first of them.
        Index(
            "ix_points_lot_open",
            "village",
            "account",
            "unit",
            "expires_on",
            "earned_on",
            "seq",
            "line",
            sqlite_where=sql("remaining > 0"),
            postgresql_where=sql("remaining > 0"),
        ),
        # What lapses, by its day.
        Index(
            "ix_points_lot_due",
            "village",
            "expires_on",
            sqlite_where=sql("remaining > 0 AND unit = 'points' AND expires_on IS NOT NULL"),
            postgresql_where=sql("remaining > 0 AND unit = 'points' AND expires_on IS NOT NULL"),
        ),
        Index(
            "ix_points_lot_settled",
            "village",
            "account",
            "unit",
            sqlite_where=sql("settled > 0"),
            postgresql_where=sql("settled > 0"),
        ),
        KEYED,
    )

    village: str = key_text()
    seq: int = key_whole()
    line: int = key_whole()
    account: str = text()
    unit: str = text()
    granted: int = whole()
    remaining: int = whole()
    settled: int = whole()
    earned_on: str = text()
    available_from: str | None = optional_text()
    expires_on: str | None = optional_text()
    unit_cost_fen: int = whole()
    clears_with: str | None = optional_text()
    floor: int = whole()
    held: int = whole()


class Usage(PointsTable, table=True):
    """See ``rows.Usage``."""

    __tablename__: ClassVar[Any] = PREFIX + "usage"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("times >= 0", name="times"),
        KEYED,
    )

    village: str = key_text()
    activity: str = key_text()
    holder: str = key_text()
    span: str = key_text()
    points: int = whole()
    times: int = whole()


class Capped(PointsTable, table=True):
    """See ``rows.Capped``."""

    __tablename__: ClassVar[Any] = PREFIX + "capped"
    __table_args__ = (
        CheckConstraint("granted < requested", name="cut"),
        CheckConstraint("granted >= 0", name="granted"),
        KEYED,
    )

    village: str = key_text()
    account: str = key_text()
    seq: int = key_whole()
    activity: str = text()
    resident: str = text()
    on_day: str = text()
    counts_on: str = text()
    period: str = text()
    requested: int = whole()
    granted: int = whole()
    counterpart: str = text()
    for_period: str = text()


class Reversal(PointsTable, table=True):
    """See ``rows.Reversal``."""

    __tablename__: ClassVar[Any] = PREFIX + "reversal"
    __table_args__ = (CheckConstraint("by_seq > seq", name="later"), KEYED)

    village: str = key_text()
    seq: int = key_whole()
    by_seq: int = whole()


class Batch(PointsTable, table=True):
    """See ``rows.Batch``."""

    __tablename__: ClassVar[Any] = PREFIX + "batch"
    __table_args__ = (CheckConstraint("generation > 0", name="generation"), KEYED)

    village: str = key_text()
    label: str = key_text()
    generation: int = whole()


class BatchRow(PointsTable, table=True):
    """See ``rows.BatchRow``."""

    __tablename__: ClassVar[Any] = PREFIX + "batch_row"
    __table_args__ = (
        CheckConstraint("generation > 0", name="generation"),
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("live IN (0, 1)", name="live"),
        KEYED,
    )

    village: str = key_text()
    label: str = key_text()
    row_key: str = key_text()
    seq: int = whole()
    generation: int = whole()
    revision: int = whole()
    live: int = whole()


class Profile(PointsTable, table=True):
    """See ``rows.Profile``."""

    __tablename__: ClassVar[Any] = PREFIX + "profile"
    __table_args__ = (
        UniqueConstraint("village", "role", "code"),
        Index(None, "village", "household"),
        CheckConstraint("role IN ('household', 'resident', 'operator')", name="role"),
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("length(salt) = 32", name="salt"),
        STRICT,
    )

    village: str = key_text()
    id: str = key_text()
    role: str = text()
    household: str = text()
    code: str = text()
    name: str = text()
    salt: bytes = raw_bytes()


class Remark(PointsTable, table=True):
    """See ``rows.Remark``."""

    __tablename__: ClassVar[Any] = PREFIX + "remark"
    __table_args__ = (CheckConstraint("length(salt) = 32", name="salt"), STRICT)

    village: str = key_text()
    seq: int = key_whole()
    field: str = key_text()
    text: str = text()
    salt: bytes = raw_bytes()


class Secret(PointsTable, table=True):
    """See ``rows.Secret``."""

    __tablename__: ClassVar[Any] = PREFIX + "secret"
    __table_args__ = (CheckConstraint("length(secret) = 32", name="secret"), STRICT)

    village: str = key_text()
    secret: bytes = raw_bytes()


class Checkpoint(PointsTable, table=True):
    """See ``rows.Checkpoint``."""

    __tablename__: ClassVar[Any] = PREFIX + "checkpoint"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint(f"issued_at LIKE '{_INSTANT}'", name="issued_at"),
        CheckConstraint("note <> ''", name="note"),
        CheckConstraint("length(link) = 32", name="link"),
        KEYED,
    )

    village: str = key_text()
    number: int = key_whole()
    size: int = whole()
    issued_at: str = text()
    note: str = text()
    link: bytes = raw_bytes()


TABLE_OF: dict[type, type[PointsTable]] = {
    kind: next(table for table in PointsTable.__subclasses__() if table.__name__ == kind.__name__)
    for kind in rows.KEY_COLUMNS
}
"""The table of each row of ``pointsledger.values.rows``."""


def table_name(kind: type) -> str:
    """Return the name of the table of a row's class."""
    return str(TABLE_OF[kind].__tablename__)
