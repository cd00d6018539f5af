"""A book: what can be done to it and asked of it, in whatever transaction it is held open."""

from __future__ import annotations

from pointsledger.acts import Acts
from pointsledger.call_backs import CallBacks
from pointsledger.checkpoints import Checkpoints
from pointsledger.inspection.inspecting import Inspections
from pointsledger.recoveries import Recoveries
from pointsledger.reports.explaining import Disputes
from pointsledger.reports.rehearsing import Rehearsals
from pointsledger.shops import Shops


class Book(Acts, Disputes, Rehearsals, Shops, Checkpoints, CallBacks, Inspections, Recoveries):
    """The single acts and the questions of a village's book, each on a transaction that a face of it opens."""
