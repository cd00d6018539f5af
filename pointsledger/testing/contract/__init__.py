"""The contract: what every book does alike, as tests that a host runs on its own engine or in its own transaction.

A test module of two lines holds all of it::

    import pytest
    from pointsledger.testing.contract import *

and a fixture ``points_create`` beside it says how a book is begun there; see ``book``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pointsledger.errors import ExtraMissing

try:
    import pytest
except ModuleNotFoundError as _missing:
    raise ExtraMissing(feature=__name__, extra="testing") from _missing

PARTS = (
    "adoption",
    "award",
    "bad_input",
    "base_points",
    "batch",
    "clearings",
    "books",
    "call_backs",
    "closing",
    "correction",
    "endings",
    "enrolment",
    "exchanges",
    "explanation",
    "imports",
    "inspection",
    "lapses",
    "limits",
    "lists",
    "market_day",
    "money",
    "opening",
    "people",
    "personal",
    "programme",
    "readings",
    "records",
    "recoveries",
    "redeemed",
    "redemption",
    "rehearsal",
    "replacement",
    "requests",
    "retention",
    "reversal",
    "row_faults",
    "shop",
    "shortfalls",
    "stock",
    "stores",
    "tally",
    "tracing",
    "worth",
)
"""The modules of the contract, a noun each."""

# Before any of them is imported, so that a failing assertion shows what it compared.
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in ("book", *PARTS)))


def gathered() -> dict[str, Any]:
    """Return every test of the contract, and every fixture that they take, by its name."""
    book = import_module(f"{__name__}.book")
    fixture = type(book.nanyu)
    modules = [book, *(import_module(f"{__name__}.{part}") for part in PARTS)]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, fixture) or name.startswith("test_")
    }


globals().update(gathered())
__all__ = sorted(gathered())  # noqa: PLE0605 - what the modules hold, so that a new test needs no second mention
