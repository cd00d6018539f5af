"""pointsledger: an append-only ledger of a village's merit points, redeemable and auditable."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsledger.ledger import Ledger

__all__ = ["Ledger"]

_HOMES = {"Ledger": "ledger"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load a name when it is first used, so that importing the package loads no database."""
    if name in _HOMES:
        return getattr(import_module(f"pointsledger.{_HOMES[name]}"), name)
    message = f"module 'pointsledger' has no attribute {name!r}"
    raise AttributeError(message)
