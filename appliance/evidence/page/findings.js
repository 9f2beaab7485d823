"use strict";
// A verdict in words: what is so, whose box it was, and every place that something was found at.

const findings = (() => {
  const EXACT = ["recording.flac", "recording.wav", "master.wav"];
  const [SMALL, NOTHING, BOX] = ["recording.mp3", "not-recorded.jws", "box"];
  const [ALTERED, INCOMPLETE, UNKNOWN, NOTE] = ["altered", "incomplete", "cannot be judged", "note"];
  const MOST_PLACES = 40; // buttons beside one finding

  // What stands in the page for a verdict, and of which kind it is: "good", "bad" or "unsure".
  function shown(verdict, of_page) {
    const { kind, head, more, is_unchanged, integrity, completeness } = summary(verdict);
    const whose = verdict.key ? box(verdict) : [];
    const found = [...answers(integrity, completeness), ...list(verdict.findings.filter((one) => !is_box(one)))];
    const top = [made("h3", {}, say(head)), ...more.map((text) => made("p", {}, say(text)))];
    const last = [looked_at(verdict), say(of_page ? "from_page" : "from_files")].map((text) => made("p", { class: "small" }, text));
    return { kind, is_unchanged, parts: [...top, ...(is_unchanged ? [...whose, ...found] : [...found, ...whose]), ...last] };
  }

  function answers(integrity, completeness) {
    return [made("dl", {}, ...row("integrity", integrity), ...row("completeness", completeness))];
  }

  function list(found) {
    return [
      made("h3", {}, say("findings")),
      found.length ? made("ul", {}, ...found.map(item)) : made("p", {}, say("findings_none")),
    ];
  }

  // A box that nobody has vouched for is a question for the reader, and never good: it is said by its fingerprint.
  function summary({ findings: found, looked_at: names }) {
    const abouts = new Set(found.filter((one) => !is_box(one)).map(({ about }) => about));
    const of = (worse, well) => (abouts.has(worse) ? worse : abouts.has(UNKNOWN) ? UNKNOWN : well);
    const is_small = !names.some((name) => EXACT.includes(plain(name)));
    const [integrity, completeness] = [of(ALTERED, is_small ? "as signed" : "unaltered"), of(INCOMPLETE, is_small ? "as signed" : "complete")];
    if (abouts.has(ALTERED) || abouts.has(INCOMPLETE)) {
      const head = abouts.has(ALTERED) ? (abouts.has(INCOMPLETE) ? "bad_both" : "bad_altered") : "bad_incomplete";
      return { kind: "bad", head, more: [], is_unchanged: false, integrity, completeness };
    }
    if (abouts.has(UNKNOWN)) {
      return { kind: "unsure", head: "unsure", more: [], is_unchanged: false, integrity, completeness };
    }
    const is_unknown_box = found.some(is_box);
    const kind = is_unknown_box ? "unsure" : "good";
    return { kind, is_unchanged: true, ...praise(names.map(plain), is_unknown_box, is_small), integrity, completeness };
  }

  // Nothing here is praised without saying whose it is: anybody can sign a recording of their own.
  function praise(names, is_unknown_box, is_small) {
    const more = is_unknown_box ? ["unknown_box"] : [];
    if (!is_small) {
      return { head: is_unknown_box ? "unchanged" : "good", more };
    }
    if (names.includes(SMALL)) {
      return { head: "good_small", more: ["good_small_why", ...more] };
    }
    return { head: names.includes(NOTHING) ? "good_nothing" : "unsure", more };
  }

  function box({ key, findings: found }) {
    const fingerprint = made("code", {}, key.match(/.{1,4}/g).join(" "));
    const says = say(found.some(is_box) ? "box_compare" : "box_chosen");
    return [made("p", {}, made("strong", {}, say("box")), made("br"), fingerprint), made("p", {}, says)];
  }

  function row(question, answer) {
    return [made("dt", {}, say(question)), made("dd", {}, say(answer))];
  }

  function item({ part, about, says, seconds }) {
    const told = made("p", {}, say("finding", { part, about: say(about), says }));
    const places = runs(seconds).map(([first, last]) => player.button(first, last));
    const more = places.length - MOST_PLACES;
    return made("li", { class: about === NOTE ? "note" : "worse" }, told, ...places.slice(0, MOST_PLACES),
      more > 0 ? say("more", { count: more }) : "");
  }

  // Neighbouring seconds together: [3, 4, 9] -> [3, 4], [9, 9].
  function runs(seconds) {
    const found = [];
    for (const second of seconds) {
      const last = found[found.length - 1];
      if (last && last[1] + 1 === second) {
        last[1] = second;
      } else {
        found.push([second, second]);
      }
    }
    return found;
  }

  function looked_at({ looked_at: names }) {
    return names.length ? say("looked_at", { names: names.join(", ") }) : say("looked_at_nothing");
  }

  function is_box({ part, about }) {
    return part === BOX && about === UNKNOWN;
  }

  function plain(path) {
    return path.slice(path.lastIndexOf("/") + 1);
  }

  return Object.freeze({ shown });
})();
