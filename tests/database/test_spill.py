"""What a replay puts aside: it comes back as it was, and an audit finds with it what it finds without."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsledger import audit
from pointsledger.decisions.lot_index import BEGINNING
from pointsledger.rules.lots import order_of
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
    "the sum of a month": "UPDATE points_period_total SET deeds = deeds + 1",
    "the sum of a month that is gone": "DELETE FROM points_period_total WHERE period = '2026-03'",
    "a bridge": "UPDATE points_bridge SET earned = earned + 1",
    "what a limit counts": "UPDATE points_usage SET points = points + 1",
    "what a limit counts that is gone": "DELETE FROM points_usage",
    "what a limit cut": "UPDATE points_capped SET granted = granted + 1",
    "a reversal that is gone": "DELETE FROM points_reversal",
    "a row of a sheet": "UPDATE points_batch_row SET live = 1 - live",
    "what lapsed": "UPDATE points_lapse SET undone_by = undone_by + 1",
    "the number of an invoice": "DELETE FROM points_invoice",
    "a remark": "UPDATE points_remark SET text = text || '!'",
    "a remark that is gone": "DELETE FROM points_remark WHERE seq = (SELECT max(seq) FROM points_remark)",
    "a key that is a text in bytes": "UPDATE points_usage SET span = CAST(x'ff41' AS TEXT) || span",
}
TWICE = {
    "a lot": (
        (
            "CREATE TABLE copy AS SELECT * FROM points_lot; DROP TABLE points_lot;"
            "ALTER TABLE copy RENAME TO points_lot;"
            "DELETE FROM points_lot WHERE seq = (SELECT min(seq) FROM points_lot);"
            "INSERT INTO points_lot SELECT * FROM points_lot ORDER BY seq DESC LIMIT 1"
        ),
        {"schema-differs", "projection-differs"},
    ),
    "a remark": (
        (
            "PRAGMA legacy_alter_table = ON; CREATE TABLE copy AS SELECT * FROM points_remark;"
            "DROP TABLE points_remark;"
            "ALTER TABLE copy RENAME TO points_remark;"
            "DELETE FROM points_remark WHERE seq = (SELECT max(seq) FROM points_remark);"
            "INSERT INTO points_remark SELECT * FROM points_remark ORDER BY seq LIMIT 1"
        ),
        {"schema-differs", "remark-missing", "remark-unknown"},
    ),
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


def test_open_lots_come_in_the_order_in_which_they_are_consumed() -> None:
    """By their last day, those without one last, then as they were earned: behind a place, up to a day, by the page."""
    later, sooner = LOT._replace(line=2, remaining=3), LOT._replace(line=3, remaining=3, expires_on="2026-12-31")
    earlier = LOT._replace(line=4, remaining=3, earned_on="2026-03-01", settled=2)
    spill = Spill()
    spill.put(Lot, [LOT, later, sooner, earlier, later._replace(line=5, account="h-2")])
    in_order = [sooner, earlier, later]
    assert in_order == list(spill.open_lots("h-1", "points", BEGINNING, "~", 9))
    assert in_order[:2] == list(spill.open_lots("h-1", "points", BEGINNING, "~", 2))
    for place, lot in enumerate(in_order, start=1):
        assert in_order[place:] == list(spill.open_lots("h-1", "points", order_of(lot), "~", 9))
    assert [sooner] == list(spill.open_lots("h-1", "points", BEGINNING, "2027-01-01", 9))
    assert [] == list(spill.open_lots("h-1", "points", BEGINNING, "2026-12-31", 9))
    assert [earlier] == list(spill.settled_lots("h-1", "points"))
    assert [sooner] == list(spill.lots_ending("2026-12-31"))
    assert [] == list(spill.lots_ending("2026-12-30"))
    spill.put(Lot, [sooner._replace(remaining=0)])
    assert [earlier, later] == list(spill.open_lots("h-1", "points", BEGINNING, "~", 9))


@pytest.mark.parametrize(
    "odd",
    [
        LOT._replace(seq=1 << 63),
        LOT._replace(account=["h-1"]),  # type: ignore[arg-type]  # as a forged body may have it
        LOT._replace(unit="\udcff"),
        LOT._replace(remaining=None),  # type: ignore[arg-type]  # as above
        LOT._replace(expires_on=2026),  # type: ignore[arg-type]  # as above
    ],
)
def test_what_no_column_holds_is_not_put_aside(odd: Lot) -> None:
    """A row that was made of a forged body stays where it is, and is looked for in vain."""
    assert Spill.takes(LOT)
    assert not Spill.takes(odd)
    spill = Spill()
    spill.put(Lot, [LOT])
    assert spill.get(Lot, (odd.seq if odd.seq != LOT.seq else "\udcff", 1)) is None


@pytest.mark.parametrize("what", TWICE)
def test_a_row_that_stands_twice_hides_no_missing_one(book: Path, what: str) -> None:
    """Where a key is no key any more, a row put in a second time does not make up for one that was taken out."""
    script, expected = TWICE[what]
    with plain(book, guarded=False, checked=False) as connection:
        connection.executescript(script)
    assert expected <= {finding.code for finding in audited(book)}


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
