"""Closing a month whose ground somebody has moved: its opening, its bounds, and the documents that govern it.

Each forgery is whole in itself: whatever else the tables say agrees with it, and only the journal does not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection

import pytest

from pointsledger import Ledger
from pointsledger.errors import LedgerDamaged, PeriodBroken
from pointsledger.rules import bridge
from pointsledger.testing import FixedClock
from pointsledger.values.rows import Bridge
from tests.database.lived_in import VILLAGE, Body, StepClock, audited, begin, codes, dump, plain, record_of, rewrite

_MADE_BY = "(SELECT seq FROM points_journal WHERE request_id = '{}')"
_APRIL = _MADE_BY.format("april")
_ONE = f"(SELECT account FROM points_lot WHERE seq = {_MADE_BY.format('march')})"  # noqa: S608 - constants


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """Make a book with a deed in March and one in April 2026, closed through March, in which nothing ever lapses."""
    clock = StepClock()
    with begin(tmp_path / "book.db", clock=clock) as ledger:
        ledger.enrol("03-017", head="张三", by="clerk:1")
        ledger.award("03-017", "yard", by="clerk:1", request="march")
        clock.step(days=31)
        for month in ("2026-01", "2026-02", "2026-03"):
            ledger.close(month, by="clerk:1", request=f"close-{month}")
        ledger.award("03-017", "tidy", by="clerk:1", request="april")
    return tmp_path / "book.db"


def close(path: Path, period: str = "2026-04", on: str = "2026-05-02") -> int:
    """Close a month on the second of May; return the number of the record."""
    with Ledger.open(path, clock=FixedClock(f"{on}T09:00")) as ledger:
        return ledger.close(period, by="clerk:1").seq


def give(connection: Connection, points: int) -> None:
    """Have the household hold more points, or fewer, in its balance and its lots."""
    connection.execute(f"UPDATE points_balance SET balance = balance + {points} WHERE account = {_ONE}")  # noqa: S608 - constants
    if points > 0:
        raised = f"granted = granted + {points}, remaining = remaining + {points}"
        connection.execute(f"UPDATE points_lot SET {raised} WHERE seq = {_MADE_BY.format('march')}")  # noqa: S608 - constants
    else:
        connection.execute(f"DELETE FROM points_lot WHERE granted = {-points}")  # noqa: S608 - constants


def opened_richer(connection: Connection) -> None:
    """Have March close with 100 more, in its bridge and in the digest over it."""
    richer = "earned = earned + 100, closing = closing + 100 WHERE period = '2026-03'"
    assert 1 == connection.execute(f"UPDATE points_bridge SET {richer}").rowcount  # noqa: S608 - constants
    found = connection.execute("SELECT * FROM points_bridge WHERE period = '2026-03' ORDER BY account")
    digest = bridge.digest(VILLAGE, "2026-03", [Bridge(*row) for row in found])
    connection.execute("UPDATE points_close SET digest = ? WHERE period = '2026-03'", (digest,))
    give(connection, 100)


def deed_recorded_before(connection: Connection) -> None:
    """Have April's deed, and the close before it, recorded in March, and nothing left of the deed but its record."""
    earlier = "UPDATE points_journal SET recorded_at = '2026-03-31T01:00:00.000000Z' WHERE recorded_at > '2026-04'"
    assert 4 == connection.execute(earlier).rowcount
    connection.execute("DELETE FROM points_period_total WHERE period = '2026-04'")
    connection.execute(f"DELETE FROM points_entry WHERE seq = {_APRIL}")  # noqa: S608 - constants
    give(connection, -2)


def begun_later(connection: Connection) -> None:
    """Have the book begin with April, so that it opens with nothing."""
    connection.execute("UPDATE points_village SET first_period = '2026-04'")
    give(connection, -12)


def close_gone(connection: Connection) -> None:
    """Have March never been closed, as far as the tables say, and leave only the record of it."""
    connection.execute("UPDATE points_village SET closed_through = '2026-02'")
    connection.execute("DELETE FROM points_close WHERE period = '2026-03'")
    connection.execute("DELETE FROM points_bridge WHERE period = '2026-03'")


def month_left_out(connection: Connection) -> None:
    """Have April been closed, as far as the tables say, which it never was."""
    connection.execute("UPDATE points_village SET closed_through = '2026-04'")
    close_of_april = "SELECT village, '2026-04', seq, size, accounts, digest FROM points_close WHERE period = '2026-03'"
    connection.execute(f"INSERT INTO points_close {close_of_april}")


def edited(statement: str) -> Callable[[Connection], None]:
    """Return what runs one statement, which finds something."""

    def run(connection: Connection) -> None:
        assert 1 <= connection.execute(statement).rowcount

    return run


