"""A small reference ledger: the same rules, written again from semantics.md without looking at how the library does it.

It holds dictionaries and lists and nothing else: no journal, no projections, no database. Every act either
returns what it did or raises ``Refused`` with the code of the error that the library must give, and then
has changed nothing. Points are whole here; dates and months are ISO texts.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from tests.stateful.dates import Dates
from tests.stateful.values import (
    FOREVER,
    Act,
    Cap,
    Grant,
    Json,
    Loss,
    Lot,
    Movement,
    Outcome,
    Place,
    Prices,
    Refused,
    Rule,
    Rules,
    Sheet,
)

COLUMNS = (
    *("deeds", "opening", "base", "earned", "prior", "deducted"),
    *("redeemed", "refunded", "expired", "forfeited", "closing"),
)
"""The figures of a tally."""


class Book(Dates):
    """One village's book, in memory."""

    def __init__(self, rules: Rules, prices: Prices, *, today: str, first_month: str, cut_off: int = 0) -> None:
        """Begin the book as the library does: genesis, its operator, rules, prices."""
        self.today = today
        self.first_month = first_month
        self.cut_off = cut_off
        self.closed = ""
        self.rules = [rules]
        self.prices = [prices]
        self.size = 4
        self.operators = {"clerk:1"}
        self.settled_by = self.last_of(self.month_of(today))
        """The last day of the month in which the book was begun: until then its register is typed in."""
        self.enrolled: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.opened: dict[str, int] = {}
        self.lots: dict[str, list[Lot]] = {}
        self.arrears: dict[str, int] = {}
        self.acts: dict[int, Act] = {}
        self.losses: dict[int, Loss] = {}
        """What was declared lost, by the record that did."""
        self.requests: dict[str, int] = {}
        self.movements: list[Movement] = []
        self.grants: list[Grant] = []
        """What limits count, reversals too."""
        self.based: set[tuple[str, str, str]] = set()
        """Household, base and span of each base that was granted."""
        self.sheets: dict[str, Sheet] = {}
        self._notes: list[str] = []
        self.lifted = 0
        """How many rows made way for others of their sheet."""

    # --- what can be asked -----------------------------------------------------------------------------

    def balance(self, household: str) -> int:
        """Return what a household holds, less what it owes."""
        return sum(lot.left for lot in self.lots.get(household, [])) - self.arrears.get(household, 0)

    def available(self, household: str) -> int:
        """Return what a household may spend: nothing while it owes, never its floor, nor what it reserved."""
        bound = self.floor(household) + self.held(household)
        return 0 if self.arrears.get(household, 0) else max(0, self.balance(household) - bound)

    def held(self, holder: str) -> int:
        """Return what reservations hold of somebody's points, or of the pieces on a shelf."""
        return sum(lot.held for lot in self.lots.get(holder, []))

    def floor(self, household: str) -> int:
        """Return what bases keep from being spent, all of each that anything is left of."""
        return sum(lot.left for lot in self.lots.get(household, []) if lot.floor)

    def balance_on(self, household: str, day: str) -> int:
        """Return what a household held at the end of a day."""
        return sum(
            line.points
            for line in self.movements
            if line.household == household and max(line.on, self.first_of(line.month)) <= day
        )

    def tally(self, month: str, level: str, view: str = "as_closed") -> dict[str, tuple[int, ...]]:
        """Return deeds, opening and the other figures (``COLUMNS``), by what ``level`` says.

        As closed a line stands in the month it counts in, and as restated in the one it is for.
        """
        found: dict[str, list[int]] = {}
        if level == "household":
            found = {household: [0] * len(COLUMNS) for household in self.groups}
        for line in self.movements:
            own = line.month if view == "as_closed" else line.concerns
            if own > month or (level == "category" and own < month):
                continue
            key = {"household": line.household, "group": self.groups[line.household], "category": line.category}
            row = found.setdefault(key.get(level, ""), [0] * len(COLUMNS))
            row[-1] += line.points
            if own < month:
                row[1] += line.points
            elif own != line.concerns:
                row[COLUMNS.index("prior")] += line.points
            else:
                row[0] += line.deeds
                row[COLUMNS.index(line.heading)] += line.points
        if level == "category" and not (found.get("", [0])[0] or any(found.get("", [])[2:6])):
            found.pop("", None)
        return {key: tuple(row) for key, row in found.items()}

    # --- acts ------------------------------------------------------------------------------------------

    def enrol(
        self,
        household: str,
        *,
        head: str,
        members: tuple[str, ...] = (),
        group: str | None = None,
        **how: Any,  # noqa: ANN401 - by, request
    ) -> Outcome:
        """Open a household's account."""
        said = {"household": household, "members": (head, *members), "group": group}
        return self._posted("enrol", said, how, lambda act: self._enrol(household, (head, *members), group or "", act))

    def _enrol(self, household: str, members: tuple[str, ...], group: str, _: Act) -> None:
        if household in self.groups:
            raise Refused(code="already-enrolled")
        self.groups[household] = group
        self.enrolled[household] = self.today
        self.members[household] = list(members)

    def bring_forward(self, household: str, points: int, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Bring points over from the paper book."""
        self._known(household, how)
        said = {"household": household, "points": points}
        return self._posted("opening", said, how, lambda act: self._open(household, points, act))

    def _open(self, household: str, points: int, act: Act) -> None:
        if self.opened.get(household):
            raise Refused(code="opening-exists")
        act.household, act.points = household, points
        self._date(act, self.first_of(self.first_month))
        self.opened[household] = self.size + 1
        self._receive(act, household, points)
        self._move(act, "opening", "", points, 0)

    def award(self, household: str, activity: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Give points for a deed."""
        return self._deed("award", household, activity, how)

    def deduct(self, household: str, activity: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Take points for a breach."""
        return self._deed("deduct", household, activity, how)

    def _deed(self, kind: str, household: str, activity: str, how: dict[str, Any]) -> Outcome:
        self._known(household, how)
        said = {"household": household, "activity": activity} | {
            name: how.get(name)
            for name in ("quantity", "level", "member", "on", "remark", "approved_by", "batch", "row", "corrects")
        }
        return self._posted(kind, said, how, lambda act: self._do(kind, said, act))

    def _do(self, kind: str, said: Json, act: Act) -> None:
        household = said["household"]
        act.household = household
        self._date(act, self._day(said["on"]))
        rule = self._rule(kind, said["activity"], act.on)
        rules = self.rules_on(act.on)
        factor = rules.factor(said["activity"], rule.category) if kind == "award" else "1"
        worth = act.worth = self._whole(rule, said, factor)
        act.version = next(place for place, one in enumerate(self.rules) if one is rules)
        if not worth:
            raise Refused(code="worth-nothing")
        if factor != "1":
            self._note("multiplied")
        act.category = rule.category
        act.points = self._within(rule, said, act.on, worth) if kind == "award" else worth
        if act.points < worth:
            self._note("capped to nothing" if not act.points else "capped")
        at_once = self._times(rule, said)
        act.times = act.points * at_once // worth if at_once > 1 else 1  # a deed that was cut was still done once
        if kind == "award" and act.points:
            self._receive(act, household, act.points)
            self._count(said, act, 1)
            self._move(act, "earned", rule.category, act.points, 1)
        elif kind == "deduct":
            there = sum(lot.free for lot in self.lots.get(household, []))
            act.owed, act.written_off = self._owed(act.on, max(0, worth - there))
            self._take(act, household, worth)
            self.arrears[household] = self.arrears.get(household, 0) + act.owed
            act.points = worth - act.written_off
            if act.points:
                self._move(act, "deducted", rule.category, -act.points, 1)
        if said["batch"]:
            sheet = self.sheets.setdefault(said["batch"], Sheet())
            held = sheet.rows.get(said["row"])
            revision = held[2] + 1 if held and held[1] == sheet.generation else 1
            sheet.rows[said["row"]] = (self.size + 1, sheet.generation, revision)

    def policy(self, on: str) -> str | None:
        """Return what the rules of a day say of debts."""
        return next((rules.arrears for rules in reversed(self.rules) if rules.first_day <= on), None)

    def _owed(self, on: str, missing: int) -> tuple[int, int]:
        """Return how much of what is missing is owed, and how much written off, by the rules of a day (S-49)."""
        if not missing:
            return 0, 0
        policy = self.policy(on)
        if policy is None:
            raise Refused(code="rule-silent")
        if policy == "block":
            self._note("refused to owe")
            raise Refused(code="insufficient-points")
        self._note("written off" if policy == "write_off" else "arrears made")
        return (0, missing) if policy == "write_off" else (missing, 0)

    def adopt_rules(self, rules: Rules, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Adopt another version of the rules."""
        return self._posted("rulebook", {"rules": rules}, how, lambda _: self._adopt(self.rules, rules))

    def adopt_prices(self, prices: Prices, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Adopt another version of the prices."""
        return self._posted("prices", {"prices": prices}, how, lambda _: self._adopt(self.prices, prices))

    def _adopt(self, versions: list[Any], version: Rules | Prices) -> None:
        if version == versions[-1]:
            raise Refused(code="already-adopted")
        if self.closed and version.first_day < self.first_of(self.first_open):
            raise Refused(code="reaches-into-closed")
        versions.append(version)

    def close(self, period: str, **how: Any) -> Outcome:  # noqa: ANN401 - as above
        """Close a month that is over."""
        return self._posted("close", {"period": period}, how, lambda _: self._close(period))

    def _close(self, month: str) -> None:
        if month < self.first_month:
            raise Refused(code="before-first-period")
        if month <= self.closed:
            raise Refused(code="already-closed")
        if self.last_of(month) >= self.today:
            raise Refused(code="period-not-over")
        if month != self.first_open:
            raise Refused(code="earlier-period-open")
        self.closed = month

    # --- how an act is posted --------------------------------------------------------------------------

    @contextmanager
    def rehearsal(self) -> Iterator[Any]:
        """Undo everything that is done in the block, unless the function it gives is called."""
        before = copy.deepcopy({name: value for name, value in vars(self).items() if name not in {"rules", "prices"}})
        before |= {"rules": list(self.rules), "prices": list(self.prices)}
        kept: list[bool] = []
        try:
            yield lambda: kept.append(True)
        finally:
            if not kept:
                vars(self).update(before)

    def _posted(self, kind: str, said: Json, how: Mapping[str, Any], do: Any) -> Outcome:  # noqa: ANN401 - a function
        request = how.get("request")
        if request is not None and request in self.requests:
            seq = self.requests[request]
            earlier = self.acts[seq]
            if (earlier.kind, earlier.said) != (kind, said):
                raise Refused(code="request-conflict")
            return Outcome(seq, earlier.points, earlier.balance, repeated=True)
        self._notes = []
        newcomers = [
            one for one in dict.fromkeys((how["by"], *how.get("approved_by", ()))) if one not in self.operators
        ]
        act = Act(kind, request or "", said)
        self.size += len(newcomers)
        try:
            do(act)  # it looks at everything before it changes anything
        except Refused:
            self.size -= len(newcomers)
            raise
        self.size += 1
        self.operators.update(newcomers)
        act.balance = self.balance(act.household) if act.household else None
        self.acts[self.size] = act
        if request is not None:
            self.requests[request] = self.size
        return Outcome(self.size, act.points, act.balance, notes=tuple(self._notes))

    def _note(self, *what: str) -> None:
        self._notes.extend(what)

    def _in_order(self, holder: str) -> list[Lot]:
        return sorted(self.lots.get(holder, []), key=_order)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was remarkable about the last act, refused ones included."""
        return tuple(self._notes)

    def _known(self, household: str, how: Mapping[str, Any]) -> None:
        """See that who is named is there; a repeated request about somebody else is a conflict before that."""
        self._notes = []
        member = how.get("member")
        repeated = how.get("request") in self.requests
        if household not in self.groups:
            raise Refused(code="request-conflict" if repeated else "unknown-account")
        if member is not None and member not in self.members[household]:
            raise Refused(code="request-conflict" if repeated else "unknown-resident")

    def _day(self, on: str | None) -> str:
        day = on or self.today
        if day > self.today:
            raise Refused(code="future-date")
        if self.month_of(day) < self.first_month:
            raise Refused(code="before-first-period")
        return day

    def _date(self, act: Act, on: str) -> None:
        """Say of which day an act is, which month it is for and in which it counts."""
        act.on, act.concerns = on, self.month_of(on)
        act.month = max(act.concerns, self.first_open)
        self._note(*(["late"] if act.month != act.concerns else []))

    def rules_on(self, on: str) -> Rules:
        """Return the rules in force on a day."""
        found = next((rules for rules in reversed(self.rules) if rules.first_day <= on), None)
        if found is None:
            raise Refused(code="rule-silent")
        return found

    def _rule(self, kind: str, activity: str, on: str) -> Rule:
        rule = self.rules_on(on).activities.get(activity)
        if rule is None:
            raise Refused(code="unknown-activity")
        if kind not in rule.signs:
            raise Refused(code="wrong-sign")
        return rule

    def _price(self, item: str, on: str) -> tuple[int, bool]:
        prices = next((prices for prices in reversed(self.prices) if prices.first_day <= on), self.prices[0])
        if item not in prices.items:
            raise Refused(code="unknown-item")
        return prices.items[item]

    def _whole(self, rule: Rule, said: Json, factor: str) -> int:
        return int(self._worth(rule, said) * Fraction(factor))

    @staticmethod
    def _worth(rule: Rule, said: Json) -> Fraction:
        if rule.levels:
            if Fraction(said["quantity"] or "1") != 1:
                raise Refused(code="unexpected-quantity")
            if said["level"] not in rule.levels:
                raise Refused(code="unknown-level")
            return Fraction(rule.levels[said["level"]])
        if said["level"] is not None:
            raise Refused(code="unexpected-level")
        quantity = Fraction(said["quantity"] or "1")
        if not rule.hourly and quantity.denominator != 1:
            raise Refused(code="unexpected-quantity")
        return rule.points * quantity

    def _within(self, rule: Rule, said: Json, on: str, worth: int) -> int:
        """Return what every limit lets through of a deed: the least of all, where none refuses it (S-24)."""
        own = [Cap("", *rule.limit)] if rule.limit else []
        caps = [cap for cap in self.rules_on(on).caps if cap.of in {"all", "ceiling", f"category:{rule.category}"}]
        if said["member"] is None and any(cap.by == "resident" for cap in own + caps):
            raise Refused(code="resident-required")
        granted, at_once = worth, self._times(rule, said)
        for cap in own + caps:
            room = max(0, cap.most - self._used(cap, rule, said, on))
            fits = min(worth, room) if cap.measure == "points" else worth * min(at_once, room) // at_once
            if fits < granted and cap.mode == "reject":
                self._note("limit reached")
                raise Refused(code="limit-reached")
            if fits < granted:
                self._note(f"cut by {cap.of.partition(':')[0] or 'activity'}")
            granted = min(granted, fits)
        return granted

    def _used(self, cap: Cap, rule: Rule, said: Json, on: str) -> int:
        """Return what was granted of what a limit counts, in its measure."""
        used = 0
        for one in self.grants:
            same = {
                "": one.activity == said["activity"]
                and (cap.measure == "points" or one.level == (said["level"] or "")),
                "all": bool(one.activity),
                "ceiling": bool(one.activity) or cap.with_base,
            }.get(cap.of, bool(one.activity) and one.category == rule.category)
            holder = {
                "household": one.household == said["household"],
                "resident": (one.household, one.member) == (said["household"], said["member"]),
            }.get(cap.by, True)
            if same and holder and self.span_of(one.on, cap.per) == self.span_of(on, cap.per):
                used += one.points if cap.measure == "points" else one.times
        return used

    @staticmethod
    def _times(rule: Rule, said: Json) -> int:
        return 1 if rule.hourly or rule.levels else int(said["quantity"] or 1)

    def _count(self, said: Json, act: Act, sign: int) -> None:
        who = (said["activity"], said["level"] or "", act.category, said["household"], said["member"] or "", act.on)
        self.grants.append(Grant(*who, sign * act.points, sign * act.times))

    def _receive(
        self,
        act: Act,
        holder: str,
        amount: int,
        best_before: str | None = None,
        cost: int = 0,
        *,
        floor: bool = False,
        line: int = 1,
    ) -> Lot:
        owed = self.arrears.get(holder, 0)
        paid = min(owed, amount)
        if paid:
            self.arrears[holder] = owed - paid
            self._note("arrears settled" if paid == owed else "arrears settled in part")
        lot = Lot(
            self.size + 1, act.on, amount, amount - paid, paid, best_before or FOREVER, cost, floor=floor, line=line
        )
        self.lots.setdefault(holder, []).append(lot)
        act.received.append(holder)
        return lot

    def _take(self, act: Act, holder: str, amount: int, *, floors: bool = True) -> int:
        """Take so much from the lots of a holder, in their order; return what could not be had."""
        lots = [lot for lot in self._in_order(holder) if floors or not lot.floor]
        parts = self._parts(lots, amount)
        self._take_parts(act, holder, parts)
        return amount - sum(part for _, part in parts)

    @staticmethod
    def _parts(lots: Iterable[Lot], amount: int) -> list[tuple[Lot, int]]:
        """Return what is taken from each of some lots for so much in all; nobody takes what is promised."""
        parts = []
        for lot in lots:
            part = min(lot.free, amount)
            if part > 0:
                parts.append((lot, part))
                amount -= part
        return parts

    @staticmethod
    def _take_parts(act: Act, holder: str, parts: list[tuple[Lot, int]]) -> None:
        for lot, part in parts:
            lot.left -= part
            act.taken[holder, lot.place] = act.taken.get((holder, lot.place), 0) + part

    def _lot(self, place: Place) -> Lot:
        holder, own = place
        return next(lot for lot in self.lots[holder] if lot.place == own)

    def _move(self, act: Act, heading: str, category: str, points: int, deeds: int) -> None:
        line = Movement(act.household, act.on, act.month, act.concerns, heading, category, points, deeds)
        self.movements.append(line)


def _order(lot: Lot) -> tuple[bool, str, str, tuple[int, int]]:
    return lot.floor, lot.best_before, lot.came_on, lot.place
