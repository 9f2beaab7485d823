"use strict";
// ECDSA over P-256 with SHA-256 (FIPS 186-5, SEC 1), verifying only: nothing here is secret, so nothing hides its time.

const p256 = (() => {
  const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
  const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  const G = {
    x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    z: 1n,
  };
  const INFINITY = { x: 1n, y: 1n, z: 0n }; // points are Jacobian: (x / z^2, y / z^3)
  const NUMBER_BYTES = 32;
  const KEY_BYTES = 1 + 2 * NUMBER_BYTES;
  const UNCOMPRESSED = 4;

  function mod(number, modulus) {
    const rest = number % modulus;
    return rest < 0n ? rest + modulus : rest;
  }

  function inverse(number, modulus) {
    let [rest, next] = [modulus, mod(number, modulus)];
    let [factor, following] = [0n, 1n];
    while (next) {
      const times = rest / next;
      [rest, next] = [next, rest - times * next];
      [factor, following] = [following, factor - times * following];
    }
    return mod(factor, modulus);
  }

  function doubled({ x, y, z }) {
    const zz = (z * z) % P;
    const yy = (y * y) % P;
    const beta = (x * yy) % P;
    const alpha = (3n * (x - zz) * (x + zz)) % P;
    const xx = mod(alpha * alpha - 8n * beta, P);
    return { x: xx, y: mod(alpha * (4n * beta - xx) - 8n * yy * yy, P), z: (2n * y * z) % P };
  }

  function sum(one, other) {
    if (!one.z || !other.z) {
      return one.z ? one : other;
    }
    const zz1 = (one.z * one.z) % P;
    const zz2 = (other.z * other.z) % P;
    const u = (one.x * zz2) % P;
    const s = (((one.y * zz2) % P) * other.z) % P;
    const h = mod(other.x * zz1 - u, P);
    const r = mod(((other.y * zz1) % P) * one.z - s, P);
    if (!h) {
      return r ? INFINITY : doubled(one);
    }
    const hh = (h * h) % P;
    const hhh = (hh * h) % P;
    const v = (u * hh) % P;
    const x = mod(r * r - hhh - 2n * v, P);
    return { x, y: mod(r * (v - x) - s * hhh, P), z: (((one.z * other.z) % P) * h) % P };
  }

  // a * G + b * point: both walked bit by bit together.
  function combined(a, b, point) {
    const of_bits = { "01": point, 10: G, 11: sum(G, point) };
    const [bits_a, bits_b] = [a, b].map((number) => number.toString(2).padStart(8 * NUMBER_BYTES, "0"));
    let reached = INFINITY;
    for (let n = 0; n < bits_a.length; n++) {
      reached = doubled(reached);
      const bits = bits_a[n] + bits_b[n];
      if (bits !== "00") {
        reached = sum(reached, of_bits[bits]);
      }
    }
    return reached;
  }

  function number(bytes) {
    return BigInt(`0x${encoding.hex(bytes)}`);
  }

  // The point of a public key (65 bytes: 4, x, y), or null: not on the curve, out of range, or in another form.
  function point(key) {
    if (key.length !== KEY_BYTES || key[0] !== UNCOMPRESSED) {
      return null;
    }
    const [x, y] = [key.subarray(1, 1 + NUMBER_BYTES), key.subarray(1 + NUMBER_BYTES)].map(number);
    const is_on_curve = x < P && y < P && mod(y * y - x * x * x + 3n * x - B, P) === 0n;
    return is_on_curve ? { x, y, z: 1n } : null;
  }

  function is_key(key) {
    return point(key) !== null;
  }

  // `hash`: 32 bytes; `signature`: r and s, 32 bytes each.
  function verifies_plainly(key, hash, signature) {
    const of_key = point(key);
    if (!of_key || signature.length !== 2 * NUMBER_BYTES) {
      return false;
    }
    const [r, s] = [signature.subarray(0, NUMBER_BYTES), signature.subarray(NUMBER_BYTES)].map(number);
    if (r < 1n || r >= N || s < 1n || s >= N) {
      return false;
    }
    const w = inverse(s, N);
    const { x, z } = combined(mod(number(hash) * w, N), mod(r * w, N), of_key);
    return z !== 0n && mod(x * inverse(z * z, P), P) % N === r;
  }

  // Whether the key signed the message.
  async function verifies(key, message, signature) {
    if (!crypto.subtle || !is_key(key)) {
      return verifies_plainly(key, await sha256.of(message), signature);
    }
    const kind = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const imported = await crypto.subtle.importKey("raw", key, kind, false, ["verify"]);
    return crypto.subtle.verify(kind, imported, signature, message);
  }

  return Object.freeze({ is_key, verifies, verifies_plainly });
})();
