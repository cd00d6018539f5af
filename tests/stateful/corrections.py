"""Corrections in the reference ledger: an act is undone exactly, and what is gone of it is a debt."""

from __future__ import annotations

from typing import Any

from tests.stateful.granting import Granting
from tests.stateful.values import Act, Outcome, Refused


class Corrected(Granting):
    """One village's book in which acts can be undone, in memory."""

    def reverse(self, seq: int, *, reason: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Undo an act exactly, once."""
        said = {"seq": seq, "reason": reason}
        return self._posted("reverse", said, how, lambda act: self._undo(seq, act))

    def _undo(self, seq: int, act: Act, right: int = 0) -> None:
        if not 1 <= seq <= self.size:
            raise Refused(code="unknown-record")
        original = self.acts.get(seq)
        if original is None or original.kind in {"enrol", "rulebook", "prices", "reverse", "reverse-batch", "close"}:
            raise Refused(code="not-reversible")
        if original.reversed_by:
            raise Refused(code="already-reversed")
        act.household, act.points, act.category = original.household, original.points, original.category
        self._date(act, original.on)
        act.concerns = original.concerns
        self._note(*(["reversed in another month"] if act.month != act.concerns else []))
        self._give_back_what_came(original, seq, act, right)
        self._restore_what_went(original)
        original.reversed_by = self.size + 1
        if original.kind == "award" and original.points:
            self._count(original.said, original, -1)
        if original.kind == "base":
            self._count_base(original, -1)
        if original.kind == "opening":
            self.opened[original.household] = 0
        heading, sign, deeds = {
            "award": ("earned", -1, -1),
            "base": (self.heading_of_base(original), -1, 0),
            "deduct": ("deducted", 1, -1),
            "redeem": ("redeemed", 1, 0),
            "opening": ("opening", -1, 0),
        }.get(original.kind, ("", 0, 0))
        if heading and act.points:
            self._move(act, heading, original.category, sign * act.points, deeds)

    def _give_back_what_came(self, original: Act, seq: int, act: Act, right: int) -> None:
        for holder in original.received:
            lot = next(lot for lot in self.lots[holder] if lot.act == seq)
            spent = lot.whole - lot.left - lot.paid
            if holder != original.household:
                if spent:
                    self._note("refused as spent")
                    raise Refused(code="already-spent")
                lot.left = 0
                continue
            # A right award stands in for the wrong one before anything else does, whether or not its day is over.
            others = [other for other in self.lots[holder] if right and other.act == right]
            others += [other for other in self._in_order(holder) if other is not lot and other not in others]
            owed, act.written_off = self._owed(original.on, max(0, spent - sum(other.left for other in others)))
            act.points -= act.written_off
            again, lot.left, lot.paid = lot.paid, 0, 0
            self._note(*(["settling undone"] if again else []))
            # The other lots stand in for what is spent, then for what the lot had paid and is owed again (S-21).
            for other in others:
                part = min(other.left, spent)
                other.left, spent = other.left - part, spent - part
                self._note(*(["others taken instead"] if part else []))
            for other in others:
                part = min(other.left, again)
                other.left, other.paid, again = other.left - part, other.paid + part, again - part
                self._note(*(["others paid instead"] if part else []))
            self.arrears[holder] = self.arrears.get(holder, 0) + again + owed

    def _restore_what_went(self, original: Act) -> None:
        for (holder, seq), amount in original.taken.items():
            lot = next(lot for lot in self.lots[holder] if lot.act == seq)
            lot.left += amount
        household = original.household
        owed = self.arrears.get(household, 0)
        if original.kind not in {"deduct", "redeem"}:
            return
        if owed < original.owed:  # later lots paid for what is now undone: it goes back to them, the last one first
            self._note("unsettled by reversal")
            back = original.owed - owed
            for lot in sorted(self.lots.get(household, []), key=lambda lot: -lot.act):
                part = min(back, lot.paid)
                lot.paid, lot.left, back = lot.paid - part, lot.left + part, back - part
            self.arrears[household] = 0
            return
        owed -= original.owed  # other debts stay, and what came back pays for them
        for (holder, seq), amount in original.taken.items():
            if holder == household and owed:
                lot = next(lot for lot in self.lots[holder] if lot.act == seq)
                part = min(amount, owed)
                lot.left, lot.paid, owed = lot.left - part, lot.paid + part, owed - part
                self._note("settled by reversal")
        self.arrears[household] = owed
