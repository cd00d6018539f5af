"""Stories of the points shop: what a household saves up and what it takes home."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.stories.conftest import Begin, Tell

CLEANING = """\
[[activity]]
code = "yard"
name = "庭院整洁"
category = "cleanup"
points = 1
per = "piece"
"""

YOUZHA_PRICES = """\
[[item]]
code = "bag"
name = "垃圾袋"
points = 1
[[item]]
code = "detergent"
name = "洗洁精"
points = 5
[[item]]
code = "powder"
name = "洗衣粉"
points = 20
[[item]]
code = "oil"
name = "食用油"
points = 50
"""


def test_a_balance_of_26_in_youzha(begin: Begin, tell: Tell) -> None:
    """S-18: in 油榨村 26 points buy powder and detergent, then a bag, and never the oil.

    2025-03-01 stock  bag x10                -> 10, balance 10
    2025-03-01 stock  detergent x10          -> 10, balance 10
    2025-03-01 stock  powder x10             -> 10, balance 10
    2025-03-01 stock  oil x10                -> 10, balance 10
    2025-03-05 award  01-001 yard x26        -> 26, balance 26
    2025-03-15 redeem 01-001 oil             -> insufficient-points
    2025-03-15 redeem 01-001 powder, detergent -> 25, balance 1
    2025-03-15 redeem 01-001 bag             -> 1, balance 0
    2025-03-15 redeem 01-001 bag             -> insufficient-points
    """
    ledger = begin("youzha", CLEANING, YOUZHA_PRICES, first_day="2025-03-01", households={"01-001": "张三"})
    tell(ledger)
    assert {"bag": 9, "detergent": 9, "oil": 10, "powder": 9} == {line.item: line.pieces for line in ledger.stock()}


def test_unspent_points_open_the_next_quarter_in_dengjia(begin: Begin, tell: Tell) -> None:
    """S-20: in 邓家村 the 49 points that were not spent in the first quarter open the second.

    2025-01-10 award  01-001 yard x60        -> 60, balance 60
    2025-01-20 stock  detergent x5           -> 5, balance 5
    2025-02-15 redeem 01-001 detergent x2    -> 10, balance 50
    2025-03-30 stock  bag x5                 -> 5, balance 5
    2025-03-31 redeem 01-001 bag             -> 1, balance 49
    2025-04-01 redeem 01-001 oil             -> insufficient-points
    2025-04-02 award  01-001 yard            -> 1, balance 50
    2025-04-03 redeem 01-001 oil             -> out-of-stock
    """
    ledger = begin("dengjia", CLEANING, YOUZHA_PRICES, first_day="2025-01-01", households={"01-001": "张三"})
    tell(ledger)
    first, second = ledger.tally("2025Q1").total, ledger.tally("2025Q2").total
    expected: object = (0, 60, -11, 49)
    assert expected == (first.opening, first.earned, first.redeemed, first.closing)
    following: object = (49, 1, 0, 50)
    assert following == (second.opening, second.earned, second.redeemed, second.closing)
