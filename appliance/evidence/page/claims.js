"use strict";
// What a statement claims, where a box would have claimed it: anybody can sign anything.

const claim = (() => {
  // A claim, which has to be there. Raises TypeError.
  function of(value, name) {
    const is_there = value !== null && typeof value === "object" && !Array.isArray(value);
    if (!is_there || !Object.prototype.hasOwnProperty.call(value, name)) {
      throw new TypeError(`it has no ${name}`);
    }
    return value[name];
  }

  // One that is a whole number. Raises TypeError.
  function count(value, name) {
    const found = of(value, name);
    if (!Number.isSafeInteger(found)) {
      throw new TypeError(`its ${name} is no whole number`);
    }
    return found;
  }

  // One that is text. Raises TypeError.
  function text(value, name) {
    const found = of(value, name);
    if (typeof found !== "string") {
      throw new TypeError(`its ${name} is no text`);
    }
    return found;
  }

  return Object.freeze({ of, count, text });
})();
