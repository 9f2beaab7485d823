"use strict";
// A whole recording held against its seal, second by second, as appliance/evidence/seconds.py does.

const seconds = (() => {
  // Say what is wrong with a recording of which these are the leaves; `pieces()` reads its samples from the beginning.
  async function judge(part, offered, pieces, account, verdict, progress = () => {}) {
    const { seconds: count, root, samples } = account.audio;
    if (offered.length === count && encoding.hex(merkle.root(offered)) === root) {
      return;
    }
    if (!account.leaves.length) {
      const about = offered.length === count ? About.INTEGRITY : About.COMPLETENESS;
      const says = `It is not the sealed recording (${offered.length} of ${count} seconds).`;
      verdict.find(part, about, `${says} The list leaves.sha256 of the bundle would name the seconds.`);
      return;
    }
    const [heard, sealed] = [offered.map(encoding.hex), account.leaves.map(encoding.hex)];
    if (shifts.may_be_shifted(heard, sealed)) {
      const list = new Sealed(account.leaves, account.hints, account.rate, samples);
      const found = await shifts.stretches(pieces(), list, progress);
      if (shifts.is_shifted(found.found, account.rate)) {
        shifts.tell(part, found.found, found.samples, list, verdict);
        return;
      }
    }
    differences(part, heard, sealed, verdict);
  }

  function differences(part, offered, sealed, verdict) {
    const places = new Map();
    sealed.forEach((leaf, second) => places.set(leaf, [...(places.get(leaf) || []), second]));
    const taken = new Set();
    const [altered, missing, inserted] = [[], [], []];
    for (const { gone, come, is_replaced } of changes(sealed, offered)) {
      const strange = come.filter((second) => !places.has(offered[second]));
      for (const second of come.filter((one) => places.has(offered[one]))) {
        const origins = places.get(offered[second]);
        origins.forEach((origin) => taken.add(origin));
        verdict.find(part, About.INTEGRITY, moved(second, origins), [second]);
      }
      if (is_replaced && gone.length === come.length) {
        altered.push(...gone.filter((_, n) => strange.includes(come[n])));
      } else {
        missing.push(...gone);
        inserted.push(...strange);
      }
    }
    tell(part, About.INTEGRITY, altered, "altered", verdict);
    tell(part, About.COMPLETENESS, missing.filter((second) => !taken.has(second)), "missing", verdict);
    for (const run of words.runs(inserted)) {
      const told = words.span(run[0], run[run.length - 1]);
      verdict.find(part, About.INTEGRITY, `At its ${told} is sound that was never sealed.`, run);
    }
  }

  // Where the two differ: sealed seconds that are gone, and offered ones that came.
  function changes(sealed, offered) {
    if (sealed.length === offered.length) { // in their places, as after an edit that kept the length
      const changed = words.range(0, sealed.length).filter((second) => sealed[second] !== offered[second]);
      return changed.map((second) => ({ gone: [second], come: [second], is_replaced: true }));
    }
    const found = [];
    let [from, at] = [0, 0];
    for (const { sealed_at, offered_at, size } of matching(sealed, offered)) {
      if (from < sealed_at || at < offered_at) {
        const is_replaced = from < sealed_at && at < offered_at;
        found.push({ gone: words.range(from, sealed_at), come: words.range(at, offered_at), is_replaced });
      }
      [from, at] = [sealed_at + size, offered_at + size];
    }
    return found;
  }

  // What both have in the same order: the longest run that both have, and the same again before and behind it (Ratcliff
  // and Obershelp, as Python's difflib); at last the empty one at their ends.
  function matching(sealed, offered) {
    const where = new Map();
    offered.forEach((leaf, n) => where.set(leaf, [...(where.get(leaf) || []), n]));
    const found = [];
    const parts = [[0, sealed.length, 0, offered.length]];
    while (parts.length) {
      const [from, to, low, high] = parts.pop();
      const longest = longest_run(sealed, where, from, to, low, high);
      if (longest.size) {
        found.push(longest);
        const { sealed_at, offered_at, size } = longest;
        parts.push([from, sealed_at, low, offered_at], [sealed_at + size, to, offered_at + size, high]);
      }
    }
    found.sort((one, other) => one.sealed_at - other.sealed_at);
    return [...found, { sealed_at: sealed.length, offered_at: offered.length, size: 0 }];
  }

  function longest_run(sealed, where, from, to, low, high) {
    let best = { sealed_at: from, offered_at: low, size: 0 };
    let sizes = new Map(); // of the runs that end with the sealed second before, by where they end among the offered
    for (let n = from; n < to; n++) {
      const here = new Map();
      for (const at of where.get(sealed[n]) || []) {
        if (at >= low && at < high) {
          const size = (sizes.get(at - 1) || 0) + 1;
          here.set(at, size);
          if (size > best.size) {
            best = { sealed_at: n - size + 1, offered_at: at - size + 1, size };
          }
        }
      }
      sizes = here;
    }
    return best;
  }

  function moved(second, origins) {
    const [at, from] = [words.span(second), words.span(origins[0])];
    return origins.length === 1
      ? `At ${at} stands what was sealed as ${from}.`
      : `At ${at} stands one of ${origins.length} equal sealed seconds, such as ${from}.`;
  }

  function tell(part, about, found, word, verdict) {
    for (const run of words.runs(found)) {
      const told = words.span(run[0], run[run.length - 1]);
      verdict.find(part, about, `${told[0].toUpperCase()}${told.slice(1)} ${run.length === 1 ? "is" : "are"} ${word}.`, run);
    }
  }

  return Object.freeze({ judge });
})();
