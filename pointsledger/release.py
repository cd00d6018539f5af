"""The release: which one this is, said where it is not installed as well, as in a copied folder."""

from __future__ import annotations

RELEASE = "0.1.0"
