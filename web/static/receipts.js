"use strict";
// The phone keeps the newest receipt of each meeting, so that nobody can take it back.

function keep(receipts) {
  try {
    for (const [meeting, jws] of Object.entries(receipts)) {
      localStorage.setItem(`receipt ${meeting}`, jws);
      document.querySelectorAll(`[data-receipt="${meeting}"]`).forEach((part) => { part.hidden = false; });
    }
  } catch (error) {
    console.warn("this browser keeps no receipts:", error); // as in a private window
  }
}

document.querySelectorAll("[data-jws]").forEach(({ dataset: { receipt, jws } }) => keep({ [receipt]: jws }));
