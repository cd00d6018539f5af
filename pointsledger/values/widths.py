"""Widths: the full-width digits and signs of a Chinese input method, as the plain ones that they stand for.

Full width alone is made plain. The wider NFKC would also take a superscript for a digit, and 5² for 52 points.
"""

from __future__ import annotations

_PLAIN = {0xFF01 + number: 0x21 + number for number in range(94)} | {
    ord("\N{IDEOGRAPHIC SPACE}"): " ",
    ord("\N{MINUS SIGN}"): "-",
}


def narrow(text: str) -> str:
    """Return ``text`` with full-width letters, digits and signs made plain, and a minus sign made a hyphen."""
    return text if text.isascii() else text.translate(_PLAIN)
