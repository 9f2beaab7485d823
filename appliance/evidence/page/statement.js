"use strict";
// Reads signed statements as appliance/evidence/statement.py does: JWS in compact form (RFC 7515), ES256, `x5c`.

class BadStatement extends Error {
  constructor(why) {
    super(`This is no statement that could be believed: ${why}.`);
    this.name = "BadStatement";
  }
}

const statement = (() => {
  const VERSION = 1;
  const LONGEST = 1000000; // characters
  const SIGNATURE_BYTES = 64;
  const KINDS = new Map([
    ["candour-start", "start record"],
    ["candour-receipt", "receipt"],
    ["candour-seal", "seal"],
    ["candour-copies", "copies seal"],
    ["candour-transcript", "transcript seal"],
    ["candour-not-recorded", "record of a meeting that was not recorded"],
    ["candour-tombstone", "tombstone"],
    ["candour-notes", "file of notes"],
  ]);
  const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"; // as Python
  const AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
  const CHANGED = "its signature is not of the key that it names: somebody has changed it";
  const UNKNOWN = "it is of a kind or version that this program does not know";

  // What a statement says, if its signature holds; whose key that is, is another question. Raises BadStatement.
  // `key` is the fingerprint of the key that signed, `by` the name in its certificate, `digest` SHA-256 in hex.
  async function read(text) {
    const jws = text.replace(AROUND, "");
    const { told, signature, kind, algorithm, version, claims, chain, key } = parts(jws);
    if (!(await p256.verifies(key, new TextEncoder().encode(told), signature))) {
      throw new BadStatement(CHANGED);
    }
    if (!KINDS.has(kind) || algorithm !== "ES256" || version !== VERSION || jws.length > LONGEST) {
      throw new BadStatement(UNKNOWN);
    }
    const [by, fingerprint] = [chain[0].common_name, certificate.fingerprint(chain[0])];
    return { kind, claims, chain, jws, by, key: fingerprint, digest: digest(jws) };
  }

  function parts(jws) {
    try {
      const [told, signature] = cut(jws);
      const [header, claims] = told.split(".").map((part) => json_object(encoding.from_base64url(part)));
      const chain = certificates(member(header, "x5c"));
      const key = certificate.p256_key(chain[0]);
      const [kind, algorithm, version] = [member(header, "typ"), member(header, "alg"), member(claims, "v")];
      return { told, signature, kind, algorithm, version, claims, chain, key };
    } catch (error) {
      throw new BadStatement(`it is damaged or is no such statement (${error.message})`);
    }
  }

  // What was signed, and the signature.
  function cut(jws) {
    const [header, claims, signature, ...more] = jws.split(".");
    if (signature === undefined || more.length) {
      throw new RangeError("it has another form than a statement has");
    }
    const numbers = encoding.from_base64url(signature);
    if (numbers.length !== SIGNATURE_BYTES) {
      throw new RangeError("its signature has a wrong length");
    }
    return [`${header}.${claims}`, numbers];
  }

  function digest(jws) {
    return encoding.hex(sha256.plainly(new TextEncoder().encode(jws)));
  }

  function json_object(bytes) {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new RangeError("it has another form than a statement has");
    }
    return value;
  }

  function member(value, name) {
    if (!Object.prototype.hasOwnProperty.call(value, name)) {
      throw new RangeError(`it has no ${name}`);
    }
    return value[name];
  }

  function certificates(x5c) {
    if (!Array.isArray(x5c) || x5c.length === 0) {
      throw new RangeError("it names no certificate");
    }
    return x5c.map((one) => certificate.read(encoding.from_base64(one)));
  }

  return Object.freeze({ KINDS, read, digest });
})();
