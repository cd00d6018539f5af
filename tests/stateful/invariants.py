"""What must hold of every book (design, section 6), checked on the rows themselves and not by the library's audit."""

from __future__ import annotations

import json
from collections import defaultdict
from hashlib import sha256
from typing import Any

from pointsledger import Ledger
from tests.views import check_views

Rows = list[tuple[Any, ...]]
_KEPT = ("h-", "shelf:")


def rows_of(ledger: Ledger) -> dict[str, Rows]:
    """Return every row of the tables that the invariants speak of."""
    names = (
        *("journal", "entry", "allocation", "balance", "lot", "village", "reversal", "redemption_line"),
        *("batch_row", "remark", "close", "bridge"),
    )
    with ledger._store.connected(writes=False) as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM points_{name} ORDER BY 1, 2, 3")]  # noqa: S608 - names above
            for name in names
        }


def check(ledger: Ledger) -> None:
    """Check invariants 1 to 5 and 7 to 9 of the whole book."""
    rows = rows_of(ledger)
    bodies = [json.loads(row[6]) for row in rows["journal"]]
    check_journal(rows, bodies)
    check_entries(rows, bodies)
    check_balances(rows)
    check_lots(rows, bodies)
    check_reversals(rows, bodies)
    check_prices(rows, bodies)
    check_sheets(rows, bodies)
    check_closes(rows, bodies)
    check_views(ledger)


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


