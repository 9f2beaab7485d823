"use strict";
// Reads a zip whose files are stored, not packed (PKWARE APPNOTE 6.3.10), by slices: it is never in memory as a whole.

class BadZip extends Error {
  constructor(sentence) {
    super(sentence);
    this.name = "BadZip";
  }
}

const zip = (() => {
  const [LOCAL, CENTRAL, END, END_64, LOCATOR_64] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
  const [LOCAL_BYTES, CENTRAL_BYTES, END_BYTES, END_64_BYTES, LOCATOR_64_BYTES] = [30, 46, 22, 56, 20];
  const COMMENT_BYTES = 0xffff; // the longest
  const LONGEST_LIST_BYTES = 1 << 24; // of what a bundle holds: a thousandth of this
  const LONG = 0xffffffff; // where this stands, zip64 has the number
  const EXTRA_64 = 1;
  const STORED = 0;
  const IS_SECRET = 1; // among the flags
  const DAMAGED = "This zip is damaged or is not whole. Get it again.";

  // What is in it, by name: { name, size, is_plain, file }, where file() gives a Blob. Raises BadZip.
  async function open(blob) {
    const list = await central_directory(blob, await find_end(blob));
    const entries = new Map();
    for (let at = 0, left = list.count; left > 0; left--) {
      const entry = read_entry(list.view, at);
      if (entries.has(entry.name)) {
        throw new BadZip(`This zip holds two files named ${entry.name}: nobody can say which one is meant.`);
      }
      entries.set(entry.name, { name: entry.name, size: entry.size, is_plain: is_plain(entry), file: () => file_of(blob, entry) });
      at = entry.end;
    }
    return entries;
  }

  async function view_of(blob, at, size) {
    if (at < 0 || at + size > blob.size) {
      throw new BadZip(DAMAGED);
    }
    return new DataView(await blob.slice(at, at + size).arrayBuffer());
  }

  // Where the end of the central directory begins: the last thing in the file but for a comment.
  async function find_end(blob) {
    const from = Math.max(0, blob.size - END_BYTES - COMMENT_BYTES);
    const view = await view_of(blob, from, blob.size - from);
    for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
      if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength) {
        return from + at;
      }
    }
    throw new BadZip("This is no zip, or not the whole of it. Get it again.");
  }

  async function central_directory(blob, end) {
    const { count, size, at, behind } = (await told_by_64(blob, end)) || (await told_by(blob, end));
    if (at + size !== behind || size > LONGEST_LIST_BYTES) {
      throw new BadZip(DAMAGED);
    }
    return { count, view: await view_of(blob, at, size) };
  }

  async function told_by(blob, end) {
    const told = await view_of(blob, end, END_BYTES);
    const [count, size, at] = [told.getUint16(10, true), told.getUint32(12, true), told.getUint32(16, true)];
    return { count, size, at, behind: end };
  }

  // Where the file or its count of files is too great for the older fields; before these stands where to find it.
  async function told_by_64(blob, end) {
    const locator = end >= LOCATOR_64_BYTES ? await view_of(blob, end - LOCATOR_64_BYTES, LOCATOR_64_BYTES) : null;
    if (!locator || locator.getUint32(0, true) !== LOCATOR_64) {
      return null;
    }
    const behind = number(locator, 8);
    const told = await view_of(blob, behind, END_64_BYTES);
    if (told.getUint32(0, true) !== END_64) {
      throw new BadZip(DAMAGED);
    }
    return { count: number(told, 32), size: number(told, 40), at: number(told, 48), behind };
  }

  function read_entry(list, at) {
    if (at + CENTRAL_BYTES > list.byteLength || list.getUint32(at, true) !== CENTRAL) {
      throw new BadZip(DAMAGED);
    }
    const [name_bytes, extra_bytes, comment_bytes] = [28, 30, 32].map((field) => list.getUint16(at + field, true));
    const extra = at + CENTRAL_BYTES + name_bytes;
    const end = extra + extra_bytes + comment_bytes;
    if (end > list.byteLength) {
      throw new BadZip(DAMAGED);
    }
    const [flags, method] = [8, 10].map((field) => list.getUint16(at + field, true));
    const places = [24, 20, 42].map((field) => list.getUint32(at + field, true));
    const [size, packed, local] = from_extra_64(list, extra, extra + extra_bytes, places);
    return { name: name_in(list, at + CENTRAL_BYTES, name_bytes), flags, method, size, packed, local, end };
  }

  // Numbers that are too great for their field stand in the extra field of zip64, in this order.
  function from_extra_64(list, at, end, numbers) {
    while (at + 4 <= end && list.getUint16(at, true) !== EXTRA_64) {
      at += 4 + list.getUint16(at + 2, true);
    }
    let next = at + 4;
    return numbers.map((told) => {
      if (told !== LONG) {
        return told;
      }
      next += 8;
      if (next > end) {
        throw new BadZip(DAMAGED);
      }
      return number(list, next - 8);
    });
  }

  function is_plain({ flags, method }) {
    return method === STORED && !(flags & IS_SECRET);
  }

  async function file_of(blob, entry) {
    const { name, size, packed, local } = entry;
    const head = await view_of(blob, local, LOCAL_BYTES);
    const [name_bytes, extra_bytes] = [26, 28].map((field) => head.getUint16(field, true));
    const named = name_in(await view_of(blob, local + LOCAL_BYTES, name_bytes), 0, name_bytes);
    const from = local + LOCAL_BYTES + name_bytes + extra_bytes;
    if (!is_plain(entry)) {
      throw new BadZip(`${name} is packed in this zip. Unpack the zip, and choose the files that were in it.`);
    }
    if (head.getUint32(0, true) !== LOCAL || named !== name || packed !== size || from + size > blob.size) {
      throw new BadZip(DAMAGED);
    }
    return blob.slice(from, from + size);
  }

  function name_in(view, at, size) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(view.buffer, at, size));
    } catch (error) {
      throw new BadZip("This zip holds a file whose name is not written in UTF-8.");
    }
  }

  function number(view, at) {
    const value = view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new BadZip(DAMAGED);
    }
    return Number(value);
  }

  return Object.freeze({ open });
})();
