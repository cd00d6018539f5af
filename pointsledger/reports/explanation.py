"""Explanations: a household's statement with the reason of every figure, to be read out at the wall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pointsledger.reports import reading_out
from pointsledger.reports.readings import RedeemedItem, StatementLine
from pointsledger.rules.bridge import PRIOR
from pointsledger.rules.expiry import Expiry
from pointsledger.values.calendar import months_in


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """The rule that a deed or a base was decided by, as version ``rulebook`` of the rule book, called ``book``, has it.

    ``points`` is what one of its unit (``per``) is worth on that day, ``name`` goes with the level where there is one.
    Of a base ``span`` is the month, quarter, half-year or year that it was granted for, or ``ever``.
    """

    rulebook: int
    book: str
    code: str
    name: str
    per: str
    points: Decimal | None
    text: str = ""
    source: str = ""
    base: bool = False
    span: str = ""


@dataclass(frozen=True, slots=True)
class LimitCut:
    """What a limit took off a deed: at most ``points``, or ``times``, for each ``by`` and ``per`` span.

    ``of`` is what it limits: ``activity:CODE``, ``category:CODE``, ``all`` or ``ceiling``; ``name`` is that in words.
    ``used`` is what of its points was used up before the deed.
    """

    of: str
    name: str
    by: str
    per: str
    points: Decimal | None
    times: int | None
    used: Decimal | None
    cut: Decimal


@dataclass(frozen=True, slots=True)
class LapsedLot:
    """What lapsed of points that were granted together: by which record, for a deed of which day, and how they end.

    ``last_day`` is the last day on which they could be spent, if they were no ``floor``; where it was the close of a
    month that cleared them, ``clears_with`` is that month. It comes from the ``expiry`` of version ``rulebook`` of
    the rule book; both are 0 and None where no rule book said it.
    """

    seq: int
    name: str
    on: str
    granted: Decimal
    points: Decimal
    last_day: str
    rulebook: int = 0
    expiry: Expiry | None = None
    floor: bool = False
    clears_with: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One line of the statement, ``movement``, with its reasons.

    ``requested`` is what a deed was worth and ``granted`` what was left of it; ``cuts`` took off the difference.
    ``multiplier`` is the factor that applied, ``multiplier_text`` what the rule book says of it. Of what came in,
    ``settled`` paid what was owed before; of what went out, ``arrears`` were not there and are owed and ``written_off``
    was let go. ``expires_on`` is the last day of what came in, ``clears_with`` the month whose close clears them
    instead; a ``floor`` can never be spent. ``lapsed`` are the lots that lapsed, ``items`` what was bought at the
    prices of version ``prices``. ``exact`` is what a deed comes to where part of a point was dropped of it;
    ``paid_minutes`` is how many minutes of a service count, where the rule book rounds them, of ``minutes_served``.
    """

    movement: StatementLine
    rule: AppliedRule | None = None
    requested: Decimal | None = None
    granted: Decimal | None = None
    multiplier: Decimal | None = None
    cuts: tuple[LimitCut, ...] = ()
    settled: Decimal = Decimal(0)
    arrears: Decimal = Decimal(0)
    written_off: Decimal = Decimal(0)
    expires_on: str = ""
    lapsed: tuple[LapsedLot, ...] = ()
    items: tuple[RedeemedItem, ...] = ()
    prices: int = 0
    clears_with: str = ""
    floor: bool = False
    exact: Decimal | None = None
    paid_minutes: Decimal | None = None
    minutes_served: Decimal | None = None
    multiplier_text: str = ""

    def say(self, lang: str = "en") -> tuple[str, ...]:
        """Return what moved and why, a sentence each."""
        return reading_out.reasons(self, lang)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every line of a household's period with its reasons; the lines add up from ``opening`` to ``closing``."""

    village: str
    household: str
    name: str
    group: str
    period: str
    opening: Decimal
    lines: tuple[ExplainedLine, ...]
    closing: Decimal

    @property
    def sums(self) -> dict[str, Decimal]:
        """Return what each heading (``earned``, ``redeemed`` …) comes to, in the order in which they first occur.

        What counts in the period for a month outside it is ``prior``, whatever its heading, as in the tally.
        """
        sums: dict[str, Decimal] = {}
        months = ("", *months_in(self.period))
        for line in self.lines:
            moved = line.movement
            heading = moved.heading if moved.for_period in months else PRIOR
            sums[heading] = sums.get(heading, Decimal(0)) + moved.points
        return sums

    @property
    def foots(self) -> bool:
        """Tell whether the lines lead from the opening to the closing, as they do in a book that is whole."""
        return self.opening + sum(self.sums.values()) == self.closing

    def say(self, lang: str = "en") -> str:
        """Return the whole as a sheet that a clerk can read out: line by line, in English or Chinese."""
        return reading_out.sheet(self, lang)

    def __iter__(self) -> Iterator[ExplainedLine]:
        """Go through the lines."""
        return iter(self.lines)
