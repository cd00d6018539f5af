"""The machine: the library and the reference ledger, driven side by side and compared after every step."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from pointsledger import Ledger
from pointsledger.errors import ClockBehind, PointsLedgerError
from pointsledger.open_batch import OpenBatch
from pointsledger.receipts import Receipt
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage.rebuilding import rebuild
from pointsledger.storage.registry import METADATA
from tests.stateful import invariants
from tests.stateful.commands import (
    BEGIN,
    FIRST_MONTH,
    GROUPS,
    HEADS,
    MEMBER,
    PRICES,
    RULES,
    Command,
    any_acts,
    awards,
    baskets,
    deductions,
    endings,
    households,
    intakes,
    openings,
    prices_toml,
    programmes,
    purposes,
    redemptions,
    reversals,
    rules_toml,
)
from tests.stateful.comparing_machine import ComparingMachine
from tests.stateful.reference import Reference
from tests.stateful.values import Ending, Outcome, Refused, Row

SHOWN = frozenset({"award", "deduct", "redeem", "bring_forward", "reserve", "hand_over", "refund"})
"""The acts whose receipts say the points that moved and the balance after them."""


class HalfWayError(Exception):
    """What a host's own code may raise in the middle of a batch."""


def give_up(*, fails: bool) -> None:
    """Raise what a host's own code might, if it ``fails``."""
    if fails:
        raise HalfWayError


def everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with ledger._store.connected(writes=False) as connection:
        return {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)  # noqa: S608 - the schema's names
            for name in METADATA.tables
        }


