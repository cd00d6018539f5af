"""On which line of a TOML text each key stands, so that a fault can be found again.

A TOML reader that keeps positions would be a dependency; instead the lines are scanned for headers and keys, and where
that finds nothing, the line of the enclosing key stands in.
"""

from __future__ import annotations

import re

KeyPath = tuple[str | int, ...]
"""Where a value stands: ``("activity", 2, "points")`` is the key of the second block, counted from 1."""


def key_text(path: KeyPath) -> str:
    """Return a path as faults write it: ``activity[2].points``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_PARTS = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_PARTS})[ \t]*\]\]?[ \t]*(?:#.*)?\r?")
_KEY = re.compile(rf"[ \t]*({_PARTS})[ \t]*=[ \t]*(.*)")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line, counted from 1, of every header and key that begins a line of TOML ``text``."""
    lines: dict[KeyPath, int] = {}
    blocks: dict[KeyPath, int] = {}
    here: KeyPath = ()
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:  # inside a text of several lines nothing is a key
            closing = "" if closing in line else closing
        elif header := _HEADER.fullmatch(line):
            here = _opened(header[1], _split(header[2]), blocks)
            for path in filter(None, (here, here[:-1])):  # the first block stands in for all of its name
                lines.setdefault(path, number)
        elif key := _KEY.match(line):
            parts = _split(key[1])
            for size in range(1, len(parts) + 1):
                lines.setdefault((*here, *parts[:size]), number)
            quotes = key[2][:3]
            closing = quotes if quotes in ('"""', "'''") and quotes not in key[2][3:] else ""
    return lines


def _opened(bracket: str, parts: tuple[str, ...], blocks: dict[KeyPath, int]) -> KeyPath:
    path: KeyPath = ()
    for part in parts[:-1]:
        path = (*path, part)
        path = (*path, blocks[path]) if path in blocks else path
    path = (*path, parts[-1])
    if bracket == "[[":
        blocks[path] = blocks.get(path, 0) + 1
        return (*path, blocks[path])
    return path


def _split(parts: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, parts))
