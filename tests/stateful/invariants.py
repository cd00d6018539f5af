"""What must hold of every book (design, section 6), on the rows themselves and not by the library's audit.

Records are read once, when they are new, and added up (``Folded``, ``Worth``); what may change is read after every step
of the machine and held against the sums. Which function holds which invariant:

| invariant | held by |
| --- | --- |
| 1 positions, leaves, head, time | ``Invariants.check_journal`` |
| 2 entries and allocations are the records' | ``Invariants.check_entries`` |
| 3 each book sums to zero, nothing below its floor | ``check_balances``, ``check_books`` |
| 4 balances, lots, stock, totals are their fold | ``check_balances``, ``check_lots``, ``check_totals`` |
| 5 lots hold what they may, a debit is its parts and arrears | ``check_lots``, ``Folded.add`` |
| 6 balance, what is held, what is available | ``check_available``, ``check_promises`` |
| 7 reversals negate once, points are the rule book's | ``check_reversals``, ``Worth.add`` |
| 8 prices are the price list's, goods were there, refunds restore | ``check_prices``, ``check_refunds`` |
| 9 nothing counts in a closed month, closes are their fold | ``Folded.add``, ``check_closes`` |
| 10 the same figures on every database | the machines of ``test_machine.py``, against one reference |

``check`` begins anew, so that it reads every row: at the end of a history.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from operator import attrgetter, itemgetter
from typing import Any

from pointsledger import Ledger
from tests.stateful.folds import KEPT, Body, Folded
from tests.stateful.worth import Worth
from tests.views import check_views

Rows = list[Any]
"""Rows of a table, with its columns as attributes."""

GROWING = ("journal", "entry", "allocation")
"""Tables of which a row, once there, stays as it is: the new ones are read, by record."""

CHANGING = (
    *("village", "balance", "lot", "period_total", "reversal", "close", "bridge", "profile"),
    *("redemption", "redemption_line", "invoice"),
)
"""The others that the invariants speak of."""

MOVED = itemgetter("source", "target", "unit", "amount")
MOVES = attrgetter("source", "target", "unit", "amount")
LOT = attrgetter(
    *("account", "unit", "granted", "remaining", "settled", "expires_on", "clears_with", "floor"),
    *("unit_cost_fen", "held"),
)
DATED = itemgetter("on", "period")


def check(ledger: Ledger, today: str) -> None:
    """Check every invariant on every row of a book, and what it says of its sheets and in its views."""
    invariants = Invariants(ledger)
    invariants.follow(today)
    invariants.check_sheets()
    check_views(ledger)


class Invariants:
    """What holds of a book, record by record."""

    def __init__(self, ledger: Ledger) -> None:
        """Begin with a book of which nothing was read yet."""
        self.ledger = ledger
        self.folded = Folded()
        self.worth = Worth()
        self.leaves: list[bytes] = []
        self.prices: list[Body] = []
        self.reversed: dict[int, int] = {}
        self.rows: dict[str, Rows] = {}
        self.outside: dict[str, int] = defaultdict(int)
        """What went to accounts that keep no balance, less what came from them, by unit, from the entries."""
        self.given: dict[int, dict[tuple[int, int], int]] = {}
        """What each exchange took from lots and has not given back, from the allocations."""
        self.exchanged: dict[int, int] = {}
        """Of which exchange a record is that moved its points."""

    def follow(self, today: str) -> None:
        """Read what is new, and check that everything holds (1 to 9)."""
        self._read()
        self.check_journal()
        new = [json.loads(row.body) for row in self.rows["journal"]]
        self.check_entries(new)
        for body in new:
            self.worth.add(body)
            self.folded.add(body)
            self.check_reversals(body)
        self.check_prices(new)
        self.check_refunds(new)
        self.check_books()
        self.check_balances()
        self.check_lots()
        self.check_promises(today)
        self.check_totals()
        self.check_available(today)
        self.check_closes()

    def _read(self) -> None:
        known = len(self.folded.bodies)
        with self.ledger._store.connected(writes=False) as connection:

            def rows(name: str, where: str = "", order: str = "1") -> Rows:
                found = connection.exec_driver_sql(f"SELECT * FROM points_{name} {where} ORDER BY {order}")  # noqa: S608 - names above
                return list(found)

            self.rows = {name: rows(name, f"WHERE seq > {known}", "1, 2, 3") for name in GROWING}
            self.rows |= {name: rows(name) for name in CHANGING}

    def check_journal(self) -> None:
        """Positions are 1..n, each text hashes to its leaf, the leaves to the head, and time never goes back (1)."""
        journal, known = self.rows["journal"], len(self.leaves)
        assert list(range(known + 1, known + 1 + len(journal))) == [row.seq for row in journal]
        assert [sha256(b"\x00" + row.body.encode()).digest() for row in journal] == [row.leaf for row in journal]
        self.leaves += [row.leaf for row in journal]
        assert [(len(self.leaves), tree(self.leaves))] == [(row.size, row.root) for row in self.rows["village"]]
        instants = [body["recorded_at"] for body in self.folded.bodies[-1:]] + [row.recorded_at for row in journal]
        assert sorted(instants) == instants

    def check_entries(self, bodies: list[Body]) -> None:
        """Every movement of every record is an entry and an allocation, and there is no other (2)."""
        told = [
            (body["seq"], line, *MOVED(entry), *DATED(body), body.get("for_period", ""))
            for body in bodies
            for line, entry in enumerate(body["entries"], start=1)
        ]
        assert told == [
            (row.seq, row.line, *MOVES(row), row.on_day, row.period, row.for_period) for row in self.rows["entry"]
        ]
        parts = [
            (body["seq"], *part[:3], cause, part[3])
            for body in bodies
            for name, cause in (("lots", "spend"), ("held", "hold"), ("settled", "settle"))
            for part in body["decided"].get(name, ())
        ]
        found = (
            (row.seq, row.line, row.lot_seq, row.lot_line, row.cause, row.amount) for row in self.rows["allocation"]
        )
        assert sorted(parts) == sorted(found)

    def check_reversals(self, body: Body) -> None:
        """Reversals negate their original exactly but for what was written off, once (7)."""
        if body["kind"] != "reverse":
            return
        of = body["said"]["seq"]
        assert of not in self.reversed
        self.reversed[of] = body["seq"]
        mirrored = [
            entry | {"source": entry["target"], "target": entry["source"]}
            for entry in self.folded.bodies[of - 1]["entries"]
        ]
        if written_off := body["decided"].get("written_off"):
            mirrored[0]["amount"] -= written_off
        assert [entry for entry in mirrored if entry["amount"]] == body["entries"]

    def check_balances(self) -> None:
        """Each balance is the fold of its entries, each debt of what made and paid it, no shelf or fund owes (3, 4)."""
        rows = self.rows["balance"]
        assert dict(self.folded.balance) == {(row.account, row.unit): row.balance for row in rows}
        assert {account: debt for account, debt in self.folded.arrears.items() if debt} == {
            row.account: row.arrears for row in rows if row.arrears
        }
        assert all(row.balance >= 0 for row in rows if not row.account.startswith("h-")), "a shelf or a fund owes"
        assert {0} >= {row.pending for row in rows}, "no act of this release lets points wait"
        assert sorted(self.reversed.items()) == sorted((row.seq, row.by_seq) for row in self.rows["reversal"])

    def check_books(self) -> None:
        """Points, each good and money sum to zero: what is kept is what came from outside less what went there (3)."""
        for row in self.rows["entry"]:
            for account, amount in ((row.source, -row.amount), (row.target, row.amount)):
                self.outside[row.unit] += 0 if account.startswith(KEPT) else amount
        sums = dict(self.outside)
        for row in self.rows["balance"]:
            sums[row.unit] = sums.get(row.unit, 0) + row.balance
        assert dict.fromkeys(sums, 0) == sums

    def check_lots(self) -> None:
        """Lots are the fold of what made them, took from them and gave back, and hold no less than nothing (4, 5)."""
        found = {(row.seq, row.line): LOT(row) for row in self.rows["lot"]}
        told = {
            place: (
                *(lot.account, lot.unit, lot.granted, lot.left, lot.settled, lot.expires_on, lot.clears_with),
                *(lot.floor, lot.cost, lot.held),
            )
            for place, lot in self.folded.lots.items()
        }
        assert told == found
        for lot in self.folded.lots.values():
            assert 0 <= lot.held <= lot.left <= lot.granted
            assert 0 <= lot.settled <= lot.granted - lot.left

    def check_promises(self, today: str) -> None:
        """Reservations that stand hold what is held of each lot, and so of each account; nobody else does (6)."""
        standing = {row.seq: row for row in self.rows["redemption"] if row.state == "reserved"}
        assert standing.keys() == self.folded.promises.keys()
        held: dict[tuple[int, int], int] = defaultdict(int)
        accounts: dict[tuple[str, str], int] = defaultdict(int)
        for seq, row in standing.items():
            body = self.folded.promises[seq]
            assert (body["decided"]["last_day"], body["decided"]["points"]) == (row.last_day, row.points)
            assert row.points == sum(part for line, _, _, part in body["decided"]["held"] if line == 1)
            for _, lot_seq, lot_line, part in body["decided"]["held"]:
                lot = self.folded.lots[lot_seq, lot_line]
                held[lot_seq, lot_line] += part
                accounts[lot.account, lot.unit] += part
        assert dict(held) == {(row.seq, row.line): row.held for row in self.rows["lot"] if row.held}
        assert dict(accounts) == {(row.account, row.unit): row.held for row in self.rows["balance"] if row.held}
        told = {(line.shop, line.item): line for line in self.ledger.stock()}
        over = [body for body in self.folded.promises.values() if body["decided"]["last_day"] < today]
        for (account, unit), part in accounts.items():
            if account.startswith("shelf:"):
                line = told[account.removeprefix("shelf:"), unit.removeprefix("item:")]
                freed = sum(self._promised(body, account, unit) for body in over)
                assert (part - freed, line.pieces - part + freed) == (line.held, line.free)
        assert all(line.free >= 0 for line in told.values())

    def _promised(self, body: Body, account: str, unit: str) -> int:
        """Return what a reservation holds of one account."""
        places = [(self.folded.lots[part[1], part[2]], part[3]) for part in body["decided"]["held"]]
        return sum(part for lot, part in places if (lot.account, lot.unit) == (account, unit))

    def check_totals(self) -> None:
        """Totals of every month are the fold of the records (4)."""
        assert self.folded.totals == {tuple(row)[1:8]: (row.amount, row.deeds) for row in self.rows["period_total"]}

    def check_available(self, today: str) -> None:
        """Balances are what lots hold less debts; nobody has more available than could be spent now (6)."""
        left: dict[tuple[str, str], int] = defaultdict(int)
        floor: dict[str, int] = defaultdict(int)
        alive: dict[str, int] = defaultdict(int)
        pays: dict[str, int] = defaultdict(int)
        debts, freed = self._by_date(today)
        for place, lot in self.folded.lots.items():
            left[lot.account, lot.unit] += lot.left
            floor[lot.account] += lot.left if lot.floor else 0
            if lot.unit == "points" and not self._is_over(place, today):
                pays[lot.account] += lot.left - lot.held
                alive[lot.account] += 0 if lot.floor else lot.left - lot.held + freed.get(place, 0)
        codes = {row.id: row.code for row in self.rows["profile"]}
        spendable = {}
        for row in self.rows["balance"]:
            assert left[row.account, row.unit] - row.arrears == row.balance
            assert not (row.arrears and pays[row.account]), "who owes has nothing left to pay with"
            assert 0 <= row.held <= left[row.account, row.unit]
            if row.unit == "points":
                assert floor[row.account] == row.floor
                spendable[codes[row.account]] = 0 if debts.get(row.account) else alive[row.account]
        told = {row.household: row.available for row in self.ledger.balances()}
        assert all((available or 0) >= 0 for available in told.values())
        assert {household: Decimal(spendable.get(household, 0)) for household in told} == told

    def _is_over(self, place: tuple[int, int], day: str) -> bool:
        """Tell whether nobody can spend a lot on a day any more."""
        lot = self.folded.lots[place]
        return lot.clears_with <= self.folded.closed if lot.clears_with else (lot.expires_on or day) < day

    def _by_date(self, today: str) -> tuple[dict[str, int], dict[tuple[int, int], int]]:
        """Return what is owed, and what of lots is free again, once the reservations have ended whose day is over."""
        debts, freed = dict(self.folded.arrears), defaultdict[tuple[int, int], int](int)
        for body in sorted(self.folded.promises.values(), key=lambda body: (body["decided"]["last_day"], body["seq"])):
            decided, account = body["decided"], body["said"]["account"]
            if decided["last_day"] >= today or decided.get("at_end") == "forfeit":
                continue
            on = (date.fromisoformat(decided["last_day"]) + timedelta(days=1)).isoformat()
            for line, lot_seq, lot_line, part in decided["held"]:
                if line == 1 and not self._is_over((lot_seq, lot_line), on):
                    paid = min(debts.get(account, 0), part)
                    debts[account] = debts.get(account, 0) - paid
                    freed[lot_seq, lot_line] += part - paid
        return debts, freed

    def check_prices(self, bodies: list[Body]) -> None:
        """Exchanges cost the prices of their price list, and their pieces left the shelf (8)."""
        lines: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
        for row in self.rows["redemption_line"]:
            lines[row.seq][row.item] = (row.pieces, row.price)
            assert 0 <= row.returned <= row.refunded <= row.pieces
        for body in bodies:
            if body["kind"] == "prices":
                self.prices.append(body["said"]["document"])
            if body["kind"] in {"redeem", "reserve"}:
                prices = {item["code"]: item for item in self.prices[body["decided"]["prices"] - 1]["items"]}
                wanted = {one["item"]: one["pieces"] for one in body["said"]["items"]}
                expected = {item: (pieces, prices[item]["points"]) for item, pieces in wanted.items()}
                assert expected == lines[body["seq"]]
                assert sum(pieces * price for pieces, price in expected.values()) == body["decided"]["points"]
            if body["kind"] in {"redeem", "hand-over"}:
                self._check_handed_over(body)
        undone = {row.ended_by or row.seq: row.reversed_by for row in self.rows["redemption"]}
        assert {seq: self.reversed.get(seq, 0) for seq in undone} == undone

    def _check_handed_over(self, body: Body) -> None:
        """See that an exchange moved its points, and from the shelf every piece of its goods."""
        began = self.folded.bodies[body["said"].get("redemption", body["seq"]) - 1]
        prices = {item["code"]: item for item in self.prices[began["decided"]["prices"] - 1]["items"]}
        wanted = {one["item"]: one["pieces"] for one in began["said"]["items"] if prices[one["item"]]["stocked"]}
        handed = {entry["unit"]: entry["amount"] for entry in body["entries"] if entry["target"] == "handed-over"}
        assert {f"item:{item}": pieces for item, pieces in wanted.items()} == handed
        moved = [entry["amount"] for entry in body["entries"] if entry["target"] == "redeemed"]
        assert [began["decided"]["points"]] == moved

    def check_refunds(self, bodies: list[Body]) -> None:
        """Refunds are never more than was spent; where all of it was refunded, every lot is as it was (8).

        A lot that had ended gives what comes back to it away at once, or its points come back in one of their own.
        """
        self._follow_exchanges(bodies)
        for row in self.rows["redemption"]:
            assert 0 <= row.refunded <= row.points
            if row.state == "handed-over" and row.refunded == row.points:
                left = self.given[row.ended_by or row.seq]
                assert {} == {place: part for place, part in left.items() if part}, "a refund of all restores every lot"
        used = [(row.number, row.item) for row in self.rows["invoice"] if not row.reversed_by]
        standing = [
            (body["said"]["invoice"], body["said"]["item"])
            for body in self.folded.bodies
            if body["kind"] == "intake" and "invoice" in body["said"] and body["seq"] not in self.reversed
        ]
        assert sorted(used) == sorted(standing), "an invoice is used once"

    def _follow_exchanges(self, bodies: list[Body]) -> None:
        """Add up what exchanges took from lots of points, and what refunds gave back to these."""
        for body in bodies:
            own = [part for part in body["decided"].get("lots", ()) if part[0] == 1]
            if body["kind"] in {"redeem", "hand-over"}:
                began = body["said"].get("redemption", body["seq"])
                self.exchanged[began] = body["seq"]
                self.given[body["seq"]] = {(seq, line): part for _, seq, line, part in own}
            elif body["kind"] == "refund":
                given = self.given[self.exchanged[body["said"]["redemption"]]]
                for _, seq, line, part in own:
                    given[seq, line] += part
                    assert given[seq, line] >= 0, "no lot gets back more than it gave"
                if "expires_on" in body["decided"]:  # what had ended came back for some days, in a lot of its own
                    self._give_in_grace(given, body, -sum(part for *_, part in own))

    def _give_in_grace(self, given: dict[tuple[int, int], int], body: Body, back: int) -> None:
        """Note that points whose lots had ended were given back otherwise."""
        cleared = sum(part for _, part in body["decided"].get("cleared", ()))
        graced = body["entries"][0]["amount"] - back - cleared
        assert graced > 0
        for place in reversed(given):
            if self._is_over(place, body["on"]):
                part = min(given[place], graced)
                given[place], graced = given[place] - part, graced - part
        assert not graced, "what had ended is what comes back in grace"

    def check_closes(self) -> None:
        """Check that closes keep the fold of the records before them, and stay so (9)."""
        closes = {row.period: row.seq for row in self.rows["close"]}
        assert list(self.folded.bridges) == sorted(closes)
        assert [self.folded.closed] == [row.closed_through for row in self.rows["village"]]
        kept: dict[str, dict[str, tuple[int, ...]]] = {month: {} for month in closes}
        for _, month, account, *figures in self.rows["bridge"]:
            kept[month][account] = tuple(figures)
        assert self.folded.bridges == kept
        for month, seq in closes.items():
            decided = self.folded.bodies[seq - 1]["decided"]
            assert sum(figures[-1] for figures in kept[month].values()) == decided["bridge"]["closing"]
            assert tree(self.leaves[: decided["size"]]).hex() == decided["root"]

    def check_sheets(self) -> None:
        """No deed that a sheet brought stands twice, under whatever label and key: here nobody says that it may."""
        with self.ledger._store.connected(writes=False) as connection:
            remarks = connection.exec_driver_sql("SELECT seq, text FROM points_remark WHERE field = 'remark'").all()
            standing = connection.exec_driver_sql("SELECT seq FROM points_batch_row WHERE live = 1").all()
        told, bodies = dict(tuple(row) for row in remarks), self.folded.bodies
        deeds = [
            (bodies[seq - 1]["kind"], bodies[seq - 1]["said"] | {"batch": "", "row": "", "remark": told.get(seq)})
            for (seq,) in standing
        ]
        assert [] == [deed for place, deed in enumerate(deeds) if deed in deeds[:place]]


def tree(leaves: list[bytes]) -> bytes:
    """Return the root over leaves, as RFC 6962 defines it, from the top."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:])).digest()
