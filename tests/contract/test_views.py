"""The views for people who write SQL: they say what the readings say, on every database, and take nothing in."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DatabaseError

from pointsledger import Ledger
from pointsledger.storage.views import VIEWS
from tests.contract.conftest import NANYU_RULES, Begin, Clock, Document
from tests.views import check_views, viewed


@pytest.fixture
def autumn(nanyu: Ledger) -> Ledger:
    """Let two months pass, with every kind of line that a statement has."""
    nanyu.bring_forward("03-017", 10, by="clerk:1")
    nanyu.award("03-017", "tidy", quantity=20, by="clerk:1", on="2025-09-10")
    nanyu.award("03-018", "yard", quantity=3, by="clerk:1", on="2025-10-21")
    nanyu.award("03-018", "yard", by="clerk:1", on="2025-10-22")
    nanyu.deduct("03-018", "litter", quantity=8, by="clerk:1", on="2025-11-01")
    refunded = nanyu.redeem("03-017", {"haircut": 3}, by="shop:1", on="2025-10-06", collector="王五", cash_fen=150)
    nanyu.refund(refunded.seq, {"haircut": 1}, by="shop:1")
    undone = nanyu.redeem("03-017", {"haircut": 1}, by="shop:1", on="2025-11-01")
    nanyu.reverse(undone.seq, reason="记错了", by="clerk:1")
    kept = nanyu.reserve("03-017", {"haircut": 1}, by="shop:1")
    nanyu.hand_over(kept.seq, by="shop:2", collector="张三")
    nanyu.cancel(nanyu.reserve("03-017", {"haircut": 1}, by="shop:1").seq, by="shop:1")
    nanyu.redeem("03-018", {"haircut": 2}, by="shop:1", handed_over=True)
    nanyu.award("03-017", "tidy", quantity=20, by="clerk:1")
    nanyu.reserve("03-017", {"haircut": 1}, by="shop:1")
    return nanyu


def test_the_views_say_what_the_readings_say(autumn: Ledger) -> None:
    """Each view has the figures of its reading, cuts by a limit, reversals and arrears among them."""
    check_views(autumn)
    cut = [line for line in autumn.statement("03-018") if line.requested is not None]
    assert [(36, 30), (12, 0)] == [(int(line.requested or 0), int(line.points)) for line in cut]
    assert 4 == len(viewed(autumn, "statement_lines", ("seq",), "seq", household="03-018"))
    states = [state for (state,) in viewed(autumn, "redemptions", ("state",), "seq")]
    assert ["handed-over", "reversed", "handed-over", "cancelled", "handed-over", "reserved"] == states
    assert [] == viewed(autumn, "tallies", ("household",), "1", period="2025-12"), "nothing moved in December"


def test_the_views_show_what_moved_nothing(begin: Begin, document: Document, clock: Clock) -> None:
    """What was written off, what a limit left nothing of, and what undoes either, count for what they would have."""
    ledger = begin(document(NANYU_RULES, arrears="write_off"), first_period="2025-09", cut_off_day=25)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    opening = ledger.bring_forward("03-017", 10, by="clerk:1")
    ledger.redeem("03-017", {"haircut": 1}, by="shop:1", on="2025-10-01")
    nothing = [
        ledger.deduct("03-017", "litter", by="clerk:1", on="2025-09-28").seq,
        ledger.reverse(opening.seq, reason="记错了", by="clerk:1").seq,
    ]
    clock.noon("2025-11-27")
    for month in ("2025-09", "2025-10"):
        ledger.close(month, by="clerk:1")
    nothing += [ledger.reverse(seq, reason="记错了", by="clerk:1").seq for seq in nothing[:1]]
    nothing.append(ledger.deduct("03-017", "litter", by="clerk:1", on="2025-09-29").seq)
    check_views(ledger)
    lines = {line.seq: line for line in ledger.statement("03-017") if not line.points}
    told = [(lines[seq].heading, lines[seq].period, lines[seq].for_period) for seq in nothing]
    assert [
        ("deducted", "2025-10", ""),
        ("opening", "2025-09", ""),
        ("deducted", "2025-11", "2025-10"),
        ("deducted", "2025-11", "2025-10"),
    ] == told


def test_a_village_sees_points_in_its_smallest_unit(begin: Begin) -> None:
    """With two decimals a view has hundredths, and says that it has."""
    ledger = begin(decimals=2)
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "patrol", quantity="0.25", by="clerk:1")
    assert [(100, 2)] == viewed(ledger, "balances", ("balance", "decimals"), "1")
    assert ["1.00"] == [str(row.balance) for row in ledger.balances()]


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_written_through_a_view(autumn: Ledger, view: str) -> None:
    """Rows can be neither put into a view, nor changed, nor taken out of it."""
    for statement in (
        f"INSERT INTO {view} (village) VALUES ('nanyu')",  # noqa: S608 - a view of ours
        f"UPDATE {view} SET village = 'beiyu'",  # noqa: S608 - a view of ours
        f"DELETE FROM {view}",  # noqa: S608 - a view of ours
    ):
        with pytest.raises(DatabaseError), autumn._store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
