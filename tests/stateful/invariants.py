"""What must hold of every book (design, section 6), on the rows themselves and not by the library's audit.

Records are read once, when they are new, and added up (``Folded``, ``Worth``); what may change is read after every step
of the machine and held against the sums. Which function holds which invariant:

| invariant | held by |
| --- | --- |
| 1 positions, leaves, head, time | ``Invariants.check_journal`` |
| 2 entries and allocations are the records' | ``Invariants.check_entries`` |
| 3 each book sums to zero, nothing below its floor | ``check_balances``; ``ActsMachine.compare_months`` |
| 4 balances, lots, stock, totals are their fold | ``check_balances``, ``check_lots``, ``check_totals`` |
| 5 lots hold what they may, a debit is its parts and arrears | ``check_lots``, ``Folded.add`` |
| 6 balance, what is held, what is available | ``check_available`` |
| 7 reversals negate once, points are the rule book's | ``check_reversals``, ``Worth.add`` |
| 8 prices are the price list's, goods were there | ``check_prices`` |
| 9 nothing counts in a closed month, closes are their fold | ``Folded.add``, ``check_closes`` |
| 10 the same figures on every database | the machines of ``test_machine.py``, against one reference |

``check`` begins anew, so that it reads every row: at the end of a history.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from hashlib import sha256
from operator import itemgetter
from typing import Any

from pointsledger import Ledger
from tests.stateful.folds import Body, Folded
from tests.stateful.worth import Worth
from tests.views import check_views

Rows = list[tuple[Any, ...]]

GROWING = ("journal", "entry", "allocation", "redemption_line")
"""Tables of which a row, once there, stays as it is: the new ones are read, by record."""

CHANGING = ("village", "balance", "lot", "period_total", "reversal", "close", "bridge", "redemption", "profile")
"""The others that the invariants speak of."""

MOVED = itemgetter("source", "target", "unit", "amount")
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

    def follow(self, today: str) -> None:
        """Read what is new, and check that everything holds (1 to 9)."""
        self._read()
        self.check_journal()
        new = [json.loads(row[6]) for row in self.rows["journal"]]
        self.check_entries(new)
        for body in new:
            self.worth.add(body)
            self.folded.add(body)
            self.check_reversals(body)
        self.check_prices(new)
        self.check_balances()
        self.check_lots()
        self.check_totals()
        self.check_available(today)
        self.check_closes()

    def _read(self) -> None:
        known = len(self.folded.bodies)
        with self.ledger._store.connected(writes=False) as connection:

            def rows(name: str, where: str = "", order: str = "1") -> Rows:
                found = connection.exec_driver_sql(f"SELECT * FROM points_{name} {where} ORDER BY {order}")  # noqa: S608 - names above
                return [tuple(row) for row in found]

            self.rows = {name: rows(name, f"WHERE seq > {known}", "1, 2, 3") for name in GROWING}
            self.rows |= {name: rows(name) for name in CHANGING}

    def check_journal(self) -> None:
        """Positions are 1..n, each text hashes to its leaf, the leaves to the head, and time never goes back (1)."""
        journal, known = self.rows["journal"], len(self.leaves)
        assert list(range(known + 1, known + 1 + len(journal))) == [row[1] for row in journal]
        assert [sha256(b"\x00" + row[6].encode()).digest() for row in journal] == [row[7] for row in journal]
        self.leaves += [row[7] for row in journal]
        assert [(len(self.leaves), tree(self.leaves))] == [(row[5], row[6]) for row in self.rows["village"]]
        instants = [body["recorded_at"] for body in self.folded.bodies[-1:]] + [row[3] for row in journal]
        assert sorted(instants) == instants

    def check_entries(self, bodies: list[Body]) -> None:
        """Every movement of every record is an entry and an allocation, and there is no other (2)."""
        told = [
            (body["seq"], line, *MOVED(entry), *DATED(body), body.get("for_period", ""))
            for body in bodies
            for line, entry in enumerate(body["entries"], start=1)
        ]
        assert told == [(*row[1:8], *row[9:11]) for row in self.rows["entry"]]
        parts = [
            (body["seq"], *part[:3], cause, part[3])
            for body in bodies
            for name, cause in (("lots", "spend"), ("settled", "settle"))
            for part in body["decided"].get(name, ())
        ]
        assert sorted(parts) == sorted(row[1:7] for row in self.rows["allocation"])

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
        """Each balance is the fold of its entries, each debt of what made and paid it, and no shelf owes (3, 4)."""
        held = {(row[1], row[2]): row for row in self.rows["balance"]}
        assert dict(self.folded.balance) == {key: row[3] for key, row in held.items()}
        assert {account: debt for account, debt in self.folded.arrears.items() if debt} == {
            row[1]: row[6] for row in held.values() if row[6]
        }
        assert all(row[3] >= 0 or row[2] == "points" for row in held.values())
        assert {(0, 0)} >= {row[4:6] for row in held.values()}, "no act of this release holds points or lets them wait"
        assert sorted(self.reversed.items()) == sorted(row[1:3] for row in self.rows["reversal"])

    def check_lots(self) -> None:
        """Lots are the fold of what made them, took from them and gave back, and hold no less than nothing (4, 5)."""
        found = {(row[1], row[2]): (*row[3:8], row[10], row[12], row[13]) for row in self.rows["lot"]}
        told = {
            place: (
                lot.account,
                lot.unit,
                lot.granted,
                lot.left,
                lot.settled,
                lot.expires_on,
                lot.clears_with,
                lot.floor,
            )
            for place, lot in self.folded.lots.items()
        }
        assert told == found
        for lot in self.folded.lots.values():
            assert 0 <= lot.left <= lot.granted
            assert 0 <= lot.settled <= lot.granted - lot.left

    def check_totals(self) -> None:
        """Totals of every month are the fold of the records (4)."""
        assert self.folded.totals == {row[1:8]: row[8:10] for row in self.rows["period_total"]}

    def check_available(self, today: str) -> None:
        """Balances are what lots hold less debts; nobody has more available than could be spent now (6)."""
        left: dict[tuple[str, str], int] = defaultdict(int)
        floor: dict[str, int] = defaultdict(int)
        alive: dict[str, int] = defaultdict(int)
        pays: dict[str, int] = defaultdict(int)
        for lot in self.folded.lots.values():
            left[lot.account, lot.unit] += lot.left
            floor[lot.account] += lot.left if lot.floor else 0
            closed, ends = self.folded.closed, lot.expires_on or today
            over = lot.clears_with <= closed if lot.clears_with else ends < today
            if lot.unit == "points" and not over:
                pays[lot.account] += lot.left
                alive[lot.account] += 0 if lot.floor else lot.left
        codes = {row[1]: row[4] for row in self.rows["profile"]}
        spendable = {}
        for _, account, unit, balance, held, pending, arrears, kept in self.rows["balance"]:
            assert left[account, unit] - arrears == balance
            assert not (arrears and pays[account]), "who owes has nothing left to pay with"
            assert 0 <= held + pending <= left[account, unit]
            if unit == "points":
                assert floor[account] == kept
                spendable[codes[account]] = 0 if arrears else alive[account] - held - pending
        told = {row.household: row.available for row in self.ledger.balances()}
        assert {household: Decimal(spendable.get(household, 0)) for household in told} == told

    def check_prices(self, bodies: list[Body]) -> None:
        """Redemptions cost the prices of their price list, and their pieces left the shelf (8)."""
        lines: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
        for _, seq, item, pieces, price in self.rows["redemption_line"]:
            lines[seq][item] = (pieces, price)
        for body in bodies:
            if body["kind"] == "prices":
                self.prices.append(body["said"]["document"])
            if body["kind"] != "redeem":
                continue
            prices = {item["code"]: item for item in self.prices[body["decided"]["prices"] - 1]["items"]}
            wanted = {one["item"]: one["pieces"] for one in body["said"]["items"]}
            expected = {item: (pieces, prices[item]["points"]) for item, pieces in wanted.items()}
            assert expected == lines[body["seq"]]
            assert sum(pieces * price for pieces, price in expected.values()) == body["entries"][0]["amount"]
            handed = {entry["unit"]: entry["amount"] for entry in body["entries"][1:]}
            assert {f"item:{item}": pieces for item, pieces in wanted.items() if prices[item]["stocked"]} == handed
        undone = {row[1]: row[7] for row in self.rows["redemption"]}
        assert {seq: self.reversed.get(seq, 0) for seq in undone} == undone

    def check_closes(self) -> None:
        """Check that closes keep the fold of the records before them, and stay so (9)."""
        closes = {row[1]: row[2] for row in self.rows["close"]}
        assert list(self.folded.bridges) == sorted(closes)
        assert [self.folded.closed] == [row[9] for row in self.rows["village"]]
        kept: dict[str, dict[str, tuple[int, ...]]] = {month: {} for month in closes}
        for _, month, account, *figures in self.rows["bridge"]:
            kept[month][account] = tuple(figures)
        assert self.folded.bridges == kept
        for month, seq in closes.items():
            decided = self.folded.bodies[seq - 1]["decided"]
            assert sum(row[-1] for row in kept[month].values()) == decided["bridge"]["closing"]
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
