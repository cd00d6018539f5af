"""Words: one phrase in both languages, for what an error or a finding has to say inside its sentence."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One phrase in both languages."""

    en: str
    zh: str

    def about(self, **data: object) -> Words:
        """Return the phrase with its blanks filled in."""
        return Words(self.en.format_map(data), self.zh.format_map(data))
