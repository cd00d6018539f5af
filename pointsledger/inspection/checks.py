"""The checks: every question of an inspection, in the order in which its pages stand.

Kin who act for one another, redemptions that were refused, and notices join when there are such acts: a check is a
class as ``view.Check`` has it, with its place in this list and its thresholds in ``thresholds``.
"""

from __future__ import annotations

from pointsledger.inspection.answers import AnswersChanged, NotCalled, NotDrawn
from pointsledger.inspection.approvals import OwnApproval, OwnHousehold
from pointsledger.inspection.bursts import DayBursts, MinuteBursts
from pointsledger.inspection.collectors import CollectorsForMany, NamesNotInRegister
from pointsledger.inspection.goods import GoodsNotTakenIn, MonthsBelowZero, PriceOffList, RefundsGoodsKept
from pointsledger.inspection.lateness import LateEntries
from pointsledger.inspection.reversals import ReversedAfterSpending
from pointsledger.inspection.rewritings import Rewritten
from pointsledger.inspection.round_awards import RoundAwards
from pointsledger.inspection.service_times import OverlappingTimes
from pointsledger.inspection.unevidenced import SameEvidence, ServiceWithoutTimes, WithoutEvidence
from pointsledger.inspection.view import Check

CHECKS: tuple[type[Check], ...] = (
    CollectorsForMany,
    NamesNotInRegister,
    OwnApproval,
    OwnHousehold,
    WithoutEvidence,
    ServiceWithoutTimes,
    SameEvidence,
    LateEntries,
    MinuteBursts,
    DayBursts,
    RoundAwards,
    OverlappingTimes,
    ReversedAfterSpending,
    PriceOffList,
    GoodsNotTakenIn,
    RefundsGoodsKept,
    MonthsBelowZero,
    NotDrawn,
    NotCalled,
    AnswersChanged,
    Rewritten,
)
"""Every check there is."""
