"""Shops: which there are on a day, and their pauses (暂停), in which nobody can redeem, reserve or collect there.

A pause ends after its last day, if it has one, or when it is resumed. It changes nothing of what was reserved: a
reservation lives as long as it would have.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from pointsledger.decisions.drafts import draft, today
from pointsledger.decisions.state import State
from pointsledger.errors import AlreadyPaused, InvalidSetting, NotPaused, UnknownShop
from pointsledger.rules.named import find_named
from pointsledger.rules.shop import ONLY, Shop
from pointsledger.values.records import Command, Record
from pointsledger.values.rows import Pause

PAUSE = "pause"
RESUME = "resume"


def shop_on(state: State, code: str, day: str) -> Shop:
    """Return the shop of that code, as the price list in force on a day has it.

    Raises:
        UnknownShop: if it has none, with the code or name that comes nearest.
        RuleSilent: if no price list was adopted.

    """
    shops = state.price_list(day)[1].shops
    found = next((shop for shop in shops if shop.code == code), None)
    if found is None:
        raise _unknown(code, day, shops)
    return found


def shop_ever(state: State, code_or_name: str, day: str) -> Shop:
    """Return the shop of that code or name that any price list has, the latest first; one may have closed since.

    Raises:
        UnknownShop: if none has, with those there are and the one that comes nearest.

    """
    shops = [shop for prices in reversed(state.price_lists()) for shop in prices.shops] or list(ONLY)
    found = find_named(shops, code_or_name)
    if found is None:
        raise _unknown(code_or_name, day, list({shop.code: shop for shop in reversed(shops)}.values()))
    return found


def _unknown(code: str, day: str, shops: Sequence[Shop]) -> UnknownShop:
    near = difflib.get_close_matches(code, [word for shop in shops for word in (shop.code, shop.name)], n=1)
    return UnknownShop(
        shop=code,
        on=day,
        hint=f" (did you mean {near[0]}?)" if near else "",
        hint_zh=f"（是否指 {near[0]}？）" if near else "",
        allowed=", ".join(f"{shop.code} ({shop.name})" for shop in shops),
    )


def pause_on(state: State, shop: str, day: str) -> Pause | None:
    """Return the pause that a shop has on a day, if it has one."""
    found = state.get(Pause, (shop,))
    if found is None or found.resumed_by or (found.last_day and found.last_day < day):
        return None
    return found


def decide_pause(state: State, command: Command) -> Record:
    """Pause the shop ``said["shop"]``, until a day or until it is resumed.

    Raises:
        UnknownShop, RuleSilent: if there is no such shop.
        AlreadyPaused: if it is paused.
        InvalidSetting: if the last day of the pause is over.

    """
    said: Any = command.said
    on = today(state, command)
    shop = shop_on(state, said["shop"], on)
    standing = pause_on(state, shop.code, on)
    if standing is not None:
        raise AlreadyPaused(shop=shop.code, seq=standing.seq)
    if said.get("until", on) < on:
        raise InvalidSetting(
            name="until", value=said["until"], allowed=f"{on} or a later day", allowed_zh=f"{on} 或以后的日期"
        )
    return draft(state, command, on=on, decided={})


def apply_pause(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note the pause, in the place of the one before it."""
    return [Pause(state.village, record.said["shop"], record.seq, record.said.get("until", ""))]


def decide_resume(state: State, command: Command) -> Record:
    """End the pause of the shop ``said["shop"]``, which may have left the price list since.

    Raises:
        UnknownShop, RuleSilent: if there is no such shop, nor was.
        NotPaused: if it is not paused.

    """
    said: Any = command.said
    on = today(state, command)
    standing = pause_on(state, said["shop"], on)
    if standing is None:
        raise NotPaused(shop=shop_on(state, said["shop"], on).code)
    return draft(state, command, on=on, decided={"pause": standing.seq})


def apply_resume(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note that the pause has ended."""
    pause = state.get(Pause, (record.said["shop"],))
    return [] if pause is None else [pause._replace(resumed_by=record.seq)]
