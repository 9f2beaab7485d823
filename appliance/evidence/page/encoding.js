"use strict";
// Bytes as text: hex, base64 and base64url, each in its one strict form. Reading raises RangeError.

const encoding = (() => {
  function hex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function from_hex(text) {
    if (!/^([0-9a-f]{2})*$/.test(text)) {
      throw new RangeError("it is not written in hex");
    }
    return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  }

  function from_base64(text) {
    if (typeof text !== "string" || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      throw new RangeError("it is not written in base64");
    }
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  function base64url(bytes) {
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  // Without padding (RFC 7515, section 2), and nothing else.
  function from_base64url(text) {
    const padding = "=".repeat(-text.length & 3);
    const bytes = from_base64(text.replace(/-/g, "+").replace(/_/g, "/") + padding);
    if (base64url(bytes) !== text) {
      throw new RangeError("it is not written in base64url");
    }
    return bytes;
  }

  return Object.freeze({ hex, from_hex, from_base64, base64url, from_base64url });
})();
