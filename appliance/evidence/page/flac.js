"use strict";
// Reads FLAC (RFC 9639) of one channel and 16 bits, as the box makes it, frame by frame: what a browser decodes with is
// not there in a Worker, and may round. Every bit is accounted for, so that no player finds sound here that this does not.

class BadSound extends Error {
  constructor(sentence) {
    super(sentence);
    this.name = "BadSound";
  }
}

// One that is no damaged recording but another kind of sound, or that this browser cannot judge.
class OtherSound extends BadSound {}

const flac = (() => {
  const PIECE_BYTES = 1 << 20; // of the file in memory
  const FRAME_BYTES = 1 << 18; // no frame is longer: 65535 samples of 16 bits as they are, twice
  const SPARE_BYTES = 8; // behind what was read, so that the last bits can be looked at 32 at once
  const MAGIC_BYTES = 4;
  const STREAMINFO = 0;
  const LAST = 0x80; // set in the kind of the last block before the frames
  const INFO_BYTES = 34;
  const BITS = 16;
  const MOST = 65535; // samples in a frame
  const RATES = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
  const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]]; // section 9.2.5
  const CRC_8 = crc_table(8, 0x07);
  const CRC_16 = crc_table(16, 0x8005);

  function crc_table(width, polynomial) {
    const top = 1 << (width - 1);
    return Uint16Array.from({ length: 256 }, (_, byte) => {
      let rest = byte << (width - 8);
      for (let bit = 0; bit < 8; bit++) {
        rest = (rest << 1) ^ (rest & top ? polynomial : 0);
      }
      return rest & (2 * top - 1);
    });
  }

  function damaged(what) {
    return new BadSound(`This FLAC file is damaged or not whole: ${what}.`);
  }

  // Bits in their order; `at` counts them.
  class Bits {
    constructor(bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.at = 0;
    }

    // Up to 25 of them as a number.
    take(count) {
      const word = this.view.getUint32(this.at >>> 3) << (this.at & 7);
      this.at += count;
      return count && word >>> (32 - count);
    }

    signed(count) {
      const word = this.view.getInt32(this.at >>> 3) << (this.at & 7);
      this.at += count;
      return count && word >> (32 - count);
    }

    // Up to 32 of them.
    long(count) {
      return count > 16 ? this.take(count - 16) * 65536 + this.take(16) : this.take(count);
    }

    // How many zeros stand before the next one.
    zeros() {
      let passed = 0;
      for (;;) {
        const word = this.view.getUint32(this.at >>> 3) << (this.at & 7);
        const there = 32 - (this.at & 7);
        const run = Math.min(Math.clz32(word), there);
        passed += run;
        this.at += run;
        if (run < there) {
          this.at += 1;
          return passed;
        }
      }
    }
  }

  // What the head of a file says: { rate, samples (0: unknown), at }, where the first frame is. Raises BadSound.
  async function head(blob) {
    const info = new Bits(await bytes_of(blob, 8, INFO_BYTES + SPARE_BYTES));
    info.at = 80; // behind the sizes of blocks and frames, of which each frame tells its own
    const [rate, channels, bits] = [info.take(20), info.take(3) + 1, info.take(5) + 1];
    const samples = info.take(4) * 2 ** 32 + info.long(32);
    let at = MAGIC_BYTES;
    let block;
    let size;
    do {
      [block, ...size] = await bytes_of(blob, at, 4);
      if (((block & 0x7f) === STREAMINFO) !== (at === MAGIC_BYTES)) {
        throw damaged("its head has another form than FLAC has");
      }
      at += 4 + size.reduce((sum, byte) => sum * 256 + byte, 0);
    } while (block < LAST);
    if (channels !== 1 || bits !== BITS || rate === 0) {
      throw new OtherSound(`This sound has ${channels} channels of ${bits} bits; a recording has one of ${BITS}.`);
    }
    return { rate, samples, at };
  }

  async function bytes_of(blob, at, size) {
    if (at + size > blob.size) {
      throw damaged("it ends too soon");
    }
    return new Uint8Array(await blob.slice(at, at + size).arrayBuffer());
  }

  // The samples of each frame: an Int16Array that is good until the next is asked for. Raises BadSound.
  async function* frames(blob, { rate, samples, at }) {
    const bits = new Bits(new Uint8Array(PIECE_BYTES + SPARE_BYTES));
    const work = { numbers: new Int32Array(MOST), sound: new Int16Array(MOST) };
    let [read, held, next, decoded] = [at, 0, null, 0];
    for (;;) {
      if (held - bits.at / 8 < FRAME_BYTES && read < blob.size) {
        [read, held] = await refill(bits, blob, read, held);
      }
      if (bits.at === 8 * held) {
        break;
      }
      const { count, number, step } = frame(bits, held, rate, work);
      if (next !== null && number !== next) {
        throw damaged(`behind ${decoded} samples a frame is missing or does not belong there`);
      }
      [next, decoded] = [number + step, decoded + count];
      yield work.sound.subarray(0, count);
    }
    if (samples && samples < decoded) { // more may be told: a cut that was copied keeps the head of the whole
      throw damaged(`its head tells of ${samples} samples, and it holds ${decoded}`);
    }
  }

  async function refill(bits, blob, read, held) {
    const from = bits.at / 8;
    bits.bytes.copyWithin(0, from, held);
    held -= from;
    const more = new Uint8Array(await blob.slice(read, read + PIECE_BYTES - held).arrayBuffer());
    bits.bytes.set(more, held);
    bits.at = 0;
    return [read + more.length, held + more.length];
  }

  // One frame (section 9): how many samples, its number, and by how much the number behind it is greater.
  function frame(bits, held, rate, work) {
    try {
      const from = bits.at / 8;
      const { count, number, step } = frame_header(bits, rate);
      subframe(bits, work.numbers.subarray(0, count), work.sound);
      const rest = -bits.at & 7;
      const sum = crc(CRC_16, 16, bits.bytes, from, (bits.at + rest) / 8);
      if (bits.take(rest) !== 0 || bits.take(16) !== sum || bits.at > 8 * held) {
        throw damaged("the sum of a frame is wrong");
      }
      return { count, number, step };
    } catch (error) {
      throw error instanceof RangeError ? damaged("it ends in the middle of a frame") : error; // DataView's at its end
    }
  }

  function frame_header(bits, rate) {
    const from = bits.at / 8;
    const [sync, is_variable, of_count, of_rate] = [bits.take(15), bits.take(1), bits.take(4), bits.take(4)];
    const [channels, of_bits, reserved] = [bits.take(4), bits.take(3), bits.take(1)];
    const number = coded_number(bits);
    const count = block_size(bits, of_count);
    const told_rate = of_rate < RATES.length ? RATES[of_rate] || rate : rate_behind(bits, of_rate);
    const sum = crc(CRC_8, 8, bits.bytes, from, bits.at / 8);
    if (sync !== 0x7ffc || reserved || bits.take(8) !== sum) {
      throw damaged("a frame does not begin where the one before ends");
    }
    if (told_rate !== rate || channels !== 0 || (of_bits !== 0 && of_bits !== 4) || !(count >= 1 && count <= MOST)) {
      throw damaged("a frame is of another form than its head tells");
    }
    return { count, number, step: is_variable ? count : 1 };
  }

  // As in UTF-8, up to 36 bits (section 9.1.5).
  function coded_number(bits) {
    const ones = Math.clz32(~(bits.take(8) << 24));
    bits.at -= 8;
    if (ones === 1 || ones > 7) {
      throw damaged("a frame has no number");
    }
    bits.take(ones && ones + 1);
    let number = bits.take(ones ? 7 - ones : 8);
    for (let more = 1; more < ones; more++) {
      const byte = bits.take(8);
      if (byte >>> 6 !== 2) {
        throw damaged("a frame has no number");
      }
      number = number * 64 + (byte & 0x3f);
    }
    return number;
  }

  function block_size(bits, code) {
    if (code === 6 || code === 7) {
      return bits.take(code === 6 ? 8 : 16) + 1;
    }
    return code === 0 ? 0 : code === 1 ? 192 : code < 6 ? 144 << code : 1 << code;
  }

  function rate_behind(bits, code) {
    return [() => 1000 * bits.take(8), () => bits.take(16), () => 10 * bits.take(16), () => 0][code - 12]();
  }

  function crc(table, width, bytes, from, to) {
    const [shift, mask] = [width - 8, 2 ** width - 1];
    let rest = 0;
    for (let at = from; at < to; at++) {
      rest = ((rest << 8) & mask) ^ table[(rest >>> shift) ^ bytes[at]];
    }
    return rest;
  }

  // The samples of the one channel (section 9.2) into `sound`; `numbers` is where they are worked on.
  function subframe(bits, numbers, sound) {
    const [zero, kind, has_wasted] = [bits.take(1), bits.take(6), bits.take(1)];
    const wasted = has_wasted ? bits.zeros() + 1 : 0;
    const depth = BITS - wasted;
    if (zero || depth < 1) {
      throw damaged("a frame is of a kind that does not exist");
    }
    if (kind === 0) {
      numbers.fill(bits.signed(depth));
    } else if (kind === 1) {
      take_signed(bits, numbers, 0, numbers.length, depth);
    } else if (kind >= 8 && kind < 8 + FIXED.length) {
      predicted(bits, numbers, kind - 8, depth, () => ({ factors: FIXED[kind - 8], shift: 0 }));
    } else if (kind >= 32) {
      predicted(bits, numbers, kind - 31, depth, () => linear(bits, kind - 31));
    } else {
      throw damaged("a frame is of a kind that does not exist");
    }
    for (let n = 0; n < numbers.length; n++) {
      sound[n] = numbers[n] << wasted;
    }
  }

  function take_signed(bits, numbers, from, to, depth) {
    for (let n = from; n < to; n++) {
      numbers[n] = bits.signed(depth);
    }
  }

  function linear(bits, order) {
    const [precision, shift] = [bits.take(4) + 1, bits.signed(5)];
    if (precision === 16 || shift < 0) {
      throw damaged("a frame is of a kind that does not exist");
    }
    return { factors: Array.from({ length: order }, () => bits.signed(precision)), shift };
  }

  function predicted(bits, numbers, order, depth, predictor) {
    if (order > numbers.length) {
      throw damaged("a frame is of a kind that does not exist");
    }
    take_signed(bits, numbers, 0, order, depth);
    const { factors, shift } = predictor();
    residual(bits, numbers, order);
    if (!restore(numbers, Float64Array.from(factors), 2 ** -shift, 2 ** (depth - 1))) {
      throw damaged("a frame holds samples of more bits than it has");
    }
  }

  // In doubles, where no sum of these is ever rounded: 32 * 2^15 * 2^14 is the greatest.
  function restore(numbers, factors, scale, limit) {
    const order = factors.length;
    for (let n = order; n < numbers.length; n++) {
      let sum = 0;
      for (let k = 0; k < order; k++) {
        sum += factors[k] * numbers[n - 1 - k];
      }
      const sample = numbers[n] + Math.floor(sum * scale);
      if (sample < -limit || sample >= limit) {
        return false;
      }
      numbers[n] = sample;
    }
    return true;
  }

  // What the prediction misses, behind the first `order` numbers (section 9.2.7).
  function residual(bits, numbers, order) {
    const [method, power] = [bits.take(2), bits.take(4)];
    const size = numbers.length >>> power;
    if (method > 1 || size << power !== numbers.length || size < order) {
      throw damaged("a frame is of a kind that does not exist");
    }
    const width = 4 + method;
    for (let from = order, to = size; to <= numbers.length; from = to, to += size) {
      const parameter = bits.take(width);
      if (parameter === 2 ** width - 1) {
        take_escaped(bits, numbers, from, to, bits.take(5));
      } else {
        take_rice(bits, numbers, from, to, parameter);
      }
    }
  }

  function take_escaped(bits, numbers, from, to, depth) {
    for (let n = from; n < to; n++) {
      numbers[n] = depth > 16 ? bits.signed(depth - 16) * 65536 + bits.take(16) : bits.signed(depth);
    }
  }

  // Nearly all of the time of decoding is spent here: short ones are taken at one look.
  function take_rice(bits, numbers, from, to, parameter) {
    const view = bits.view;
    let at = bits.at;
    for (let n = from; n < to; n++) {
      const word = view.getUint32(at >>> 3) << (at & 7);
      const zeros = Math.clz32(word);
      const size = zeros + 1 + parameter;
      let folded;
      if (size <= 25) {
        folded = (zeros << parameter) | ((word << (zeros + 1)) >>> 1 >>> (31 - parameter));
        at += size;
      } else {
        bits.at = at;
        folded = bits.zeros() * 2 ** parameter + bits.long(parameter);
        at = bits.at;
        if (folded >= 2 ** 32) {
          throw damaged("a frame holds samples of more bits than it has");
        }
      }
      numbers[n] = (folded >>> 1) ^ -(folded & 1);
    }
    bits.at = at;
  }

  return Object.freeze({ head, frames });
})();
