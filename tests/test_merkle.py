"""Trees as in RFC 9162, held against hashes that another implementation computed (tests/vectors/trees.json)."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.evidence import merkle

pytestmark = pytest.mark.pure

VECTORS = json.loads((Path(__file__).parent / "vectors" / "trees.json").read_text())
LEAVES = [merkle.leaf(bytes([n])) for n in range(40)]


def hashes(hexed: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in hexed]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["size"]))
def test_leaves_roots_and_proofs_are_those_of_another_implementation(vector: dict) -> None:  # type: ignore[type-arg]
    leaves = [merkle.leaf(bytes([n]) * n) for n in range(vector["size"])]
    assert leaves == hashes(vector["leaves"])
    assert merkle.root(leaves).hex() == vector["root"]
    for n, proof in enumerate(vector["inclusion"]):
        assert merkle.inclusion_proof(leaves, n) == hashes(proof)
        assert merkle.is_included(leaves[n], n, len(leaves), hashes(proof), merkle.root(leaves))
    for earlier, proof in vector["consistency"].items():
        before = bytes.fromhex(vector["roots_before"][earlier])
        assert merkle.consistency_proof(leaves, int(earlier)) == hashes(proof)
        assert merkle.is_consistent(int(earlier), before, len(leaves), merkle.root(leaves), hashes(proof))


def test_a_root_at_every_second_with_few_hashes() -> None:
    tree = merkle.Tree()
    assert tree.root == merkle.EMPTY == merkle.root([])
    for n, leaf in enumerate(LEAVES, start=1):
        tree.append(leaf)
        assert (tree.size, tree.root) == (n, merkle.root(LEAVES[:n]))
        assert len(tree._complete) == n.bit_count()


sizes = some.integers(1, len(LEAVES))


@given(size=sizes, index=sizes, told=sizes, bit=some.integers(0, 255), data=some.data())
def test_a_leaf_is_included_nowhere_else(size: int, index: int, told: int, bit: int, data: some.DataObject) -> None:
    leaves, index = LEAVES[:size], (index - 1) % size
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root(leaves)
    assert merkle.is_included(leaves[index], index, size, proof, root)
    for elsewhere in set(range(-1, size + 2)) - {index}:
        assert not merkle.is_included(leaves[index], elsewhere, size, proof, root)
    assert not merkle.is_included(flipped(leaves[index], bit), index, size, proof, root)
    assert not merkle.is_included(leaves[index], index, size, proof, flipped(root, bit))
    assert not merkle.is_included(leaves[index], index, size, [*proof, root], root)
    if proof:
        at = data.draw(some.integers(0, len(proof) - 1))
        assert not merkle.is_included(leaves[index], index, size, proof[:at] + proof[at + 1 :], root)
        changed = [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]]
        assert not merkle.is_included(leaves[index], index, size, changed, root)


@given(size=sizes, earlier=sizes, bit=some.integers(0, 255), data=some.data())
def test_a_tree_that_was_changed_does_not_grow_out_of_the_earlier_one(
    size: int, earlier: int, bit: int, data: some.DataObject
) -> None:
    earlier = (earlier - 1) % size + 1
    leaves = LEAVES[:size]
    before, root = merkle.root(leaves[:earlier]), merkle.root(leaves)
    proof = merkle.consistency_proof(leaves, earlier)
    assert merkle.is_consistent(earlier, before, size, root, proof)
    at = data.draw(some.integers(0, earlier - 1))
    forged = [*leaves[:at], flipped(leaves[at], bit), *leaves[at + 1 :]]
    forged_proof = merkle.consistency_proof(forged, earlier)
    assert not merkle.is_consistent(earlier, before, size, merkle.root(forged), forged_proof)
    assert not merkle.is_consistent(earlier, before, size, root, [*proof, root])
    assert not merkle.is_consistent(earlier, flipped(before, bit), size, root, proof)
    assert not merkle.is_consistent(0, before, size, root, proof)
    assert not merkle.is_consistent(size + 1, before, size, root, proof)


def test_what_cannot_be_proved() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(LEAVES, len(LEAVES))
    for earlier in (0, len(LEAVES) + 1):
        with pytest.raises(ValueError, match="grew into"):
            merkle.consistency_proof(LEAVES, earlier)
    assert all(left != right for left, right in pairwise(LEAVES))


def flipped(one: bytes, bit: int) -> bytes:
    return (int.from_bytes(one) ^ 1 << bit).to_bytes(len(one))
