"use strict";
// Is this recording complete and unaltered, and whose is it? As appliance/evidence/verify.py answers, but for what needs
// more than a page has; that is said.

const verification = (() => {
  const SMALL = "recording.mp3";
  const EXACT = ["recording.flac", "recording.wav", "master.wav"];
  const EXPORTED = ["log.sha256", "heads.jsonl"];
  const SEALED = [["copies.jws", "the copies seal"], ["transcript.jws", "the transcript seal"]];
  const NO_LIBRARY = "It was not looked at here; `candour verify` does.";
  const NO_FOLDERS = "These files were chosen without their folders, so the lists of the bundle were not looked at: choose bundle.zip.";
  const EXPORT = "This is what a box told of its log. It was not looked at here; `candour verify` does.";

  // Everything that can be said; damaged input of any kind becomes findings, never an error.
  // `asked`: { receipts: [{ name, text }], clips: [{ name, blob }], known: [PEM] }; progress(what, done, of or null).
  async function judge(files, { receipts: given = [], clips = [], known = [] }, progress = () => {}) {
    const [verdict, account, digest] = [new Verdict(), new Account(), chosen.hasher(files, progress)];
    try {
      if (EXPORTED.some((name) => files.has(name))) {
        verdict.find("log", About.UNKNOWN, EXPORT);
      } else {
        await judge_bag(files, digest, verdict);
        const named = chosen.by_name(files);
        await account_of.read(named, certificates(known, verdict), verdict, account);
        const offered = await judge_sound(named, account, verdict, progress);
        await judge_files(files, digest, account, verdict);
        await receipts.judge(given, account, offered, verdict);
        await judge_clips(clips, account, offered, verdict, progress);
        judge_nothing(account, verdict);
        await notes_of.judge(named, account, verdict);
        judge_signatures(files, account, verdict);
      }
    } catch (error) {
      tell_error(error, verdict);
    }
    const { first, seal } = account;
    const meeting = first && typeof first.claims.meeting === "string" ? first.claims.meeting : "";
    return { ...verdict.told, key: first ? first.key : "", meeting, seal: seal ? seal.claims : null };
  }

  function tell_error(error, verdict) {
    if (error instanceof TypeError || error instanceof RangeError) {
      const says = `What was signed here makes no sense (${error.message}): it was not made by a box of this kind.`;
      verdict.find("bundle", About.INTEGRITY, says);
    } else {
      verdict.find("bundle", About.UNKNOWN, `It could not be read to its end (${error.message}). Choose the files again.`);
    }
  }

  async function judge_bag(files, digest, verdict) {
    if (![...files.keys()].some((path) => path.includes("/"))) {
      if (bag.is_bag(files)) {
        verdict.find("bundle", About.NOTE, NO_FOLDERS);
      }
      return;
    }
    for (const says of await bag.complaints(files, digest)) {
      verdict.find("bundle", says.endsWith("is missing.") ? About.COMPLETENESS : About.INTEGRITY, says);
    }
  }

  function certificates(known, verdict) {
    return known.flatMap((text) => {
      try {
        return key.read_certificates(text);
      } catch (error) {
        verdict.find("certificate", About.UNKNOWN, `A certificate that was given cannot be used (${error.message}).`);
        return [];
      }
    });
  }

  // The leaves of the exact recording; none where there is no such file.
  async function judge_sound(named, account, verdict, progress) {
    const name = EXACT.find((one) => named.has(one));
    if (!account.seal || (!name && named.has(SMALL))) {
      return [];
    }
    if (!name) {
      verdict.find("recording", About.UNKNOWN, "There is no recording here, only what was signed about one.");
      return [];
    }
    verdict.looked_at.push(name);
    try {
      const opened = await sound.open(await named.get(name)());
      if (opened.rate !== account.rate) {
        const says = `It has ${opened.rate} samples a second where ${account.rate} were recorded, so it cannot be checked bit by bit.`;
        verdict.find(name, About.UNKNOWN, says);
        return [];
      }
      const told = (done, of) => progress(name, done, of);
      const offered = await sound.leaves(opened, told);
      if (!offered.length) {
        throw new BadSound("There is no sound in it.");
      }
      await seconds.judge(name, offered, opened.seconds, account, verdict, told);
      return offered;
    } catch (error) {
      if (!(error instanceof BadSound || error instanceof BadZip)) {
        throw error;
      }
      verdict.find(name, error instanceof OtherSound ? About.UNKNOWN : About.INTEGRITY, error.message);
      return [];
    }
  }

  // The files that a seal names, as they are here; one that is not here is missing only from a bundle.
  async function judge_files(files, digest, account, verdict) {
    const paths = chosen.paths_by_name(files);
    for (const [name, seal] of SEALED.filter(([one]) => account.said.has(one))) {
      const told = claim.of(account.said.get(name).claims, "files");
      for (const part of Object.keys(told)) {
        if (!paths.has(part)) {
          verdict.find(part, About.NOTE, "It is not here, so it was not looked at.");
          continue;
        }
        verdict.looked_at.push(part);
        if ((await digest(paths.get(part))) !== claim.of(told[part], "sha256")) {
          verdict.find(part, About.INTEGRITY, `It is altered: ${seal} names other bytes.`);
        }
      }
    }
  }

  async function judge_clips(clips, account, offered, verdict, progress) {
    const sealed = clips.length ? sealed_of(account, offered) : null;
    for (const one of clips) {
      await excerpt.judge(one, sealed, verdict, progress);
    }
  }

  // The sealed seconds by their list, else by a recording that agrees with the seal.
  function sealed_of(account, offered) {
    if (!account.seal) {
      return null;
    }
    const { audio, rate, leaves, hints } = account;
    const samples = claim.count(audio, "samples");
    if (leaves.length) {
      return new Sealed(leaves, hints, rate, samples);
    }
    const agrees = offered.length && encoding.hex(merkle.root(offered)) === audio.root;
    return agrees ? new Sealed(offered, offered.map(() => ""), rate, samples) : null;
  }

  function judge_nothing(account, verdict) {
    const said = account.said.get("not-recorded.jws");
    if (said) {
      const because = claim.of(said.claims, "because");
      verdict.find("not-recorded.jws", About.NOTE, `Signed: nothing was recorded (${because}).`);
    }
  }

  // What needs a library that a page does not have.
  function judge_signatures(files, account, verdict) {
    const is_listed = files.has(bag.TAG_MANIFEST);
    if (account.seal && bag.is_bag(files) && (files.has(bag.SIGNATURE) || [...files.keys()].some((path) => path.includes("/")))) {
      if (files.has(bag.SIGNATURE) && is_listed) {
        verdict.find(bag.SIGNATURE, About.NOTE, NO_LIBRARY);
      } else {
        verdict.find(bag.SIGNATURE, About.INTEGRITY, `${bag.SIGNATURE} is missing: the bag as a whole is not signed.`);
      }
    }
    if (is_listed && files.has(bag.STAMP)) {
      verdict.find(bag.STAMP, About.NOTE, NO_LIBRARY);
    }
  }

  return Object.freeze({ files_of: chosen.files_of, judge });
})();
