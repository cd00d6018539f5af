"""Closing a month of a book that somebody has been at: what is found before the close, and what the audit finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsledger import Ledger
from pointsledger.errors import PeriodBroken
from pointsledger.findings import NOTE
from pointsledger.testing import FixedClock
from tests.database.lived_in import SIZE, audited, codes, plain

# Damage to what April rests on in the book that was lived in: its records, what is derived of them, and its opening.
DAMAGES = {
    "a text": (
        "UPDATE points_journal SET body = replace(body, '\"tidy\"', '\"yard\"') WHERE seq = 55",
        "leaf-mismatch",
    ),
    "a text that is none": ("UPDATE points_journal SET body = 'x' WHERE seq = 54", "leaf-mismatch"),
    "a leaf": ("UPDATE points_journal SET leaf = zeroblob(32) WHERE seq = 54", "leaf-mismatch"),
    "nodes": ("UPDATE points_journal SET nodes = zeroblob(32) WHERE seq = 54", "node-mismatch"),
    "a column": ("UPDATE points_journal SET period = '2026-05' WHERE seq = 54", "column-mismatch"),
    "a record cut out": ("DELETE FROM points_journal WHERE seq = 53", "journal-gap"),
    "the last record cut off": (
        f"DELETE FROM points_journal WHERE seq = {SIZE}",  # noqa: S608 - a constant
        "journal-gap",
    ),
    "the head": ("UPDATE points_village SET root = zeroblob(32)", "head-mismatch"),
    "an entry": ("UPDATE points_entry SET amount = amount + 1 WHERE seq = 55", "projection-differs"),
    "an entry gone": ("DELETE FROM points_entry WHERE seq = 55", "projection-differs"),
    "an entry's day": ("UPDATE points_entry SET counts_on = '2026-04-30' WHERE seq = 55", "projection-differs"),
    "an allocation": (
        "UPDATE points_allocation SET amount = amount + 1 WHERE seq >= 37 AND amount > 0",
        "projection-differs",
    ),
    "a total": ("UPDATE points_period_total SET amount = amount + 1 WHERE period = '2026-04'", "projection-differs"),
    "a total gone": ("DELETE FROM points_period_total WHERE period = '2026-04'", "projection-differs"),
    "the opening": (
        "UPDATE points_bridge SET opening = opening + 1, closing = closing + 1 WHERE period = '2026-03'",
        "projection-differs",
    ),
    "the opening of one": ("DELETE FROM points_bridge WHERE period = '2026-03'", "projection-differs"),
    "the digest": ("UPDATE points_close SET digest = 'x' WHERE period = '2026-03'", "projection-differs"),
    "a balance": ("UPDATE points_balance SET balance = balance + 1 WHERE unit = 'points'", "book-unbalanced"),
}


def close_april(path: Path) -> int:
    """Close April 2026 on the second of May; return the number of the record."""
    with Ledger.open(path, clock=FixedClock("2026-05-02T09:00")) as ledger:
        return ledger.close("2026-04", by="clerk:1").seq


def test_an_untouched_month_is_closed(book: Path) -> None:
    """The book that was lived in closes its April, and is whole afterwards."""
    assert SIZE + 2 == close_april(book)
    assert audited(book).whole


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_a_month_keeps_it_open(book: Path, damage: str) -> None:
    """Whatever April rests on, a close finds what was changed in it, says its finding and does nothing."""
    attack, code = DAMAGES[damage]
    with plain(book, guarded=False) as connection:
        assert 1 <= connection.execute(attack).rowcount
    with pytest.raises(PeriodBroken) as caught:
        close_april(book)
    assert code == caught.value.data["finding_code"]
    with plain(book) as connection:
        assert [("2026-03",)] == connection.execute("SELECT closed_through FROM points_village").fetchall()


def test_damage_before_the_month_is_left_to_the_audit(book: Path) -> None:
    """A record of a month that was closed long ago is not read again by the next close; the audit finds it."""
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_entry SET activity = 'x' WHERE seq = 14")
    close_april(book)
    assert ["projection-differs"] == [finding.code for finding in audited(book) if finding.grade != NOTE]


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("UPDATE points_village SET closed_through = ''", "head-mismatch"),
        ("UPDATE points_village SET closed_through = '2026-04'", "head-mismatch"),
        ("UPDATE points_close SET size = size - 1", "projection-differs"),
        ("DELETE FROM points_close WHERE period = '2026-03'", "projection-differs"),
        ("UPDATE points_bridge SET earned = earned + 1, closing = closing + 1", "projection-differs"),
        ("DELETE FROM points_bridge", "projection-differs"),
        (
            "UPDATE points_period_total SET amount = amount + 1 WHERE period = '2026-03'",
            "projection-differs, books-differ",
        ),
    ],
)
def test_an_edited_close_is_found(book: Path, attack: str, code: str) -> None:
    """What a close keeps, and which months are closed, is derived again by the audit and compared."""
    with plain(book, guarded=False) as connection:
        assert 1 <= connection.execute(attack).rowcount
    assert set(code.split(", ")) == codes(audited(book))


def test_a_book_opened_again_is_told_as_that(book: Path) -> None:
    """The finding on a village whose closes were taken back says through which month it was closed."""
    with plain(book, guarded=False) as connection:
        connection.execute("UPDATE points_village SET closed_through = '2026-01'")
    (finding,) = (one for one in audited(book) if one.grade != NOTE)
    assert "closed through '2026-01'; derived '2026-03'" in finding.say()
    assert "已结账至 '2026-01'" in finding.say("zh")
