"use strict";
// The sound: one native player for whichever recording this browser can play, the exact ones first.

const player = (() => {
  const TYPES = { flac: "audio/flac", wav: "audio/wav", mp3: "audio/mpeg" };
  const audio = document.querySelector("audio");
  const status = document.querySelector("[data-player]");
  let names = [];
  let waiting = [];

  // `recordings`: [{ name, blob }], the best first.
  function load(recordings) {
    URL.revokeObjectURL(audio.src);
    audio.removeAttribute("src");
    names = recordings.map(({ name }) => name);
    waiting = [...recordings];
    next();
  }

  function next() {
    const one = waiting.shift();
    audio.hidden = !one;
    if (one) {
      const type = TYPES[one.name.slice(one.name.lastIndexOf(".") + 1)];
      audio.src = URL.createObjectURL(one.blob.slice(0, one.blob.size, type)); // a part of a zip has no type of its own
      filled(status, say("playing", { name: one.name }));
    } else {
      filled(status, names.length ? say("cannot_play", { names: names.join(", ") }) : "");
    }
  }

  async function play_at(second) {
    if (audio.hidden) {
      filled(status, say("choose_first"));
      return;
    }
    audio.currentTime = second;
    try {
      await audio.play();
    } catch (error) {
      console.warn("not playing:", error); // as where somebody has pressed pause meanwhile
    }
  }

  // A button that plays a place; `to`: its last second, if it is longer than one.
  function button(second, to = second) {
    const told = to > second ? say("plays_to", { at: at(second), to: at(to) }) : say("plays", { at: at(second) });
    const made_of = made("button", { type: "button", class: "at", "aria-label": say("plays_label", { at: told }) }, told);
    made_of.addEventListener("click", () => play_at(second));
    return made_of;
  }

  audio.addEventListener("error", () => audio.hasAttribute("src") && next());
  return Object.freeze({ audio, load, play_at, button });
})();
