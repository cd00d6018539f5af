r"""Visible: text from a book or a file as it may stand on a screen, with no sign in it that a terminal would obey.

Whoever can write to the database, or hands in a slip, chooses what an inspector's screen is given. A control sign would
clear that screen or hide what follows, an override turns the order of the letters about, and a line feed begins a line
that looks like one of ours. Each such sign is written as JSON escapes it, ``\u001b``: it is seen, and JSON in which it
is replaced still says the same.
"""

from __future__ import annotations

import json
import unicodedata


def visible(text: str) -> str:
    """Return a value as one line; a space of another kind than the plain one is seen, and stays."""
    return text if text.isprintable() else "".join(map(_seen, text))


def visible_lines(text: str) -> str:
    """Return text of ours, the line feeds of which are ours too, with everything else in it visible."""
    return text if text.isprintable() else "\n".join(map(visible, text.split("\n")))


def quoted(text: str) -> str:
    """Return a value as one line in quotation marks, of the sort that it has none of, as Python chooses them."""
    shown = visible(text)
    mark = '"' if "'" in shown and '"' not in shown else "'"
    return mark + shown.replace(mark, f"\\{mark}") + mark


def _seen(sign: str) -> str:
    if sign.isprintable() or unicodedata.category(sign) == "Zs":
        return sign
    return json.dumps(sign)[1:-1]
