"""Recoveries in the reference ledger: what is declared lost when a backup was put back."""

from __future__ import annotations

from typing import Any

from tests.stateful.refunds import Refunding
from tests.stateful.values import Act, Loss, Outcome, Refused


class Recovering(Refunding):
    """One village's book that may have been put back from a backup, in memory."""

    def recovered(
        self,
        *,
        lost_from: int,
        heads: list[tuple[int, str]],
        last_on: str | None,
        **how: Any,  # noqa: ANN401 - as the others
    ) -> Outcome:
        """Declare what was lost; a head of so many ``a`` is none that any book has."""
        said = {"lost_from": lost_from, "heads": heads, "last_on": last_on, "reason": how.get("reason")}
        return self._posted("recovered", said, how, lambda act: self._recover(lost_from, heads, last_on, act))

    def _recover(self, first: int, heads: list[tuple[int, str]], last_on: str | None, act: Act) -> None:
        self._date(act, self.today)
        if not 2 <= first <= self.size + 1 or any(size < first for size, _ in heads):
            raise Refused(code="invalid-setting")
        if not heads and last_on is None:
            raise Refused(code="option-required")
        if any(set(root) != {"a"} for _, root in heads):
            raise Refused(code="nothing-lost")
        last = max((seq for seq in self.losses if seq >= first), default=None)
        chain = self._chain(last)
        known = {head for one in chain for head in one.heads}
        new = set(heads) - known or (last_on or "") > max((one.last_on for one in chain), default="")
        if chain and not new and first >= min(one.lost_from for one in chain):
            raise Refused(code="already-declared")
        self.losses[self.size + 1] = Loss(first, heads, last_on or "", last)
        self._note("declared lost")

    def _chain(self, seq: int | None) -> list[Loss]:
        """Return a declaration, and those which it extends one behind the other."""
        found: list[Loss] = []
        while seq is not None:
            found.append(self.losses[seq])
            seq = found[-1].extends
        return found
