"""Strategies for who lives in a village: household codes, and households as they are enrolled."""

from __future__ import annotations

from hypothesis import strategies as st

from pointsledger.testing.figures import names
from pointsledger.testing.village import Enrolment

_CODE_SIGNS = "0123456789-_.:#ABxyz甲乙丙组号"
_LONGEST_CODE = 32


def household_codes() -> st.SearchStrategy[str]:
    """Draw household codes: the usual ones as ``03-017``, and any that are allowed, with Chinese signs in them."""
    usual = st.builds("{:02}-{:03}".format, st.integers(1, 12), st.integers(1, 300))
    return usual | st.text(_CODE_SIGNS, min_size=1, max_size=_LONGEST_CODE)


@st.composite
def households(draw: st.DrawFn, code: st.SearchStrategy[str] | None = None) -> Enrolment:
    """Draw households, each as the arguments of ``enrol``: ``ledger.enrol(**household, by="clerk:1")``.

    Some stand in no group, some have no members beside the head, and in some two people bear one name. ``code`` draws
    their codes where yours are of another form.
    """
    drawn: Enrolment = {"household": draw(code or household_codes()), "head": draw(names())}
    if draw(st.booleans()):
        drawn["group"] = draw(st.sampled_from(["一组", "二组", "三组", "Group 4"]))
    if members := draw(st.lists(names(), max_size=4)):
        drawn["members"] = members
    return drawn
