"""What has a code and a name: activities, levels, items; found by either, however it was typed."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a code for programs and a name for people, either of which finds it."""

    code: str
    name: str


N = TypeVar("N", bound=Named)


def find_named(things: Iterable[N], text: str) -> N | None:
    """Return what has ``text`` as its code or name, or None.

    Full-width letters and brackets, capitals and spaces make no difference: sheets are typed with all of them.
    """
    sought = lookup_key(text)
    return next((thing for thing in things if sought in (lookup_key(thing.code), lookup_key(thing.name))), None)


def nearest_named(things: Iterable[Named], text: str) -> str | None:
    """Return the code or name most like ``text``, for a hint, or None if nothing comes near."""
    words = {lookup_key(word): word for thing in things for word in (thing.code, thing.name)}
    # Two of four characters are enough: names of four are the rule in Chinese, and one slip changes two pairs.
    near = difflib.get_close_matches(lookup_key(text[:NAME_LIMIT]), words, n=1, cutoff=0.5)
    return words[near[0]] if near else None


def lookup_key(text: str) -> str:
    """Return ``text`` in the form in which codes and names are compared."""
    return "".join(folded(text).split())


def folded(text: str) -> str:
    """Return ``text`` in one width and one case, with its spaces."""
    return unicodedata.normalize("NFKC", text).casefold()
