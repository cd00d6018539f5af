"""Constant SQL for the acts: built once from the rows' columns, sent to the driver as it is.

Building a statement and its cache key is a third of the cost of a posting through SQLAlchemy's Core, and the
ORM's unit of work another; a constant text on the connection of SQLAlchemy's transaction costs neither. It is
what SQLite and PostgreSQL both take, but for the few pieces that ``Statements`` is made with.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pointsledger.storage.tables import table_name
from pointsledger.values import rows
from pointsledger.values.records import Record

RECORD = ("village", "seq", "kind", "recorded_at", "period", "request_id", "body", "leaf", "nodes")
"""The columns of the journal."""

STREAMED = (rows.EntryRow, rows.Allocation)
"""Rows that are compared record by record, since there are too many of them to hold."""


class JournalRow(NamedTuple):
    """A row of the journal as it stands, its body as bytes."""

    seq: Any
    kind: Any
    recorded_at: Any
    period: Any
    request_id: Any
    body: bytes
    leaf: Any
    nodes: Any


class Tongue(NamedTuple):
    """How one database says what the others say otherwise.

    ``mark`` stands for a parameter, ``hint`` for the index that a query is to use (or nothing), ``as_bytes`` for a
    text as the bytes that stand there, ``locked`` for a row that is to be locked against other writers, ``place`` for
    where in a text another one stands, 0 if nowhere.
    """

    mark: str
    hint: str
    as_bytes: str
    locked: str
    place: str


_LEFT = "CAST(sum(remaining - held) AS BIGINT)"
_FLOOR = "CAST(sum(CASE WHEN floor = 1 THEN remaining ELSE 0 END) AS BIGINT)"
_DUE_LOTS = f"account, expires_on, clears_with, {_LEFT}, {_FLOOR}"
_BY_DAY = " GROUP BY account, expires_on, clears_with ORDER BY expires_on, account"


class Statements:
    """Every constant statement, in the tongue of one database."""

    def __init__(self, tongue: Tongue) -> None:
        """Write them all."""
        self._tongue = tongue
        self.mark: str = tongue.mark
        mark = tongue.mark
        self.fetch: dict[type, str] = {kind: self._fetch(kind) for kind in rows.KEY_COLUMNS}
        self.lock_village: str = self.fetch[rows.Village] + tongue.locked
        self.write: dict[type, str] = {kind: self._write(kind) for kind in rows.KEY_COLUMNS}
        self.family: dict[type, str] = {
            rows.Grouping: self._family(rows.Grouping, "account"),
            rows.Edition: self._family(rows.Edition, "document"),
            rows.BatchRow: self._family(rows.BatchRow, "label"),
            rows.Lapse: self._family(rows.Lapse, "account"),
            rows.Remark: self._family(rows.Remark, "seq"),
            rows.PeriodTotal: self._family(rows.PeriodTotal, "period"),
            rows.Bridge: self._family(rows.Bridge, "period"),
        }
        self.reserved: str = self._family(
            rows.Redemption, also=" AND state = 'reserved'", index="ix_points_redemption_open"
        )
        self._write_lots()
        # An activity's own name, or one between two: see ``caps.names_of``.
        named = f" AND (activity = {mark} OR (activity > {mark} AND activity < {mark})) ORDER BY seq"
        self.entries_of: str = self._family(rows.EntryRow, also=named)
        self.entries_on: str = " UNION ALL ".join(
            self._family(rows.EntryRow, side, index=f"ix_points_entry_village_{side}_counts_on_seq")
            for side in ("source", "target")
        )
        self.append: str = self._insert("points_journal", RECORD)
        self.body: str = self._journal("body", "village", "seq")
        self.request: str = self._journal("seq, body", "village", "request_id")
        self.leaf_and_nodes: str = self._journal("leaf, nodes", "village", "seq")
        self.journal: str = self._journal("seq, body, leaf, nodes", "village") + " ORDER BY seq"
        portion = f" AND seq > {mark} AND seq <= {mark}"
        self.portion: str = self._journal("seq, body, leaf", "village") + portion + " ORDER BY seq"
        self.remarks_of_portion: str = self._family(rows.Remark, also=portion)
        # For the audit: the bytes as they stand, whatever they are, never decoded by the driver.
        as_bytes = ", ".join(RECORD[1:]).replace("body", tongue.as_bytes.format("body"))
        self.journal_bytes: str = self._journal(as_bytes, "village") + " ORDER BY seq"
        self.journal_raw: str = self._journal(self._raw(RECORD[1:]), "village") + " ORDER BY seq"
        self.portion_bytes: str = self._journal(as_bytes, "village") + portion + " ORDER BY seq"
        self.numbered: dict[type, str] = {
            Record: self._journal("seq, body", "village"),
            JournalRow: self._journal(as_bytes, "village"),
        }
        self.recorded_at: str = self._journal("recorded_at", "village", "seq")
        self.every: dict[type, str] = {kind: self.every_row(kind, _columns(kind)) for kind in rows.KEY_COLUMNS}
        between = f" AND seq > {mark} AND seq <= {mark} ORDER BY seq, line"
        self.between: dict[type, str] = {kind: self._family(kind, also=between) for kind in STREAMED}
        outside = f" AND (seq < 1 OR seq > {mark})"
        self.outside: dict[type, str] = {kind: self._family(kind, also=outside) for kind in STREAMED}
        self.profile_by_code: str = self._family(rows.Profile, "role", "code")
        self.members: str = self._family(rows.Profile, "household", also=" ORDER BY code")
        self.profiles: str = self._family(rows.Profile)
        self.erase: dict[type, str] = {kind: self._erase(kind) for kind in rows.PERSONAL}
        self.accounts: str = self._listed("account", rows.Account)
        self.groups: str = self._listed("grouping", rows.Grouping).replace("SELECT", "SELECT DISTINCT")
        self.batch_labels: str = self._listed("label", rows.Batch)
        self.last_checkpoint: str = self._family(rows.Checkpoint, also=" ORDER BY number DESC LIMIT 1")
        sized = f" AND size BETWEEN {mark} AND {mark} ORDER BY number DESC LIMIT 1"
        self.checkpoint_between: str = self._family(rows.Checkpoint, also=sized)
        self.checkpoints: str = self._family(rows.Checkpoint, also=f" AND number > {mark} ORDER BY number LIMIT {mark}")
        self._write_readings()

    def _write_lots(self) -> None:
        """Write what reads lots: those of an account in their order, and those that end by a day."""
        mark = self._tongue.mark
        own_lots = ("account", "unit")
        open_lots, ordered = " AND remaining > 0", f"ORDER BY expires_on, earned_on, seq, line LIMIT {mark}"
        behind = f"(expires_on, earned_on, seq, line) > ({mark}, {mark}, {mark}, {mark})"
        dated, dateless = (
            self._family(rows.Lot, *own_lots, also=f"{open_lots} AND {which} {ordered}", index="ix_points_lot_open")
            for which in (
                f"{behind} AND expires_on < {mark}",
                f"expires_on IS NULL AND (earned_on, seq, line) > ({mark}, {mark}, {mark})",
            )
        )
        self.ending_lots: str = dated
        # Two ranges of one index: what has no last day comes last, wherever a database puts NULL in an order.
        self.open_lots: str = f"SELECT * FROM ({dated}) AS dated UNION ALL SELECT * FROM ({dateless}) AS dateless"  # noqa: S608 - constants
        self.settled_lots: str = self._family(
            rows.Lot, *own_lots, also=" AND settled > 0", index="ix_points_lot_settled"
        )
        ending = f" AND expires_on IS NOT NULL AND expires_on <= {mark} AND remaining > 0 AND unit = 'points'"
        self.lots_ending: str = self._family(rows.Lot, also=ending, index="ix_points_lot_due")
        self.due_lots: str = self._due(_DUE_LOTS, "ix_points_lot_due", "village = {mark}", _BY_DAY)
        ended = f"unit = 'points' AND expires_on = {mark} AND"
        cleared = "clears_with IS NOT NULL"  # it ends not with its day, but with the close of the month
        self.ended_lots: str = f"""
