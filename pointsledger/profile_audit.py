"""The audit of profiles: whether everybody in the register is who the journal says, and nobody else is there."""

from __future__ import annotations

from pointsledger.decisions.enrolling import HOUSEHOLD, OPERATOR, RESIDENT
from pointsledger.decisions.state import State
from pointsledger.finding_list import Findings
from pointsledger.reports.register import pin_of
from pointsledger.storage.reader import Reader
from pointsledger.values import rows


def check_profiles(reader: Reader, state: State, findings: Findings) -> None:
    """Check the code and name of everybody against the digest of the journal, as ``state`` has it by its end."""
    left: dict[str, tuple[str, str, str]] = {}
    for account in state.derived(rows.Account).values():
        left[account.account] = (HOUSEHOLD, "", account.pin)
    for resident in state.derived(rows.Resident).values():
        of_household = state.get_account(resident.account)
        pin = resident.pin if of_household is not None and of_household.pin else ""  # erased with its household
        left[resident.resident] = (RESIDENT, resident.account, pin)
    for operator in state.derived(rows.Operator).values():
        left[operator.operator] = (OPERATOR, "", operator.pin)
    for profile in reader.every(rows.Profile):
        expected = left.pop(profile.id, None)
        if expected is None:
            findings.add("profile-unknown", profile.id)
        elif not expected[2]:
            findings.add("profile-erased", profile.id)
        elif (profile.role, profile.household, _person_pin(profile)) != expected:
            findings.add("profile-differs", profile.code)
    for one, (_, _, pin) in left.items():
        if pin:
            findings.add("profile-missing", one)


def codes_of(reader: Reader) -> dict[str, str]:
    """Return the code of everybody in the register, by their id."""
    return {str(profile.id): str(profile.code) for profile in reader.every(rows.Profile)}


def _person_pin(profile: rows.Profile) -> str:
    try:
        return pin_of(profile)
    except (ValueError, TypeError):  # a code, name or salt that was made unreadable
        return ""
