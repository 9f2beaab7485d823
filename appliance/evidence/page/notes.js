"use strict";
// Files of notes, signed by the box, each naming the one before, as appliance/evidence/notes.py has them.

const notes_of = (() => {
  const NAME = /^notes-([1-9][0-9]{0,3})\.jws$/;
  const KIND = "candour-notes";
  const name = (number) => `notes-${number}.jws`;

  // Do they belong to this meeting, and are they whole? They say nothing about the recording itself.
  async function judge(files, account, verdict) {
    const numbers = [...files.keys()].flatMap((one) => (NAME.test(one) ? [Number(one.match(NAME)[1])] : []));
    numbers.sort((one, other) => one - other);
    let before = null;
    for (const number of numbers) {
      const said = await account_of.stated(files, name(number), KIND, verdict);
      if (said && account.first) {
        const wrong = problem(said, number, before, account);
        const [notes, when] = [claim.of(said.claims, "notes"), claim.text(said.claims, "time")];
        if (!Array.isArray(notes)) {
          throw new TypeError("its notes are no list");
        }
        const told = `Signed: ${notes.length} ${notes.length === 1 ? "note" : "notes"} of people who were there, at ${when}.`;
        verdict.find(name(number), wrong ? About.INTEGRITY : About.NOTE, wrong || told);
      }
      before = said;
    }
    const last = numbers.length ? numbers[numbers.length - 1] : 0;
    const lost = Array.from({ length: last }, (_, at) => at + 1).filter((number) => !numbers.includes(number));
    if (lost.length) {
      verdict.find("notes", About.NOTE, `Not here: ${lost.map(name).join(", ")}.`);
    }
  }

  // What is wrong with it; empty where nothing is.
  function problem({ claims, key }, number, before, { first, seal }) {
    const meeting = claim.of(claims, "meeting");
    if (meeting !== claim.of(first.claims, "meeting")) {
      return `It belongs to another meeting, ${meeting}.`;
    }
    if (key !== first.key) {
      return `It was signed with another key (${key.slice(0, 20)} ...) than the seal.`;
    }
    if (seal && claim.of(claims, "seal") !== seal.digest) {
      return "It is about another recording: it names another seal.";
    }
    if (claim.of(claims, "number") !== number) {
      return `It is file number ${claim.of(claims, "number")} of the notes, not ${number}.`;
    }
    const follows = !before || claim.of(before.claims, "number") !== number - 1 || claim.of(claims, "before") === before.digest;
    return follows ? "" : `It does not follow ${name(number - 1)}: one of the two was replaced.`;
  }

  return Object.freeze({ judge });
})();
