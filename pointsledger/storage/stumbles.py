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

from pointsledger.errors import PointsLedgerError
from pointsledger.storage.dialect import damaged
from pointsledger.values.words import Words

_TRIPPED = (ArithmeticError, LookupError, TypeError, ValueError)
"""What is raised for a day, a month, a code or an amount that there cannot be, or a text in the place of a number."""

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


def _is_ours(trace: TracebackType | None) -> bool:
    """Tell whether nobody else's code stands between the block and what raised."""
    while trace is not None:
        package = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
        if package != _OURS and package not in _BENEATH:
            return False
        trace = trace.tb_next
    return True
