"""The register as a state machine: people come, are amended and erased, and a small reference knows who is left.

The reference holds, of each household that is there, its name, its members and its points, under its code. After each
step the book has to say the same; at the end its audit finds nothing, and no text of anybody who was erased is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pointsledger import Ledger, Receipt
from pointsledger.errors import AlreadyEnrolled, HouseholdHolds, NothingToAmend, RequestConflict, UnknownAccount
from pointsledger.testing import FixedClock
from pointsledger.testing.village import SMALL_VILLAGE

CODES = ("A-1", "A-2", "A-3")
NAMES = st.sampled_from(["张三", "李四", "王五"])


@dataclass
class Household:
    """What the reference knows of one that is there."""

    name: str
    members: list[str]
    points: int = 0
    texts: set[str] = field(default_factory=set)


class PersonalMachine(RuleBasedStateMachine):
    """What happens to the register of a book, and beside it to the reference's."""

    def __init__(self) -> None:
        """Begin a book with nobody in it but an operator."""
        super().__init__()
        self.ledger: Ledger = SMALL_VILLAGE.begin(clock=FixedClock())
        self.there: dict[str, Household] = {}
        self.gone = 0
        self.texts_gone: set[str] = set()
        self.posted: list[tuple[str, Receipt]] = []
        self.count = 0

    def teardown(self) -> None:
        """See that the book is whole, and that it holds none of the texts that were erased."""
        assert [] == list(self.ledger.audit())
        kept = {text for seq in range(1, self.ledger.head().size + 1) for text in self.ledger.remarks(seq).values()}
        assert set() == kept & self.texts_gone
        assert kept == {text for one in self.there.values() for text in one.texts}
        event(f"erased: {min(self.gone, 3)}")
        self.ledger.close()

    def number(self) -> int:
        """Return a number that was not used before."""
        self.count += 1
        return self.count

    @rule(code=st.sampled_from(CODES), name=NAMES)
    def enrol(self, code: str, name: str) -> None:
        """Enrol a household, anew where one of that code was erased or has another code by now."""
        if code in self.there:
            return
        member = f"家人{self.number()}"
        text = f"迁来{self.number()}"
        self.ledger.enrol(code, head=name, members=[member], by="clerk:1", remark=text)
        self.there[code] = Household(name, [name, member], texts={text})

    @precondition(lambda self: self.there)
    @rule(pick=st.integers(0, 9), spend=st.booleans())
    def earn(self, pick: int, spend: bool) -> None:  # noqa: FBT001 - drawn
        """Award a deed of a member, with a text, and redeem what it was worth or keep it."""
        code, household = self.one(pick)
        text, request = f"做了{self.number()}", f"a-{self.number()}"
        receipt = self.ledger.award(
            code, "tidy", quantity=4, member=household.members[-1], by="clerk:1", remark=text, request=request
        )
        self.posted.append((code, receipt))
        household.texts.add(text)
        household.points += 8
        if spend:
            self.ledger.redeem(code, {"haircut": 1}, by="clerk:1")
            household.points -= 8

    @precondition(lambda self: self.there)
    @rule(pick=st.integers(0, 9), name=st.none() | NAMES, code=st.none() | st.sampled_from(CODES))
    def amend(self, pick: int, name: str | None, code: str | None) -> None:
        """Give a household another name or code, refused where that is nothing new or somebody else's."""
        old, household = self.one(pick)
        request = f"m-{self.number()}"
        asked: dict[str, Any] = {"name": name, "code": code}
        if code not in {None, old} and code in self.there:
            with pytest.raises(AlreadyEnrolled):
                self.ledger.amend(old, **asked, by="clerk:1", request=request)
            return
        if name in {None, household.name} and code in {None, old}:
            with pytest.raises(NothingToAmend):
                self.ledger.amend(old, **asked, by="clerk:1", request=request)
            return
        receipt = self.ledger.amend(old, **asked, by="clerk:1", request=request)
        assert receipt == self.ledger.amend(old, **asked, by="clerk:1", request=request)
        household.name = name or household.name
        household.members[0] = household.name
        self.there[code or old] = self.there.pop(old)

    @precondition(lambda self: self.there)
    @rule(pick=st.integers(0, 9))
    def erase(self, pick: int) -> None:
        """Erase a household, refused while it has points."""
        code, household = self.one(pick)
        request = f"e-{self.number()}"
        if household.points:
            with pytest.raises(HouseholdHolds):
                self.ledger.erase(code, ground="request", by="clerk:1", request=request)
            return
        receipt = self.ledger.erase(code, ground="request", by="clerk:1", request=request)
        assert receipt == self.ledger.erase(code, ground="request", by="clerk:1", request=request)
        self.texts_gone |= household.texts
        del self.there[code]
        self.gone += 1

    @precondition(lambda self: self.posted)
    @rule(pick=st.integers(0, 9))
    def repeat(self, pick: int) -> None:
        """Repeat an award: it is the same as long as its code means the household of then, or nobody any more."""
        code, receipt = self.posted[pick % len(self.posted)]
        said = self.ledger.record(receipt.seq).said
        people = {one.id: one for one in self.ledger.people_in(receipt.seq)}
        member = people[said["resident"]].name if said["resident"] in people else "谁知道"
        act: dict[str, Any] = {
            "quantity": 4,
            "member": member,
            "by": "clerk:1",
            "remark": "",
            "request": receipt.request,
        }
        act["remark"] = self.ledger.remarks(receipt.seq).get("remark", "谁知道")
        meant = code in self.there and people.get(said["account"]) is not None
        same = meant and people[said["account"]].code == code
        if same or (code not in self.there and said["account"] not in people):
            assert receipt == self.ledger.award(code, "tidy", **act)
        else:
            with pytest.raises(RequestConflict):
                self.ledger.award(code, "tidy", **act)

    @invariant()
    def the_register_is_the_reference(self) -> None:
        """Each household is there by code and name with its points, and whoever is not, is not."""
        found = {one.household: (one.name, one.balance) for one in self.ledger.balances() if one.name}
        own = {code: found[code] for code in found if code in CODES}
        assert {code: (one.name, Decimal(one.points)) for code, one in self.there.items()} == own
        assert self.gone == sum(not one.name for one in self.ledger.balances())
        for code in set(CODES) - set(self.there):
            with pytest.raises(UnknownAccount):
                self.ledger.balance(code)

    def one(self, pick: int) -> tuple[str, Household]:
        """Return one of the households that are there."""
        code = sorted(self.there)[pick % len(self.there)]
        return code, self.there[code]


TestPersonal = PersonalMachine.TestCase
TestPersonal.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
