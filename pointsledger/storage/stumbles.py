"""Stumbles: what an act or a reading trips over in a derived table that somebody has been at.

Rows of derived tables are trusted, and not looked at one by one: that would cost every act what only a damaged book
needs. A day that is none, an account that the chart does not know or a month that cannot be counted on from then stops
what went by it, wherever that was. It is damage, and told as that, in the one place where a transaction is lent out.

What somebody else's code raises, which is called in between, stays what it is: a clock, a progress bar, a generator of
names. It is told by where it was raised: on the way from here to there, no code but ours and what ours rests on.

Worked example: a lot ends on ``2025-02-0``. The statement asks for the day after it, and ``date.fromisoformat`` raises
a ``ValueError`` under a function of ours. A clock that raises one is a function of somebody else's.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import TracebackType

from pointsledger.errors import InputError, PointsLedgerError, RefusedError
from pointsledger.storage.dialect import Dialect, damaged
from pointsledger.values.words import Words

_TRIPPED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised for a day, a month, a code or an amount that there cannot be, or a text in the place of a number."""

_UNUSABLE = Words(
    "record {seq}, or one before it, says what no book could hold ({told})",
    "第 {seq} 号或之前的记录写有账本中不可能有的内容（{told}）",
)

_UNSTORABLE = Words(
    "record {seq}, or one before it, says what no table could hold ({told})",
    "第 {seq} 号或之前的记录写有数据表存不下的内容（{told}）",
)

_OURS = __name__.partition(".")[0]
_BENEATH = frozenset({"dateutil", "psycopg", "sqlalchemy", "sqlmodel"}) | sys.stdlib_module_names
"""What our own code rests on."""


class Stumbles(AbstractContextManager[None]):
    """A block in which nothing but our code works on a book, whose rows may be damaged.

    Raises:
        LedgerDamaged: for what a row makes it trip over.

    """

    def __init__(self, place: str) -> None:
        """Say ``place`` of what is damaged."""
        self._place = place

    def __exit__(self, _kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        """Call a stumble damage."""
        if not isinstance(error, _TRIPPED) or isinstance(error, (PointsLedgerError, UnicodeEncodeError)):
            return  # what cannot be encoded was on its way into a table, and did not come from there
        if _is_ours(trace):
            en, zh = f"its tables hold what cannot be used ({error!r})", f"数据表中有无法使用的内容（{error!r}）"
            raise damaged(Words(en, zh), self._place) from error


class Telling(AbstractContextManager[None]):
    """A block that goes by what a record of the journal says: what it trips over stands there, or in one before it.

    The rules have decided it once, so that whatever they, or the tables, have against it now, somebody has edited it.
    What an earlier record says is met where a later one is decided from it, and rows are written in sets, of many
    records; so the number is how far the journal can be gone by, and not always that of the record that was edited. A
    driver's error is damage only where a value of a row is the cause: a server that gave up has nothing against any.

    Raises:
        LedgerDamaged: for that.

    """

    def __init__(self, seq: int, place: str, dialect: Dialect | None = None) -> None:
        """Say the number of the record, and ``place`` of what is damaged; ``dialect`` is that of what is written."""
        self._seq = seq
        self._place = place
        self._dialect = dialect

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Call a stumble, a refusal, and what no table takes, damage."""
        if self._dialect is not None and isinstance(error, self._dialect.faults):
            if self._dialect.is_unstorable(error):
                told = str(error).partition("\n")[0]  # a server says below it where it was
                raise damaged(_UNSTORABLE.about(seq=self._seq, told=told), self._place) from error
        elif isinstance(error, (*_TRIPPED, InputError, RefusedError)):
            told = error.code if isinstance(error, PointsLedgerError) else repr(error)
            raise damaged(_UNUSABLE.about(seq=self._seq, told=told), self._place) from error


def _is_ours(trace: TracebackType | None) -> bool:
    """Tell whether nobody else's code stands between the block and what raised."""
    while trace is not None:
        package = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
        if package != _OURS and package not in _BENEATH:
            return False
        trace = trace.tb_next
    return True
