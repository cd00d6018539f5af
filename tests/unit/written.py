"""Records for the golden file, written out and not decided."""

from __future__ import annotations

from typing import Any

from pointsledger.values.records import Entry, Record

PIN = "5f" * 32


def record(kind: str, seq: int, said: dict[str, Any], decided: dict[str, Any], *entries: Entry, **other: str) -> Record:
    """Return a record of 3 October 2025, but for what is given."""
    fields: dict[str, Any] = {
        "village": "nanyu",
        "recorded_at": f"2025-10-03T01:02:{seq:02}.000004Z",
        "by": "o-0a1b2c3d4e5f",
        "on": "2025-10-03",
        "period": "2025-10",
        "for_period": "",
        "request": f"request-{seq}",
    }
    return Record(kind=kind, seq=seq, version=1, said=said, decided=decided, entries=entries, **(fields | other))