SELECT {cleared}, account, remaining - held FROM points_lot{self._tongue.hint.format("ix_points_lot_due")}
WHERE village = {mark} AND remaining > 0 AND {ended} seq < {mark}
"""  # noqa: S608 - constants
        self.taken_since: str = f"""
SELECT {cleared}, l.account, a.amount FROM points_allocation a
JOIN points_lot l ON l.village = a.village AND l.seq = a.lot_seq AND l.line = a.lot_line
WHERE a.village = {mark} AND a.seq >= {mark} AND a.cause <> 'hold' AND {ended} l.seq < {mark}
"""  # noqa: S608 - constants
        hint = self._tongue.hint.format("ix_points_lot_open")
        of_points = f"village = {mark} AND unit = 'points' AND remaining > 0"
        whole = "CAST(sum(remaining) AS BIGINT)"
        self.lots_by_account: str = f"SELECT account, {whole} FROM points_lot{hint} WHERE {of_points} GROUP BY account"  # noqa: S608 - constants
        ends = (self._otherwise_in_body(column) for column in ("expires_on", "clears_with"))
        self.lots_astray: str = f"""
SELECT l.seq, l.line FROM points_lot l{hint}
LEFT JOIN points_journal j ON j.village = l.village AND j.seq = l.seq
LEFT JOIN (
  SELECT lot_seq, lot_line, sum(CASE cause WHEN 'hold' THEN 0 ELSE amount END) AS taken,
    sum(CASE cause WHEN 'settle' THEN amount ELSE 0 END) AS settled,
    sum(CASE cause WHEN 'hold' THEN amount ELSE 0 END) AS held
  FROM points_allocation WHERE village = {mark} AND seq >= (SELECT min(seq) FROM points_lot{hint} WHERE {of_points})
  GROUP BY lot_seq, lot_line
) a ON a.lot_seq = l.seq AND a.lot_line = l.line
WHERE l.village = {mark} AND l.unit = 'points' AND l.remaining > 0 AND (
  j.seq IS NULL OR {" OR ".join(ends)}
  OR l.remaining <> l.granted - coalesce(a.taken, 0) OR l.settled <> coalesce(a.settled, 0)
  OR l.held <> coalesce(a.held, 0))
