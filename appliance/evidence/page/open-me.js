"use strict";
// The page: what is chosen is opened and shown in each of its parts.

(() => {
  const evidence = JSON.parse(document.getElementById("evidence").textContent);
  const [title, about, status] = ["[data-title]", "[data-about]", "[data-chosen]"].map((one) => document.querySelector(one));
  const files = document.getElementById("files");
  const parts = [...document.querySelectorAll("[data-of]")];
  const doors = [...document.querySelectorAll("[data-part]")];
  const ENDINGS = /\.(flac|wav|mp3)$/i;
  const SAVED = /^\d{4}-\d\d-\d\d-\w{4}[ _](?:[0-9a-f]{8}[ _])?([a-z-]+(?:-\d+)?)(?:[ _]?\(\d+\))?(\.[a-z0-9]+)$/; // from the page

  async function open(chosen) {
    filled(status, chosen.length ? say("opening") : "");
    try {
      show(await asking.ask("open", { blobs: named(chosen), embedded: evidence }), chosen.map(({ name }) => name));
    } catch (error) {
      filled(status, say("not_opened", { why: error.message }));
    }
  }

  // Phones save a second "recording (1).flac": a single sound is the recording, whatever it is called.
  function named(chosen) {
    const sounds = chosen.filter(({ name }) => ENDINGS.test(name));
    return chosen.map((file) => {
      const ending = file.name.match(ENDINGS);
      const is_only = ending && sounds.filter(({ name }) => name.toLowerCase().endsWith(ending[0].toLowerCase())).length === 1;
      const saved = file.name.match(SAVED);
      const name = is_only ? `recording${ending[0].toLowerCase()}` : saved ? saved[1] + saved[2] : file.name;
      return { name, blob: file };
    });
  }

  function show(opened, names) {
    const { claims, why } = opened;
    const when = claims && new Date((claims.started || claims.opened || {}).time);
    const is_dated = when && !Number.isNaN(when.getTime());
    filled(title, is_dated ? say("title_of", { when: in_words(when) }) : say("title"));
    filled(about, claims ? say("about_of", { meeting: claims.meeting }) : why ? say("seal_unread", { why }) : say("about"));
    document.title = title.textContent;
    if (names.length) {
      filled(status, say(opened.recordings.length ? "chosen" : "chosen_without", { names: names.join(", ") }));
    }
    player.load(opened.recordings);
    [reader, checker, disagreement].forEach((part) => part.show(opened));
    search.clear();
  }

  function in_words(when) {
    return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" }).format(when);
  }

  function go(name) {
    parts.forEach((part) => { part.hidden = part.dataset.of !== name; });
    doors.forEach((door) => door.toggleAttribute("aria-current", door.dataset.part === name));
  }

  doors.forEach((door) => door.addEventListener("click", () => go(door.dataset.part)));
  files.addEventListener("change", () => open([...files.files]));
  go("listen");
  open([]);
})();
