"""The machine with stores: goods in two shops, the money of funds, market days on paper, and what the rules allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.commands import (
    CLEARED,
    LATER_PRICES,
    LATER_RULES,
    Command,
    calls,
    goods_acts,
    money_acts,
    papers,
    pausings,
)
from tests.stateful.reserving_machine import A_WEEK, UNTIL_IT_ENDS, ReservingMachine
from tests.stateful.values import Ending, Terms

MARKET_ENDING = Ending("days", 10)
STRICT = (
    Terms(minimum=70),
    Terms(multiple=5),
    Terms(times=(1, "month")),
    Terms(points=(12, "quarter")),
    Terms(days=(1, 31)),
)
"""One of everything that rules may say of who may redeem."""


class StoreMachine(ReservingMachine):
    """A book in memory whose shops have goods and money, and its reference."""

    # --- what is drawn ---------------------------------------------------------------------------------

    @rule(command=goods_acts)
    def keep_store(self, command: Command) -> None:
        """Move goods, write some off, or count them."""
        self.done(command)

    @rule(command=money_acts)
    def keep_money(self, command: Command) -> None:
        """Give a fund money, pay from it, or reward somebody."""
        self.done(command)

    @rule(command=papers)
    def record_paper(self, command: Command) -> None:
        """Record what was handed over on paper."""
        self.done(command)

    @rule(command=pausings)
    def pause_or_resume(self, command: Command) -> None:
        """Pause a shop, or open it again."""
        self.done(command)

    @rule(command=calls)
    def call_back(self, command: Command) -> None:
        """Ask a household, and record what it says."""
        self.done(command)

    # --- what is done on purpose -----------------------------------------------------------------------

    def undo(self, seq: int) -> bool:
        """Undo an act by its number."""
        return self.done(Command("reverse", {"reason": "记错", "seq": seq, "by": "clerk:1", "done": True}))

    def counted(self, counts: dict[str, int], reason: str | None = None, shop: str | None = None) -> bool:
        """Count what lies on a shelf."""
        return self.done(Command("stocktake", {"counts": counts, "shop": shop, "reason": reason}))

    @rule(pieces=st.integers(2, 5), undone=st.booleans())
    def move_goods(self, pieces: int, undone: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Move pieces of two lots to the other shop, redeem there, bring back, and undo what was moved."""
        if self.often("moved"):
            return
        household = self.served(Terms())
        for best_before, cost in (("2026-12-31", 90), ("2026-10-31", 130)):
            what = {"item": "oil", "pieces": 2, "cost": cost, "best_before": best_before, "source": "donated"}
            self.done(Command("stock_in", what))
        self.tidied(household, 20)
        there = {"item": "oil", "from_shop": "main", "to_shop": "east"}
        self.done(Command("transfer_stock", there | {"pieces": pieces}))
        moved = self.reference.size
        self.done(Command("transfer_stock", there | {"pieces": 99}))
        self.done(Command("transfer_stock", there | {"to_shop": "main", "pieces": 1}))
        self.done(Command("transfer_stock", there | {"to_shop": "west", "pieces": 1}))
        if not undone:
            seq = self.exchanged(household, {"oil": 1}, "east")
            self.undo(moved)
            self.ended("refund", seq)
        self.undo(moved)

    def exchanged(self, household: str, items: dict[str, int], shop: str | None = None) -> int:
        """Redeem; return the number of the exchange, or 0 if it was refused."""
        done = self.done(Command("redeem", {"household": household, "items": items, "shop": shop}))
        return max(self.reference.exchanges) if done else 0

    @rule(fewer=st.integers(1, 2), more=st.integers(1, 3))
    def count_goods(self, fewer: int, more: int) -> None:
        """Count what lies on the shelf: the same, fewer, more, fewer than are reserved; and undo a count."""
        if self.often("counted"):
            return
        household = self.served(Terms())
        there, _, _ = self.reference.on_shelf("main", "soap")
        self.counted({"soap": there})
        self.counted({"soap": there - fewer})
        self.counted({"soap": there - fewer}, "盘亏")
        self.counted({"soap": there + more, "oil": 1}, "盘盈")
        self.undo(self.reference.size)
        seq = self.asked("reserve", household, soap=2)
        self.counted({"soap": 1 if seq else 0}, "盘亏")
        for counts, shop in (({}, None), ({"cut": 1}, None), ({"nothing": 1}, None), ({"soap": 1}, "west")):
            assert not self.counted(counts, "盘点", shop)
        left = self.reference.on_shelf("main", "soap")
        self.done(Command("write_off", {"item": "soap", "pieces": left[0], "shop": None, "reason": "破损"}))
        self.done(Command("write_off", {"item": "soap", "pieces": 1, "shop": None, "reason": "破损"}))

    @rule(fen=st.integers(300, 700), pieces=st.integers(2, 3))
    def spend_money(self, fen: int, pieces: int) -> None:
        """Give a fund money twice, buy from both grants, use the invoice again, and reward what is left."""
        if self.often("spent"):
            return
        household, invoice = self.newcomer(), f"A-{self.reference.size}"
        given = {"fund": "green", "source": "government"}
        grants = []
        for amount in (fen, 500):
            self.done(Command("fund_in", given | {"fen": amount}))
            grants.append(self.reference.size)
        cost = (self.reference.in_fund("green") - 200) // pieces
        bought = {"item": "oil", "pieces": pieces, "cost": cost, "best_before": None, "source": "bought"}
        bought |= {"fund": "green", "invoice": invoice}
        for turn in range(2):
            self.done(Command("stock_in", bought))
            self.done(Command("stock_in", bought))
            if not turn:
                self.undo(max(self.reference.invoices.values()))
        for fault in ({"cost": 0}, {"fund": "nothing"}, {"cost": cost * 2}):
            assert not self.done(Command("stock_in", bought | {"invoice": f"{invoice}/2"} | fault))
        self.undo(grants[0])
        prize = {"to": household, "ground": "rank", "goods": {"oil": 1}, "fund": "green", "fen": 150}
        self.done(Command("reward", prize))
        self.done(Command("reward", prize))
        self.done(Command("reward", prize | {"goods": {}, "fund": None, "fen": None}))
        self.undo(self.reference.size)
        self.done(Command("fund_out", {"fund": "green", "fen": 40, "purpose": "电费"}))
        self.done(Command("fund_out", {"fund": "green", "fen": 99_999, "purpose": "电费"}))

    @rule(
        soap=st.integers(1, 4),
        ran=st.booleans(),
        wait=st.sampled_from([3, 12]),
        cleared=st.sampled_from([False, False, True]),
    )
    def come_to_market(self, soap: int, ran: bool, wait: int, cleared: bool) -> None:  # noqa: FBT001 - as above
        """Type a market day when its points have ended, or are not enough, or the goods were not there (S-40, S-50)."""
        if self.often("market"):
            return
        household = self.served(replace(A_WEEK, grace=9), CLEARED if cleared else MARKET_ENDING)
        day = self.today
        if cleared:
            self.close_through(self.reference.last_day(CLEARED, day)[1])
        self.instant += timedelta(days=wait)
        if ran:
            self.expire("clerk:1", 0)
        paper = {"household": household, "handed_over": True, "on": day}
        self.done(Command("redeem", paper | {"items": {"soap": soap, "cut": 1}}))
        first = max(self.reference.exchanges)
        self.done(Command("redeem", paper | {"items": {"oil": 1}, "shop": "east"}))
        second = max(self.reference.exchanges)
        self.tidied(household, 3)
        for points in (2, 9, 9, 30) if wait == 3 else (0,):
            self.ended("refund", second, **({"points": points} if points else {"items": {"oil": 1}}))
        self.undo(second)
        self.undo(first)
        self.ended("refund", first)

    @rule(paper=st.booleans())
    def act_when_all_is_over(self, paper: bool) -> None:  # noqa: FBT001 - as above
        """Come with paper, or undo an intake, when what is held of it is over by its day and nobody has said so."""
        if self.often("over"):
            return
        household = self.served(A_WEEK, Ending("days", 60))
        self.goods("oil", 1, shop="east")
        bought = self.reference.size
        self.done(Command("reserve", {"household": household, "items": {"oil": 1}, "shop": "east"}))
        self.instant += timedelta(days=8)
        if paper:
            what = {"household": household, "items": {"cut": 3}, "handed_over": True}
            self.done(Command("redeem", what))
        else:
            self.undo(bought)

    @rule(terms=st.sampled_from(STRICT))
    def be_strict(self, terms: Terms) -> None:
        """Adopt rules that allow little, and ask for more than that; once more when some of it came back."""
        if self.often("strict"):
            return
        household = self.served(terms)
        seqs = [self.asked("redeem", household, soap=1, cut=1), self.asked("reserve", household, soap=1)]
        seqs += [self.asked("redeem", household, soap=2), self.asked("redeem", household, soap=1)]
        seq = next((seq for seq in seqs if seq), 0)
        if seq and self.reference.exchanges[seq].state == "reserved":
            self.ended("cancel", seq, cause="resident")
        else:
            self.ended("refund", seq, points=1)
            self.ended("refund", seq)
        self.asked("redeem", household, soap=1)
        last = self.reference.months_later(self.today[:8] + "01", 1)
        while self.today < last:
            self.instant += timedelta(days=1)
        self.asked("redeem", household, soap=1)
        self.adopt_rules(replace(LATER_RULES, expiry=UNTIL_IT_ENDS), "month")

    @rule(limit=st.integers(1, 2))
    def allow_few(self, limit: int) -> None:
        """Adopt prices by which a household may have few pieces of an item."""
        if self.often("few"):
            return
        household = self.served(Terms())
        first = self.reference.first_of(self.reference.month_of(self.today))
        self.adopted("adopt_prices", replace(LATER_PRICES, first_day=first, limits={"soap": (limit, "month")}))
        for name in ("redeem", "reserve", "redeem"):
            self.asked(name, household, soap=1)
        self.undo(max(self.reference.exchanges, default=1))
        self.asked("redeem", household, soap=1)
        self.adopted("adopt_prices", replace(LATER_PRICES, first_day=first))

    @rule(until=st.sampled_from([None, 3, -1]))
    def count_behind_closed_doors(self, until: int | None) -> None:
        """Pause a shop, perhaps until a day: nobody redeems, reserves or collects there until it opens again."""
        if self.often("closed"):
            return
        household = self.served(Terms())
        seq = self.asked("reserve", household, soap=1)
        last = None if until is None else (self.instant.date() + timedelta(days=until)).isoformat()
        for day in (last, None):
            self.done(Command("pause_shop", {"shop": "main", "until": day, "reason": "盘点"}))
        self.asked("redeem", household, soap=1)
        self.asked("reserve", household, soap=1)
        self.ended("hand_over", seq)
        self.instant += timedelta(days=4)
        self.ended("hand_over", seq)
        for _ in range(2):
            self.done(Command("resume_shop", {"shop": "main"}))
        self.ended("hand_over", seq)
        assert not self.done(Command("pause_shop", {"shop": "west", "until": None, "reason": "盘点"}))

    def storing_on_purpose(self, how: int) -> tuple[Callable[[], None], ...]:
        """Return what brings about the cases of goods, money, paper and policies."""
        odd = bool(how % 2)
        return (
            lambda: self.move_goods(2 + how % 4, odd),
            lambda: self.count_goods(1 + how % 2, 1 + how % 3),
            lambda: self.spend_money(300 + 25 * how, 2 + how % 2),
            lambda: self.come_to_market(1 + how % 4, odd, 3 if how % 3 else 12, how % 5 == 4),
            lambda: self.act_when_all_is_over(odd),
            lambda: self.be_strict(STRICT[0]),
            lambda: self.be_strict(STRICT[2]),
            lambda: self.be_strict(STRICT[3]),
            lambda: self.be_strict(STRICT[4]),
            lambda: self.allow_few(1 + how % 2),
            lambda: self.count_behind_closed_doors((None, 3, -1)[how % 3]),
            lambda: self.come_to_market(2, odd, 3, cleared=False),
            lambda: self.be_strict(STRICT[1]),
        )
