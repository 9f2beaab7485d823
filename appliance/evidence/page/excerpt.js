"use strict";
// A clip that somebody shows, held against the sealed seconds, as appliance/evidence/excerpt.py does; not by ear.

const excerpt = (() => {
  const RE_ENCODED = "It was re-encoded or changed, so it cannot be checked bit by bit.";
  const NO_LIST = "To check it bit by bit, the list leaves.sha256 of the bundle or the lossless recording must be here.";
  const NOT_BY_EAR = "Where it sounds like the meeting was not looked at here; `candour verify` does.";
  const ABOUT = {
    [Kind.EDGE]: About.NOTE,
    [Kind.MISSING]: About.COMPLETENESS,
    [Kind.TOO_SHORT]: About.UNKNOWN,
  };

  // `sealed` is null where no list of seconds could be believed. Damage of any kind becomes a finding.
  async function judge({ name, blob }, sealed, verdict, progress) {
    verdict.looked_at.push(name);
    try {
      const found = await find(name, blob, sealed, progress);
      if (found && found.runs.length) {
        tell(name, found, sealed.rate, verdict);
        return;
      }
    } catch (error) {
      if (!(error instanceof BadSound || error instanceof DOMException)) {
        throw error;
      }
      if (!(error instanceof OtherSound)) {
        verdict.find(name, About.UNKNOWN, `It cannot be read: ${error.message}`);
        return;
      }
    }
    verdict.find(name, About.UNKNOWN, sealed ? RE_ENCODED : NO_LIST);
    verdict.find(name, About.NOTE, NOT_BY_EAR);
  }

  // null where it is no sound of the meeting's rate.
  async function find(name, blob, sealed, progress) {
    const opened = await sound.open(blob);
    const parts = [];
    for await (const second of opened.seconds()) {
      parts.push(second.slice());
      progress(name, parts.length, null);
    }
    if (!parts.length) {
      throw new BadSound("There is no sound in it.");
    }
    return sealed && opened.rate === sealed.rate ? clip.find(joined(parts), sealed) : null;
  }

  function joined(parts) {
    const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  function tell(part, found, rate, verdict) {
    for (const run of found.runs) {
      verdict.find(part, About.NOTE, clip_words.of_run(run, rate), words.range(run.first, run.first + run.seconds));
    }
    for (const join of found.joins) {
      const about = ABOUT[join.kind] || About.INTEGRITY;
      verdict.find(part, about, clip_words.said(join, rate), shifts.concerned(join, rate));
    }
    if (!found.is_thorough) {
      verdict.find(part, About.UNKNOWN, clip_words.NOT_THOROUGH);
    }
  }

  return Object.freeze({ judge });
})();
