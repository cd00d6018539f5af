"""Hidden: the signs that nobody sees, or that a screen obeys, and which of them a kind of text may not hold.

A control sign, be it of ASCII or of the second set (C1) that terminals obey as well, half a sign, and whatever ends a
line stand in no line of text. One of format, such as a space without width, makes two names look the same, and so may
one that has no shape of its own everywhere; yet a long remark is not refused for what was pasted along with it.
"""

from __future__ import annotations

import unicodedata

IN_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""What no line of text holds."""

IN_A_DOCUMENT = IN_A_LINE | {"Cf"}
"""What no text of a rule book or a price list holds."""

IN_A_NAME = IN_A_DOCUMENT | {"Cn", "Co"}
"""What no name, code or label holds."""


def hidden_in(text: str, kinds: frozenset[str]) -> str:
    """Return the signs of a text that are of these kinds (general categories of Unicode), one after another."""
    if text.isprintable():  # as nearly every text is, and nothing printable is hidden
        return ""
    return "".join(sign for sign in text if unicodedata.category(sign) in kinds)
