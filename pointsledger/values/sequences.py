"""Sequences: the numbers of records as people write them, ``17–29, 31``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pointsledger.values.words import Words

MOST_RANGES = 12
"""Ranges of records that a sentence lists."""


def numbers(seqs: Iterable[int], most: int | None = None) -> Words:
    """Return the numbers of records as people write them: ``17–29, 31``; behind ``most`` ranges how many more."""
    spans = list(ranges(seqs))
    told = ", ".join(_span(span) for span in spans[:most])
    rest = 0 if most is None else sum(last - first + 1 for first, last in spans[most:])
    more = Words(f" and {rest} more", f" 等，另有 {rest} 笔") if rest else Words("", "")
    return Words(told + more.en, told.replace(", ", "、") + more.zh)


def records_named(seqs: Iterable[int]) -> Words:
    """Return the same with the word for records before it."""
    listed = list(seqs)
    told = numbers(listed, MOST_RANGES)
    return Words(f"record{'' if len(listed) == 1 else 's'} {told.en}", f"第 {told.zh} 号记录")


def ranges(seqs: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of numbers that follow one another."""
    first = last = 0
    for seq in sorted(set(seqs)):
        if first and seq == last + 1:
            last = seq
            continue
        if first:
            yield first, last
        first = last = seq
    if first:
        yield first, last


def _span(span: tuple[int, int]) -> str:
    first, last = span
    return str(first) if first == last else f"{first}–{last}"


def times(count: int, noun: str) -> str:
    """Return how many there are of something, in English."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
