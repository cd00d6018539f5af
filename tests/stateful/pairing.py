"""Pairs in the reference ledger: the right deed in the place of a wrong one; and periods that are decided once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.stateful.corrections import Corrected
from tests.stateful.values import Act, Grant, Json, Outcome, Refused

PARTS = ("household", "activity", "quantity", "level", "member", "on", "remark")


class Paired(Corrected):
    """One village's book in which deeds can be corrected, in memory."""

    def correct(self, seq: int, *, reason: str, **how: Any) -> Outcome:  # noqa: ANN401 - as the others
        """Put the right deed in the place of a wrong one; return what became of the reversal."""
        request = how.get("request")
        self._notes = []
        earlier = self.acts[self.requests[request]] if request in self.requests else None
        if earlier is not None and ("corrected" not in earlier.said or earlier.said["seq"] != seq):
            raise Refused(code="request-conflict")
        if not 1 <= seq <= self.size:
            raise Refused(code="unknown-record")
        wrong = self.acts.get(seq)
        if wrong is None or wrong.kind not in {"award", "deduct"}:
            raise Refused(code="not-correctable")
        with self.rehearsal() as keep:
            if wrong.kind == "award":
                right = self._right(seq, wrong, how)
                outcome = self._taken_back(seq, reason, right.seq, how)
            else:
                outcome = self._taken_back(seq, reason, 0, how)
                right = self._right(seq, wrong, how)
            if not right.repeated and self._comes_to_nothing(wrong, self.acts[right.seq]):
                self._notes = []
                raise Refused(code="nothing-corrected")
            keep()
        self._note("corrected again" if right.repeated else f"{wrong.kind} corrected")
        return outcome

    def _taken_back(self, seq: int, reason: str, right: int, how: Mapping[str, Any]) -> Outcome:
        said = {"seq": seq, "reason": reason, "corrected": right}
        return self._posted("reverse", said, how, lambda act: self._undo(seq, act, right))

    def _right(self, seq: int, wrong: Act, how: Mapping[str, Any]) -> Outcome:
        given = {name: how[name] for name in PARTS if how.get(name) is not None}
        kept = dict(wrong.said) | {"on": wrong.on, "corrects": seq}
        kept |= {"level": None} if given.get("activity", kept["activity"]) != kept["activity"] else {}
        kept |= {"member": None} if given.get("household", kept["household"]) != kept["household"] else {}
        told = {name: value for name, value in (kept | given).items() if value is not None} | {"by": how["by"]}
        if how.get("request") is not None:
            told["request"] = f"~right/{how['request']}"
        return self._deed(wrong.kind, told.pop("household"), told.pop("activity"), told)

    @staticmethod
    def _comes_to_nothing(wrong: Act, right: Act) -> bool:
        def told(act: Act) -> Json:
            return dict(act.said) | {"on": act.on, "corrects": None, "remark": None}

        return told(wrong) == told(right) and (wrong.version, wrong.points) == (right.version, right.points)

    def _do(self, kind: str, said: Json, act: Act) -> None:
        wrong = self.acts[said["corrects"]] if said["corrects"] else None
        if wrong is None or kind != "award":
            super()._do(kind, said, act)
            return
        self._rule(kind, said["activity"], self._day(said["on"]))
        if wrong.reversed_by:
            raise Refused(code="already-reversed")
        before = list(self.grants)
        if wrong.points:
            self._count(wrong.said, wrong, -1)  # the right one has its room
        try:
            super()._do(kind, said, act)
        except Refused:
            self.grants = before
            raise
        if wrong.points:
            self._count(wrong.said, wrong, 1)

    # --- once more -------------------------------------------------------------------------------------

    def replay(self, month: str) -> tuple[int, int, int, int, int]:
        """Decide a month's deeds once more: how many, what they brought and would have, how many refused, left out."""
        first, kept = self.first_of(month), self.grants
        acts = [act for _, act in sorted(self.acts.items()) if act.kind in {"award", "base", "deduct"}]
        inside = [act for act in acts if self.month_of(act.on) == month]
        standing = [act for act in inside if not act.reversed_by]
        self.grants = [grant for grant in kept if grant.on < first]
        granted = rehearsed = refused = 0
        try:
            for act in standing:
                granted += -act.points if act.kind == "deduct" else act.points
                try:
                    rehearsed += self._once_more(act)
                except Refused:
                    refused += 1
        finally:
            self.grants = kept
        return len(standing), granted, rehearsed, refused, len(inside) - len(standing)

    def _once_more(self, act: Act) -> int:
        if act.kind == "base":
            return self._base_once_more(act)
        said = act.said
        rule = self._rule(act.kind, said["activity"], act.on)
        rules = self.rules_on(act.on)
        factor = rules.factor(said["activity"], rule.category) if act.kind == "award" else "1"
        worth = self._whole(rule, said, factor)
        if not worth:
            raise Refused(code="worth-nothing")
        if act.kind == "deduct":  # where it was partly written off it is known how much was there
            return -min(worth, act.points) if act.points < act.worth and rules.arrears == "write_off" else -worth
        points = self._within(rule, said, act.on, worth)
        at_once = self._times(rule, said)
        times = points * at_once // worth if at_once > 1 else 1
        if points:
            who = (said["activity"], said["level"] or "", rule.category, said["household"], said["member"] or "")
            self.grants.append(Grant(*who, act.on, points, times))
        return points

    def _base_once_more(self, act: Act) -> int:
        base = act.said["base"]
        rules = self.rules_on(self._begins(act.on, base.per))
        now = next((one for one in rules.bases if one.code == base.code), None)
        if now is None:
            raise Refused(code="rule-silent")
        points = self._under_ceilings(now.points, act.household, act.on, rules.caps)
        self.grants.append(Grant("", "", "", act.household, "", act.on, points, 0))
        return points
