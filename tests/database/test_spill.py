"""What a replay puts aside: it comes back as it was, and an audit finds with it what it finds without."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsledger import audit
from pointsledger.storage.spill import Spill
from pointsledger.values.rows import Lot, Redemption, RedemptionLine
from tests.database.lived_in import VILLAGE, audited, plain

LOT = Lot(VILLAGE, 14, 1, "h-1", "points", 12, 0, 0, "2026-03-03", None, None, 0)
LINE = RedemptionLine(VILLAGE, 21, "soap", 3, 10)

DAMAGE = {
    "nothing": "SELECT 1",
    "a lot that was used up": "UPDATE points_lot SET granted = granted + 1 WHERE remaining = 0",
    "a lot that is gone": "DELETE FROM points_lot WHERE remaining = 0 AND seq = (SELECT min(seq) FROM points_lot)",
    "a lot that nobody was granted": (
        "INSERT INTO points_lot SELECT village, seq, line + 100, account, unit, granted, remaining, settled, "
        "earned_on, available_from, expires_on, unit_cost_fen, clears_with, floor, held "
        "FROM points_lot WHERE remaining = 0 LIMIT 1"
    ),
    "an exchange": "UPDATE points_redemption SET points = points + 1 WHERE state = 'handed-over'",
    "an exchange that is gone": "DELETE FROM points_redemption WHERE seq = (SELECT min(seq) FROM points_redemption)",
    "its goods": "UPDATE points_redemption_line SET pieces = pieces + 1",
}


def test_what_was_put_aside_comes_back() -> None:
    """A row comes back by its key as it was, or as it was put last, and nothing comes back that was not put."""
    spill = Spill()
    assert spill.get(Lot, (14, 1)) is None
    assert [] == list(spill.every(Lot))
    spill.put(Lot, [LOT, LOT._replace(line=2)])
    spill.put(RedemptionLine, [LINE])
    spill.put(Lot, [LOT._replace(granted=13)])
    assert LOT._replace(granted=13) == spill.get(Lot, (14, 1))
    assert LOT._replace(line=2) == spill.get(Lot, (14, 2))
    assert spill.get(Lot, (14, 3)) is None
    assert LINE == spill.get(RedemptionLine, (21, "soap"))
    assert [1, 2] == sorted(lot.line for lot in spill.every(Lot))
    assert spill.get(Redemption, (21,)) is None
    spill.close()
    assert spill.get(Lot, (14, 1)) is None


@pytest.mark.parametrize("at_once", [1, 2, 7])
@pytest.mark.parametrize("damage", DAMAGE)
def test_an_audit_finds_the_same_however_soon_it_puts_aside(
    book: Path, monkeypatch: pytest.MonkeyPatch, damage: str, at_once: int
) -> None:
    """Put aside after each record or all at the end, refunds and reversals find their lots again, and damage shows."""
    with plain(book, guarded=False, checked=False) as connection:
        connection.execute(DAMAGE[damage])
    late = audited(book)
    monkeypatch.setattr(audit, "RECORDS_AT_ONCE", at_once)
    assert (damage == "nothing") == late.whole
    assert sorted(finding.say() for finding in late) == sorted(finding.say() for finding in audited(book))
