"""Enrolling: who appears in the book, under a random id and a digest that pins the code and name behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pointsledger.decisions.drafts import draft
from pointsledger.decisions.state import State
from pointsledger.errors import AlreadyEnrolled, UnknownOperator
from pointsledger.values.records import Command, Record
from pointsledger.values.rows import Account, Grouping, Operator, Resident

NOBODY: frozenset[str] = frozenset()

HOUSEHOLD = "household"
RESIDENT = "resident"
OPERATOR = "operator"

BRING_IN = ("operator", "enrol")
"""The kinds of record that bring somebody into the register: see ``brought_in``."""


def brought_in(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the role and the id of everybody whom a record brings into the register."""
    said: Any = record.said
    if record.kind == "operator":
        yield OPERATOR, said["operator"]
    if record.kind == "enrol":
        yield HOUSEHOLD, said["account"]
        yield from ((RESIDENT, member["resident"]) for member in said["residents"])


def check_people(state: State, command: Command, newcomers: frozenset[str] = NOBODY) -> None:
    """See that whoever records and approves is known to the book or about to be introduced, each once.

    Raises:
        UnknownOperator: if one of them is not.

    """
    approvers: Any = command.said.get("approved_by", ())
    for operator in (command.by, *approvers):
        if operator not in newcomers and state.get(Operator, (operator,)) is None:
            raise UnknownOperator(operator=operator)
    if len(set(approvers)) != len(approvers):
        raise UnknownOperator(operator=", ".join(approvers))


def decide_operator(state: State, command: Command) -> Record:
    """Introduce an operator, the first time that somebody records or approves under a code.

    Raises:
        AlreadyEnrolled: if the operator is known.

    """
    said: Any = command.said
    if state.get(Operator, (said["operator"],)) is not None:
        raise AlreadyEnrolled(account=said["operator"])
    return draft(state, command, on=state.calendar.day_of_instant(command.recorded_at), decided={})


def apply_operator(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the operator's row."""
    return [Operator(state.village, record.said["operator"], record.said["pin"])]


def decide_enrolment(state: State, command: Command) -> Record:
    """Open a household's account, with its group and its members.

    Raises:
        AlreadyEnrolled: if the household has one.

    """
    said: Any = command.said
    if state.get(Account, (said["account"],)) is not None:
        raise AlreadyEnrolled(account=said["account"])
    for member in said["residents"]:
        if state.get(Resident, (member["resident"],)) is not None:
            raise AlreadyEnrolled(account=member["resident"])
    return draft(state, command, on=state.calendar.day_of_instant(command.recorded_at), decided={})


def apply_enrolment(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the rows of the account, its group and its members."""
    said = record.said
    account = said["account"]
    rows: list[tuple[object, ...]] = [Account(state.village, account, HOUSEHOLD, record.on, 0, said["pin"])]
    if "group" in said:
        rows.append(Grouping(state.village, account, record.on, said["group"]))
    rows.extend(Resident(state.village, member["resident"], account, member["pin"]) for member in said["residents"])
    return rows
