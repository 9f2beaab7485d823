"use strict";
// What the page asks of the part that reads files and judges. It runs in a Worker, so that the page answers meanwhile.

const work = (() => {
  const OFTEN_MS = 100; // progress is told no more often
  const RECORDINGS = ["recording.flac", "recording.wav", "master.wav", "recording.mp3"]; // the exact ones first
  const SEALS = ["seal.jws", "not-recorded.jws"];
  const TEXTS = ["transcript.json", "marks.jsonl"];
  let held = new Map();

  // What is among the files; `embedded`: texts by name, used where the files have no seal of their own.
  async function open({ blobs, embedded }) {
    const files = await verification.files_of(blobs);
    const names = new Set([...files.keys()].map(plain));
    const of_page = !SEALS.some((name) => names.has(name));
    for (const [name, text] of of_page ? Object.entries(embedded) : []) {
      if (!names.has(name)) {
        files.set(name, async () => new Blob([text]));
      }
    }
    held = files;
    const [transcript, marks] = await Promise.all(TEXTS.map(text_of));
    return { ...(await what_is_sealed()), of_page, transcript, marks, recordings: await recordings() };
  }

  async function judge(asked, progress) {
    return verification.judge(held, asked, progress);
  }

  async function what_is_sealed() {
    const text = (await text_of(SEALS[0])) || (await text_of(SEALS[1]));
    if (text === null) {
      return { claims: null, digest: "", why: "" };
    }
    try {
      const { claims, digest } = await statement.read(text);
      return { claims, digest, why: "" };
    } catch (error) {
      return { claims: null, digest: "", why: error.message };
    }
  }

  async function recordings() {
    const found = [];
    for (const name of RECORDINGS) {
      const blob = await blob_of(name);
      found.push(...(blob ? [{ name, blob }] : []));
    }
    return found;
  }

  async function text_of(name) {
    const blob = await blob_of(name);
    return blob && blob.text();
  }

  async function blob_of(name) {
    const path = [...held.keys()].sort().find((one) => plain(one) === name);
    return path === undefined ? null : held.get(path)();
  }

  function plain(path) {
    return path.slice(path.lastIndexOf("/") + 1);
  }

  // Says how far it is, the last news of each OFTEN_MS only.
  function teller(number) {
    let told = -OFTEN_MS;
    return (what, done, of) => {
      if (performance.now() - told >= OFTEN_MS) {
        told = performance.now();
        postMessage({ number, progress: { what, done, of } });
      }
    };
  }

  return Object.freeze({ open, judge, teller });
})();

onmessage = async ({ data: { number, ask, told } }) => {
  try {
    postMessage({ number, answer: await work[ask](told, work.teller(number)) });
  } catch (error) {
    postMessage({ number, error: error.message });
  }
};