# What was moved, which month is then to be closed on which day, the finding, and what it names.
MOVED: dict[str, tuple[Callable[[Connection], None], str, str, str]] = {
    "the opening": (opened_richer, "2026-04", "projection-differs", "Bridge [2026-03]"),
    "the deeds": (deed_recorded_before, "2026-04", "column-mismatch", "recorded_at"),
    "the beginning": (begun_later, "2026-04", "head-mismatch", "first_period"),
    "the zone": (edited("UPDATE points_village SET zone = 'UTC'"), "2026-04", "head-mismatch", "zone"),
    "the decimals": (edited("UPDATE points_village SET decimals = 2"), "2026-04", "head-mismatch", "decimals"),
    "a close taken back": (close_gone, "2026-03", "head-mismatch", "2026-03"),
    "a close invented": (month_left_out, "2026-05", "head-mismatch", "2026-04"),
    "a close that is gone": (
        edited("DELETE FROM points_close WHERE period = '2026-03'"),
        "2026-04",
        "projection-differs",
        "Close [2026-03]",
    ),
    "the rule book": (
        edited("UPDATE points_edition SET content = replace(content, '12', '1200') WHERE document = 'rulebook'"),
        "2026-04",
        "projection-differs",
        "Edition [rulebook 1]",
    ),
    "the first day of the rules": (
        edited("UPDATE points_edition SET first_on = '2026-02-01' WHERE document = 'rulebook'"),
        "2026-04",
        "projection-differs",
        "Edition [rulebook 1]",
    ),
    "the price list": (
        edited("UPDATE points_edition SET content = replace(content, '10', '1') WHERE document = 'prices'"),
        "2026-04",
        "projection-differs",
        "Edition [prices 1]",
    ),
    "a rule book that nobody adopted": (
        edited(
            "INSERT INTO points_edition SELECT village, document, 2, first_on, 4, digest, content "
            "FROM points_edition WHERE document = 'rulebook'"
        ),
        "2026-04",
        "projection-differs",
        "Edition [rulebook 2]",
    ),
}


def test_firm_ground_is_closed_on(ground: Path) -> None:
    """The book that nobody has been at closes its April, and is whole afterwards."""
    close(ground)
    assert audited(ground).whole


@pytest.mark.parametrize("moved", MOVED)
def test_moved_ground_keeps_a_month_open(ground: Path, moved: str) -> None:
    """However well the tables agree with each other, a month is not closed on what the journal does not say."""
    move, period, code, named = MOVED[moved]
    with plain(ground, guarded=False) as connection:
        move(connection)
    before = dump(ground)
    with pytest.raises(PeriodBroken) as caught:
        close(ground, period, "2026-06-02")
    assert code == caught.value.data["finding_code"]
    assert named in str(caught.value)
    assert before == dump(ground)


@pytest.mark.parametrize("moved", MOVED)
def test_a_rebuild_puts_the_ground_back(ground: Path, moved: str) -> None:
    """What was moved and never closed on is put right by a rebuild; a column of the journal is not its to mend."""
    move, *_ = MOVED[moved]
    with plain(ground, guarded=False) as connection:
        move(connection)
    Ledger.rebuild(ground)
    if move is deed_recorded_before:
        assert {"column-mismatch"} == codes(audited(ground))
        return
    close(ground)
    assert audited(ground).whole


@pytest.mark.parametrize("what", ["figures", "digest"])
def test_a_close_that_is_wrong_itself_is_named(ground: Path, what: str) -> None:
    """No rebuild mends a close whose record is wrong: the next month stays open, and the record is named for it."""

    def forged(found: list[Body]) -> list[Body]:
        close = record_of(found, "close-2026-03")["decided"]
        close["digest"] = "0" * 64
        if what == "figures":
            close["bridge"]["earned"] += 100
        return found

    rewrite(ground, forged)
    with pytest.raises(PeriodBroken) as caught:
        close(ground)
    assert "close-differs" == caught.value.data["finding_code"]
    assert "record 9" in str(caught.value)
    assert ("earned 112, not 12" if what == "figures" else "its digest") in str(caught.value)
    assert ("earned 112，应为 12" if what == "figures" else "摘要") in caught.value.say("zh")


@pytest.mark.parametrize(
    ("through", "period"), [("", "2026-01"), ("2026-02", "2026-03"), ("2026-05", "2026-04"), ("2026-05", "2026-05")]
)
def test_closes_that_do_not_agree_are_damage(ground: Path, through: str, period: str) -> None:
    """Where the village's row says closed of a month that has no close, or the other way round, the book is damaged."""
    with plain(ground, guarded=False) as connection:
        connection.execute("UPDATE points_village SET closed_through = ?", (through,))
    before = dump(ground)
    with pytest.raises(LedgerDamaged, match=f"whether {period} is closed") as caught:
        close(ground, period)
    assert f"{period} 是否已结账" in caught.value.say("zh")
    assert before == dump(ground)
