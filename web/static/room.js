"use strict";
// Keeps an open page up to date. The server has all the words: this puts them where they belong.

const POLL_MS = 2000;
const LOST_MS = 5000;
const live = document.querySelector("[data-live]");
const pattern = document.querySelector("[data-pattern]");
const level = document.querySelector("[data-level]");
const title = document.title;
const room = title.split(" – ").slice(1).join(" – ");
let etag = null;
let news = performance.now();

async function ask() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LOST_MS);
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch("/status", { headers, cache: "no-store", signal: patience.signal });
    if (answer.status === 200) {
      show(await answer.json());
      etag = answer.headers.get("ETag");
    } else if (answer.status !== 304) {
      throw new Error(`status ${answer.status}`);
    }
    news = performance.now();
  } finally {
    clearTimeout(timer);
  }
}

function show(status) {
  if (status.shape !== live.dataset.shape) {
    location.reload();
    return;
  }
  for (const [key, text] of Object.entries(status.says)) {
    const place = document.querySelector(`[data-say="${key}"]`);
    if (place && place.textContent !== text) {
      place.textContent = text;
      place.hidden = text === "";
    }
  }
  if (pattern) {
    pattern.className = `strip ${status.pattern}`;
  }
  if (level) {
    level.hidden = status.level === null;
    level.value = status.level === null ? level.min : status.level;
  }
  keep(status.receipts);
  document.title = location.pathname === "/" ? `${status.says.title} – ${room}` : title;
}

function say_if_lost() {
  const lost = performance.now() - news > LOST_MS;
  document.querySelectorAll("[data-lost]").forEach((part) => { part.hidden = !lost; });
  document.querySelectorAll("[data-state]").forEach((part) => { part.hidden = lost; });
  if (lost) {
    document.title = `${document.querySelector("[data-lost]")?.dataset.lost || ""} – ${room}`;
    etag = null; // the next answer is to come whole
  }
}

async function look() {
  try {
    await ask();
  } catch (error) {
    console.warn("no news:", error); // after five seconds the page says so
  }
  say_if_lost();
}

async function poll() {
  await look();
  setTimeout(poll, POLL_MS);
}

setInterval(say_if_lost, 1000);
document.addEventListener("visibilitychange", () => document.hidden || look());
poll();