class ActsMachine(ComparingMachine):
    """A book in memory and its reference."""

    cut_off: ClassVar[int] = 0
    begins_with: ClassVar[tuple[int, ...]] = ()
    """Which of the things done on purpose every history begins with, if that is not drawn."""

    def __init__(self) -> None:
        """Have nothing yet."""
        super().__init__()
        self.instant = BEGIN
        self.count = 0
        self.labels = 0
        self.lifted = 0
        self.newcomers = 0
        self.earlier: list[tuple[Command, Outcome]] = []
        self.sheets: dict[str, tuple[str, list[Row]]] = {}

    # --- the book --------------------------------------------------------------------------------------

    def place(self) -> str | Path:
        """Return where the book is to be."""
        return "sqlite://"

    def leave(self) -> None:
        """Clear away what is left of the book when it is closed."""

    @initialize(expiry=endings, programme=programmes, purposes=purposes)
    def begin(self, expiry: Ending, programme: dict[str, Any], purposes: list[tuple[int, int]]) -> None:
        """Begin both books, with a few households and some goods, and bring about a little of what is seldom met."""
        self.folder = tempfile.TemporaryDirectory()
        rules = replace(RULES, expiry=expiry, **programme)
        self.ledger = Ledger.create(
            self.place(),
            village="nanyu",
            rulebook=RuleBook.from_toml(rules_toml(rules), file="rules", decimals=0),
            prices=PriceList.from_toml(prices_toml(PRICES), file="prices", decimals=0),
            cut_off_day=self.cut_off,
            first_period=FIRST_MONTH,
            by="clerk:1",
            clock=self,
        )
        self.watched = invariants.Invariants(self.ledger)
        self.reference = Reference(rules, PRICES, today=self.today, first_month=FIRST_MONTH, cut_off=self.cut_off)
        for household in ("01-001", "02-001"):
            self.enrol(household)
            self.done(Command("bring_forward", {"household": household, "points": 25}, named=False))
        self.done(
            Command("stock_in", {"item": "soap", "pieces": 4, "cost": 120, "best_before": None, "source": "bought"})
        )
        for place, (drawn, how) in enumerate(purposes):
            things = self.on_purpose(how)
            for which in self.begins_with if self.begins_with and not place else (drawn,):
                things[which % len(things)]()

    def on_purpose(self, how: int) -> tuple[Callable[[], None], ...]:  # noqa: ARG002 - machines with more use it
        """Return the things that this machine does on purpose."""
        return (self.owe_as_a_newcomer,)

    def teardown(self) -> None:
        """See that the whole book is sound and that a rebuild changes nothing."""
        if not hasattr(self, "ledger"):
            return
        try:
            self.compare_everything()
            if self.ledger.expire(by="clerk:1").records:  # the views show what is on record: nothing else differs by it
                self.compare_months()
            invariants.check(self.ledger, self.today)
            self.compare_audit()
            before = everything(self.ledger)
            assert self.ledger.inspect(self.today[:4]).size == self.ledger.head().size  # nothing that happened stops it
            heads = rebuild(self.ledger._store).heads
            assert before == everything(self.ledger)
            assert {"nanyu": self.ledger.head()} == heads
        finally:
            self.ledger.close()
            gc.collect()
            self.leave()
            self.folder.cleanup()

    # --- doing the same on both sides ------------------------------------------------------------------

    def done(self, command: Command, target: Ledger | OpenBatch | None = None) -> bool:
        """Do a command on both sides and compare what comes of it; return whether it was done."""
        self.reference.today = self.today
        arguments = self.arguments(command)
        expected: Outcome | str
        try:
            expected = getattr(self.reference, command.name)(**arguments)
        except Refused as refused:
            expected = refused.code
            self.note(f"refused: {refused.code}")
        self.note(*self.reference.notes)
        actual = self.really(command.name, arguments, target or self.ledger)
        if isinstance(expected, str) or isinstance(actual, str):
            assert expected == actual
            return False
        assert (expected.seq, expected.repeated) == (actual.seq, actual.repeated)
        self.note(*({"redeem": ["redeemed"], "reverse": ["reversed"]}.get(command.name, [])))
        if command.name in SHOWN:
            assert (Decimal(expected.points), expected.balance) == (actual.points, actual.balance)
        if command.name in {"reverse", "cancel"} and expected.balance is not None:
            assert expected.balance == actual.balance
        if arguments.get("request") and not expected.repeated:
            self.earlier.append((replace(command, what=arguments | {"done": True}), expected))
        return True

    def arguments(self, command: Command) -> dict[str, Any]:
        """Return the arguments of both sides' methods, which are called alike."""
        if command.what.get("done"):
            return {name: value for name, value in command.what.items() if name != "done"}
        arguments = dict(command.what) | {"by": command.by}
        if command.named:
            self.count += 1
            arguments["request"] = f"q-{self.count}"
        if command.name == "reverse":
            acts = [seq for seq, act in sorted(self.reference.acts.items()) if act.kind != "enrol"] or [1]
            arguments["seq"] = acts[-1 - (command.back or 0) % len(acts)]
        elif command.back is not None:
            arguments["on"] = (self.instant.date() - timedelta(days=command.back)).isoformat()
        return arguments

    def really(self, name: str, arguments: dict[str, Any], target: Ledger | OpenBatch) -> Receipt | str:
        """Do an act with the library; return the receipt, or the code of the error."""
        real = dict(arguments)
        if "cost" in real:
            real["unit_cost_fen"] = real.pop("cost")
        if "fen" in real:
            fen = real.pop("fen")
            real["amount"] = None if fen is None else Decimal(fen) / 100
        try:
            receipt: Receipt = getattr(target, name)(**real)
        except PointsLedgerError as error:
            return error.code
        return receipt

    # --- rules -----------------------------------------------------------------------------------------

    @precondition(lambda self: "01-002" not in self.reference.groups or self.reference.size % 5 == 0)
    @rule(household=households)
    def enrol(self, household: str) -> None:
        """Enrol a household, or try to once more."""
        what = {
            "household": household,
            "head": HEADS[household],
            "members": (MEMBER,),
            "group": GROUPS[household] or None,
        }
        self.done(Command("enrol", what))

    @rule(command=awards)
    def award(self, command: Command) -> None:
        """Give points."""
        self.done(command)

    @rule(command=deductions)
    def deduct(self, command: Command) -> None:
        """Take points."""
        self.done(command)

    @rule(command=openings)
    def bring_forward(self, command: Command) -> None:
        """Bring points from the paper book."""
        self.done(command)

    @rule(command=intakes)
    def stock_in(self, command: Command) -> None:
        """Take goods in."""
        self.done(command)

    @rule(command=redemptions)
    def redeem(self, command: Command) -> None:
        """Exchange points for goods."""
        self.done(command)

    @rule(command=reversals)
    def reverse(self, command: Command) -> None:
        """Undo a record, most often one of the last."""
        self.done(command)

    @rule(
        household=households,
        debt=st.integers(10, 20),
        pays=st.lists(st.integers(1, 12), min_size=1, max_size=2),
        backs=st.lists(st.integers(0, 4), max_size=3),
    )
    def owe(self, household: str, debt: int, pays: list[int], backs: list[int]) -> None:
        """Fall into debt, earn some of it back, and undo some of that."""
        self.done(Command("deduct", {"household": household, "activity": "tidy"}))
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": str(debt)}))
        for paid in pays:
            self.done(Command("award", {"household": household, "activity": "tidy", "quantity": str(paid)}))
        for back in backs:
            self.done(Command("reverse", {"reason": "重复"}, back=back))

    @precondition(lambda self: self.newcomers < 9)
    @rule()
    def owe_as_a_newcomer(self) -> None:
        """Fall into debt with accounts that have no other history, and undo the record before the last."""
        for acts in (
            (("deduct", 8), ("award", 5)),  # a deduction that later points paid
            (("award", 3), ("deduct", 1), ("deduct", 20)),  # one that was paid at once, while another is still owed
            (("deduct", 3), ("award", 5), ("award", 4)),  # an award that had paid, where another can pay instead
        ):
            self.newcomers += 1
            household = f"08-{self.newcomers:03}"
            self.done(Command("enrol", {"household": household, "head": "新户", "members": (), "group": "八组"}))
            for name, quantity in acts:
                self.done(Command(name, {"household": household, "activity": "tidy", "quantity": str(quantity)}))
            redeemed = self.done(Command("redeem", {"household": household, "items": {"oil": 1}}))
            undone = self.done(Command("reverse", {"reason": "记错"}, back=1))
            assert (undone and not redeemed) or self.reference.policy(self.today) != "allow"

    @rule(household=households, hours=st.sampled_from(["0.5", "1", "2"]))
    def fill_the_limits(self, household: str, hours: str) -> None:
        """Do so much that one limit cuts it (S-24) and another refuses more."""
        for _ in range(4):
            self.done(Command("award", {"household": household, "activity": "yard"}))
        for _ in range(3):
            what = {"household": household, "activity": "class", "quantity": hours, "member": MEMBER}
            self.done(Command("award", what))

    @rule(household=households)
    def regret(self, household: str) -> None:
        """Award, take it all away by a deduction, and ask for the award back, which is spent."""
        self.done(Command("award", {"household": household, "activity": "tidy", "quantity": "4"}))
        self.done(Command("deduct", {"household": household, "activity": "tidy", "quantity": "60"}))
        self.done(Command("reverse", {"reason": "记错"}, back=1))

    @rule(household=households, basket=baskets, back=st.integers(0, 1))
    def change_mind(self, household: str, basket: dict[str, int], back: int) -> None:
        """Earn, redeem, and undo one of the two."""
        # Earned long ago, so that these points are the first to be spent.
        self.done(Command("award", {"household": household, "activity": "tidy", "quantity": "4"}, back=31))
        self.done(Command("redeem", {"household": household, "items": basket}))
        self.done(Command("reverse", {"reason": "记错"}, back=back))

    @rule(pick=st.integers(0, 50))
    def repeat(self, pick: int) -> None:
        """Send an earlier request once more."""
        if self.earlier:
            command, outcome = self.earlier[pick % len(self.earlier)]
            assert self.done(command)
            assert self.reference.requests[command.what["request"]] == outcome.seq
            self.note("repeated")

    @rule(pick=st.integers(0, 50), other=any_acts)
    def conflict(self, pick: int, other: Command) -> None:
        """Use the id of an earlier request for something else, or by chance for the same."""
        if self.earlier:
            request = self.earlier[pick % len(self.earlier)][0].what["request"]
            arguments = self.arguments(other) | {"request": request, "done": True}
            self.done(replace(other, what=arguments))

    @rule(household=households)
    def mistype(self, household: str) -> None:
        """Make every mistake there is in naming things, none of which may leave a trace."""
        for what in (
            {"activity": "unheard-of"},
            {"activity": "litter"},
            {"activity": "honour"},
            {"activity": "tidy", "quantity": "0.5"},
            {"activity": "tidy", "level": "county"},
            {"activity": "yard", "member": "nobody"},
            {"activity": "class", "quantity": "1"},
            {"activity": "class", "quantity": "0.1", "member": MEMBER},
        ):
            assert not self.done(Command("award", {"household": household} | what, by="nobody:1"))
        assert not self.done(Command("deduct", {"household": household, "activity": "yard"}))
        assert not self.done(Command("redeem", {"household": household, "items": {}}))
        for item in ("cut", "nothing"):
            goods = {"item": item, "pieces": 1, "cost": 0, "best_before": None, "source": "bought"}
            assert not self.done(Command("stock_in", goods))
        for on in ("2025-12-15", "2031-01-01"):
            assert not self.done(Command("award", {"household": household, "activity": "tidy", "on": on}))

    @rule(sound=st.booleans(), inside=st.lists(any_acts, min_size=1, max_size=4), fails=st.booleans())
    def batch(self, sound: bool, inside: list[Command], fails: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Post several acts in one transaction, which may fail at its end and then was nothing."""
        if sound:
            inside = [Command("award", {"household": "01-001", "activity": "tidy"}), *inside]
        kept = len(self.earlier)
        done: list[bool] = []
        with (
            pytest.raises(HalfWayError) if fails else nullcontext(),
            self.reference.rehearsal() as keep,
            self.ledger.batch(by="clerk:1") as target,
        ):
            done += [self.done(command, target) for command in inside]
            give_up(fails=fails)
            keep()
        if fails:
            del self.earlier[kept:]
            self.note("batch dropped" if any(done) else "empty batch dropped")
        else:
            self.note("batch kept" if all(done) else "batch kept without what was refused")

    @rule(days=st.sampled_from([1, 1, 7, 20, 40]))
    def days_pass(self, days: int) -> None:
        """Let days go by, at times into another month."""
        self.instant += timedelta(days=days)
        self.note("days passed")

    @rule(little=st.sampled_from([0.5, 3, 5]), much=st.sampled_from([5.001, 10, 86_400]))
    def slow_clock(self, little: float, much: float) -> None:
        """Let the clock fall behind the last record: too much, and then a little."""
        true = self.instant
        last = self.ledger.record(self.ledger.head().size).recorded_at
        self.instant = datetime.fromisoformat(last) - timedelta(seconds=much)
        with pytest.raises(ClockBehind):
            self.ledger.award("01-001", "tidy", by="clerk:1")
        self.note("clock behind")
        self.instant = datetime.fromisoformat(last) - timedelta(seconds=little)
        if self.done(Command("award", {"household": "01-001", "activity": "tidy"})):
            assert last == self.ledger.record(self.ledger.head().size).recorded_at
            self.note("clock a little behind")
        self.instant = true
