"""Runs: what is done for every household alike, in portions, so that nobody waits long for the book.

Each portion is a transaction of its own. A run that was stopped, or that two people start at once, goes on with what
is left: nothing is posted twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

from pointsledger.errors import LedgerDamaged
from pointsledger.posting import Posting
from pointsledger.values.points import unscaled
from pointsledger.values.progress import Progress
from pointsledger.values.words import Words

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
        with self._posting() as posting:
            left, decimals = _due_now(posting), posting.state.settings.decimals
        records = households = points = 0
        while left:
            with self._posting() as posting:
                for account in left[:ACCOUNTS_AT_ONCE]:
                    posted = posting.lapse(account, by=by)
                    records += len(posted)
                    households += bool(posted)
                    points += sum(record.entries[0].amount for record in posted if record.entries)
            left = left[ACCOUNTS_AT_ONCE:]
            if progress is not None:
                progress(households, households + len(left))
        return Expired(records, households, unscaled(points, decimals))


def _due_now(posting: Posting) -> list[str]:
    """Return the ids of the households on which something is due today, as people look for them.

    They are read once: what another run has recorded meanwhile is due no more, and what ends meanwhile is for the next.

    Raises:
        LedgerDamaged: if there are lots of somebody whom the book does not know.

    """
    today = posting.today()
    accounts = {lots.account for lots in posting.transaction.due_lots(today)}
    accounts |= {reserved.account for reserved in posting.state.overdue(today)}
    posting.register.load()
    for account in sorted(accounts):
        if posting.state.get_account(account) is None:
            reason = Words(f"there are lots of {account}, who has no account", f"有 {account} 的积分批次，却无此账户")
            raise LedgerDamaged(place=f"village {posting.state.village}", reason=reason.en, reason_zh=reason.zh)
    return sorted(accounts, key=posting.register.code_of)
