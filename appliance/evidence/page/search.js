"use strict";
// Search in the transcript: from one place where the words stand to the next.

const search = (() => {
  const input = document.getElementById("search");
  const status = document.querySelector("[data-found]");
  let wanted = "";
  let found = [];
  let place = -1;

  function go(by) {
    if (plain(input.value) !== wanted) {
      look();
    }
    if (!found.length) {
      filled(status, wanted ? say("found_none") : "");
      return;
    }
    place = place < 0 ? (by > 0 ? 0 : found.length - 1) : (place + by + found.length) % found.length;
    filled(status, say("found_at", { place: place + 1, count: found.length }));
    reader.bring(reader.rows()[found[place]]);
  }

  function look() {
    wanted = plain(input.value);
    place = -1;
    found = reader.texts().flatMap((text, number) => (wanted && plain(text).includes(wanted) ? [number] : []));
    reader.rows().forEach((row, number) => row.classList.toggle("found", found.includes(number)));
  }

  // Without capitals and accents: whoever looks for "ty" finds "tŷ".
  function plain(text) {
    return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();
  }

  function clear() {
    input.value = "";
    look();
    filled(status);
  }

  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(1);
  });
  document.querySelector("[data-before]").addEventListener("click", () => go(-1));
  return Object.freeze({ clear });
})();
