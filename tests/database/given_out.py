"""A second month of the book that was lived in, and everything that it gives out, for others to keep."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pointsledger import Ledger
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.signing import SigningKey
from pointsledger.slips import checkpoint_slip, closing_slip, receipt_slip
from pointsledger.testing import FixedClock
from pointsledger.witness import Witness
from tests.database.lived_in import LATER_PRICES, SHOP_RULES, VILLAGE

MONTH = "2026-04"
HOUSEHOLD = "03-018"
VILLAGE_KEY = SigningKey.generate("nanyu")
TOWNSHIP_KEY = SigningKey.generate("township", witness=True)

_LIST = LATER_PRICES.replace("2026-03-10", "2026-04-19").replace("价目表二", "价目表三")
_ENDING = SHOP_RULES.replace("2026-04-09", "2026-04-19").replace("（三修订）", "（四修订）")
_ENDING = _ENDING.replace(
    '[[activity]]\ncode = "yard"', '[expiry]\npolicy = "days"\ndays = 2\n[[activity]]\ncode = "yard"'
)
_SHEET = "日期,户号,事项,加扣\n2026-04-19,03-018,清运垃圾,加分\n"


def go_on(
    path: Path, folder: Path, *, village: str = VILLAGE, quantity: int = 1, key: SigningKey | None = None
) -> None:
    """Go on with the book to the end of its second month, so that every table has other rows than before, and close."""
    sheet, clock = folder / "second-sheet.csv", FixedClock("2026-04-19T12:00")
    sheet.write_text(_SHEET, encoding="utf-8")
    with Ledger.open(path, village=village, clock=clock) as ledger:
        ledger.enrol(
            "03-021", head="郑十一", group="五组", members=["郑十二"], by="clerk:1", remark="新户", request="m-1"
        )
        ledger.adopt_prices(PriceList.from_toml(_LIST, file="prices.toml", decimals=0), by="clerk:1")
        ledger.adopt_rules(RuleBook.from_toml(_ENDING, file="rules.toml", decimals=0), by="clerk:1")
        ledger.import_deeds(sheet, period=MONTH, by="clerk:3")
        deed = ledger.award(HOUSEHOLD, "tidy", quantity=quantity, by="clerk:1", request="m-2")
        ledger.award(HOUSEHOLD, "yard", by="clerk:1", request="m-3")
        ledger.award(HOUSEHOLD, "yard", by="clerk:1", request="m-4")
        ledger.award(HOUSEHOLD, "yard", by="clerk:1", request="m-5")  # more than the month allows
        ledger.fund_in("shop", "80.00", source="society", by="clerk:1", request="m-6")
        ledger.stock_in("soap", 6, unit_cost_fen=260, fund="shop", invoice="0043", by="shop:1", request="m-7")
        ledger.redeem(HOUSEHOLD, {"soap": 1}, by="shop:1", request="m-8")
        ledger.reverse(deed.seq, reason="记重了", by="clerk:1", request="m-9")
        ledger.pause_shop("east", reason="盘点", until="2026-05-31", by="shop:1", request="m-10")
        ledger.award(HOUSEHOLD, "tidy", quantity=3, by="clerk:1", request="m-11")
        clock.set("2026-05-02T09:00")
        ledger.expire(by="clerk:1")
        ledger.close(MONTH, by="clerk:1", request="m-12")
        ledger.checkpoint(key=key)


Giving = Callable[[Ledger, Path], str]


def _hand_in(ledger: Ledger, folder: Path) -> str:
    path = folder / "a.hand-in"
    path.unlink(missing_ok=True)
    ledger.hand_in(MONTH, path, key=VILLAGE_KEY)
    return path.read_text(encoding="utf-8")


def _cosigned(ledger: Ledger, folder: Path) -> str:
    kept = folder / "township"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    return Witness(kept, TOWNSHIP_KEY).cosign(ledger.growth(0), signed_by=[VILLAGE_KEY.verifier]).note


def _line(ledger: Ledger) -> str:
    head = ledger.growth(1).checkpoint
    return f"2026-05-02 {head.size} {head.short}\n"


GROWN_FROM = 40
"""The records of the head that the proof of growth begins at."""

GIVEN: dict[str, Giving] = {
    "checkpoint": lambda ledger, _: ledger.growth(1).checkpoint.text(),
    "signed checkpoint": lambda ledger, _: ledger.growth(1).note,
    "cosigned checkpoint": _cosigned,
    "receipt": lambda ledger, _: ledger.proof(17).text(),
    "receipt of the last record": lambda ledger, _: ledger.proof(ledger.head().size).text(),
    "proof of growth": lambda ledger, _: ledger.growth(GROWN_FROM).text(),
    "closing slip": lambda ledger, _: ledger.closing_slip(HOUSEHOLD, MONTH).text(),
    "hand-in": _hand_in,
    "notice on the wall": lambda ledger, _: checkpoint_slip(ledger.growth(1).note, on="2026-05-02"),
    "printed receipt": lambda ledger, _: receipt_slip(ledger.proof(17)),
    "printed closing slip": lambda ledger, _: closing_slip(ledger.closing_slip(HOUSEHOLD, MONTH)),
    "page made elsewhere": lambda ledger, _: f"<pre>{ledger.growth(1).note}</pre>".replace("\n", "\r\n"),
    "line from paper": lambda ledger, _: _line(ledger),
}
"""What a book gives out, and how: each says the whole root or half of it, at one size."""

SIGNED = ("signed checkpoint", "cosigned checkpoint", "receipt", "closing slip", "hand-in")
"""What of it carries the signature of the village and can be verified by itself."""
