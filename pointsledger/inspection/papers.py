"""Papers: what an inspector asks for at once of one village, beside what the checks found."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pointsledger.errors import PointsLedgerError
from pointsledger.findings import AuditReport
from pointsledger.inspection.called_back import CallBacksMade
from pointsledger.inspection.inspecting import Inspection
from pointsledger.reports.books import Books
from pointsledger.reports.readings import RedemptionMade
from pointsledger.reports.tally import Tally


@dataclass(frozen=True, slots=True)
class Papers:
    """What the checks found, and the lists of the period: tally, books, redemptions, calls."""

    inspection: Inspection
    tally: Tally
    books: Books
    redemptions: tuple[RedemptionMade, ...]
    call_backs: CallBacksMade

    def without_lists(self) -> Papers:
        """Return the same without the long lists, once they are written: a county has thousands of villages."""
        return replace(self, tally=replace(self.tally, rows=()), redemptions=())


@dataclass(frozen=True, slots=True)
class VillageInspected:
    """One village of a pack: its pages' folder, its audit, its papers, or the ``error`` for which it has none.

    A book that began after the period has nothing to inspect, which is no fault (``began_later``).
    """

    village: str
    folder: str
    audit: AuditReport | None
    papers: Papers | None
    error: PointsLedgerError | None
    began_later: bool = False

    @property
    def sound(self) -> bool:
        """Whether it was inspected, or began later, and its audit found nothing broken."""
        return (self.error is None or self.began_later) and self.audit is not None and self.audit.whole
