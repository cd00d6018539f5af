"""The register (名册): who stands behind the opaque ids of the journal.

People write codes and names; the journal holds ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pointsledger.decisions.enrolling import HOUSEHOLD, OPERATOR, RESIDENT
from pointsledger.errors import (
    AmbiguousResident,
    InvalidCode,
    InvalidText,
    OperatorRequired,
    UnknownAccount,
    UnknownGroup,
    UnknownResident,
)
from pointsledger.rules import chart, pins
from pointsledger.rules.named import Named, find_named, lookup_key, nearest_named
from pointsledger.rules.said import LONGEST_GROUP
from pointsledger.storage.transaction import Transaction
from pointsledger.values.hidden import IN_A_LINE, IN_A_NAME, hidden_in
from pointsledger.values.records import VILLAGE_CODE
from pointsledger.values.rows import Profile

LONGEST_CODE = 32
LONGEST_NAME = 100

_CODE = re.compile(r"[^\s\x00-\x1f\x7f/,;\"']{1,32}")
_MEMBER_MARK = "/"
_MARKS = {HOUSEHOLD: chart.HOUSEHOLD_MARK, RESIDENT: chart.RESIDENT_MARK, OPERATOR: chart.OPERATOR_MARK}


def parse_code(value: str, name: str) -> str:
    """Return the code of a household or an operator, without the spaces around it, full-width signs made plain.

    Raises:
        InvalidCode: if it is empty, too long, or holds white space, quotes, a slash, comma or semicolon.

    """
    code = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    if _CODE.fullmatch(code) and not hides(code):
        return code
    raise InvalidCode(
        name=name,
        value=value,
        allowed=f"1 to {LONGEST_CODE} characters without spaces, quotes, / , or ;",
        allowed_zh=f"1 至 {LONGEST_CODE} 个字符，不含空格、引号、/ , ;",
    )


def parse_village(value: str) -> str:
    """Return a village code: it stands in the origin of a checkpoint, so it is plain ASCII.

    Raises:
        InvalidCode: unless it is 1 to 64 ASCII letters, digits, ``-``, ``_`` and ``.``.

    """
    if isinstance(value, str) and VILLAGE_CODE.fullmatch(value):
        return value
    raise InvalidCode(
        name="village",
        value=value,
        allowed="1 to 64 ASCII letters, digits, dots, hyphens and underscores",
        allowed_zh="1 至 64 个英文字母、数字、点、连字符或下划线",
    )


def parse_text(value: str, name: str, limit: int = LONGEST_NAME) -> str:
    """Return a name or remark, without the spaces around it and with plain spaces for any other kind of space.

    Raises:
        InvalidText: if it is empty, longer than ``limit``, or holds a control character or the end of a line; a name,
            or any other short text, holds none either that nobody sees.

    """
    text = _plainly_spaced(value).strip() if isinstance(value, str) else ""
    hidden = hidden_in(text, IN_A_NAME if limit <= LONGEST_NAME else IN_A_LINE)
    if not text or len(text) > limit or hidden:
        found = f"U+{ord(hidden[0]):04X}" if hidden else ""
        raise InvalidText(
            name=name, limit=limit, found=found and f" (here {found})", found_zh=found and f"（此处有 {found}）"
        )
    return text


def hides(text: str) -> bool:
    """Tell whether a text holds characters that nobody sees, by which two names could look the same."""
    return bool(hidden_in(text, IN_A_NAME))


def without_hidden(text: str) -> str:
    """Return a text without the characters that nobody sees; a line break or tab becomes a space."""
    return "".join(" " if each.isspace() else each for each in text if each.isspace() or not hides(each)).strip()


def _plainly_spaced(text: str) -> str:
    if text.isprintable():  # of all spaces only the plain one is
        return text
    return "".join(" " if unicodedata.category(each) == "Zs" else each for each in text)


class Register:
    """The register as one transaction sees it, with the newcomers that the next act may write."""

    def __init__(self, transaction: Transaction) -> None:
        """Look people up in ``transaction`` when they are asked for."""
        self._transaction = transaction
        self._known: dict[tuple[str, str], Profile | None] = {}
        self._members: dict[str, list[Profile]] = {}
        self._whole: bool = False
        self.newcomers: dict[str, Profile] = {}
        self.gone: frozenset[str] = frozenset()
        """Who was erased since the act that is repeated: under a code that nobody has now, one of them is meant."""

    def renew(self) -> None:
        """Forget who was looked up, now that codes and names have changed."""
        self._known.clear()
        self._members.clear()
        self._whole = False
        self._transaction.renew_people()

    def fork(self) -> Register:
        """Return the same register once more; whoever comes to one of the two is not known to the other."""
        other = Register(self._transaction)
        other._known, other.newcomers, other._whole = dict(self._known), dict(self.newcomers), self._whole
        other._members = {household: list(members) for household, members in self._members.items()}
        return other

    def load(self) -> None:
        """Read the whole register at once, before an import asks for it row by row."""
        for profile in self._transaction.profiles():
            self._known[profile.role, profile.code] = profile
            if profile.household:
                self._members.setdefault(profile.household, []).append(profile)
        self._whole = True

    def household(self, code: str) -> str:
        """Return the id of a household.

        Raises:
            UnknownAccount: if nobody stands under that code.

        """
        found = self._known.get((HOUSEHOLD, code)) or self._find(HOUSEHOLD, parse_code(code, "household"))
        if found is None:
            erased = self._erased(HOUSEHOLD)
            if erased is None:
                raise UnknownAccount(account=code.strip())
            return erased
        return found.id

    def knows(self, code: str) -> bool:
        """Tell whether a household was asked for under a code already."""
        return (HOUSEHOLD, code) in self._known

    def resident(self, household: str, code_or_name: str) -> str:
        """Return the id of a member of a household (an id).

        Raises:
            UnknownResident: if it has no such member.
            AmbiguousResident: if two members bear the name.

        """
        wanted = parse_text(code_or_name, "member")
        members = self.members(household)
        # A name of two characters is often spaced to the width of three.
        found = (
            [member for member in members if member.code == wanted]
            or [member for member in members if member.name == wanted]
            or [member for member in members if lookup_key(member.name) == lookup_key(wanted)]
        )
        if len(found) > 1:
            codes = ", ".join(member.code for member in found)
            raise AmbiguousResident(account=household, resident=wanted, codes=codes)
        erased = None if found else self._erased(RESIDENT)
        if erased is not None:
            return erased
        if not found:
            raise UnknownResident(account=household, resident=wanted)
        return found[0].id

    def collector(self, household: str, code_or_name: str) -> str | None:
        """Return the id of who collects for a household (an id): a member, or somebody else by code.

        It is empty for the head, who collects where nobody is named, and None for somebody whom the register lacks.

        Raises:
            AmbiguousResident: if two members bear the name.
            InvalidText: if it is no name.

        """
        wanted = parse_text(code_or_name, "collector")
        try:
            found = self.resident(household, wanted)
            return "" if self.code_of(found) == member_code(self.code_of(household), 1) else found
        except UnknownResident:
            other = self._find(RESIDENT, wanted)
            return None if other is None else other.id

    def operator(self, code: str | None) -> str:
        """Return the id of an operator; one not seen before becomes a newcomer.

        Raises:
            OperatorRequired: without a code.

        """
        if not code:
            raise OperatorRequired
        known = self._known.get((OPERATOR, code))
        if known is not None:
            return known.id
        code = parse_code(code, "operator")
        return self.newcomer(OPERATOR, code, code).id

    def group(self, name: str) -> str:
        """Return the name of a group as the register has it; width and spaces make no difference.

        Raises:
            UnknownGroup: if no household is, or ever was, in a group of that name.

        """
        wanted = parse_text(name, "group", LONGEST_GROUP)
        groups = [Named(group, group) for group in self._transaction.groups()]
        found = find_named(groups, wanted)
        if found is None:
            near = nearest_named(groups, wanted)
            known = [group.name for group in groups]
            raise UnknownGroup(
                group=wanted,
                hint=f" (did you mean {near}?)" if near else "",
                hint_zh=f"（是否指 {near}？）" if near else "",
                allowed=", ".join(known) or "none",
                allowed_zh="、".join(known) or "无",
            )
        return found.name

    def newcomer(self, role: str, code: str, name: str, household: str = "") -> Profile:
        """Return the profile under a code, made new if there is none.

        The name is the one given: against an older profile of that code it shows whether both are the same.
        """
        found = self._find(role, code)
        if found is None:
            erased = self._erased(role) if role == HOUSEHOLD else None
            found = Profile(
                self._transaction.village,
                erased or pins.new_id(_MARKS[role]),
                role,
                household,
                code,
                name,
                pins.new_salt(),
            )
            self._known[role, code] = found
            self.newcomers[found.id] = found
            if household:
                self._members.setdefault(household, []).append(found)
        return found._replace(name=name)

    def members(self, household: str) -> list[Profile]:
        """Return the members of a household (an id), in the order of their codes."""
        if household not in self._members:
            self._members[household] = [] if self._whole else self._transaction.members(household)
        return sorted(self._members[household], key=lambda member: (len(member.code), member.code))

    def take_newcomers(self, ids: Iterable[str]) -> list[Profile]:
        """Hand over those of the newcomers, to be written now."""
        return [self.newcomers.pop(one) for one in ids if one in self.newcomers]

    def forget_newcomers(self) -> None:
        """Forget the newcomers of an act that came to nothing."""
        for profile in self.newcomers.values():
            self._known.pop((profile.role, profile.code), None)
            self._members.pop(profile.household, None)
        self.newcomers.clear()

    def code_of(self, one: str) -> str:
        """Return the code that people know an id by, or the id where it has none."""
        found = self.newcomers.get(one) or self._transaction.state.get(Profile, (one,))
        return found.code if found else one

    def _erased(self, role: str) -> str | None:
        """Return who of those that were erased is meant by an act that is repeated."""
        return next((one for one in sorted(self.gone) if one.startswith(_MARKS[role])), None)

    def _find(self, role: str, code: str) -> Profile | None:
        key = (role, code)
        if key not in self._known:
            self._known[key] = None if self._whole else self._transaction.profile(role, code)
        return self._known[key]


def member_code(household_code: str, number: int) -> str:
    """Return the code of a household's member: the household's, a slash, and the number in the family."""
    return f"{household_code}{_MEMBER_MARK}{number}"


def pin_of(profile: Profile) -> str:
    """Return the digest that pins a profile's code and name in the journal."""
    return pins.person_pin(profile.salt, profile.code, profile.name)
