"use strict";
// The seconds of a recording or of a clip, out of WAV and FLAC: the samples themselves, as the leaves are made of them.

const sound = (() => {
  const AT_ONCE_S = 60;
  const SAMPLE_BYTES = 2;
  const [PCM, EXTENSIBLE] = [1, 0xfffe];
  const OTHERS = [/^ID3/, /^\xff[\xe0-\xff]/, /^....ftyp/s, /^OggS/, /^\x1a\x45\xdf\xa3/]; // MP3, M4A, Ogg, WebM
  const FASTEST = 768000; // samples a second
  const UNTIL_THE_END = 0xffffffff; // the length in a WAV that is still growing
  const CANNOT_JUDGE = "This browser cannot judge: it reads a sound that is known as another one. Take another browser.";
  let proof = null;

  // { kind, rate, samples, seconds }: `samples` is what the file tells (null: nothing); seconds() gives an Int16Array
  // for each second, the last one shorter, which is good until the next is asked for: a new one for each of two hours
  // would be memory that browsers take their time to free. Raises BadSound.
  async function open(blob) {
    proof = proof || prove(KNOWN_SOUNDS);
    await proof;
    return read(blob);
  }

  async function read(blob) {
    const magic = text_of(new Uint8Array(await blob.slice(0, 4).arrayBuffer()));
    if (magic === "fLaC") {
      const head = await flac.head(blob);
      const seconds = () => in_seconds(flac.frames(blob, head), head.rate);
      return { kind: "FLAC", rate: head.rate, samples: head.samples || null, seconds };
    }
    if (magic === "RIFF") {
      const { rate, at, size } = await wav_head(blob);
      const samples = Math.floor(size / SAMPLE_BYTES);
      return { kind: "WAV", rate, samples, seconds: () => in_seconds(wav_pieces(blob, at, samples, rate), rate) };
    }
    const head = text_of(new Uint8Array(await blob.slice(0, 8).arrayBuffer()));
    const is_sound = OTHERS.some((form) => form.test(head));
    throw new (is_sound ? OtherSound : BadSound)(
      "This is neither WAV nor FLAC. Other files hold other samples than the recording: take the FLAC.");
  }

  // The leaf of each second; progress(seconds, of how many or null).
  async function leaves(opened, progress = () => {}) {
    const found = [];
    const told = opened.samples && Math.ceil(opened.samples / opened.rate);
    for await (const second of opened.seconds()) {
      found.push(await sha256.leaf(second));
      progress(found.length, told);
    }
    return found;
  }

  // Raises BadSound unless this browser reads known sounds as they are.
  async function prove(known) {
    for (const { rate, samples, root, flac: text } of known) {
      const opened = await read(new Blob([encoding.from_base64(text)]));
      const found = encoding.hex(merkle.root(await leaves(opened)));
      if (found !== root || opened.rate !== rate || opened.samples !== samples) {
        throw new OtherSound(CANNOT_JUDGE);
      }
    }
  }

  async function* in_seconds(pieces, rate) {
    const second = new Int16Array(rate);
    let held = 0;
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length;) {
        const part = piece.subarray(at, at + rate - held);
        second.set(part, held);
        at += part.length;
        held += part.length;
        if (held === rate) {
          yield second;
          held = 0;
        }
      }
    }
    if (held) {
      yield second.subarray(0, held);
    }
  }

  // Chunks in their order (Microsoft's Multimedia Programming Interface 1.0) up to the sound.
  async function wav_head(blob) {
    let rate = null;
    for (let at = 12; at + 8 <= blob.size;) {
      const chunk = new DataView(await blob.slice(at, at + 8 + 26).arrayBuffer());
      const [kind, size] = [text_of(new Uint8Array(chunk.buffer, 0, 4)), chunk.getUint32(4, true)];
      if (kind === "data" && rate !== null) {
        const there = blob.size - at - 8;
        return { rate, at: at + 8, size: size === UNTIL_THE_END ? there : Math.min(size, there) };
      }
      if (kind === "data" || (kind === "fmt " && rate !== null)) {
        break;
      }
      rate = kind === "fmt " ? wav_rate(chunk, size) : rate;
      at += 8 + size + (size % 2);
    }
    throw new BadSound("This WAV file is damaged or not whole: it has no sound, or does not tell of what kind it is.");
  }

  function wav_rate(chunk, size) {
    if (size < 16 || chunk.byteLength < 24) {
      throw new BadSound("This WAV file is damaged: it does not tell of what kind its sound is.");
    }
    const [form, channels, bits] = [8, 10, 22].map((field) => chunk.getUint16(field, true));
    const rate = chunk.getUint32(12, true);
    const is_pcm = form === PCM || (form === EXTENSIBLE && size >= 26 && chunk.byteLength === 34 && chunk.getUint16(32, true) === PCM);
    if (!is_pcm || channels !== 1 || bits !== 8 * SAMPLE_BYTES) {
      throw new OtherSound(`This sound has ${channels} channels of ${bits} bits; a recording has one of 16, not packed.`);
    }
    if (rate < 1 || rate > FASTEST) {
      throw new BadSound(`This WAV file is damaged: it tells of ${rate} samples a second.`);
    }
    return rate;
  }

  async function* wav_pieces(blob, at, samples, rate) {
    const end = at + samples * SAMPLE_BYTES;
    for (let from = at; from < end; from += AT_ONCE_S * rate * SAMPLE_BYTES) {
      const piece = blob.slice(from, Math.min(end, from + AT_ONCE_S * rate * SAMPLE_BYTES));
      yield new Int16Array(await piece.arrayBuffer());
    }
  }

  function text_of(bytes) {
    return String.fromCharCode(...bytes);
  }

  return Object.freeze({ open, read, leaves, prove });
})();
