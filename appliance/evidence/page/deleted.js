"use strict";
// A tombstone alone, or beside what somebody kept, as appliance/evidence/deleted.py judges it.

const deleted = (() => {
  const [TOMBSTONE_NAME, MARKS_NAME] = ["tombstone.jws", "marks.sha256"];
  const MONTHS = [
    ...["January", "February", "March", "April", "May", "June"],
    ...["July", "August", "September", "October", "November", "December"],
  ];

  // Whether it names this very seal, or somebody has signed two recordings of one meeting.
  function beside_seal(said, seal, verdict) {
    const meeting = claim.of(said.claims, "meeting");
    if (meeting !== seal.claims.meeting) {
      verdict.find(TOMBSTONE_NAME, About.UNKNOWN, `It belongs to another meeting, ${meeting}.`);
    } else if (said.key !== seal.key) {
      const says = `It was signed with another key (${said.key.slice(0, 20)} ...) than the seal, so it says nothing of this recording.`;
      verdict.find(TOMBSTONE_NAME, About.UNKNOWN, says);
    } else if (claim.of(said.claims, "seal") !== seal.digest || !is_of(said, seal)) {
      verdict.find(TOMBSTONE_NAME, About.INTEGRITY,
        "It contradicts the seal: it is the tombstone of another recording of this meeting. The box, or whoever has" +
        " its key, has signed two.");
    } else {
      verdict.find(TOMBSTONE_NAME, About.NOTE, `It names this very seal. ${when(said)} What is here was kept elsewhere.`);
    }
  }

  function alone(said, verdict) {
    verdict.find(TOMBSTONE_NAME, About.UNKNOWN, `${when(said)} There is nothing to listen to.`);
  }

  // The leaves of the marks, where they are those that the tombstone speaks of.
  function marks(text, { claims }, verdict) {
    const found = leaves_in(text);
    if (found.length === claims.marks && encoding.hex(merkle.root(found)) === claims.marks_root) {
      return found;
    }
    if (claims.marks !== null) {
      verdict.find(MARKS_NAME, About.INTEGRITY, "The hashes of the marks are not those that the tombstone speaks of.");
    }
    return [];
  }

  function leaves_in(text) {
    try {
      return words.lines(text).map((line) => encoding.from_hex(line.toLowerCase()));
    } catch (error) {
      return [new Uint8Array()];
    }
  }

  function is_of(said, { claims: { audio, marks: marked } }) {
    const told = ["seconds", "root", "marks", "marks_root"].map((name) => claim.of(said.claims, name));
    const sealed = [audio.seconds, audio.root, marked.count, marked.root];
    return told.every((one) => one === null) || told.every((one, n) => one === sealed[n]);
  }

  function when({ claims }) {
    const on = new Date(claim.of(claims, "time"));
    if (Number.isNaN(on.getTime())) {
      throw new RangeError(`${claims.time} is no time`);
    }
    const day = `${on.getUTCDate()} ${MONTHS[on.getUTCMonth()]} ${on.getUTCFullYear()}`;
    return `The box deleted this recording on ${day}, because ${claim.text(claims, "because")}.`;
  }

  return Object.freeze({ TOMBSTONE_NAME, MARKS_NAME, beside_seal, alone, marks });
})();
