"""The tree over the journal: RFC 6962's Merkle tree with SHA-256, grown one leaf at a time.

A book of n records has one head, the root over its n leaves; a changed, removed, inserted or moved record
changes it. Two things are kept so that nothing is ever recomputed from the start. The *frontier* is the
roots of the complete subtrees that make up n (one for each set bit, largest first): appending a leaf merges
the equal-sized ones at its end, amortised one hash a leaf. And each leaf carries the *nodes* it completes,
lowest first, so the complete subtree of height h that starts at leaf i * 2**h is the node number h - 1 of
its last leaf, one look-up, and an inclusion path at a million records is about twenty of them.

With five leaves a..e the frontier is (H(H(a,b), H(c,d)), e); leaf d carries H(c,d) and H(H(a,b), H(c,d)).

Rejected: keeping every node in a table of its own (twice the rows for the same look-ups), and a hash chain,
which cannot show that a record is in the book without showing all that came after it.

Source: RFC 6962, section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The head of an empty tree."""

HASH_BYTES = 32

NodeAt = Callable[[int, int], bytes]
"""``node_at(height, index)``: the root over leaves ``index * 2**height`` onwards, 2**height of them."""


def leaf_hash(body: bytes) -> bytes:
    """Return the leaf of a record's body."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the interior node over two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def grow(frontier: list[bytes], size: int, leaf: bytes) -> bytes:
    """Append the leaf number ``size`` (from 0) to ``frontier`` in place; return the nodes it completes, joined."""
    completed = []
    node = leaf
    while size & 1:
        node = node_hash(frontier.pop(), node)
        completed.append(node)
        size >>= 1
    frontier.append(node)
    return b"".join(completed)


def root(frontier: Sequence[bytes]) -> bytes:
    """Return the head of the tree whose complete subtrees are ``frontier``, largest first."""
    if not frontier:
        return EMPTY_ROOT
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = node_hash(left, node)
    return node


def frontier_of(size: int, node_at: NodeAt) -> list[bytes]:
    """Look up the frontier of the tree of the first ``size`` leaves."""
    frontier = []
    start = 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            frontier.append(node_at(height, start >> height))
            start += 1 << height
    return frontier


def inclusion_path(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Return the hashes that lead from leaf ``index`` (from 0) to the head of ``size`` leaves.

    Raises:
        IndexError: unless ``0 <= index < size``.

    """
    if not 0 <= index < size:
        message = f"leaf {index} is not in a tree of {size}"
        raise IndexError(message)
    path = []
    first, last = 0, size
    while last - first > 1:
        split = first + _largest_power_below(last - first)
        if index < split:
            path.append(_subtree(split, last, node_at))
            last = split
        else:
            path.append(_subtree(first, split, node_at))
            first = split
    return path[::-1]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the head that ``path`` leads to, or None if it cannot belong to (``index``, ``size``).

    Source: RFC 9162, section 2.1.3.2, which RFC 6962's paths satisfy.
    """
    if not 0 <= index < size:
        return None
    node, last = leaf, size - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def consistency_path(first: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Return the hashes that show the tree of ``size`` leaves to be that of its ``first`` ones, grown.

    Source: RFC 6962, section 2.1.2.

    Raises:
        IndexError: unless ``0 < first <= size``.

    """
    if not 0 < first <= size:
        message = f"a tree of {first} is none that a tree of {size} grew from"
        raise IndexError(message)
    path = []
    begin, end = 0, size
    while end > first:
        split = begin + _largest_power_below(end - begin)
        if first <= split:
            path.append(_subtree(split, end, node_at))
            end = split
        else:
            path.append(_subtree(begin, split, node_at))
            begin = split
    if begin:  # else it is the whole first tree, whose head whoever checks the path has
        path.append(_subtree(begin, end, node_at))
    return path[::-1]


def grown_root_from_path(head: bytes, first: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the head of ``size`` leaves that ``path`` leads to from ``head``, that of the ``first`` ones.

    None if it leads from another head, or cannot belong to (``first``, ``size``).

    Source: RFC 9162, section 2.1.4.2, which RFC 6962's paths satisfy.
    """
    if not 0 < first <= size:
        return None
    if first == size:
        return None if path else head
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    nodes = list(path) if first & (first - 1) else [head, *path]
    if not nodes:
        return None
    smaller = larger = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            smaller, larger = node_hash(node, smaller), node_hash(node, larger)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            larger = node_hash(larger, node)
        place, last = place >> 1, last >> 1
    return larger if last == 0 and smaller == head else None


def _subtree(first: int, last: int, node_at: NodeAt) -> bytes:
    """Return the root over leaves ``first`` up to ``last``, where a power of two that covers them divides ``first``."""
    count = last - first
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node_at(height, first >> height)
    split = first + _largest_power_below(count)
    return node_hash(_subtree(first, split, node_at), _subtree(split, last, node_at))


def _largest_power_below(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
