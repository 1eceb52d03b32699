// Keys that work everywhere: Ctrl/⌘ K, ?, j and k in lists, / for the field of the page, g and a letter for pages.

import { isComposing, openDialog } from "./parts.js";
import { openPalette } from "./palette.js";
import { h, onEnd } from "./reactive.js";
import { go } from "./router.js";
import { tr } from "./words.js";

const LETTERS = {
  h: "home",
  i: "inbox",
  k: "knowledge",
  s: "search",
  q: "questions",
  g: "gaps",
  e: "evaluations",
  f: "flows",
};
const GO_MS = 1200;

const isTyping = (node) => node?.matches?.("input, textarea, select, [contenteditable]");

export function setUpKeys(pages) {
  let goUntil = 0;
  function onKey(event) {
    if (isComposing(event) || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette(pages);
      return;
    }
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping(event.target) ||
      document.querySelector("dialog[open]")
    )
      return;
    const target = LETTERS[event.key];
    if (Date.now() < goUntil && target && pages.some((page) => page.name === target)) {
      goUntil = 0;
      event.preventDefault();
      go([target]);
    } else if (event.key === "g") goUntil = Date.now() + GO_MS;
    else if (event.key === "?") {
      event.preventDefault();
      showHelp();
    } else if (event.key === "/") {
      const search = document.querySelector("#main [data-search]");
      if (search) event.preventDefault();
      search?.focus();
    } else if (event.key === "j" || event.key === "k") stepInList(event);
  }
  addEventListener("keydown", onKey);
  onEnd(() => removeEventListener("keydown", onKey));
}

/** j and k go through the nearest list; a virtual one takes the keys itself once it has the focus. */
function stepInList(event) {
  const list = document.activeElement?.closest?.("[data-list]") ?? document.querySelector("#main [data-list]");
  if (!list) return;
  event.preventDefault();
  if (list.classList.contains("virtual")) {
    list.focus();
    list.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true }));
    return;
  }
  const items = [...list.querySelectorAll("[data-item]")];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)));
  items[next]?.focus();
  items[next]?.scrollIntoView({ block: "nearest" });
}

const ROWS = [
  [["Ctrl / ⌘", "K"], "keys.palette"],
  [["?"], "keys.help"],
  [["j", "k"], "keys.list"],
  [["Enter"], "keys.open"],
  [["/"], "keys.search"],
  [["g", "h / i / k / s / q"], "keys.go"],
  [["Ctrl / ⌘", "Enter"], "keys.send"],
  [["Esc"], "keys.close"],
];

export function showHelp() {
  openDialog(tr("help"), () =>
    h(
      "dl",
      { className: "keys-list" },
      ROWS.map(([keys, words]) =>
        h(
          "div",
          {},
          h(
            "dt",
            {},
            keys.map((key) => h("kbd", {}, key)),
          ),
          h("dd", {}, tr(words)),
        ),
      ),
    ),
  );
}
