"use strict";
// A receipt held against a recording, as appliance/evidence/receipts.py does: it agrees, contradicts it, or is ahead of it.

const receipts = (() => {
  const RECEIPT = "candour-receipt";

  // Say what receipts show; `offered`: the leaves of the sound, used where there is no sealed list of them.
  async function judge(given, account, offered, verdict) {
    const believed = [];
    for (const { name, text } of given) {
      const said = await judge_one(name, text, account, offered, verdict);
      if (said) {
        believed.forEach((other) => contradict(name, said, other, verdict));
        believed.push({ name, said });
      }
    }
  }

  async function judge_one(name, text, account, offered, verdict) {
    verdict.looked_at.push(name);
    let said = null;
    try {
      said = await statement.read(text);
    } catch (error) {
      verdict.find(name, About.UNKNOWN, error.message);
      return null;
    }
    const first = account.seal || account.tombstone;
    if (said.kind !== RECEIPT) {
      verdict.find(name, About.UNKNOWN, `This is no receipt but a ${statement.KINDS.get(said.kind)}.`);
      return null;
    }
    if (!first) {
      verdict.find(name, About.UNKNOWN, "There is no seal to hold it against.");
    } else if (said.claims.meeting !== first.claims.meeting) {
      verdict.find(name, About.UNKNOWN, `It belongs to another meeting, ${said.claims.meeting}.`);
    } else if (said.key !== first.key) {
      const key = said.key.slice(0, 20);
      const says = `It was signed with another key (${key} ...) than this seal: one of the two is not of the box.`;
      verdict.find(name, About.INTEGRITY, says);
    } else {
      ["seconds", "marks"].forEach((one) => claim.count(said.claims, one));
      of_seconds(name, said.claims, account, offered, verdict);
      of_marks(name, said.claims, account, verdict);
    }
    return said;
  }

  function of_seconds(name, { seconds: count, root, time }, account, offered, verdict) {
    const leaves = account.leaves.length ? account.leaves : offered;
    const known = leaves.length || account.seconds;
    if (known === null || (count <= known && !leaves.length && known > 0)) {
      verdict.find(name, About.UNKNOWN, "To hold it against the seconds, their list leaves.sha256 must be here.");
    } else if (count > known) {
      const lost = count - known;
      const says = `It is ahead of the recording: ${lost} signed ${lost === 1 ? "second is" : "seconds are"} lost.`;
      verdict.find(name, About.COMPLETENESS, says, words.range(known, count));
    } else if (encoding.hex(merkle.root(leaves.slice(0, count))) === root) {
      verdict.find(name, About.NOTE, `It agrees: the first ${count} seconds are those that were signed then.`);
    } else {
      verdict.find(name, About.INTEGRITY,
        `It contradicts the recording: the first ${count} seconds are not those that the box signed on ${time}.` +
        " The box, or whoever has its key, has signed two different recordings.");
    }
  }

  function of_marks(name, { marks: count, marks_root }, account, verdict) {
    const known = account.marked;
    if (known === null || (known && !account.mark_leaves.length && count <= known)) {
      return;
    }
    if (count > known) {
      const says = `It knows of ${count - known} signed marks that this record does not have.`;
      verdict.find(name, About.COMPLETENESS, says);
    } else if (encoding.hex(merkle.root(account.mark_leaves.slice(0, count))) !== marks_root) {
      const says = `It contradicts the marks: the first ${count} are not those that were signed.`;
      verdict.find(name, About.INTEGRITY, says);
    }
  }

  // Two receipts of one key over as many seconds with different roots convict the box, whatever else there is.
  function contradict(name, one, { name: other_name, said: other }, verdict) {
    const is_of_one = one.key === other.key && ["meeting", "seconds"].every((claim) => one.claims[claim] === other.claims[claim]);
    if (is_of_one && one.claims.root !== other.claims.root) {
      verdict.find(name, About.INTEGRITY, `It contradicts ${other_name}: the box has signed two different recordings.`);
    }
  }

  return Object.freeze({ judge });
})();
