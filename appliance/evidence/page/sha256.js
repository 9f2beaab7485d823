"use strict";
// SHA-256 (FIPS 180-4). Plain, because a page that came over plain http has no crypto.subtle; which is taken where it is.

const sha256 = (() => {
  const BLOCK_BYTES = 64;
  const LEAF = Uint8Array.of(0);
  const BEGIN = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ];
  const ROUNDS = Int32Array.of(
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  );
  let room = new Uint8Array();
  const schedule = new Int32Array(64); // one for all: compress runs to its end without a break

  // `new Hash()`, update(bytes) as often as there is more, digest() once.
  class Hash {
    constructor() {
      this.state = Int32Array.from(BEGIN);
      this.begun = new Uint8Array(BLOCK_BYTES); // of a block that is not full yet
      this.length = 0;
    }

    update(bytes) {
      const held = this.length % BLOCK_BYTES;
      this.length += bytes.length;
      let at = 0;
      if (held) {
        at = Math.min(BLOCK_BYTES - held, bytes.length);
        this.begun.set(bytes.subarray(0, at), held);
        if (held + at < BLOCK_BYTES) {
          return this;
        }
        compress(this.state, this.begun, 0);
      }
      for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
        compress(this.state, bytes, at);
      }
      this.begun.set(bytes.subarray(at));
      return this;
    }

    digest() {
      const bits = [Math.floor(this.length / 2 ** 29), this.length << 3];
      const zeros = (2 * BLOCK_BYTES - 9 - (this.length % BLOCK_BYTES)) % BLOCK_BYTES;
      const end = new Uint8Array(1 + zeros + 8);
      end[0] = 0x80;
      bits.forEach((word, n) => new DataView(end.buffer).setUint32(1 + zeros + 4 * n, word));
      this.update(end);
      const digest = new DataView(new ArrayBuffer(32));
      this.state.forEach((word, n) => digest.setInt32(4 * n, word));
      return new Uint8Array(digest.buffer);
    }
  }

  function compress(state, bytes, at) {
    const w = schedule;
    for (let n = 0; n < 16; n++, at += 4) {
      w[n] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let n = 16; n < 64; n++) {
      const x = w[n - 15];
      const y = w[n - 2];
      const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[n] = (small1 + w[n - 7] + small0 + w[n - 16]) | 0;
    }
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let n = 0; n < 64; n++) {
      const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + big1 + ((e & f) ^ (~e & g)) + ROUNDS[n] + w[n]) | 0;
      const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  function plainly(...parts) {
    const hash = new Hash();
    parts.forEach((part) => hash.update(part));
    return hash.digest();
  }

  // Of a whole buffer, as fast as this browser can.
  async function of(...parts) {
    if (!crypto.subtle) {
      return plainly(...parts);
    }
    return new Uint8Array(await crypto.subtle.digest("SHA-256", parts.length === 1 ? parts[0] : joined(parts)));
  }

  // The leaf of a second of sound: an Int16Array or its bytes, which may change once this has been called.
  async function leaf(pcm) {
    return of(LEAF, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  }

  // Of a file of any size, a piece at a time.
  async function of_file(blob, progress = () => {}) {
    const PIECE_BYTES = 1 << 22;
    const hash = new Hash();
    for (let at = 0; at < blob.size; at += PIECE_BYTES) {
      hash.update(new Uint8Array(await blob.slice(at, at + PIECE_BYTES).arrayBuffer()));
      progress(hash.length, blob.size);
    }
    return hash.digest();
  }

  // In memory that is used again the next time: crypto.subtle takes its own copy at once.
  function joined(parts) {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (size > room.length) {
      room = new Uint8Array(size);
    }
    const whole = room.subarray(0, size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  function same(one, other) {
    return one.length === other.length && one.every((byte, n) => byte === other[n]);
  }

  return Object.freeze({ Hash, plainly, of, leaf, of_file, same });
})();
