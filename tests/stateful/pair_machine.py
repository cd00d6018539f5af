"""The machine with corrections; at the end every figure is explained, and every month decided once more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pointsledger import Ledger
from pointsledger.errors import PointsLedgerError
from pointsledger.open_batch import OpenBatch
from pointsledger.receipts import Receipt
from tests.stateful.commands import Command, fixes, households
from tests.stateful.machine import ActsMachine

MOVING = frozenset({"award", "deduct", "opening", "redeem", "hand-over", "refund"})
"""The kinds of acts that each stand in the statement of a household."""


class PairMachine(ActsMachine):
    """A book in memory and its reference."""

    def arguments(self, command: Command) -> dict[str, Any]:
        """Return the arguments of both sides' methods; a correction is of one of the last deeds, or of another act."""
        if command.name != "correct" or command.what.get("done"):
            return super().arguments(command)
        acts = [seq for seq, act in sorted(self.reference.acts.items()) if act.kind != "enrol"] or [1]
        deeds = [seq for seq in acts if self.reference.acts[seq].kind in {"award", "deduct"}] or acts
        back = command.back or 0
        among = acts if back % 7 == 6 else deeds
        return super().arguments(replace(command, back=None)) | {"seq": among[-1 - back % len(among)]}

    def really(self, name: str, arguments: dict[str, Any], target: Ledger | OpenBatch) -> Receipt | str:
        """Do an act with the library; of a correction return the receipt of the reversal."""
        if name != "correct":
            return super().really(name, arguments, target)
        try:
            return target.correct(**arguments).reversal
        except PointsLedgerError as error:
            return error.code

    @rule(command=fixes)
    def correct(self, command: Command) -> None:
        """Put the right deed in the place of one of the last."""
        self.done(command)

    @rule(household=households, quantity=st.sampled_from(["1", "5", "9"]), back=st.integers(0, 2))
    def correct_what_is_spent(self, household: str, quantity: str, back: int) -> None:
        """Earn, spend, and correct the award, the redemption or the deduction behind it."""
        self.done(Command("award", {"household": household, "activity": "tidy", "quantity": "6"}, back=40))
        self.done(Command("redeem", {"household": household, "items": {"cut": 3}}))
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": "2"}))
        self.done(Command("correct", {"reason": "记错", "quantity": quantity}, back=back))

    def compare_everything(self) -> None:
        """Compare, besides the figures of each month, their reasons, and what they would be by the rules of now."""
        super().compare_everything()
        for household in self.reference.groups:
            self.compare_reasons(household)
        for month in sorted({line.month for line in self.reference.movements}):
            found, total = self.ledger.replay(month), self.ledger.replay(month).total
            deeds, granted, rehearsed, refused, left_out = self.reference.replay(month)
            assert (deeds, refused, left_out) == (total.deeds + total.bases, total.refused, found.left_out), month
            assert (Decimal(granted), Decimal(rehearsed)) == (total.granted, total.rehearsed)
            differing = sum((deed.difference for deed in found), Decimal(0))
            assert total.difference == differing
            self.note(*(["replayed otherwise"] if found.deeds else []), *(["replay refused"] if refused else []))

    def compare_reasons(self, household: str) -> None:
        """Compare what is explained of a household with its statement and with what the reference knows of each act."""
        explanation, statement = self.ledger.explain(household, "2026"), self.ledger.statement(household, "2026")
        assert explanation.foots
        assert statement.closing == explanation.closing
        assert statement.lines == tuple(line.movement for line in explanation)
        shown = {line.movement.seq for line in explanation}
        assert [] == [seq for seq in self.acts_of(household) if seq not in shown], "each act is seen, if nothing moved"
        for line in explanation:
            act = self.reference.acts.get(line.movement.seq)
            assert all(line.say(lang) for lang in ("zh", "en"))
            written_off = act.written_off if act is not None else 0
            assert (Decimal(written_off),) * 2 == (line.written_off, line.movement.written_off)
            if written_off and not line.movement.points:
                self.note("nothing was left to take")
            if act is None or act.kind not in {"award", "deduct"}:
                continue
            assert (Decimal(act.points), Decimal(act.worth)) == (line.granted, line.requested)
            cut = sum((one.cut for one in line.cuts), Decimal(0))
            assert (act.kind == "award") * Decimal(act.worth - act.points) == cut
            assert (Decimal(act.owed), act.version + 1) == (line.arrears, line.rule.rulebook if line.rule else 0)
            assert (act.reversed_by, act.said["corrects"] or 0) == (line.movement.reversed_by, line.movement.corrects)

    def acts_of(self, household: str) -> list[int]:
        """Return the acts of 2026 about a household's points, but for a base that a ceiling left nothing of."""
        acts = self.reference.acts
        found = []
        for seq, act in acts.items():
            done = acts[act.said["seq"]] if act.kind == "reverse" else act
            of_points = done.kind in MOVING or (done.kind == "base" and done.points)
            if act.household == household and act.month[:4] == "2026" and of_points:
                found.append(seq)
        return found
