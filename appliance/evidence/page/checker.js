"use strict";
// Checking: gathers what somebody adds, asks for the verdict, and shows it.

const checker = (() => {
  const [press, status, bar, place] = ["[data-judge]", "[data-progress]", "progress", "[data-verdict]"].map((one) => document.querySelector(one));
  const [receipts, pasted, known, clips] = ["receipts", "pasted", "known", "clips"].map((id) => document.getElementById(id));
  const kept = document.querySelector("[data-kept]");
  const RECEIPT_OF = "receipt "; // as web/static/room.js keeps it
  const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
  const LIMITS = ["limit_true", "limit_outside", "limit_key", "limit_clock"];
  let opened = null;
  let kept_receipt = null;

  // Something else was chosen: what was judged before is no longer shown.
  function show(now) {
    opened = now;
    place.hidden = true;
    document.querySelector("[data-unchecked]").hidden = false;
    filled(status);
    kept_receipt = now.claims ? receipt_of(now.claims.meeting) : null;
    filled(kept, kept_receipt ? say("kept") : "");
  }

  function receipt_of(meeting) {
    try {
      return localStorage.getItem(`${RECEIPT_OF}${meeting}`);
    } catch (error) {
      return null; // a browser that keeps nothing, as in a private window
    }
  }

  async function judge() {
    const judged = opened;
    press.disabled = true;
    place.hidden = true;
    try {
      const verdict = await asking.ask("judge", await asked(), tell);
      show_verdict(judged, verdict);
    } catch (error) {
      filled(status, say("check_failed", { why: error.message }));
    }
    bar.hidden = true;
    press.disabled = false;
  }

  // Nothing is said of files that are no longer the chosen ones.
  function show_verdict(judged, verdict) {
    if (judged !== opened) {
      filled(status, say("again"));
      return;
    }
    const { kind, is_unchanged, parts } = findings.shown(verdict, opened.of_page);
    place.className = `verdict ${kind}`;
    filled(place, ...parts).hidden = false;
    filled(status);
    document.querySelector("[data-unchecked]").hidden = is_unchanged;
    place.focus();
  }

  async function asked() {
    const texts = await Promise.all([...receipts.files].map(async (file) => ({ name: file.name, text: await file.text() })));
    const certificates = await Promise.all([...known.files].map((file) => file.text()));
    const typed = pasted.value.split(/\s+/).filter(Boolean);
    return {
      receipts: [
        ...texts,
        ...typed.map((text, number) => ({ name: say("pasted_name", { number: number + 1 }), text })),
        ...(kept_receipt ? [{ name: say("kept_name"), text: kept_receipt }] : []),
      ],
      clips: [...clips.files].map((file) => ({ name: file.name, blob: file })),
      known: certificates.flatMap((text) => text.match(PEM) || [text]),
    };
  }

  function tell({ what, done, of }) {
    bar.hidden = false;
    if (of) {
      [bar.max, bar.value] = [of, done];
      filled(status, say("checking_of", { what, done, of }));
    } else {
      bar.removeAttribute("value");
      filled(status, say("checking", { what }));
    }
  }

  function changed() {
    if (!place.hidden) {
      filled(status, say("again"));
    }
  }

  filled(document.querySelector("[data-limits]"), ...LIMITS.map((name) => made("li", {}, say(name))));
  press.addEventListener("click", judge);
  [receipts, pasted, known, clips].forEach((input) => input.addEventListener("change", changed));
  return Object.freeze({ show });
})();
