"""A transaction on one village's book: its working set, its journal's growing end, and the one place that writes.

It can append and it can read. Changing or deleting a record does not exist here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pointsledger.decisions import kinds
from pointsledger.decisions.due import Ending
from pointsledger.decisions.editions import AnyRow
from pointsledger.decisions.erasing import ERASE
from pointsledger.decisions.lapsing import DueLots
from pointsledger.decisions.lot_index import LotOrder
from pointsledger.decisions.state import State
from pointsledger.errors import ClockBehind, InputError, PeriodClosed, RefusedError
from pointsledger.rules import caps, chart, merkle
from pointsledger.rules.lots import NEVER, order_of
from pointsledger.storage.dialect import Dialect, RowSet, damaged
from pointsledger.storage.erasures import Erasures
from pointsledger.storage.foresight import Foresight, Sought, note_contents
from pointsledger.storage.gathering import AMONG, read_body
from pointsledger.storage.statements import RECORD, JournalRow, Statements
from pointsledger.values import rows
from pointsledger.values.calendar import day_before
from pointsledger.values.records import Record
from pointsledger.values.words import Words

NOT_ITS_LEAF = Words("record {seq} is not what its leaf says", "第 {seq} 号记录与其哈希不符")
"""What is damaged where a body and its leaf do not belong together."""
_NOT_ITS_PLACE = Words("record {seq} says another village or number", "第 {seq} 号记录写的是另一村或另一号")

_MISSING = Words("record {seq} is missing", "缺第 {seq} 号记录")

_RECORDS_AT_ONCE = 2_000
_LEAF = RECORD.index("leaf")
_PLACE = 4
"""Columns of a place in the order of consumption."""


class Head(NamedTuple):
    """The tree of a book: how many records, and the root over them."""

    size: int
    root: bytes


class Transaction(Erasures):
    """One transaction on one village's book: a working set, the journal's growing end, and what is not written yet.

    It is the source of its own working set. Nothing is on the disk before the transaction is committed, and
    once it is over nothing more can be asked of it.
    """

    def __init__(self, connection: Connection, village: str, dialect: Dialect, *, writes: bool = False) -> None:
        """Read the head of the book, if it has begun; one that ``writes`` holds it against other writers."""
        self.connection: Connection = connection
        self.village: str = village
        self._dialect: Dialect = dialect
        self._sql: Statements = dialect.sql
        self._writes: bool = writes
        self.state: State = State(village, self)
        self.ended: bool = False
        self.posted: bool = False
        self.failure: BaseException | None = None
        self.distant: bool = dialect.distant
        self._cursor: Any = connection.connection.cursor()
        self._journal: list[tuple[Any, ...]] = []
        self._refolded: int = 0
        self._requests: dict[str, int] = {}
        self._nodes: dict[int, tuple[bytes, bytes]] = {}
        self._savepoints: list[bool] = []  # of each open block of ``wholly``, whether it has one
        self._foresight = Foresight(self.state)
        found = self.state.get(rows.Village, ())
        self._frontier: list[bytes] = []
        self._head: Head | None = None
        if found is not None:
            self.state.size, self.state.recorded_at = found.size, found.recorded_at
            size = merkle.HASH_BYTES
            self._frontier = [found.frontier[start : start + size] for start in range(0, len(found.frontier), size)]
        self.state.frontier = self._frontier  # which grows with each record

    def check(self) -> None:
        """See that nothing has failed in the middle of it.

        Raises: the failure once more, though somebody has caught it.

        """
        if self.failure is not None:
            raise self.failure

    def end(self) -> None:
        """Let go of the database; a connection is only really closed once nothing holds on to it."""
        self.ended = True
        self._cursor.close()

    # --- the source of the working set -----------------------------------------------------------------

    def fetch(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of ``kind`` with that key; the village's own comes first, and with it the lock of a writer."""
        if kind is rows.Village and self._writes:
            locked = self._one(self._sql.lock_village, self.village)
            return None if locked is None else kind(*locked)
        if self._foresight.lacks(kind, key):
            return None
        found = self._one(self._sql.fetch[kind], self.village, *key)
        return None if found is None else kind(*found)

    def fetch_all(self, kind: type[AnyRow], keys: Sequence[tuple[Any, ...]]) -> Iterable[AnyRow]:
        """Return the rows of ``kind`` with some keys; where each statement is a trip, in one."""
        if not self.distant:
            return [row for row in (self.fetch(kind, key) for key in keys) if row is not None]
        values = (value for key in keys for value in key)
        return [kind(*row) for row in self._all(self._sql.fetch_all(kind, len(keys)), self.village, *values)]

    def family(self, kind: type[AnyRow], key: Any) -> Iterable[AnyRow]:  # noqa: ANN401 - a family's key
        """Return the rows of a family."""
        found = [kind(*row) for row in self._all(self._sql.family[kind], self.village, key)]
        note_contents(row for row in found if isinstance(row, rows.Edition))
        return found

    def record(self, seq: int) -> Record | None:
        """Return a record of the journal.

        Raises:
            LedgerDamaged: if what stands there is no record.

        """
        found = self._one(self._sql.body, self.village, seq)
        return None if found is None else read_body(found[0], seq)

    def open_lots(self, account: str, unit: str, after: LotOrder, limit: int) -> list[rows.Lot]:
        """Return the first lots of an account that something is left of, behind a place in their order."""
        own, place = (self.village, account, unit), (*after, "", 0, 0)[:_PLACE]
        dateless = place[1:] if place[0] == NEVER else ("", 0, 0)
        found = self._all(self._sql.open_lots, *own, *place, NEVER, limit, *own, *dateless, limit)
        return sorted((rows.Lot(*row) for row in found), key=order_of)[:limit]

    def ending_lots(self, account: str, unit: str, after: LotOrder, day: str, limit: int) -> list[rows.Lot]:
        """Return the same of those alone whose last day lies before ``day``."""
        place = (*after, "", 0, 0)[:_PLACE]
        found = self._all(self._sql.ending_lots, self.village, account, unit, *place, day, limit)
        return [rows.Lot(*row) for row in found]

    def settled_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:
        """Return the lots of an account that paid something into arrears."""
        return [rows.Lot(*row) for row in self._all(self._sql.settled_lots, self.village, account, unit)]

    def lots_ending(self, until: str) -> Iterable[rows.Lot]:
        """Return the lots of points that something is left of and whose last day is ``until`` or before."""
        return [rows.Lot(*row) for row in self._all(self._sql.lots_ending, self.village, until)]

    def reserved(self) -> Iterable[rows.Redemption]:
        """Return every reservation that stands."""
        return [rows.Redemption(*row) for row in self._all(self._sql.reserved, self.village)]

    def entries_of(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return every entry of an activity, its levels included."""
        found = self._all(self._sql.entries_of, self.village, *caps.names_of(activity))
        return [rows.EntryRow(*row) for row in found]

    def entries_on(self, account: str) -> Iterable[rows.EntryRow]:
        """Return every entry that an account is a side of."""
        return [rows.EntryRow(*row) for row in self._all(self._sql.entries_on, *(self.village, account) * 2)]

    # --- what acts look up -----------------------------------------------------------------------------

    def foresee(self, sought: Sought) -> None:
        """Read at once what the next act is going to ask for."""
        self._foresight.look(self._cursor, sought)

    def requested(self, request: str) -> Record | None:
        """Return the record that was posted under a request id."""
        if request in self._requests:
            return self.state.record(self._requests[request])
        (found,) = self._foresight.requested(request) or (self._one(self._sql.request, self.village, request),)
        return None if found is None else read_body(found[1], found[0])

    def profile(self, role: str, code: str) -> rows.Profile | None:
        """Return who stands under a code."""
        foreseen = self._foresight.profile(role, code)
        if foreseen is not None:
            return foreseen[0]
        found = self._one(self._sql.profile_by_code, self.village, role, code)
        return None if found is None else rows.Profile(*found)

    def profiles(self) -> Iterator[rows.Profile]:
        """Return everybody in the register."""
        return (rows.Profile(*row) for row in self._all(self._sql.profiles, self.village))

    def members(self, household: str) -> list[rows.Profile]:
        """Return the members of a household."""
        return [rows.Profile(*row) for row in self._all(self._sql.members, self.village, household)]

    def remarks(self, seq: int) -> list[rows.Remark]:
        """Return the free text of a record."""
        return self.state.family(rows.Remark, seq)

    def groups(self) -> list[str]:
        """Return the groups that any household is, or ever was, in."""
        self.flush()
        return [group for (group,) in self._all(self._sql.groups, self.village)]

    def accounts(self) -> list[str]:
        """Return the ids of all accounts."""
        return [account for (account,) in self._all(self._sql.accounts, self.village)]

    def balance(self, code: str, today: str) -> tuple[Any, ...] | None:
        """Return id, code, name, decimals, the balance's figures and the group of a household, if there is one.

        Last comes how many of its reservations are over, which the figures do not know yet.
        """
        return self._one(self._sql.balance, today, today, today, self.village, code)

    def lapsing_on(self, day: str) -> list[Ending]:
        """Return what had its last day the day before, as the records of earlier days left it.

        What was taken since is added again, so that the answer stays the same whatever is recorded afterwards.
        """
        last_day, first = day_before(day), self.first_recorded_on(day)
        left = Counter[tuple[bool, str]]()
        found = self._all(self._sql.ended_lots, self.village, last_day, first)
        taken = self._all(self._sql.taken_since, self.village, first, last_day, first)
        for cleared, account, points in (*found, *taken):
            left[bool(cleared), account] += int(points)
        return sorted(Ending(*whose, points) for whose, points in left.items() if points)

    def first_recorded_on(self, day: str) -> int:
        """Return the number of the first record of ``day`` or later, or the next number if there is none yet."""
        calendar = self.state.calendar

        def recorded_on(seq: int) -> str:
            return calendar.day_of_instant(self.recorded_at(seq))

        return 1 + bisect_left(range(1, self.state.size + 1), day, key=recorded_on)

    def due_lots(self, day: str) -> list[DueLots]:
        """Return what has ended before ``day`` and is not recorded, of all accounts, soonest first."""
        closed = self.state.settings.closed_through
        return [DueLots(*row) for row in self._all(self._sql.due_lots, self.village, day, closed)]

    def due_lots_among(self, day: str, accounts: Sequence[str]) -> list[DueLots]:
        """Return the same of some accounts."""
        closed, found = self.state.settings.closed_through, []
        for start in range(0, len(accounts), AMONG):
            chosen = accounts[start : start + AMONG]
            statement = self._sql.due_lots_among(len(chosen))
            found += [DueLots(*row) for row in self._all(statement, self.village, *chosen, day, closed)]
        return found

    def standing(self, period: str | None) -> Iterable[tuple[str, str, str, str, str, str]]:
        """Return label, key, household, member, activity and day of each deed for a month that sheets brought."""
        found = self._all(self._sql.standing, self.village, period, period, period)
        for label, key, seq, source, target, resident, activity, on in found:
            if source is not None:
                yield label, key, target if chart.holds_points(target) else source, resident, activity, on
                continue
            record = self.state.record(seq)  # a limit, or a debt that was written off, left nothing of it to move
            if period in {None, record.for_period or record.period}:
                said = record.said
                done = caps.entry_activity(said["activity"], said.get("level", ""))
                yield label, key, said["account"], said.get("resident", ""), done, record.on

    def recorded_at(self, seq: int) -> str:
        """Return the instant of a record.

        Raises:
            LedgerDamaged: if it is missing.

        """
        found = self._one(self._sql.recorded_at, self.village, seq)
        if found is None:
            raise damaged(_MISSING.about(seq=seq), f"village {self.village}")
        return str(found[0])

    def last_checkpoint(self) -> rows.Checkpoint | None:
        """Return the checkpoint that was issued last."""
        self.flush()
        found = self._one(self._sql.last_checkpoint, self.village)
        return None if found is None else rows.Checkpoint(*found)

    def checkpoint_between(self, first: int, last: int) -> rows.Checkpoint | None:
        """Return the checkpoint that was issued last of those of ``first`` to ``last`` records."""
        self.flush()
        found = self._one(self._sql.checkpoint_between, self.village, first, last)
        return None if found is None else rows.Checkpoint(*found)

    def checkpoints(self, after: int, limit: int) -> list[rows.Checkpoint]:
        """Return the issued checkpoints behind number ``after``, at most ``limit``."""
        self.flush()
        return [rows.Checkpoint(*row) for row in self._all(self._sql.checkpoints, self.village, after, limit)]

    def journal(self, after: int, until: int) -> list[JournalRow]:
        """Return the journal's rows of records ``after`` < seq <= ``until``, as they stand."""
        return [JournalRow(*row) for row in self._all(self._sql.portion_bytes, self.village, after, until)]

    def between(self, kind: type[AnyRow], after: int, until: int) -> list[AnyRow]:
        """Return the derived rows of records ``after`` < seq <= ``until``, as they stand."""
        return [kind(*row) for row in self._all(self._sql.between[kind], self.village, after, until)]

    def lots_by_account(self) -> dict[str, int]:
        """Return what each account has in lots of points."""
        return {account: int(left) for account, left in self._all(self._sql.lots_by_account, self.village)}

    def lots_astray(self) -> list[tuple[int, int]]:
        """Return record and line of the open lots of points that end otherwise than their record says.

        And of those of which something else is left than the allocations leave.
        """
        return [(seq, line) for seq, line in self._all(self._sql.lots_astray, *[self.village] * 3)]

    def batch_labels(self) -> list[str]:
        """Return the labels of the imported sheets."""
        return [label for (label,) in self._all(self._sql.batch_labels, self.village)]

    def _one(self, statement: str, *values: Any) -> tuple[Any, ...] | None:  # noqa: ANN401 - SQL's
        # In two steps: what ``execute`` returns is the driver's own, and not what an async host's driver answers with.
        self._cursor.execute(statement, values)
        found: tuple[Any, ...] | None = self._cursor.fetchone()
        return found

    def _all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - as above
        self._cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    # --- writing ---------------------------------------------------------------------------------------

    def append(self, record: Record) -> None:
        """Append ``record`` to the journal and carry it to the projections."""
        settings = self.state.get(rows.Village, ())
        if settings is not None and record.period <= settings.closed_through:  # the database refuses it as well
            raise PeriodClosed(period=record.period)
        self.posted = True
        body = record.body()
        leaf = merkle.leaf_hash(body)
        nodes = self._carry(record, leaf)
        self._journal.append(
            (
                record.village,
                record.seq,
                record.kind,
                record.recorded_at,
                record.period,
                record.request,
                body.decode(),
                leaf,
                nodes,
            )
        )
        self._requests[record.request] = record.seq
        if record.kind == ERASE:
            self._erase(record)
        if len(self._journal) >= _RECORDS_AT_ONCE:
            self.flush()

    @contextmanager
    def wholly(self) -> Iterator[None]:
        """Append everything that the block appends, or nothing of it if it is refused; blocks may stand in each other.

        What was appended before is written first, so that there is little to remember. What the block itself writes on
        its way, such as before a question, stands behind a savepoint, which is set only when something is written.
        """
        self.flush()
        before, frontier, posted = self.state.fork(), list(self._frontier), self.posted
        self._savepoints.append(False)
        try:
            yield
        except (RefusedError, InputError, ClockBehind):
            self.state.return_to(before)
            self._frontier, self.posted, self._head = frontier, posted, None
            self.state.frontier = self._frontier
            self._journal.clear()
            self._requests.clear()
            self._nodes.clear()
            self._refolded = 0
            self._foresight = Foresight(self.state)  # what it read may stand there no more, or not be held any more
            self._leave("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")
            raise
        except BaseException:  # nobody knows what was written: the whole transaction is to be given up
            self._savepoints.pop()
            raise
        self._leave("RELEASE SAVEPOINT")

    def _leave(self, *statements: str) -> None:
        """Leave the innermost block of ``wholly``, by its savepoint if it has one."""
        if self._savepoints.pop():
            for statement in statements:
                self._cursor.execute(f"{statement} points_{len(self._savepoints)}")

    def _set_savepoints(self) -> None:
        """Set the savepoint of each open block that has none, before the first of what it writes."""
        for depth, is_set in enumerate(self._savepoints):
            if not is_set:
                self._cursor.execute(f"SAVEPOINT points_{depth}")
                self._savepoints[depth] = True

    def refold(self, record: Record, leaf: bytes) -> bytes:
        """Carry a record of the journal to the projections, which are being rebuilt; return the nodes it completes."""
        nodes = self._carry(record, leaf)
        self._refolded += 1
        if self._refolded >= _RECORDS_AT_ONCE:
            self.flush()
        return nodes

    def _carry(self, record: Record, leaf: bytes) -> bytes:
        """Carry a record to the working set and the tree, new or refolded; return the nodes it completes.

        Raises:
            LedgerDamaged: if it does not belong here: a body that came from elsewhere may say whatever it likes.

        """
        if (record.village, record.seq) != (self.village, self.state.size + 1):
            raise damaged(_NOT_ITS_PLACE.about(seq=self.state.size + 1), f"village {self.village}")
        for row in kinds.apply(self.state, record):
            self.state.put(row)
        nodes = merkle.grow(self._frontier, record.seq - 1, leaf)
        self.state.advance(record)
        return nodes

    def flush(self) -> None:
        """Write what was appended and changed, in sets; it is still inside the transaction."""
        sets = []
        if self._journal or self._refolded:
            if self._journal:
                sets.append(RowSet(self._sql.append, self._journal))
            self._requests.clear()
            self._refolded = 0
            settings = self.state.settings
            self.state.put(
                settings._replace(
                    size=self.state.size,
                    root=self.head.root,
                    frontier=b"".join(self._frontier),
                    recorded_at=self.state.recorded_at,
                )
            )
        sets += [RowSet(self._sql.write[kind], changed) for kind, changed in self.state.changed().items() if changed]
        if not sets:
            return  # what was read stays at hand
        self._set_savepoints()
        self._dialect.write(self._cursor, sets)
        self._journal.clear()
        self.state.written()

    @property
    def head(self) -> Head:
        """The tree as of the last record appended here."""
        if self._head is None or self._head.size != self.state.size:
            self._head = Head(self.state.size, merkle.root(self._frontier))
        return self._head

    # --- the tree --------------------------------------------------------------------------------------

    def node(self, height: int, index: int) -> bytes:
        """Return a node of the tree: one look-up, in the row of the last leaf under it."""
        seq = (index + 1) << height
        if seq not in self._nodes:
            found = self._one(self._sql.leaf_and_nodes, self.village, seq)
            if found is None:
                raise damaged(_MISSING.about(seq=seq), f"village {self.village}")
            self._nodes[seq] = found
        leaf, nodes = self._nodes[seq]
        start = (height - 1) * merkle.HASH_BYTES
        return bytes(leaf) if height == 0 else bytes(nodes[start : start + merkle.HASH_BYTES])

    def leaf(self, seq: int) -> bytes:
        """Return the leaf of a record."""
        if self._journal and seq == self.state.size:
            last: bytes = self._journal[-1][_LEAF]
            return last
        self.flush()
        return self.node(0, seq - 1)

    def root_at(self, size: int) -> bytes:
        """Return the head that the tree had at ``size`` records."""
        self.flush()
        return merkle.root(merkle.frontier_of(size, self.node))

    def frontier_at(self, size: int) -> list[bytes]:
        """Return the complete subtrees of the tree that there was at ``size`` records."""
        self.flush()
        return merkle.frontier_of(size, self.node)

    def inclusion_path(self, seq: int, size: int) -> list[bytes]:
        """Return the hashes that lead from record ``seq`` to the head of ``size`` records."""
        self.flush()
        return merkle.inclusion_path(seq - 1, size, self.node)

    def consistency_path(self, first: int, size: int) -> list[bytes]:
        """Return the hashes that lead from the head of the ``first`` records to that of ``size`` of them."""
        self.flush()
        return merkle.consistency_path(first, size, self.node)
