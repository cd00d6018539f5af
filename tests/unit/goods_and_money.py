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


def stores() -> list[Record]:
    """Return records of goods that were paid from a fund, moved, written off, counted and given as a reward."""
    soap = "item:soap"
    return [
        record(
            "transfer-stock",
            31,
            {"item": "soap", "pieces": 5, "from_shop": "main", "to_shop": "east", "remark": PIN},
            {
                "prices": 1,
                "lots": [[1, 7, 1, 4], [2, 8, 1, 1]],
                "brought": [[1, "2026-06-30", 300], [2, "", 250]],
                "on_shelf": 95,
            },
            Entry("shelf:main", "shelf:east", soap, 4),
            Entry("shelf:main", "shelf:east", soap, 1),
        ),
        record(
            "write-off",
            32,
            {"item": "soap", "pieces": 2, "shop": "east", "reason": PIN, "on": "2025-10-03"},
            {"prices": 1, "lots": [[1, 31, 1, 2]], "on_shelf": 3},
            Entry("shelf:east", "written-off", soap, 2),
        ),
        record(
            "stocktake",
            33,
            {"counts": [{"item": "rice", "pieces": 0}, {"item": "soap", "pieces": 96}], "reason": PIN, "remark": PIN},
            {"prices": 1, "booked": [["rice", 1], ["soap", 95]], "lots": [[1, 9, 1, 1]]},
            Entry("shelf:main", "written-off", "item:rice", 1),
            Entry("found", "shelf:main", soap, 1),
        ),
        record(
            "reward",
            36,
            {
                "household": "h-000000000001",
                "ground": "rank",
                "items": [{"item": "soap", "pieces": 1}],
                "fund": "shop",
                "fen": 2000,
                "reference": "2025-7",
            },
            {
                "prices": 1,
                "rulebook": 1,
                "lots": [[1, 8, 1, 1], [2, 34, 1, 2000]],
                "left": 96000,
                "over_budget": 500,
            },
            Entry("shelf:main", "rewarded", soap, 1),
            Entry("fund:shop", "rewarded", "fen", 2000),
        ),
    ]


def funds() -> list[Record]:
    """Return records of money that came into a fund and went out of it."""
    return [
        record(
            "fund-in",
            34,
            {
                "fund": "shop",
                "fen": 100000,
                "giver": "villagers",
                "nature": "donation",
                "reference": "捐 2025-1",
                "donor": PIN,
            },
            {"rulebook": 1, "left": 100000},
            Entry("donor:villagers", "fund:shop", "fen", 100000),
        ),
        record(
            "fund-out",
            35,
            {"fund": "shop", "fen": 2000, "purpose": "运费", "reference": "凭 3", "on": "2025-10-03"},
            {"rulebook": 1, "lots": [[1, 34, 1, 2000]], "left": 98000, "outside_use": "payments"},
            Entry("fund:shop", "paid:运费", "fen", 2000),
        ),
    ]
