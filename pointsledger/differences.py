"""Differences: in what a record is not what the rules give, in words."""

from __future__ import annotations

from pointsledger.values.records import Record
from pointsledger.values.words import Words


def difference_between(record: Record, decided: Record) -> Words:
    """Return the first field in which a record is not what the rules give, with both."""
    for name in ("said", "on", "period", "for_period", "entries", "decided", "seq", "version"):
        written, given = getattr(record, name), getattr(decided, name)
        if written == given:
            continue
        if name == "entries":
            return _instead("its lines are", "分录为", _lines(record), _lines(decided))
        if not (isinstance(written, dict) and isinstance(given, dict)):
            return _instead(f"{name} is", f"{name} 为", written, given)
        key = next(key for key in sorted(set(written) | set(given)) if written.get(key) != given.get(key))
        return _instead(f"{key} is", f"{key} 为", written.get(key), given.get(key))
    return Words("the envelope", "记录的外层字段")


def _instead(en: str, zh: str, written: object, given: object) -> Words:
    return Words(f"{en} {written}, the rules give {given}", f"{zh} {written}，按细则应为 {given}")


def _lines(record: Record) -> str:
    return (
        ", ".join(f"{entry.amount} {entry.unit} {entry.source} -> {entry.target}" for entry in record.entries) or "none"
    )
