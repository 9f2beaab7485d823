"use strict";
// What was found of an exact clip, in the sentences of appliance/evidence/clip_words.py.

const clip_words = (() => {
  const SENTENCES = {
    [Kind.EDGE]: "At its {at}, {length} are less than a whole second of the meeting and cannot be proven.",
    [Kind.FOREIGN]: "At its {at}, {length} are no sealed sound of the meeting, or were altered.",
    [Kind.MISSING]: "At its {at}, {left_out} are missing, of {seconds}.",
    [Kind.ALTERED]: "At its {at}, {length} of other sound stand in the place of {seconds}.",
    [Kind.INSERTED]: "At its {at}, {added} were inserted.",
    [Kind.REPLACED]: "At its {at}, {length} of other sound stand where {seconds} were; {left_out} more are missing.",
    [Kind.ORDER]: "At its {at} the order is broken: it goes on where it should not.",
    [Kind.TOO_SHORT]: "It is too short: only 2 s or more are sure to hold a whole second of the meeting.",
  };
  const BESIDE_A_CUT = "At its {at}, {length} beside the cut are no whole second and cannot be proven.";
  const NOT_THOROUGH = "It is long and little of it was found, so that pieces under 12 s were not looked for.";

  // What a stretch of a clip is.
  function of_run({ start, first, seconds, one_of }, rate) {
    const [at, told] = [words.spoken(start / rate), words.span(first, first + seconds - 1)];
    return one_of.length
      ? `From its ${at} on it is one of ${one_of.length} equal parts of the meeting, such as ${told}.`
      : `From its ${at} on it is ${told} of the meeting, unaltered.`;
  }

  // What lies between two stretches.
  function said(join, rate) {
    return filled(SENTENCES[join.kind], join, rate);
  }

  function beside_a_cut(join, rate) {
    return filled(BESIDE_A_CUT, join, rate);
  }

  function filled(sentence, { start, length, origin, concerned, left_out }, rate) {
    const [first, end] = [Math.floor(origin / rate), Math.ceil((origin + concerned) / rate)];
    const told = {
      at: words.spoken(start / rate),
      length: of_length(length, rate),
      left_out: of_length(left_out, rate),
      added: of_length(-left_out, rate),
      seconds: words.span(first, Math.max(end, first + 1) - 1),
    };
    return sentence.replace(/\{(\w+)\}/g, (_, name) => told[name]);
  }

  function of_length(samples, rate) {
    if (samples < Math.floor(rate / 100)) {
      return `${three_figures((1000 * samples) / rate)} ms`;
    }
    return samples < rate ? `${three_figures(samples / rate)} s` : `${rounded(samples / rate, 1)} s`;
  }

  function three_figures(number) {
    if (number <= 0) {
      return String(number);
    }
    const places = 2 - Number(number.toExponential().split("e")[1]);
    return String(Number(rounded(number, Math.max(0, places))));
  }

  // To so many decimal places, a tie to the even neighbour, as Python does; toFixed takes the greater one.
  function rounded(number, places) {
    const twice = number * 2 ** (places + 1); // an odd whole number only where it lies half way
    if (twice % 2 !== 1) {
      return number.toFixed(places);
    }
    const below = Math.floor(number * 10 ** places);
    return ((below + (below % 2)) / 10 ** places).toFixed(places);
  }

  return Object.freeze({ NOT_THOROUGH, of_run, said, beside_a_cut });
})();
