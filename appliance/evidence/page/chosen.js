"use strict";
// The files that somebody chose: by their path, an async function that gives each as a Blob.

const chosen = (() => {
  // Opens the bundle among the files, or takes them as they are: by their path, what gives each. Raises BadZip.
  async function files_of(blobs) {
    const files = new Map();
    const bundles = [];
    for (const { name, blob } of blobs) {
      if (await is_bundle(name, blob)) {
        bundles.push(blob);
      } else {
        files.set(name, async () => blob);
      }
    }
    if (bundles.length > 1) {
      throw new BadZip("These are several bundles. Choose one at a time.");
    }
    return bundles.length ? new Map([...files, ...(await bag.open(bundles[0]))]) : files;
  }

  async function is_bundle(name, blob) {
    const magic = String.fromCharCode(...new Uint8Array(await blob.slice(0, 4).arrayBuffer()));
    return /\.zip$/i.test(name) || (magic === "PK\x03\x04" && !/\.docx$/i.test(name));
  }

  // SHA-256 in hex by path, each made once; "damaged" where the zip around a file is.
  function hasher(files, progress) {
    const known = new Map();
    return async (path) => {
      if (!known.has(path)) {
        known.set(path, await digest_of(files.get(path), (done, of) => progress(path, done, of)));
      }
      return known.get(path);
    };
  }

  async function digest_of(file, progress) {
    try {
      return encoding.hex(await sha256.of_file(await file(), progress));
    } catch (error) {
      if (error instanceof BadZip) {
        return "damaged";
      }
      throw error;
    }
  }

  // The paths by the names without folders; of two with one name the first.
  function paths_by_name(files) {
    const found = new Map();
    for (const path of [...files.keys()].sort()) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      found.set(name, found.get(name) || path);
    }
    return found;
  }

  function by_name(files) {
    return new Map([...paths_by_name(files)].map(([name, path]) => [name, files.get(path)]));
  }

  return Object.freeze({ files_of, hasher, paths_by_name, by_name });
})();