def check_journal(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """Positions are 1..n, each text hashes to its leaf, the leaves to the head, and time never goes back (1)."""
    journal = rows["journal"]
    assert list(range(1, len(journal) + 1)) == [row[1] for row in journal]
    assert [sha256(b"\x00" + row[6].encode()).digest() for row in journal] == [row[7] for row in journal]
    assert [(len(journal), tree([row[7] for row in journal]))] == [(row[5], row[6]) for row in rows["village"]]
    instants = [body["recorded_at"] for body in bodies]
    assert sorted(instants) == instants
    assert len({body["request"] for body in bodies}) == len(bodies)


def check_entries(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """Every movement of every record is an entry and an allocation, and there is no other (2)."""
    told = [
        (body["seq"], line, entry["source"], entry["target"], entry["unit"], entry["amount"])
        for body in bodies
        for line, entry in enumerate(body["entries"], start=1)
    ]
    assert told == [row[1:7] for row in rows["entry"]]
    parts = [
        (body["seq"], *part[:3], cause, part[3])
        for body in bodies
        for name, cause in (("lots", "spend"), ("settled", "settle"))
        for part in body["decided"].get(name, ())
    ]
    assert sorted(parts) == sorted(row[1:7] for row in rows["allocation"])


def check_balances(rows: dict[str, Rows]) -> None:
    """Each balance is the fold of its entries and what its lots hold less its arrears (3, 4)."""
    folded: dict[tuple[str, str], int] = defaultdict(int)
    for _, _, _, source, target, unit, amount, *_ in rows["entry"]:
        folded[source, unit] -= amount
        folded[target, unit] += amount
    held = {(row[1], row[2]): row for row in rows["balance"]}
    assert {key: amount for key, amount in folded.items() if key[0].startswith(_KEPT)} == {
        key: row[3] for key, row in held.items()
    }
    left: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows["lot"]:
        left[row[3], row[4]] += row[6]
    assert {key: row[3] + row[6] for key, row in held.items()} == {key: left[key] for key in held}
    assert all(row[3] >= 0 or row[2] == "points" for row in held.values())
    assert [] == [row for row in held.values() if row[6] and row[3] + row[6]], "who owes has nothing left to pay with"


def check_lots(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """Lots hold what was granted less what was taken; a debit is its allocations and arrears (5)."""
    taken: dict[tuple[int, int], int] = defaultdict(int)
    spent: dict[tuple[int, int], int] = defaultdict(int)
    for _, seq, line, lot_seq, lot_line, cause, amount in rows["allocation"]:
        taken[lot_seq, lot_line] += amount
        if cause == "spend":
            spent[seq, line] += amount
    for row in rows["lot"]:
        granted, remaining, settled = row[5:8]
        assert 0 <= remaining <= granted
        assert 0 <= settled <= granted - remaining
        assert granted - taken[row[1], row[2]] == remaining, row
    for body in bodies:
        for line, entry in enumerate(body["entries"], start=1):
            if entry["source"].startswith(_KEPT):
                arrears = sum(amount for own, amount in body["decided"].get("arrears", ()) if own == line)
                assert entry["amount"] == spent[body["seq"], line] + arrears


def check_reversals(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """Reversals negate their original exactly but for what was written off, and no record is reversed twice (7)."""
    reversals = [(body["said"]["seq"], body["seq"]) for body in bodies if body["kind"] == "reverse"]
    assert sorted(reversals) == [row[1:3] for row in rows["reversal"]]
    assert len({of for of, _ in reversals}) == len(reversals)
    for of, by in reversals:
        mirrored = [
            entry | {"source": entry["target"], "target": entry["source"]} for entry in bodies[of - 1]["entries"]
        ]
        reversal = bodies[by - 1]
        if written_off := reversal["decided"].get("written_off"):
            mirrored[0]["amount"] -= written_off
        assert [entry for entry in mirrored if entry["amount"]] == reversal["entries"]


def check_prices(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """Redemptions cost the prices of their price list, and their pieces left the shelf (8)."""
    lists = [body["said"]["document"] for body in bodies if body["kind"] == "prices"]
    lines: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for _, seq, item, pieces, price in rows["redemption_line"]:
        lines[seq][item] = (pieces, price)
    for body in bodies:
        if body["kind"] != "redeem":
            continue
        prices = {item["code"]: item for item in lists[body["decided"]["prices"] - 1]["items"]}
        wanted = {one["item"]: one["pieces"] for one in body["said"]["items"]}
        expected = {item: (pieces, prices[item]["points"]) for item, pieces in wanted.items()}
        assert expected == lines[body["seq"]]
        assert sum(pieces * price for pieces, price in expected.values()) == body["entries"][0]["amount"]
        handed = {entry["unit"]: entry["amount"] for entry in body["entries"][1:]}
        assert {f"item:{item}": pieces for item, pieces in wanted.items() if prices[item]["stocked"]} == handed


def check_sheets(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """No deed that a sheet brought stands twice, under whatever label and key: here nobody says that it is meant."""
    remarks = {row[1]: row[3] for row in rows["remark"] if row[2] == "remark"}
    standing = [row[3] for row in rows["batch_row"] if row[6]]
    deeds = [
        (bodies[seq - 1]["kind"], bodies[seq - 1]["said"] | {"batch": "", "row": "", "remark": remarks.get(seq)})
        for seq in standing
    ]
    assert [] == [deed for place, deed in enumerate(deeds) if deed in deeds[:place]]


def check_closes(rows: dict[str, Rows], bodies: list[dict[str, Any]]) -> None:
    """No record counts in a month closed before it, and what a close keeps is the fold of the lines up to it (9)."""
    closes = [(body["said"]["period"], body["seq"]) for body in bodies if body["kind"] == "close"]
    assert closes == [(row[1], row[2]) for row in rows["close"]]
    assert [] == [
        body["seq"] for body in bodies for month, seq in closes if body["seq"] > seq and body["period"] <= month
    ]
    for month, seq in closes:
        folded: dict[str, int] = defaultdict(int)
        for _, _, _, source, target, unit, amount, _, _, period, *_ in rows["entry"]:
            if unit == "points" and period <= month:
                folded[source] -= amount
                folded[target] += amount
        kept = {row[2]: row[-1] for row in rows["bridge"] if row[1] == month and row[-1]}
        assert {one: amount for one, amount in folded.items() if one.startswith("h-") and amount} == kept
        assert sum(kept.values()) == bodies[seq - 1]["decided"]["bridge"]["closing"]
        leaves = [row[7] for row in rows["journal"][: bodies[seq - 1]["decided"]["size"]]]
        assert tree(leaves).hex() == bodies[seq - 1]["decided"]["root"]
