"""Drawing lots: which households are called back, by a book's head and a number that nobody knew before it.

Whoever keeps the book could choose whom to ask, and whoever asks could choose whom to spare. So neither does: the head
was issued first, then a number that both have to wait for, such as that evening's lottery figures, and the two together
put the households into an order that anybody can work out again:

    SHA-256( "pointsledger call-back" LF  root (32 bytes)  number (UTF-8) LF  id of the household's account )

The smallest digests are drawn. The root is of one length and a number has no line feed in it, so that no two draws
share what is hashed.

A draw is named by all that it takes to do it again: how many records the head had, the number, the period whose
households it was among (or all), and how many were drawn. Whoever was asked without having been drawn then shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from pointsledger.errors import InvalidSetting

DOMAIN = b"pointsledger call-back\n"

LONGEST_NUMBER = 64
"""Characters of a number, which may be any text."""

MOST = 1_000
"""Households that a draw gives at most."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What names a draw: the records of the head, the number, the period (empty: all households), and how many."""

    size: int
    number: str
    period: str
    count: int


def see_count(count: int) -> int:
    """Return how many are drawn, if so many can be.

    Raises:
        InvalidSetting: if not.

    """
    if type(count) is not int or not 1 <= count <= MOST:
        raise InvalidSetting(name="count", value=count, allowed=f"1 to {MOST}", allowed_zh=f"1 至 {MOST}")
    return count


def place(root: bytes, number: str, account: str) -> bytes:
    """Return the place of an account in a draw: the smaller, the sooner."""
    return sha256(DOMAIN + root + number.encode() + b"\n" + account.encode()).digest()


def drawn(root: bytes, number: str, accounts: Iterable[str], count: int) -> list[str]:
    """Return the ``count`` accounts that are drawn, in the order in which they are; fewer if there are not so many."""
    return sorted(accounts, key=lambda account: place(root, number, account))[:count]
