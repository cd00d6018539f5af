"""Formulas: what a spreadsheet would run instead of showing it, if a text begins so."""

from __future__ import annotations

from typing import Any

_BEGINNINGS = ("=", "+", "@", "-", "\t", "\r")


def unformula(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a cell
    """Keep a spreadsheet from running a text that begins like a formula; numbers stay as they are."""
    if isinstance(value, str) and value.startswith(_BEGINNINGS) and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
