"use strict";
// Everything that was signed about one meeting, and whether it agrees, as appliance/evidence/account.py has it.

// `leaves` and `mark_leaves` are empty where their files are not there or not what was sealed; `hints` are hex.
class Account {
  constructor() {
    Object.assign(this, { said: new Map(), leaves: [], hints: [], mark_leaves: [] });
  }

  get seal() {
    return this.said.get("seal.jws") || null;
  }

  get tombstone() {
    return this.said.get("tombstone.jws") || null;
  }

  // What everything else is held against.
  get first() {
    return this.seal || this.said.get("not-recorded.jws") || this.tombstone;
  }

  get audio() {
    return claim.of(this.seal.claims, "audio");
  }

  get rate() {
    return claim.count(this.audio, "rate");
  }

  // How many there were; null where nobody says.
  get seconds() {
    if (this.seal) {
      return claim.count(this.audio, "seconds");
    }
    return this.tombstone ? claim.of(this.tombstone.claims, "seconds") : null;
  }

  get marked() {
    if (this.seal) {
      return claim.count(claim.of(this.seal.claims, "marks"), "count");
    }
    return this.tombstone ? claim.of(this.tombstone.claims, "marks") : null;
  }
}

const account_of = (() => {
  const STATEMENTS = [
    ["seal.jws", "candour-seal"],
    ["start.jws", "candour-start"],
    ["copies.jws", "candour-copies"],
    ["transcript.jws", "candour-transcript"],
    ["not-recorded.jws", "candour-not-recorded"],
    [deleted.TOMBSTONE_NAME, "candour-tombstone"],
  ];
  const NAMED = [["seal", "seal.jws"], ["copies", "copies.jws"], ["start", "start.jws"]];

  // `files`: by the name without folders; `known`: certificates. Says what is wrong with what was signed.
  async function read(files, known, verdict, account) {
    for (const [name, kind] of STATEMENTS) {
      const found = files.has(name) ? await stated(files, name, kind, verdict) : null;
      if (found) {
        account.said.set(name, found);
      }
    }
    if (!account.first) {
      verdict.find("seal.jws", About.UNKNOWN, "There is no seal that could be believed, so nothing can be judged.");
      return;
    }
    agree(account, verdict);
    await judge_box(account, known, verdict);
    if (account.seal || account.tombstone) {
      await lists.read(account, files, verdict);
    }
    if (account.tombstone && account.seal) {
      deleted.beside_seal(account.tombstone, account.seal, verdict);
    } else if (account.tombstone) {
      deleted.alone(account.tombstone, verdict);
    }
  }

  async function stated(files, name, kind, verdict) {
    verdict.looked_at.push(name);
    try {
      const found = await statement.read(await bag.text_of(files, name));
      if (found.kind === kind) {
        return found;
      }
      verdict.find(name, About.INTEGRITY, `This is a ${statement.KINDS.get(found.kind)}, put in place of another one.`);
    } catch (error) {
      if (!(error instanceof BadStatement)) {
        throw error;
      }
      verdict.find(name, About.INTEGRITY, error.message);
    }
    return null;
  }

  // All of one meeting, one key, and each naming the one before as it is.
  function agree(account, verdict) {
    const { first } = account;
    for (const [name, said] of account.said) {
      if (name === deleted.TOMBSTONE_NAME && account.seal) {
        continue;
      }
      const meeting = claim.of(said.claims, "meeting");
      if (meeting !== claim.of(first.claims, "meeting")) {
        verdict.find(name, About.INTEGRITY, `It belongs to another meeting, ${meeting}.`);
      } else if (said.key !== first.key) {
        const says = `It was signed with another key (${said.key.slice(0, 20)} ...) than the seal.`;
        verdict.find(name, About.INTEGRITY, says);
      } else {
        judge_named(name, said, account, verdict);
      }
    }
  }

  function judge_named(name, said, account, verdict) {
    for (const [word, other] of NAMED) {
      const [named, there] = [said.claims[word], account.said.get(other)];
      if (typeof named === "string" && named && there && named !== there.digest) {
        verdict.find(other, About.INTEGRITY, `It is not the one that ${name} names: one of the two was replaced.`);
      }
    }
  }

  async function judge_box({ first }, known, verdict) {
    const { is_known, is_undecided } = await key.judge(first.chain, known);
    if (!is_known && is_undecided) {
      const says = "An organisation signed for this box in a way that this page cannot check; `candour verify` can.";
      verdict.find("box", About.UNKNOWN, `${says} Or compare its key ${first.key} with the placard of the box.`);
    } else if (!is_known) {
      verdict.find("box", About.UNKNOWN,
        `The box is unknown: whoever has the key ${first.key} made this. Compare it with the placard of the box or` +
        " the organisation's register, or give its certificate with --root.");
    }
  }

  return Object.freeze({ read, stated });
})();
