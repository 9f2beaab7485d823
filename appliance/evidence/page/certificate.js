"use strict";
// X.509 certificates (RFC 5280, DER), as much of them as statements need.

const certificate = (() => {
  const [BOOLEAN, INTEGER, BITS, OCTETS, OBJECT, SEQUENCE, SET] = [0x01, 0x02, 0x03, 0x04, 0x06, 0x30, 0x31];
  const [UTC_TIME, TIME] = [0x17, 0x18];
  const WHEN = /^(\d{2,4})(\d\d)(\d\d)([01]\d|2[0-3])[0-5]\d[0-5]\dZ$/;
  const [VERSION, ISSUER_ID, SUBJECT_ID, EXTENSIONS] = [0xa0, 0x81, 0x82, 0xa3]; // may be left out
  const TEXTS = [0x0c, 0x13, 0x16]; // UTF8String, and PrintableString and IA5String, which are ASCII
  const COMMON_NAME = "550403"; // 2.5.4.3
  const VERSION_3 = "020102";
  // SubjectPublicKeyInfo of a P-256 key up to its point, which is 4, x, y (RFC 5480, section 2).
  const P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
  const POINT_BYTES = 65;
  const NUMBER_BYTES = 32;
  const BASIC_CONSTRAINTS = "551d13"; // 2.5.29.19

  // The element at a place: `bytes` are all of it, `content` is what it holds.
  function element(bytes, at) {
    const [tag, size] = bytes.subarray(at, at + 2);
    const of_length = size > 0x80 ? size - 0x80 : 0; // bytes that tell the length, where one cannot
    const told = bytes.subarray(at + 2, at + 2 + of_length);
    const length = of_length ? told.reduce((sum, byte) => sum * 256 + byte, 0) : size;
    const is_shortest = !of_length || (told[0] > 0 && length >= 0x80);
    const from = at + 2 + of_length;
    const is_there = size !== undefined && told.length === of_length && from + length <= bytes.length;
    const content = bytes.subarray(from, from + length);
    if (!is_there || !is_shortest || size === 0x80 || of_length > 4 || (tag & 0x1f) === 0x1f || !is_written(tag, content)) {
      throw new RangeError("a certificate of it is not written in DER");
    }
    return { tag, content, bytes: bytes.subarray(at, from + length) };
  }

  // Whether a value is in the one form that DER has for it.
  function is_written(tag, content) {
    const [first, second] = content;
    const last = content[content.length - 1];
    const forms = {
      [BOOLEAN]: () => content.length === 1 && (first === 0 || first === 0xff),
      [INTEGER]: () => content.length === 1 || (first === 0 ? second >= 0x80 : first === 0xff ? second < 0x80 : first >= 0),
      [BITS]: () => first < 8 && (content.length > 1 ? (last & ((1 << first) - 1)) === 0 : first === 0),
      [OBJECT]: () => last < 0x80 && !content.some((byte, n) => byte === 0x80 && (n === 0 || content[n - 1] < 0x80)),
      [UTC_TIME]: () => content.length === 13 && is_time(content),
      [TIME]: () => content.length === 15 && is_time(content),
    };
    return tag in forms ? forms[tag]() : true;
  }

  function is_time(content) {
    const [found, year, month, day] = String.fromCharCode(...content).match(WHEN) || [];
    const date = new Date(Date.UTC(2000 + Number(year), month - 1, day)); // of a year as long as this one
    return found !== undefined && date.getUTCMonth() === month - 1 && date.getUTCDate() === Number(day);
  }

  function elements(bytes) {
    const found = [];
    for (let at = 0; at < bytes.length; at += found[found.length - 1].bytes.length) {
      found.push(element(bytes, at));
    }
    return found;
  }

  // The same elements, if these are their tags; `or`: what may stand behind them, once each, in this order.
  function formed(found, tags, or = []) {
    const rest = found.slice(tags.length).map(({ tag }) => tag);
    const allowed = or.filter((tag) => rest.includes(tag));
    if (tags.some((tag, n) => !found[n] || found[n].tag !== tag) || rest.join() !== allowed.join()) {
      throw new RangeError("a certificate of it has another form than certificates have");
    }
    return found;
  }

  function parts({ content }, ...form) {
    return formed(elements(content), ...form);
  }

  function check_algorithm({ content }) {
    const found = elements(content);
    formed(found.slice(0, 1), [OBJECT]);
    formed(found.slice(2), []);
  }

  // The attributes of a name: [its kind, its value].
  function attributes(name) {
    return elements(name.content).flatMap((part) => {
      const inside = formed([part], [SET]) && elements(part.content);
      formed(inside, inside.map(() => SEQUENCE));
      return inside.map((attribute) => {
        const [kind, value] = elements(attribute.content);
        formed(elements(attribute.content), [OBJECT, value && value.tag]);
        return [encoding.hex(kind.content), value];
      });
    });
  }

  // [its kind, its value] of each.
  function read_extensions({ content }) {
    const [all] = formed(elements(content), [SEQUENCE]);
    return elements(all.content).map((extension) => {
      const inside = formed([extension], [SEQUENCE]) && elements(extension.content);
      formed(inside, inside.length === 3 ? [OBJECT, BOOLEAN, OCTETS] : [OBJECT, OCTETS]);
      return [encoding.hex(inside[0].content), inside[inside.length - 1].content];
    });
  }

  // Whether it may sign other certificates (basicConstraints, RFC 5280, section 4.2.1.9). Raises RangeError.
  function may_issue({ extensions = [] }) {
    if (new Set(extensions.map(([kind]) => kind)).size !== extensions.length) {
      throw new RangeError("a certificate has one extension twice");
    }
    const [, value] = extensions.find(([kind]) => kind === BASIC_CONSTRAINTS) || [];
    if (!value) {
      return false;
    }
    const [told] = formed(elements(value), [SEQUENCE]);
    const [is_issuer] = formed(elements(told.content), [], [BOOLEAN, INTEGER]);
    return is_issuer !== undefined && is_issuer.tag === BOOLEAN && is_issuer.content[0] === 0xff;
  }

  // r and s, 32 bytes each, of an ECDSA signature (RFC 3279, section 2.2.3). Raises RangeError.
  function ecdsa_numbers({ signature }) {
    const [both] = formed(elements(signature.subarray(1)), [SEQUENCE]);
    const numbers = new Uint8Array(2 * NUMBER_BYTES);
    parts(both, [INTEGER, INTEGER]).forEach(({ content }, n) => {
      const digits = content[0] ? content : content.subarray(1);
      if (content[0] >= 0x80 || digits.length > NUMBER_BYTES) {
        throw new RangeError("a signature of a certificate is out of range");
      }
      numbers.set(digits, (n + 1) * NUMBER_BYTES - digits.length);
    });
    return numbers;
  }

  // Raises RangeError where the bytes are no certificate. What it promises is not looked at: whose key it is, is known
  // or not, and the box's own certificate is signed by itself.
  function read(der) {
    const [whole] = formed(elements(der), [SEQUENCE]);
    const [signed, algorithm, signature] = parts(whole, [SEQUENCE, SEQUENCE, BITS]);
    const fields = elements(signed.content);
    const version = fields.length && fields[0].tag === VERSION ? encoding.hex(fields.shift().content) : VERSION_3;
    if (version !== VERSION_3) {
      throw new RangeError("a certificate of it is of another version");
    }
    const [, of_issuer, issuer, validity, subject, public_key, ...more] = formed(
      fields, [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE], [ISSUER_ID, SUBJECT_ID, EXTENSIONS]);
    [algorithm, of_issuer].forEach(check_algorithm);
    const times = elements(validity.content).map(({ tag }) => tag);
    if (times.length !== 2 || !times.every((tag) => tag === UTC_TIME || tag === TIME) || !attributes(issuer)) {
      throw new RangeError("a certificate of it has another form than certificates have");
    }
    const name = attributes(subject).find(([kind, { tag }]) => kind === COMMON_NAME && TEXTS.includes(tag));
    const common_name = name ? new TextDecoder().decode(name[1].content) : "";
    const [extensions] = more.filter(({ tag }) => tag === EXTENSIONS).map(read_extensions);
    return {
      der, common_name, extensions, public_key: public_key.bytes, issuer: issuer.bytes, subject: subject.bytes,
      signed: signed.bytes, signature: signature.content, algorithms: [algorithm, of_issuer].map(({ bytes }) => encoding.hex(bytes)),
    };
  }

  // The point (65 bytes) of the P-256 key that a certificate is for. Raises RangeError.
  function p256_key({ public_key }) {
    const before = P256.length / 2;
    const key = public_key.subarray(before);
    if (encoding.hex(public_key.subarray(0, before)) !== P256 || key.length !== POINT_BYTES || !p256.is_key(key)) {
      throw new RangeError("its key is not a P-256 key");
    }
    return key;
  }

  // SHA-256 of the public key (SubjectPublicKeyInfo, DER) in hex: the same whoever signed the certificate.
  function fingerprint({ public_key }) {
    return encoding.hex(sha256.plainly(public_key));
  }

  return Object.freeze({ read, may_issue, ecdsa_numbers, p256_key, fingerprint });
})();
