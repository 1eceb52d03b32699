// The door: an API key becomes a session, and is forgotten.

import { signIn } from "./http.js";
import { explained } from "./parts.js";
import { h, signal } from "./reactive.js";
import { languageButton, mark, themeButton } from "./shell.js";
import { t, tr } from "./words.js";

export function signInPage() {
  const problem = signal(null);
  const isBusy = signal(false);
  const input = h("input", {
    id: "key",
    type: "password",
    autocomplete: "current-password",
    spellcheck: false,
    required: true,
    placeholder: "kefu_…",
    "aria-describedby": "key-problem",
  });
  document.title = t("console");

  async function submit(event) {
    event.preventDefault();
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = null;
    try {
      await signIn(input.value.trim());
    } catch (error) {
      problem.value = error;
      input.select();
    } finally {
      isBusy.value = false;
    }
  }

  queueMicrotask(() => input.focus());
  return h(
    "main",
    { className: "door" },
    h("div", { className: "door-tools" }, languageButton(), themeButton()),
    h(
      "form",
      { className: "door-card", on: { submit } },
      mark(),
      h("h1", {}, tr("console")),
      h("p", {}, tr("door.text")),
      h("label", { for: "key" }, tr("door.key")),
      input,
      h("p", { id: "key-problem", className: "problem", role: "alert" }, () =>
        problem.value ? explained(problem.value) : "",
      ),
      h(
        "button",
        { type: "submit", className: "button primary wide", disabled: () => isBusy.value },
        h("span", {}, tr("door.enter")),
      ),
      h("p", { className: "hint" }, tr("door.hint"), " ", h("code", {}, "kefu keys create NAME --scope admin")),
    ),
  );
}
