"use strict";
// Saying what is wrong: a sheet of somebody's own, saved as a file or printed. Nothing is sent or kept.

const disagreement = (() => {
  const [first, last, says, name] = ["first", "last", "says", "name"].map((id) => document.getElementById(id));
  const [trouble, sheet] = ["[data-trouble]", "[data-sheet]"].map((one) => document.querySelector(one));
  const TIME = /^(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)$|^(\d{1,6})$/;
  const FORMAT = "candour-note";
  let about = { meeting: "", seal: "", seconds: Infinity };
  let notes = [];

  function show({ claims, digest }) {
    const audio = claims && claims.audio;
    about = { meeting: claims ? String(claims.meeting) : "", seal: digest, seconds: audio ? audio.seconds : Infinity };
    draw();
  }

  // Whole seconds of a time as people write it; NaN for anything else.
  function seconds_of(text) {
    const [found, hour, minute, second, alone] = text.trim().match(TIME) || [];
    return found === undefined ? NaN : Number(alone || 0) + Number(hour || 0) * 3600 + Number(minute || 0) * 60 + Number(second || 0);
  }

  function add() {
    const note = { first_s: seconds_of(first.value), last_s: seconds_of(last.value || first.value), says: says.value.trim() };
    filled(trouble, problem(note));
    if (!trouble.textContent) {
      notes = [...notes, note].sort((one, other) => one.first_s - other.first_s);
      [first, last, says].forEach((input) => { input.value = ""; });
      draw();
    }
  }

  function problem({ first_s, last_s, says: words }) {
    if (Number.isNaN(first_s + last_s)) {
      return say("bad_time");
    }
    if (last_s < first_s) {
      return say("bad_order");
    }
    if (last_s >= about.seconds) {
      return say("bad_length", { length: at(about.seconds) });
    }
    return words ? "" : say("no_words");
  }

  function draw() {
    const facts = { sheet_meeting: about.meeting, sheet_seal: about.seal, sheet_name: name.value.trim() };
    const told = Object.entries(facts).filter(([, fact]) => fact);
    filled(sheet, ...(notes.length ? [
      made("h3", {}, say("sheet_title")),
      made("p", {}, say("sheet_about")),
      made("dl", {}, ...told.flatMap(([key, fact]) => [made("dt", {}, say(key)), made("dd", {}, fact)])),
      made("ol", {}, ...notes.map(entry)),
      made("p", { class: "signature" }, say("sheet_sign")),
    ] : []));
  }

  function entry(note) {
    const told = say(note.last_s > note.first_s ? "sheet_entry_long" : "sheet_entry", { first: at(note.first_s), last: at(note.last_s), says: note.says });
    const remove = made("button", { type: "button", class: "less" }, say("remove"));
    remove.addEventListener("click", () => {
      notes = notes.filter((one) => one !== note);
      draw();
    });
    return made("li", {}, told, remove);
  }

  function as_file() {
    const { meeting, seal } = about;
    const told = { format: FORMAT, version: 1, meeting, seal, written: new Date().toISOString(), name: name.value.trim(), notes };
    return new Blob([`${JSON.stringify(told, null, 1)}\n`], { type: "application/json" });
  }

  function save() {
    const href = URL.createObjectURL(as_file());
    const link = made("a", { href, download: `${about.meeting} ${FORMAT}.json`.trim() });
    link.click();
    filled(trouble, say("saved", { name: link.download }));
    setTimeout(() => URL.revokeObjectURL(href), 60000); // when every browser has begun to save it
  }

  function print_sheet() {
    document.documentElement.dataset.print = "sheet";
    window.print();
  }

  function if_written(then) {
    return () => (notes.length ? then() : filled(trouble, say("no_notes")));
  }

  document.querySelector("[data-note-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    add();
  });
  document.querySelector("[data-here]").addEventListener("click", () => {
    first.value = last.value = at(player.audio.currentTime || 0);
    says.focus();
  });
  document.querySelector("[data-save]").addEventListener("click", if_written(save));
  document.querySelector("[data-print]").addEventListener("click", if_written(print_sheet));
  window.addEventListener("afterprint", () => delete document.documentElement.dataset.print);
  name.addEventListener("input", draw);
  return Object.freeze({ show });
})();
