"""Foresight: what an act on a household is going to ask for, read in one statement under the village's lock.

An award asks some ten questions, one after another: was this request posted, who stands under this code, is the
operator known, what does the account hold, which rules are in force … On PostgreSQL each is a trip to the server.
All of them can be guessed from the caller's words, and are then read at once and held until they are asked. SQLite
answers within the process, where ten small statements are quicker than the large one.

It is a guess and binds nobody: whatever is asked beyond it is read when it is asked. What is already in the working
set is newer than what is read here, and stays. Nothing is kept from one transaction to the next but the contents of
rule books and price lists, by their digest, which says what they are whatever book they stand in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.state import LOTS_AT_ONCE, State
from pointsledger.values import rows
from pointsledger.values.records import POINTS

_MOST_CONTENTS = 256

_contents: dict[str, str] = {}
"""What rule books and price lists say, by digest: read once a process, where each act would read all of it again."""

# How many columns of the key, the village left out, are the same in the rows that were read together.
_SHARED = {rows.Operator: 1, rows.Account: 1, rows.Balance: 2, rows.PeriodTotal: 3}

# What has ended on the account lapses before the act.
_ENDED = f"""
SELECT * FROM points_lot WHERE village = %(village)s AND account = (SELECT id FROM household) AND unit = 'points'
AND remaining > 0 AND expires_on < %(today)s ORDER BY expires_on, earned_on, seq, line LIMIT {LOTS_AT_ONCE}
"""  # noqa: S608 - constants

_SOUGHT: tuple[tuple[type, str, str], ...] = (
    (rows.Profile, "household", ""),
    (rows.Profile, "operator", ""),
    (rows.Operator, "points_operator", "operator = (SELECT id FROM operator)"),
    (rows.Account, "points_account", "account = (SELECT id FROM household)"),
    (rows.Grouping, "points_grouping", "account = (SELECT id FROM household)"),
    (rows.Balance, "points_balance", "account = (SELECT id FROM household) AND unit = 'points'"),
    (
        rows.PeriodTotal,
        "points_period_total",
        "account = (SELECT id FROM household) AND period = %(month)s AND for_period = ''",
    ),
    (rows.Lot, f"({_ENDED}) AS ended", ""),
    (rows.Edition, "points_edition", ""),
)
# Bytes do not travel in JSON, and the content of an edition is long and known by its digest.
_READ_AS = {"salt": "encode(salt, 'hex')", "content": "''"}


def _statement() -> str:
    """Return the query of it all, for PostgreSQL: one row, with a JSON array of rows in each column."""

    def rows_of(columns: Iterable[str], table: str, where: str) -> str:
        read = ", ".join(_READ_AS.get(column, column) for column in columns)
        also = f" AND {where}" if where else ""
        return f"(SELECT json_agg(json_build_array({read}))::text FROM {table} WHERE village = %(village)s{also})"  # noqa: S608 - constants

    people = (
        f"{role} AS (SELECT * FROM points_profile"  # noqa: S608 - as above
        f" WHERE village = %(village)s AND role = '{role}' AND code = %({role})s)"
        for role in ("household", "operator")
    )
    request = rows_of(("seq", "body"), "points_journal", "request_id = %(request)s")
    found = (rows_of(kind._fields, table, where) for kind, table, where in _SOUGHT)  # type: ignore[attr-defined]  # a named tuple's
    return f"WITH {', '.join(people)} SELECT {', '.join((request, *found))}"


_STATEMENT = _statement()


class Sought(NamedTuple):
    """What an act is about, in the caller's words; ``month`` is the one that it will count in, ``today`` its day."""

    request: str | None
    household: str
    operator: str
    month: str
    today: str


class Foresight:
    """What was read ahead in one transaction."""

    def __init__(self, state: State) -> None:
        """Hold what is read in the working set ``state``."""
        self._state = state
        self._requests: dict[str, tuple[Any, ...] | None] = {}
        self._people: dict[tuple[str, str], rows.Profile | None] = {}
        self._read: set[tuple[type, tuple[Any, ...]]] = set()

    def look(self, cursor: Any, sought: Sought) -> None:  # noqa: ANN401 - the driver's
        """Read what the next act is going to ask for."""
        cursor.execute(_STATEMENT, {"village": self._state.village, **sought._asdict()})
        requested, household, operator, *found = (json.loads(text) if text else [] for text in cursor.fetchone())
        self._requests = {} if sought.request is None else {sought.request: tuple(*requested) or None}
        self._people = {}
        held = {kind: answer for (kind, _, _), answer in zip(_SOUGHT[2:], found, strict=True)}
        for role, code, answer in (("household", sought.household, household), ("operator", sought.operator, operator)):
            one = rows.Profile._make((*answer[0][:-1], bytes.fromhex(answer[0][-1]))) if answer else None
            self._people[role, code] = one
            if one is not None and role == "operator":
                self._hold(rows.Operator, (one.id,), held)
            elif one is not None:
                self._hold(rows.Account, (one.id,), held)
                self._hold(rows.Balance, (one.id, POINTS), held)
                self._hold(rows.PeriodTotal, (sought.month, "", one.id), held)
                ended = [rows.Lot(*row) for row in held[rows.Lot]]
                self._state.hold_lots((one.id, POINTS), ended, (sought.today,))
                self._state.hold_family(rows.Grouping, one.id, [rows.Grouping(*row) for row in held[rows.Grouping]])
        self._hold_editions(held[rows.Edition])

    def requested(self, request: str) -> tuple[tuple[Any, ...] | None] | None:
        """Return what was read of a request, record's number and body or None, in a tuple; None if nothing was."""
        return (self._requests.pop(request),) if request in self._requests else None

    def profile(self, role: str, code: str) -> tuple[rows.Profile | None] | None:
        """Return who was read under a code, or None, in a tuple; None if nothing was."""
        return (self._people.pop((role, code)),) if (role, code) in self._people else None

    def lacks(self, kind: type, key: tuple[Any, ...]) -> bool:
        """Tell whether the rows were read among which the one of that key would be, if there were one."""
        return kind in _SHARED and (kind, key[: _SHARED[kind]]) in self._read

    def _hold(self, kind: Any, shared: tuple[Any, ...], held: dict[type, Any]) -> None:  # noqa: ANN401 - a row's class
        self._read.add((kind, shared))
        for row in held[kind]:
            self._state.hold(kind(*row))

    def _hold_editions(self, found: list[list[Any]]) -> None:
        editions = [rows.Edition(*row) for row in found]
        # Each is looked up once: another thread may empty the contents between two looks.
        known = {one: _contents.get(one.digest) for one in editions}
        for document in (RULEBOOK, PRICES):  # a version that is not known keeps only its own document back
            own = [one for one in editions if one.document == document]
            if all(known[one] for one in own):
                told = [one._replace(content=known[one] or "") for one in own]
                self._state.hold_family(rows.Edition, document, told)


def note_contents(editions: Iterable[rows.Edition]) -> None:
    """Keep what editions say, each under its digest; one that is not what its digest says is nobody else's business."""
    if len(_contents) > _MOST_CONTENTS:
        _contents.clear()
    for edition in editions:
        if edition.digest not in _contents and sha256(edition.content.encode()).hexdigest() == edition.digest:
            _contents[edition.digest] = edition.content
