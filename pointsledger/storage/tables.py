"""The tables, as SQLModel classes on a registry of their own, so that a host's metadata stays clean.

They are shapes to create and to read with. ``table=True`` classes do not validate, so the rules stand in the
value types and again here as CHECK constraints. Every key, index and unique constraint begins with the
village: no query of one village touches another, and a distributed database can keep each in one place.

Types are explicit: SQLModel's default for a string is refused by STRICT tables, and PostgreSQL must order
text by bytes as SQLite does.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from pointsledger import rows

PREFIX = "points_"

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_WHOLE = BigInteger().with_variant(Integer, "sqlite")
_KEYED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
_STRICT: dict[str, Any] = {"sqlite_strict": True}

# For LIKE, one underscore a character: the length and the signs between the figures, in words that SQLite and
# PostgreSQL have in common. SQLite takes a small letter for a capital; the audit, which knows the body, does not.
_INSTANT = "____-__-__T__:__:__.______Z"
_MONTH = "____-__"


def _key_text() -> Any:  # noqa: ANN401 - what Field returns fits every annotation
    return Field(sa_type=_TEXT, primary_key=True)


def _key_whole() -> Any:  # noqa: ANN401 - as above
    return Field(sa_type=_WHOLE, primary_key=True, sa_column_kwargs={"autoincrement": False})


def _text() -> Any:  # noqa: ANN401 - as above
    return Field(sa_type=_TEXT, nullable=False)


def _day() -> Any:  # noqa: ANN401 - as above
    return Field(sa_type=_TEXT, nullable=True)


def _whole() -> Any:  # noqa: ANN401 - as above
    return Field(sa_type=_WHOLE, nullable=False)


def _bytes() -> Any:  # noqa: ANN401 - as above
    return Field(sa_type=LargeBinary, nullable=False)


class PointsTable(SQLModel, registry=registry(metadata=METADATA)):
    """The common ground of all tables: the private registry."""


class SchemaVersion(PointsTable, table=True):
    """The one row that says which schema this database has."""

    __tablename__: ClassVar[Any] = PREFIX + "schema"
    # PostgreSQL keeps the word to itself, unless it is quoted.
    __table_args__ = (CheckConstraint('"only" = 1', name="only"), _STRICT)

    only: int = _key_whole()
    version: int = _whole()


class Journal(PointsTable, table=True):
    """The records. An ordinary rowid table: without rowids, bodies of a kilobyte are three times slower."""

    __tablename__: ClassVar[Any] = PREFIX + "journal"
    __table_args__ = (
        UniqueConstraint("village", "request_id"),
        CheckConstraint("village <> ''", name="village"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("kind <> ''", name="kind"),
        CheckConstraint(f"recorded_at LIKE '{_INSTANT}'", name="recorded_at"),
        CheckConstraint(f"period LIKE '{_MONTH}'", name="period"),
        CheckConstraint("request_id <> ''", name="request_id"),
        CheckConstraint("body <> ''", name="body"),
        CheckConstraint("length(leaf) = 32", name="leaf"),
        CheckConstraint("length(nodes) % 32 = 0", name="nodes"),
        _STRICT,
    )

    village: str = _key_text()
    seq: int = _key_whole()
    kind: str = _text()
    recorded_at: str = _text()
    period: str = _text()
    request_id: str = _text()
    body: str = _text()
    leaf: bytes = _bytes()
    nodes: bytes = _bytes()


class Village(PointsTable, table=True):
    """See ``rows.Village``."""

    __tablename__: ClassVar[Any] = PREFIX + "village"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("decimals BETWEEN 0 AND 2", name="decimals"),
        CheckConstraint("cut_off_day BETWEEN 0 AND 28", name="cut_off_day"),
        CheckConstraint("length(root) = 32", name="root"),
        _KEYED,
    )

    village: str = _key_text()
    zone: str = _text()
    decimals: int = _whole()
    cut_off_day: int = _whole()
    first_period: str = _text()
    size: int = _whole()
    root: bytes = _bytes()
    frontier: bytes = _bytes()
    recorded_at: str = _text()


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
        _KEYED,
    )

    village: str = _key_text()
    seq: int = _key_whole()
    line: int = _key_whole()
    source: str = _text()
    target: str = _text()
    unit: str = _text()
    amount: int = _whole()
    on_day: str = _text()
    counts_on: str = _text()
    period: str = _text()
    for_period: str = _text()
    activity: str = _text()
    resident: str = _text()


class Allocation(PointsTable, table=True):
    """See ``rows.Allocation``."""

    __tablename__: ClassVar[Any] = PREFIX + "allocation"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("cause IN ('spend', 'settle')", name="cause"),
        _KEYED,
    )

    village: str = _key_text()
    seq: int = _key_whole()
    line: int = _key_whole()
    lot_seq: int = _key_whole()
    lot_line: int = _key_whole()
    cause: str = _key_text()
    amount: int = _whole()


class Account(PointsTable, table=True):
    """See ``rows.Account``."""

    __tablename__: ClassVar[Any] = PREFIX + "account"
    __table_args__ = (_KEYED,)

    village: str = _key_text()
    account: str = _key_text()
    role: str = _text()
    opened_on: str = _text()
    opening_seq: int = _whole()
    pin: str = _text()


class Resident(PointsTable, table=True):
    """See ``rows.Resident``."""

    __tablename__: ClassVar[Any] = PREFIX + "resident"
    __table_args__ = (_KEYED,)

    village: str = _key_text()
    resident: str = _key_text()
    account: str = _text()
    pin: str = _text()


class Operator(PointsTable, table=True):
    """See ``rows.Operator``."""

    __tablename__: ClassVar[Any] = PREFIX + "operator"
    __table_args__ = (_KEYED,)

    village: str = _key_text()
    operator: str = _key_text()
    pin: str = _text()


class Grouping(PointsTable, table=True):
    """See ``rows.Grouping``."""

    __tablename__: ClassVar[Any] = PREFIX + "grouping"
    __table_args__ = (_KEYED,)

    village: str = _key_text()
    account: str = _key_text()
    from_on: str = _key_text()
    grouping: str = _text()


class Edition(PointsTable, table=True):
    """See ``rows.Edition``."""

    __tablename__: ClassVar[Any] = PREFIX + "edition"
    __table_args__ = (
        CheckConstraint("document IN ('rulebook', 'prices')", name="document"),
        CheckConstraint("version > 0", name="version"),
        _STRICT,
    )

    village: str = _key_text()
    document: str = _key_text()
    version: int = _key_whole()
    first_on: str = _text()
    seq: int = _whole()
    digest: str = _text()
    content: str = _text()


class Balance(PointsTable, table=True):
    """See ``rows.Balance``."""

    __tablename__: ClassVar[Any] = PREFIX + "balance"
    __table_args__ = (
        CheckConstraint("balance >= 0 OR unit = 'points'", name="shelf"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("held <= balance + arrears", name="held_cover"),
        CheckConstraint("pending >= 0", name="pending"),
        CheckConstraint("arrears >= 0", name="arrears"),
        _KEYED,
    )

    village: str = _key_text()
    account: str = _key_text()
    unit: str = _key_text()
    balance: int = _whole()
    held: int = _whole()
    pending: int = _whole()
    arrears: int = _whole()


class Lot(PointsTable, table=True):
    """See ``rows.Lot``."""

    __tablename__: ClassVar[Any] = PREFIX + "lot"
    __table_args__ = (
        CheckConstraint("granted > 0", name="granted"),
        CheckConstraint("remaining >= 0", name="remaining"),
        CheckConstraint("settled >= 0", name="settled"),
        CheckConstraint("remaining + settled <= granted", name="whole"),
        CheckConstraint("unit_cost_fen >= 0", name="unit_cost_fen"),
        # The open lots of an account, however long its history is.
        Index(
            "ix_points_lot_open",
            "village",
            "account",
            "unit",
            sqlite_where=text("remaining > 0"),
            postgresql_where=text("remaining > 0"),
        ),
        # What lapses, by its day.
        Index(
            "ix_points_lot_due",
            "village",
            "expires_on",
            sqlite_where=text("remaining > 0 AND unit = 'points' AND expires_on IS NOT NULL"),
            postgresql_where=text("remaining > 0 AND unit = 'points' AND expires_on IS NOT NULL"),
        ),
        Index(
            "ix_points_lot_settled",
            "village",
            "account",
            "unit",
            sqlite_where=text("settled > 0"),
            postgresql_where=text("settled > 0"),
        ),
        _KEYED,
    )

    village: str = _key_text()
    seq: int = _key_whole()
    line: int = _key_whole()
    account: str = _text()
    unit: str = _text()
    granted: int = _whole()
    remaining: int = _whole()
    settled: int = _whole()
    earned_on: str = _text()
    available_from: str | None = _day()
    expires_on: str | None = _day()
    unit_cost_fen: int = _whole()


class Usage(PointsTable, table=True):
    """See ``rows.Usage``."""

    __tablename__: ClassVar[Any] = PREFIX + "usage"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("times >= 0", name="times"),
        _KEYED,
    )

    village: str = _key_text()
    activity: str = _key_text()
    holder: str = _key_text()
    span: str = _key_text()
    points: int = _whole()
    times: int = _whole()


class Capped(PointsTable, table=True):
    """See ``rows.Capped``."""

    __tablename__: ClassVar[Any] = PREFIX + "capped"
    __table_args__ = (
        CheckConstraint("granted < requested", name="cut"),
        CheckConstraint("granted >= 0", name="granted"),
        _KEYED,
    )

    village: str = _key_text()
    account: str = _key_text()
    seq: int = _key_whole()
    activity: str = _text()
    resident: str = _text()
    on_day: str = _text()
    counts_on: str = _text()
    period: str = _text()
    requested: int = _whole()
    granted: int = _whole()


class PeriodTotal(PointsTable, table=True):
    """See ``rows.PeriodTotal``."""

    __tablename__: ClassVar[Any] = PREFIX + "period_total"
    __table_args__ = (Index(None, "village", "account", "period"), _KEYED)

    village: str = _key_text()
    period: str = _key_text()
    for_period: str = _key_text()
    account: str = _key_text()
    unit: str = _key_text()
    heading: str = _key_text()
    category: str = _key_text()
    grouping: str = _key_text()
    amount: int = _whole()
    deeds: int = _whole()


class Redemption(PointsTable, table=True):
    """See ``rows.Redemption``."""

    __tablename__: ClassVar[Any] = PREFIX + "redemption"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        Index(None, "village", "period", "seq"),
        _KEYED,
    )

    village: str = _key_text()
    seq: int = _key_whole()
    account: str = _text()
    on_day: str = _text()
    period: str = _text()
    points: int = _whole()
    by_operator: str = _text()
    reversed_by: int = _whole()


class RedemptionLine(PointsTable, table=True):
    """See ``rows.RedemptionLine``."""

    __tablename__: ClassVar[Any] = PREFIX + "redemption_line"
    __table_args__ = (CheckConstraint("pieces > 0", name="pieces"), CheckConstraint("price > 0", name="price"), _KEYED)

    village: str = _key_text()
    seq: int = _key_whole()
    item: str = _key_text()
    pieces: int = _whole()
    price: int = _whole()


class Reversal(PointsTable, table=True):
    """See ``rows.Reversal``."""

    __tablename__: ClassVar[Any] = PREFIX + "reversal"
    __table_args__ = (CheckConstraint("by_seq > seq", name="later"), _KEYED)

    village: str = _key_text()
    seq: int = _key_whole()
    by_seq: int = _whole()


class Lapse(PointsTable, table=True):
    """See ``rows.Lapse``."""

    __tablename__: ClassVar[Any] = PREFIX + "lapse"
    __table_args__ = (
        CheckConstraint("length(last_day) = 10", name="last_day"),
        CheckConstraint("undone_by = 0 OR undone_by > seq", name="undone_by"),
        _KEYED,
    )

    village: str = _key_text()
    account: str = _key_text()
    last_day: str = _key_text()
    seq: int = _key_whole()
    undone_by: int = _whole()


class Batch(PointsTable, table=True):
    """See ``rows.Batch``."""

    __tablename__: ClassVar[Any] = PREFIX + "batch"
    __table_args__ = (CheckConstraint("generation > 0", name="generation"), _KEYED)

    village: str = _key_text()
    label: str = _key_text()
    generation: int = _whole()


class BatchRow(PointsTable, table=True):
    """See ``rows.BatchRow``."""

    __tablename__: ClassVar[Any] = PREFIX + "batch_row"
    __table_args__ = (
        CheckConstraint("generation > 0", name="generation"),
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("live IN (0, 1)", name="live"),
        _KEYED,
    )

    village: str = _key_text()
    label: str = _key_text()
    row_key: str = _key_text()
    seq: int = _whole()
    generation: int = _whole()
    revision: int = _whole()
    live: int = _whole()


class Profile(PointsTable, table=True):
    """See ``rows.Profile``."""

    __tablename__: ClassVar[Any] = PREFIX + "profile"
    __table_args__ = (
        UniqueConstraint("village", "role", "code"),
        Index(None, "village", "household"),
        CheckConstraint("role IN ('household', 'resident', 'operator')", name="role"),
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("length(salt) = 32", name="salt"),
        _STRICT,
    )

    village: str = _key_text()
    id: str = _key_text()
    role: str = _text()
    household: str = _text()
    code: str = _text()
    name: str = _text()
    salt: bytes = _bytes()


class Remark(PointsTable, table=True):
    """See ``rows.Remark``."""

    __tablename__: ClassVar[Any] = PREFIX + "remark"
    __table_args__ = (CheckConstraint("length(salt) = 32", name="salt"), _STRICT)

    village: str = _key_text()
    seq: int = _key_whole()
    field: str = _key_text()
    text: str = _text()
    salt: bytes = _bytes()


TABLE_OF: dict[type, type[PointsTable]] = {
    kind: next(table for table in PointsTable.__subclasses__() if table.__name__ == kind.__name__)
    for kind in rows.KEY_COLUMNS
}
"""The table of each row of ``pointsledger.rows``."""


def table_name(kind: type) -> str:
    """Return the name of the table of a row's class."""
    return str(TABLE_OF[kind].__tablename__)
