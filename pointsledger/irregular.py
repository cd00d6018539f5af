"""Irregular: what the book records as it happened, and an inspector would ask about or has to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pointsledger.decisions.recovering import RECOVERED, lost_in_words
from pointsledger.rules import chart
from pointsledger.values.points import FEN_DECIMALS, unscaled
from pointsledger.values.records import Record
from pointsledger.values.words import Words

_USES_ZH = {"purchases": "采购", "rewards": "奖励", "payments": "支付"}


def irregular(record: Record, decimals: int) -> Iterator[tuple[str, Words]]:
    """Yield code and words of what is irregular in a record of a village whose points have so many decimals.

    And of what is in order and has to be known with every audit: that records were lost.
    """
    if record.kind == RECOVERED:
        yield RECOVERED, lost_in_words(record.said)
    yield from _uncovered(record, decimals)
    fund = next((code for entry in record.entries if (code := chart.fund_of(entry.source))), "")
    use, beyond = str(record.decided.get("outside_use", "")), record.decided.get("over_budget")
    if fund and use:
        yield "outside-fund-use", Words(f"{use} from {fund}", f"{fund} 用于{_USES_ZH.get(use, use)}")
    if fund and type(beyond) is int:
        yuan = unscaled(beyond, FEN_DECIMALS)
        yield "over-fund-budget", Words(f"{fund} by {yuan} yuan", f"{fund} 超出 {yuan} 元")


def below_zero(kept: Mapping[tuple[str, str], Mapping[str, int]]) -> Iterator[Words]:
    """Yield each month that goods or money moved in and that ended with less than nothing on a shelf or in a fund.

    ``kept`` has what came and went, by account and unit and then by month. The balance of now is never below zero, but
    what is said to have gone out on an earlier day may have come in later.
    """
    for (account, unit), months in sorted(kept.items()):
        closing = 0
        for month, amount in sorted(months.items()):
            closing += amount
            if closing < 0 and unit == chart.FEN:
                yuan = unscaled(closing, FEN_DECIMALS)
                yield Words(f"{account}, {month}: {yuan} yuan", f"{account}，{month}：{yuan} 元")
            elif closing < 0:
                yield Words(f"{account} ({unit}), {month}: {closing}", f"{account}（{unit}），{month}：{closing}")


def _uncovered(record: Record, decimals: int) -> Iterator[tuple[str, Words]]:
    """Yield what was handed over on paper without being there, points or goods."""
    decided: Any = record.decided
    short = unscaled(sum(amount for _, amount in _list(decided.get("arrears"))), decimals)
    missing = [tuple(found) for found in _list(decided.get("unexplained"))]
    if "handed_over" not in record.said or not (short or missing):
        return
    lacked = [f"{short} {'point' if short == 1 else 'points'}"] if short else []
    lacked_zh = [f"积分不足 {short} 分"] if short else []
    if missing:
        lacked += [f"{pieces} {item}" for item, pieces in missing]
        lacked_zh.append("货架上缺 " + "、".join(f"{item} {pieces} 件" for item, pieces in missing))
    yield "handed-over-uncovered", Words(", ".join(lacked), "，".join(lacked_zh))


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []
