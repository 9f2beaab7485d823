"use strict";
// Where in a clip a sealed second may begin, and which second that is, as appliance/evidence/places.py has it.

// A meeting's leaves (32 bytes each) with their hints (hex, "" where there is none), and how many samples it has.
class Sealed {
  constructor(leaves, hints, rate, samples) {
    Object.assign(this, { leaves, hints, rate, samples });
    this.places = new Map(); // by the leaf in hex: the seconds that have it
    leaves.forEach((leaf, second) => {
      const hex = encoding.hex(leaf);
      this.places.set(hex, [...(this.places.get(hex) || []), second]);
    });
  }

  // The samples of a second; only the last may have fewer.
  length(second) {
    return Math.min(this.rate, this.samples - second * this.rate);
  }
}

const HINT_SAMPLES = 64;
const HINT_BYTES = 4;

class Places {
  constructor(clip, sealed) {
    this.clip = clip;
    this.sealed = sealed;
    this.rate = sealed.rate;
    this.bytes = new Uint8Array(clip.buffer, clip.byteOffset, clip.byteLength);
    this.hints = new Set(sealed.hints.filter((hint) => hint !== "").map((hint) => parseInt(hint, 16)));
    const silence = new Uint8Array(2 * sealed.rate);
    const [silent_hint, silent_leaf] = [number_of(hint_of(silence.subarray(0, 2 * HINT_SAMPLES))), merkle.leaf(silence)];
    this.begins_silent = sealed.hints.some(
      (hint, n) => hint !== "" && parseInt(hint, 16) === silent_hint && !sha256.same(sealed.leaves[n], silent_leaf));
  }

  // The places from `start` on and before `end` that begin as a sealed second does.
  *agreeing(start, end) {
    const size = 2 * HINT_SAMPLES;
    for (const at of this.different(start, Math.min(end, this.clip.length - HINT_SAMPLES + 1))) {
      if (this.hints.has(number_of(hint_of(this.bytes.subarray(2 * at, 2 * at + size))))) {
        yield at;
      }
    }
  }

  // The places without those inside digital silence, where every place is like the first.
  *different(start, end) {
    for (let first = start; first < end; first += this.rate) {
      const last = Math.min(first + this.rate, end);
      const quiet = this.quiet(first, last);
      for (let n = 0; n < last - first; n++) {
        const is_first = first === start || (first > 0 && this.clip[first - 1] !== 0);
        const follows_sound = n ? quiet[n - 1] === 0 : is_first;
        if (quiet[n] < HINT_SAMPLES || (this.begins_silent && quiet[n] < this.rate) || follows_sound) {
          yield first + n;
        }
      }
    }
  }

  // Which sealed seconds, in their order, may stand at a place of the clip, if it ended at `end`.
  seconds(at, end) {
    const whole = this.whole(at, end);
    const last = this.sealed.leaves.length - 1;
    const length = this.sealed.length(last);
    if (whole.length || length === this.rate || at + length > end) {
      return whole;
    }
    return sha256.same(this.leaf(at, length), this.sealed.leaves[last]) ? [last] : [];
  }

  // The same without a last second that is shorter than the others.
  whole(at, end) {
    if (at < 0 || at + this.rate > end) {
      return [];
    }
    return this.sealed.places.get(encoding.hex(this.leaf(at, this.rate))) || [];
  }

  // Whether the second at a place is digital silence, so that it may as well begin a little later.
  is_silent(at) {
    return !this.clip.subarray(at, at + this.rate).some((sample) => sample !== 0);
  }

  leaf(at, samples) {
    return merkle.leaf(this.bytes.subarray(2 * at, 2 * (at + samples)));
  }

  // How many samples from each place on are zero, as far as one second behind the last place.
  quiet(first, last) {
    const found = new Int32Array(last - first);
    let count = 0;
    for (let at = Math.min(last + this.rate, this.clip.length) - 1; at >= first; at--) {
      count = this.clip[at] === 0 ? count + 1 : 0;
      if (at < last) {
        found[at - first] = count;
      }
    }
    return found;
  }
}

function hint_of(bytes) {
  return sha256.plainly(bytes).subarray(0, HINT_BYTES);
}

function number_of(hint) {
  return ((hint[0] << 24) | (hint[1] << 16) | (hint[2] << 8) | hint[3]) >>> 0;
}
