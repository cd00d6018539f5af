"""Constant SQL for the acts: built once from the rows' columns, sent to the driver as it is.

Building a statement and its cache key is a third of the cost of a posting through SQLAlchemy's Core, and the
ORM's unit of work another; a constant text on the connection of SQLAlchemy's transaction costs neither.
Most of it is what SQLite and PostgreSQL both take. SQLite's alone are the mark of a parameter, ``INDEXED BY`` and
the BLOB that the audit reads a body as.
"""

from __future__ import annotations

from typing import Any

from pointsledger import rows
from pointsledger.storage.schema import table_name

MARK = "?"


def _columns(kind: type[Any]) -> tuple[str, ...]:
    columns: tuple[str, ...] = kind._fields
    return columns


def _marks(count: int) -> str:
    return ", ".join([MARK] * count)


def _where(columns: tuple[str, ...]) -> str:
    return " AND ".join(f"{column} = {MARK}" for column in columns)


def _fetch(kind: type) -> str:
    columns = _columns(kind)
    return f"SELECT {', '.join(columns)} FROM {table_name(kind)} WHERE {_where(columns[: rows.KEY_COLUMNS[kind]])}"  # noqa: S608 - constants


def _family(kind: type, *shared: str, also: str = "", index: str = "") -> str:
    """Return the query of the rows that share some columns; ``index`` is the one to use, where SQLite errs.

    Without statistics SQLite takes the key of a table without rowids for cheaper than any index that begins with
    the same column, and would walk through a whole village.
    """
    hint = f" INDEXED BY {index}" if index else ""
    where = _where(("village", *shared))
    return f"SELECT {', '.join(_columns(kind))} FROM {table_name(kind)}{hint} WHERE {where}{also}"  # noqa: S608 - constants


def _write(kind: type) -> str:
    columns = _columns(kind)
    insert = f"INSERT INTO {table_name(kind)} ({', '.join(columns)}) VALUES ({_marks(len(columns))})"  # noqa: S608 - constants
    if kind in rows.APPEND_ONLY:
        return insert
    keys = rows.KEY_COLUMNS[kind]
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns[keys:])
    return f"{insert} ON CONFLICT ({', '.join(columns[:keys])}) DO UPDATE SET {updates}"


FETCH: dict[type, str] = {kind: _fetch(kind) for kind in rows.KEY_COLUMNS}
WRITE: dict[type, str] = {kind: _write(kind) for kind in rows.KEY_COLUMNS}
FAMILY: dict[type, str] = {
    rows.Grouping: _family(rows.Grouping, "account"),
    rows.Edition: _family(rows.Edition, "document"),
    rows.BatchRow: _family(rows.BatchRow, "label"),
    rows.Remark: _family(rows.Remark, "seq"),
}
OPEN_LOTS = _family(rows.Lot, "account", "unit", also=" AND remaining > 0", index="ix_points_lot_open")
SETTLED_LOTS = _family(rows.Lot, "account", "unit", also=" AND settled > 0", index="ix_points_lot_settled")
# An activity's own name, or one between two: see ``caps.names_of``.
ENTRIES_OF = _family(
    rows.EntryRow, also=f" AND (activity = {MARK} OR (activity > {MARK} AND activity < {MARK})) ORDER BY seq"
)
RECORD = ("village", "seq", "kind", "recorded_at", "period", "request_id", "body", "leaf", "nodes")
APPEND = f"INSERT INTO points_journal ({', '.join(RECORD)}) VALUES ({_marks(len(RECORD))})"  # noqa: S608 - constants
BODY = f"SELECT body FROM points_journal WHERE {_where(('village', 'seq'))}"  # noqa: S608 - constants
REQUEST = f"SELECT seq, body FROM points_journal WHERE {_where(('village', 'request_id'))}"  # noqa: S608 - constants
LEAF_AND_NODES = f"SELECT leaf, nodes FROM points_journal WHERE {_where(('village', 'seq'))}"  # noqa: S608 - constants
JOURNAL = f"SELECT seq, body, leaf, nodes FROM points_journal WHERE {_where(('village',))} ORDER BY seq"  # noqa: S608 - constants
# For the audit: the bytes as they stand, whatever they are, never decoded by the driver.
_AS_BYTES = ", ".join(RECORD[1:]).replace("body", "CAST(body AS BLOB)")
JOURNAL_BYTES = f"SELECT {_AS_BYTES} FROM points_journal WHERE {_where(('village',))} ORDER BY seq"  # noqa: S608 - constants
ALL: dict[type, str] = {
    kind: f"{_family(kind)} ORDER BY {', '.join(_columns(kind)[: rows.KEY_COLUMNS[kind]])}" for kind in rows.KEY_COLUMNS
}
BETWEEN: dict[type, str] = {
    kind: f"{_family(kind)} AND seq > {MARK} AND seq <= {MARK} ORDER BY seq, line"
    for kind in (rows.EntryRow, rows.Allocation)
}
OUTSIDE: dict[type, str] = {
    kind: f"{_family(kind)} AND (seq < 1 OR seq > {MARK})" for kind in (rows.EntryRow, rows.Allocation)
}
PROFILE_BY_CODE = _family(rows.Profile, "role", "code")
# A balance is asked for at every till: one statement, which sees one moment by itself.
BALANCE = f"""
SELECT p.id, p.code, p.name, v.decimals, b.balance, b.held, b.pending, b.arrears,
  (SELECT g.grouping FROM points_grouping g
   WHERE g.village = p.village AND g.account = p.id ORDER BY g.from_on DESC LIMIT 1)
FROM points_profile p
JOIN points_village v ON v.village = p.village
LEFT JOIN points_balance b ON b.village = p.village AND b.account = p.id AND b.unit = 'points'
WHERE p.village = {MARK} AND p.role = 'household' AND p.code = {MARK}
"""  # noqa: S608 - constants
MEMBERS = _family(rows.Profile, "household", also=" ORDER BY code")
PROFILES = _family(rows.Profile)
ACCOUNTS = f"SELECT account FROM {table_name(rows.Account)} WHERE {_where(('village',))} ORDER BY account"  # noqa: S608 - constants
STANDING = f"""
SELECT b.label, b.row_key, e.source, e.target, e.resident, e.activity, e.on_day
FROM points_batch_row b JOIN points_entry e ON e.village = b.village AND e.seq = b.seq AND e.line = 1
WHERE b.village = {MARK} AND b.live = 1 AND ({MARK} IS NULL OR e.period = {MARK})
"""  # noqa: S608 - constants
BATCH_LABELS = f"SELECT label FROM {table_name(rows.Batch)} WHERE {_where(('village',))} ORDER BY label"  # noqa: S608 - constants
