"""The directory: everybody in the register, held at once, so that a pass over the records need not ask for anybody.

A village has a few thousand people, and its records are many more.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pointsledger.decisions.enrolling import HOUSEHOLD, OPERATOR, RESIDENT
from pointsledger.rules.named import lookup_key
from pointsledger.values.rows import Profile

_ALIKE = 0.6
"""How alike two names are of which one may be the other misspelt: two of three characters are the same."""


class Directory:
    """Who is who in a village."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        """Take in everybody."""
        self._people: dict[str, Profile] = {}
        self._named: dict[str, list[Profile]] = {}
        for profile in profiles:
            self._people[profile.id] = profile
            if profile.role == RESIDENT:
                for word in {lookup_key(profile.name), lookup_key(profile.code)}:
                    self._named.setdefault(word, []).append(profile)

    def code(self, one: str) -> str:
        """Return the code that people know an id by, or the id where it has none any more."""
        found = self._people.get(one)
        return found.code if found else one

    def called(self, one: str) -> str:
        """Return code and name of a household or a member."""
        found = self._people.get(one)
        return one if found is None else f"{found.code} {found.name}" if found.name != found.code else found.code

    def household_of(self, resident: str) -> str:
        """Return the id of the household of a member (an id), or nothing if it is not known any more."""
        found = self._people.get(resident)
        return found.household if found else ""

    def bearing(self, name: str) -> list[Profile]:
        """Return the members that bear a name, or have that code."""
        return self._named.get(lookup_key(name), [])

    def own_households(self, operator: str) -> frozenset[str]:
        """Return the households (ids) with a member whose name or code is an operator's (an id).

        Operators stand in the register by their code alone. It may be a name (``张三``), a member's or a household's
        code, or one of these behind a role (``clerk:张三``).
        """
        found = self._people.get(operator)
        if found is None or found.role != OPERATOR:
            return frozenset()
        words = {word for text in (found.code, found.name) for word in (text, text.rpartition(":")[2])}
        own = {member.household for word in words for member in self.bearing(word)}
        keys = {lookup_key(word) for word in words}
        own |= {one.id for one in self._people.values() if one.role == HOUSEHOLD and lookup_key(one.code) in keys}
        return frozenset(own)

    def same_code(self, one: str, other: str) -> bool:
        """Tell whether two ids have one code but for capitals: ``Clerk:1`` is the same person as ``clerk:1``."""
        return lookup_key(self.code(one)) == lookup_key(self.code(other))

    def near(self, name: str) -> Profile | None:
        """Return the member whose name is most like one that nobody bears, if any comes near."""
        found = difflib.get_close_matches(lookup_key(name), self._named, n=1, cutoff=_ALIKE)
        return self._named[found[0]][0] if found else None
