"use strict";
// Words and elements. Text becomes text and nothing else, whatever a transcript or a file's name holds.

const LANGUAGES = Object.freeze({ en: WORDS_EN });

const { say, at, made, filled } = (() => {
  const words = LANGUAGES[document.documentElement.lang.slice(0, 2)] || LANGUAGES.en;

  function say(name, told = {}) {
    return words[name].replace(/\{(\w+)\}/g, (_, key) => String(told[key]));
  }

  // A position or length for people, as appliance/clock.py says it: 75 -> 1:15, 3675 -> 1:01:15.
  function at(seconds) {
    const [hour, minute, second] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
    const two = (number) => String(number).padStart(2, "0");
    return hour ? `${hour}:${two(minute)}:${two(second)}` : `${minute}:${two(second)}`;
  }

  // An element with attributes and what is in it: strings and elements.
  function made(tag, attributes = {}, ...inside) {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...inside);
    return element;
  }

  function filled(element, ...inside) {
    element.replaceChildren(...inside);
    return element;
  }

  document.querySelectorAll("[data-say]").forEach((element) => filled(element, say(element.dataset.say)));
  document.querySelectorAll("[data-say-label]").forEach((element) => {
    element.setAttribute("aria-label", say(element.dataset.sayLabel));
  });
  return Object.freeze({ say, at, made, filled });
})();
