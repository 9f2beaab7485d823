"use strict";
// The lists of the seconds and of the marks, held against what was sealed, and the gaps against the seconds; the same as
// in appliance/evidence/account.py.

const lists = (() => {
  const [LEAVES, MARKS] = ["leaves.sha256", "marks.jsonl"];
  const FASTEST = 768000; // samples a second

  async function read(account, files, verdict) {
    const [seconds, root, marks, marks_root] = told(account);
    const is_root = (leaves, sealed) => encoding.hex(merkle.root(leaves)) === sealed;
    if (files.has(LEAVES)) {
      verdict.looked_at.push(LEAVES);
      const { leaves, hints } = pairs(await bag.text_of(files, LEAVES));
      if (leaves.length === seconds && is_root(leaves, root)) {
        Object.assign(account, { leaves, hints });
      } else if (seconds !== null) {
        verdict.find(LEAVES, About.INTEGRITY, "The list of the seconds is not the one that was sealed.");
      }
    }
    if (files.has(MARKS)) {
      verdict.looked_at.push(MARKS);
      const hashed = entries_of(await bag.text_of(files, MARKS)).map(merkle.leaf);
      if (hashed.length === marks && is_root(hashed, marks_root)) {
        account.mark_leaves = hashed;
      } else {
        const which = hashed.length === marks ? "" : `: there are ${hashed.length} of ${marks}`;
        verdict.find(MARKS, About.INTEGRITY, `The marks are not those that were sealed${which}.`);
      }
    } else if (files.has(deleted.MARKS_NAME) && account.tombstone && !account.seal) {
      verdict.looked_at.push(deleted.MARKS_NAME);
      account.mark_leaves = deleted.marks(await bag.text_of(files, deleted.MARKS_NAME), account.tombstone, verdict);
    }
    judge_gaps(account, verdict);
  }

  // How many seconds and marks there are, and their roots, as the seal says, or the tombstone in its place.
  function told({ seal, tombstone }) {
    if (!seal) {
      return ["seconds", "root", "marks", "marks_root"].map((name) => claim.of(tombstone.claims, name));
    }
    const [audio, marks] = ["audio", "marks"].map((name) => claim.of(seal.claims, name));
    return [claim.of(audio, "seconds"), claim.of(audio, "root"), claim.of(marks, "count"), claim.of(marks, "root")];
  }

  // A sealed gap is digital zero; where it is not, the seal was not made by an honest box.
  function judge_gaps(account, verdict) {
    if (!account.seal || !account.leaves.length) {
      return;
    }
    const { rate, leaves } = account;
    for (const gap of claim.of(account.seal.claims, "gaps")) {
      if (rate < 1 || rate > FASTEST) {
        throw new RangeError(`there is no sound of ${rate} samples a second`);
      }
      const zero = merkle.leaf(new Uint8Array(2 * rate));
      const [at, samples, cause] = [claim.count(gap, "first_sample"), claim.count(gap, "samples"), claim.of(gap, "cause")];
      const there = words.range(Math.ceil(at / rate), Math.floor((at + samples) / rate));
      const loud = there.filter((second) => !leaves[second] || !sha256.same(leaves[second], zero));
      if (loud.length) {
        const says = `The seal says that nothing was recorded here (${cause}), yet there is sound.`;
        verdict.find("seal.jws", About.INTEGRITY, says, loud);
      }
    }
  }

  // The leaf and the hint of each second; nothing where a line is no such pair.
  function pairs(text) {
    try {
      const [leaves, hints] = [[], []];
      for (const line of words.lines(text)) {
        const [leaf, hint, ...more] = line.toLowerCase().split(" ");
        if (hint === undefined || more.length) {
          throw new RangeError("a line of another form");
        }
        leaves.push(encoding.from_hex(leaf));
        hints.push(encoding.hex(encoding.from_hex(hint.replace(/^-+|-+$/g, ""))));
      }
      return { leaves, hints };
    } catch (error) {
      return { leaves: [], hints: [] };
    }
  }

  function entries_of(text) {
    const found = text.split(/\r\n|[\n\r]/);
    const whole = found[found.length - 1] === "" ? found.slice(0, -1) : found;
    return whole.map((line) => new TextEncoder().encode(line));
  }

  return Object.freeze({ read });
})();
