"""What keeps a closed month closed besides the acts, and what keeps a broken one from being closed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pointsledger import Ledger
from pointsledger.errors import PeriodBroken, PeriodClosed
from tests.views import check_views, viewed

if TYPE_CHECKING:
    from tests.contract.conftest import Refused


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
