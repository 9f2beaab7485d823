"use strict";
// An exact clip: which of its stretches are which sealed seconds, wherever it was cut, as appliance/evidence/clip.py finds
// them, where it says how.

const clip = (() => {
  const LONG_S = 600;
  const SPARSE_S = 10;

  // Where a clip (Int16Array), at the rate of the meeting, stands in it: { runs, joins, is_thorough }.
  function find(samples, sealed) {
    const search = new Search(samples, sealed);
    const is_thorough = search.everything();
    const runs = settled(search.found);
    const stretches = runs.map((run) => joins.stretch(run.start, run.first * sealed.rate, run.samples));
    const between = !runs.length && samples.length < 2 * sealed.rate - 1
      ? [joins.join(Kind.TOO_SHORT, 0, samples.length)]
      : joins.between(stretches, samples.length, sealed.samples, sealed.rate);
    return { runs, joins: between, is_thorough };
  }

  // The runs in order; of several equal places that which goes on from the run before.
  function settled(found) {
    let expected = 0;
    return found.map(({ start, samples, count, seconds }) => {
      const first = seconds.find((second) => second >= expected) ?? seconds[0];
      expected = first + count;
      return { start, samples, first, seconds: count, one_of: seconds.length > 1 ? seconds : [] };
    });
  }

  class Search {
    constructor(samples, sealed) {
      this.sealed = sealed;
      this.rate = sealed.rate;
      this.size = samples.length;
      this.places = new Places(samples, sealed);
      this.doubtful = new Set(); // where one of several equal seconds begins
      this.found = []; // { start, samples, count, seconds }: every second that may be the first of `count`
    }

    // Find what is certain, then what is doubtful; false where too much was left to look for short runs.
    everything() {
      if (this.size > LONG_S * this.rate) {
        this.scan(SPARSE_S);
      }
      const is_thorough = this.left().reduce((sum, [start, end]) => sum + end - start, 0) <= LONG_S * this.rate;
      if (is_thorough) {
        this.scan(1);
      }
      this.doubts();
      while (this.by_leaf_alone()) {
        // each call takes one run
      }
      return is_thorough;
    }

    // The parts of the clip that are no run: [first, after the last].
    left() {
      const ends = [0, ...this.found.map(({ start, samples }) => start + samples)];
      const starts = [...this.found.map(({ start }) => start), this.size];
      return ends.map((end, n) => [end, starts[n]]).filter(([from, to]) => from < to);
    }

    // Take every run of which a second begins in the first of every so many seconds.
    scan(every_s) {
      for (const [start, end] of this.left()) {
        let reached = start;
        for (let first = start; first < end; first += every_s * this.rate) {
          const last = Math.min(first + this.rate, end);
          let taken = this.first(Math.max(first, reached), last, reached, end);
          while (taken !== null) {
            reached = taken;
            taken = this.first(Math.max(first, reached), last, reached, end);
          }
        }
      }
    }

    // Take the first certain run that has a second between two places; where it ends.
    first(first, last, start, end) {
      for (const at of this.places.agreeing(first, last)) {
        const seconds = this.places.seconds(at, end);
        if (seconds.length === 1 && !this.places.is_silent(at)) {
          return this.take(at, seconds, start, end);
        }
        if (seconds.length) {
          this.doubtful.add(at);
        }
      }
      return null;
    }

    doubts() {
      const doubtful = [...this.doubtful].sort((one, other) => one - other);
      for (const [start, end] of this.left()) {
        let reached = start;
        for (const at of doubtful.filter((place) => place >= start && place < end)) {
          const seconds = at >= reached ? this.places.seconds(at, end) : [];
          if (seconds.length) {
            reached = this.take(at, seconds, reached, end);
          }
        }
      }
    }

    // Take a run from the longest part that is left, whose hints were not true; false where none is there.
    by_leaf_alone() {
      const [start, end] = this.left().reduce((most, part) => (part[1] - part[0] > most[1] - most[0] ? part : most), [0, 0]);
      if (end - start < 2 * this.rate - 1) {
        return false;
      }
      const middle = Math.max(start, Math.floor((start + end) / 2) - this.rate);
      for (const at of this.places.different(middle, middle + this.rate)) {
        const seconds = this.places.whole(at, end);
        if (seconds.length) {
          this.take(at, seconds, start, end);
          return true;
        }
      }
      return false;
    }

    // Take the run through a place, as far as it goes within a part of the clip; where it ends.
    take(at, seconds, start, end) {
      let [first, count] = [at, 1];
      let before = this.kept(seconds, -1, first - this.rate, start, first);
      while (before.length) {
        [first, seconds, count] = [first - this.rate, before, count + 1];
        before = this.kept(seconds, -1, first - this.rate, start, first);
      }
      let stop = at + this.sealed.length(seconds[0] + count - 1);
      let longer = this.kept(seconds, count, stop, start, end);
      while (longer.length) {
        stop += this.sealed.length(longer[0]);
        seconds = longer.map((second) => second - count);
        count += 1;
        longer = this.kept(seconds, count, stop, start, end);
      }
      this.found.push({ start: first, samples: stop - first, count, seconds });
      this.found.sort((one, other) => one.start - other.start);
      return stop;
    }

    // Those of the seconds, so many later, that may stand at a place.
    kept(seconds, later, at, start, end) {
      const there = new Set(at >= start ? this.places.seconds(at, end) : []);
      return seconds.map((second) => second + later).filter((second) => there.has(second));
    }
  }

  return Object.freeze({ find });
})();
