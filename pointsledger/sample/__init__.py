"""The bundled sample: two months of 南峪村, an invented village, with its rules, prices, shop and market days.

The files lie beside this one; README.md says what each holds and which mistakes October's sheet has on purpose.
"""

from __future__ import annotations

from pathlib import Path


def path(name: str) -> Path:
    """Return where the sample's file of that name lies, such as ``"rulebook.toml"``; ``""`` is the folder itself."""
    return Path(__file__).parent / name
