"""Balance secrets: what a village salts its closing balances with, made when the first of them is salted."""

from __future__ import annotations

import secrets

from pointsledger.decisions.closing import held_pin
from pointsledger.decisions.stored import damaged
from pointsledger.posting import Posting
from pointsledger.rules.balance_tree import SECRET_BYTES
from pointsledger.values.rows import Close, Secret
from pointsledger.values.words import Words

_OTHER = Words(
    "the secret that closing balances are salted with is not the one of record {seq}",
    "结存加盐所用的密值与第 {seq} 号记录所记不符",
)


def secret_pin(posting: Posting) -> str | None:
    """Return the digest by which the close that is being posted names the village's secret, which is made if need be.

    Of a close that is repeated it is the one that it named, whatever has become of the secret since.
    """
    if posting.earlier is not None:
        return posting.earlier.said.get("secret")
    _see_unchanged(posting)
    if held_pin(posting.state) is None:
        posting.state.put(Secret(posting.state.village, secrets.token_bytes(SECRET_BYTES)))
    return held_pin(posting.state)


def _see_unchanged(posting: Posting) -> None:
    """See that the secret which is here is the one that the last close names: another was put in its place.

    Raises:
        LedgerDamaged: if it is not.

    """
    state = posting.state
    last = state.get(Close, (state.settings.closed_through,)) if state.settings.closed_through else None
    told = state.record(last.seq).said.get("secret") if last is not None else None
    if None not in {told, held_pin(state)} and told != held_pin(state):
        seq = last.seq if last is not None else 0
        raise damaged(state.village, _OTHER.about(seq=seq))
