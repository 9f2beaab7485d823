"use strict";
// Merkle trees as in RFC 9162, section 2.1, over SHA-256, as appliance/evidence/merkle.py has them.
// Sizes are halved, not shifted: JavaScript shifts 32 bits only.

const merkle = (() => {
  const LEAF = Uint8Array.of(0);
  const NODE = Uint8Array.of(1);
  const EMPTY = sha256.plainly();
  const half = (number) => Math.floor(number / 2);
  const is_odd = (number) => number % 2 === 1;

  function leaf(entry) {
    return sha256.plainly(LEAF, entry);
  }

  function node(left, right) {
    return sha256.plainly(NODE, left, right);
  }

  // Grows at its end; keeps one hash for each complete subtree, the greatest first: the one bits of `size`.
  class Tree {
    constructor(leaves = []) {
      this.size = 0;
      this.complete = [];
      leaves.forEach((one) => this.append(one));
    }

    append(added) {
      for (let ones = this.size; is_odd(ones); ones = half(ones)) {
        added = node(this.complete.pop(), added);
      }
      this.complete.push(added);
      this.size += 1;
    }

    get root() {
      return this.size ? this.complete.reduceRight((right, left) => node(left, right)) : EMPTY;
    }
  }

  function root(leaves) {
    return new Tree(leaves).root;
  }

  // PATH(index, leaves), section 2.1.3.1.
  function inclusion_proof(leaves, index) {
    if (!is_place(index, leaves.length)) {
      throw new RangeError(`no leaf ${index} in a tree of ${leaves.length}`);
    }
    if (leaves.length === 1) {
      return [];
    }
    const middle = split(leaves.length);
    const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
    return index < middle
      ? [...inclusion_proof(left, index), root(right)]
      : [...inclusion_proof(right, index - middle), root(left)];
  }

  // Whether a leaf stands at a place of the tree with this size and root (section 2.1.3.2).
  function is_included(one, index, size, proof, tree_root) {
    if (!is_place(index, size)) {
      return false;
    }
    let [place, last, reached] = [index, size - 1, one];
    for (const sibling of proof) {
      if (last === 0) {
        return false;
      }
      if (is_odd(place) || place === last) {
        reached = node(sibling, reached);
        [place, last] = up_to_a_right_one(place, last);
      } else {
        reached = node(reached, sibling);
      }
      [place, last] = [half(place), half(last)];
    }
    return last === 0 && sha256.same(reached, tree_root);
  }

  // PROOF(earlier, leaves), section 2.1.4.1.
  function consistency_proof(leaves, earlier) {
    if (!is_place(earlier - 1, leaves.length)) {
      throw new RangeError(`no tree of ${earlier} leaves grew into one of ${leaves.length}`);
    }
    return subproof(leaves, earlier, true);
  }

  // Whether the tree of `size` leaves begins with the one of `earlier` leaves (section 2.1.4.2).
  function is_consistent(earlier, earlier_root, size, tree_root, proof) {
    if (!is_place(earlier - 1, size)) {
      return false;
    }
    if (earlier === size) {
      return proof.length === 0 && sha256.same(earlier_root, tree_root);
    }
    const path = split(earlier + 1) === earlier ? [earlier_root, ...proof] : [...proof];
    if (path.length === 0) {
      return false;
    }
    let [place, last] = [earlier - 1, size - 1];
    while (is_odd(place)) {
      [place, last] = [half(place), half(last)];
    }
    let before = path[0];
    let after = path[0];
    for (const sibling of path.slice(1)) {
      if (last === 0) {
        return false;
      }
      if (is_odd(place) || place === last) {
        [before, after] = [node(sibling, before), node(sibling, after)];
        [place, last] = up_to_a_right_one(place, last);
      } else {
        after = node(after, sibling);
      }
      [place, last] = [half(place), half(last)];
    }
    return last === 0 && sha256.same(before, earlier_root) && sha256.same(after, tree_root);
  }

  function up_to_a_right_one(place, last) {
    while (place && !is_odd(place)) {
      [place, last] = [half(place), half(last)];
    }
    return [place, last];
  }

  function subproof(leaves, earlier, is_whole) {
    if (earlier === leaves.length) {
      return is_whole ? [] : [root(leaves)];
    }
    const middle = split(leaves.length);
    const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
    return earlier <= middle
      ? [...subproof(left, earlier, is_whole), root(right)]
      : [...subproof(right, earlier - middle, false), root(left)];
  }

  function is_place(index, size) {
    return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
  }

  // The greatest power of two below `size`.
  function split(size) {
    let power = 1;
    while (2 * power < size) {
      power *= 2;
    }
    return power;
  }

  return Object.freeze({ EMPTY, leaf, node, Tree, root, inclusion_proof, is_included, consistency_proof, is_consistent });
})();
