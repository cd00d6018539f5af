"""What is stored: what stands in the village's row and in its editions, made into what it says.

It came through the journal, whose records were looked at before they were written. So where it makes no sense, nobody
has entered anything wrong: somebody has edited the table, and the error is that of a damaged book.

Worked example: the content of a rule book is ``{}``. Read from a file it would be a rule book with four faults, for
whoever wrote it to correct; read from the table it is damage, for the audit to place and a rebuild to mend.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from pointsledger.errors import LedgerDamaged, PointsLedgerError
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar, parse_cut_off_day, parse_month
from pointsledger.values.rows import Edition, Village
from pointsledger.values.words import Words

_UNUSABLE = (
    PointsLedgerError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a text raises that is no document, or a setting that is none."""

Made = TypeVar("Made")


def rulebook_of(edition: Edition) -> RuleBook:
    """Return the rule book of an edition.

    Raises:
        LedgerDamaged: if it holds none.

    """
    return _made(edition, _rulebook)


def price_list_of(edition: Edition) -> PriceList:
    """Return the price list of an edition.

    Raises:
        LedgerDamaged: if it holds none.

    """
    return _made(edition, _price_list)


def calendar_of(settings: Village) -> Calendar:
    """Return the calendar of a village, whose first month and last closed one are months.

    Raises:
        LedgerDamaged: if there is no such calendar, or no such month.

    """
    try:
        return _calendar(settings.zone, settings.cut_off_day, settings.first_period, settings.closed_through)
    except _UNUSABLE as error:
        en, zh = (error.say("en"), error.say("zh")) if isinstance(error, PointsLedgerError) else (str(error),) * 2
        reason = Words(f"the row of its settings cannot be used ({en})", f"设置行无法使用（{zh}）")
        raise damaged(settings.village, reason) from error


def damaged(village: str, reason: Words) -> LedgerDamaged:
    """Return the error that says what is damaged in the book of a village."""
    return LedgerDamaged(place=f"village {village}", reason=reason.en, reason_zh=reason.zh)


def _made(edition: Edition, make: Callable[[str], Made]) -> Made:
    try:
        return make(edition.content)
    except _UNUSABLE as error:
        which = f"{edition.document} {edition.version}"
        reason = Words(f"the text of {which} cannot be used", f"{which} 的内容无法使用")
        raise damaged(edition.village, reason) from error


@lru_cache(maxsize=64)
def _calendar(zone: str, cut_off_day: int, first_period: str, closed_through: str) -> Calendar:
    parse_month(first_period)
    if closed_through:
        parse_month(closed_through)
    return Calendar(zone, parse_cut_off_day(cut_off_day))


# Parsed once a process: the same text is the same document, whoever adopted it.
@lru_cache(maxsize=256)
def _rulebook(content: str) -> RuleBook:
    return RuleBook.from_said(json.loads(content))


@lru_cache(maxsize=256)
def _price_list(content: str) -> PriceList:
    return PriceList.from_said(json.loads(content))
