"""Matters (待核事项): what a check of an inspection found, and what to look at next; never an accusation.

What a check can see is that two records are alike, late, or out of the ordinary. Whether that is a busy clerk, a market
day or a fraud stands on slips of paper and in people's memories, so each matter ends with the place to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pointsledger.values.words import Words

Figure = int | str | Decimal
"""One figure of a matter."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to look at: the check that found it, the records, who and when, figures, and the next thing to look at.

    ``who`` is the code of an operator or household, or the name of a collector, ``when`` a day, a minute or a month,
    either empty where the matter has none. ``figures`` are its numbers by name, the same names for all of a check.
    """

    check: str
    seqs: tuple[int, ...]
    who: str
    when: str
    what: Words
    look: Words
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def say(self, lang: str = "en") -> str:
        """Return in a sentence what was found, in ``lang``: ``"en"`` or ``"zh"``."""
        return self.what.zh if lang == "zh" else self.what.en

    def look_at(self, lang: str = "en") -> str:
        """Return in a sentence what to look at next."""
        return self.look.zh if lang == "zh" else self.look.en
