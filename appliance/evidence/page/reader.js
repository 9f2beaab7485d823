"use strict";
// Reading along: the line that is heard is shown; it follows the sound until the reader scrolls.

const reader = (() => {
  const list = document.querySelector("[data-lines]");
  const note = document.querySelector("[data-note]");
  const end = document.querySelector("[data-end]");
  const follow = document.querySelector("[data-follow]");
  const SLACK_PX = 2;
  const EARLY_S = 0.05; // players land a little before the place that was asked for
  let shown = [];
  let rows = [];
  let current = null;
  let is_following = true;
  let scrolled_to = 0; // by this page, not by the reader

  function show(opened) {
    shown = entries.of(opened);
    rows = shown.map(row);
    current = null;
    filled(list, ...rows);
    filled(note, entries.note(opened.transcript));
    const { claims } = opened;
    const length = claims && claims.audio ? claims.audio.samples / claims.audio.rate : 0;
    filled(end, rows.length ? (length ? say("end", { at: at(length) }) : "") : say("no_transcript"));
  }

  function row({ from, kind, text, language }) {
    const said = made("span", language ? { lang: language, dir: "auto" } : {}, text);
    return made("li", { class: kind }, made("button", { type: "button", class: "at", "aria-label": say("plays_label", { at: at(from) }) }, at(from)), said);
  }

  function heard() {
    const place = last_before(player.audio.currentTime + EARLY_S);
    if (rows[place] === current) {
      return;
    }
    current?.removeAttribute("aria-current");
    current = rows[place] || null;
    current?.setAttribute("aria-current", "true");
    if (current && is_following && !player.audio.paused) {
      bring(current);
    }
  }

  function last_before(second) {
    let [low, high] = [0, shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = shown[middle].from <= second ? [middle + 1, high] : [low, middle];
    }
    return low - 1;
  }

  function bring(element) {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    scrolled_to = window.scrollY;
  }

  function set_following(wanted) {
    is_following = wanted;
    follow.hidden = wanted;
  }

  list.addEventListener("click", ({ target }) => {
    const place = rows.indexOf(target.closest("li"));
    if (place >= 0 && getSelection().isCollapsed) {
      set_following(true);
      scrolled_to = window.scrollY;
      player.play_at(shown[place].from);
    }
  });
  follow.addEventListener("click", () => {
    set_following(true);
    if (current) {
      bring(current);
    }
  });
  window.addEventListener("scroll", () => {
    if (!player.audio.paused && is_following && Math.abs(window.scrollY - scrolled_to) > SLACK_PX) {
      set_following(false);
    }
  });
  player.audio.addEventListener("play", () => { scrolled_to = window.scrollY; });
  player.audio.addEventListener("timeupdate", heard);
  player.audio.addEventListener("seeked", heard);
  return Object.freeze({ show, rows: () => rows, texts: () => shown.map(({ text }) => text), bring });
})();
