"""pointsledger: an append-only ledger of a village's merit points, redeemable and auditable."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsledger.batches import BatchReversal
    from pointsledger.bound import BoundLedger
    from pointsledger.decisions.due import Due
    from pointsledger.errors import PointsLedgerError
    from pointsledger.findings import AuditReport, Finding
    from pointsledger.ledger import Ledger, OpenBatch
    from pointsledger.receipts import Correction, Receipt
    from pointsledger.reports.books import Books
    from pointsledger.reports.explanation import Explanation
    from pointsledger.reports.money import FundsHeld, LiabilityShown
    from pointsledger.reports.readings import AccountBalance, Statement, TrialBalance
    from pointsledger.reports.rehearsal import Rehearsal
    from pointsledger.reports.stock import Stock
    from pointsledger.reports.tally import Tally
    from pointsledger.reports.tallying import VillageTally
    from pointsledger.rules.catalog import PriceList
    from pointsledger.rules.rulebook import RuleBook
    from pointsledger.sheets.importing import ImportReport
    from pointsledger.storage.hosts import include_object, prepare

__all__ = [
    "AccountBalance",
    "AuditReport",
    "BatchReversal",
    "Books",
    "BoundLedger",
    "Correction",
    "Due",
    "Explanation",
    "Finding",
    "FundsHeld",
    "ImportReport",
    "Ledger",
    "LiabilityShown",
    "OpenBatch",
    "PointsLedgerError",
    "PriceList",
    "Receipt",
    "Rehearsal",
    "RuleBook",
    "Statement",
    "Stock",
    "Tally",
    "TrialBalance",
    "VillageTally",
    "include_object",
    "prepare",
]

_HOMES = {
    "AccountBalance": "reports.readings",
    "AuditReport": "findings",
    "BatchReversal": "batches",
    "Books": "reports.books",
    "BoundLedger": "bound",
    "Correction": "receipts",
    "Due": "decisions.due",
    "Explanation": "reports.explanation",
    "Finding": "findings",
    "FundsHeld": "reports.money",
    "ImportReport": "sheets.importing",
    "Ledger": "ledger",
    "LiabilityShown": "reports.money",
    "OpenBatch": "ledger",
    "PointsLedgerError": "errors",
    "PriceList": "rules.catalog",
    "Receipt": "receipts",
    "Rehearsal": "reports.rehearsal",
    "RuleBook": "rules.rulebook",
    "Statement": "reports.readings",
    "Stock": "reports.stock",
    "Tally": "reports.tally",
    "TrialBalance": "reports.readings",
    "VillageTally": "reports.tallying",
    "include_object": "storage.hosts",
    "prepare": "storage.hosts",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load a name when it is first used, so that importing the package loads no database."""
    if name in _HOMES:
        return getattr(import_module(f"pointsledger.{_HOMES[name]}"), name)
    message = f"module 'pointsledger' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
