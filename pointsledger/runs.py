"""Runs: what is done for every household alike, in portions, so that nobody waits long for the book.

Each portion is a transaction of its own. A run that was stopped, or that two people start at once, goes on with what
is left: nothing is posted twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

from pointsledger.posting import Posting
from pointsledger.values.points import unscaled
from pointsledger.values.progress import Progress

ACCOUNTS_AT_ONCE = 200
"""Households whose lapses are one transaction."""


@dataclass(frozen=True, slots=True)
class Expired:
    """What an expiry run recorded: how many ``records`` of lapses, of how many ``households``, and their ``points``."""

    records: int
    households: int
    points: Decimal


class Runs(ABC):
    """What can be run over all households of a book."""

    @abstractmethod
    def _posting(self, *, keep: bool = True) -> AbstractContextManager[Posting]:
        """Open the transaction that a portion belongs to."""

    def expire(self, *, by: str | None = None, progress: Progress | None = None) -> Expired:
        """Record every lapse that is due by today, of every household; each is dated the day after its last day.

        No figure depends on it: balances go by the date, and each act records what is due on its household first. Run
        it as often as you like, months late or never; it is there for those who want the lapses on record. Needs no
        request id, since what is recorded is due no more.
        """
        records = households = points = 0
        while True:
            with self._posting() as posting:
                due = posting.transaction.due_lots(posting.today())
                over = {reserved.account for reserved in posting.state.overdue(posting.today())}
                posting.register.load()
                accounts = sorted(
                    {lots.account for lots in due} | over, key=posting.register.code_of
                )  # as people look for them
                for account in accounts[:ACCOUNTS_AT_ONCE]:
                    posted = posting.lapse(account, by=by)
                    records += len(posted)
                    households += bool(posted)
                    points += sum(record.entries[0].amount for record in posted if record.entries)
                decimals = posting.state.settings.decimals
            if progress is not None and accounts:
                progress(households, households + max(0, len(accounts) - ACCOUNTS_AT_ONCE))
            if len(accounts) <= ACCOUNTS_AT_ONCE:
                return Expired(records, households, unscaled(points, decimals))
