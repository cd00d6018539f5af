"""pointsledger: an append-only ledger of a village's merit points, redeemable and auditable."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsledger.batches import BatchReversal
    from pointsledger.bound import BoundLedger
    from pointsledger.checkpoints import IssuedCheckpoint
    from pointsledger.copies import Backup
    from pointsledger.decisions.due import Due
    from pointsledger.errors import PointsLedgerError
    from pointsledger.findings import AuditReport, Finding
    from pointsledger.hand_ins import HandedIn
    from pointsledger.ledger import Ledger
    from pointsledger.open_batch import OpenBatch
    from pointsledger.receipts import Correction, Receipt
    from pointsledger.recoveries import Recovery
    from pointsledger.reports.books import Books
    from pointsledger.reports.explanation import Explanation
    from pointsledger.reports.money import FundsHeld, LiabilityShown
    from pointsledger.reports.readings import AccountBalance, Statement, TrialBalance
    from pointsledger.reports.rehearsal import Rehearsal
    from pointsledger.reports.stock import Stock
    from pointsledger.reports.tally import Tally
    from pointsledger.reports.tallying import VillageTally
    from pointsledger.rules.catalog import PriceList
    from pointsledger.rules.checkpoint import Checkpoint
    from pointsledger.rules.closing_slip import ClosingSlip
    from pointsledger.rules.growth import Growth
    from pointsledger.rules.proof import Proof
    from pointsledger.rules.rulebook import RuleBook
    from pointsledger.rules.signed_note import VerifierKey
    from pointsledger.sheets.importing import ImportReport
    from pointsledger.signing import SigningKey
    from pointsledger.storage.hosts import include_object, prepare
    from pointsledger.verifying import Verdict, verify
    from pointsledger.witness import Witness

__all__ = [
    "AccountBalance",
    "AuditReport",
    "Backup",
    "BatchReversal",
    "Books",
    "BoundLedger",
    "Checkpoint",
    "ClosingSlip",
    "Correction",
    "Due",
    "Explanation",
    "Finding",
    "FundsHeld",
    "Growth",
    "HandedIn",
    "ImportReport",
    "IssuedCheckpoint",
    "Ledger",
    "LiabilityShown",
    "OpenBatch",
    "PointsLedgerError",
    "PriceList",
    "Proof",
    "Receipt",
    "Recovery",
    "Rehearsal",
    "RuleBook",
    "SigningKey",
    "Statement",
    "Stock",
    "Tally",
    "TrialBalance",
    "Verdict",
    "VerifierKey",
    "VillageTally",
    "Witness",
    "include_object",
    "prepare",
    "verify",
]

_HOMES = {
    "AccountBalance": "reports.readings",
    "AuditReport": "findings",
    "Backup": "copies",
    "BatchReversal": "batches",
    "Books": "reports.books",
    "BoundLedger": "bound",
    "Checkpoint": "rules.checkpoint",
    "ClosingSlip": "rules.closing_slip",
    "Correction": "receipts",
    "Due": "decisions.due",
    "Explanation": "reports.explanation",
    "Finding": "findings",
    "FundsHeld": "reports.money",
    "Growth": "rules.growth",
    "HandedIn": "hand_ins",
    "ImportReport": "sheets.importing",
    "IssuedCheckpoint": "checkpoints",
    "Ledger": "ledger",
    "LiabilityShown": "reports.money",
    "OpenBatch": "open_batch",
    "PointsLedgerError": "errors",
    "PriceList": "rules.catalog",
    "Proof": "rules.proof",
    "Receipt": "receipts",
    "Recovery": "recoveries",
    "Rehearsal": "reports.rehearsal",
    "RuleBook": "rules.rulebook",
    "SigningKey": "signing",
    "Statement": "reports.readings",
    "Stock": "reports.stock",
    "Tally": "reports.tally",
    "TrialBalance": "reports.readings",
    "Verdict": "verifying",
    "VerifierKey": "rules.signed_note",
    "VillageTally": "reports.tallying",
    "Witness": "witness",
    "include_object": "storage.hosts",
    "prepare": "storage.hosts",
    "verify": "verifying",
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
