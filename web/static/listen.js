"use strict";
// Listening and reading along. Without this the player plays, and each line opens the sound at its place.

const audio = document.querySelector("audio");
const rows = [...document.querySelectorAll("[data-lines] > li")];
const starts = rows.map((row) => Number(row.dataset.at));
const note = document.querySelector("[data-note]");
const picture = document.querySelector("[data-waveform]");
const [follow, copy, copied] = ["follow", "copy", "copied"].map((name) => document.querySelector(`[data-${name}]`));
const search = document.querySelector("[data-search]");
const BACK_S = 10;
const EARLY_S = 0.05; // players land a little before the place that was asked for
const SLACK_PX = 2;
let current = null;
let is_following = true;
let scrolled_to = 0; // by this page, not by the reader

function play_at(second) {
  audio.currentTime = second;
  audio.play().catch((error) => console.warn("not playing:", error)); // as where somebody has pressed pause meanwhile
}

function heard() {
  const row = rows[starts.filter((at) => at <= audio.currentTime + EARLY_S).length - 1] || null;
  if (picture && audio.duration) {
    const { width, height } = picture.viewBox.baseVal;
    picture.querySelector("[data-now]").setAttribute("d", `M${(width * audio.currentTime) / audio.duration} 0v${height}`);
  }
  if (row === current) {
    return;
  }
  current?.removeAttribute("aria-current");
  current = row;
  current?.setAttribute("aria-current", "true");
  if (current && is_following && !audio.paused) {
    bring(current);
  }
}

function bring(row) {
  row.scrollIntoView({ block: "center", behavior: "auto" });
  scrolled_to = window.scrollY;
}

function set_following(wanted) {
  is_following = wanted;
  follow.hidden = wanted;
}

// A quotation with its place. Pages without HTTPS have no clipboard of their own.
function quote() {
  const row = current || rows[0];
  const [at, text] = [row.querySelector(".at").textContent, row.querySelector(".at + span").textContent];
  const field = document.createElement("textarea");
  field.value = `“${text.replace(/\s+/g, " ").trim()}” (${document.querySelector("[data-meeting]").dataset.meeting}, ${at})`;
  document.body.append(field);
  field.select();
  copied.textContent = document.execCommand("copy") ? `${copied.dataset.copied} ${field.value}` : field.value;
  field.remove();
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

function searching() {
  const [input, status] = [search.querySelector("input"), search.querySelector("[data-found]")];
  let [wanted, found, place] = ["", [], -1];
  return (by) => {
    if (plain(input.value) !== wanted) {
      [wanted, place] = [plain(input.value), -1];
      found = rows.filter((row) => wanted && plain(row.textContent).includes(wanted));
      rows.forEach((row) => row.classList.toggle("found", found.includes(row)));
    }
    if (!found.length) {
      status.textContent = wanted ? status.dataset.notFound : "";
      return;
    }
    place = place < 0 ? (by > 0 ? 0 : found.length - 1) : (place + by + found.length) % found.length;
    status.textContent = status.dataset.found.replace("{n}", place + 1).replace("{m}", found.length);
    set_following(false);
    bring(found[place]);
  };
}

document.querySelector("[data-controls]").hidden = false;
document.querySelector("[data-back]").addEventListener("click", () => { audio.currentTime = Math.max(0, audio.currentTime - BACK_S); });
document.querySelector("[data-speed]").addEventListener("change", ({ target }) => { audio.playbackRate = Number(target.value); });
picture?.addEventListener("click", ({ clientX }) => {
  const { left, width } = picture.getBoundingClientRect();
  play_at((audio.duration || 0) * Math.min(1, Math.max(0, (clientX - left) / width)));
});
if (rows.length) {
  const go = searching();
  search.hidden = false;
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    go(1);
  });
  search.querySelector("[data-before]").addEventListener("click", () => go(-1));
  copy.addEventListener("click", quote);
  follow.addEventListener("click", () => {
    set_following(true);
    if (current) {
      bring(current);
    }
  });
  document.querySelector("[data-lines]").addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (!event.target.closest("a") && !getSelection().isCollapsed) {
      return; // somebody selects words
    }
    event.preventDefault();
    set_following(true);
    scrolled_to = window.scrollY;
    play_at(starts[rows.indexOf(row)]);
  });
  window.addEventListener("scroll", () => {
    if (!audio.paused && is_following && Math.abs(window.scrollY - scrolled_to) > SLACK_PX) {
      set_following(false);
    }
  });
  audio.addEventListener("play", () => { scrolled_to = window.scrollY; });
}
note?.addEventListener("click", () => { note.search = `?at=${Math.floor(audio.currentTime)}`; });
audio.addEventListener("timeupdate", heard);
audio.addEventListener("seeked", heard);