ORDER BY l.seq, l.line
"""  # noqa: S608 - constants

    def _otherwise_in_body(self, column: str) -> str:
        """Return the condition that a lot ``l`` has in a column what the body of its record ``j`` does not say.

        A body is canonical JSON, in which a bare quotation mark stands around a name or a value and nowhere else.
        """
        said = f"'\"{column}\":\"' || l.{column} || '\"'"
        at, anywhere = (self._tongue.place.format("j.body", what) for what in (said, f"'\"{column}\":'"))
        return f"CASE WHEN l.{column} IS NULL THEN {anywhere} > 0 ELSE {at} = 0 END"

    def _raw(self, columns: tuple[str, ...]) -> str:
        """Return columns of the journal with each text as the bytes that stand there."""
        texts = ("kind", "recorded_at", "period", "request_id", "body")
        return ", ".join(self._tongue.as_bytes.format(one) if one in texts else one for one in columns)

    def among(self, kind: type, count: int) -> str:
        """Return the query of what stands under ``count`` numbers: rows, bodies, or the journal as it stands."""
        all_of = self.numbered.get(kind) or self._family(kind)
        marks = ", ".join([self._tongue.mark] * count)
        return f"{all_of} AND seq IN ({marks})"

    def _write_readings(self) -> None:
        """Write what is read without an act."""
        mark = self._tongue.mark
        # A balance is asked for at every till: one statement, which sees one moment by itself.
        at_the_till = ("ix_points_lot_open", "village = p.village AND account = p.id", "", "v.closed_through")
        due, due_floor = (self._due(what, *at_the_till) for what in (_LEFT, _FLOOR))
        self.balance: str = f"""
SELECT p.id, p.code, p.name, v.decimals, b.balance - coalesce(({due}), 0), b.held, b.pending, b.arrears,
  CASE WHEN b.floor > 0 THEN b.floor - coalesce(({due_floor}), 0) ELSE 0 END,
  (SELECT g.grouping FROM points_grouping g
   WHERE g.village = p.village AND g.account = p.id ORDER BY g.from_on DESC LIMIT 1),
  CASE WHEN b.held > 0 THEN (SELECT count(*) FROM points_redemption r
   WHERE r.village = p.village AND r.state = 'reserved' AND r.last_day < {mark} AND r.account = p.id) ELSE 0 END
FROM points_profile p
JOIN points_village v ON v.village = p.village
LEFT JOIN points_balance b ON b.village = p.village AND b.account = p.id AND b.unit = 'points'
WHERE p.village = {mark} AND p.role = 'household' AND p.code = {mark}
"""  # noqa: S608 - constants
        self.standing: str = f"""
SELECT b.label, b.row_key, b.seq, e.source, e.target, e.resident, e.activity, e.on_day
FROM points_batch_row b LEFT JOIN points_entry e ON e.village = b.village AND e.seq = b.seq AND e.line = 1
WHERE b.village = {mark} AND b.live = 1 AND (CAST({mark} AS TEXT) IS NULL
  OR (e.seq IS NULL
    AND (SELECT j.period FROM points_journal j WHERE j.village = b.village AND j.seq = b.seq) >= {mark})
  OR CASE WHEN e.for_period <> '' THEN e.for_period ELSE e.period END = {mark})
