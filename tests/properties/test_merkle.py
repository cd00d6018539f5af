"""The tree holds for any leaves: against RFC 6962's recursive definition, path by path and bit by bit."""

from __future__ import annotations

import math
from hashlib import sha256

from hypothesis import assume, event, given
from hypothesis import strategies as st

from pointsledger.rules.merkle import (
    HASH_BYTES,
    NodeAt,
    consistency_path,
    frontier_of,
    grow,
    grown_root_from_path,
    inclusion_path,
    leaf_hash,
    root,
    root_from_path,
)

bodies = st.binary(max_size=6)
journals = st.integers(0, 40).flatmap(lambda size: st.lists(bodies, min_size=size, max_size=size))
# No two records are alike (each holds its number); where two were, a path would rightly prove both places.
distinct_journals = st.integers(1, 24).flatmap(lambda size: st.lists(bodies, min_size=size, max_size=size, unique=True))
sizes = st.integers(1, 2**40) | st.integers(1, 40).map(lambda power: 2**power) | st.integers(1, 70)


def defined_root(held: list[bytes]) -> bytes:
    """Return the head by the words of RFC 6962, section 2.1, with nothing of ours in it."""
    if not held:
        return sha256().digest()
    if len(held) == 1:
        return sha256(b"\x00" + held[0]).digest()
    split = 1
    while split * 2 < len(held):
        split *= 2
    return sha256(b"\x01" + defined_root(held[:split]) + defined_root(held[split:])).digest()


def grown(held: list[bytes]) -> tuple[list[bytes], NodeAt]:
    """Grow a tree; return its frontier, and the look-up of what each leaf carries as the store makes it."""
    frontier: list[bytes] = []
    carried = [grow(frontier, place, leaf_hash(body)) for place, body in enumerate(held)]

    def node_at(height: int, index: int) -> bytes:
        last = ((index + 1) << height) - 1
        if height == 0:
            return leaf_hash(held[last])
        node = carried[last][(height - 1) * HASH_BYTES : height * HASH_BYTES]
        assert HASH_BYTES == len(node), f"leaf {last} completes no subtree of height {height}"
        return node

    return frontier, node_at


def tell(size: int) -> None:
    """Note what kind of size a tree has."""
    if size & (size - 1):
        event("a size between powers of two")
    else:
        event("a power of two, or empty")


@given(journals)
def test_growing_gives_the_defined_root(held: list[bytes]) -> None:
    """A tree grown leaf by leaf has the head that the definition gives for all its leaves at once."""
    tell(len(held))
    frontier, _ = grown(held)
    assert defined_root(held) == root(frontier)


@given(journals)
def test_the_frontier_can_be_looked_up(held: list[bytes]) -> None:
    """The frontier looked up from what the leaves carry is the one that growing left."""
    tell(len(held))
    frontier, node_at = grown(held)
    assert frontier == frontier_of(len(held), node_at)


@given(journals, st.data())
def test_an_earlier_head_can_be_looked_up(held: list[bytes], data: st.DataObject) -> None:
    """The head of any beginning of the journal comes from look-ups in the grown tree."""
    _, node_at = grown(held)
    size = data.draw(st.integers(0, len(held)))
    event("an earlier size" if size < len(held) else "the present size")
    assert defined_root(held[:size]) == root(frontier_of(size, node_at))


@given(distinct_journals, st.data())
def test_a_path_proves_its_place_and_no_other(held: list[bytes], data: st.DataObject) -> None:
    """A leaf's path leads to the head at its own index and size, and to no head at any other index or size."""
    _, node_at = grown(held)
    size = data.draw(st.integers(1, len(held)))
    index = data.draw(st.integers(0, size - 1))
    event("the last leaf" if index == size - 1 else "a leaf further left")
    event("an earlier size" if size < len(held) else "the present size")
    path, leaf = inclusion_path(index, size, node_at), leaf_hash(held[index])
    heads = {count: defined_root(held[:count]) for count in range(1, len(held) + 1)}
    proved = [
        (place, count)
        for count, head in heads.items()
        for place in range(count)
        if root_from_path(leaf, place, count, path) == head
    ]
    assert [(index, size)] == proved


@given(journals, st.data())
def test_a_flipped_bit_leads_elsewhere(held: list[bytes], data: st.DataObject) -> None:
    """One changed bit, in the leaf or anywhere on its path, leads to another head."""
    assume(held)
    frontier, node_at = grown(held)
    index = data.draw(st.integers(0, len(held) - 1))
    chain = [leaf_hash(held[index]), *inclusion_path(index, len(held), node_at)]
    assert root(frontier) == root_from_path(chain[0], index, len(held), chain[1:])
    step, bit = data.draw(st.integers(0, len(chain) - 1)), data.draw(st.integers(0, 8 * HASH_BYTES - 1))
    event("the leaf is damaged" if step == 0 else "the path is damaged")
    chain[step] = (int.from_bytes(chain[step], "big") ^ 1 << bit).to_bytes(HASH_BYTES, "big")
    assert root(frontier) != root_from_path(chain[0], index, len(held), chain[1:])


