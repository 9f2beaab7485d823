"use strict";
// Whose key signed, as appliance/evidence/key.py asks: one that the asker knows, or one that an organisation vouches for.

const key = (() => {
  const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;
  const ECDSA_SHA256 = "300a06082a8648ce3d040302"; // RFC 5758, section 3.2

  // All certificates of a PEM text. Raises RangeError.
  function read_certificates(text) {
    const found = [...text.matchAll(PEM)].map(([, told]) => certificate.read(encoding.from_base64(told.replace(/\s/g, ""))));
    if (!found.length) {
      throw new RangeError("there is no certificate in it");
    }
    return found;
  }

  // { is_known, is_undecided }; undecided where an organisation signed in a way that cannot be checked here.
  async function judge(chain, known) {
    const doubts = { is_undecided: false };
    return { is_known: await is_known(chain, known, doubts), ...doubts };
  }

  // Whether the first certificate's key is one of the known ones, or an organisation among them vouches for it.
  async function is_known(chain, known, doubts) {
    for (const [place, one] of chain.entries()) {
      if (known.some(({ public_key }) => sha256.same(public_key, one.public_key)) || (await is_from_any(one, known, doubts))) {
        return true;
      }
      if (!(await is_from_any(one, chain.slice(place + 1, place + 2), doubts))) {
        return false;
      }
    }
    return false;
  }

  async function is_from_any(one, issuers, doubts) {
    for (const issuer of issuers) {
      if (await is_issued(one, issuer, doubts)) {
        return true;
      }
    }
    return false;
  }

  // Dates are not looked at: a recording must be checkable for as long as somebody keeps it.
  async function is_issued(one, issuer, doubts) {
    try {
      const [outside, inside] = one.algorithms;
      if (!certificate.may_issue(issuer) || !sha256.same(one.issuer, issuer.subject) || outside !== inside) {
        return false;
      }
      if (outside !== ECDSA_SHA256 || !is_p256(issuer)) {
        doubts.is_undecided = true;
        return false;
      }
      return await p256.verifies(certificate.p256_key(issuer), one.signed, certificate.ecdsa_numbers(one));
    } catch (error) {
      if (error instanceof RangeError) { // of what somebody made up
        return false;
      }
      throw error;
    }
  }

  function is_p256(one) {
    try {
      return certificate.p256_key(one).length > 0;
    } catch (error) {
      return false;
    }
  }

  return Object.freeze({ read_certificates, judge });
})();