"""  # noqa: S608 - constants

    def _due(self, what: str, index: str, where: str, order: str = "", closed_through: str = "{mark}") -> str:
        """Return the query of lots of points whose end has come by a day, while something of them is not recorded."""
        mark, hint = self._tongue.mark, self._tongue.hint.format(index)
        ended = f"expires_on < {{mark}} AND (clears_with IS NULL OR clears_with <= {closed_through})"
        condition = f"{where} AND unit = 'points' AND remaining > held AND remaining > 0 AND {ended}".format(mark=mark)
        return f"SELECT {what} FROM points_lot{hint} WHERE {condition}{order}"  # noqa: S608 - constants

    def due_lots_among(self, count: int) -> str:
        """Return the query of what has ended and is not recorded, of ``count`` accounts."""
        accounts = ", ".join(["{mark}"] * count)
        own = f"village = {{mark}} AND account IN ({accounts})"
        return self._due(_DUE_LOTS, "ix_points_lot_open", own, _BY_DAY)

    def every_row(self, kind: type, columns: tuple[str, ...]) -> str:
        """Return the query of some columns of every row of a village, in the order of their key."""
        order = ", ".join(_columns(kind)[: rows.KEY_COLUMNS[kind]])
        where = f"WHERE {self._where(('village',))} ORDER BY {order}"
        return f"SELECT {', '.join(columns)} FROM {table_name(kind)} {where}"  # noqa: S608 - constants

    def fetch_all(self, kind: type, count: int) -> str:
        """Return the query of the rows with ``count`` keys."""
        keys = _columns(kind)[1 : rows.KEY_COLUMNS[kind]]
        one = f"({', '.join([self._tongue.mark] * len(keys))})"
        return f"{self._family(kind)} AND ({', '.join(keys)}) IN ({', '.join([one] * count)})"

    def _where(self, columns: tuple[str, ...]) -> str:
        return " AND ".join(f"{column} = {self._tongue.mark}" for column in columns)

    def _fetch(self, kind: type) -> str:
        columns = _columns(kind)
        keys = columns[: rows.KEY_COLUMNS[kind]]
        return f"SELECT {', '.join(columns)} FROM {table_name(kind)} WHERE {self._where(keys)}"  # noqa: S608 - constants

    def _journal(self, columns: str, *keys: str) -> str:
        return f"SELECT {columns} FROM points_journal WHERE {self._where(keys)}"  # noqa: S608 - constants

    def _listed(self, column: str, kind: type) -> str:
        return f"SELECT {column} FROM {table_name(kind)} WHERE {self._where(('village',))} ORDER BY {column}"  # noqa: S608 - constants

    def _family(self, kind: type, *shared: str, also: str = "", index: str = "") -> str:
        """Return the query of the rows that share some columns; ``index`` is the one to use, where SQLite errs.

        Without statistics SQLite takes the key of a table without rowids for cheaper than any index that begins with
        the same column, and would walk through a whole village.
        """
        hint = self._tongue.hint.format(index) if index else ""
        where = self._where(("village", *shared))
        return f"SELECT {', '.join(_columns(kind))} FROM {table_name(kind)}{hint} WHERE {where}{also}"  # noqa: S608 - constants

    def _insert(self, table: str, columns: tuple[str, ...]) -> str:
        marks = ", ".join([self._tongue.mark] * len(columns))
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - constants

    def _erase(self, kind: type) -> str:
        """Return what removes a row that is not derived from the journal; nothing else is ever removed."""
        keys = _columns(kind)[: rows.KEY_COLUMNS[kind]]
        return f"DELETE FROM {table_name(kind)} WHERE {self._where(keys)}"  # noqa: S608 - constants

    def _write(self, kind: type) -> str:
        columns = _columns(kind)
        insert = self._insert(table_name(kind), columns)
        if kind in rows.APPEND_ONLY:
            return insert
        keys = rows.KEY_COLUMNS[kind]
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns[keys:])
        return f"{insert} ON CONFLICT ({', '.join(columns[:keys])}) DO UPDATE SET {updates}"


def _columns(kind: type[Any]) -> tuple[str, ...]:
    columns: tuple[str, ...] = kind._fields
    return columns
