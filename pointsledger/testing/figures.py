"""Strategies for single values: amounts, days, request ids, names and remarks."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from pointsledger.values.points import Amount, number_text, unscaled

FIRST_DAY = "2025-09-01"
LAST_DAY = "2025-11-03"
"""The day of a ``FixedClock`` that was told nothing else: no deed is later."""

_LONGEST_REQUEST = 200
_LONGEST_REMARK = 1_000
_SURNAMES = ("王", "李", "张", "刘", "欧阳", "诸葛", "买买提·", "阿依古丽·", "𠮷")
_FOREIGN = ("Anna O'Brien", "J. Smith")
_GIVEN = ("秀兰", "国强", "大成", "艾力", "小𬭎", "伟", "桂芳")
_PROSE = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\ufffd")


def amounts(*, least: int = 1, most: int = 1_000, decimals: int = 0) -> st.SearchStrategy[Amount]:
    """Draw positive amounts in every form that is taken: whole numbers, texts and Decimals.

    ``least`` and ``most`` are in the smallest unit of a village with ``decimals`` places.
    """
    return st.integers(least, most).flatmap(lambda units: st.sampled_from(_forms(units, decimals)))


def _forms(units: int, decimals: int) -> list[Amount]:
    exact = unscaled(units, decimals)
    if units % 10**decimals:
        return [exact, str(exact), number_text(units, decimals)]
    whole = units // 10**decimals
    return [whole, exact, str(whole), f"{whole}.00"]


def days(first: str = FIRST_DAY, last: str = LAST_DAY) -> st.SearchStrategy[str]:
    """Draw civil days as ISO texts, both bounds among them.

    Months end and begin more often than chance would have it, because there rules break.
    """
    earliest, latest = date.fromisoformat(first), date.fromisoformat(last)
    anywhere = st.dates(earliest, latest)
    turns = (
        st.sampled_from([earliest, latest]),
        anywhere.map(lambda day: max(earliest, day.replace(day=1))),
        anywhere.map(lambda day: max(earliest, day.replace(day=1) - timedelta(days=1))),
    )
    return st.one_of(anywhere, *turns).map(date.isoformat)


def requests() -> st.SearchStrategy[str]:
    """Draw request ids: short ones that soon repeat, and any text of 1 to 200 characters that can be seen."""
    printable = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=_LONGEST_REQUEST)
    return st.sampled_from(["task-1", "task-2", "表-3", "请" * _LONGEST_REQUEST]) | printable.filter(
        lambda text: not text.startswith("~") and text.isprintable()
    )


def names() -> st.SearchStrategy[str]:
    """Draw names of people: two and three characters, two-character surnames, a dot, Latin letters, rare characters."""
    return st.builds("{}{}".format, st.sampled_from(_SURNAMES), st.sampled_from(_GIVEN)) | st.sampled_from(_FOREIGN)


def operators() -> st.SearchStrategy[str]:
    """Draw codes of operators; few, so that one often acts twice."""
    return st.sampled_from(["clerk:1", "clerk:2", "shop:1", "panel:1", "系统"])


def remarks() -> st.SearchStrategy[str]:
    """Draw free text in any script: mostly short, now and then the longest that is taken."""
    short = st.text(_PROSE, min_size=1, max_size=100).filter(lambda text: bool(text.strip()))
    return st.sampled_from(["swept", "门前扫过", "长" * _LONGEST_REMARK]) | short
