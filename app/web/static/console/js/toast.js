// Short messages at the edge of the window, and second thoughts: what destroys something waits until they are over.

import { icon } from "./icons.js";
import { explained } from "./parts.js";
import { h, scope } from "./reactive.js";
import { t, tr } from "./words.js";

const SHOWN_MS = 5000;
const UNDO_MS = 7000;
const waiting = new Set();
let holder;

function place() {
  holder ??= h("div", { className: "toasts", role: "status", "aria-live": "polite" });
  const host = document.querySelector("dialog[open]") ?? document.body;
  if (holder.parentNode !== host) host.append(holder);
  return holder;
}

export function toast(words, { tone = "plain", action = null, ms = SHOWN_MS } = {}) {
  const [node, end] = scope(() =>
    h(
      "div",
      { className: `toast toast-${tone}` },
      icon(tone === "danger" ? "alert" : "check"),
      h("span", {}, words),
      action
        ? h(
            "button",
            { type: "button", className: "toast-action", on: { click: () => (close(), action.act()) } },
            action.words,
          )
        : "",
    ),
  );
  const timer = setTimeout(close, ms);
  function close() {
    clearTimeout(timer);
    node.remove();
    end();
  }
  place().append(node);
  return close;
}

export const complain = (error) => toast(() => explained(error), { tone: "danger" });

/**
 * Does something that cannot be taken back only when nobody has undone it for a while, or the page is left.
 * `hide()` shows it as done at once, `show()` takes that back, `commit(options)` does it.
 */
export function undoable(words, { hide, show, commit }) {
  const entry = { commit };
  hide();
  waiting.add(entry);
  const close = toast(words, { ms: UNDO_MS, action: { words: tr("undo"), act: undo } });
  const timer = setTimeout(act, UNDO_MS);
  function undo() {
    if (!waiting.delete(entry)) return;
    clearTimeout(timer);
    show();
  }
  async function act() {
    if (!waiting.delete(entry)) return;
    close();
    try {
      await commit({});
    } catch (error) {
      show();
      complain(error);
    }
  }
}

/** `hide` and `show` for one of the things in a list: `hidden` (a signal) is the set of those that are not shown. */
export const hiding = (hidden, id) => ({
  hide: () => (hidden.value = new Set([...hidden.peek(), id])),
  show: () => (hidden.value = new Set([...hidden.peek()].filter((item) => item !== id))),
});

addEventListener("pagehide", () => {
  for (const entry of waiting) entry.commit({ keepalive: true }).catch(() => {});
  waiting.clear();
});

/** Runs what was asked for; says so when it fails. */
export async function attempt(work, done = "") {
  try {
    const result = await work();
    if (done) toast(() => t(done));
    return result ?? true;
  } catch (error) {
    complain(error);
    return null;
  }
}
