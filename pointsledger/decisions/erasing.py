"""Erasing: personal data that stands beside the journal is removed, and a record says of whom and on which ground.

The record names the people by their opaque ids and each free text by its record and field; what is in it names nobody.
Whose data is gone has no pin any more, by which the audit knows that nothing has to stand there, nor may. Points must
not be left without anybody who could spend them: a household is erased when nothing is left on its account.

    erase h-1 with members r-1 and r-2, and the remark of record 17  ->  their pins become empty
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pointsledger.decisions import retaining
from pointsledger.decisions.drafts import draft, shown, today
from pointsledger.decisions.references import with_those_it_is_about
from pointsledger.decisions.retaining import Kept
from pointsledger.decisions.state import State
from pointsledger.errors import (
    AlreadyErased,
    HouseholdErased,
    HouseholdHolds,
    NothingToErase,
    OwnErasure,
    RetentionRunning,
    UnknownAccount,
    UnknownOperator,
    UnknownRecord,
    UnknownResident,
)
from pointsledger.rules import chart
from pointsledger.rules.said import FORMER_FIELDS, ID_IN_TEXT
from pointsledger.values.calendar import day_after
from pointsledger.values.records import POINTS, Command, Record
from pointsledger.values.rows import Account, Operator, Resident

ERASE = "erase"


def decide_erasure(state: State, command: Command) -> Record:
    """Erase the profiles of some people and some free text, which this record names.

    Raises:
        NothingToErase: if it names neither.
        UnknownAccount, UnknownResident, UnknownOperator, UnknownRecord: if something named is not there.
        AlreadyErased: if somebody was erased before.
        OwnErasure: if it is the operator who records.
        HouseholdHolds: if points, reservations or arrears are left.
        RetentionRunning: if a rule book that was in force since it was recorded keeps the data for longer.

    """
    said: Any = command.said
    people: list[str] = said.get("erased", [])
    texts: list[dict[str, Any]] = said.get("texts", [])
    if not people and not texts:
        raise NothingToErase
    accounts = [_account_of(state, command, one) for one in people]
    if any(one != accounts[0] for one in accounts):
        raise UnknownResident(account=accounts[0], resident=people[-1])
    for place in texts:
        see_text(state, place["seq"], place["field"], people)
    see_over(_what_keeps_all(state, command, people, texts), str(said["legal_ground"]))
    for one in people:
        _see_empty(state, one)
    return draft(state, command, on=today(state, command), decided={})


def apply_erasure(state: State, record: Record) -> list[tuple[object, ...]]:
    """Take the pins away of those who were erased: nobody stands behind them any more."""
    changed: list[tuple[object, ...]] = []
    for one in record.said.get("erased", ()):
        row = person_in(state, one)
        if row is not None:
            changed.append(row._replace(pin=""))
    return changed


def refuse_erased(state: State, record: Record) -> None:
    """See that nothing moves on the account of a household that was erased.

    Raises:
        HouseholdErased: if it does.

    """
    for entry in record.entries:
        for account in (entry.source, entry.target):
            if chart.holds_points(account):
                row = state.get_account(account)
                if row is not None and not row.pin:
                    raise HouseholdErased(account=account)


def is_erased(state: State, one: str) -> bool:
    """Tell whether a household, member or operator was erased."""
    row = person_in(state, one)
    return row is not None and not row.pin


def person_in(state: State, one: str) -> Account | Resident | Operator | None:
    """Return the row of a household, a member or an operator by id, if there is one."""
    if one.startswith(chart.HOUSEHOLD_MARK):
        return state.get(Account, (one,))
    if one.startswith(chart.RESIDENT_MARK):
        return state.get(Resident, (one,))
    return state.get(Operator, (one,))


def see_text(state: State, seq: int, field: str, people: list[str]) -> None:
    """See that a record has a free text, and that it concerns one of ``people``, if there are any.

    Raises:
        UnknownRecord, NothingToErase: if not.

    """
    if seq > state.size:
        raise UnknownRecord(seq=seq, size=state.size)
    record = state.record(seq)
    if field not in record.said or (people and not set(people) & named_by(state, record, field)):
        raise NothingToErase


def named_by(state: State, record: Record, field: str) -> set[str]:
    """Return whom a free text of a record concerns; what an operator was called before concerns the operator."""
    return _amended_in(record) if field in FORMER_FIELDS else named_in(state, record)


def _amended_in(record: Record) -> set[str]:
    amended: Any = record.said.get("amended", ())
    return {one["person"] for one in amended}


def named_in(state: State, record: Record) -> set[str]:
    """Return the ids of the households, members and operators that a record names, or that those it is about do.

    Whoever recorded or approved is not meant: the text is about others.
    """
    found: set[str] = set()
    for one in with_those_it_is_about(state, record):
        for part in (one.said, one.decided, one.entries):
            found |= set(ID_IN_TEXT.findall(str(part)))
    return {one for one in found if not one.startswith(chart.OPERATOR_MARK)}


def _account_of(state: State, command: Command, one: str) -> str:
    """Return the account that somebody who is to be erased belongs to, or the id of an operator."""
    row = person_in(state, one)
    if row is None and one.startswith(chart.HOUSEHOLD_MARK):
        raise UnknownAccount(account=one)
    if row is None and one.startswith(chart.RESIDENT_MARK):
        raise UnknownResident(account=one, resident=one)
    if row is None:
        raise UnknownOperator(operator=one)
    if not row.pin:
        raise AlreadyErased(person=one)
    if one == command.by:
        raise OwnErasure(operator=one)
    return row.account if isinstance(row, Account | Resident) else one


def _see_empty(state: State, one: str) -> None:
    """See that nothing is left on an account whose household is to be erased."""
    if not one.startswith(chart.HOUSEHOLD_MARK):
        return
    held = state.balance(one, POINTS)
    if held.balance or held.held or held.pending or held.arrears:
        figures = {name: shown(state, getattr(held, name)) for name in ("balance", "held", "arrears")}
        raise HouseholdHolds(account=one, **figures)


def _what_keeps_all(state: State, command: Command, people: list[str], texts: list[dict[str, Any]]) -> Kept | None:
    """Return what keeps people and texts the longest; what somebody was called before is kept as they are."""
    whom, months = set(people), set()
    for place in texts:
        record = state.record(place["seq"])
        if place["field"] in FORMER_FIELDS:
            whom |= _amended_in(record)
        else:
            months.add(retaining.month_recorded(state, record))
    return what_keeps(state, today(state, command), sorted(whom), months)


def see_over(kept: Kept | None, ground: str) -> None:
    """See that nothing keeps what is to be erased on a ``ground``, or would be by an amendment.

    Raises:
        RetentionRunning: if something does.

    """
    if kept is not None:
        raise RetentionRunning(
            version=kept.version,
            months=kept.months,
            period=kept.period,
            until=kept.until,
            day=day_after(kept.until),
            ground=ground,
        )


def what_keeps(state: State, on: str, people: Iterable[str], months: Iterable[str] = ()) -> Kept | None:
    """Return what keeps people, or texts that were recorded in some months, the longest on a day, if anything does."""
    known = retaining.reigns(state, on)
    if not known:
        return None
    first = retaining.earliest(state, on, known)
    moved: list[retaining.Moved] = [((month, True) for month in sorted(set(months), reverse=True))]
    accounts = set()
    for one in people:
        row = person_in(state, one)
        if isinstance(row, Operator):
            moved.append(retaining.months_recorded(state, one, first))
        elif row is not None:
            accounts.add(row.account)
    moved += [retaining.months_moved(state, account, first) for account in sorted(accounts)]
    found = [kept for each in moved if (kept := retaining.kept(state, on, known, each)) is not None]
    return max(found, key=lambda kept: kept.until, default=None)
