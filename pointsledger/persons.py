"""Persons: what is done with personal data when somebody asks: erasing it, correcting it, handing it out.

Personal data stands beside the journal, in profiles and remarks. A record of the act says of whom, by opaque ids.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from pointsledger.decisions.amending import AMEND
from pointsledger.decisions.enrolling import HOUSEHOLD, OPERATOR
from pointsledger.decisions.erasing import ERASE, what_keeps
from pointsledger.errors import (
    AlreadyEnrolled,
    InvalidSetting,
    NameRemains,
    NothingToAmend,
    NothingToErase,
    OptionRequired,
    OptionsConflict,
    UnknownAccount,
    UnknownOperator,
    UnknownResident,
)
from pointsledger.posting import Posting
from pointsledger.receipts import Receipt
from pointsledger.reports.personal import texts_concerning
from pointsledger.reports.register import member_code, parse_code, parse_text, pin_of
from pointsledger.reports.typed_names import records_naming
from pointsledger.rules import chart, pins
from pointsledger.rules.said import ERASURE_GROUNDS, FORMER_FIELDS, TEXT_FIELDS
from pointsledger.values.points import record_number
from pointsledger.values.records import Record
from pointsledger.values.rows import Profile
from pointsledger.values.vocabulary import GROUNDS_IN_WORDS

_GROUNDS_ZH = "、".join(f"{ground}（{words.zh}）" for ground, words in GROUNDS_IN_WORDS.items())


class Persons(ABC):
    """What is done with personal data on request."""

    @abstractmethod
    def _posting(self) -> AbstractContextManager[Posting]:
        """Open the transaction that the next act belongs to."""

    def _purged(self, receipt: Receipt) -> Receipt:
        """Have the old bytes go from the files; inside somebody's transaction they cannot yet."""
        return replace(receipt, purge_due=True)

    def erase(
        self,
        household: str | None = None,
        *,
        member: str | None = None,
        operator: str | None = None,
        ground: str,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Erase the personal data of a household with its members, of one ``member`` of it, or of an ``operator``.

        Code and name go, and so does the free text of every record that concerns the household or the member. The
        records stay, and every audit, root and receipt holds; the code is free for somebody else. ``ground`` is
        ``request`` (of the person), ``retention-over``, ``entered-in-error`` or ``order`` (of an authority).

        On a book of its own the old bytes are gone from the files when this returns, unless ``purge_due`` of the
        receipt says otherwise: then somebody was reading, and ``Ledger.purge`` does it. Inside a batch or a host's
        transaction that is always so. What was typed into the body of a record, such as a request id, stays for ever:
        ``named_in`` of the receipt has the records where that is a name which was erased.

        Raises:
            UnknownAccount, UnknownResident, UnknownOperator: if nobody is known by that.
            HouseholdHolds: if points, reservations or arrears are left on the account.
            RetentionRunning: if a rule book that was in force since it was recorded keeps the data for longer.
            NameRemains: if the head is to be erased alone and the household bears the name.
            OwnErasure: if an operator is to erase themselves.
            NothingToErase, OptionsConflict, InvalidSetting: if nobody, or too many, or no ground is named.

        """
        ground = _parse_ground(ground)
        _see_one(household, member, operator)
        if household is None and operator is None:
            raise NothingToErase
        with self._posting() as posting:
            names: set[str] = set()

            def said() -> dict[str, Any]:
                people = _people_meant(posting, household, member, operator)
                earlier = posting.earlier
                if earlier is not None and earlier.kind == ERASE:
                    told: list[str] = earlier.said.get("erased", [])
                    same = set(people) <= set(told) and people[0][:1] == told[0][:1] if people and told else False
                    people, texts = (told, earlier.said.get("texts")) if same else (people, None)
                    return {"erased": people, "texts": texts, "legal_ground": ground}
                _see_name(posting, people, household, member)
                found = texts_concerning(posting.transaction, people)
                names.update(_names_of(posting, people, found))
                return {"erased": sorted(people), "texts": _places(found), "legal_ground": ground}

            receipt = posting.act(ERASE, said, by=by, request=request, texts={"remark": remark}, household=household)
            posting.register.renew()
            if not receipt.repeated:
                receipt = replace(receipt, named_in=records_naming(posting.transaction, names))
        return self._purged(receipt)

    def erase_remark(
        self,
        seq: int,
        *,
        field: str | None = None,
        ground: str,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Erase the free text of one record, all of it or one ``field`` such as ``remark``, ``reason`` or ``donor``.

        For the rest see ``erase``.

        Raises:
            UnknownRecord, NothingToErase: if there is no such record, or it has no such text any more.
            RetentionRunning: if a rule book that was in force since keeps the text for longer.

        """
        ground = _parse_ground(ground)
        record_number(seq, "seq")
        if field is not None and field not in TEXT_FIELDS:
            known = sorted(TEXT_FIELDS)
            raise InvalidSetting(name="field", value=field, allowed=", ".join(known), allowed_zh="、".join(known))
        with self._posting() as posting:

            def said() -> dict[str, Any]:
                posting.state.record(seq)
                earlier = posting.earlier
                if earlier is not None and earlier.kind == ERASE:
                    told = [place for place in earlier.said.get("texts", ()) if place["seq"] == seq]
                    told = [place for place in told if field in {None, place["field"]}]
                    return {"texts": told or None, "legal_ground": ground}
                kept = [one.field for one in posting.transaction.remarks(seq) if field in {None, one.field}]
                if not kept:
                    raise NothingToErase
                return {"texts": _places([(seq, name) for name in kept]), "legal_ground": ground}

            receipt = posting.act(ERASE, said, by=by, request=request, texts={"remark": remark})
        return self._purged(receipt)

    def amend(
        self,
        household: str | None = None,
        *,
        member: str | None = None,
        operator: str | None = None,
        name: str | None = None,
        code: str | None = None,
        by: str | None = None,
        request: str | None = None,
        remark: str | None = None,
    ) -> Receipt:
        """Correct the ``name`` or the ``code`` of a household, the name of a ``member`` of it, or an operator's code.

        The name of a household is that of its head, who is amended with it; its members' codes follow its own. What
        was posted stays as it is and is found under the new code; the old one is free. The old bytes go as for
        ``erase``; but while a rule book keeps them, the former name and code stay as free text of the record,
        ``former_name`` and ``former_code``, until they or the person may be erased.

        Raises:
            UnknownAccount, UnknownResident, UnknownOperator: if nobody is known by that.
            AlreadyEnrolled: if the new code is taken.
            OptionRequired: if nobody is named.
            NothingToAmend: if neither is new.
            OptionsConflict: if more than one of them is named, or a member is to get a code or an operator a name.
            InvalidCode, InvalidText: if a code or a name cannot be kept.

        """
        _see_one(household, member, operator)
        if household is None and operator is None:
            raise OptionRequired(
                option="a household", option_zh="户号", instead="or name an operator", instead_zh="或写明经办人"
            )
        if member is not None and code is not None:
            raise OptionsConflict(option="member", beside="code")
        if operator is not None and name is not None:
            raise OptionsConflict(option="operator", beside="name")
        role = OPERATOR if operator is not None else HOUSEHOLD
        new_code = None if code is None else parse_code(code, role)
        new_name = None if name is None else parse_text(name, "member")
        with self._posting() as posting:
            profiles: list[Profile] = []
            texts: dict[str, str | None] = {"remark": remark}

            def said() -> dict[str, Any]:
                (meant,) = _people_meant(posting, household, member, operator, members=False)
                changes = _amended(posting, meant, new_code, new_name)
                earlier = posting.earlier
                if earlier is not None and earlier.kind == AMEND:
                    texts.update(_former_then(posting, earlier))
                    return {"amended": _as_then(posting, changes, earlier.said["amended"])}
                profiles.extend(now._replace(salt=pins.new_salt()) for now, was in changes if now != was)
                if not profiles:
                    raise NothingToAmend
                for one in profiles:
                    _see_free(posting, one)
                texts.update(_former(posting, *changes[0], [one.id for one in profiles]))
                return {
                    "amended": [
                        {"person": one.id, "pin": pin_of(one)} for one in sorted(profiles, key=lambda one: one.id)
                    ]
                }

            receipt = posting.act(AMEND, said, by=by, request=request, texts=texts, household=household)
            for one in profiles:
                posting.state.put(one)
            posting.transaction.flush()
            posting.register.renew()
        return self._purged(receipt)


def _parse_ground(ground: str) -> str:
    if ground in ERASURE_GROUNDS:
        return ground
    raise InvalidSetting(name="ground", value=ground, allowed=", ".join(ERASURE_GROUNDS), allowed_zh=_GROUNDS_ZH)


def _see_one(household: str | None, member: str | None, operator: str | None) -> None:
    """See that no more than one is named: a household, a member with the household, or an operator."""
    if operator is not None and household is not None:
        raise OptionsConflict(option="household", beside="operator")
    if operator is not None and member is not None:
        raise OptionsConflict(option="member", beside="operator")


def _people_meant(
    posting: Posting, household: str | None, member: str | None, operator: str | None, *, members: bool = True
) -> list[str]:
    """Return the ids of those who are meant, a household with its ``members``.

    An amendment that is repeated may name a code or a name that it took away itself: then it means whom it meant.
    """
    earlier = posting.earlier
    if earlier is not None and earlier.kind == AMEND:
        told = [one["person"] for one in earlier.said["amended"]]
        mark = chart.OPERATOR_MARK if operator else chart.RESIDENT_MARK if member else chart.HOUSEHOLD_MARK
        before = [one for one in told if one.startswith(mark)]
        try:
            return _known(posting, household, member, operator, members=members)
        except (UnknownAccount, UnknownOperator, UnknownResident):
            if before and (mark == chart.HOUSEHOLD_MARK or not told[0].startswith(chart.HOUSEHOLD_MARK)):
                return before[:1]
            raise
    return _known(posting, household, member, operator, members=members)


def _known(
    posting: Posting, household: str | None, member: str | None, operator: str | None, *, members: bool
) -> list[str]:
    register = posting.register
    if operator is not None:
        known = posting.transaction.profile(OPERATOR, parse_code(operator, "operator"))
        gone = sorted(one for one in register.gone if one.startswith(chart.OPERATOR_MARK))
        if known is None and not gone:
            raise UnknownOperator(operator=operator)
        return [gone[0] if known is None else known.id]
    account = register.household(household or "")
    if member is not None:
        return [register.resident(account, member)]
    return [account, *(one.id for one in register.members(account))] if members else [account]


def _see_name(posting: Posting, people: list[str], household: str | None, member: str | None) -> None:
    """See that no household goes on bearing the name of a member who is erased alone."""
    if member is None:
        return
    own, of_household = (
        posting.state.get(Profile, (one,)) for one in (people[0], posting.register.household(household or ""))
    )
    if own is not None and of_household is not None and own.name == of_household.name:
        raise NameRemains(account=of_household.id, resident=own.code)


def _names_of(posting: Posting, people: list[str], found: list[tuple[int, str]]) -> set[str]:
    """Return what people are called, and were before an amendment whose record kept it; of an operator, the code."""
    profiles = [posting.state.get(Profile, (one,)) for one in people]
    former = {seq for seq, field in found if field in FORMER_FIELDS}
    kept = [one for seq in sorted(former) for one in posting.transaction.remarks(seq)]
    called = "former_code" if people[0].startswith(chart.OPERATOR_MARK) else "former_name"
    return {one.name for one in profiles if one is not None} | {one.text for one in kept if one.field == called}


def _places(found: list[tuple[int, str]]) -> list[dict[str, Any]] | None:
    """Return fields of free text as a record names them."""
    return [{"seq": seq, "field": field} for seq, field in sorted(found)] or None


def _amended(posting: Posting, one: str, code: str | None, name: str | None) -> list[tuple[Profile, Profile]]:
    """Return the profiles as they are to be, each beside what it is: a household's with those of its members."""
    was = posting.state.get(Profile, (one,))
    if was is None:
        raise UnknownAccount(account=one)
    now = was._replace(code=code or was.code, name=(code or was.name) if was.role == OPERATOR else (name or was.name))
    if was.role != HOUSEHOLD:
        return [(now, was)]
    changes = [(now, was)]
    for member in posting.register.members(one):
        _, _, number = member.code.rpartition("/")
        head = member.code == member_code(was.code, 1)
        named = now.name if head and member.name == was.name else member.name
        changes.append((member._replace(code=member_code(now.code, int(number)), name=named), member))
    return changes


def _as_then(
    posting: Posting, changes: list[tuple[Profile, Profile]], told: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what an amendment that is repeated said; who was amended or erased since counts as the same."""
    asked = {now.id: now for now, _ in changes}
    if not {one["person"] for one in told} <= set(asked):
        return []
    said = []
    for one in told:
        kept = posting.state.get(Profile, (one["person"],))
        stands = kept is not None and pin_of(kept) == one["pin"]
        said.append({"person": one["person"], "pin": pin_of(asked[one["person"]]) if stands else one["pin"]})
    return said


def _former(posting: Posting, now: Profile, was: Profile, people: list[str]) -> dict[str, str]:
    """Return what somebody was called until now, if a rule book keeps it."""
    if what_keeps(posting.state, posting.today(), people) is None:
        return {}
    former = {"former_name": was.name} if was.name != now.name and was.role != OPERATOR else {}
    return former | ({"former_code": was.code} if was.code != now.code else {})


def _former_then(posting: Posting, earlier: Record) -> dict[str, str]:
    """Return what an amendment that is repeated kept; of what was erased since anything counts as the same."""
    kept = {one.field: one.text for one in posting.transaction.remarks(earlier.seq)}
    return {field: kept.get(field, "-") for field in FORMER_FIELDS if field in earlier.said}


def _see_free(posting: Posting, one: Profile) -> None:
    """See that nobody else has the new code of somebody."""
    other = posting.transaction.profile(one.role, one.code)
    if other is not None and other.id != one.id:
        raise AlreadyEnrolled(account=one.code)
