"""Repeats: whether a request says what it said before, where some of that may have been erased since.

What was erased counts as equal, since nobody can tell any more what it was; everything else has to be the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pointsledger.decisions.erasing import is_erased
from pointsledger.decisions.state import State
from pointsledger.rules import pins
from pointsledger.rules.said import ID_IN_TEXT, TEXT_FIELDS
from pointsledger.values.records import Record
from pointsledger.values.rows import Remark

NOBODY: frozenset[str] = frozenset()


def gone_since(state: State, earlier: Record | None) -> frozenset[str]:
    """Return the ids of those whom an earlier record names and who were erased since."""
    if earlier is None:
        return NOBODY
    return frozenset(one for one in ID_IN_TEXT.findall(str(earlier.said)) if is_erased(state, one))


def difference(
    earlier: Record,
    said: Mapping[str, Any],
    remarks: Mapping[str, str],
    kept: Iterable[Remark],
    *,
    gone: frozenset[str] = NOBODY,
) -> str | None:
    """Return the first field in which what is said now differs from what ``earlier`` was told, if any does.

    ``kept`` is the free text of the earlier record that is still there, ``gone`` who was erased since.
    """
    salts = {remark.field: remark.salt for remark in kept}
    for name in sorted(set(earlier.said) | set(said) | set(remarks)):
        recorded = earlier.said.get(name)
        if name in TEXT_FIELDS:
            if recorded is not None and name in remarks and name not in salts:
                continue  # erased since: it counts as the same
            now = pins.text_pin(salts[name], remarks[name]) if name in remarks and name in salts else None
            if recorded != now or (recorded is None and name in remarks):
                return name
        elif recorded != said.get(name) and not (gone and _same_but_for(gone, name, earlier, said)):
            return name
    return None


def _same_but_for(gone: frozenset[str], name: str, earlier: Record, said: Mapping[str, Any]) -> bool:
    """Tell whether a field differs only by people who were erased since."""
    recorded: Any = earlier.said.get(name)
    if name == "pin":  # of a household or an operator, whose salt is gone
        return bool(gone & {earlier.said.get("account"), earlier.said.get("operator")})
    if name in {"residents", "approved_by"} and recorded and said.get(name):
        ids = [one["resident"] if name == "residents" else one for one in recorded]
        now = [one["resident"] if name == "residents" else one for one in said[name]]
        left = [one for one in ids if one not in gone]
        return len(left) < len(ids) and left == [one for one in now if one in left]
    return False
