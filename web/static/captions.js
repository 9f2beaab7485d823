"use strict";
// The newest lines of a meeting that goes on; they stay where they are while the reader looks at older ones.

const POLL_MS = 2000;
const SLACK_PX = 40;
const list = document.querySelector("[data-captions]");
const trouble = document.querySelector("[data-trouble]");
let shown = "";

async function look() {
  const answer = await fetch(list.dataset.source, { cache: "no-store" });
  if (answer.status === 410 || answer.status === 403) {
    location.reload();
    return;
  }
  if (!answer.ok) {
    throw new Error(`status ${answer.status}`);
  }
  const { lines } = await answer.json();
  if (JSON.stringify(lines) !== shown) {
    shown = JSON.stringify(lines);
    const is_at_end = list.scrollHeight - list.scrollTop - list.clientHeight < SLACK_PX;
    list.replaceChildren(...lines.map(row));
    if (is_at_end) {
      list.scrollTop = list.scrollHeight;
    }
  }
}

function row({ at, text, language }) {
  const [item, when, words] = ["p", "span", "span"].map((name) => document.createElement(name));
  when.className = "at";
  when.textContent = at;
  words.lang = language;
  words.textContent = text;
  item.append(when, " ", words);
  return item;
}

async function poll() {
  try {
    await look();
    trouble.textContent = "";
  } catch (error) {
    console.warn("no lines:", error);
    trouble.textContent = trouble.dataset.trouble;
  }
  setTimeout(poll, POLL_MS);
}

list.scrollTop = list.scrollHeight;
poll();
