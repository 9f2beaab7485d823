"use strict";
// The files of a bundle, as appliance/evidence/bag.py reads them, and what does not agree with its own manifests.

const bag = (() => {
  const [MANIFEST, TAG_MANIFEST] = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];
  const PAYLOAD = "data/";
  const TAGS = ["bagit.txt", "bag-info.txt", MANIFEST, TAG_MANIFEST];
  const [SIGNATURE, STAMP] = [`${TAG_MANIFEST}.p7s`, `${TAG_MANIFEST}.tsr`];
  const NOT_LISTED = [TAG_MANIFEST, SIGNATURE, STAMP];
  const LINE = /^([0-9a-fA-F]{64})\s+\*?(.+)$/;
  const BAD_NAME = /[\p{C}\\:]/u;

  // Files by their names below the bag's folder. Raises BadZip for what a bundle never holds.
  async function open(blob) {
    const files = new Map();
    const inside = [...(await zip.open(blob)).values()].filter(({ name }) => !name.endsWith("/"));
    const top = inside.length ? inside[0].name.split("/")[0] : "";
    for (const { name, is_plain, file } of inside) {
      const parts = name.split("/");
      if (parts.length < 2 || parts[0] !== top || parts.some((part) => ["", ".", ".."].includes(part)) || BAD_NAME.test(name)) {
        throw new BadZip(`This is no bundle of a recording: it holds a file with the name ${JSON.stringify(name)}.`);
      }
      if (!is_plain) {
        throw new BadZip(`${name} is packed in this zip. Unpack the zip, and choose the files that were in it.`);
      }
      files.set(parts.slice(1).join("/"), file);
    }
    if (inside.reduce((sum, { size }) => sum + size, 0) > blob.size) {
      throw new BadZip("This is no bundle of a recording: its files lie over each other.");
    }
    return files;
  }

  // Or what is left of one, from which somebody took the lists away.
  function is_bag(files) {
    return [...files.keys()].some((name) => TAGS.includes(name) || name.startsWith(PAYLOAD));
  }

  // Everything that does not agree with the bag's own manifests, a sentence each; `digest(name)` is a file's SHA-256.
  async function complaints(files, digest) {
    if (!is_bag(files)) {
      return [];
    }
    const payload = [...files.keys()].filter((name) => name.startsWith(PAYLOAD));
    const tags = [...files.keys()].filter((name) => !name.startsWith(PAYLOAD) && !NOT_LISTED.includes(name));
    return [
      ...(await against(files, MANIFEST, payload, digest)),
      ...(await against(files, TAG_MANIFEST, tags, digest)),
    ];
  }

  async function against(files, manifest, there, digest) {
    if (!files.has(manifest)) {
      return [`${manifest} is missing.`];
    }
    const found = [];
    const listed = lines(await text_of(files, manifest));
    for (const [name, wanted] of listed) {
      if (!files.has(name)) {
        found.push(`${shown(name)} is missing.`);
      } else if ((await digest(name)) !== wanted) {
        found.push(`${shown(name)} is altered.`);
      }
    }
    const added = there.filter((name) => !listed.has(name)).sort();
    return [...found, ...added.map((name) => `${shown(name)} was put in: no manifest lists it.`)];
  }

  function lines(text) {
    const found = words.lines(text).map((line) => line.match(LINE)).filter((match) => match);
    return new Map(found.map(([, hash, name]) => [name, hash.toLowerCase()]));
  }

  function shown(name) {
    return /\p{C}/u.test(name) ? JSON.stringify(name) : name;
  }

  // A short file as text; what is no UTF-8 in it stands as such. Empty where it is damaged.
  async function text_of(files, name) {
    const MOST_BYTES = 4000000; // of a list of leaves: 12 hours are 0.9 MB
    try {
      const blob = await files.get(name)();
      const bytes = await blob.slice(0, MOST_BYTES).arrayBuffer();
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    } catch (error) {
      if (error instanceof BadZip) {
        return "";
      }
      throw error;
    }
  }

  return Object.freeze({ TAG_MANIFEST, SIGNATURE, STAMP, open, is_bag, complaints, text_of });
})();
