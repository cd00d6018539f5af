"""Telling: what an act on a household came to, in one sentence."""

from __future__ import annotations

from pointsledger.cli.showing import say
from pointsledger.cli.words import speak
from pointsledger.receipts import Receipt
from pointsledger.values.records import Record


def tell(receipt: Receipt, act: str, act_zh: str, household: str) -> None:
    """Say what an act came to that gave a household points or took them."""
    way = "to" if act == "awarded" else "from"
    say(
        speak(
            f"{act.capitalize()} {receipt.points} {way} {household}, record {receipt.seq}; "
            f"balance {receipt.balance}.{again(receipt)}",
            f"{household} {act_zh} {receipt.points}，第 {receipt.seq} 号记录；余额 {receipt.balance}。{again(receipt)}",
        )
    )


def again(receipt: Receipt) -> str:
    """Return what is said behind an act that was recorded before, or nothing."""
    return speak(" (recorded before, nothing changed)", "（此前已录入，未作改动）") if receipt.repeated else ""


def tell_month(record: Record) -> None:
    """Say in which month something counts that was done in one which is closed."""
    if record.for_period:
        concerned, counted = record.for_period, record.period
        say(
            speak(
                f"{concerned} is closed: it counts in {counted}, for {concerned}.",
                f"{concerned} 已结账：计入 {counted}，属 {concerned}。",
            )
        )
