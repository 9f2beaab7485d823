"use strict";
// What a verifier says, as appliance/evidence/verdict.py has it: findings in plain sentences, and from them two verdicts.

const About = Object.freeze({
  INTEGRITY: "altered",
  COMPLETENESS: "incomplete",
  UNKNOWN: "cannot be judged",
  NOTE: "note",
});

// `findings`: { part, about, says, seconds }, the seconds of the meeting that each is about.
class Verdict {
  constructor() {
    this.findings = [];
    this.looked_at = [];
  }

  find(part, about, says, seconds = []) {
    this.findings.push({ part, about, says, seconds });
  }

  get integrity() {
    return this.of(About.INTEGRITY, "unaltered");
  }

  get completeness() {
    return this.of(About.COMPLETENESS, "complete");
  }

  // 0: complete and unaltered, by a known box; 1: altered or incomplete; 2: cannot be judged.
  get exit_code() {
    if (this.is_about(About.INTEGRITY) || this.is_about(About.COMPLETENESS)) {
      return 1;
    }
    return this.is_about(About.UNKNOWN) ? 2 : 0;
  }

  get told() {
    const { integrity, completeness, exit_code, looked_at, findings } = this;
    return { integrity, completeness, exit_code, looked_at, findings };
  }

  of(worse, well) {
    if (this.is_about(worse)) {
      return worse;
    }
    return this.is_about(About.UNKNOWN) ? About.UNKNOWN : well;
  }

  is_about(about) {
    return this.findings.some((finding) => finding.about === about);
  }
}

const words = (() => {
  const HOUR_S = 3600;
  const LONGEST_S = 1000000;
  const LINE_END = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/; // as Python

  // A position or length for people: 75 -> "1:15", 3675 -> "1:01:15".
  function spoken(seconds) {
    const whole = Math.floor(seconds);
    const two = (number) => String(number).padStart(2, "0");
    const [hour, minute, second] = [Math.floor(whole / HOUR_S), Math.floor((whole % HOUR_S) / 60), whole % 60];
    return hour ? `${hour}:${two(minute)}:${two(second)}` : `${minute}:${two(second)}`;
  }

  // Seconds of a meeting for people: "second 50 (0:50)", "seconds 65 to 119 (1:05 to 1:59)".
  function span(first, last = first) {
    return first === last
      ? `second ${first} (${spoken(first)})`
      : `seconds ${first} to ${last} (${spoken(first)} to ${spoken(last)})`;
  }

  // Neighbouring seconds together: [3, 4, 9] -> [[3, 4], [9]].
  function runs(seconds) {
    const found = [];
    for (const one of seconds) {
      const last = found[found.length - 1];
      if (last && last[last.length - 1] + 1 === one) {
        last.push(one);
      } else {
        found.push([one]);
      }
    }
    return found;
  }

  // From `first` up to, but without, `end`.
  function range(first, end) {
    if (end - first > LONGEST_S) {
      throw new RangeError("there are no meetings of so many seconds");
    }
    return Array.from({ length: Math.max(0, end - first) }, (_, n) => first + n);
  }

  function lines(text) {
    const found = text.split(LINE_END);
    return found[found.length - 1] === "" ? found.slice(0, -1) : found;
  }

  return Object.freeze({ spoken, span, runs, range, lines });
})();
