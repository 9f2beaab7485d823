"use strict";
// A recording that is shifted by part of a second, as appliance/evidence/shifts.py follows it: 12 s of it in memory.

const shifts = (() => {
  const WINDOW_S = 12;
  const PATIENCE_S = 120;

  // Samples that come in pieces, from `at` on as many as somebody wants to see.
  class Tape {
    constructor(pieces) {
      this.pieces = pieces;
      this.held = new Int16Array();
      this.at = 0;
    }

    // The next so many; fewer at the end.
    async view(samples) {
      while (this.held.length < samples) {
        const { done, value } = await this.pieces.next();
        if (done) {
          break;
        }
        const longer = new Int16Array(this.held.length + value.length);
        longer.set(this.held);
        longer.set(value, this.held.length);
        this.held = longer;
      }
      return this.held.subarray(0, samples);
    }

    async skip(samples) {
      const gone = (await this.view(samples)).length;
      this.held = this.held.slice(gone);
      this.at += gone;
    }
  }

  // Whether two neighbouring seconds (leaves in hex) stand nowhere in the sealed recording.
  function may_be_shifted(offered, sealed) {
    const known = new Set(sealed);
    const strange = offered.map((one) => !known.has(one));
    return strange.some((one, n) => one && strange[n + 1]);
  }

  // Where the sound is the sealed one, in samples, and how many samples it has.
  async function stretches(pieces, sealed, progress = () => {}) {
    const tape = new Tape(pieces);
    const found = [];
    let [expected, strange] = [0, 0];
    for (;;) {
      const window = await tape.view(WINDOW_S * sealed.rate);
      if (!window.length) {
        return { found, samples: tape.at };
      }
      progress(Math.floor(tape.at / sealed.rate), sealed.leaves.length);
      const followed = await follow(tape, sealed, expected, progress);
      const runs = followed ? [] : clip.find(window, sealed).runs;
      if (followed) {
        found.push(followed);
        [expected, strange] = [Math.ceil(followed.origin_end / sealed.rate), 0];
      } else if (runs.length) {
        const [{ start, first, one_of }] = runs;
        await tape.skip(start);
        expected = one_of.find((second) => second >= expected) ?? first;
      } else {
        strange += window.length;
        const skipped = strange > PATIENCE_S * sealed.rate ? 10 * WINDOW_S : WINDOW_S - 1;
        await tape.skip(window.length === WINDOW_S * sealed.rate ? skipped * sealed.rate : window.length);
      }
    }
  }

  // The stretch of the sound that goes on from a sealed second; null where the first is not that one.
  async function follow(tape, sealed, expected, progress) {
    const start = tape.at;
    let second = expected;
    for (; second < sealed.leaves.length; second++) {
      const pcm = await tape.view(sealed.length(second));
      if (pcm.length < sealed.length(second) || !sha256.same(await sha256.leaf(pcm), sealed.leaves[second])) {
        break;
      }
      await tape.skip(pcm.length);
      progress(second, sealed.leaves.length);
    }
    return second > expected ? joins.stretch(start, expected * sealed.rate, tape.at - start) : null;
  }

  function is_shifted(found, rate) {
    return found.some(({ start, origin }) => (start - origin) % rate !== 0);
  }

  // Say what lies between the stretches, and between them and the ends of the sealed recording.
  function tell(part, found, samples, sealed, verdict) {
    const last = found[found.length - 1];
    const ends = found[0].start || found[0].origin ? [joins.stretch(0, 0, 0), ...found] : [...found];
    if (last.end !== samples || last.origin_end !== sealed.samples) {
      ends.push(joins.stretch(samples, sealed.samples, 0));
    }
    for (const join of joins.between(ends, samples, sealed.samples, sealed.rate)) {
      const [is_missing, seconds] = [join.kind === Kind.MISSING, concerned(join, sealed.rate)];
      const about = is_missing ? About.COMPLETENESS : About.INTEGRITY;
      verdict.find(part, about, clip_words.said(join, sealed.rate), seconds);
      if (is_missing && join.length) {
        verdict.find(part, About.INTEGRITY, clip_words.beside_a_cut(join, sealed.rate), seconds);
      }
    }
  }

  // The sealed seconds that a join is about.
  function concerned({ origin, concerned: samples }, rate) {
    return words.range(Math.floor(origin / rate), Math.ceil((origin + samples) / rate));
  }

  return Object.freeze({ may_be_shifted, stretches, is_shifted, tell, concerned });
})();
