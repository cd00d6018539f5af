"""What keeps a closed month closed besides the acts, and what keeps a broken one from being closed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import PeriodBroken, PeriodClosed
from tests.contract.conftest import NANYU_RULES
from tests.views import check_views, viewed

if TYPE_CHECKING:
    from tests.contract.conftest import Begin, Clock, Refused


def run(ledger: Ledger, statement: str) -> None:
    """Run a statement on the database, as whoever holds it can."""
    with ledger._store.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_the_database_refuses_what_the_program_would_let_through(nanyu: Ledger, refused: Refused) -> None:
    """S-37: where the village's row is made to say that nothing is closed, the database still takes no late record."""
    nanyu.close("2025-09", by="clerk:1")
    run(nanyu, "UPDATE points_village SET closed_through = ''")
    with refused(nanyu, PeriodClosed, "period-closed") as caught:
        nanyu.award("03-017", "tidy", on="2025-09-20", by="clerk:1")
    assert "Nothing more counts in its month, which is closed" in str(caught.value)
    assert caught.value.say("zh").startswith("该月 已结账")
    run(nanyu, "UPDATE points_village SET closed_through = '2025-09'")
    assert "2025-10" == nanyu.award("03-017", "tidy", on="2025-09-20", by="clerk:1").period


def test_the_program_refuses_a_record_of_a_closed_month(nanyu: Ledger, refused: Refused) -> None:
    """S-22 and S-37: a record that says it counts in a closed month is not appended, whatever decided it."""
    award = nanyu.award("03-017", "tidy", on="2025-09-20", by="clerk:1")
    nanyu.close("2025-09", by="clerk:1")
    forged = replace(nanyu.record(award.seq), seq=nanyu.head().size + 1, request="forged")
    with refused(nanyu, PeriodClosed, "period-closed") as caught, nanyu._store.posting("nanyu") as transaction:
        transaction.append(forged)
    assert {"period": "2025-09"} == caught.value.data


