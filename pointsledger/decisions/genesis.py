"""Genesis: record 1, which fixes what can never change about a book."""

from __future__ import annotations

from pointsledger.decisions.state import State
from pointsledger.errors import VillageExists
from pointsledger.rules.merkle import EMPTY_ROOT
from pointsledger.values.calendar import Calendar, parse_cut_off_day, parse_month
from pointsledger.values.points import parse_decimals
from pointsledger.values.records import Command, Record
from pointsledger.values.rows import Village


def decide_genesis(state: State, command: Command) -> Record:
    """Begin the book: ``zone``, ``decimals``, ``cut_off_day``, ``first_period`` and a random ``nonce``.

    Raises:
        InvalidSetting: for a zone, cut-off day or number of decimals that is not allowed.
        InvalidPeriod: for a first period that is no month.
        VillageExists: if the book has begun.

    """
    if state.size:
        raise VillageExists(place="the database", village=state.village)
    said = command.said
    calendar = Calendar(_text(said["zone"]), parse_cut_off_day(said["cut_off_day"]))
    first_period = parse_month(_text(said["first_period"]))
    parse_decimals(said["decimals"])
    on = calendar.day_of_instant(command.recorded_at)
    return Record(
        village=state.village,
        seq=1,
        kind=command.kind,
        version=command.version,
        recorded_at=command.recorded_at,
        by=command.by,
        on=on,
        period=max(first_period, calendar.month_of(on)),
        for_period="",
        request=command.request,
        said=said,
        decided={},
        entries=(),
    )


def apply_genesis(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the village's row; its head is filled in as the journal grows."""
    said = record.said
    return [
        Village(
            state.village,
            said["zone"],
            said["decimals"],
            said["cut_off_day"],
            said["first_period"],
            0,
            EMPTY_ROOT,
            b"",
            "",
        )
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)
