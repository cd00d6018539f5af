"""The one way a record is written down: JSON as RFC 8785 orders and escapes it, of fewer kinds of values.

Objects, arrays, strings and integers within 2**53 - 1 are all there is. No float (its text depends on the
writer), no null (what is absent is absent), no boolean. Within that, RFC 8785 asks for two things that
``json`` does not do by itself: names sorted by UTF-16 code units, where ``json`` sorts by code points, and
no lone surrogates. The two orders differ only between U+E000..U+FFFF and what lies beyond U+FFFF, so the
reordering is done for objects with non-ASCII names alone.

Source: RFC 8785, sections 3.2.2 and 3.2.3.
"""

from __future__ import annotations

import json
from typing import Any

LARGEST_INTEGER = 2**53 - 1
"""The largest integer every JSON reader keeps exactly (RFC 8785, section 3.2.2.3)."""

Json = dict[str, "Json"] | list["Json"] | str | int
"""What a record's body is made of."""

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)
_UNSORTED = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"))


def canonical(value: Json) -> bytes:
    """Return the canonical bytes of ``value``.

    Raises:
        TypeError: for a float, null, boolean or anything else that has no canonical form here.
        ValueError: for an integer beyond 2**53 - 1 or a string with a lone surrogate.

    """
    if _plain(value):
        return _ENCODER.encode(value).encode()
    return _UNSORTED.encode(_ordered(value)).encode()


def parse(text: bytes) -> Json:
    """Return the value that canonical ``text`` stands for.

    Raises:
        ValueError: if ``text`` is not JSON, or not exactly its canonical form.

    """
    try:
        value: Json = json.loads(text)
        written = canonical(value)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if written != text:
        message = "the text is JSON but not in its canonical form"
        raise ValueError(message)
    return value


def _plain(value: Any) -> bool:  # noqa: ANN401 - it is here that the type is found out
    """Check every value; return whether all names are ASCII, so that plain sorting is the right order."""
    plain = True
    waiting = [value]
    while waiting:
        held = waiting.pop()
        kind = type(held)
        if kind is dict:
            for name in held:
                if type(name) is not str:
                    message = f"the name {name!r} is no string"
                    raise TypeError(message)
                plain = plain and name.isascii()
            waiting.extend([each for each in held.values() if type(each) is not str])
        elif kind is list:
            waiting.extend([each for each in held if type(each) is not str])
        elif kind is int:
            if not -LARGEST_INTEGER <= held <= LARGEST_INTEGER:
                message = f"the integer {held} lies beyond 2**53 - 1"
                raise ValueError(message)
        elif kind is not str:
            message = f"{kind.__name__} {held!r} has no canonical form; use an object, a list, a string or an int"
            raise TypeError(message)
    return plain


def _ordered(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    if isinstance(value, list):
        return [_ordered(held) for held in value]
    return value