# Damage to what a month rests on, with its finding and what puts it right again.
DAMAGES = {
    "a total": (
        "UPDATE points_period_total SET amount = amount + 5 WHERE period = '2025-09' AND heading = 'earned'",
        "projection-differs",
        "UPDATE points_period_total SET amount = amount - 5 WHERE period = '2025-09' AND heading = 'earned'",
    ),
    "the deeds of a total": (
        "UPDATE points_period_total SET deeds = 7 WHERE period = '2025-09' AND heading = 'earned'",
        "projection-differs",
        "UPDATE points_period_total SET deeds = 1 WHERE period = '2025-09' AND heading = 'earned'",
    ),
    "a total of another": (
        "INSERT INTO points_period_total VALUES ('nanyu', '2025-09', '', 'h-x', 'points', 'earned', 'x', '', 5, 1)",
        "projection-differs",
        "DELETE FROM points_period_total WHERE account = 'h-x'",
    ),
    "a balance": (
        "UPDATE points_balance SET balance = balance + 5 WHERE unit = 'points'",
        "book-unbalanced",
        "UPDATE points_balance SET balance = balance - 5 WHERE unit = 'points'",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_month_is_not_closed(nanyu: Ledger, refused: Refused, damage: str) -> None:
    """A close that would keep a figure which the records do not give is refused, with the finding; nothing is done."""
    attack, code, cure = DAMAGES[damage]
    nanyu.award("03-017", "tidy", on="2025-09-20", by="clerk:1")
    nanyu.award("03-017", "tidy", on="2025-10-20", by="clerk:1")
    run(nanyu, attack)
    with refused(nanyu, PeriodBroken, "period-broken") as caught:
        nanyu.close("2025-09", by="clerk:9")
    assert ("2025-09", code) == (caught.value.data["period"], caught.value.data["finding_code"])
    assert "run audit" in str(caught.value)
    run(nanyu, cure)
    nanyu.close("2025-09", by="clerk:9")


# What lapses with October in a book where points live thirty days: the lot, what it says it ends by, and who has it.
LOT_DAMAGES = {
    "more is left": (
        "UPDATE points_lot SET remaining = remaining + 1 WHERE expires_on = '2025-10-20'",
        "balance-differs",
    ),
    "a later day": (
        "UPDATE points_lot SET expires_on = '2025-12-20' WHERE expires_on = '2025-10-20'",
        "projection-differs",
    ),
    "no day": ("UPDATE points_lot SET expires_on = NULL WHERE expires_on = '2025-10-20'", "projection-differs"),
    "a day too soon": (
        "UPDATE points_lot SET expires_on = '2025-10-20' WHERE expires_on = '2025-11-19'",
        "projection-differs",
    ),
    "cleared": ("UPDATE points_lot SET clears_with = '2025-10' WHERE expires_on = '2025-10-20'", "projection-differs"),
    "a floor": ("UPDATE points_lot SET floor = 1 WHERE expires_on = '2025-10-20'", "projection-differs"),
    "nobody's": ("UPDATE points_lot SET account = 'h-x' WHERE expires_on = '2025-10-20'", "balance-differs"),
    "gone": ("DELETE FROM points_lot WHERE expires_on = '2025-10-20'", "balance-differs"),
}


@pytest.fixture
def thirty_days(begin: Begin, clock: Clock) -> Ledger:
    """Begin a book where points live thirty days; of 12 earned in September 2 are left, and end with October."""
    clock.set("2025-09-20T10:00", back=True)
    ledger = begin(f'[expiry]\npolicy = "days"\ndays = 30\n{NANYU_RULES}', first_period="2025-09")
    ledger.enrol("03-017", head="张三", by="clerk:1")
    ledger.award("03-017", "yard", by="clerk:1")
    ledger.redeem("03-017", {"haircut": 1}, by="shop:1")
    clock.set("2025-10-20T10:00")
    ledger.award("03-017", "yard", by="clerk:1")
    clock.set("2025-11-03T10:00")
    ledger.close("2025-09", by="clerk:1")
    return ledger


@pytest.mark.parametrize("damage", LOT_DAMAGES)
def test_edited_lots_do_not_lapse_with_a_close(thirty_days: Ledger, refused: Refused, damage: str) -> None:
    """A lapse stands for good: where a lot is not as its records made and left it, the close is refused."""
    attack, code = LOT_DAMAGES[damage]
    run(thirty_days, "CREATE TABLE kept AS SELECT * FROM points_lot")
    run(thirty_days, attack)
    with refused(thirty_days, PeriodBroken, "period-broken") as caught:
        thirty_days.close("2025-10", by="clerk:1")
    assert code == caught.value.data["finding_code"]
    for cure in ("DELETE FROM points_lot", "INSERT INTO points_lot SELECT * FROM kept", "DROP TABLE kept"):
        run(thirty_days, cure)
    size = thirty_days.head().size
    assert size + 2 == thirty_days.close("2025-10", by="clerk:1").seq, "behind the lapse of 2"


def test_a_month_with_later_records_can_be_closed(nanyu: Ledger) -> None:
    """What moved in the open months since does not get in the way of closing one after another."""
    for month in ("09", "10", "11"):
        nanyu.award("03-017", "sanitation", quantity=2, on=f"2025-{month}-02", by="clerk:1")
        nanyu.redeem("03-017", {"haircut": 1}, on=f"2025-{month}-03", by="shop:1")
    nanyu.award("03-018", "tidy", on="2025-10-05", by="clerk:1")
    done: list[tuple[int, int]] = []
    nanyu.close("2025-09", by="clerk:1", progress=lambda count, whole: done.append((count, whole)))
    nanyu.close("2025-10", by="clerk:1")
    assert [done[-1][1]] * 2 == list(done[-1])
    check_views(nanyu)
    closings = ("period", "household", "opening", "closing")
    expected = [("2025-09", "03-017", 0, 0), ("2025-10", "03-017", 0, 0), ("2025-10", "03-018", 0, 2)]
    assert expected == viewed(nanyu, "bridges", closings, "1, 2")
