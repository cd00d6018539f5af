"""October: a sheet of Nanyu that the tests of import and of its corrections share."""

from __future__ import annotations

from decimal import Decimal

from pointsledger import Ledger

TITLE = "南峪村2025年10月积分登记表"
HEADINGS = "序号,日期,户号,姓名,事项,数量,等级,加扣,审核人,备注"
GOOD = (
    "1,2025-10-03,03-017,李四,庭院整洁,,,,panel:1;panel:2,",
    "2,2025/10/4,03-018,,植树,3,,,,东坡",
    "3,2025年10月5日,04-001,,表彰,,县级,,,",
    "4,2025-10-06,03-017,,门前卫生,,,扣分,,",
    "5,2025.10.07,03-018,王五,patrol,1.5,,award,,",
)


def held(ledger: Ledger) -> list[Decimal]:
    """Return the balance of every household."""
    return [each.balance for each in ledger.balances()]
