"""Golden records of what households were asked, of personal data, and of copies that were put back."""

from __future__ import annotations

from pointsledger.values.records import Record
from tests.unit.written import PIN, record


def calls() -> list[Record]:
    """Return records of what households were asked."""
    return [
        record(
            "call-back",
            37,
            {
                "account": "h-000000000001",
                "answer": "confirmed",
                "draw_size": 36,
                "draw_number": "2025-118 03 07 12",
                "draw_period": "2025-10",
                "draw_count": 3,
                "on": "2025-10-03",
                "remark": PIN,
            },
            {"group": "一组"},
        ),
    ]


def personal() -> list[Record]:
    """Return records of what is done with personal data on request."""
    account, head, member = "h-000000000001", "r-000000000001", "r-000000000002"
    amended = [{"person": account, "pin": PIN}, {"person": head, "pin": PIN}]
    texts = [{"seq": 5, "field": "remark"}, {"seq": 12, "field": "reason"}]
    return [
        record("amend", 39, {"amended": amended, "remark": PIN}, {}),
        record(
            "erase",
            40,
            {"erased": [account, head, member], "texts": texts, "legal_ground": "request", "remark": PIN},
            {},
        ),
    ]


def copies() -> list[Record]:
    """Return records of copies of a book that were put back."""
    heads = [[39, "b1" * 16], [40, "b2" * 32]]
    return [
        record(
            "recovered",
            36,
            {"lost_from": 36, "lost_through": 41, "heads": heads, "reason": PIN},
            {"size": 35, "root": "a0" * 32},
        ),
    ]
