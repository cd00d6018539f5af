"""The kinds of record there are: for each, what may be said, how it is decided and which rows it changes.

A kind's version is raised when another body would come from the same command and state, or when what may be said
changes; the old version stays here, with the functions it had, and replays for ever. Where only other rows come of
the same record, it is the schema's version that is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pointsledger.decisions.adopting import apply_adoption, decide_adoption
from pointsledger.decisions.amending import AMEND, apply_amendment, decide_amendment
from pointsledger.decisions.awarding import AWARD, DEDUCT, apply_deed, decide_award, decide_deduction
from pointsledger.decisions.calling_back import CALL_BACK, decide_call_back
from pointsledger.decisions.closing import CLOSE, apply_close, close_as_told, decide_close
from pointsledger.decisions.correcting import (
    apply_batch_reversal,
    apply_reversal,
    decide_batch_reversal,
    decide_reversal,
)
from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.enrolling import (
    NOBODY,
    apply_enrolment,
    apply_operator,
    check_people,
    decide_enrolment,
    decide_operator,
)
from pointsledger.decisions.erasing import ERASE, apply_erasure, decide_erasure, refuse_erased
from pointsledger.decisions.funding import FUND_IN, FUND_OUT, apply_spending, decide_fund_in, decide_fund_out
from pointsledger.decisions.genesis import apply_genesis, decide_genesis
from pointsledger.decisions.granting import BASE, apply_base, decide_base
from pointsledger.decisions.lapsing import LAPSE, apply_lapse, decide_lapse
from pointsledger.decisions.movements import moved
from pointsledger.decisions.opening import apply_opening, decide_opening
from pointsledger.decisions.recovering import RECOVERED, decide_recovery
from pointsledger.decisions.redeeming import REDEEM, apply_redemption, decide_redemption
from pointsledger.decisions.refunding import REFUND, apply_refund, decide_refund
from pointsledger.decisions.reserving import (
    CANCEL,
    HAND_OVER,
    RELEASE,
    RESERVE,
    apply_cancellation,
    apply_hand_over,
    apply_release,
    apply_reservation,
    decide_cancellation,
    decide_hand_over,
    decide_release,
    decide_reservation,
)
from pointsledger.decisions.rewarding import REWARD, decide_reward
from pointsledger.decisions.shelving import (
    STOCKTAKE,
    TRANSFER,
    WRITE_OFF,
    decide_stocktake,
    decide_transfer,
    decide_write_off,
)
from pointsledger.decisions.shops import PAUSE, RESUME, apply_pause, apply_resume, decide_pause, decide_resume
from pointsledger.decisions.state import State
from pointsledger.decisions.stocking import INTAKE, apply_intake, decide_intake, decide_opening_stock
from pointsledger.decisions.stored import damaged
from pointsledger.rules.said import check_said
from pointsledger.values.records import Command, Record
from pointsledger.values.visible import quoted
from pointsledger.values.words import Words

Rows = list[tuple[Any, ...]]

_NO_KIND = Words(
    "record {seq} is of kind {kind}, version {version}, which this release does not know, though a newer one may",
    "第 {seq} 号记录的种类 {kind}（版本 {version}）本程序不认识，更新的版本或许认识",
)


class Field(NamedTuple):
    """A field that may be said, and its type."""

    name: str
    type: type
    optional: bool


class Kind(NamedTuple):
    """One version of one kind of act: what may be said, how it is decided, which rows it changes."""

    said: tuple[Field, ...]
    decide: Callable[[State, Command], Record]
    apply: Callable[[State, Record], Rows]


def _nothing(state: State, record: Record) -> Rows:  # noqa: ARG001 - every kind's signature
    return []


def _moving(own: Callable[[State, Record], Rows] = _nothing) -> Callable[[State, Record], Rows]:
    """Return what a kind that moves value changes: what every movement does, and its own rows."""

    def apply_both(state: State, record: Record) -> Rows:
        return moved(state, record) + own(state, record)

    return apply_both


def _form(**types: type) -> tuple[Field, ...]:
    """Return the fields of a kind; a name that ends with an underscore may be left out."""
    return tuple(Field(name.rstrip("_"), expected, name[-1] == "_") for name, expected in types.items())


_DOCUMENT = _form(document=dict)
_DEED = _form(
    account=str,
    activity=str,
    quantity_=str,
    level_=str,
    resident_=str,
    on_=str,
    approved_by_=list,
    batch_=str,
    row_=str,
    corrects_=int,
    remark_=str,
)
_SERVICE = _form(minutes_=int, started_at_=str, ended_at_=str)
_GOODS = _form(item=str, pieces=int, unit_cost_fen_=int, best_before_=str, remark_=str)
_INTAKE = _form(source=str, on_=str, shop_=str, fund_=str, invoice_=str, donor_=str, wish_=str)
_TRANSFER = _form(item=str, pieces=int, from_shop=str, to_shop=str, on_=str, remark_=str)
_WRITE_OFF = _form(item=str, pieces=int, shop_=str, reason=str, on_=str, remark_=str)
_STOCKTAKE = _form(counts=list, shop_=str, reason_=str, remark_=str)
_MONEY = _form(fund=str, fen=int, reference_=str, on_=str, remark_=str)
_FUND_IN = _MONEY + _form(giver=str, nature=str, donor_=str)
_FUND_OUT = _MONEY + _form(purpose=str)
_RECIPIENT = _form(household_=str, group_=str, organisation_=str)
_GIVEN = _form(items_=list, shop_=str, fund_=str, fen_=int)
_REWARD = _RECIPIENT + _GIVEN + _form(ground=str, reference_=str, on_=str, remark_=str)
_GENESIS = _form(zone=str, decimals=int, cut_off_day=int, first_period=str, nonce=str)
_OPERATOR = _form(operator=str, pin=str)
_ENROLMENT = _form(account=str, pin=str, group_=str, residents=list, remark_=str)
_OPENING = _form(account=str, points=int, remark_=str)
_ORDER = _form(account=str, items=list, shop_=str, remark_=str)
_COLLECTED = _form(collector_=str, collector_name_=str, cash_fen_=int)
_REDEMPTION = _ORDER + _COLLECTED + _form(on_=str, handed_over_=int, batch_=str, row_=str)
_HAND_OVER = _COLLECTED + _form(redemption=int, remark_=str)
_CANCEL = _form(redemption=int, cause=str, reason_=str)
_RELEASE = _form(redemption=int)
_REFUND = _form(redemption=int, items_=list, points_=int, returned_=int, cause=str, on_=str, reason_=str)
_REVERSAL = _form(seq=int, replaced_=int, makes_way_for_=int, corrected_=int, reason_=str)
_LAPSE = _form(account=str, last_day=str, period_=str)
_CLOSE = _form(period=str, secret_=str, remark_=str)
_BASE = _form(account=str, base=str, span=str, on=str)
_BATCH_REVERSAL = _form(batch=str, reason_=str)
_PAUSE = _form(shop=str, until_=str, reason=str)
_RESUME = _form(shop=str, remark_=str)
_DRAW = _form(draw_size_=int, draw_number_=str, draw_period_=str, draw_count_=int)
_CALL_BACK = _form(account=str, answer=str, on_=str, remark_=str) + _DRAW
_ERASURE = _form(erased_=list, texts_=list, legal_ground=str, remark_=str)
_AMENDMENT = _form(amended=list, former_name_=str, former_code_=str, remark_=str)
_RECOVERED = _form(lost_from=int, lost_through_=int, last_on_=str, heads_=list, extends_=int, reason=str)

KINDS: dict[tuple[str, int], Kind] = {
    ("genesis", 1): Kind(_GENESIS, decide_genesis, apply_genesis),
    ("operator", 1): Kind(_OPERATOR, decide_operator, apply_operator),
    (RULEBOOK, 1): Kind(_DOCUMENT, decide_adoption, apply_adoption),
    (PRICES, 1): Kind(_DOCUMENT, decide_adoption, apply_adoption),
    ("enrol", 1): Kind(_ENROLMENT, decide_enrolment, apply_enrolment),
    ("opening", 1): Kind(_OPENING, decide_opening, _moving(apply_opening)),
    ("opening-stock", 1): Kind(_GOODS + _form(shop_=str), decide_opening_stock, _moving()),
    (INTAKE, 1): Kind(_GOODS + _INTAKE, decide_intake, _moving(apply_intake)),
    (TRANSFER, 1): Kind(_TRANSFER, decide_transfer, _moving()),
    (WRITE_OFF, 1): Kind(_WRITE_OFF, decide_write_off, _moving()),
    (STOCKTAKE, 1): Kind(_STOCKTAKE, decide_stocktake, _moving()),
    (FUND_IN, 1): Kind(_FUND_IN, decide_fund_in, _moving()),
    (FUND_OUT, 1): Kind(_FUND_OUT, decide_fund_out, _moving(apply_spending)),
    (REWARD, 1): Kind(_REWARD, decide_reward, _moving(apply_spending)),
    (AWARD, 1): Kind(_DEED + _SERVICE, decide_award, _moving(apply_deed)),
    (DEDUCT, 1): Kind(_DEED + _SERVICE, decide_deduction, _moving(apply_deed)),
    (REDEEM, 1): Kind(_REDEMPTION, decide_redemption, _moving(apply_redemption)),
    (RESERVE, 1): Kind(_ORDER, decide_reservation, _moving(apply_reservation)),
    (HAND_OVER, 1): Kind(_HAND_OVER, decide_hand_over, _moving(apply_hand_over)),
    (CANCEL, 1): Kind(_CANCEL, decide_cancellation, _moving(apply_cancellation)),
    (RELEASE, 1): Kind(_RELEASE, decide_release, _moving(apply_release)),
    (REFUND, 1): Kind(_REFUND, decide_refund, _moving(apply_refund)),
    (BASE, 1): Kind(_BASE, decide_base, _moving(apply_base)),
    (LAPSE, 1): Kind(_LAPSE, decide_lapse, _moving(apply_lapse)),
    (CLOSE, 1): Kind(_CLOSE, decide_close, apply_close),
    ("reverse", 1): Kind(_REVERSAL, decide_reversal, _moving(apply_reversal)),
    ("reverse-batch", 1): Kind(_BATCH_REVERSAL, decide_batch_reversal, apply_batch_reversal),
    (PAUSE, 1): Kind(_PAUSE, decide_pause, apply_pause),
    (RESUME, 1): Kind(_RESUME, decide_resume, apply_resume),
    (CALL_BACK, 1): Kind(_CALL_BACK, decide_call_back, _nothing),
    (ERASE, 1): Kind(_ERASURE, decide_erasure, apply_erasure),
    (AMEND, 1): Kind(_AMENDMENT, decide_amendment, apply_amendment),
    (RECOVERED, 1): Kind(_RECOVERED, decide_recovery, _nothing),
}

CURRENT: dict[str, int] = {}
for _kind, _version in KINDS:
    CURRENT[_kind] = max(_version, CURRENT.get(_kind, 0))


def decide(state: State, command: Command, newcomers: frozenset[str] = NOBODY) -> Record:
    """Return the record that answers ``command``, as its kind's version decides; nothing changes.

    ``newcomers`` are operators whose introduction is about to be recorded before it.

    Raises:
        RefusedError, InputError: what the rules say.
        TypeError, ValueError: if what is said has not the form of its kind, which no act of ours does.
        LedgerDamaged: if there is no such kind, likewise.

    """
    kind = _known(state, command)
    _check_form(kind.said, command.said)
    check_said(command.said)
    if command.kind != "genesis" and command.by != command.said.get("operator"):
        check_people(state, command, newcomers)
    record = kind.decide(state, command)
    refuse_erased(state, record)
    return record


def decide_again(state: State, record: Record) -> Record:
    """Decide a record of the journal again, from the book as it was before it."""
    command = record.command()
    decided = decide(state, command)
    return close_as_told(decided, record) if record.kind == CLOSE else decided


def apply(state: State, record: Record) -> Rows:
    """Return the rows that ``record`` changes; nothing changes yet."""
    return _known(state, record).apply(state, record)


def _known(state: State, act: Command | Record) -> Kind:
    """Return the kind of an act, in its version.

    Raises:
        LedgerDamaged: if there is none, which no act of ours is of: it stands in the journal.

    """
    kind = KINDS.get((act.kind, act.version))
    if kind is None:
        raise damaged(state.village, _NO_KIND.about(seq=state.size + 1, kind=quoted(act.kind), version=act.version))
    return kind


def _check_form(form: tuple[Field, ...], said: Mapping[str, Any]) -> None:
    """See that nothing is said but what the kind knows, each in its type, and nothing lacks."""
    known = 0
    for name, expected, optional in form:
        value = said.get(name)
        if type(value) is expected:
            known += 1
        elif value is not None or not optional:
            message = f"{name} should be {expected.__name__}, not {value!r}"
            raise TypeError(message)
    if known != len(said):
        message = f"unknown fields among {sorted(said)}"
        raise TypeError(message)
