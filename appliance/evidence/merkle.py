"""Merkle trees as in RFC 9162, section 2.1, over SHA-256: leaves, roots, and proofs of inclusion and consistency. Pure.

A node is SHA-256(0x01 || left || right), a leaf SHA-256(0x00 || what it stands for). Hashes are 32 bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence

Hash = bytes

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf(entry: bytes) -> Hash:
    """The leaf of one entry: for a second, its PCM, so that the container does not matter."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: Hash, right: Hash) -> Hash:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows at its end; keeps one hash for each complete subtree, O(log n) of them."""

    def __init__(self, leaves: Iterable[Hash] = ()) -> None:
        self.size = 0
        self._complete: list[Hash] = []  # roots of complete subtrees, the greatest first: the one bits of `size`
        for one in leaves:
            self.append(one)

    def append(self, added: Hash) -> None:
        ones = self.size
        while ones & 1:
            added = node(self._complete.pop(), added)
            ones >>= 1
        self._complete.append(added)
        self.size += 1

    @property
    def root(self) -> Hash:
        if not self._complete:
            return EMPTY
        *rest, right = self._complete
        for left in reversed(rest):
            right = node(left, right)
        return right


def root(leaves: Iterable[Hash]) -> Hash:
    return Tree(leaves).root


def inclusion_proof(leaves: Sequence[Hash], index: int) -> list[Hash]:
    """PATH(index, leaves): what shows that this leaf is in the tree (section 2.1.3.1). Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index), root(leaves[middle:])]
    return [*inclusion_proof(leaves[middle:], index - middle), root(leaves[:middle])]


def is_included(one: Hash, index: int, size: int, proof: Sequence[Hash], tree_root: Hash) -> bool:
    """Whether a leaf stands at a place of the tree with this size and root (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, reached = index, size - 1, one
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            reached = node(sibling, reached)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            reached = node(reached, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == tree_root


def consistency_proof(leaves: Sequence[Hash], earlier: int) -> list[Hash]:
    """PROOF(earlier, leaves): that the tree of the first `earlier` leaves grew into this one (section 2.1.4.1).

    Raises ValueError unless 0 < earlier <= len(leaves).
    """
    if not 0 < earlier <= len(leaves):
        raise ValueError(f"no tree of {earlier} leaves grew into one of {len(leaves)}")
    return _subproof(leaves, earlier, whole=True)


def is_consistent(earlier: int, earlier_root: Hash, size: int, tree_root: Hash, proof: Sequence[Hash]) -> bool:
    """Whether the tree of `size` leaves begins with the one of `earlier` leaves (section 2.1.4.2)."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not proof and earlier_root == tree_root
    path = list(proof) if earlier & (earlier - 1) else [earlier_root, *proof]
    if not path:
        return False
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(sibling, before), node(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == earlier_root and after == tree_root


def _subproof(leaves: Sequence[Hash], earlier: int, *, whole: bool) -> list[Hash]:
    if earlier == len(leaves):
        return [] if whole else [root(leaves)]
    middle = _split(len(leaves))
    if earlier <= middle:
        return [*_subproof(leaves[:middle], earlier, whole=whole), root(leaves[middle:])]
    return [*_subproof(leaves[middle:], earlier - middle, whole=False), root(leaves[:middle])]


def _split(size: int) -> int:
    """The greatest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
