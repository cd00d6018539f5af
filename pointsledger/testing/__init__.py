"""For tests of programs that keep a book: a fixed clock, temporary books, Hypothesis strategies and the contract.

Nothing of it is loaded by ``import pointsledger``. It needs pytest and Hypothesis: ``pip install
'pointsledger[testing]'``; the clock and the temporary books do without.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pointsledger.errors import ExtraMissing

if TYPE_CHECKING:
    from pointsledger.testing.acts import Deed, Intake, Redemption, breaches, deeds, intakes, redemptions, villages
    from pointsledger.testing.clock import FixedClock
    from pointsledger.testing.documents import pricelists, rulebooks
    from pointsledger.testing.figures import amounts, days, names, operators, remarks, requests
    from pointsledger.testing.hosted import HostedLedger
    from pointsledger.testing.people import household_codes, households
    from pointsledger.testing.village import SMALL_VILLAGE, Enrolment, Village, temporary_ledger

__all__ = [
    "SMALL_VILLAGE",
    "Deed",
    "Enrolment",
    "FixedClock",
    "HostedLedger",
    "Intake",
    "Redemption",
    "Village",
    "amounts",
    "breaches",
    "days",
    "deeds",
    "household_codes",
    "households",
    "intakes",
    "names",
    "operators",
    "pricelists",
    "redemptions",
    "remarks",
    "requests",
    "rulebooks",
    "temporary_ledger",
    "villages",
]

_NAMES = {
    "acts": ("Deed", "Intake", "Redemption", "breaches", "deeds", "intakes", "redemptions", "villages"),
    "clock": ("FixedClock",),
    "documents": ("pricelists", "rulebooks"),
    "figures": ("amounts", "days", "names", "operators", "remarks", "requests"),
    "hosted": ("HostedLedger",),
    "people": ("household_codes", "households"),
    "village": ("SMALL_VILLAGE", "Enrolment", "Village", "temporary_ledger"),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}
_PARTS = frozenset({"hypothesis", "pytest"})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load a name when it is first used, so that the clock is had without Hypothesis."""
    if name in _HOMES:
        try:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        except ModuleNotFoundError as error:
            if error.name in _PARTS:
                raise ExtraMissing(feature=f"{__name__}.{name}", extra="testing") from error
            raise
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
