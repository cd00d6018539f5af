"""The balance tree: a second, small tree over what each account closed a month with, whose root stands in the close.

A household can be shown its own closing balance, with the hashes that lead from it to that root, and sees nothing of
its neighbours'. A bare hash of a neighbour's balance would not hide it, since there are few balances to try; so each
leaf is salted with an HMAC of a secret that the village keeps beside its profiles. With the secret all salts can be
made again; without it no other household's can be guessed.

Worked example: three accounts closed 2026-10 with 10, 0 and 35. The leaves are those of three lines of canonical JSON,
in the order of the accounts' ids, each with its own salt; the root is RFC 6962's over them.

Source: RFC 2104 (HMAC), RFC 6962, section 2.1.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Self

from pointsledger.rules import merkle
from pointsledger.values.canonical import canonical, parse
from pointsledger.values.points import MAX_DECIMALS, unscaled
from pointsledger.values.rows import Bridge

SECRET_BYTES = 32


def pin_of_secret(secret: bytes) -> str:
    """Return the digest by which a close says with which secret its balances were salted."""
    return sha256(b"pointsledger balance secret\n" + secret).hexdigest()


@dataclass(frozen=True, slots=True)
class ClosingBalance:
    """What an account closed a month with, in the smallest unit, and the salt of its leaf in hexadecimal.

    ``decimals`` are the places of a point in that village, so that whoever holds the slip alone can read the number.
    """

    village: str
    period: str
    account: str
    closing: int
    decimals: int
    salt: str

    @classmethod
    def of(cls, secret: bytes, bridge: Bridge, decimals: int) -> Self:
        """Return the closing balance of a bridge, salted with a village's secret."""
        said = canonical([bridge.village, bridge.period, bridge.account])
        salt = hmac.new(secret, said, sha256).hexdigest()
        return cls(bridge.village, bridge.period, bridge.account, bridge.closing, decimals, salt)

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read what ``text`` writes.

        Raises:
            ValueError: if it is none.

        """
        fields: Any = parse(text)
        typed = isinstance(fields, dict) and {name: type(value) for name, value in fields.items()} == _TYPES
        if not typed or not 0 <= fields["decimals"] <= MAX_DECIMALS:
            message = "it is no closing balance"
            raise ValueError(message)
        return cls(**fields)

    @property
    def points(self) -> Decimal:
        """What it closed with, in points."""
        return unscaled(self.closing, self.decimals)

    def text(self) -> bytes:
        """Return the canonical bytes of the leaf."""
        return canonical(asdict(self))


_TYPES = {"village": str, "period": str, "account": str, "closing": int, "decimals": int, "salt": str}


def leaves_of(secret: bytes, bridges: Sequence[Bridge], decimals: int) -> list[bytes]:
    """Return the leaf of each bridge, in the order of their accounts' ids, as a close has them."""
    return [merkle.leaf_hash(ClosingBalance.of(secret, bridge, decimals).text()) for bridge in bridges]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the leaves."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        merkle.grow(frontier, size, leaf)
    return merkle.root(frontier)


def path_to(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from the leaf number ``index``, from 0, to the root."""

    def node_at(height: int, place: int) -> bytes:
        return root_of(leaves[place << height : (place + 1) << height])

    return tuple(merkle.inclusion_path(index, len(leaves), node_at))
