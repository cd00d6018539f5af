"""The audit of what was given out: the book's own list of it, and what others have kept.

Everything in the file may have been made anew by whoever holds it, hashes and all. What they cannot make anew is what
others hold: so the root that the book had at each size that somebody kept is held against what they kept.

A book that goes on from a backup is honest and no longer the one that others hold. Where a record of the book itself
declares the very head that they hold to be lost, that is told, and is no fault; what is not declared stays one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pointsledger.decisions.recovering import RECOVERED
from pointsledger.errors import NotACheckpoint, NotASignedNote
from pointsledger.evidence import Evidence, Found, Unusable
from pointsledger.finding_list import Findings
from pointsledger.rules.checkpoint import NO_LINK, SHORT_DIGITS, link_of, origin_of
from pointsledger.rules.proof import head_of
from pointsledger.values import rows
from pointsledger.values.records import Record
from pointsledger.values.words import Words


def sizes_in(issued: Iterable[rows.Checkpoint], kept: Iterable[Found]) -> frozenset[int]:
    """Return the sizes at which the root of the book is asked for."""
    sizes = {row.size for row in issued} | {one.size for one in kept if isinstance(one, Evidence)}
    return frozenset(size for size in sizes if isinstance(size, int))


def check_issued(
    village: str,
    issued: Sequence[rows.Checkpoint],
    tree: tuple[Mapping[int, bytes], Mapping[int, str]],
    findings: Findings,
    *,
    declared: Sequence[Declared],
) -> None:
    """See that the checkpoints which were issued are those that were issued, and of this book.

    ``tree`` is the root at each size, and when the record was written that made it so. A township's copy of a book that
    was put back from a backup has kept what it saw before: of the book that was lost.
    """
    (roots, times), before, last = tree, NO_LINK, ""
    for place, row in enumerate(issued, start=1):
        early = _early(row, times, last)
        last = row.issued_at if isinstance(row.issued_at, str) else last
        if row.number != place or row.link != _link(before, row) or early:
            findings.add("checkpoint-changed", row.number)
        elif not _is_head_of(village, row, roots):
            seqs = _declaring(village, row, declared)
            findings.add("checkpoint-declared" if seqs else "checkpoint-differs", row.number, *seqs)
        before = row.link if isinstance(row.link, bytes) else NO_LINK


def _early(row: rows.Checkpoint, times: Mapping[int, str], last: str) -> bool:
    """Tell whether a checkpoint says that it was issued before the one before it, or before its own last record."""
    own = times.get(row.size, "") if isinstance(row.size, int) else ""
    return not isinstance(row.issued_at, str) or row.issued_at < max(last, own)


def _link(before: bytes, row: rows.Checkpoint) -> bytes | None:
    try:
        return link_of(before, row)
    except (ValueError, TypeError):  # a text or a number that was made unreadable
        return None


def _declaring(village: str, row: rows.Checkpoint, declared: Sequence[Declared]) -> list[int]:
    """Return the records that declare an issued checkpoint to be of the book that was lost."""
    try:
        head = head_of(row.note)
    except (NotACheckpoint, NotASignedNote):
        return []
    own = (head.origin, head.size) == (origin_of(village), row.size)
    return [one.seq for one in declared if own and one.is_of(Evidence.of("", head))]


def _is_head_of(village: str, row: rows.Checkpoint, roots: Mapping[int, bytes]) -> bool:
    try:
        head = head_of(row.note)
    except (NotACheckpoint, NotASignedNote):
        return False
    return (head.origin, head.size, head.root) == (origin_of(village), row.size, roots.get(row.size))


class Declared(NamedTuple):
    """A head of the lost end of the book, and the record that declares it: its size, and digits of its root."""

    seq: int
    size: int
    digits: str

    def is_of(self, one: Evidence) -> bool:
        """Tell whether it is the head that somebody kept: as many digits of the root as both of them have."""
        both = min(len(self.digits), len(one.digits))
        return self.size == one.size and both >= SHORT_DIGITS and self.digits[:both] == one.digits[:both]


def declared_in(record: Record) -> Iterator[Declared]:
    """Yield the heads that a record declares lost, whatever else stands there: the text may be anybody's.

    A range that begins behind the record was not lost when it was written, and a head outside its range is none of it.
    """
    said: Any = record.said
    if record.kind != RECOVERED or not 0 < _number(said.get("lost_from")) <= record.seq:
        return
    heads = said.get("heads", ())
    for head in heads if isinstance(heads, list) else ():
        size, digits = head if isinstance(head, list) and len(head) == 2 else (0, "")  # noqa: PLR2004 - a pair
        within = said["lost_from"] <= _number(size) <= _number(said.get("lost_through"))
        if within and isinstance(digits, str):
            yield Declared(record.seq, size, digits)


def _number(value: object) -> int:
    return value if type(value) is int else 0


def check_kept(
    village: str,
    size: int,
    kept: Sequence[Found],
    roots: Mapping[int, bytes],
    findings: Findings,
    *,
    declared: Sequence[Declared],
) -> tuple[int, str]:
    """Hold the book against what others kept; return how many records that reaches over, and the source that does.

    A head that several hold is told once, with all who do.
    """
    reach: tuple[int, str] = (0, "")
    for one in kept:
        if isinstance(one, Unusable):
            en, zh = one.reason
            findings.add("evidence-unusable", Words(f"{one.source}: {en}", f"{one.source}：{zh}"))
    for one, sources in _by_head(kept):
        en, zh = ", ".join(sources), "、".join(sources)
        at = Words(f"{en}, at {one.size:,} records", f"{zh}（{one.size:,} 笔时）")
        if one.origin not in {"", origin_of(village)}:
            findings.add("evidence-foreign", Words(f"{en} ({one.origin})", f"{zh}（{one.origin}）"))
        elif one.size in roots and one.fits(roots[one.size]):
            reach = max(reach, (one.size, max(sources)))
        elif seqs := [head.seq for head in declared if head.is_of(one)]:
            findings.add("evidence-declared", at, *seqs)
        elif one.size > size:
            cut = Words(f"{en} says {one.size:,}", f"{zh} 写的是 {one.size:,} 笔")
            findings.add("evidence-beyond", cut, *range(size + 1, min(one.size, size + _LISTED) + 1))
        else:
            findings.add("evidence-differs", at)
    return reach


def _by_head(kept: Iterable[Found]) -> Iterator[tuple[Evidence, list[str]]]:
    """Yield each head that others kept, with all sources that have it."""
    found: dict[tuple[str, int, str], tuple[Evidence, dict[str, None]]] = {}
    for one in kept:
        if isinstance(one, Evidence):
            found.setdefault((one.origin, one.size, one.digits), (one, {}))[1][one.source] = None
    for one, sources in found.values():
        yield one, list(sources)


_LISTED = 20
"""Missing records that a finding lists by number."""
