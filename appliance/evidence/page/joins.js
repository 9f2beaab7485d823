"use strict";
// What lies between the stretches of a clip that were found in a meeting, and at its ends, as appliance/evidence/joins.py
// has it. Positions and lengths are in samples.

const Kind = Object.freeze({
  EDGE: "unproven edge",
  FOREIGN: "not found in the meeting",
  MISSING: "missing",
  ALTERED: "altered",
  INSERTED: "inserted",
  REPLACED: "replaced",
  ORDER: "order broken",
  TOO_SHORT: "too short to be found",
});

const joins = (() => {
  // Sound of the meeting from `origin` on that stands in the clip at `start`.
  function stretch(start, origin, length) {
    return { start, origin, length, end: start + length, origin_end: origin + length };
  }

  function join(kind, start, length, origin = 0, concerned = 0, left_out = 0) {
    return { kind, start, length, origin, concerned, left_out };
  }

  // Everything in a clip that is no stretch. A piece shorter than `unseen` is not recognised, so it may be the meeting's.
  function between(stretches, clip, meeting, unseen) {
    if (!stretches.length) {
      return clip ? [join(Kind.FOREIGN, 0, clip)] : [];
    }
    const last = stretches[stretches.length - 1];
    const found = [before(stretches[0], unseen)];
    for (let n = 1; n < stretches.length; n++) {
      found.push(one_between(stretches[n - 1], stretches[n], stretches, unseen));
    }
    found.push(after(last, clip, meeting, unseen));
    return found.filter((one) => one !== null);
  }

  function before({ start, origin }, unseen) {
    if (start <= 0) {
      return null;
    }
    if (start < unseen && start <= origin) {
      return join(Kind.EDGE, 0, start, Math.max(0, origin - start), Math.min(origin, start));
    }
    return join(Kind.FOREIGN, 0, start);
  }

  function after({ end, origin_end }, clip, meeting, unseen) {
    const [left, remains] = [clip - end, meeting - origin_end];
    if (left <= 0) {
      return null;
    }
    if (left < unseen && left <= remains) {
      return join(Kind.EDGE, end, left, origin_end, Math.max(0, Math.min(left, remains)));
    }
    return join(Kind.FOREIGN, end, left);
  }

  function one_between(one, next, all_of_them, unseen) {
    const [unknown, passed] = [next.start - one.end, next.origin - one.origin_end];
    if (passed < 0) {
      return join(Kind.ORDER, one.end, unknown, next.origin, -passed, passed - unknown);
    }
    const [origin, end] = nowhere(one.origin_end, next.origin, all_of_them);
    if (passed > 0 && end - origin <= 0) {
      return join(Kind.ORDER, one.end, unknown, one.origin_end, passed, passed - unknown);
    }
    return join(kind(unknown, passed, unseen), one.end, unknown, origin, end - origin, passed - unknown);
  }

  function kind(unknown, passed, unseen) {
    if (passed === unknown) {
      return Kind.ALTERED;
    }
    if (passed < unknown) {
      return Kind.INSERTED;
    }
    return unknown < 2 * unseen ? Kind.MISSING : Kind.REPLACED;
  }

  // What remains of a part of the meeting without what the clip has of it elsewhere, from its first to its last.
  function nowhere(origin, end, stretches) {
    for (const one of [...stretches].sort((a, b) => a.origin - b.origin)) {
      if (one.origin <= origin) {
        origin = Math.max(origin, Math.min(end, one.origin_end));
      }
    }
    for (const one of [...stretches].sort((a, b) => b.origin_end - a.origin_end)) {
      if (one.origin_end >= end) {
        end = Math.min(end, Math.max(origin, one.origin));
      }
    }
    return [origin, end];
  }

  return Object.freeze({ stretch, join, between });
})();
