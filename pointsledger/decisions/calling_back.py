"""Calling back (回访): what a household said when somebody asked whether it knows of its points and has its goods.

It moves nothing. The answer is a word from a short list, so that it can be counted; what was said in other words is a
remark, beside the journal. Whoever was drawn for it can be drawn again by anybody, from the draw that the
record names: the head's size, the number, the period and how many. A second call is a second record: nothing is
answered over.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pointsledger.decisions.drafts import day_of, draft
from pointsledger.decisions.state import State
from pointsledger.errors import BeforeFirstPeriod, OptionRequired, UnknownRecord
from pointsledger.rules import draw
from pointsledger.values.calendar import months_in
from pointsledger.values.records import Command, Record

CALL_BACK = "call-back"

CONFIRMED = "confirmed"
DIFFERS = "differs"
NOT_REACHED = "not-reached"
REFUSED = "refused"
ANSWERS = (CONFIRMED, DIFFERS, NOT_REACHED, REFUSED)
"""What came of a call: the book is right, it is not, nobody was there, or nobody would say."""


def decide_call_back(state: State, command: Command) -> Record:
    """Record what a household answered.

    Raises:
        UnknownAccount: if the household is not enrolled.
        OptionRequired: if only a part of a draw is named.
        UnknownRecord: if it was drawn from more records than there are.
        BeforeFirstPeriod: if it was drawn among the households of a time before the book.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    account = state.account(said["account"]).account
    _see_draw(state, said)
    on = day_of(state, command)
    return draft(state, command, on=on, decided={"group": state.grouping(account, on)})


def draw_of(record: Record) -> draw.Draw | None:
    """Return the draw that a call was for, if it names one."""
    said: Any = record.said
    if "draw_size" not in said:
        return None
    return draw.Draw(said["draw_size"], said["draw_number"], said.get("draw_period", ""), said["draw_count"])


def concerns(record: Record, months: Collection[str]) -> bool:
    """Tell whether a call is of some months: it was recorded in them, or was drawn among the households of one."""
    period = record.said.get("draw_period")
    return record.period in months or (period is not None and not set(months).isdisjoint(months_in(period)))


def _see_draw(state: State, said: dict[str, Any]) -> None:
    """See that a draw is named so that it can be done again, or not at all.

    Whether it came upon the household shows only when it is done again, which takes the whole journal: an inspection
    does that.
    """
    named = [name for name in _NAMES if f"draw_{name}" in said]
    if not named and "draw_period" not in said:
        return
    for name, name_zh in _NAMES.items():
        if name not in named:
            raise OptionRequired(
                option=name,
                option_zh=name_zh,
                instead="since size, number and count name a draw together",
                instead_zh="记录数、抽签号码和抽取户数须一并给出",
            )
    if said["draw_size"] > state.size:
        raise UnknownRecord(seq=said["draw_size"], size=state.size)
    if "draw_period" in said and months_in(said["draw_period"])[-1] < state.settings.first_period:
        raise BeforeFirstPeriod(on=said["draw_period"], first_period=state.settings.first_period)


_NAMES = {"size": "记录数", "number": "抽签号码", "count": "抽取户数"}
"""What a draw cannot be done again without; its period may be left out, when it was among all households."""
