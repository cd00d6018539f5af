"""Funding: money that comes into a fund and goes out of it, a lot an entry, the oldest spent first.

So every yuan that left a fund can be followed to the grant or the donation that it came from. No fund goes below zero.
Money spent on what its fund is not for, or beyond its budget, is gone, and is recorded as it was: the record says so,
and the audit lists it for whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pointsledger.decisions.drafts import day_of, draft, parts, period_of
from pointsledger.decisions.state import State
from pointsledger.errors import FundShort, UnknownFund
from pointsledger.rules import chart, lots
from pointsledger.rules.funds import PAYMENTS, Fund
from pointsledger.rules.named import nearest_named
from pointsledger.values.calendar import months_in
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.records import Command, Entry, Record
from pointsledger.values.rows import Usage

FUND_IN = "fund-in"
FUND_OUT = "fund-out"

GOVERNMENT = "government"
GIVERS = (GOVERNMENT, "villagers", "society")
"""Where the money of a fund may come from."""

GRANT = "grant"
DONATION = "donation"
NATURES = {GRANT: chart.GRANT, DONATION: chart.DONATION}
"""As what it comes in."""

_SPENT = "~fund"
"""Under what the spending of a fund is counted, beside that of activities."""


def decide_fund_in(state: State, command: Command) -> Record:
    """Enter what a fund was given.

    Raises:
        UnknownFund, RuleSilent: if the rule book of the day declares no such fund.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on = day_of(state, command)
    version, fund = fund_on(state, said["fund"], on)
    account = chart.fund(fund.code)
    left = state.balance(account, chart.FEN).balance + said["fen"]
    entries = [Entry(NATURES[said["nature"]] + said["giver"], account, chart.FEN, said["fen"])]
    return draft(state, command, on=on, decided={"rulebook": version, "left": left}, entries=entries)


def decide_fund_out(state: State, command: Command) -> Record:
    """Pay something from a fund that is neither goods for the shop nor a reward.

    Raises:
        UnknownFund, RuleSilent: if the rule book of the day declares no such fund.
        FundShort: if it does not hold so much.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on = day_of(state, command)
    decided = spend(state, said["fund"], said["fen"], on, use=PAYMENTS, line=1)
    entries = [Entry(chart.fund(said["fund"]), chart.PAID + said["purpose"], chart.FEN, said["fen"])]
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_spending(state: State, record: Record) -> list[tuple[object, ...]]:
    """Count what was spent of a fund."""
    return [*counted_spending(state, record)]


def fund_on(state: State, code: str, on: str) -> tuple[int, Fund]:
    """Return the version of the rule book in force on a day, and its fund of that code.

    Raises:
        UnknownFund: if it declares none, with the code or name that comes nearest.
        RuleSilent: if no rule book is in force.

    """
    version, book = state.rulebook(on)
    found = book.fund(code)
    if found is None:
        near = nearest_named(book.funds, code)
        raise UnknownFund(
            fund=code,
            on=on,
            hint=f" (did you mean {near}?)" if near else "",
            hint_zh=f"（是否指 {near}？）" if near else "",
            allowed=", ".join(f"{fund.code} ({fund.name})" for fund in book.funds) or "none",
            allowed_zh="、".join(f"{fund.code}（{fund.name}）" for fund in book.funds) or "无",
        )
    return version, found


def spend(state: State, code: str, fen: int, on: str, *, use: str, line: int) -> dict[str, Any]:
    """Return what is decided where a line of the next record spends money of a fund.

    Raises:
        UnknownFund, RuleSilent: as ``fund_on``.
        FundShort: if the fund does not hold so much.

    """
    version, fund = fund_on(state, code, on)
    account = chart.fund(code)
    held = state.balance(account, chart.FEN).balance
    if fen > held:
        raise FundShort(fund=code, available=unscaled(held, FEN_DECIMALS), required=unscaled(fen, FEN_DECIMALS))
    taken, _ = lots.take(state.lots(account, chart.FEN), fen)
    before = spent_in(state, fund, period_of(state, on))
    return {
        "rulebook": version,
        "lots": parts(line, taken),
        "left": held - fen,
        "outside_use": None if use in fund.uses else use,
        "over_budget": fund.beyond(before, fen) or None,
    }


def spent_in(state: State, fund: Fund, period: str) -> int:
    """Return what was spent of a fund in the span of its budget around a month; in the month, if it has none."""
    span = state.calendar.window(state.calendar.bounds(period)[0], fund.per or "month")
    usages = (state.get(Usage, (_SPENT, fund.code, month)) for month in months_in(span))
    return sum(usage.points for usage in usages if usage is not None)


def counted_spending(state: State, record: Record, sign: int = 1) -> Iterator[Usage]:
    """Yield what the funds have spent in the month of ``record``, with what it spent, or without it again."""
    for entry in record.entries:
        code = chart.fund_of(entry.source)
        if code:
            key = (_SPENT, code, record.period)
            usage = state.get(Usage, key) or Usage(state.village, *key, 0, 0)
            yield usage._replace(points=usage.points + sign * entry.amount, times=usage.times + sign)
