"use strict";
// The way from the page to its Worker and back. The Worker's program stands in the page as text, once.

const asking = (() => {
  const waiting = new Map(); // by the number of what was asked
  let worker = null;

  // The answer; rejects with a sentence. progress({ what, done, of }) is told meanwhile.
  function ask(what, told, progress = () => {}) {
    worker = worker || start();
    return new Promise((resolve, reject) => {
      const number = waiting.size && Math.max(...waiting.keys()) + 1;
      waiting.set(number, { resolve, reject, progress });
      worker.postMessage({ number, ask: what, told });
    });
  }

  function start() {
    const program = new Blob([document.getElementById("worker").textContent], { type: "text/javascript" });
    const made = new Worker(URL.createObjectURL(program));
    made.onmessage = ({ data }) => hear(data);
    made.onerror = () => {
      waiting.forEach(({ reject }) => reject(new Error(say("broken"))));
      waiting.clear();
    };
    return made;
  }

  function hear({ number, answer, error, progress }) {
    const { resolve, reject, progress: tell } = waiting.get(number);
    if (progress) {
      tell(progress);
      return;
    }
    waiting.delete(number);
    if (error === undefined) {
      resolve(answer);
    } else {
      reject(new Error(error));
    }
  }

  return Object.freeze({ ask });
})();
