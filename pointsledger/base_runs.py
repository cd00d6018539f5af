"""Base runs: every account's base points of a month, in one transaction; doing it again changes nothing.

A run grants what is due by then and was not granted yet: the base of the month itself, and of the quarter, half-year or
year that it lies in, should an earlier run have been forgotten.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pointsledger.decisions.erasing import is_erased
from pointsledger.decisions.granting import BASE, BaseDue, check_month, due_in, opened_by, was_there
from pointsledger.errors import RuleSilent
from pointsledger.posting import OWN_REQUESTS, Posting
from pointsledger.rules import caps, chart
from pointsledger.storage import queries
from pointsledger.values.calendar import parse_month
from pointsledger.values.points import unscaled
from pointsledger.values.progress import Progress
from pointsledger.values.rows import Usage


@dataclass(frozen=True, slots=True)
class BaseReport:
    """What a base run did: ``posted`` grants of ``points`` in all; ``unchanged`` stood before.

    ``absent`` is how many grants were not made because the account was opened after the first day of the base's span,
    or because its household was erased;
    ``capped`` how many of those posted a ceiling cut.
    """

    period: str
    posted: int
    unchanged: int
    absent: int
    capped: int
    points: Decimal


class BaseRuns(ABC):
    """What a run of base points does to a book."""

    @abstractmethod
    def _posting(self, *, keep: bool = True) -> AbstractContextManager[Posting]:
        """Open the transaction that the run belongs to."""

    def grant_base(self, period: str, *, by: str | None = None, progress: Progress | None = None) -> BaseReport:
        """Grant the base points of a month to every account that was open on the first day of their span.

        The rule book of that first day says how many. All of it happens or nothing; a run that is repeated grants what
        is missing, which is nothing, and a base that was reversed is not granted again.

        Raises:
            NotAMonth: if ``period`` is no month.
            BaseTooEarly, BeforeFirstPeriod: if it has not begun, or lies before the book.
            BaseTooLate: if it is closed.
            RuleSilent: if the rules say nothing of a base in that month.

        """
        month = parse_month(period)
        with self._posting() as posting:
            return _run(posting, month, by, progress)


def _run(posting: Posting, month: str, by: str | None, progress: Progress | None) -> BaseReport:
    state = posting.state
    check_month(state, month, posting.today())
    on = state.calendar.bounds(month)[0]
    grants = due_in(state, on)
    if not grants:
        gap, gap_zh = f"a base for {month}", f"{month} 的基础分"
        raise RuleSilent(document="rule book", document_zh="积分细则", on=on, gap=gap, gap_zh=gap_zh)
    posted = unchanged = absent = capped = points = 0
    posting.register.load()
    accounts = sorted(posting.transaction.accounts(), key=posting.register.code_of)  # as people look for them
    for done, account in enumerate(accounts, start=1):
        for due in grants:
            if state.get(Usage, caps.base_key(due.base.code, account, due.span)) is not None:
                unchanged += 1
            elif is_erased(state, account) or not was_there(state, state.account(account), due.begins_on):
                absent += 1
            else:
                decided = _grant(posting, account, due, on, by)
                posted += 1
                capped += "capped" in decided
                points += decided["granted"]
        if progress is not None:
            progress(done, len(accounts))
    return BaseReport(month, posted, unchanged, absent, capped, unscaled(points, state.settings.decimals))


def bases_missing(posting: Posting, month: str) -> int:
    """Return how many base grants due in a month were not made; rules that say nothing of it have none due."""
    state = posting.state
    try:
        grants = due_in(state, state.calendar.bounds(month)[0])
    except RuleSilent:
        return 0
    posting.transaction.flush()  # what was granted in this very transaction counts
    asked = (posting.transaction.connection, posting.transaction.village)
    return sum(
        queries.without_usage(
            *asked,
            activity=chart.BASE + due.base.code,
            span=due.span,
            opened_by=opened_by(state, due.begins_on),
        )
        for due in grants
    )


def _grant(posting: Posting, account: str, due: BaseDue, on: str, by: str | None) -> Any:  # noqa: ANN401 - a body's decided
    """Grant one base to one account; return what was decided."""
    said = {"account": account, "base": due.base.code, "span": due.span, "on": on}
    request = f"{OWN_REQUESTS}{BASE}/{due.base.code}/{due.span}/{account}"
    record, _ = posting.post(BASE, lambda: said, by=by, request=request)
    return record.decided
