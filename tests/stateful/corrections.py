"""Corrections in the reference ledger: an act is undone exactly, and what is gone of it is a debt."""

from __future__ import annotations

from typing import Any

from tests.stateful.granting import Granting
from tests.stateful.values import Act, Outcome, Place, Refused

REVERSIBLE = frozenset(
    {
        *("award", "base", "deduct", "redeem", "hand-over", "opening", "intake"),
        *("transfer", "write-off", "stocktake", "fund-in", "fund-out", "reward"),
    }
)


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
        if original is None or original.kind not in REVERSIBLE:
            raise Refused(code="not-reversible")
        if original.reversed_by:
            raise Refused(code="already-reversed")
        exchange = self.exchange_of(seq)
        if exchange is not None and exchange.refunded:
            self._note("refused as refunded")
            raise Refused(code="already-refunded")
        self._see_goods_whole(original, seq)
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
        if exchange is not None:
            exchange.reversed_by = self.size + 1
            self._count_back(exchange)
        if original.kind == "opening":
            self.opened[original.household] = 0
        heading, sign, deeds = {
            "award": ("earned", -1, -1),
            "base": (self.heading_of_base(original), -1, 0),
            "deduct": ("deducted", 1, -1),
            "redeem": ("redeemed", 1, 0),
            "hand-over": ("redeemed", 1, 0),
            "opening": ("opening", -1, 0),
        }.get(original.kind, ("", 0, 0))
        if heading and act.points:
            self._move(act, heading, original.category, sign * act.points, deeds)

    def _give_back_what_came(self, original: Act, seq: int, act: Act, right: int) -> None:
        for holder in dict.fromkeys(original.received):
            own = [lot for lot in self.lots[holder] if lot.act == seq]
            if holder != original.household:
                for goods in own:
                    goods.left -= goods.whole  # what the act itself handed out of it comes back to it
                continue
            (lot,) = own
            spent = lot.whole - lot.free - lot.paid
            # A right award stands in for the wrong one before anything else does, whether or not its day is over.
            others = [other for other in self.lots[holder] if right and other.act == right]
            others += [other for other in self._in_order(holder) if other is not lot and other not in others]
            owed, act.written_off = self._owed(original.on, max(0, spent - sum(other.free for other in others)))
            act.points -= act.written_off
            again, lot.left, lot.paid = lot.paid, lot.held, 0
            self._note(*(["held points left alone"] if lot.held or any(other.held for other in others) else []))
            self._note(*(["settling undone"] if again else []))
            # The other lots stand in for what is spent, then for what the lot had paid and is owed again (S-21).
            for other in others:
                part = min(other.free, spent)
                other.left, spent = other.left - part, spent - part
                self._note(*(["others taken instead"] if part else []))
            for other in others:
                part = min(other.free, again)
                other.left, other.paid, again = other.left - part, other.paid + part, again - part
                self._note(*(["others paid instead"] if part else []))
            self.arrears[holder] = self.arrears.get(holder, 0) + again + owed

    def _restore_what_went(self, original: Act) -> None:
        for place, amount in original.taken.items():
            self._lot(place).left += amount
        household = original.household
        owed = self.arrears.get(household, 0)
        if original.kind not in {"deduct", "redeem", "hand-over"}:
            return
        if owed < original.owed:
            self._note("unsettled by reversal")
            self._unsettle(household, original.owed - owed)
            return
        back = [(place, amount) for place, amount in original.taken.items() if place[0] == household]
        self._note(*(["settled by reversal"] if back and owed > original.owed else []))
        self._settle_from(household, back, owed - original.owed)

    def _unsettle(self, household: str, back: int) -> None:
        """Give back to lots what they had paid for a debt that is there no more, the last one first."""
        for lot in sorted(self.lots.get(household, []), key=lambda lot: lot.place, reverse=True):
            part = min(back, lot.paid)
            lot.paid, lot.left, back = lot.paid - part, lot.left + part, back - part
        self.arrears[household] = 0

    def _settle_from(self, household: str, back: list[tuple[Place, int]], owed: int) -> None:
        """Have what came back to lots pay what is owed, in their order; what is not paid stays."""
        for place, amount in back:
            lot, part = self._lot(place), min(amount, owed)
            lot.left, lot.paid, owed = lot.left - part, lot.paid + part, owed - part
        self.arrears[household] = owed

    def _see_goods_whole(self, original: Act, seq: int) -> None:
        """See that nothing is gone of the goods or money that an act brought, but what it handed out itself."""
        for holder in dict.fromkeys(original.received):
            for lot in self.lots[holder]:
                own = original.taken.get((holder, lot.place), 0)
                if lot.act == seq and holder != original.household and lot.free + own != lot.whole:
                    self._note("refused as spent")
                    raise Refused(code="already-spent")
