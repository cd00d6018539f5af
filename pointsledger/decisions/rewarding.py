"""Rewarding (奖励): goods or money without points, for a title, a rank or an accepted project (以奖代补).

The goods come from a shelf and the money from a fund, and both are ``rewarded``. Whom it went to stands in the
record: a household by its id, a group by its name; an organisation's name is free text and can be erased.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import day_of, draft, parts
from pointsledger.decisions.funding import spend
from pointsledger.decisions.ordering import pieces_for, shop_in
from pointsledger.decisions.shops import shop_ever
from pointsledger.decisions.state import State
from pointsledger.decisions.stocking import known_good
from pointsledger.errors import NothingRewarded
from pointsledger.rules import chart
from pointsledger.rules.funds import REWARDS
from pointsledger.values.records import Command, Entry, Record

REWARD = "reward"

GROUNDS = ("title", "rank", "acceptance")
"""What a reward is given for."""

RECIPIENTS = ("household", "group", "organisation")
"""Who may be rewarded, and the field that names them."""


def decide_reward(state: State, command: Command) -> Record:
    """Give goods of a shelf, money of a fund, or both.

    Raises:
        NothingRewarded: if it is neither.
        UnknownAccount: if the household is not enrolled.
        UnknownShop: if no price list ever had the shop.
        UnknownItem, NotStocked, OutOfStock: if the shelf does not have the goods.
        UnknownFund, FundShort: if the fund does not have the money.
        RuleSilent, FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on, shop = day_of(state, command), shop_in(said)
    if len([one for one in RECIPIENTS if one in said]) != 1 or ("fen" in said) != ("fund" in said):
        message = "a reward has one recipient, and money comes from a fund"
        raise ValueError(message)
    if "household" in said:
        state.account(said["household"])
    if "shop" in said:
        shop_ever(state, shop, on)
    decided: dict[str, Any] = {}
    drawn: list[Any] = []
    entries: list[Entry] = []
    for line in said.get("items", ()):
        unit = chart.item_unit(known_good(state, line["item"], on))
        entries.append(Entry(chart.shelf(shop), chart.REWARDED, unit, line["pieces"]))
        drawn += parts(len(entries), pieces_for(state, shop, line))
        decided["prices"] = len(state.price_lists())
    if "fund" in said:
        entries.append(Entry(chart.fund(said["fund"]), chart.REWARDED, chart.FEN, said["fen"]))
        decided |= spend(state, said["fund"], said["fen"], on, use=REWARDS, line=len(entries))
        drawn += decided["lots"]
    if not entries:
        raise NothingRewarded
    return draft(state, command, on=on, decided=decided | {"lots": drawn}, entries=entries)
