"""The tree over the journal: the published vectors, and what a path proves."""

from __future__ import annotations

from hashlib import sha256

import pytest

from pointsledger.rules.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    consistency_path,
    frontier_of,
    grow,
    grown_root_from_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
    root_from_path,
)

# The leaves, roots and paths that the Certificate Transparency logs publish for their implementations.
BODIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]

CONSISTENT = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]

LEAVES = [leaf_hash(body) for body in BODIES]


def defined_root(bodies: list[bytes]) -> bytes:
    """Return the head by the words of RFC 6962, section 2.1, with nothing of ours in it."""
    if not bodies:
        return sha256().digest()
    if len(bodies) == 1:
        return sha256(b"\x00" + bodies[0]).digest()
    split = 1
    while split * 2 < len(bodies):
        split *= 2
    return sha256(b"\x01" + defined_root(bodies[:split]) + defined_root(bodies[split:])).digest()


def node_at(height: int, index: int) -> bytes:
    """Return a complete subtree of the published tree."""
    return defined_root(BODIES[index << height : (index + 1) << height])


@pytest.mark.parametrize("size", range(9))
def test_the_definition_gives_the_published_roots(size: int) -> None:
    """The definition that other tests compare with gives the published head."""
    assert ROOTS[size] == defined_root(BODIES[:size]).hex()


@pytest.mark.parametrize("size", range(9))
def test_growing_gives_the_published_roots(size: int) -> None:
    """Appending leaf after leaf gives the published head."""
    frontier: list[bytes] = []
    for place, leaf in enumerate(LEAVES[:size]):
        grow(frontier, place, leaf)
    assert ROOTS[size] == root(frontier).hex()


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_paths_are_the_published_ones(index: int, size: int, path: list[str]) -> None:
    """A leaf's path has the published hashes in the published order."""
    assert path == [node.hex() for node in inclusion_path(index, size, node_at)]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_published_paths_lead_to_the_published_roots(index: int, size: int, path: list[str]) -> None:
    """A published path leads from its leaf to the published head."""
    found = root_from_path(LEAVES[index], index, size, [bytes.fromhex(node) for node in path])
    assert ROOTS[size] == (found or b"").hex()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """The head of an empty tree is the hash of the empty text, of the usual length."""
    assert (sha256().digest(), HASH_BYTES) == (EMPTY_ROOT, len(EMPTY_ROOT))


def test_a_leaf_is_no_node() -> None:
    """A record made of two hashes has another hash than the node over them."""
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


def test_the_frontier_of_five_is_the_one_described() -> None:
    """Five leaves leave the subtree of four and the fifth, as the module's head says."""
    a, b, c, d, e = LEAVES[:5]
    frontier: list[bytes] = []
    for place, leaf in enumerate((a, b, c, d, e)):
        grow(frontier, place, leaf)
    assert [node_hash(node_hash(a, b), node_hash(c, d)), e] == frontier


def test_a_leaf_carries_the_nodes_it_completes() -> None:
    """Odd leaves carry nothing, and the fourth carries its pair and then the four, joined."""
    a, b, c, d = LEAVES[:4]
    frontier: list[bytes] = []
    carried = [grow(frontier, place, leaf) for place, leaf in enumerate((a, b, c, d))]
    pair = node_hash(c, d)
    assert [b"", node_hash(a, b), b"", pair + node_hash(node_hash(a, b), pair)] == carried


def test_the_frontier_of_nothing_is_empty() -> None:
    """No leaf leaves no subtree, and nothing is looked up."""
    assert [] == frontier_of(0, node_at)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (4, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_path(index: int, size: int) -> None:
    """Asking for the path of a leaf that the tree does not hold is an error."""
    with pytest.raises(IndexError, match=f"leaf {index} is not in a tree of {size}"):
        inclusion_path(index, size, node_at)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (4, 3), (0, 0)])
def test_no_path_leads_from_outside_the_tree(index: int, size: int) -> None:
    """A leaf that the tree cannot hold leads to no head, whatever the path."""
    assert root_from_path(LEAVES[0], index, size, LEAVES[1:3]) is None


@pytest.mark.parametrize("path", [LEAVES[:1], LEAVES[:3], []])
def test_a_path_of_another_length_leads_nowhere(path: list[bytes]) -> None:
    """In a tree of four every path has two hashes, and one with more or fewer leads to no head."""
    assert root_from_path(LEAVES[0], 0, 4, path) is None


def test_a_path_alone_fits_several_sizes() -> None:
    """A path proves nothing about the size, which has to come with the head it is compared with."""
    path = inclusion_path(0, 5, node_at)
    assert [bytes.fromhex(ROOTS[5])] * 4 == [root_from_path(LEAVES[0], 0, size, path) for size in range(5, 9)]


# --- one tree is another one, grown --------------------------------------------------------------------


@pytest.mark.parametrize(("first", "size", "path"), CONSISTENT)
def test_consistency_paths_are_the_published_ones(first: int, size: int, path: list[str]) -> None:
    """A path from one size to another has the published hashes, and leads from one published head to the other."""
    assert path == [node.hex() for node in consistency_path(first, size, node_at)]
    found = grown_root_from_path(bytes.fromhex(ROOTS[first]), first, size, [bytes.fromhex(node) for node in path])
    assert ROOTS[size] == (found or b"").hex()


@pytest.mark.parametrize(("first", "size"), [(0, 0), (0, 3), (4, 3), (-1, 3)])
def test_no_tree_grew_from_nothing_or_from_a_larger_one(first: int, size: int) -> None:
    """Sizes of which the one does not contain the other have no path, and none leads from one to the other."""
    with pytest.raises(IndexError, match=f"a tree of {first} is none that a tree of {size} grew from"):
        consistency_path(first, size, node_at)
    assert grown_root_from_path(LEAVES[0], first, size, LEAVES[1:3]) is None
