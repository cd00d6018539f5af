"""Golden records of the shop: what was promised, collected and given back."""

from __future__ import annotations

from pointsledger.values.records import Entry, Record
from tests.unit.written import PIN, record


def shop() -> list[Record]:
    """Return records of what was reserved, collected, cancelled, left and refunded."""
    account, soap = "h-000000000001", {"item": "soap", "pieces": 3, "points": 3, "stocked": 1}
    order = {"prices": 1, "items": [soap], "points": 9}
    held = [[1, 6, 1, 9], [2, 7, 1, 3]]
    let_go = [[*place, -part] for *place, part in held]
    lines = (
        Entry(account, "redeemed", "points", 9),
        Entry("shelf:east", "handed-over", "item:soap", 3),
    )
    back = Entry("refunded", account, "points", 6), Entry("returned", "shelf:east", "item:soap", 2)
    asked = {"account": account, "items": [{"item": "soap", "pieces": 3}], "shop": "east"}
    return [
        record("reserve", 21, asked, order | {"held": held, "last_day": "2025-11-02", "balance": 36}),
        record(
            "hand-over",
            22,
            {"redemption": 21, "collector": "r-000000000002", "collector_name": PIN, "cash_fen": 150},
            order | {"group": "一组", "held": let_go, "lots": held, "balance": 27},
            *lines,
        ),
        record(
            "cancel",
            23,
            {"redemption": 20, "cause": "shop", "reason": PIN},
            {"held": let_go, "lots": [[1, 6, 1, 4]], "expires_on": "2025-11-02", "group": "一组", "balance": 36},
            Entry(account, "expired", "points", 4),
            Entry("expired", account, "points", 4),
        ),
        record(
            "release",
            24,
            {"redemption": 19},
            {"state": "forfeited", "held": let_go, "lots": held[:1], "group": "一组", "balance": 27},
            Entry(account, "forfeited", "points", 9),
        ),
        record(
            "refund",
            25,
            {"redemption": 21, "items": [{"item": "soap", "pieces": 2}], "cause": "resident"},
            {
                "lots": [[1, 6, 1, -6], [2, 7, 1, -2]],
                "points": 6,
                "items": [{"item": "soap", "pieces": 2, "returned": 1}],
                "group": "一组",
                "balance": 33,
            },
            *back,
        ),
    ]
