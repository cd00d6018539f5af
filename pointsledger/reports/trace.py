"""Traces: where the value in a record came from, link by link, and where it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pointsledger.reports import trace_sheet
from pointsledger.reports.explanation import AppliedRule
from pointsledger.reports.readings import RedeemedItem


@dataclass(frozen=True, slots=True)
class TracedRecord:
    """A record on the way: what was done, for whom, by which rule, who recorded and approved it, and what they said.

    ``redemption`` is the exchange that it began, completed or gave back, ``state`` what became of that by now and
    ``refunded`` what was given back of its points. ``reverses``, ``reversed_by``, ``corrects`` and ``corrected_by`` are
    as in a statement. ``details`` are the other words of the act (shop, invoice, fund, cost of a piece …), ``texts``
    the free text that is kept beside it (donor, wish …).
    """

    seq: int
    kind: str
    on: str
    recorded_at: str
    by: str
    approved_by: tuple[str, ...] = ()
    household: str = ""
    name: str = ""
    member: str = ""
    points: Decimal | None = None
    rule: AppliedRule | None = None
    items: tuple[RedeemedItem, ...] = ()
    prices: int = 0
    collector: str = ""
    collector_name: str = ""
    redemption: int = 0
    state: str = ""
    refunded: Decimal = Decimal(0)
    reverses: int = 0
    reversed_by: int = 0
    corrects: int = 0
    corrected_by: int = 0
    reason: str = ""
    remark: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """What came from one lot: ``amount`` of ``unit``, negative where it went back to it.

    ``unit`` is ``points``, ``item:`` and an item's code, or ``yuan``; ``unit_name`` names the good. The lot was made by
    ``record`` with ``granted`` in all, on ``account``: a household's code, ``shelf:`` and a shop, or ``fund:`` and a
    fund. ``last_day`` is its last day or best-before date, ``unit_cost_fen`` the cost of a piece. ``origins`` are what
    it was made of in its turn.
    """

    unit: str
    unit_name: str
    amount: Decimal
    granted: Decimal
    account: str
    record: TracedRecord
    last_day: str = ""
    unit_cost_fen: int = 0
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """What a record took from the lots of the one that is traced: ``amount`` of ``unit``, negative if it gave it back.

    ``heading`` says as what: as in a statement (``redeemed``, ``expired`` …), ``settled`` if it paid what was owed, or
    ``held`` for a reservation.
    """

    unit: str
    unit_name: str
    amount: Decimal
    heading: str
    record: TracedRecord


@dataclass(frozen=True, slots=True)
class Trace:
    """A record with what it was made of (``origins``), where its lots went (``uses``), and what ``followed`` from it.

    That is what undid it, stands in its place, ended its reservation or refunded it. Of the uses it has a page;
    ``more`` tells whether there are others behind the last. ``owed`` was taken though it was not there. ``whole`` tells
    whether the origins are all there: of a chain too long for one answer each link can be traced by itself.
    """

    village: str
    record: TracedRecord
    followed: tuple[TracedRecord, ...]
    origins: tuple[Origin, ...]
    uses: tuple[Use, ...]
    more: bool
    owed: Decimal
    whole: bool

    def say(self, lang: str = "en") -> str:
        """Return the whole as a sheet in English or Chinese, a line for each link."""
        return trace_sheet.sheet(self, lang)
