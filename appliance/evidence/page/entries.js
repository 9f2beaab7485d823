"use strict";
// What there is to read, in the order of time: lines of the transcript, gaps and marks. Nothing in it is taken on trust.

const entries = (() => {
  const LONG_S = 10; // shorter gaps are told in tenths of a second
  const ORDER = ["mark", "gap", "line"]; // of what happens at the same moment

  // [{ from, kind, text, language }] with `from` in seconds of the meeting. `transcript` and `marks`: texts or null;
  // `claims`: of the seal or null, which knows of the gaps where there is no transcript.
  function of({ transcript, marks, claims }) {
    const told = read(transcript);
    const rate = claims && claims.audio ? claims.audio.rate : NaN;
    const found = told
      ? [...list(told.lines).map(line), ...list(told.gaps).map(gap), ...list(told.marks).map(mark)]
      : [...list(claims && claims.gaps).map((one) => gap(in_seconds(one, rate))), ...lines(marks).map((one) => mark(in_seconds(one, rate)))];
    const readable = found.filter(({ from, text }) => Number.isFinite(from) && from >= 0 && text.trim());
    return readable.sort((one, other) => one.from - other.from || ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
  }

  // What stands above every transcript, such as how many words its model gets wrong.
  function note(transcript) {
    const told = read(transcript);
    return told && typeof told.note === "string" ? told.note : "";
  }

  function line({ start_s, text, seat, language }) {
    const said = seat ? say("seat", { seat, text }) : String(text);
    return { from: start_s, kind: "line", text: said, language: typeof language === "string" ? language : "" };
  }

  function gap({ start_s, length_s, cause, length_known }) {
    const length = length_s >= LONG_S ? at(length_s) : `${Number(length_s).toFixed(1)} s`;
    return { from: start_s, kind: "gap", text: say(length_known ? "gap" : "gap_unknown", { length, cause }), language: "" };
  }

  function mark({ at_s, mark: name, detail }) {
    return { from: at_s, kind: "mark", text: say(detail ? "mark_detail" : "mark", { mark: name, detail }), language: "" };
  }

  function in_seconds(one, rate) {
    return { ...one, start_s: one.first_sample / rate, length_s: one.samples / rate, at_s: one.sample / rate };
  }

  function lines(text) {
    return (text || "").split("\n").map(read).filter((one) => one !== null);
  }

  function list(value) {
    return Array.isArray(value) ? value.filter((one) => one !== null && typeof one === "object") : [];
  }

  function read(text) {
    try {
      const value = JSON.parse(text);
      return value !== null && typeof value === "object" ? value : null;
    } catch (error) {
      return null; // the check says what is wrong with it
    }
  }

  return Object.freeze({ of, note });
})();
