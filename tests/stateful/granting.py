"""Base points in the reference ledger: granted to everybody who was there, once in each span."""

from __future__ import annotations

from typing import Any

from tests.stateful.exchanges import Exchanging
from tests.stateful.values import Act, Base, Cap, Grant, Refused, Rules

SPANS = ("month", "quarter", "half", "year", "ever")


class Granting(Exchanging):
    """One village's book with its base points, in memory."""

    def grant_base(self, month: str, **how: Any) -> tuple[int, int, int, int]:  # noqa: ANN401 - the operator
        """Grant what is due in a month; return how many grants, how many stood, were absent, and the points."""
        on = self.first_of(month)
        if on > self.today:
            raise Refused(code="base-too-early")
        if month < self.first_month:
            raise Refused(code="before-first-period")
        if month <= self.closed:
            raise Refused(code="base-too-late")
        due = self._due(on)
        if not due:
            raise Refused(code="rule-silent")
        posted = stood = absent = points = 0
        notes: list[str] = []
        self._notes = notes
        for household in sorted(self.groups):
            for base, span, begins, rules in due:
                if (household, base.code, span) in self.based:
                    stood += 1
                elif max(begins, self.settled_by) < self.enrolled[household]:
                    absent += 1
                else:
                    said = {"household": household, "base": base, "span": span, "on": on}
                    granted = self._posted("base", said, how, lambda act, s=said, r=rules: self._grant(s, r, act))
                    notes += granted.notes
                    posted, points = posted + 1, points + granted.points
        self._notes = notes
        return posted, stood, absent, points

    def heading_of_base(self, act: Act) -> str:
        """Return what a base counts as."""
        return "earned" if act.kind == "base" and act.said["base"].ranked else "base"

    def _due(self, on: str) -> list[tuple[Base, str, str, Rules]]:
        """Return each base of the month, with its span, the span's first day and the rules of that day."""
        self.rules_on(on)
        found = []
        for per in SPANS:
            begins = self._begins(on, per)
            try:
                rules = self.rules_on(begins)
            except Refused:
                continue
            span = self.span_of(on, per)
            found += [(base, f"{per}/{span}", begins, rules) for base in rules.bases if base.per == per]
        return found

    def _begins(self, on: str, per: str) -> str:
        """Return the first day of the span that a base granted on a day is for."""
        month, months = self.month_of(on), {"quarter": 3, "half": 6, "year": 12}.get(per, 1)
        number = (int(month[5:]) - 1) // months * months + 1
        return on if per == "ever" else max(self.first_of(f"{month[:4]}-{number:02}"), self.first_of(self.first_month))

    def _grant(self, said: dict[str, Any], rules: Rules, act: Act) -> None:
        base, household = said["base"], said["household"]
        act.household, act.ending = household, rules.expiry
        self._date(act, said["on"])
        act.points = self._under_ceilings(base.points, household, act.on, rules.caps)
        self.based.add((household, base.code, said["span"]))
        self._note("base granted" if act.points == base.points else "base cut by the ceiling")
        if act.points:
            self._receive(act, household, act.points, floor=base.floor)
            self._count_base(act, 1)
            self._move(act, self.heading_of_base(act), "", act.points, 0)

    def _under_ceilings(self, points: int, household: str, on: str, caps: tuple[Cap, ...]) -> int:
        for cap in caps:
            if cap.with_base:
                used = sum(
                    one.points
                    for one in self.grants
                    if self.span_of(one.on, cap.per) == self.span_of(on, cap.per)
                    and (cap.by == "village" or one.household == household)
                )
                points = min(points, max(0, cap.most - used))
        return points

    def _count_base(self, act: Act, sign: int) -> None:
        self.grants.append(Grant("", "", "", act.household, "", act.on, sign * act.points, 0))
