"""Redemption terms (兑换须知): what a rule book and a price list say of redeeming, to be read out or posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pointsledger.reports.reading_out import SPANS
from pointsledger.rules.redemption import UNRESTRICTED
from pointsledger.values.points import number_text
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.catalog import PriceList
    from pointsledger.rules.redemption import RedemptionRules

_COLLECTING = {
    "self": Words("only the head of the household may collect", "只能由户主本人领取"),
    "household": Words("any member of the household may collect", "本户成员均可领取"),
    "proxy": Words("anybody whom the household sends may collect", "可委托他人代领"),
}
_ENDINGS = {
    "release": Words("then its points are free again", "逾期未领的积分退回"),
    "forfeit": Words("then its points are forfeited", "逾期未领的积分作废"),
}


def redemption_terms(rules: RedemptionRules, decimals: int) -> list[Words]:
    """Return what a rule book says of redeeming, a sentence each; nothing where it says nothing."""
    if rules == UNRESTRICTED:
        return []
    found = [*_amounts(rules, decimals), *_days(rules), _COLLECTING[rules.collect]]
    ending = _ENDINGS[rules.at_end]
    found.append(
        Words(
            f"a reservation lives {rules.reservation_days} days; {ending.en}",
            f"预约保留 {rules.reservation_days} 天，{ending.zh}",
        )
    )
    found.append(
        Words(
            f"lapsed points that are given back, by no fault of the household, live {rules.grace_days} days more",
            f"非本户原因退回的已到期积分，可再用 {rules.grace_days} 天",
        )
    )
    return found


def shop_terms(prices: PriceList) -> list[Words]:
    """Return which shops a price list names, and of which items a household may have only so many."""
    found = []
    for shop in prices.named_shops:
        given = [prices.items[code].name for code in shop.items]
        found.append(
            Words(
                f"shop {shop.code} ({shop.name}) gives {', '.join(given) or 'every item'}",
                f"{shop.name}（{shop.code}）兑换：{'、'.join(given) or '全部商品'}",
            )
        )
    for item in prices.items.values():
        if item.limit is not None:
            span, most = SPANS[item.limit.per], item.limit.most
            found.append(
                Words(
                    f"{item.code} ({item.name}): at most {most} a {span.en} for a household",
                    f"{item.name}（{item.code}）：每户{span.zh}最多 {most} 件",
                )
            )
    return found


def _amounts(rules: RedemptionRules, decimals: int) -> list[Words]:
    found = []
    if rules.minimum_balance is not None:
        least = number_text(rules.minimum_balance, decimals)
        found.append(Words(f"one may redeem from a balance of {least} on", f"余额满 {least} 分方可兑换"))
    if rules.multiple_of is not None:
        multiple = number_text(rules.multiple_of, decimals)
        found.append(Words(f"each redemption comes to a multiple of {multiple}", f"每次兑换须为 {multiple} 的整数倍"))
    if rules.times_per is not None:
        span, times = SPANS[rules.times_per.per], rules.times_per.most
        plural = "" if times == 1 else "s"
        found.append(Words(f"{times} time{plural} a {span.en} for a household", f"每户{span.zh}最多兑换 {times} 次"))
    if rules.points_per is not None:
        span, most = SPANS[rules.points_per.per], number_text(rules.points_per.most, decimals)
        found.append(Words(f"up to {most} points a {span.en} for a household", f"每户{span.zh}最多兑换 {most} 分"))
    return found


def _days(rules: RedemptionRules) -> list[Words]:
    if rules.rule is not None:
        return [Words(f"on the days of the rule {rules.rule}", f"兑换日按规则 {rules.rule}")]
    if not rules.days:
        return []
    days = [str(day) for day in rules.days]
    late = Words("", "")
    if rules.days[-1] > 28:  # noqa: PLR2004 - the days of the shortest month
        late = Words(", or the last day of a shorter month", "（当月没有该日的，为月末）")
    return [Words(f"on day {', '.join(days)} of each month{late.en}", f"每月 {'、'.join(days)} 日兑换{late.zh}")]