@given(journals, st.data())
def test_a_shorter_or_longer_path_leads_nowhere(held: list[bytes], data: st.DataObject) -> None:
    """A path with a hash left out or put in is recognised by its length, and leads to no head."""
    assume(held)
    _, node_at = grown(held)
    index = data.draw(st.integers(0, len(held) - 1))
    leaf, path = leaf_hash(held[index]), inclusion_path(index, len(held), node_at)
    place = data.draw(st.integers(0, len(path)))
    if place < len(path) and data.draw(st.booleans()):
        event("a hash left out")
        changed = path[:place] + path[place + 1 :]
    else:
        event("a hash put in")
        changed = [*path[:place], data.draw(st.sampled_from([*path, leaf])), *path[place:]]
    assert root_from_path(leaf, index, len(held), changed) is None


@given(distinct_journals, st.data())
def test_a_consistency_path_proves_its_sizes_and_no_others(held: list[bytes], data: st.DataObject) -> None:
    """The path between two sizes leads from the head of one to that of the other, and between no other sizes."""
    _, node_at = grown(held)
    size = data.draw(st.integers(1, len(held)))
    first = data.draw(st.integers(1, size))
    event("the same size" if first == size else "a power of two" if not first & (first - 1) else "any other size")
    path = consistency_path(first, size, node_at)
    heads = {count: defined_root(held[:count]) for count in range(1, len(held) + 1)}
    proved = [
        (earlier, later)
        for later in heads
        for earlier in range(1, later + 1)
        if grown_root_from_path(heads[earlier], earlier, later, path) == heads[later]
    ]
    # Without a path every tree is itself, and no other.
    assert proved == ([(first, size)] if path else [(count, count) for count in heads])


@given(journals, st.data())
def test_a_flipped_bit_makes_trees_inconsistent(held: list[bytes], data: st.DataObject) -> None:
    """One changed bit, in the earlier head or anywhere on the path, leads to another head, or from none."""
    assume(len(held) > 1)
    _, node_at = grown(held)
    size = data.draw(st.integers(2, len(held)))
    first = data.draw(st.integers(1, size - 1))
    heads = (defined_root(held[:first]), defined_root(held[:size]))
    chain = [heads[0], *consistency_path(first, size, node_at)]
    step, bit = data.draw(st.integers(0, len(chain) - 1)), data.draw(st.integers(0, 8 * HASH_BYTES - 1))
    chain[step] = (int.from_bytes(chain[step], "big") ^ 1 << bit).to_bytes(HASH_BYTES, "big")
    event("the earlier head is damaged" if step == 0 else "the path is damaged")
    assert heads[1] != grown_root_from_path(chain[0], first, size, chain[1:])


@given(journals, st.data())
def test_a_consistency_path_of_another_length_leads_nowhere(held: list[bytes], data: st.DataObject) -> None:
    """A path with a hash left out or put in leads to no head."""
    assume(len(held) > 1)
    _, node_at = grown(held)
    size = data.draw(st.integers(2, len(held)))
    first = data.draw(st.integers(1, size - 1))
    path, head = consistency_path(first, size, node_at), defined_root(held[:first])
    place = data.draw(st.integers(0, len(path) - 1))
    event("a hash left out" if (shorter := data.draw(st.booleans())) else "a hash put in")
    changed = path[:place] + path[place + 1 :] if shorter else [*path[:place], head, *path[place:]]
    assert grown_root_from_path(head, first, size, changed) is None


@given(sizes, st.data())
def test_a_path_takes_few_look_ups(size: int, data: st.DataObject) -> None:
    """A path in a tree of n leaves takes at most 2 log2(n) + 2 look-ups, each of a complete subtree inside it."""
    index = data.draw(st.integers(0, size - 1) | st.just(0) | st.just(size - 1))
    tell(size)
    event("above a million leaves" if size > 1_000_000 else "up to a million leaves")
    looked_up: list[tuple[int, int]] = []

    def node_at(height: int, place: int) -> bytes:
        looked_up.append((height, place))
        return bytes(HASH_BYTES)

    path = inclusion_path(index, size, node_at)
    assert len(looked_up) <= 2 * math.log2(size) + 2
    assert len(path) <= math.ceil(math.log2(size))
    assert [] == [(height, place) for height, place in looked_up if (place + 1) << height > size]


@given(sizes)
def test_a_frontier_has_a_subtree_for_each_set_bit(size: int) -> None:
    """A frontier takes one look-up for each set bit of the size, largest first and side by side."""
    tell(size)
    covered: list[tuple[int, int]] = []

    def node_at(height: int, place: int) -> bytes:
        covered.append((place << height, (place + 1) << height))
        return bytes(HASH_BYTES)

    assert size.bit_count() == len(frontier_of(size, node_at)) == len(covered)
    ends = [0, *(end for _, end in covered)]
    assert (ends[:-1], size) == ([start for start, _ in covered], ends[-1])
